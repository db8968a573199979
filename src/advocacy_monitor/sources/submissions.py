"""From the rows of a survey to submissions; contact details part from the answers here.

Nothing is lost: a row becomes a submission, or a reject with its reason. A row is the same submission whenever its
file is read again: it is known by the respondent's id, else by a digest of its cells without the contact details.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import msgspec

from advocacy_monitor.errors import BadRecordError, ConfigError
from advocacy_monitor.models import Contact, Reject, Submission
from advocacy_monitor.sources.column_mapping import ColumnMapping
from advocacy_monitor.sources.contact_details import Detail, is_contact, shown
from advocacy_monitor.sources.survey import FORMBRICKS, LIMESURVEY, Survey
from advocacy_monitor.sources.survey_columns import Columns, Consent
from advocacy_monitor.sources.survey_dates import DateProblemError, Dates, ambiguous, settled
from advocacy_monitor.sources.survey_words import LANGUAGES, LIMESURVEY_SUBMITTED, NO, YES
from advocacy_monitor.sources.tabular import Row
from advocacy_monitor.sources.x_shapes import clip, hashtags

DATE_UNKNOWN = "date unknown: the time of the import stands for it"
DATE_GIVEN = "date unknown: answered_on of the column mapping stands for it"
_NO_DATE_STAMP = "1980-01-01"  # what LimeSurvey writes for anonymised surveys
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_encode = msgspec.json.encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """Everything needed to read the rows of one survey; `now` stands for dates that nobody wrote down."""

    source: str
    survey: Survey
    columns: Columns
    mapping: ColumnMapping
    dates: Dates
    now: datetime
    apart: frozenset[int]
    """The columns that are no plain questions."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was there in the rows before: ids with the digest of their answers, and how often each digest."""

    ids: dict[str, str] = field(default_factory=dict)
    digests: Counter[str] = field(default_factory=Counter)


def form_name(name: str) -> str:
    """A form's name as it stands in `source`: letters, digits and dashes.

    '(2)' of a second download goes, and '(1-57)', which Microsoft Forms puts behind the name of every export.
    """
    plain = re.sub(r"\s*\(\d+(?:-\d+)?\)$", "", name.strip())
    return re.sub(r"[\W_]+", "-", plain.lower()).strip("-")[:80] or "form"


def form_of(
    survey: Survey, columns: Columns, mapping: ColumnMapping, *, source: str, where: str, clock: Callable[[], datetime]
) -> Form:
    """A form, with the order of its dates settled. Raises ConfigError when nothing tells how to read them."""
    zone = ZoneInfo(mapping.timezone)
    cells = [cell for number in columns.created_at for cell in survey.filled[number]]
    order = settled(cells, setting=mapping.date_format, usual=survey.usual_dates)
    if order is None and (doubtful := ambiguous(cells)) and len(doubtful) == len(cells):
        header = shown(survey.headers[number] for number in columns.created_at)
        raise ConfigError(
            f"{where}: {len(doubtful)} dates such as {clip(doubtful[0], 20)} in {header} may be day/month or "
            "month/day, and none of them settles it; set date_format: D/M/Y or M/D/Y in a column mapping"
        )
    return Form(
        source=source,
        survey=survey,
        columns=columns,
        mapping=mapping,
        dates=Dates(order=order, zone=zone),
        now=clock(),
        apart=frozenset(columns.used()),
    )


def read_rows(form: Form) -> Iterator[Submission | Reject]:
    """A submission or a reject for each row that is not blank."""
    seen = Seen()
    for row in form.survey.rows:
        try:
            yield _submission(form, row, seen)
        except BadRecordError as error:
            yield Reject(position=f"row {row.number}", reason=str(error), payload=_encode(row.cells))


def _submission(form: Form, row: Row, seen: Seen) -> Submission:
    cells = _fitting(form, row)
    columns, headers = form.columns, form.survey.headers
    _refuse_unsubmitted(form, cells)
    contact = _contact_cells(form, cells)
    text = "\n\n".join(cells[number] for number in columns.text if cells[number].strip())
    answers = _answers(form, cells, contact)
    created_at = _created_at(form, cells, answers)
    fields = {key: cells[number].strip() for key, number in columns.single.items()}
    language = _language(fields.get("language"))
    if fields.get("language") and language is None:
        answers[headers[columns.single["language"]]] = fields["language"]
    url = fields.get("url", "")
    raw = _encode({name: cell for n, (name, cell) in enumerate(zip(headers, cells, strict=True)) if n not in contact})
    return Submission(
        source=form.source,
        source_id=_source_id(fields.get("id"), cells, contact, seen),
        text=text,
        created_at=created_at,
        raw=raw,
        url=url if url.startswith(("https://", "http://")) else None,
        hashtags=hashtags(None, text),
        language=language,
        answers=answers,
        consents=frozenset(use for use, consent in columns.consents.items() if _ticked(form, consent, cells)),
        library=fields.get("library") or None,
        area=fields.get("area") or None,
        postcode=fields.get("postcode") or None,
        age_band=fields.get("age_band") or None,
        contact=_contact(form, cells, contact),
    )


def _fitting(form: Form, row: Row) -> tuple[str, ...]:
    """The cells of a row, as many as there are columns. Raises BadRecordError for a row that does not fit."""
    width = len(form.survey.headers)
    if row.open_quote:
        raise BadRecordError(
            "a quotation mark that is opened in this row is never closed, so that the rest of the file is in it; "
            "close it and import the file again"
        )
    if any(cell.strip() for cell in row.cells[width:]):
        raise BadRecordError(f"has {len(row.cells)} cells, and the header has {width}; is a comma not quoted?")
    return _padded(form, row)


