"""Ways to call the gateway that cost little themselves, so that what is measured is Huotong."""

import io
import json
import uuid
from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from http.client import HTTPConnection
from typing import Any, Protocol
from urllib.parse import quote, urlencode

from flask import Flask

from services.commands.client import to_json
from shared.contracts.operations import Operation

Json = dict[str, Any]
_LISTED = 1000
_PATIENCE_SECONDS = 60


class Unexpected(Exception):
    """The gateway answered otherwise than the measurement needs."""


class Caller(Protocol):
    """Someone signed in at a gateway."""

    def do(self, operation: Operation[Any, Any], **fields: Any) -> Json:
        """Call an operation that must succeed; its answer."""
        ...


def rows(caller: Caller, operation: Operation[Any, Any], **filters: Any) -> Iterator[Json]:
    """Every row of a list, page after page."""
    cursor = None
    while True:
        page = caller.do(operation, limit=_LISTED, cursor=cursor, **filters)
        yield from page["data"]
        if not page["has_more"]:
            return
        cursor = page["next_cursor"]


def written(operation: Operation[Any, Any], fields: Json) -> tuple[str, str, bytes]:
    """Path, query and body of a call."""
    given = {name: to_json(value) for name, value in fields.items() if value is not None}
    path = operation.path
    for name in operation.path_parameters:
        path = path.replace(f"{{{name}}}", quote(str(given.pop(name)), safe=""))
    if operation.writes:
        return path, "", json.dumps(given).encode()
    return path, urlencode({name: str(value).lower() if value is True else value for name, value in given.items()}), b""


class Wire:
    """Calls a gateway over one kept connection; for one thread."""

    def __init__(self, port: int, token: str) -> None:
        self._http = HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_SECONDS)
        self._headers = {"Authorization": f"Bearer {token}"}

    def do(self, operation: Operation[Any, Any], **fields: Any) -> Json:
        """Call an operation that must succeed; its answer."""
        path, query, body = written(operation, fields)
        headers = dict(self._headers)
        if operation.writes:
            headers["Content-Type"] = "application/json"
        if operation.key != "none":
            headers["Idempotency-Key"] = str(uuid.uuid4())
        self._http.request(operation.method, f"{path}?{query}" if query else path, body or None, headers)
        answer = self._http.getresponse()
        text = answer.read()
        if answer.status >= HTTPStatus.BAD_REQUEST:
            raise Unexpected(f"{operation.name}: {answer.status} {text.decode()}")
        found: Json = json.loads(text)
        return found


class InProcess:
    """Calls the gateway's WSGI application in this thread: everything a request passes but the sockets."""

    def __init__(self, app: Flask, token: str = "") -> None:
        self._app, self._authorization = app, f"Bearer {token}"

    def do(self, operation: Operation[Any, Any], **fields: Any) -> Json:
        """Call an operation that must succeed; its answer."""
        path, query, body = written(operation, fields)
        answered: list[Any] = []

        def start(status: str, _headers: object, _error: object = None, /) -> Callable[[bytes], object]:
            answered.append(status)
            return answered.append  # what the old `write` callable of WSGI is for no one uses

        environ = self._environ(operation, path, query, body)
        parts: Iterable[bytes] = self._app.wsgi_app(environ, start)
        text = b"".join(parts)
        if not answered[0].startswith("2"):
            raise Unexpected(f"{operation.name}: {answered[0]} {text.decode()}")
        answer: Json = json.loads(text)
        return answer

    def _environ(self, operation: Operation[Any, Any], path: str, query: str, body: bytes) -> Json:
        environ = {
            "REQUEST_METHOD": operation.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_AUTHORIZATION": self._authorization,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        if operation.writes:
            environ |= {"CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(body))}
        if operation.key != "none":
            environ["HTTP_IDEMPOTENCY_KEY"] = str(uuid.uuid4())
        return environ
