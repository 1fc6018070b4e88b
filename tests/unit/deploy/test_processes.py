"""A private server's process is awaited with a limit, ended with all it started, and tells why it failed."""

import os
import socket
import sys
from pathlib import Path

import pytest

from deploy.local import processes
from deploy.local.processes import (
    LOOPBACK,
    PRIVATE_PORTS,
    Child,
    FolderClaim,
    ServerFailed,
    descendants,
    free_port,
    is_alive,
    may_enter,
    wait_until,
)

FOREVER = "import time; time.sleep(600)"
WITH_A_CHILD = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {FOREVER!r}])"
DEAF = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); {FOREVER}"


def python(code: str, folder: Path) -> Child:
    return Child(
        name="the program",
        command=[sys.executable, "-c", code],
        log=folder / "program.log",
        environment={"PATH": os.defpath},
    )


def test_a_process_that_ends_while_starting_is_reported_with_the_end_of_its_log(tmp_path: Path):
    child = python("raise SystemExit('the port is taken')", tmp_path)
    child.start()
    with pytest.raises(ServerFailed, match=r"the program ended while starting\n[\s\S]*the port is taken"):
        child.wait_ready(lambda: False, seconds=20)


def test_a_silent_process_is_reported_after_the_limit(tmp_path: Path):
    child = python(FOREVER, tmp_path)
    child.start()
    try:
        with pytest.raises(ServerFailed, match=r"did not answer within 0\.2 s"):
            child.wait_ready(lambda: False, seconds=0.2)
    finally:
        child.kill()


def test_killing_ends_what_the_process_started_too(tmp_path: Path):
    child = python(WITH_A_CHILD, tmp_path)
    child.start()
    assert wait_until(lambda: len(descendants(child.pid)) == 1, seconds=20)
    (grandchild,) = descendants(child.pid)
    child.kill()
    assert not child.running
    assert wait_until(lambda: not is_alive(grandchild), seconds=20)


def test_a_process_deaf_to_the_signal_is_killed(tmp_path: Path):
    child = python(DEAF, tmp_path)
    child.start()
    child.wait_ready(lambda: "deaf" in child.log_tail(), seconds=20)
    child.stop(seconds=0.2)
    assert not child.running


def test_stopping_what_never_ran_does_nothing(tmp_path: Path):
    child = python(FOREVER, tmp_path)
    child.stop()
    child.kill()
    with pytest.raises(ServerFailed, match="is not running"):
        _ = child.pid


def test_a_free_port_is_outside_the_range_of_outgoing_connections():
    assert free_port() in PRIVATE_PORTS
    assert PRIVATE_PORTS.stop <= 32_768


def test_a_free_port_is_given_to_nobody_else_until_a_server_has_it(monkeypatch: pytest.MonkeyPatch):
    port = free_port()
    monkeypatch.setattr(processes, "PRIVATE_PORTS", [port] * 200)
    with pytest.raises(ServerFailed, match="no free port"):
        free_port()
    for _ in range(2):  # it may come back
        with socket.create_server((LOOPBACK, port)), pytest.raises(ServerFailed, match="no free port"):
            free_port()


def test_a_folder_under_a_closed_one_cannot_be_entered_by_a_servers_user(tmp_path: Path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    assert not may_enter("nobody", closed / "data")
    assert may_enter(None, closed / "data")


def test_a_folders_data_serve_one_at_a_time(tmp_path: Path):
    first, second = FolderClaim(tmp_path), FolderClaim(tmp_path)
    first.take(seconds=0)
    with pytest.raises(ServerFailed, match="already run"):
        second.take(seconds=0.1)
    first.release()
    second.take(seconds=0)
    second.release()


def test_a_server_holds_the_claim_after_us(tmp_path: Path):
    ours, next_one = FolderClaim(tmp_path), FolderClaim(tmp_path)
    ours.take(seconds=0)
    server = python(FOREVER, tmp_path)
    server.claim = ours
    server.start()
    ours.release()
    with pytest.raises(ServerFailed, match="already run"):
        next_one.take(seconds=0.1)
    server.kill()
    next_one.take(seconds=20)
    next_one.release()
