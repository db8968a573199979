"""Settling at the desk: disagreements one by one, the coders unnamed, and a final answer each.

Before somebody sees the first one, they say that they will: from then on they do not code in this round any more, and
their own blind answers stand.
"""

from __future__ import annotations

from dataclasses import dataclass
from string import ascii_uppercase

from starlette.responses import Response

from advocacy_monitor.coding.rounds import LONGEST_NOTE, changed_since, coding, open_for, progress_of
from advocacy_monitor.coding.settling import Disagreement, disagreements, may_settle, settle
from advocacy_monitor.desk.context import Asked
from advocacy_monitor.desk.pages.coding_round import (
    Given,
    choices,
    closed_in_words,
    coder_of,
    drawn_as,
    has_seen_answers,
    in_words,
    note_settling,
    number_in,
    round_of,
    stamp,
    stopped,
)
from advocacy_monitor.errors import ConfigError, ModerationError
from advocacy_monitor.store import Store
from advocacy_monitor.store.coding import Coding, Round


@dataclass(frozen=True, slots=True)
class Sitting:
    """One person's settling of one round, as one request finds it."""

    asked: Asked
    store: Store
    round: Round
    who: str

    @classmethod
    def of(cls, asked: Asked) -> Sitting:
        """What a request is about. Raises Refusal."""
        store = asked.desk.reader()
        return cls(asked, store, round_of(asked, store), coder_of(asked, store))

    @property
    def path(self) -> str:
        """The page of settling."""
        return f"/coding/{self.round.id}/settle"

    def open(self) -> list[Disagreement]:
        """What is to be settled."""
        return disagreements(self.store, self.round)

    def disagreement(self, item_id: int) -> Disagreement | None:
        """That on one statement; None when there is none to settle."""
        return next((each for each in self.open() if each.shown.item_id == item_id), None)

    def why_not(self) -> str:
        """Why this person may not settle now, in words; empty when nothing stands against it."""
        if self.round.closed_at:
            return closed_in_words(self.asked, self.round)
        try:
            may_settle(self.store, self.round, self.who)
        except ModerationError:
            return self.asked.t.counted(
                "You have {n} statement of “{round}” still to code, and would not be blind to the others' answers any "
                "more: code it first, or let somebody else settle.",
                "You have {n} statements of “{round}” still to code, and would not be blind to the others' answers "
                "any more: code them first, or let somebody else settle.",
                len(open_for(self.store, self.round, self.who)),
                round=self.round.name,
            )
        return ""


def settling(asked: Asked) -> Response:
    """The first disagreement, or the one behind `after`; before that, the question whether to begin."""
    sitting = Sitting.of(asked)
    if why := sitting.why_not():
        return stopped(asked, sitting.round, why)
    if not has_seen_answers(asked, sitting.store, sitting.round):
        progress = progress_of(sitting.store, sitting.round)
        if not progress.differing:
            return asked.to(f"/coding/{sitting.round.id}/close", say=asked.t.text("There is nothing to settle."))
        is_coder = sitting.who in progress.done
        return asked.page("coding_begin.html", round=sitting.round, progress=progress, is_coder=is_coder)
    open_ = sitting.open()
    if not open_:
        return asked.to(f"/coding/{sitting.round.id}/close", say=asked.said)
    past = number_in(asked.query.get("after", ""))
    following = [*(each for each in open_ if each.shown.number > past), open_[0]]
    return _page(sitting, following[0])


def begin(asked: Asked) -> Response:
    """Notes that somebody goes on to see the coders' answers, once."""
    sitting = Sitting.of(asked)
    if why := sitting.why_not():
        return stopped(asked, sitting.round, why)
    if not has_seen_answers(asked, sitting.store, sitting.round):
        with asked.desk.writer() as writing:
            may_settle(writing, sitting.round, sitting.who)
            note_settling(asked, writing, sitting.round)
    return asked.to(sitting.path)


