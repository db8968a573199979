"""Jetstream, from a real websocket server on 127.0.0.1 that replays events, breaks off, is silent, or forgets."""

from __future__ import annotations

import inspect
import json
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import websockets.exceptions
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.http11 import Response

from advocacy_monitor.collect import collect
from advocacy_monitor.errors import FatalSourceError, RetryableSourceError
from advocacy_monitor.models import Item, Page, Standing
from advocacy_monitor.protocols import Host
from advocacy_monitor.sources import bluesky_jetstream as stream
from advocacy_monitor.sources.bluesky import BlueskySource
from advocacy_monitor.store import Store
from tests.sources.jetstream_server import DID, NOW, START, Replay, account, commit, replaying, uri, us


@pytest.fixture
def replay() -> Iterator[Replay]:
    with replaying() as found:
        yield found


def make_source(replay: Replay, *, now: datetime = NOW, **more: Any) -> BlueskySource:
    given: dict[str, Any] = {"mode": "jetstream", "hashtags": ("MissedMyLibrary",), "jetstream": replay.url}
    source = BlueskySource.model_validate(given | {"request_timeout": 0.3, "attempts": 2, "lookback_days": 1} | more)
    return source.hosted_by(Host(clock=lambda: now, sleep=lambda seconds: None))


def items(pages: list[Page]) -> list[Item]:
    return [item for page in pages for item in page.items]


def pages_of(replay: Replay, since: Any = None, **more: Any) -> list[Page]:
    """All pages; the stream has then reached NOW by an event of that time that is nobody's."""
    replay.events.append({"did": "did:plc:other", "time_us": us(NOW), "kind": "identity"})
    return list(make_source(replay, **more).pages(since))


def test_the_campaigns_posts_are_found_however_they_carry_the_hashtag(replay: Replay) -> None:
    moment = NOW - timedelta(hours=1)
    facet = {"index": {"byteStart": 0, "byteEnd": 5}, "features": [{"$type": "app.bsky.richtext.facet#tag", "tag": "MISSEDMyLibrary"}]}  # fmt: skip
    replay.events = [
        commit(moment),
        commit(moment, text="Bücher", facets=[facet]),
        commit(moment, text="Bücher", tags=["missedmylibrary"]),
        json.dumps(commit(moment, text="Bücher #missedmylibrary")).replace("#mi", "\\u0023\\u006di"),
        commit(moment, text="#MissedMyLibraryCard is another one"),
        commit(moment, text="MissedMyLibrary"),
        {**commit(moment), "kind": "identity"},
    ]
    expected = [uri(event if isinstance(event, dict) else json.loads(event)) for event in replay.events[:4]]
    found = items(pages_of(replay))
    assert [item.source_id for item in found] == expected
    assert found[0].raw.decode() == json.dumps(replay.events[0], ensure_ascii=False)
    assert found[0].source == "bluesky"
    assert replay.openings == [
        {
            "wantedCollections": ["app.bsky.feed.post"],
            "cursor": [str(us(NOW - timedelta(days=1)) - 5_000_000)],
        }
    ]


def test_letters_that_are_written_in_two_ways_are_the_same(replay: Replay) -> None:
    replay.events = [
        commit(NOW - timedelta(hours=1), text=f"#{form}") for form in ("Bücherei", "Bu\u0308cherei", "BÜCHEREI")
    ]
    assert len(items(pages_of(replay, hashtags=("bücherei",)))) == 3


def test_a_run_ends_when_it_has_reached_its_own_beginning_and_the_next_goes_on_there(replay: Replay) -> None:
    replay.events = [commit(NOW - timedelta(minutes=9)), commit(NOW + timedelta(seconds=1)), commit(NOW + timedelta(9))]
    first = list(make_source(replay).pages(None))
    assert len(items(first)) == 2
    assert first[-1].checkpoint == {"time_us": us(NOW)}
    later = NOW + timedelta(days=9, seconds=1)
    replay.events.append({"did": "did:plc:other", "time_us": us(later), "kind": "identity"})
    second = list(make_source(replay, now=later).pages(first[-1].checkpoint))
    assert [item.source_id for item in items(second)] == [uri(event) for event in replay.events[1:3]]
    assert replay.openings[1]["cursor"] == [str(us(NOW) - 5_000_000)]
    assert list(make_source(replay, now=later).pages(second[-1].checkpoint)) == []


def test_what_is_deleted_is_told_and_never_stored_first(replay: Replay) -> None:
    moment = NOW - timedelta(hours=1)
    kept, regretted = commit(moment), commit(moment)
    other = commit(moment, operation="delete", did="did:plc:other")
    replay.events = [kept, regretted, commit(moment, operation="delete", rkey=regretted["commit"]["rkey"]), other]
    pages = pages_of(replay)
    assert [item.source_id for item in items(pages)] == [uri(kept)]
    verdicts = [verdict for page in pages for verdict in page.verdicts]
    assert [(each.source_id, each.standing, each.source) for each in verdicts] == [
        (uri(regretted), Standing.GONE, "bluesky"),
        (uri(other), Standing.GONE, "bluesky"),
    ]


