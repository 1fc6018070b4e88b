"""Problems on the wire (RFC 9457): one shape for everything that goes wrong, in Chinese or English."""

import logging
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, g, request
from marshmallow import ValidationError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from gateway.answers import json_response
from gateway.refusals import Refused
from shared.contracts.message import Json
from shared.kernel.errors import DomainError
from shared.runtime.port import Problem
from shared.runtime.problems import problem_of
from shared.storage.database import is_passing

log = logging.getLogger(__name__)
CONTENT_TYPE = "application/problem+json"

TITLES: dict[int, tuple[str, str]] = {
    400: ("请求有误", "Bad request"),
    401: ("需要登录", "Authentication required"),
    403: ("没有权限", "Not allowed"),
    404: ("未找到", "Not found"),
    405: ("方法不允许", "Method not allowed"),
    409: ("与当前状态冲突", "In conflict with the present state"),
    412: ("版本已过期", "Stale version"),
    413: ("请求体过大", "Body too large"),
    415: ("不支持的内容类型", "Unsupported content type"),
    422: ("输入不符合要求", "Input does not fit"),
    428: ("需要 If-Match", "If-Match required"),
    429: ("请求过多", "Too many requests"),
    500: ("内部错误", "Internal error"),
    503: ("暂不可用", "Not available now"),
    504: ("超时", "Timed out"),
}


def language() -> str:
    """`zh` or `en`: what the client asks for, else the principal's own, else English."""
    chosen = request.accept_languages.best_match(["zh", "en"])
    return chosen or str(g.get("locale", "en"))


def problem_response(problem: Problem, headers: dict[str, str] | None = None, **more: Any) -> Response:
    """The answer that is a problem document, with `more` members where a kind of problem has some."""
    response = json_response({**problem_document(problem), **more}, problem.status, CONTENT_TYPE)
    response.headers["Content-Language"] = language()
    response.headers["Vary"] = "Accept-Language, Authorization"
    if problem.code in ("in_progress", "busy", "unavailable"):
        response.headers["Retry-After"] = "1"
    response.headers.update(headers or {})
    return response


def problem_document(problem: Problem) -> Json:
    """A problem as clients read it (RFC 9457)."""
    fallback = HTTPStatus(problem.status).phrase
    zh, en = TITLES.get(problem.status, (fallback, fallback))
    return {
        "type": f"urn:huotong:problem:{problem.code}",
        "title": zh if language() == "zh" else en,
        "status": problem.status,
        "detail": problem.detail,
        "code": problem.code,
        "request_id": g.get("request_id", ""),
        "errors": problem.errors,
    }


def answer_problems(app: Flask) -> None:
    """Turn every error into a problem document; what no one expected is logged and told without its inside."""

    @app.errorhandler(Refused)
    def refused(error: Refused) -> Response:
        return problem_response(error.problem, error.headers)

    @app.errorhandler(DomainError)
    @app.errorhandler(ValidationError)
    def expected(error: Exception) -> Response:
        problem = problem_of(error)
        return problem_response(problem) if problem else unexpected(error)

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response:
        status = error.code or 500
        code = HTTPStatus(status).phrase.lower().replace(" ", "_")
        allow = {"Allow": ", ".join(sorted(error.valid_methods or ()))} if isinstance(error, MethodNotAllowed) else {}
        return problem_response(Problem(code=code, status=status, detail=TITLES.get(status, ("", code))[1]), allow)

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> Response:
        if is_passing(error):
            log.warning("passing fault", extra={"request": g.get("request_id"), "fault": str(error)})
            return problem_response(Problem(code="unavailable", status=503, detail="a part is away; try again"))
        log.error("unexpected error", exc_info=error, extra={"request": g.get("request_id")})
        return problem_response(
            Problem(code="internal_error", status=500, detail="an error inside Huotong; it is logged")
        )
