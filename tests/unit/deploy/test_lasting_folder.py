"""The data of `make up-local` stays in the project, unless the servers' users could not come there."""

import os
from pathlib import Path

import pytest

from deploy.local import processes, servers
from deploy.local.servers import lasting_folder


def test_it_is_in_the_project_when_the_servers_run_as_ourselves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert lasting_folder(tmp_path) == tmp_path / "var" / "local"


def test_it_is_outside_a_project_closed_to_the_servers_users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    assert lasting_folder(closed).parent == Path("/var/lib/huotong")
    assert lasting_folder(closed) != lasting_folder(closed / "other")


def test_servers_say_which_folder_their_user_may_not_enter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(servers, "unprivileged_user", lambda preferred: "nobody")
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(processes.ServerFailed, match="the user nobody, who may not enter"):
        servers.PrivateServers(closed / "data")
