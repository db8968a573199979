"""Every number in a pack equals a recount by an independent, naive query over the same tables."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from advocacy_monitor.config import Campaign, Config, Thresholds
from advocacy_monitor.left_out import CHECKED_BY, Looked, label
from advocacy_monitor.models import Annotation, Contact, Page, Query, Relation, Span, Status, Use
from advocacy_monitor.moderate import decide
from advocacy_monitor.pack import compile_pack
from advocacy_monitor.store import Store
from advocacy_monitor.translate import texts
from tests.conftest import Clock, make_post, make_submission

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
THEMES = ("books", "warmth", "staff_help")
AREAS = ("Riverside", "Weststadt", None)
LANGUAGES = ("en", "de")
CONFIG = Config(
    campaign=Campaign(name="Test", sponsor="Association", contact="info@example.org"),
    thresholds=Thresholds(smallest_cell=1, smallest_base=1, quotes=1000),
)


@dataclass(frozen=True)
class Drawn:
    """One item as Hypothesis draws it."""

    is_post: bool
    person: int
    day: int
    area: str | None
    library: str | None
    language: str
    words: str
    status: Status | None
    uses: frozenset[Use]
    themes: frozenset[str]
    coded: frozenset[str] | None
    copy_of: int
    is_repost: bool
    is_risky: bool
    is_read: bool
    is_name: bool


drawn = st.builds(
    Drawn,
    is_post=st.booleans(),
    person=st.integers(0, 4),
    day=st.integers(0, 70),
    area=st.sampled_from(AREAS),
    library=st.sampled_from(("Harbour Library", "Eastbrook Library", None)),
    language=st.sampled_from(LANGUAGES),
    words=st.sampled_from(("I love it.", "Too loud!", "Kim helped me a lot last winter.", "", "  ")),
    status=st.sampled_from((*Status, Status.APPROVED, Status.APPROVED, None)),
    uses=st.frozensets(st.sampled_from(tuple(Use)), max_size=5).map(lambda uses: uses | {Use.ANALYSE}),
    themes=st.frozensets(st.sampled_from(THEMES)),
    coded=st.one_of(st.none(), st.frozensets(st.sampled_from(THEMES))),
    copy_of=st.integers(0, 30),
    is_repost=st.integers(0, 9).map(lambda number: number == 0),
    is_risky=st.integers(0, 4).map(lambda number: number == 0),
    is_read=st.booleans(),
    is_name=st.booleans(),
)
queries = st.builds(
    Query,
    title=st.just("All"),
    themes=st.sampled_from(((), ("books",), ("books", "warmth"))),
    areas=st.sampled_from(((), ("Riverside",), ("Riverside", "Weststadt"))),
    languages=st.sampled_from(((), ("de",))),
    since=st.sampled_from((None, date(2026, 8, 20))),
    until=st.sampled_from((None, date(2026, 10, 1))),
    recipient=st.sampled_from((None, "A. Member")),
)


def fill(store: Store, items: list[Drawn]) -> None:
    run = store.runs.start("t", "collect")
    for number, each in enumerate(items, start=1):
        shared: dict[str, Any] = {
            "source_id": str(number),
            "created_at": NOW - timedelta(days=each.day),
            "library": each.library,
            "area": each.area,
        }
        item = (
            make_post(
                each.words,
                author_id=f"a{each.person}" if each.person else None,
                relation=Relation.REPOST if each.is_repost else None,
                related_id="0" if each.is_repost else None,
                **shared,
            )
            if each.is_post
            else make_submission(
                each.words,
                consents=each.uses,
                contact=Contact(email=f"p{each.person}@example.org") if each.person else None,
                **shared,
            )
        )
        store.add_page(run, Page(items=(item,)), collector="t")
    facts = [fact for number, each in enumerate(items, start=1) for fact in facts_of(number, each, items)]
    for name in sorted({fact.by.split("@")[0] for fact in facts if "@" in fact.by} | set(CHECKED_BY)):
        store.assertions.begin(name, f"{name}@1")
        mine = [fact for fact in facts if fact.by == f"{name}@1"]
        store.assertions.add_batch(f"{name}@1", mine, after=0, last_item_id=len(items))
    store.assertions.add(fact for fact in facts if fact.by.startswith("person:"))
    for number, each in enumerate(items, start=1):
        if each.status not in (None, Status.PENDING):
            decide(store, [number], each.status, moderator="Kim", reason="read it", clock=store.now)
        if each.is_post and len(each.uses) > 1:
            for use in sorted(each.uses - {Use.ANALYSE}):
                store.assertions.consent([number], use, granted=True, proof="asked")
    # What was found only after the decision, nobody has read.
    late = [number for number, each in enumerate(items, start=1) if each.is_risky and not each.is_read]
    store.assertions.add(Annotation(item_id=number, label="risk", value="health", by="person:Alex") for number in late)


def facts_of(number: int, each: Drawn, items: list[Drawn]) -> Iterable[Annotation]:
    yield Annotation(item_id=number, label="language", value=each.language, by="language@1")
    for theme in sorted(each.themes):
        yield Annotation(item_id=number, label="theme", value=theme, by="themes@1")
    if each.coded is not None:
        yield Annotation(item_id=number, label="coded", value="themes" if each.coded else "none", by="person:Alex")
        for theme in sorted(each.coded):
            yield Annotation(item_id=number, label="theme", value=theme, by="person:Alex")
    if 0 < each.copy_of < number:
        yield Annotation(item_id=number, label="duplicate_of", value=str(each.copy_of), by="duplicates@1")
    if each.is_risky and each.is_read:
        yield Annotation(item_id=number, label="risk", value="health", by="personal_data@1")
    if each.is_name and "Kim" in each.words:
        span = Span(each.words.index("Kim"), each.words.index("Kim") + 3)
        yield Annotation(item_id=number, label="personal_data", value="name", by="personal_data@1", spans=(span,))


def recount(path: Path, query: Query, unverified_too: bool) -> dict[str, Any]:
    """Counts row by row, from the tables alone and in the plainest way."""
    db = sqlite3.connect(path)
    db.row_factory = sqlite3.Row
    facts = [dict(row) for row in db.execute("SELECT * FROM annotations ORDER BY id")]
    counted: list[dict[str, Any]] = []
    left: Counter[str] = Counter()
    roots: dict[int, int] = {}
    taken: set[int] = set()
    seen_at: Counter[int] = Counter()
    found = 0
    for item in db.execute("SELECT * FROM items ORDER BY id"):
        mine = [fact for fact in facts if fact["item_id"] == item["id"]]
        by_person = [fact["value"] for fact in mine if fact["label"] == "theme" and fact["by"] == "person:Alex"]
        is_coded = any(fact["label"] == "coded" for fact in mine)
        by_machine = [fact["value"] for fact in mine if fact["label"] == "theme" and fact["by"] == "themes@1"]
        themes = set(by_person if is_coded else by_machine)
        language = next(fact["value"] for fact in mine if fact["label"] == "language")
        first = next((int(fact["value"]) for fact in mine if fact["label"] == "duplicate_of"), item["id"])
        root = roots.setdefault(item["id"], roots.get(first, first))
        day = datetime.fromisoformat(item["created_at"]).date()
        if query.themes and not themes & set(query.themes):
            continue
        if query.areas and item["area"] not in query.areas:
            continue
        if query.languages and language not in query.languages:
            continue
        if (query.since and day < query.since) or (query.until and day > query.until):
            continue
        found += 1
        decisions = db.execute("SELECT * FROM decisions WHERE item_id = ? ORDER BY id", [item["id"]]).fetchall()
        status = decisions[-1]["status"] if decisions else "pending"
        granted = {row["use"] for row in db.execute("SELECT * FROM consents WHERE item_id = ?", [item["id"]])}
        is_repost = item["relation"] == "repost"
        reason = None
        if is_repost:
            reason = "repost"
        elif status != "approved":
            reason = status
        elif item["kind"] == "submission" and "analyse" not in granted:
            reason = "no_consent"
        elif not item["text"].strip():
            reason = "no_words"
        elif item["kind"] == "post" and not unverified_too:
            reason = "unverified"  # nobody looked up anything here
        if (reason is None or is_repost) and not (is_repost and status == "rejected"):
            seen_at[root] += 1
        if reason is None and root in taken:
            reason = "copy"
        if reason is not None:
            left[reason] += 1
            continue
        taken.add(root)
        held = any(fact["label"] == "risk" and fact["made_at"] > decisions[-1]["decided_at"] for fact in mine)
        may = granted & {"quote_named", "quote_unnamed"} and (
            not query.recipient or "send_to_representative" in granted
        )
        counted.append(
            dict(item) | {"themes": themes, "language": language, "root": root, "quote": bool(may) and not held}
        )
    return {
        "found": found,
        "left_out": dict(left),
        "statements": len(counted),
        "people": len({item["person_key"] for item in counted if item["person_key"]}),
        "unknown": sum(item["person_key"] is None for item in counted),
        "appearances": sum(seen_at[item["root"]] for item in counted),
        "areas": Counter(item["area"] or "?" for item in counted),
        "libraries": Counter(item["library"] or "?" for item in counted),
        "languages": Counter(item["language"] for item in counted),
        "months": Counter(item["created_at"][:7] for item in counted),
        "themes": Counter(theme for item in counted for theme in item["themes"]),
        "people_by_theme": {
            theme: len({item["person_key"] for item in counted if theme in item["themes"] and item["person_key"]})
            for theme in THEMES
        },
        "quotes": sorted(item["id"] for item in counted if item["quote"]),
    }


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(items=st.lists(drawn, max_size=30), query=queries, unverified_too=st.booleans())
def test_every_number_of_a_pack_is_that_of_a_naive_recount(
    items: list[Drawn], query: Query, unverified_too: bool
) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.db"
        with Store.open(path, clock=Clock()) as store:
            fill(store, items)
            looked = Looked(at=store.now(), unverified_too=unverified_too)
            pack = compile_pack(store, query, CONFIG, {}, looked=looked)
        naive = recount(path, query, unverified_too)
    t = texts("en")
    assert pack.found == naive["found"] == pack.statements + sum(count.value or 0 for count in pack.left_out)
    assert {count.label: count.value for count in pack.left_out} == {
        label(why, t): number for why, number in naive["left_out"].items()
    }
    assert (pack.statements, pack.people, pack.authors_unknown, pack.appearances) == tuple(
        naive[name] for name in ("statements", "people", "unknown", "appearances")
    )
    for name in ("areas", "libraries", "languages", "months"):
        assert {count.label: count.value for count in getattr(pack, name)} == naive[name], name
    assert {theme.code: theme.statements for theme in pack.themes} == naive["themes"]
    assert {theme.code: theme.people or 0 for theme in pack.themes} == {
        code: naive["people_by_theme"][code] for code in naive["themes"]
    }
    assert sorted(exhibit.item_id for exhibit in pack.exhibits) == naive["quotes"]
    assert pack.choice.quotable == len(naive["quotes"])
    assert [exhibit.number for exhibit in pack.exhibits] == list(range(1, len(pack.exhibits) + 1))
