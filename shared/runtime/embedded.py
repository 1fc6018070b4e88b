"""The embedded runtime: every service in one process on SQLite files, events delivered straight from each outbox.

The same inbox, parking, retry and dead-letter rules as on a broker. `start` gives each service a thread of its own;
without it, `settle` delivers step by step in an order drawn from a seed, late and doubled, as tests and simulations
want it.
"""

import heapq
import itertools
import logging
import random
import threading
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from shared.kernel.clocks import Clock, SystemClock
from shared.kernel.ids import IdSource, RandomIds
from shared.runtime import outbox
from shared.runtime.cloudevents import Envelope
from shared.runtime.delivery import BACKOFF, Delivery, Receiver
from shared.runtime.dispatch import Dispatcher, Effects
from shared.runtime.measures import measure
from shared.runtime.port import Call, Problem, Reply
from shared.runtime.registry import Service
from shared.storage.database import Database, is_passing

log = logging.getLogger(__name__)
BATCH = 64
MOST_AT_REST = 512
"""How many are delivered in one transaction when nobody waits for the database meanwhile."""
SWEEP_EVERY = timedelta(seconds=2)
IDLE_SECONDS = 0.2
"""After so long without a delivery a service marks what was told; until then a restart would only tell it again."""

Origin = tuple[str, str]
"""The service that told a fact, and the id it told it under."""


class Neighbour(Protocol):
    """Another process that keeps the other services of the company (`annex.py`)."""

    def post(self, names: list[str], text: str, origin: Origin) -> None:
        """Have a fact delivered to services of theirs."""

    def taken(self, origin: Origin) -> None:
        """A fact of theirs was taken in by one of ours."""

    def flush(self) -> None:
        """Send what was said off."""


@dataclass
class _Post:
    """A delivery waiting in a service's box; `origin` is what to mark as sent once it is taken in."""

    delivery: Delivery
    origin: Origin | None


@dataclass
class _Box:
    """What waits for one service: due now, or after a wait; `filled` wakes who empties it."""

    filled: threading.Condition
    due: deque[_Post] = field(default_factory=deque)
    later: list[tuple[datetime, int, _Post]] = field(default_factory=list)


