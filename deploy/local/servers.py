"""The private servers of one machine's Huotong: a RabbitMQ node and a PostgreSQL server, started as one.

    with PrivateServers() as servers:
        sales = servers.install(["sales", "finance"]).services["sales"]
        sales.database_url, sales.broker_url

They listen on free ports of the loopback address, keep their data in one folder, touch no other server of the
machine, and are gone after `stop`. Start them from the main thread: they end with the thread that started them.
"""

import contextlib
import hashlib
import hmac
import secrets
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from deploy.local.postgresql import PrivateDatabase
from deploy.local.processes import FolderClaim, ServerFailed, may_enter, unprivileged_user
from deploy.local.rabbitmq import PrivateBroker

DEFAULT_INSTALLATION: Final = "huotong"
# Longer than servers take to end after the process that started them was killed.
CLAIM_SECONDS: Final = 20.0
SERVER_USERS: Final = ("postgres", "rabbitmq")


@dataclass(frozen=True)
class ServiceAccess:
    """Where one service finds its own database and the broker, with its own logins."""

    database_url: str
    broker_url: str


@dataclass(frozen=True)
class Installation:
    """One Huotong on the servers: a virtual host of the broker and a database per service."""

    name: str
    services: Mapping[str, ServiceAccess]
    broker_admin_url: str


class PrivateServers:
    """A private RabbitMQ and PostgreSQL.

    With a folder they are a lasting installation: data and passwords stay there and the next start finds them.
    Without one they live in a temporary folder that `stop` removes. `durable=False` is for tests: faster,
    and safe against killed processes but not against a power cut.
    """

    def __init__(self, folder: Path | None = None, *, durable: bool = True) -> None:
        self._temporary = folder is None
        self.folder = Path(tempfile.mkdtemp(prefix="huotong-")) if folder is None else folder.resolve()
        _prepare(self.folder)
        self._secret = _lasting_secret(self.folder / "secret")
        self._claim = FolderClaim(self.folder)
        self.database = PrivateDatabase(self.folder, self._password("postgresql"), self._claim, durable=durable)
        self.broker = PrivateBroker(self.folder, self._password("rabbitmq"), self._claim)

    def __enter__(self) -> Self:
        """Start both servers."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop both servers."""
        self.stop()

    def start(self) -> None:
        """Start both servers side by side and wait until they answer.

        Raises ServerFailed with the end of the server's log; nothing is left running then.
        """
        self._claim.take(CLAIM_SECONDS)
        try:
            self.broker.launch()
            self.database.launch()
            self.database.wait_ready()
            self.broker.wait_ready()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop both servers. Those of a temporary folder are ended at once and the folder is removed."""
        with contextlib.ExitStack() as cleanup:
            if self._temporary:
                cleanup.callback(shutil.rmtree, self.folder, ignore_errors=True)
            cleanup.callback(self._claim.release)
            cleanup.callback(self.database.kill if self._temporary else self.database.stop)
            cleanup.callback(self.broker.kill if self._temporary else self.broker.stop)

    def install(self, services: Iterable[str], name: str = DEFAULT_INSTALLATION) -> Installation:
        """Make an installation's databases, virtual host and logins where missing, and say where they are."""
        names = list(services)
        databases = self.create_service_databases(names, name)
        brokers = self.create_service_users(names, name)
        return Installation(
            name=name,
            services={service: ServiceAccess(databases[service], brokers[service]) for service in names},
            broker_admin_url=self.broker.admin_url(name),
        )

    def remove(self, installation: Installation) -> None:
        """Remove an installation's databases, virtual host and logins, whoever is connected."""
        self.broker.drop_vhost_and_users(installation.name, installation.services)
        for service in installation.services:
            self.database.drop_login_and_database(f"{installation.name}_{service}")

    def create_service_databases(self, services: Iterable[str], name: str = DEFAULT_INSTALLATION) -> dict[str, str]:
        """Make a database and a login per service, none able to enter another's; gives the URL by service."""
        return {
            service: self.database.create_login_and_database(
                f"{name}_{service}", self._password(f"postgresql/{name}/{service}")
            )
            for service in services
        }

    def create_service_users(self, services: Iterable[str], name: str = DEFAULT_INSTALLATION) -> dict[str, str]:
        """Make a virtual host and a user per service with only the rights it needs; gives the URL by service."""
        passwords = {service: self._password(f"rabbitmq/{name}/{service}") for service in services}
        return self.broker.create_vhost_and_users(name, passwords)

    def kill_broker(self) -> None:
        """End the broker as a crash would."""
        self.broker.kill()

    def restart_broker(self) -> None:
        """Start the broker again on the same port and data, after a kill or from running."""
        self.broker.stop()
        self.broker.launch()
        self.broker.wait_ready()

    def kill_database(self) -> None:
        """End the database server as a crash would."""
        self.database.kill()

    def restart_database(self) -> None:
        """Start the database server again on the same port and data, after a kill or from running."""
        self.database.stop()
        self.database.launch()
        self.database.wait_ready()

    def _password(self, account: str) -> str:
        """Derive an account's password from the folder's one secret, so that no list of passwords is kept."""
        return hmac.new(self._secret, account.encode(), hashlib.sha256).hexdigest()


def lasting_folder(project: Path) -> Path:
    """Give the folder where a project's lasting servers keep their data: its own `var/local`.

    When we are root and the servers' users may not come to the project (one cloned under root's home), it is a
    folder of this project's own among the machine's data instead.
    """
    beside = project.resolve() / "var" / "local"
    if all(may_enter(unprivileged_user(user), beside) for user in SERVER_USERS):
        return beside
    return Path("/var/lib/huotong") / hashlib.sha256(bytes(beside)).hexdigest()[:12]


def _prepare(folder: Path) -> None:
    """Make the folder, and see that the servers' users can come to their own folders in it."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o711)
    for user in map(unprivileged_user, SERVER_USERS):
        if not may_enter(user, folder):
            raise ServerFailed(
                f"The servers run as the user {user}, who may not enter {folder}: "
                "choose a data folder outside folders closed to others."
            )


def _lasting_secret(path: Path) -> bytes:
    if not path.exists():
        path.touch(mode=0o600)
        path.write_bytes(secrets.token_bytes(32))
    return path.read_bytes()
