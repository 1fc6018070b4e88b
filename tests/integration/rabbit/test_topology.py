"""The broker's side is declared from the registries: as often as one likes, and never changed in silence."""

import pytest

from shared.runtime.rabbit.link import connect
from shared.runtime.rabbit.topology import Exchange, Queue, Topology, TopologyMismatch, declare, topology_of
from tests.integration.rabbit.company import Company
from tests.integration.rabbit.toys import SERVICES


def test_every_subscription_has_its_queue_and_every_service_its_stream():
    topology = topology_of(SERVICES.values())
    queues = {queue.name: queue for queue in topology.queues}
    assert queues["bakery.on.mill.flour_ground"].bindings == (
        ("mill.events", "flour_ground.v1"),
        ("bakery.retry", "bakery.on.mill.flour_ground"),
    )
    assert queues["mill.stream"].bindings == (("mill.events", "#"),)
    assert {"rpc-mill", "rpc-bakery", "bakery.dead", "bakery.retry.50", "bakery.retry.600000"} <= queues.keys()
    assert Exchange("mill.events") in topology.exchanges


def test_declaring_again_changes_nothing(company: Company):
    declare(company.installation.broker_admin_url, topology_of(SERVICES.values()))


def test_what_is_there_with_other_properties_is_named(company: Company):
    changed = Topology(
        (Exchange("mill.events", "fanout"),),
        (Queue("mill.stream", {"x-queue-type": "stream", "x-max-age": "1D"}), Queue("mill.new")),
    )
    with pytest.raises(TopologyMismatch, match=r"'mill.events'.*'mill.stream'"):
        declare(company.installation.broker_admin_url, changed)
    with connect(company.installation.broker_admin_url, "test") as connection, connection.channel() as channel:
        assert channel.queue_declare("mill.new", passive=True).queue == "mill.new"
