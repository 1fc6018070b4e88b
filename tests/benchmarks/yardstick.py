"""The yardstick of what the machine's disk, kernel and two cores do together: pgbench's TPC-B on the same server."""

import os
import re
import subprocess
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import urlsplit

import psycopg2

from deploy.local.postgresql import program
from deploy.local.servers import PrivateServers
from tests.benchmarks.callers import Unexpected

SCALE, CLIENTS, SECONDS = 10, 8, 8
_NAME = "yardstick"


@dataclass(frozen=True)
class Yardstick:
    """pgbench on a database of its own."""

    url: str

    def transactions_per_second(self, seconds: int = SECONDS) -> float:
        """One round: TPC-B, prepared, 8 clients. It clears up, or the server would, amid what is measured next."""
        options = ("--protocol=prepared", f"--client={CLIENTS}", "--jobs=2", f"--time={seconds}", "--no-vacuum")
        said = self._pgbench(*options)
        found = re.search(r"tps = ([\d.]+)", said)
        if found is None:
            raise Unexpected(f"pgbench says: {said}")
        self._vacuum()
        return float(found[1])

    def _vacuum(self) -> None:
        with closing(psycopg2.connect(self.url.replace("postgresql+psycopg2:", "postgresql:", 1))) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("TRUNCATE pgbench_history")
                cursor.execute("VACUUM ANALYZE pgbench_accounts, pgbench_tellers, pgbench_branches")

    def _pgbench(self, *options: str) -> str:
        at = urlsplit(self.url)
        where = (f"--host={at.hostname}", f"--port={at.port}", f"--username={at.username}", at.path.strip("/"))
        environment = {**os.environ, "PGPASSWORD": at.password or ""}
        command = [program("pgbench"), *options, *where]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Unexpected(f"pgbench: {done.stderr}")
        return done.stdout


def prepared(servers: PrivateServers) -> Yardstick:
    """Make the yardstick's tables."""
    yardstick = Yardstick(servers.create_service_databases([_NAME], "bench")[_NAME])
    yardstick._pgbench("--initialize", f"--scale={SCALE}", "--quiet")
    return yardstick
