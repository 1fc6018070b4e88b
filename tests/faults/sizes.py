"""How long and how much: in full by `make test-faults`, in short by `make test-full`."""

import os

FULL = bool(os.environ.get("HUOTONG_FAULTS_FULL"))
FROZEN_SECONDS = 60.0 if FULL else 5.0
