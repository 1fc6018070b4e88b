"""S1: the customer master, and finance's copy of it."""

from pathlib import Path

import pytest

from services.finance.parties.tables import Party
from services.finance.service import SERVICE as FINANCE
from services.sales.service import SERVICE as SALES
from shared.contracts import sales
from shared.storage.rows import rows_of
from tests.company import Company


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company([SALES, FINANCE], tmp_path)


def test_a_registered_customer_is_found_and_told_of(company: Company) -> None:
    made = company.do(sales.register_customer, code="C1", name="Ann", country="United Kingdom")
    assert company.do(sales.get_customer, id=made.id) == made
    assert [fact.code for fact in company.told(sales.customer_registered)] == ["C1"]
    assert company.do(sales.list_customers, code="C1").data == [made]


def test_finance_keeps_the_newest_copy_whatever_the_order_of_facts(company: Company) -> None:
    made = company.only(sales.register_customer, code="C1", name="Ann", country="UK")
    company.only(sales.change_customer, id=made.id, name="Anna", if_match=1)
    company.settle()
    with company.databases["finance"].snapshot() as session:
        assert [row.name for row in session.rows(rows_of(Party))] == ["Anna"]
    assert company.troubles() == []


def test_terms_reach_ten_years_at_the_most(company: Company) -> None:
    def named(days: int) -> dict[str, object]:
        terms = {"instalments": [{"share": "1", "days": days}]}
        return {"code": f"C{days}", "name": "Ann", "country": "UK", "terms": terms}

    assert company.do(sales.register_customer, **named(3650)).terms.instalments[0].days == 3650
    refused = company.refused(sales.register_customer, **named(3651))
    assert (refused.status, refused.errors[0]["pointer"]) == (422, "/terms/instalments/0/days")


def test_a_code_is_given_once(company: Company) -> None:
    company.do(sales.register_customer, code="C1", name="Ann", country="UK")
    assert company.refused(sales.register_customer, code="C1", name="Bob", country="UK").code == "exists"


def test_a_stale_version_is_refused(company: Company) -> None:
    made = company.do(sales.register_customer, code="C1", name="Ann", country="UK")
    company.do(sales.change_customer, id=made.id, tier="gold", if_match=1)
    assert company.refused(sales.change_customer, id=made.id, tier="silver", if_match=1).status == 412


def test_terms_must_sum_to_the_whole(company: Company) -> None:
    terms = {"instalments": [{"share": "0.3", "days": 0}, {"share": "0.6", "days": 30}]}
    problem = company.refused(sales.register_customer, code="C1", name="Ann", country="UK", terms=terms)
    assert (problem.status, problem.errors[0]["pointer"]) == (422, "/terms/instalments")


def test_the_same_key_gives_the_same_answer_and_another_body_is_refused(company: Company) -> None:
    first = company.ask(sales.register_customer, key="k", code="C1", name="Ann", country="UK")
    again = company.ask(sales.register_customer, key="k", code="C1", name="Ann", country="UK")
    assert (again.body, again.replayed) == (first.body, True)
    assert company.refused(sales.register_customer, key="k", code="C2", name="Ann", country="UK").code == "key_reused"
