"""Looking posts up at their platforms (R5): verdicts, tombstones, new versions, and what a pack makes of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from advocacy_monitor.candidates import candidate, held
from advocacy_monitor.errors import FatalSourceError, RetryableSourceError
from advocacy_monitor.models import (
    Annotation,
    Item,
    Known,
    Page,
    Post,
    Relation,
    Span,
    Standing,
    Status,
    Usage,
    Use,
    Verdict,
)
from advocacy_monitor.moderate import decide, queue
from advocacy_monitor.store import Store
from advocacy_monitor.store.permissions import PermissionState
from advocacy_monitor.verify import BATCH, verify_source
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
        for word in (SAID.encode(), b"kept me from", b"winter", b"winte", b"reader/status"):
            assert word not in file.read_bytes(), (file.name, word)


def test_what_was_typed_about_a_removed_post_goes_too(store: Store, clock: Clock, tmp_path: Path) -> None:
    secret = "@secrethandle wrote it"
    add(store, make_post(SAID, source_id="1", author_handle="secrethandle"))
    store.assertions.consent([1], Use.QUOTE_UNNAMED, granted=True, proof=secret)
    store.permissions.add(1, PermissionState.GRANTED, who="Kim", scope=[Use.QUOTE_UNNAMED], proof=secret)
    decide(store, [1], Status.REJECTED, moderator="Kim", reason=secret, clock=clock)
    store.assertions.add([Annotation(item_id=1, label="note", value=secret, by="person:Kim", spans=(Span(0, 5),))])
    store.assertions.add([Annotation(item_id=1, label="theme", value="loneliness", by="themes@1", spans=(Span(0, 5),))])
    for _ in range(2):
        ask(store, Platform({"1": Standing.GONE}), clock=clock)
        clock.now += timedelta(days=2)
    (kept,) = store.items.annotations(1, 1)[1]
    assert (kept.value, kept.spans) == ("loneliness", ())
    assert [step.state for step in store.permissions.steps(1)] == ["granted"]
    assert [(d.status, d.reason) for d in store.assertions.history(1)] == [(Status.REJECTED, "")]
    assert queue(store, status=None) == []
    assert store.status_counts() == {}
    store.close()
    for file in tmp_path.iterdir():
        assert b"secrethandle" not in file.read_bytes(), file.name


def test_reposts_go_with_the_post_and_payloads_of_quotes_too(store: Store, clock: Clock) -> None:
    repost = make_post(SAID, source_id="2", relation=Relation.REPOST, related_id="1")
    quote = make_post("So true!", source_id="3", relation=Relation.QUOTE, related_id="1", raw=SAID.encode())
    add(store, make_post(SAID, source_id="1"), repost, quote)
    gone = Platform({"1": Standing.GONE})
    for _ in range(2):
        ask(store, gone, clock=clock)
        clock.now += timedelta(days=2)
    first, second, third = store.items.get([1, 2, 3])
    assert (first.text, second.text, third.text) == ("", "", "So true!")
    assert store.items.captures(3) == []
    assert third.related_id is None
    add(store, quote)
    assert store.items.versions(3) == [], "the same words are no edit"


def test_gone_and_protected_may_follow_each_other(store: Store, clock: Clock) -> None:
    add(store, make_post(SAID, source_id="1"))
    for standing in (Standing.GONE, Standing.PROTECTED):
        ask(store, Platform({"1": standing}), clock=clock)
        clock.now += timedelta(hours=2)
    assert store.items.get([1])[0].text == ""


def test_what_is_gone_is_looked_up_again_soon_and_the_rest_about_daily(store: Store, clock: Clock) -> None:
    add(store, *(make_post(f"post {n}", source_id=str(n)) for n in (1, 2)))
    platform = Platform({"1": Standing.GONE})
    ask(store, platform, clock=clock)
    clock.now += timedelta(hours=6)
    ask(store, platform, clock=clock)
    assert platform.asked == ["1", "2", "1"]
    assert store.items.get([1])[0].text == ""


def test_an_enricher_at_work_meanwhile_adds_nothing_to_a_removed_post(store: Store, clock: Clock) -> None:
    _removed(store, clock, make_post("other", source_id="2"))
    after = store.assertions.begin("personal_data", "personal_data@1")
    found = [
        Annotation(item_id=n, label="personal_data", value="phone", by="personal_data@1", spans=(Span(3, 9),))
        for n in (1, 2)
    ]
    store.assertions.add_batch("personal_data@1", found, after=after, last_item_id=2)
    assert list(store.items.annotations(1, 2)) == [2]


def test_a_platform_s_word_counts_even_when_it_was_said_before(store: Store, clock: Clock) -> None:
    add(store, make_post("first", source_id="1"))
    for words in ("second", "third", "second"):
        run = store.runs.start("stream", "collect")
        store.add_page(run, Page(items=(make_post(words, source_id="1"),)), collector="stream")
        decide(store, [1], Status.APPROVED, moderator="Kim", reason="read", clock=clock)
    assert store.items.versions(1) == ["second", "third", "second"]
    run = store.runs.start("import:old.jsonl", "import")
    store.add_page(run, Page(items=(make_post("third", source_id="1"),)), collector="import:old.jsonl")
    assert len(store.items.versions(1)) == 3, "an old archive is no news"


def test_a_collector_that_failed_is_not_asked_for_the_next_batch(store: Store, clock: Clock) -> None:
    add(store, *(make_post(f"post {n}", source_id=str(n)) for n in range(BATCH + 5)))
    calls = []

    class Failing:
        def verify(self, known: Sequence[Known]) -> Iterator[Page]:
            calls.append(len(known))
            raise FatalSourceError("no key")

    made = verify_source(store, "x", {"x": Failing()}, before=clock.now)
    assert calls == [BATCH]
    assert (made.status, made.message) == ("failed", "x: no key")


def test_a_capture_that_another_program_removes_meanwhile_is_no_damage(store: Store, clock: Clock) -> None:
    add(store, make_post(SAID, source_id="1"), make_post("other", source_id="2"))
    with Store.open(store.path, clock=clock) as other:
        read = store.items._db.execute("SELECT segment_id, start FROM captures WHERE item_id = 1").fetchone()
        for _ in range(2):
            other.verifications.apply([Verdict(source="x", source_id="1", standing=Standing.GONE)])
            clock.now += timedelta(days=1)
        assert store.items._was_removed(1, *read)
        assert store.items.captures(1) == []
        assert len(store.items.captures(2)) == 1


def test_an_edit_without_its_new_words_holds_the_post_back(store: Store, clock: Clock) -> None:
    add(store, make_post(SAID, source_id="1", place="Riverside"))
    decide(store, [1], Status.APPROVED, moderator="Kim", reason="", clock=clock)
    store.verifications.apply([Verdict(source="x", source_id="1", standing=Standing.EDITED)])
    assert store.items.statuses(1, 1) == {1: Status.ESCALATED}
    decide(store, [1], Status.APPROVED, moderator="Kim", reason="still about us", clock=clock)
    found = candidate(store, 1)
    assert found is not None
    assert (found.edited, found.cleared, held(found)) == (True, True, True)


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
    verdict = Verdict(source="bluesky", source_id="at://did:a/", standing=Standing.GONE, account=True)
    store.verifications.apply([verdict])
    assert standings(store) == {1: Standing.GONE, 2: Standing.GONE}
    store.verifications.apply([Verdict(source="bluesky", source_id="at://did:", standing=Standing.STANDS)])
    assert len(standings(store)) == 2, "an id that begins like others is one post"
    clock.now += timedelta(days=1)
    store.verifications.apply([verdict])
    assert [item.text == "" for item in store.items.get([1, 2, 3, 4])] == [True, True, False, False]
    add(store, make_post(source="bluesky", source_id=ids[0]))
    assert store.items.count() == 4


def test_an_account_that_is_back_brings_no_deleted_post_back(store: Store, clock: Clock) -> None:
    add(store, *(make_post(source="bluesky", source_id=f"at://did:a/post/{n}") for n in (1, 2, 3)))

    def told(standing: Standing, post: str = "", *, account: bool = False) -> None:
        verdict = Verdict(source="bluesky", source_id=f"at://did:a/{post}", standing=standing, account=account)
        store.verifications.apply([verdict])

    told(Standing.GONE, "post/1")
    told(Standing.STANDS, account=True)
    assert standings(store) == {1: Standing.GONE}
    told(Standing.WITHHELD, account=True)
    told(Standing.GONE, "post/2")
    told(Standing.STANDS, account=True)
    assert standings(store) == {1: Standing.GONE, 2: Standing.GONE, 3: Standing.STANDS}


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
