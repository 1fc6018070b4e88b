"""The company whose people only write down what they do."""

import pytest

from services.commands.living.office import Office
from tests.unit.replay.recorder import Recorder, open_office


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def office(recorder: Recorder) -> Office:
    return open_office(recorder)
