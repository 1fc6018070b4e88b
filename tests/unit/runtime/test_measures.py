"""What operators look at: facts not told yet, facts that wait, dead letters."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from prometheus_client import REGISTRY

from shared.runtime.measures import measure
from tests.company import Company
from tests.unit.runtime import orchard, press


def gauge(name: str, service: str) -> float | None:
    return REGISTRY.get_sample_value(name, {"service": service})


def test_the_gauges_tell_what_is_under_way_waiting_and_dead(tmp_path: Path) -> None:
    company = Company([orchard.SERVICE, press.SERVICE], tmp_path)
    company.only(orchard.plant_tree, code="ROTTEN")
    company.clock.advance(timedelta(seconds=30))
    measure("orchard", company.databases["orchard"], company.clock.now())
    assert (gauge("huotong_outbox_unsent", "orchard"), gauge("huotong_outbox_age_seconds", "orchard")) == (1, 30)

    company.settle()
    tree = company.only(orchard.list_trees).data[0]
    company.do(orchard.pick_apples, id=tree.id, apples="1")
    early = orchard.ApplesPicked(basket_id=company.new_id(), tree_id=company.new_id(), apples=Decimal(1))
    company.given(orchard.apples_picked, early)
    for service in ("orchard", "press"):
        measure(service, company.databases[service], company.clock.now())
    assert (gauge("huotong_outbox_unsent", "orchard"), gauge("huotong_outbox_age_seconds", "orchard")) == (0, 0)
    assert (gauge("huotong_parked", "press"), gauge("huotong_dead_letters", "press")) == (1, 1)
