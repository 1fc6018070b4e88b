"""What every answer tells a browser not to do with it: guess its type, frame it, load anything for it, tell others."""

from flask import Flask, Response

NOTHING = "default-src 'none'; frame-ancestors 'none'"
"""The content policy of all that is no page."""
PAGE = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
"""The content policy of the pages of `documents.py`: what they need comes from here."""
_SAME = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def protect(app: Flask) -> None:
    """Let every answer of `app` say so; a page has set its own content policy before."""

    @app.after_request
    def add(response: Response) -> Response:
        response.headers.extend(_SAME)
        response.headers.setdefault("Content-Security-Policy", NOTHING)
        return response
