"""Goods come back once they have left; before the first day there is only money to give back."""

from datetime import timedelta
from decimal import Decimal

from gateway.requests import LONGEST_KEY
from services.commands.living.known import PlacedOrder
from services.commands.living.office import Office
from services.commands.living.returning import Returns
from services.commands.trade.buckets import Rule
from services.commands.trade.moves import Portion, Return
from tests.unit.replay.recorder import AT, DAY, PARTY, Recorder, order, portion, refusal


def a_return(*portions: Portion) -> Return:
    return Return("C3", PARTY, AT, order(), portions)


def test_a_return_is_authorised_received_and_inspected(office: Office, recorder: Recorder) -> None:
    Returns(office, DAY).take_back([a_return(portion(5, 2))], set())
    (asked,) = recorder.of("authorise_return")
    assert (asked["order_id"], asked["lines"]) == ("order-1", [{"order_line": 2, "quantity": Decimal(2)}])
    assert [doing.operation for doing in recorder.done] == ["authorise_return", "receive_return", "inspect_return"]
    assert office.booked.returned == Decimal(-10)


def test_two_rows_of_one_order_line_come_back_together(office: Office, recorder: Recorder) -> None:
    Returns(office, DAY).take_back([a_return(portion(5, 2), portion(6, 2, "3"))], set())
    assert recorder.of("authorise_return")[0]["lines"] == [{"order_line": 2, "quantity": Decimal(5)}]


def test_another_price_is_made_up_for_in_money(office: Office, recorder: Recorder) -> None:
    Returns(office, DAY).take_back([a_return(portion(5, 2, "2", "5", credited="6"))], set())
    (difference,) = recorder.of("adjust_customer_account")
    assert (difference["kind"], difference["amount"]) == ("goods_credit", Decimal(-2))
    assert office.booked.total == Decimal(-12)


def test_a_row_that_reaches_two_orders_makes_up_for_the_price_of_each(office: Office, recorder: Recorder) -> None:
    office.known.orders["600002"] = PlacedOrder("order-2", (1, 2), 2)
    both = [Return("C3", PARTY, AT, each, (portion(5, 2, "2", "5", "6"),)) for each in (order(), order(AT, "600002"))]
    Returns(office, DAY).take_back(both, set())
    keys = [doing.key for doing in recorder.done if doing.operation == "adjust_customer_account"]
    assert len(set(keys)) == 2, "one key for both would book only the first"


def test_a_return_of_many_rows_has_a_key_no_longer_than_one_may_be(office: Office, recorder: Recorder) -> None:
    several = [
        office.key("return", "C3", "order-1", *rows) for rows in (range(100_000, 100_060), range(100_000, 100_061))
    ]
    assert max(map(len, several)) <= LONGEST_KEY
    assert len(set(several)) == 2


def test_goods_that_have_not_left_come_back_after_they_have(office: Office, recorder: Recorder) -> None:
    recorder.answer("authorise_return", refusal("authorise_return", "not_returnable"), {"id": "return-1"})
    recorder.lists["list_order_lines"] = [
        {"line": 1, "handed_over": "2", "returned": "0"},
        {"line": 2, "handed_over": "0", "returned": "0"},
    ]
    returns = Returns(office, DAY)
    returns.take_back([a_return(portion(5, 1), portion(6, 2))], set())
    assert [call["lines"][0]["order_line"] for call in recorder.of("authorise_return")[1:]] == [1]
    office.outcomes.close_day()
    assert office.outcomes.counts.total.lines == 8
    returns.take_back([], {"another-order"})
    assert len(recorder.of("authorise_return")) == 2
    returns.take_back([], {"order-1"})
    assert [call["lines"][0]["order_line"] for call in recorder.of("authorise_return")[2:]] == [2]
    office.outcomes.close_day()
    assert office.outcomes.counts.total.lines == 9


def test_what_never_leaves_is_refused_at_the_end(office: Office, recorder: Recorder) -> None:
    recorder.answer("authorise_return", refusal("authorise_return", "not_returnable"))
    recorder.lists["list_order_lines"] = [{"line": 2, "handed_over": "0", "returned": "0"}]
    returns = Returns(office, DAY)
    returns.take_back([a_return(portion(6, 2))], set())
    returns.give_up()
    office.outcomes.close_day()
    assert office.outcomes.counts.reasons == {"goods_not_handed_over": 1}


def test_a_sale_before_the_first_day_is_credited(office: Office, recorder: Recorder) -> None:
    before = Return("C3", PARTY, AT, order(AT - timedelta(days=9)), (portion(5, 2, credited="6"),))
    Returns(office, DAY).take_back([before], set())
    assert [doing.operation for doing in recorder.done] == ["adjust_customer_account"]
    assert recorder.of("adjust_customer_account")[0]["amount"] == Decimal(-12)
    office.outcomes.close_day()
    assert office.outcomes.counts.rules[Rule.CREDIT_WITHOUT_ORIGINAL].lines == 1
