"""What a stranger sends as a pack is opened with care: nothing leads out, unfolds without end or hides."""

from __future__ import annotations

import io
import os
import stat
import struct
import zipfile
from pathlib import Path

import pytest

from advocacy_monitor import pack_files
from advocacy_monitor.errors import ExportError
from advocacy_monitor.pack_files import open_files
from advocacy_monitor.pack_verify import verify_pack
from tests.exporters.sealed_packs import packed, unpacked

BAG = {"bagit.txt": b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n", "data/a.txt": b"a"}


def _refused(path: Path) -> str:
    with pytest.raises(ExportError) as caught, open_files(path):
        pass
    found = verify_pack(path)
    assert found.failed
    assert found.number == ""
    return str(caught.value)


@pytest.mark.parametrize(
    "name",
    ["../evil.txt", "pack/../../evil.txt", "/etc/evil.txt", "pack\\..\\evil.txt", "C:/evil.txt", "pack/./a", "pack//a"],
)
def test_a_name_that_leads_out_of_the_folder(name: str, tmp_path: Path) -> None:
    path = packed({**{f"pack/{n}": d for n, d in BAG.items()}, name: b"x"}, tmp_path / "a.zip", base="")
    assert "leads out of the folder; nothing was unpacked" in _refused(path)
    assert [each.name for each in tmp_path.iterdir()] == ["a.zip"]


@pytest.mark.parametrize("name", ["data/a\u202etxt", "data/a\nb", "data/\x1b[31m"])
def test_a_name_with_invisible_characters(name: str, tmp_path: Path) -> None:
    said = _refused(packed({**BAG, name: b"x"}, tmp_path / "a.zip"))
    assert "holds invisible characters" in said
    assert "\x1b" not in said


def test_two_files_of_one_name(tmp_path: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        for name, data in (*BAG.items(), ("data/a.txt", b"b")):
            archive.writestr(f"pack/{name}", data)
    (tmp_path / "a.zip").write_bytes(made.getvalue())
    assert "pack/data/a.txt stands in it twice" in _refused(tmp_path / "a.zip")


@pytest.mark.parametrize("name", ["data/A.txt", "DATA/a.txt"])
def test_two_names_that_many_computers_take_for_one(name: str, tmp_path: Path) -> None:
    assert "are the same on many computers" in _refused(packed({**BAG, name: b"b"}, tmp_path / "a.zip"))


def test_a_link(tmp_path: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, data in BAG.items():
            archive.writestr(f"pack/{name}", data)
        link = zipfile.ZipInfo("pack/data/link")
        link.create_system = 3
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    (tmp_path / "a.zip").write_bytes(made.getvalue())
    assert "pack/data/link is a link or a device" in _refused(tmp_path / "a.zip")


def test_a_link_in_a_folder(tmp_path: Path) -> None:
    folder = unpacked(BAG, tmp_path / "bag")
    (folder / "data" / "link").symlink_to("/etc/passwd")
    assert "data/link is a link or a device" in _refused(folder)


def test_a_pipe_in_a_folder_is_not_waited_for(tmp_path: Path) -> None:
    folder = unpacked(BAG, tmp_path / "bag")
    os.mkfifo(folder / "data" / "pipe")
    assert "data/pipe is a link or a device" in _refused(folder)


def test_a_file_that_unfolds_without_end(tmp_path: Path) -> None:
    path = packed({**BAG, "data/zeros": bytes(40_000_000)}, tmp_path / "a.zip")
    assert path.stat().st_size < 100_000
    assert "would unfold to more than 1000 times its size" in _refused(path)


def test_files_that_unfold_to_too_much_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pack_files, "MOST_BYTES", 1000)
    path = packed({**BAG, "data/b": os.urandom(600), "data/c": os.urandom(600)}, tmp_path / "a.zip")
    assert "would unfold to 1,255 bytes; at most 1,000" in _refused(path)


def test_too_many_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pack_files, "MOST_FILES", 10)
    many = {**BAG, **{f"data/{n}": b"" for n in range(10)}}
    assert "holds more than 10 files" in _refused(packed(many, tmp_path / "a.zip"))
    assert "holds more than 10 files" in _refused(unpacked(many, tmp_path / "bag"))


def test_a_file_that_is_longer_than_it_says(tmp_path: Path) -> None:
    path = packed({**BAG, "data/long.txt": b"long " * 100}, tmp_path / "a.zip")
    data = path.read_bytes()
    at = data.rindex(b"pack/data/long.txt") - 22  # the size in the central directory: APPNOTE 4.3.12
    assert struct.unpack("<I", data[at : at + 4]) == (500,)
    path.write_bytes(data[:at] + struct.pack("<I", 10) + data[at + 4 :])
    with open_files(path) as files, pytest.raises(ExportError, match=r"data/long\.txt"):
        files.read("data/long.txt", most=10_000)


def test_an_encrypted_entry(tmp_path: Path) -> None:
    path = packed(BAG, tmp_path / "a.zip")
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\x01\x02") + 8
    data[at] |= 1
    path.write_bytes(bytes(data))
    assert "is encrypted" in _refused(path)


def test_an_odd_compression(tmp_path: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_LZMA) as archive:
        for name, data in BAG.items():
            archive.writestr(f"pack/{name}", data)
    (tmp_path / "a.zip").write_bytes(made.getvalue())
    assert "is compressed in a way that bundles are not" in _refused(tmp_path / "a.zip")


@pytest.mark.parametrize(
    ("files", "why"),
    [({"data/a.txt": b"a"}, "is no bundle: there is no bagit.txt"), ({}, "holds no file")],
)
def test_what_is_no_bundle(files: dict[str, bytes], why: str, tmp_path: Path) -> None:
    assert why in _refused(packed(files, tmp_path / "a.zip"))


def test_something_beside_the_bundle_s_folder(tmp_path: Path) -> None:
    path = packed({**{f"pack/{n}": d for n, d in BAG.items()}, "setup.exe": b"MZ"}, tmp_path / "a.zip", base="")
    assert "alone or in one folder" in _refused(path)


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"PK\x03\x04", bytes(range(256))])
def test_any_other_file_is_no_pack(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(data)
    found = verify_pack(tmp_path / "a.pdf")
    assert found.failed
    assert len(found.checks) == 1


def test_a_cut_zip(tmp_path: Path) -> None:
    path = packed({**BAG, "data/b": os.urandom(5000)}, tmp_path / "a.zip")
    path.write_bytes(path.read_bytes()[:-4000])
    assert verify_pack(path).failed


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert "No such file" in verify_pack(tmp_path / "none.zip").checks[0].said


@pytest.mark.parametrize("before", [b"<html>Something else</html>", None])
def test_an_archive_with_something_before_it(before: bytes | None, tmp_path: Path) -> None:
    path = packed(BAG, tmp_path / "a.zip")
    path.write_bytes((before or path.read_bytes()) + path.read_bytes())
    assert "holds something beside its files" in _refused(path)


def test_an_archive_with_a_comment_behind_it(tmp_path: Path) -> None:
    path = packed(BAG, tmp_path / "a.zip")
    with zipfile.ZipFile(path, "a") as archive:
        archive.comment = b"<script>"
    assert "holds something beside its files" in _refused(path)
