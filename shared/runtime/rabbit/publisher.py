"""Publishing with the broker's word for it: many messages under way at once, each confirmed, returned or refused."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from amqp import Message

from shared.runtime.rabbit.connection import sent_together
from shared.runtime.rabbit.link import BROKER_ERRORS

Fate = Literal["confirmed", "unroutable", "refused", "unknown"]
"""`unroutable`: no queue is bound for it; `unknown`: no word in time, so it may or may not have arrived."""
PERSISTENT = 2


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A message to publish; `id` tells it from others under way."""

    id: str
    exchange: str
    routing_key: str
    body: str
    content_type: str
    headers: Mapping[str, object] = field(default_factory=dict)

    def message(self) -> Message:
        """The message as it travels: persistent."""
        return Message(
            self.body.encode(),
            content_type=self.content_type,
            content_encoding="utf-8",
            delivery_mode=PERSISTENT,
            message_id=self.id,
            application_headers=dict(self.headers),
        )


class _Batch:
    """Letters sent together, and what is known of each."""

    def __init__(self, size: int) -> None:
        self.fates: list[Fate] = ["unknown"] * size
        self.open = size
        self.done = threading.Event()

    def settle(self, index: int, fate: Fate) -> None:
        self.fates[index] = fate
        self.open -= 1
        if not self.open:
            self.done.set()


class Publisher:
    """A channel in confirm mode, shared by any number of threads."""

    def __init__(self) -> None:
        self._channel: Any = None
        self._sending = threading.Lock()
        self._pending: dict[int, tuple[_Batch, int, str]] = {}
        self._returned: set[str] = set()
        self._last = 0

    def opened(self, connection: Any) -> None:
        """Open the channel and number its messages from one, as the broker does."""
        channel = connection.channel()
        channel.confirm_select()
        channel.events["basic_ack"].add(self._on_ack)
        channel.events["basic_nack"].add(self._on_nack)
        channel.events["basic_return"].add(self._on_return)
        self._last = 0
        self._channel = channel

    def lost(self) -> None:
        """Leave the fate of all that is under way unknown."""
        self._channel = None
        pending, self._pending = self._pending, {}
        self._returned.clear()
        for batch, _, _ in pending.values():
            batch.done.set()

    def send(self, letters: Sequence[Letter], seconds: float) -> list[Fate]:
        """Publish all, then wait at most so long for the broker's word on the last; the fate of each."""
        if not letters:
            return []
        batch = _Batch(len(letters))
        with self._sending:
            if (channel := self._channel) is None:
                return batch.fates
            try:
                with sent_together(channel):
                    for index, letter in enumerate(letters):
                        self._publish(channel, batch, index, letter)
            except BROKER_ERRORS:
                return list(batch.fates)
        batch.done.wait(seconds)
        return list(batch.fates)

    def _publish(self, channel: Any, batch: _Batch, index: int, letter: Letter) -> None:
        self._last += 1
        self._pending[self._last] = (batch, index, letter.id)
        channel.basic_publish(letter.message(), letter.exchange, letter.routing_key, mandatory=True)

    def _on_ack(self, tag: int, multiple: bool) -> None:  # noqa: FBT001
        self._settle(tag, multiple, "confirmed")

    def _on_nack(self, tag: int, multiple: bool) -> None:  # noqa: FBT001
        self._settle(tag, multiple, "refused")

    def _on_return(self, _error: Exception, _exchange: str, _routing_key: str, message: Message) -> None:
        """The broker returns what it cannot route before it confirms it."""
        self._returned.add(message.properties["message_id"])

    def _settle(self, tag: int, multiple: bool, fate: Fate) -> None:  # noqa: FBT001
        """Only the reading thread comes here, and takes single entries out, so it needs no lock a sender may hold."""
        for each in [open_ for open_ in list(self._pending) if open_ <= tag] if multiple else (tag,):
            found = self._pending.pop(each, None)
            if found:
                batch, index, id_ = found
                returned = id_ in self._returned
                self._returned.discard(id_)
                batch.settle(index, "unroutable" if returned else fate)