def test_a_changed_post_comes_again_and_one_that_lost_its_hashtag_is_told(replay: Replay) -> None:
    moment = NOW - timedelta(hours=1)
    first = commit(moment)
    rkey = first["commit"]["rkey"]
    again = commit(moment, operation="update", rkey=rkey, text="Better words #MissedMyLibrary")
    off = commit(moment, operation="update", text="Something else")
    replay.events = [first, again, off]
    pages = pages_of(replay)
    assert [item.text for item in items(pages)] == ["Better words #MissedMyLibrary"]
    (verdict,) = [verdict for page in pages for verdict in page.verdicts]
    assert (verdict.source_id, verdict.standing) == (uri(off), Standing.EDITED)


@pytest.mark.parametrize(
    ("status", "standing"),
    [("deleted", Standing.GONE), ("deactivated", Standing.WITHHELD), ("takendown", Standing.WITHHELD), ("suspended", Standing.WITHHELD), ("throttled", None), ("something new", None)],
)  # fmt: skip
def test_an_account_that_is_gone_takes_its_posts_along(replay: Replay, status: str, standing: Standing | None) -> None:
    moment = NOW - timedelta(hours=1)
    other = commit(moment, did="did:plc:other")
    replay.events = [commit(moment), other, account(moment, status)]
    pages = pages_of(replay)
    verdicts = [(verdict.source_id, verdict.standing) for page in pages for verdict in page.verdicts]
    assert verdicts == ([] if standing is None else [(f"at://{DID}/", standing)])
    assert (uri(other) in [item.source_id for item in items(pages)]) is True
    assert len(items(pages)) == (1 if standing is Standing.GONE else 2)


@pytest.mark.parametrize("status", ["deleted", "deactivated"])
def test_an_account_that_is_back_keeps_its_posts_and_what_it_deleted_stays_deleted(replay: Replay, status: str) -> None:
    moment = NOW - timedelta(hours=1)
    first, second = commit(moment), commit(moment)
    off = account(moment, status)
    back = {**off, "account": {"active": True, "did": DID, "seq": 2, "time": moment.isoformat()}}
    replay.events = [first, off, commit(moment, operation="delete", rkey="3kold"), back, second]
    pages = pages_of(replay)
    assert [item.source_id for item in items(pages)] == [uri(first), uri(second)]
    verdicts = [(each.source_id, each.standing, each.account) for page in pages for each in page.verdicts]
    assert verdicts == [
        (f"at://{DID}/", Standing.STANDS, True),
        (f"at://{DID}/app.bsky.feed.post/3kold", Standing.GONE, False),
    ]


def test_what_a_run_reads_again_is_no_second_look(replay: Replay) -> None:
    moment = NOW - timedelta(seconds=3)
    regretted, others = commit(moment), commit(moment, did="did:plc:closed")
    replay.events = [
        regretted,
        others,
        commit(moment, operation="delete", rkey=regretted["commit"]["rkey"]),
        commit(moment, operation="update", rkey="3kchanged", text="Something else"),
        account(moment, "deleted", did="did:plc:closed"),
    ]
    first = pages_of(replay)
    assert len([verdict for page in first for verdict in page.verdicts]) == 3
    later = NOW + timedelta(hours=2)
    replay.events.append({"did": "did:plc:other", "time_us": us(later), "kind": "identity"})
    again = list(make_source(replay, now=later).pages(first[-1].checkpoint))
    assert replay.openings[-1]["cursor"] == [str(us(NOW) - 5_000_000)], "they are read again"
    assert [verdict for page in again for verdict in page.verdicts] == []
    assert items(again) == [], "and what was deleted is not stored now"


def test_an_account_off_and_on_again_loses_no_words(replay: Replay, tmp_path: Path) -> None:
    replay.events = [commit(NOW - timedelta(minutes=10)), account(NOW - timedelta(seconds=3), "deactivated")]
    back = {"active": True, "did": DID, "seq": 2, "time": NOW.isoformat()}
    replay.events.append({**replay.events[-1], "time_us": us(NOW - timedelta(seconds=2)), "account": back})
    with Store.open(tmp_path / "a.db") as store:
        for hours in (0, 2, 4):
            now = NOW + timedelta(hours=hours)
            replay.events.append({"did": "did:plc:other", "time_us": us(now), "kind": "identity"})
            assert collect(store, "s", make_source(replay, now=now)).status == "done"
        (item,) = [item for batch in store.items.each() for item in batch]
        assert "got me through the winter" in item.text


