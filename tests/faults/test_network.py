"""Names that lead nowhere, connections that break, answers that never end: each a failure in words, nobody waits for it."""

from __future__ import annotations

import json
import resource
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from atproto_client import models

from advocacy_monitor.errors import RetryableSourceError
from advocacy_monitor.sources import deadline
from advocacy_monitor.sources.bluesky_client import Bluesky
from advocacy_monitor.sources.feed import FeedSource
from advocacy_monitor.sources.mastodon import MastodonSource
from advocacy_monitor.store import now
from tests.faults import trouble
from tests.faults.process import Told, campaign, collector, expected, ids, is_whole, look, mastodon, platform, tell

_PASSING = {
    "cut": trouble.cut,
    "half": trouble.half,
    "nonsense": trouble.nonsense,
    "silent": trouble.silent,
}
_HOSTILE = {"flood": trouble.flood, "nested": trouble.nested}
_QUESTION = models.AppBskyFeedSearchPosts.Params(q="library")
_DAWDLING = {"headers": trouble.dawdling_headers, "body": trouble.dawdling_body}


@pytest.fixture
def servers() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def _both(name: str, base: str, *, request_timeout: float = 2) -> str:
    """The same service for a source over httpx and for one over requests."""
    feed = collector(f"feed-{name}", "feed", {"feeds": f"[{base}/feed]", "request_timeout": request_timeout})
    return feed + mastodon(base, name=f"toots-{name}", request_timeout=request_timeout)


def _little_memory() -> None:
    """The program itself takes 250 MB of addresses; one answer of 64 MB is all that it may have at once."""
    resource.setrlimit(resource.RLIMIT_AS, (700 << 20, 700 << 20))


def _collected(folder: Path, bad: str, *, seconds: float) -> tuple[Told, Mapping[str, str]]:
    """Collects from bad services, and from a good one at last. Gives what was said of each bad one."""
    with platform(12) as good:
        config = campaign(folder, collectors=bad + mastodon(good.url, name="zz-good"))
        began = time.monotonic()
        told = tell(config, "collect", seconds=seconds * 3, before=_little_memory)
        assert time.monotonic() - began < seconds, told.words
        assert "Traceback" not in told.words, told.words
        assert told.code == 1
        assert expected(good) <= set(ids(folder / "advocacy.db"))
        is_whole(folder, set(ids(folder / "advocacy.db")))
    rows = look(folder / "advocacy.db", "SELECT name, status, message FROM runs")
    assert {str(name): status for name, status, _ in rows}.pop("zz-good") == "done"
    return told, {str(name): f"{status}: {message}" for name, status, message in rows if name != "zz-good"}


def _all_failed(said: Mapping[str, str], names: Mapping[str, object]) -> None:
    assert set(said) == {f"{kind}-{name}" for kind in ("feed", "toots") for name in names}
    wrong = {name: words for name, words in said.items() if not words.startswith("failed: ") or len(words) < 30}
    assert not wrong, json.dumps(wrong, indent=1)


def test_broken_connections_and_names_are_failures_in_words(servers: ExitStack, tmp_path: Path) -> None:
    context = trouble.certificate(tmp_path)
    places = {name: servers.enter_context(trouble.server(speaks)) for name, speaks in _PASSING.items()}
    addresses = {name: f"http://127.0.0.1:{port}" for name, port in places.items()}
    addresses["name"] = "https://no-such-host.invalid"
    addresses["closed"] = "http://127.0.0.1:9"
    addresses["unsigned"] = f"https://127.0.0.1:{servers.enter_context(trouble.server(trouble.half, context=context))}"
    addresses["plain"] = f"https://127.0.0.1:{places['nonsense']}"
    bad = "".join(_both(name, address, request_timeout=1) for name, address in addresses.items())
    _, said = _collected(tmp_path / "campaign", bad, seconds=40)
    _all_failed(said, addresses)
    assert "no encrypted connection" in said["toots-unsigned"]
    assert "no encrypted connection" in said["feed-unsigned"]
    for kind in ("feed", "toots"):
        assert "in time" in said[f"{kind}-silent"]
        assert "is the network up" in said[f"{kind}-name"]


def test_hostile_answers_are_refused_and_cost_little_memory(servers: ExitStack, tmp_path: Path) -> None:
    places = {name: servers.enter_context(trouble.server(speaks)) for name, speaks in _HOSTILE.items()}
    bad = "".join(_both(name, f"http://127.0.0.1:{port}") for name, port in places.items())
    _, said = _collected(tmp_path, bad, seconds=40)
    _all_failed(said, {"flood": 1, "nested": 1})
    assert "more than 64 MB" in said["toots-flood"]


@pytest.mark.parametrize("how", _DAWDLING)
def test_an_answer_that_never_ends_is_given_up(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A byte now and then: no timeout between two bytes ever passes."""
    monkeypatch.setattr(deadline, "_LEAST", 1.0)
    with trouble.server(_DAWDLING[how]) as port, ThreadPoolExecutor() as threads:
        base = f"http://127.0.0.1:{port}"
        asked: dict[str, Callable[[], object]] = {
            "feed": lambda: list(FeedSource(feeds=(base,), attempts=1, request_timeout=0.25).pages(None)),
            "mastodon": lambda: list(
                MastodonSource(instances=(base,), hashtags=("a",), attempts=1, request_timeout=0.25).pages(None)
            ),
            "bluesky": lambda: Bluesky(base, timeout=0.25, clock=now).query("app.bsky.feed.searchPosts", _QUESTION),
        }
        began = time.monotonic()
        waiting = {name: threads.submit(ask) for name, ask in asked.items()}
        for name, given_up in waiting.items():
            with pytest.raises(RetryableSourceError, match=r"whole answer after 1 s|no answer in time"):
                given_up.result(20)
            assert time.monotonic() - began < 8, name


@pytest.mark.long
def test_answers_that_never_end_are_given_up_by_the_program(servers: ExitStack, tmp_path: Path) -> None:
    places = {name: servers.enter_context(trouble.server(speaks)) for name, speaks in _DAWDLING.items()}
    bad = "".join(_both(name, f"http://127.0.0.1:{port}", request_timeout=0.5) for name, port in places.items())
    _, said = _collected(tmp_path, bad, seconds=60 * 4 + 30)
    _all_failed(said, _DAWDLING)
