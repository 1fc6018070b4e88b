"""Unit tests: sales."""
