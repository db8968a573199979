"""Answers that somebody holds a code to, and a pack that quotes them: what the tests of the authors' pages begin with."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from advocacy_monitor.models import Contact, Received, Use
from advocacy_monitor.questionnaire import load_questionnaire
from advocacy_monitor.store import Store
from tests.conftest import make_submission
from tests.exporters.sample_packs import english_pack, exhibit

CODE = "ABCD-EFGH-JKMN"
WORDS = "The reading room kept me going, says Quillfeather."
PACK = "202611-aaaa1111"
EVERYTHING = frozenset(Use)


def received(text: str = WORDS, source_id: str = "s1", **given: Any) -> Received:
    """An answer by the form, with every consent, a name and an address."""
    more = {key: given.pop(key) for key in ("code", "flags", "opt_in", "channel", "language") if key in given}
    values: dict[str, Any] = {
        "consents": EVERYTHING,
        "contact": Contact(name="Wilhelmina Quillfeather", email="wilhelmina@example.org"),
        "answers": {"matters": "print_books; other", "matters_other": "The garden", "changed": "learned"},
        "postcode": "12345",
        "age_band": "25-64",
    }
    submission = make_submission(
        text,
        source=given.pop("source", "form"),
        source_id=source_id,
        raw=json.dumps([text, source_id]).encode(),
        **(values | given),
    )
    form = load_questionnaire("library").form
    return Received(submission=submission, form=form, **{"language": "en", "code": CODE, **more})


def stored(store: Store, **given: Any) -> int:
    """The item of an answer that was stored."""
    return store.submissions.add([received(**given)])[0].item_id


def quoted(store: Store, item_id: int, *, sent_to: tuple[str, ...] = ("ann-lee", "bo")) -> None:
    """Notes a pack that quotes an item, and that it was handed over."""
    quote = replace(exhibit(1, WORDS), item_id=item_id)
    store.packs.add(replace(english_pack(), exhibits=(quote,), query={}, number=PACK, digest="a"))
    for recipient in sent_to:
        store.deliveries.add(
            pack_number=PACK, recipient=recipient, sent_on=store.now().date(), sent_by="Kim", how="mail"
        )


def to_do(store: Store) -> list[tuple[str, str]]:
    """Whom staff have to tell, and what."""
    waiting = store.deliveries.waiting(store.now().date())
    return sorted((each.delivery.recipient, each.follow_up.note) for each in waiting)
