"""How long and how much: in full by `make test-faults`, in short by `make test-full`."""

import os

FULL = bool(os.environ.get("HUOTONG_FAULTS_FULL"))
FROZEN_SECONDS = 60.0 if FULL else 5.0
LASTING_SECONDS = 30.0 if FULL else 12.0
"""How long a server or the network is away: longer than the relay and a call wait for an answer."""
WAITING_MESSAGES = 1_000_000 if FULL else 20_000
HALF_OPEN_SECONDS = 75.0
"""Longer than a process waits for its database: only then is everything that fell silent known to have."""
