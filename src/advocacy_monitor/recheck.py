"""Looking posts up over a checked configuration: through the campaign's own collectors, or from X's files (R5)."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

from advocacy_monitor.config import Loaded
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.hosting import basis, hosted
from advocacy_monitor.plugins import nearest
from advocacy_monitor.protocols import Verifier
from advocacy_monitor.store import Store
from advocacy_monitor.terms import recheck_hours
from advocacy_monitor.verify import Checked, verify_source

log = logging.getLogger(__name__)


def verify_all(
    store: Store,
    loaded: Loaded,
    sources: Sequence[str] = (),
    *,
    item_ids: Sequence[int] | None = None,
    stop: Callable[[], bool] = lambda: False,
    sleep: Callable[[float], object] | None = None,
    unasked: bool = False,
) -> list[Checked]:
    """Asks every platform about the posts that are due (or the given ones), and those that can be asked only.

    Sources whose platform has no rule that posts be looked up again, and that cannot be asked, are left alone.
    `unasked` is for the daemon: nobody has asked for it now, so a source that charges for looking is left alone unless
    its settings allow it.
    """
    hours = loaded.config.verification.every_hours
    # Runs begin some minutes earlier or later each day: what was looked up at about this time yesterday is due.
    before = store.now() - timedelta(hours=hours - min(1.0, hours / 4))
    stored = store.verifications.sources()
    known = {*stored, *(collector.source for collector in loaded.config.collectors.values())}
    for source in sources:
        if source not in known:
            names = sorted(known)
            raise ConfigError(
                f"no posts of {source!r} are stored{nearest(source, names)}; there are: {', '.join(names) or 'none'}"
            )
    made = []
    for source in sources or stored:
        verifiers = _verifiers(store, loaded, source, sleep=sleep)
        if not verifiers and recheck_hours(source) is None:
            continue
        if unasked and not all(getattr(verifier, "verifies_unasked", True) for verifier in verifiers.values()):
            log.info("%s charges for looking posts up, and no budget is set: only `verify` and `pack` ask it", source)
            continue
        made.append(
            verify_source(*(store, source, verifiers), before=before, item_ids=item_ids, basis=basis(loaded), stop=stop)
        )
        if stop():
            break
    return made


def read_compliance_files(store: Store, files: Sequence[Path]) -> list[Checked]:
    """Applies the results of X's batch compliance jobs; a line that cannot be read is a failure."""
    from advocacy_monitor.sources.x_compliance import read_compliance

    made = []
    for path in files:
        unread: list[str] = []
        verdicts = read_compliance(path.read_bytes().splitlines(), unread=unread)
        store.verifications.apply(verdicts)
        store.verifications.settle()
        made.append(
            Checked(
                source=f"x: {path.name}",
                standings=Counter(verdict.standing for verdict in verdicts),
                status="failed" if unread else "done",
                messages=(*unread[:5], *([f"and {len(unread) - 5} more"] if len(unread) > 5 else [])),
            )
        )
    return made


def _verifiers(
    store: Store, loaded: Loaded, source: str, *, sleep: Callable[[float], object] | None
) -> dict[str, Verifier]:
    """The collectors that can ask a platform, by name; one that cannot be built is told when it collects."""
    found: dict[str, Verifier] = {}
    for name, collector in loaded.config.collectors.items():
        if collector.source != source:
            continue
        try:
            built = hosted(store, loaded, name, sleep=sleep, run=f"verify:{source}")
        except ConfigError as error:
            log.warning("%s", error)
            continue
        if isinstance(built, Verifier):
            found[name] = built
    return found
