"""Drawing a round at the desk: how many, from which languages, which share by chance."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.datastructures import FormData
from starlette.responses import Response

from advocacy_monitor.coding.rounds import draw_round
from advocacy_monitor.coding.scoring import scoring_of
from advocacy_monitor.desk.context import Asked
from advocacy_monitor.desk.pages.coding_round import choices, coder_of
from advocacy_monitor.errors import ConfigError, ModerationError
from advocacy_monitor.hosting import open_store
from advocacy_monitor.store.coding import Drawn, Round
from advocacy_monitor.training_job import models_folder

MOST = 10_000
_MOST_SEED = 2**31 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The form of a draw, as it was filled in."""

    name: str = ""
    size: str = "100"
    chance: str = "25"
    seed: str = "1"
    themes: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    again: bool = False

    @classmethod
    def read(cls, form: FormData) -> Wanted:
        """The form as it was sent."""
        return cls(
            name=" ".join(str(form.get("name", "")).split()),
            size=str(form.get("size", "")).strip(),
            chance=str(form.get("chance", "")).strip(),
            seed=str(form.get("seed", "1")).strip(),
            themes=tuple(str(each) for each in form.getlist("theme")),
            languages=tuple(str(each) for each in form.getlist("language")),
            again=form.get("again") == "yes",
        )


def form(asked: Asked) -> Response:
    """The form for a new round."""
    return _page(asked, Wanted())


def _page(asked: Asked, wanted: Wanted, *, problem: str = "", status: int = 200) -> Response:
    known = [(code, count) for code, count in asked.desk.columns.choices("language") if code]
    return asked.page(
        "coding_draw.html",
        status=status,
        wanted=wanted,
        problem=problem,
        languages=known,
        choices=choices(asked.desk.codebook, asked.t.code),
        most=MOST,
        most_seed=_MOST_SEED,
    )


def draw(asked: Asked) -> Response:
    """Draws the round; what is refused stays in the form."""
    t, wanted = asked.t, Wanted.read(asked.form)
    coder_of(asked, asked.desk.reader())
    if problem := _problem(asked, wanted):
        return _page(asked, wanted, problem=problem, status=400)
    try:
        round_, drawn = _drawn(asked, wanted)
    except ConfigError as error:
        return _page(asked, wanted, problem=str(error), status=400)
    except ModerationError:
        return _page(asked, wanted, problem=_why_not(asked, wanted), status=409)
    with asked.desk.writer() as store:
        asked.desk.note(store, asked.person, "coding.draw", detail=round_.name)
    told = t.counted("{n} statement was drawn", "{n} statements were drawn", len(drawn))
    by_chance = sum(each.drawn == "random" for each in drawn)
    say = t.text("{round}: {drawn}, {chance} by chance.", round=round_.name, drawn=told, chance=t.number(by_chance))
    if len(drawn) < int(wanted.size):
        say += " " + t.text("There are no more that fit.")
    return asked.to("/coding", say=say)


def _problem(asked: Asked, wanted: Wanted) -> str:
    """What is wrong with the numbers of a form."""
    limits = (
        (wanted.size, 1, MOST, asked.t.text("Number of statements")),
        (wanted.chance, 0, 100, asked.t.text("Per cent drawn by chance")),
        (wanted.seed, 0, _MOST_SEED, asked.t.text("Seed")),
    )
    for value, least, most, label in limits:
        if not (value.isascii() and value.isdigit() and len(value) < 11 and least <= int(value) <= most):
            return asked.t.text(
                "{label}: a whole number from {least} to {most} is needed.",
                label=label,
                least=asked.t.number(least),
                most=asked.t.number(most),
            )
    return ""


def _drawn(asked: Asked, wanted: Wanted) -> tuple[Round, list[Drawn]]:
    """Draws and stores a round. Reading a large collection takes its time, so nobody else's writing waits for it."""
    desk = asked.desk
    with open_store(desk.loaded, clock=desk.clock) as store:
        return draw_round(
            *(store, desk.codebook, wanted.name),
            size=int(wanted.size),
            chance=int(wanted.chance) / 100,
            seed=int(wanted.seed),
            themes=wanted.themes,
            languages=wanted.languages,
            again=wanted.again,
            made_by=coder_of(asked, store),
            scoring=scoring_of(store, desk.codebook, models_folder(desk.loaded)),
        )


def _why_not(asked: Asked, wanted: Wanted) -> str:
    """Why nothing was drawn: the name is taken, or there is nothing that fits."""
    if any(each.name == wanted.name for each in asked.desk.reader().rounds.all()):
        return asked.t.text("There is a round “{round}” already. Choose another name.", round=wanted.name)
    return asked.t.text(
        "There is nothing to draw: no statement fits that no round had before. Choose other languages, collect and "
        "enrich more, or allow statements that were coded before."
    )
