"""The backbone's promises: all of a handler or nothing, each fact once, in any order, nothing lost."""

import threading
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, update

from shared.contracts import system
from shared.kernel.clocks import SetClock
from shared.runtime.delivery import BACKOFF, PATIENCE, Delivery
from shared.runtime.embedded import EmbeddedRuntime
from shared.storage.backbone import audit_facts, dead_letters, inbox, journal, outbox, parked
from tests.company import Company
from tests.unit.runtime import orchard, press


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company([orchard.SERVICE, press.SERVICE], tmp_path)


def juice(company: Company) -> list[Decimal]:
    with company.databases["press"].snapshot() as session:
        return sorted(session.scalars(select(press.Juice.apples)))


def count(company: Company, service: str, table: object) -> int:
    with company.databases[service].snapshot() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0  # type: ignore[arg-type]


def test_a_refused_or_broken_handler_leaves_nothing(company: Company) -> None:
    tree = company.do(orchard.plant_tree, code="A")
    facts, commands = count(company, "orchard", outbox), count(company, "orchard", journal)
    assert company.refused(orchard.pick_apples, id=tree.id, apples="3", fate="refused").code == "unripe"
    broken = company.refused(orchard.pick_apples, id=tree.id, apples="3", fate="broken")
    assert (broken.status, "ladder" in broken.detail) == (500, False)
    assert company.do(orchard.get_tree, id=tree.id).apples == 0
    assert (count(company, "orchard", outbox), count(company, "orchard", journal)) == (facts, commands)


@pytest.mark.parametrize("seed", range(5))
def test_every_fact_has_its_effect_once_whatever_the_order_and_however_often_it_comes(
    tmp_path: Path, seed: int
) -> None:
    company = Company([orchard.SERVICE, press.SERVICE], tmp_path, seed)
    trees = [company.only(orchard.plant_tree, code=f"T{number}") for number in range(3)]
    for number in range(1, 10):
        company.only(orchard.pick_apples, id=trees[number % 3].id, apples=str(number))
    company.settle(doubled=0.7)
    assert juice(company) == [Decimal(number) for number in range(1, 10)]
    assert company.troubles() == []


def test_a_fact_that_comes_too_early_waits_for_the_one_it_needs(company: Company) -> None:
    tree, basket = company.new_id(), company.new_id()
    picked = orchard.ApplesPicked(basket_id=basket, tree_id=tree, apples=Decimal(2))
    assert company.given(orchard.apples_picked, picked) == "parked"
    assert (juice(company), count(company, "press", inbox)) == ([], 0)
    company.given(orchard.tree_planted, orchard.TreePlanted(tree_id=tree, code="A"))
    assert (juice(company), company.troubles()) == ([Decimal(2)], [])


def test_what_waits_for_days_in_vain_is_a_dead_letter(company: Company) -> None:
    picked = orchard.ApplesPicked(basket_id=company.new_id(), tree_id=company.new_id(), apples=Decimal(2))
    company.given(orchard.apples_picked, picked)
    company.clock.advance(PATIENCE + timedelta(seconds=1))
    receiver = company.runtime.receivers["press"]
    assert receiver.take(receiver.waiting(company.clock.now())) == ["dead"]
    assert (count(company, "press", parked), count(company, "press", dead_letters)) == (0, 1)


def test_a_poison_fact_is_put_aside_with_its_reason_and_stops_no_other(company: Company) -> None:
    rotten = company.only(orchard.plant_tree, code="ROTTEN")
    sound = company.only(orchard.plant_tree, code="SOUND")
    company.only(orchard.pick_apples, id=rotten.id, apples="1")
    company.only(orchard.pick_apples, id=sound.id, apples="2")
    company.settle()
    assert juice(company) == [Decimal(2)]
    letters = company.do(press.PRESS.operations["list_dead_letters"]).data
    assert [(letter.state, letter.type) for letter in letters] == [("dead", orchard.apples_picked.type)]
    assert "rotten apples make no juice" in letters[0].error


