"""A report as one self-contained HTML page: readable on a phone, nothing loaded from anywhere, no script."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from advocacy_monitor.errors import ExportError
from advocacy_monitor.evaluation.report import ALL, RANDOM, Agreement, Figure, Other, Report, Slice

if TYPE_CHECKING:
    from jinja2 import Template

TEMPLATES = Path(__file__).with_name("templates")
_WIDTH = 100.0


def write_page(report: Report, path: Path) -> None:
    """Writes the page. Raises ExportError."""
    from advocacy_monitor.exporters.atomic import whole_file

    page = _template().render(view(report)).encode("utf-8", "replace")
    if path.is_dir():
        raise ExportError(f"{path}: is a folder; name a file")
    with whole_file(path) as handle:
        handle.write(page)


def _template() -> Template:
    from advocacy_monitor.exporters.page_template import page_environment

    environment = page_environment(TEMPLATES)
    environment.globals["figure"] = figure
    environment.globals["bar"] = bar
    return environment.get_template("evaluation.html")


def view(report: Report) -> dict[str, Any]:
    """Everything that the template prints."""
    return {
        "report": report,
        "digest": report.digest,
        "headline": report.slices[report.best_slice].languages[ALL],
        "headline_slice": report.slices[report.best_slice],
        "is_random": report.best_slice == RANDOM,
        "is_campaign": report.sample.kind == "campaign",
        "slices": [_slice(report, name, part) for name, part in report.slices.items()],
        "text": shown,
    }


def _slice(report: Report, name: str, part: Slice) -> dict[str, Any]:
    campaign = report.sample.kind == "campaign"
    title = {RANDOM: "Drawn at random", ALL: "All that people coded" if campaign else "All statements"}[name]
    return {
        "title": title,
        "slice": part,
        "languages": [
            {
                "name": "All languages" if language == ALL else language,
                "block": block,
                "themes": _themes(list(block.themes.items())),
            }
            for language, block in part.languages.items()
        ],
        "beside": list(_beside(report, name)),
        "themes_beside": _themes_beside(report, name, part),
    }


def _themes(themes: Sequence[tuple[str, Agreement]]) -> list[tuple[str, Agreement]]:
    """The themes that occur at all, those that people gave most often first."""
    shown_ones = [(code, each) for code, each in themes if each.support or each.found]
    return sorted(shown_ones, key=lambda pair: (-pair[1].support, pair[0]))


def _beside(report: Report, name: str) -> list[tuple[str, Other]]:
    pairs = (("Baseline", report.baseline.get(name)), ("Version before", report.previous.get(name)))
    return [(what, other) for what, other in pairs if other is not None]


def _themes_beside(report: Report, name: str, part: Slice) -> list[tuple[str, list[float | None]]]:
    """F1 by theme: this coding, then what stands beside it."""
    others = [other for _, other in _beside(report, name)]
    return [
        (code, [agreement.f1.value, *(other.themes.get(code) for other in others)])
        for code, agreement in _themes(list(part.languages[ALL].themes.items()))
    ]


def figure(found: Figure | float | None) -> str:
    """A figure with its range: '0.86 (0.78–0.92)'."""
    if found is None or isinstance(found, float):
        return "–" if found is None else f"{found:.2f}"
    if found.value is None:
        return "–"
    if found.interval is None:
        return f"{found.value:.2f}"
    return f"{found.value:.2f} ({found.interval[0]:.2f}–{found.interval[1]:.2f})"


def bar(found: Figure) -> dict[str, str] | None:
    """Where a figure's dot and range lie on a line of 100 units."""
    if found.value is None:
        return None
    low, high = found.interval or (found.value, found.value)
    return {
        "x": f"{found.value * _WIDTH:.1f}",
        "low": f"{low * _WIDTH:.1f}",
        "width": f"{max(high - low, 0.004) * _WIDTH:.1f}",
    }


def shown(text: str) -> str:
    """A text without control characters and marks of direction, which could turn what stands beside it."""
    return "".join(c if unicodedata.category(c) not in ("Cc", "Cf", "Cs") else " " for c in text)
