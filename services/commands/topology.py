"""`huotong topology`: declare the exchanges and queues of every service on RabbitMQ; again is harmless.

Takes the administrator's address of the installation's virtual host from `HUOTONG_BROKER_URL`.
"""

import argparse
import os
import sys
from collections.abc import Sequence

from services.commands.installation import every_service
from shared.runtime.rabbit.topology import TopologyMismatch, declare, topology_of


def main(arguments: Sequence[str]) -> int:
    """Declare what is not there; 1 where something is there with other properties."""
    argparse.ArgumentParser(prog="huotong topology", description=__doc__).parse_args(arguments)
    url = os.environ.get("HUOTONG_BROKER_URL")
    if not url:
        print("set HUOTONG_BROKER_URL", file=sys.stderr)
        return 2
    try:
        declare(url, topology_of(every_service()))
    except TopologyMismatch as mismatch:
        print(f"the broker has it with other properties: {mismatch}", file=sys.stderr)
        return 1
    print("exchanges and queues are declared")
    return 0
