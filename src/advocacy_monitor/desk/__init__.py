"""The Datasette plugin. It acts only in a Datasette that `advocacy-monitor browse` has set up, never in another one.

Its guards hold whatever else is installed: the database is read-only on every connection, no second file can be
attached, only a browser on this machine is answered, and pages load nothing from elsewhere.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeVar

from datasette import hookimpl
from markupsafe import Markup, escape

PLUGIN = "advocacy-monitor"
"""The plugin's name in Datasette's configuration."""

STATIC = "-/desk"
"""Where `static/` is mounted."""

_HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]"})
_HEADERS = [
    # Datasette's own pages hold scripts inside; from elsewhere nothing is loaded and nothing is sent.
    (
        b"content-security-policy",
        b"default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
        b"img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
]
_LABEL = 120

_Message = MutableMapping[str, Any]
_Receive = Callable[[], Awaitable[_Message]]
_Send = Callable[[_Message], Awaitable[None]]
_App = Callable[[_Message, _Receive, _Send], Awaitable[None]]
_Function = TypeVar("_Function", bound=Callable[..., Any])

_hook: Callable[[_Function], _Function] = hookimpl  # Datasette carries no types


def _database(datasette: Any) -> str | None:
    """The name of the campaign's database, or None in a Datasette that is not ours."""
    settings: dict[str, str] = datasette.plugin_config(PLUGIN) or {}
    return settings.get("database")


@_hook
def extra_css_urls(datasette: Any) -> list[str]:
    """The desk's look, and a banner on every page of a campaign with sample data."""
    if _database(datasette) is None:
        return []
    sheets = ["desk.css", "sample.css"] if datasette.plugin_config(PLUGIN)["sample"] else ["desk.css"]
    return [datasette.urls.path(f"{STATIC}/{name}") for name in sheets]


@_hook
def prepare_connection(conn: sqlite3.Connection, database: str, datasette: Any) -> None:
    """Makes every connection read-only, the one for writing too, and keeps other files out of reach."""
    if database == _database(datasette):
        conn.execute("PRAGMA query_only = ON")
        conn.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)


@_hook
def render_cell(value: Any, column: str, table: str | None, database: str, datasette: Any) -> Markup | None:
    """Shows a statement's number as a link to it; the label of a foreign key is its text, cut to a line."""
    if database != _database(datasette) or column not in ("item", "item_id"):
        return None
    number, label = (value.get("value"), value.get("label")) if isinstance(value, dict) else (value, None)
    if not isinstance(number, int):
        return None
    link = datasette.urls.row(database, "items", str(number))
    if label is None:
        return Markup('<a href="{}">{}</a>').format(link, number)
    text = " ".join(str(label).split())
    text = text if len(text) <= _LABEL else text[: _LABEL - 1] + "…"
    return Markup('<a href="{}" class="statement">{}</a> <em>{}</em>').format(link, escape(text), number)


@_hook
def asgi_wrapper(datasette: Any) -> Callable[[_App], _App]:
    """Puts the door in front of the pages."""

    def wrap(app: _App) -> _App:
        return app if _database(datasette) is None else _door(app)

    return wrap


def _door(app: _App) -> _App:
    """Answers only who asks for this machine by a local name.

    A page from elsewhere can point a name of its own at 127.0.0.1 and read what a browser on this machine may read;
    the name that it asks for gives it away.
    """

    async def answer(scope: _Message, receive: _Receive, send: _Send) -> None:
        async def send_with_headers(message: _Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), *_HEADERS]}
            await send(message)

        if scope["type"] != "http" or _host(scope) in _HOSTS:
            await app(scope, receive, send_with_headers if scope["type"] == "http" else send)
            return
        body = b"This desk answers only on this machine, at http://127.0.0.1 or http://localhost.\n"
        await send({"type": "http.response.start", "status": 403, "headers": [(b"content-type", b"text/plain")]})
        await send({"type": "http.response.body", "body": body})

    return answer


def _host(scope: _Message) -> str:
    """The name in a request's Host header, without the port."""
    host: str = next((value for name, value in scope["headers"] if name == b"host"), b"").decode("latin-1").lower()
    return host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
