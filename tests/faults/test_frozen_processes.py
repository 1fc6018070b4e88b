"""Processes are frozen at every point where others may believe them dead and do their work, and nothing is doubled."""

import signal

import pytest

from tests.faults.choosing import strikes
from tests.faults.conftest import Try
from tests.faults.sizes import FROZEN_SECONDS
from tests.faults.striking import Strike

pytestmark = [pytest.mark.servers, pytest.mark.full]


@pytest.mark.parametrize(("service", "strike"), strikes(signal.SIGSTOP))
def test_a_process_is_frozen(service: str, strike: Strike, attempt: Try):
    with attempt(f"{FROZEN_SECONDS:g} s of SIGSTOP of {service}: {strike.point}") as trial:
        trial.strike(service, strike, FROZEN_SECONDS)
