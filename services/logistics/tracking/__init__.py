"""Tracking: where a shipment is, from its events."""
