"""Looking posts up at their platforms (R5): verdicts, tombstones, new versions, and what a pack makes of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from advocacy_monitor.errors import FatalSourceError, RetryableSourceError
from advocacy_monitor.models import Item, Known, Page, Post, Standing, Usage, Verdict
from advocacy_monitor.store import Store
from advocacy_monitor.verify import verify_source
from tests.conftest import Clock, looked_up, make_post, make_submission

SAID = "My library kept me from being alone in the long winter."


class Platform:
    """A platform's answers by post: a standing, or new words."""

    def __init__(self, answers: Mapping[str, Standing | str], *, fail_after: int | None = None) -> None:
        self.answers = answers
        self.asked: list[str] = []
        self.fail_after = fail_after

    def verify(self, known: Sequence[Known]) -> Iterator[Page]:
        for post in known:
            if self.fail_after is not None and len(self.asked) >= self.fail_after:
                raise RetryableSourceError("limits requests (429)")
            self.asked.append(post.source_id)
            answer = self.answers.get(post.source_id, Standing.STANDS)
            items: tuple[Item, ...] = ()
            standing = Standing.EDITED
            if isinstance(answer, Standing):
                standing = answer
            else:
                items = (make_post(answer, source=post.source, source_id=post.source_id),)
            verdict = Verdict(source=post.source, source_id=post.source_id, standing=standing, detail="said so")
            yield Page(items=items, verdicts=(verdict,), usage=(Usage(source="x", unit="posts", amount=1),))


def add(store: Store, *items: Item) -> None:
    run = store.runs.start("test", "import")
    store.add_page(run, Page(items=items), collector="test")
    store.runs.finish(run, "done")


def standings(store: Store) -> dict[int, Standing]:
    return {number: found.standing for number, found in store.verifications.of(0, 10**6).items()}


def ask(store: Store, *platforms: Platform, clock: Clock) -> str:
    verifiers = {f"collector{number}": platform for number, platform in enumerate(platforms)}
    return verify_source(store, "x", verifiers, before=clock.now - timedelta(hours=24)).message


def test_every_post_gets_its_answer_and_is_not_asked_about_again_the_same_day(store: Store, clock: Clock) -> None:
    add(store, *(make_post(f"post {n}", source_id=str(n)) for n in range(1, 6)), make_submission())
    platform = Platform({"2": Standing.GONE, "3": Standing.PROTECTED, "4": Standing.WITHHELD})
    assert ask(store, platform, clock=clock) == ""
    assert platform.asked == ["1", "2", "3", "4", "5"]
    assert list(standings(store).values()) == ["stands", "gone", "protected", "withheld", "stands"]
    assert store.spending.since("x", "posts", clock.now.date()) == 5
    ask(store, platform, clock=clock)
    assert len(platform.asked) == 5
    clock.now += timedelta(hours=25)
    ask(store, platform, clock=clock)
    assert len(platform.asked) == 10
    run = store.runs.recent(1)[0]
    assert (run.kind, run.status) == ("verify", "done")
    assert "1 gone" in run.message


def test_an_edit_is_a_new_capture_and_takes_an_approval_back(store: Store, clock: Clock) -> None:
    add(store, make_post("I love it", source_id="1"))
    ask(store, Platform({"1": "I hate it"}), clock=clock)
    assert standings(store) == {1: Standing.EDITED}
    assert len(store.items.captures(1)) == 2
    assert [a.label for a in store.items.annotations(1, 1)[1]] == ["edited"]
    assert store.items.get([1])[0].text == "I love it"
    assert store.items.versions(1) == ["I hate it"]


def test_what_one_collector_cannot_answer_the_next_is_asked(store: Store, clock: Clock) -> None:
    add(store, *(make_post(f"post {n}", source_id=str(n)) for n in range(1, 5)))
    first, second = Platform({}, fail_after=2), Platform({"3": Standing.UNKNOWN})
    message = ask(store, first, second, clock=clock)
    assert (first.asked, second.asked) == (["1", "2"], ["3", "4"])
    assert "429" in message
    assert standings(store) == {1: "stands", 2: "stands", 3: "unknown", 4: "stands"}
    assert store.verifications.of(3, 3)[3].detail == "said so"
    assert store.verifications.of(3, 3)[3].verified_at is None


def test_an_unanswered_question_leaves_the_last_answer_in_force(store: Store, clock: Clock) -> None:
    add(store, make_post(source_id="1"))
    ask(store, Platform({"1": Standing.GONE}), clock=clock)
    before = store.verifications.of(1, 1)[1]
    clock.now += timedelta(days=2)
    ask(store, Platform({}, fail_after=0), clock=clock)
    after = store.verifications.of(1, 1)[1]
    assert (after.standing, after.verified_at) == (Standing.GONE, before.verified_at)
    assert after.asked_at > before.asked_at
    assert "429" in after.detail


def test_one_false_answer_costs_nothing(store: Store, clock: Clock) -> None:
    add(store, make_post(SAID, source_id="1"))
    ask(store, Platform({"1": Standing.GONE}), clock=clock)
    assert store.items.get([1])[0].text == SAID
    clock.now += timedelta(days=2)
    ask(store, Platform({}), clock=clock)
    assert standings(store) == {1: Standing.STANDS}
    clock.now += timedelta(days=2)
    ask(store, Platform({"1": Standing.GONE}), clock=clock)
    assert store.items.get([1])[0].text == SAID


