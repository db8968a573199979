"""Do posts and comments of one Facebook Page still stand, and unchanged (R5)?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from advocacy_monitor.errors import BadRecordError, SourceError
from advocacy_monitor.models import Known, Page, Standing
from advocacy_monitor.sources.facebook_post import (
    COMMENT_FIELDS,
    POST_FIELDS,
    Owner,
    capture,
    found,
    read,
    refusal,
    to_post,
)
from advocacy_monitor.sources.graph_check import (
    Judged,
    compared,
    control_url,
    judged_in_batches,
    object_url,
    unknown,
    verdict,
)
from advocacy_monitor.sources.graph_client import Graph


def standings(graph: Graph, page_id: str, waiting: list[Known], *, what: str, of: Owner) -> Iterator[Page]:
    """The verdicts on those of `waiting` that were found on this Page, which are taken out of it.

    Raises what stopped it, after a verdict for each of them.
    """
    ours = [known for known in waiting if _page(known) == page_id]
    waiting[:] = [known for known in waiting if _page(known) != page_id]
    yield from judged_in_batches(
        graph,
        ours,
        control=control_url(f"{page_id}/feed"),
        is_comment=lambda one: found(one.raw).post is not None,
        url=_url,
        judge=lambda known, record: _judged(known, record, of),
        what=f"{what}, check of posts",
    )


def unasked(waiting: Sequence[Known], failures: Sequence[tuple[str, SourceError]]) -> Iterator[Page]:
    """The verdict on posts whose Page is not among the settings, or could not be opened."""
    if not waiting:
        return
    failed = "; ".join(f"{name}: {error}" for name, error in failures)
    yield unknown(waiting, f"its Page could not be asked: {failed}" if failed else "its Page is not in the settings")


def _page(known: Known) -> str | None:
    try:
        return found(known.raw).page
    except BadRecordError:
        return None


def _judged(known: Known, body: bytes, owner: Owner) -> Judged:
    try:
        before, record = found(known.raw), read(body)
        if (reason := refusal(record)) is not None:
            standing = Standing.WITHHELD if record.is_hidden else Standing.PROTECTED
            return verdict(known, standing, reason.partition(":")[0]), None
        return compared(known, to_post(capture(body, page=before.page, post=before.post), owner=owner))
    except BadRecordError as error:
        return verdict(known, Standing.UNKNOWN, f"the answer cannot be read: {error}"), None


def _url(known: Known) -> str:
    return object_url(known.source_id, POST_FIELDS if found(known.raw).post is None else COMMENT_FIELDS)
