"""The script by which Compose makes the databases keeps services apart as the private servers do."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from deploy.docker.passwords import variables
from deploy.local.postgresql import ADMIN, program
from deploy.local.processes import LOOPBACK
from deploy.local.servers import PrivateServers
from deploy.services import SERVICES

SCRIPT = Path(__file__).parents[2] / "deploy" / "postgres" / "10-service-databases.sh"
PASSWORDS = {name: f"secret of '{name}'" for name in variables()}


@pytest.fixture
def port(servers: PrivateServers) -> Iterator[int]:
    environment = {
        "PATH": f"{Path(program('psql')).parent}:{os.environ['PATH']}",
        "PGHOST": LOOPBACK,
        "PGPORT": str(servers.database.port),
        "PGPASSWORD": servers.database.password,
        "POSTGRES_USER": ADMIN,
        "HUOTONG_SERVICES": " ".join(SERVICES),
        **PASSWORDS,
    }
    subprocess.run([SCRIPT], env=environment, check=True)
    yield servers.database.port
    for service in SERVICES:
        servers.database.drop_login_and_database(f"huotong_{service}")


def enter(port: int, service: str, database: str) -> None:
    psycopg2.connect(
        host=LOOPBACK,
        port=port,
        user=f"huotong_{service}",
        password=PASSWORDS[f"HUOTONG_{service.upper()}_DATABASE_PASSWORD"],
        dbname=database,
    ).close()


def test_each_service_enters_its_own_database_and_no_other(port: int):
    for service in SERVICES:
        enter(port, service, f"huotong_{service}")
        for other in {*SERVICES} - {service}:
            with pytest.raises(psycopg2.OperationalError, match="does not have CONNECT privilege"):
                enter(port, service, f"huotong_{other}")
