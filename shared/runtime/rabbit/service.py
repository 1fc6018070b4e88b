"""One service as a nameko service: its operations as RPC methods, its events, relay and housekeeping beside them."""

import logging
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from nameko.exceptions import serialize
from nameko.extensions import DependencyProvider, Entrypoint, register_entrypoint

from shared.kernel.clocks import SystemClock
from shared.kernel.ids import RandomIds
from shared.runtime.delivery import Receiver
from shared.runtime.dispatch import Dispatcher, Effects
from shared.runtime.port import Call, Json, Problem, Reply
from shared.runtime.rabbit.calls import Answers, CallServer, Method, Request
from shared.runtime.rabbit.consumer import Consumer
from shared.runtime.rabbit.crowd import Crowd
from shared.runtime.rabbit.housekeeping import Housekeeping, check_database
from shared.runtime.rabbit.link import Link
from shared.runtime.rabbit.observe import start_observing
from shared.runtime.rabbit.pace import Pace
from shared.runtime.rabbit.process import NeverReady, check_broker, run_container, wait_for
from shared.runtime.rabbit.publisher import Publisher
from shared.runtime.rabbit.relay import CROWDED_SECONDS, Relay
from shared.runtime.rabbit.settings import Settings
from shared.runtime.rabbit.topology import rpc_queue
from shared.runtime.registry import Service
from shared.storage.database import Database
from shared.storage.engine import open_engine
from shared.telemetry.logs import configure

log = logging.getLogger(__name__)
_BESIDE_WORKERS = 6
"""Database connections beside the workers': event batches, relay, housekeeping, health."""


class ServiceProcess:
    """Everything one process of a service consists of, wired together.

    Two connections to the broker: when it blocks publishers, the acknowledgements still get through.
    """

    def __init__(self, service: Service, settings: Settings) -> None:
        self.service, self.settings, name = service, settings, service.name
        self.database = Database(open_engine(settings.database_url, pool_size=settings.workers + _BESIDE_WORKERS))
        clock, ids, crowd = SystemClock(), RandomIds(), Crowd()
        self.dispatcher = Dispatcher(service, self.database, clock, ids, self.after_commit)
        # Those who wait for an answer come before events: green threads take turns only where one lets them.
        receiver = Receiver(service, self.database, clock, ids, self.after_commit, make_way=crowd.let_pass)
        publisher, self.answers = Publisher(), Answers()
        self.outward = Link(settings.broker_url, f"{name} out", [publisher, self.answers])
        patient = Pace(crowd, longest_wait=CROWDED_SECONDS)
        self.relay = Relay(name, self.database, self.outward, publisher, patient)
        self.consumer = Consumer(receiver, publisher, Pace(crowd))
        self.calls = CallServer(name, self.answers, crowd)
        self.inward = Link(settings.broker_url, f"{name} in", [self.consumer, self.calls])
        self.housekeeping = Housekeeping(receiver, self.consumer.retake, settings.broker_url)

    def after_commit(self, effects: Effects) -> None:
        """Have new facts told and woken events taken again."""
        if effects.told or effects.again:
            self.relay.wake()
        self.consumer.retake(effects.woken)

    def readiness(self) -> dict[str, str]:
        """Per part `ready`, or what is missing."""
        links = {"broker in": self.inward, "broker out": self.outward}
        states = {name: "ready" if link.ready else "not connected" for name, link in links.items()}
        return {**states, "database": "ready" if self.housekeeping.database_ready else "unreachable"}

    def start(self) -> None:
        """Start everything; calls and events come in last."""
        self.outward.start()
        self.relay.start()
        self.housekeeping.start()
        self.consumer.start()
        self.calls.start()
        self.inward.start()

    def stop_taking(self) -> None:
        """Finish the events under way and start no more calls."""
        self.calls.stop()
        self.consumer.stop()

    def stop(self) -> None:
        """After the last worker: tell what is committed, then leave the broker and the database."""
        self.housekeeping.stop()
        self.relay.stop()
        self.inward.stop()
        self.outward.stop()
        self.database.engine.dispose()


class Operation(Entrypoint):  # type: ignore[misc] # nameko has no types
    """A nameko entrypoint per operation: a call becomes a worker."""

    def __init__(self, process: ServiceProcess, **options: Any) -> None:
        self._process = process
        super().__init__(**options)

    def setup(self) -> None:
        """Take this method's calls."""
        self._process.calls.methods[self.method_name] = Method(self.take)

    def take(self, requests: Sequence[Request]) -> None:
        """Give each call a worker; returns when they have one."""
        for request in requests:
            kwargs = {**request.kwargs, "redelivered": request.redelivered}
            self.container.spawn_worker(self, request.args, kwargs, handle_result=partial(self._answer, request))

    def _answer(self, request: Request, _context: object, result: Any, exc_info: Any) -> tuple[Any, Any]:
        self._process.answers.send(request, result, serialize(exc_info[1]) if exc_info else None)
        return result, exc_info


