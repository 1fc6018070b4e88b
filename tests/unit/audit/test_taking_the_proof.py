"""The proof is taken of a company at rest that stands still, with an end to the waiting."""

import json
from pathlib import Path
from typing import Any

import pytest

from services.commands import audit
from services.commands.client import Refused
from services.commands.patience import Patience
from services.commands.proof import report
from services.commands.proof.check import KEPT, Check
from services.commands.proof.proof import Moving, Proof, prove
from services.commands.proof.reading import Company
from tests.unit.audit.gateway import QUIET, FakeGateway, Time
from tests.unit.audit.rows import PLACED, SUBSCRIBERS

FLOW = "sales.get_flow"


def _prove(gateway: FakeGateway, time: Time, seconds: float = 10) -> Proof:
    return prove(Company(gateway), SUBSCRIBERS, Patience(seconds, time.clock, time.sleep))


def _told(count: int) -> dict[str, Any]:
    return QUIET | {"told": [{"type": PLACED, "count": count}]}


def _taken(count: int) -> dict[str, Any]:
    return QUIET | {"taken": [{"type": PLACED, "count": count}]}


def test_a_company_at_rest_is_read_at_once() -> None:
    gateway, time = FakeGateway(), Time()
    assert _prove(gateway, time).broken == 0
    assert time.slept == []
    assert gateway.calls["inventory.list_stock_moves"] == 1


@pytest.mark.parametrize("busy", [QUIET | {"unsent": 1}, QUIET | {"parked": 1}, _told(1)])
def test_it_waits_until_the_company_is_at_rest(busy: dict[str, Any]) -> None:
    gateway, time = FakeGateway(), Time()
    gateway.flows = {"sales": busy}

    def rests(name: str) -> None:
        if time.now > 1:
            gateway.flows = {}

    gateway.each_call = rests
    assert _prove(gateway, time).broken == 0
    assert 1 < time.now < 10


def test_a_company_that_never_comes_to_rest_is_proven_as_it_stands_when_patience_is_over() -> None:
    gateway, time = FakeGateway(), Time()
    gateway.flows = {"sales": _told(1)}
    gateway.lists["sales.list_outbox"] = [{"id": "f1", "type": PLACED, "sent": True}]
    proof = _prove(gateway, time)
    assert time.now == pytest.approx(10)
    assert [breach.where for breach in proof.breaches] == ["sales f1", "sales f1"]


@pytest.mark.parametrize("state", ["dead", "discarded"])
def test_what_will_not_be_taken_in_is_not_waited_for(state: str) -> None:
    gateway, time = FakeGateway(), Time()
    gateway.flows = {"sales": _told(1), "inventory": _taken(1)}
    gateway.lists = {
        "sales.list_outbox": [{"id": "f1", "type": PLACED, "sent": True}],
        "inventory.list_inbox": [{"id": "f1", "type": PLACED}],
        "finance.list_dead_letters": [{"fact": "f1", "type": PLACED, "error": "boom", "state": state}],
    }
    proof = _prove(gateway, time)
    assert time.slept == []
    assert proof.broken == (state == "dead")


def test_what_moved_while_it_was_read_is_read_again() -> None:
    gateway, time = FakeGateway(), Time()

    def once(name: str) -> None:
        if name == "inventory.list_stock_moves" and gateway.calls[name] == 1:
            gateway.lists["finance.list_journal"] = [{"id": 7}]

    gateway.each_call = once
    assert _prove(gateway, time).broken == 0
    assert gateway.calls["inventory.list_stock_moves"] == 2


def test_a_company_that_keeps_moving_cannot_be_proven() -> None:
    gateway, time = FakeGateway(), Time()

    def always(name: str) -> None:
        if name == "inventory.list_stock_moves":
            gateway.lists["finance.list_journal"] = [{"id": gateway.calls[name]}]

    gateway.each_call = always
    with pytest.raises(Moving):
        _prove(gateway, time)
    assert time.now == pytest.approx(10)


def _broken(times: int) -> Check:
    check = Check("one and one is two")
    for each in range(times):
        check.same(("sum", each), "one and one", 2, 3)
    return check


def test_the_first_breaches_are_printed_and_the_rest_counted() -> None:
    check = _broken(KEPT + 5)
    printed = list(report.lines(Proof((check,))))
    assert printed[0].split()[-2:] == ["1,005", "BREACHES"]
    assert printed[1].strip() == "sum 0: one and one: expected 2, found 3"
    assert len(printed) == 1 + report.SHOWN + 3
    assert printed[-3].strip() == "and 985 more"
    assert printed[-1] == "proof broken: 1,005 breaches in 1 of 1 checks"
    assert len(check.breaches) == KEPT


def test_one_breach_is_one_breach_and_none_holds() -> None:
    assert report.last_line(Proof((_broken(1), _broken(0)))) == "proof broken: 1 breach in 1 of 2 checks"
    assert report.last_line(Proof((_broken(0),))) == "proof holds: 1 checks, 0 comparisons"


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> FakeGateway:
    found = FakeGateway()
    monkeypatch.setattr(audit, "client_of", lambda _: found)
    return found


def test_it_exits_with_0_where_the_proof_holds(
    gateway: FakeGateway, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert audit.main(["--json", str(tmp_path / "proof.json")]) == audit.HOLDS
    assert capsys.readouterr().out.splitlines()[-1].startswith("proof holds: ")
    assert json.loads((tmp_path / "proof.json").read_text())["holds"] is True


def test_it_exits_with_1_where_it_is_broken(
    gateway: FakeGateway, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    order = {"id": "o1", "number": "SO-1", "prices_include_tax": False, "tax_rounding": "line"}
    gateway.lists["sales.list_orders"] = [order | {"status": "cancelling"}]
    assert audit.main(["--json", str(tmp_path / "proof.json")]) == audit.BROKEN
    printed = capsys.readouterr().out
    assert "order SO-1: status at rest: expected one that lasts, found cancelling" in printed
    assert printed.splitlines()[-1] == "proof broken: 1 breach in 1 of 25 checks"
    (check,) = [each for each in json.loads((tmp_path / "proof.json").read_text())["checks"] if each["broken"]]
    assert check["breaches"][0]["where"] == "order SO-1"


@pytest.mark.parametrize("fault", [SystemExit("say who you are"), Refused("log_in", {"status": 401})])
def test_it_exits_with_2_where_the_proof_could_not_be_taken(
    fault: BaseException, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(_: object) -> None:
        raise fault

    monkeypatch.setattr(audit, "client_of", refuse)
    assert audit.main([]) == audit.NOT_TAKEN
    assert capsys.readouterr().err.startswith("proof not taken: ")
