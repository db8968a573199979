"""Coding and settling at a terminal, one statement at a time. It asks and says through what it is given.

A statement's text is hostile: it is shown without anything that steers a terminal, each line behind a bar, so that no
statement can look like a question of this program.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from advocacy_monitor.codebook import Codebook, Example, Theme
from advocacy_monitor.coding.answers import read_answer, theme_called
from advocacy_monitor.coding.rounds import Shown, coding, open_for, record, require_open, shown
from advocacy_monitor.coding.settling import Disagreement, disagreements, may_settle, settle
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.store import Store
from advocacy_monitor.store.coding import Coding, Drawn, Round
from advocacy_monitor.terminal import plain

Ask = Callable[[str], str | None]
"""Puts a question and returns the answer, None when there is no more input."""
Say = Callable[[str], None]

_WIDTH = 96
_KEYS = "n none of these, t too short to say, ? CODE what a theme means, l the list, s skip, u undo, q stop"
_SETTLING_KEYS = "a, b ... take that answer, w who gave which, ? CODE, l the list, s skip, q stop"


def framed(text: str) -> str:
    """A statement's text, harmless, line by line behind a bar."""
    lines = [part for line in text.splitlines() for part in textwrap.wrap(plain(line), _WIDTH) or [""]]
    return "\n".join(f"  | {line}" for line in lines)


def listed(codebook: Codebook, language: str) -> str:
    """The codebook's short list: number, code and title."""
    return "\n".join(
        f"{number:>3}  {theme.code:<28} {plain(_title(theme, language))}"
        for number, theme in enumerate(codebook.themes, start=1)
    )


def explained(codebook: Codebook, code: str, language: str) -> str:
    """What a theme means: definition, what counts, what does not, examples, and settled doubtful cases."""
    theme = codebook.theme(code)
    parts = [f"{theme.code}: {_title(theme, language)}", theme.definition]
    parts += [f"+ {each}" for each in theme.include] + [f"- {each}" for each in theme.exclude]
    parts += [f"yes: {each}" for each in _examples(theme.examples, language)]
    parts += [f"no: {each}" for each in _examples(theme.counterexamples, language)]
    parts += [f"{each.question} {each.rule}" for each in codebook.ambiguities if code in each.themes]
    return "\n".join(
        textwrap.fill(plain(part), _WIDTH, initial_indent="  ", subsequent_indent="    ") for part in parts
    )


def _title(theme: Theme, language: str) -> str:
    return theme.title.get(language) or theme.title["en"]


def _examples(examples: Sequence[Example], language: str) -> Iterator[str]:
    """The examples in a coder's language, and those in English."""
    for each in sorted(examples, key=lambda each: each.language != language):
        if each.language in (language, "en"):
            yield f'"{each.text}"' + (f" ({each.why})" if each.why else "")


@dataclass(slots=True)
class _Session:
    """One coder's sitting."""

    store: Store
    codebook: Codebook
    round: Round
    coder: str
    ask: Ask
    say: Say
    language: str


def code_round(
    store: Store, codebook: Codebook, round_: Round, coder: str, *, ask: Ask, say: Say, language: str = "en"
) -> int:
    """Goes through what a coder has not answered, until the end or `q`. Returns how many answers were stored.

    Every answer is stored at once. `u` goes back to the answer before, which stands until another is given. Raises
    ModerationError for a closed round.
    """
    require_open(round_)
    session = _Session(store, codebook, round_, coder, ask, say, language)
    waiting = open_for(store, round_, coder)
    total = len(store.rounds.drawn(round_.id)) - len(store.rounds.removed(round_.id))
    if not waiting:
        say(f"{coder} has answered everything in {round_.name!r}. Thank you.")
        return 0
    say(listed(codebook, language))
    say(_KEYS)
    made = 0
    place = 0
    past: list[int] = []
    while place < len(waiting):
        step = _one(session, waiting[place], total - len(waiting) + place + 1, total)
        if step == "quit":
            break
        if step == "undo":
            place = _back(session, past, place)
        else:
            if step == "coded":
                made += 1
                past.append(place)
            place += 1
    left = len(open_for(store, round_, coder))
    if left:
        say(
            f"{made} answers stored; {left} of {total} still open. Go on with: advocacy-monitor code next {round_.name}"
        )
    else:
        say(f"{made} answers stored; all {total} are answered. Thank you.")
    return made


def _back(session: _Session, past: list[int], place: int) -> int:
    if not past:
        session.say("There is nothing to undo in this sitting.")
        return place
    session.say("Back to the statement before; your first answer stands until you give another.")
    return past.pop()


