"""A pack's digest, and reading a pack back: what the file holds is what was checked, to the last key."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy_monitor.errors import ExportError
from advocacy_monitor.exporters.json import JsonExporter
from advocacy_monitor.models import Brand, EvidencePack, Logo, Recipient, Translation, Widening
from advocacy_monitor.models.packs import Count
from advocacy_monitor.pack_digest import pack_digest, parse_pack, read_pack
from tests.exporters.sample_packs import english_pack, german_pack, hostile_pack
from tests.exporters.sealed_packs import bundle, contents, sealed, unpacked

_FULL: dict[str, Any] = {
    "brand": Brand(name="The Association", logo=Logo(data=b"\x00\xff\x89", media_type="image/png", alternative="A")),
    "addressee": Recipient(key="a", name="A. Member"),
    "widening": Widening(steps=(Count(label="Here", value=None),), area="", least=30),
    "questions": ("What did you miss?",),
}


def _written(pack: EvidencePack, folder: Path) -> bytes:
    JsonExporter().export(pack, folder / "pack.json")
    return (folder / "pack.json").read_bytes()


def _document(folder: Path, **changes: object) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(_written(sealed(english_pack()), folder))
    return document | changes


@pytest.mark.parametrize("make", [english_pack, german_pack, hostile_pack])
def test_a_pack_read_back_is_the_same_pack(make: Callable[..., EvidencePack], tmp_path: Path) -> None:
    pack = sealed(make(**_FULL))
    again = parse_pack(_written(pack, tmp_path), name="pack.json")
    assert replace(again, query={}) == replace(pack, query={})
    assert pack_digest(again) == pack.digest


def test_python_alone_computes_the_same_digest(tmp_path: Path) -> None:
    pack = sealed(english_pack(**_FULL))
    bare = json.loads(_written(pack, tmp_path))["pack"] | {"number": "", "digest": ""}
    text = json.dumps(bare, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(text.encode()).hexdigest() == pack.digest


def test_number_digest_and_time_zone_are_not_part_of_it() -> None:
    pack = english_pack()
    elsewhere = pack.as_of.astimezone(timezone(timedelta(hours=5, minutes=45)))
    assert pack_digest(replace(pack, number="x", digest="y", as_of=elsewhere)) == pack_digest(pack)


@given(st.integers(0, 6), st.sampled_from(["text", "library", "attribution", "legal_basis", "quoted"]), st.text())
def test_any_other_text_is_another_digest(place: int, field: str, text: str) -> None:
    pack = english_pack()
    before = getattr(pack.exhibits[place], field)
    changed = list(pack.exhibits)
    changed[place] = replace(changed[place], **{field: text})  # type: ignore[arg-type]  # fields of text
    assert (pack_digest(replace(pack, exhibits=tuple(changed))) == pack_digest(pack)) == (text == before)


def test_a_translation_is_part_of_it() -> None:
    pack = english_pack()
    first = replace(pack.exhibits[0], translations=(Translation(language="de", text="Ja"),))
    assert pack_digest(replace(pack, exhibits=(first, *pack.exhibits[1:]))) != pack_digest(pack)


def test_it_reads_a_file_a_bundle_and_an_unpacked_bundle(tmp_path: Path) -> None:
    pack = sealed(english_pack())
    zipped = bundle(pack, tmp_path / "pack.zip", "csv")
    folder = unpacked(contents(zipped), tmp_path / "bag")
    for path in (zipped, folder, folder / "data" / f"{pack.number}.json"):
        assert read_pack(path).digest == pack.digest


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "not readable as JSON"),
        (b"{", "not readable as JSON"),
        (b"[]", "holds no evidence pack"),
        (b'{"pack": 1}', "holds no evidence pack"),
        (b'{"pack": {}}', "schema_version is None"),
        (b'{"schema_version": 2, "pack": {}}', "schema_version is 2, and this program reads 1"),
        (b'{"schema_version": 1, "pack": {}}', "no evidence pack: .*missing required field"),
        (b'{"a": 1, "a": 2}', "the key 'a' stands twice"),
        (b'{"a": NaN}', "NaN is no number"),
        (b'{"a": 1e999}', "1e999 is no number"),
        (b'{"schema_version": true, "pack": {}}', "schema_version is True"),
        (b'{"schema_version": 1.0, "pack": {}}', "schema_version is 1.0"),
        (b"%PDF-1.7", "ask the publisher for the pack's bundle"),
        (b"[" * 100_000, "not readable as JSON"),
        ("[" + "9" * 5000 + "]", "not readable as JSON"),
    ],
)
def test_what_is_no_pack_is_refused_with_the_reason(data: bytes | str, why: str) -> None:
    with pytest.raises(ExportError, match=f"pack.json: .*{why}"):
        parse_pack(data if isinstance(data, bytes) else data.encode(), name="pack.json")


def _change(document: dict[str, Any], at: str, value: object) -> bytes:
    part: Any = document
    *way, last = (int(key) if key.isdigit() else key for key in at.split("."))
    for key in way:
        part = part[key]
    part[last] = value
    return json.dumps(document).encode()


@pytest.mark.parametrize(
    ("at", "value", "why"),
    [
        ("pack.exhibits.0.note", "x", r"pack.exhibits\[0\].note is nothing that a pack of this version holds"),
        ("pack.secret", "x", "pack.secret is nothing"),
        ("other", 1, "other is nothing"),
        ("pack.as_of", "2026-07-03T09:30:00", "as_of must be a time in UTC"),
        ("pack.as_of", "2026-07-03T11:30:00+02:00", "as_of must be a time in UTC"),
        ("pack.as_of", "0001-01-01T00:00:00+14:00", "as_of must be a time in UTC"),
        ("pack.exhibits.0.text", 5, "no evidence pack: .*Expected `str`"),
        ("pack.exhibits.0.consents", ["everything"], "no evidence pack: .*everything"),
        ("sample_data", True, "sample_data is not what the pack itself says"),
        ("pack.exhibits.0.said_on", "2026-02-31", "no evidence pack"),
    ],
)
def test_a_document_that_says_more_or_else_is_refused(at: str, value: object, why: str, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=why):
        parse_pack(_change(_document(tmp_path), at, value), name="pack.json")


def test_a_file_of_before_a_field_was_added_can_be_read(tmp_path: Path) -> None:
    document = _document(tmp_path)
    del document["pack"]["questions"]
    assert parse_pack(json.dumps(document).encode(), name="pack.json").questions == ()


def test_lists_in_lists_too_deep_are_refused_in_words(tmp_path: Path) -> None:
    deep = json.loads("[" * 900 + "]" * 900)
    with pytest.raises(ExportError, match=r"pack.json: .*too deep to be read|pack.json: is not readable as JSON"):
        parse_pack(_change(_document(tmp_path), "pack.query.deep", deep), name="pack.json")
