"""Places: which library and which area a statement is about, from the campaign's own list of libraries.

In the order of trust: the library that the form names, the postcode that the form names, a library named in the
text. What fits more than one area stays open and goes to staff as `review: place-ambiguous`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path

from pydantic import PrivateAttr

from advocacy_monitor.errors import ConfigError
from advocacy_monitor.models import Annotation, Span, StoredItem
from advocacy_monitor.protocols import Plugin, Reader

_COLUMNS = ("library", "area", "postcode")


class _Gazetteer:
    """The libraries of a campaign, by name and by postcode."""

    def __init__(self, rows: Sequence[tuple[str, str, str]]) -> None:
        self.libraries: dict[str, set[tuple[str, str]]] = {}
        self.postcodes: dict[str, set[str]] = {}
        for library, area, postcode in rows:
            if library:
                self.libraries.setdefault(library.casefold(), set()).add((library, area))
            if postcode and area:
                self.postcodes.setdefault(_code(postcode), set()).add(area)
        written = {library for library, _, _ in rows if library}
        names = sorted(written | self.libraries.keys(), key=len, reverse=True)  # casefolding turns ß into ss
        self.pattern = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, names)) + r")(?!\w)", re.IGNORECASE)


def _code(postcode: str) -> str:
    return "".join(postcode.split()).casefold()


def _read(path: Path) -> _Gazetteer:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in _COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise ConfigError(
                    f"{path}: has no column {', '.join(missing)}; it needs {', '.join(_COLUMNS)}, "
                    f"found {', '.join(reader.fieldnames or ()) or 'nothing'}"
                )
            rows = [tuple((row[name] or "").strip() for name in _COLUMNS) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigError(f"{path}: the list of libraries cannot be read: {error}") from error
    return _Gazetteer([(row[0], row[1], row[2]) for row in rows])


class PlacesEnricher(Plugin):
    """Asserts `library` and `area`, each with the method in the name of who says it."""

    libraries: Path | None = None
    _known: _Gazetteer | None = PrivateAttr(default=None)

    @cached_property
    def version(self) -> str:
        """Changes with the rules and with the list of libraries."""
        import hashlib

        if self.libraries is None:
            return "2"
        try:
            return f"2+{hashlib.sha256(self.libraries.read_bytes()).hexdigest()[:8]}"
        except OSError as error:
            raise ConfigError(f"{self.libraries}: the list of libraries cannot be read: {error}") from error

    def enrich(self, items: Sequence[StoredItem], reader: Reader) -> Iterable[Annotation]:
        """One annotation for the library and one for the area where they are clear."""
        if self.libraries is None:
            return
        if self._known is None:
            self._known = _read(self.libraries)
        for item in items:
            yield from self._place(item, self._known)

    def _place(self, item: StoredItem, known: _Gazetteer) -> Iterable[Annotation]:
        by = f"places@{self.version}"
        spans: tuple[Span, ...] = ()
        named = known.libraries.get((item.library or "").casefold(), set())
        method = "page" if item.kind == "post" else "form-library"
        if not named and item.library is None:
            hits = list(known.pattern.finditer(item.text)) if known.libraries else []
            named = {place for hit in hits for place in known.libraries.get(hit.group().casefold(), set())}
            spans = tuple(Span(hit.start(), hit.end()) for hit in hits)
            method = "text"
        areas = {area for _, area in named if area}
        by_postcode = known.postcodes.get(_code(item.postcode or ""), set())
        if by_postcode and (not areas or (method == "text" and not areas & by_postcode)):
            areas, method, spans = by_postcode, "postcode", ()
        if len({library for library, _ in named}) == 1 and method != "postcode":
            yield Annotation(
                item_id=item.id, label="library", value=next(iter(named))[0], by=by, score=1.0, spans=spans
            )
        if len(areas) == 1:
            yield Annotation(item_id=item.id, label="area", value=next(iter(areas)), by=by, score=1.0, spans=spans)
            yield Annotation(item_id=item.id, label="area_method", value=method, by=by, spans=spans)
        elif len(areas) > 1:
            yield Annotation(item_id=item.id, label="review", value="place-ambiguous", by=by, spans=spans)
