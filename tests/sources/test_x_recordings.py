"""Recorded posts of X through the whole walk: every one is stored or set aside with a reason, also in small pages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from advocacy_monitor.collect import collect
from advocacy_monitor.protocols import Host
from advocacy_monitor.sources.x_payload import remap
from advocacy_monitor.store import Store
from tests.sources.platform_x import XPlatform, play
from tests.sources.replay import ReplayServer

RECORDINGS = {
    "tweepy_search_recent_tweets.json": 10,
    "tweepy_search_all_tweets.json": 10,
    "tweepy_get_home_timeline.json": 98,
    "tweepy_get_quote_tweets.json": 9,
    "tweepy_get_tweets.json": 2,
    "twarc_brexit.jsonl": 100,
    "twarc_kpop.jsonl": 100,
    "twarc_2sets.jsonl": 200,
    "twarc_geo_tweets.jsonl": 2,
    "twarc_edited.jsonl": 1,
    "twarc_edited_before.jsonl": 1,
    "twarc_edited_after.jsonl": 1,
    "twarc_quoted_edit.jsonl": 1,
    "twarc_many_urls.jsonl": 1,
    "twarc_media_tweet.jsonl": 1,
    "twarc_mentions_tweet.jsonl": 1,
    "twarc_cashtags.jsonl": 1,
    "twarc_verified_type.jsonl": 1,
    "twarc_cotweet.jsonl": 1,
}
"""File and its posts, each counted once."""


@pytest.mark.parametrize("spelling", ["tweet", "post"])
@pytest.mark.parametrize("name", RECORDINGS)
def test_every_recorded_post_goes_in(name: str, spelling: str, recordings: Callable[[str], Path], store: Store) -> None:
    timeline = play(recordings("x") / name)
    assert len(timeline.posts) == RECORDINGS[name]
    with ReplayServer(timeline.route) as server:
        source = XPlatform(server, timeline).serving(
            30, archive=True, since="2010-11-05", page_size=100, spelling=spelling, attempts=1
        )
        source = source.hosted_by(Host(sleep=lambda seconds: None))
        stopped = collect(store, "x", source, stop=lambda: True)
        outcome = collect(store, "x", source)
        assert outcome.status == "done", outcome.message
        tally = stopped.tally + outcome.tally
        assert (tally.read, tally.stored, tally.rejected) == (RECORDINGS[name], RECORDINGS[name], 0)
        assert len(server.requests) == -(-RECORDINGS[name] // 30) + (1 if RECORDINGS[name] > 30 else 2)
    for batch in store.items.each():
        for item in batch:
            ((_, raw),) = store.items.captures(item.id)
            post = remap(raw)
            assert (post.source_id, post.text) == (item.source_id, item.text)
