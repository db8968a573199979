"""What the verbs of coding tell: a draw, how far a round is, agreement, and what closing it gave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from advocacy_monitor.codebook import Codebook
from advocacy_monitor.coding.agreement import agreement_of, blinded
from advocacy_monitor.coding.report import AgreementReport, Figure, SliceAgreement, ThemeAgreement, Verdict, as_values
from advocacy_monitor.coding.rounds import Progress, Shown, changed_since, progress_of, shown
from advocacy_monitor.coding.settling import Closed
from advocacy_monitor.errors import ModerationError
from advocacy_monitor.exporters.atomic import whole_file
from advocacy_monitor.store import Store
from advocacy_monitor.store.coding import Drawn, Round
from advocacy_monitor.terminal import json_line, plain, say, table, warn

_MOST_REASONS = 12
_MOST_DISCUSSED = 10
_MOST_CONFUSED = 10
_EXCERPT = 92
_WORDS = {
    Verdict.RELIABLE: "reliable",
    Verdict.TENTATIVE: "tentative",
    Verdict.NOT_RELIABLE: "NOT RELIABLE",
    Verdict.TOO_FEW: "too few",
}
_NO_AGREEMENT = "Nothing was coded by two people yet, so nothing is known about agreement."


def warn_of_change(codebook: Codebook, round_: Round) -> None:
    """Says on standard error that the codebook is not the round's any more."""
    if changed := changed_since(codebook, round_):
        warn(f"Note: {plain(changed)}")


def show_draw(round_: Round, drawn: Sequence[Drawn], *, wanted: int, as_json: bool) -> None:
    """What was drawn and why."""
    by_chance = sum(each.drawn == "random" for each in drawn)
    if as_json:
        items = [
            {"item": each.item_id, "number": each.position, "drawn": each.drawn, "reason": each.reason}
            for each in drawn
        ]
        json_line({"round": round_.name, "seed": round_.seed, "statements": len(drawn), "items": items})
        return
    say(f"{round_.name}: {len(drawn)} statements, {by_chance} of them drawn by chance (seed {round_.seed})")
    if len(drawn) < wanted:
        warn(f"only {len(drawn)} of {wanted}: there are no more that fit")
    reasons = Counter(each.reason.split(" (")[0] for each in drawn if each.drawn != "random")
    table(("why", "statements"), reasons.most_common(_MOST_REASONS))
    say(f"Next, for each of two coders: advocacy-monitor code next {round_.name} --coder NAME")


def show_status(store: Store, codebook: Codebook, rounds: Sequence[Round], *, as_json: bool) -> None:
    """A block for each round."""
    if not rounds and not as_json:
        say("There is no round yet; draw one with: advocacy-monitor code sample NAME")
    for round_ in rounds:
        progress = progress_of(store, round_)
        report = agreement_of(store, rounds=[round_.name], themes=codebook.codes)
        if as_json:
            json_line(_status_values(progress, report))
        else:
            _say_status(progress, report)


def _status_values(progress: Progress, report: AgreementReport | None) -> dict[str, object]:
    round_ = progress.round
    best = report.best if report else None
    return {
        "round": round_.name,
        "made_at": round_.made_at,
        "closed_at": round_.closed_at,
        "closed_by": round_.closed_by,
        "statements": progress.statements,
        "by_chance": progress.by_chance,
        "removed": progress.removed,
        "coders": {coder: {"done": n, "open": progress.open[coder]} for coder, n in progress.done.items()},
        "coded_once": progress.once,
        "coded_twice": progress.twice,
        "differing": progress.differing,
        "settled": progress.settled,
        "alpha": best and best.sets.value,
        "alpha_interval": best and best.sets.interval,
        "alpha_units": best and best.units,
        "verdict": best and best.verdict,
    }


def _say_status(progress: Progress, report: AgreementReport | None) -> None:
    round_ = progress.round
    state = f"closed on {round_.closed_at:%Y-%m-%d} by {plain(round_.closed_by)}" if round_.closed_at else "open"
    say(f"{round_.name}: {state}, {progress.statements} statements, {progress.by_chance} of them drawn by chance")
    if progress.removed:
        say(f"  {progress.removed} have no words any more and are not coded")
    for coder, count in progress.done.items():
        say(f"  {plain(coder)}: {count} coded, {progress.open[coder]} open")
    if not progress.done:
        say("  nobody has coded yet")
    say(f"  coded by two or more: {progress.twice}; by one only: {progress.once}")
    say(f"  disagreements: {progress.differing} open, {progress.settled} settled")
    if report is None:
        say(f"  {_NO_AGREEMENT}")
        return
    for name, part in _parts(report):
        say(f"  agreement, {name}: alpha {shown_figure(part.sets)} (n = {part.units}): {part.verdict}")


def _parts(report: AgreementReport) -> list[tuple[str, SliceAgreement]]:
    parts = [("drawn by chance", report.random)] if report.random else []
    return [*parts, ("all statements", report.everything)]


def shown_figure(figure: Figure) -> str:
    """A value with its interval, such as `0.71 [0.55, 0.84]`; `-` where it is not defined."""
    if figure.value is None:
        return "-"
    around = f" [{figure.interval[0]:.2f}, {figure.interval[1]:.2f}]" if figure.interval else ""
    return f"{figure.value:.2f}{around}"


