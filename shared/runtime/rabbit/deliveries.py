"""What the broker has given out on a channel and waits for a word on.

A word on many costs a quorum queue as much as a word on one: an entry in its log. So what is done with is told
together as far as the order of the tags allows, which is that in which messages came.
"""

import contextlib
import math
import threading
from collections.abc import Collection
from typing import Any

from shared.runtime.rabbit.connection import sent_together
from shared.runtime.rabbit.link import BROKER_ERRORS


class Deliveries:
    """The unsettled deliveries of one channel; safe for any number of threads.

    The broker closes a channel that speaks twice of one delivery, so a tag is taken out and spoken of under one lock.
    """

    def __init__(self, channel: Any) -> None:
        self._channel = channel
        self._speaking, self._changing = threading.Lock(), threading.Lock()
        self._open: dict[int, None] = {}

    def came(self, tag: int) -> None:
        """A message came; tags only grow."""
        with self._changing:
            self._open[tag] = None

    def lost(self) -> None:
        """The connection is gone: what is open comes again on another."""
        with self._changing:
            self._open.clear()

    def acknowledge(self, tags: Collection[int]) -> None:
        """Tell the broker they are done with; where that fails they come again and meet the inbox."""
        with self._speaking:
            settled, first_open = self._take_out(tags)
            through = [tag for tag in settled if tag < first_open]
            with contextlib.suppress(*BROKER_ERRORS), sent_together(self._channel):
                if through:
                    self._channel.basic_ack(max(through), multiple=len(through) > 1)
                for tag in settled:
                    if tag > first_open:
                        self._channel.basic_ack(tag)

    def give_back(self, tag: int) -> None:
        """Have the broker give it out again."""
        with self._speaking, contextlib.suppress(*BROKER_ERRORS):
            if self._take_out([tag])[0]:
                self._channel.basic_reject(tag, requeue=True)

    def _take_out(self, tags: Collection[int]) -> tuple[list[int], float]:
        """Those of them that were open, and the first that still is."""
        with self._changing:
            settled = [tag for tag in tags if tag in self._open]
            for tag in settled:
                del self._open[tag]
            return settled, next(iter(self._open), math.inf)
