"""Tests of reading, planning and inventing trade."""
