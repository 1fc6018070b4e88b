"""HTTP without a wire: requests to a gateway of this process, answered by a call of its application."""

from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from io import BytesIO
from sys import stderr
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

import requests
from requests.adapters import BaseAdapter

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class InProcess(BaseAdapter):
    """Gives what `requests` sends to a WSGI application, in the thread that asks."""

    def __init__(self, application: Application) -> None:
        super().__init__()
        self._application = application

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
        answer = requests.Response()
        answer.request, answer.url = request, request.url or ""

        def start_response(status: str, headers: list[tuple[str, str]], _error: object = None) -> None:
            answer.status_code = int(status.split(" ", 1)[0])
            answer.reason = HTTPStatus(answer.status_code).phrase
            answer.headers.update(headers)

        parts = self._application(_environ(request), start_response)
        try:
            answer.raw = BytesIO(b"".join(parts))
        finally:
            if close := getattr(parts, "close", None):
                close()
        answer.encoding = "utf-8"
        return answer

    def close(self) -> None:
        """There is nothing to close."""


def _environ(request: requests.PreparedRequest) -> dict[str, Any]:
    """The request as WSGI has it (PEP 3333): paths and headers are bytes read as Latin-1."""
    url = urlsplit(request.url or "")
    body = request.body or b""
    body = body.encode() if isinstance(body, str) else body
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
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
    for name, value in request.headers.items():
        plain = name.upper().replace("-", "_")
        environ[plain if plain in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{plain}"] = value
    return environ
