"""Measuring Huotong: `python -m tests.benchmarks --help`; docs/performance.md tells how the figures are taken."""
