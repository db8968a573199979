"""The Datasette plugin. It acts only in a Datasette that `advocacy-monitor browse` has set up, never in another one.

Its guards hold whatever else is installed: the database is read-only on every connection, no second file can be
attached, only a browser on this machine is answered, pages load nothing from elsewhere, and an error prints nobody's
words.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Generator, MutableMapping
from datetime import datetime
from typing import Any, TypeVar

from datasette import hookimpl
from markupsafe import Markup

PLUGIN = "advocacy-monitor"
"""The plugin's name in Datasette's configuration."""

STATIC = "-/desk"
"""Where `static/` is mounted."""

_HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]"})
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
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

# Datasette carries no types.
_hook: Callable[[_Function], _Function] = hookimpl
_hook_around_others: Callable[[_Function], _Function] = hookimpl(hookwrapper=True)


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
def render_cell(value: Any, column: str, database: str, datasette: Any) -> Markup | None:
    """Shows a statement's number as a link to it and a time to the minute; all else is left to Datasette."""
    if database != _database(datasette):
        return None
    if column in ("item", "item_id"):
        return _statement(value, lambda number: datasette.urls.row(database, "items", str(number)))
    return _time(value) if column.endswith("_at") and isinstance(value, str) else None


def _statement(value: Any, address: Callable[[int], str]) -> Markup | None:
    """A link to a statement; where Datasette has looked its text up, that text cut to a line."""
    number, label = (value.get("value"), value.get("label")) if isinstance(value, dict) else (value, None)
    if not isinstance(number, int):
        return None
    if label is None:
        return Markup('<a href="{}">{}</a>').format(address(number), number)
    text = " ".join(str(label).split())
    text = text if len(text) <= _LABEL else text[: _LABEL - 1] + "…"
    return Markup('<a href="{}" class="statement">{}</a> <em>{}</em>').format(address(number), text, number)


def _time(value: str) -> Markup | None:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return Markup('<time datetime="{}">{:%Y-%m-%d %H:%M}</time>').format(value, moment)


@_hook_around_others
def handle_exception(datasette: Any, request: Any, exception: Exception) -> Generator[None, Any, None]:
    """Answers in the place of Datasette's own handler, which would print people's words to the terminal."""
    from advocacy_monitor.desk.error_page import explain

    outcome = yield
    if _database(datasette) is not None:
        outcome.force_result([explain(datasette, request, exception)])


@_hook
def asgi_wrapper(datasette: Any) -> Callable[[_App], _App]:
    """Puts the door in front of the pages."""

    def wrap(app: _App) -> _App:
        return app if _database(datasette) is None else _door(app)

    return wrap


def _door(app: _App) -> _App:
    """Answers only readers who ask for this machine by a local name.

    A page from elsewhere can point a name of its own at 127.0.0.1 and read what a browser on this machine may read;
    the name that it asks for gives it away.
    """
    ours = {name for name, _ in _HEADERS}

    async def answer(scope: _Message, receive: _Receive, send: _Send) -> None:
        async def send_with_headers(message: _Message) -> None:
            if message["type"] == "http.response.start":
                kept = [(name, value) for name, value in message.get("headers", ()) if bytes(name).lower() not in ours]
                message = {**message, "headers": [*kept, *_HEADERS]}
            await send(message)

        if scope["type"] != "http":
            await app(scope, receive, send)
        elif _host(scope) not in _HOSTS:
            await _refuse(send_with_headers, 403, "The desk answers only on its own machine, at http://127.0.0.1")
        elif scope["method"] not in _READING:
            await _refuse(send_with_headers, 405, "The desk only reads.")
        else:
            await app(scope, receive, send_with_headers)

    return answer


async def _refuse(send: _Send, status: int, why: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": f"{why}\n".encode()})


def _host(scope: _Message) -> str:
    """The name in a request's Host header, without the port."""
    host: str = next((value for name, value in scope["headers"] if name == b"host"), b"").decode("latin-1").lower()
    return host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
