"""Commands that share a transaction: to each of their callers as if it had been the only one."""

import random
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from shared.contracts.operations import Operation
from shared.runtime.context import Context
from shared.runtime.dispatch import Dispatcher, Effects
from shared.runtime.port import Call, Reply
from shared.storage.backbone import audit_facts, journal, outbox
from shared.storage.rows import rows_of
from tests.company import TODAY, Company
from tests.unit.runtime import orchard


class Desk:
    """The orchard's dispatcher, and what it left to do after each commit."""

    def __init__(self, folder: Path, seed: int = 0) -> None:
        self.company = Company([orchard.SERVICE], folder, seed)
        self.database = self.company.databases["orchard"]
        self.commits: list[Effects] = []
        clock, ids = self.company.clock, self.company.ids
        self.dispatcher = Dispatcher(orchard.SERVICE, self.database, clock, ids, self.committed)

    def committed(self, effects: Effects) -> None:
        self.commits.append(effects)

    def plant(self, *codes: str) -> list[Reply]:
        return self.together([call(orchard.plant_tree, code=code) for code in codes])

    def together(self, calls: Sequence[Call]) -> list[Reply]:
        self.commits.clear()
        return self.dispatcher.call_together(calls)

    def count(self, table: object) -> int:
        with self.database.snapshot() as session:
            return session.scalar(select(func.count()).select_from(table)) or 0  # type: ignore[arg-type]

    def apples(self) -> dict[str, Decimal]:
        with self.database.snapshot() as session:
            return {tree.code: tree.apples for tree in session.rows(rows_of(orchard.Tree))}


def call(
    operation: Operation[Any, Any], key: str | None = None, *, company: str = "acme", if_match: int | None = None,
    **payload: Any,
) -> Call:  # fmt: skip
    context = Context(
        company=company, currency="CNY", business_date=TODAY, actor="ann", request_id="r", correlation="c"
    )
    return Call(operation=operation.name, payload=payload, context=context, key=key, if_match=if_match)


def outcomes(replies: Sequence[Reply]) -> list[str]:
    return [reply.problem.code if reply.problem else "replayed" if reply.replayed else "done" for reply in replies]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_they_take_effect_in_their_order_in_one_transaction(desk: Desk) -> None:
    replies = desk.plant("A", "B", "C")
    assert [(body["code"], body["number"]) for reply in replies if (body := reply.body)] == [
        ("A", "T-202603-00001"),
        ("B", "T-202603-00002"),
        ("C", "T-202603-00003"),
    ]
    assert [len(effects.told) for effects in desk.commits] == [3]
    assert [desk.count(table) for table in (journal, outbox, audit_facts)] == [3, 3, 3]


def test_each_company_has_its_own_numbers(desk: Desk) -> None:
    replies = desk.together([call(orchard.plant_tree, company=name, code="A") for name in ("acme", "zeta", "acme")])
    assert [reply.body["number"][-5:] for reply in replies if reply.body] == ["00001", "00001", "00002"]


def test_what_is_refused_before_it_touched_anything_leaves_the_others_together(desk: Desk) -> None:
    plants = [call(orchard.plant_tree, code=code) for code in ("A", " ", "B")]
    assert outcomes(desk.together(plants)) == ["done", "invalid_input", "done"]
    assert len(desk.commits) == 1
    ids = [reply.body["id"] for reply in desk.plant("C", "D") if reply.body]
    picks = [call(orchard.pick_apples, id=id_, apples="2") for id_ in (ids[0], desk.company.new_id(), ids[1])]
    assert outcomes(desk.together(picks)) == ["done", "not_found", "done"]
    assert len(desk.commits) == 1
    assert desk.apples() == {"A": 0, "B": 0, "C": 2, "D": 2}
    assert desk.count(journal) == 6


@pytest.mark.parametrize(("fate", "code"), [("refused", "unripe"), ("broken", "internal_error")])
def test_what_fails_after_it_touched_something_leaves_nothing_and_the_others_whole(
    desk: Desk, fate: str, code: str
) -> None:
    ids = [reply.body["id"] for reply in desk.plant("A", "B", "C") if reply.body]
    facts = desk.count(outbox)
    fates = ["fine", fate, "fine"]
    picks = [call(orchard.pick_apples, id=id_, apples="3", fate=each) for id_, each in zip(ids, fates, strict=True)]
    assert outcomes(desk.together(picks)) == ["done", code, "done"]
    assert desk.apples() == {"A": 3, "B": 0, "C": 3}
    assert desk.count(outbox) == facts + 2


def test_a_stale_version_is_told_though_a_neighbour_made_it_stale(desk: Desk) -> None:
    (tree,) = [reply.body["id"] for reply in desk.plant("A") if reply.body]
    picks = [call(orchard.pick_apples, id=tree, apples="1", if_match=1) for _ in range(2)]
    assert outcomes(desk.together(picks)) == ["done", "stale_version"]
    assert desk.apples() == {"A": 1}


def test_the_same_key_has_one_effect_among_neighbours_and_later(desk: Desk) -> None:
    asked = [call(orchard.plant_tree, "k1", code="A"), call(orchard.plant_tree, "k2", code="B")]
    assert outcomes(desk.together([*asked, asked[0]])) == ["done", "done", "replayed"]
    other = call(orchard.plant_tree, "k2", code="Z")
    assert outcomes(desk.together([*asked, other, call(orchard.plant_tree, "k3", code="C")])) == [
        "replayed", "replayed", "key_reused", "done",
    ]  # fmt: skip
    assert sorted(desk.apples()) == ["A", "B", "C"]


def test_a_key_that_is_under_way_elsewhere_is_refused_alone(desk: Desk) -> None:
    with desk.database._claimed(["acme|ann|plant_tree|k1"]):
        replies = desk.together([call(orchard.plant_tree, key, code=key) for key in ("k1", "k2")])
    assert outcomes(replies) == ["in_progress", "done"]


@pytest.mark.parametrize("seed", range(3))
def test_together_is_as_one_after_the_other(tmp_path: Path, seed: int) -> None:
    found: list[tuple[list[str], dict[str, Decimal]]] = []
    for together in (True, False):
        draw, folder = random.Random(seed), tmp_path / str(together)
        folder.mkdir()
        desk = Desk(folder)
        ids = [reply.body["id"] for reply in desk.plant(*"ABCD") if reply.body]
        told: list[str] = []
        for _ in range(40):
            picks = [pick(draw, ids) for _ in range(draw.randint(1, 6))]
            told += outcomes(desk.together(picks) if together else [desk.dispatcher.call(each) for each in picks])
        found.append((told, desk.apples()))
    assert found[0] == found[1]
    assert {"done", "replayed", "key_reused", "not_found", "unripe", "internal_error"} <= set(found[0][0])


def pick(draw: random.Random, ids: Sequence[str]) -> Call:
    """A call that may be good, repeated, under another's key, about nothing, refused late, or broken."""
    return call(
        orchard.pick_apples,
        draw.choice([None, None, None, "k1", "k2", "k3"]),
        id=draw.choice([*ids[:2], *ids, "01890000-0000-7000-8000-000000000000"]),
        apples="2.5",
        fate=draw.choice(["fine", "fine", "fine", "refused", "broken"]),
    )
