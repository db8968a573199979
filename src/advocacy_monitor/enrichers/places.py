"""Places: which library, municipality and area a statement is about, from the campaign's own lists (gazetteer.py).

In the order of trust: what the text names, what the form says (its library, its area, its postcode), whose page a post
stands on, where its author says to be. The first that points to one area decides; one that points to several is
narrowed by the next. What fits more than one area to the end, or is contradicted by the form or the page, goes to
staff as `review`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from pydantic import Field

from advocacy_monitor.errors import ConfigError
from advocacy_monitor.gazetteer import Gazetteer, Place, read_gazetteer
from advocacy_monitor.models import Annotation, Span, StoredItem
from advocacy_monitor.protocols import Plugin, Reader

AMBIGUOUS = "place-ambiguous"
CONTRADICTED = "place-contradicted"

_RULES = "4"


class _Clue(NamedTuple):
    """What one kind of evidence says: the places that it may mean, and the words of the text that say so."""

    method: str
    places: frozenset[Place]
    spans: tuple[Span, ...] = ()

    @property
    def areas(self) -> frozenset[str]:
        return frozenset(place.area for place in self.places if place.area)


class PlacesEnricher(Plugin):
    """Asserts `library`, `municipality` and `area` where they are clear, `area_method` with how they were found.

    What stays open is `review: place-ambiguous`, what contradicts itself `review: place-contradicted`.
    """

    libraries: Path | None = Field(default=None, description="CSV with columns library, area and postcode.")
    postcodes: Path | None = Field(default=None, description="CSV with columns postcode and area.")

    @cached_property
    def version(self) -> str:
        """Changes with the rules and with the lists. Raises ConfigError when one cannot be read."""
        import hashlib

        digest = hashlib.sha256()
        for path in (self.libraries, self.postcodes):
            if path is not None:
                try:
                    digest.update(path.read_bytes())
                except OSError as error:
                    raise ConfigError(f"{path}: the list of places cannot be read: {error.strerror}") from error
            digest.update(b"\0")
        has_lists = self.libraries is not None or self.postcodes is not None
        return f"{_RULES}+{digest.hexdigest()[:8]}" if has_lists else _RULES

    @cached_property
    def _known(self) -> Gazetteer:
        return read_gazetteer(self.libraries, self.postcodes)

    def enrich(self, items: Sequence[StoredItem], reader: Reader) -> Iterable[Annotation]:
        """What is clear about each item's place; nothing where the campaign has no lists."""
        if self.libraries is None and self.postcodes is None:
            return
        for item in items:
            yield from self._place(item)

    def _place(self, item: StoredItem) -> Iterator[Annotation]:
        by = f"places@{self.version}"
        clues = [clue for clue in _clues(item, self._known) if clue.places]
        decided, left = _decide(clues)
        if decided is None:
            if left:
                yield Annotation(item_id=item.id, label="review", value=AMBIGUOUS, by=by, spans=clues[0].spans)
            return
        if all(place.area is None or self._known.area(place.area) is None for place in left):
            return  # an area that no list knows stays what somebody wrote into a field: no fact is made of it
        for label in ("library", "municipality", "area"):
            values: set[str | None] = {getattr(place, label) for place in left}
            if len(values) == 1 and (named := values.pop()):
                yield Annotation(item_id=item.id, label=label, value=named, by=by, score=1.0, spans=decided.spans)
        yield Annotation(item_id=item.id, label="area_method", value=decided.method, by=by, spans=decided.spans)
        if any(_contradicts(clue, left) for clue in clues if clue.method != "author"):
            yield Annotation(item_id=item.id, label="review", value=CONTRADICTED, by=by, spans=decided.spans)


def _clues(item: StoredItem, known: Gazetteer) -> Iterator[_Clue]:
    """What there is to go by, in the order of trust."""
    yield _text_clue(item.text, known)
    is_post = item.kind == "post"
    if item.area and not is_post:
        area = known.area(item.area) or item.area
        yield _Clue("form", frozenset({Place(area=area)}))
    if item.library:
        yield _Clue("page" if is_post else "form-library", known.library(item.library))
    if item.area and is_post:
        yield _Clue("page", frozenset({Place(area=known.area(item.area) or item.area)}))
    if item.postcode:
        yield _Clue("postcode", known.postcode(item.postcode))
    if item.place:
        named = known.municipality(item.place)
        whole = known.area(item.place)
        yield _Clue("author", named or (frozenset({Place(area=whole)}) if whole else frozenset()))


def _text_clue(text: str, known: Gazetteer) -> _Clue:
    """Libraries speak before postcodes and towns: "the Quarry Lane Library in Riverside" is one library."""
    mentions = list(known.mentions(text))
    for kind in ("library", "postcode", "municipality"):
        if of_kind := [mention for mention in mentions if mention.kind == kind]:
            places = frozenset(place for mention in of_kind for place in mention.places)
            others = frozenset(p for mention in mentions if mention.kind != kind for p in mention.places)
            narrowed = _among(places, others) if len({place.area for place in places}) > 1 else places
            return _Clue("text", narrowed or places, tuple(Span(m.start, m.end) for m in of_kind))
    return _Clue("text", frozenset())


def _decide(clues: Sequence[_Clue]) -> tuple[_Clue | None, frozenset[Place]]:
    """The first clue that, narrowed by those after it, points to one area, and the places that are left of it."""
    for number, clue in enumerate(clues):
        left = clue.places
        for later in clues[number + 1 :]:
            left = _among(left, later.places) or left
        if len({place.area for place in left if place.area}) == 1:
            return clue, left
    return None, clues[0].places if clues else frozenset()


def _among(places: frozenset[Place], others: frozenset[Place]) -> frozenset[Place]:
    """The places that the others allow: the same library, or else the same area."""
    libraries = {place.library for place in others if place.library}
    if same := frozenset(place for place in places if place.library in libraries):
        return same
    areas = {place.area for place in others if place.area}
    return frozenset(place for place in places if place.area in areas)


def _contradicts(clue: _Clue, left: frozenset[Place]) -> bool:
    return bool(clue.areas) and not clue.areas & {place.area for place in left}
