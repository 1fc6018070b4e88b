"""Writes the definitions RabbitMQ loads when it starts: `python -m deploy.rabbitmq.write_definitions FILE`.

The passwords come from the environment: HUOTONG_BROKER_ADMIN_PASSWORD, and HUOTONG_<SERVICE>_BROKER_PASSWORD of
each service.
"""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from deploy.rabbitmq.accounts import Account, Definitions, definitions
from deploy.services import SERVICES

VHOST: Final = "huotong"
ADMIN: Final = "huotong_admin"


def from_environment(environment: Mapping[str, str]) -> Definitions:
    """Give the definitions of an installation by the passwords in its environment; KeyError names a missing one."""
    passwords = {service: environment[f"HUOTONG_{service.upper()}_BROKER_PASSWORD"] for service in SERVICES}
    return definitions(VHOST, Account(ADMIN, environment["HUOTONG_BROKER_ADMIN_PASSWORD"]), passwords)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(from_environment(os.environ), indent=2))
