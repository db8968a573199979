"""A pack that was changed anywhere does not pass: one byte of any file, one letter of a quote, a figure, a file."""

from __future__ import annotations

import functools
import hashlib
import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advocacy_monitor import pack_verify_files
from advocacy_monitor.exporters.csv import CsvExporter
from advocacy_monitor.exporters.html import HtmlExporter
from advocacy_monitor.exporters.json import JsonExporter
from advocacy_monitor.exporters.manifest import manifest
from advocacy_monitor.exporters.xlsx import XlsxExporter
from advocacy_monitor.models import Brand, EvidencePack, Logo
from advocacy_monitor.pack_checks import Check, Outcome, Verified
from advocacy_monitor.pack_digest import document_digest
from advocacy_monitor.pack_files import open_files
from advocacy_monitor.pack_verify import verify_pack
from advocacy_monitor.pack_verify_bag import bag_checks
from advocacy_monitor.pack_verify_files import _READERS, _read
from advocacy_monitor.protocols import Exporter
from tests.exporters.sample_packs import english_pack, german_pack, hostile_pack
from tests.exporters.sealed_packs import bundle, contents, forged, packed, sealed, unpacked


@functools.cache
def _sealed_json() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return _exported(JsonExporter(), sealed(english_pack()), Path(folder))


def _named(found: Verified, name: str) -> Check:
    return next(each for each in found.checks if each.name == name)


def _failed(found: Verified) -> set[str]:
    return {each.name for each in found.checks if each.outcome is Outcome.FAILED}


