"""What people take out of a statement, and what they say the software has taken for personal data and is none (R7).

Both are annotations by the person, so whatever the software finds later changes neither. A place in a text is a place
in the text that was shown: whoever says so names its digest, and is refused when other words stand there now.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from advocacy_monitor.candidates import Candidate, candidate
from advocacy_monitor.errors import ModerationError
from advocacy_monitor.models import Annotation, Decision, Span, Status
from advocacy_monitor.redact import FOUND, KEPT, KINDS
from advocacy_monitor.store import Store

SENT_BACK_BY = "redaction@1"
"""Who decides that a statement waits again: a consequence, which nobody takes back as if it were a decision."""

MOST = 200
"""So many places at once: more is a mistake, or no person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What somebody says about places in a statement. `of_sha256` is the digest of the text that was shown to them."""

    item_id: int
    spans: tuple[Span, ...]
    kind: str
    by: str
    reason: str
    of_sha256: str


def text_digest(text: str) -> str:
    """SHA-256 of a text in UTF-8."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def occurrences(text: str, words: str) -> tuple[Span, ...]:
    """Every place in a text where exactly these words stand, from its beginning; none of them overlap."""
    found: list[Span] = []
    words = words.strip()
    at = text.find(words) if words else -1
    while at >= 0:
        found.append(Span(at, at + len(words)))
        at = text.find(words, at + len(words))
    return tuple(found)


def trimmed(text: str, span: Span) -> Span:
    """The span without the spaces at its ends; one outside of the text ends with it."""
    start, end = max(span.start, 0), min(span.end, len(text))
    words = text[start:end]
    if not words.strip():
        return Span(start, start)
    return Span(start + len(words) - len(words.lstrip()), start + len(words.rstrip()))


def take_out(store: Store, word: Word) -> None:
    """Has words taken out of every quote of a statement; where it stands in moderation stays as it is.

    Raises ModerationError naming the item and the rule.
    """
    if word.kind not in KINDS:
        raise ModerationError(f"item {word.item_id}: {word.kind!r} is no kind of personal data: {', '.join(KINDS)}")

    def decided() -> Iterable[Decision]:
        _shown(store, word)
        return ()

    store.assertions.add(_annotations(store, word, FOUND), decided=decided)


def keep(store: Store, word: Word) -> bool:
    """Says that words which are taken out are no personal data. Returns whether the item went back to pending.

    More is said then than was approved: an approved statement has to be read again. What the software finds at these
    very places from now on stays visible; what somebody takes out there afterwards does not. Raises ModerationError.
    """
    back: list[Decision] = []

    def decided() -> Iterable[Decision]:
        found = _shown(store, word)
        hidden = {span for _, span in found.personal}
        if unknown := [span for span in word.spans if span not in hidden]:
            place = f"{unknown[0].start} to {unknown[0].end}"
            raise ModerationError(f"item {word.item_id}: nothing is taken out at {place}; look again")
        if found.status is Status.APPROVED:
            back.append(
                Decision(
                    item_id=word.item_id,
                    status=Status.PENDING,
                    moderator=SENT_BACK_BY,
                    reason=f"{word.by}: {word.reason.strip()}",
                    decided_at=store.now(),
                )
            )
        return back

    store.assertions.add(_annotations(store, word, KEPT), decided=decided)
    return bool(back)


def _annotations(store: Store, word: Word, label: str) -> Sequence[Annotation]:
    number = word.item_id
    if not word.by.strip():
        raise ModerationError("who says so? a redaction needs a name")
    if not word.reason.strip():
        raise ModerationError(f"item {number}: a reason is needed")
    if not word.spans:
        raise ModerationError(f"item {number}: which words? none were chosen")
    if len(word.spans) > MOST:
        raise ModerationError(f"item {number}: {len(word.spans):,} places at once; at most {MOST} are taken")
    found = store.items.get([number])
    if not found:
        raise ModerationError(f"item {number}: there is no such item")
    for span in word.spans:
        if not 0 <= span.start < span.end <= len(found[0].text):
            raise ModerationError(f"item {number}: {span.start} to {span.end} is no place in its text")
    return [Annotation(item_id=number, label=label, value=word.kind, spans=word.spans, by=f"person:{word.by}")]


def _shown(store: Store, word: Word) -> Candidate:
    """The item, if its text is the one that was shown. Inside the transaction that writes."""
    found = candidate(store, word.item_id)
    if found is None:
        raise ModerationError(f"item {word.item_id}: there is no such item")
    if not found.item.text:
        raise ModerationError(f"item {word.item_id}: its words were removed")
    if text_digest(found.item.text) != word.of_sha256:
        raise ModerationError(f"item {word.item_id}: its text is no longer the one that was shown; look again")
    return found
