"""The bundle: a valid bag, a readable crate, the same bytes on any day, and nothing in it that runs."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

import pytest
from pydantic import ValidationError

from advocacy_monitor import plugins
from advocacy_monitor.errors import ExportError
from advocacy_monitor.exporters.atomic import whole_file
from advocacy_monitor.exporters.bundle import BundleExporter
from advocacy_monitor.exporters.manifest import manifest
from advocacy_monitor.exporters.markdown import Markdown
from advocacy_monitor.models import Brand, EvidencePack
from advocacy_monitor.protocols import Plugin
from tests.exporters.sample_packs import english_pack, german_pack, hostile_pack
from tests.exporters.sealed_packs import bundle, contents, sealed, unpacked

bagit = pytest.importorskip("bagit", reason="bagit is a development dependency")

_LATER = """
import datetime, hashlib, pathlib, sys, time
from advocacy_monitor.exporters.bundle import BundleExporter
from tests.exporters.sample_packs import english_pack, german_pack, hostile_pack
for make in (english_pack, german_pack, hostile_pack):
    path = pathlib.Path(sys.argv[1]) / "pack.zip"
    BundleExporter(formats=("pdf", "html", "xlsx", "csv")).export(make(), path)
    print(hashlib.sha256(path.read_bytes()).hexdigest())
