"""Dashboards: every chart over one filter that stands in the address, and each chart's numbers as CSV."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from advocacy_monitor.desk.charts.build import MANY, Board, board, questions, telling, visible
from advocacy_monitor.desk.charts.definitions import Named, read_charts
from advocacy_monitor.desk.charts.figure import Figure, as_csv
from advocacy_monitor.desk.charts.kept import KEPT
from advocacy_monitor.desk.context import Asked, Page, Refusal
from advocacy_monitor.desk.words import shown
from advocacy_monitor.exporters.colours import INK, PLAIN, SOFT, palette
from advocacy_monitor.models import Brand
from advocacy_monitor.staff.roles import Right
from advocacy_monitor.summary.filters import Filters

_SECONDS, _MEANWHILE = 15, 900

FILTERS = ("theme", "source", "language", "area", "library")
"""What everybody may filter by; who reads all statements may filter by how they were moderated as well."""


def dashboards(asked: Asked) -> Response:
    """All charts on one page."""
    charts = _charts(asked)
    filters = asked_filters(asked)
    made, at = _board(asked, filters, charts)
    data = [_drawn(figure) for figure in made.figures if figure.drawing]
    return asked.page(
        "dashboards.html",
        board=made,
        filters=filters,
        keys=(*FILTERS, "consent", "risk") if _reads_all(asked) else FILTERS,
        choices=lambda key: asked.desk.columns.choices(key, shared_only=not _reads_all(asked)),
        label=labels(asked),
        reads_all=_reads_all(asked),
        counted_at=at,
        csv=lambda figure: address_of(asked, f"/dashboards/{figure.name}.csv", filters),
        smallest=asked.desk.loaded.config.thresholds.smallest_cell,
        drawn={"figures": data, **script_words(asked, filters)},
    )


def chart_csv(asked: Asked) -> Response:
    """The numbers of one chart over the same filters."""
    name = str(asked.path["name"])
    chosen = [each for each in _charts(asked) if each.name == name]
    if not chosen:
        raise Refusal(404, asked.t.text("There is no chart of that name."))
    made, _ = _board(asked, asked_filters(asked), chosen)
    figure = made.figures[0]
    if not figure.names:
        raise Refusal(404, figure.empty)
    return asked.file(as_csv(figure), name=f"{name}.csv", kind="text/csv; charset=utf-8")


def _reads_all(asked: Asked) -> bool:
    return asked.person.may(Right.READ)


def _charts(asked: Asked) -> tuple[Named, ...]:
    loaded = asked.desk.loaded
    named = tuple(each.name for each in questions(asked.desk))
    return visible(read_charts(loaded.folder, named), reads_all=_reads_all(asked))


def asked_filters(asked: Asked) -> Filters:
    """The filters of the address. Who reads shared statements only cannot ask how others were moderated.

    Nor for words: they would be sought in texts as they were written, before names were taken out.
    """
    filters = Filters.read(asked.query.multi_items())
    return filters if _reads_all(asked) else filters.but(statuses=(), consents=(), risks=(), words="")


def _board(asked: Asked, filters: Filters, charts: Sequence[Named]) -> tuple[Board, datetime]:
    desk = asked.desk
    version = desk.columns.version if len(desk.columns) < MANY else None
    key = (str(desk.loaded.database), "board", version, tuple(filters.pairs()), tuple(charts), _reads_all(asked))
    return KEPT.get(
        (*key, asked.t.code),
        desk.clock(),
        lambda: board(desk, asked.t, filters, charts, reads_all=_reads_all(asked)),
        seconds=_SECONDS,
        meanwhile=_MEANWHILE if version is None else 0,
    )


def labels(asked: Asked) -> Any:
    """Values of filters in words, for the filter form."""
    told = telling(asked.desk, asked.t)
    fixed = {"consent": {"quote": asked.t.text("May be quoted"), "none": asked.t.text("No consent to be counted")}}

    def label(key: str, value: str) -> str:
        if value == "-":
            return asked.t.text("No theme") if key == "theme" else asked.t.text("Not known")
        return fixed.get(key, {}).get(value) or told.label(key, value)

    return label


def address_of(asked: Asked, path: str, filters: Filters) -> str:
    """The address of another page over the same filters."""
    pairs = filters.pairs()
    return asked.url(path) + (f"?{urlencode(pairs)}" if pairs else "")


def _drawn(figure: Figure) -> dict[str, Any]:
    """What the script draws, with what stands above it."""
    return {
        "name": figure.name,
        "kind": figure.kind,
        "heading": figure.heading,
        "finding": figure.finding,
        "notes": list(figure.notes),
        **figure.drawing,
    }


def script_words(asked: Asked, filters: Filters) -> dict[str, Any]:
    """What charts.js needs beside the figures: colours, and the words of buttons that only a script can serve."""
    t, campaign = asked.t, asked.desk.loaded.config.campaign
    return {
        "colours": colours(),
        "words": {
            "svg": t.text("Picture (SVG)"),
            "png": t.text("Picture (PNG)"),
            "sample": t.text("Sample data: every statement was invented."),
            "language": t.code,
        },
        "campaign": campaign.name,
        "sample": campaign.sample_data,
        "filtered": _filtered_by(asked, filters),
    }


def _filtered_by(asked: Asked, filters: Filters) -> str:
    """What a picture that is taken along must say: the filters in words; '' without any."""
    if filters.is_empty:
        return ""
    t, label = asked.t, labels(asked)
    names = {
        "status": t.text("Status"),
        "theme": t.text("Theme"),
        "source": t.text("Source"),
        "area": t.text("Area"),
        "language": t.text("Language"),
        "library": t.text("Library"),
        "consent": t.text("Consent"),
        "risk": t.text("Risk"),
        "since": t.text("Since"),
        "until": t.text("Until"),
        "q": t.text("Words"),
    }
    found = [
        f"{names[key]}: {shown(value, 60) if key in ('since', 'until', 'q') else label(key, value)}"
        for key, value in filters.pairs()
        if key in names
    ]
    return t.text("Filtered by {filters}", filters="; ".join(found)) if found else ""


def colours() -> dict[str, dict[str, str]]:
    """The colours of charts on light and on dark ground: two tints of one colour, which every eye tells apart."""
    made = palette(Brand())
    light = {"bar": made.accent, "full": made.accent, "point": made.second, "pale": made.pale, "line": made.hair}
    dark = {"bar": made.tint, "full": made.tint, "point": made.second_tint, "pale": "#252d35", "line": "#5a6873"}
    return {
        "light": {
            **light,
            "ink": INK,
            "soft": SOFT,
            "quiet": PLAIN,
            "paper": "#ffffff",
            "blank": "#f1f4f5",
            "on_full": "#ffffff",
        },
        "dark": {
            **dark,
            "ink": "#e6ebef",
            "soft": "#a9b4be",
            "quiet": PLAIN,
            "paper": "#1b2128",
            "blank": "#20272e",
            "on_full": "#13181d",
        },
    }


PAGES = (
    Page("GET", "/dashboards", Right.SHARED, dashboards),
    Page("GET", "/dashboards/{name}.csv", Right.SHARED, chart_csv),
)
