"""What the pages of coding share: the round and the coder of a request, the themes with their keys, a filled form."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from starlette.responses import Response

from advocacy_monitor.codebook import Ambiguity, Codebook, Example, Theme
from advocacy_monitor.coding.rounds import LONGEST_NOTE, changed_since, coder_called
from advocacy_monitor.desk.context import Asked, Refusal
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.store import Store
from advocacy_monitor.store.coding import Coding, Drawn, Round
from advocacy_monitor.translate import Texts

KEYS = "123456789abcdefhijklmopqruvwxyz"
"""The keys of the themes in their order. N is the note, S skips, T is too short to say, 0 none; G goes elsewhere."""

SETTLES = "coding.settles"
"""The action of somebody who goes on to see what the coders of a round answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A theme as a coder chooses it. `key` is empty when there are more themes than keys.

    The examples are those in the language of the interface and the English ones; the rest of a codebook is English.
    """

    key: str
    theme: Theme
    title: str
    title_language: str
    examples: tuple[Example, ...]
    counterexamples: tuple[Example, ...]
    doubts: tuple[Ambiguity, ...]


def choices(codebook: Codebook, language: str) -> list[Choice]:
    """All themes of a codebook, as far as it has them in a language."""
    keys = [*KEYS, *[""] * len(codebook.themes)]
    made = []
    for key, theme in zip(keys, codebook.themes, strict=False):
        told = language if language in theme.title else "en"
        made.append(
            Choice(
                key=key,
                theme=theme,
                title=theme.title[told],
                title_language=told,
                examples=_readable(theme.examples, language),
                counterexamples=_readable(theme.counterexamples, language),
                doubts=tuple(each for each in codebook.ambiguities if theme.code in each.themes),
            )
        )
    return made


def _readable(examples: Sequence[Example], language: str) -> tuple[Example, ...]:
    known = [each for each in examples if each.language in (language, "en")]
    return tuple(sorted(known, key=lambda each: each.language != language))


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What stands in the form: ticked themes, 'none' and 'too_short' as they were ticked, and the note."""

    themes: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    note: str = ""

    @classmethod
    def of(cls, coding: Coding | None) -> Given:
        """The form as somebody left it who gave this answer."""
        if coding is None:
            return cls()
        answers = () if coding.answer == "themes" else (coding.answer,)
        return cls(themes=coding.themes, answers=answers, note=coding.note)

    @classmethod
    def read(cls, asked: Asked) -> Given:
        """The form as it was sent."""
        themes = (str(each) for each in asked.form.getlist("theme"))
        answers = (str(each) for each in asked.form.getlist("answer"))
        note = " ".join(str(asked.form.get("note", "")).split())
        return cls(themes=tuple(dict.fromkeys(themes)), answers=tuple(dict.fromkeys(answers)), note=note)

    @property
    def answer(self) -> str:
        """The kind of answer."""
        return self.answers[0] if self.answers else "themes"

    def problem(self, t: Texts) -> str:
        """What is wrong with it, for the one who filled it in; empty when nothing is."""
        if not self.themes and not self.answers:
            return t.text("Choose one or more themes, or “None of these”, or “Too short to say”.")
        if len(self.answers) + bool(self.themes) > 1:
            return t.text(
                "“None of these” and “Too short to say” stand alone: a statement with a theme is not one without."
            )
        if len(self.note) > LONGEST_NOTE:
            return t.text(
                "The note has {n} characters, and at most {most} are kept. Shorten it.",
                n=len(self.note),
                most=LONGEST_NOTE,
            )
        return ""


def in_words(asked: Asked, given: Given) -> str:
    """An answer as a reader of the interface names it: the titles of its themes, or what it is instead."""
    titles = {each.theme.code: each.title for each in choices(asked.desk.codebook, asked.t.code)}
    special = {"none": asked.t.text("None of these"), "too_short": asked.t.text("Too short to say")}
    named = [titles.get(code, code) for code in given.themes]
    return ", ".join([*named, *(special.get(each, each) for each in given.answers)])


