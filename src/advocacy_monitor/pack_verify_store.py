"""Checks a pack against the association's database as it is now: were the words said, and may they still be quoted?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from advocacy_monitor.candidates import Candidate, chosen_candidates, is_verified
from advocacy_monitor.exhibits import why_not_quoted
from advocacy_monitor.models import EvidencePack, Exhibit
from advocacy_monitor.pack_checks import Check, failed, listed, not_possible, ok, quotes
from advocacy_monitor.redact import is_verbatim
from advocacy_monitor.store import Store


def store_checks(pack: EvidencePack, store: Store) -> Iterator[Check]:
    """Every quote against its statement, its record as received, its consent, approval and standing now."""
    if not pack.exhibits:
        yield not_possible("database", "the pack holds no quote that could be compared with the database")
        return
    ids = [each.item_id for each in pack.exhibits]
    found = {each.item.id: each for each in chosen_candidates(store, sorted(ids)) if each.item.text}
    yield _log(pack, store)
    yield _words(pack, found)
    yield _records(pack, found, store.items.capture_digests([each for each in ids if each in found]))
    yield _standing(pack, found)
    now = store.now()
    stale = [e.number for e in pack.exhibits if e.item_id in found and not is_verified(found[e.item_id], now)]
    if stale:
        why = "these posts were last seen at their platform too long ago to say that they still stand there"
        yield not_possible("may be quoted", f"{why}; `advocacy-monitor verify` looks", stale)


def _log(pack: EvidencePack, store: Store) -> Check:
    """Every pack is noted before its first file is written; the number holds part of the digest."""
    without = [each.number for each in pack.exhibits if pack.number not in store.packs.holding(each.item_id)]
    if not without:
        return ok("log", f"the log of this database holds pack {pack.number} with {quotes(len(pack.exhibits))}")
    if len(without) == len(pack.exhibits):
        return failed(
            "log",
            f"the log of this database holds no pack {pack.number}: it is not genuine, or was made from another "
            "database (then leave this one out: --no-database)",
        )
    return failed("log", f"as the log of this database has pack {pack.number}, these quotes are not in it", without)


def _words(pack: EvidencePack, found: Mapping[int, Candidate]) -> Check:
    wrong = [each.number for each in pack.exhibits if each.item_id in found and not _same(each, found[each.item_id])]
    compared = sum(each.item_id in found for each in pack.exhibits)
    if wrong:
        return failed("words", "these quotes are not what the database holds, redacted as it must be now", wrong)
    if not compared:
        return not_possible("words", "no statement of this pack is in the database any more")
    return ok("words", f"the words of {quotes(compared)} are those of the stored statements")


def _same(exhibit: Exhibit, found: Candidate) -> bool:
    return exhibit.text == found.text and is_verbatim(exhibit.text, found.item.text.strip())


def _records(pack: EvidencePack, found: Mapping[int, Candidate], digests: Mapping[int, str]) -> Check:
    compared = [each for each in pack.exhibits if each.capture_sha256 and digests.get(each.item_id)]
    wrong = [each.number for each in compared if digests[each.item_id] != each.capture_sha256]
    if wrong:
        return failed("records", "the records as received have other digests than these quotes say", wrong)
    if not compared:
        return not_possible("records", "no quote of this pack gives the digest of a record that is still there")
    redacted = sum(not each.capture_sha256 for each in pack.exhibits)
    rest = f"; for {quotes(redacted)} it gives none, because something was taken out" if redacted else ""
    return ok("records", f"the records of {quotes(len(compared))} as received have the digests in the pack{rest}")


def _standing(pack: EvidencePack, found: Mapping[int, Candidate]) -> Check:
    """What was withdrawn, rejected, deleted or changed since the pack was made."""
    sent = pack.recipient is not None
    reasons: dict[int, str] = {}
    for each in pack.exhibits:
        now = found.get(each.item_id)
        if now is None:
            reasons[each.number] = f"item {each.item_id}: is no longer in the database"
        elif why := why_not_quoted(now, named=bool(each.attribution or each.url), sent=sent):
            reasons[each.number] = str(why)
    if reasons:
        return failed(
            "may be quoted", f"these quotes may not be used any more: {listed(list(reasons.values()))}", reasons
        )
    return ok("may be quoted", f"{quotes(len(pack.exhibits))} are approved and consented for this use now")
