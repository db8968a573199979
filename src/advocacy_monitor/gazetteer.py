"""The campaign's own list of places: libraries, municipalities and postcodes, each with the area that it lies in.

Two CSV files that the campaign provides (docs/how-to/find-places.md): `libraries` and, if it has one, `postcodes`.
`places_import.py` makes them from the tables that statistics offices and library ministries publish.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from advocacy_monitor.errors import ConfigError

LIBRARY_COLUMNS = ("library", "area", "postcode")
LIBRARY_EXTRAS = ("municipality", "aliases", "latitude", "longitude")
POSTCODE_COLUMNS = ("postcode", "area")
POSTCODE_EXTRAS = ("municipality",)
ALIAS_MARK = "|"

_WORD = re.compile(r"[^\W_]+")
_MOST_PROBLEMS = 20
_LONGEST_NAME = 12
# Before the name of a town, so that "Reading" and "Essen" are places only where they are meant as such.
_PREPOSITIONS = {
    *("in", "at", "near", "from", "around", "of", "to", "outside", "across"),
    *("aus", "bei", "von", "nach", "um", "für"),
    *("à", "de", "dans", "en", "desde", "cerca"),
    *("в", "из", "под", "около"),
}
_ARTICLES = {"the", "der", "die", "das", "la", "le", "el", "il"}
_POSTCODE_WORDS = {"postcode", "zip", "zipcode", "plz", "postleitzahl", "postal", "cp", "индекс"}


class Place(NamedTuple):
    """Where something lies, as far as it is known: a library, its municipality, its area."""

    library: str | None = None
    municipality: str | None = None
    area: str | None = None


class Mention(NamedTuple):
    """A place's name in a text: what it may mean (several where names are shared), and where it stands."""

    places: frozenset[Place]
    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True, eq=False)
class Gazetteer:
    """Names and postcodes, compared without case, accents and punctuation."""

    libraries: Mapping[tuple[str, ...], frozenset[Place]] = field(default_factory=dict)
    municipalities: Mapping[tuple[str, ...], frozenset[Place]] = field(default_factory=dict)
    postcodes: Mapping[str, frozenset[Place]] = field(default_factory=dict)
    areas: Mapping[tuple[str, ...], str] = field(default_factory=dict)
    _starts: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]] = field(default_factory=dict)

    def library(self, name: str) -> frozenset[Place]:
        """What a library's name or one of its other names means; empty when it is not in the list."""
        return self.libraries.get(_words(name), frozenset())

    def municipality(self, name: str) -> frozenset[Place]:
        """The places of a municipality's name; of "Geelong, Victoria" the first part counts where the whole is none."""
        return self.municipalities.get(_words(name)) or self.municipalities.get(_words(name.split(",")[0]), frozenset())

    def postcode(self, code: str) -> frozenset[Place]:
        """The places of a postcode, however it is spaced."""
        return self.postcodes.get(_code(code), frozenset())

    def area(self, name: str) -> str | None:
        """The area of a name, as the list writes it."""
        return self.areas.get(_words(name))

    def mentions(self, text: str) -> Iterator[Mention]:
        """The libraries, municipalities and postcodes that a text names; of overlapping names the longest.

        A municipality counts only with a capital and behind a word such as "in" or "aus", or before a library of
        its own; a postcode of digits alone only beside its municipality or a word such as "postcode".
        """
        words = [(found[0], _fold(found[0]), found.start(), found.end()) for found in _WORD.finditer(text)]
        at = 0
        while at < len(words):
            mention, length = self._at(words, at)
            if mention is not None:
                yield mention
            at += max(1, length)

    def _at(self, words: Sequence[tuple[str, str, int, int]], at: int) -> tuple[Mention | None, int]:
        for name, kind in self._starts.get(words[at][1], ()):
            size = len(name)
            if tuple(word[1] for word in words[at : at + size]) != name:
                continue
            start, end = words[at][2], words[at + size - 1][3]
            if kind == "library":
                return Mention(self.libraries[name], start, end, kind), size
            if kind == "municipality" and _is_meant(words, at):
                return Mention(self.municipalities[name], start, end, kind), size
            if kind == "postcode":
                code = "".join(name)
                if not code.isdigit() or self._confirmed(words, at, size, code):
                    return Mention(self.postcodes[code], start, end, kind), size
        return None, 0

    def _confirmed(self, words: Sequence[tuple[str, str, int, int]], at: int, size: int, code: str) -> bool:
        """Whether digits are meant as a postcode: "PLZ 12345", "12345 Weststadt", "Weststadt 12345"."""
        around = [word[1] for word in words[max(0, at - 3) : at]] + [
            word[1] for word in words[at + size : at + size + 3]
        ]
        towns = {word for place in self.postcodes[code] for word in _words(place.municipality or place.area or "")}
        return bool(_POSTCODE_WORDS.intersection(around) or towns.intersection(around))


def _is_meant(words: Sequence[tuple[str, str, int, int]], at: int) -> bool:
    written = words[at][0]
    capital = written[0].isupper() or not (written[0].isupper() or written[0].islower())
    return capital and at > 0 and words[at - 1][1] in _PREPOSITIONS