class EmbeddedRuntime:
    """The services of an installation in this process: all of them, or those that a neighbour does not keep."""

    def __init__(
        self,
        services: Iterable[Service],
        databases: Mapping[str, Database],
        clock: Clock | None = None,
        ids: IdSource | None = None,
        *,
        elsewhere: Iterable[Service] = (),
        neighbour: Neighbour | None = None,
    ) -> None:
        """`elsewhere`: the services that the neighbour keeps."""
        self._neighbour = neighbour
        self.clock: Clock = clock or SystemClock()
        self._databases = databases
        self._guard = threading.RLock()
        self._rest = threading.Condition(self._guard)
        self._order = itertools.count()
        self._stopping = False
        self._threads: list[threading.Thread] = []
        self._pending: dict[Origin, int] = {}
        self._told: dict[str, list[str]] = {}
        self._boxes: dict[str, _Box] = {}
        self._subscribers: dict[str, list[str]] = {}
        self.dispatchers: dict[str, Dispatcher] = {}
        self.receivers: dict[str, Receiver] = {}
        for service in services:
            self._add(service, ids or RandomIds())
        for service in elsewhere:
            self._subscribe(service)
        for name in self._databases:
            self._recover(name)

    def _add(self, service: Service, ids: IdSource) -> None:
        name, database = service.name, self._databases[service.name]

        def after_commit(effects: Effects) -> None:
            self._post(name, effects)

        self._boxes[name] = _Box(threading.Condition(self._guard))
        self._told[name] = []
        self.dispatchers[name] = Dispatcher(service, database, self.clock, ids, after_commit)
        self.receivers[name] = Receiver(service, database, self.clock, ids, after_commit)
        self._subscribe(service)

    def _subscribe(self, service: Service) -> None:
        for type_ in service.subscriptions:
            self._subscribers.setdefault(type_, []).append(service.name)

    # The port

    def call(self, service: str, call: Call) -> Reply:
        """Carry out a command or query in this thread."""
        dispatcher = self.dispatchers.get(service)
        if dispatcher is None:
            return Reply(problem=Problem(code="not_found", status=404, detail=f"no service {service}"))
        return dispatcher.call(call)

    def readiness(self) -> dict[str, str]:
        """Every service is ready as long as its thread lives."""
        dead = {thread.name for thread in self._threads if not thread.is_alive()}
        return {name: "delivery stopped" if name in dead else "ready" for name in self.dispatchers}

    # Posting

    def _recover(self, name: str) -> None:
        """Take up what is not marked as sent: since the last stop or kill, or because it is to be told again.

        What is on its way already may so be delivered twice, which the inboxes meet.
        """
        with self._databases[name].snapshot() as session:
            unsent = outbox.unsent(session)
        with self._guard:
            for id_, text in unsent:
                if (name, id_) not in self._pending:
                    self._address(name, id_, text)
        self._send_off()

    def _post(self, source: str, effects: Effects) -> None:
        with self._guard:
            for envelope in effects.told:
                self._address(source, envelope.id, envelope.to_text(), envelope.type)
            for text in effects.woken:
                self._put(source, _Post(Delivery(text), None))
        if effects.again:
            self._recover(source)
        self._send_off()

    def _send_off(self) -> None:
        if self._neighbour is not None:
            self._neighbour.flush()

    def _address(self, source: str, id_: str, text: str, type_: str | None = None) -> None:
        subscribers = self._subscribers.get(type_ or Envelope.from_text(text).type, [])
        if not subscribers:
            self._told[source].append(id_)
            return
        if (source, id_) in self._pending:
            return
        origin = source, id_
        self._pending[origin] = len(subscribers)
        self._distribute([name for name in subscribers if name in self._boxes], text, origin)
        if self._neighbour is not None and (theirs := [name for name in subscribers if name not in self._boxes]):
            self._neighbour.post(theirs, text, origin)

    def _distribute(self, names: Iterable[str], text: str, origin: Origin) -> None:
        """Have one fact delivered to services of this process, which read its text once for all of them."""
        delivery = Delivery(text)
        for name in names:
            self._put(name, _Post(delivery, origin))

    def _put(self, name: str, post: _Post) -> None:
        """Have it delivered; wakes the service it is for, and no other."""
        box = self._boxes[name]
        box.due.append(post)
        box.filled.notify()

    # Next to a neighbour

    def post(self, names: Iterable[str], text: str, origin: Origin) -> None:
        """The neighbour told a fact: have it delivered."""
        with self._guard:
            self._distribute(names, text, origin)

    def taken(self, origin: Origin) -> None:
        """The neighbour's service took in a fact of one of ours."""
        with self._guard:
            self._taken_in(origin)

    # Delivering

    def _deliver(self, name: str, posts: list[_Post]) -> None:
        """Take a batch in; where the batch as a whole fails, one by one."""
        receiver = self.receivers[name]
        try:
            receiver.take([post.delivery for post in posts])
        except Exception as error:
            log.warning("batch failed, one by one", extra={"service": name, "fault": str(error)})
            for post in posts:
                self._deliver_apart(name, post)
            return
        with self._guard:
            for post in posts:
                self._done(post)
            self._rest.notify_all()
        self._send_off()

    def _deliver_apart(self, name: str, post: _Post) -> None:
        outcome = self.receivers[name].take_apart(post.delivery)
        with self._guard:
            if isinstance(outcome, timedelta):
                again = _Post(Delivery(post.delivery.text, post.delivery.tries + 1), post.origin)
                heapq.heappush(self._boxes[name].later, (self.clock.now() + outcome, next(self._order), again))
            else:
                self._done(post)
            self._rest.notify_all()
        self._send_off()

    def _done(self, post: _Post) -> None:
        if post.origin is None:
            return
        if self._neighbour is not None and post.origin[0] not in self._boxes:
            self._neighbour.taken(post.origin)
        else:
            self._taken_in(post.origin)

    def _taken_in(self, origin: Origin) -> None:
        if origin not in self._pending:
            return
        self._pending[origin] -= 1
        if not self._pending[origin]:
            del self._pending[origin]
            self._told[origin[0]].append(origin[1])

    def _mark_told(self, name: str) -> None:
        with self._guard:
            ids, self._told[name] = self._told[name], []
        if not ids:
            return
        try:
            with self._databases[name].transaction() as session:
                outbox.mark_sent(session, ids)
        except Exception:
            with self._guard:
                self._told[name].extend(ids)
            raise

    def _mature(self, box: _Box) -> None:
        """What has waited long enough is due; so is what would wait longer than any wait: the clock was set back."""
        now = self.clock.now()
        while box.later and not now < box.later[0][0] <= now + BACKOFF[-1]:
            box.due.append(heapq.heappop(box.later)[2])

    # Running with threads

    def start(self) -> None:
        """Deliver in the background, one thread per service, until `stop`."""
        for name in self.dispatchers:
            thread = threading.Thread(target=self._serve, args=(name,), name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """Finish the batches under way and stop; what is left is delivered after the next start."""
        with self._guard:
            self._stopping = True
            for box in self._boxes.values():
                box.filled.notify()
        for thread in self._threads:
            thread.join()
        for name in self.dispatchers:
            self._mark_told(name)

    def quiet(self) -> bool:
        """Whether nothing is under way or waiting to be delivered."""
        with self._guard:
            return self._is_quiet()

    def until_quiet(self, timeout: float) -> bool:
        """Wait until nothing is under way, at most `timeout` seconds; whether it came to that."""
        with self._guard:
            return self._rest.wait_for(self._is_quiet, timeout)

    def _is_quiet(self) -> bool:
        return not self._pending and not any(box.due or box.later for box in self._boxes.values())

    def _serve(self, name: str) -> None:
        swept = self.clock.now()
        while not self._stopping:
            posts = self._next_batch(name)
            if posts:
                self._safely(name, posts)
            if not posts:
                self._safely_mark_told(name)
            if abs(self.clock.now() - swept) > SWEEP_EVERY:
                swept = self.clock.now()
                self._sweep(name)

    def _safely(self, name: str, posts: list[_Post]) -> None:
        try:
            self._deliver(name, posts)
        except Exception:
            log.exception("delivery failed; it is tried again", extra={"service": name})
            with self._guard:
                at = self.clock.now() + timedelta(seconds=1)
                for post in posts:
                    heapq.heappush(self._boxes[name].later, (at, next(self._order), post))

    def _next_batch(self, name: str) -> list[_Post]:
        box = self._boxes[name]
        with self._guard:
            self._mature(box)
            if not box.due:
                box.filled.wait(timeout=IDLE_SECONDS)
                self._mature(box)
            return [box.due.popleft() for _ in range(min(BATCH, len(box.due)))]

    def _sweep(self, name: str) -> None:
        """Try again what lies there for a while: parked, in case what it awaits came unnoticed, or untold.

        What is still untold is of a transaction that was committed though its caller was told that it failed.
        """
        self._safely_mark_told(name)
        try:
            self._recover(name)
            for delivery in self.receivers[name].waiting(self.clock.now() - SWEEP_EVERY):
                self._deliver(name, [_Post(delivery, None)])
            measure(name, self._databases[name], self.clock.now())
        except Exception as error:
            if not is_passing(error):
                raise
            log.warning("sweep put off", extra={"service": name, "fault": str(error)})

    def _safely_mark_told(self, name: str) -> None:
        """Mark what was told; what cannot be marked now is marked later."""
        try:
            self._mark_told(name)
        except Exception as error:
            if not is_passing(error):
                raise
            log.warning("marking put off", extra={"service": name, "fault": str(error)})

    # Running step by step

    def settle(self, rng: random.Random | None = None, doubled: float = 0.0) -> None:
        """Deliver everything that is due, and what that leads to, until nothing moves.

        With `rng`, each next delivery is drawn from all that wait, and a share of `doubled` comes a second time.
        """
        while post := self._draw(rng):
            name, chosen = post
            self._deliver(name, chosen)
            if rng and rng.random() < doubled:
                self._boxes[name].due.append(_Post(chosen[0].delivery, None))
        self.mark_told()

    def step(self, most: int = MOST_AT_REST) -> bool:
        """Deliver what is due to one service, so much at most; whether anything was."""
        drawn = self._draw(None, most)
        if drawn:
            self._deliver(*drawn)
        return bool(drawn)

    def mark_told(self) -> None:
        """Mark in each outbox what everyone has taken in."""
        for name in self.dispatchers:
            self._mark_told(name)

    def _draw(self, rng: random.Random | None, most: int = MOST_AT_REST) -> tuple[str, list[_Post]] | None:
        """What to deliver next: one drawn from all, or, without chance, all that waits for one service.

        It is the one for which least waits, the last of several: so more comes together for those who are told by
        several, and what is told of one order meets in one transaction.
        """
        for box in self._boxes.values():
            self._mature(box)
        waiting = [(name, box) for name, box in self._boxes.items() if box.due]
        if not waiting:
            return None
        if rng is None:
            name, box = min(reversed(waiting), key=lambda each: len(each[1].due))
            return name, [box.due.popleft() for _ in range(min(most, len(box.due)))]
        name, box = rng.choice(waiting)
        box.due.rotate(-rng.randrange(len(box.due)))
        return name, [box.due.popleft()]
