"""The moderation queue: filters, decisions one by one and in bulk, claims, undo, two moderators at once."""

from __future__ import annotations

import re
import threading
from datetime import timedelta
from typing import Any

import pytest

from advocacy_monitor.desk.claims import LASTS, Claims
from advocacy_monitor.models import Page, Status
from advocacy_monitor.store import Store, now
from tests.conftest import make_post
from tests.desk.site import Client, Site
from tests.desk.statements import HOSTILE

PENDING = 4
"""Statements whose number is a multiple of this wait; 52 and others among them are held for a risk."""


def _history(site: Site, item_id: int) -> list[tuple[str, str, str]]:
    with Store.open_read_only(site.campaign.database) as store:
        return [(str(d.status), d.moderator, d.reason) for d in store.assertions.history(item_id)]


def _seen(page: str) -> dict[int, int]:
    return {int(item): int(seen) for item, seen in re.findall(r'name="seen" value="(\d+):(\d+)"', page)}


def _decide(client: Client, status: str, *item_ids: int, **more: Any) -> Any:
    seen = more.pop("seen", None)
    seen = dict.fromkeys(item_ids, 0) if seen is None else seen
    form = [("item", str(each)) for each in item_ids] + [("status", status)]
    form += [("seen", f"{item}:{known}") for item, known in seen.items()]
    return client.post("/queue/decide", [*form, *((key, str(value)) for key, value in more.items())])


@pytest.mark.parametrize("role", ["viewer", "coder", "advocate"])
def test_only_moderators_get_there(shared_site: Site, role: str) -> None:
    client = shared_site.client(role)
    assert client.get("/queue").status_code == 403
    assert _decide(client, "approved", 4).status_code == 403
    assert client.post("/queue/undo").status_code == 403
    assert _history(shared_site, 4) == []


def test_what_waits_is_shown_with_what_a_moderator_needs(desk_site: Site) -> None:
    client = desk_site.client("moderator")
    page = client.get("/queue?order=oldest").text
    assert list(_seen(page)) == [4 * number for number in range(1, 26)]
    everything = client.get("/queue?order=oldest&all=1").text
    assert list(_seen(everything))[:5] == [1, 2, 3, 4, 5]
    assert "<script>document.title" not in everything and "&lt;script&gt;document</mark>.title" in everything
    assert "‹U+202E›" in everything
    assert len(everything) < 400_000  # the text of 100,000 signs is cut
    risky = client.get("/queue?risk=health").text
    assert 52 in _seen(risky) and "to approve it needs a reason" in risky
    for query in ("theme=staff_help", "source=mastodon", "q=books"):
        found = set(_seen(client.get(f"/queue?order=oldest&{query}").text))
        assert 8 in found and 4 not in found, query
    assert _seen(client.get("/queue?q=nobodysaidthis").text) == {}
    assert client.get("/queue?order=sideways").status_code == 400
    assert len(HOSTILE[5]) == 100_000


def test_pages_lead_through_all_that_waits(desk_site: Site) -> None:
    client, address, seen = desk_site.client("moderator"), "/queue?order=newest", []
    while address:
        page = client.get(address).text
        seen += list(_seen(page))
        following = re.search(r'rel="next" href="/-/desk([^"]+)"', page)
        address = following[1].replace("&amp;", "&") if following else ""
    assert sorted(seen) == [4 * number for number in range(1, 101)]


def test_a_decision_is_appended_with_who_and_why_and_logged(desk_site: Site) -> None:
    client = desk_site.client("moderator", name="Ana")
    answer = _decide(client, "approved", 4, 8, back="/-/desk/queue?order=oldest")
    assert (answer.status_code, answer.headers["location"]) == (303, "/-/desk/queue?order=oldest")
    assert "Approved 2 statements" in client.get("/queue", headers={"cookie": _cookies(client, answer)}).text
    assert _history(desk_site, 4) == [("approved", "Ana", "")]
    assert _decide(client, "rejected", 12, reason="<b>an advert</b>").status_code == 303
    assert _history(desk_site, 12) == [("rejected", "Ana", "<b>an advert</b>")]
    with Store.open_read_only(desk_site.campaign.database) as store:
        logged = [(each.actor, each.action, each.item_id, each.detail) for each in store.actions.newest()]
    assert logged == [
        ("Ana", "decide", 12, "rejected"),
        ("Ana", "decide", 8, "approved"),
        ("Ana", "decide", 4, "approved"),
    ]
    assert {4, 8, 12}.isdisjoint(_seen(client.get("/queue?order=oldest").text))  # the summary knows at once


