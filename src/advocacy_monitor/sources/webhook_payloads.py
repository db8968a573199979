"""From the body of a delivery to a submission: pure, so that every shape can be tested without a server.

A delivery becomes a table of one row, and takes the road of every other survey from there: contact details part from
the answers, consents are recognised only where they cannot be misunderstood. What is recognised does not depend on
the other deliveries. Sources: the webhook documents of Typeform, Tally and Formbricks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from advocacy_monitor.errors import BadRecordError, ConfigError, FatalSourceError
from advocacy_monitor.models import Reject, Submission
from advocacy_monitor.sources import tally, typeform
from advocacy_monitor.sources.column_mapping import Given
from advocacy_monitor.sources.contact_details import Detail, kind_of_column
from advocacy_monitor.sources.submissions import form_name, form_of, read_rows
from advocacy_monitor.sources.survey import FORMBRICKS, Survey
from advocacy_monitor.sources.survey_columns import assign
from advocacy_monitor.sources.tabular import MAX_COLUMNS, Row
from advocacy_monitor.sources.webhook_signatures import Kind
from advocacy_monitor.sources.x_shapes import clip, parse

_EVENTS = {
    Kind.TYPEFORM: ("event_type", "form_response"),
    Kind.TALLY: ("eventType", "FORM_RESPONSE"),
    Kind.FORMBRICKS: ("event", "responseFinished"),
}
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How deliveries are read. `form` is the form's name where the user gave one."""

    kind: Kind
    given: Given
    form: str | None = None

    def check(self) -> None:
        """Raises ConfigError when the mapping cannot be enough for this kind of deliveries."""
        columns = self.given.mapping.columns
        if self.kind is Kind.FORMBRICKS and not columns.text:
            raise ConfigError(
                f"{self.given.where}: Formbricks sends the ids of questions and not their wording, so a mapping must "
                "say at least columns.text"
            )
        if self.kind is Kind.JSON and not (columns.text and columns.id):
            raise ConfigError(
                f"{self.given.where}: a mapping must say columns.text and columns.id, as paths like answers.comment; "
                "without an id nobody can tell a delivery that was sent twice from two people who say the same"
            )


@dataclass(frozen=True, slots=True)
class Delivered:
    """The submission in a delivery, and the columns of the mapping that were not in it."""

    item: Submission
    absent: frozenset[str]


def not_an_answer(kind: Kind, body: bytes) -> str | None:
    """Why a delivery is no answer that somebody sent (one in progress, a test of the connection); else None.

    None as well for what cannot be read: somebody must look at it.
    """
    if kind not in _EVENTS:
        return None
    try:
        value = parse(body)
    except BadRecordError:
        return None
    key, wanted = _EVENTS[kind]
    event = value.get(key) if isinstance(value, dict) else None
    if isinstance(event, str) and event != wanted:
        return f"tells of {clip(event, 40)}, not of an answer that was sent"
    return None


def read_delivery(body: bytes, reading: Reading, *, received_at: datetime, where: str) -> Delivered:
    """The submission in the body of a delivery. `where` names the delivery in messages.

    Raises BadRecordError for a delivery that cannot be read, ConfigError for a mapping that cannot be right.
    """
    value = parse(body)
    if not isinstance(value, dict):
        raise BadRecordError("is not a JSON object")
    if reason := not_an_answer(reading.kind, body):
        raise BadRecordError(reason)
    survey, form_id = _survey(value, body, reading, where)
    survey, absent = _with_mapped(survey, reading.given)
    columns = assign(survey, reading.given)
    name = reading.form or reading.given.mapping.form or form_id or "webhook"
    source = f"survey:{form_name(name)}"
    form = form_of(survey, columns, reading.given.mapping, source=source, where=where, clock=lambda: received_at)
    if "id" not in columns.single or not survey.rows[0].cells[columns.single["id"]].strip():
        raise BadRecordError("has no response id; without one a delivery that is sent twice would count twice")
    (record,) = read_rows(form)
    if isinstance(record, Reject):
        raise BadRecordError(record.reason)
    return Delivered(record, absent)


def _survey(value: dict[str, Any], body: bytes, reading: Reading, where: str) -> tuple[Survey, str]:
    if reading.kind is Kind.TYPEFORM:
        if not typeform.is_message(value):
            raise BadRecordError("is no message of Typeform: there is no form_response")
        try:
            survey, form_id, _ = typeform.read(body, where=where)
        except FatalSourceError as error:  # which it is for a file, not for one of many deliveries
            raise BadRecordError(str(error).removeprefix(f"{where} ")) from error
        return survey, form_id
    if reading.kind is Kind.TALLY:
        return tally.survey_of(value)
    return _formbricks(value) if reading.kind is Kind.FORMBRICKS else (_of_paths(value), "")


