"""The queue's pages: where one goes on after a decision, many at once, hostile words, what an undo means."""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Sequence
from typing import Any

import pytest

from advocacy_monitor.desk.claims import LASTS, Claims
from advocacy_monitor.models import Annotation, Page, Span
from advocacy_monitor.store import Store, now
from tests.conftest import make_post
from tests.desk.site import Client, Site

BACK = "/-/desk/queue?order=oldest&per=200"


def _page(client: Client, path: str = "/queue?order=oldest&per=200") -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return str(answer.text)


def _form(page: str, status: str, item_ids: Sequence[int], **more: str) -> list[tuple[str, str]]:
    """What a browser would send of this page with these boxes ticked."""
    seen = re.findall(r'name="seen" value="([\d:]+)"', page)
    pairs = [("item", str(each)) for each in item_ids] + [("seen", each) for each in seen]
    return [*pairs, ("status", status), *{"back": BACK, **more}.items()]


def _decided(site: Site) -> int:
    with Store.open_read_only(site.campaign.database) as store:
        return store.counts()["decisions"]


def _ticked(page: str) -> list[int]:
    return [int(each) for each in re.findall(r'name="item" value="(\d+)" checked', page)]


def _plain(site: Site, page: str) -> list[int]:
    """The statements of a page that are not held."""
    return [int(each) for each in re.findall(r'data-item="(\d+)" tabindex', page)]


def test_after_a_decision_one_goes_on_at_the_next_statement(desk_site: Site) -> None:
    client = desk_site.client("moderator")
    page = _page(client, "/queue?order=oldest")
    for ticked, following in (([4], "#item-8"), ([12, 20], "#item-24"), ([100], "")):
        answer = client.post("/queue/decide", _form(page, "approved", ticked, back="/-/desk/queue?order=oldest"))
        assert (answer.status_code, answer.headers["location"]) == (303, f"/-/desk/queue?order=oldest{following}")


def test_a_decision_on_the_second_page_leads_back_to_it(desk_site: Site) -> None:
    client = desk_site.client("moderator")
    following = re.search(r'rel="next" href="/-/desk([^"]+)"', _page(client, "/queue?order=oldest"))
    assert following is not None
    page = _page(client, following[1].replace("&amp;", "&"))
    back = re.search(r'id="decide".*?name="back" value="([^"]+)"', page, re.DOTALL)
    assert back is not None and "after=" in back[1]
    numbers = _plain(desk_site, page)
    answer = client.post("/queue/decide", _form(page, "approved", numbers[:1], back=back[1].replace("&amp;", "&")))
    assert answer.status_code == 303
    again = _page(client, answer.headers["location"].removeprefix("/-/desk").partition("#")[0])
    assert _plain(desk_site, again)[0] == numbers[1]


def test_a_whole_page_is_ticked_by_a_link_and_approved_when_its_number_is_typed(desk_site: Site) -> None:
    client = desk_site.client("moderator")
    page = _page(client, "/queue?order=oldest&per=200&ticked=1")
    numbers = _ticked(page)
    assert numbers == [4 * number for number in range(1, 101)]
    plain = _plain(desk_site, page)
    before = _decided(desk_site)
    for wrong in ({}, {"count": ""}, {"count": "10"}, {"count": "many"}):
        refused = client.post("/queue/decide", _form(page, "approved", plain, **wrong))
        assert refused.status_code == 400 and 'id="count"' in refused.text
        assert f"about to approve {len(plain)} statements at once" in refused.text
        assert _ticked(refused.text) == plain and _decided(desk_site) == before
    answer = client.post("/queue/decide", _form(page, "approved", plain, count=str(len(plain))))
    assert answer.status_code == 303 and _decided(desk_site) == before + len(plain)
    assert f"({len(plain)} statements)" in _page(client)
    assert client.post("/queue/undo").status_code == 303
    assert _plain(desk_site, _page(client)) == plain


