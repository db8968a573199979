"""Asks platforms whether the posts that are stored still stand, and unchanged (R5).

Each platform is asked through the collectors that the campaign has there, one after the other: what the first cannot
answer, the next is asked. What nobody could answer keeps its last answer, and no pack until it is answered again.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from advocacy_monitor.errors import ConfigError, FatalSourceError, SourceError, StoreError
from advocacy_monitor.models import Known, Standing, Verdict
from advocacy_monitor.plugins import boundary
from advocacy_monitor.protocols import Verifier
from advocacy_monitor.store import LegalBasis, Store

log = logging.getLogger(__name__)
_NOBODY = "no collector that can look posts up"
BATCH = 500
"""Posts that are read from the store at once; sources ask in batches of their platform's size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What asking one platform gave: how many posts stand how, and what went wrong, in words."""

    source: str
    standings: Counter[Standing] = field(default_factory=Counter)
    status: str = "done"
    messages: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        """What went wrong, each thing once."""
        return "; ".join(dict.fromkeys(self.messages))

    @property
    def asked(self) -> int:
        """How many posts were asked about."""
        return sum(self.standings.values())


def _in_words(standings: Mapping[Standing, int]) -> str:
    return ", ".join(f"{count} {standing}" for standing, count in sorted(standings.items())) or "nothing to ask about"


def verify_source(
    store: Store,
    source: str,
    verifiers: Mapping[str, Verifier],
    *,
    before: datetime,
    item_ids: Sequence[int] | None = None,
    basis: LegalBasis | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Checked:
    """Asks about every post of one source that was not looked up since `before`, or about the given ones.

    `verifiers` are the campaign's collectors there by name. A failing platform is an outcome, not an exception; what
    it could not answer is noted as such. Raises StoreError when the store itself fails.
    """
    run_id = store.runs.start(f"verify:{source}", "verify")
    made = Checked(source=source)
    asking = dict(verifiers)
    try:
        for batch in _batches(store, source, before, item_ids):
            if stop():
                break
            found, messages = _ask(store, run_id, batch, asking, basis)
            made = replace(made, standings=made.standings + found, messages=(*made.messages, *messages))
            if verifiers and not asking:
                break  # nobody is left to ask: the rest keeps its last answers, and is due again
        store.verifications.settle()
    except BaseException as error:
        _finish_if_possible(store, run_id, str(error) or type(error).__name__)
        raise
    failed = bool(verifiers) and bool(made.messages)
    made = replace(made, status="failed" if failed else "stopped" if stop() else "done")
    store.runs.finish(run_id, made.status, "; ".join(filter(None, (_in_words(made.standings), made.message))))
    return made


def _finish_if_possible(store: Store, run_id: int, message: str) -> None:
    try:
        store.runs.finish(run_id, "failed", message)
    except StoreError:
        log.warning("the failure of run %s could not be written down: %s", run_id, message)


def _batches(store: Store, source: str, before: datetime, item_ids: Sequence[int] | None) -> Iterator[list[Known]]:
    if item_ids is not None:
        for start in range(0, len(item_ids), BATCH):
            known = store.verifications.known(item_ids[start : start + BATCH])
            if batch := [post for post in known if post.source == source]:
                yield batch
        return
    above = 0
    while batch := store.verifications.due(source, before=before, limit=BATCH, above=above):
        above = batch[-1].item_id
        yield batch


def _ask(
    store: Store, run_id: int, batch: Sequence[Known], asking: dict[str, Verifier], basis: LegalBasis | None
) -> tuple[Counter[Standing], list[str]]:
    """Asks one collector after the other about what is not answered yet. Returns the answers and what went wrong.

    A collector that fails is taken out of `asking`: it is not asked again in this run, and waits no second time.
    """
    open_posts = {(known.source, known.source_id): known for known in batch}
    standings: Counter[Standing] = Counter()
    reasons: dict[tuple[str, str], str] = {}
    messages = [] if asking else [_NOBODY]
    for name, verifier in list(asking.items()):
        if not open_posts:
            break
        try:
            with boundary(name, FatalSourceError):
                for page in verifier.verify(list(open_posts.values())):
                    answered = [verdict for verdict in page.verdicts if verdict.standing is not Standing.UNKNOWN]
                    reasons |= {(v.source, v.source_id): v.detail for v in page.verdicts if v not in answered}
                    store.add_page(run_id, replace(page, verdicts=tuple(answered)), collector=name, basis=basis)
                    for verdict in answered:
                        if open_posts.pop((verdict.source, verdict.source_id), None):
                            standings[verdict.standing] += 1
        except (SourceError, ConfigError) as error:
            del asking[name]
            messages.append(f"{name}: {error}")
            log.warning("%s could not look posts up: %s", name, error)
    store.verifications.apply(
        [
            Verdict(
                source=key[0],
                source_id=key[1],
                standing=Standing.UNKNOWN,
                detail=reasons.get(key) or "; ".join(messages),
            )
            for key in open_posts
        ]
    )
    standings[Standing.UNKNOWN] += len(open_posts)
    return +standings, messages