def _cookies(client: Client, answer: Any) -> str:
    said = answer.headers["set-cookie"].split(";")[0]
    return f"advocacy_monitor_session={client.token}; {said}"


@pytest.mark.parametrize(
    ("status", "items", "more", "words"),
    [
        ("rejected", (4, 8), {}, "Give a reason"),
        ("escalated", (4,), {"reason": "  "}, "Give a reason"),
        ("approved", (4, 52), {}, "Statement 52 is held for a person"),
        ("approved", (4, 9), {}, "Nobody here|decided about statement 9|Statement 9 stands"),
        ("approved", (4, 999_999), {}, "There is no statement 999999"),
        ("pending", (4,), {}, "Statement 4 stands where"),
        ("published", (4,), {}, "Choose what you decide"),
        ("approved", (), {}, "Tick at least one"),
        ("approved", tuple(range(1, 202)), {}, "At most 200 statements"),
        ("rejected", (4,), {"reason": "x" * 2001}, "at most 2,000 characters"),
        ("approved", (4,), {"seen": {}}, "did not say what you had seen"),
    ],
)
def test_a_refusal_names_the_rule_and_decides_nothing(
    desk_site: Site, status: str, items: tuple[int, ...], more: dict[str, Any], words: str
) -> None:
    with Store.open_read_only(desk_site.campaign.database) as store:
        newest = {item: found[0] for item, found in store.assertions.newest_decisions(items).items()}
        before = store.counts()["decisions"]
    seen = more.pop("seen", {item: newest.get(item, 0) for item in items})
    answer = _decide(
        desk_site.client("moderator"), status, *items, seen=seen, back="/-/desk/queue?order=oldest", **more
    )
    assert answer.status_code in (400, 409)
    assert re.search(words, answer.text), re.findall(r'role="alert".*?</div>', answer.text, re.S)
    with Store.open_read_only(desk_site.campaign.database) as store:
        assert store.counts()["decisions"] == before
    if 4 in items and len(items) < 201:
        assert re.search(r'name="item" value="4" checked', answer.text)  # what was ticked stays so


def test_held_statements_are_approved_with_a_reason(desk_site: Site) -> None:
    client = desk_site.client("moderator")
    assert _decide(client, "approved", 52, reason="I have read it").status_code == 303
    assert _history(desk_site, 52) == [("approved", "Moderator", "I have read it")]


def test_nobody_overwrites_what_he_has_not_seen(desk_site: Site) -> None:
    ana, bo = desk_site.client("moderator", name="Ana"), desk_site.client("moderator", name="Bo")
    assert _decide(ana, "rejected", 4, reason="advert").status_code == 303
    late = _decide(bo, "approved", 4, 8, even_claimed=1)
    assert late.status_code == 409
    assert "Ana has decided about statement 4 since you opened this page" in late.text
    assert _history(desk_site, 8) == []
    newest = _seen(bo.get("/queue?status=rejected&order=oldest").text)
    assert _decide(bo, "escalated", 4, seen=newest, reason="look again", even_claimed=1).status_code == 303


def test_what_a_colleague_has_on_the_screen_is_left_to_her(desk_site: Site) -> None:
    ana, bo = desk_site.client("moderator", name="Ana"), desk_site.client("moderator", name="Bo")
    ana.get("/queue?order=oldest")
    page = bo.get("/queue?order=oldest").text
    assert "Ana is looking at this since" in page
    refused = _decide(bo, "approved", 4)
    assert refused.status_code == 400 and "Ana has had statement 4 on the screen" in refused.text
    assert _decide(bo, "approved", 4, even_claimed=1).status_code == 303
    assert ana.post("/queue/let-go").status_code == 303
    assert "Ana is looking at this" not in bo.get("/queue?order=oldest").text