print(int(time.time()), file=sys.stderr)
"""


@pytest.mark.parametrize("make", [english_pack, german_pack, hostile_pack])
def test_bagit_validates_the_unpacked_bag(make: Callable[[], EvidencePack], tmp_path: Path) -> None:
    folder = unpacked(contents(bundle(sealed(make()), tmp_path / "pack.zip", "pdf", "html", "csv")), tmp_path / "bag")
    bag = bagit.Bag(str(folder))
    bag.validate()
    assert bag.info["Bagging-Date"] == "2026-07-03"
    program = Path(bagit.__file__)
    done = subprocess.run(
        [sys.executable, str(program), "--validate", str(folder)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    for name in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        subprocess.run(["sha256sum", "--quiet", "-c", name], cwd=folder, check=True)


def test_one_changed_byte_is_found_by_bagit_too(tmp_path: Path) -> None:
    folder = unpacked(contents(bundle(sealed(english_pack()), tmp_path / "pack.zip", "csv")), tmp_path / "bag")
    path = next((folder / "data").glob("*.csv"))
    data = bytearray(path.read_bytes())
    data[100] ^= 1
    path.write_bytes(data)
    with pytest.raises(bagit.BagValidationError):
        bagit.Bag(str(folder)).validate()


def test_rocrate_reads_it(tmp_path: Path) -> None:
    rocrate = pytest.importorskip("rocrate.rocrate", reason="rocrate is a development dependency")
    licensed = english_pack(brand=Brand(name="The Association", licence="https://creativecommons.org/licenses/by/4.0/"))
    folder = unpacked(contents(bundle(sealed(licensed), tmp_path / "pack.zip", "pdf", "csv")), tmp_path / "bag")
    crate = rocrate.ROCrate(str(folder / "data"))
    root = crate.root_dataset
    assert root["name"] == licensed.title
    assert root["datePublished"] == "2026-07-03"
    assert root["license"].id == "https://creativecommons.org/licenses/by/4.0/"
    assert root["author"]["name"] == "The Association"
    files = {each.id: each for each in crate.data_entities}
    assert len(files) == 4
    for name, entity in files.items():
        assert int(entity["contentSize"]) == (folder / "data" / name).stat().st_size
    pdf = next(each for name, each in files.items() if name.endswith(".pdf"))
    assert {each["name"] for each in pdf["conformsTo"]} == {"PDF/A-3 (ISO 19005-3)", "PDF/UA-1 (ISO 14289-1)"}
    action = crate.get("#compiled")
    assert action.type == "CreateAction"
    assert action["instrument"][0]["softwareVersion"]


def test_the_same_bytes_in_other_processes_on_other_days(tmp_path: Path) -> None:
    faketime = ["env", "TZ=Pacific/Auckland", "PYTHONHASHSEED=1"]
    other = ["env", "TZ=America/Lima", "PYTHONHASHSEED=2", "SOURCE_DATE_EPOCH=5", "LC_ALL=C"]
    later = "import time\n_t=time.time\ntime.time=lambda: _t()+40*86400\n" + _LATER
    said = []
    for before, script in ((faketime, _LATER), (other, later)):
        done = subprocess.run(
            [*before, sys.executable, "-c", script, str(tmp_path)],
            cwd=Path(__file__).parents[2],
            env=os.environ,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        said.append((done.stdout, int(done.stderr.split()[-1])))
    assert said[0][0] == said[1][0]
    assert len(set(said[0][0].split())) == 3
    assert said[1][1] - said[0][1] > 39 * 86400


def test_entries_are_sorted_dated_and_plain_files(tmp_path: Path) -> None:
    path = bundle(sealed(english_pack()), tmp_path / "pack.zip")
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
    names = [each.filename for each in entries]
    assert names == sorted(names)
    assert len({name.partition("/")[0] for name in names}) == 1
    assert {each.date_time for each in entries} == {(2026, 7, 3, 9, 30, 0)}
    assert {each.external_attr >> 16 for each in entries} == {stat.S_IFREG | 0o644}
    assert {each.compress_type for each in entries} == {zipfile.ZIP_DEFLATED}


def test_a_pack_without_any_fact_is_older_than_a_zip_can_say(tmp_path: Path) -> None:
    pack = sealed(english_pack(as_of=datetime(1970, 1, 1, tzinfo=UTC)))
    with zipfile.ZipFile(bundle(pack, tmp_path / "pack.zip", "csv")) as archive:
        assert {each.date_time[0] for each in archive.infolist()} == {1980}


def test_the_manifest_and_every_format_lie_in_it(tmp_path: Path) -> None:
    pack = sealed(english_pack())
    files = contents(bundle(pack, tmp_path / "pack.zip", "pdf", "html"))
    assert files["data/manifest.json"] == manifest(pack)
    assert {f"data/{pack.number}{ending}" for ending in (".pdf", ".html", ".json")} <= set(files)
    assert json.loads(files[f"data/{pack.number}.json"])["pack"]["digest"] == pack.digest


def test_the_readme_says_query_counts_failures_and_how_to_check(tmp_path: Path) -> None:
    pack = sealed(english_pack(made_with=(("themes", "3.1"),)))
    said = contents(bundle(pack, tmp_path / "pack.zip", "csv"))["README.md"].decode()
    for part in (
        pack.number,
        pack.digest,
        '"areas": ["Port Example"]',
        "- **themes**: 3.1",
        "Left out: not approved | 61",
        "mastodon failed 2 time(s)",
        "advocacy-monitor pack verify .",
        "bagit.py --validate .",
        "sha256sum -c manifest-sha256.txt",
    ):
        assert part in said, part
    for heading, _ in pack.method:
        assert heading in said


def test_the_readme_says_that_data_are_invented_and_runs_from_right_to_left(tmp_path: Path) -> None:
    said = contents(bundle(german_pack(), tmp_path / "de.zip", "csv"))["README.md"].decode()
    assert "Beispieldaten" in said.split("##", maxsplit=1)[0]
    arabic = contents(bundle(english_pack(language="ar", title="المكتبات"), tmp_path / "ar.zip", "csv"))
    assert arabic["README.md"].decode().startswith('<div dir="rtl" lang="ar">\n\n# المكتبات\n')
    assert '<code dir="ltr">AM-2026-0042</code>' in arabic["README.md"].decode()
    assert "\u20662026-07-03\u2069" in arabic["README.md"].decode()


def test_hostile_texts_are_no_markup_in_the_readme(tmp_path: Path) -> None:
    said = contents(bundle(hostile_pack(), tmp_path / "pack.zip", "csv"))["README.md"].decode()
    assert "\\<script\\>" in said.split("## ")[0]
    assert "\u202e" not in said
    assert "\x00" not in said
    assert not any(line.startswith(("=", "+", "<")) for line in said.splitlines() if "`" not in line)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("1. [x](javascript:a)\n- y", "1\\. \\[x\\](javascript:a) - y"),
        ("12) a", "12\\) a"),
        ("# a", "\\# a"),
        ("<b>&amp;`x` a_b_", "\\<b\\>\\&amp;\\`x\\` a\\_b\\_"),
        ("a\u202eb\x00", "a b\ufffd"),
    ],
)
def test_a_text_stays_a_text_in_markdown(text: str, written: str) -> None:
    assert Markdown("en").line(text) == written


def test_a_fence_is_longer_than_any_in_the_text() -> None:
    assert Markdown("en").block("a\n````\nb") == "`````\na\n````\nb\n`````"


@pytest.mark.parametrize("formats", [("bundle",), ("pdf", "bundle")])
def test_a_bundle_in_a_bundle_is_refused(formats: tuple[str, ...]) -> None:
    with pytest.raises(ValidationError, match="a bundle cannot lie in itself"):
        BundleExporter(formats=formats)


def test_the_json_is_always_there() -> None:
    assert BundleExporter(formats=("csv",)).formats == ("csv", "json")


def test_an_unknown_format_is_named_and_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(
        ExportError, match=r"pack\.zip was not written: pfd: no exporter is called 'pfd'.*did you mean pdf"
    ):
        bundle(english_pack(), tmp_path / "pack.zip", "pfd")
    assert not any(tmp_path.iterdir())


class _Cards(Plugin):
    """A stranger's format that writes a folder."""

    suffix: ClassVar[str] = "-cards"
    names: ClassVar[tuple[str, ...]] = ("1 größe.svg", "deep/2.txt")

    def export(self, pack: EvidencePack, path: Path) -> None:
        for name in self.names:
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            with whole_file(path / name) as handle:
                handle.write(name.encode())


