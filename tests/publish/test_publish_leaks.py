"""Random campaigns: nothing but what may be read in public is anywhere in the files' bytes, and counts are a pack's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from advocacy_monitor.left_out import Looked
from advocacy_monitor.line import check_versions, theme_titles
from advocacy_monitor.models import Annotation, Contact, Query, Span, Standing, Status, Use, Verdict
from advocacy_monitor.moderate import decide
from advocacy_monitor.pack import compile_pack
from tests.conftest import Clock, make_post, make_submission
from tests.publish.conftest import Campaign, campaign_in, rows

_NOW = datetime(2026, 10, 20, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Drawn:
    """One item as Hypothesis draws it."""

    source: str
    status: Status | None
    uses: frozenset[Use]
    standing: Standing
    area: str | None
    days: int
    is_named_in_text: bool
    is_risky: bool
    is_copy: bool
    theme: str | None
    language: str


drawn = st.builds(
    Drawn,
    source=st.sampled_from(("x", "mastodon", "bluesky", "survey:Spring", "survey:Spring")),
    status=st.sampled_from((*Status, Status.APPROVED, Status.APPROVED, Status.APPROVED, None)),
    uses=st.frozensets(st.sampled_from(tuple(Use)), max_size=5).map(lambda uses: uses | {Use.ANALYSE}),
    standing=st.sampled_from((Standing.STANDS, Standing.STANDS, Standing.STANDS, Standing.GONE, Standing.UNKNOWN)),
    area=st.sampled_from(("Riverside", "Riverside", "Weststadt", "Onlyhere", None)),
    days=st.integers(0, 70),
    is_named_in_text=st.booleans(),
    is_risky=st.integers(0, 5).map(lambda number: number == 0),
    is_copy=st.integers(0, 5).map(lambda number: number == 0),
    theme=st.sampled_from(("staff_help", "safe_space", None)),
    language=st.sampled_from(("en", "de", "ar")),
)


def secrets_of(number: int) -> list[str]:
    """What stands beside every item and must never be in a public file."""
    return [
        f"hndl{number}q",
        f"srcid{number}q",
        f"authorid{number}q",
        f"mail{number}q@",
        f"post{number}q",
        f"code{number}q",
    ]


def words_of(number: int) -> str:
    return f"word{number}q"


def fill(campaign: Campaign, items: list[Drawn]) -> None:
    for number, each in enumerate(items, start=1):
        text = f"Mrs Secretname{number}q said {words_of(number)} to me."
        shared = {"created_at": _NOW - timedelta(days=each.days), "area": each.area, "source_id": f"srcid{number}q"}
        post = not each.source.startswith("survey")
        item = (
            make_post(
                text,
                source=each.source,
                author_handle=f"hndl{number}q",
                author_name=f"Person{number}q",
                author_id=f"authorid{number}q",
                url=f"https://example.org/hndl{number}q/post{number}q",
                **shared,
            )
            if post
            else make_submission(
                text,
                source=each.source,
                consents=each.uses,
                contact=Contact(name=f"Person{number}q", email=f"mail{number}q@example.org"),
                postcode=f"code{number}q",
                answers={"Your postcode?": f"code{number}q"},
                **shared,
            )
        )
        campaign.add(item, facts=list(_facts(number, each)), approve=False)
        if post:
            for use in sorted(each.uses - {Use.ANALYSE}):
                campaign.store.assertions.consent([number], use, granted=True, proof=f"post{number}q says yes")
            campaign.store.verifications.apply(
                [Verdict(source=each.source, source_id=f"srcid{number}q", standing=each.standing)]
            )
        if each.status not in (None, Status.PENDING):
            decide(
                campaign.store, [number], each.status, moderator="Moderatorq", reason="Reasonq", clock=campaign.clock
            )
    late = [number for number, each in enumerate(items, start=1) if each.is_risky]
    campaign.store.assertions.add(
        Annotation(item_id=number, label="risk", value="health", by="person:Coderq") for number in late
    )


def _facts(number: int, each: Drawn) -> list[Annotation]:
    facts = [Annotation(item_id=number, label="language", value=each.language, by="person:Coderq")]
    if each.theme:
        facts.append(Annotation(item_id=number, label="coded", value="themes", by="person:Coderq"))
        facts.append(Annotation(item_id=number, label="theme", value=each.theme, by="person:Coderq"))
    # Every name is found, so that none may be seen; some are found by a person.
    by = "person:Coderq" if each.is_named_in_text else "personal_data"
    span = Span(4, 4 + len(f"Secretname{number}q"))
    facts.append(Annotation(item_id=number, label="personal_data", value="name", by=by, spans=(span,)))
    if each.is_copy and number > 1:
        facts.append(Annotation(item_id=number, label="duplicate_of", value=str(number - 1), by="duplicates"))
    return facts


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(items=st.lists(drawn, max_size=14), smallest=st.sampled_from((1, 3)), unverified_too=st.booleans())
def test_a_public_file_holds_what_a_pack_would_quote_and_nothing_else(
    items: list[Drawn], smallest: int, unverified_too: bool
) -> None:
    with TemporaryDirectory() as folder:
        campaign = campaign_in(Path(folder), Clock(), smallest=smallest)
        with campaign.store:
            fill(campaign, items)
            looked = Looked(at=campaign.store.now(), unverified_too=unverified_too)
            pack = compile_pack(
                campaign.store,
                Query(title="Test"),
                campaign.loaded.config,
                theme_titles(campaign.loaded),
                versions=check_versions(campaign.loaded),
                looked=looked,
            )
            made = campaign.publish(html=Path(folder) / "web", unverified_too=unverified_too)
        expected = {each.item_id for each in pack.exhibits if items[each.item_id - 1].source != "x"}
        found = rows(campaign.path, "SELECT number, area, attribution FROM statements")
        assert {number for number, *_ in found} == expected
        assert made.statements == len(expected)
        counted = rows(campaign.path, "SELECT cut, label, statements FROM counts WHERE cut <> 'left out'")
        assert ("all", "Statements counted", pack.statements if pack.statements >= smallest else None) in counted
        for cut, breakdown in (
            ("area", pack.areas),
            ("language", pack.languages),
            ("month", pack.months),
            ("source", pack.sources),
        ):
            shown = {(label, number) for name, label, number in counted if name == cut}
            assert shown == {("not known" if c.label == "?" else c.label, c.value) for c in breakdown}, cut
        assert {(label, number) for cut, label, number in counted if cut == "theme"} == {
            (theme.title, theme.statements) for theme in pack.themes
        }
        areas = [area for _, area, _ in found if area]
        assert all(areas.count(area) >= smallest for area in areas)
        files = [campaign.path, campaign.path.with_name("public.metadata.yaml"), Path(folder) / "web" / "index.html"]
        for path in files:
            _nothing_else(path.read_bytes(), items, expected, smallest)


def _nothing_else(content: bytes, items: list[Drawn], expected: set[int], smallest: int) -> None:
    for number, each in enumerate(items, start=1):
        for secret in (*secrets_of(number), f"Secretname{number}q"):
            assert secret.encode() not in content, secret
        if number not in expected:
            assert words_of(number).encode() not in content, number
        if number not in expected or Use.QUOTE_NAMED not in each.uses:
            assert f"Person{number}q".encode() not in content, number
    for secret in ("Moderatorq", "Reasonq", "Coderq", "says yes"):
        assert secret.encode() not in content
    if sum(each.area == "Onlyhere" for each in items) < smallest:
        assert b"Onlyhere" not in content
