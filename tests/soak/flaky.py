"""Platforms on 127.0.0.1 on which posts arrive, break and vanish, and which fail as often as real ones do.

Of a hundred requests ten are refused, five are cut off in the middle, two are slower than anybody waits; now and then a
platform wants to be left alone for some seconds. All of it is decided by a seed.
"""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from advocacy_monitor.sources import webhook_spool
from advocacy_monitor.sources.webhook_signatures import Kind
from tests.sources import platform_bluesky, platform_feed, platform_mastodon, platform_x
from tests.sources import platform_youtube as youtube
from tests.sources.platform_webhook import FormService
from tests.sources.platforms import Platform
from tests.sources.replay import Answer, Request
from tests.sources.webhook_deliveries import SECRETS

SECRETS_OF_ALL = {
    "SOAK_BLUESKY": platform_bluesky.PASSWORD,
    "SOAK_YOUTUBE": youtube.KEY,
    "SOAK_X": platform_x.TOKEN,
    "SOAK_WEBHOOK": SECRETS[Kind.TYPEFORM],
}
"""What the environment of the program must hold: secrets stand in no configuration."""
TIMEOUT = 1.5
"""Seconds that collectors wait for an answer."""
_HTML = {"Content-Type": "text/html"}
_ERRORS = (
    Answer(status=500),
    Answer(status=502, body=b"<h1>Bad gateway</h1>", headers=_HTML),
    Answer(status=503, body=b"<h1>Repairs</h1>", headers=_HTML),
    Answer(status=504),
    Answer(body=b"<!doctype html><title>Sign in</title>", headers=_HTML),
    Answer(status=429, headers={"Retry-After": "1"}),
)


@dataclass
class Weather:
    """How badly the platforms do. `calm` ends all faults, for the last run of a soak."""

    chance: random.Random
    errors: float = 0.10
    cuts: float = 0.05
    slow: float = 0.02
    rate_limits: float = 0.01
    pause: float = 0.15
    calm: bool = False
    met: Counter[str] = field(default_factory=Counter)

    def fault(self) -> str | None:
        """What happens to a request, if anything."""
        if self.calm:
            return None
        found = self.chance.random()
        for what, share in (
            ("error", self.errors),
            ("cut", self.cuts),
            ("slow", self.slow),
            ("rate limit", self.rate_limits),
        ):
            if (found := found - share) < 0:
                return what
        return None


class Deliveries(FormService):
    """A form service whose broken deliveries differ, since the same one that waits already is kept once."""

    def spoil(self) -> None:
        self.delivered += 1
        body = {"event_type": "form_response", "form_response": self.delivered}
        webhook_spool.keep(self.spool, json.dumps(body).encode(), now=self._now())


class Flaky:
    """One platform in that weather: it stands before its answers, and posts arrive between them, never during one."""

    def __init__(
        self,
        name: str,
        platform: Platform,
        weather: Weather,
        *,
        gone: Callable[[], str | None] = lambda: None,
        spoil: Callable[[], None] | None = None,
    ) -> None:
        self.name = name
        self.platform = platform
        self.spoiled = 0
        self.gone: set[str] = set()
        self._take_away = gone
        self._spoil = spoil or platform.spoil
        self._weather = weather
        self._lock = threading.Lock()
        self._limited_until = 0.0
        if platform.server is not None:
            self._route, platform.server.route = platform.server.route, self.answer
            vars(platform.server._server)["handle_error"] = _as_expected  # who asks is killed

    @property
    def url(self) -> str:
        """Where it is asked; '' for one that comes by itself."""
        return "" if self.platform.server is None else self.platform.server.url

    @property
    def expected(self) -> set[str]:
        """The ids of everything that was sent and can be read, and still stands."""
        with self._lock:
            return self.platform.expected() - self.gone

    @property
    def sent(self) -> int:
        """How many records were ever sent: those that can be read and those that cannot."""
        with self._lock:
            return len(self.platform.expected()) + self.spoiled

    def happen(self, chance: random.Random) -> None:
        """Something happens on the platform: mostly a post, now and then one that is broken or taken away."""
        with self._lock:
            found = chance.random()
            if found < 0.04:
                self._spoil()
                self.spoiled += 1
            elif found < 0.08 and (away := self._take_away()):
                self.gone.add(away)
            else:
                self.platform.arrive(1)

    def answer(self, request: Request) -> Answer:
        """What a request gets."""
        weather = self._weather
        time.sleep(0.0 if weather.calm else weather.pause * weather.chance.random() * 2)
        what = weather.fault()
        if not weather.calm and time.monotonic() < self._limited_until:
            what = "limited"
        weather.met[what or "answered"] += 1
        if what == "error":
            return weather.chance.choice(_ERRORS)
        if what in ("rate limit", "limited"):
            self._limited_until = max(self._limited_until, time.monotonic() + 2 * (what == "rate limit"))
            return Answer(status=429, headers={"Retry-After": "2"})
        assert self.platform.server is not None
        with self._lock:
            self.platform.server.requests.clear()
            answer = self._route(request)
        if what == "cut":
            return Answer(status=answer.status, headers=answer.headers, body=answer.body, cut=True)
        delay = 2 * TIMEOUT if what == "slow" else 0
        return Answer(status=answer.status, headers=answer.headers, body=answer.body, delay=delay)


