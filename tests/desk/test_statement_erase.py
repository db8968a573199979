"""A person erased at the desk is kept out from then on, unless that is not wanted, and holders of packs are noted."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from advocacy_monitor.models import Page, Post
from tests.conftest import make_post
from tests.desk.site import Site
from tests.desk.statement_steps import added, opened, page_of
from tests.exporters.sample_packs import english_pack


def collected(site: Site, post: Post) -> int:
    """How many of it were stored; the number is that of the newest item then."""
    with opened(site) as store:
        tally = store.add_page(store.runs.start("x", kind="collect"), Page(items=(post,)), collector="x")
    site.catch_up()
    return tally.stored


def erased(site: Site, number: int, **given: str) -> str:
    """The page that follows when a statement's person is erased."""
    admin = site.client("administrator")
    digest = re.search(r'name="digest" value="(\w+)"', page_of(admin, number, "/erase"))
    assert digest
    done = admin.post(f"/statements/{number}/erase", {"digest": digest[1], "confirmed": "1", **given})
    assert done.status_code == 200
    return done.text


@pytest.mark.parametrize("only_these", [False, True])
def test_later_posts_of_who_was_erased(shared_site: Site, only_these: bool) -> None:
    author = f"erased-at-the-desk-{only_these}"
    assert collected(shared_site, make_post("First.", source_id=f"first-{author}", author_id=author)) == 1
    number = shared_site.desk.reader().items.last_id()
    done = erased(shared_site, number, **({"only_these": "1"} if only_these else {}))
    assert ("posts from now on is not stored" in done) is not only_these
    later = make_post("Later.", source_id=f"later-{author}", author_id=author)
    assert collected(shared_site, later) == int(only_these)


def test_who_holds_a_pack_is_noted_with_the_name_of_who_erased(shared_site: Site) -> None:
    number = added(shared_site)
    with opened(shared_site) as store:
        exhibit = replace(english_pack().exhibits[0], item_id=number)
        store.packs.add(replace(english_pack(), number="202611-cccc3333", exhibits=(exhibit,), query={}))
        store.deliveries.add(
            pack_number="202611-cccc3333", recipient="ann-lee", sent_on=date(2026, 10, 1), sent_by="Kim", how="mail"
        )
    done = erased(shared_site, number)
    assert "advocacy-monitor erase --letters" in done
    (waiting,) = shared_site.desk.reader().deliveries.waiting(date(2026, 11, 1))
    assert waiting.follow_up.note == f"item {number} was erased on request: tell them, and make their pack anew"
    assert waiting.follow_up.who == shared_site.desk.reader().actions.newest(1)[0].actor
