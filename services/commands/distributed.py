"""`huotong run SERVICE`: one service, or the gateway, on RabbitMQ and PostgreSQL, as one process or several.

Its database, broker and ports come from the environment; deploy/README.md lists them.
"""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from deploy.services import SERVICES


def main(arguments: Sequence[str]) -> int:
    """Run until SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(prog="huotong run", description=__doc__)
    parser.add_argument("service", choices=SERVICES)
    parser.add_argument("--processes", type=int, default=1, help="how many processes share the work (1)")
    given = parser.parse_args(arguments)
    if given.processes > 1:
        several: int = import_module("services.commands.processes").run_many(given.service, given.processes)
        return several
    # Only a process that serves is patched, and before anything else is loaded.
    process = import_module("services.commands.green_process")
    try:
        code: int = process.serve(given.service)
    except process.NotConfigured as error:
        print(error, file=sys.stderr)
        return 2
    return code
