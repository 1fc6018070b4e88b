"""Unit tests: logistics."""
