"""The same voice in several places: statements, appearances, people; and posts that were not looked up (R5, R8)."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from advocacy_monitor.config import Campaign, Config, Thresholds
from advocacy_monitor.counting import stale, voices
from advocacy_monitor.enrich import enrich
from advocacy_monitor.enrichers.duplicates import DuplicatesEnricher
from advocacy_monitor.enrichers.personal_data import PersonalDataEnricher
from advocacy_monitor.errors import ExportError
from advocacy_monitor.left_out import Looked
from advocacy_monitor.models import Item, Page, Query, Relation, Standing, Status, Use, Verdict
from advocacy_monitor.moderate import decide
from advocacy_monitor.pack import check_exhibits, compile_pack
from advocacy_monitor.store import Store
from tests.conftest import Clock, looked_up, make_post, make_submission

SAID = "Without the library I would have spoken to nobody for the whole of last winter."
QUERY = Query(title="All")
CONFIG = Config(
    campaign=Campaign(name="T", sponsor="S", contact="C"), thresholds=Thresholds(smallest_cell=1, smallest_base=1)
)


def add(store: Store, clock: Clock, *items: Item) -> None:
    run = store.runs.start("test", "import")
    store.add_page(run, Page(items=items), collector="test")
    store.runs.finish(run, "done")
    enrich(store, "duplicates", DuplicatesEnricher())
    enrich(store, "personal_data", PersonalDataEnricher())
    waiting = [n for n, status in store.items.statuses(1, 999).items() if status is Status.PENDING]
    decide(store, waiting, Status.APPROVED, moderator="Kim", reason="read", clock=clock)


def counted(store: Store, cut: str = "all", *, now: Looked | None = None) -> list[tuple[str, int, int, int]]:
    looked = now or Looked(at=store.now(), unverified_too=True)
    rows, _ = voices(store, QUERY, cut, versions={}, looked=looked)
    return [(row.label, row.statements, row.appearances, row.people) for row in rows]


def test_one_voice_in_several_places_is_one_statement(store: Store, clock: Clock) -> None:
    toot = make_post(SAID, source="mastodon", source_id="https://one.example/1", author_id="mira")
    add(
        store,
        clock,
        msgspec.structs.replace(toot, seen_on="https://one.example"),
        msgspec.structs.replace(toot, seen_on="https://two.example"),
        make_post(f"{SAID} #MissedMyLibrary", source="bluesky", author_id="did:plc:mira"),
        make_post(SAID, source="mastodon", relation=Relation.REPOST, related_id="https://one.example/1"),
        make_post("Storytime on Fridays is the best hour of our week, every week.", source="x"),
    )
    assert store.items.count() == 4
    assert counted(store) == [("all", 2, 5, 2)]
    assert counted(store, "source") == [("mastodon", 1, 4, 1), ("x", 1, 1, 1)]


def test_an_area_called_unknown_is_counted_with_those_that_are(store: Store, clock: Clock) -> None:
    areas = (None, "unknown", "unknown", "Riverside")
    add(
        store,
        clock,
        *(
            make_post(f"Words of their own, {n} times {n}.", source_id=str(n), area=area)
            for n, area in enumerate(areas)
        ),
    )
    assert [row[:2] for row in counted(store, "area")] == [("unknown", 3), ("Riverside", 1)]


def test_a_second_import_and_a_second_look_add_no_appearance(store: Store, clock: Clock) -> None:
    toot = make_post(SAID, source="mastodon", source_id="1", seen_on="https://one.example")
    add(store, clock, toot)
    add(store, clock, toot)
    assert counted(store) == [("all", 1, 1, 1)]


def test_a_quote_without_own_words_is_an_appearance_of_what_it_quotes(store: Store, clock: Clock) -> None:
    add(
        store,
        clock,
        make_post(SAID, source_id="1"),
        make_post("https://x.com/reader/status/1", relation=Relation.QUOTE, related_id="1"),
        make_post("So true for me as well, every single week!", relation=Relation.QUOTE, related_id="1"),
    )
    assert counted(store) == [("all", 2, 3, 2)]


def test_copies_of_a_copy_are_one_voice_after_the_first_was_removed(store: Store, clock: Clock) -> None:
    add(store, clock, make_post(SAID, source_id="1"), make_post(SAID, source_id="2"))
    for _ in range(2):
        verdict = Verdict(source="x", source_id="1", standing=Standing.GONE)
        store.verifications.apply([verdict])
        clock.now += timedelta(days=1)
    add(store, clock, make_post(SAID, source_id="3"))
    roots = [a.value for facts in store.items.annotations(1, 3, labels=["duplicate_of"]).values() for a in facts]
    assert roots == ["1", "2"]
    assert counted(store) == [("all", 1, 2, 1)]


def test_reposts_that_are_gone_or_rejected_are_no_appearances(store: Store, clock: Clock) -> None:
    reposts = [make_post(SAID, source_id=f"r{n}", relation=Relation.REPOST, related_id="1") for n in range(3)]
    add(store, clock, make_post(SAID, source_id="1"), *reposts)
    assert counted(store) == [("all", 1, 4, 1)]
    store.verifications.apply([Verdict(source="x", source_id="r0", standing=Standing.GONE)])
    decide(store, [3], Status.REJECTED, moderator="Kim", reason="spam", clock=clock)
    assert counted(store) == [("all", 1, 2, 1)]


def test_what_stands_in_for_a_first_that_is_gone_is_looked_up_too(store: Store, clock: Clock) -> None:
    add(store, clock, make_post(SAID, source_id="1"), make_post(SAID, source_id="2"))
    assert stale(store, QUERY, now=store.now()) == [1, 2]
    looked_up(store)
    assert stale(store, QUERY, now=store.now()) == []


def test_unknown_authors_are_no_people(store: Store, clock: Clock) -> None:
    add(store, clock, make_post(SAID, author_id=None), make_submission("I missed the storytime on Fridays."))
    rows, made = voices(store, QUERY, "all", versions={}, looked=Looked(at=store.now(), unverified_too=True))
    assert [(row.statements, row.people, row.unknown) for row in rows] == [(2, 0, 2)]
    assert made.found == 2


def test_a_post_must_have_been_looked_up_within_a_day_and_a_form_s_answer_need_not(store: Store, clock: Clock) -> None:
    add(store, clock, make_post(SAID), make_submission("I missed the storytime on Fridays."))
    assert counted(store, now=Looked(at=store.now())) == [("all", 1, 1, 0)]
    looked_up(store)
    assert counted(store, now=Looked(at=store.now())) == [("all", 2, 2, 1)]
    late = store.now() + timedelta(hours=25)
    assert counted(store, now=Looked(at=late)) == [("all", 1, 1, 0)]
    assert counted(store, now=Looked(at=late, unverified_too=True)) == [("all", 2, 2, 1)]


@pytest.mark.parametrize("standing", [Standing.GONE, Standing.PROTECTED, Standing.WITHHELD])
def test_no_flag_lifts_what_the_platform_no_longer_shows(store: Store, clock: Clock, standing: Standing) -> None:
    add(store, clock, make_post(SAID))
    store.assertions.consent([1], Use.QUOTE_UNNAMED, granted=True, proof="reply")
    looked = Looked(at=store.now(), unverified_too=True)
    pack = compile_pack(store, QUERY, CONFIG, {}, looked=looked)
    assert len(pack.exhibits) == 1
    looked_up(store, standing)
    with pytest.raises(ExportError, match="item 1: is no longer shown at its source"):
        check_exhibits(store, pack)
    after = compile_pack(store, QUERY, CONFIG, {}, looked=looked)
    assert (after.statements, after.left_out[0].label) == (0, "No longer shown at the source")


def test_a_pack_says_what_was_looked_up_and_what_was_not(store: Store, clock: Clock) -> None:
    add(store, clock, make_post(SAID, source_id="1"), make_post("The librarian taught me how to use a computer."))
    store.assertions.consent([1, 2], Use.QUOTE_UNNAMED, granted=True, proof="reply")
    run = store.runs.start("verify", "verify")
    verdict = Verdict(source="x", source_id="1", standing=Standing.STANDS)
    store.add_page(run, Page(verdicts=(verdict,)), collector="x")
    strict = compile_pack(store, QUERY, CONFIG, {})
    assert (strict.statements, strict.unverified, strict.found) == (1, 0, 2)
    assert strict.exhibits[0].verified_on == store.now().date()
    loose = compile_pack(store, QUERY, CONFIG, {}, looked=Looked(at=store.now(), unverified_too=True))
    assert (loose.statements, loose.unverified) == (2, 1)
    assert {exhibit.verified_on for exhibit in loose.exhibits} == {store.now().date(), None}
    said = dict(loose.method)["Looked up again"]
    assert said.startswith("1 of the 2 public posts counted here were looked up")
