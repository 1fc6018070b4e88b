"""Reservations (预留): stock promised to orders, backorders, cancellation and hand-over."""
