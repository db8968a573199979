"""The campaign's libraries as the form offers them: by typing, from a list, and by a link's `?library=`."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from advocacy_monitor.config import Loaded
from advocacy_monitor.gazetteer import ALIAS_MARK, LIBRARY_COLUMNS, LIBRARY_EXTRAS, read_places

MOST_ON_PAGE = 300
"""A longer list is not written into every page: it is fetched when somebody types, or read on its own page."""

_SPACES = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Library:
    """One library. `label` names it alone: with its municipality where others have the same name."""

    name: str
    label: str
    municipality: str = ""
    area: str = ""
    is_shared: bool = False
    """Whether another library has the same name."""
    key: str = ""
    """The label as it is compared."""


@dataclass(frozen=True)
class Libraries:
    """All of them, in the order of their labels; empty where the campaign has no list."""

    listed: tuple[Library, ...] = ()
    _by_name: Mapping[str, tuple[Library, ...]] = field(default_factory=dict)

    def find(self, typed: str) -> Library | None:
        """The one library that somebody means by a label, a name, another name of it, or a link's slug."""
        found = self._by_name.get(folded(typed), ())
        return found[0] if len(found) == 1 else None

    def matching(self, words: str, *, most: int) -> list[Library]:
        """Those whose label holds each of the words, first those with words that begin so."""
        wanted = folded(words).split()
        holding = [each for each in self.listed if all(word in each.key for word in wanted)]
        return sorted(holding, key=lambda each: not _begin(each.key, wanted))[:most]

    @property
    def on_page(self) -> tuple[Library, ...]:
        """What stands in the form itself."""
        return self.listed if len(self.listed) <= MOST_ON_PAGE else ()

    @cached_property
    def as_json(self) -> bytes:
        """The labels, for the script that completes what is typed."""
        return json.dumps([each.label for each in self.listed], ensure_ascii=False).encode()

    @cached_property
    def digest(self) -> str:
        """Changes when the list does."""
        return hashlib.sha256(self.as_json).hexdigest()[:12]


def folded(name: str) -> str:
    """A name without case, accents and punctuation, its words with one space between them."""
    split = unicodedata.normalize("NFKD", name.casefold())
    return _SPACES.sub(" ", "".join(sign for sign in split if not unicodedata.combining(sign))).strip()


def _begin(key: str, words: Sequence[str]) -> bool:
    return all(f" {word}" in f" {key}" for word in words)


def read_libraries(loaded: Loaded) -> Libraries:
    """The libraries of the campaign's list. Raises ConfigError."""
    path = loaded.config.campaign.libraries
    return libraries(read_places(loaded.folder / path, LIBRARY_COLUMNS, LIBRARY_EXTRAS)) if path else Libraries()


def libraries(rows: Iterable[Mapping[str, str]]) -> Libraries:
    """The libraries of rows with the columns of that list."""
    rows = [row for row in rows if row.get("library")]
    names = Counter(folded(row["library"]) for row in rows)
    made: dict[Library, None] = {}
    by_name: dict[str, dict[Library, None]] = {}
    for row in rows:
        library = _library(row, is_shared=names[folded(row["library"])] > 1)
        made[library] = None
        spoken = (library.label, library.name, *row.get("aliases", "").split(ALIAS_MARK))
        for name in filter(None, map(folded, spoken)):
            by_name.setdefault(name, {})[library] = None
    listed = tuple(sorted(made, key=lambda each: each.key))
    return Libraries(listed, {name: tuple(found) for name, found in by_name.items()})


def _library(row: Mapping[str, str], *, is_shared: bool) -> Library:
    name, town, area = row["library"], row.get("municipality", ""), row.get("area", "")
    beside = (town or area) if is_shared else ""
    label = f"{name}, {beside}" if beside and folded(beside) not in folded(name) else name
    return Library(name, label, municipality=town, area=area, is_shared=is_shared, key=folded(label))
