"""A company lived step by step, in one process or in two."""

import os
import signal
from multiprocessing import active_children
from pathlib import Path

import pytest

from services.commands.stepping import stepping
from shared.contracts import identity
from shared.runtime.annex import Gone


@pytest.mark.parametrize("processes", [1, 2])
def test_it_is_entered_and_comes_to_rest(tmp_path: Path, processes: int) -> None:
    with stepping(tmp_path, processes) as company:
        client = company.enter(None)
        assert client.at_once == processes
        company.wait()
        assert client.do(identity.list_companies)["data"]
    assert active_children() == []


def test_an_interrupt_is_the_main_processs_alone(tmp_path: Path) -> None:
    with stepping(tmp_path, 2) as company:
        (annex,) = active_children()
        assert annex.pid is not None
        os.kill(annex.pid, signal.SIGINT)
        company.wait()
        os.kill(annex.pid, signal.SIGKILL)
        annex.join()
        with pytest.raises(Gone):
            company.wait()
    assert active_children() == []
