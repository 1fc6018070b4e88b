"""The documents the gateway serves about itself, for programs and for people, with no outside request."""

from collections.abc import Sequence
from html import escape
from pathlib import Path

import flask_swagger_ui
from flask import Flask, Response, redirect, send_from_directory
from werkzeug.wrappers import Response as AnyResponse

from gateway.answers import json_response
from gateway.asyncapi import asyncapi
from gateway.headers import PAGE
from gateway.openapi import openapi
from gateway.refusals import refuse
from gateway.schemas import schemas
from shared.contracts.message import Json
from shared.contracts.operations import Contract

_SWAGGER = Path(flask_swagger_ui.__file__).parent / "dist"
_STYLE = "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
_EVENTS_HEAD = f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Huotong 货通 · events</title><style>{_STYLE}</style></head>
<body><h1>Huotong 货通 · events</h1>
<p>CloudEvents 1.0, structured JSON; the whole in <a href="/asyncapi.json">AsyncAPI 3</a>.</p>
"""
_DOCS_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Huotong 货通 · API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css"><link rel="icon" href="/docs/favicon-32x32.png"></head>
<body><div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></body></html>
"""
_START = """window.onload = () => SwaggerUIBundle({
  url: "/openapi.json", dom_id: "#swagger-ui", deepLinking: true, validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis],
});
"""


def add_documents(app: Flask, contracts: Sequence[Contract]) -> None:
    """Mount `/docs`, `/openapi.json`, `/asyncapi.json`, `/schemas/…` and `/events/docs`, all made once."""
    api, events, by_file = openapi(contracts), asyncapi(contracts), schemas(contracts)
    _add_json(app, "/openapi.json", api)
    _add_json(app, "/asyncapi.json", events)

    @app.get("/schemas/<name>")
    def schema(name: str) -> Response:
        if name not in by_file:
            raise refuse(404, "not_found", "no event of that type and version")
        return json_response(by_file[name], content_type="application/schema+json")

    page = _events_page(contracts)

    @app.get("/events/docs")
    def events_docs() -> Response:
        return _html(page)

    _add_swagger(app)


def _add_json(app: Flask, path: str, document: Json) -> None:
    def view() -> Response:
        return json_response(document)

    app.add_url_rule(path, endpoint=path.strip("/").replace(".", "_"), view_func=view)


def _add_swagger(app: Flask) -> None:
    @app.get("/")
    def root() -> AnyResponse:
        return redirect("/docs")

    @app.get("/docs")
    def docs() -> Response:
        return _html(_DOCS_PAGE)

    @app.get("/docs/start.js")
    def start() -> Response:
        return Response(_START, content_type="text/javascript; charset=utf-8")

    @app.get("/docs/<name>")
    def docs_file(name: str) -> Response:
        return send_from_directory(_SWAGGER, name)


def _html(text: str) -> Response:
    response = Response(text, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = PAGE
    return response


def _events_page(contracts: Sequence[Contract]) -> str:
    """A plain page of every event: what it says, its key, its schema."""
    parts = []
    for contract in contracts:
        if contract.events:
            parts.append(
                f"<h2>{escape(contract.zh)} · {escape(contract.en)} <code>{contract.service}.events</code></h2>"
            )
        parts += [
            f"<h3>{escape(event.zh)} · {escape(event.en)}</h3><p>{escape(event.payload.__doc__ or '')}</p>"
            f"<p><code>{event.routing_key}</code> · <a href='/schemas/{event.type}.json'>{event.type}</a></p>"
            for event in contract.events.values()
        ]
    return f"{_EVENTS_HEAD}{''.join(parts)}</body></html>"
