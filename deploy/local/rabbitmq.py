"""A private RabbitMQ node: own name, cookie, data, ports and epmd, all on the loopback address.

epmd is Erlang's directory of nodes. A node would start a shared one on a fixed port and leave it behind, so
each private node gets its own.
"""

import base64
import json
import os
import secrets
import shutil
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import quote

from deploy.local.processes import (
    LOOPBACK,
    Child,
    FolderClaim,
    ServerFailed,
    folder_for,
    free_port,
    unprivileged_user,
)
from deploy.rabbitmq.accounts import Account, Definitions, definitions, user_name

ADMIN: Final = "huotong_admin"
START_SECONDS: Final = 90.0
API_SECONDS: Final = 30.0


def program(name: str) -> str:
    """Find a program of RabbitMQ or Erlang.

    Debian's `rabbitmq-server` on the PATH switches to a user and folders of its own; the script behind it does not.
    """
    behind_debians = Path("/usr/lib/rabbitmq/bin") / name
    found = str(behind_debians) if behind_debians.exists() else shutil.which(name)
    if found is None:
        raise ServerFailed(f"RabbitMQ's program {name} is not installed: run deploy/local/install-servers")
    return found


@dataclass
class PrivateBroker:
    """A RabbitMQ node of our own, with its management API."""

    folder: Path
    password: str
    claim: FolderClaim | None = None
    port: int = field(default_factory=free_port)
    api_port: int = field(default_factory=free_port)
    _epmd_port: int = field(default_factory=free_port, init=False)
    _distribution_port: int = field(default_factory=free_port, init=False)
    _user: str | None = field(default_factory=lambda: unprivileged_user("rabbitmq"), init=False)

    def __post_init__(self) -> None:
        """Prepare the processes; nothing is started yet."""
        self._epmd = Child(
            name="epmd",
            command=[program("epmd"), "-address", LOOPBACK, "-port", str(self._epmd_port)],
            log=self.folder / "epmd.log",
            environment=self._environment(),
            user=self._user,
            claim=self.claim,
        )
        self._node = Child(
            name="RabbitMQ",
            command=[program("rabbitmq-server")],
            log=self.folder / "rabbitmq.log",
            environment=self._environment(),
            user=self._user,
            claim=self.claim,
        )

    @property
    def pid(self) -> int:
        """The process id of the node."""
        return self._node.pid

    @property
    def running(self) -> bool:
        """Whether the node's process is alive."""
        return self._node.running

    def url(self, login: str, password: str, vhost: str) -> str:
        """Give the AMQP URL by which a login reaches a virtual host."""
        return f"amqp://{login}:{password}@{LOOPBACK}:{self.port}/{quote(vhost, safe='')}"

    def admin_url(self, vhost: str = "/") -> str:
        """Give the AMQP URL of the administrator."""
        return self.url(ADMIN, self.password, vhost)

    def launch(self) -> None:
        """Start the node and its epmd, without waiting for them."""
        folder_for(self._user, self._home)
        self._write_configuration()
        self._epmd.start()
        self._epmd.wait_ready(lambda: _listens(self._epmd_port), START_SECONDS)
        self._node.start()

    def wait_ready(self) -> None:
        """Wait until the node takes its administrator's login and connections of clients."""
        self._node.wait_ready(lambda: self._answers() and _listens(self.port), START_SECONDS)

    def stop(self) -> None:
        """Shut the node down, leaving its data complete."""
        self._node.stop()
        self._epmd.stop()

    def kill(self) -> None:
        """End the node as a crash would; its epmd goes with it."""
        self._node.kill()
        self._epmd.kill()

    def control(self, *command: str) -> None:
        """Have the running node do what an operator asks by `rabbitmqctl`; raises ServerFailed with its words."""
        result = subprocess.run(
            [program("rabbitmqctl"), *command],
            user=self._user,
            extra_groups=None if self._user is None else [],
            cwd="/",
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=START_SECONDS,
        )
        if result.returncode != 0:
            raise ServerFailed(f"rabbitmqctl {' '.join(command)} failed\n{result.stderr}{result.stdout}")

    def create_vhost_and_users(self, vhost: str, passwords: Mapping[str, str]) -> dict[str, str]:
        """Make a virtual host and a user per service that may touch only what the service needs.

        `passwords` and the URLs given back are by service.
        """
        self.import_definitions(definitions(vhost, Account(ADMIN, self.password), passwords))
        return {service: self.url(user_name(vhost, service), passwords[service], vhost) for service in passwords}

    def import_definitions(self, made: Definitions) -> None:
        """Make the virtual hosts, users and rights that definitions describe."""
        self._call("POST", "/api/definitions", made)

    def drop_vhost_and_users(self, vhost: str, services: Iterable[str]) -> None:
        """Remove a virtual host with all its queues, and its services' users."""
        self._call("DELETE", f"/api/vhosts/{quote(vhost, safe='')}")
        for service in services:
            self._call("DELETE", f"/api/users/{quote(user_name(vhost, service), safe='')}")

    @property
    def _home(self) -> Path:
        return self.folder / "rabbitmq"

    def _environment(self) -> dict[str, str]:
        """Give the node's whole environment: no setting of the caller or of /etc/rabbitmq reaches it."""
        home = self._home
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "LANG": "C.UTF-8",
            "HOME": str(home),
            "ERL_EPMD_ADDRESS": LOOPBACK,
            "ERL_EPMD_PORT": str(self._epmd_port),
            # The same for every node: names are known to an epmd, and each node has its own.
            "RABBITMQ_NODENAME": "huotong@localhost",
            "RABBITMQ_DIST_PORT": str(self._distribution_port),
            "RABBITMQ_MNESIA_BASE": str(home / "data"),
            "RABBITMQ_LOG_BASE": str(home / "log"),
            "RABBITMQ_PID_FILE": str(home / "node.pid"),
            "RABBITMQ_CONFIG_FILE": str(home / "rabbitmq.conf"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(home / "advanced.config"),
            "RABBITMQ_CONF_ENV_FILE": str(home / "rabbitmq-env.conf"),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(home / "generated"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(home / "enabled_plugins"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            # The start script then becomes the node instead of watching over it, so that our child is the node.
            "RUNNING_UNDER_SYSTEMD": "true",
        }

    def _write_configuration(self) -> None:
        settings = {
            "listeners.tcp.1": f"{LOOPBACK}:{self.port}",
            "management.tcp.ip": LOOPBACK,
            "management.tcp.port": self.api_port,
            "default_user": ADMIN,
            "default_pass": self.password,
            "default_user_tags.administrator": "true",
            "disk_free_limit.absolute": "100MB",
            "log.console": "true",
            "log.console.level": "warning",
            "log.file": "false",
        }
        self._write("rabbitmq.conf", "".join(f"{key} = {value}\n" for key, value in settings.items()))
        self._write("enabled_plugins", "[rabbitmq_management].\n")
        self._write("rabbitmq-env.conf", "")
        if not (self._home / ".erlang.cookie").exists():
            self._write(".erlang.cookie", secrets.token_hex(20), mode=0o400)

    def _write(self, name: str, text: str, mode: int = 0o600) -> None:
        path = self._home / name
        path.write_text(text)
        path.chmod(mode)
        if self._user is not None:
            shutil.chown(path, self._user)

    def _answers(self) -> bool:
        try:
            self._call("GET", "/api/whoami")
        except (OSError, ServerFailed):
            return False
        return True

    def _call(self, method: str, path: str, body: Mapping[str, object] | None = None) -> None:
        """Call the management API; raises ServerFailed with its words when it refuses."""
        login = base64.b64encode(f"{ADMIN}:{self.password}".encode()).decode()
        request = urllib.request.Request(
            f"http://{LOOPBACK}:{self.api_port}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Basic {login}", "Content-Type": "application/json"},
        )
        try:
            with _DIRECT.open(request, timeout=API_SECONDS):
                pass
        except urllib.error.HTTPError as refusal:
            with refusal:
                reason = refusal.read().decode(errors="replace")
            raise ServerFailed(f"RabbitMQ refused {method} {path}: {refusal.code} {reason}") from refusal


# No proxy of the environment stands between us and the loopback address.
_DIRECT: Final = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((LOOPBACK, port)) == 0
