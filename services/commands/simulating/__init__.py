"""A simulated company: people who make moves, faults that strike them, and what must be the same all the same."""
