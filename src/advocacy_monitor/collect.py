"""Stage 1: from a source into the store, from where it left off."""

from __future__ import annotations

import gc
import hashlib
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from advocacy_monitor.errors import ConfigError, FatalSourceError, SourceError, StoreError
from advocacy_monitor.models import Cursor, Page, Tally
from advocacy_monitor.plugins import boundary
from advocacy_monitor.protocols import Source
from advocacy_monitor.store import LegalBasis, Store

MISSED = "may have missed posts: "
"""How a run's message begins when posts may be missing that cannot be had any more."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a run did, and how it ended: 'done', 'stopped' (asked to) or 'failed' with the failure in words.

    `notes` say what a source understood of what it was given, such as columns and encoding.
    """

    name: str
    run_id: int
    status: str
    tally: Tally
    message: str = ""
    notes: tuple[str, ...] = ()


def _never() -> bool:
    return False


def _pages(name: str, source: Source, cursor: Cursor | None) -> Iterator[Page]:
    with boundary(name, FatalSourceError):
        yield from source.pages(cursor)


def collect(
    store: Store,
    name: str,
    source: Source,
    *,
    kind: str = "collect",
    basis: LegalBasis | None = None,
    sha256: str | None = None,
    stop: Callable[[], bool] = _never,
    progress: Callable[[Tally], None] | None = None,
    notes: Sequence[str] = (),
) -> Outcome:
    """Runs one collector: each page with its checkpoint goes in in one transaction.

    Asked to stop, it finishes the page in hand. A failing source is an outcome, not an exception: what came before
    the failure is stored, and the next run goes on there. `notes` may grow while it runs: what the source wants known
    stays with the run. Raises StoreError when the store itself fails.
    """
    run_id = store.runs.start(name, kind, sha256=sha256)
    # An import reads its file from the start each time: another file may bear the same name.
    cursor = None if kind == "import" else store.cursor(name)
    total = Tally()
    status, message = "done", ""
    try:
        for page in _pages(name, source, cursor):
            if kind == "import":
                page = replace(page, checkpoint=None)
            total += store.add_page(run_id, page, collector=name, expected=cursor, basis=basis)
            cursor = cursor if page.checkpoint is None else page.checkpoint
            if progress:
                progress(total)
            if stop():
                status, message = "stopped", "asked to stop; the next run goes on from here"
                break
    except (SourceError, ConfigError) as error:
        status, message = "failed", "; ".join(str(error).splitlines())  # a mistake in the settings each
        log.warning("%s failed: %s", name, message)
    except BaseException as error:
        _finish_if_possible(store, run_id, str(error) or type(error).__name__)
        raise
    store.verifications.settle()
    message = "; ".join([*dict.fromkeys(notes), *filter(None, [message])])
    store.runs.finish(run_id, status, message)
    return Outcome(name=name, run_id=run_id, status=status, tally=total, message=message)


def _finish_if_possible(store: Store, run_id: int, message: str) -> None:
    """Notes why a run failed, unless the store cannot even take that; then the next run closes it as interrupted."""
    try:
        store.runs.finish(run_id, "failed", message)
    except StoreError:
        log.warning("the failure of run %s could not be written down: %s", run_id, message)


@contextmanager
def few_collections() -> Iterator[None]:
    """Lets Python look for cyclic garbage less often: an import makes a million records and no cycles.

    Measured: a tenth of an import's time.
    """
    before = gc.get_threshold()
    gc.set_threshold(50_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def preview(name: str, source: Source) -> Outcome:
    """Reads everything that an import would read, and stores nothing (`import --dry-run`)."""
    total = Tally()
    try:
        for page in _pages(name, source, None):
            rejected = len(page.rejects)
            total += Tally(read=len(page.items) + rejected, stored=len(page.items), rejected=rejected)
    except (SourceError, ConfigError) as error:
        return Outcome(name=name, run_id=0, status="failed", tally=total, message=str(error))
    return Outcome(name=name, run_id=0, status="done", tally=total, message="dry run: nothing was stored")


def file_digest(path: Path) -> str:
    """The SHA-256 of a file, kept with the run that imports it."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
