"""What `make up-local` starts is for this machine alone: its passwords are known to all."""

import socket
from pathlib import Path

import pytest

from deploy.local.servers import Installation, ServiceAccess
from deploy.services import SERVICES
from services.commands import local
from services.commands.local import programs
from shared.runtime.rabbit.settings import Settings


def test_every_process_listens_on_the_loopback_address_only(tmp_path: Path):
    installation = Installation("test", dict.fromkeys(SERVICES, ServiceAccess("postgresql://", "amqp://")), "amqp://")
    started = programs(installation, tmp_path, 8123, processes=2)
    told = [Settings.from_environment(program.settings) for program in started]
    assert len(told) == 2 * (len(SERVICES) - 1) + 1
    assert {settings.metrics_address for settings in told} == {"127.0.0.1"}
    assert {settings.http_address for settings in told} == {"127.0.0.1:8123"}
    assert len({settings.metrics_port for settings in told}) == len(told)


def test_a_port_that_is_taken_is_said_before_anything_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(local, "PROJECT", tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert local.main(["--port", str(port)]) == 1
    assert f"cannot start: port {port}" in capsys.readouterr().err
    assert not (tmp_path / "var").exists()
