"""How far the coders of a round agree: alpha with its verdict for each theme, what is confused, what to talk about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response

from advocacy_monitor.coding.agreement import DRAWS, blinded
from advocacy_monitor.coding.report import AgreementReport, Discussed, Figure, SliceAgreement, ThemeAgreement, Verdict
from advocacy_monitor.coding.rounds import Shown, answered_by, shown
from advocacy_monitor.desk.context import Asked, Refusal
from advocacy_monitor.desk.pages.coding_reports import reports
from advocacy_monitor.desk.pages.coding_round import choices, coder_of, has_seen_answers, round_of
from advocacy_monitor.staff.roles import Right
from advocacy_monitor.store import Store
from advocacy_monitor.store.coding import Drawn, Round
from advocacy_monitor.translate import Texts

_MARKS = {
    Verdict.RELIABLE: "good",
    Verdict.TENTATIVE: "fair",
    Verdict.NOT_RELIABLE: "poor",
    Verdict.TOO_FEW: "none",
}

_MOST_DISCUSSED = 50


def verdict_in_words(t: Texts, verdict: Verdict) -> str:
    """What a value of alpha allows, in the language of the interface."""
    return {
        Verdict.RELIABLE: t.text("reliable"),
        Verdict.TENTATIVE: t.text("tentative"),
        Verdict.NOT_RELIABLE: t.text("not reliable: merge or redefine"),
        Verdict.TOO_FEW: t.text("too few statements to say"),
    }[verdict]


def figure_in_words(t: Texts, figure: Figure) -> str:
    """A value with its interval, such as '0.71 [0.55, 0.84]'; a dash where it is not defined."""
    if figure.value is None:
        return "–"
    between = "; " if t.code == "de" else ", "
    values = [round(value, 2) + 0.0 for value in (figure.value, *(figure.interval or ()))]  # no minus before a zero
    told, *around = map(t.ratio, values)
    return f"{told} [{between.join(around)}]" if around else told


def agreement(asked: Asked) -> Response:
    """The agreement of one round. A coder sees that of a closed round in which they coded."""
    store = asked.desk.reader()
    round_ = round_of(asked, store)
    _require_readable(asked, store, round_)
    report = reports.of(store, round_, themes=asked.desk.codebook.codes, draws=DRAWS)
    if report is None:
        return asked.page("coding_no_agreement.html", round=round_)
    report = blinded(store, report)
    may_see = round_.closed_at is not None or has_seen_answers(asked, store, round_)
    discussed = report.discussed[:_MOST_DISCUSSED] if may_see else ()
    return asked.page(
        "coding_agreement.html",
        round=round_,
        report=report,
        parts=_parts(asked, report),
        is_told=may_see,
        discussed=discussed,
        texts=_texts(store, discussed),
        titles=_titles(asked),
        figure=lambda figure: figure_in_words(asked.t, figure),
        percent=lambda figure: "–" if figure.value is None else f"{figure.value:.0%}",
        verdict=lambda verdict: verdict_in_words(asked.t, verdict),
        marks=_MARKS,
    )


def _require_readable(asked: Asked, store: Store, round_: Round) -> None:
    """Raises Refusal for a coder who may not know what others answered."""
    if asked.person.may(Right.SETTLE):
        return
    if not round_.closed_at:
        raise Refusal(
            403, asked.t.text("How far coders agree is told when the round is closed, so that all stay blind.")
        )
    if not answered_by(store, round_, coder_of(asked, store)):
        raise Refusal(403, asked.t.text("Only who coded in this round sees how far its coders agree."))


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The figures over one set of statements, without the themes that nobody gave; `never` counts these."""

    name: str
    figures: SliceAgreement
    rows: tuple[ThemeAgreement, ...]
    never: int


def _parts(asked: Asked, report: AgreementReport) -> list[Part]:
    parts = [(asked.t.text("Statements drawn by chance"), report.random)] if report.random else []
    return [
        Part(
            name=name,
            figures=figures,
            rows=tuple(each for each in (*figures.themes, *figures.answers) if each.given),
            never=sum(not each.given for each in figures.themes),
        )
        for name, figures in [*parts, (asked.t.text("All statements"), report.everything)]
    ]


def _titles(asked: Asked) -> dict[str, str]:
    titles = {each.theme.code: each.title for each in choices(asked.desk.codebook, asked.t.code)}
    return {**titles, "none": asked.t.text("None of these"), "too_short": asked.t.text("Too short to say")}


def _texts(store: Store, discussed: Sequence[Discussed]) -> dict[int, Shown]:
    """The words of the statements to talk about, by item."""
    wanted = (Drawn(item_id=each.item_id, position=each.position, drawn="", reason="") for each in discussed)
    return {each.item_id: each for each in shown(store, wanted)}
