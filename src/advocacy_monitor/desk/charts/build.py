"""All charts of a page over one filter, from one state of the summary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC

from advocacy_monitor.breakdowns import cell
from advocacy_monitor.closed_answers import ClosedQuestion
from advocacy_monitor.counting import asked_forms, closed_questions
from advocacy_monitor.desk.charts import agreement as coders
from advocacy_monitor.desk.charts import funnels
from advocacy_monitor.desk.charts.counts import Counts
from advocacy_monitor.desk.charts.crossed import heat, over_months
from advocacy_monitor.desk.charts.definitions import ANSWER, MODERATION, Named
from advocacy_monitor.desk.charts.figure import Figure
from advocacy_monitor.desk.charts.kept import KEPT
from advocacy_monitor.desk.charts.ranked import ranked
from advocacy_monitor.desk.charts.words import Telling
from advocacy_monitor.desk.context import Desk
from advocacy_monitor.evaluation.for_packs import quality_of
from advocacy_monitor.exhibits import channel
from advocacy_monitor.exporters import figures as worded
from advocacy_monitor.left_out import LEFT_OUT
from advocacy_monitor.left_out import label as why
from advocacy_monitor.models import Quality
from advocacy_monitor.store.overview import Overview
from advocacy_monitor.summary.filters import Filters
from advocacy_monitor.summary.paging import expression
from advocacy_monitor.translate import Texts

MANY = 100_000
"""With so many items a page may be some seconds old: counting them takes longer than readers wait."""

_SECONDS = 60
_MOST_FOR_TOPIC = 250_000
"""Above so many items nobody waits until all that is off topic has been looked up."""
_MOST_FOUND = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """What a page of charts tells of all of them together: whom and what was counted, when, where from (R9)."""

    figures: tuple[Figure, ...]
    statements: int | None
    people: str
    period: str
    channels: str
    left_out: tuple[tuple[str, str], ...]
    capped: bool


def telling(desk: Desk, t: Texts) -> Telling:
    """The words and thresholds of a campaign."""
    kept = desk.loaded.config.thresholds
    return Telling(
        t=t,
        smallest_cell=kept.smallest_cell,
        smallest_base=kept.smallest_base,
        titles={theme.code: _titled(theme.title, t.code) for theme in desk.codebook.themes},
        today=desk.clock().astimezone(UTC).date(),
        questions={each.name: each for each in questions(desk)},
    )


def questions(desk: Desk) -> list[ClosedQuestion]:
    """The closed questions: the form's without being named, then those of surveys that config.yaml names."""
    return closed_questions(asked_forms(desk.reader()), desk.loaded.config.desk.closed_questions)


def _titled(titles: Mapping[str, str], language: str) -> str:
    return titles.get(language) or titles.get("en") or next(iter(titles.values()), "")


def visible(charts: Sequence[Named], *, reads_all: bool) -> tuple[Named, ...]:
    """The charts that a person may see: how statements were moderated is for those who may read all of them."""
    return tuple(each for each in charts if reads_all or each.chart.field not in MODERATION)


def board(desk: Desk, t: Texts, filters: Filters, charts: Sequence[Named], *, reads_all: bool) -> Board:
    """The charts over a filter. Who may not read all statements is shown numbers of those that are shared, only."""
    told = telling(desk, t)
    ids, capped = searched(desk, filters)
    columns = desk.columns
    # Among millions nobody else waits until all is counted: what is stored meanwhile may be in one chart and not in
    # another. Positions stay what they are.
    with columns.still() if len(columns) < MANY else nullcontext():
        counts = Counts(columns, columns.positions(filters, shared_only=not reads_all, found=ids))
        made = tuple(_figure(desk, each, counts, filters, told) for each in charts)
        return Board(
            figures=made,
            statements=cell(len(counts.statements), told.smallest_cell),
            people=_people(counts, told),
            period=_period(counts, told),
            channels=_channels(counts, told),
            left_out=_left_out(counts, told) if reads_all else (),
            capped=capped,
        )


