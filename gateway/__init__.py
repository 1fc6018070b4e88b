"""The one door: HTTP in, commands and queries to the services, identity and limits of its own."""
