"""The services, one per domain; none imports another."""
