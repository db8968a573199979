"""The pack: only approved and consented statements, verbatim, counted so that every number adds up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from advocacy_monitor.config import Campaign, Config, Thresholds
from advocacy_monitor.errors import ConsentError, ExportError
from advocacy_monitor.left_out import CHECKED_BY
from advocacy_monitor.models import Annotation, Contact, Item, Page, Query, Relation, Span, Status, Use
from advocacy_monitor.moderate import decide
from advocacy_monitor.pack import check_exhibits, compile_pack
from advocacy_monitor.store import Store
from tests.conftest import Clock, looked_up, make_post, make_submission

CONFIG = Config(
    campaign=Campaign(name="Test", sponsor="Association", contact="info@example.org"),
    thresholds=Thresholds(smallest_cell=1, smallest_base=1),
)
ALL = frozenset(Use)
TITLES = {"staff_help": "Help from staff"}
QUERY = Query(title="All")


def fill(store: Store, *items: Item) -> None:
    run = store.runs.start("t", "collect")
    store.add_page(run, Page(items=items), collector="t")


def checked(store: Store, facts: list[Annotation] | None = None) -> None:
    """Notes that every enricher that a pack waits for has seen everything."""
    for name in CHECKED_BY:
        by = f"{name}@1"
        last = store.assertions.begin(name, by)
        mine = [fact for fact in facts or [] if fact.by == by]
        store.assertions.add_batch(by, mine, after=last, last_item_id=store.items.last_id())


def approve(store: Store, clock: Clock, *ids: int, reason: str = "") -> None:
    decide(
        store, ids or range(1, store.items.last_id() + 1), Status.APPROVED, moderator="Kim", reason=reason, clock=clock
    )


def fact(item_id: int, label: str, value: str, by: str, *spans: Span) -> Annotation:
    return Annotation(item_id=item_id, label=label, value=value, by=by, spans=spans)


def left_out(pack: Any) -> dict[str, int]:
    return {count.label: count.value for count in pack.left_out}


def test_every_reason_to_leave_out_is_counted_once_and_all_adds_up(store: Store, clock: Clock) -> None:
    fill(
        store,
        make_submission("counted"),
        make_submission("rejected"),
        make_submission("escalated"),
        make_submission("pending"),
        make_submission("no consent", consents=frozenset()),
        make_submission("  "),
        make_submission("counted!"),
        make_post("somebody else's words", relation=Relation.REPOST, related_id="9"),
    )
    checked(store, [fact(7, "duplicate_of", "1", "duplicates@1")])
    approve(store, clock, 1, 5, 6, 7, 8)
    decide(store, [2], Status.REJECTED, moderator="Kim", reason="spam", clock=clock)
    decide(store, [3], Status.ESCALATED, moderator="Kim", reason="hm", clock=clock)
    pack = compile_pack(store, QUERY, CONFIG, TITLES)
    assert (pack.found, pack.statements, [e.text for e in pack.exhibits]) == (8, 1, ["counted"])
    assert left_out(pack) == {
        "Reposts of somebody else's words": 1,
        "Rejected by a moderator": 1,
        "Held for a further look": 1,
        "Not yet looked at": 1,
        "No consent to be counted": 1,
        "Answers without own words": 1,
        "Copies of a statement that is counted": 1,
    }
    assert pack.exhibits[0].appearances == 2


def test_a_copy_of_a_rejected_original_counts_once(store: Store, clock: Clock) -> None:
    fill(store, make_submission("same"), make_submission("same"), make_submission("same"))
    checked(store, [fact(n, "duplicate_of", "1", "duplicates@1") for n in (2, 3)])
    approve(store, clock, 2, 3)
    decide(store, [1], Status.REJECTED, moderator="Kim", reason="asked to be left out", clock=clock)
    assert compile_pack(store, QUERY, CONFIG, TITLES).statements == 1


def test_posts_are_counted_and_never_quoted_without_permission(store: Store, clock: Clock) -> None:
    fill(store, make_post("public words", url="https://x.com/reader/status/1"))
    looked_up(store)
    checked(store)
    approve(store, clock)
    pack = compile_pack(store, QUERY, CONFIG, TITLES)
    assert (pack.statements, pack.exhibits) == (1, ())
    store.assertions.consent([1], Use.QUOTE_UNNAMED, granted=True, proof="reply")
    (exhibit,) = compile_pack(store, QUERY, CONFIG, TITLES).exhibits
    assert (exhibit.attribution, exhibit.url) == (None, None)  # the address would name the author
    store.assertions.consent([1], Use.QUOTE_NAMED, granted=True, proof="reply")
    (exhibit,) = compile_pack(store, QUERY, CONFIG, TITLES).exhibits
    assert exhibit.attribution
    assert exhibit.url == "https://x.com/reader/status/1"


def test_a_name_stands_only_where_the_name_was_given_for_it(store: Store, clock: Clock) -> None:
    ada = Contact(name="Ada Example", email="ada@example.org")
    fill(
        store,
        make_submission("named", contact=ada, consents=ALL),
        make_submission("unnamed", contact=ada, consents=ALL - {Use.QUOTE_NAMED}),
    )
    checked(store)
    approve(store, clock)
    pack = compile_pack(store, QUERY, CONFIG, TITLES)
    assert {e.text: e.attribution for e in pack.exhibits} == {"named": "Ada Example", "unnamed": None}
    assert "ada@example.org" not in repr(pack)
    assert (pack.statements, pack.people) == (2, 1)


def test_a_pack_for_somebody_needs_consent_to_be_sent(store: Store, clock: Clock) -> None:
    fill(store, make_submission("may be sent", consents=ALL), make_submission("may be quoted"))
    checked(store)
    approve(store, clock)
    pack = compile_pack(store, replace(QUERY, recipient="A. Member"), CONFIG, TITLES)
    assert [e.text for e in pack.exhibits] == ["may be sent"]
    assert pack.statements == 2


def test_personal_data_is_replaced_and_protected_matters_wait(store: Store, clock: Clock) -> None:
    text = "Ask Ada, ada@example.org, she knows."
    fill(store, make_submission(text, language="en"), make_submission("My son is ill."))
    approve(store, clock)
    spans = [
        fact(1, "personal_data", "email", "personal_data@1", Span(9, 24)),
        fact(2, "risk", "health", "personal_data@1"),
    ]
    checked(store, spans)
    pack = compile_pack(store, QUERY, CONFIG, TITLES)
    assert [e.text for e in pack.exhibits] == ["Ask Ada, [e-mail address removed], she knows."]
    assert pack.statements == 2
    assert any("1 more touch on health" in words for _, words in pack.method)
    decide(store, [2], Status.ESCALATED, moderator="Kim", reason="health", clock=clock)
    approve(store, clock, 2, reason="the family agreed in writing")
    assert len(compile_pack(store, QUERY, CONFIG, TITLES).exhibits) == 2


def test_nothing_leaves_before_it_was_checked(store: Store, clock: Clock) -> None:
    fill(store, make_submission("one"))
    approve(store, clock)
    with pytest.raises(ExportError, match="1 items have not been checked by 'personal_data'"):
        compile_pack(store, QUERY, CONFIG, TITLES)
    checked(store)
    fill(store, make_submission("two"))
    with pytest.raises(ExportError, match="have not been checked"):
        compile_pack(store, QUERY, CONFIG, TITLES)


def test_an_item_that_no_check_could_read_is_left_out(store: Store, clock: Clock) -> None:
    fill(store, make_submission("one"))
    approve(store, clock)
    checked(store)
    store.assertions.begin("personal_data", "personal_data@2")
    store.assertions.set_aside("personal_data@2", 1, "cannot read", after=0)
    assert left_out(compile_pack(store, QUERY, CONFIG, TITLES)) == {"Could not be checked by the software": 1}


def test_an_edit_at_the_source_takes_an_approved_statement_back(store: Store, clock: Clock) -> None:
    first = make_post("I love it")
    fill(store, first)
    looked_up(store)
    checked(store)
    approve(store, clock)
    store.assertions.consent([1], Use.QUOTE_UNNAMED, granted=True, proof="reply")
    assert len(compile_pack(store, QUERY, CONFIG, TITLES).exhibits) == 1
    fill(store, msgspec.structs.replace(first, text="I hate it", raw=b"{}"))
    pack = compile_pack(store, QUERY, CONFIG, TITLES)
    assert (pack.statements, left_out(pack)) == (0, {"Held for a further look": 1})
    assert store.assertions.history(1)[-1].reason == "changed at the source"


@pytest.mark.parametrize(
    ("query", "texts"),
    [
        (Query(title="t", areas=("Riverside",)), ["one"]),
        (Query(title="t", languages=("de",)), ["zwei"]),
        (Query(title="t", themes=("staff_help",)), ["one"]),
        (Query(title="t", since=date(2026, 6, 2)), ["zwei"]),
        (Query(title="t", until=date(2026, 6, 1)), ["one"]),
        (Query(title="t", since=date(2027, 1, 1)), []),
    ],
)
def test_a_query_narrows(store: Store, clock: Clock, query: Query, texts: list[str]) -> None:
    fill(
        store,
        make_submission("one", area="Riverside", language="en-AU", created_at=datetime(2026, 6, 1, 23, 59, tzinfo=UTC)),
        make_submission("zwei", area="Weststadt", language="de", created_at=datetime(2026, 6, 2, tzinfo=UTC)),
    )
    checked(store)
    store.assertions.add([fact(1, "theme", "staff_help", "themes@1")])
    approve(store, clock)
    assert [e.text for e in compile_pack(store, query, CONFIG, TITLES).exhibits] == texts


def test_small_numbers_are_not_shown(store: Store, clock: Clock) -> None:
    fill(store, *(make_submission(f"text {n}", area="Riverside" if n else "Tiny") for n in range(7)))
    checked(store)
    store.assertions.add([fact(n, "theme", "staff_help", "themes@1") for n in range(1, 5)])
    approve(store, clock)
    config = CONFIG.model_copy(update={"thresholds": Thresholds()})
    pack = compile_pack(store, QUERY, config, TITLES)
    assert pack.areas == ()  # six of seven would tell that one is from elsewhere
    assert (pack.themes[0].statements, pack.themes[0].people) == (None, None)
    assert pack.statements == 7


def test_a_person_s_coding_goes_before_the_software_s(store: Store, clock: Clock) -> None:
    fill(store, *(make_submission(f"text {n}") for n in range(4)))
    checked(store)
    machine = [fact(n, "theme", "staff_help", "themes@1") for n in (1, 2, 3)]
    person = [fact(n, "coded", "themes", "person:Kim") for n in (1, 2, 4)]
    person += [fact(n, "theme", "staff_help", "person:Kim") for n in (1, 4)]
    store.assertions.add(machine + person)
    approve(store, clock)
    (theme,) = compile_pack(store, QUERY, CONFIG, TITLES).themes
    assert (theme.title, theme.statements, theme.confirmed) == ("Help from staff", 3, 2)
    assert (theme.precision, theme.recall, theme.checked) == (None, None, 0)  # nobody measured


def test_the_same_query_over_the_same_data_gives_an_equal_pack(store: Store, clock: Clock) -> None:
    fill(store, *(make_submission(f"text {n}") for n in range(20)))
    checked(store)
    approve(store, clock)
    first, second = (compile_pack(store, QUERY, CONFIG, TITLES) for _ in range(2))
    assert first == second
    assert first.number.endswith(first.digest[:8])
    decide(store, [3], Status.REJECTED, moderator="Kim", reason="no", clock=clock)
    assert compile_pack(store, QUERY, CONFIG, TITLES).digest != first.digest


def test_what_changes_between_compile_and_export_is_refused(store: Store, clock: Clock) -> None:
    fill(store, make_submission("I love it", consents=ALL))
    checked(store)
    approve(store, clock)
    pack = compile_pack(store, replace(QUERY, recipient="A. Member"), CONFIG, TITLES)
    check_exhibits(store, pack)
    forged = replace(pack, exhibits=(replace(pack.exhibits[0], text="I love it!"),))
    with pytest.raises(ExportError, match="item 1: the quote is not an exact run"):
        check_exhibits(store, forged)
    store.assertions.consent([1], Use.SEND_TO_REPRESENTATIVE, granted=False, proof="withdrawn")
    with pytest.raises(ConsentError, match="item 1: there is no consent to be sent"):
        check_exhibits(store, pack)
    for use in (Use.QUOTE_NAMED, Use.QUOTE_UNNAMED):
        store.assertions.consent([1], use, granted=False, proof="withdrawn")
    with pytest.raises(ConsentError, match="item 1: there is no consent to be quoted"):
        check_exhibits(store, replace(pack, recipient=None))
    decide(store, [1], Status.REJECTED, moderator="Kim", reason="withdrawn", clock=clock)
    with pytest.raises(ExportError, match="item 1: is rejected, and only approved items are quoted"):
        check_exhibits(store, pack)


def test_the_method_box_is_always_there(store: Store) -> None:
    checked(store)
    empty = compile_pack(store, QUERY, CONFIG, TITLES)
    german = CONFIG.model_copy(update={"campaign": CONFIG.campaign.model_copy(update={"pack_language": "de"})})
    assert [heading for heading, _ in empty.method][:3] == ["Who collected", "What was asked", "How people came in"]
    assert len(compile_pack(store, QUERY, german, TITLES).method) == len(empty.method) == 12


_status = st.sampled_from([Status.PENDING, Status.APPROVED, Status.REJECTED, Status.ESCALATED])
_uses = st.sets(st.sampled_from(list(Use))).map(frozenset)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(_status, _uses, st.booleans(), st.integers(0, 3), st.booleans()), max_size=12))
def test_every_number_equals_a_naive_recount(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[Status, frozenset[Use], bool, int, bool]]
) -> None:
    clock = Clock()
    with Store.open(tmp_path_factory.mktemp("pack") / "a.db", clock=clock) as store:
        contacts = [Contact(email=f"{person}@example.org") for person in range(4)]
        fill(
            store,
            *(make_submission(f"t{n}", consents=u, contact=contacts[p]) for n, (_, u, _, p, _) in enumerate(rows)),
        )
        roots: list[int] = []
        for number, (_, _, copy, _, _) in enumerate(rows, start=1):
            roots.append(roots[-1] if copy and roots else number)
        copies = [fact(n, "duplicate_of", str(r), "duplicates@1") for n, r in enumerate(roots, start=1) if r != n]
        risks = [fact(n, "risk", "health", "personal_data@1") for n, row in enumerate(rows, start=1) if row[4]]
        for number, (status, *_) in enumerate(rows, start=1):
            if status is not Status.PENDING:
                decide(
                    store,
                    [number],
                    status,
                    moderator="Kim",
                    reason="x" if status is not Status.APPROVED else "",
                    clock=clock,
                )
        checked(store, copies + risks)
        pack = compile_pack(store, QUERY, CONFIG, TITLES)
    eligible = [n for n, (s, u, _, _, _) in enumerate(rows) if s is Status.APPROVED and Use.ANALYSE in u]
    firsts = [n for i, n in enumerate(eligible) if roots[n] not in {roots[m] for m in eligible[:i]}]
    assert pack.found == len(rows) == pack.statements + sum(count.value or 0 for count in pack.left_out)
    assert pack.statements == len(firsts)
    assert pack.people == len({rows[n][3] for n in firsts})
    quotable = {n + 1 for n in firsts if rows[n][1] & {Use.QUOTE_NAMED, Use.QUOTE_UNNAMED} and not rows[n][4]}
    assert {e.item_id for e in pack.exhibits} == quotable
    assert [e.number for e in pack.exhibits] == list(range(1, len(quotable) + 1))


def test_every_quote_says_where_it_comes_from(store: Store, clock: Clock) -> None:
    """R1: source, when it was collected, consents, legal basis, language, library, area and how that was found."""
    fill(
        store, make_submission("placed by the form", language="en"), make_submission("placed by its library", area=None)
    )
    checked(store)
    store.assertions.add([fact(2, "area", "Riverside", "places@1"), fact(2, "area_method", "form-library", "places@1")])
    approve(store, clock)
    exhibits = {e.text: e for e in compile_pack(store, QUERY, CONFIG, TITLES).exhibits}
    by_form, by_library = exhibits["placed by the form"], exhibits["placed by its library"]
    assert (by_form.source, by_form.language, by_form.library) == ("Survey: test", "en", "Lindenrode")
    assert (by_form.area, by_form.area_method, by_form.legal_basis) == ("Weststadt", "form", "consent")
    assert (by_library.area, by_library.area_method) == ("Riverside", "form-library")
    assert by_form.collected_on == date(2026, 11, 1)
    assert Use.QUOTE_UNNAMED in by_form.consents


def test_only_a_person_makes_somebody_a_critic(store: Store, clock: Clock) -> None:
    fill(store, make_submission("Shut at five again."), make_submission("Too loud."), make_submission("Lovely."))
    checked(store)
    store.assertions.begin("stance", "stance@1")
    marked = [fact(number, "stance", "complaint", "stance@1") for number in (1, 2, 3)]
    store.assertions.add_batch("stance@1", marked, after=0, last_item_id=3)
    approve(store, clock)
    nobody = compile_pack(store, QUERY, CONFIG, TITLES)
    assert (nobody.critical, [e.critical for e in nobody.exhibits]) == (0, [False] * 3)
    store.assertions.add([fact(number, "stance", "complaint", "person:Kim") for number in (1, 2)])
    store.assertions.add([fact(2, "stance", "none", "person:Alex")])
    pack = compile_pack(store, QUERY, CONFIG, TITLES)
    assert (pack.critical, {e.item_id for e in pack.exhibits if e.critical}) == (1, {1})
