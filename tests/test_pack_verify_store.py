"""A pack against the database as it is now, and against records as they were received."""

from __future__ import annotations

import html
import json
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from advocacy_monitor.models import EvidencePack, Span, Standing, Status, Use, Verdict
from advocacy_monitor.moderate import decide
from advocacy_monitor.pack import compile_pack
from advocacy_monitor.pack_checks import Check, Outcome, Verified
from advocacy_monitor.pack_verify import verify_pack
from advocacy_monitor.pack_verify_captures import says
from advocacy_monitor.store import Store
from tests.conftest import Clock, looked_up, make_post, make_submission
from tests.exporters.sealed_packs import bundle, sealed
from tests.test_pack import ALL, CONFIG, QUERY, TITLES, approve, checked, fact, fill

NOTED = replace(QUERY, recipient="A. Member")


@pytest.fixture
def pack(store: Store, clock: Clock) -> EvidencePack:
    """Three quotes, one of them redacted, one a post by somebody who agreed to be named; noted in the log."""
    fill(
        store,
        make_submission("The library is warm, and it is quiet.", consents=ALL),
        make_submission("Ring 01632 960417, they helped me.", consents=ALL),
        make_post("I learned to read here.", url="https://x.com/reader/status/1"),
    )
    looked_up(store)
    checked(store, [fact(2, "personal_data", "phone", "personal_data@1", Span(5, 17))])
    store.assertions.consent([3], Use.QUOTE_NAMED, granted=True, proof="reply")
    store.assertions.consent([3], Use.SEND_TO_REPRESENTATIVE, granted=True, proof="reply")
    approve(store, clock)
    made = compile_pack(store, NOTED, CONFIG, TITLES)
    assert len(made.exhibits) == 3
    store.packs.add(made)
    return made


def _verified(pack: EvidencePack, folder: Path, store: Store | None = None, captures: Path | None = None) -> Verified:
    return verify_pack(bundle(pack, folder / "pack.zip", "csv"), store=store, captures=captures)


def _named(found: Verified, name: str) -> list[Check]:
    return [each for each in found.checks if each.name == name]


def _number(pack: EvidencePack, item_id: int) -> int:
    return next(each.number for each in pack.exhibits if each.item_id == item_id)


def _outcomes(found: Verified) -> dict[str, Outcome]:
    return {name: _named(found, name)[0].outcome for name in ("log", "words", "records", "may be quoted")}


def test_a_pack_that_stands(pack: EvidencePack, store: Store, tmp_path: Path) -> None:
    found = _verified(pack, tmp_path, store)
    assert set(_outcomes(found).values()) == {Outcome.OK}
    assert not found.failed
    assert "the records of 2 quotes" in _named(found, "records")[0].said
    assert "for 1 quote it gives none" in _named(found, "records")[0].said


def test_a_consent_that_was_taken_back(pack: EvidencePack, store: Store, tmp_path: Path) -> None:
    store.assertions.consent([1], Use.QUOTE_NAMED, granted=False, proof="mail")
    store.assertions.consent([1], Use.QUOTE_UNNAMED, granted=False, proof="mail")
    found = _verified(pack, tmp_path, store)
    (check,) = _named(found, "may be quoted")
    assert (check.outcome, check.exhibits) == (Outcome.FAILED, (_number(pack, 1),))
    assert "item 1: there is no consent to be quoted" in check.said
    assert _outcomes(found)["words"] is Outcome.OK


def test_a_name_that_was_taken_back(pack: EvidencePack, store: Store, tmp_path: Path) -> None:
    store.assertions.consent([3], Use.QUOTE_NAMED, granted=False, proof="reply")
    store.assertions.consent([3], Use.QUOTE_UNNAMED, granted=True, proof="reply")
    (check,) = _named(_verified(pack, tmp_path, store), "may be quoted")
    assert check.exhibits == (_number(pack, 3),)
    assert "no consent to be quoted by name" in check.said


def test_a_statement_that_was_rejected_afterwards(
    pack: EvidencePack, store: Store, clock: Clock, tmp_path: Path
) -> None:
    decide(store, [2], Status.REJECTED, moderator="Kim", reason="asked", clock=clock)
    (check,) = _named(_verified(pack, tmp_path, store), "may be quoted")
    assert (check.outcome, check.exhibits) == (Outcome.FAILED, (_number(pack, 2),))
    assert "item 2: is rejected" in check.said


def test_a_post_that_is_gone_and_later_removed_here(
    pack: EvidencePack, store: Store, clock: Clock, tmp_path: Path
) -> None:
    gone = [Verdict(source="x", source_id=store.items.get([3])[0].source_id, standing=Standing.GONE)]
    store.verifications.apply(gone)
    found = _verified(pack, tmp_path, store)
    (check,) = _named(found, "may be quoted")
    assert (check.outcome, check.exhibits) == (Outcome.FAILED, (_number(pack, 3),))
    assert "item 3: is no longer shown at its source" in check.said
    clock.now += timedelta(days=30)
    assert store.verifications.apply(gone) == 1
    found = _verified(pack, tmp_path, store)
    assert "item 3: is no longer in the database" in _named(found, "may be quoted")[0].said
    assert "2 quotes" in _named(found, "words")[0].said


