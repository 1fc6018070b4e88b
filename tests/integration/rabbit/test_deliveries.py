"""Deliveries are settled by few words, each once, in whatever order they are done with; and read as they come."""

import secrets
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from amqp import Message

from deploy.local.servers import PrivateServers
from shared.runtime.rabbit.connection import Connection, sent_together
from shared.runtime.rabbit.deliveries import Deliveries
from shared.runtime.rabbit.link import connect

QUEUE = "work"
MESSAGES = 12


@pytest.fixture
def broker_url(servers: PrivateServers) -> Iterator[str]:
    installation = servers.install(["mill"], name=f"deliveries_{secrets.token_hex(4)}")
    try:
        yield installation.broker_admin_url
    finally:
        servers.remove(installation)


@pytest.fixture
def channel(broker_url: str) -> Iterator[Any]:
    """A channel on which twelve messages of a quorum queue are given out, and no more than twelve at a time."""
    with connect(broker_url, "test") as connection, connection.channel() as opened:
        opened.queue_declare(QUEUE, durable=True, auto_delete=False, arguments={"x-queue-type": "quorum"})
        opened.confirm_select()
        with sent_together(opened):
            for number in range(MESSAGES):
                opened.basic_publish(Message(str(number), delivery_mode=2), "", QUEUE)
        opened.basic_qos(0, MESSAGES, a_global=False)
        yield opened


def take(channel: Any, deliveries: Deliveries) -> list[Message]:
    """All twelve, noted as they come."""
    taken: list[Message] = []
    channel.basic_consume(QUEUE, "taking", callback=taken.append)
    while len(taken) < MESSAGES:
        channel.connection.drain_events(timeout=10)
    for message in taken:
        deliveries.came(message.delivery_tag)
    return taken


def left(broker_url: str) -> set[str]:
    """What the broker gives out anew."""
    with connect(broker_url, "test") as connection, connection.channel() as channel:
        found: set[str] = set()
        while (message := channel.basic_get(QUEUE)) is not None:
            found.add(message.body)
        return found


def settled_by(channel: Any) -> None:
    """Wait until the broker has heard all that was said: it answers in order."""
    channel.queue_declare(QUEUE, passive=True)


def test_what_is_settled_in_any_order_is_gone_and_nothing_else(broker_url: str, channel: Any):
    deliveries = Deliveries(channel)
    tags = [message.delivery_tag for message in take(channel, deliveries)]
    deliveries.acknowledge(tags[3:6])
    deliveries.acknowledge(tags[:2])
    deliveries.acknowledge([tags[9], tags[2], tags[6]])
    settled_by(channel)
    channel.connection.close()
    assert left(broker_url) == {"7", "8", "10", "11"}


def test_no_delivery_is_spoken_of_twice(broker_url: str, channel: Any):
    deliveries = Deliveries(channel)
    tags = [message.delivery_tag for message in take(channel, deliveries)]
    deliveries.acknowledge(tags[:4])
    deliveries.acknowledge(tags[:6])
    deliveries.give_back(tags[5])
    deliveries.acknowledge([tags[11]])
    deliveries.acknowledge([tags[11]])
    settled_by(channel)
    channel.connection.close()
    assert left(broker_url) == {"6", "7", "8", "9", "10"}


def test_what_is_given_back_comes_again(channel: Any):
    deliveries = Deliveries(channel)
    taken = take(channel, deliveries)
    deliveries.give_back(taken[0].delivery_tag)
    while len(taken) == MESSAGES:
        channel.connection.drain_events(timeout=10)
    again = taken[-1]
    assert again.body == "0"
    assert again.delivery_info["redelivered"]
    assert again.delivery_tag not in {message.delivery_tag for message in taken[:-1]}


def test_of_a_lost_connection_nothing_is_said(broker_url: str, channel: Any):
    deliveries = Deliveries(channel)
    tags = [message.delivery_tag for message in take(channel, deliveries)]
    deliveries.lost()
    deliveries.acknowledge(tags)
    deliveries.give_back(tags[0])
    settled_by(channel)
    channel.connection.close()
    assert len(left(broker_url)) == MESSAGES


def test_many_threads_settle_each_delivery_once(broker_url: str, channel: Any):
    deliveries = Deliveries(channel)
    tags = [message.delivery_tag for message in take(channel, deliveries)]
    threads = [threading.Thread(target=deliveries.acknowledge, args=(tags[start::3],)) for start in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    settled_by(channel)
    channel.connection.close()
    assert left(broker_url) == set()


def test_packets_are_held_back_within_and_not_after(broker_url: str):
    with connect(broker_url, "test") as connection, connection.channel() as channel:
        cork = socket.IPPROTO_TCP, socket.TCP_CORK
        with sent_together(channel):
            assert connection.sock.getsockopt(*cork)
        assert not connection.sock.getsockopt(*cork)
        with pytest.raises(ZeroDivisionError), sent_together(channel):
            raise ZeroDivisionError
        assert not connection.sock.getsockopt(*cork)


def test_a_body_of_many_frames_is_read_whole(broker_url: str):
    with connect(broker_url, "test") as connection, connection.channel() as channel:
        channel.queue_declare("large", auto_delete=False)
        channel.confirm_select()
        bodies = [secrets.token_hex(size) for size in (200_000, 1, 65_536, 0)]
        with sent_together(channel):
            for body in bodies:
                channel.basic_publish(Message(body), "", "large")
        taken: list[Message] = []
        channel.basic_consume("large", no_ack=True, callback=taken.append)
        while len(taken) < len(bodies):
            connection.drain_events(timeout=10)
        assert [message.body or "" for message in taken] == bodies


def test_frames_that_come_in_pieces_are_put_together():
    ours, theirs = socket.socketpair()
    transport = Connection("localhost").Transport("localhost", 1.0)
    transport.sock, transport.connected = ours, True
    transport._setup_transport()
    frames = [b"\x01\x00\x01\x00\x00\x00\x03abc\xce", b"\x08\x00\x00\x00\x00\x00\x00\xce"]
    ours.settimeout(0.01)
    with ours, theirs:
        theirs.sendall(frames[0] + frames[1] + frames[0][:4])
        assert transport.read_frame() == (1, 1, b"abc")
        assert transport.read_frame() == (8, 0, b"")
        with pytest.raises(TimeoutError):
            transport.read_frame()
        theirs.sendall(frames[0][4:9])
        with pytest.raises(TimeoutError):
            transport.read_frame()
        theirs.sendall(frames[0][9:])
        assert transport.read_frame() == (1, 1, b"abc")
        theirs.close()
        with pytest.raises(OSError, match="closed"):
            transport.read_frame()
        assert not transport.connected
