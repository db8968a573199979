"""The rounds of coding by hand: who has come how far, and the ways on. The list of all pages of coding is here."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from advocacy_monitor.coding.rounds import Progress, answered_by, open_for, progress_of
from advocacy_monitor.desk.context import Asked, Page
from advocacy_monitor.desk.pages import coding_agreement, coding_answer, coding_close, coding_draw, coding_settle
from advocacy_monitor.desk.pages.coding_agreement import figure_in_words, verdict_in_words
from advocacy_monitor.desk.pages.coding_reports import reports
from advocacy_monitor.desk.pages.coding_round import coder_of, why_not_blind
from advocacy_monitor.staff.roles import Right
from advocacy_monitor.store import Store
from advocacy_monitor.store.coding import Round


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """A round as one person may see it: one's own way, and for those who settle everybody's.

    `why_not` says why this person cannot code in it; `agreement` is alpha over whole answers with its verdict.
    """

    round: Round
    done: int
    left: int
    why_not: str
    may_compare: bool
    progress: Progress | None
    agreement: str


def overview(asked: Asked) -> Response:
    """Every round, the newest first."""
    store = asked.desk.reader()
    coder = coder_of(asked, store)
    rounds = [_overview(asked, store, each, coder) for each in reversed(store.rounds.all())]
    return asked.page("coding.html", rounds=rounds, may_settle=asked.person.may(Right.SETTLE))


def _overview(asked: Asked, store: Store, round_: Round, coder: str) -> Overview:
    settles, removed = asked.person.may(Right.SETTLE), store.rounds.removed(round_.id)
    agreement = _agreement(asked, store, round_) if settles else ""
    done = len(answered_by(store, round_, coder).keys() - removed)
    return Overview(
        round=round_,
        done=done,
        left=len(open_for(store, round_, coder)),
        why_not=why_not_blind(asked, store, round_),
        may_compare=bool(agreement) or bool(not settles and round_.closed_at and done),
        progress=progress_of(store, round_) if settles else None,
        agreement=agreement,
    )


def _agreement(asked: Asked, store: Store, round_: Round) -> str:
    """Alpha over whole answers in a few words; intervals are on the page of agreement."""
    report = reports.of(store, round_, themes=(), draws=0)
    if report is None:
        return ""
    best = report.best
    return asked.t.text(
        "alpha {value} (n = {units}): {verdict}",
        value=figure_in_words(asked.t, best.sets),
        units=asked.t.number(best.units),
        verdict=verdict_in_words(asked.t, best.verdict),
    )


_ROUND = "/coding/{round:int}"

PAGES = (
    Page("GET", "/coding", Right.CODE, overview),
    Page("GET", "/coding/draw", Right.SETTLE, coding_draw.form),
    Page("POST", "/coding/draw", Right.SETTLE, coding_draw.draw),
    Page("GET", f"{_ROUND}/next", Right.CODE, coding_answer.next_one),
    Page("POST", f"{_ROUND}/next", Right.CODE, coding_answer.answer),
    Page("GET", f"{_ROUND}/mine", Right.CODE, coding_answer.mine),
    Page("GET", f"{_ROUND}/settle", Right.SETTLE, coding_settle.settling),
    Page("POST", f"{_ROUND}/settle", Right.SETTLE, coding_settle.decide),
    Page("POST", f"{_ROUND}/begin", Right.SETTLE, coding_settle.begin),
    Page("GET", f"{_ROUND}/close", Right.SETTLE, coding_close.closing),
    Page("POST", f"{_ROUND}/close", Right.SETTLE, coding_close.close),
    Page("GET", f"{_ROUND}/agreement", Right.CODE, coding_agreement.agreement),
)