def test_a_post_that_nobody_looked_up_lately_is_not_called_standing(
    pack: EvidencePack, store: Store, clock: Clock, tmp_path: Path
) -> None:
    clock.now += timedelta(days=3)
    found = _verified(pack, tmp_path, store)
    allowed, unknown = _named(found, "may be quoted")
    assert (allowed.outcome, unknown.outcome) == (Outcome.OK, Outcome.NOT_POSSIBLE)
    assert unknown.exhibits == (_number(pack, 3),)
    assert not found.failed


def test_more_was_found_to_be_personal_since(pack: EvidencePack, store: Store, tmp_path: Path) -> None:
    last = store.assertions.begin("personal_data", "personal_data@2")
    more = [fact(1, "personal_data", "name", "personal_data@2", Span(4, 11))]
    store.assertions.add_batch("personal_data@2", more, after=last, last_item_id=store.items.last_id())
    (check,) = _named(_verified(pack, tmp_path, store), "words")
    assert (check.outcome, _number(pack, 1) in check.exhibits) == (Outcome.FAILED, True)


def test_a_quote_that_nobody_said_is_found_though_every_digest_is_right(
    pack: EvidencePack, store: Store, tmp_path: Path
) -> None:
    lie, digest = "I hate it.", sha256(b"I hate it.").hexdigest()
    lies = tuple(replace(each, text=lie, text_sha256=digest) if each.item_id == 1 else each for each in pack.exhibits)
    forged = sealed(replace(pack, exhibits=lies))
    assert not _verified(forged, tmp_path).failed
    found = _verified(forged, tmp_path, store)
    assert _named(found, "words")[0].exhibits == (_number(pack, 1),)
    assert "holds no pack" in _named(found, "log")[0].said


def test_another_record_than_the_pack_says(pack: EvidencePack, store: Store, tmp_path: Path) -> None:
    lies = tuple(replace(each, capture_sha256="0" * 64) if each.item_id == 1 else each for each in pack.exhibits)
    (check,) = _named(_verified(sealed(replace(pack, exhibits=lies)), tmp_path, store), "records")
    assert (check.outcome, check.exhibits) == (Outcome.FAILED, (_number(pack, 1),))


def test_a_pack_without_quotes_is_not_called_compared(pack: EvidencePack, store: Store, tmp_path: Path) -> None:
    found = _verified(sealed(replace(pack, exhibits=())), tmp_path, store)
    assert [each.outcome for each in _named(found, "database")] == [Outcome.NOT_POSSIBLE]


def test_records_that_were_handed_out(pack: EvidencePack, store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "records"
    (folder / "deep").mkdir(parents=True)
    for item_id in (1, 3):
        (_, payload), *_rest = store.items.captures(item_id)
        (folder / "deep" / f"{item_id}.txt").write_bytes(payload)
    (folder / "link").symlink_to("/etc/passwd")
    found = _verified(pack, tmp_path, captures=folder)
    same, *rest = sorted(_named(found, "captures"), key=lambda each: each.outcome is not Outcome.OK)
    assert (same.outcome, set(same.exhibits)) == (Outcome.OK, {_number(pack, 1), _number(pack, 3)})
    assert [(each.outcome, each.exhibits) for each in rest] == [(Outcome.NOT_POSSIBLE, (_number(pack, 2),))]
    (folder / "deep" / "1.txt").write_bytes(b"The library is warm, and it is quiet.")
    found = _verified(pack, tmp_path, captures=folder)
    absent = next(each for each in _named(found, "captures") if "not in the folder" in each.said)
    assert absent.exhibits == (_number(pack, 1),)


def test_an_empty_folder_of_records_verifies_nothing(pack: EvidencePack, tmp_path: Path) -> None:
    (tmp_path / "records").mkdir()
    found = _verified(pack, tmp_path, captures=tmp_path / "records")
    assert {each.outcome for each in _named(found, "captures")} == {Outcome.NOT_POSSIBLE}


WORDS = "It's “warm” & quiet.\nI love it <3, 図書館!"


@pytest.mark.parametrize(
    "record",
    [
        json.dumps({"data": [{"text": WORDS}]}).encode(),
        json.dumps({"text": WORDS}, ensure_ascii=False).encode(),
        json.dumps({"content": f"<p>{html.escape(WORDS)}</p>"}).encode(),
        json.dumps({"content": "<p>It&#39;s “<b>warm</b>” &amp; quiet.<br/>I love it &lt;3, 図書館!</p>"}).encode(),
        f"Subject: x\n\n{WORDS}\n".encode(),
        f'id,text\n1,"{WORDS}"\n'.encode(),
    ],
)
def test_words_are_found_however_a_platform_wraps_them(record: bytes) -> None:
    assert says(record, WORDS)
    assert not says(record, WORDS.replace("warm", "cold"))


@pytest.mark.parametrize("record", [b"", b"null", b"\xff\xfe", b"[" * 100_000, b'{"text": 5}'])
def test_a_record_without_the_words_never_says_them(record: bytes) -> None:
    assert not says(record, WORDS)
    assert not says(record, "  ")
