"""A service may touch in RabbitMQ what carries its own name, hear others, and no more."""

import base64
import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.rabbitmq.accounts import (
    EVERYTHING,
    Account,
    call_keys,
    definitions,
    password_hash,
    service_permissions,
    user_name,
)
from deploy.services import SERVICES


@pytest.mark.parametrize(
    ("right", "name", "allowed"),
    [
        ("write", "sales.events", True),
        ("write", "finance.events", False),
        ("read", "finance.events", True),
        ("configure", "finance.events", False),
        ("configure", "sales.on.finance.credit_approved", True),
        ("read", "sales.on.finance.credit_approved", True),
        ("read", "finance.on.sales.order_placed", False),
        ("write", "finance.on.sales.order_placed", False),
        ("configure", "sales.retry.10s", True),
        ("configure", "sales.dead", True),
        ("read", "finance.dead", False),
        ("configure", "rpc-sales", True),
        ("read", "rpc-finance", False),
        ("read", "rpc-sales-copy", False),
        ("write", "nameko-rpc", True),
        ("configure", "nameko-rpc", False),
        ("write", "amq.default", False),
        ("configure", "rpc.reply-4f1c", False),
        ("read", "sales_events", False),
    ],
)
def test_sales_may(right: str, name: str, allowed: bool):
    pattern = getattr(service_permissions("sales"), right)
    assert bool(re.search(pattern, name)) is allowed


@pytest.mark.parametrize("right", ["configure", "write", "read"])
def test_only_the_gateway_has_queues_for_replies(right: str):
    may = [name for name in SERVICES if re.search(getattr(service_permissions(name), right), "rpc.reply-gateway-1")]
    assert may == ["gateway"]


@pytest.mark.parametrize("service", SERVICES)
def test_the_gateway_sees_the_queue_of_calls_of_every_service_and_drains_none(service: str):
    granted = service_permissions("gateway")
    queue = f"rpc-{service}"
    assert re.search(granted.write, queue)
    own = service == "gateway"
    assert [bool(re.search(pattern, queue)) for pattern in (granted.configure, granted.read)] == [own, own]


@pytest.mark.parametrize(
    ("service", "right", "key", "allowed"),
    [
        ("sales", "write", "4f1c2b3a-0000-4000-8000-000000000000", True),
        ("sales", "write", "sales.place_order", False),
        ("sales", "write", "finance.post_entry", False),
        ("sales", "read", "sales.*", True),
        ("sales", "read", "sales.place_order", False),
        ("sales", "read", "finance.*", False),
        ("sales", "read", "#", False),
        ("sales", "read", "*.*", False),
        ("gateway", "write", "finance.post_entry", True),
        ("gateway", "read", "4f1c2b3a-0000-4000-8000-000000000000", True),
        ("gateway", "read", "#", False),
        ("gateway", "read", "finance.*", False),
    ],
)
def test_only_the_gateway_calls_and_each_takes_its_own_calls(service: str, right: str, key: str, allowed: bool):
    assert bool(re.search(getattr(call_keys(service), right), key)) is allowed


@given(st.sampled_from(SERVICES), st.sampled_from(SERVICES), st.text(st.characters(categories=["Ll", "Nd"])))
def test_no_service_may_declare_fill_or_drain_the_queue_of_another(mine: str, other: str, event: str):
    granted = service_permissions(mine)
    queue = f"{other}.on.{event or 'x'}"
    for pattern in (granted.configure, granted.write, granted.read):
        assert bool(re.search(pattern, queue)) is (mine == other)


def test_a_password_is_hashed_as_rabbitmq_documents_it():
    # The example of https://www.rabbitmq.com/docs/passwords#computing-password-hash
    salt = bytes.fromhex("908DC60A")
    hashed = base64.b64decode(password_hash("test12", salt))
    assert hashed[:4] == salt
    assert hashed[4:] == hashlib.sha256(salt + b"test12").digest()
    assert base64.b64encode(hashed) == b"kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR"


def test_definitions_give_each_service_its_own_user_and_rights_and_hold_no_password():
    made = definitions("acme", Account("root", "top-secret"), {"sales": "s-secret", "finance": "f-secret"})
    assert [user["name"] for user in made["users"]] == ["root", "acme.sales", "acme.finance"]
    assert [user["tags"] for user in made["users"]] == [["administrator"], [], []]
    assert [entry["vhost"] for entry in made["permissions"]] == ["acme"] * 3
    assert [entry["user"] for entry in made["topic_permissions"]] == ["acme.sales", "acme.finance"]
    granted = {entry["user"]: entry["configure"] for entry in made["permissions"]}
    assert granted["root"] == EVERYTHING.configure
    assert granted[user_name("acme", "sales")] == service_permissions("sales").configure
    assert "secret" not in repr(made)
