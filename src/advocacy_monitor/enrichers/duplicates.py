"""The duplicates enricher: which items say again what an earlier item said (R8).

A count must neither hide copies nor merge different voices. So a text is compared with the first item of each cluster
only: every `duplicate_of` is at least `certain` alike to the item that it names, and a chain of small edits cannot
drift into somebody else's words. Between `suggested` and `certain` a person decides (`maybe_duplicate_of`).
docs/explanation/enrichers.md says which short texts are not merged, and why.
"""

from __future__ import annotations

import heapq
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from typing import ClassVar, NamedTuple, Self

from pydantic import Field, PrivateAttr, model_validator

from advocacy_monitor.enrichers.near_copies import NearCopies
from advocacy_monitor.enrichers.plain_text import FIRST_WIDE, HANDLE, HASHTAG, URL, version_with_settings
from advocacy_monitor.models import Annotation, Relation, StoredItem
from advocacy_monitor.protocols import Plugin, Reader

UNKNOWN_ORIGINAL = "unknown"
_MANUAL_REPOST = re.compile(r"\s*RT\s+(?=[@＠])", re.IGNORECASE)
_HASHTAG_SIGNS = ("#", "＃")
_JOINING = frozenset("'’‘ʼ`´\u00ad")


class _Letters(dict[int, str]):
    """For `str.translate`: letters and digits stay, apostrophes and invisible signs go, all else parts words."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        category = unicodedata.category(letter)
        if letter in _JOINING or category in ("Cf", "Me") or 0xFE00 <= code <= 0xFE0F:
            kept = ""
        else:
            kept = letter if category[0] in "LNM" else " "
        self[code] = kept
        return kept


_LETTERS = _Letters()


def normalised(text: str) -> str:
    """The words of a text, as copies share them: no case, URLs, handles, closing hashtags, punctuation or emoji."""
    text = unicodedata.normalize("NFKC", text)
    if match := _MANUAL_REPOST.match(text):
        text = text[match.end() :]
    plain = HANDLE.sub(" ", URL.sub(" ", text))
    if "#" in plain:
        plain = _without_closing_hashtags(plain)
    return " ".join(plain.casefold().translate(_LETTERS).split())


def _comparable(text: str, words: str) -> str:
    """What is compared for likeness: the words without hashtags, which a whole campaign shares."""
    return normalised(HASHTAG.sub(" ", text)) if "#" in text or "＃" in text else words


def _without_closing_hashtags(text: str) -> str:
    # Two people who close with the same five campaign hashtags do not say the same thing. A first hashtag that
    # ends a sentence ("I love my #library") is a word of it.
    words = text.split()
    kept = len(words)
    while kept and words[kept - 1].startswith(_HASHTAG_SIGNS):
        kept -= 1
    if kept and kept < len(words) and words[kept - 1][-1].isalnum():
        kept += 1
    return " ".join(words[:kept])


def _size(text: str) -> tuple[int, int]:
    """Words and characters; two letters of a script without spaces count as a word, each as two characters."""
    wide = sum(letter >= FIRST_WIDE for letter in text) if max(text, default="") >= FIRST_WIDE else 0
    return len(text.split()) + wide // 2, len(text) + wide


class _Found(NamedTuple):
    """What there is to say about one item."""

    label: str
    value: str
    score: float | None


class _Clusters:
    """All items so far, by their words: the first of each cluster, and where each later one belongs."""

    def __init__(self, settings: DuplicatesEnricher) -> None:
        self.settings = settings
        self.last_id = 0
        self._near = NearCopies(floor=settings.suggested)
        self._first_with: dict[str, int] = {}
        self._first_by_person: dict[tuple[str, str], int] = {}
        self._id_at: dict[str, dict[str, int]] = {}
        self._root_of: dict[int, int] = {}

    def place(self, item: StoredItem) -> _Found | None:
        """Put the next item, in the order of ids, where it belongs."""
        self.last_id = item.id
        text = normalised(item.text)
        # A quote without own words says what it quotes, as a repost does.
        if item.relation is Relation.REPOST or (item.relation is Relation.QUOTE and not text):
            return self._place_repost(item, text)
        self._remember(item)
        if not text:
            return None  # no words, no copy: an empty answer is not the same as another empty answer
        if self._is_short(text):
            return self._place_short(item, text)
        return self._place_long(item, text)

    def _remember(self, item: StoredItem) -> None:
        self._id_at.setdefault(sys.intern(item.source), {})[item.source_id] = item.id

    def _copy(self, item: StoredItem, root: int, score: float) -> _Found:
        self._root_of[item.id] = root
        return _Found("duplicate_of", str(root), score)

    def _place_repost(self, item: StoredItem, text: str) -> _Found:
        # A repost is not its author's statement, so it never becomes the first of a cluster.
        original = self._id_at.get(item.source, {}).get(item.related_id or "")
        score = 1.0
        if original is None:
            original, score = self._like(item, text)
        if original is None:
            return _Found("repost", item.related_id or UNKNOWN_ORIGINAL, None)
        self._remember(item)
        return self._copy(item, self._root_of.get(original, original), score)

    def _like(self, item: StoredItem, text: str) -> tuple[int | None, float]:
        if self._is_short(text):
            return None, 0.0
        if text in self._first_with:
            return self._first_with[text], 1.0
        comparable = _comparable(item.text, text)
        if not self._is_short(comparable):
            alike = self._near.most_alike(self._near.sketch(comparable))
            if alike and alike.jaccard >= self.settings.certain:
                return alike.key, round(alike.jaccard, 4)
        return None, 0.0

    def _is_short(self, text: str) -> bool:
        words, characters = _size(text)
        return words < self.settings.short_words or characters < self.settings.short_characters

    def _place_short(self, item: StoredItem, text: str) -> _Found | None:
        first = self._first_with.setdefault(text, item.id)
        if item.person_key is not None:
            own = self._first_by_person.setdefault((item.person_key, text), item.id)
            if own != item.id:
                return self._copy(item, own, 1.0)
        if first == item.id or _size(text)[0] <= self.settings.stock_words:
            return None
        return _Found("maybe_duplicate_of", str(first), 1.0)

    def _place_long(self, item: StoredItem, text: str) -> _Found | None:
        if (first := self._first_with.get(text)) is not None:
            return self._copy(item, first, 1.0)
        comparable = _comparable(item.text, text)
        if self._is_short(comparable):
            self._first_with[text] = item.id
            return None
        sketch = self._near.sketch(comparable)
        alike = self._near.most_alike(sketch)
        if alike and alike.jaccard >= self.settings.certain:
            self._first_with[text] = alike.key
            return self._copy(item, alike.key, round(alike.jaccard, 4))
        self._first_with[text] = item.id
        self._near.add(item.id, comparable, sketch)
        return _Found("maybe_duplicate_of", str(alike.key), round(alike.jaccard, 4)) if alike else None


class DuplicatesEnricher(Plugin):
    """Asserts `duplicate_of`, `maybe_duplicate_of` (value: the id of a cluster's first item) and `repost`.

    `certain` and `suggested` are Jaccard similarities of 4-character shingles. Texts of fewer than `short_words`
    words or `short_characters` characters match exactly or not at all; when different people wrote them they are
    suggested only, and with `stock_words` words or fewer ("Thank you!") they are two voices.
    """

    BASE_VERSION: ClassVar[str] = "minhash-2"

    certain: float = Field(default=0.8, gt=0.0, le=1.0, description="Likeness from which a text is a copy.")
    suggested: float = Field(default=0.6, gt=0.0, le=1.0, description="Likeness from which a person should decide.")
    short_words: int = Field(default=5, ge=0, description="Texts of fewer words match exactly or not at all.")
    short_characters: int = Field(default=20, ge=0, description="The same for characters.")
    stock_words: int = Field(default=3, ge=0, description="Up to here, two people's same words are two voices.")

    _clusters: _Clusters | None = PrivateAttr(default=None)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.suggested > self.certain:
            raise ValueError(f"suggested ({self.suggested}) must not be above certain ({self.certain})")
        return self

    @property
    def version(self) -> str:
        return version_with_settings(self.BASE_VERSION, self)

    def enrich(self, items: Sequence[StoredItem], reader: Reader) -> Iterable[Annotation]:
        """At most one annotation an item, the same however the items are split into batches.

        Earlier items are read from `reader` once a process, and again only where ids are missing between batches.
        """
        if not items:
            return []
        batch = sorted(items, key=attrgetter("id"))
        clusters, self._clusters = self._clusters, None  # a batch that fails leaves nothing half-placed
        if clusters is None or batch[0].id <= clusters.last_id:
            clusters = _Clusters(self)
        found = list(self._annotations(batch, clusters, reader))
        self._clusters = clusters
        return found

    def _annotations(self, batch: list[StoredItem], clusters: _Clusters, reader: Reader) -> Iterator[Annotation]:
        by = f"duplicates@{self.version}"
        asked = {item.id for item in batch}
        earlier = _not_seen(batch, asked, clusters.last_id, reader)
        for item in heapq.merge(earlier, batch, key=attrgetter("id")):
            found = clusters.place(item)
            if found and item.id in asked:
                yield Annotation(item_id=item.id, label=found.label, value=found.value, score=found.score, by=by)


def _not_seen(batch: list[StoredItem], asked: set[int], last_id: int, reader: Reader) -> Iterator[StoredItem]:
    """Stored items between what was seen and the end of the batch that are not part of the batch."""
    if batch[0].id == last_id + 1 and batch[-1].id - batch[0].id == len(batch) - 1:
        return
    for item in reader.items(before_id=batch[-1].id):
        if item.id > last_id and item.id not in asked:
            yield item
