"""Unit tests: purchasing."""