def _padded(form: Form, row: Row) -> tuple[str, ...]:
    width = len(form.survey.headers)
    return row.cells[:width] + ("",) * (width - len(row.cells))


def _refuse_unsubmitted(form: Form, cells: Sequence[str]) -> None:
    """LimeSurvey and Formbricks export what people left unfinished, too: they never sent it."""
    if form.survey.format == LIMESURVEY and not form.mapping.columns.created_at:
        for number, header in enumerate(form.survey.headers):
            if header.lower() in LIMESURVEY_SUBMITTED and not cells[number].strip():
                raise BadRecordError(f"was not submitted: {header} is empty")
    if form.survey.format == FORMBRICKS and not form.mapping.columns.created_at:
        finished = [header.lower() for header in form.survey.headers].index("finished")
        if cells[finished].strip().lower() in NO:
            raise BadRecordError(f"was not submitted: {form.survey.headers[finished]} is No")


def _contact_cells(form: Form, cells: Sequence[str]) -> dict[int, Detail]:
    """The columns of this row that hold contact details: those known as such, and answers that are nothing else."""
    stray = {number: Detail.OTHER for number, cell in enumerate(cells) if number not in form.apart and is_contact(cell)}
    return {**form.columns.contact, **stray}


def _answers(form: Form, cells: Sequence[str], contact: Mapping[int, Detail]) -> dict[str, str]:
    """The questions and answers that have no place of their own."""
    pairs = enumerate(zip(form.survey.headers, cells, strict=True))
    said = ((n, name, cell) for n, (name, cell) in pairs if cell and not cell.isspace())
    return {name: cell for n, name, cell in said if n not in form.apart and n not in contact}


def _created_at(form: Form, cells: Sequence[str], answers: dict[str, str]) -> datetime:
    """When it was answered. Where nobody wrote that down, the answers say so. Raises BadRecordError."""
    for number in form.columns.created_at:
        cell = cells[number].strip()
        if cell and not cell.startswith(_NO_DATE_STAMP):
            try:
                return form.dates.read(cell)
            except DateProblemError as error:
                found = "a contact detail" if is_contact(cell) else clip(cell, 40)
                header = form.survey.headers[number]
                raise BadRecordError(f"its date in {clip(header, 80)}, {found}, {error}") from error
    if form.mapping.answered_on is not None:
        answers["created_at"] = DATE_GIVEN
        return _midnight(form.mapping.answered_on, form.dates)
    answers["created_at"] = DATE_UNKNOWN
    return form.now


def _midnight(day: date, dates: Dates) -> datetime:
    return dates.read(datetime.combine(day, time()).isoformat())


def _language(cell: str | None) -> str | None:
    """BCP 47 for a code or for a language's name in one of the seven languages."""
    if not cell:
        return None
    return LANGUAGES.get(cell.lower()) or (cell if _LANGUAGE.fullmatch(cell) else None)


def _ticked(form: Form, consent: Consent, cells: Sequence[str]) -> bool:
    cell = cells[consent.column].strip()
    if consent.option is not None:
        return consent.option in _parts(cell) or f", {consent.option}, " in f", {cell}, "
    affirmed = cell.lower() in YES or cell.lower() in {word.lower() for word in form.mapping.yes}
    return affirmed or (bool(cell) and cell.split() == consent.statement.split())


def unclear_consents(form: Form) -> Iterator[str]:
    """A note for each consent column with answers that are neither a tick nor a plain no; they count as no."""
    for use, consent in form.columns.consents.items():
        if consent.option is None:
            rows = [_padded(form, row) for row in form.survey.rows]
            said = (cells for cells in rows if cells[consent.column].strip().lower() not in {"", *NO})
            count = sum(not _ticked(form, consent, cells) for cells in said)
            if count:
                column = shown([form.survey.headers[consent.column]])
                yield f"{count} answers in {column} are neither yes nor no, and count as no to {use.value}"


def _parts(cell: str) -> set[str]:
    """The options in a cell of several: parted by commas or semicolons, and the cell as a whole."""
    return {cell, *(part.strip() for mark in (",", ";", "\n") for part in cell.split(mark))}


def _contact(form: Form, cells: Sequence[str], contact: Mapping[int, Detail]) -> Contact | None:
    found: dict[Detail, list[tuple[str, str]]] = {}
    for number, detail in sorted(contact.items()):
        if cell := cells[number].strip():
            found.setdefault(detail, []).append((form.survey.headers[number], cell))
    if not found:
        return None
    names = " ".join(cell for _, cell in found.get(Detail.NAME, ()))
    emails, phones = found.get(Detail.EMAIL, []), found.get(Detail.PHONE, [])
    return Contact(
        name=names or None,
        email=emails[0][1] if emails else None,
        phone=phones[0][1] if phones else None,
        other=dict([*emails[1:], *phones[1:], *found.get(Detail.OTHER, ())]),
    )


def _source_id(known: str | None, cells: Sequence[str], contact: Mapping[int, Detail], seen: Seen) -> str:
    """The respondent's id; without one, a digest of the cells and how often these very cells were there before.

    Contact details are no part of the digest, so that nobody can try addresses against it. Raises BadRecordError
    when an id is there twice for different answers, or is an address itself.
    """
    said = [cell for number, cell in enumerate(cells) if number not in contact]
    digest = hashlib.sha256(_encode(said)).hexdigest()[:32]
    if known:
        if "@" in known:
            raise BadRecordError("its id is an e-mail address; name another id column in the mapping, or none")
        if seen.ids.setdefault(known, digest) != digest:
            raise BadRecordError("its id was used by an earlier row for other answers; is the id column right?")
        return known
    seen.digests[digest] += 1
    count = seen.digests[digest]
    return f"sha256:{digest}" if count == 1 else f"sha256:{digest}-{count}"
