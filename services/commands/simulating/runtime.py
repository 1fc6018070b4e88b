"""The embedded runtime step by step, with deliveries as a courier brings them, and deaths in between."""

import heapq
from collections.abc import Iterable, Mapping
from datetime import timedelta
from itertools import count
from typing import Any

from services.commands.simulating.courier import Courier
from services.commands.simulating.faults import Faults
from services.commands.simulating.ids import CausedIds
from services.commands.simulating.storage import Doing, FaultyDatabase, Killed
from shared.kernel.clocks import SetClock
from shared.kernel.ids import IdSource
from shared.runtime.cloudevents import Envelope
from shared.runtime.delivery import Delivery, Receiver
from shared.runtime.dispatch import Dispatcher, Effects
from shared.runtime.embedded import EmbeddedRuntime, _Post
from shared.runtime.port import Call
from shared.runtime.registry import Service
from shared.runtime.work import Records, UnitOfWork
from shared.storage.session import Session

_AT_ONCE = 8
_ANY_TIME = timedelta(days=30)
"""Clocks jump, so something may have been parked in the future."""


class CausedDispatcher(Dispatcher):
    """Makes the ids of a call from its request."""

    ids: CausedIds

    def _work(self, session: Session, call: Call, records: Records) -> UnitOfWork:
        if self.service.operations[call.operation][0].writes:
            self.ids.begin(call.context.request_id, call.context.request_id)
        return super()._work(session, call, records)


class CausedReceiver(Receiver):
    """Makes the ids of what a fact sets off from that fact."""

    ids: CausedIds

    def _run(self, session: Session, envelope: Envelope, payload: Any, records: Records) -> UnitOfWork:
        self.ids.begin(f"{self.service.name} {envelope.fact}", envelope.fact)
        try:
            return super()._run(session, envelope, payload, records)
        except Exception:
            self.ids.undo()
            raise


