"""Opens a campaign's desk: its accounts, its summary in memory, and the thread that keeps it up to date."""

from __future__ import annotations

import logging
import threading
import traceback
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from advocacy_monitor.config import Loaded, load_config
from advocacy_monitor.desk import plugin
from advocacy_monitor.desk.context import Desk
from advocacy_monitor.errors import AdvocacyMonitorError, ConfigError
from advocacy_monitor.hosting import open_store
from advocacy_monitor.staff.accounts import Accounts
from advocacy_monitor.staff.passwords import Passwords
from advocacy_monitor.staff.sessions import Lasting
from advocacy_monitor.store import Store, now
from advocacy_monitor.summary.columns import Columns
from advocacy_monitor.summary.refresh import refresh

log = logging.getLogger(__name__)

_EVERY_SECONDS = 1.0
_PAUSE_SECONDS = 0.1
"""Between two batches, in which others may write: SQLite gives the lock to whoever asks at the right moment."""
_AT_ONCE = 200


def open_desk(loaded: Loaded, *, clock: Callable[[], datetime] = now, passwords: Passwords | None = None) -> Desk:
    """A desk over an existing database, with what its summary holds. Raises StoreError, ConfigError.

    `passwords` is how they are hashed, where not as usual.
    """
    if any(sign in str(loaded.database) for sign in "?#%"):
        raise ConfigError(f"{loaded.database}: a path with ?, # or % cannot be browsed; move the campaign elsewhere")
    Store.open_read_only(loaded.database).close()
    with open_store(loaded, clock=clock) as store:
        columns = Columns()
        refresh(store, loaded, most=_AT_ONCE)
        columns.follow(store)
    settings = loaded.config.desk
    lasting = Lasting(most=timedelta(hours=settings.session_hours), idle=timedelta(minutes=settings.idle_minutes))
    accounts = Accounts.open(loaded.accounts, clock=clock, lasting=lasting, passwords=passwords)
    return Desk(loaded=loaded, accounts=accounts, columns=columns, clock=clock)


def desk_of(datasette: Any) -> Desk | None:
    """The desk of a Datasette: the one that was opened for it, or the one that its configuration names."""
    known = plugin.DESKS.get(datasette)
    settings = datasette.plugin_config(plugin.PLUGIN) or {}
    if known is None and "campaign" in settings:
        desk = open_desk(load_config(Path(settings["campaign"])))
        keep_up(desk)
        plugin.DESKS[datasette] = known = desk
    return known


def keep_up(desk: Desk) -> Callable[[], None]:
    """Keeps the summary up to date with what other programs write, until the returned function is called."""
    stop = threading.Event()
    thread = threading.Thread(target=_follow, args=(desk, stop), name="summary", daemon=True)
    thread.start()

    def end() -> None:
        stop.set()
        thread.join()

    return end


def _follow(desk: Desk, stop: threading.Event) -> None:
    failed = False
    while not stop.is_set():
        try:
            with open_store(desk.loaded, clock=desk.clock) as store:
                while not stop.is_set():
                    done = refresh(store, desk.loaded, most=_AT_ONCE)
                    desk.columns.follow(store)
                    failed = False
                    stop.wait(_PAUSE_SECONDS if done else _EVERY_SECONDS)
        except Exception as error:  # noqa: BLE001  whatever it is, the desk must not show old figures from then on
            if not failed:
                log.error("the overview is not up to date: %s", _told(error))
            failed = True
            stop.wait(_EVERY_SECONDS)


def _told(error: Exception) -> str:
    """What goes into the log: our own words, or where it happened; others' messages may hold people's words."""
    if isinstance(error, AdvocacyMonitorError):
        return str(error)
    return f"{type(error).__name__}\n{''.join(traceback.format_tb(error.__traceback__))}"