def _one(session: _Session, drawn: Drawn, number: int, total: int) -> str:
    """Asks about one statement until something is decided: 'coded', 'skipped', 'undo' or 'quit'."""
    for statement in shown(session.store, [drawn]):
        session.say(f"\n{number} of {total}   language: {plain(statement.language)}\n{framed(statement.text)}")
        while True:
            typed = session.ask("themes")
            step = _step(session, typed)
            if step == "answer":
                if _answered(session, statement, typed or ""):
                    return "coded"
            elif step:
                return step
    return "skipped"  # its words were removed in the meantime


def _step(session: _Session, typed: str | None) -> str:
    """What to do with what was typed: '' when it was seen to, 'answer' when it should be one."""
    word = (typed or "").strip().casefold()
    if typed is None or word in ("q", "quit"):
        return "quit"
    if word in ("s", "skip"):
        return "skipped"
    if word in ("u", "undo"):
        return "undo"
    if word in ("l", "list", "?", ""):
        session.say(listed(session.codebook, session.language) + "\n" + _KEYS)
        return ""
    if word.startswith("?"):
        try:
            code = theme_called(session.codebook, word[1:].strip())
            session.say(explained(session.codebook, code, session.language))
        except ConfigError as error:
            session.say(plain(error))
        return ""
    return "answer"


def _answered(session: _Session, statement: Shown, typed: str) -> bool:
    given = _read(session, statement.item_id, typed)
    if given is None:
        return False
    record(session.store, session.round, [given])
    session.say(f"  noted: {', '.join(given.themes) or given.answer}")
    return True


def _read(session: _Session, item_id: int, typed: str) -> Coding | None:
    """What was typed as a checked coding; None when it was not understood, and then it was said why."""
    try:
        answer = read_answer(session.codebook, typed)
        return coding(
            session.codebook,
            item_id,
            session.coder,
            answer.answer,
            themes=answer.themes,
            note=answer.note,
        )
    except ConfigError as error:
        session.say(plain(error))
        return None


def settle_round(
    store: Store, codebook: Codebook, round_: Round, who: str, *, ask: Ask, say: Say, language: str = "en"
) -> int:
    """Goes through the disagreements of a round, until the end or `q`. Returns how many were settled.

    The answers are shown as A and B, without names, so that it is the text that decides. Raises ModerationError for a
    closed round, and for a coder who has statements open.
    """
    require_open(round_)
    may_settle(store, round_, who)
    session = _Session(store, codebook, round_, who, ask, say, language)
    open_ = disagreements(store, round_)
    if not open_:
        say(f"Nothing to settle in {round_.name!r}.")
        return 0
    say(listed(codebook, language))
    say(_SETTLING_KEYS)
    made = 0
    for number, each in enumerate(open_, start=1):
        step = _settle_one(session, each, number, len(open_))
        if step == "quit":
            break
        made += step == "settled"
    say(f"{made} settled, {len(disagreements(store, round_))} still open.")
    return made


def _settle_one(session: _Session, each: Disagreement, number: int, total: int) -> str:
    statement = each.shown
    session.say(f"\n{number} of {total}   language: {plain(statement.language)}\n{framed(statement.text)}")
    for letter, given in zip(_letters(each), each.answers, strict=True):
        note = f"   # {plain(given.note)}" if given.note else ""
        session.say(f"  {letter.upper()}: {', '.join(given.themes) or given.answer}{note}")
    while True:
        typed = session.ask("final answer")
        word = (typed or "").strip().casefold()
        if word == "w":
            named = zip(_letters(each), each.answers, strict=True)
            session.say("  " + ", ".join(f"{letter.upper()}: {plain(given.coder)}" for letter, given in named))
            continue
        step = "answer" if word in _letters(each) else _step(session, typed)
        if step == "undo":
            session.say("To settle a statement anew, start again: the newest answer counts.")
        elif step == "answer":
            if final := _final(session, each, word, typed or ""):
                settle(session.store, session.round, final)
                session.say(f"  settled: {', '.join(final.themes) or final.answer}")
                return "settled"
        elif step:
            return step


def _letters(each: Disagreement) -> list[str]:
    """A letter for each answer, or a letter and a number where more people coded than there are letters."""
    free = "abcdefghijkm"  # l, n, q, s, t, u and w mean something else
    return [free[place % len(free)] + str(place // len(free) or "") for place in range(len(each.answers))]


def _final(session: _Session, each: Disagreement, word: str, typed: str) -> Coding | None:
    if word not in _letters(each):
        return _read(session, each.shown.item_id, typed)
    taken = each.answers[_letters(each).index(word)]
    try:
        return coding(session.codebook, taken.item_id, session.coder, taken.answer, themes=taken.themes)
    except ConfigError as error:  # the codebook has lost a theme since
        session.say(plain(error))
        return None
