"""The first hundred seeds; two files, so that two workers share them."""

import pytest

from services.commands.simulating.verdict import Case, judge


@pytest.mark.full
@pytest.mark.parametrize("seed", range(3, 103))
def test_faults_change_nothing(seed: int) -> None:
    verdict = judge(Case(seed, days=4, crowded=seed % 4 == 0))

    assert verdict.wrongs == (), verdict.case
