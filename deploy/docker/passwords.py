"""Makes the passwords of a Compose installation: `python3 -m deploy.docker.passwords var/compose.env`.

It runs before anything is installed, so it is the standard library alone.
"""

import secrets
import sys
from pathlib import Path
from typing import Final

from deploy.services import SERVICES

ADMINISTRATORS: Final = ("HUOTONG_DATABASE_ADMIN_PASSWORD", "HUOTONG_BROKER_ADMIN_PASSWORD")


def variables() -> list[str]:
    """Name the variables docker-compose.yml takes a password from."""
    kinds = ("DATABASE", "BROKER")
    return [*ADMINISTRATORS, *(f"HUOTONG_{service.upper()}_{kind}_PASSWORD" for service in SERVICES for kind in kinds)]


def complete(text: str) -> str:
    """Add a random password for each variable the text does not set; what is set stays."""
    present = {line.partition("=")[0] for line in text.splitlines()}
    added = [f"{name}={secrets.token_urlsafe(24)}\n" for name in variables() if name not in present]
    return text + "".join(added)


def main(path: Path) -> None:
    """Write the file, readable by its owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(complete(path.read_text()))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