class _Odd(_Cards):
    """A stranger's format with names that some computers cannot hold."""

    names: ClassVar[tuple[str, ...]] = ("a:b",)


class _Broken(_Cards):
    """A stranger's format with a mistake in it."""

    def export(self, pack: EvidencePack, path: Path) -> None:
        raise KeyError("what")


class _Twin(_Cards):
    """A stranger's format that calls its file as the CSV does."""

    suffix: ClassVar[str] = ".csv"

    def export(self, pack: EvidencePack, path: Path) -> None:
        path.write_text("other")


@pytest.fixture
def strangers(monkeypatch: pytest.MonkeyPatch) -> None:
    load = plugins.load
    known = {"cards2": _Cards, "odd": _Odd, "broken": _Broken, "twin": _Twin}
    monkeypatch.setattr(plugins, "load", lambda group, name: known.get(name) or load(group, name))


@pytest.mark.usefixtures("strangers")
def test_a_format_that_writes_a_folder_lies_in_it_as_files(tmp_path: Path) -> None:
    pack = sealed(english_pack())
    files = contents(bundle(pack, tmp_path / "pack.zip", "cards2"))
    assert files[f"data/{pack.number}-cards/1 größe.svg"] == "1 größe.svg".encode()
    folder = unpacked(files, tmp_path / "bag")
    bagit.Bag(str(folder)).validate()
    graph = json.loads(files["data/ro-crate-metadata.json"])["@graph"]
    assert f"{pack.number}-cards/1%20gr%C3%B6%C3%9Fe.svg" in {each["@id"] for each in graph}


@pytest.mark.usefixtures("strangers")
@pytest.mark.parametrize(
    ("formats", "why"),
    [
        (("odd",), "format odd writes .*a:b', which is no name for every computer"),
        (("broken",), "broken: unexpected KeyError: 'what'"),
        (("csv", "twin"), "format twin writes .*csv', as another one does"),
    ],
)
def test_a_stranger_s_mistake_is_named_and_nothing_is_left(formats: tuple[str, ...], why: str, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=rf"pack\.zip was not written: {why}"):
        bundle(english_pack(), tmp_path / "pack.zip", *formats)
    assert not any(tmp_path.iterdir())


def test_a_pack_number_cannot_lead_out_of_the_folder(tmp_path: Path) -> None:
    pack = replace(english_pack(), number="../../evil\x00")
    with zipfile.ZipFile(bundle(pack, tmp_path / "pack.zip", "csv")) as archive:
        assert all(name.startswith("evil/") and ".." not in name for name in archive.namelist())
