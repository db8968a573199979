"""Do comments and media of Instagram still stand, and unchanged (R5)?

Comments under the account's own media can be asked for by number. A medium can be asked for by its owner alone, so
media that tag the account are looked for among those that still do, and media found by a hashtag cannot be asked about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from advocacy_monitor.errors import BadRecordError, FatalSourceError, RetryableSourceError
from advocacy_monitor.models import Known, Page, Standing
from advocacy_monitor.sources.graph_check import (
    Judged,
    compared,
    control_url,
    judged_in_batches,
    object_url,
    page_of,
    unknown,
    verdict,
)
from advocacy_monitor.sources.instagram_listings import Account
from advocacy_monitor.sources.instagram_media import (
    COMMENT_FIELDS,
    TAGGED_FIELDS,
    capture,
    found,
    moment,
    read,
    to_post,
)

_ID = re.compile(rb'"id"\s*:\s*"(\d+)"')
_HASHTAG_MEDIA = "Instagram lets nobody but its owner ask for a medium that a hashtag search found; look at its address"


def standings(account: Account, known: Sequence[Known]) -> Iterator[Page]:
    """A verdict for each. Raises what stopped it, after a verdict for each."""
    comments = [one for one in known if _list(one) == "comments"]
    media = [one for one in known if _list(one) != "comments"]
    failure: RetryableSourceError | FatalSourceError | None = None
    try:
        yield from _media(account, media)
    except (RetryableSourceError, FatalSourceError) as error:
        yield unknown(media, f"could not be asked: {error}")
        failure = error
    yield from judged_in_batches(
        account.graph,
        comments,
        control=control_url(f"{account.number}/media"),
        is_comment=lambda one: True,
        url=lambda one: object_url(one.source_id, COMMENT_FIELDS),
        judge=_judged,
        what="check of comments",
    )
    if failure is not None:
        raise failure


def _list(known: Known) -> str | None:
    try:
        return found(known.raw)[0].list
    except BadRecordError:
        return None


def _media(account: Account, media: Sequence[Known]) -> Iterator[Page]:
    """Reads the media that tag the account until all that did are found; one found by a hashtag may be among them."""
    if not media:
        return
    sought = {one.source_id for one in media if _list(one) == "tagged"}
    shown: dict[str, bytes] = {}
    unreadable = False
    if sought:
        asked = {"fields": TAGGED_FIELDS, "limit": account.page_size}
        for records in account.graph.pages(f"{account.number}/tags", asked, what="check of tagged media"):
            unreadable = unreadable or not all(map(_number, records))
            shown.update((number, raw) for raw in records if (number := _number(raw)))
            if sought <= shown.keys():
                break
    oldest = None if unreadable else min((time for raw in shown.values() if (time := _time(raw))), default=None)
    yield page_of([_medium(one, shown.get(one.source_id), one.source_id in sought, oldest) for one in media])


def _medium(known: Known, raw: bytes | None, tagged: bool, oldest: datetime | None) -> Judged:
    """Only what lies within the list can be missing from it: Meta does not say how far back the list goes.

    Without `oldest` nothing is known to lie within it: so it is where a medium in the list does not say which it is.
    """
    if raw is not None:
        return _judged(known, raw)
    if not tagged:
        return verdict(known, Standing.UNKNOWN, _HASHTAG_MEDIA), None
    written = _time(found(known.raw)[1])
    if oldest is not None and written is not None and oldest < written:
        return verdict(known, Standing.GONE, "not among the media that tag the account any more"), None
    return verdict(
        known,
        Standing.UNKNOWN,
        "the list of media that tag the account does not go back so far, or holds one that cannot be read",
    ), None


def _judged(known: Known, record: bytes) -> Judged:
    try:
        if read(record).hidden:
            return verdict(known, Standing.WITHHELD, "hidden by the account"), None
        return compared(known, to_post(capture(record, found(known.raw)[0])))
    except BadRecordError as error:
        return verdict(known, Standing.UNKNOWN, f"the answer cannot be read: {error}"), None


def _time(raw: bytes) -> datetime | None:
    try:
        return moment(read(raw))
    except BadRecordError:
        return None


def _number(raw: bytes) -> str | None:
    try:
        return read(raw).id
    except BadRecordError:
        named = set(_ID.findall(raw))
        return named.pop().decode() if len(named) == 1 else None
