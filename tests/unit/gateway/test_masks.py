"""Fields that cost or person may not be shown to are left out of every answer."""

from typing import Any

import pytest

from tests.unit.gateway.conftest import House

PARTS = {"parts": [{"line": 1, "quantity": "1", "cost": "3"}]}


@pytest.mark.parametrize(
    ("role", "sees_cost", "sees_maker"),
    [
        ("warehouse_keeper", False, False),
        ("salesperson", False, True),
        ("data_analyst", True, False),
        ("purchaser", True, True),
        ("supply_chain_manager", True, True),
        ("finance_analyst", True, True),
    ],
)
def test_who_may_not_see_a_field_does_not_get_it(house: House, role: str, sees_cost: bool, sees_maker: bool):
    id_ = house.make(by="system", json=PARTS).get_json()["id"]
    one = house.ask("GET", f"/v1/toy/things/{id_}", role).get_json()
    row = house.ask("GET", "/v1/toy/things", role).get_json()["data"][0]
    for shown in (one, row):
        assert ("cost" in shown, "maker" in shown) == (sees_cost, sees_maker)
        assert shown["code"] == "A-1"


def test_what_is_nested_is_masked_too_and_in_a_repeated_answer(house: House):
    def answer(by: str) -> dict[str, Any]:
        thing: dict[str, Any] = house.make(by=by, json=PARTS).get_json()
        return thing

    assert answer("system")["parts"] == [{"line": 1, "quantity": "1", "cost": "3.00"}]
    for _ in range(2):
        assert answer("warehouse_keeper")["parts"] == [{"line": 1, "quantity": "1"}]
        assert "cost" not in answer("warehouse_keeper")
