"""Where a statement belongs: which evidence decides, what is narrowed, what goes to staff."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from advocacy_monitor.enrichers.places import PlacesEnricher
from advocacy_monitor.models import Annotation, StoredItem

LISTED = """library,area,postcode,municipality
Central Library,Riverside,9901,Rivertown
Central Library,Harrowmere,9903,Merebridge
Quarry Lane Library,Riverside,9902,Rivertown
Mere Library,Harrowmere,9903,Merebridge
"""
ITEM = StoredItem(
    id=1,
    kind="submission",
    source="form",
    source_id="1",
    text="I borrow every week.",
    created_at=datetime(2026, 5, 1, tzinfo=UTC),
    collected_at=datetime(2026, 5, 1, tzinfo=UTC),
)


class NoReader:
    """Places read nothing but the item."""


@pytest.fixture
def enricher(tmp_path: Path) -> PlacesEnricher:
    path = tmp_path / "libraries.csv"
    path.write_text(LISTED, encoding="utf-8")
    return PlacesEnricher(libraries=path)


def said(enricher: PlacesEnricher, item: StoredItem) -> dict[str, list[str]]:
    made: dict[str, list[str]] = {}
    annotations: list[Annotation] = list(enricher.enrich([item], NoReader()))  # type: ignore[arg-type]  # not read
    for annotation in annotations:
        assert annotation.by == f"places@{enricher.version}"
        made.setdefault(annotation.label, []).append(annotation.value)
    return made


@pytest.mark.parametrize(
    ("changes", "area", "method", "review"),
    [
        ({"text": "Quarry Lane Library!"}, "Riverside", "text", None),
        ({"text": "Quarry Lane Library!", "library": "Mere Library"}, "Riverside", "text", "place-contradicted"),
        ({"library": "mere library"}, "Harrowmere", "form-library", None),
        ({"area": "Harrowmere", "library": "Central Library"}, "Harrowmere", "form", None),
        ({"library": "Central Library", "postcode": "9903"}, "Harrowmere", "form-library", None),
        ({"library": "Central Library"}, None, None, "place-ambiguous"),
        ({"text": "From Quarry Lane Library to Mere Library"}, None, None, "place-ambiguous"),
        ({"text": "From Quarry Lane Library to Mere Library", "postcode": "9902"}, "Riverside", "text", None),
        ({"text": "The Central Library in Merebridge"}, "Harrowmere", "text", None),
        ({"postcode": "9902"}, "Riverside", "postcode", None),
        ({"postcode": "1111"}, None, None, None),
        ({"area": "harrowmere"}, "Harrowmere", "form", None),
        ({"area": "write to me@example.org"}, None, None, None),
        ({"area": "Far Away", "library": "Mere Library"}, None, None, None),
        ({"kind": "post", "library": "Mere Library"}, "Harrowmere", "page", None),
        ({"kind": "post", "place": "Rivertown, AU"}, "Riverside", "author", None),
        ({"kind": "post", "place": "Rivertown", "text": "Mere Library"}, "Harrowmere", "text", None),
        ({"kind": "post", "place": "the moon"}, None, None, None),
    ],
)
def test_the_first_clear_evidence_decides(
    enricher: PlacesEnricher, changes: dict[str, str], area: str | None, method: str | None, review: str | None
) -> None:
    made = said(enricher, replace(ITEM, **changes))  # type: ignore[arg-type]  # each value is text
    assert made.get("area") == ([area] if area else None)
    assert made.get("area_method") == ([method] if method else None)
    assert made.get("review") == ([review] if review else None)


def test_the_library_and_its_municipality_are_named_where_they_are_clear(enricher: PlacesEnricher) -> None:
    made = said(enricher, replace(ITEM, library="Central Library", postcode="9901"))
    assert made["library"] == ["Central Library"]
    assert made["municipality"] == ["Rivertown"]
    assert "library" not in said(
        enricher, replace(ITEM, text="Quarry Lane Library and the Central Library in Rivertown")
    )


def test_the_words_that_decided_are_the_evidence(enricher: PlacesEnricher) -> None:
    item = replace(ITEM, text="I miss Quarry Lane Library so much")
    (area,) = [each for each in enricher.enrich([item], NoReader()) if each.label == "area"]  # type: ignore[arg-type]
    assert [item.text[span.start : span.end] for span in area.spans] == ["Quarry Lane Library"]


def test_another_list_is_another_version_and_no_list_says_nothing(enricher: PlacesEnricher, tmp_path: Path) -> None:
    other = tmp_path / "postcodes.csv"
    other.write_text("postcode,area\n1,A\n", encoding="utf-8")
    versions = {enricher.version, PlacesEnricher(postcodes=other).version, PlacesEnricher().version}
    assert len(versions) == 3
    assert said(PlacesEnricher(), replace(ITEM, text="Quarry Lane Library")) == {}
