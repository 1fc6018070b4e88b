"""A sale becomes an order, a cancellation a request for its lines."""

from dataclasses import replace
from decimal import Decimal

from services.commands.living.known import PlacedOrder
from services.commands.living.office import Office
from services.commands.living.selling import cancel, release_holds, sell
from services.commands.trade.buckets import Bucket
from services.commands.trade.codes import ServiceKind
from services.commands.trade.moves import Cancellation, GoodsLine, Sale, ServiceLine
from tests.unit.replay.recorder import AT, PARTY, Recorder, order, portion, refusal

PLACED = {
    "id": "order-9",
    "lines": [{"kind": "goods", "net": "7.50"}, {"kind": "goods", "net": "4.00"}, {"kind": "service", "net": "3.20"}],
}


def a_sale(goods: int = 2) -> Sale:
    lines = tuple(GoodsLine(nth, "A", Decimal(3), Decimal("2.50")) for nth in range(1, goods + 1))
    services = (ServiceLine(9, ServiceKind.POSTAGE, "POSTAGE", Decimal("3.20")),)
    return Sale("600009", PARTY, AT, order(invoice="600009"), lines, services)


def test_a_sale_is_placed_with_its_prices_goods_first_and_services_after(office: Office, recorder: Recorder) -> None:
    office.known.services = {ServiceKind.POSTAGE: "postage"}
    recorder.answer("place_order", PLACED)
    sell(office, a_sale())
    (placed,) = recorder.of("place_order")
    assert placed["reference"] == "600009"
    assert [(line["item_id"], line["quantity"], line["price"]) for line in placed["lines"]] == [
        ("item-a", Decimal(3), Decimal("2.50")),
        ("item-a", Decimal(3), Decimal("2.50")),
        ("postage", Decimal(1), Decimal("3.20")),
    ]
    assert (office.booked.sold, office.booked.services) == (Decimal("11.50"), Decimal("3.20"))
    assert office.known.orders["600009"].line(2) == 2


def test_the_same_sale_always_bears_the_same_key(office: Office, recorder: Recorder) -> None:
    office.known.services = {ServiceKind.POSTAGE: "postage"}
    recorder.answer("place_order", PLACED)
    sell(office, a_sale())
    sell(office, a_sale())
    assert {doing.key for doing in recorder.done} == {"replay:TEST:order:600009"}


def test_services_beside_a_thousand_lines_of_goods_go_on_an_order_of_their_own(
    office: Office, recorder: Recorder
) -> None:
    office.known.services = {ServiceKind.POSTAGE: "postage"}
    recorder.answer("place_order", PLACED)
    sell(office, a_sale(goods=1000))
    assert [(call["reference"], len(call["lines"])) for call in recorder.of("place_order")] == [
        ("600009", 1000),
        ("600009/services", 1),
    ]


def test_a_refused_order_refuses_all_its_rows_with_the_reason(office: Office, recorder: Recorder) -> None:
    office.known.services = {ServiceKind.POSTAGE: "postage"}
    recorder.answer("place_order", refusal("place_order", "archived"))
    sell(office, a_sale())
    office.outcomes.close_day()
    assert office.outcomes.counts.bucket(Bucket.REFUSED).lines == 3
    assert office.outcomes.counts.reasons == {"archived": 3}


def test_a_cancellation_names_the_lines_it_undoes(office: Office, recorder: Recorder) -> None:
    cancel(office, Cancellation("C1", PARTY, AT, order(), (portion(5, 2),), whole=False))
    (asked,) = recorder.of("cancel_order")
    assert (asked["id"], asked["lines"]) == ("order-1", [2])
    assert office.booked.cancelled == Decimal(-10)


def test_a_cancellation_of_everything_names_no_line(office: Office, recorder: Recorder) -> None:
    cancel(office, Cancellation("C1", PARTY, AT, order(), (portion(5, 1), portion(6, 2)), whole=True))
    assert recorder.of("cancel_order")[0]["lines"] is None


def test_a_second_cancellation_waits_until_the_first_is_decided(office: Office, recorder: Recorder) -> None:
    recorder.answer("cancel_order", refusal("cancel_order", "already_cancelling"), {"id": "order-1"})
    cancel(office, Cancellation("C1", PARTY, AT, order(), (portion(5, 2),), whole=False))
    assert recorder.waits == 1
    assert len({doing.key for doing in recorder.done}) == 1


def test_what_undoes_an_order_that_was_refused_is_refused_too(office: Office, recorder: Recorder) -> None:
    move = Cancellation("C1", PARTY, AT, order(), (portion(5, 2),), whole=False)
    cancel(office, replace(move, order=order(invoice="600002")))
    office.outcomes.close_day()
    assert recorder.done == []
    assert office.outcomes.counts.reasons == {"order_not_placed": 1}


def test_services_whose_goods_are_all_cancelled_are_charged_alone(office: Office, recorder: Recorder) -> None:
    office.known.orders["600001"] = PlacedOrder("order-1", (1, 2, 3), 2, Decimal("3.20"))
    office.booked.services = Decimal("3.20")
    for number, row in (("C1", 1), ("C2", 2)):
        cancel(office, Cancellation(number, PARTY, AT, order(), (portion(4 + row, row),), whole=False))
    (charged,) = recorder.of("adjust_customer_account")
    assert (charged["kind"], charged["amount"]) == ("fee", Decimal("3.20"))
    assert (office.booked.services, office.booked.total) == (Decimal(0), Decimal("-16.80"))


def test_finance_releases_what_credit_holds(office: Office, recorder: Recorder) -> None:
    recorder.lists["list_credit_holds"] = [{"id": "b", "order_number": "2"}, {"id": "a", "order_number": "1"}]
    release_holds(office)
    assert [call["id"] for call in recorder.of("release_credit_hold")] == ["a", "b"]
    assert (recorder.by("release_credit_hold"), office.booked.held, recorder.waits) == ({"controller"}, 2, 1)