class Together(Operation):
    """A nameko entrypoint of an operation whose calls share a transaction: those that wait become one worker."""

    def setup(self) -> None:
        """Take this method's calls, as many at once as there are."""
        self._process.calls.methods[self.method_name] = Method(self.take, together=True)

    def take(self, requests: Sequence[Request]) -> None:
        """Give the calls a worker; returns when they have one."""
        arguments = [[each.call for each in requests], [each.redelivered for each in requests]]
        self.container.spawn_worker(self, arguments, {}, handle_result=partial(self._answer_all, requests))

    def _answer_all(self, requests: Sequence[Request], context: object, result: Any, exc_info: Any) -> tuple[Any, Any]:
        try:
            with self._process.answers.together():
                for place, request in enumerate(requests):
                    self._answer(request, context, result and result[place], exc_info)
        finally:
            self._process.calls.ended(self.method_name)
        return result, exc_info


class Intake(Entrypoint):  # type: ignore[misc] # nameko has no types
    """Ends first when the container stops, so that the workers under way can finish in peace."""

    def __init__(self, process: ServiceProcess, **options: Any) -> None:
        self._process = process
        super().__init__(**options)

    def stop(self) -> None:
        """Take nothing new."""
        self._process.stop_taking()


class Running(DependencyProvider):  # type: ignore[misc] # nameko has no types
    """Ties the process's parts to the life of its container."""

    def __init__(self, process: ServiceProcess) -> None:
        self._process = process

    def start(self) -> None:
        """Start once all operations are set up."""
        self._process.start()

    def stop(self) -> None:
        """Stop what is left after the workers have ended."""
        self._process.stop()


def nameko_class(process: ServiceProcess) -> type:
    """The nameko service: a method per operation, named like it, that takes a Call and answers a Reply as JSON."""

    def take_events(_self: object) -> None:
        """Stand for the service's intake, which works in batches of its own and not by nameko's workers."""

    register_entrypoint(take_events, Intake(process))
    methods = {name: _method(process, name) for name in process.service.operations}
    members = {"name": process.service.name, "running": Running(process), "take_events": take_events, **methods}
    return type(process.service.name.capitalize(), (), members)


def _method(process: ServiceProcess, name: str) -> Callable[..., Any]:
    writes = process.service.operations[name][0].writes

    def asked(call: Json, *, redelivered: bool) -> Call | Reply:
        """The call, or the reply to what is none or is not risked."""
        try:
            found = Call.from_json({**call, "operation": name})
        except (TypeError, KeyError, ValueError, AttributeError):
            return Reply(problem=_UNREADABLE)
        return Reply(problem=_UNSURE) if redelivered and writes and found.key is None else found

    def one(_self: object, call: Json, *, redelivered: bool = False) -> Json:
        found = asked(call, redelivered=redelivered)
        return (found if isinstance(found, Reply) else process.dispatcher.call(found)).to_json()

    def several(_self: object, calls: Sequence[Json], redelivered: Sequence[bool]) -> list[Json]:
        found = [asked(call, redelivered=again) for call, again in zip(calls, redelivered, strict=True)]
        replies = iter(process.dispatcher.call_together([each for each in found if isinstance(each, Call)]))
        return [(each if isinstance(each, Reply) else next(replies)).to_json() for each in found]

    together = name in process.service.together
    method = several if together else one
    method.__name__ = name
    register_entrypoint(method, Together(process) if together else Operation(process))
    return method


_UNREADABLE = Problem(code="invalid_input", status=422, detail="this is not a call as Huotong makes them")
_UNSURE = Problem(
    code="unavailable", status=503, detail="the connection was lost; see whether it was done before asking again"
)
"""A command without a key that may have been started before: it is not risked a second time."""


def run_service(service: Service, settings: Settings) -> int:
    """Run one process of a service until it is told to stop; its exit code, 1 when it never became ready."""
    configure(settings.log_level)
    process = ServiceProcess(service, settings)
    if settings.metrics_port is not None:
        start_observing(settings.metrics_address, settings.metrics_port, process.readiness)
    until = time.monotonic() + settings.start_seconds
    try:
        wait_for("database", partial(check_database, process.database), until)
        wait_for("broker", partial(check_broker, settings.broker_url, rpc_queue(service.name)), until)
    except NeverReady as error:
        log.error("never became ready", extra={"service": service.name, "fault": str(error)})  # noqa: TRY400
        return 1
    return run_container(nameko_class(process), {"max_workers": settings.workers})
