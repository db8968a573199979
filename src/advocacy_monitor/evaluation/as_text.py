"""A report for a terminal of 100 columns."""

from __future__ import annotations

from collections.abc import Iterator

from advocacy_monitor.evaluation.report import ALL, RANDOM, Agreement, Block, Figure, Other, Report, Slice
from advocacy_monitor.terminal import plain

_NAMES = {RANDOM: "drawn at random", ALL: "all that people coded"}
_THEME = 30


def as_text(report: Report) -> str:
    """The whole report as plain text of at most 100 columns."""
    return "\n".join(_lines(report))


def in_short(report: Report) -> str:
    """The figures to remember, in one line."""
    part = report.slices[report.best_slice]
    macro = part.languages[ALL].macro
    drawn = "drawn at random" if report.best_slice == RANDOM else "not drawn at random"
    return (
        f"precision {_figure(macro.precision).strip()}, recall {_figure(macro.recall).strip()} on {part.statements} "
        f"statements {drawn}"
    )


def _lines(report: Report) -> Iterator[str]:
    sample = report.sample
    yield f"coding   {_cut(report.coder, 91)}"
    coders = f", by {sample.coders} people" if sample.coders > 1 else ""
    yield f"against  {_cut(sample.name, 60)}{coders}"
    if sample.unknown_codes:
        yield f"         {sample.unknown_codes} codes of an older codebook were left out"
    for name, part in report.slices.items():
        yield ""
        yield from _slice(report, name, part)
    if RANDOM not in report.slices and sample.kind == "campaign":
        yield ""
        yield "No statement was drawn at random for a coding round: these figures may flatter or do wrong, and"
        yield "nobody can say by how much. `advocacy-monitor code sample` draws some."
    yield from _calibration(report)
    yield from _confusions(report)
    yield from _misses(report)
    yield ""
    yield "precision: share of the machine's codes that people gave too; recall: share of people's codes"
    yield f"that it found. Ranges hold 95 % of {report.draws:,} draws of as many statements; they say how much chance"
    yield "there is in so few statements, not whether the people were right."


def _slice(report: Report, name: str, part: Slice) -> Iterator[str]:
    shown = _NAMES[name] if report.sample.kind == "campaign" else "all statements"
    yield f"== {shown}: {_left(part)}"
    blocks = list(part.languages.items())
    if len(blocks) == 2:  # one language: all is the same
        blocks = [(f"{blocks[1][0]}", blocks[0][1])] if not part.unread else blocks[:1]
    for language, block in blocks:
        yield ""
        yield f"{'all languages' if language == ALL else language} ({block.statements} statements)"
        yield from _block(block)
    yield ""
    yield f"  {'compared (all languages)':<{_THEME}}{'macro-F1':>18}{'micro-F1':>10}{'samples':>9}  statements"
    whole = part.languages[ALL]
    yield _other("this coding", whole.macro.f1, whole.micro.f1, whole.samples_f1, part.statements)
    beside = (("baseline", report.baseline.get(name)), ("before", report.previous.get(name)))
    for what, other in beside:
        if other:
            yield from _beside(what, other)


def _left(part: Slice) -> str:
    words = [f"{part.statements} statements"]
    if part.drawn is not None and part.drawn != part.statements:
        words.append(f"of {part.drawn} drawn")
    if part.left_too_short:
        words.append(f"{part.left_too_short} too short to say left out ({part.too_short_coded} coded by the machine)")
    if part.out_of_fold:
        words.append(f"{part.out_of_fold} that taught the classifier, as coded by the part that had not seen them")
    if part.unread:
        words.append(f"{part.unread} in a language without indicators")
    return "\n   ".join(words)


def _block(block: Block) -> Iterator[str]:
    yield f"  {'theme':<{_THEME}}{'precision':>18}{'recall':>18}{'F1':>18}{'people':>7}{'found':>7}"
    for code, agreement in block.themes.items():
        if agreement.support or agreement.found:
            yield _row(code, agreement)
    yield _row("none of these", block.none)
    yield _row("all codes (micro)", block.micro)
    means = "".join(f"{_figure(each):>18}" for each in (block.macro.precision, block.macro.recall, block.macro.f1))
    yield f"  {f'mean of {block.macro.themes} themes (macro)':<{_THEME}}{means}"
    yield f"  {'mean of the statements':<{_THEME}}{'':>36}{_figure(block.samples_f1):>18}"


def _row(name: str, agreement: Agreement) -> str:
    figures = "".join(f"{_figure(each):>18}" for each in (agreement.precision, agreement.recall, agreement.f1))
    return f"  {_cut(name, _THEME - 1):<{_THEME}}{figures}{agreement.support:>7}{agreement.found:>7}"


def _other(what: str, macro: Figure, micro: Figure, samples: Figure, statements: int) -> str:
    figures = f"{_figure(macro):>18}{_number(micro.value):>10}{_number(samples.value):>9}"
    return f"  {what:<{_THEME}}{figures}  {statements}"


def _beside(what: str, other: Other) -> Iterator[str]:
    yield _other(what, other.macro_f1, other.micro_f1, other.samples_f1, other.statements)
    name = _cut(other.coder, 60)
    if other.gain is None:
        yield f"    {name}; measured on statements of its own time"
    else:
        yield f"    {name}; this one is {_signed(other.gain)} above it"


def _calibration(report: Report) -> Iterator[str]:
    found = report.calibration
    if found is None:
        return
    yield ""
    which = "every theme that it codes" if found.of_all else "assigned themes only"
    yield f"probabilities ({which}, {found.pairs:,} pairs): calibration error {found.ece:.3f}, Brier {found.brier:.3f}"
    yield f"  {'from':>6}{'to':>6}{'pairs':>9}{'promised':>10}{'held':>20}"
    for each in found.bins:
        yield f"  {each.low:>6.1f}{each.high:>6.1f}{each.pairs:>9}{each.promised:>10.2f}{_figure(each.held):>20}"


def _confusions(report: Report) -> Iterator[str]:
    if not report.confusions:
        return
    yield ""
    yield "what stands for what (statements): people said -> the machine said instead"
    for each in report.confusions[:12]:
        people, machine = each.person or "none of these", each.machine or "nothing else"
        yield f"  {each.statements:>4}  {_cut(people, 34):<34} -> {_cut(machine, 34)}"


def _misses(report: Report) -> Iterator[str]:
    if not report.misses:
        return
    yield ""
    yield "the statements on which they differ most"
    for each in report.misses[:10]:
        yield _cut(f"  {_cut(each.id, 20)}: lacks {_list(each.lacking)}", 100)
        yield _cut(f"    has too much {_list(each.extra)}", 100)
        if each.text is not None:
            yield f"    {plain(each.text, width=95)}"


def _list(codes: object) -> str:
    return ", ".join(codes) if isinstance(codes, list | tuple) and codes else "-"


def _figure(figure: Figure) -> str:
    if figure.value is None:
        return "-"
    if figure.interval is None:
        return f"{figure.value:.2f}            "
    low, high = figure.interval
    return f"{figure.value:.2f} ({low:.2f}-{high:.2f})"


def _signed(figure: Figure) -> str:
    if figure.value is None:
        return "-"
    if figure.interval is None:
        return f"{figure.value:+.2f} (no range: every draw gives the same)"
    low, high = figure.interval
    return f"{figure.value:+.2f} ({low:+.2f} to {high:+.2f})"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _cut(text: str, width: int) -> str:
    """A text defused and cut to a width, its indentation kept."""
    indent = len(text) - len(text.lstrip(" "))
    return " " * indent + plain(text, width=width - indent)
