"""Asks Bluesky whether posts still stand, and unchanged (R5).

The service leaves out what it does not show and does not say why: deleted, hidden by a moderator, or its author's
account gone, suspended or deactivated. Whether the account is shown is asked as well, so that the answer can say so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from advocacy_monitor.errors import BadRecordError
from advocacy_monitor.models import Known, Page, Post, Standing, Verdict
from advocacy_monitor.sources import bluesky_client as client
from advocacy_monitor.sources.bluesky_client import Bluesky
from advocacy_monitor.sources.bluesky_post import (
    POST_URI,
    SOURCE,
    cid_of,
    identity,
    is_withheld,
    read,
    refusal,
    to_post,
)
from advocacy_monitor.sources.retrying import Patience

_BATCH = 25


def verdicts(service: Bluesky, known: Sequence[Known], patience: Patience) -> Iterator[Page]:
    """One verdict for each post, a page for each 25. Raises RetryableSourceError or FatalSourceError."""
    remaining = iter(known)
    while batch := list(islice(remaining, _BATCH)):
        yield _page(service, batch, patience)


def _page(service: Bluesky, batch: Sequence[Known], patience: Patience) -> Page:
    asked = list(dict.fromkeys(each.source_id for each in batch if POST_URI.fullmatch(each.source_id)))
    found = patience.call(lambda: client.posts(service, asked), what=service.url) if asked else []
    shown = {identity(raw): raw for raw in found}
    missing = [uri for uri in asked if uri not in shown]
    authors = list(dict.fromkeys(_author(uri) for uri in missing))
    there = patience.call(lambda: client.accounts(service, authors), what=service.url) if authors else set()
    unreadable = [raw.replace(b"\\/", b"/") for key, raw in shown.items() if isinstance(key, bytes)]
    told: list[Verdict] = []
    items: list[Post] = []
    for each in batch:
        if each.source_id not in asked:
            told.append(_verdict(each, Standing.UNKNOWN, "not the address of a post of Bluesky"))
        elif any(each.source_id.encode() in raw for raw in unreadable):
            told.append(_verdict(each, Standing.UNKNOWN, "the service sent a post that cannot be read"))
        elif each.source_id in missing:
            told.append(_gone(each, account_stands=_author(each.source_id) in there))
        else:
            verdict, edited = _compared(each, shown[each.source_id])
            told.append(verdict)
            items += [edited] if edited else []
    return Page(items=tuple(items), verdicts=tuple(told))


def _author(uri: str) -> str:
    parts = POST_URI.fullmatch(uri)
    assert parts is not None
    return parts[1]


def _gone(known: Known, *, account_stands: bool) -> Verdict:
    if account_stands:
        return _verdict(known, Standing.GONE, "deleted, or hidden by a moderator: Bluesky does not say which")
    return _verdict(known, Standing.GONE, "the author's account is deleted, deactivated or suspended")


def _compared(known: Known, raw: bytes) -> tuple[Verdict, Post | None]:
    """What the post now is. A new version counts as edited when its words differ, not only what is beside them."""
    try:
        told = read(raw)
        reason = refusal(told)
        if reason is not None:
            return _verdict(known, Standing.WITHHELD if is_withheld(told) else Standing.PROTECTED, reason), None
        post = to_post(told, raw=raw)
    except BadRecordError as error:
        return _verdict(known, Standing.UNKNOWN, str(error)), None
    if post.text != known.text and cid_of(told) != _known_cid(known):
        return _verdict(known, Standing.EDITED, ""), post
    return _verdict(known, Standing.STANDS, ""), None


def _known_cid(known: Known) -> str | None:
    try:
        return cid_of(read(known.raw))
    except BadRecordError:
        return None


def _verdict(known: Known, standing: Standing, detail: str) -> Verdict:
    return Verdict(source=SOURCE, source_id=known.source_id, standing=standing, detail=detail)
