"""From Typeform's webhook messages to a table: a row a message, a column a question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from advocacy_monitor.errors import BadRecordError, FatalSourceError
from advocacy_monitor.models import Reject
from advocacy_monitor.sources.contact_details import Detail
from advocacy_monitor.sources.survey import TYPEFORM, Survey
from advocacy_monitor.sources.tabular import MAX_COLUMNS, Row
from advocacy_monitor.sources.text_encoding import decode
from advocacy_monitor.sources.x_shapes import parse

HEAD = ("Response ID", "Submitted at")
_FREE = ("long_text", "short_text")  # the first of them that a form has
_CONTACT = {
    "email": Detail.EMAIL,
    "phone_number": Detail.PHONE,
    "file_upload": Detail.OTHER,
    "file_url": Detail.OTHER,
    "signature": Detail.OTHER,
}


@dataclass(slots=True)
class _Questions:
    """The questions of all messages, in the order in which they were first seen, by their ids."""

    titles: dict[str, str] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)

    def number(self, key: str, title: str) -> int:
        self.titles.setdefault(key, title)
        return list(self.titles).index(key)

    def open_ended(self) -> tuple[int, ...] | None:
        """The columns in which people write freely; None when the messages do not say."""
        for kind in _FREE:
            if found := [number for number, key in enumerate(self.titles) if self.types.get(key) == kind]:
                return tuple(number + len(HEAD) for number in found)
        return () if self.types else None

    def contact(self) -> dict[int, Detail]:
        """The columns that hold contact details by their type."""
        typed = ((number, self.types.get(key, "")) for number, key in enumerate(self.titles))
        return {number + len(HEAD): _CONTACT[kind] for number, kind in typed if kind in _CONTACT}


def is_message(value: object) -> bool:
    """Whether a parsed JSON value is a webhook message of Typeform."""
    return isinstance(value, dict) and isinstance(value.get("form_response"), dict)


def read(data: bytes, *, where: str) -> tuple[Survey, str, list[Reject]]:
    """The answers as a survey, the form's id, and the messages that could not be read. Raises FatalSourceError."""
    text = decode(data, where=where, encoding=None).text
    questions, forms = _Questions(), dict[str, None]()
    rows: list[tuple[int, dict[int, str]]] = []
    rejects: list[Reject] = []
    for number, raw in _messages(text):
        try:
            response = _response(raw)
            rows.append((number, _cells(response, questions)))
            forms[str(response.get("form_id") or "")] = None
        except BadRecordError as error:
            rejects.append(Reject(position=f"line {number}", reason=str(error), payload=raw))
    if not rows:
        raise FatalSourceError(f"{where} holds no message of Typeform that can be read")
    if len(forms) > 1 or len(questions.titles) > MAX_COLUMNS:
        raise FatalSourceError(f"{where} holds messages of {len(forms)} forms; import each form from its own file")
    given = (*HEAD, *questions.titles.values())
    numbers = range(-len(HEAD), len(questions.titles))
    filled = [Row(line, tuple(cells.get(number, "") for number in numbers)) for line, cells in rows]
    survey = Survey.of(
        TYPEFORM,
        given,
        ("",) * len(given),
        filled,
        open_ended=questions.open_ended(),
        known=questions.contact(),
    )
    return survey, next(iter(forms)), rejects


def _messages(text: str) -> list[tuple[int, bytes]]:
    whole = text.strip().encode()
    try:
        value = parse(whole)
    except BadRecordError:
        lines = enumerate(text.splitlines(), 1)
        return [(number, line.strip().encode()) for number, line in lines if line.strip()]
    return [(1, whole)] if isinstance(value, dict) else []


def _response(raw: bytes) -> dict[str, Any]:
    value = parse(raw)
    if not isinstance(value, dict) or not is_message(value):
        raise BadRecordError("is no message of Typeform: there is no form_response")
    response: dict[str, Any] = value["form_response"]
    return response


def _cells(response: Mapping[str, Any], questions: _Questions) -> dict[int, str]:
    """The answers by the number of their question; -2 is the id, -1 the time."""
    definition = response.get("definition")
    fields = definition.get("fields") if isinstance(definition, dict) else None
    asked = [question for question in fields if isinstance(question, dict)] if isinstance(fields, list) else []
    questions.types.update({str(question.get("id")): str(question["type"]) for question in asked if "type" in question})
    titles = {str(question.get("id")): str(question.get("title") or "") for question in asked}
    for key, title in titles.items():
        questions.number(key, title)
    submitted = str(response.get("submitted_at") or "").replace(": ", ":")  # old messages have '05: 18: 14Z'
    cells = {-2: str(response.get("token") or ""), -1: submitted}
    answers = response.get("answers")
    for answer in answers if isinstance(answers, list) else ():
        if isinstance(answer, dict):
            asked_in = answer.get("field")
            key = str(asked_in.get("id")) if isinstance(asked_in, dict) else "?"
            if str(answer.get("type")) in _CONTACT:
                questions.types[key] = str(answer["type"])
            cells[questions.number(key, titles.get(key, f"question {key}"))] = _said(answer)
    hidden = response.get("hidden")
    for name, value in hidden.items() if isinstance(hidden, dict) else ():
        cells[questions.number(f"hidden {name}", str(name))] = str(value)
    return cells


def _said(answer: Mapping[str, Any]) -> str:
    """An answer as one would write it."""
    value = answer.get(str(answer.get("type")))
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, dict):
        labels = value.get("labels") if isinstance(value.get("labels"), list) else [value.get("label")]
        said = [*(labels or ()), value.get("other")]
        return ", ".join(str(label) for label in said if label)
    return "" if value is None else str(value)
