"""Tracking: the status is the same in whatever order events arrive."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.logistics.tracking.rules import ShipmentStatus, TrackingEvent, TrackingKind, track

START = datetime(2025, 3, 10, 8, tzinfo=UTC)


def told(*kinds: str) -> list[TrackingEvent]:
    """Events of those kinds, an hour apart."""
    return [
        TrackingEvent(str(hour), TrackingKind(kind), START + timedelta(hours=hour)) for hour, kind in enumerate(kinds)
    ]


@pytest.mark.parametrize(
    ("kinds", "status"),
    [
        ([], "planned"),
        (["picked_up"], "picked_up"),
        (["picked_up", "in_transit", "out_for_delivery"], "out_for_delivery"),
        (["out_for_delivery", "in_transit"], "out_for_delivery"),
        (["picked_up", "delivered", "in_transit", "returning"], "delivered"),
        (["picked_up", "out_for_delivery", "delivery_failed"], "delivery_failed"),
        (["out_for_delivery", "delivery_failed", "in_transit"], "in_transit"),
        (["out_for_delivery", "refused", "returning", "returned"], "returned"),
        (["in_transit", "lost", "delivered"], "delivered"),
        (["in_transit", "delayed", "damaged"], "in_transit"),
    ],
)
def test_status_follows_from_the_events(kinds: list[str], status: str) -> None:
    assert track(told(*kinds)).status is ShipmentStatus(status)


def test_delivered_holds_from_its_earliest_event() -> None:
    tracking = track(told("picked_up", "delivered", "delivered"))
    assert tracking.delivered_at == tracking.since == START + timedelta(hours=1)


def test_delays_and_damages_are_incidents() -> None:
    incidents = track(told("picked_up", "delayed", "refused", "damaged")).incidents
    assert [event.kind.value for event in incidents] == ["delayed", "refused", "damaged"]


events = st.builds(
    TrackingEvent,
    id=st.integers(0, 9).map(str),
    kind=st.sampled_from(TrackingKind),
    occurred_at=st.integers(0, 5).map(lambda hour: START + timedelta(hours=hour)),
)


@given(st.data(), st.lists(events, max_size=8))
def test_order_of_arrival_and_repetition_never_matter(data: st.DataObject, heard: list[TrackingEvent]) -> None:
    again = data.draw(st.permutations(heard + heard[:3]))
    assert track(again) == track(heard)


@given(st.lists(events, max_size=8))
def test_delivered_is_final(heard: list[TrackingEvent]) -> None:
    delivered = TrackingEvent("the end", TrackingKind.DELIVERED, START)
    assert track([*heard, delivered]).status is ShipmentStatus.DELIVERED
