"""The gateway as a WSGI application over a port: the same for both runtimes."""

import re
import time
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from gateway.authentication import Authentication
from gateway.batches import SUFFIX, is_batched
from gateway.documents import add_documents
from gateway.door import Door
from gateway.headers import protect
from gateway.health import add_health
from gateway.identity.attempts import LoginGuard
from gateway.local import LocalFirst
from gateway.problems import answer_problems
from gateway.settings import GatewaySettings
from gateway.tracking import track
from shared.contracts.operations import Contract, Operation
from shared.runtime.dispatch import Dispatcher
from shared.runtime.port import Port


def create_app(
    port: Port,
    identity: Dispatcher,
    contracts: Iterable[Contract],
    settings: GatewaySettings | None = None,
    *,
    sleep: Callable[[float], None] = time.sleep,
) -> Flask:
    """The gateway of the services behind `port`, with every operation of `contracts` and of identity.

    `identity` carries out identity's own operations in this process; its clock is the gateway's. `sleep` is how the
    gateway waits for what a service has not heard of yet.
    """
    settings = settings or GatewaySettings()
    authentication = Authentication(identity.database, identity.clock, settings.known_for)
    inside = LocalFirst(port, identity, authentication.forget)
    guard = LoginGuard(identity.database, identity.clock)
    app = Flask("gateway", static_folder=None)
    app.url_map.merge_slashes = False
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies)  # type: ignore[method-assign]
    track(app, identity.clock, identity.ids)
    protect(app)
    answer_problems(app)
    own = identity.service.contract
    mounted = [*(contract for contract in contracts if contract.service != own.service), own]
    _mount(app, Door(inside, authentication, guard, identity.clock, settings, sleep), mounted)
    add_health(app, inside)
    add_documents(app, mounted)
    return app


def _mount(app: Flask, door: Door, contracts: Iterable[Contract]) -> None:
    for contract in contracts:
        for operation in contract.operations.values():
            endpoint, rule = f"{operation.service}/{operation.name}", _rule(operation)
            app.add_url_rule(rule, endpoint, door.view(operation), methods=[operation.method])
            if is_batched(operation):
                app.add_url_rule(rule + SUFFIX, endpoint + SUFFIX, door.batch_view(operation), methods=["POST"])


def _rule(operation: Operation[Any, Any]) -> str:
    return re.sub(r"{(\w+)}", r"<\1>", operation.path)
