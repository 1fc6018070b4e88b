"""docker-compose.yml starts every process with its own logins, and opens one door to this machine alone."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from deploy.docker.passwords import complete, main, variables
from deploy.local.processes import free_port
from deploy.rabbitmq.write_definitions import from_environment
from deploy.services import SERVICES
from gateway.service import _STOP_SECONDS as GATEWAY_STOP_SECONDS
from shared.runtime.rabbit.observe import start_observing
from shared.runtime.rabbit.process import STOP_SECONDS

PROJECT = Path(__file__).parents[3]
TEXT = PROJECT.joinpath("docker-compose.yml").read_text()
DOCKERFILE = PROJECT.joinpath("deploy", "docker", "Dockerfile").read_text()
COMPOSE = yaml.safe_load(TEXT)["services"]
SERVERS = {"rabbitmq", "postgres"}
JOBS = set(COMPOSE) - SERVERS - set(SERVICES)


@pytest.mark.parametrize("service", SERVICES)
def test_each_process_runs_itself_with_only_its_own_logins(service: str):
    process = COMPOSE[service]
    others = [name.upper() for name in SERVICES if name != service]
    assert process["command"] == ["run", service]
    assert f"//huotong_{service}:" in process["environment"]["HUOTONG_DATABASE_URL"]
    assert f"//huotong.{service}:" in process["environment"]["HUOTONG_BROKER_URL"]
    assert not [name for name in others if f"HUOTONG_{name}_" in repr(process["environment"])]


def test_only_the_gateway_is_reached_from_outside_and_only_from_this_machine():
    open_doors = {name: service["ports"] for name, service in COMPOSE.items() if "ports" in service}
    assert list(open_doors) == ["gateway"]
    assert all(door.startswith("127.0.0.1:") for door in open_doors["gateway"])
    assert [name for name, service in COMPOSE.items() if "outside" in service["networks"]] == ["gateway"]


@pytest.mark.parametrize("service", SERVICES)
def test_each_process_is_measured_from_other_containers_too(service: str):
    assert COMPOSE[service]["environment"]["HUOTONG_METRICS_ADDRESS"] == "0.0.0.0"


def test_everything_that_stays_up_says_whether_it_is_healthy():
    assert {name for name, service in COMPOSE.items() if "healthcheck" not in service} == JOBS


def test_everything_that_stays_up_is_started_again_when_it_ends():
    assert {name for name, service in COMPOSE.items() if service["restart"] != "unless-stopped"} == JOBS


@pytest.mark.parametrize("name", COMPOSE)
def test_no_container_is_root_or_may_become_it(name: str):
    service = COMPOSE[name]
    assert service.get("user") == {"rabbitmq": "rabbitmq", "postgres": "postgres"}.get(name)
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service.get("read_only", False) is (name not in SERVERS)


def test_our_image_runs_as_a_user_of_its_own():
    assert re.findall(r"^USER (.*)$", DOCKERFILE, re.MULTILINE) == ["huotong"]


@pytest.mark.parametrize("name", COMPOSE)
def test_every_image_is_pinned_by_a_tag(name: str):
    image = re.fullmatch(r"\$\{(\w+)_IMAGE:-(\w+):([\w.-]+)\}", COMPOSE[name]["image"])
    assert image is not None
    assert re.match(r"\d+", image[3])


def test_our_image_bears_our_version():
    version = tomllib.loads(PROJECT.joinpath("pyproject.toml").read_text())["project"]["version"]
    ours = {service["image"] for name, service in COMPOSE.items() if name not in SERVERS}
    assert ours == {f"${{HUOTONG_IMAGE:-huotong:{version}}}"}


def test_the_image_is_built_on_the_same_python_by_compose_and_by_hand():
    asked = COMPOSE["accounts"]["build"]["args"]["PYTHON_IMAGE"]
    assert f"ARG PYTHON_IMAGE={asked.removeprefix('${PYTHON_IMAGE:-').removesuffix('}')}\n" in DOCKERFILE


@pytest.mark.parametrize("service", SERVICES)
def test_a_process_is_given_the_time_it_takes_to_stop(service: str):
    seconds = int(COMPOSE[service]["stop_grace_period"].removesuffix("s"))
    assert seconds > STOP_SECONDS + GATEWAY_STOP_SECONDS


def test_the_gateway_is_stopped_before_what_it_asks():
    assert set(COMPOSE["gateway"]["depends_on"]) >= {*SERVICES} - {"gateway"}


def test_only_who_asks_for_it_gets_the_demo():
    assert {name for name, service in COMPOSE.items() if "profiles" in service} == {"demo"}


def test_every_password_compose_asks_for_is_made():
    assert set(re.findall(r"\$\{(\w+_PASSWORD):\?", TEXT)) == set(variables())


def test_no_password_but_the_first_logins_has_a_default():
    assert set(re.findall(r"\$\{(\w+_PASSWORD):-", TEXT)) == {"HUOTONG_LOGIN_PASSWORD"}


def test_passwords_once_made_stay(tmp_path: Path):
    path = tmp_path / "var" / "compose.env"
    main(path)
    first = path.read_text()
    main(path)
    assert path.read_text() == first
    assert path.stat().st_mode & 0o077 == 0
    assert complete("HUOTONG_SALES_BROKER_PASSWORD=mine\n").startswith("HUOTONG_SALES_BROKER_PASSWORD=mine\n")


def test_the_broker_gets_a_user_per_service():
    made = from_environment(dict.fromkeys(variables(), "secret"))
    assert [user["name"] for user in made["users"]] == ["huotong_admin", *(f"huotong.{name}" for name in SERVICES)]


def healthy(port: int) -> bool:
    command = COMPOSE["gateway"]["healthcheck"]["test"]
    assert command[:2] == ["CMD", "python"]
    environment = {**os.environ, "HUOTONG_METRICS_PORT": str(port)}
    return subprocess.run([sys.executable, *command[2:]], cwd=PROJECT, env=environment, check=False).returncode == 0


def test_a_process_that_does_not_answer_is_not_healthy():
    assert not healthy(free_port())


@pytest.mark.parametrize(("state", "expected"), [("ready", True), ("unreachable", False)])
def test_a_process_is_healthy_when_all_its_parts_are_ready(state: str, expected: bool):
    port = free_port()
    server = start_observing("127.0.0.1", port, lambda: {"broker": "ready", "database": state})
    try:
        assert healthy(port) is expected
    finally:
        server.shutdown()
        server.server_close()
