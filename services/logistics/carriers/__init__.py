"""Carriers and their rate cards."""
