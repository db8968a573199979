"""The redaction editor: words that must not leave are taken out, and what the software took for personal data is kept.

With a script, words are selected in the text. Without one they are typed, and the places where they stand are offered.
Either way the preview shows the quote as it would be, with the mark that names what was taken out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response

from advocacy_monitor.candidates import Candidate, candidate
from advocacy_monitor.desk.context import Asked, Page
from advocacy_monitor.desk.pages.statement_found import field, found_for, not_there
from advocacy_monitor.desk.pages.statement_marks import Run, aligned, context, finds, marks_of, runs
from advocacy_monitor.desk.pages.statement_words import saying
from advocacy_monitor.errors import ModerationError
from advocacy_monitor.models import Span
from advocacy_monitor.redact import KINDS, mark, redact
from advocacy_monitor.redaction import MOST, Word, keep, occurrences, take_out, text_digest, trimmed
from advocacy_monitor.staff.roles import Right
from advocacy_monitor.statement_story import story_of

_PLACE = re.compile(r"(\d{1,9})-(\d{1,9})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What stands in the form: words, places that were offered and chosen, a kind and a reason.

    `is_nowhere` and `is_several` say of newly typed words that they stand at no place, or at more than one.
    """

    words: str = ""
    kind: str = "name"
    reason: str = ""
    spans: tuple[Span, ...] = ()
    chosen: frozenset[Span] = frozenset()
    is_nowhere: bool = False
    is_several: bool = False


def editor(asked: Asked) -> Response:
    """The page with the text to choose from."""
    return _page(asked, found_for(asked), Typed())


def _page(asked: Asked, found: Candidate, typed: Typed, *, problem: str = "", status: int = 200) -> Response:
    item, words = found.item, saying(asked)
    facts = story_of(asked.desk.reader(), item.id)["annotations"]
    personal = [mark for mark in marks_of(facts, found, asked.t, words.label) if mark.key == "personal"]
    hidden = [*((typed.kind, span) for span in typed.spans if span in typed.chosen), *found.personal]
    return asked.page(
        "statement_redact.html",
        status=status,
        problem=problem,
        typed=typed,
        item=item,
        found=found,
        is_approved=found.status == "approved",
        digest=text_digest(item.text),
        runs=[Run(aligned(run.text), run.marks) for run in runs(item.text, personal)],
        finds=finds(facts, found),
        offered=[(span, context(item.text, span)) for span in typed.spans],
        preview=redact(item.text, hidden, language=found.language).strip(),
        kinds=KINDS,
        replaced={kind: mark(kind, found.language) for kind in KINDS},
        words=words,
    )


def change(asked: Asked) -> Response:
    """Shows what a redaction would do, or stores it. What is refused is shown again as it was typed."""
    found = found_for(asked)
    typed = _typed(asked, found.item.text)
    if text_digest(found.item.text) != field(asked, "seen"):
        changed = asked.t.text("The text is no longer the one that you saw. Choose the words again.")
        return _page(asked, found, Typed(kind=typed.kind, reason=typed.reason), problem=changed, status=409)
    if not typed.chosen:
        nowhere = asked.t.text("These words do not stand in the text exactly as they were typed.")
        none = asked.t.text("Choose words in the text, or type them.")
        return _page(asked, found, typed, problem=nowhere if typed.is_nowhere else none, status=400)
    if asked.form.get("do") != "store":
        return _page(asked, found, typed)
    if typed.is_several:
        several = asked.t.text("These words stand at several places. Choose which are to be taken out.")
        return _page(asked, found, typed, problem=several, status=400)
    return _stored(asked, found, typed)


def _typed(asked: Asked, text: str) -> Typed:
    """The form's fields. Words are looked for once: the second time, the ticked ones of their places count."""
    words = field(asked, "words")
    is_new = bool(words) and words != field(asked, "searched")
    places = _places(text, words) if is_new else ()
    chosen = (*_spans(_texts(asked, "span"), text), *places)
    return Typed(
        words=words,
        kind=field(asked, "kind") or "name",
        reason=field(asked, "reason"),
        spans=tuple(dict.fromkeys((*_spans(_texts(asked, "offered"), text), *chosen))),
        chosen=frozenset(chosen),
        is_nowhere=is_new and not places,
        is_several=len(places) > 1,
    )


def _texts(asked: Asked, name: str) -> list[str]:
    return [value for value in asked.form.getlist(name) if isinstance(value, str)]


def _places(text: str, words: str) -> tuple[Span, ...]:
    """Where words stand: as they were said, else as they are shown, with other signs for those that nobody sees."""
    return (occurrences(text, words) or occurrences(aligned(text), words))[:MOST]


def _spans(values: Sequence[str], text: str) -> tuple[Span, ...]:
    """Places such as '12-20', without the spaces at their ends; what is none, or beyond the text, is left out."""
    found = [_PLACE.fullmatch(value) for value in values[: MOST + 1]]
    spans = [trimmed(text, Span(int(each[1]), int(each[2]))) for each in found if each]
    return tuple(dict.fromkeys(span for span in spans if span.start < span.end))


def _stored(asked: Asked, found: Candidate, typed: Typed) -> Response:
    chosen = tuple(span for span in typed.spans if span in typed.chosen)
    try:
        with asked.desk.writer() as store:
            take_out(store, _word(asked, found, chosen, typed))
            asked.desk.note(store, asked.person, "redact", item_ids=[found.item.id], detail=typed.reason)
    except ModerationError as error:
        return _page(asked, found, typed, problem=str(error), status=409)
    done = asked.t.text("Taken out. Every quote and every pack made from now on is without these words.")
    return asked.to(f"/statements/{found.item.id}/redact", say=done)


def _word(asked: Asked, found: Candidate, spans: tuple[Span, ...], typed: Typed) -> Word:
    return Word(
        item_id=found.item.id,
        spans=spans,
        kind=typed.kind,
        by=asked.person.name,
        reason=typed.reason,
        of_sha256=field(asked, "seen"),
    )


def kept(asked: Asked) -> Response:
    """Notes that words which are taken out are no personal data."""
    found = found_for(asked)
    text = found.item.text
    typed = Typed(kind="other", reason=field(asked, "reason"))
    # Not trimmed: these are places that were found, and are known again as such.
    places = [_PLACE.fullmatch(value) for value in _texts(asked, "find")]
    spans = tuple(dict.fromkeys(Span(int(each[1]), int(each[2])) for each in places if each))
    try:
        with asked.desk.writer() as store:
            is_back = keep(store, _word(asked, found, spans, typed))
            asked.desk.note(store, asked.person, "keep", item_ids=[found.item.id], detail=typed.reason)
            now = candidate(store, found.item.id)
    except ModerationError as error:
        return _page(asked, found, typed, problem=str(error), status=409)
    if now is None:
        raise not_there(asked)
    still = any(each.start < span.end and span.start < each.end for span in spans for _, each in now.personal)
    return asked.to(
        f"/statements/{found.item.id}/redact", say=_said(asked, is_back=is_back, still=still and bool(text))
    )


def _said(asked: Asked, *, is_back: bool, still: bool) -> str:
    t = asked.t
    said = [t.text("Noted: this is no personal data.")]
    if still:
        said.append(t.text("Something longer that was found there still covers some of these words."))
    if is_back:
        said.append(t.text("The statement was approved without these words, so it waits for a decision again."))
    return " ".join(said)


PAGES = (
    Page("GET", "/statements/{item:int}/redact", Right.MODERATE, editor),
    Page("POST", "/statements/{item:int}/redact", Right.MODERATE, change),
    Page("POST", "/statements/{item:int}/keep", Right.MODERATE, kept),
)
