"""What people take out of a statement stays out, whatever the software finds later; and what is kept uncovers no more."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from advocacy_monitor.candidates import candidate
from advocacy_monitor.errors import ModerationError
from advocacy_monitor.models import Annotation, Item, Page, Span, Status
from advocacy_monitor.moderate import decide
from advocacy_monitor.redact import FOUND, KEPT, KINDS, personal_data
from advocacy_monitor.redaction import MOST, Word, keep, occurrences, take_out, text_digest, trimmed
from advocacy_monitor.store import Store
from tests.conftest import make_submission

TEXT = "Mrs Smith of Long Lane 5 helped me, and Smith is also my cat."
_SOFTWARE = "personal_data@cues-2"


def stored(store: Store, *items: Item) -> list[int]:
    first = store.items.last_id() + 1
    store.add_page(store.runs.start("t", kind="import"), Page(items=items), collector="t")
    return list(range(first, store.items.last_id() + 1))


def _word(store: Store, item_id: int, *spans: tuple[int, int], kind: str = "name", by: str = "Ada") -> Word:
    (item,) = store.items.get([item_id])
    return Word(
        item_id=item_id,
        spans=tuple(Span(*each) for each in spans),
        kind=kind,
        by=by,
        reason="read by a person",
        of_sha256=text_digest(item.text),
    )


def _enriched(store: Store, item_id: int, version: str, *finds: tuple[str, int, int]) -> None:
    by = f"personal_data@{version}"
    after = store.assertions.begin("personal_data", by)
    facts = [Annotation(item_id=item_id, label=FOUND, value=k, by=by, spans=(Span(a, b),)) for k, a, b in finds]
    store.assertions.add_batch(by, facts, after=after, last_item_id=store.items.last_id())


def _text(store: Store, item_id: int) -> str:
    found = candidate(store, item_id)
    assert found is not None
    return found.text


@pytest.fixture
def item_id(store: Store) -> int:
    (number,) = stored(store, make_submission(TEXT, language="en"))
    _enriched(store, number, "1", ("name", 0, 9), ("address", 13, 24))
    return number


def test_what_a_person_takes_out_is_in_no_quote_at_once(store: Store, item_id: int) -> None:
    assert "also my cat" in _text(store, item_id)
    take_out(store, _word(store, item_id, (40, 45), kind="other"))
    assert _text(store, item_id) == "[name removed] of [address removed] helped me, and […] is also my cat."


def test_a_new_version_of_the_software_undoes_no_persons_word(store: Store, item_id: int) -> None:
    take_out(store, _word(store, item_id, (40, 45)))
    keep(store, _word(store, item_id, (13, 24), kind="address"))
    _enriched(store, item_id, "2", ("address", 13, 24), ("name", 18, 22))
    assert _text(store, item_id) == "Mrs Smith of Long Lane 5 helped me, and [name removed] is also my cat."
    _enriched(store, item_id, "3", ("address", 10, 24))  # it reaches further than what a person looked at
    assert "Long Lane" not in _text(store, item_id)


def test_the_newest_word_of_a_person_counts(store: Store, item_id: int) -> None:
    keep(store, _word(store, item_id, (13, 24)))
    assert "Long Lane 5" in _text(store, item_id)
    take_out(store, _word(store, item_id, (13, 22), kind="address", by="Bea"))
    assert "of [address removed] 5 helped" in _text(store, item_id)
    keep(store, _word(store, item_id, (13, 22), by="Ada"))
    assert "Long Lane 5" in _text(store, item_id)


def test_a_persons_kind_stands_in_the_mark(store: Store, item_id: int) -> None:
    take_out(store, _word(store, item_id, (0, 9), kind="handle"))
    take_out(store, _word(store, item_id, (13, 24), kind="phone"))
    assert _text(store, item_id).startswith("[name removed] of [phone number removed] helped")


def test_an_approved_statement_stays_approved_when_less_is_said(store: Store, item_id: int) -> None:
    decide(store, [item_id], Status.APPROVED, moderator="Ada", reason="read", clock=store.now)
    take_out(store, _word(store, item_id, (40, 45)))
    assert store.items.statuses(item_id, item_id)[item_id] is Status.APPROVED


def test_an_approved_statement_is_read_again_when_more_is_said(store: Store, item_id: int) -> None:
    assert not keep(store, _word(store, item_id, (0, 9)))
    assert store.assertions.history(item_id) == []
    decide(store, [item_id], Status.APPROVED, moderator="Bea", reason="read", clock=store.now)
    assert keep(store, _word(store, item_id, (13, 24), kind="address"))
    last = store.assertions.history(item_id)[-1]
    assert (last.status, last.moderator, last.reason) == (Status.PENDING, "redaction@1", "Ada: read by a person")


def test_what_was_shown_must_still_stand_there(store: Store, item_id: int) -> None:
    import dataclasses

    old = dataclasses.replace(_word(store, item_id, (0, 3)), of_sha256=text_digest("another text"))
    for say in (take_out, keep):
        with pytest.raises(ModerationError, match="no longer the one that was shown"):
            say(store, old)
    assert not [each for each in store.gold.asserted(item_id) if each.annotation.by.startswith("person:")]


def test_only_what_is_taken_out_can_be_kept(store: Store, item_id: int) -> None:
    for spans in ((0, len(TEXT)), (0, 8), (1, 9), (40, 45)):
        with pytest.raises(ModerationError, match="nothing is taken out at"):
            keep(store, _word(store, item_id, spans))
    assert "Smith of" not in _text(store, item_id)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"kind": "secret"}, "is no kind of personal data"),
        ({"by": " "}, "needs a name"),
        ({"reason": " "}, "a reason is needed"),
        ({"spans": ()}, "none were chosen"),
        ({"spans": (Span(3, 3),)}, "no place"),
        ({"spans": (Span(-4, 3),)}, "no place"),
        ({"spans": (Span(0, 9999),)}, "no place"),
        ({"spans": (Span(0, 1),) * (MOST + 1)}, "places at once"),
        ({"item_id": 999}, "no such item"),
    ],
)
def test_a_wrong_word_is_refused(store: Store, item_id: int, changes: dict[str, object], says: str) -> None:
    import dataclasses

    with pytest.raises(ModerationError, match=says):
        take_out(store, dataclasses.replace(_word(store, item_id, (0, 3)), **changes))  # type: ignore[arg-type]


def test_the_words_of_a_removed_statement_cannot_be_said_anything_of(store: Store, item_id: int) -> None:
    word = _word(store, item_id, (0, 3))
    store.erasures.erase_items([item_id], reason="erased on request")
    with pytest.raises(ModerationError, match="is no place"):
        take_out(store, word)


def test_words_are_found_where_exactly_they_stand() -> None:
    assert occurrences(TEXT, " Smith ") == (Span(4, 9), Span(40, 45))
    assert occurrences("aaaa", "aa") == (Span(0, 2), Span(2, 4))
    assert occurrences(TEXT, "smith") == occurrences(TEXT, "  ") == ()
    assert trimmed("a  bc  d", Span(1, 7)) == Span(3, 5)
    assert trimmed("a  b", Span(1, 3)) == Span(1, 1)
    assert trimmed("ab", Span(-5, 50)) == Span(0, 2)


_spans = st.tuples(st.integers(0, 30), st.integers(0, 30)).map(lambda ends: Span(min(ends), max(ends) + 1))
_facts = st.builds(
    Annotation,
    item_id=st.just(1),
    label=st.sampled_from([FOUND, KEPT]),
    value=st.sampled_from(KINDS),
    by=st.sampled_from([_SOFTWARE, "personal_data@x", "person:Ada", "person:Bea"]),
    spans=st.lists(_spans, max_size=3).map(tuple),
)


def _hidden(facts: list[Annotation]) -> set[int]:
    return {at for _, span in personal_data(facts) for at in range(span.start, span.end)}


def _by_person(fact: Annotation) -> bool:
    return fact.by.startswith("person:")


@given(st.lists(_facts, max_size=12), st.lists(_facts, max_size=12))
def test_no_enrichment_undoes_what_a_person_took_out(facts: list[Annotation], later: list[Annotation]) -> None:
    """Software of any version, run at any time, adds to what is hidden and takes away nothing a person took out."""
    people = [fact for fact in facts if _by_person(fact)]
    software = [fact for fact in later if not _by_person(fact)]
    only_people = _hidden(people)
    assert only_people <= _hidden([*people, *software])
    assert only_people <= _hidden([*software, *people])
    assert only_people <= _hidden(facts)


@given(st.lists(_facts, max_size=12))
def test_a_kept_span_uncovers_nothing_that_was_taken_out_beyond_or_after_it(facts: list[Annotation]) -> None:
    hidden = _hidden(facts)
    for place, fact in enumerate(facts):
        later = [each for each in facts[place + 1 :] if each.label == KEPT and _by_person(each)]
        for span in fact.spans if fact.label == FOUND and _by_person(fact) else ():
            if not any(k.start <= span.start and span.end <= k.end for each in later for k in each.spans):
                assert hidden.issuperset(range(span.start, span.end))


@given(st.lists(_facts, max_size=12))
def test_the_software_keeps_nothing_and_hides_what_nobody_kept_whole(facts: list[Annotation]) -> None:
    kept = [span for fact in facts if fact.label == KEPT and _by_person(fact) for span in fact.spans]
    hidden = _hidden(facts)
    for fact in facts:
        for span in fact.spans if fact.label == FOUND and not _by_person(fact) else ():
            if not any(k.start <= span.start and span.end <= k.end for k in kept):
                assert hidden.issuperset(range(span.start, span.end))
    assert _hidden([fact for fact in facts if fact.label == KEPT]) == set()


_finds = st.lists(st.tuples(st.sampled_from(["name", "address"]), st.integers(0, 20), st.integers(21, len(TEXT))))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(versions=st.lists(_finds.filter(lambda finds: len(finds) < 4), max_size=3), at=st.integers(0, 50))
def test_the_store_keeps_a_redaction_through_every_version(
    store: Store, versions: list[list[tuple[str, int, int]]], at: int
) -> None:
    (number,) = stored(store, make_submission(TEXT, language="en"))
    span = trimmed(TEXT, Span(at, at + 10))
    take_out(store, _word(store, number, (span.start, span.end)))
    for finds in versions:
        _enriched(store, number, f"run-{number}-{len(finds)}-{hash(tuple(finds))}", *finds)
        found = candidate(store, number)
        assert found is not None
        assert span in [each for _, each in found.personal]


def test_the_page_on_a_terminal_marks_what_is_taken_out_in_fact(store: Store, item_id: int) -> None:
    from io import StringIO

    from rich.console import Console

    from advocacy_monitor.statement_page import show_page
    from advocacy_monitor.statement_story import story_of

    keep(store, _word(store, item_id, (13, 24), kind="address"))
    take_out(store, _word(store, item_id, (40, 45)))
    story = story_of(store, item_id)
    assert story["taken_out"] == [{"kind": "name", "span": [40, 45]}, {"kind": "name", "span": [0, 9]}]
    written = StringIO()
    show_page(story, console=Console(file=written, width=120))
    assert "| [Mrs Smith](P) of Long Lane 5 helped me, and [Smith](P) is also my cat." in written.getvalue()
    assert "no personal data, though it was found: Long Lane 5 by person:Ada" in written.getvalue()


def test_a_redaction_is_in_exhibits_and_undoes_a_pack_that_was_compiled_before(store: Store, item_id: int) -> None:
    from dataclasses import replace

    from advocacy_monitor.candidates import chosen_candidates
    from advocacy_monitor.errors import ExportError
    from advocacy_monitor.exhibits import check_exhibits, exhibits_of
    from tests.exporters.sample_packs import english_pack

    decide(store, [item_id], Status.APPROVED, moderator="Ada", reason="read", clock=store.now)
    found = chosen_candidates(store, [item_id])
    pack = replace(english_pack(), recipient=None, exhibits=exhibits_of(store, found, [1]))
    check_exhibits(store, pack)
    take_out(store, _word(store, item_id, (40, 45)))
    with pytest.raises(ExportError, match="redacted as it must be"):
        check_exhibits(store, pack)
    anew = replace(pack, exhibits=exhibits_of(store, chosen_candidates(store, [item_id]), [1]))
    check_exhibits(store, anew)
    assert "Smith" not in anew.exhibits[0].text
    assert anew.exhibits[0].capture_sha256 == ""


def test_a_translation_of_words_that_were_taken_out_since_is_not_shown(store: Store, item_id: int) -> None:
    from advocacy_monitor.translations import translate_item, valid_translations

    text = "[name removed] aus [address removed] half mir, und Smith ist auch meine Katze."
    translate_item(store, item_id, "de", text, translator="Ada")
    assert valid_translations(store, {item_id: _text(store, item_id)})
    take_out(store, _word(store, item_id, (40, 45)))
    assert valid_translations(store, {item_id: _text(store, item_id)}) == {}
    with pytest.raises(ModerationError, match="holds personal data"):
        translate_item(store, item_id, "de", text, translator="Ada")


def test_a_draft_of_the_same_words_at_the_same_time_is_kept_apart(store: Store, item_id: int) -> None:
    """Two people at once: both words stand, and the newest decides about the place that both are about."""
    first, second = _word(store, item_id, (40, 45)), _word(store, item_id, (0, 9), by="Bea")
    with Store.open(store.path) as other:
        take_out(store, first)
        keep(other, second)
    assert _text(store, item_id) == "Mrs Smith of [address removed] helped me, and [name removed] is also my cat."
