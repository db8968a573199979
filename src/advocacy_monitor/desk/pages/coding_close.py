"""Closing a round at the desk: what it will do, what stands against it, and the codes that count from then on."""

from __future__ import annotations

from starlette.responses import Response

from advocacy_monitor.coding.rounds import Progress, progress_of
from advocacy_monitor.coding.settling import Closed, close_round
from advocacy_monitor.desk.context import Asked
from advocacy_monitor.desk.pages.coding_round import closed_in_words, coder_of, round_of, stopped
from advocacy_monitor.store.coding import Round


def closing(asked: Asked, *, problem: str = "", status: int = 200) -> Response:
    """What closing a round will do, and the button for it."""
    store = asked.desk.reader()
    round_ = round_of(asked, store)
    if round_.closed_at:
        return stopped(asked, round_, closed_in_words(asked, round_))
    progress = progress_of(store, round_)
    return asked.page(
        "coding_close.html",
        status=status,
        round=round_,
        progress=progress,
        refusals=_refusals(asked, progress),
        problem=problem,
    )


def _refusals(asked: Asked, progress: Progress) -> list[str]:
    """What is to be done before a round can be closed."""
    t = asked.t
    if not progress.done:
        return [t.text("Nothing was coded in this round yet.")]
    if not progress.differing:
        return []
    return [
        t.counted(
            "The coders differ on {n} statement that nobody has settled.",
            "The coders differ on {n} statements that nobody has settled.",
            progress.differing,
        )
    ]


def close(asked: Asked) -> Response:
    """Closes a round for good; what stands against it is said on the page."""
    store = asked.desk.reader()
    round_, who = round_of(asked, store), coder_of(asked, store)
    if round_.closed_at:
        return stopped(asked, round_, closed_in_words(asked, round_))
    progress = progress_of(store, round_)
    single = asked.form.get("single") == "yes"
    if refusals := _refusals(asked, progress):
        return closing(asked, problem=refusals[0], status=409)
    if progress.once and not single:
        problem = asked.t.counted(
            "{n} statement was coded by one person only, so that nothing is known about agreement on it. Let a second "
            "person code it, or tick that it is to count all the same.",
            "{n} statements were coded by one person only, so that nothing is known about agreement on them. Let a "
            "second person code them, or tick that they are to count all the same.",
            progress.once,
        )
        return closing(asked, problem=problem, status=409)
    with asked.desk.writer() as writing:
        closed = close_round(writing, round_, by=who, single_coder=single)
        asked.desk.note(writing, asked.person, "coding.close", detail=round_.name)
    return asked.to(f"/coding/{round_.id}/agreement", say=_told(asked, round_, closed))


def _told(asked: Asked, round_: Round, closed: Closed) -> str:
    """What closing a round gave."""
    return asked.t.text(
        "The round “{round}” is closed: {coded} statements have a code that counts ({agreed} agreed, {settled} "
        "settled, {once} coded once only; {uncoded} were not coded, {removed} have no words any more).",
        round=round_.name,
        coded=closed.coded,
        agreed=closed.agreed,
        settled=closed.settled,
        once=closed.once,
        uncoded=closed.uncoded,
        removed=closed.removed,
    )
