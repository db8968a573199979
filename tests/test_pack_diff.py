"""What changed between two packs: every figure, quote, method text and version, and nothing that did not."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy_monitor.models import Count, EvidencePack, Exhibit, Translation, Use
from advocacy_monitor.pack_diff import Diff, diff, lines, plain_values
from tests.exporters.sample_packs import english_pack, exhibit, german_pack, hostile_pack


def _changed(**changes: Any) -> Diff:
    return diff(english_pack(), english_pack(**changes))


def _with(first: Exhibit) -> EvidencePack:
    pack = english_pack()
    return replace(pack, exhibits=(first, *pack.exhibits[1:]))


def test_the_same_pack_has_no_difference() -> None:
    for make in (english_pack, german_pack, hostile_pack):
        found = diff(make(), make())
        assert found.empty
        assert list(lines(found)) == [f"Packs {make().number} and {make().number} say the same."]


def test_figures_that_changed_are_said_with_before_and_after() -> None:
    found = _changed(found=620, statements=413, left_out=(*english_pack().left_out, Count(label="new reason", value=1)))
    said = list(lines(found))
    assert "  found: 618 to 620 (+2)" in said
    assert "  statements: 412 to 413 (+1)" in said
    assert "  left out: new reason: not there to 1" in said


def test_a_count_that_is_not_shown_any_more_is_not_called_nothing() -> None:
    areas = (Count(label="Port Example", value=None), *english_pack().areas[1:-1])
    said = list(lines(_changed(areas=areas)))
    assert "  area: Port Example: 288 to not shown" in said
    assert "  area: not known: 27 to not there" in said


def test_themes_are_told_apart_by_their_codes_and_not_by_their_titles() -> None:
    first, *rest = english_pack().themes
    renamed = replace(first, title="Company")
    assert _changed(themes=(renamed, *rest)).empty
    said = list(lines(_changed(themes=(replace(first, statements=60, people=None), *rest))))
    assert "  theme, statements: loneliness: 58 to 60 (+2)" in said
    assert "  theme, people: loneliness: 51 to not shown" in said


def test_quotes_that_came_and_went_are_known_by_their_statement_and_not_by_their_number() -> None:
    pack = english_pack()
    new = exhibit(1, "Something new. " * 40, item_id=2001)
    moved = tuple(replace(each, number=each.number + 1) for each in pack.exhibits[:-1])
    found = diff(pack, replace(pack, exhibits=(new, *moved)))
    assert [each.statement for each in found.came] == [2001]
    assert [each.statement for each in found.went] == [1007]
    assert found.changed == ()
    said = list(lines(found))
    assert "Quotes that came: 1" in said
    assert next(line for line in said if "2001" in line).endswith("[…]")


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"text": "Other words."}, "words"),
        ({"quoted": "After my husband died […]"}, "printed words"),
        ({"consents": (Use.ANALYSE,)}, "consent"),
        ({"verified_on": date(2026, 7, 9)}, "last seen at its source"),
        ({"area": "Elsewhere"}, "area"),
        ({"library": None}, "library"),
        ({"themes": ("events",)}, "themes"),
        ({"attribution": "Ann Example"}, "name"),
        ({"chosen": False}, "for pages"),
        ({"translations": (Translation(language="de", text="Ja"),)}, "translations"),
    ],
)
def test_each_change_of_a_quote_is_named_once(changes: dict[str, Any], name: str) -> None:
    (changed,) = diff(english_pack(), _with(replace(english_pack().exhibits[0], **changes))).changed
    assert changed.statement == 1001
    assert [each.name for each in changed.changes] == [name]


def test_method_and_versions() -> None:
    method = (("Who collected", "Somebody else."), *english_pack().method[1:-1])
    found = diff(
        english_pack(made_with=(("themes", "1"), ("language", "2"))),
        english_pack(made_with=(("themes", "2"),), method=method, codebook="libraries, version 4"),
    )
    assert [each.name for each in found.method] == ["Who collected", "Known bias"]
    said = list(lines(found))
    assert "  themes: 1 -> 2" in said
    assert "  language: gone: 2" in said
    assert "  codebook: new: libraries, version 4" in said


def test_long_texts_are_shown_from_where_they_differ() -> None:
    long = "The same words again and again. " * 30
    (line,) = (
        each
        for each in lines(
            diff(english_pack(method=(("A", long + "one"),)), english_pack(method=(("A", long + "two"),)))
        )
        if each.startswith("  A")
    )
    assert line.endswith("one -> […] again. The same words again and again. two")
    assert len(line) < 200


def test_title_recipient_and_query_are_compared() -> None:
    found = _changed(title="Other", recipient=None, query={"title": "Port Example", "areas": ["Port Example"]})
    assert [each.name for each in found.about] == ["title", "recipient", "query"]


def test_as_json_it_holds_everything() -> None:
    found = plain_values(_changed(people=1, title="Other"))
    assert json.loads(json.dumps(found, default=str))["figures"][0]["name"] == "people"
    assert found["empty"] is False


@given(st.sets(st.integers(1, 7)), st.sets(st.integers(1, 7)))
def test_what_came_and_went_adds_up(older: set[int], newer: set[int]) -> None:
    pack = english_pack()
    before, after = (
        replace(pack, exhibits=tuple(each for each in pack.exhibits if each.number in kept)) for kept in (older, newer)
    )
    found = diff(before, after)
    assert {each.exhibit for each in found.came} == newer - older
    assert {each.exhibit for each in found.went} == older - newer
    back = diff(after, before)
    assert (back.came, back.went) == (found.went, found.came)
