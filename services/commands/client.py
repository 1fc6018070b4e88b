"""A client of the gateway, over HTTP as any other: what replay, audit and the demo company use."""

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import requests
from requests.adapters import BaseAdapter, HTTPAdapter

from services.commands.in_process import Answer, InProcess
from services.commands.patience import Patience
from shared.contracts.fields import decimal_text
from shared.contracts.operations import Operation

Json = dict[str, Any]
_Sent = tuple[Json | None, Json | None]
"""A body, or the fields of a query."""
_TIMEOUT = (5, 60)
_ROWS = 1000
_SIDE_BY_SIDE = 4
_AWAY = (502, 503, 504)
_CUT_OFF = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)
_STILL_RUNNING = "in_progress"
"""What the gateway says when an earlier try of the same request has not ended yet."""


def steadfast() -> Patience:
    """A client's own: as long as a server takes to start again, with room."""
    return Patience(seconds=60, longest=2)


class Refused(Exception):
    """The gateway answered with a problem."""

    def __init__(self, operation: str, problem: Json) -> None:
        self.operation, self.problem = operation, problem
        where = "; ".join(f"{fault['pointer']} {fault['message']}" for fault in problem.get("errors", ())[:3])
        super().__init__(f"{operation}: {problem.get('status')} {self.code}: {problem.get('detail')} {where}".rstrip())

    @property
    def code(self) -> str:
        """The stable code of why."""
        return str(self.problem.get("code", "unknown"))


@dataclass(frozen=True)
class Login:
    """A person's name and password, for one company."""

    login: str
    password: str
    company: str | None = None


class Client:
    """One person or machine at one gateway; keeps its connections open.

    `patience` is what each call has with a gateway or a service that is away; `way` is how it is reached, where that
    is not by the network.
    """

    def __init__(
        self,
        url: str,
        token: str,
        company: str | None = None,
        patience: Callable[[], Patience] = steadfast,
        way: BaseAdapter | None = None,
    ) -> None:
        self.url, self.company, self._patience, self._way = url.rstrip("/"), company, patience, way
        self._own = {"Authorization": f"Bearer {token}"} | ({"Huotong-Company": company} if company else {})
        self._http = _connected(way)
        self._http.headers.update(self._own)

    @classmethod
    def log_in(
        cls, url: str, login: Login, way: BaseAdapter | None = None, patience: Callable[[], Patience] = steadfast
    ) -> "Client":
        """A client with a session of this person; raises Refused."""
        body = {"login": login.login, "password": login.password}
        with _connected(way) as http:
            answer = http.post(f"{url.rstrip('/')}/v1/identity/sessions", json=body, timeout=_TIMEOUT)
        if not answer.ok:
            raise Refused("log_in", _problem(answer))
        return cls(url, answer.json()["token"], login.company, patience, way)

    def with_token(self, token: str) -> "Client":
        """A client at the same gateway and in the same company with another token."""
        return Client(self.url, token, self.company, self._patience, self._way)

    @property
    def at_once(self) -> int:
        """How many calls gain by being made side by side: where this process answers, they only take turns."""
        return self._way.at_once if isinstance(self._way, InProcess) else _SIDE_BY_SIDE

    def do(
        self, operation: Operation[Any, Any], *, dated: date | None = None, key: str | None = None,
        if_match: int | None = None, **fields: Any,
    ) -> Json:  # fmt: skip
        """Call an operation with these fields; its body. Raises Refused.

        A write without `key` gets a random one, so that a retry after a lost answer has no second effect.
        """
        path = operation.path
        for name in operation.path_parameters:
            path = path.replace(f"{{{name}}}", quote(str(fields.pop(name)), safe=""))
        headers = self._headers(operation, dated, key, if_match)
        plain = {name: to_json(value) for name, value in fields.items() if value is not None}
        sent: _Sent = (plain, None) if operation.writes else (None, _query(plain))
        answer = self._send(operation, self.url + path, headers, sent)
        if not answer.ok:
            raise Refused(operation.name, _problem(answer))
        body: Json = answer.json()
        return body

    def rows(self, operation: Operation[Any, Any], **filters: Any) -> Iterator[Json]:
        """Every row of a list, page after page."""
        cursor = None
        while True:
            found = self.do(operation, limit=_ROWS, cursor=cursor, **filters)
            yield from found["data"]
            cursor = found["next_cursor"]
            if not found["has_more"]:
                return

    def _send(
        self, operation: Operation[Any, Any], url: str, headers: Mapping[str, str], sent: _Sent
    ) -> requests.Response | Answer:
        """The answer; asked again, under the same key, while the gateway or a service is away.

        A write that takes no key is not asked again once it may have arrived: no one could tell a second one.
        """
        patience = self._patience()
        harmless = not operation.writes or operation.key != "none"
        while True:
            try:
                answer = self._asked(operation.method, url, headers, *sent)
            except _CUT_OFF:
                if not harmless or patience.over:
                    raise
            else:
                if not (harmless and _later(answer)) or patience.over:
                    return answer
            patience.pause()

    def _asked(
        self, method: str, url: str, headers: Mapping[str, str], body: Json | None, query: Json | None
    ) -> requests.Response | Answer:
        if isinstance(self._way, InProcess):
            return self._way.ask(method, url, {**self._own, **headers}, body, query)
        return self._http.request(method, url, headers=headers, json=body, params=query, timeout=_TIMEOUT)

    def _headers(
        self, operation: Operation[Any, Any], dated: date | None, key: str | None, if_match: int | None
    ) -> Mapping[str, str]:
        headers = {}
        if operation.key != "none":
            headers["Idempotency-Key"] = key or str(uuid.uuid4())
        if dated:
            headers["Huotong-Business-Date"] = dated.isoformat()
        if if_match is not None:
            headers["If-Match"] = f'"{if_match}"'
        return headers


def _connected(way: BaseAdapter | None) -> requests.Session:
    http = requests.Session()
    http.mount("http://", way or HTTPAdapter(pool_connections=1, pool_maxsize=16))
    http.trust_env = way is None
    return http


def to_json(value: Any) -> Any:
    """A Python value as the API writes it."""
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [to_json(each) for each in value]
    if isinstance(value, dict):
        return {name: to_json(each) for name, each in value.items()}
    return value


def _query(fields: Json) -> Json:
    return {name: str(value).lower() if isinstance(value, bool) else value for name, value in fields.items()}


def _later(answer: requests.Response | Answer) -> bool:
    """Whether the same request may be answered otherwise in a moment."""
    if answer.status_code in _AWAY:
        return True
    return answer.status_code == HTTPStatus.CONFLICT and _problem(answer).get("code") == _STILL_RUNNING


def _problem(answer: requests.Response | Answer) -> Json:
    try:
        problem: Json = answer.json()
    except ValueError:
        problem = {"status": answer.status_code, "code": "no_answer", "detail": answer.text[:200]}
    return problem
