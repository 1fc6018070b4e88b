"""Lists are read whole, with exactly the fields the proof names, and patiently."""

import dataclasses
import inspect
from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from types import ModuleType
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints

import pytest

from services.commands.client import Refused
from services.commands.patience import Patience
from services.commands.proof import ledger, messages, purchases, sales, stock
from services.commands.proof.proof import read
from services.commands.proof.reading import Company
from services.commands.proof.rows import Masked, reader
from shared.contracts import inventory
from shared.contracts.operations import Operation
from tests.unit.audit.gateway import FakeGateway, Time


class Part(NamedTuple):
    line: int
    value: Decimal


class Whole(NamedTuple):
    id: str
    quantity: Decimal
    warehouse_id: str | None
    parts: list[Part]


ROW = {"id": "a", "quantity": "1.50", "warehouse_id": None, "parts": [{"line": 1, "value": "2"}], "more": "passed over"}


def test_a_row_has_decimals_empty_fields_and_rows_of_its_own() -> None:
    assert reader(Whole)(ROW) == Whole("a", Decimal("1.50"), None, [Part(1, Decimal(2))])


def test_a_masked_field_is_told_and_never_taken_for_zero() -> None:
    with pytest.raises(Masked, match=r"value of Part is not shown; the proof needs the scope see:cost"):
        reader(Whole)(ROW | {"parts": [{"line": 1, "value": None}]})


def test_every_page_is_read_once() -> None:
    gateway = FakeGateway({"inventory.list_stock_moves": [{"id": str(each)} for each in range(5)]})
    seen: list[int] = []

    class Id(NamedTuple):
        id: str

    rows = Company(gateway, seen.append).rows(inventory.list_stock_moves, Id)
    assert [row.id for row in rows] == ["0", "1", "2", "3", "4"]
    assert seen == [2, 2, 1]


def test_a_gateway_that_asks_for_less_is_asked_again_after_a_pause() -> None:
    gateway, time = FakeGateway(), Time()
    gateway.refuse = [429, 429]
    company = Company(gateway, patience=lambda: Patience(60, time.clock, time.sleep))
    assert company.newest(inventory.list_stock_moves, "-id") == []
    assert time.slept == [0.2, 0.4]


@pytest.mark.parametrize("status", [403, 500])
def test_any_other_refusal_is_told_at_once(status: int) -> None:
    gateway = FakeGateway()
    gateway.refuse = [status]
    with pytest.raises(Refused):
        Company(gateway).newest(inventory.list_stock_moves, "-id")


@pytest.mark.parametrize("at_once", [1, 4])
def test_lists_are_read_one_by_one_or_side_by_side(at_once: int) -> None:
    company = Company(FakeGateway(), at_once=at_once)
    assert company.read(*(partial(int, each) for each in range(9))) == list(range(9))


@pytest.mark.parametrize("at_once", [1, 4])
def test_a_fault_of_one_list_is_not_lost_among_the_others(at_once: int) -> None:
    def broken() -> int:
        raise Masked("value")

    with pytest.raises(Masked):
        Company(FakeGateway(), at_once=at_once).read(lambda: 1, broken, lambda: 2)


def test_pauses_grow_and_end_with_patience() -> None:
    time = Time()
    patience = Patience(2, time.clock, time.sleep)
    while not patience.over:
        patience.pause()
    assert time.slept == pytest.approx([0.2, 0.4, 0.8, 0.6])


MODULES: tuple[ModuleType, ...] = (stock, ledger, sales, purchases, messages)
KINDS = [
    kind
    for module in MODULES
    for _, kind in inspect.getmembers(module, inspect.isclass)
    if kind.__module__ == module.__name__ and issubclass(kind, tuple)
]


def _missing(kind: type, item: type) -> list[str]:
    """Fields of the proof's row that the list's item does not have, nested ones too."""
    shown = {spec.name for spec in dataclasses.fields(item)}
    hints, theirs = get_type_hints(kind), get_type_hints(item)
    found = [name for name in hints if name not in shown]
    for name, hint in hints.items():
        if name in shown and get_origin(hint) is list:
            found += [f"{name}.{each}" for each in _missing(get_args(hint)[0], get_args(theirs[name])[0])]
    return found


def test_the_contracts_have_every_field_the_proof_reads() -> None:
    read_of: dict[str, list[str]] = {}

    class Noting(Company):
        def rows(self, operation: Operation[Any, Any], kind: type[Any], **filters: object) -> Iterator[Any]:
            assert operation.listing
            read_of[f"{operation.service}.{operation.name} as {kind.__name__}"] = _missing(kind, operation.listing.item)
            return iter(())

    read(Noting(FakeGateway()))
    assert {name: missing for name, missing in read_of.items() if missing} == {}
    nested = {get_args(hint)[0] for kind in KINDS for hint in get_type_hints(kind).values() if get_origin(hint) is list}
    assert {name.rpartition(" ")[2] for name in read_of} == {kind.__name__ for kind in KINDS if kind not in nested}
