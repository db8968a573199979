"""Deliveries as the form services send them, and signed as they sign them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import datetime
from typing import Any

from advocacy_monitor.sources.webhook_signatures import Kind

SECRETS = {
    Kind.TYPEFORM: "typeform secret",
    Kind.TALLY: "tally secret",
    Kind.FORMBRICKS: "whsec_" + base64.b64encode(b"a secret of thirty-two bytes ...").decode(),
    Kind.JSON: "any secret",
}
MAPPINGS: dict[Kind, dict[str, Any] | None] = {
    Kind.TYPEFORM: None,
    Kind.TALLY: None,
    Kind.FORMBRICKS: {
        "columns": {"text": "q1", "library": "q2", "consents": {"quote_unnamed": "q3"}, "email": "q4"},
    },
    Kind.JSON: {
        "form": "Our form",
        "columns": {
            "id": "response.id",
            "text": "response.answers.comment",
            "created_at": "response.sent",
            "library": "response.answers.library",
            "consents": {"quote_unnamed": {"column": "response.may", "answer": "quote"}},
            "email": "response.person.mail",
        },
    },
}


def typeform(number: int = 1, text: str = "The bus!") -> dict[str, Any]:
    """A delivery of Typeform."""
    fields = [
        {"id": "a", "title": "What do you like?", "type": "long_text"},
        {"id": "b", "title": "Which library?", "type": "short_text"},
        {"id": "c", "title": "You may quote me anonymously", "type": "yes_no"},
        {"id": "d", "title": "Where may we write to?", "type": "email"},
    ]
    return {
        "event_id": f"e{number}",
        "event_type": "form_response",
        "form_response": {
            "form_id": "F1",
            "token": f"r{number}",
            "submitted_at": "2026-05-13T09:30:00Z",
            "definition": {"id": "F1", "fields": fields},
            "answers": [
                {"type": "text", "text": text, "field": {"id": "a", "type": "long_text"}},
                {"type": "text", "text": "Riverside", "field": {"id": "b"}},
                {"type": "boolean", "boolean": True, "field": {"id": "c"}},
                {"type": "email", "email": "ida@example.org", "field": {"id": "d"}},
            ],
        },
    }


def tally(number: int = 1, text: str = "The bus!") -> dict[str, Any]:
    """A delivery of Tally."""
    boxes = [{"id": "o1", "text": "Books"}, {"id": "o2", "text": "Films"}]
    return {
        "eventId": f"e{number}",
        "eventType": "FORM_RESPONSE",
        "createdAt": "2026-05-13T09:30:01.000Z",
        "data": {
            "responseId": f"r{number}",
            "submissionId": f"r{number}",
            "respondentId": "p1",
            "formId": "F1",
            "formName": "Our form",
            "createdAt": "2026-05-13T09:30:00.000Z",
            "fields": [
                {"key": "q_a", "label": "What do you like?", "type": "TEXTAREA", "value": text},
                {"key": "q_b", "label": "Which library?", "type": "INPUT_TEXT", "value": "Riverside"},
                {
                    "key": "q_c",
                    "label": "You may quote me anonymously",
                    "type": "CHECKBOXES",
                    "value": ["y"],
                    "options": [{"id": "y", "text": "Yes"}],
                },
                {"key": "q_c_y", "label": "You may quote me anonymously (Yes)", "type": "CHECKBOXES", "value": True},
                {"key": "q_d", "label": "Where may we write to?", "type": "INPUT_EMAIL", "value": "ida@example.org"},
                {
                    "key": "q_e",
                    "label": "What do you use?",
                    "type": "CHECKBOXES",
                    "value": ["o1", "o2"],
                    "options": boxes,
                },
                {"key": "q_e_o1", "label": "What do you use? (Books)", "type": "CHECKBOXES", "value": True},
                {"key": "q_f", "label": None, "type": "HIDDEN_FIELDS", "value": "spring"},
                {"key": "q_g", "label": "Visits", "type": "INPUT_NUMBER", "value": 0},
                {"key": "q_h", "label": "Photo", "type": "FILE_UPLOAD", "value": [{"name": "me.jpg", "url": "u"}]},
                {
                    "key": "q_i",
                    "label": "How good?",
                    "type": "MATRIX",
                    "value": {"r1": ["c1"], "r2": ["c1", "c2"]},
                    "rows": [{"id": "r1", "text": "Staff"}, {"id": "r2", "text": "Hours"}],
                    "columns": [{"id": "c1", "text": "good"}, {"id": "c2", "text": "fair"}],
                },
                {"key": "q_j", "label": "Anything else?", "type": "INPUT_LINK", "value": None},
            ],
        },
    }


def formbricks(number: int = 1, text: str = "The bus!") -> dict[str, Any]:
    """A delivery of Formbricks."""
    return {
        "webhookId": "w1",
        "event": "responseFinished",
        "data": {
            "id": f"r{number}",
            "createdAt": "2026-05-13T09:30:00.000Z",
            "updatedAt": "2026-05-13T09:31:00.000Z",
            "surveyId": "F1",
            "finished": True,
            "language": "de",
            "contact": {"id": "c1", "userId": "ida-7"},
            "contactAttributes": {"firstName": "Ida", "plan": "gold"},
            "meta": {
                "url": "https://example.org/?who=ida",
                "userAgent": {"browser": "Firefox"},
                "ipAddress": "192.0.2.1",
            },
            "data": {
                "q1": text,
                "q2": "Riverside",
                "q3": "accepted",
                "q4": "ida@example.org",
                "q5": ["Books", "Films"],
            },
            "variables": {"v1": 3},
            "survey": {"title": "Our form"},
        },
    }


def other(number: int = 1, text: str = "The bus!") -> dict[str, Any]:
    """A delivery of some other service."""
    return {
        "response": {
            "id": number,
            "sent": "2026-05-13T11:30:00+02:00",
            "answers": {"comment": text, "library": "Riverside", "uses": ["Books", "Films"], "kids": [{"age": 3}]},
            "may": "quote, send",
            "person": {"mail": "ida@example.org", "fullName": "Ida Example"},
        }
    }


MAKE = {Kind.TYPEFORM: typeform, Kind.TALLY: tally, Kind.FORMBRICKS: formbricks, Kind.JSON: other}


def body_of(kind: Kind, number: int = 1, text: str = "The bus!") -> bytes:
    """The body of a delivery."""
    return json.dumps(MAKE[kind](number, text), ensure_ascii=False).encode()


def signed(kind: Kind, body: bytes, *, now: datetime, secret: str | None = None) -> dict[str, str]:
    """The headers of a delivery, by the documents of each service."""
    key = (SECRETS[kind] if secret is None else secret).encode()
    mac = hmac.new(key, body, hashlib.sha256)
    if kind is Kind.TYPEFORM:
        return {"typeform-signature": "sha256=" + base64.b64encode(mac.digest()).decode()}
    if kind is Kind.TALLY:
        return {"tally-signature": base64.b64encode(mac.digest()).decode()}
    if kind is Kind.JSON:
        return {"x-signature-256": "sha256=" + mac.hexdigest()}
    stamp = str(int(now.timestamp()))
    mac = hmac.new(
        base64.b64decode(key.decode().removeprefix("whsec_")), f"m1.{stamp}.".encode() + body, hashlib.sha256
    )
    signature = "v1," + base64.b64encode(mac.digest()).decode()
    return {"webhook-id": "m1", "webhook-timestamp": stamp, "webhook-signature": f"v1,b3RoZXI= {signature}"}
