"""Checks the other files of a bundle against its pack: quotes in the tables and on the page, and every file made anew.

Exporters give the same bytes for the same pack, so a file that is equal when it is made again holds what the pack holds
and nothing else. Where another version of a library makes it differently, it is read and its quotes are compared, and
what cannot be read is named as not compared.
"""

from __future__ import annotations

import csv
import hashlib
import html.parser
import io
import json
import tempfile
import unicodedata
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import cast
from urllib.parse import unquote

from advocacy_monitor import plugins
from advocacy_monitor.brand_logo import check_logo
from advocacy_monitor.errors import AdvocacyMonitorError, ConfigError, ExportError
from advocacy_monitor.exporters.bundle_readme import readme
from advocacy_monitor.exporters.cells import neutralised, storable, within
from advocacy_monitor.models import EvidencePack, Exhibit
from advocacy_monitor.pack_checks import Check, Outcome, failed, listed, not_possible, ok, quotes
from advocacy_monitor.pack_files import PackFiles, pack_document, shown
from advocacy_monitor.protocols import Exporter

_LARGEST = 64 * 2**20
_LARGEST_MADE_AGAIN = 32 * 2**20
_LONGEST_CELL = 32_000
_CRATE = "data/ro-crate-metadata.json"


def file_checks(files: PackFiles, pack: EvidencePack, *, again: bool) -> Iterator[Check]:
    """The checks of every payload file beside the pack's JSON and the manifest. Raises ExportError.

    `again` says whether the files are made again; there is no sense in it for a pack that was changed.
    """
    document = pack_document(files)
    yield _crate(files)
    rest = sorted(n for n in files.sizes if n.startswith("data/") and n not in (_CRATE, "data/manifest.json", document))
    again = again and files.sizes[document] <= _LARGEST_MADE_AGAIN
    same = _made_again(files, pack, document, rest) if again else []
    payload = tuple(name.removeprefix("data/") for name in files.sizes if name.startswith("data/"))
    if again and "README.md" in files.sizes:
        rest.append("README.md")
        same += ["README.md"] * (files.read("README.md", most=_LARGEST) == readme(pack, payload))
    if same:
        yield ok("made again", f"made again from the pack, these files are the same byte for byte: {listed(same)}")
    others = [name for name in rest if name not in same]
    unread, read = [], []
    for name in others:
        reader = _READERS.get(PurePosixPath(name).suffix)
        check = _read(files, name, pack, reader) if reader else None
        if check is None:
            unread.append(name)
        else:
            yield check
            read += [name] * (check.outcome is Outcome.OK)
    if read:
        yield not_possible(
            "the rest of the files",
            ("this program makes these files differently now" if again else "these files were not made again")
            + ", and of them it compared the quotes alone: compare figures and all other words with the pack yourself: "
            + listed(list(map(shown, read))),
        )
    if unread:
        yield not_possible(
            "made again",
            ("this program makes these files differently now" if again else "these files were not made again")
            + f", and it does not read them: compare them with the pack yourself: {listed(list(map(shown, unread)))}",
        )


def _crate(files: PackFiles) -> Check:
    """The digests that the RO-Crate metadata gives are those of the files."""
    if _CRATE not in files.sizes:
        return failed("crate", f"the bundle has no {_CRATE}")
    try:
        graph = json.loads(files.read(_CRATE, most=_LARGEST))["@graph"]
        said = {f"data/{unquote(each['@id'])}": each.get("sha256") for each in graph if each["@type"] == "File"}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return failed("crate", f"{_CRATE} is no RO-Crate that can be read")
    payload = {name for name in files.sizes if name.startswith("data/")} - {_CRATE}
    wrong = sorted((set(said) ^ payload) | {each for each in set(said) & payload if said[each] != _sha256(files, each)})
    if wrong:
        return failed("crate", f"{_CRATE} does not say of these files what they are: {listed(list(map(shown, wrong)))}")
    return ok("crate", f"{_CRATE} gives the digests of {len(payload)} files")


def _sha256(files: PackFiles, name: str) -> str:
    digest = hashlib.sha256()
    for piece in files.pieces(name):
        digest.update(piece)
    return digest.hexdigest()


def _made_again(files: PackFiles, pack: EvidencePack, document: str, names: Sequence[str]) -> list[str]:
    """The names of files that any installed format makes with the same bytes."""
    if pack.brand.logo is not None:
        try:
            check_logo(pack.brand.logo.data, where="logo")
        except ConfigError:
            return []  # a stranger's picture that we would not have let into a pack is not drawn
    stem = document.removesuffix(".json")
    found = set[str]()
    with tempfile.TemporaryDirectory() as folder:
        for name in plugins.installed(plugins.EXPORTERS):
            if name != "bundle":
                found |= _same(files, pack, name, stem, set(names) - found, Path(folder) / name)
    return sorted(found)