def _fold(word: str) -> str:
    split = unicodedata.normalize("NFKD", word.casefold())
    return "".join(sign for sign in split if not unicodedata.combining(sign))


def _words(name: str) -> tuple[str, ...]:
    """The folded words of a name, without the article before it."""
    words = tuple(_fold(found[0]) for found in _WORD.finditer(name))
    return words[1:] if len(words) > 1 and words[0] in _ARTICLES else words


def _code(postcode: str) -> str:
    return "".join(_fold(found[0]) for found in _WORD.finditer(postcode))


def read_gazetteer(libraries: Path | None, postcodes: Path | None) -> Gazetteer:
    """The gazetteer of a campaign's files. Raises ConfigError that names file, line and what is missing."""
    library_rows = list(read_places(libraries, LIBRARY_COLUMNS, LIBRARY_EXTRAS)) if libraries else []
    postcode_rows = list(read_places(postcodes, POSTCODE_COLUMNS, POSTCODE_EXTRAS)) if postcodes else []
    return gazetteer(library_rows, postcode_rows)


def gazetteer(libraries: Iterable[Mapping[str, str]], postcodes: Iterable[Mapping[str, str]] = ()) -> Gazetteer:
    """The gazetteer of rows with the columns of the two files."""
    by_library: dict[tuple[str, ...], set[Place]] = defaultdict(set)
    by_town: dict[tuple[str, ...], set[Place]] = defaultdict(set)
    by_code: dict[str, set[Place]] = defaultdict(set)
    areas: dict[tuple[str, ...], str] = {}
    for row in libraries:
        place = Place(row.get("library") or None, row.get("municipality") or None, row.get("area") or None)
        for name in (row.get("library", ""), *row.get("aliases", "").split(ALIAS_MARK)):
            if words := _words(name):
                by_library[words].add(place)
        _note(place, row.get("postcode", ""), by_town, by_code, areas)
    for row in postcodes:
        place = Place(None, row.get("municipality") or None, row.get("area") or None)
        _note(place, row["postcode"], by_town, by_code, areas)
    starts: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
    for kind, names in (("library", by_library), ("municipality", by_town)):
        for words in names:
            starts[words[0]].append((words, kind))
    for code in by_code:
        for words in _spellings(code):
            starts[words[0]].append((words, "postcode"))
    return Gazetteer(
        libraries={name: frozenset(places) for name, places in by_library.items()},
        municipalities={name: frozenset(places) for name, places in by_town.items()},
        postcodes={code: frozenset(places) for code, places in by_code.items()},
        areas=areas,
        _starts={word: tuple(sorted(names, key=_longest_first)) for word, names in starts.items()},
    )


def _longest_first(name: tuple[tuple[str, ...], str]) -> tuple[int, int]:
    return -len(name[0]), ("library", "municipality", "postcode").index(name[1])


def _spellings(code: str) -> Iterator[tuple[str, ...]]:
    """A postcode as one word and, where letters are in it (SW1A 1AA, K1A 0B1), as its two halves."""
    yield (code,)
    if len(code) >= 5 and not code.isdigit():
        yield code[:-3], code[-3:]


def _note(
    place: Place,
    postcode: str,
    by_town: dict[tuple[str, ...], set[Place]],
    by_code: dict[str, set[Place]],
    areas: dict[tuple[str, ...], str],
) -> None:
    """Shelves municipality, postcode and area of one row; without the library, which only its own name means."""
    there = place._replace(library=None)
    if place.municipality:
        by_town[_words(place.municipality)].add(there)
    if code := _code(postcode):
        by_code[code].add(there)
    if place.area:
        areas.setdefault(_words(place.area), place.area)


def read_places(path: Path, needed: Sequence[str], extras: Sequence[str]) -> Iterator[dict[str, str]]:
    """The rows of a file with the needed columns and those of the extras that it has, cells stripped.

    Raises ConfigError that lists the lines that lack what every row needs.
    """
    try:
        content = path.read_text(encoding="utf-8-sig")
        reader = csv.DictReader(content.splitlines(keepends=True), strict=True)
        names = reader.fieldnames or ()
        if missing := [name for name in needed if name not in names]:
            raise ConfigError(
                f"{path}: has no column {', '.join(missing)}; it needs {', '.join(needed)} "
                f"and may have {', '.join(extras)}; found {', '.join(names) or 'nothing'}"
            )
        rows, problems = [], []
        for row in reader:
            cells = {name: " ".join((row.get(name) or "").split()) for name in (*needed, *extras) if name in names}
            if not any(cells.values()):
                continue
            if not cells[needed[0]]:
                problems.append(f"{path}, line {reader.line_num}: {needed[0]} is empty")
            elif len(_words(cells[needed[0]])) > _LONGEST_NAME:
                problems.append(f"{path}, line {reader.line_num}: {needed[0]} has more than {_LONGEST_NAME} words")
            rows.append(cells)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigError(f"{path}: the list of places cannot be read: {error}") from error
    if problems:
        more = [f"... and {len(problems) - _MOST_PROBLEMS} more"] if len(problems) > _MOST_PROBLEMS else []
        raise ConfigError("\n".join(problems[:_MOST_PROBLEMS] + more))
    yield from rows
