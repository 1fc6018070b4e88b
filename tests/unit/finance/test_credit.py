"""F6: limits, exposure, holds; M3."""

from decimal import Decimal
from itertools import permutations
from pathlib import Path

import pytest

from shared.contracts import finance, sales
from tests.unit.finance.office import Office

D = Decimal


@pytest.fixture
def limited(office: Office) -> Office:
    office.do(finance.set_credit_limit, customer_id=office.ann, limit="1000")
    return office


def test_m3_of_two_orders_at_once_one_is_approved_and_one_held_and_a_payment_releases_it(limited: Office) -> None:
    limited.owes("600")
    first, second = limited.placed(("1", "300", "0")), limited.placed(("1", "300", "0"))
    assert [fact.order_id for fact in limited.told(finance.credit_approved)] == [first.order_id]
    held = limited.told(finance.credit_held)
    assert [(fact.order_id, fact.exposure, fact.limit) for fact in held] == [(second.order_id, D(900), D(1000))]
    assert limited.exposure() == 900
    limited.pay("200")
    assert [fact.order_id for fact in limited.told(finance.credit_approved)] == [first.order_id, second.order_id]
    assert limited.exposure() == 1000
    assert [hold.state for hold in limited.do(finance.list_credit_holds).data] == ["released"]
    limited.prove()


def test_reaching_the_limit_is_within_it(limited: Office) -> None:
    limited.placed(("1", "1000", "0"))
    assert (limited.told(finance.credit_held), limited.exposure()) == ([], D(1000))


def test_the_default_limit_holds_for_who_has_no_own_and_no_default_is_unlimited(office: Office) -> None:
    office.placed(("1", "1000000", "0"))
    office.do(finance.change_settings, default_credit_limit="1000050", if_match=1)
    office.placed(("1", "100", "0"))
    office.do(finance.set_credit_limit, customer_id=office.bob)
    office.placed(("1", "2000000", "0"), customer_id=office.bob)
    assert [fact.customer_id for fact in office.told(finance.credit_held)] == [office.ann]
    view = office.do(finance.get_credit, customer_id=office.ann)
    assert (view.limit, view.own_limit, view.available) == (D(1000050), False, D(50))


def test_a_higher_limit_or_default_releases_what_fits_now(limited: Office) -> None:
    limited.placed(("1", "1500", "0"))
    limited.placed(("1", "1500", "0"), customer_id=limited.bob)
    limited.do(finance.set_credit_limit, customer_id=limited.ann, limit="1500")
    assert len(limited.told(finance.credit_approved)) == 2
    limited.do(finance.change_settings, default_credit_limit="1", if_match=1)
    carl = limited.customer("Carl")
    limited.placed(("1", "7", "0"), customer_id=carl)
    assert len(limited.told(finance.credit_approved)) == 2
    limited.do(finance.change_settings, default_credit_limit="7", if_match=2)
    assert len(limited.told(finance.credit_approved)) == 3


def test_held_orders_are_released_oldest_first_and_one_too_large_does_not_block(limited: Office) -> None:
    limited.owes("1000")
    large, old, young = (limited.placed(("1", amount, "0")) for amount in ("900", "100", "150"))
    limited.pay("200")
    assert [fact.order_id for fact in limited.told(finance.credit_approved)] == [old.order_id]
    limited.pay("50")
    assert [fact.order_id for fact in limited.told(finance.credit_approved)] == [old.order_id, young.order_id]
    assert [hold.order_id for hold in limited.do(finance.list_credit_holds, state="held").data] == [large.order_id]


def test_a_person_releases_beyond_the_limit_and_stays_on_record(limited: Office) -> None:
    order = limited.placed(("1", "2000", "0"))
    with limited.by("chief"):
        view = limited.do(finance.release_credit_hold, id=order.order_id, reason="old customer")
    assert (view.state, view.decided_by, view.reason) == ("released", "chief", "old customer")
    assert limited.exposure() == 2000
    assert limited.refused(finance.release_credit_hold, id=order.order_id).code == "not_held"
    assert limited.refused(finance.decline_credit_hold, id=order.order_id).code == "not_held"


