"""Children are started again when they end by themselves, and all end when their keeper does."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from services.commands import processes
from services.commands.processes import Program, Supervisor


def lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def wait_for_lines(path: Path, many: int) -> None:
    until = time.monotonic() + 20
    while len(lines(path)) < many:
        assert time.monotonic() < until, lines(path)
        time.sleep(0.02)


def python(text: str) -> list[str]:
    return [sys.executable, "-c", text]


@pytest.fixture
def said(tmp_path: Path) -> Path:
    return tmp_path / "said"


def test_what_ends_is_started_again_and_said(
    said: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(processes, "_FIRST_PAUSE", 0.01)
    program = Program("brief", python(f"open({str(said)!r}, 'a').write('here\\n')"), log_file=tmp_path / "log")
    supervisor = Supervisor([program])
    supervisor.start()
    watching = threading.Thread(target=supervisor.watch)
    watching.start()
    wait_for_lines(said, 3)
    supervisor.stopping.set()
    watching.join()
    supervisor.stop()
    assert "ended, starting again" in caplog.text


def test_all_are_stopped_the_last_first(said: Path):
    waiting = f"""
import signal, sys
def stop(*_):
    open({str(said)!r}, 'a').write(sys.argv[1] + ' stopped\\n')
    sys.exit(0)
signal.signal(signal.SIGTERM, stop)
open({str(said)!r}, 'a').write('up\\n')
signal.pause()
"""
    supervisor = Supervisor([Program(name, [*python(waiting), name]) for name in ("sales", "gateway")])
    supervisor.start()
    wait_for_lines(said, 2)
    assert supervisor.stop()
    assert lines(said)[2:] == ["gateway stopped", "sales stopped"]


def test_the_program_is_found_from_any_folder(tmp_path: Path):
    shown = subprocess.run(processes.huotong("--help"), cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "up-local" in shown.stdout
