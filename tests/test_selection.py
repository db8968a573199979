"""Staff's choice changes order, place and length of quotes, never a word; what may not be quoted stops the pack."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy_monitor.errors import ExportError
from advocacy_monitor.models import Choice, Exhibit, Query
from advocacy_monitor.redact import is_verbatim
from advocacy_monitor.selection import Chosen, Selection, apply
from tests.exporters.sample_packs import english_pack, exhibit

EXHIBITS = english_pack().exhibits
"""Items 1001 to 1007, in the order of the software."""


def chosen(item: int, use: str = "main", printed: str = "", exhibits: Sequence[Exhibit] = EXHIBITS) -> Chosen:
    digest = next((each.text_sha256 for each in exhibits if each.item_id == item), "0" * 64)
    return Chosen(item=item, use=use, text_sha256=digest, printed=printed, line=item)


def selection(*quotes: Chosen) -> Selection:
    return Selection(title="T", query=Query(title="T"), chosen_by="Kim", quotes=quotes, origin="s.yaml")


def unasked(item_id: int) -> str:
    raise AssertionError(f"nobody should ask about {item_id}")


def test_main_then_annex_then_the_rest_numbered_anew() -> None:
    made, choice = apply(
        selection(chosen(1005, "annex"), chosen(1003), chosen(1007, "no"), chosen(1001), chosen(1002, "annex")),
        EXHIBITS,
        why=unasked,
    )
    assert [(e.number, e.item_id, e.chosen) for e in made] == [
        (1, 1003, True),
        (2, 1001, True),
        (3, 1005, False),
        (4, 1002, False),
        (5, 1004, False),
        (6, 1006, False),
    ]
    assert choice == Choice(quotable=7, proposed=2, picked=2, kept_back=2, left_out=1)
    assert choice.proposed + choice.picked + choice.kept_back == len(made)


def test_the_words_stay_and_the_printed_ones_are_exact_runs() -> None:
    printed = "[…] On Thursdays I now go to the reading circle. […]"
    (first, *_), _ = apply(selection(chosen(1001, printed=printed)), EXHIBITS, why=unasked)
    assert first.printed == printed
    assert is_verbatim(first.printed, first.text)
    assert replace(first, quoted="") == EXHIBITS[0]
    (whole, *_), _ = apply(selection(chosen(1001, printed=EXHIBITS[0].text)), EXHIBITS, why=unasked)
    assert whole.quoted == ""


def test_everything_that_is_wrong_is_named_at_once() -> None:
    changed = [replace(each, text_sha256="f" * 64) if each.item_id == 1004 else each for each in EXHIBITS]
    reasons = {
        9: "item 9: is rejected, and only approved items are quoted",
        8: "item 8: there is no consent to be quoted",
    }
    with pytest.raises(ExportError) as refused:
        apply(
            selection(
                chosen(9), chosen(1004), chosen(8, "annex"), chosen(1001, printed="Nobody said […]"), chosen(1002)
            ),
            changed,
            why=reasons.__getitem__,
        )
    lines = str(refused.value).splitlines()
    assert [line.split(": ")[1] for line in lines] == [
        "line 9, item 9",
        "line 1004, item 1004",
        "line 8, item 8",
        "line 1001, item 1001, printed",
    ]
    assert "is rejected" in lines[0]
    assert "changed since it was chosen" in lines[1]
    assert "no consent" in lines[2]
    assert "does not stand in the quote" in lines[3]


def test_what_is_left_out_may_be_gone() -> None:
    made, choice = apply(selection(chosen(9, "no"), chosen(1001)), EXHIBITS, why=unasked)
    assert (len(made), choice.left_out) == (7, 1)


def test_a_mark_is_not_cut() -> None:
    printed = "[…] On Thursdays I now go to the reading circle. [name […]"
    with pytest.raises(ExportError, match=r"s\.yaml: line 1001, item 1001, printed: .* is cut in the middle"):
        apply(selection(chosen(1001, printed=printed)), EXHIBITS, why=unasked)


@given(st.data())
def test_nothing_comes_twice_or_gets_lost(data: st.DataObject) -> None:
    exhibits = [exhibit(n, f"Statement number {n} of some.") for n in range(1, 10)]
    items = data.draw(st.lists(st.sampled_from([e.item_id for e in exhibits]), unique=True))
    uses = data.draw(st.lists(st.sampled_from(["main", "annex", "no"]), min_size=len(items), max_size=len(items)))
    quotes = [chosen(item, use, exhibits=exhibits) for item, use in zip(items, uses, strict=True)]
    made, choice = apply(selection(*quotes), exhibits, why=unasked)
    left_out = {each.item for each in quotes if each.use == "no"}
    assert sorted(e.item_id for e in made) == sorted({e.item_id for e in exhibits} - left_out)
    assert [e.number for e in made] == list(range(1, len(made) + 1))
    assert [e.item_id for e in made if e.chosen] == [each.item for each in quotes if each.use == "main"]
    assert (choice.picked, choice.kept_back, choice.left_out) == tuple(uses.count(u) for u in ("main", "annex", "no"))
