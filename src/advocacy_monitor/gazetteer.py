"""The campaign's own list of places: libraries, municipalities and postcodes, each with the area that it lies in.

Two CSV files that the campaign provides (docs/how-to/find-places.md): `libraries` and, if it has one, `postcodes`.
`places_import.py` makes them from the tables that statistics offices and library ministries publish.
"""

from __future__ import annotations

import csv
import io
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

_CHARACTERS = (
    "\u3005-\u3007\u3041-\u3096\u30a1-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_MARKS = "\u0300-\u036f\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0670\u00ad\u200b-\u200d"
# Chinese and Japanese have no spaces: each of their characters is a word. Marks belong to the letter before them.
_WORD_OF = re.compile(rf"[{_CHARACTERS}]|[^\W_{_CHARACTERS}]+(?:[{_MARKS}]+[^\W_{_CHARACTERS}]*)*")
_RUN = re.compile(r"[^\W_]+")
_DROPPED = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d"))
_MOST_PROBLEMS = 20
_LONGEST_NAME = 12
# Before the name of a town, so that "Reading" and "Essen" are places only where they are meant as such.
_PREPOSITIONS = {
    *("in", "at", "near", "from", "around", "of", "to", "outside", "across"),
    *("aus", "bei", "von", "nach", "um", "für"),
    *("à", "de", "dans", "en", "desde", "cerca"),
    *("в", "из", "под", "около"),
    *("في", "من", "إلى", "الى", "قرب"),
    *("在", "于", "於", "到", "自", "从", "從", "去", "来", "來"),
}
# Written onto the word behind them: "and", "so", then "in", "as", "to".
_ARABIC_PREFIX = re.compile(r"[وف]?([بكل]?)(?=[\u0621-\u064a]{3})")
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
    _sizes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

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

        A municipality counts only with a capital and behind a word such as "in" or "aus"; a library's name of one
        word only with a capital; a postcode of digits alone only beside its municipality or a word such as
        "postcode". Where letters have no capitals, none is asked for.
        """
        words = [_Word(found[0], _fold(found[0]), found.start(), found.end()) for found in _WORD_OF.finditer(text)]
        at = 0
        while at < len(words):
            mention, length = self._at(words, at)
            if mention is not None:
                yield mention
            at += max(1, length)

    def _at(self, words: Sequence[_Word], at: int) -> tuple[Mention | None, int]:
        for first, is_behind in _beginnings(words[at].folded):
            for size in self._sizes.get(first, ()):
                name = (first, *(word.folded for word in words[at + 1 : at + size]))
                if len(name) == size and (kind := self._kind(name, words, at, is_behind=is_behind)) is not None:
                    meant = self.postcodes["".join(name)] if kind == "postcode" else self._named(kind)[name]
                    return Mention(meant, words[at].start, words[at + size - 1].end, kind), size
        return None, 0

    def _named(self, kind: str) -> Mapping[tuple[str, ...], frozenset[Place]]:
        return self.libraries if kind == "library" else self.municipalities

    def _kind(self, name: tuple[str, ...], words: Sequence[_Word], at: int, *, is_behind: bool) -> str | None:
        """As what the words at a place count, if at all."""
        if name in self.libraries and (len(name) > 1 or _is_capital(words[at])):
            return "library"
        if name in self.municipalities and _is_capital(words[at]) and (is_behind or _is_meant(words, at)):
            return "municipality"
        code = "".join(name)
        if code in self.postcodes and name in _spellings(code):
            return "postcode" if not code.isdigit() or self._confirmed(words, at, len(name), code) else None
        return None

    def _confirmed(self, words: Sequence[_Word], at: int, size: int, code: str) -> bool:
        """Whether digits are meant as a postcode: "PLZ 12345", "12345 Weststadt", "Weststadt 12345".

        Of a town of several words each one will do that has a capital: "60311 Frankfurt", but not "2000 new books".
        """
        near = [*words[max(0, at - 3) : at], *words[at + size : at + size + 3]]
        if any(word.folded in _POSTCODE_WORDS for word in near):
            return True
        for place in self.postcodes[code]:
            town = _words(place.municipality or place.area or "")
            if any(word.folded in town and word.written[0].isupper() for word in near):
                return True
            length = len(town)
            for begin in (*range(max(0, at - 3 - length), at - length + 1), *range(at + size, at + size + 3)):
                if town and tuple(word.folded for word in words[begin : begin + length]) == town:
                    return True
        return False


class _Word(NamedTuple):
    """A word of a text as it was written and as it is compared, and where it stands."""

    written: str
    folded: str
    start: int
    end: int


def _beginnings(word: str) -> Iterator[tuple[str, bool]]:
    """A word, and in Arabic also without what is written onto it; whether that says that a place follows."""
    yield word, False
    if word and "\u0600" <= word[0] <= "\u06ff" and (prefix := _ARABIC_PREFIX.match(word)) and prefix[0]:
        yield word[prefix.end() :], bool(prefix[1])


def _is_capital(word: _Word) -> bool:
    """Whether a word begins with a capital, or with a letter that has none."""
    return word.written[0].isupper() or not word.written[0].islower()


def _is_meant(words: Sequence[_Word], at: int) -> bool:
    """Whether a word such as "in" stands before a place, or before its article with a capital: "in The Hague"."""
    before = at - 1
    if before > 0 and words[before].folded in _ARTICLES and words[before].written[0].isupper():
        before -= 1
    return before >= 0 and unicodedata.normalize("NFC", words[before].written.casefold()) in _PREPOSITIONS


def _fold(word: str) -> str:
    if word.isascii():
        return word.lower()
    split = unicodedata.normalize("NFKD", word.casefold()).translate(_DROPPED)
    return "".join(sign for sign in split if not unicodedata.combining(sign))


def _words(name: str) -> tuple[str, ...]:
    """The folded words of a name, without the article before it."""
    words = tuple(_fold(found[0]) for found in _WORD_OF.finditer(name))
    return words[1:] if len(words) > 1 and words[0] in _ARTICLES else words


def _code(postcode: str) -> str:
    return "".join(_fold(found[0]) for found in _WORD_OF.finditer(postcode))


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
        place = Place(_said(row.get("library")), _said(row.get("municipality")), _area(row, areas))
        for name in (row.get("library", ""), *row.get("aliases", "").split(ALIAS_MARK)):
            if words := _words(name):
                by_library[words].add(place)
        _note(place, row.get("postcode", ""), by_town, by_code)
    for row in postcodes:
        place = Place(None, _said(row.get("municipality")), _area(row, areas))
        _note(place, row["postcode"], by_town, by_code)
    sizes: dict[str, set[int]] = defaultdict(set)
    for words in (*by_library, *by_town, *(words for code in by_code for words in _spellings(code))):
        sizes[words[0]].add(len(words))
    return Gazetteer(
        libraries={name: frozenset(places) for name, places in by_library.items()},
        municipalities={name: frozenset(places) for name, places in by_town.items()},
        postcodes={code: frozenset(places) for code, places in by_code.items()},
        areas=areas,
        _sizes={word: tuple(sorted(each, reverse=True)) for word, each in sizes.items()},
    )


def _said(cell: str | None) -> str | None:
    """A cell that holds words; "-" and the like stand for nothing."""
    return cell if cell and _words(cell) else None


def _area(row: Mapping[str, str], areas: dict[tuple[str, ...], str]) -> str | None:
    """The area of a row as it was written first: RIVERSIDE in the one table is Riverside in the other."""
    area = _said(row.get("area"))
    return None if area is None else areas.setdefault(_words(area), area)


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
) -> None:
    """Shelves municipality and postcode of one row; without the library, which only its own name means."""
    there = place._replace(library=None)
    if place.municipality:
        by_town[_words(place.municipality)].add(there)
    if code := _code(postcode):
        by_code[code].add(there)


def read_places(path: Path, needed: Sequence[str], extras: Sequence[str]) -> Iterator[dict[str, str]]:
    """The rows of a file with the needed columns and those of the extras that it has, cells stripped.

    Raises ConfigError that lists the lines that lack what every row needs.
    """
    try:
        content = path.read_text(encoding="utf-8-sig")
        reader = csv.DictReader(io.StringIO(content, newline=""), strict=True)
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
            elif len(_RUN.findall(cells[needed[0]])) > _LONGEST_NAME:
                problems.append(f"{path}, line {reader.line_num}: {needed[0]} has more than {_LONGEST_NAME} words")
            rows.append(cells)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigError(f"{path}: the list of places cannot be read: {error}") from error
    if problems:
        more = [f"... and {len(problems) - _MOST_PROBLEMS} more"] if len(problems) > _MOST_PROBLEMS else []
        raise ConfigError("\n".join(problems[:_MOST_PROBLEMS] + more))
    yield from rows
