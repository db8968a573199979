"""The settings of the x source: the query that they make, and what is wrong with them before anything is asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from advocacy_monitor.sources import x_query
from advocacy_monitor.sources.x import XSource
from tests.sources.platform_x import TOKEN, XPlatform, running


@pytest.fixture
def platform() -> Iterator[XPlatform]:
    with running() as found:
        yield found


@pytest.mark.parametrize(
    ("settings", "query"),
    [
        ({"hashtags": ["#Books"]}, "#books"),
        ({"hashtags": ["Books", "＃Bücher", "books"]}, "(#books OR #bücher)"),
        ({"hashtags": ["Books"], "phrases": ["my  library"]}, '(#books OR "my library")'),
        ({"hashtags": ["Books"], "query": "-is:nullcast lang:de"}, "#books -is:nullcast lang:de"),
        ({"hashtags": ["Books"], "query": "lang:de OR lang:en"}, "#books (lang:de OR lang:en)"),
        ({"hashtags": ["Books"], "query": '"war OR peace"'}, '#books "war OR peace"'),
        ({"hashtags": [], "query": "#a OR\n#b"}, "#a OR #b"),
    ],
)
def test_the_query(platform: XPlatform, settings: dict[str, Any], query: str) -> None:
    list(platform.serving(500, **settings).pages(None))
    assert platform.server is not None
    assert platform.server.requests[0].query["query"] == query


@pytest.mark.parametrize(
    ("settings", "key", "words"),
    [
        ({"hashtags": ["a b"]}, "hashtags", "not a hashtag"),
        ({"hashtags": ["a) OR (b"]}, "hashtags", "not a hashtag"),
        ({"phrases": ['say "hello"']}, "phrases", "must not hold quotes"),
        ({"phrases": [" "]}, "phrases", "is empty"),
        ({"query": 'lang:de "half'}, "query", "quotation mark is missing"),
        ({"query": "lang:de)("}, "query", "parentheses"),
        ({"hashtags": [], "query": " "}, "query", "nothing to search for"),
        ({"hashtags": [f"tag{number:04}" for number in range(50)]}, "query", "598 characters, and X takes 512 (1024"),
        ({"hashtags": [f"tag{n:04}" for n in range(99)], "archive": True}, "query", "X takes 1024;"),
        ({"lookback_days": 8}, "lookback_days", "reaches back 7 days"),
        ({"since": "2026-01-01"}, "since", "full archive only"),
        ({"archive": True, "since": "2009-01-01"}, "since", "2010-11-05"),
        ({"archive": True, "since": "2026-02-01", "until": "2026-01-01"}, "until", "before `since`"),
        ({"page_size": 101}, "page_size", "100 posts at once"),
        ({"page_size": 9}, "page_size", "greater than or equal to 10"),
        ({"base_url": "http://api.example.org"}, "base_url", "https://"),
        ({"spelling": "toot"}, "spelling", "'tweet' or 'post'"),
        ({"bearer": "x"}, "bearer", "Extra inputs"),
    ],
)
def test_settings_that_are_wrong_are_told_at_the_start(settings: dict[str, Any], key: str, words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        XSource.model_validate({"bearer_token": TOKEN, "hashtags": ["Books"], **settings})
    assert [problem["loc"] for problem in caught.value.errors()] == [(key,)]
    assert words in str(caught.value)
    assert TOKEN not in str(caught.value)


def test_the_token_is_in_no_representation() -> None:
    source = XSource.model_validate({"bearer_token": TOKEN, "hashtags": ["Books"]})
    assert TOKEN not in repr(source) + source.model_dump_json()


def test_a_long_query_has_a_short_name() -> None:
    hashtags = [f"hashtag{number:03}" for number in range(30)]
    one, two = (x_query.name(x_query.build(tags, (), "", limit=512)) for tags in (hashtags, [*hashtags[:-1], "other"]))
    assert one != two
    assert len(one) < 100
    assert x_query.name("#books") == "#books"
