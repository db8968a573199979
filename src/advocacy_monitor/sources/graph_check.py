"""Does what was found at Facebook or Instagram still stand (R5)? What both have in common: batches and refusals.

Graph answers with the same error for what was deleted and for what it does not show to a token. So each batch begins
with a control, something of the same kind that must be there: only where that is shown is what is not shown gone. A
list without any object shows nothing: that is what a token gets that lost a permission.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias
from urllib.parse import urlencode

import msgspec

from advocacy_monitor.errors import FatalSourceError, RetryableSourceError
from advocacy_monitor.models import Known, Page, Post, Standing, Verdict
from advocacy_monitor.sources.graph_client import MOST_IN_A_BATCH, Graph
from advocacy_monitor.sources.graph_errors import LimitError, MissingError, TokenError, graph_error
from advocacy_monitor.sources.service import Answer

Judged: TypeAlias = tuple[Verdict, Post | None]
_ID = re.compile(r"\d+(_\d+)?")
_IN_ONE_BATCH = MOST_IN_A_BATCH - 1
_POSTS_TO_LOOK_AT = 25
"""The newest post may have no comments, while comments are shown."""


class _Comments(msgspec.Struct):
    data: list[msgspec.Raw] = []


class _Controlled(msgspec.Struct):
    id: str
    comments: _Comments | None = None


class _Control(msgspec.Struct):
    data: list[_Controlled]
    error: msgspec.Raw = msgspec.Raw()


def judged_in_batches(
    graph: Graph,
    known: Sequence[Known],
    *,
    control: str,
    is_comment: Callable[[Known], bool],
    url: Callable[[Known], str],
    judge: Callable[[Known, bytes], Judged],
    what: str,
) -> Iterator[Page]:
    """A verdict for each post, a page for each batch. `judge` is given the object that was sent for a post.

    `control` is the address of a list of posts with comments, see `control_url`.

    Raises what stopped it, after a verdict for each of them.
    """
    for start in range(0, len(known), _IN_ONE_BATCH):
        batch = known[start : start + _IN_ONE_BATCH]
        askable = [one for one in batch if _ID.fullmatch(one.source_id)]
        try:
            answers = graph.batch([control, *map(url, askable)], what=what)
        except (RetryableSourceError, FatalSourceError) as error:
            yield unknown(known[start:], f"could not be asked: {error}")
            raise
        doubts = {commented: _doubt(answers[0], commented=commented) for commented in (False, True)}
        judged: list[Judged] = [
            (verdict(one, Standing.UNKNOWN, "its number is not one that can be asked for"), None)
            for one in batch
            if one not in askable
        ]
        for one, answer in zip(askable, answers[1:], strict=True):
            sent = _sent(graph, one, answer, doubt=doubts[is_comment(one)])
            judged.append((sent, None) if isinstance(sent, Verdict) else judge(one, sent))
        yield page_of(judged)


def _doubt(control: Answer | None, *, commented: bool) -> str | None:
    """Why what is not shown need not be gone, or None when the control shows something of the same kind."""
    try:
        found = msgspec.json.decode(control.body, type=_Control) if control and control.status == 200 else None
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        found = None
    if found is None or bytes(found.error) or not found.data:
        return "it is not shown, but the access_token is shown no posts at all: is a permission lost?"
    if commented and not any(one.comments is not None and one.comments.data for one in found.data):
        return "it is not shown, but the access_token is shown no comments at all: is a permission lost?"
    return None


def _sent(graph: Graph, known: Known, answer: Answer | None, *, doubt: str | None) -> Verdict | bytes:
    """The object that was sent, or the verdict when none was."""
    if answer is None:
        return verdict(known, Standing.UNKNOWN, "there was no time to answer")
    error = graph_error(answer.body, answer.headers)
    if isinstance(error, MissingError):
        if doubt is None:
            return verdict(known, Standing.GONE, "deleted, or not shown any more")
        return verdict(known, Standing.UNKNOWN, doubt)
    if isinstance(error, (LimitError, TokenError)):
        graph.over = error
    if error is not None:
        return verdict(known, Standing.UNKNOWN, str(error))
    if answer.status != 200:
        return verdict(known, Standing.UNKNOWN, f"could not be asked ({answer.status})")
    return answer.body


def compared(known: Known, now: Post) -> Judged:
    """Whether a post still says what is stored; an edited one comes with its new version."""
    if now.text == known.text:
        return verdict(known, Standing.STANDS), None
    return verdict(known, Standing.EDITED), now


def unknown(known: Iterable[Known], detail: str) -> Page:
    """A page of verdicts that say nothing new, and why."""
    return Page(verdicts=tuple(verdict(one, Standing.UNKNOWN, detail) for one in known))


def page_of(judged: Sequence[Judged]) -> Page:
    """Verdicts and new versions as a page."""
    return Page(items=tuple(item for _, item in judged if item is not None), verdicts=tuple(said for said, _ in judged))


def verdict(known: Known, standing: Standing, detail: str = "") -> Verdict:
    """A verdict about a stored post."""
    return Verdict(source=known.source, source_id=known.source_id, standing=standing, detail=detail)


def control_url(list_path: str) -> str:
    """The address of posts that must be there, each with a comment where it has any."""
    return object_url(list_path, "id,comments.limit(1){id}", limit=_POSTS_TO_LOOK_AT)


def object_url(path: str, fields: str, **more: int) -> str:
    """The address of one object or list in a batch."""
    return f"{path}?{urlencode({'fields': fields, **more})}"
