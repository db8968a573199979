"""Who got which pack, and what is to be done about it, as pages."""

from __future__ import annotations

import html
from collections.abc import Iterator
from pathlib import Path

import pytest

from advocacy_monitor.hosting import open_store
from advocacy_monitor.models import Query
from advocacy_monitor.packing import Order, export_pack
from tests.desk.packing_site import FORM, jobs, links, made, prepare_campaign, site_of
from tests.desk.site import Client, Site


@pytest.fixture
def own_site(tmp_path: Path) -> Iterator[Site]:
    prepare_campaign(tmp_path)
    with site_of(tmp_path) as opened:
        yield opened
        assert jobs(opened).wait()


@pytest.fixture
def site(own_site: Site) -> Site:
    return own_site


@pytest.fixture
def advocate(own_site: Site) -> Client:
    return own_site.client("advocate")


def test_a_delivery_and_what_follows_are_noted(own_site: Site) -> None:
    site, advocate = own_site, own_site.client("advocate")
    job = made(site, advocate)
    where = f"/packs/made/{job.number}"
    sent = {"recipient": "rita", "how": "in person", "on": "2026-11-01", "note": "<b>liked it</b>"}
    assert advocate.post(f"{where}/sent", sent).status_code == 303
    page = advocate.get(where).text
    assert "Rita Example, Member for Riverside" in page
    assert "&lt;b&gt;liked it" in page
    assert "used 1 time" in advocate.get("/packs").text
    (path,) = links(advocate.get(where), r'action="/-/desk(/packs/made/[^"]+/follow-up/\d+)"')
    assert advocate.post(path, {"note": "ring the office", "due": "2026-01-01"}).status_code == 303
    listed = advocate.get("/packs").text
    assert "ring the office" in listed
    assert "overdue" in listed
    (done,) = links(advocate.get("/packs"), r'action="/-/desk(/packs/follow-ups/\d+/done)"')
    back = advocate.post(done, {"back": "//evil.example.org"})
    assert back.headers["location"] == "/-/desk/packs"
    assert "ring the office" not in advocate.get("/packs").text
    with open_store(site.campaign) as store:
        (delivery,) = store.deliveries.all()
        assert (delivery.sent_by, delivery.recipient, delivery.how) == ("Advocate", "rita", "in person")
        actions = {each.action for each in store.actions.newest(20)}
    assert {"make pack", "pack sent", "pack follow-up", "pack follow-up done"} <= actions


def test_a_delivery_that_cannot_be_is_refused(own_site: Site) -> None:
    site, advocate = own_site, own_site.client("advocate")
    job = made(site, advocate)
    for change, words in (
        ({"recipient": "nobody"}, "no recipient has the key"),
        ({"how": "by pigeon"}, "how it was sent"),
        ({"on": "2199-01-01"}, "still to come"),
        ({"on": "soon"}, "is no day"),
    ):
        given = {"recipient": "rita", "how": "mail", "on": "2026-11-01", **change}
        answer = advocate.post(f"/packs/made/{job.number}/sent", given)
        assert answer.status_code == 400, change
        assert words in html.unescape(answer.text)
    with open_store(site.campaign) as store:
        assert store.deliveries.all() == []


def test_a_delivery_of_another_pack_is_not_followed_up(site: Site, advocate: Client) -> None:
    one = made(site, advocate)
    other = made(site, advocate, {**FORM, "title": "Another"})
    assert one.number != other.number
    sent = {"recipient": "rita", "how": "mail", "on": "2026-11-01"}
    advocate.post(f"/packs/made/{one.number}/sent", sent)
    (path,) = links(advocate.get(f"/packs/made/{one.number}"), r'action="/-/desk(/packs/made/[^"]+/follow-up/\d+)"')
    wrong = path.replace(one.number, other.number)
    assert advocate.post(wrong, {"note": "x"}).status_code == 404
    assert advocate.get("/packs/made/none").status_code == 404
    assert advocate.post("/packs/follow-ups/99/done").status_code == 400


def test_a_pack_of_the_command_line_stands_in_the_list(site: Site, advocate: Client) -> None:
    with open_store(site.campaign) as store:
        order = Order(formats=("json",), output=site.campaign.folder / "elsewhere", look=False)
        pack = export_pack(store, site.campaign, Query(title="By hand"), order).pack
    assert pack.number in advocate.get("/packs").text
    page = advocate.get(f"/packs/made/{pack.number}").text
    assert "By hand" in page
    assert "were not made at the desk" in page
