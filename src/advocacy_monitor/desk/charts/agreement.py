"""How far coders agree, theme by theme, over the rounds of coding that are closed (R13)."""

from __future__ import annotations

from collections.abc import Sequence

from advocacy_monitor.codebook import Codebook
from advocacy_monitor.coding.agreement import agreement_of
from advocacy_monitor.coding.report import AgreementReport, ThemeAgreement, Verdict
from advocacy_monitor.coding.report import Figure as Measured
from advocacy_monitor.desk.charts.definitions import Named
from advocacy_monitor.desk.charts.figure import Figure, Value, described
from advocacy_monitor.desk.charts.words import Telling
from advocacy_monitor.store import Store


def closed_rounds(store: Store) -> tuple[str, ...]:
    """The rounds that take no more answers: figures of open ones would tell a coder what others say."""
    return tuple(each.name for each in store.rounds.all() if each.closed_at is not None)


def measured(store: Store, rounds: Sequence[str], codebook: Codebook) -> AgreementReport | None:
    """The agreement in these rounds; None where nothing was coded twice."""
    if not rounds:
        return None
    return agreement_of(store, rounds=rounds, themes=[theme.code for theme in codebook.themes])


def agreement(named: Named, report: AgreementReport | None, telling: Telling) -> Figure:
    """A table, because every value needs its number of statements beside it."""
    t = telling.t
    heading = telling.heading(named.chart)
    if report is None or report.best.units < telling.smallest_cell:
        empty = t.text("No closed round of coding has enough statements that two people coded.")
        return Figure(name=named.name, kind="table", heading=heading, empty=empty)
    best = report.best
    base = t.counted("{n} statement coded by two or more", "{n} statements coded by two or more", best.units)
    told = t.text(
        "Krippendorff's alpha over whole answers is {alpha}, from {base}: {verdict}",
        alpha=_ratio(best.sets, telling),
        base=base,
        verdict=_verdict(best.verdict, telling),
    )
    themes = [theme for theme in best.themes if theme.given]
    rounds = ", ".join(each.name for each in report.rounds)
    notes = (
        t.text("Closed rounds: {rounds}. The filters of this page do not change these figures.", rounds=rounds),
        t.text("Drawn by chance: {n} statements.", n=t.number(report.random.units if report.random else 0)),
        *report.notes,
    )
    return Figure(
        name=named.name,
        kind="table",
        heading=heading,
        finding=told,
        notes=notes,
        headers=(
            *(t.text("Theme"), t.text("Given to"), t.text("Alpha"), t.text("95 % interval"), t.text("Kappa")),
            t.text("What it allows"),
        ),
        rows=tuple(_row(theme, telling) for theme in themes),
        names=("theme", "statements", "given", "alpha", "kappa", "verdict"),
        data=tuple(_data(theme, telling) for theme in themes),
        description=described(heading, told, [], ""),
        hidden=telling.number(None),
    )


def _row(theme: ThemeAgreement, telling: Telling) -> tuple[str, ...]:
    enough = theme.given >= telling.smallest_cell and theme.verdict is not Verdict.TOO_FEW
    interval = theme.alpha.interval
    return (
        telling.label("theme", theme.theme),
        telling.number(theme.given if theme.given >= telling.smallest_cell else None),
        _ratio(theme.alpha, telling) if enough else "–",
        f"{telling.t.ratio(interval[0])} – {telling.t.ratio(interval[1])}" if enough and interval else "–",
        _ratio(theme.kappa, telling) if enough else "–",
        _verdict(theme.verdict if enough else Verdict.TOO_FEW, telling),
    )


def _data(theme: ThemeAgreement, telling: Telling) -> tuple[Value, ...]:
    enough = theme.given >= telling.smallest_cell and theme.verdict is not Verdict.TOO_FEW
    given = theme.given if theme.given >= telling.smallest_cell else None
    alpha, kappa = (_rounded(each) if enough else "" for each in (theme.alpha, theme.kappa))
    word = str(theme.verdict if enough else Verdict.TOO_FEW)
    return telling.label("theme", theme.theme), theme.units, given, alpha, kappa, word


def _rounded(figure: Measured) -> float | str:
    return "" if figure.value is None else round(figure.value, 3)


def _ratio(figure: Measured, telling: Telling) -> str:
    return "–" if figure.value is None else telling.t.ratio(figure.value)


def _verdict(verdict: Verdict, telling: Telling) -> str:
    t = telling.t
    return {
        Verdict.RELIABLE: t.text("reliable"),
        Verdict.TENTATIVE: t.text("tentative conclusions only"),
        Verdict.NOT_RELIABLE: t.text("not reliable: merge or redefine"),
        Verdict.TOO_FEW: t.text("too few statements to say"),
    }[verdict]