def test_ten_are_approved_unasked_and_any_number_is_rejected_with_a_reason(desk_site: Site) -> None:
    client = desk_site.client("moderator")
    page = _page(client)
    plain = _plain(desk_site, page)
    assert client.post("/queue/decide", _form(page, "approved", plain[:10])).status_code == 303
    rest = _form(page, "rejected", plain[10:], reason="an announcement")
    assert client.post("/queue/decide", rest).status_code == 303


def test_one_held_statement_among_many_keeps_what_was_ticked_and_typed(desk_site: Site) -> None:
    client = desk_site.client("moderator")
    page = _page(client)
    refused = client.post("/queue/decide", _form(page, "approved", [4, 52, 8], reason=" "))
    assert refused.status_code == 409 and "Statement 52 is held for a person to read" in refused.text
    assert sorted(_ticked(refused.text)) == [4, 8, 52] and 'data-wanted="approved"' in refused.text
    assert "What to do" in refused.text
    late = client.post("/queue/decide", _form(page, "rejected", [4, 999_999], reason='"><b>no</b>'))
    assert late.status_code == 400 and 'value="&#34;&gt;&lt;b&gt;no&lt;/b&gt;"' in late.text


def test_an_undo_is_of_the_decision_that_was_shown(desk_site: Site) -> None:
    client = desk_site.client("moderator")
    page = _page(client)
    assert client.post("/queue/decide", _form(page, "approved", [4])).status_code == 303
    shown = re.search(r'name="last" value="(\d+)"', _page(client))
    assert shown is not None
    assert client.post("/queue/decide", _form(page, "approved", [8])).status_code == 303
    refused = client.post("/queue/undo", {"last": shown[1]})
    assert refused.status_code == 409 and "You have decided in another window since" in refused.text
    with Store.open_read_only(desk_site.campaign.database) as store:
        assert {str(each) for each in store.items.statuses(4, 8, ids=[4, 8]).values()} == {"approved"}


HOSTILE = (
    "<script>alert(1)</script> library",
    'a "quoted" \' & <b>library</b>\x00\x07\x1b[31m',
    "\u202elibrary\u2066 \u200flibrary",
    "Büche\u0301rei e\u0301\u0301\u0301 library 👩‍👩‍👧",
    "library " * 12_500,
    "\ud7ff\ue000 library \ufffe",
)


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_hostile_words_are_text_whatever_the_spans_say(desk_site: Site, number: int) -> None:
    text = HOSTILE[number]
    with Store.open(desk_site.campaign.database, contacts_path=desk_site.campaign.contacts) as store:
        run = store.runs.start("hostile", "import")
        store.add_page(run, Page(items=(make_post(text, source_id=f"hostile-{number}"),)), collector="hostile")
        item = store.items.last_id()
        spans = [(0, 8), (4, 12), (6, 10**9), (5, 5), (9, 3), (10**9, 10**9 + 4)]
        store.assertions.add(
            Annotation(
                item_id=item, label=label, value=value, by="themes@2", spans=tuple(Span(*each) for each in spans)
            )
            for label, value in (("theme", "staff_help"), ("theme", '"><img src=x>'), ("personal_data", "name"))
        )
    desk_site.catch_up()
    page = _page(desk_site.client("moderator"), "/queue?order=oldest&all=1")
    card = page.partition(f'id="item-{item}"')[2].partition("</article>")[0]
    assert '<mark class="found' in card and "<script" not in card and "<img" not in card and "<b>" not in card
    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069]", card)
    assert len(card) < 30_000
    words = re.sub(r"<[^>]+>", "", card.partition('story-text"')[2].partition("</div>")[0])
    assert words.count("library") == min(text.count("library"), words.count("library")) > 0