def _as_expected(request: object, address: object) -> None:
    """A connection that its other end broke off: nothing to be said."""


def collectors(flaky: Mapping[str, Flaky], spool: Path) -> dict[str, Any]:
    """The part `collectors` of a configuration that reads all of them."""
    urls = defaultdict(str, {name: each.url for name, each in flaky.items()})
    patient = {"attempts": 4, "request_timeout": TIMEOUT, "max_wait_seconds": 25}
    settings: dict[str, dict[str, Any]] = {
        "mastodon": {"instances": [urls["mastodon"]], "hashtags": [platform_mastodon.TAG], "lookback_days": 3650},
        "bluesky": {
            "service": urls["bluesky"],
            "public_service": urls["bluesky"],
            "handle": platform_bluesky.HANDLE,
            "app_password": {"env": "SOAK_BLUESKY"},
            "hashtags": [platform_bluesky.TAG],
            "lookback_days": 3650,
        },
        "youtube": {
            "api_key": {"env": "SOAK_YOUTUBE"},
            "videos": [youtube.VIDEO],
            "base_url": urls["youtube"],
            "units_per_day": 10_000_000,
        },
        "feed": {"feeds": [f"{urls['feed']}/letters.xml"]},
        "x": {"bearer_token": {"env": "SOAK_X"}, "hashtags": ["#Books"], "base_url": urls["x"]},
        "webhook": {"kind": "typeform", "spool": str(spool), "secret": {"env": "SOAK_WEBHOOK"}},
    }
    sizes = {"mastodon": 5, "bluesky": 5, "youtube": 10, "feed": 5, "x": 10, "webhook": 5}
    return {
        name: {
            "source": name,
            "hours": "*",
            "jitter_minutes": 0,
            "settings": {**given, "page_size": sizes[name], **({} if name == "webhook" else patient)},
        }
        for name, given in settings.items()
        if name in flaky
    }


@contextmanager
def all_platforms(weather: Weather, spool: Path) -> Iterator[dict[str, Flaky]]:
    """All platforms, running."""
    with ExitStack() as stack:
        chance = weather.chance
        toots = stack.enter_context(platform_mastodon.running())
        views = stack.enter_context(platform_bluesky.running())
        videos = stack.enter_context(youtube.running())
        videos.youtube.now = datetime.now(UTC) - timedelta(hours=20)
        timeline = stack.enter_context(platform_x.running())

        def no_toot() -> str | None:
            return _one_less(toots._statuses, chance, toots.expected(), "uri")

        def no_view() -> str | None:
            return _one_less(views.service.views, chance, views.expected(), "uri")

        def broken_view() -> None:
            views._spoiled = 0  # its other kind is one that its search does not find
            views.spoil()

        yield {
            "mastodon": Flaky("mastodon", toots, weather, gone=no_toot),
            "bluesky": Flaky("bluesky", views, weather, gone=no_view, spoil=broken_view),
            "youtube": Flaky("youtube", videos, weather),
            "feed": Flaky("feed", stack.enter_context(platform_feed.running()), weather),
            "x": Flaky("x", timeline, weather),
            "webhook": Flaky("webhook", Deliveries(spool), weather),
        }


def _one_less(records: list[Any], chance: random.Random, readable: set[str], key: str) -> str | None:
    """Takes one of the older posts away, and returns its id."""
    older = [each for each in records[:-10] if each[key] in readable]
    if not older:
        return None
    away = chance.choice(older)
    records.remove(away)
    return str(away[key])