def test_a_dead_letter_is_replayed_once_its_cause_is_mended(company: Company) -> None:
    tree = company.do(orchard.plant_tree, code="ROTTEN")
    company.do(orchard.pick_apples, id=tree.id, apples="4")
    with company.databases["press"].transaction() as session:
        session.execute(update(press.KnownTree).values(code="HEALED"))
    letter = company.do(press.PRESS.operations["list_dead_letters"]).data[0]
    company.do(press.PRESS.operations["replay_dead_letter"], id=letter.id)
    assert juice(company) == [Decimal(4)]
    again = company.refused(press.PRESS.operations["replay_dead_letter"], id=letter.id)
    assert again.code == "conflict"
    assert isinstance(letter, system.DeadLetter)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("no json", "not a CloudEvent"),
        ("[]", "not a CloudEvent"),
        ('{"specversion": "0.3"}', "0.3 is not understood"),
        ('{"specversion": "1.0", "id": "x"}', "KeyError: 'type'"),
    ],
)
def test_what_is_no_cloudevent_is_a_dead_letter(company: Company, text: str, reason: str) -> None:
    assert company.runtime.receivers["press"].take([Delivery(text)]) == ["dead"]
    with company.databases["press"].snapshot() as session:
        row = session.execute(select(dead_letters)).one()
    assert (row.envelope, reason in row.error) == (text, True)


def test_an_event_of_an_unknown_version_is_a_dead_letter(company: Company) -> None:
    company.do(orchard.plant_tree, code="A")
    with company.databases["orchard"].snapshot() as session:
        text = session.scalars(select(outbox.c.envelope)).one().replace("tree_planted.v1", "tree_planted.v9")
    assert company.runtime.receivers["press"].take([Delivery(text)]) == ["dead"]


def test_an_event_that_comes_by_the_queue_of_another_kind_is_a_dead_letter(company: Company) -> None:
    """Whoever may publish on one exchange could else tell facts in the name of any service."""
    company.only(orchard.plant_tree, code="A")
    with company.databases["orchard"].snapshot() as session:
        text = session.scalars(select(outbox.c.envelope)).one()
    receiver = company.runtime.receivers["press"]
    assert receiver.take([Delivery(text, queue="press.on.orchard.fruit_picked")]) == ["dead"]
    assert "does not come by" in company.only(press.PRESS.operations["list_dead_letters"]).data[0].error
    assert receiver.take([Delivery(text, queue="press.on.orchard.tree_planted")]) == ["handled"]


