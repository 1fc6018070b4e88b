"""Processes are killed at every point where something could be lost or done twice, and nothing is."""

import signal

import pytest

from tests.faults.choosing import strikes
from tests.faults.conftest import Try
from tests.faults.striking import Point, Strike

pytestmark = pytest.mark.servers


def test_a_service_is_killed_between_commit_and_answer(attempt: Try):
    strike = Strike(Point.COMMAND_AFTER_COMMIT, signal.SIGKILL, 2)
    with attempt(f"kill -9 of sales: {strike.point}") as trial:
        trial.strike("sales", strike)


@pytest.mark.parametrize(("service", "strike"), strikes(signal.SIGKILL))
def test_a_process_is_killed(service: str, strike: Strike, attempt: Try):
    with attempt(f"kill -9 of {service}: {strike.point}") as trial:
        trial.strike(service, strike)
