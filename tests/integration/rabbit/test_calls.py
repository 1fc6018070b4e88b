"""Calls reach a service once or not at all, in time or not at all, and their callers are told which."""

import threading
import time
from dataclasses import replace
from typing import Any

import pytest

from deploy.local.servers import PrivateServers
from shared.runtime.port import Reply
from shared.runtime.rabbit.calls import PREFETCH
from tests.integration.rabbit.company import Company, call, eventually, nameko_proxy, sacks


def problem_code(company: Company, port: Any, **options: Any) -> str:
    found = port.call("mill", call("grind", **options)).problem
    return found.code if found else "none"


def test_the_same_key_gives_the_same_answer(company: Company):
    port = company.open()
    first, second = (port.call("mill", call("grind", key="k1")) for _ in range(2))
    assert sacks(first) == sacks(second)
    assert second.replayed
    assert company.count("mill", "sacks") == 1


def test_many_calls_at_once_each_get_their_own_answer(company: Company):
    port = company.open()
    answers: dict[int, int] = {}

    def ask(number: int) -> None:
        answers[number] = len(sacks(port.call("mill", call("grind", sacks=number))))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(1, 25)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {number: number for number in range(1, 25)}


def test_calls_that_wait_share_a_transaction_and_each_gets_its_own_answer(company: Company):
    port = company.open()
    answers: dict[int, Reply] = {}

    def ask(number: int, **more: Any) -> None:
        answers[number] = port.call("mill", call("sift", sacks=number, **more))

    threads = [threading.Thread(target=ask, args=(1,), kwargs={"seconds": 1})]
    threads[0].start()
    eventually(lambda: company.rows("mill", "SELECT 1 FROM pg_stat_activity WHERE state = 'idle in transaction'"))
    threads += [threading.Thread(target=ask, args=(number,)) for number in range(2, 9)]
    threads.append(threading.Thread(target=ask, args=(9,), kwargs={"kind": "poison"}))
    for thread in threads[1:]:
        thread.start()
    for thread in threads:
        thread.join()
    refused = answers.pop(9).problem
    assert refused is not None
    assert refused.code == "stones"
    assert {number: len(sacks(reply)) for number, reply in answers.items()} == {
        number: number for number in range(1, 9)
    }
    assert company.rows("mill", "SELECT count(*), count(DISTINCT xmin::text) FROM journal") == [(8, 2)]


def test_what_is_no_call_is_told_so(company: Company):
    company.open()
    with nameko_proxy(company) as mill:
        assert mill.sift("flour")["problem"]["code"] == mill.grind("flour")["problem"]["code"] == "invalid_input"


def test_an_unknown_operation_and_bad_input_are_told_apart(company: Company):
    port = company.open()
    unknown = port.call("mill", call("dance")).problem
    bad = port.call("mill", call("grind", sacks="many")).problem
    assert unknown is not None
    assert bad is not None
    assert (unknown.status, bad.status) == (404, 422)


def test_a_call_that_expired_is_never_started(company: Company):
    company.start("bakery")
    impatient = company.port(timeout=0.3)
    timed_out = [impatient.call("mill", call("grind")).problem for _ in range(3)]
    assert [problem.code for problem in timed_out if problem] == ["timeout"] * 3
    company.start("mill")
    patient = company.port()
    eventually(lambda: patient.readiness()["mill"] == "ready")
    sacks(patient.call("mill", call("grind")))
    assert company.count("mill", "journal") == 1


def test_a_call_that_expired_behind_busy_workers_is_never_started(company: Company):
    company.start("mill", HUOTONG_WORKERS="1")
    port = company.port()
    eventually(lambda: port.readiness()["mill"] == "ready")
    busy = threading.Thread(target=port.call, args=("mill", call("grind", seconds=3)))
    busy.start()
    eventually(lambda: company.rows("mill", "SELECT 1 FROM pg_stat_activity WHERE state = 'idle in transaction'"))
    impatient = company.port(timeout=0.3)
    waiting = [
        threading.Thread(target=impatient.call, args=("mill", call("grind"))) for _ in range(PREFETCH + 4)
    ]  # more than a process holds: some wait in it, some in the queue
    for thread in waiting:
        thread.start()
    for thread in [busy, *waiting]:
        thread.join()
    sacks(port.call("mill", call("grind")))
    # The busy one, the last one, and at most the one that had a worker in view when its caller gave up.
    assert company.count("mill", "journal") <= 3


def test_what_had_started_finishes_and_the_same_key_returns_its_answer(company: Company):
    company.open()
    impatient = company.port(timeout=0.5)
    slow = call("grind", key="k2", seconds=2)
    given_up = impatient.call("mill", slow).problem
    assert given_up is not None
    assert given_up.status == 504
    eventually(lambda: company.count("mill", "sacks") == 1)
    again = impatient.call("mill", slow)
    assert again.replayed
    assert company.count("mill", "sacks") == 1


def test_a_service_that_is_away_for_long_is_refused_at_once(company: Company):
    port = company.port()
    company.start("bakery")
    eventually(lambda: port.readiness() == {"broker": "ready", "mill": "not running", "bakery": "ready"})
    eventually(lambda: problem_code(company, port) == "unavailable")
    started = time.monotonic()
    assert problem_code(company, port) == "unavailable"
    assert time.monotonic() - started < 1


def test_an_unreachable_broker_is_told_at_once_and_overcome(own_company: Company, own_servers: PrivateServers):
    port = own_company.open()
    own_servers.kill_broker()
    eventually(lambda: port.readiness()["broker"] == "unreachable")
    started = time.monotonic()
    assert problem_code(own_company, port) == "unavailable"
    assert time.monotonic() - started < 2
    own_servers.restart_broker()
    eventually(lambda: problem_code(own_company, port) == "none", 60)


def test_nameko_calls_too(company: Company):
    company.open()
    with nameko_proxy(company) as mill:
        reply = mill.grind(call("grind", sacks=2).to_json())
    assert len(reply["body"]["sacks"]) == 2


@pytest.mark.parametrize("key", ["k3", None])
def test_a_command_that_may_have_started_is_not_risked_twice_without_a_key(company: Company, key: str | None):
    port = company.port()
    answers: list[Reply] = []
    asked = replace(call("grind"), key=key)
    asking = threading.Thread(target=lambda: answers.append(port.call("mill", asked)))
    asking.start()
    eventually(lambda: company.hand_back("rpc-mill"))
    company.start("mill")
    asking.join()
    assert (answers[0].problem is None) == (key is not None)
    assert company.count("mill", "sacks") == (1 if key else 0)
