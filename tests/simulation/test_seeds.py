"""Whole companies with faults come to what the same moves come to without them, run after run to the byte."""

import os
import subprocess
import sys

import pytest

from services.commands.simulate import lines
from services.commands.simulating.verdict import Case, judge


@pytest.mark.parametrize("seed", [1, 2])
def test_faults_change_nothing(seed: int) -> None:
    verdict = judge(Case(seed, days=2))

    assert verdict.wrongs == (), verdict.case


def test_the_same_seed_is_the_same_run_in_another_process() -> None:
    here = "\n".join(lines(judge(Case(3, days=1))))

    command = [sys.executable, "-m", "services", "simulate", "--seed", "3", "--days", "1"]
    there = subprocess.run(
        command, env={**os.environ, "PYTHONHASHSEED": "1"}, capture_output=True, text=True, timeout=300, check=True
    )

    assert there.stdout.strip() == here
