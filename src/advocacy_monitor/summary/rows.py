"""One item as a row of the summary."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable

from advocacy_monitor.candidates import Candidate, gone, held, quotes_allowed
from advocacy_monitor.closed_answers import OPTION, Reader, parted
from advocacy_monitor.coding.doubts import doubts_of
from advocacy_monitor.left_out import LEFT_OUT, Looked, why_not
from advocacy_monitor.models import Status, Use
from advocacy_monitor.store.summary import SummaryRow

QUOTABLE, SENDABLE, HELD, CODED, COMPLAINT, PERSONAL, EDITED, GONE, REPOST, SEEN, SUBMISSION, UNCHECKED = (
    1 << bit for bit in range(12)
)
"""What is known of an item, as bits: may be quoted; may be sent to a representative as well; waits for a person; was
coded by a person; is a complaint, as a person says; has personal data in it; was edited at its source; is no longer
shown there; repeats somebody; counts as an appearance where it is a repost; came from a form and not from a platform;
has not been looked at by a check that packs wait for."""

MEMBERS = "\n"
"""Between the members of a set that is one name: no code or consent holds a new line."""

ANSWER = "\t"
"""Between a question and its answer."""

KINDS = ("status", "source", "language", "area", "library", "themes", "consents", "risks", "answers")
"""The columns whose numbers are names."""


def row_of(
    found: Candidate,
    *,
    looked: Looked,
    unchecked: bool,
    chosen: Reader,
    number: Callable[[str, str], int],
    seq: int,
) -> SummaryRow:
    """A candidate as a row; `chosen` reads its closed answers, `number` gives the number of a name of one of KINDS.

    Posts count whether they were looked up lately or not: that depends on the day.
    """
    item = found.item
    why = why_not(found, frozenset({item.id}) if unchecked else frozenset(), looked)

    def named(kind: str, name: str | None) -> int:
        return number(kind, name) if name else 0

    def members(kind: str, names: Iterable[str]) -> int:
        return named(kind, MEMBERS.join(sorted(names)))

    return SummaryRow(
        item_id=item.id,
        seq=seq,
        said=int(item.created_at.timestamp()),
        person=None if item.person_key is None else _person(item.person_key),
        raw_root=found.root,
        why=0 if why is None else 1 + LEFT_OUT.index(why),
        status=named("status", str(found.status)),
        source=named("source", item.source),
        language=named("language", found.language),
        area=named("area", found.area),
        library=named("library", found.library),
        themes=members("themes", found.themes),
        consents=members("consents", (str(use) for use in found.uses)),
        risks=members("risks", found.risks),
        answers=members("answers", _answers(chosen(item))),
        places=found.places,
        flags=_flags(found, unchecked=unchecked),
        doubt=round(1000 * max((doubt.unsure for doubt in doubts_of(item.text, found.suggested)), default=0.0)),
    )


def _person(key: str) -> int:
    """63 bits of a person's key: enough to tell people apart."""
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "big") >> 1


def _answers(chosen: str | None) -> Iterable[str]:
    """Each question with its answer; options of the form's stand apart as OPTION parts them."""
    for question, options in parted(chosen) if chosen else ():
        yield f"{question}{ANSWER}{OPTION.join(options)}"


def _flags(found: Candidate, *, unchecked: bool) -> int:
    flags = (
        (QUOTABLE, quotes_allowed(found.uses)),
        (SENDABLE, quotes_allowed(found.uses) and Use.SEND_TO_REPRESENTATIVE in found.uses),
        (HELD, held(found)),
        (CODED, found.coded_themes is not None),
        (COMPLAINT, found.complaint_by_person),
        (PERSONAL, bool(found.personal)),
        (EDITED, found.edited),
        (GONE, gone(found)),
        (REPOST, found.repost),
        (SEEN, not gone(found) and found.status is not Status.REJECTED),
        (SUBMISSION, found.item.kind == "submission"),
        (UNCHECKED, unchecked),
    )
    return sum(bit for bit, is_set in flags if is_set)
