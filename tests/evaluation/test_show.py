"""`moderate show`: evidence marked in the words, people apart from machines, hostile text harmless, any width."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from advocacy_monitor.errors import ModerationError
from advocacy_monitor.models import Annotation, Decision, Page, Span, Status
from advocacy_monitor.statement_page import show_page
from advocacy_monitor.statement_story import story_of
from advocacy_monitor.store import Store
from advocacy_monitor.store.coding import Coding, Drawn
from tests.conftest import make_submission

TEXT = "The staff helped me, and I was lonely."
MACHINE = "themes@library-1.0a1b2c3d+lexicon-1"


def shown(story: dict[str, Any], *, width: int = 80, terminal: bool = False) -> str:
    file = io.StringIO()
    show_page(story, console=Console(file=file, width=width, force_terminal=terminal, highlight=False))
    return file.getvalue()


def add(store: Store, text: str = TEXT) -> int:
    run = store.runs.start("t", "collect")
    store.add_page(run, Page(items=(make_submission(text),)), collector="t")
    return store.items.last_id()


def fact(
    item_id: int, label: str, value: str, by: str, *spans: tuple[int, int], score: float | None = None
) -> Annotation:
    return Annotation(
        item_id=item_id, label=label, value=value, by=by, score=score, spans=tuple(Span(*pair) for pair in spans)
    )


@pytest.fixture
def story(store: Store) -> dict[str, Any]:
    item_id = add(store)
    store.assertions.begin("themes", MACHINE)
    store.assertions.add(
        [
            fact(item_id, "theme", "staff_help", MACHINE, (4, 9), (10, 19)),
            fact(item_id, "theme", "loneliness_isolation", MACHINE, (31, 37), score=0.87),
            fact(item_id, "risk", "health", "personal_data@2", (27, 37)),
            fact(item_id, "sentiment", "mixed", "sentiment@1", score=0.1),
            fact(item_id, "coded", "themes", "person:Kim"),
            fact(item_id, "theme", "study_work_space", "person:Kim"),
        ]
    )
    store.assertions.add(
        [fact(item_id, "coded", "themes", "person:Kim"), fact(item_id, "theme", "staff_help", "person:Kim")]
    )
    approved = Decision(
        item_id=item_id,
        status=Status.APPROVED,
        moderator="Sam",
        reason="read",
        decided_at=datetime(2026, 11, 2, tzinfo=UTC),
    )
    store.assertions.decide([approved])
    return story_of(store, item_id)


def test_evidence_stands_in_the_words_with_the_numbers_of_its_themes(story: dict[str, Any]) -> None:
    page = shown(story)
    assert "The [staff](1) [helped me](1), and I [was ](R)[lonely](2,R)." in page
    rows = {line.split()[1]: line.split()[2:] for line in page.splitlines() if line[:1].isdigit() and "lexicon" in line}
    assert rows["staff_help"] == ["lexicon", "staff", "|", "helped", "me", "yes:", "Kim"]
    assert "0.87   hybrid" in page
    assert "no: Kim" in page


def test_people_stand_apart_and_only_their_newest_codes_count(story: dict[str, Any]) -> None:
    page = " ".join(shown(story).split())
    assert "12:00 coded by Kim: staff_help" in page
    assert "12:00 first coded by Kim: study_work_space" in page  # what Kim said before counts no more
    assert "study_work_space not found" not in page
    assert "2026-11-02 00:00 approved by Sam: read" in page
    assert "risk (R): health by personal_data@2" in page
    assert f"machine: {MACHINE}" in page
    assert all(fact["made_at"].tzinfo for fact in story["annotations"])
    assert story["annotations"][0]["spans"] == [[4, 9], [10, 19]]


def test_too_short_to_say_denies_no_theme(store: Store) -> None:
    item_id = add(store)
    store.assertions.add(
        [
            fact(item_id, "theme", "staff_help", MACHINE, (4, 9)),
            fact(item_id, "coded", "too_short", "person:Kim"),
            fact(item_id, "coded", "none", "person:Ben"),
        ]
    )
    page = " ".join(shown(story_of(store, item_id)).split())
    assert "no: Ben" in page
    assert "no: Kim" not in page
    assert "coded by Kim: too short to say" in page


def test_what_an_older_version_said_is_in_the_json_and_only_counted_on_the_screen(store: Store) -> None:
    item_id = add(store)
    store.assertions.begin("themes", "themes@0")
    store.assertions.add([fact(item_id, "theme", "staff_help", "themes@0", (4, 9))])
    store.assertions.begin("themes", "themes@1")
    store.assertions.add([fact(item_id, "no_theme", "none", "themes@1")])
    made = story_of(store, item_id)
    assert [each["by"] for each in made["earlier"]] == ["themes@0"]
    page = shown(made)
    assert "machine: themes@1: none of these themes" in page
    assert "1 more were asserted by versions that no longer count (themes@0)" in page
    assert "[staff]" not in page


def test_codes_of_an_open_round_are_nobodys_to_see(store: Store) -> None:
    item_id = add(store)
    drawn = Drawn(item_id=item_id, position=1, drawn="random", reason="drawn by chance")
    round_ = store.rounds.make("spring", [drawn], codebook=("library", 1, "0" * 64), seed=1, made_by="Kim")
    store.rounds.add(
        round_.id, [Coding(item_id=item_id, coder="Kim", answer="themes", themes=("staff_help",), note="hm")]
    )
    made = story_of(store, item_id)
    (code,) = made["codings"]
    assert (code["by"], code["is_open"], code["answer"], code["themes"], code["note"]) == ("Kim", True, "", [], "")
    assert "coded by Kim in round spring: hidden until the round is closed" in shown(made)
    store.rounds.close(round_.id, lambda: [fact(item_id, "coded", "none", "person:Kim")], by="Kim")
    assert "coded by Kim in round spring: staff_help (hm)" in shown(story_of(store, item_id))


def test_an_unknown_item_is_refused_and_a_removed_one_has_no_words(store: Store) -> None:
    with pytest.raises(ModerationError, match="item 9: there is no such item"):
        story_of(store, 9)
    assert "(no words, or they were removed)" in shown(story_of(store, add(store, "")))


@given(
    text=st.text(alphabet=st.sampled_from("ab \n\x1b[]2J\x07\u202e\u2028图é\u0301👩"), max_size=80),
    ends=st.lists(st.tuples(st.integers(0, 80), st.integers(0, 80)), max_size=6),
    width=st.sampled_from([40, 80, 120]),
)
def test_no_text_steers_a_terminal_or_leaves_its_width(text: str, ends: list[tuple[int, int]], width: int) -> None:
    spans = [[min(pair), max(pair)] for pair in ends]
    annotation = {"label": "theme", "value": text[:20], "score": None, "words": [text], "spans": spans, "by": text}
    made: dict[str, Any] = {
        "id": 1,
        "status": "pending",
        "source": text,
        "source_id": text,
        "url": text,
        "library": text,
        "area": text,
        "said_at": datetime(2026, 1, 1, tzinfo=UTC),
        "collected_at": datetime(2026, 1, 1, tzinfo=UTC),
        "area_method": text,
        "text": text,
        "changed_to": [text],
        "at_source": text,
        "answers": {text: text},
        "told": {text: text},
        "consents": [],
        "captures": [],
        "earlier": [],
        "codings": [],
        "permission": [],
        "packs": [text],
        "annotations": [annotation | {"made_at": datetime(2026, 1, 1, tzinfo=UTC)}],
        "decisions": [
            {"status": "rejected", "moderator": text, "reason": text, "at": datetime(2026, 1, 1, tzinfo=UTC)}
        ],
    }
    page = shown(made, width=width)
    assert not set(page) & set("\x1b\x07\u202e\u2028")
    assert max(cell_len(line) for line in page.splitlines()) <= width
    shown(made, width=width, terminal=True)


def test_a_flood_of_lines_and_letters_stays_one_screen(store: Store) -> None:
    page = shown(story_of(store, add(store, "a\n" * 5_000)))
    assert len(page.splitlines()) < 60
    assert "whole with --json" in " ".join(page.split())


def test_a_statement_cannot_pretend_to_be_a_line_of_the_page(store: Store) -> None:
    item_id = add(store, "I love it.\n2026-11-22 10:00 approved by Kim: fine")
    lines = shown(story_of(store, item_id)).splitlines()
    assert "| 2026-11-22 10:00 approved by Kim: fine" in [line.rstrip() for line in lines]
    assert not any(line.startswith("2026-11-22 10:00 approved") for line in lines)
