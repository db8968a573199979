"""Coding blind at the desk: one statement, the codebook beside it, and one's own answers to look through and change.

Nothing is on these pages that the software or anybody else said of a statement, and nothing that leads to its page. A
statement is named by its number in the round.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response

from advocacy_monitor.coding.rounds import (
    LONGEST_NOTE,
    Shown,
    answered_by,
    coding,
    open_for,
    record,
    require_same_rules,
    shown,
)
from advocacy_monitor.desk.context import Asked, Refusal
from advocacy_monitor.desk.pages.coding_round import (
    Given,
    choices,
    coder_of,
    drawn_as,
    in_words,
    number_in,
    round_of,
    stamp,
    stopped,
    why_not_blind,
)
from advocacy_monitor.errors import ConfigError, ModerationError
from advocacy_monitor.store import Store
from advocacy_monitor.store.coding import Coding, Drawn, Round


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One coder's way through a round: what is open, and what was answered, the newest answer last."""

    open: tuple[Drawn, ...]
    answered: tuple[Drawn, ...]
    codings: dict[int, Coding]

    @property
    def total(self) -> int:
        """The statements that this coder has answered or will answer."""
        return len(self.open) + len(self.answered)

    def next(self, after: int) -> int | None:
        """The number of the next open statement behind a number, from the beginning again at the end."""
        later = [each.position for each in self.open if each.position > after]
        return next(iter([*later, *(each.position for each in self.open)]), None)

    def before(self, number: int) -> int | None:
        """The number of the statement that was answered before this one; for an open one, of the last answered."""
        numbers = [each.position for each in self.answered]
        past = numbers[: numbers.index(number)] if number in numbers else numbers
        return past[-1] if past else None


def way_of(store: Store, round_: Round, coder: str) -> Way:
    """How far a coder has come."""
    codings = answered_by(store, round_, coder)
    gone = store.rounds.removed(round_.id)
    drawn = {each.item_id: each for each in store.rounds.drawn(round_.id)}
    return Way(
        open=tuple(open_for(store, round_, coder)),
        answered=tuple(drawn[item_id] for item_id in codings if item_id not in gone),
        codings=codings,
    )


def next_one(asked: Asked) -> Response:
    """The next open statement, or the one that `number` names; `after` goes on behind a number."""
    store = asked.desk.reader()
    round_, coder = round_of(asked, store), coder_of(asked, store)
    if why := why_not_blind(asked, store, round_):
        return stopped(asked, round_, why)
    way = way_of(store, round_, coder)
    if "number" in asked.query:
        drawn = drawn_as(asked, store, round_, asked.query["number"])
        if why := _not_to_answer(asked, store, round_, drawn):
            return _stopped(asked, round_, why, Given())
        return _statement(asked, round_, way, _one(asked, store, drawn))
    number = way.next(number_in(asked.query.get("after", "")))
    if number is None:
        return asked.to(f"/coding/{round_.id}/mine", say=asked.said)
    following = next(each for each in way.open if each.position == number)
    return _statement(asked, round_, way, _one(asked, store, following))


def _one(asked: Asked, store: Store, drawn: Drawn) -> Shown:
    """A statement as coders see it. Raises Refusal when it was removed in this moment."""
    for each in shown(store, [drawn]):
        return each
    raise Refusal(409, asked.t.text("The words of this statement were removed in this moment. Load the page again."))


def _statement(
    asked: Asked,
    round_: Round,
    way: Way,
    statement: Shown,
    *,
    given: Given | None = None,
    problem: str = "",
    status: int = 200,
) -> Response:
    """The page of one statement; `given` is what was typed and not stored, `problem` why."""
    before = way.codings.get(statement.item_id)
    return asked.page(
        "coding_next.html",
        status=status,
        round=round_,
        statement=statement,
        given=given or Given.of(before),
        stored=in_words(asked, Given.of(before)) if before else "",
        seen=stamp([before]),
        problem=problem,
        codebook=asked.desk.codebook,
        choices=choices(asked.desk.codebook, asked.t.code),
        done=len(way.answered),
        total=way.total,
        skip=_skip(way, statement.number),
        back=way.before(statement.number),
        longest_note=LONGEST_NOTE,
    )


def _skip(way: Way, number: int) -> int | None:
    """The number of the statement that comes when this one is skipped; None when it is the only open one."""
    following = way.next(number)
    return None if following == number else following


def _not_to_answer(asked: Asked, store: Store, round_: Round, drawn: Drawn) -> str:
    """Why a statement takes no answer any more, in words; empty when it does."""
    if drawn.item_id in store.rounds.removed(round_.id) or not shown(store, [drawn]):
        return asked.t.text(
            "The words of statement {number} were removed in the meantime. It needs no answer, and none is kept.",
            number=drawn.position,
        )
    if any(each.is_final and each.item_id == drawn.item_id for each in store.rounds.codings(round_.id)):
        return asked.t.text(
            "The answers to statement {number} were compared and settled in the meantime, so that no blind one can "
            "come after them.",
            number=drawn.position,
        )
    return ""


