"""Strict headers on every answer: nothing from elsewhere is loaded, and only the named websites may frame the form."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_YEAR = "public, max-age=31536000, immutable"


class StrictHeaders:
    """ASGI middleware. `frames` are the websites that may show the form inside a page of theirs."""

    def __init__(self, app: ASGIApp, *, frames: Sequence[str] = ()) -> None:
        self._app = app
        origins = dict.fromkeys(f"{parts.scheme}://{parts.netloc}" for parts in map(urlsplit, frames))
        ancestors = " ".join(["'self'", *origins]) if origins else "'none'"
        self._headers = {
            "content-security-policy": (
                "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
                f"form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}"
            ),
            "x-content-type-options": "nosniff",
            "referrer-policy": "no-referrer",
            "permissions-policy": "camera=(), geolocation=(), microphone=(), interest-cohort=()",
            "cross-origin-opener-policy": "same-origin",
            "x-robots-tag": "noarchive",
        }
        if not origins:
            self._headers["x-frame-options"] = "DENY"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                if scope.get("query_string", b"").startswith(b"v=") and message["status"] == 200:
                    headers.setdefault("cache-control", _YEAR)  # pages have said that nobody may keep them
            await send(message)

        await self._app(scope, receive, sending)