def _formbricks(message: Mapping[str, Any]) -> tuple[Survey, str]:
    """The columns are called as in Formbricks' own export, and a question by its id."""
    data = message.get("data")
    if not isinstance(data, dict) or not isinstance(data.get("data"), dict):
        raise BadRecordError("is no message of Formbricks: there is no data.data")
    contact = data["contact"] if isinstance(data.get("contact"), dict) else {}
    language = data.get("language")
    head = {
        "Response ID": data.get("id"),
        "Timestamp": data.get("createdAt"),
        "Finished": "No" if data.get("finished") is False else "Yes",
        "Survey ID": data.get("surveyId"),
        "Formbricks ID (internal)": contact.get("id"),
        "User ID": contact.get("userId"),
        "Language": None if language == "default" else language,
    }
    pairs = [*head.items(), *_meta(data.get("meta"))]
    attributes = data["contactAttributes"] if isinstance(data.get("contactAttributes"), dict) else {}
    known = {
        number: kind_of_column(_HUMP.sub(" ", str(name))) or Detail.OTHER
        for number, name in enumerate(attributes, len(pairs))
    }
    pairs += [*attributes.items(), *data["data"].items()]
    variables = data.get("variables")
    pairs += variables.items() if isinstance(variables, dict) else ()
    return _one_row(FORMBRICKS, [(str(name), _text(cell)) for name, cell in pairs], known), str(
        data.get("surveyId") or ""
    )


def _meta(meta: object) -> Iterator[tuple[str, Any]]:
    for name, cell in meta.items() if isinstance(meta, dict) else ():
        if isinstance(cell, dict):
            yield from ((f"{name} - {inner}", value) for inner, value in cell.items())
        else:
            yield str(name), cell


def _of_paths(message: Mapping[str, Any]) -> Survey:
    """A column for each value, named by its path: `answers.comment`, `people.0.age`."""
    try:
        pairs = [*_paths(message, "")]
    except RecursionError as error:
        raise BadRecordError("is nested too deeply to be read") from error
    known = {number: detail for number, (path, _) in enumerate(pairs) if (detail := _told_by_path(path))}
    return _one_row(None, pairs, known)


def _paths(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _paths(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list) and any(isinstance(part, (dict, list)) for part in value):
        for number, inner in enumerate(value):
            yield from _paths(inner, f"{path}.{number}")
    else:
        yield path, _text(value)


def _told_by_path(path: str) -> Detail | None:
    """The contact detail that the last part of a path names. A name may be a library's, so it is kept apart as such."""
    detail = kind_of_column(_HUMP.sub(" ", path.rsplit(".", 1)[-1]))
    return Detail.OTHER if detail is Detail.NAME and "." in path else detail


def _text(value: Any) -> str:
    """An answer as one would write it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        return ", ".join(said for part in value if (said := _text(part)))
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_text(part)}" for key, part in value.items())
    return str(value)


def _one_row(format: str | None, pairs: list[tuple[str, str]], known: Mapping[int, Detail]) -> Survey:
    if len(pairs) > MAX_COLUMNS:
        raise BadRecordError(f"has {len(pairs):,} values; at most {MAX_COLUMNS:,} are read")
    names = [name for name, _ in pairs]
    return Survey.of(format, names, ("",) * len(pairs), [Row(1, tuple(cell for _, cell in pairs))], known=known)


def _with_mapped(survey: Survey, given: Given) -> tuple[Survey, frozenset[str]]:
    """The survey with an empty column for each name of the mapping that it lacks: services leave out what is blank."""
    plain = {name: " ".join(name.split()) for _, name in given.mapping.columns.named()}
    there = {*survey.headers, *survey.given}
    absent = [name for name, bare in plain.items() if not {bare, bare.removesuffix(" (1)")} & there]
    if not absent:
        return survey, frozenset()
    blanks = ("",) * len(absent)
    (row,) = survey.rows
    width = len(survey.given)
    cells = (*row.cells[:width], *("",) * (width - len(row.cells)), *blanks)
    names = (*survey.given, *absent)
    completed = Survey.of(
        survey.format,
        names,
        (*survey.choices, *blanks),
        [Row(row.number, cells)],
        open_ended=survey.open_ended,
        known=survey.known,
    )
    return completed, frozenset(absent)