def _removed(store: Store, clock: Clock, *others: Post) -> None:
    post = make_post(SAID, source_id="1", url="https://x.com/reader/status/1", hashtags=("MissedMyLibrary",))
    add(store, post, *others)
    for _ in range(2):
        ask(store, Platform({"1": Standing.GONE}), clock=clock)
        clock.now += timedelta(days=2)


def test_the_second_time_its_words_and_its_author_are_gone_from_the_file(
    store: Store, clock: Clock, tmp_path: Path
) -> None:
    _removed(store, clock, make_post("Somebody else's words.", source_id="2"))
    (item, other) = store.items.get([1, 2])
    assert (item.text, item.url, item.author_handle, item.person_key, item.hashtags) == ("", None, None, None, ())
    assert item.source_id.startswith("removed:")
    assert store.search("winter") == []
    assert store.search("Somebody") == [2]
    assert store.items.captures(1) == []
    assert store.items.versions(1) == []
    assert b"Somebody else's words." in store.items.captures(2)[0][1]
    assert other.text == "Somebody else's words."
    assert store.check() == []
    store._db.execute("INSERT INTO items_fts (items_fts) VALUES ('integrity-check')")
    store.close()
    for file in tmp_path.iterdir():
        assert SAID.encode() not in file.read_bytes(), file.name


def test_a_removed_post_does_not_come_back_by_a_later_import(store: Store, clock: Clock) -> None:
    _removed(store, clock)
    add(store, make_post(SAID, source_id="1"), make_post("new", source_id="3"))
    assert [item.text for item in store.items.get([1, 2])] == ["", "new"]
    assert store.items.count() == 2
    assert store.runs.recent(1)[0].tally.already == 1
    assert store.verifications.due("x", before=clock.now + timedelta(days=9), limit=9)[0].source_id == "3"


def test_a_stranger_s_verifier_may_raise_anything(store: Store, clock: Clock) -> None:
    class Broken:
        def verify(self, known: Sequence[Known]) -> Iterator[Page]:
            raise ZeroDivisionError("oops")

    add(store, make_post(source_id="1"))
    made = verify_source(store, "x", {"broken": Broken()}, before=clock.now)
    assert (made.status, made.standings) == ("failed", {Standing.UNKNOWN: 1})
    assert "unexpected ZeroDivisionError" in made.message


def test_deletions_in_a_collected_page_count_as_well(store: Store, clock: Clock) -> None:
    add(store, make_post(source_id="1"))
    run = store.runs.start("stream", "collect")
    gone = Verdict(source="x", source_id="1", standing=Standing.GONE)
    unknown = Verdict(source="x", source_id="never seen", standing=Standing.GONE)
    store.add_page(run, Page(verdicts=(gone, unknown)), collector="stream")
    assert standings(store) == {1: Standing.GONE}


def test_a_closed_account_is_an_answer_about_all_its_posts(store: Store, clock: Clock) -> None:
    ids = ("at://did:a/post/1", "at://did:a/post/2", "at://did:ab/post/3", "at://did:a")
    add(store, *(make_post(source="bluesky", source_id=each) for each in ids))
    verdict = Verdict(source="bluesky", source_id="at://did:a/", standing=Standing.GONE)
    store.verifications.apply([verdict])
    assert standings(store) == {1: Standing.GONE, 2: Standing.GONE}
    clock.now += timedelta(days=1)
    store.verifications.apply([verdict])
    assert [item.text == "" for item in store.items.get([1, 2, 3, 4])] == [True, True, False, False]
    add(store, make_post(source="bluesky", source_id=ids[0]))
    assert store.items.count() == 4


def test_only_given_posts_are_asked_about_before_an_export(store: Store, clock: Clock) -> None:
    mastodon = [make_post(source="mastodon", source_id=f"m{n}") for n in range(600)]
    add(store, *mastodon, *(make_post(source_id=str(n)) for n in range(3)))
    looked_up(store)
    platform = Platform({})
    verify_source(store, "x", {"x": platform}, before=clock.now, item_ids=[*range(1, 602), 603])
    assert platform.asked == ["0", "2"]


@pytest.mark.parametrize("error", [FatalSourceError("no key"), RetryableSourceError("503")])
def test_a_failing_platform_is_a_run_with_its_failure(store: Store, clock: Clock, error: Exception) -> None:
    class Failing:
        def verify(self, known: Sequence[Known]) -> Iterator[Page]:
            raise error

    add(store, make_post(source_id="1"))
    verify_source(store, "x", {"x": Failing()}, before=clock.now)
    run = store.runs.recent(1)[0]
    assert run.status == "failed"
    assert str(error) in run.message


def test_a_post_is_known_with_its_newest_payload_and_its_places(store: Store) -> None:
    post = make_post("first", source_id="1", seen_on="https://one.example")
    add(store, post, msgspec.structs.replace(post, seen_on="https://two.example"))
    add(store, msgspec.structs.replace(post, text="second", raw=b'{"second": 1}', seen_on=None))
    (known,) = store.verifications.known([1])
    assert (known.raw, known.text) == (b'{"second": 1}', "first")
    assert known.seen_on == ("https://one.example", "https://two.example")
    assert store.items.places(1, 1) == {1: 2}
