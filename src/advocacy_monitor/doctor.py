"""Looks at everything that is stored, repairs what can be repaired, and says what cannot.

Repaired is only what can be made anew from something else that is whole: indexes, the search, the summary, words from
payloads, records that a newer version can read. Whatever else is damaged, a backup has.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from advocacy_monitor import backups, mapping_again
from advocacy_monitor.backups.restoring import clear_leftovers
from advocacy_monitor.config import Loaded
from advocacy_monitor.errors import AdvocacyMonitorError, BadRecordError, StoreError
from advocacy_monitor.health import Finding
from advocacy_monitor.hosting import basis, open_store
from advocacy_monitor.models import Page, Post
from advocacy_monitor.store import Store, now
from advocacy_monitor.store.copying import examine as examine_file
from advocacy_monitor.store.journal import Journal, reapply
from advocacy_monitor.store.repairs import Kept, Rejected, Repairs
from advocacy_monitor.store.versions import REPLACING
from advocacy_monitor.supervision.lock import only_one

_RESTORE = "`advocacy-monitor restore --latest` puts the newest backup in its place"
_REPAIR = "`advocacy-monitor doctor --repair` makes it anew"
_OF_INDEXES = ("missing from index", "wrong # of entries in index", "non-unique entry in index")
_AS_SHOWN = 5


def examine(loaded: Loaded, *, repair: bool) -> list[Finding]:
    """Looks at everything; with `repair` also mends what can be mended, after a backup.

    Raises StoreError where there is no database, or when something is to be repaired while `run` works on it.
    """
    if not loaded.database.exists():
        raise StoreError(f"{loaded.database}: there is no database yet")
    if not repair:
        return _examined(loaded, repair=False)
    with only_one(loaded.database, command="advocacy-monitor doctor"):
        clear_leftovers(loaded)
        return _examined(loaded, repair=True)


def _examined(loaded: Loaded, *, repair: bool) -> list[Finding]:
    files = [_file(path) for path in (loaded.database, loaded.contacts, loaded.accounts) if path.exists()]
    if any(not finding.ok and finding.remedy == _RESTORE for finding in files):
        return [*files, *_of_backups(loaded)]
    found = list(files)
    if repair:
        found.append(_saved(loaded))
    with open_store(loaded) as store:
        repairs = Repairs.of(store)
        if repair and any(not finding.ok for finding in files):
            repairs.make_indexes_anew()
            found = [_file(loaded.database), *found[1:]]
        for look in (_search, _captures, _words, _rejects, _summary, _runs, _erased, _audit):
            found += look(store, loaded, repairs, repair)
    return [*found, *_of_backups(loaded)]


def _file(path: Path) -> Finding:
    """One database file, read from its first to its last page."""
    problems = examine_file(path).problems
    if not problems:
        return Finding(ok=True, what=path.name, found="every page is in order")
    only_indexes = all(any(words in each for words in _OF_INDEXES) for each in problems)
    told = "; ".join(problems[:_AS_SHOWN])
    return Finding(ok=False, what=path.name, found=told, remedy=_REPAIR if only_indexes else _RESTORE)


def _saved(loaded: Loaded) -> Finding:
    try:
        made = backups.make(loaded, clock=now, reason="before a repair")
    except StoreError as error:  # such as damaged indexes: then there is nothing better than what is here
        return Finding(ok=True, warns=True, what="backup", found=f"none could be made before the repair: {error}")
    return Finding(ok=True, what="backup", found=f"{made.path.name} was made before the repair")


def _search(store: Store, loaded: Loaded, repairs: Repairs, repair: bool) -> Iterator[Finding]:
    problem = repairs.search_problem()
    if problem and repair:
        repairs.make_search_anew()
        problem = repairs.search_problem()
        yield Finding(
            ok=not problem, what="search", found=problem or "was made anew", remedy=_RESTORE if problem else ""
        )
    else:
        yield Finding(ok=not problem, what="search", found=problem or "fits", remedy=_REPAIR if problem else "")


def _captures(store: Store, loaded: Loaded, repairs: Repairs, repair: bool) -> Iterator[Finding]:
    wrong = repairs.damaged_captures()
    yield Finding(
        ok=not wrong,
        what="payloads",
        found=f"{len(wrong)} are not what was received" if wrong else "are what was received",
        remedy=f"cannot be repaired from here; {_RESTORE}" if wrong else "",
    )


def _words(store: Store, loaded: Loaded, repairs: Repairs, repair: bool) -> Iterator[Finding]:
    """Compares the words of posts with their payloads. Those of an edited post are in one of them."""
    wrong = mended = unread = 0
    for kept in repairs.posts(store):
        said = _said(kept)
        if not said:
            unread += kept.source in mapping_again.CAN and bool(kept.raws)
        elif kept.text not in {post.text for post in said}:
            wrong += 1
            if repair:
                repairs.put_back(kept.item_id, said[0])
                mended += 1
    left = wrong - mended
    told = f"{mended} put back from their payloads" if mended else "are those of their payloads"
    if left:
        told = f"{left} are others than in their payloads"
    if unread:
        told += f"; {unread} payloads could not be read again"
    yield Finding(ok=not left, what="words of posts", found=told, remedy=_REPAIR if left else "")


def _said(kept: Kept) -> list[Post]:
    """The post in each of its payloads that can be read; none of another post, whatever stands in the payload."""
    found = []
    for raw in kept.raws:
        with suppress(BadRecordError):
            found.append(mapping_again.map_again(kept.source, raw, seen_on=kept.seen_on))
    return [post for post in found if post.source_id == kept.source_id]


def _rejects(store: Store, loaded: Loaded, repairs: Repairs, repair: bool) -> Iterator[Finding]:
    """Tries again what could not be read when it came: a newer version may know it."""
    readable = [(reject, post) for reject in repairs.rejects() if (post := _readable(loaded, reject)) is not None]
    if not readable:
        yield Finding(ok=True, what="rejects", found="none of them can be read now")
    elif not repair:
        found = f"{len(readable)} records that could not be read when they came can be read now"
        yield Finding(ok=False, what="rejects", found=found, remedy="`advocacy-monitor doctor --repair` stores them")
    else:
        yield Finding(ok=True, what="rejects", found=f"{_replay(store, loaded, repairs, readable)} stored now")


def _readable(loaded: Loaded, reject: Rejected) -> Post | None:
    collector = loaded.config.collectors.get(reject.origin)
    source = collector.source if collector else reject.origin
    seen_on = f"https://{reject.position.split(',')[0].split('/')[0]}" if source == "mastodon" else None
    try:
        return mapping_again.map_again(source, reject.payload, seen_on=seen_on)
    except BadRecordError:
        return None


def _replay(store: Store, loaded: Loaded, repairs: Repairs, readable: list[tuple[Rejected, Post]]) -> int:
    run_id = store.runs.start("doctor", "import")
    stored = 0
    try:
        for reject, post in readable:
            tally = store.add_page(
                run_id, Page(items=(post,)), collector=f"import:{reject.origin}", basis=basis(loaded)
            )
            if repairs.is_stored(post.source, post.source_id):
                repairs.drop_reject(reject)
            stored += tally.stored
    except AdvocacyMonitorError as error:
        store.runs.finish(run_id, "failed", str(error))
        raise
    store.runs.finish(run_id, "done")
    return stored


def _summary(store: Store, loaded: Loaded, repairs: Repairs, repair: bool) -> Iterator[Finding]:
    """The summary is made from the rest, and cheap to make: it is not compared, it is made anew."""
    if repair:
        repairs.make_summary_anew()
        yield Finding(ok=True, what="summary", found="is made anew when the desk is opened")


def _runs(store: Store, loaded: Loaded, repairs: Repairs, repair: bool) -> Iterator[Finding]:
    if repair:
        store.runs.close_dead()
    count = len(store.runs.dead())
    found = f"{count} are open although their program has ended" if count else "are all closed"
    yield Finding(ok=not count, what="runs", found=found, remedy="the next run closes them" if count else "")


def _erased(store: Store, loaded: Loaded, repairs: Repairs, repair: bool) -> Iterator[Finding]:
    """What the journal says was erased must not be there: a restored file may have been put in place by hand."""
    journal = Journal.beside(loaded.database)
    known = {(entry.kind, entry.hash) for entry in store.erasures.journaled()}
    if repair and store.erasures.is_vacuum_due():
        store.erasures.vacuum()  # where an erasure could not, because somebody was reading
    missing = [
        entry for entry in journal.read() if (entry.kind, entry.hash) not in known and entry.reason not in REPLACING
    ]
    if missing and repair:
        done = reapply(store, missing)
        journal.add_missing(done.done)
        store.erasures.vacuum()
        found = f"{len(missing)} were applied again: {done.items} statements, {done.contacts} contact details"
        foreign = f"; {done.foreign} belong to another contacts file" if done.foreign else ""
        yield Finding(ok=not done.foreign, what="erasures", found=f"{found}{foreign}")
    else:
        found = f"{len(missing)} of the journal are not in this database" if missing else "are all applied"
        remedy = "`advocacy-monitor doctor --repair` applies them" if missing else ""
        yield Finding(ok=not missing, what="erasures", found=found, remedy=remedy)


def _audit(store: Store, loaded: Loaded, repairs: Repairs, repair: bool) -> Iterator[Finding]:
    store.audit.seal()
    problems = store.audit.verify()
    found = "; ".join(problems[:_AS_SHOWN]) or "the chain is whole"
    remedy = "cannot be repaired: compare with the heads in the backups' manifests" if problems else ""
    yield Finding(ok=not problems, what="audit log", found=found, remedy=remedy)


def _of_backups(loaded: Loaded) -> Iterator[Finding]:
    from advocacy_monitor.backups.opening import problems

    try:
        made = backups.listed(loaded)
    except StoreError as error:
        yield Finding(ok=False, what="backups", found=str(error), remedy="let this account read them")
        return
    if not made:
        yield Finding(ok=True, warns=True, what="backups", found="there is none", remedy="`advocacy-monitor backup`")
        return
    wrong = {each.name: found for each in made[-1:] if (found := list(problems(loaded, each)))}
    wrong |= {each.name: [each.why] for each in made[:-1] if not each.ok}
    told = "; ".join(f"{name}: {found[0]}" for name, found in wrong.items())
    yield Finding(
        ok=not wrong,
        what="backups",
        found=told or f"{len(made)}, the newest of {made[-1].made_at:%Y-%m-%d %H:%M} UTC was read in full",
        remedy="make a new one with `advocacy-monitor backup`" if wrong else "",
    )
