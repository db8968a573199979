"""The options that say which statements a pack is about, for all verbs that make or prepare one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from advocacy_monitor.config import Loaded
    from advocacy_monitor.models import Query, Recipient

_Command = TypeVar("_Command", bound=Callable[..., Any])
_SHOWN = 10
_DATE = click.DateTime(["%Y-%m-%d"])


def query_options(command: _Command) -> _Command:
    """The options that say which statements a pack is about."""
    options = (
        click.option("--title", help="The headline's topic; with --for-each it may hold {area} and {name}."),
        click.option("--theme", "themes", multiple=True, help="Only statements with this theme; may be repeated."),
        click.option("--area", "areas", multiple=True, help="Only statements from this area; may be repeated."),
        click.option("--language", "languages", multiple=True, help="Only statements in this language; repeatable."),
        click.option("--library", "libraries", multiple=True, help="Only statements about this library; repeatable."),
        click.option("--source", "sources", multiple=True, help="Only statements from this source; repeatable."),
        click.option("--since", type=_DATE, help="First day."),
        click.option("--until", type=_DATE, help="Last day."),
        click.option(
            "--recipient",
            help="For whom: a key of the recipients' file, or a name. Quotes then need the consent to be sent.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def query_of(
    loaded: Loaded, *, title: str | None, since: datetime | None, until: datetime | None, **rest: Any
) -> Query:
    """The query that the options ask for. Raises UsageError, ConfigError."""
    from advocacy_monitor.line import check_query
    from advocacy_monitor.models import Query

    if not title or not title.strip():
        raise click.UsageError("Missing option '--title'.")
    wanted = Query(title=title, since=since.date() if since else None, until=until.date() if until else None, **rest)
    check_query(loaded, wanted)
    return wanted


def changed_query(loaded: Loaded, proposed: Query, **asked: Any) -> Query:
    """The query that a selection was proposed for, changed by the options that were given and by no others.

    Without its recipient and area the pack would be about everybody. Raises UsageError, ConfigError.
    """
    from advocacy_monitor.line import check_query

    given: dict[str, Any] = {
        name: value.date() if isinstance(value, datetime) else value for name, value in asked.items() if value
    }
    wanted = replace(proposed, **given)
    check_query(loaded, wanted)
    return wanted


def known_recipient(loaded: Loaded, name: str | None) -> Recipient | None:
    """The recipient of this key or name, with the office or without; None for a name that stands in no file.

    Raises ConfigError where several have the name: the pack would be about the area of one of them.
    """
    from advocacy_monitor.errors import ConfigError
    from advocacy_monitor.recipients import read_recipients

    path = loaded.folder / loaded.config.campaign.recipients
    if not name or not path.is_file():
        return None
    recipients = read_recipients(path)
    for words in ("key", "shown", "name"):
        meant = [each for each in recipients if getattr(each, words) == name]
        if len(meant) > 1:
            keys = ", ".join(each.key for each in meant[:_SHOWN])
            raise ConfigError(f"{path}: {len(meant)} recipients are called {name!r}; say which by the key: {keys}")
        if meant:
            return meant[0]
    return None
