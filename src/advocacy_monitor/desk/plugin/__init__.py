"""The Datasette plugin: the staff desk in front of a campaign's database.

It acts only in a Datasette that `advocacy-monitor browse` has set up, or whose configuration names a campaign
(`plugins: advocacy-monitor: {campaign: config.yaml}`), never in another one. Its connections to the database are
read-only, no second file can be attached, and an error prints nobody's words.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Generator
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

from datasette import hookimpl
from markupsafe import Markup

if TYPE_CHECKING:
    from advocacy_monitor.desk.context import Desk
    from advocacy_monitor.desk.gate import App

PLUGIN = "advocacy-monitor"
"""The plugin's name in Datasette's configuration."""

DESKS: WeakKeyDictionary[Any, Desk] = WeakKeyDictionary()
"""The desk of each Datasette of this process that has one."""

_LABEL = 120
_Function = TypeVar("_Function", bound=Callable[..., Any])

# Datasette carries no types.
_hook: Callable[[_Function], _Function] = hookimpl
_hook_around_others: Callable[[_Function], _Function] = hookimpl(hookwrapper=True)


def _database(datasette: Any) -> str | None:
    """The name of the campaign's database, or None in a Datasette that is not ours."""
    desk = DESKS.get(datasette)
    return desk.loaded.database.stem if desk else None


@_hook
def extra_css_urls(datasette: Any) -> list[str]:
    """Datasette's own pages in the desk's look, and a banner on every page of a campaign with sample data."""
    desk = DESKS.get(datasette)
    if desk is None:
        return []
    sheets = ["tables.css", *(["sample.css"] if desk.loaded.config.campaign.sample_data else [])]
    return [datasette.urls.path(f"-/desk/static/{name}") for name in sheets]


@_hook
def prepare_connection(conn: sqlite3.Connection, database: str, datasette: Any) -> None:
    """Makes every connection read-only, the one for writing too, and keeps other files out of reach."""
    if database == _database(datasette):
        conn.execute("PRAGMA query_only = ON")
        conn.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)


@_hook
def actor_from_request(datasette: Any, request: Any) -> dict[str, str] | None:
    """Whom the gate let in, as Datasette's own checks need it."""
    person = request.scope.get("advocacy_person")
    return None if person is None else {"id": person.name, "role": str(person.role)}


@_hook
def render_cell(value: Any, column: str, database: str, datasette: Any) -> Markup | None:
    """Shows a statement's number as a link to its page and a time to the minute; all else is left to Datasette."""
    if database != _database(datasette):
        return None
    if column in ("item", "item_id"):
        return _statement(value, lambda number: datasette.urls.path(f"-/desk/statements/{number}"))
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
def asgi_wrapper(datasette: Any) -> Callable[[App], App]:
    """Puts the gate and our own pages in front of Datasette's."""

    def wrap(stock: App) -> App:
        from advocacy_monitor.desk.opening import desk_of

        desk = desk_of(datasette)
        if desk is None:
            return stock
        from advocacy_monitor.desk.app import application
        from advocacy_monitor.desk.gate import gate
        from advocacy_monitor.desk.pages import all_pages

        return gate(stock, application(desk, all_pages()), desk)

    return wrap
