"""HTTP without a wire: requests to a gateway of this process, answered by a call of its application."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from io import BytesIO
from sys import stderr
from typing import Any
from urllib.parse import unquote_to_bytes, urlencode, urlsplit

import requests
from requests.adapters import BaseAdapter

from shared.kernel.jsontext import json_bytes, json_value

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
_PLAIN_NAMES = ("CONTENT_TYPE", "CONTENT_LENGTH")
_FIRST_FAULT = HTTPStatus.BAD_REQUEST


@dataclass(frozen=True)
class Answer:
    """What the application answered, as far as a client asks."""

    status_code: int
    content: bytes

    @property
    def ok(self) -> bool:
        """Whether it is no problem."""
        return self.status_code < _FIRST_FAULT

    @property
    def text(self) -> str:
        """The body as text."""
        return self.content.decode(errors="replace")

    def json(self) -> Any:
        """The body as JSON; raises ValueError where it is none."""
        return json_value(self.content)


class InProcess(BaseAdapter):
    """Gives requests to a WSGI application, in the thread that asks: those of `requests`, and plain ones quicker."""

    def __init__(self, application: Application, at_once: int = 1) -> None:
        """`at_once`: how many processes have a part in the answers, and so how many gain by being asked for at once."""
        super().__init__()
        self._application, self.at_once = application, at_once

    def ask(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: Any = None,
        query: Mapping[str, Any] | None = None,
    ) -> Answer:
        """The answer to a request with a JSON body or query fields, none of which is None."""
        sent = b"" if body is None else json_bytes(body)
        environ = _environ(method, url, sent)
        if sent:
            environ |= {"CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(sent))}
        if query:
            environ["QUERY_STRING"] = urlencode(query, doseq=True)
        status, _, content = self._answer(environ | {_name(name): value for name, value in headers.items()})
        return Answer(status, content)

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: FBT001, FBT002 - requests' own signature
        timeout: float | tuple[float, float] | tuple[float, None] | None = None,
        verify: bool | str = True,  # noqa: FBT001, FBT002
        cert: bytes | str | tuple[bytes | str, bytes | str] | None = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """The application's answer, read whole."""
        body = request.body or b""
        environ = _environ(request.method or "", request.url or "", body.encode() if isinstance(body, str) else body)
        status, headers, content = self._answer(
            environ | {_name(name): value for name, value in request.headers.items()}
        )
        answer = requests.Response()
        answer.request, answer.url = request, request.url or ""
        answer.status_code, answer.reason = status, HTTPStatus(status).phrase
        answer.headers.update(headers)
        answer.raw = BytesIO(content)
        answer.encoding = "utf-8"
        return answer

    def close(self) -> None:
        """There is nothing to close."""

    def _answer(self, environ: dict[str, Any]) -> tuple[int, list[tuple[str, str]], bytes]:
        """Status, headers and body of what the application answers."""
        begun: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], _error: object = None) -> None:
            begun.append((status, headers))

        parts = self._application(environ, start_response)
        try:
            content = b"".join(parts)
        finally:
            if close := getattr(parts, "close", None):
                close()
        status, headers = begun[-1]
        return int(status.split(" ", 1)[0]), headers, content


def _environ(method: str, address: str, body: bytes) -> dict[str, Any]:
    """A request as WSGI has it (PEP 3333): paths are bytes read as Latin-1."""
    url = urlsplit(address)
    return {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(url.path).decode("latin-1"),
        "QUERY_STRING": url.query,
        "SERVER_NAME": url.hostname,
        "SERVER_PORT": str(url.port or 80),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": url.scheme,
        "wsgi.input": BytesIO(body),
        "wsgi.errors": stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


@cache
def _name(header: str) -> str:
    """What WSGI calls a header."""
    plain = header.upper().replace("-", "_")
    return plain if plain in _PLAIN_NAMES else f"HTTP_{plain}"