def _same(files: PackFiles, pack: EvidencePack, name: str, stem: str, names: set[str], folder: Path) -> set[str]:
    """Those files of one format that are the same when it writes them again."""
    try:
        exporter = cast(Exporter, plugins.build(plugins.EXPORTERS, name, {}, where=f"format {name}"))
        whole = f"{stem}{exporter.suffix}"
        mine = {each for each in names if each == whole or each.startswith(f"{whole}/")}
        if not mine:
            return set()
        folder.mkdir()
        made = folder / PurePosixPath(whole).name
        with plugins.boundary(name, ExportError):
            exporter.export(pack, made)
    except AdvocacyMonitorError:
        return set()  # what cannot be made here is simply not compared in this way
    where = {each: folder / PurePosixPath(each).relative_to("data") for each in mine}
    return {each for each, at in where.items() if at.is_file() and _digest(at) == _sha256(files, each)}


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


_Reader = Callable[[bytes, EvidencePack], list[int]]
"""Reads a file and returns the numbers of the quotes that differ; 0 is for a quote that the pack does not have."""


def _read(files: PackFiles, name: str, pack: EvidencePack, reader: _Reader) -> Check:
    kind = PurePosixPath(name).suffix[1:]
    data = files.read(name, most=_LARGEST)
    try:
        # A stranger's file makes the libraries that read it raise whatever they please.
        with plugins.boundary(f"{shown(name)} cannot be read", ExportError):
            wrong = sorted(set(reader(data, pack)))
    except ExportError as error:
        return failed(kind, str(error))
    if wrong:
        return failed(kind, f"{shown(name)} does not hold these quotes as the pack has them", wrong)
    return ok(kind, f"{shown(name)} holds {quotes(len(pack.exhibits))} as the pack has them")


def _csv(data: bytes, pack: EvidencePack) -> list[int]:
    csv.field_size_limit(2**31 - 1)
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    return _differing(rows, pack, neutralised)


def _xlsx(data: bytes, pack: EvidencePack) -> list[int]:
    from openpyxl import load_workbook

    _refuse_bombs(data)
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=False)
    for sheet in book.worksheets:
        rows = sheet.iter_rows(values_only=True)
        head = [str(cell) for cell in next(rows, ())]
        if {"exhibit", "text", "text_sha256"} <= set(head):
            found = [dict(zip(head, ("" if c is None else str(c) for c in row), strict=False)) for row in rows]
            return _differing(found, pack, lambda text: _as_cell(within(storable(text), _LONGEST_CELL)))
    raise ValueError("no sheet of it holds quotes")


def _refuse_bombs(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > 4 * _LARGEST:
            raise ValueError("it would unfold to more than is read")


def _as_cell(text: str) -> str:
    """Line ends as XML keeps them."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _differing(rows: Sequence[Mapping[str, str]], pack: EvidencePack, written: Callable[[str], str]) -> list[int]:
    """The quotes of a table that are not those of the pack."""
    exhibits = {str(each.number): each for each in pack.exhibits}
    given = [row["exhibit"] for row in rows]
    wrong = [each.number for each in pack.exhibits if given.count(str(each.number)) != 1]
    for row in rows:
        exhibit = exhibits.get(row["exhibit"])
        if exhibit is None:
            wrong.append(0)
        elif any(row[key] != written(value) for key, value in _cells(exhibit).items() if key in row):
            wrong.append(exhibit.number)
    return wrong


def _cells(exhibit: Exhibit) -> dict[str, str]:
    return {
        "text": exhibit.text,
        "quoted": exhibit.quoted,
        "language": exhibit.language,
        "said_on": exhibit.said_on.isoformat(),
        "attribution": exhibit.attribution or "",
        "library": exhibit.library or "",
        "area": exhibit.area or "",
        "text_sha256": exhibit.text_sha256,
        "capture_sha256": exhibit.capture_sha256,
    }


_ACTIVE = frozenset({"script", "iframe", "object", "embed", "base", "form"})


class _Page(html.parser.HTMLParser):
    """Collects what stands in the block quotes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.quotes: list[str] = []
        self._inside = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _ACTIVE or any(name.startswith("on") for name, _ in attrs):
            raise ValueError("it holds a program or another page, which no page of a pack does")
        if tag == "blockquote":
            self._inside += 1
            self.quotes.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "blockquote":
            self._inside -= 1

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.quotes[-1] += data


def _html(data: bytes, pack: EvidencePack) -> list[int]:
    page = _Page()
    page.feed(data.decode("utf-8"))
    page.close()
    printed = {_words(each.printed): each.number for each in pack.exhibits}
    found = [_words(each) for each in page.quotes]
    # Quote marks of the language stand around the words, and those may have marks of their own.
    unknown = [each for each in found if not {each, each[1:-1].strip()} & set(printed)]
    missing = {
        number for words, number in printed.items() if not any(words in (each, each[1:-1].strip()) for each in found)
    }
    chosen = {each.number for each in pack.exhibits if each.chosen and _words(each.printed)}
    return sorted(missing & chosen) + [0] * bool(unknown)


def _words(text: str) -> str:
    """The words of a text without what a page leaves out: controls, marks for direction, blanks in a row."""
    storable_text = text.encode("utf-8", "replace").decode()  # a lone surrogate is a question mark on a page
    kept = "".join(c if c.isspace() or unicodedata.category(c) not in ("Cc", "Cf", "Cn") else "" for c in storable_text)
    return " ".join(kept.split())


_READERS: Mapping[str, _Reader] = {".csv": _csv, ".xlsx": _xlsx, ".html": _html}