def show_agreement(
    store: Store, report: AgreementReport | None, codebook: Codebook, *, file: Path | None, as_json: bool
) -> None:
    """The report as text or JSON, and as a page when there is a file for it. Raises ModerationError, ExportError."""
    if report is None:
        raise ModerationError(f"{_NO_AGREEMENT} Two coders answer the same round: advocacy-monitor code next ROUND")
    report = blinded(store, report)
    texts = _texts(store, report)
    if file is not None:
        from advocacy_monitor.coding.page import page_of

        with whole_file(file) as handle:
            handle.write(page_of(report, codebook, texts).encode())
    if as_json:
        json_line(as_values(report))
        return
    for name, part in _parts(report):
        _say_part(name, part)
    _say_confused(report)
    _say_discussed(report, texts)
    for note in report.notes:
        warn(f"Note: {note}")
    if report.unreliable:
        say(f"\nMerge or redefine, and do not chart: {', '.join(report.unreliable)}")
    say(f"\n[a, b]: 95 % of {report.draws:,} draws of as many statements, with replacement (seed {report.seed}).")
    say("Values without it rest on too few statements for one. --html and --json show it for kappa and AC1 as well.")
    if report.random:
        say("Quote the figures of the statements drawn by chance: the others were picked because they are hard.")
    if file is not None:
        say(f"wrote {file}")


def _texts(store: Store, report: AgreementReport) -> dict[int, Shown]:
    """The words of the statements to talk about, by item."""
    wanted = (Drawn(item_id=each.item_id, position=each.position, drawn="", reason="") for each in report.discussed)
    return {each.item_id: each for each in shown(store, wanted)}


def _say_part(name: str, part: SliceAgreement) -> None:
    say(f"\n{name}: {part.units} statements coded by two or more")
    say(_line("theme", "n", "given", "alpha", "kappa", "AC1", "same", "verdict"))
    for theme in (*part.themes, *part.answers):
        if theme.given:
            say(_row(theme))
    if never := sum(not theme.given for theme in part.themes):
        say(f"  ({never} of the themes were given by nobody here)")
    means = ("alpha", part.mean_alpha), ("kappa", part.mean_kappa), ("AC1", part.mean_ac1), ("same", part.mean_agreed)
    say("  mean of the themes: " + ", ".join(f"{word} {shown_figure(figure)}" for word, figure in means))
    say(f"  whole answers: alpha (MASI) {shown_figure(part.sets)}: {part.verdict}")
    say(f"  identical answers: {shown_figure(part.identical)}")


def _line(*cells: str) -> str:
    """A line of at most 100 columns; a table that wraps its cells cannot be read at 80."""
    theme, n, given, alpha, kappa, ac1, same, word = cells
    return f"  {theme:<25}{n:>4}{given:>8}  {alpha:<19}{kappa:>7}{ac1:>7}{same:>6}  {word}".rstrip()


def _row(theme: ThemeAgreement) -> str:
    code = theme.theme if len(theme.theme) < 25 else f"{theme.theme[:23]}…"
    given = "/".join(str(count) for count in theme.positives.values())
    numbers = ["-" if f.value is None else f"{f.value:.2f}" for f in (theme.kappa, theme.ac1)]
    same = "-" if theme.agreed.value is None else f"{theme.agreed.value:.0%}"
    return _line(code, str(theme.units), given, shown_figure(theme.alpha), *numbers, same, _WORDS[theme.verdict])


def _say_confused(report: AgreementReport) -> None:
    if report.confused:
        say("\nWhat is taken for what")
        for each in report.confused[:_MOST_CONFUSED]:
            say(f"  {each.count:>3} times one gives {each.theme} where the other gives {each.other or 'nothing'}")


def _say_discussed(report: AgreementReport, texts: dict[int, Shown]) -> None:
    if not report.discussed:
        if report.everything.identical.value == 1:
            say("\nThe coders agree on every statement.")
        return
    say(f"\nTalk about these first ({len(report.discussed)} statements on which coders differ)")
    for each in report.discussed[:_MOST_DISCUSSED]:
        text = plain(texts[each.item_id].text, width=_EXCERPT) if each.item_id in texts else "(removed)"
        answers = "; ".join(f"{plain(coder)}: {', '.join(codes)}" for coder, codes in each.answers.items())
        say(f"  {plain(each.round)}, number {each.position}: {answers}\n    | {text}")


def show_closed(round_: Round, closed: Closed, person: str, *, as_json: bool) -> None:
    """What closing a round gave."""
    values = {
        "coded": closed.coded,
        "agreed": closed.agreed,
        "settled": closed.settled,
        "coded_once": closed.once,
        "uncoded": closed.uncoded,
        "removed": closed.removed,
    }
    if as_json:
        json_line({"round": round_.name, "closed_by": person, **values})
        return
    say(f"{round_.name} is closed: {closed.coded} statements have a code that counts")
    say(f"  {closed.agreed} on which the coders agreed, {closed.settled} settled, {closed.once} coded once only")
    if closed.uncoded or closed.removed:
        say(f"  {closed.uncoded} were not coded, {closed.removed} have no words any more")
