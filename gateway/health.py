"""Whether this process lives, whether it can serve, and what it measures."""

from flask import Flask, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from gateway.answers import json_response
from gateway.problems import problem_response
from shared.runtime.port import Port, Problem


def add_health(app: Flask, port: Port) -> None:
    """Mount `/livez`, `/readyz` and `/metrics`; none needs a login."""

    @app.get("/livez")
    def livez() -> Response:
        return json_response({"status": "live"})

    @app.get("/readyz")
    def readyz() -> Response:
        parts = port.readiness()
        missing = sorted(name for name, state in parts.items() if state != "ready")
        if not missing:
            return json_response({"status": "ready", "parts": parts})
        detail = f"not ready: {', '.join(f'{name} ({parts[name]})' for name in missing)}"
        return problem_response(Problem(code="not_ready", status=503, detail=detail), parts=parts)

    @app.get("/metrics")
    def metrics() -> Response:
        return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)
