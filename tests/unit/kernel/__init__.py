"""Unit tests: kernel."""
