"""What a role may not see stands in no answer: of lists, commands and batches, and of what operators read."""

from collections.abc import Mapping
from typing import Any

import pytest

from gateway.catalogue import published
from gateway.identity.roles import ROLES
from shared.contracts import inventory
from shared.contracts.message import visible_fields
from tests.contract.at_work import House
from tests.contract.trading import known_of

READS = [
    operation
    for contract in published()
    for operation in contract.operations.values()
    if operation.listing and not operation.path_parameters
]


def shown(value: Any, mask: Mapping[str, Any]) -> set[str]:
    """Which scopes it took to see what stands there."""
    if isinstance(value, list):
        return set().union(*(shown(each, mask) for each in value)) if value else set()
    if not isinstance(value, dict):
        return set()
    found: set[str] = set()
    for name, inner in value.items():
        rule = mask.get(name)
        found |= {f"see:{rule}"} if isinstance(rule, str) else shown(inner, rule or {})
    return found


@pytest.mark.parametrize("role", ROLES)
def test_a_list_shows_a_role_what_it_may_see_and_no_more(at_work: House, role: str):
    seen: set[str] = set()
    for operation in READS:
        if operation.scope in ROLES[role]:
            assert operation.listing is not None
            rows = at_work.ask(role, "GET", operation.path).get_json()["data"]
            needed = shown(rows, visible_fields(operation.listing.item))
            assert needed <= ROLES[role], f"{operation.name} shows {role} what needs {needed - ROLES[role]}"
            seen |= needed
    if role not in ("warehouse_keeper", "admin"):
        assert seen == ROLES[role] & {"see:cost", "see:personal"}


def test_what_operators_read_shows_no_prices_to_who_may_not_see_them(at_work: House):
    for path in ("journal", "audit-trail", "dead-letters"):
        rows = at_work.ask("admin", "GET", f"/v1/purchasing/system/{path}").get_json()["data"]
        assert not [row for row in rows if row.keys() & {"input", "changes", "envelope", "error"}]
    journal = at_work.ask("system", "GET", "/v1/purchasing/system/journal").get_json()["data"]
    assert any("price" in str(row["input"]) for row in journal)


def test_no_list_is_filtered_or_sorted_by_what_may_be_hidden():
    """Else what is hidden could be found out by halving."""
    for contract in published():
        for operation in contract.operations.values():
            if operation.listing:
                names = {*operation.listing.filters, *(sort.removeprefix("-") for sort in operation.listing.sorts)}
                hidden = {
                    name for name, rule in visible_fields(operation.listing.item).items() if isinstance(rule, str)
                }
                assert not names & hidden, operation.name


def test_a_command_its_replay_and_its_batch_hide_it_too(at_work: House):
    purchase = known_of(at_work.company)["inventory.purchase_order_id"][0]
    line = {"line": 1, "accepted": "1", "rejected": "0"}
    body = {"purchase_order_id": purchase, "lines": [line]}
    mask = visible_fields(inventory.receive_goods.response)
    for key in ("one", "one"):
        answer = at_work.ask("warehouse_keeper", "POST", inventory.receive_goods.path, key, json=body)
        assert answer.status_code in (201, 409), answer.text
        assert shown(answer.get_json(), mask) == set()
    batch = at_work.ask(
        "warehouse_keeper", "POST", f"{inventory.receive_goods.path}:batch", "many", json={"rows": [body] * 2}
    )
    assert batch.status_code == 200
    assert [shown(row.get("body", {}), mask) for row in batch.get_json()["results"]] == [set(), set()]
