"""Unit tests: finance."""