def test_a_page_of_two_hundred_reads_no_row_twice(desk_site: Site) -> None:
    numbers = _plain(desk_site, _page(desk_site.client("moderator"), "/queue?order=newest&all=1&per=200"))
    assert len(numbers) == len(set(numbers))
    for wrong in ("201", "0", "-1", "all", "9" * 30):
        page = _page(desk_site.client("moderator"), f"/queue?order=oldest&per={wrong}")
        assert len(re.findall(r'name="seen"', page)) == 25


def test_decisions_are_only_ever_added(desk_site: Site) -> None:
    """Whatever the queue does, no row of the table is changed or removed."""
    conn = sqlite3.connect(desk_site.campaign.database)
    rows: list[Any] = conn.execute("SELECT * FROM decisions ORDER BY id").fetchall()
    client = desk_site.client("moderator")
    page = _page(client)
    client.post("/queue/decide", _form(page, "approved", [4, 8]))
    client.post("/queue/undo")
    client.post("/queue/decide", _form(_page(client), "rejected", [4], reason="no"))
    assert conn.execute("SELECT * FROM decisions ORDER BY id").fetchall()[: len(rows)] == rows
    assert conn.execute("SELECT count(*) FROM decisions").fetchone()[0] == len(rows) + 5
    conn.close()


def test_of_two_who_decide_about_the_same_statement_at_once_one_is_told_of_the_other(desk_site: Site) -> None:
    numbers = [4 * number for number in range(1, 41) if 4 * number % 13]
    clients = {name: desk_site.client("moderator", name=name) for name in ("Ana", "Bo")}
    answers: dict[str, list[tuple[int, str]]] = {name: [] for name in clients}
    both = threading.Barrier(2)

    def moderate(name: str, status: str) -> None:
        for number in numbers:
            both.wait(60)
            form = [("item", str(number)), ("seen", f"{number}:0"), ("status", status), ("reason", f"by {name}")]
            answer = clients[name].post("/queue/decide", [*form, ("even_claimed", "1")])
            answers[name].append((answer.status_code, answer.text))

    people = [threading.Thread(target=moderate, args=each) for each in (("Ana", "approved"), ("Bo", "rejected"))]
    for person in people:
        person.start()
    for person in people:
        person.join()
    for place, number in enumerate(numbers):
        told = {name: answers[name][place] for name in clients}
        (first,) = [name for name, (status, _) in told.items() if status == 303]
        (second,) = set(clients) - {first}
        assert told[second][0] == 409
        assert f"{first} has decided about statement {number} since you opened this page" in told[second][1]
        with Store.open_read_only(desk_site.campaign.database) as store:
            assert [each.moderator for each in store.assertions.history(number)] == [first]


def test_many_threads_claim_and_no_statement_is_held_twice() -> None:
    claims, moment = Claims(), now()
    got: dict[str, set[int]] = {}

    def take(name: str) -> None:
        mine: set[int] = set()
        for start in range(0, 400, 20):
            wanted = range(start, start + 20)
            mine |= set(wanted) - set(claims.take(name, wanted, now=moment))
        got[name] = mine

    people = [threading.Thread(target=take, args=(f"Moderator {number}",)) for number in range(8)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert sum(map(len, got.values())) == 400 and set().union(*got.values()) == set(range(400))
    assert all(claims.of(name, now=moment) == sorted(mine) for name, mine in got.items())


def test_who_still_reads_keeps_the_claim(desk_site: Site) -> None:
    ana, bo = desk_site.client("moderator", name="Ana"), desk_site.client("moderator", name="Bo")
    start = now()
    desk_site.desk.clock = lambda: start
    assert ana.get("/queue/renew?item=4&item=8&item=x").json() == {"held": {}}
    desk_site.desk.clock = lambda: start + LASTS * 0.8
    assert ana.get("/queue/renew?item=4").json() == {"held": {}}
    desk_site.desk.clock = lambda: start + LASTS * 1.2
    assert bo.get("/queue/renew?item=4&item=8").json() == {"held": {"4": "Ana"}}
    assert desk_site.client("viewer").get("/queue/renew?item=4").status_code == 403
