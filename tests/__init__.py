"""Tests of Huotong."""
