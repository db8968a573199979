"""From deliveries to submissions: contact details apart, consents as ticked, the service's own id."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from advocacy_monitor.errors import BadRecordError, ConfigError
from advocacy_monitor.models import Submission, Use
from advocacy_monitor.sources.column_mapping import load_mapping
from advocacy_monitor.sources.webhook_payloads import Reading, not_an_answer, read_delivery
from advocacy_monitor.sources.webhook_signatures import Kind
from tests.sources.webhook_deliveries import MAKE, MAPPINGS, body_of, formbricks, other, tally, typeform

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


def reading(kind: Kind, mapping: Any = None, form: str | None = None) -> Reading:
    """How a kind is read, with its usual mapping."""
    return Reading(kind=kind, given=load_mapping(MAPPINGS[kind] if mapping is None else mapping), form=form)


def submission(kind: Kind, message: object, mapping: Any = None) -> Submission:
    """The submission in a message."""
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    return read_delivery(body, reading(kind, mapping), received_at=NOW, where="1.json").item


@pytest.mark.parametrize("kind", list(Kind))
def test_what_somebody_said(kind: Kind) -> None:
    item = submission(kind, MAKE[kind](7, "Für mich: Wärme"))
    assert (item.source_id, item.text, item.library) == (
        "7" if kind is Kind.JSON else "r7",
        "Für mich: Wärme",
        "Riverside",
    )
    assert item.source == ("survey:our-form" if kind is Kind.JSON else "survey:f1")
    assert item.created_at.isoformat() == "2026-05-13T09:30:00+00:00"
    assert item.consents == frozenset({Use.QUOTE_UNNAMED})
    assert item.contact is not None
    assert item.contact.email == "ida@example.org"
    for hidden in (b"example.org", b"Ida", b"192.0.2.1", b"me.jpg"):
        assert hidden not in item.raw
    assert "example.org" not in str(item.answers)
    assert submission(kind, item_body := body_of(kind, 7, "Für mich: Wärme")) == submission(kind, item_body)


def test_the_other_answers() -> None:
    assert submission(Kind.TYPEFORM, typeform()).answers == {}
    assert submission(Kind.TALLY, tally()).answers == {
        "What do you use?": "Books, Films",
        "q_f": "spring",
        "Visits": "0",
        "How good?": "Staff: good; Hours: good, fair",
    }
    kept = submission(Kind.FORMBRICKS, formbricks())
    assert (kept.answers["q5"], kept.answers["v1"], kept.language) == ("Books, Films", "3", "de")
    assert kept.answers["userAgent - browser"] == "Firefox"
    assert kept.contact is not None
    assert kept.contact.name == "Ida"
    assert set(kept.contact.other.values()) == {"c1", "ida-7", "gold", "https://example.org/?who=ida", "192.0.2.1"}
    answers = submission(Kind.JSON, other()).answers
    assert answers == {"response.answers.uses": "Books, Films", "response.answers.kids.0.age": "3"}


def test_what_is_read_as_words_does_not_depend_on_their_length() -> None:
    for kind in (Kind.TYPEFORM, Kind.TALLY):
        assert [submission(kind, MAKE[kind](1, text)).text for text in ("Ok", "x" * 500)] == ["Ok", "x" * 500]
    only_short = typeform()
    only_short["form_response"]["definition"]["fields"][0]["type"] = "short_text"
    assert submission(Kind.TYPEFORM, only_short).text == "The bus!"


def test_blank_answers_that_a_service_leaves_out() -> None:
    message = formbricks()
    del message["data"]["data"]["q1"], message["data"]["data"]["q3"]
    found = read_delivery(json.dumps(message).encode(), reading(Kind.FORMBRICKS), received_at=NOW, where="1.json")
    assert (found.item.text, found.item.consents) == ("", frozenset())
    assert found.absent == frozenset({"q1", "q3"})
    assert found.item.library == "Riverside"


def test_a_date_that_is_not_there_is_the_time_of_receipt() -> None:
    message = other()
    del message["response"]["sent"]
    item = submission(Kind.JSON, message)
    assert item.created_at == NOW
    assert item.answers["created_at"].startswith("date unknown")


def test_the_form_s_name() -> None:
    given = {"columns": {"text": "What do you like?"}, "form": "Spring"}
    assert submission(Kind.TYPEFORM, typeform(), given).source == "survey:spring"
    named = reading(Kind.TALLY, given, form="Autumn")
    assert read_delivery(body_of(Kind.TALLY), named, received_at=NOW, where="x").item.source == "survey:autumn"


def _without(message: dict[str, Any], *path: str) -> dict[str, Any]:
    inner: Any = message
    for key in path[:-1]:
        inner = inner[key]
    del inner[path[-1]]
    return message


@pytest.mark.parametrize(
    ("kind", "message", "reason"),
    [
        (Kind.TYPEFORM, b"{", "is not JSON"),
        (Kind.TYPEFORM, [1], "is not a JSON object"),
        (Kind.TYPEFORM, {"a": 1}, "there is no form_response"),
        (Kind.TYPEFORM, _without(typeform(), "form_response", "token"), "has no response id"),
        (Kind.TALLY, {"data": {}}, "there are no data.fields"),
        (Kind.TALLY, tally() | {"eventType": "TEST"}, "tells of 'TEST', not of an answer"),
        (Kind.FORMBRICKS, {"event": "responseFinished", "data": {"data": []}}, "there is no data.data"),
        (Kind.FORMBRICKS, formbricks() | {"event": "responseCreated"}, "tells of 'responseCreated'"),
        (Kind.JSON, _without(other(), "response", "id"), "has no response id"),
        (Kind.JSON, {"response": {"id": "a@example.org"}}, "its id is an e-mail address"),
        (Kind.JSON, {"response": {"id": 1, "sent": "the other day"}}, "its date in 'response.sent'"),
        (Kind.JSON, {str(number): 1 for number in range(5001)}, "has 5,001 values"),
        (Kind.JSON, b'{"a":' * 2000 + b"1" + b"}" * 2000, "nested too deeply"),
    ],
)
def test_what_cannot_be_read_is_named(kind: Kind, message: object, reason: str) -> None:
    with pytest.raises(BadRecordError, match=reason):
        submission(kind, message)


def test_an_unfinished_answer_of_formbricks_is_no_answer() -> None:
    message = formbricks()
    message["data"]["finished"] = False
    with pytest.raises(BadRecordError, match="was not submitted: Finished is No"):
        submission(Kind.FORMBRICKS, message)


def test_what_is_not_an_answer_is_known_before_it_is_written() -> None:
    partial = json.dumps(typeform() | {"event_type": "form_response_partial"}).encode()
    assert not_an_answer(Kind.TYPEFORM, partial) == "tells of 'form_response_partial', not of an answer that was sent"
    for kind in Kind:
        assert not_an_answer(kind, body_of(kind)) is None
        assert not_an_answer(kind, b"{") is None
        assert not_an_answer(kind, b"[]") is None


def test_the_mapping_in_the_how_to_works_as_written() -> None:
    page = (Path(__file__).parents[2] / "docs" / "how-to" / "receive-webhooks.md").read_text("utf-8")
    (given,) = (
        made
        for block in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
        if "mapping" in (made := yaml.safe_load(block))
    )
    item = submission(Kind(given["kind"]), other(), given["mapping"])
    assert (item.source, item.source_id, item.text, item.library) == ("survey:our-form", "1", "The bus!", "Riverside")
    assert item.consents == frozenset({Use.QUOTE_UNNAMED})
    assert item.contact is not None
    assert item.contact.email == "ida@example.org"


def test_mappings_that_cannot_be_enough() -> None:
    with pytest.raises(ConfigError, match="sends the ids of questions and not their wording"):
        reading(Kind.FORMBRICKS, {}).check()
    for columns in ({"text": "a"}, {"id": "a"}):
        with pytest.raises(ConfigError, match=r"must say columns\.text and columns\.id"):
            reading(Kind.JSON, {"columns": columns}).check()
    for kind in Kind:
        reading(kind).check()


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(list(Kind)), st.data())
def test_whatever_a_service_sends_is_read_or_refused_in_words(kind: Kind, data: st.DataObject) -> None:
    """One value of a delivery, wherever it stands, is something else than the documents say."""
    message = MAKE[kind](1, "x")
    inner: Any = message
    while True:
        key = data.draw(st.sampled_from(sorted(inner) if isinstance(inner, dict) else range(len(inner))))
        if not inner[key] or not isinstance(inner[key], (dict, list)) or data.draw(st.booleans()):
            break
        inner = inner[key]
    inner[key] = data.draw(_VALUES)
    try:
        item = submission(kind, message)
    except (BadRecordError, ConfigError) as error:
        assert str(error)
    else:
        assert item.source_id
        assert b"ida@example.org" not in item.raw
