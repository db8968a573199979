"""From a webhook message of Tally to a table of one row: a column a question, as people saw it.

Tally sends the ids of chosen options and the options' texts beside them, and for questions with boxes one more field
for each box, which says the same again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from advocacy_monitor.errors import BadRecordError
from advocacy_monitor.sources.contact_details import Detail
from advocacy_monitor.sources.survey import TALLY, Survey
from advocacy_monitor.sources.tabular import MAX_COLUMNS, Row
from advocacy_monitor.sources.typeform import HEAD

_FREE = ("TEXTAREA", "INPUT_TEXT")  # the first of them that a form has
_CONTACT = {
    "INPUT_EMAIL": Detail.EMAIL,
    "INPUT_PHONE_NUMBER": Detail.PHONE,
    "FILE_UPLOAD": Detail.OTHER,
    "SIGNATURE": Detail.OTHER,
}


def survey_of(message: Mapping[str, Any]) -> tuple[Survey, str]:
    """The answers as a survey of one row, and the form's id. Raises BadRecordError."""
    data = message.get("data")
    if not isinstance(data, dict) or not isinstance(data.get("fields"), list):
        raise BadRecordError("is no message of Tally: there are no data.fields")
    fields = [*_answered(data["fields"])]
    if len(fields) > MAX_COLUMNS:
        raise BadRecordError(f"has {len(fields):,} fields; at most {MAX_COLUMNS:,} are read")
    response_id = str(data.get("responseId") or data.get("submissionId") or "")
    answered_at = str(data.get("createdAt") or message.get("createdAt") or "")
    given = (*HEAD, *(str(field.get("label") or field.get("key") or "") for field in fields))
    cells = (response_id, answered_at, *(_said(field) for field in fields))
    survey = Survey.of(
        TALLY,
        given,
        ("",) * len(given),
        [Row(1, cells)],
        open_ended=_open_ended(fields),
        known={number: kind for number, field in enumerate(fields, len(HEAD)) if (kind := _CONTACT.get(_type(field)))},
    )
    return survey, str(data.get("formId") or "")


def _type(field: Mapping[str, Any]) -> str:
    return str(field.get("type"))


def _open_ended(fields: list[dict[str, Any]]) -> tuple[int, ...]:
    for kind in _FREE:
        if found := tuple(number for number, field in enumerate(fields, len(HEAD)) if _type(field) == kind):
            return found
    return ()


def _answered(fields: list[Any]) -> Iterator[dict[str, Any]]:
    """The fields but for the single boxes of a question whose answer is there as a whole."""
    wholes = tuple(
        f"{field.get('key')}_" for field in fields if isinstance(field, dict) and isinstance(field.get("options"), list)
    )
    for field in fields:
        if isinstance(field, dict):
            single = isinstance(field.get("value"), bool) and not isinstance(field.get("options"), list)
            if not (single and str(field.get("key")).startswith(wholes)):
                yield field


def _said(field: Mapping[str, Any]) -> str:
    """An answer as one would write it."""
    value = field.get("value")
    if isinstance(value, dict):
        return _matrix(field, value)
    options = _texts(field.get("options"))
    parts = value if isinstance(value, list) else [value]
    return ", ".join(said for part in parts if (said := _word(part, options)))


def _word(value: object, options: Mapping[str, str]) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, dict):  # a file that was handed in
        return " ".join(str(value[key]) for key in ("name", "url") if value.get(key))
    return options.get(str(value), str(value))


def _texts(options: object) -> dict[str, str]:
    """The options' texts by their ids."""
    if not isinstance(options, list):
        return {}
    known = (option for option in options if isinstance(option, dict) and "id" in option)
    return {str(option["id"]): str(option.get("text") or option.get("name") or "") for option in known}


def _matrix(field: Mapping[str, Any], value: Mapping[str, Any]) -> str:
    """'Staff: good; Opening hours: fair, good'."""
    rows, columns = _texts(field.get("rows")), _texts(field.get("columns"))
    lines = []
    for row, chosen in value.items():
        marks = chosen if isinstance(chosen, list) else [chosen]
        lines.append(f"{rows.get(str(row), str(row))}: {', '.join(_word(mark, columns) for mark in marks)}")
    return "; ".join(lines)
