"""The one writer of the form site: what was confirmed to a person is on the disk, and many answers share one sync.

Pages run in many threads; a store belongs to one. So they leave what they want to write with the writer's thread and
wait. A group is whatever came in while the last one was being written: no answer waits for others to come. When
something cannot be written, everybody who waits for it is told so; nobody is told that it was kept when it may not be.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TypeVar

from advocacy_monitor.errors import AdvocacyMonitorError, StoreError
from advocacy_monitor.models import Kept, Received
from advocacy_monitor.store import LegalBasis, Store

T = TypeVar("T")

SECONDS = 15.0
"""How long a person is kept waiting before the page says that it did not work."""

MOST_WAITING = 1000
"""More than that in the queue is refused at once: the memory of the server has an end."""

_log = logging.getLogger(__name__)


class Writer:
    """Writes answers in groups, and everything else one after another, in one thread with a store of its own.

    `open_store` is called in that thread, at first use and again after an error. `watched` are files beside the
    database (the contacts file): when one of them or the database is replaced by another file, as by a restored
    backup, what was written to the old one is written again to the new one before it is confirmed. `basis` is what the
    campaign states as its legal basis.
    """

    def __init__(
        self,
        open_store: Callable[[], Store],
        most: int = 64,
        *,
        watched: Sequence[Path] = (),
        basis: LegalBasis | None = None,
    ) -> None:
        self._open_store = open_store
        self._most = most
        self._watched = tuple(watched)
        self._basis = basis
        self._queue: deque[tuple[Received, Future[Kept]]] = deque()
        self._lock = threading.Lock()
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="form-writer")
        self._store: Store | None = None
        self._files: tuple[tuple[int, int] | None, ...] = ()
        self._is_failing = False
        self._waiting = 0

    def send(self, received: Received, timeout: float = SECONDS) -> Kept:
        """Keeps one answer. Returns when it is on the disk.

        Raises StoreError when that did not happen within `timeout` seconds, or cannot happen. The same answer may
        then be sent again: it counts once.
        """
        kept: Future[Kept] = Future()
        with self._lock:
            if len(self._queue) >= MOST_WAITING:
                raise StoreError("too many answers are waiting to be stored; try again in a moment")
            self._queue.append((received, kept))
        self._submit(self._write_group)
        return self._result(kept, timeout)

    def do(self, work: Callable[[Store], T], timeout: float = SECONDS) -> T:
        """Does any other write in the writer's thread, and returns what it returns or raises what it raises.

        Raises StoreError as `send` does.
        """
        with self._lock:
            if self._waiting >= MOST_WAITING:
                raise StoreError("too many people are waiting for the database; try again in a moment")
            self._waiting += 1
        try:
            return self._result(self._submit(partial(self._work, work)), timeout)
        finally:
            with self._lock:
                self._waiting -= 1

    def close(self) -> None:
        """Writes what is waiting, then closes the store."""
        with suppress(RuntimeError):  # it was closed before
            self._executor.submit(self._close_store)
        self._executor.shutdown(wait=True)

    def _submit(self, work: Callable[[], T]) -> Future[T]:
        try:
            return self._executor.submit(work)
        except RuntimeError as error:
            raise StoreError("the server is being stopped; try again in a moment") from error

    def _result(self, wanted: Future[T], timeout: float) -> T:
        try:
            return wanted.result(timeout)
        except (TimeoutError, CancelledError) as error:
            if isinstance(error, TimeoutError) and wanted.done() and wanted.exception() is error:
                raise  # the work's own, not ours
            wanted.cancel()  # what was not begun is left alone; what was may still be stored, and counts once
            raise StoreError(f"the database did not answer within {timeout:g} seconds") from error

    # In the writer's thread

    def _write_group(self) -> None:
        """Stores everything that waits, as far as it fits into one group."""
        with self._lock:
            taken = [self._queue.popleft() for _ in range(min(self._most, len(self._queue)))]
        group = [(received, kept) for received, kept in taken if kept.set_running_or_notify_cancel()]
        if not group:
            return
        try:
            outcomes = self._add([received for received, _ in group])
        except StoreError as error:
            if error.__cause__ is not None or len(group) == 1:  # the file refuses, and would refuse each one of them
                for _, kept in group:
                    kept.set_exception(StoreError(str(error)))
        else:
            self._note_success()
            for (_, kept), outcome in zip(group, outcomes, strict=True):
                kept.set_result(outcome)
        finally:
            # An answer that cannot be stored must not take the others of its group with it.
            for received, kept in group:
                if not kept.done():
                    self._write_alone(received, kept)

    def _write_alone(self, received: Received, kept: Future[Kept]) -> None:
        try:
            alone = self._submit(partial(self._add_one, received))
        except StoreError as error:
            kept.set_exception(error)
        else:
            alone.add_done_callback(partial(_pass_on, kept))

    def _add_one(self, received: Received) -> Kept:
        (kept,) = self._add([received])
        return kept

    def _add(self, group: Sequence[Received]) -> list[Kept]:
        with self._afresh_after_errors():
            kept = self._opened().submissions.add(group, basis=self._basis)
            if not self._is_in_place():
                kept = self._opened().submissions.add(group, basis=self._basis)
        return kept

    def _work(self, work: Callable[[Store], T]) -> T:
        with self._afresh_after_errors():
            return work(self._opened())

    @contextmanager
    def _afresh_after_errors(self) -> Iterator[None]:
        """After an error of the file nobody knows in what state the connection is: the next one begins anew."""
        try:
            yield
        except StoreError as error:
            if error.__cause__ is not None:
                self._note_failure(error)
                if not _is_held_by_another(error):  # then closing it would wait as well
                    self._close_store()
            raise

    def _opened(self) -> Store:
        if self._store is not None and not self._is_in_place():
            _log.warning("the database was replaced by another file; it is opened again")
            self._close_store()
        if self._store is None:
            self._store = self._open_store()
            self._files = self._identities()
        return self._store

    def _is_in_place(self) -> bool:
        return self._files == self._identities()

    def _identities(self) -> tuple[tuple[int, int] | None, ...]:
        assert self._store is not None
        return tuple(_identity(path) for path in (self._store.path, *self._watched))

    def _close_store(self) -> None:
        store, self._store = self._store, None
        if store is not None:
            # What it cannot note any more, the next one notes: a run that was left open is closed then.
            with suppress(StoreError):
                store.close()

    def _note_failure(self, error: StoreError) -> None:
        """Tells staff once, not for each person who is turned away."""
        if not self._is_failing:
            _log.error("answers cannot be stored: %s", error)
        self._is_failing = True

    def _note_success(self) -> None:
        if self._is_failing:
            _log.warning("answers can be stored again")
        self._is_failing = False


def _is_held_by_another(error: StoreError) -> bool:
    return "locked" in str(error.__cause__)


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file lies there now; None when there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _pass_on(kept: Future[Kept], alone: Future[Kept]) -> None:
    """What became of an answer that was stored alone. Nothing of what it says goes into a log."""
    error = alone.exception()
    if error is None:
        kept.set_result(alone.result())
    elif isinstance(error, AdvocacyMonitorError):
        kept.set_exception(error)
    else:
        _log.error("an answer could not be stored: %s", type(error).__name__)
        kept.set_exception(StoreError("this answer could not be stored"))