def test_labels_are_respected_and_what_cannot_be_read_is_set_aside_if_it_is_ours(replay: Replay) -> None:
    moment = NOW - timedelta(hours=1)
    shy = commit(moment, labels={"values": [{"val": "!no-unauthenticated"}]})
    broken = commit(moment, facets="#MissedMyLibrary")
    replay.events = [
        shy,
        broken,
        commit(moment, text=7),
        '{"did": "missedmylibrary", ',
        '{"did": "something else", ',
        b"\xff\xfe",
        commit(moment),
    ]
    pages = pages_of(replay)
    assert len(items(pages)) == 1
    rejects = {reject.reason.split(":")[0]: reject for page in pages for reject in page.rejects}
    assert set(rejects) == {
        "the author asks not to be shown to people who are not signed in (!no-unauthenticated)",
        "not a post of Bluesky",
        "not an event of Jetstream",
    }
    assert rejects["the author asks not to be shown to people who are not signed in (!no-unauthenticated)"].payload == b""  # fmt: skip
    assert json.loads(rejects["not a post of Bluesky"].payload) == broken
    assert all(reject.position.startswith("time_us ") for reject in rejects.values())


def test_a_lost_connection_is_taken_up_where_it_was(replay: Replay) -> None:
    replay.events = [commit(NOW - timedelta(minutes=60 - minute)) for minute in range(9)]
    replay.cuts = [4, 1, 3]
    expected = [uri(event) for event in replay.events]
    found = [item.source_id for item in items(pages_of(replay))]
    assert list(dict.fromkeys(found)) == expected
    assert len(replay.openings) == 4
    fourth = us(NOW - timedelta(minutes=57)) - 5_000_000
    assert int(replay.openings[1]["cursor"][0]) == fourth


def test_a_connection_that_brings_nothing_new_is_a_failure_in_the_end(replay: Replay) -> None:
    replay.events = [commit(NOW - timedelta(minutes=9))]
    replay.cuts = [1] * 9
    found: list[Page] = []
    with pytest.raises(RetryableSourceError, match="broke off the connection"):
        found.extend(make_source(replay, attempts=3).pages({"time_us": us(NOW - timedelta(minutes=9))}))
    assert len(replay.openings) == 3


def test_silence_while_it_is_behind_is_a_failure_and_keeps_what_came(replay: Replay) -> None:
    replay.events = [commit(NOW - timedelta(minutes=9))]
    found: list[Page] = []
    with pytest.raises(RetryableSourceError, match="gave no answer in time"):
        found.extend(make_source(replay).pages(None))
    assert len(items(found)) == 1
    assert found[-1].checkpoint == {"time_us": us(NOW - timedelta(minutes=9))}


def test_a_server_that_has_forgotten_is_told_of(replay: Replay, caplog: pytest.LogCaptureFixture) -> None:
    said: list[str] = []
    replay.oldest_us = us(NOW - timedelta(hours=36))
    replay.events = [commit(NOW - timedelta(hours=36))]
    replay.events.append({"did": "did:plc:other", "time_us": us(NOW), "kind": "identity"})
    source = make_source(replay).hosted_by(Host(clock=lambda: NOW, sleep=lambda seconds: None, missed=said.append))
    list(source.pages({"time_us": us(NOW - timedelta(hours=60))}))
    assert said == ["the stream begins 24.0 h after the last run's end: posts of that time are missing"]
    assert "let the collector run more often" in caplog.text
    list(source.pages(None))
    assert len(said) == 1, "a first run misses nothing that was promised"


def test_an_odd_time_of_the_server_costs_nothing(replay: Replay) -> None:
    replay.events = [{"did": "did:plc:x", "time_us": us(NOW) * 1000, "kind": "identity"}]
    pages = list(make_source(replay).pages(None))
    assert pages[-1].checkpoint == {"time_us": us(NOW)}


def test_a_run_ends_after_max_minutes(replay: Replay, caplog: pytest.LogCaptureFixture) -> None:
    replay.events = [commit(NOW - timedelta(hours=20), text="nothing of ours") for _ in range(600)]
    clock = iter(NOW + timedelta(seconds=each) for each in range(0, 1000, 20))
    source = make_source(replay, max_minutes=0.5).hosted_by(Host(clock=lambda: next(clock), sleep=lambda seconds: None))
    pages = list(source.pages(None))
    assert pages[-1].checkpoint == {"time_us": us(NOW - timedelta(hours=20))}
    assert "the stream is 20.0 h behind" in caplog.text