def test_a_declined_order_takes_no_credit_and_its_cancelling_gives_none_back(limited: Office) -> None:
    order = limited.placed(("1", "2000", "0"))
    limited.do(finance.decline_credit_hold, id=order.order_id)
    assert [fact.order_id for fact in limited.told(finance.credit_declined)] == [order.order_id]
    limited.cancel(order)
    assert limited.exposure() == 0


def test_a_held_order_that_is_cancelled_is_dropped_and_never_released(limited: Office) -> None:
    order = limited.placed(("1", "2000", "0"))
    limited.cancel(order)
    limited.do(finance.set_credit_limit, customer_id=limited.ann, limit="5000")
    assert limited.told(finance.credit_approved) == []
    assert [hold.state for hold in limited.do(finance.list_credit_holds).data] == ["dropped"]


def test_a_held_order_that_shrinks_is_released_once_it_fits(limited: Office) -> None:
    order = limited.placed(("3", "1500", "0"))
    limited.cancel(order, (1, "1"))
    assert [fact.amount for fact in limited.told(finance.credit_approved)] == [D(1000)]


def test_cancelling_gives_back_exactly_what_the_order_took(limited: Office) -> None:
    order = limited.placed(("3", "100", "0"))
    for left in (D("66.67"), D("33.33"), D(0)):
        limited.cancel(order, (1, "1"))
        assert limited.exposure() == left


@pytest.mark.parametrize("first", [0, 1, 2])
def test_exposure_is_the_same_in_whatever_order_the_facts_come(tmp_path: Path, first: int) -> None:
    office = Office(tmp_path)
    office.do(finance.set_credit_limit, customer_id=office.ann, limit="100")
    order = office.order(("3", "70", "9.10"), ("1", "10", "1.30"))
    facts = list(permutations(range(3)))[first * 2]
    for fact in facts:
        if fact == 0:
            office.given(sales.order_placed, order)
        elif fact == 1:
            office.cancel(order, (1, "1"))
        else:
            office.hand_over(order, (1, "2", "5"), (2, "1", "1"))
    credit = office.do(finance.get_credit, customer_id=office.ann)
    assert (credit.open_orders, credit.receivables) == (D(0), D("64.04"))
    office.prove()


def test_an_order_of_a_customer_nobody_has_told_of_waits_for_it(office: Office) -> None:
    stranger = office.new_id()
    order = office.placed(("1", "10", "0"), customer_id=stranger)
    assert any(stranger in trouble for trouble in office.troubles())
    office.given(
        sales.customer_registered,
        customer_id=stranger, code="X", name="X", tier="standard", currency="CNY", country="CN",
        terms={"instalments": [{"share": "1", "days": 0}]}, archived=False,
    )  # fmt: skip
    assert [fact.order_id for fact in office.told(finance.credit_approved)] == [order.order_id]
    assert office.troubles() == []


def test_invoicing_turns_open_orders_into_receivables_and_exposure_stays(limited: Office) -> None:
    order = limited.placed(("3", "100", "13"))
    limited.hand_over(order, (1, "1", "20"))
    credit = limited.do(finance.get_credit, customer_id=limited.ann)
    assert (credit.open_orders, credit.receivables, credit.exposure) == (D("75.33"), D("37.66"), D("112.99"))
    limited.hand_over(order, (1, "2", "40"))
    assert limited.exposure() == 113
    limited.pay("113")
    assert limited.exposure() == 0


def test_credit_of_nobody_is_refused(office: Office) -> None:
    nobody = office.new_id()
    assert office.refused(finance.get_credit, customer_id=nobody).code == "not_found"
    assert office.refused(finance.set_credit_limit, customer_id=nobody, limit="1").code == "unknown_reference"
    assert office.refused(finance.release_credit_hold, id=nobody).code == "not_found"
    two = office.refused(finance.set_credit_limit, customer_id=office.ann, limit="1", use_default=True)
    assert two.code == "contradicting_limits"


def test_in_a_foreign_currency_credit_is_in_base(limited: Office) -> None:
    limited.placed(("1", "100", "0"), currency="USD", exchange_rate="7.1")
    assert limited.exposure() == 710
    assert limited.told(finance.credit_approved)[0].amount == 710