class SimulatedRuntime(EmbeddedRuntime):
    """All services in this process; nothing moves but by `settle` and `deliver`."""

    clock: SetClock
    _databases: Mapping[str, FaultyDatabase]

    def __init__(
        self,
        services: Iterable[Service],
        databases: Mapping[str, FaultyDatabase],
        clock: SetClock,
        ids: CausedIds,
        *,
        courier: Courier,
        faults: Faults,
        doing: Doing,
    ) -> None:
        self._courier, self._faults, self._doing = courier, faults, doing
        self._queue: list[tuple[int, int, str, _Post]] = []
        self._kept_back: list[tuple[str, _Post]] = []
        self._step, self._put_in = 0, count()
        self._caused = ids
        self._restarted = set(databases)
        super().__init__(services, databases, clock, ids)

    def _add(self, service: Service, ids: IdSource) -> None:
        super()._add(service, ids)
        self._staff(service)

    def _staff(self, service: Service) -> None:
        """Those who carry out the calls and take in the facts of a service."""
        name, database = service.name, self._databases[service.name]

        def after_commit(effects: Effects) -> None:
            self._post(name, effects)

        self.dispatchers[name] = CausedDispatcher(service, database, self.clock, self._caused, after_commit)
        self.receivers[name] = CausedReceiver(service, database, self.clock, self._caused, after_commit)

    # What waits

    def _put(self, name: str, post: _Post) -> None:
        if not (delays := self._courier.delays(name, post.delivery.text)):
            self._kept_back.append((name, post))
            return
        self._queue_up(name, post, delay=delays[0])
        for delay in delays[1:]:
            self._queue_up(name, _Post(post.delivery, None), delay=delay)

    def _queue_up(self, name: str, *posts: _Post, delay: int = 0) -> None:
        for post in posts:
            heapq.heappush(self._queue, (self._step + delay, next(self._put_in), name, post))

    def bring(self, again: Iterable[tuple[str, str]]) -> None:
        """What was kept back and is not late any more comes now, and these facts once more."""
        kept_back, self._kept_back = self._kept_back, []
        for name, post in kept_back:
            self._put(name, post)
        for name, text in again:
            self._queue_up(name, _Post(Delivery(text), None))

    # Delivering

    def settle(self, *_: object) -> None:
        """Deliver all that is not late, and what that leads to, until nothing moves and the outboxes are empty."""
        while True:
            self.deliver()
            if not self._look_again():
                return

    def deliver(self, most: int | None = None) -> None:
        """Deliver so many at the most, where no number is given all that wait and what that leads to."""
        done = 0
        while (most is None or done < most) and (self._queue or self._ripen()):
            self._carry(*self._next())
            done += 1

    def _next(self) -> tuple[str, list[_Post]]:
        due, _, name, post = heapq.heappop(self._queue)
        self._step = max(self._step, due) + 1
        at = self._faults.time("taking", _label(name, post))
        if not (draw := self._faults.strikes("deliveries taken in one transaction", at)):
            return name, [post]
        others = heapq.nsmallest(draw.randint(1, _AT_ONCE), (entry for entry in self._queue if entry[2] == name))
        taken = {entry[1] for entry in others}
        self._queue = [entry for entry in self._queue if entry[1] not in taken]
        heapq.heapify(self._queue)
        return name, [post, *(entry[3] for entry in others)]

    def _carry(self, name: str, posts: list[_Post]) -> None:
        """Deliver one, or several at once; what a death interrupts is not acknowledged, so it comes again."""
        self._doing.what = _label(name, posts[0])
        self._courier.carried += len(posts)
        at = self._faults.time("acknowledging", self._doing.what)
        try:
            self._deliver(name, posts)
        except Killed:
            self._queue_up(name, *posts)
            raise
        taken_in = [_Post(post.delivery, None) for post in posts]
        if death := self._death_before_acknowledging(name, at):
            self._queue_up(name, *taken_in)
            raise death
        if self._faults.strikes("not acknowledged", at):
            self._queue_up(name, *taken_in)

    def _death_before_acknowledging(self, name: str, at: str) -> Killed | None:
        if self._faults.strikes("process killed before acknowledging", at):
            return Killed(None)
        return Killed(name) if self._faults.strikes("service killed before acknowledging", at) else None

    def _ripen(self) -> bool:
        """Where only what failed is left, let time pass until the next of it is to be tried again."""
        waiting = [box.later[0][0] for box in self._boxes.values() if box.later]
        if not waiting:
            return False
        self.clock.advance(max(min(waiting) - self.clock.now(), timedelta(0)))
        for name, box in self._boxes.items():
            self._mature(box)
            while box.due:
                self._queue_up(name, box.due.popleft())
        return True

    def _look_again(self) -> bool:
        """Mark what was told, and do once what the running company does every few seconds.

        Take up what lies unsent in an outbox though its commit was not seen, and, after a death, what is parked though
        what it waited for has come.
        """
        for name in self.dispatchers:
            self._doing.what = "marking what was told"
            self._safely_mark_told(name)
            if self._databases[name].uncertain:
                self._databases[name].uncertain = False
                self._recover(name)
            if name in self._restarted:
                self._restarted.discard(name)
                self._queue_up(name, *(_Post(parked, None) for parked in self._parked(name)))
        return bool(self._queue) or any(self._told.values())

    def _parked(self, name: str) -> list[Delivery]:
        return self.receivers[name].waiting(self.clock.now() + _ANY_TIME)

    # Dying

    def restart(self, service: Service, database: FaultyDatabase) -> None:
        """One service's process starts anew: what it told and had not marked is told again."""
        name = service.name
        self._databases = {**self._databases, name: database}
        self._staff(service)
        self._told[name] = []
        self._restarted.add(name)
        self._pending = {key: left for key, left in self._pending.items() if key[0] != name}
        self._queue = [(due, nth, to, _without_origin(post, name)) for due, nth, to, post in self._queue]
        self._kept_back = [(to, _without_origin(post, name)) for to, post in self._kept_back]
        for box in self._boxes.values():
            box.later = [(at, nth, _without_origin(post, name)) for at, nth, post in box.later]
        self._recover(name)


def _without_origin(post: _Post, name: str) -> _Post:
    return _Post(post.delivery, None) if post.origin and post.origin[0] == name else post


def _label(name: str, post: _Post) -> str:
    envelope = Envelope.from_text(post.delivery.text)
    return f"{envelope.routing_key} {envelope.fact} to {name}"
