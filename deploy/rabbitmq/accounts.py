"""Who may touch what in RabbitMQ: the permissions of each service, and the definitions file that grants them.

RabbitMQ matches the name of an exchange or queue against three patterns of a user
(https://www.rabbitmq.com/docs/access-control): *configure* to declare or delete it, *write* to publish to it
or bind a queue of that name, *read* to consume from it or bind a queue to an exchange of that name.
On the one exchange all share, that of calls, the routing keys a user may publish by (*write*) and bind by (*read*) are
matched too (topic permissions): whoever may only answer cannot call, in its own name or in another's.
"""

import base64
import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypedDict

GATEWAY: Final = "gateway"
RPC_EXCHANGE: Final = "nameko-rpc"
CALL_QUEUES: Final = "rpc-[a-z_]+"
SALT_BYTES: Final = 4
_OPERATION: Final = r"[a-z_]+\.[a-z_]+"
_REPLY: Final = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


class UserDefinition(TypedDict):
    """A user as RabbitMQ's definitions describe it; the password is only in there as a salted hash."""

    name: str
    password_hash: str
    hashing_algorithm: str
    tags: list[str]


class PermissionDefinition(TypedDict):
    """What a user may do in a virtual host, as RabbitMQ's definitions describe it."""

    vhost: str
    user: str
    configure: str
    write: str
    read: str


class TopicPermissionDefinition(TypedDict):
    """By which routing keys a user may use an exchange, as RabbitMQ's definitions describe it."""

    vhost: str
    user: str
    exchange: str
    write: str
    read: str


class VhostDefinition(TypedDict):
    """A virtual host, as RabbitMQ's definitions describe it."""

    name: str


class Definitions(TypedDict):
    """What RabbitMQ imports when it starts or by its API (https://www.rabbitmq.com/docs/definitions)."""

    vhosts: list[VhostDefinition]
    users: list[UserDefinition]
    permissions: list[PermissionDefinition]
    topic_permissions: list[TopicPermissionDefinition]


@dataclass(frozen=True)
class Permissions:
    """The three patterns of one user in one virtual host."""

    configure: str
    write: str
    read: str


EVERYTHING: Final = Permissions(configure=".*", write=".*", read=".*")


def service_permissions(service: str) -> Permissions:
    """Give what a service's process may do.

    It declares, fills and drains what carries its own name; it reads other services' event exchanges, which is
    what binding a queue to them takes; and it answers calls. Only the gateway has queues for replies, and declares the
    exchange of calls, as nameko's own proxy does. The gateway also looks whether the queues of calls are listened to:
    since 4.2.6 RabbitMQ shows a queue only to who has a right to it, and to *write* gives the gateway, which may call
    every service anyway, the least that is new.
    """
    own = _own_names(service)
    looked_at = (CALL_QUEUES,) if service == GATEWAY else ()
    return Permissions(
        configure=_any_of(*own, *([re.escape(RPC_EXCHANGE)] if service == GATEWAY else [])),
        write=_any_of(*own, re.escape(RPC_EXCHANGE), *looked_at),
        read=_any_of(*own, re.escape(RPC_EXCHANGE), r"[a-z_]+\.events"),
    )


@dataclass(frozen=True)
class CallKeys:
    """The routing keys on the exchange of calls that a user may publish by and bind by."""

    write: str
    read: str


def call_keys(service: str) -> CallKeys:
    """Give the part a service has in calls: the gateway makes them, the others take their own and answer."""
    if service == GATEWAY:
        return CallKeys(write=_any_of(_OPERATION), read=_any_of(_REPLY))
    return CallKeys(write=_any_of(_REPLY), read=_any_of(rf"{re.escape(service)}\.\*"))


@dataclass(frozen=True)
class Account:
    """A user of RabbitMQ and its password."""

    user: str
    password: str


def user_name(vhost: str, service: str) -> str:
    """Name the user of a service in a virtual host; users belong to the whole node, so the name tells which."""
    return f"{vhost}.{service}"


def definitions(vhost: str, administrator: Account, passwords: Mapping[str, str]) -> Definitions:
    """Give RabbitMQ's definitions of a virtual host, its administrator, and a user per service.

    `passwords` is by service.
    """
    accounts = {service: Account(user_name(vhost, service), password) for service, password in passwords.items()}
    granted = {administrator: EVERYTHING} | {
        account: service_permissions(service) for service, account in accounts.items()
    }
    return {
        "vhosts": [{"name": vhost}],
        "users": [_user(account, tags=["administrator"] if account == administrator else []) for account in granted],
        "permissions": [_permission(vhost, account.user, permissions) for account, permissions in granted.items()],
        "topic_permissions": [_topic_permission(vhost, account.user, name) for name, account in accounts.items()],
    }


def password_hash(password: str, salt: bytes) -> str:
    """Hash a password the way RabbitMQ stores it (https://www.rabbitmq.com/docs/passwords#computing-password-hash)."""
    digest = hashlib.sha256(salt + password.encode()).digest()
    return base64.b64encode(salt + digest).decode()


def _user(account: Account, tags: list[str]) -> UserDefinition:
    return {
        "name": account.user,
        "password_hash": password_hash(account.password, secrets.token_bytes(SALT_BYTES)),
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": tags,
    }


def _permission(vhost: str, user: str, granted: Permissions) -> PermissionDefinition:
    return {
        "vhost": vhost,
        "user": user,
        "configure": granted.configure,
        "write": granted.write,
        "read": granted.read,
    }


def _topic_permission(vhost: str, user: str, service: str) -> TopicPermissionDefinition:
    keys = call_keys(service)
    return {"vhost": vhost, "user": user, "exchange": RPC_EXCHANGE, "write": keys.write, "read": keys.read}


def _own_names(service: str) -> tuple[str, ...]:
    name = re.escape(service)
    own = (rf"{name}\.events", rf"{name}\.(on|retry|dead)(\..+)?", rf"rpc-{name}")
    return (*own, r"rpc\.reply-.+") if service == GATEWAY else own


def _any_of(*patterns: str) -> str:
    return f"^({'|'.join(patterns)})$"
