"""What two people are needed for is not done by one, whatever roles they have, over HTTP as people do it."""

from typing import Any

from shared.contracts import finance
from tests.contract.at_work import House
from tests.contract.trading import known_of


def drafted(at_work: House, by: str, net: str) -> str:
    """A purchase of so much, submitted by someone; the limit of the company is 1000."""
    known = known_of(at_work.company)
    body = {
        "supplier_id": known["/v1/purchasing/suppliers"][0],
        "warehouse_id": known["/v1/inventory/warehouses"][0],
        "expected_on": "2026-03-05",
        "lines": [{"item_id": known["/v1/inventory/items"][0], "quantity": "1", "price": net}],
    }
    draft = at_work.ask(by, "POST", "/v1/purchasing/orders", f"draft-{by}-{net}", json=body)
    assert draft.status_code == 201, draft.text
    order = str(draft.get_json()["id"])
    submitted = at_work.ask(by, "POST", f"/v1/purchasing/orders/{order}/submit", f"submit-{order}")
    assert submitted.status_code == 200, submitted.text
    return order


def approve(at_work: House, by: str, order: str) -> Any:
    return at_work.ask(by, "POST", f"/v1/purchasing/orders/{order}/approve", f"approve-{by}-{order}")


def test_who_buys_does_not_approve(at_work: House):
    order = drafted(at_work, "purchaser", "5000")
    assert approve(at_work, "purchaser", order).get_json()["code"] == "scope_missing"
    limit = at_work.ask("purchaser", "PATCH", "/v1/purchasing/settings", json={"approval_limit": "9999"})
    assert (limit.status_code, limit.get_json()["code"]) == (403, "scope_missing")
    assert approve(at_work, "supply_chain_manager", order).get_json()["status"] == "approved"


def test_who_may_do_both_does_not_approve_what_they_made(at_work: House):
    at_work.employ("both", "purchaser", "supply_chain_manager")
    order = drafted(at_work, "both", "6000")
    assert approve(at_work, "both", order).get_json()["code"] == "second_approver_needed"
    assert approve(at_work, "supply_chain_manager", order).get_json()["status"] == "approved"


def test_who_recorded_an_invoice_that_does_not_match_does_not_accept_it(at_work: House):
    at_work.employ("chief", "finance_analyst")
    at_work.employ("buyer", "finance_analyst")
    (odd,) = at_work.ask("buyer", "GET", f"{finance.list_supplier_invoices.path}?status=exception").get_json()["data"]
    path = f"{finance.list_supplier_invoices.path}/{odd['id']}/accept"
    outcomes = {
        by: at_work.ask(by, "POST", path, f"accept-{by}", json={"reason": "agreed"}) for by in ("buyer", "chief")
    }
    assert outcomes["buyer"].get_json()["code"] == "same_person"
    assert outcomes["chief"].status_code == 200, outcomes["chief"].text


def test_who_counts_does_not_write_off(at_work: House):
    for by in ("warehouse_keeper", "purchaser", "salesperson", "finance_analyst"):
        answer = at_work.ask(by, "POST", "/v1/inventory/adjustments", json={})
        assert (answer.status_code, answer.get_json()["code"]) == (403, "scope_missing")
