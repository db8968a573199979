"""A campaign that can send mail, and somebody's answers in it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from advocacy_monitor.config import Loaded, load_config
from advocacy_monitor.models import Contact, Form, OptIn, Received, Use
from advocacy_monitor.store import Store
from tests.conftest import Clock, make_submission
from tests.mailing.server import Mailbox, running

CONFIG = """\
campaign: {{name: Missed My Library, sponsor: "Library Association, Example", contact: info@example.org}}
form: {{address: https://form.example.org}}
mail: {{host: 127.0.0.1, port: {port}, security: none, sender: noreply@example.org, reply_to: info@example.org}}
digest: {{to: [staff@example.org, second@example.org], language: en}}
"""


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def loaded(tmp_path: Path, mailbox: Mailbox) -> Iterator[Loaded]:
    """A campaign whose mail server runs."""
    with running(mailbox) as port:
        path = tmp_path / "config.yaml"
        path.write_text(CONFIG.format(port=port), encoding="utf-8")
        yield load_config(path)


@pytest.fixture
def campaign(loaded: Loaded, clock: Clock) -> Iterator[Store]:
    with Store.open(loaded.database, contacts_path=loaded.contacts, clock=clock) as opened:
        yield opened


Answering = Callable[..., int]


@pytest.fixture
def answer(campaign: Store) -> Answering:
    """Somebody answers and leaves an address; returns the item."""
    numbers = iter(range(1, 1000))

    def add(email: str = "ada@example.org", *, contact: bool = True, language: str = "en") -> int:
        uses = {Use.ANALYSE, *([Use.CONTACT] if contact else [])}
        number = next(numbers)
        submission = make_submission(
            source="form",
            source_id=f"f{number}",
            raw=json.dumps(number).encode(),
            consents=frozenset(uses),
            contact=Contact(email=email) if contact else None,
        )
        received = Received(
            submission=submission,
            form=Form(name="library", version=1, digest="d", content="c"),
            language=language,
            opt_in=OptIn(token=f"{number:032}", email=email, language=language, wants_contact=contact),
        )
        return campaign.submissions.add([received])[0].item_id

    return add