def stamp(codings: Iterable[Coding | None]) -> str:
    """A short sign of what was answered when a page was made; it differs when an answer was changed since."""
    parts = [(c.coder, c.answer, c.themes, c.note) for c in codings if c is not None]
    return hashlib.sha256(repr(sorted(parts)).encode()).hexdigest()[:16] if parts else ""


def round_of(asked: Asked, store: Store) -> Round:
    """The round that an address names. Raises Refusal."""
    for each in store.rounds.all():
        if each.id == asked.path["round"]:
            return each
    raise Refusal(404, asked.t.text("There is no such round of coding."))


def drawn_as(asked: Asked, store: Store, round_: Round, number: object) -> Drawn:
    """The statement of a round by its number. Raises Refusal."""
    for each in store.rounds.drawn(round_.id):
        if str(each.position) == str(number):
            return each
    raise Refusal(404, asked.t.text("There is no statement of this number in the round “{round}”.", round=round_.name))


def coder_of(asked: Asked, store: Store) -> str:
    """The name under which the person who asks codes: the account's, as it was written before. Raises Refusal."""
    try:
        return coder_called(store, asked.person.name)
    except ConfigError as error:
        message = asked.t.text(
            "Your account is called “{name}”, and nobody can code under such a name. Ask an administrator for an "
            "account with a short name without “+”.",
            name=asked.person.name,
        )
        raise Refusal(409, message) from error


def number_in(text: str) -> int:
    """The number that an address has behind `after=`; 0 where there is none."""
    return int(text[:9]) if text.isascii() and text.isdigit() else 0


def closed_in_words(asked: Asked, round_: Round) -> str:
    """That a round takes nothing more."""
    assert round_.closed_at is not None
    return asked.t.text(
        "The round “{round}” was closed on {day}. What was coded in it stays as it is.",
        round=round_.name,
        day=asked.t.day(round_.closed_at),
    )


def stopped(asked: Asked, round_: Round, why: str, given: Given | None = None, *, onward: str = "") -> Response:
    """Says why nothing was stored, with what had been typed, so that it can be copied. `onward` is a page to go on."""
    kept = given or Given()
    chosen = in_words(asked, kept)
    return asked.page(
        "coding_stopped.html", status=409, round=round_, why=why, note=kept.note, chosen=chosen, onward=onward
    )


def why_not_blind(asked: Asked, store: Store, round_: Round) -> str:
    """Why somebody cannot code in a round now, in words; empty when nothing stands against it."""
    t, codebook = asked.t, asked.desk.codebook
    if round_.closed_at:
        return closed_in_words(asked, round_)
    if changed_since(codebook, round_):
        return t.text(
            "The rules of the codebook were changed since the round “{round}” was drawn (then {then}, version "
            "{then_version}; now {now}, version {now_version}). Answers by two sets of rules cannot be compared: this "
            "round is to be settled and closed, and a new one drawn.",
            round=round_.name,
            then=round_.codebook,
            then_version=round_.codebook_version,
            now=codebook.name,
            now_version=codebook.version,
        )
    if has_seen_answers(asked, store, round_):
        return t.text(
            "You have begun to settle the round “{round}” and know what the coders answered, so that nothing you code "
            "in it now would be blind.",
            round=round_.name,
        )
    return ""


def has_seen_answers(asked: Asked, store: Store, round_: Round) -> bool:
    """Whether the person who asks went on to settle this round, and so knows what others answered."""
    first = store.rounds.drawn(round_.id)[:1]
    return any(
        each.action == SETTLES and each.detail == round_.name
        for drawn in first
        for each in store.actions.newest(1000, actor=asked.person.name, item_id=drawn.item_id)
    )


def note_settling(asked: Asked, store: Store, round_: Round) -> None:
    """Notes at the round's first statement that the person who asks will now see what the coders answered."""
    items = [each.item_id for each in store.rounds.drawn(round_.id)[:1]]
    asked.desk.note(store, asked.person, SETTLES, item_ids=items, detail=round_.name)
