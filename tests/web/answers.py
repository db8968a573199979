"""Answers of the form in one line, for the tests of what keeps them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from advocacy_monitor.models import Form, Received, Use
from advocacy_monitor.store import Store
from tests.conftest import make_submission

ASKED = Form(name="test", version=1, digest="0" * 64, content="name: test")


def received(sending: str, text: str = "The reading room keeps me going.", **given: Any) -> Received:
    """An answer that came by the form; the same `sending` is the same answer."""
    of_submission = {key: given.pop(key) for key in ("contact", "consents") if key in given}
    submission = make_submission(
        text,
        source="form",
        source_id=hashlib.blake2b(sending.encode(), digest_size=16).hexdigest(),
        raw=json.dumps({"sending": sending, "text": text}).encode(),
        **({"consents": frozenset({Use.ANALYSE})} | of_submission),
    )
    values: Mapping[str, Any] = {"form": ASKED, "language": "en", **given}
    return Received(submission=submission, **values)


def opener(path: Path, *, busy_seconds: float = 0.2) -> Callable[[], Store]:
    """Opens a store that does not wait long for others."""
    return lambda: Store.open(path, busy_seconds=busy_seconds)


def texts(path: Path) -> list[str]:
    """What is stored, in the order in which it was."""
    with Store.open(path) as store:
        assert store.check() == []
        return [item.text for batch in store.items.each() for item in batch]
