"""Where staff arrive: what waits for this person, how the campaign stands, and what failed; help and guidelines too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from starlette.responses import Response

from advocacy_monitor.coding.rounds import answered_by, open_for
from advocacy_monitor.desk.app import LANGUAGE
from advocacy_monitor.desk.context import BASE, Asked, Page, Refusal
from advocacy_monitor.desk.guidelines import guidelines
from advocacy_monitor.desk.pages.coding_round import coder_of, why_not_blind
from advocacy_monitor.models import Status
from advocacy_monitor.staff.roles import Right
from advocacy_monitor.store.runs import Run
from advocacy_monitor.summary.filters import Filters
from advocacy_monitor.translate import interface_languages

_RUNS = 300
_FAILED = "failed"
_YEAR = 365 * 86400


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """The queue: how many statements wait, since when, how many are held for a second look, and which are with me."""

    pending: int
    oldest: date | None
    escalated: int
    mine: list[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A round of coding that is open to this person."""

    id: int
    name: str
    done: int
    left: int
    why_not: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The campaign in figures: what may be read by all staff, and for those who see everything what was collected."""

    statements: int
    people: int
    unknown: int
    days: tuple[date, date] | None
    collected: int
    approved: int


def home(asked: Asked) -> Response:
    """The start page; what stands on it depends on what the person may do."""
    may = asked.person.may
    if not may(Right.SHARED):
        return asked.to("/transcribe", say=asked.said)
    return asked.page(
        "home.html",
        waiting=_waiting(asked) if may(Right.MODERATE) else None,
        tasks=_tasks(asked) if may(Right.CODE) else [],
        packs=asked.desk.reader().packs.newest(3) if may(Right.EXPORT) else [],
        failed=_failed(asked) if may(Right.READ) else [],
        figures=_figures(asked),
    )


def _waiting(asked: Asked) -> Waiting:
    columns = asked.desk.columns
    with columns.still():
        pending = columns.positions(Filters(statuses=(str(Status.PENDING),)))
        days = columns.days(pending)
        escalated = columns.positions(Filters(statuses=(str(Status.ESCALATED),)))
    mine = asked.desk.claims.of(asked.person.name, now=asked.desk.clock())
    return Waiting(pending=len(pending), oldest=days[0] if days else None, escalated=len(escalated), mine=mine)


def _tasks(asked: Asked) -> list[Task]:
    """The rounds that are not closed, the newest first."""
    store = asked.desk.reader()
    coder = coder_of(asked, store)
    return [
        Task(
            id=round_.id,
            name=round_.name,
            done=len(answered_by(store, round_, coder).keys() - store.rounds.removed(round_.id)),
            left=len(open_for(store, round_, coder)),
            why_not=why_not_blind(asked, store, round_),
        )
        for round_ in reversed(store.rounds.all())
        if round_.closed_at is None
    ]


def _failed(asked: Asked) -> list[Run]:
    """Of each collector and enricher the newest run, where it failed; the newest first."""
    newest: dict[tuple[str, str], Run] = {}
    for run in asked.desk.reader().runs.recent(_RUNS):
        newest.setdefault((run.kind, run.name), run)
    return [run for run in newest.values() if run.status == _FAILED]


def _figures(asked: Asked) -> Figures:
    """Counted as packs count; who may not read everything sees the numbers of what all staff may read."""
    columns, reads = asked.desk.columns, asked.person.may(Right.READ)
    with columns.still():
        all_ = columns.positions(Filters(), shared_only=not reads)
        counted = columns.counted(all_)
        return Figures(
            statements=len(counted),
            people=columns.people(counted),
            unknown=columns.unknown(counted),
            days=columns.days(counted),
            collected=len(all_),
            approved=len(columns.positions(Filters(statuses=(str(Status.APPROVED),)), shared_only=not reads)),
        )


def rules(asked: Asked) -> Response:
    """The written guidelines for moderation."""
    return asked.page("guidelines.html", guidelines=guidelines(asked.desk.loaded, asked.t.code))


def explain(asked: Asked) -> Response:
    """How the desk is used, and every key."""
    return asked.page("help.html")


def speak(asked: Asked) -> Response:
    """Changes the language of the pages: for an account for good, for a reader who is not logged in by a cookie."""
    code, back = str(asked.form.get("language", "")), str(asked.form.get("back", ""))
    if code not in interface_languages():
        raise Refusal(400, asked.t.text("The desk is not written in this language."))
    if asked.person.name:
        asked.desk.accounts.set_language(asked.person.name, code)
    answer = asked.to(back or "/")
    answer.set_cookie(LANGUAGE, code, max_age=_YEAR, path=BASE, httponly=True, samesite="strict", secure=asked.secure)
    return answer


PAGES = (
    Page("GET", "/", Right.OWN, home),
    Page("GET", "/guidelines", Right.SHARED, rules),
    Page("GET", "/help", Right.OWN, explain),
    Page("POST", "/language", None, speak),
)
