"""docker-compose.yml starts every process with its own logins, and opens one door to this machine alone."""

import re
from pathlib import Path

import pytest
import yaml

from deploy.docker.healthcheck import is_ready
from deploy.docker.passwords import complete, main, variables
from deploy.local.processes import free_port
from deploy.rabbitmq.write_definitions import from_environment
from deploy.services import SERVICES

TEXT = Path(__file__).parents[3].joinpath("docker-compose.yml").read_text()
COMPOSE = yaml.safe_load(TEXT)["services"]


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
    jobs = {"accounts", "migrate", "topology"}
    assert {name for name, service in COMPOSE.items() if "healthcheck" not in service} == jobs


def test_every_password_compose_asks_for_is_made():
    assert set(re.findall(r"\$\{(\w+_PASSWORD)", TEXT)) == set(variables())


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


def test_a_process_that_does_not_answer_is_not_ready():
    assert not is_ready(free_port())