def test_a_claim_ends_by_itself_and_is_renewed_by_its_holder() -> None:
    claims, start = Claims(), now()
    assert claims.take("Ana", [1, 2], now=start) == {}
    assert set(claims.take("Bo", [2, 3], now=start + LASTS / 2)) == {2}
    assert claims.take("Ana", [1], now=start + LASTS / 2) == {}
    assert set(claims.held_by_others("Bo", [1, 2], now=start + LASTS)) == {1}
    assert claims.of("Bo", now=start + LASTS) == [3]
    assert claims.held_by_others("Bo", [1, 2], now=start + 2 * LASTS) == {}


def test_the_last_decision_is_taken_back_by_another_one(desk_site: Site) -> None:
    client = desk_site.client("moderator", name="Ana")
    assert _decide(client, "approved", 4, 8).status_code == 303
    assert "Take back your last decision (2 statements)" in client.get("/queue").text
    assert client.post("/queue/undo", {"back": "/-/desk/queue"}).status_code == 303
    assert _history(desk_site, 4) == [("approved", "Ana", ""), ("pending", "Ana", "taken back")]
    assert client.post("/queue/undo").status_code == 409  # what was taken back is not put forward again
    assert "Take back your last decision" not in client.get("/queue").text
    # 5 was approved before; a rejection that is taken back leads to the queue, not straight to approved.
    newest = _seen(client.get("/queue?status=approved&order=oldest").text)
    assert _decide(client, "rejected", 5, seen=newest, reason="no").status_code == 303
    assert client.post("/queue/undo").status_code == 303
    assert [status for status, _, _ in _history(desk_site, 5)] == ["approved", "rejected", "pending"]


def test_nothing_is_taken_back_that_somebody_has_decided_since(desk_site: Site) -> None:
    ana, bo = desk_site.client("moderator", name="Ana"), desk_site.client("moderator", name="Bo")
    assert _decide(ana, "approved", 4, 8).status_code == 303
    newest = _seen(bo.get("/queue?status=approved&order=newest").text) | _seen(
        bo.get("/queue?status=approved&order=oldest").text
    )
    assert _decide(bo, "rejected", 4, seen={4: newest[4]}, reason="no", even_claimed=1).status_code == 303
    refused = ana.post("/queue/undo")
    assert refused.status_code == 409 and "Bo has decided about statement 4" in refused.text
    assert _history(desk_site, 8)[-1][0] == "approved"


def test_an_hour_later_nothing_is_taken_back(desk_site: Site) -> None:
    client = desk_site.client("moderator")
    assert _decide(client, "approved", 4).status_code == 303
    desk_site.desk.clock = lambda: now() + timedelta(minutes=61)
    assert client.post("/queue/undo").status_code in (303, 409)
    assert _history(desk_site, 4) == [("approved", "Moderator", "")]


def test_two_moderators_and_a_collector_at_once_lose_nothing(desk_site: Site) -> None:
    clients = [desk_site.client("moderator", name=name) for name in ("Ana", "Bo")]
    mine = [[number for number in range(4, 201, 4) if number % 13 and number % 8 == 4 * side] for side in (0, 1)]
    answers: list[list[int]] = [[], []]
    stored: list[int] = []
    stop = threading.Event()

    def collect() -> None:
        with Store.open(desk_site.campaign.database, contacts_path=desk_site.campaign.contacts) as store:
            run = store.runs.start("later", "collect")
            while not stop.is_set():
                posts = tuple(make_post(f"later {len(stored)} {n}") for n in range(50))
                stored.append(store.add_page(run, Page(items=posts), collector="later").stored)

    def moderate(side: int) -> None:
        answers[side] = [_decide(clients[side], "approved", each).status_code for each in mine[side]]

    collector = threading.Thread(target=collect)
    people = [threading.Thread(target=moderate, args=(side,)) for side in (0, 1)]
    collector.start()
    for person in people:
        person.start()
    for person in people:
        person.join()
    stop.set()
    collector.join()
    assert [set(each) for each in answers] == [{303}, {303}]
    with Store.open_read_only(desk_site.campaign.database) as store:
        wanted = mine[0] + mine[1]
        assert {store.items.statuses(each, each)[each] for each in wanted} == {Status.APPROVED}
        assert store.items.count() == 400 + sum(stored)
    desk_site.catch_up()
    assert len(desk_site.desk.columns) == 400 + sum(stored)
