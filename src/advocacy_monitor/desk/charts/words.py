"""What charts say: headings, units, labels and findings. A finding names its unit and its base and claims no more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from advocacy_monitor.closed_answers import ClosedQuestion
from advocacy_monitor.desk.charts.counts import NO_THEME, OTHERS, UNKNOWN
from advocacy_monitor.desk.charts.definitions import Chart
from advocacy_monitor.desk.words import shown
from advocacy_monitor.exhibits import channel
from advocacy_monitor.exporters import figures
from advocacy_monitor.exporters.wording import Wording, wording
from advocacy_monitor.translate import Texts

LONGEST = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """In which words charts are told: language, thresholds (R9), titles of themes, what day it is (UTC), and the
    closed questions by their names."""

    t: Texts
    smallest_cell: int
    smallest_base: int
    titles: Mapping[str, str]
    today: date
    questions: Mapping[str, ClosedQuestion] = field(default_factory=dict)

    @property
    def words(self) -> Wording:
        """The words of packs for numbers, months and languages."""
        return wording(self.t.code)

    def number(self, value: int | None) -> str:
        """A number, or 'fewer than 5'."""
        if value is None:
            return self.t.text("fewer than {n}", n=self.smallest_cell)
        return self.t.number(value)

    @property
    def not_shown(self) -> str:
        """What stands for a number that is small, or would tell a small one."""
        return self.t.text("not shown")

    def share(self, value: int | None, base: int) -> str:
        """A percentage, or '' where there is too little for one."""
        return figures.percent(value, base, self.words, smallest_base=self.smallest_base)

    def unit(self, measure: str, number: int) -> str:
        """'412 statements'."""
        if measure == "people":
            return self.t.counted("{n} known person", "{n} known people", number)
        if measure == "appearances":
            return self.t.counted("{n} appearance", "{n} appearances", number)
        return self.t.counted("{n} statement", "{n} statements", number)

    def label(self, field: str, name: str, question: str = "") -> str:
        """A value of a field for readers; `question` is the one that an answer answers."""
        if name == OTHERS:
            return self.others(field)
        if question in self.questions:
            return shown(self.questions[question].option(name, self.t.code), LONGEST)
        if field == "theme":
            return self.t.text("No theme") if name == NO_THEME else shown(self.titles.get(name, name), LONGEST)
        if name == UNKNOWN:
            return self.t.text("Not known")
        return shown(self._plain(field, name), LONGEST)

    def _plain(self, field: str, name: str) -> str:
        if field == "source":
            return channel(name)
        if field == "language":
            return figures.language(name, self.words)
        if field == "month":
            return figures.month(name, self.words)
        return self.fixed(field).get(name, name)

    def fixed(self, field: str) -> dict[str, str]:
        """The values of a field that the program itself gives."""
        t = self.t
        if field == "status":
            return {
                "pending": t.text("Not yet looked at"),
                "approved": t.text("Approved"),
                "rejected": t.text("Rejected"),
                "escalated": t.text("Held for a further look"),
            }
        if field == "consent":
            return {
                "none": t.text("No consent to be counted"),
                "count": t.text("May be counted"),
                "quote": t.text("May be quoted"),
                "send": t.text("May be sent to a representative"),
            }
        return {}

    def others(self, field: str) -> str:
        """What the small ones are together."""
        t = self.t
        return {
            "source": t.text("Other sources"),
            "area": t.text("Other areas"),
            "library": t.text("Other libraries"),
            "language": t.text("Other languages"),
            "theme": t.text("Other themes"),
        }.get(field, t.text("Other answers"))

    def field(self, field: str) -> str:
        """A field's name as the heading of a column."""
        t = self.t
        return {
            "month": t.text("Month"),
            "theme": t.text("Theme"),
            "source": t.text("Source"),
            "area": t.text("Area"),
            "library": t.text("Library"),
            "language": t.text("Language"),
            "status": t.text("Status"),
            "consent": t.text("Consent"),
        }.get(field, t.text("Answer"))

    def measure(self, measure: str) -> str:
        """A unit as the heading of a column."""
        t = self.t
        names = {"people": t.text("Known people"), "appearances": t.text("Appearances")}
        return names.get(measure, t.text("Statements"))

    def question(self, name: str) -> str:
        """A closed question as it was asked; with the form's version where it was asked in several wordings."""
        found = self.questions.get(name)
        words = found.said(self.t.code) if found else name
        return shown(f"{words} ({found.asked})" if found and self._in_versions(found) else words, LONGEST)

    def _in_versions(self, question: ClosedQuestion) -> bool:
        return bool(question.forms) and sum(each.key == question.key for each in self.questions.values()) > 1

    def heading(self, chart: Chart) -> str:
        """What a chart shows; its own title where it has one."""
        t = self.t
        if chart.title:
            return chart.title
        if chart.measure == "agreement":
            return t.text("How far coders agree")
        if chart.kind == "funnel":
            return t.text("From collected to cited") if chart.field == "status" else t.text("What people consented to")
        if chart.field == "answer":
            return self.question(chart.question) if chart.question else t.text("Answers to closed questions")
        return _named(chart, t)


def _named(chart: Chart, t: Texts) -> str:
    themes = {
        "month": t.text("Themes over time"),
        "source": t.text("Themes by source"),
        "area": t.text("Themes by area"),
        "library": t.text("Themes by library"),
        "language": t.text("Themes by language"),
    }
    by = {
        "month": t.text("{unit} by month"),
        "theme": t.text("{unit} by theme"),
        "source": t.text("{unit} by source"),
        "area": t.text("{unit} by area"),
        "library": t.text("{unit} by library"),
        "language": t.text("{unit} by language"),
        "status": t.text("{unit} by status"),
        "consent": t.text("{unit} by consent"),
    }
    units = {"people": t.text("Known people"), "appearances": t.text("Appearances")}
    unit = units.get(chart.measure, t.text("Statements"))
    return themes[chart.field] if chart.split else by[chart.field].format(unit=unit)


def finding(field: str, label: str, number: int, base: str, t: Texts, *, proven: bool = True) -> str:
    """The largest number of a chart in one sentence; `base` is such as '412 statements'.

    A theme that nobody has checked is one that software suggests (R12).
    """
    n = t.number(number)
    if field == "theme":
        if proven:
            return t.text("“{label}” was named in {n} of {base}", label=label, n=n, base=base)
        return t.text("“{label}”: suggested by software in {n} of {base}", label=label, n=n, base=base)
    if field == "month":
        return t.text("The most in one whole month: {n} of {base}, in {label}", label=label, n=n, base=base)
    if field == "answer":
        return t.text("“{label}” was chosen in {n} of {base} with an answer", label=label, n=n, base=base)
    if field == "language":
        return t.text("{n} of {base} are in {label}", label=label, n=n, base=base)
    if field == "area":
        return t.text("{n} of {base} are placed in {label}", label=label, n=n, base=base)
    if field == "library":
        return t.text("{n} of {base} are about {label}", label=label, n=n, base=base)
    return t.text("{n} of {base} come from {label}", label=label, n=n, base=base)
