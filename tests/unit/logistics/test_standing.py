"""Where a shipment stands: lines, hand-overs and tracking together."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from services.logistics.tracking.rules import TrackingEvent, TrackingKind
from services.logistics.tracking.standing import LineState, Told, standing

LINE = LineState(Decimal(10))
SHIPPED = replace(LINE, shipped=Decimal(10))


def stands(line: LineState, *told: Told, planned: bool = True, complete: bool = False, gone: str = "") -> str:
    return standing([line], told, planned=planned, handed_over=set(gone), complete=complete).status


def told(kind: TrackingKind, consignment: str | None = None) -> Told:
    return Told(TrackingEvent(f"{kind} {consignment}", kind, datetime(2026, 3, 2, tzinfo=UTC)), consignment)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (stands(LINE, planned=False), "unplanned"),
        (stands(LINE), "planned"),
        (stands(replace(LINE, withdrawn=True)), "cancelled"),
        (stands(replace(LINE, taken_off=Decimal(10))), "cancelled"),
        (stands(replace(LINE, shipped=Decimal(4)), gone="a"), "partly_shipped"),
        (stands(replace(LINE, shipped=Decimal(4), taken_off=Decimal(5)), gone="a"), "partly_shipped"),
        (stands(replace(LINE, shipped=Decimal(4), taken_off=Decimal(6)), gone="a"), "shipped"),
        (stands(replace(LINE, shipped=Decimal(4)), gone="a", complete=True), "shipped"),
        (stands(replace(LINE, shipped=Decimal(4), withdrawn=True), gone="a"), "shipped"),
        (stands(replace(LINE, shipped=Decimal(12)), gone="a"), "shipped"),
        (stands(SHIPPED, told(TrackingKind.IN_TRANSIT), gone="a"), "in_transit"),
        (stands(SHIPPED, told(TrackingKind.DELIVERED), gone="a"), "delivered"),
        (stands(LINE, told(TrackingKind.DELIVERED)), "delivered"),
        (stands(SHIPPED, told(TrackingKind.DELIVERED, "a"), gone="ab"), "partly_delivered"),
        (stands(SHIPPED, told(TrackingKind.DELIVERED, "a"), told(TrackingKind.DELIVERED, "b"), gone="ab"), "delivered"),
        (stands(LINE, told(TrackingKind.DELIVERED, "a")), "partly_delivered"),
    ],
)
def test_a_shipment_stands_where_lines_hand_overs_and_tracking_put_it(status: str, expected: str) -> None:
    assert status == expected
