"""Who chose what is kept with each pack, and how often a statement was used is counted from that (R15)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from advocacy_monitor.errors import ConsentError, ExportError
from advocacy_monitor.models import EvidencePack, Query, Status, Use
from advocacy_monitor.moderate import decide
from advocacy_monitor.pack import For, compile_pack
from advocacy_monitor.selection import Chosen, Selection
from advocacy_monitor.selection_file import propose
from advocacy_monitor.selection_read import read_selection
from advocacy_monitor.store import Store
from tests.conftest import Clock, make_submission
from tests.test_pack import ALL, CONFIG, QUERY, TITLES, approve, checked, fill

WORDS = (
    "The library is the only place where my daughter can do her homework in quiet, and it is warm.",
    "Without the help at the desk I would never have sent the form for my housing benefit.",
    "Every Thursday I go to the reading circle, and that is why I get up on Thursdays.",
    "I learned English here with a volunteer, and now I help those who are new.",
)


@pytest.fixture
def four(store: Store, clock: Clock) -> Store:
    fill(store, *(make_submission(text, consents=ALL) for text in WORDS))
    checked(store)
    approve(store, clock)
    return store


def made(store: Store, selection: Selection | None = None, query: Query = QUERY) -> EvidencePack:
    return compile_pack(store, query, CONFIG, TITLES, given=For(selection=selection))


def chosen(pack: EvidencePack, *uses: tuple[int, str, str]) -> Selection:
    digests = {each.item_id: each.text_sha256 for each in pack.exhibits}
    quotes = tuple(
        Chosen(item=item, use=use, text_sha256=digests[item], printed=printed) for item, use, printed in uses
    )
    return Selection(title="T", query=QUERY, chosen_by="Kim", quotes=quotes)


def test_a_choice_is_kept_as_it_was_made_first(four: Store) -> None:
    pack = made(four)
    four.packs.add(pack)
    four.choices.add(pack.number, {2: ("main", " Kim "), 1: ("annex", "Kim"), 77: ("no", "Kim")})
    four.choices.add(pack.number, {2: ("no", "Lee"), 3: ("no", "Lee")})
    assert four.choices.of_pack(pack.number) == {1: ("annex", "Kim"), 2: ("main", "Kim"), 3: ("no", "Lee")}
    assert four.choices.of_pack("none") == {}
    assert four.check() == []


def test_use_is_counted_in_the_main_part_and_deliveries_apart(four: Store, clock: Clock) -> None:
    packs = [made(four, query=Query(title=title)) for title in ("A", "B", "C")]
    for pack in packs:
        four.packs.add(pack)
    four.choices.add(packs[0].number, dict.fromkeys((1, 2, 3, 4), ("main", "software")))
    four.choices.add(packs[1].number, {1: ("main", "Kim"), 2: ("annex", "Kim"), 3: ("no", "Kim")})
    for day in (1, 2):
        four.deliveries.add(
            pack_number=packs[1].number, recipient="mp-1", sent_on=date(2026, 10, day), sent_by="Kim", how="mail"
        )
    # The third pack was made before choices were noted: all its quotes count.
    assert four.choices.times_used([1, 2, 3, 99]) == {1: 3, 2: 2, 3: 2, 99: 0}
    assert four.choices.times_sent([1, 2, 3]) == {1: 2, 2: 0, 3: 0}
    assert four.choices.times_used([]) == {}
    assert [(use.title, use.place, use.chosen_by) for use in four.choices.of_item(2)] == [
        ("A", "main", "software"),
        ("B", "annex", "Kim"),
        ("C", "main", "software"),
    ]


def test_many_items_at_once_are_counted(four: Store) -> None:
    assert sum(four.choices.times_used(range(1, 3000)).values()) == 0


def test_a_pack_of_a_selection_has_its_order_and_its_words(four: Store) -> None:
    printed = "[…] my daughter can do her homework in quiet, […]"
    selection = chosen(made(four), (3, "main", ""), (1, "main", printed), (2, "annex", ""), (4, "no", ""))
    pack = made(four, selection)
    assert [(each.number, each.item_id, each.chosen) for each in pack.exhibits] == [
        (1, 3, True),
        (2, 1, True),
        (3, 2, False),
    ]
    assert pack.exhibits[1].printed == printed
    assert (pack.choice.picked, pack.choice.kept_back, pack.choice.left_out) == (2, 1, 1)
    assert pack.statements == 4
    assert pack.number != made(four).number
    assert made(four, selection) == pack


def test_a_signed_proposal_gives_the_softwares_own_quotes(four: Store, tmp_path: Path) -> None:
    pack = made(four)
    path = tmp_path / "selection.yaml"
    path.write_text(propose(pack.exhibits, {}, query=QUERY).replace('chosen_by: ""', "chosen_by: Kim"))
    assert made(four, read_selection(path)).exhibits == pack.exhibits


def test_what_was_rejected_after_it_was_chosen_stops_the_pack(four: Store, clock: Clock) -> None:
    selection = chosen(made(four), (3, "main", ""), (1, "annex", ""))
    decide(four, [3], Status.REJECTED, moderator="Kim", reason="asked to", clock=clock)
    with pytest.raises(ExportError, match="item 3: was chosen and may not be quoted: is rejected"):
        made(four, selection)
    left_out = replace(selection, quotes=(replace(selection.quotes[0], use="no"), selection.quotes[1]))
    assert made(four, left_out).exhibits[0].item_id == 1


def test_a_consent_withdrawn_after_it_was_chosen_stops_the_pack(four: Store) -> None:
    selection = chosen(made(four), (2, "main", ""))
    four.assertions.consent([2], Use.SEND_TO_REPRESENTATIVE, granted=False, proof="mail")
    assert made(four, selection).exhibits[0].item_id == 2
    with pytest.raises(ExportError, match=r"item 2: .*no consent to be sent to a representative"):
        made(four, selection, query=replace(QUERY, recipient="A. Member"))
    for use in (Use.QUOTE_NAMED, Use.QUOTE_UNNAMED):
        four.assertions.consent([2], use, granted=False, proof="mail")
    with pytest.raises((ExportError, ConsentError), match=r"item 2: .*no consent to be quoted"):
        made(four, selection)


def test_words_that_changed_after_they_were_chosen_stop_the_pack(four: Store) -> None:
    selection = chosen(made(four), (1, "main", ""))
    other = replace(selection, quotes=(replace(selection.quotes[0], text_sha256="0" * 64),))
    with pytest.raises(ExportError, match="item 1: its words, or what is blacked out of them, changed"):
        made(four, other)


def test_what_the_query_does_not_find_cannot_be_chosen(four: Store) -> None:
    selection = chosen(made(four), (1, "main", ""))
    with pytest.raises(ExportError, match=r"item 1: .*is not among the statements that this pack counts"):
        made(four, selection, query=Query(title="T", areas=("Elsewhere",)))
