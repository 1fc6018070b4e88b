"""When each delivery comes: at once, overtaken, late, many times. What a broker would keep is kept here over a kill."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable

from services.commands.simulating.faults import Faults

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_OVERTAKEN_BY, _DELAYED_BY, _SPREAD = 6, 150, 60
_TIMES = (1, 1, 1, 2, 2, 3, 5, 10, 30, 100)
"""How often a doubled delivery comes again."""


class Courier:
    """Draws the ways of deliveries, and knows which are a day late and whom they concern."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self.today = 0
        self.punctual = False
        self.carried = 0
        self._promised: set[tuple[str, str]] = set()
        self._late: dict[tuple[str, str], tuple[int, str]] = {}
        self._again: list[tuple[int, str, str]] = []
        self._related: dict[str, set[str]] = defaultdict(set)

    def delays(self, consumer: str, text: str) -> list[int]:
        """After how many other deliveries this one comes, once or more often; never, while it is a day late."""
        fact = _fact(text)
        self._note(text)
        if self._is_late(consumer, fact, text):
            return []
        at = self._faults.time("delivery", f"{fact} to {consumer}")
        first = 0
        if draw := self._faults.strikes("delivery overtaken", at):
            first = draw.randint(1, _OVERTAKEN_BY)
        if draw := self._faults.strikes("delivery delayed", at):
            first = draw.randint(_OVERTAKEN_BY, _DELAYED_BY)
        if draw := self._faults.strikes("delivery doubled a day later", at):
            self._again.append((self.today + 1, consumer, text))
        if draw := self._faults.strikes("delivery doubled", at):
            return [first, *(draw.randint(0, _SPREAD) for _ in range(draw.choice(_TIMES)))]
        return [first]

    def is_late(self, consumer: str, text: str) -> bool:
        """Whether this is kept back until another day."""
        return (consumer, _fact(text)) in self._late

    def begin_day(self) -> list[tuple[str, str]]:
        """A new day: what was late comes now, and these come once more, as (consumer, text)."""
        self.today += 1
        self._late = {key: (day, text) for key, (day, text) in self._late.items() if day > self.today}
        due = [(consumer, text) for day, consumer, text in self._again if day <= self.today]
        self._again = [each for each in self._again if each[0] > self.today]
        return due

    @property
    def waiting(self) -> bool:
        """Whether something is a day late."""
        return bool(self._late)

    def concerned(self) -> set[str]:
        """The ids of everything that late deliveries are about: people leave these alone until they came."""
        named = {id_ for _, text in self._late.values() for id_ in _ids(text)}
        return named.union(*(self._related[id_] for id_ in named))

    def related(self, ids: Iterable[str]) -> set[str]:
        """These, and what facts told of them named with them: an order's customer and items."""
        given = set(ids)
        return given.union(*(self._related[id_] for id_ in given))

    def _is_late(self, consumer: str, fact: str, text: str) -> bool:
        key = (consumer, fact)
        if key in self._promised:
            return key in self._late
        self._promised.add(key)
        if not self.punctual and self._faults.strikes("delivery a day late", f"{fact} to {consumer}"):
            self._late[key] = (self.today + 1, text)
        return key in self._late

    def _note(self, text: str) -> None:
        event = json.loads(text)
        self._related[event["subject"]].update(_ids(text))


def _fact(text: str) -> str:
    return str(json.loads(text)["factid"])


def _ids(text: str) -> set[str]:
    event = json.loads(text)
    return {event["subject"], *ID.findall(json.dumps(event["data"]))}
