"""The broker goes away, takes nothing, or loses a queue: what is committed is told in the end, and told again."""

import os
import signal

import pytest

from shared.contracts.sales import CONTRACT as SALES
from shared.contracts.sales import order_placed
from tests.faults.conftest import Try
from tests.faults.post import purge, waiting
from tests.faults.sizes import LASTING_SECONDS

pytestmark = [pytest.mark.servers, pytest.mark.full]
_QUEUE = "inventory.on.sales.order_placed"


def test_the_broker_is_restarted(attempt: Try):
    with attempt("broker restarted") as trial:
        trial.stage.servers.restart_broker()
        trial.has_recovered()


def test_the_broker_is_killed(attempt: Try):
    with attempt(f"broker killed, away for {LASTING_SECONDS:g} s") as trial:
        trial.stage.servers.kill_broker()
        trial.until(lambda: not trial.stage.stack.gateway.ready(), "the gateway saying so")
        trial.last(LASTING_SECONDS)
        trial.stage.servers.restart_broker()
        trial.has_recovered()


def test_the_broker_is_in_memory_alarm(attempt: Try):
    with attempt(f"broker in memory alarm for {LASTING_SECONDS:g} s") as trial:
        broker = trial.stage.servers.broker
        broker.control("set_vm_memory_high_watermark", "0.00001")
        try:
            trial.until(lambda: not trial.stage.stack.gateway.ready(), "the gateway saying so")
            trial.last(LASTING_SECONDS)
        finally:
            broker.control("set_vm_memory_high_watermark", "0.4")
        trial.has_recovered()


def test_a_queue_is_purged_and_rebuilt_from_the_outbox(attempt: Try):
    with attempt(f"queue {_QUEUE} purged") as trial:
        inventory = trial.stage.pid("inventory")
        os.kill(inventory, signal.SIGSTOP)
        try:
            # The broker takes back what a silent process had in hand.
            trial.until(lambda: waiting(trial.stage, _QUEUE) > 0, "orders waiting in the queue")
            lost = purge(trial.stage, _QUEUE)
        finally:
            os.kill(inventory, signal.SIGCONT)
        assert lost > 0
        trial.until(trial.stage.all_ready, "every process ready again")
        told = trial.lives.company.client.do(SALES.operations["resend_facts"], type=order_placed.type)["facts"]
        assert told >= lost
        trial.outcome = f"{lost} facts lost with it, {told} told again by `resend_facts`"
        trial.has_recovered()