def _stopped(asked: Asked, round_: Round, why: str, given: Given) -> Response:
    """The same, and the way to the next statement where there is one."""
    is_over = why_not_blind(asked, asked.desk.reader(), round_)
    return stopped(asked, round_, why, given, onward="" if is_over else f"/coding/{round_.id}/next")


def answer(asked: Asked) -> Response:
    """Stores one blind answer and goes on to the next statement. What is refused stays in the form."""
    store = asked.desk.reader()
    round_, coder, given = round_of(asked, store), coder_of(asked, store), Given.read(asked)
    drawn = drawn_as(asked, store, round_, asked.form.get("number", ""))
    if why := why_not_blind(asked, store, round_) or _not_to_answer(asked, store, round_, drawn):
        return _stopped(asked, round_, why, given)
    problem, made = _checked(asked, coder, drawn, given)
    if made is None:
        way, statement = way_of(store, round_, coder), _one(asked, store, drawn)
        return _statement(asked, round_, way, statement, given=given, problem=problem, status=400)
    try:
        is_stored = _stored(asked, round_, drawn, made)
    except ModerationError as error:  # closed or settled between the look above and the writing
        why = why_not_blind(asked, store, round_of(asked, store)) or _not_to_answer(asked, store, round_, drawn)
        return _stopped(asked, round_, why or str(error), given)
    if not is_stored:
        return _answered_elsewhere(asked, round_, coder, drawn, given)
    return asked.to(
        f"/coding/{round_.id}/next",
        after=drawn.position,
        say=asked.t.text("Statement {number}: {answer}.", number=drawn.position, answer=in_words(asked, given)),
    )


def _checked(asked: Asked, coder: str, drawn: Drawn, given: Given) -> tuple[str, Coding | None]:
    """What is wrong with an answer, or the answer."""
    if problem := given.problem(asked.t):
        return problem, None
    try:
        made = coding(asked.desk.codebook, drawn.item_id, coder, given.answer, themes=given.themes, note=given.note)
    except ConfigError as error:
        return str(error), None
    return "", made


def _stored(asked: Asked, round_: Round, drawn: Drawn, made: Coding) -> bool:
    """Stores an answer; False when it would hide one that the same coder gave in another window meanwhile."""
    with asked.desk.writer() as store:
        require_same_rules(asked.desk.codebook, round_)
        before = answered_by(store, round_, made.coder).get(drawn.item_id)
        if before != made and stamp([before]) != str(asked.form.get("seen", "")):
            return False
        if record(store, round_, [made]):
            asked.desk.note(store, asked.person, "coding.answer", item_ids=[drawn.item_id], detail=round_.name)
    return True


def _answered_elsewhere(asked: Asked, round_: Round, coder: str, drawn: Drawn, given: Given) -> Response:
    store = asked.desk.reader()
    way, statement = way_of(store, round_, coder), _one(asked, store, drawn)
    problem = asked.t.text(
        "You have answered this statement in another window since this page was opened: {answer}. What you chose here "
        "is still in the form; save it again to put it in the place of the other answer.",
        answer=in_words(asked, Given.of(way.codings.get(drawn.item_id))),
    )
    return _statement(asked, round_, way, statement, given=given, problem=problem, status=409)


_A_PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One of somebody's own answers in the list of them."""

    number: int
    text: str
    language: str
    answer: str
    note: str


def mine(asked: Asked) -> Response:
    """One's own answers in a round, in the order of the statements, and how many are still open."""
    store = asked.desk.reader()
    round_, coder = round_of(asked, store), coder_of(asked, store)
    way = way_of(store, round_, coder)
    after = number_in(asked.query.get("after", ""))
    later = [each for each in sorted(way.answered, key=lambda each: each.position) if each.position > after]
    return asked.page(
        "coding_mine.html",
        round=round_,
        lines=_lines(asked, store, way, later[:_A_PAGE]),
        further=later[_A_PAGE - 1].position if len(later) > _A_PAGE else None,
        is_first=after == 0,
        done=len(way.answered),
        total=way.total,
        left=len(way.open),
        why_not=why_not_blind(asked, store, round_),
        settled=_settled_numbers(store, round_),
    )


def _lines(asked: Asked, store: Store, way: Way, drawn: Sequence[Drawn]) -> Sequence[Line]:
    return [
        Line(
            number=each.number,
            text=each.text,
            language=each.language,
            answer=in_words(asked, Given.of(way.codings[each.item_id])),
            note=way.codings[each.item_id].note,
        )
        for each in shown(store, drawn)
    ]


def _settled_numbers(store: Store, round_: Round) -> frozenset[int]:
    """The statements whose answers cannot be changed any more; that they were settled is all that is told of them."""
    final = {each.item_id for each in store.rounds.codings(round_.id) if each.is_final}
    return frozenset(each.position for each in store.rounds.drawn(round_.id) if each.item_id in final)
