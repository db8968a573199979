"""Coding at the desk as people do it: what tests of its pages share."""

from __future__ import annotations

import functools
import html
import re
import sqlite3
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2

from advocacy_monitor.coding.rounds import coding, record
from advocacy_monitor.models import Standing, Verdict
from advocacy_monitor.store import Store
from tests.desk.site import Client, Site

Choosing = Callable[[int], Mapping[str, Any]]
"""What to answer to the statement of a number: the fields of the form."""


def draw(site: Site, name: str = "autumn-1", **fields: Any) -> int:
    """Draws a round as a moderator and returns its id."""
    answer = site.client("moderator").post(
        "/coding/draw", {"name": name, "size": 10, "chance": 30, "seed": 1, **fields}
    )
    assert answer.status_code == 303, answer.text
    return int(rows(site, "SELECT max(id) FROM coding_rounds")[0][0])


def rows(site: Site, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """What the campaign's database holds."""
    conn = sqlite3.connect(site.campaign.database)
    try:
        return conn.execute(sql, values).fetchall()
    finally:
        conn.close()


def change(site: Site, sql: str, *values: Any) -> None:
    """Changes the campaign's database behind the desk's back."""
    conn = sqlite3.connect(site.campaign.database)
    with conn:
        conn.execute(sql, values)
    conn.close()


def drawn(site: Site, round_id: int) -> dict[int, int]:
    """The items of a round by their numbers."""
    return dict(rows(site, "SELECT position, item_id FROM coding_samples WHERE round_id = ?", round_id))


def hidden(page: str, name: str) -> str:
    """A hidden field of a page's form."""
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)">', page)
    assert found, page
    return html.unescape(found[1])


def send(client: Client, round_id: int, page: str, **fields: Any) -> httpx2.Response:
    """Sends the form of a page of coding."""
    known = {"number": hidden(page, "number"), "seen": hidden(page, "seen")}
    return client.post(f"/coding/{round_id}/next", {**known, **fields})


def code_all(client: Client, round_id: int, choosing: Choosing) -> list[str]:
    """Codes everything that is open, one page after the other. Returns the pages."""
    pages: list[str] = []
    path = f"/coding/{round_id}/next"
    for _ in range(100):
        answer = client.get(path)
        if answer.status_code == 303:
            assert answer.headers["location"] == f"/-/desk/coding/{round_id}/mine"
            return pages
        assert answer.status_code == 200, answer.text
        pages.append(answer.text)
        stored = send(client, round_id, answer.text, **choosing(int(hidden(answer.text, "number"))))
        assert stored.status_code == 303, stored.text
        path = stored.headers["location"].removeprefix("/-/desk")
    raise AssertionError("the round does not end")


def remove(site: Site, item_id: int) -> None:
    """Has a post found gone at its platform on two days, so that its words are removed."""
    source, source_id = rows(site, "SELECT source, source_id FROM items WHERE id = ?", item_id)[0]
    for days in (0, 1):
        clock = functools.partial(_later, timedelta(days=days))
        with Store.open(site.campaign.database, contacts_path=site.campaign.contacts, clock=clock) as store:
            store.verifications.apply([Verdict(source=source, source_id=source_id, standing=Standing.GONE)])
        site.catch_up()
    assert rows(site, "SELECT text FROM items WHERE id = ?", item_id) == [("",)]


def _later(by: timedelta) -> datetime:
    return datetime.now(UTC) + by


def record_all(site: Site, round_id: int, coder: str, choosing: Choosing) -> None:
    """Stores the same answers without pages, for tests of what comes after them."""
    codebook = site.desk.codebook
    with Store.open(site.campaign.database, contacts_path=site.campaign.contacts) as store:
        round_ = next(each for each in store.rounds.all() if each.id == round_id)
        answers = []
        for number, item_id in drawn(site, round_id).items():
            given = choosing(number)
            kind, note = str(given.get("answer", "themes")), str(given.get("note", ""))
            answers.append(coding(codebook, item_id, coder, kind, themes=given.get("theme", ()), note=note))
        record(store, round_, answers)


def problem(answer: httpx2.Response) -> str:
    """What a page says is wrong."""
    found = re.search(r'<p class="problem[^>]*>(.*?)</p>', answer.text, re.DOTALL)
    assert found, answer.text
    return html.unescape(found[1])


def told(answer: httpx2.Response) -> str:
    """The text of a page, without its markup."""
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)))
