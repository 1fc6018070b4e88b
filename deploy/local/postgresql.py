"""A private PostgreSQL server: own data folder, own port on the loopback address, one database per service."""

import os
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import quote

import psycopg2
from psycopg2 import sql

from deploy.local.processes import (
    LOOPBACK,
    Child,
    FolderClaim,
    ServerFailed,
    folder_for,
    free_port,
    unprivileged_user,
)
from deploy.postgres.accounts import administration, make_login_and_database, shut_common_databases

ADMIN: Final = "huotong_admin"
START_SECONDS: Final = 60.0
NOT_DURABLE: Final = ("fsync=off", "full_page_writes=off")


def program(name: str) -> str:
    """Find a program of PostgreSQL, of the newest version Debian has installed."""
    found = shutil.which(name)
    if found is not None:
        return found
    installed = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]), reverse=True
    )
    if not installed:
        raise ServerFailed(f"PostgreSQL's program {name} is not installed: run deploy/local/install-servers")
    return str(installed[0])


@dataclass
class PrivateDatabase:
    """A PostgreSQL server of our own.

    `durable=False` trades safety at a power cut for speed, for tests; a killed server process loses nothing.
    """

    folder: Path
    password: str
    claim: FolderClaim | None = None
    durable: bool = True
    port: int = field(default_factory=free_port)
    _user: str | None = field(default_factory=lambda: unprivileged_user("postgres"), init=False)

    def __post_init__(self) -> None:
        """Prepare the process; nothing is started yet."""
        self._child = Child(
            name="PostgreSQL",
            command=[program("postgres"), "-D", str(self._data), *self._settings()],
            log=self.folder / "postgresql.log",
            environment=_environment(),
            user=self._user,
            claim=self.claim,
            # PostgreSQL's fast shutdown: roll back what is open, write everything, end.
            stop_signal=signal.SIGINT,
        )

    @property
    def admin_url(self) -> str:
        """The SQLAlchemy URL of the server's administrator."""
        return self.url(ADMIN, self.password, "postgres")

    @property
    def pid(self) -> int:
        """The process id of the server."""
        return self._child.pid

    @property
    def running(self) -> bool:
        """Whether the server process is alive."""
        return self._child.running

    def url(self, login: str, password: str, database: str) -> str:
        """Give the SQLAlchemy URL by which a login reaches a database."""
        return f"postgresql+psycopg2://{login}:{password}@{LOOPBACK}:{self.port}/{database}"

    def launch(self) -> None:
        """Make the data folder where it is missing and start the server, without waiting for it."""
        if not (self._data / "PG_VERSION").exists():
            self._initialise()
        self._child.start()

    def wait_ready(self) -> None:
        """Wait until the server takes its administrator's login."""
        self._child.wait_ready(self._answers, START_SECONDS)

    def stop(self) -> None:
        """Shut the server down, leaving its data complete."""
        self._child.stop()

    def kill(self) -> None:
        """End the server as a crash would."""
        self._child.kill()

    def create_login_and_database(self, name: str, password: str) -> str:
        """Make a login and a database of the same name that no other login may enter; gives its URL.

        What is there already stays, with this password.
        """
        with administration(self._admin_url) as statements:
            make_login_and_database(statements, name, password)
        return self.url(name, password, name)

    def drop_login_and_database(self, name: str) -> None:
        """Remove a login and its database, closing the connections to it."""
        login = sql.Identifier(name)
        with administration(self._admin_url) as statements:
            statements.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(login))
            statements.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(login))

    @property
    def _data(self) -> Path:
        return self.folder / "postgresql"

    def _settings(self) -> list[str]:
        settings = [
            f"listen_addresses={LOOPBACK}",
            f"port={self.port}",
            # No socket file: the port is the only door, and every login gives its password.
            "unix_socket_directories=",
            "max_connections=200",
            *(() if self.durable else NOT_DURABLE),
        ]
        return [part for setting in settings for part in ("-c", setting)]

    def _initialise(self) -> None:
        # Made beside its place and moved there when whole: a data folder half made is never used.
        unfinished = self.folder / "postgresql.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        folder_for(self._user, unfinished)
        self._run_initdb(unfinished)
        unfinished.rename(self._data)

    def _run_initdb(self, data: Path) -> None:
        with tempfile.NamedTemporaryFile("w", prefix="huotong-") as secret:
            secret.write(self.password)
            secret.flush()
            if self._user is not None:
                shutil.chown(secret.name, self._user)
            result = subprocess.run(
                [
                    program("initdb"),
                    f"--pgdata={data}",
                    f"--username={ADMIN}",
                    f"--pwfile={secret.name}",
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--locale=C.UTF-8",
                    *(() if self.durable else ("--no-sync",)),
                ],
                user=self._user,
                extra_groups=None if self._user is None else [],
                cwd="/",
                env=_environment(),
                capture_output=True,
                text=True,
                check=False,
            )
        if result.returncode != 0:
            raise ServerFailed(f"PostgreSQL could not make its data folder\n{result.stderr}{result.stdout}")

    def _answers(self) -> bool:
        """Tell whether the administrator can log in; the first time, shut the common databases to others."""
        try:
            with administration(self._admin_url) as statements:
                shut_common_databases(statements)
        except psycopg2.OperationalError:
            return False
        return True

    @property
    def _admin_url(self) -> str:
        return f"postgresql://{ADMIN}:{quote(self.password, safe='')}@{LOOPBACK}:{self.port}/postgres"


def _environment() -> dict[str, str]:
    """Give a server's whole environment: none of the caller's PG* settings reach it."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8", "TZ": "UTC"}
