"""Reads the result of X's batch compliance: which of the posts that were asked about must be removed, and why.

One JSON object a line, `{"id", "action", "created_at", "redacted_at", "reason"}`; only posts that are affected are
listed, and real files begin with an empty line. https://docs.x.com/x-api/compliance/batch-compliance/introduction.
A file about accounts looks the same; its ids are of people, and no post has them.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from msgspec import Struct

from advocacy_monitor.errors import BadRecordError
from advocacy_monitor.models import Standing, Verdict
from advocacy_monitor.sources.x_shapes import SOURCE, checked_id, clip

_STANDINGS = {
    "deleted": (Standing.GONE, "deleted by its author"),
    "deactivated": (Standing.GONE, "its account is deactivated"),
    "suspended": (Standing.GONE, "its account is suspended"),
    "bounced": (Standing.GONE, "X took it back"),
    "protected": (Standing.PROTECTED, "its account is protected"),
    "scrub_geo": (Standing.EDITED, "its author took its place back"),
}


class _Line(Struct):
    id: str | int | None = None
    action: str | None = None
    reason: str | None = None


def read_compliance(lines: Iterable[str | bytes], *, unread: list[str] | None = None) -> list[Verdict]:
    """The verdicts in the lines of a result; the last one about a post counts.

    A deletion of an unknown reason is GONE, an unknown action UNKNOWN. A line that cannot be read is added to `unread`
    with its number, and the rest goes on; without `unread` it raises BadRecordError, because a deletion may hide in it.
    """
    found: dict[str, Verdict] = {}
    for number, line in enumerate(lines, start=1):
        text = line.decode("utf-8", "replace") if isinstance(line, bytes) else line
        if not text.strip().lstrip("\ufeff"):
            continue
        try:
            verdict = _verdict(text.lstrip("\ufeff"))
        except BadRecordError as error:
            if unread is None:
                raise BadRecordError(f"line {number} {error}") from error
            unread.append(f"line {number} {error}")
        else:
            found[verdict.source_id] = verdict
    return list(found.values())


def _verdict(line: str) -> Verdict:
    try:
        notice = msgspec.json.decode(line, type=_Line)
    except (msgspec.MsgspecError, UnicodeDecodeError, UnicodeEncodeError, RecursionError) as error:
        raise BadRecordError("is not a line of a compliance result") from error
    if notice.action is None:
        raise BadRecordError("is not a line of a compliance result: it names no action")
    post_id = checked_id(notice.id)
    standing, detail = _meaning(notice.action, notice.reason)
    return Verdict(source=SOURCE, source_id=post_id, standing=standing, detail=f"X's compliance result: {detail}")


def _meaning(action: str, reason: str | None) -> tuple[Standing, str]:
    known = _STANDINGS.get(reason or "") or _STANDINGS.get(action)
    if known is not None:
        return known
    if action == "delete":
        return Standing.GONE, f"to be deleted, reason {clip(reason or 'not given', 40)}"
    return Standing.UNKNOWN, f"action {clip(action, 40)}, which this version does not know"
