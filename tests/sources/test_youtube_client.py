"""YouTube's refusals in our words, its units counted, its key never told."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import httpx
import pytest

from advocacy_monitor.errors import FatalSourceError, RetryableSourceError, SourceError
from advocacy_monitor.models import Usage
from advocacy_monitor.sources.retrying import Patience
from advocacy_monitor.sources.service import PASSING
from advocacy_monitor.sources.youtube_client import Quota, YoutubeClient, quota_day
from tests.sources.platform_youtube import CHANNEL, KEY, NOW, VIDEO, Youtube, a_comment, refusal
from tests.sources.replay import Answer, ReplayServer, as_json


@pytest.fixture
def server() -> Iterator[ReplayServer]:
    with ReplayServer(Youtube(comments=[a_comment("Ug1", NOW)]).route) as running:
        yield running


def client(server: ReplayServer, *, limit: int = 100, before: float = 0, attempts: int = 1) -> YoutubeClient:
    return YoutubeClient(
        server.url,
        api_key=KEY,
        timeout=5,
        clock=lambda: NOW,
        quota=Quota(limit=limit, before=before),
        patience=Patience(max_wait_seconds=600, attempts=attempts, sleep=lambda seconds: None),
    )


def failure(server: ReplayServer, answer: Answer) -> SourceError:
    server.always = answer
    with closing(client(server)) as asked, pytest.raises(SourceError) as caught:
        asked.threads({"videoId": VIDEO}, limit=100, page=None)
    assert KEY not in str(caught.value) and "the words of Google" not in str(caught.value)
    return caught.value


def test_every_error_of_httpx_is_mapped() -> None:
    kinds = [kind for _, kind in inspect.getmembers(httpx, inspect.isclass) if issubclass(kind, Exception)]
    assert len(kinds) > 20
    assert [kind for kind in kinds if kind not in PASSING] == []


@pytest.mark.parametrize(
    ("status", "reason", "kind", "words"),
    [
        (403, "quotaExceeded", FatalSourceError, "midnight in California"),
        (403, "dailyLimitExceeded", FatalSourceError, "midnight in California"),
        (429, "quotaExceeded", FatalSourceError, "midnight in California"),
        (403, "rateLimitExceeded", RetryableSourceError, "limits requests (403)"),
        (429, "RATE_LIMIT_EXCEEDED", RetryableSourceError, "limits requests (429)"),
        (403, "commentsDisabled", FatalSourceError, "comments turned off (403)"),
        (404, "videoNotFound", FatalSourceError, "is not there any more, or is private"),
        (404, "channelNotFound", FatalSourceError, "is the id right?"),
        (400, "keyInvalid", FatalSourceError, "does not accept the api_key"),
        (403, "accessNotConfigured", FatalSourceError, "enable the YouTube Data API v3"),
        (403, "ipRefererBlocked", FatalSourceError, "key's restrictions"),
        (400, "operationNotSupported", FatalSourceError, "name videos instead of the channel"),
        (400, "processingFailure", RetryableSourceError, "could not work on the request (400)"),
        (500, "backendError", RetryableSourceError, "could not work on the request (500)"),
        (400, "somethingNew", FatalSourceError, "name its videos instead (400)"),
        (403, "forbidden", FatalSourceError, "name its videos instead (403)"),
        (404, "somethingNew", FatalSourceError, "are the ids of videos and channels right? (404)"),
        (503, "somethingNew", RetryableSourceError, "is in trouble (503)"),
    ],
)
def test_a_reason_decides_and_then_the_status(
    status: int, reason: str, kind: type[SourceError], words: str, server: ReplayServer
) -> None:
    found = failure(server, refusal(status, reason))
    assert type(found) is kind
    assert words in str(found)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"error": "x"}', b'{"error": {"errors": [5]}}'])
def test_a_refusal_without_a_reason_goes_by_its_status(body: bytes, server: ReplayServer) -> None:
    assert "refuses access" in str(failure(server, Answer(status=403, body=body)))


def test_reasons_of_newer_answers_stand_in_details(server: ReplayServer) -> None:
    details = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}, {"@type": "x"}]
    answer = as_json({"error": {"code": 400, "status": "INVALID_ARGUMENT", "details": details}}, status=400)
    assert "does not accept the api_key" in str(failure(server, answer))


@pytest.mark.parametrize(
    ("body", "words"),
    [(b"<!doctype html>", "something"), (b'{"items": {"a": 1}}', "something"), (b"[" * 100_000, "something")],
)
def test_an_answer_that_is_no_list_may_pass(body: bytes, words: str, server: ReplayServer) -> None:
    found = failure(server, Answer(body=body))
    assert isinstance(found, RetryableSourceError) and words in str(found)


def test_the_key_is_sent_in_a_header_and_in_no_address(server: ReplayServer) -> None:
    with closing(client(server)) as asked:
        asked.threads({"videoId": VIDEO}, limit=7, page="p")
        asked.replies("Ug1", page=None)
        asked.comments(["Ug1", "Ug2"])
        assert asked.channel("@library") == CHANNEL
        with pytest.raises(FatalSourceError, match="no channel with this handle"):
            asked.channel("@nobody")
    threads, replies, comments, channel, _ = server.requests
    assert all(request.headers["X-Goog-Api-Key"] == KEY and KEY not in request.target for request in server.requests)
    assert threads.path == "/youtube/v3/commentThreads"
    assert threads.query == {
        "part": "snippet,replies", "order": "time", "maxResults": "7", "textFormat": "plainText", "videoId": VIDEO,
        "pageToken": "p",
    }  # fmt: skip
    assert replies.query["parentId"] == "Ug1"
    assert comments.query == {"part": "snippet", "id": "Ug1,Ug2", "textFormat": "plainText"}
    assert channel.query["forHandle"] == "@library"


def test_every_attempt_costs_a_unit_and_none_is_made_beyond_the_limit(server: ReplayServer) -> None:
    server.instead.extend([Answer(status=503), Answer(status=503)])
    with closing(client(server, limit=10, before=6, attempts=5)) as asked:
        asked.comments(["Ug1"])
        assert asked.quota.usage() == (Usage(source="youtube", unit="units", amount=3),)
        assert asked.quota.usage() == ()
        asked.comments(["Ug1"])
        for _ in range(2):
            with pytest.raises(FatalSourceError, match=r"`units_per_day` \(10\) is used up; .*California"):
                asked.comments(["Ug1"])
        assert len(server.requests) == 4


def test_after_google_said_that_the_quota_is_used_up_nothing_more_is_asked(server: ReplayServer) -> None:
    server.instead.append(refusal(403, "quotaExceeded"))
    with closing(client(server, attempts=5)) as asked:
        for _ in range(2):
            with pytest.raises(FatalSourceError, match="the day's quota is used up"):
                asked.comments(["Ug1"])
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (datetime(2026, 11, 2, 7, 59, tzinfo=UTC), date(2026, 11, 1)),
        (datetime(2026, 11, 2, 8, 0, tzinfo=UTC), date(2026, 11, 2)),
        (datetime(2026, 7, 2, 7, 30, tzinfo=UTC), date(2026, 7, 1)),
    ],
)
def test_the_day_of_the_quota(now: datetime, day: date) -> None:
    assert quota_day(now) == day


def test_recorded_refusals(server: ReplayServer, recordings: Callable[[str], Path]) -> None:
    folder = recordings("youtube")
    key = failure(server, Answer(status=400, body=(folder / "error__error_response.json").read_bytes()))
    assert "does not accept the api_key" in str(key)
    denied = failure(server, Answer(status=403, body=(folder / "error__error_permission_resp.json").read_bytes()))
    assert "refuses access" in str(denied)