def searched(desk: Desk, filters: Filters) -> tuple[list[int] | None, bool]:
    """The ids of the items whose text has the words of a filter; None without words. True where there may be more."""
    if not filters.words:
        return None, False
    sought = expression(filters.words)
    found = desk.reader().summary.search(sought, most=_MOST_FOUND) if sought else []
    return found, len(found) == _MOST_FOUND


def _figure(desk: Desk, named: Named, counts: Counts, filters: Filters, told: Telling) -> Figure:
    chart = named.chart
    if chart.measure == "agreement":
        return _agreement(desk, named, told)
    if chart.field == ANSWER and not chart.question:
        heading = told.heading(chart)
        how = told.t.text(
            "Name the questions of your survey that have fixed answers in config.yaml, under desk.closed_questions; "
            "their answers are counted here."
        )
        return Figure(name=named.name, kind=chart.kind, heading=heading, empty=how)
    if chart.kind == "funnel" and chart.field == "consent":
        return funnels.funnel(named, funnels.consent_steps(counts, told), told)
    if chart.kind == "funnel":
        return funnels.funnel(named, _moderated(desk, counts, told), told)
    if chart.field == "month":
        return over_months(named, counts, told, filters)
    return heat(named, counts, told) if chart.split else ranked(named, counts, told, _quality(desk, named))


def _agreement(desk: Desk, named: Named, told: Telling) -> Figure:
    store = desk.reader()
    rounds = coders.closed_rounds(store)
    key = (str(desk.loaded.database), "agreement", rounds, desk.codebook.digest)
    report, _ = KEPT.get(key, desk.clock(), lambda: coders.measured(store, rounds, desk.codebook), seconds=_SECONDS)
    return coders.agreement(named, report, told)


def _moderated(desk: Desk, counts: Counts, told: Telling) -> list[funnels.Step]:
    overview, now = Overview.of(desk.reader()), desk.clock()
    base = str(desk.loaded.database)
    in_packs, _ = KEPT.get((base, "in packs"), now, overview.in_packs, seconds=_SECONDS)
    off_topic = None
    if len(desk.columns) <= _MOST_FOR_TOPIC:
        off_topic, _ = KEPT.get((base, "off topic"), now, overview.off_topic, seconds=_SECONDS)
    return funnels.moderation_steps(counts, told, off_topic=off_topic, in_packs=in_packs)


def _quality(desk: Desk, named: Named) -> Quality | None:
    """Precision and recall of the themes that stand in the store, as a pack tells them (R12)."""
    if named.chart.field != "theme":
        return None
    coder, _, _ = desk.reader().assertions.seen("themes")
    key = (str(desk.loaded.database), "quality", coder)
    found, _ = KEPT.get(key, desk.clock(), lambda: quality_of(desk.loaded.folder, coder), seconds=_SECONDS)
    return found


def _people(counts: Counts, told: Telling) -> str:
    people = cell(counts.size(counts.statements, "people"), told.smallest_cell)
    unknown = counts.columns.unknown(counts.statements)
    t = told.t
    if people is None:
        return ""
    known = t.counted("by {n} known person", "by {n} known people", people)
    if not unknown:
        return known
    hidden = cell(unknown, told.smallest_cell)
    return t.text("{known}, and {n} by authors who are not known", known=known, n=told.number(hidden))


def _period(counts: Counts, told: Telling) -> str:
    if len(counts.statements) < told.smallest_cell:
        return ""
    return worded.period(counts.columns.days(counts.statements), told.words)


def _channels(counts: Counts, told: Telling) -> str:
    """Every channel by name (R10), without its number."""
    return ", ".join(sorted({channel(name) for name in counts.by("source").numbers}))


def _left_out(counts: Counts, told: Telling) -> tuple[tuple[str, str], ...]:
    """What was found and does not count, by reason; too small ones in words."""
    found = counts.columns.tally_counts(counts.found, "why")
    copies = found.pop(None, 0) - len(counts.statements)
    numbers = {name: found.get(name, 0) + (copies if name == "copy" else 0) for name in LEFT_OUT}
    return tuple(
        (why(name, told.t), told.number(cell(number, told.smallest_cell))) for name, number in numbers.items() if number
    )
