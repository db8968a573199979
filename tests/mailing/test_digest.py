"""The digest tells what is new, waits, fails and is unusual, in numbers; and the rule for unusual holds what it says."""

from __future__ import annotations

import math
from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy_monitor.config import Loaded
from advocacy_monitor.config_parts import Collector
from advocacy_monitor.mailing.digest import digest, queue_digest
from advocacy_monitor.mailing.outbox import send_waiting
from advocacy_monitor.mailing.unusual import RARE, chance, unusual
from advocacy_monitor.models import Page
from advocacy_monitor.store import Store
from tests.conftest import Clock, make_post
from tests.mailing.server import Mailbox


def post(store: Store, clock: Clock, *, ago: timedelta, count: int, source: str = "x") -> None:
    run = store.runs.start(source, "collect")
    items = tuple(make_post("SECRET WORDS", source=source, created_at=clock.now - ago) for _ in range(count))
    store.add_page(run, Page(items=items), collector=source)
    store.runs.finish(run, "done")


def test_the_digest_tells_numbers_and_no_words(campaign: Store, loaded: Loaded, mailbox: Mailbox, clock: Clock) -> None:
    post(campaign, clock, ago=timedelta(minutes=10), count=40)
    run = campaign.runs.start("toots", "collect")
    campaign.runs.finish(run, "failed", "the token\nwas refused")
    assert queue_digest(campaign, loaded) == 2
    send_waiting(campaign, loaded)
    assert {mail["To"] for mail in mailbox.mails} == {"staff@example.org", "second@example.org"}
    text = mailbox.mails[0].get_content()
    assert "- X: 40" in text
    assert "- 40 statements to be moderated, the oldest since 1 November 2026" in text
    assert "- toots: the token was refused" in text
    assert "- X: 40 in the last hour, usually about 0 an hour" in text
    assert "SECRET" not in text
    assert mailbox.mails[0]["Subject"] == "Missed My Library: digest of 1 November 2026"


def test_no_digest_without_news_where_none_is_wanted(campaign: Store, loaded: Loaded, clock: Clock) -> None:
    assert queue_digest(campaign, loaded) == 2
    wanted = loaded.config.digest.model_copy(update={"only_news": True})
    quiet = loaded.model_copy(update={"config": loaded.config.model_copy(update={"digest": wanted})})
    assert digest(campaign, quiet) is None
    post(campaign, clock, ago=timedelta(days=2), count=1)
    assert digest(campaign, quiet) is not None


def test_much_more_and_much_less_than_usual_is_named_and_the_usual_is_not(
    campaign: Store, loaded: Loaded, clock: Clock
) -> None:
    for day in range(1, 15):
        post(campaign, clock, ago=timedelta(days=day, hours=5), count=20, source="form")
        post(campaign, clock, ago=timedelta(days=day, hours=5), count=20, source="imported")
        post(campaign, clock, ago=timedelta(days=day, hours=5), count=20, source="usual")
    post(campaign, clock, ago=timedelta(hours=5), count=22, source="usual")
    post(campaign, clock, ago=timedelta(minutes=5), count=30, source="loud")
    found = {(each.source, each.is_hour): each.is_more for each in unusual(campaign, loaded, now=clock.now)}
    assert found == {("loud", True): True, ("loud", False): True, ("form", False): False}


@pytest.mark.parametrize(("ago", "named"), [(timedelta(minutes=20), True), (timedelta(days=2), False)])
def test_what_was_not_collected_yet_is_not_called_less(
    campaign: Store, loaded: Loaded, clock: Clock, ago: timedelta, named: bool
) -> None:
    collector = Collector.model_validate({"source": "mastodon", "hours": "*/6"})
    config = loaded.config.model_copy(update={"collectors": {"toots": collector}})
    now = clock.now
    for day in range(1, 15):
        clock.now = now
        post(campaign, clock, ago=timedelta(days=day, hours=5), count=20, source="mastodon")
    clock.now = now - ago
    campaign.runs.finish(campaign.runs.start("toots", "collect"), "done")
    found = unusual(campaign, loaded.model_copy(update={"config": config}), now=now)
    assert [(each.source, each.is_hour) for each in found] == ([("mastodon", False)] if named else [])


def test_a_digest_that_could_not_be_sent_is_not_followed_by_a_second_one(
    campaign: Store, loaded: Loaded, mailbox: Mailbox, clock: Clock
) -> None:
    for _ in range(3):
        queue_digest(campaign, loaded)
        clock.now += timedelta(days=1)
    send_waiting(campaign, loaded)
    assert len(mailbox.mails) == 2


@given(st.integers(0, 60), st.integers(0, 200), st.sampled_from([12, 14]))
def test_the_chance_is_that_of_the_binomial_distribution(now: int, before: int, periods: int) -> None:
    total, share = now + before, Fraction(1, periods + 1)
    terms = range(now, total + 1) if now > total * share else range(now + 1)
    exact = sum((math.comb(total, k) * share**k * (1 - share) ** (total - k) for k in terms), Fraction(0))
    assert chance(now, before, periods=periods) == pytest.approx(float(exact) if total else 1.0, rel=1e-6, abs=1e-12)


def test_large_numbers_do_not_overflow() -> None:
    assert chance(2_000_000, 100, periods=12) < RARE
    assert chance(0, 3_000_000, periods=14) < RARE
    assert chance(100_000, 1_200_000, periods=12) > RARE