def _page(
    sitting: Sitting, each: Disagreement, *, given: Given | None = None, problem: str = "", status: int = 200
) -> Response:
    """The page of one disagreement: the answers under letters, and a form for another one."""
    asked, statement = sitting.asked, each.shown
    numbers = [other.shown.number for other in sitting.open()]
    others = [number for number in numbers if number != statement.number]
    codebook = asked.desk.codebook
    return asked.page(
        "coding_settle.html",
        status=status,
        round=sitting.round,
        statement=statement,
        answers=[
            (letter, in_words(asked, Given.of(answer)), answer.note)
            for letter, answer in zip(_letters(each), each.answers, strict=True)
        ],
        given=given or Given(),
        seen=stamp(each.answers),
        problem=problem,
        codebook=codebook,
        is_changed=changed_since(codebook, sitting.round) is not None,
        choices=choices(codebook, asked.t.code),
        left=len(numbers),
        settled=progress_of(sitting.store, sitting.round).settled,
        skip=next((number for number in others if number > statement.number), others[0] if others else None),
        longest_note=LONGEST_NOTE,
    )


def _letters(each: Disagreement) -> list[str]:
    """A letter for each answer; A1, B1 and so on where more people coded than there are letters."""
    return [ascii_uppercase[place % 26] + str(place // 26 or "") for place in range(len(each.answers))]


def decide(asked: Asked) -> Response:
    """Stores the final answer to one statement: one of the coders', or another. What is refused stays in the form."""
    sitting, given = Sitting.of(asked), Given.read(asked)
    drawn = drawn_as(asked, sitting.store, sitting.round, asked.form.get("number", ""))
    if why := sitting.why_not():
        return stopped(asked, sitting.round, why, given)
    if not has_seen_answers(asked, sitting.store, sitting.round):
        return asked.to(sitting.path)
    each = sitting.disagreement(drawn.item_id)
    if each is None:
        return _settled_before(sitting, drawn.item_id, given)
    problem, final = _final(sitting, each, given)
    if final is None:
        return _page(sitting, each, given=given, problem=problem, status=400)
    if not _stored(sitting, final):
        return _changed_meanwhile(sitting, drawn.item_id, given)
    told = in_words(asked, Given.of(final))
    say = asked.t.text("Statement {number}: {answer}.", number=drawn.position, answer=told)
    return asked.to(sitting.path, after=drawn.position, say=say)


def _final(sitting: Sitting, each: Disagreement, given: Given) -> tuple[str, Coding | None]:
    """What is wrong with a final answer, or the answer. A letter takes a coder's answer without its note."""
    asked, chosen = sitting.asked, given
    if letter := str(asked.form.get("take", "")):
        taken = dict(zip(_letters(each), each.answers, strict=True)).get(letter)
        if taken is None:
            return asked.t.text("There is no answer {letter}.", letter=letter[:9]), None
        kept = Given.of(taken)
        chosen = Given(themes=kept.themes, answers=kept.answers, note=given.note)
    if problem := chosen.problem(asked.t):
        return problem, None
    try:
        return "", coding(
            *(asked.desk.codebook, each.shown.item_id, sitting.who, chosen.answer),
            themes=chosen.themes,
            note=chosen.note,
        )
    except ConfigError as error:  # the codebook has lost a theme since
        return str(error), None


def _stored(sitting: Sitting, final: Coding) -> bool:
    """Stores a final answer; False when the answers are not those that the page showed."""
    asked, round_ = sitting.asked, sitting.round
    with asked.desk.writer() as store:
        now = [each for each in disagreements(store, round_) if each.shown.item_id == final.item_id]
        if not now or stamp(now[0].answers) != str(asked.form.get("seen", "")):
            return False
        settle(store, round_, final)
        asked.desk.note(store, asked.person, "coding.settle", item_ids=[final.item_id], detail=round_.name)
    return True


def _changed_meanwhile(sitting: Sitting, item_id: int, given: Given) -> Response:
    """Shows the answers as they are now, with what was chosen still in the form."""
    each = sitting.disagreement(item_id)
    if each is None:
        return _settled_before(sitting, item_id, given)
    problem = sitting.asked.t.text(
        "A coder has changed an answer since this page was opened. Read the answers again; what you chose is still in "
        "the form."
    )
    return _page(sitting, each, given=given, problem=problem, status=409)


def _settled_before(sitting: Sitting, item_id: int, given: Given) -> Response:
    """Somebody has settled it, a coder has given way, its words are gone, or the button was pressed twice."""
    codings = sitting.store.rounds.codings(sitting.round.id)
    final = [each for each in codings if each.is_final and each.item_id == item_id]
    if final and final[0].coder == sitting.who:
        return sitting.asked.to(sitting.path)
    why = sitting.asked.t.text(
        "This statement needs no settling any more: somebody else has settled it, a coder has changed an answer, or "
        "its words were removed. Your answer was not stored."
    )
    return stopped(sitting.asked, sitting.round, why, given, onward=sitting.path)
