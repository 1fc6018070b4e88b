"""What every request leaves behind: its id and trace, headers every answer has, a log line, a measurement."""

import logging
import time

from flask import Flask, Response, g, request

from gateway import requests
from shared.kernel.clocks import Clock
from shared.kernel.ids import IdSource
from shared.telemetry.metrics import REQUEST_SECONDS
from shared.telemetry.tracing import continued, trace_id

log = logging.getLogger(__name__)


def track(app: Flask, clock: Clock, ids: IdSource) -> None:
    """Let `app` do so for all requests."""

    @app.before_request
    def begin() -> None:
        g.started = time.perf_counter()
        g.request_id = requests.request_id(request) or ids.new(clock.now())
        g.traceparent = continued(request.headers.get("traceparent"))

    @app.after_request
    def finish(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.request_id
        if standing := g.get("standing"):
            response.headers.update(standing.headers)
        seconds = time.perf_counter() - g.started
        operation = g.get("operation", request.endpoint or "none")
        REQUEST_SECONDS.labels(operation, str(response.status_code)).observe(seconds)
        log.info("request", extra=_line(response, operation, seconds))
        return response


def _line(response: Response, operation: str, seconds: float) -> dict[str, object]:
    return {
        "request": g.request_id,
        "trace": trace_id(g.traceparent),
        "operation": operation,
        "method": request.method,
        "path": request.path,
        "principal": g.get("principal"),
        "status": response.status_code,
        "ms": round(seconds * 1000, 1),
    }