@pytest.mark.parametrize(
    ("status", "headers", "kind", "words"),
    [
        (400, {}, FatalSourceError, "is jetstream the address"),
        (404, {}, FatalSourceError, "ends in /subscribe"),
        (429, {"Retry-After": "7"}, RetryableSourceError, "asks to wait 7 s"),
        (503, {}, RetryableSourceError, "is in trouble (503)"),
    ],
)
def test_a_refused_connection(
    replay: Replay, status: int, headers: dict[str, str], kind: type[Exception], words: str
) -> None:
    replay.status = (status, {"Content-Length": "18", **headers})
    with pytest.raises(kind) as caught:
        list(make_source(replay).pages(None))
    assert words in str(caught.value)
    assert "the server's words" not in str(caught.value)


def test_a_server_that_is_not_there() -> None:
    with replaying() as gone:
        pass
    with pytest.raises(RetryableSourceError, match="cannot be reached"):
        list(make_source(gone).pages(None))


@pytest.mark.parametrize("cursor", [{"#books": {"high": "x"}}, {"time_us": "7"}, {"time_us": 7, "x": 1}])
def test_a_cursor_of_another_mode_is_refused(replay: Replay, cursor: dict[str, Any]) -> None:
    with pytest.raises(FatalSourceError, match="not one of the bluesky source in mode jetstream"):
        list(make_source(replay).pages(cursor))


def kinds() -> list[type[Exception]]:
    """Without the deprecated ones, which the module makes when they are asked for."""
    members = vars(websockets.exceptions).values()
    found = [kind for kind in members if inspect.isclass(kind) and issubclass(kind, Exception)]
    return [kind for kind in found if kind.__module__.startswith("websockets")]


def test_there_are_errors_to_map() -> None:
    assert websockets.exceptions.ConnectionClosedError in kinds()


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
def test_every_error_of_the_library_is_mapped(
    kind: type[Exception], replay: Replay, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert kind in stream.PASSING, f"{kind.__name__} is new: say whether it may pass by itself"
    error = kind.__new__(kind)

    def raising(*_: object, **__: object) -> None:
        raise error

    if kind is websockets.exceptions.InvalidStatus:
        error.response = Response(503, "busy", websockets.Headers(), b"")  # type: ignore[attr-defined]  # as it is made
    monkeypatch.setattr(stream, "connect", raising)
    with pytest.raises(RetryableSourceError if stream.PASSING[kind] else FatalSourceError):
        list(make_source(replay).pages(None))


def test_recorded_events_are_read(recordings: Callable[[str], Path], replay: Replay) -> None:
    lines = (recordings("bluesky") / "jetstream_prod_2026-07-04.jsonl").read_text(encoding="utf-8").splitlines()
    replay.events = [json.loads(line) for line in lines]
    newest = max(event["time_us"] for event in replay.events)
    now = START + timedelta(microseconds=newest)
    source = make_source(replay, now=now, hashtags=("IndieRebellion", "balanwonderworldoc"))
    pages = list(source.pages(None))
    assert len({item.source_id for item in items(pages)}) == 2
    deleted = {verdict.source_id for page in pages for verdict in page.verdicts}
    assert len(deleted) == 1


@settings(max_examples=25, deadline=None)
@given(
    steps=st.lists(
        st.tuples(
            st.integers(0, 6),  # posts of the campaign that arrive before the run
            st.lists(st.integers(0, 5), max_size=3),  # connections break off after so many events
            st.integers(0, 2) | st.none(),  # the run is asked to stop after so many pages
        ),
        min_size=1,
        max_size=5,
    ),
    jitter=st.lists(st.integers(-4, 4), min_size=8, max_size=8),
)
def test_random_schedules_lose_nothing_and_store_nothing_twice(
    steps: list[tuple[int, list[int], int | None]], jitter: list[int]
) -> None:
    """Events come in any order within some seconds; runs are cut and connections lost."""
    with replaying() as replay, tempfile.TemporaryDirectory() as folder, Store.open(Path(folder) / "a.db") as store:
        expected: list[str] = []
        now = NOW
        for arrivals, cuts, stop_after in [*steps, (0, [], None), (0, [], None)]:
            now += timedelta(minutes=1)
            for number in range(arrivals):
                moment = now + timedelta(seconds=number + jitter[number % 8] / 2)
                replay.events += [commit(moment), commit(moment, text="nothing of ours")]
                expected.append(uri(replay.events[-2]))
            now += timedelta(minutes=1)
            replay.events.append({"did": "did:plc:other", "time_us": us(now), "kind": "identity"})
            replay.cuts = list(cuts)
            source = make_source(replay, now=now, attempts=9, request_timeout=2)
            left = iter(range(stop_after if stop_after is not None else 10_000))
            outcome = collect(store, "s", source, stop=lambda left=left, asked=stop_after: asked is not None and next(left, None) is None)  # type: ignore[misc]  # fmt: skip
            assert outcome.tally.read == outcome.tally.stored + outcome.tally.already
        assert outcome.status == "done", outcome.message
        stored = [item.source_id for batch in store.items.each() for item in batch]
        assert sorted(stored) == sorted(expected)
        assert store.check() == []
