"""Bar charts that staff can edit in their own program: native, with the number beside each bar and no axis to read.

The workbook behind a chart is written here, because the library's own would run a title such as `=A1` as a formula.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from advocacy_monitor.exporters.quotes import shortened
from advocacy_monitor.exporters.slides_canvas import Canvas, describe, plain

_LABEL = 46
"""So many letters of a bar's title are shown; the text alternative has it whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One bar. `strong` ones carry the accent colour, the others its tint."""

    title: str
    value: int
    strong: bool = True


def bar_chart(
    canvas: Canvas,
    rows: Sequence[Row],
    *,
    counts: str,
    alternative: str,
    place: tuple[float, float, float, float],
    as_of: datetime,
) -> None:
    """Put a chart at (left, top, width, height), first row on top. `counts` says in words what is counted."""
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE

    titles = _distinct([shortened(plain(row.title), _LABEL) for row in rows])
    data: Any = CategoryChartData(number_format="#,##0")  # type: ignore[no-untyped-call]  # the library has no types here
    data.categories = [f"{index}" for index in range(len(rows))]
    data.add_series("n", [row.value for row in rows])
    left, top, width, tall = canvas.box(place)
    holder = canvas.slide.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, left, top, width, tall, data)
    holder.name = "Chart"
    describe(holder, alternative)
    chart = holder.chart
    _name(chart, titles, plain(counts))
    chart.part.chart_workbook.update_from_xlsx_blob(_workbook(titles, rows, plain(counts), as_of))
    _quiet(chart, canvas, rows)


def _name(chart: Any, titles: Sequence[str], counts: str) -> None:
    """Put the titles into the chart; the library was given numbers for them, since it would have made formulas."""
    from pptx.oxml.ns import qn

    space = chart._chartSpace
    for point in space.xpath(".//c:cat//c:pt"):
        point.find(qn("c:v")).text = titles[int(point.get("idx"))]
    space.xpath(".//c:ser/c:tx//c:v")[0].text = counts


def _quiet(chart: Any, canvas: Canvas, rows: Sequence[Row]) -> None:
    """No grid, no scale, no key: titles on the side, numbers behind the bars."""
    from pptx.enum.chart import XL_LABEL_POSITION, XL_TICK_LABEL_POSITION, XL_TICK_MARK
    from pptx.enum.dml import MSO_THEME_COLOR
    from pptx.util import Pt

    chart.has_legend = chart.has_title = False
    chart.font.size = Pt(13)
    chart.font.color.theme_color = MSO_THEME_COLOR.TEXT_1
    names, scale = chart.category_axis, chart.value_axis
    names.reverse_order = True
    names.major_tick_mark = XL_TICK_MARK.NONE
    names.format.line.fill.background()
    scale.visible = scale.has_major_gridlines = False
    scale.tick_label_position = XL_TICK_LABEL_POSITION.NONE
    scale.minimum_scale = 0
    if canvas.mirrored:
        scale.reverse_order = True
    plot = chart.plots[0]
    plot.gap_width = 45
    plot.has_data_labels = True
    labels = plot.data_labels
    labels.position = XL_LABEL_POSITION.OUTSIDE_END
    labels.show_value = True
    labels.number_format, labels.number_format_is_linked = "#,##0", False
    labels.font.size = Pt(14)
    labels.font.bold = True
    series = plot.series[0]
    series.invert_if_negative = False
    for index, row in enumerate(rows):
        fill = series.points[index].format.fill
        fill.solid()
        fill.fore_color.theme_color = MSO_THEME_COLOR.ACCENT_1 if row.strong else MSO_THEME_COLOR.ACCENT_3


def _workbook(titles: Sequence[str], rows: Sequence[Row], counts: str, as_of: datetime) -> bytes:
    """What opens when somebody edits the chart: every title is a text cell, nothing is a formula or a link."""
    from xlsxwriter import Workbook

    buffer = io.BytesIO()
    book = Workbook(
        buffer,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    book.set_properties({"created": as_of.astimezone(UTC).replace(tzinfo=None, microsecond=0)})
    text = book.add_format({"quote_prefix": True})
    sheet = book.add_worksheet("Sheet1")
    sheet.set_column(0, 0, 40)
    sheet.write_string(0, 1, counts, text)
    for index, (title, row) in enumerate(zip(titles, rows, strict=True), start=1):
        sheet.write_string(index, 0, title, text)
        sheet.write_number(index, 1, row.value)
    book.close()
    return buffer.getvalue()


def _distinct(titles: Sequence[str]) -> list[str]:
    """Titles that are cut alike are told apart by a number."""
    seen: dict[str, int] = {}
    told = []
    for title in titles:
        seen[title] = seen.get(title, 0) + 1
        told.append(title if seen[title] == 1 else f"{title} ({seen[title]})")
    return told
