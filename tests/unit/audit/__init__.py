"""Unit tests: the proof."""
