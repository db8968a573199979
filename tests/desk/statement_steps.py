"""Statements of their own for the tests of their pages, and how these are asked for."""

from __future__ import annotations

import itertools

from advocacy_monitor.candidates import candidate
from advocacy_monitor.models import Annotation, Page, Span, Status, Use
from advocacy_monitor.moderate import decide
from advocacy_monitor.store import Store
from tests.conftest import make_submission
from tests.desk.site import Client, Site

NUMBERS = itertools.count(10**6)
SHARERS = ("viewer", "coder", "advocate")
TEXT = "Mrs Quobbel at the desk lent me \U0001f4da books.\r\nI rang 01632 960123 about it."
_QUOTABLE = frozenset({Use.ANALYSE, Use.QUOTE_UNNAMED})


def opened(site: Site) -> Store:
    return Store.open(site.campaign.database, contacts_path=site.campaign.contacts)


def added(site: Site, text: str = TEXT, *, approved: bool = True, **given: object) -> int:
    """A statement more, of which the software found the telephone number and a theme."""
    given.setdefault("consents", _QUOTABLE)
    with opened(site) as store:
        page = Page(items=(make_submission(text, language="en", **given),))
        store.add_page(store.runs.start("t", kind="import"), page, collector="t")
        number = store.items.last_id()
        seen_by_all(store, number, text)
        if approved:
            decide(store, [number], Status.APPROVED, moderator="M. Example", reason="read", clock=store.now)
    site.catch_up()
    return number


def seen_by_all(store: Store, number: int, text: str) -> None:
    for name in ("personal_data", "duplicates", "themes"):
        by, last, _ = store.assertions.seen(name)
        facts = []
        if name == "personal_data" and "01632 960123" in text:
            start = text.index("01632 960123")
            facts = [Annotation(item_id=number, label=name, value="phone", by=by, spans=(Span(start, start + 12),))]
        store.assertions.add_batch(by, facts, after=last, last_item_id=number)


def page_of(client: Client, number: int, more: str = "") -> str:
    answer = client.get(f"/statements/{number}{more}")
    assert answer.status_code == 200, answer.text[-500:]
    return answer.text


def text_of(site: Site, number: int) -> str:
    """The words as they may leave."""
    found = candidate(site.desk.reader(), number)
    assert found is not None
    return found.text
