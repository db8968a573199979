"""Whoever was handed a pack that quotes what was removed gets a letter, in their language, that names nobody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from advocacy_monitor.config import Loaded, load_config
from advocacy_monitor.erase import erase, preview
from advocacy_monitor.hosting import open_store
from advocacy_monitor.models import Standing, Verdict
from advocacy_monitor.rights.letters import letters, write
from advocacy_monitor.store import Store
from advocacy_monitor.translate import LANGUAGES
from tests.conftest import Clock, make_post
from tests.exporters.sample_packs import english_pack
from tests.planted import CONFIG, stored

WORDS = "Quobbel's words."
PACK, OTHER = "202611-aaaa1111", "202611-bbbb2222"
RECIPIENTS = """key,name,office,language,salutation
ann-lee,Ann Lee,Member for Riverside,,Dear Ms Lee
kurt,Kurt Muster,,de,
"""


@pytest.fixture
def campaign(tmp_path: Path, clock: Clock) -> Iterator[tuple[Loaded, Store, int]]:
    """Two packs with one quoted post, the second with somebody else's; three who got them."""
    (tmp_path / "config.yaml").write_text(CONFIG)
    (tmp_path / "recipients.csv").write_text(RECIPIENTS)
    loaded = load_config(tmp_path / "config.yaml")
    with open_store(loaded, clock=clock) as store:
        one, other = stored(
            store, make_post(WORDS, author_id="7", author_handle="quobbel_r"), make_post("Other.", author_id="8")
        )
        sample = english_pack().exhibits[0]
        for number, ids in ((PACK, (other, one)), (OTHER, (other,))):
            quoted = tuple(replace(sample, item_id=each, number=at) for at, each in enumerate(ids, 1))
            store.packs.add(replace(english_pack(), number=number, digest=number, exhibits=quoted, query={}))
        for number, who, day in ((PACK, "ann-lee", 1), (PACK, "kurt", 2), (PACK, "ann-lee", 3), (OTHER, "nobody", 4)):
            store.deliveries.add(
                pack_number=number, recipient=who, sent_on=date(2026, 10, day), sent_by="Kim", how="mail"
            )
        yield loaded, store, one


def test_each_holder_gets_one_letter_in_their_language(campaign: tuple[Loaded, Store, int]) -> None:
    loaded, store, one = campaign
    assert letters(store, loaded) == []
    done = erase(store, preview(store, one), confirmed=1, by="Ada")
    ann, kurt = letters(store, loaded, done.items)
    assert (ann.recipient, ann.name, ann.language) == ("ann-lee", "Ann Lee, Member for Riverside", "en")
    assert ann.packs == (PACK,)
    assert ann.text.startswith(
        "Ann Lee, Member for Riverside\n\nPlease delete quotes from what we gave you\n\nDear Ms Lee"
    )
    assert f"- Evidence pack {PACK}, given on 1 October 2026: quote no. 2\n" in ann.body
    assert f"- Evidence pack {PACK}, given on 3 October 2026: quote no. 2\n" in ann.body
    assert ann.body.endswith("Library Association\ndesk@example.org\n")
    assert (kurt.language, kurt.body.split("\n")[0]) == ("de", "Sehr geehrte Damen und Herren,")
    assert f"Belegmappe {PACK}, übergeben am 2. Oktober 2026: Zitat Nr. 2" in kurt.body
    for each in (ann, kurt):
        assert "Quobbel" not in each.text
        assert "quobbel" not in each.text


def test_who_was_told_needs_no_second_letter(campaign: tuple[Loaded, Store, int]) -> None:
    loaded, store, one = campaign
    erase(store, preview(store, one), confirmed=1, by="Ada")
    waiting = store.deliveries.waiting(date(2026, 11, 2))
    assert {each.follow_up.note for each in waiting} == {
        f"item {one} was erased on request: tell them, and make their pack anew"
    }
    assert {each.follow_up.who for each in waiting} == {"Ada"}
    assert [each.recipient for each in letters(store, loaded)] == ["ann-lee", "kurt"]
    for each in waiting:
        if each.delivery.recipient == "ann-lee":
            store.deliveries.done(each.follow_up.id)
    assert [each.recipient for each in letters(store, loaded)] == ["kurt"]


def test_what_a_platform_deleted_is_no_wish_of_its_author(campaign: tuple[Loaded, Store, int], clock: Clock) -> None:
    loaded, store, one = campaign
    item = store.items.get([one])[0]
    for delivery in store.deliveries.all():
        store.deliveries.add_follow_up(delivery.id, note="call them", who="Kim")
    for _ in range(2):
        store.verifications.apply([Verdict(source="x", source_id=item.source_id, standing=Standing.GONE)])
        clock.now = clock.now.replace(hour=clock.now.hour + 2)
    assert store.items.get([one])[0].text == ""
    assert letters(store, loaded) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_whole_letter(campaign: tuple[Loaded, Store, int], language: str) -> None:
    loaded, store, one = campaign
    (loaded.folder / "recipients.csv").write_text(f"key,name,language\nann-lee,Ann Lee,{language}\n")
    erase(store, preview(store, one), confirmed=1)
    letter = letters(store, loaded)[0]
    assert letter.language == language
    assert letter.body.count(PACK) == 2
    for english in ("Dear Sir", "Somebody whom", "Please delete", "given on"):
        assert (english in letter.text) is (language == "en"), english


def test_letters_are_files_of_their_own_for_their_owner_only(campaign: tuple[Loaded, Store, int]) -> None:
    loaded, store, one = campaign
    erase(store, preview(store, one), confirmed=1)
    folder = loaded.folder / "letters"
    written = write([replace(each, recipient=f"../{each.recipient}") for each in letters(store, loaded)], folder)
    assert [each.name for each in written] == ["ann-lee.txt", "kurt.txt"]
    assert {each.stat().st_mode & 0o777 for each in written} == {0o600}
    assert written[0].read_text(encoding="utf-8").startswith("Ann Lee")