def test_a_passing_fault_is_tried_again_after_longer_and_longer_waits(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    company.only(orchard.plant_tree, code="A")
    receiver = company.runtime.receivers["press"]
    with company.databases["orchard"].snapshot() as session:
        text = session.scalars(select(outbox.c.envelope)).one()

    def lost(*_: object) -> None:
        raise ConnectionError("the database went away")

    with monkeypatch.context() as broken:
        broken.setattr(receiver, "_run", lost)
        waits = [receiver.take_apart(Delivery(text, tries)) for tries in range(len(BACKOFF))]
        assert waits == list(BACKOFF)
        assert receiver.take_apart(Delivery(text, len(BACKOFF))) == "dead"
    assert count(company, "press", inbox) == 0


def test_what_was_told_before_a_kill_is_delivered_after_the_restart(company: Company) -> None:
    tree = company.only(orchard.plant_tree, code="A")
    company.only(orchard.pick_apples, id=tree.id, apples="5")
    company.runtime = EmbeddedRuntime(company.services, company.databases, SetClock(company.clock.now()), company.ids)
    company.settle()
    assert juice(company) == [Decimal(5)]
    with company.databases["orchard"].snapshot() as session:
        assert session.scalars(select(outbox.c.sent)).all() == [True, True]


def test_threads_deliver_what_is_posted_and_stop_cleanly(company: Company) -> None:
    company.runtime.start()
    tree = company.only(orchard.plant_tree, code="A")
    for _ in range(20):
        company.only(orchard.pick_apples, id=tree.id, apples="1")
    assert company.runtime.until_quiet(timeout=20)
    company.runtime.stop()
    assert juice(company) == [Decimal(1)] * 20


def test_the_second_of_two_same_requests_at_once_is_told_so(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = company.do(orchard.plant_tree, code="A")
    inside, go_on = threading.Event(), threading.Event()
    operation, handler = company.runtime.dispatchers["orchard"].service.operations["pick_apples"]

    def slow(work: object, command: object) -> object:
        inside.set()
        go_on.wait(10)
        return handler(work, command)  # type: ignore[arg-type]

    monkeypatch.setitem(company.runtime.dispatchers["orchard"].service.operations, "pick_apples", (operation, slow))
    first = threading.Thread(
        target=company.ask, args=(orchard.pick_apples,), kwargs={"key": "k", "id": tree.id, "apples": "1"}
    )
    first.start()
    assert inside.wait(10)
    second = company.ask(orchard.pick_apples, key="k", id=tree.id, apples="1")
    go_on.set()
    first.join()
    assert second.problem is not None
    assert (second.problem.status, second.problem.code) == (409, "in_progress")
    assert company.do(orchard.get_tree, id=tree.id).apples == 1


def test_the_flow_tells_when_everything_told_is_taken_in(company: Company) -> None:
    flow_of_press = press.PRESS.operations["get_flow"]
    company.only(orchard.plant_tree, code="A")
    assert company.only(flow_of_press).taken == []
    company.settle()
    told = company.only(orchard.ORCHARD.operations["get_flow"]).told
    assert company.only(flow_of_press).taken == told
    assert [(each.type, each.count) for each in told] == [(orchard.tree_planted.type, 1)]


def test_numbers_have_no_gaps_even_after_refusals(company: Company) -> None:
    numbers = [company.do(orchard.plant_tree, code=f"T{each}").number for each in range(3)]
    assert numbers == ["T-202603-00001", "T-202603-00002", "T-202603-00003"]


def test_every_transaction_leaves_who_did_what_and_why(company: Company) -> None:
    tree = company.do(orchard.plant_tree, code="A")
    with company.by("ann"):
        company.do(orchard.pick_apples, id=tree.id, apples="2")
    with company.databases["orchard"].snapshot() as session:
        row = session.execute(select(audit_facts).where(audit_facts.c.actor == "ann")).one()
    assert row.cause == "pick_apples"
    assert any(f"Tree {tree.id}: apples 0" in change for change in row.changes)
    with company.databases["press"].snapshot() as session:
        causes = set(session.scalars(select(audit_facts.c.cause)))
    assert causes == {orchard.apples_picked.type}, "a read copy is no change of this service's own"


def test_lists_page_without_loss_or_repetition_while_rows_are_added(company: Company) -> None:
    made = [company.only(orchard.plant_tree, code=f"T{number:02}").number for number in range(7)]
    page = company.only(orchard.list_trees, limit="3")
    seen = [tree.number for tree in page.data]
    company.only(orchard.plant_tree, code="LATE")
    while page.has_more:
        page = company.only(orchard.list_trees, limit="3", cursor=page.next_cursor)
        seen += [tree.number for tree in page.data]
    assert seen == [*made, "T-202603-00008"]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"limit": "0"}, "/limit"),
        ({"sort": "colour"}, "/sort"),
        ({"colour": "red"}, "/colour"),
        ({"apples": "many"}, "/apples"),
        ({"cursor": "x"}, "/cursor"),
    ],
)
def test_a_query_the_list_does_not_know_is_refused(company: Company, query: dict[str, str], pointer: str) -> None:
    problem = company.refused(orchard.list_trees, **query)
    assert (problem.status, problem.errors[0]["pointer"]) == (400, pointer)


def test_the_same_seed_makes_the_same_company(tmp_path: Path) -> None:
    made = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        made.append(Company([orchard.SERVICE], tmp_path / name, seed=4).do(orchard.plant_tree, code="A"))
    assert made[0] == made[1]


def _forget(company: Company) -> None:
    """The press loses what it took in, as a service restored from an older backup does."""
    with company.databases["press"].transaction() as session:
        session.execute(delete(inbox))
        session.execute(delete(press.Juice))


@pytest.mark.parametrize(
    ("since", "type_", "facts", "found"),
    [(0, None, 4, [2, 3]), (1, None, 1, [3]), (0, orchard.apples_picked.type, 2, [2, 3])],
)
def test_facts_are_told_again_when_asked_for_and_known_by_those_who_have_them(
    company: Company, since: int, type_: str | None, facts: int, found: list[int]
) -> None:
    tree = company.do(orchard.plant_tree, code="A")
    company.do(orchard.plant_tree, code="B")
    company.do(orchard.pick_apples, id=tree.id, apples="2")
    company.clock.advance(timedelta(minutes=1))
    moments = [company.clock.now() - timedelta(days=1), company.clock.now()]
    company.do(orchard.pick_apples, id=tree.id, apples="3")
    resend = orchard.ORCHARD.operations["resend_facts"]
    assert company.do(resend, type=type_, recorded_since=moments[since]).facts == facts
    assert juice(company) == [2, 3]
    _forget(company)
    assert company.do(resend, type=type_, recorded_since=moments[since]).facts == facts
    assert juice(company) == found
    assert company.do(orchard.ORCHARD.operations["get_flow"]).unsent == 0
    assert company.do(resend, type="huotong.orchard.none.v1").facts == 0
