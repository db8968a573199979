"""What may not leave with a pack: addresses in short fields, guessable digests, stale checks, withdrawn consents."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest

from advocacy_monitor import counting, left_out
from advocacy_monitor.config import Thresholds
from advocacy_monitor.errors import ExportError
from advocacy_monitor.left_out import CHECKED_BY, Looked
from advocacy_monitor.models import Contact, Span, Standing, Use
from advocacy_monitor.pack import compile_pack
from advocacy_monitor.store import Store
from tests.conftest import Clock, looked_up, make_post, make_submission
from tests.test_pack import ALL, CONFIG, QUERY, TITLES, approve, checked, fact, fill


def test_short_fields_of_a_form_cannot_carry_an_address_out(store: Store, clock: Clock) -> None:
    fill(
        store,
        make_submission(
            "one", library="Riverside, ring 0151 2345678", area="Elm Street, mary@example.org", consents=ALL
        ),
        make_submission(
            "two", contact=Contact(name="Mary, mary@example.org"), consents=ALL, url="https://a.example/edit?t=1"
        ),
    )
    checked(store)
    approve(store, clock)
    pack = compile_pack(store, QUERY, CONFIG, TITLES)
    assert "mary@example.org" not in repr(pack)
    assert "2345678" not in repr(pack)
    assert "a.example" not in repr(pack)
    assert {(e.library, e.area) for e in pack.exhibits} == {(None, None), ("Lindenrode", "Weststadt")}


def test_areas_too_small_to_show_lose_their_names(store: Store, clock: Clock) -> None:
    areas = ["Riverside"] * 7 + ["Weststadt"] * 6 + ["Tiny", "Small", "Little"]
    fill(store, *(make_submission(f"text {n}", area=area) for n, area in enumerate(areas)))
    checked(store)
    approve(store, clock)
    config = CONFIG.model_copy(update={"thresholds": Thresholds()})
    pack = compile_pack(store, QUERY, config, TITLES)
    assert {c.label: c.value for c in pack.areas} == {"Riverside": 7, "other areas": 9}


def test_a_digest_does_not_help_to_guess_what_was_removed(store: Store, clock: Clock) -> None:
    fill(store, make_submission("Ring 01632 960417!"), make_submission("Nothing removed."))
    checked(store, [fact(1, "personal_data", "phone", "personal_data@1", Span(5, 17))])
    approve(store, clock)
    exhibits = {e.item_id: e for e in compile_pack(store, QUERY, CONFIG, TITLES).exhibits}
    assert exhibits[1].text_sha256 == sha256(exhibits[1].text.encode()).hexdigest()
    assert exhibits[1].capture_sha256 == ""
    assert exhibits[2].text_sha256 == sha256(b"Nothing removed.").hexdigest()
    assert len(exhibits[2].capture_sha256) == 64


def test_a_check_of_an_older_version_is_not_enough(store: Store, clock: Clock) -> None:
    fill(store, make_submission("one"))
    checked(store)
    approve(store, clock)
    versions = {name: f"{name}@1" for name in CHECKED_BY}
    assert compile_pack(store, QUERY, CONFIG, TITLES, versions=versions).statements == 1
    with pytest.raises(ExportError, match="last ran as personal_data@1, and now is personal_data@2"):
        compile_pack(store, QUERY, CONFIG, TITLES, versions={"personal_data": "personal_data@2"})


def test_a_reason_clears_only_what_was_known_when_it_was_given(store: Store, clock: Clock) -> None:
    fill(store, make_submission("My son is ill."))
    approve(store, clock, reason="good quote")
    checked(store, [fact(1, "risk", "health", "personal_data@1")])
    pack = compile_pack(store, QUERY, CONFIG, TITLES)
    assert (pack.statements, pack.exhibits) == (1, ())


def test_another_program_cannot_change_the_redaction_under_a_pack(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.db"
    with Store.open(path, clock=clock) as store, Store.open(path, clock=clock) as other:
        fill(store, make_submission("Ring 01632 960417!", language="en"))
        checked(store, [fact(1, "personal_data", "phone", "personal_data@1", Span(5, 17))])
        approve(store, clock)
        require = left_out.require_checks

        def then_upgrade(*given: Any) -> frozenset[int]:
            found = require(*given)
            other.assertions.begin("personal_data", "personal_data@2")
            return found

        monkeypatch.setattr(counting, "require_checks", then_upgrade)
        (exhibit,) = compile_pack(store, QUERY, CONFIG, TITLES).exhibits
        assert exhibit.text == "Ring [phone number removed]!"


def test_a_tick_that_is_gone_is_a_consent_withdrawn(store: Store, clock: Clock) -> None:
    first = make_submission("I love it", consents=ALL)
    fill(store, first)
    checked(store)
    fill(store, msgspec.structs.replace(first, consents=frozenset({Use.ANALYSE}), raw=b"changed"))
    assert store.items.uses(1, 1) == {1: {Use.ANALYSE}}
    fill(store, msgspec.structs.replace(first, raw=b"ticked again"))
    assert store.items.uses(1, 1) == {1: {Use.ANALYSE}}


def test_failures_are_counted_and_not_quoted(store: Store) -> None:
    for name, kind in (("mastodon", "collect"), ("import:mary.smith@example.org.csv", "import")):
        run = store.runs.start(name, kind)
        store.runs.finish(run, "failed", "row 3: 0151 23456789")
    checked(store)
    words = " ".join(text for _, text in compile_pack(store, QUERY, CONFIG, TITLES).method)
    assert "The collection mastodon failed 1 time. " in words.replace("1 import of a file failed.", "") + " "
    assert "1 import of a file failed." in words
    assert "mary" not in words
    assert "0151" not in words


@pytest.mark.parametrize("is_noted_first", [True, False])
def test_no_digest_of_removed_words_is_kept(store: Store, clock: Clock, is_noted_first: bool) -> None:
    fill(store, make_post("I love it.", source="mastodon"))
    checked(store)
    store.assertions.consent([1], Use.QUOTE_UNNAMED, granted=True, proof="asked")
    approve(store, clock)
    pack = compile_pack(store, QUERY, CONFIG, TITLES, looked=Looked(at=store.now(), unverified_too=True))
    assert [each.item_id for each in pack.exhibits] == [1]
    if is_noted_first:
        store.packs.add(pack)
    looked_up(store, Standing.GONE)
    clock.now += timedelta(hours=2)
    looked_up(store, Standing.GONE)
    store.packs.add(pack)
    assert store.packs.holding(1) == [pack.number]
    earlier = store.packs.before(replace(pack, number="another"))
    assert earlier is not None
    assert earlier.quotes == {1: ""}
