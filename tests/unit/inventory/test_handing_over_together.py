"""Goods that leave at the same time leave as if one after the other."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from shared.contracts import inventory
from shared.contracts.inventory import HandOverView
from shared.contracts.message import load
from shared.runtime.context import Context
from shared.runtime.port import Call
from tests.company import TODAY
from tests.unit.inventory.stockroom import D, Stockroom


class Ramp(Stockroom):
    """Stock of two items, and pick lists of orders for them."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.stocked(("A", 1000, 3333), ("B", 1000, 500))

    def picks(self, many: int) -> list[str]:
        orders = [self.order(("A", 3), ("B", 2)) for _ in range(many)]
        return [self.plan(order, (1, "A", 3), (2, "B", 2)) for order in orders]

    def leave(self, picks: Sequence[str]) -> list[HandOverView | str]:
        """Hand them over together; what left of each, or why nothing did."""
        context = Context(
            company=self.code, currency="CNY", business_date=TODAY, actor="ann", request_id="r", correlation="c"
        )
        calls = [Call(operation="hand_over", payload={"id": pick}, context=context) for pick in picks]
        replies = self.runtime.dispatchers["inventory"].call_together(calls)
        return [
            load(HandOverView, reply.body) if reply.body else str(reply.problem and reply.problem.code)
            for reply in replies
        ]


@pytest.fixture
def ramp(tmp_path: Path) -> Ramp:
    return Ramp(tmp_path)


def _costs(left: Sequence[HandOverView | str]) -> list[list[object]]:
    return [[line.cost for line in each.lines] for each in left if not isinstance(each, str)]


def test_each_leaves_at_the_cost_the_one_before_left_behind(
    ramp: Ramp, tmp_path_factory: pytest.TempPathFactory
) -> None:
    alone = Ramp(tmp_path_factory.mktemp("alone"))
    apart = [each for pick in alone.picks(7) for each in alone.leave([pick])]
    together = ramp.leave(ramp.picks(7))
    assert _costs(together) == _costs(apart)
    assert len(_costs(together)) == 7
    for company in (ramp, alone):
        levels = company.do(inventory.list_stock).data
        assert {(level.on_hand, level.reserved) for level in levels} == {(D(979), D(0)), (D(986), D(0))}
    assert [fact.shipment_complete for fact in ramp.told(inventory.goods_handed_over)] == [True] * 7


def test_who_has_nothing_to_leave_holds_nobody_up(ramp: Ramp) -> None:
    first, gone, second = ramp.picks(3)
    ramp.leave([gone])
    left = ramp.leave([first, gone, second])
    assert [each if isinstance(each, str) else each.pick_id for each in left] == [first, "nothing_open", second]


def test_the_same_list_twice_leaves_once(ramp: Ramp) -> None:
    (pick,) = ramp.picks(1)
    first, second = ramp.leave([pick, pick])
    assert not isinstance(first, str)
    assert second == "nothing_open"


def test_many_read_no_more_often_than_two(ramp: Ramp) -> None:
    picks = ramp.picks(20)
    with ramp.reading() as by_two:
        ramp.leave(picks[:2])
    with ramp.reading() as by_many:
        assert len(_costs(ramp.leave(picks[2:]))) == 18
    assert len(by_many) == len(by_two) > 5