@pytest.fixture(scope="module")
def english(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of a bundle that nobody changed."""
    return contents(bundle(sealed(english_pack()), tmp_path_factory.mktemp("pack") / "pack.zip"))


def _exported(exporter: Exporter, pack: EvidencePack, folder: Path) -> bytes:
    exporter.export(pack, folder / "made")
    return (folder / "made").read_bytes()


@pytest.mark.parametrize("make", [english_pack, german_pack, hostile_pack])
def test_a_pack_that_nobody_changed(make: Callable[[], EvidencePack], tmp_path: Path) -> None:
    pack = sealed(make())
    zipped = bundle(pack, tmp_path / "pack.zip", "pdf", "html", "xlsx", "csv")
    for path in (zipped, unpacked(contents(zipped), tmp_path / "bag")):
        found = verify_pack(path)
        assert _failed(found) == set()
        assert (found.number, found.digest, found.title) == (pack.number, pack.digest, pack.title)
        again = _named(found, "made again").said
        assert all(f".{ending}" in again for ending in ("pdf", "html", "xlsx", "csv", "md"))


def test_nothing_is_called_verified_that_was_not(english: Mapping[str, bytes], tmp_path: Path) -> None:
    found = verify_pack(packed(english, tmp_path / "pack.zip"))
    assert _named(found, "database").outcome is Outcome.NOT_POSSIBLE
    assert _named(found, "captures").outcome is Outcome.NOT_POSSIBLE


def test_a_json_file_alone(english: Mapping[str, bytes], tmp_path: Path) -> None:
    name = next(name for name in english if name.endswith(".json") and "-" in name and "crate" not in name)
    path = tmp_path / "pack.json"
    path.write_bytes(english[name])
    assert _failed(verify_pack(path)) == set()
    path.write_bytes(english[name].replace(b"husband", b"brother"))
    assert {"digest", "texts"} <= _failed(verify_pack(path))


def test_one_changed_bit_of_any_file_is_found(english: Mapping[str, bytes], tmp_path: Path) -> None:
    @settings(max_examples=80)
    @given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7), name=st.sampled_from(sorted(english)))
    def found(place: float, bit: int, name: str) -> None:
        data = bytearray(english[name])
        data[int(place * len(data))] ^= 1 << bit
        assert verify_pack(packed({**english, name: bytes(data)}, tmp_path / "pack.zip")).failed

    found()


def test_one_changed_bit_anywhere_in_the_list_of_digests_is_found(english: Mapping[str, bytes], tmp_path: Path) -> None:
    name = "tagmanifest-sha256.txt"
    for place in range(len(english[name])):
        for bit in (0, 5):
            data = bytearray(english[name])
            data[place] ^= 1 << bit
            with open_files(packed({**english, name: bytes(data)}, tmp_path / "pack.zip")) as files:
                assert any(each.outcome is Outcome.FAILED for each in bag_checks(files)), (place, bit)


def test_every_file_is_named_that_was_changed_left_out_or_put_in(english: Mapping[str, bytes], tmp_path: Path) -> None:
    for name in english:
        if name != "tagmanifest-sha256.txt":
            path = packed({**english, name: english[name] + b" "}, tmp_path / "pack.zip")
            assert any(name in each.said for each in verify_pack(path).checks if each.outcome is Outcome.FAILED), name
        path = packed({key: data for key, data in english.items() if key != name}, tmp_path / "pack.zip")
        assert verify_pack(path).failed, name
    for name in ("data/extra.txt", "extra.txt", "data/more/extra.txt"):
        found = verify_pack(packed({**english, name: b"x"}, tmp_path / "pack.zip"))
        assert name in _named(found, "no other file").said


def test_a_forger_who_computes_the_bag_anew_is_found_by_the_pack_s_digest(
    english: Mapping[str, bytes], tmp_path: Path
) -> None:
    name = next(name for name in english if name.endswith(".json") and "-" in name and "crate" not in name)
    changed = english[name].replace(b"husband", b"brother")
    document = json.loads(changed)
    for exhibit in document["pack"]["exhibits"]:
        exhibit["text_sha256"] = hashlib.sha256(exhibit["text"].encode()).hexdigest()
    everywhere = {each: data.replace(b"husband", b"brother") for each, data in english.items()}
    files = forged({**everywhere, name: json.dumps(document, sort_keys=True).encode()})
    found = verify_pack(packed(files, tmp_path / "pack.zip"))
    assert _named(found, "payload").outcome is Outcome.OK
    assert _named(found, "tag files").outcome is Outcome.OK
    assert _named(found, "texts").outcome is Outcome.OK
    assert {"digest", "manifest"} <= _failed(found)


def test_the_forger_does_not_touch_the_digest_of_the_quote(english: Mapping[str, bytes], tmp_path: Path) -> None:
    files = forged({each: data.replace(b"husband", b"brother") for each, data in english.items()})
    found = verify_pack(packed(files, tmp_path / "pack.zip"))
    assert _named(found, "payload").outcome is Outcome.OK
    assert "digest" in _failed(found)
    assert _named(found, "texts").exhibits == (1,)


def test_whoever_computes_everything_anew_has_another_number(english: Mapping[str, bytes], tmp_path: Path) -> None:
    """The pack is then another pack, and says so: its digest is not the one that the publisher gives."""
    genuine = sealed(english_pack())
    text = genuine.exhibits[0].text.replace("husband", "brother")
    lie = replace(genuine.exhibits[0], text=text, text_sha256=hashlib.sha256(text.encode()).hexdigest())
    other = sealed(replace(genuine, exhibits=(lie, *genuine.exhibits[1:])))
    found = verify_pack(bundle(other, tmp_path / "pack.zip", "csv"))
    assert not found.failed
    assert found.digest != genuine.digest
    assert found.number != genuine.number


@pytest.mark.parametrize(
    ("exporter", "ending"), [(CsvExporter(), "csv"), (XlsxExporter(), "xlsx"), (HtmlExporter(), "html")]
)
def test_a_table_or_page_with_other_words_is_found_in_a_forged_bag(
    exporter: Exporter, ending: str, english: Mapping[str, bytes], tmp_path: Path
) -> None:
    pack = sealed(english_pack())
    name = next(name for name in english if name.endswith(ending))
    text = pack.exhibits[1].text.replace("warm", "cold")
    lie = replace(pack, exhibits=(pack.exhibits[0], replace(pack.exhibits[1], text=text), *pack.exhibits[2:]))
    files = forged({**english, name: _exported(exporter, lie, tmp_path)})
    found = verify_pack(packed(files, tmp_path / "pack.zip"))
    assert _failed(found) == {ending}
    assert 2 in _named(found, ending).exhibits


@pytest.mark.parametrize(
    ("exporter", "ending"), [(CsvExporter(), "csv"), (XlsxExporter(), "xlsx"), (HtmlExporter(), "html")]
)
def test_a_quote_more_or_less_is_found_in_a_forged_bag(
    exporter: Exporter, ending: str, english: Mapping[str, bytes], tmp_path: Path
) -> None:
    pack = sealed(english_pack())
    name = next(name for name in english if name.endswith(ending))
    more = replace(pack, exhibits=(*pack.exhibits, replace(pack.exhibits[0], number=8, text="Nobody said this.")))
    for lie, number in ((more, 0), (replace(pack, exhibits=pack.exhibits[:-1]), 7)):
        files = forged({**english, name: _exported(exporter, lie, tmp_path)})
        found = verify_pack(packed(files, tmp_path / "pack.zip"))
        assert _named(found, ending).outcome is Outcome.FAILED
        assert number in _named(found, ending).exhibits


def test_a_table_that_another_version_wrote_is_read_and_compared(english: Mapping[str, bytes], tmp_path: Path) -> None:
    name = next(name for name in english if name.endswith("csv"))
    files = forged({**english, name: english[name].replace(b"\r\n", b"\n")})
    check = _named(verify_pack(packed(files, tmp_path / "pack.zip")), "csv")
    assert check.outcome is Outcome.OK
    assert "7 quotes" in check.said


def test_other_figures_on_a_page_of_a_forged_bag_are_not_called_compared(
    english: Mapping[str, bytes], tmp_path: Path
) -> None:
    name = next(name for name in english if name.endswith("html"))
    files = forged({**english, name: english[name].replace(b"412", b"9412")})
    check = _named(verify_pack(packed(files, tmp_path / "pack.zip")), "the rest of the files")
    assert check.outcome is Outcome.NOT_POSSIBLE
    assert name in check.said
    assert "compare figures" in check.said


@pytest.mark.parametrize("active", [b"<script>alert(1)</script>", b"<p onclick='x()'>a</p>", b"<iframe src='x'>"])
def test_a_program_on_a_page_of_a_forged_bag_fails(active: bytes, english: Mapping[str, bytes], tmp_path: Path) -> None:
    name = next(name for name in english if name.endswith("html"))
    files = forged({**english, name: english[name].replace(b"</body>", active + b"</body>")})
    assert _failed(verify_pack(packed(files, tmp_path / "pack.zip"))) == {"html"}


def test_a_pdf_that_is_made_differently_now_is_not_called_verified(tmp_path: Path) -> None:
    files = contents(bundle(sealed(english_pack()), tmp_path / "pack.zip", "pdf"))
    name = next(name for name in files if name.endswith("pdf"))
    found = verify_pack(packed(forged({**files, name: files[name] + b"%"}), tmp_path / "pack.zip"))
    undecided = [each for each in found.checks if each.name == "made again" and each.outcome is Outcome.NOT_POSSIBLE]
    assert [name in each.said for each in undecided] == [True]
    assert "same byte for byte: README.md" in _named(found, "made again").said


@pytest.mark.parametrize("make", [english_pack, german_pack, hostile_pack])
def test_tables_and_pages_are_read_as_the_pack_has_them_however_odd_the_texts(
    make: Callable[[], EvidencePack], tmp_path: Path
) -> None:
    files = contents(bundle(sealed(make()), tmp_path / "pack.zip"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pack_verify_files, "_made_again", lambda *_: [])
        found = verify_pack(packed(files, tmp_path / "pack.zip"))
    assert _failed(found) == set()
    assert {_named(found, name).outcome for name in ("csv", "xlsx", "html")} == {Outcome.OK}


@pytest.mark.parametrize("name", ["csv", "xlsx", "html"])
def test_a_file_that_cannot_be_read_at_all_fails(name: str, english: Mapping[str, bytes], tmp_path: Path) -> None:
    whole = next(each for each in english if each.endswith(name))
    for data in (b"", b"\xff\xfe\x00", b"exhibit,text\n1"):
        found = verify_pack(packed(forged({**english, whole: data}), tmp_path / "pack.zip"))
        assert name in _failed(found)


def test_a_damaged_workbook_in_a_forged_bag_fails_whatever_the_library_makes_of_it(
    english: Mapping[str, bytes], tmp_path: Path
) -> None:
    name = next(each for each in english if each.endswith("xlsx"))

    @settings(max_examples=40)
    @given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
    def found(place: float, bit: int) -> None:
        data = bytearray(english[name])
        data[int(place * len(data))] ^= 1 << bit
        with open_files(packed({**english, name: bytes(data)}, tmp_path / "pack.zip")) as files:
            check = _read(files, name, sealed(english_pack()), _READERS[".xlsx"])
        assert check.outcome in (Outcome.OK, Outcome.FAILED)

    found()


def test_figures_of_the_manifest_that_differ_are_named(english: Mapping[str, bytes], tmp_path: Path) -> None:
    said = json.loads(english["data/manifest.json"])
    said["counts"]["people"] += 1
    written = json.dumps(said, ensure_ascii=False, sort_keys=True, indent=2).encode()
    found = verify_pack(packed(forged({**english, "data/manifest.json": written}), tmp_path / "pack.zip"))
    assert "about: counts" in _named(found, "manifest").said
    for broken in (b"[]", b"{"):
        found = verify_pack(packed(forged({**english, "data/manifest.json": broken}), tmp_path / "pack.zip"))
        assert "manifest" in _failed(found)


def test_a_crate_that_says_other_digests(english: Mapping[str, bytes], tmp_path: Path) -> None:
    files = forged(english)
    crate = files["data/ro-crate-metadata.json"].replace(b'"sha256": "', b'"sha256": "0')
    kept = dict(files)
    for broken in (crate, b"{}", b"[1]", b"{"):
        kept["data/ro-crate-metadata.json"] = broken
        digest = hashlib.sha256(broken).hexdigest().encode()
        before = hashlib.sha256(files["data/ro-crate-metadata.json"]).hexdigest().encode()
        kept["manifest-sha256.txt"] = files["manifest-sha256.txt"].replace(before, digest)
        assert "crate" in _failed(verify_pack(packed(kept, tmp_path / "pack.zip")))


def test_a_second_pack_in_the_bag_is_refused(english: Mapping[str, bytes], tmp_path: Path) -> None:
    name = next(name for name in english if name.endswith(".json") and "-" in name and "crate" not in name)
    found = verify_pack(packed(forged({**english, "data/zz.json": english[name]}), tmp_path / "pack.zip"))
    assert "there must be one JSON file with the pack" in _named(found, "readable").said


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ({"found": 619}, "counts"),
        ({"statements": 3, "found": 209}, "counts"),
        ({"exhibits": english_pack().exhibits * 2}, "counts"),
    ],
)
def test_a_sealed_pack_whose_numbers_do_not_add_up(changes: dict[str, object], check: str, tmp_path: Path) -> None:
    JsonExporter().export(sealed(english_pack(**changes)), tmp_path / "pack.json")
    assert _failed(verify_pack(tmp_path / "pack.json")) == {check}


def test_a_printed_form_that_nobody_said(tmp_path: Path) -> None:
    pack = english_pack()
    true = replace(pack.exhibits[1], quoted="There are five of us in two rooms. […]")
    false = replace(pack.exhibits[0], quoted="After my husband died I spoke to everyone. […]")
    JsonExporter().export(sealed(replace(pack, exhibits=(false, true, *pack.exhibits[2:]))), tmp_path / "pack.json")
    found = verify_pack(tmp_path / "pack.json")
    assert _failed(found) == {"verbatim"}
    assert _named(found, "verbatim").exhibits == (1,)


@settings(max_examples=150)
@given(st.data())
def test_a_pack_of_odd_values_gives_checks_and_no_crash(data: st.DataObject) -> None:
    """Every value of the JSON, replaced by any other, with all digests right."""
    document = json.loads(_sealed_json())["pack"]
    part, key = document, data.draw(st.sampled_from(sorted(document)))
    while isinstance(part[key], (dict, list)) and part[key] and data.draw(st.booleans()):
        part = part[key]
        key = data.draw(st.sampled_from(sorted(part) if isinstance(part, dict) else range(len(part))))
    numbers = st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
    part[key] = data.draw(st.none() | st.booleans() | numbers | st.text(max_size=20) | st.just([]) | st.just({}))
    digest = document_digest(document)
    document |= {"digest": digest, "number": f"202607-{digest[:8]}"}
    written = {"schema_version": 1, "sample_data": document["sample"], "pack": document}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pack.json"
        path.write_text(json.dumps(written))
        assert verify_pack(path).checks


def test_a_stranger_s_logo_is_not_drawn(tmp_path: Path) -> None:
    evil = b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><image href='file:///etc/passwd'/></svg>"
    pack = sealed(english_pack(brand=Brand(logo=Logo(data=evil, media_type="image/svg+xml", alternative="x"))))
    found = verify_pack(bundle(pack, tmp_path / "pack.zip", "csv"))
    again = [each.said for each in found.checks if each.name == "made again" and each.outcome is Outcome.OK]
    assert again == ["made again from the pack, these files are the same byte for byte: README.md"]


def test_the_manifest_of_the_sample_is_what_lies_in_the_bundle(english: Mapping[str, bytes]) -> None:
    assert english["data/manifest.json"] == manifest(sealed(english_pack()))
