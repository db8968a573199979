"""Answers that take a while and may be some seconds old, kept for a server's lifetime of pages."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any, TypeVar

from advocacy_monitor.errors import AdvocacyMonitorError

log = logging.getLogger(__name__)

_MOST = 64
_Answer = TypeVar("_Answer")


class Kept:
    """A small store of answers by a key. Two threads may work the same answer out at once; that does no harm."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answers: OrderedDict[Hashable, tuple[datetime, Any]] = OrderedDict()
        self._under_way: set[Hashable] = set()
        self._worker: ThreadPoolExecutor | None = None

    def get(
        self, key: Hashable, now: datetime, make: Callable[[], _Answer], *, seconds: float, meanwhile: float = 0
    ) -> tuple[_Answer, datetime]:
        """The answer and when it was worked out; anew when the kept one is older than `seconds`.

        One that is not older than `meanwhile` seconds is given at once, and worked out anew in the background.
        """
        with self._lock:
            kept = self._answers.get(key)
            age = None if kept is None else now - kept[0]
            if kept is not None and age is not None and timedelta(0) <= age < timedelta(seconds=seconds):
                self._answers.move_to_end(key)
                return kept[1], kept[0]
        if kept is not None and age is not None and timedelta(0) <= age < timedelta(seconds=meanwhile):
            self._later(key, now, make)
            return kept[1], kept[0]
        fresh = make()
        self._keep(key, now, fresh)
        return fresh, now

    def _keep(self, key: Hashable, now: datetime, fresh: object) -> None:
        with self._lock:
            self._answers[key] = (now, fresh)
            self._answers.move_to_end(key)
            while len(self._answers) > _MOST:
                self._answers.popitem(last=False)

    def _later(self, key: Hashable, now: datetime, make: Callable[[], object]) -> None:
        with self._lock:
            if key in self._under_way:
                return
            self._under_way.add(key)
            self._worker = self._worker or ThreadPoolExecutor(1, thread_name_prefix="charts")
        self._worker.submit(self._anew, key, now, make)

    def _anew(self, key: Hashable, now: datetime, make: Callable[[], object]) -> None:
        try:
            self._keep(key, now, make())
        except AdvocacyMonitorError as error:
            log.error("counting anew failed: %s", error)  # the next reader works it out and is told
        finally:
            with self._lock:
                self._under_way.discard(key)


KEPT = Kept()
"""Keys begin with the database's path, so that campaigns and tests stay apart."""
