"""Whether posts still stand on the servers that showed them, and answers to posts (R3, R5)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import SecretStr

from advocacy_monitor.errors import FatalSourceError, RetryableSourceError
from advocacy_monitor.models import Known, Page, Standing
from advocacy_monitor.protocols import Host
from advocacy_monitor.sources.mastodon import MastodonSource
from advocacy_monitor.sources.mastodon_status import to_post
from tests.sources.mastodon_server import PLAIN, MastodonServer, Mock, running_mock, status_at
from tests.sources.replay import Answer

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def server() -> Iterator[MastodonServer]:
    with MastodonServer({"books": []}) as running:
        yield running


@pytest.fixture
def other() -> Iterator[MastodonServer]:
    with MastodonServer({"books": []}) as running:
        yield running


def make_source(*servers: MastodonServer, **given: Any) -> MastodonSource:
    urls = tuple(server.url for server in servers)
    made = MastodonSource(hashtags=("books",), instances=urls, request_timeout=5, **{"attempts": 1, **given})
    return made.hosted_by(Host(clock=lambda: NOW, sleep=lambda seconds: None))


def known(status: Any, *seen_on: MastodonServer, **more: Any) -> Known:
    raw = json.dumps(status).encode()
    post = to_post(status, "https://social.example.org", raw=raw)
    values: dict[str, Any] = {"item_id": 1, "source": "mastodon", "source_id": post.source_id, "url": post.url}
    values |= {"text": post.text, "raw": raw, "seen_on": tuple(server.url for server in seen_on)}
    return Known(**(values | more))


def standings(pages: list[Page]) -> list[Standing]:
    return [verdict.standing for page in pages for verdict in page.verdicts]


@pytest.mark.parametrize("serves_many", [True, False])
def test_every_post_gets_one_verdict_and_an_edited_one_its_new_version(
    server: MastodonServer, serves_many: bool
) -> None:
    server.serves_many = serves_many
    old = [status_at(NOW) for _ in range(8)]
    words = "<p>I changed my mind.</p>"
    server.timelines["books"] = [
        old[0],
        {**old[1], "content": words, "edited_at": "2026-11-02T11:00:00.000Z"},
        {**old[2], "content": words},
        {**old[3], "edited_at": "2026-11-02T11:00:00.000Z"},
        {**old[4], "visibility": "private"},
        {**old[5], "account": {**PLAIN["account"], "indexable": False}},
        {**old[6], "account": None},
        old[7],
    ]
    server.gone.add(str(old[7]["id"]))
    asked = [known(status, server) for status in old]
    (page,) = make_source(server).verify(asked)
    assert [verdict.source_id for verdict in page.verdicts] == [each.source_id for each in asked]
    assert {verdict.source for verdict in page.verdicts} == {"mastodon"}
    assert standings([page]) == [
        Standing.STANDS,
        Standing.EDITED,
        Standing.STANDS,
        Standing.STANDS,
        Standing.PROTECTED,
        Standing.PROTECTED,
        Standing.UNKNOWN,
        Standing.GONE,
    ]
    details = [verdict.detail for verdict in page.verdicts]
    assert details[4:6] == ["visibility private: not collected", "account says indexable: false: not collected"]
    assert "$.account" in details[6]
    (edited,) = page.items
    assert (edited.source_id, edited.text, edited.seen_on) == (old[1]["uri"], "I changed my mind.", server.url)


def test_many_are_asked_for_at_once_and_what_is_left_out_alone(server: MastodonServer) -> None:
    statuses = [status_at(NOW) for _ in range(45)]
    server.timelines["books"] = statuses
    server.gone = {str(statuses[3]["id"]), str(statuses[44]["id"])}
    pages = list(make_source(server).verify([known(status, server) for status in statuses]))
    assert [len(page.verdicts) for page in pages] == [20, 20, 5]
    assert [place for place, each in enumerate(standings(pages)) if each is Standing.GONE] == [3, 44]
    assert len(server.asked("statuses?id")) == 3
    assert len(server.requests) == 5


def test_an_older_server_is_found_out_once(server: MastodonServer) -> None:
    server.serves_many = False
    statuses = [status_at(NOW) for _ in range(25)]
    server.timelines["books"] = statuses
    pages = list(make_source(server).verify([known(status, server) for status in statuses]))
    assert set(standings(pages)) == {Standing.STANDS}
    assert len(server.asked("statuses?id")) == 1
    assert len(server.requests) == 26


def test_the_same_id_on_another_server_is_another_post(server: MastodonServer, other: MastodonServer) -> None:
    status = status_at(NOW)
    stranger = {**status_at(NOW), "id": status["id"], "content": "<p>Other words.</p>"}
    server.timelines["books"], other.timelines["books"] = [stranger], [status]
    asked = [known(status, server, other)]
    assert standings(list(make_source(server, other).verify(asked))) == [Standing.STANDS]
    other.gone.add(str(status["id"]))
    assert standings(list(make_source(server, other).verify(asked))) == [Standing.UNKNOWN]


def test_what_another_server_shows_under_its_own_id_is_not_gone(server: MastodonServer, other: MastodonServer) -> None:
    status = status_at(NOW)
    other.timelines["books"] = [{**status, "id": "999888777"}]
    (page,) = make_source(server, other).verify([known(status, server, other)])
    assert standings([page]) == [Standing.UNKNOWN]
    assert page.verdicts[0].detail == "several servers showed it, and the stored id may be another one's"


def test_an_account_can_look_for_the_address_where_the_id_is_another_servers(
    server: MastodonServer, other: MastodonServer
) -> None:
    status = status_at(NOW)
    other.timelines["books"] = [{**status, "id": "999888777"}]
    source = make_source(other, access_token=SecretStr("s3cret"))
    assert standings(list(source.verify([known(status, server, other)]))) == [Standing.STANDS]
    other.timelines["books"] = []
    assert standings(list(source.verify([known(status, server, other)]))) == [Standing.UNKNOWN]


def test_the_home_of_a_post_is_asked_for_its_own_id_and_has_the_last_word(
    server: MastodonServer, other: MastodonServer
) -> None:
    status = status_at(NOW, id="4711")
    status = {**status, "uri": f"{server.url}/users/mira/statuses/4711"}
    copy = {**status, "id": "999888777"}
    server.timelines["books"], other.timelines["books"] = [status], []
    asked = [known(copy, server, other)]
    assert standings(list(make_source(server, other).verify(asked))) == [Standing.STANDS]
    server.gone.add("4711")
    assert standings(list(make_source(server, other).verify(asked))) == [Standing.GONE]
    other.timelines["books"] = [copy]
    assert standings(list(make_source(server, other).verify(asked))) == [Standing.STANDS]
    other.always = Answer(status=503)
    assert standings(list(make_source(server, other).verify(asked))) == [Standing.UNKNOWN]


@pytest.mark.parametrize("serves_many", [True, False])
def test_one_odd_answer_leaves_the_verdicts_on_the_others(server: MastodonServer, serves_many: bool) -> None:
    server.serves_many = serves_many
    odd, good = status_at(NOW), status_at(NOW)
    server.timelines["books"] = [{**odd, "content": "<p>half \ud83d</p>"}, good]
    (page,) = make_source(server).verify([known(odd, server), known(good, server)])
    assert standings([page]) == [Standing.UNKNOWN, Standing.STANDS]


def test_a_post_is_gone_only_when_every_server_that_showed_it_says_so(
    server: MastodonServer, other: MastodonServer
) -> None:
    status = status_at(NOW)
    other.always = Answer(status=503)
    (page,) = make_source(server, other).verify([known(status, server, other)])
    assert page.verdicts[0].standing is Standing.UNKNOWN
    assert page.verdicts[0].detail == f"{other.url}: is in trouble (503)"
    (page,) = make_source(server).verify([known(status, server, other)])
    assert page.verdicts[0].standing is Standing.UNKNOWN
    assert other.url in page.verdicts[0].detail
    (page,) = make_source(server).verify([known(status, server)])
    assert page.verdicts[0].standing is Standing.GONE


def test_a_server_that_fails_is_asked_no_more_and_costs_the_others_nothing(
    server: MastodonServer, other: MastodonServer
) -> None:
    statuses = [status_at(NOW) for _ in range(45)]
    server.timelines["books"] = statuses
    other.always = Answer(status=403)
    asked = [known(status, server if place % 2 else other) for place, status in enumerate(statuses)]
    pages = list(make_source(other, server).verify(asked))
    assert standings(pages) == [Standing.STANDS if place % 2 else Standing.UNKNOWN for place in range(45)]
    assert len(other.requests) == 1


def test_when_no_server_can_be_asked_that_is_an_error(server: MastodonServer) -> None:
    server.always = Answer(status=429, headers={"Retry-After": "7"})
    with pytest.raises(RetryableSourceError, match="429") as caught:
        list(make_source(server).verify([known(status_at(NOW), server)]))
    assert caught.value.retry_after == 7
    server.always = Answer(status=401)
    with pytest.raises(FatalSourceError, match="access_token"):
        list(make_source(server).verify([known(status_at(NOW), server)]))
    assert list(make_source(server).verify([])) == []


def test_what_cannot_be_asked_says_why(server: MastodonServer, other: MastodonServer) -> None:
    status = status_at(NOW)
    odd = [b"", b"7", b'{"id": 7}', b'{"id": "../../accounts"}']
    asked = [known(status, server, raw=raw) for raw in odd]
    asked.append(known(status, other))
    (page,) = make_source(server).verify(asked)
    assert set(standings([page])) == {Standing.UNKNOWN}
    assert page.verdicts[0].detail == "the stored payload has no id to ask for"
    assert "not among the collector's instances" in page.verdicts[4].detail
    assert server.requests == []


def test_a_post_that_was_stored_before_servers_were_noted_is_asked_for_everywhere(
    server: MastodonServer, other: MastodonServer
) -> None:
    status = status_at(NOW)
    other.timelines["books"] = [status]
    assert standings(list(make_source(server, other).verify([known(status)]))) == [Standing.STANDS]


@pytest.mark.parametrize("body", [b"<html>", b'{"error": "x"}', b"[" * 50_000])
def test_an_answer_that_makes_no_sense_is_no_verdict(server: MastodonServer, body: bytes) -> None:
    server.always = Answer(body=body)
    with pytest.raises(RetryableSourceError, match="where JSON was expected"):
        list(make_source(server).verify([known(status_at(NOW), server)]))


@pytest.fixture(scope="module")
def mock() -> Iterator[Mock]:
    with running_mock() as running:
        yield running


def test_a_running_mastodon_mock_is_asked(mock: Mock) -> None:
    said = [mock.say(f"Post {number} about #books") for number in range(3)]
    source = MastodonSource(hashtags=("books",), instances=(mock.url,), respect_indexable=False)
    pages = list(source.pages(None))
    items = [item for page in pages for item in page.items]
    asked = [known(json.loads(item.raw), text=item.text, seen_on=(mock.url,)) for item in items]
    assert standings(list(source.verify(asked))) == [Standing.STANDS] * 3
    mock._call("delete", f"/api/v1/statuses/{said[1]['id']}", "alice")
    mock._call("put", f"/api/v1/statuses/{said[2]['id']}", "alice", status="Better words about #books")
    found = {verdict.source_id: verdict.standing for page in source.verify(asked) for verdict in page.verdicts}
    assert [found[str(each["uri"])] for each in said] == [Standing.STANDS, Standing.GONE, Standing.EDITED]


def test_an_answer_names_the_author_and_stands_unlisted_below_the_post(server: MastodonServer) -> None:
    status = status_at(NOW)
    server.timelines["books"] = [status]
    source = make_source(server, access_token=SecretStr("s3cret"))
    for _ in range(2):
        assert source.reply(known(status, server), "May we quote you?") == f"{server.url}/@us/9"
    first, second = server.posted
    assert (first["status"], first["in_reply_to_id"]) == ("@mira May we quote you?", status["id"])
    assert first["visibility"] == "unlisted"
    assert first["key"]
    assert first["key"] == second["key"]
    assert server.requests[-1].headers["Authorization"] == "Bearer s3cret"


def test_a_post_of_another_server_is_looked_for_by_its_address(server: MastodonServer, other: MastodonServer) -> None:
    status = status_at(NOW)
    server.timelines["books"] = [{**status, "id": "77"}, {**status_at(NOW), "id": status["id"]}]
    source = make_source(server, access_token=SecretStr("s3cret"))
    source.reply(known(status, other), "@mira, may we quote you? @mira")
    assert server.posted[0]["in_reply_to_id"] == "77"
    assert server.posted[0]["status"] == "@mira, may we quote you? @mira"
    with pytest.raises(FatalSourceError, match="does not know the post"):
        source.reply(known(status_at(NOW), other), "?")
    with pytest.raises(FatalSourceError, match="write:statuses"):
        make_source(server).reply(known(status, server), "?")


def test_an_answer_that_is_refused_says_what_is_missing(server: MastodonServer) -> None:
    status = status_at(NOW)
    server.timelines["books"] = [status]
    server.instead.extend([Answer(body=json.dumps(status).encode()), Answer(status=403, body=b'{"error": "scopes"}')])
    with pytest.raises(FatalSourceError, match="one with more permissions"):
        make_source(server, access_token=SecretStr("s3cret")).reply(known(status, server), "?")
