"""Which survey service wrote a table, and what its columns are called.

SurveyMonkey writes two header rows, where a question with several choices has a column for each; LimeSurvey one with
codes or questions; Google Forms and Microsoft Forms one with questions; Formbricks one with numbered questions.
Everything else is a plain table that needs a column mapping.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from advocacy_monitor.errors import FatalSourceError
from advocacy_monitor.sources.contact_details import Detail, is_contact, kind_of_column, shown
from advocacy_monitor.sources.survey_dates import DateOrder
from advocacy_monitor.sources.survey_words import (
    FORMBRICKS_MARKS,
    LIMESURVEY_IDS,
    LIMESURVEY_MARKS,
    MICROSOFT_COMPLETED,
    MICROSOFT_STARTED,
    OPEN_ENDED,
    RESPONDENTS,
    TIMESTAMPS,
)
from advocacy_monitor.sources.tabular import Row, Table, unique

SURVEYMONKEY, GOOGLE_FORMS, LIMESURVEY, TYPEFORM = "surveymonkey", "google-forms", "limesurvey", "typeform"
MICROSOFT_FORMS, FORMBRICKS, TALLY = "microsoft-forms", "formbricks", "tally"
EXPORTS: Mapping[str, str] = {
    GOOGLE_FORMS: "answers of a Google Form, as CSV or XLSX: the first column is called Timestamp",
    LIMESURVEY: "LimeSurvey's export as CSV or XLSX: columns such as submitdate, lastpage, startlanguage",
    MICROSOFT_FORMS: "answers of a Microsoft Form, as XLSX or CSV: the columns ID, Start time, Completion time",
    FORMBRICKS: "Formbricks' export as CSV or XLSX: columns such as Response ID, Timestamp, Finished, Survey ID",
    SURVEYMONKEY: "SurveyMonkey's export as CSV or XLSX: the first column is called Respondent ID",
    TYPEFORM: "Typeform's webhook messages as JSON, one or one a line",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """A table with its header understood: `headers[i]` is the name of column i, `choices[i]` its option or ''."""

    format: str | None
    headers: tuple[str, ...]
    choices: tuple[str, ...]
    rows: tuple[Row, ...]
    given: tuple[str, ...]
    """The header cells as they stand in the file, where a name may be there twice."""
    filled: tuple[tuple[str, ...], ...]
    """By column, the cells that are not blank."""
    open_ended: tuple[int, ...] | None = None
    """The columns in which people write freely, where the service says so; None where it does not."""
    known: Mapping[int, Detail] = field(default_factory=dict)
    """The columns of which the service says that they hold contact details."""

    @classmethod
    def of(
        cls,
        format: str | None,
        given: Sequence[str],
        choices: Sequence[str],
        rows: Sequence[Row],
        *,
        open_ended: tuple[int, ...] | None = None,
        known: Mapping[int, Detail] | None = None,
    ) -> Survey:
        """A survey with names for its columns that differ."""
        columns = zip_longest(*(row.cells[: len(given)] for row in rows), fillvalue="")
        filled = [tuple(cell for cell in column if cell and not cell.isspace()) for column in columns]
        return cls(
            format=format,
            headers=unique(given),
            choices=tuple(choices),
            rows=tuple(rows),
            given=tuple(" ".join(name.split()) for name in given),
            filled=(*filled, *[()] * (len(given) - len(filled))),
            open_ended=open_ended,
            known=known or {},
        )

    @property
    def usual_dates(self) -> DateOrder | None:
        """How the service writes dates, where it is known to."""
        if self.format == GOOGLE_FORMS:
            english = self.headers[0].lower() == "timestamp"
            return DateOrder.MONTH_FIRST if english else DateOrder.DAY_FIRST
        return DateOrder.MONTH_FIRST if self.format == SURVEYMONKEY else None


def identify(header: Sequence[str]) -> str | None:
    """The service whose export begins with this header row, or None."""
    names = [" ".join(name.split()).lower() for name in header]
    if not names:
        return None
    if names[0] in TIMESTAMPS:
        return GOOGLE_FORMS
    if names[0] in RESPONDENTS:
        return SURVEYMONKEY
    if names[0] == "id" and set(names[1:2]) <= MICROSOFT_STARTED and set(names[2:3]) & MICROSOFT_COMPLETED:
        return MICROSOFT_FORMS
    if set(names[:6]) >= FORMBRICKS_MARKS:
        return FORMBRICKS
    if LIMESURVEY_IDS & set(names[:2]) and len(LIMESURVEY_MARKS & set(names)) >= 2:
        return LIMESURVEY
    return None


def understand(table: Table, *, where: str, expected: str | None = None) -> Survey:
    """The header and the answers of a table.

    `expected` is the service that the user named. Raises FatalSourceError when the table has no answers, no usable
    header, or is not what the user said.
    """
    first, *rest = table.rows
    if first.open_quote:
        raise FatalSourceError(f"{where}: a quotation mark in the header row is never closed")
    if any(is_contact(cell) for cell in first.cells):
        raise FatalSourceError(
            f"{where} has no header row: a contact detail stands in row {first.number}, where column names are expected"
        )
    found = identify(first.cells)
    if expected is not None and found != expected:
        raise FatalSourceError(
            f"{where} is no export of {expected}: {EXPORTS[expected]}; the columns found are {shown(first.cells)}"
        )
    choices: tuple[str, ...] = ("",) * len(first.cells)
    names = list(first.cells)
    if found == SURVEYMONKEY and rest and _is_second_header(rest[0]):
        names, choices = _joined(first.cells, rest[0].cells)
        rest = rest[1:]
    if found == MICROSOFT_FORMS:
        rest = [_without_nobody(row, first) for row in rest]
    if not rest:
        raise FatalSourceError(f"{where} has only a header row and no answers; its columns are {shown(first.cells)}")
    return Survey.of(found, names, choices, rest)


def _without_nobody(row: Row, header: Row) -> Row:
    """A row of Microsoft Forms, which writes the e-mail address 'anonymous' where it kept none."""
    cells = tuple(
        "" if cell.strip().lower() == "anonymous" and kind_of_column(name) is Detail.EMAIL else cell
        for cell, name in zip_longest(row.cells, header.cells[: len(row.cells)], fillvalue="")
    )
    return Row(row.number, cells, row.open_quote)


def _is_second_header(row: Row) -> bool:
    """SurveyMonkey leaves the respondent's column of its second header row empty, and of no other."""
    return not row.cells[0].strip() and any(cell.strip() for cell in row.cells)


def _joined(questions: Sequence[str], choices: Sequence[str]) -> tuple[list[str], tuple[str, ...]]:
    """One name a column out of two rows: 'question', or 'question - choice'; a question reaches to the next one."""
    width = max(len(questions), len(choices))
    padded = [*questions, *[""] * (width - len(questions))]
    options = tuple(choice.strip() for choice in (*choices, *[""] * (width - len(choices))))
    names, current = [], ""
    for question, option in zip(padded, options, strict=True):
        current = question.strip() or (current if option else "")
        plain = "" if option.lower() in OPEN_ENDED else option
        names.append(f"{current} - {plain}" if current and plain else current or plain)
    return names, tuple("" if option.lower() in OPEN_ENDED else option for option in options)
