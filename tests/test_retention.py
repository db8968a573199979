"""Retention: what is too old and only that goes, with everything that hangs on it; and never a campaign by mistake."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from advocacy_monitor.config import Loaded, load_config
from advocacy_monitor.errors import ModerationError
from advocacy_monitor.models import Contact, Item, Page, Reject, Relation, Standing, Use, Verdict
from advocacy_monitor.questionnaire import load_questionnaire
from advocacy_monitor.rights import retention
from advocacy_monitor.rights.letters import letters
from advocacy_monitor.rights.retention import enforce, kept_until, limits, months_before, plan
from advocacy_monitor.store import Store
from advocacy_monitor.store.paper import FIRST, Entry
from advocacy_monitor.store.permissions import PermissionState
from tests.conftest import Clock, make_post, make_submission
from tests.web.holders import PACK, quoted, to_do

CONFIG = """
campaign: {name: Libraries, sponsor: Library Association, contact: desk@example.org}
retention:
  posts_months: 24
  submissions_months: 60
  sources_months: {mastodon: 6, "survey:old": 12}
  unverified_days: {youtube: 30}
"""


@pytest.fixture
def loaded(tmp_path: Path) -> Loaded:
    (tmp_path / "config.yaml").write_text(CONFIG, encoding="utf-8")
    return load_config(tmp_path / "config.yaml")


@pytest.fixture
def kept(loaded: Loaded, clock: Clock) -> Iterator[Store]:
    with Store.open(loaded.database, clock=clock) as store:
        yield store


def collected(store: Store, clock: Clock, at: datetime, *items: Item, rejects: tuple[Reject, ...] = ()) -> list[int]:
    clock.now = at
    first = store.items.last_id() + 1
    store.add_page(store.runs.start("x", "collect"), Page(items=items, rejects=rejects), collector="x")
    return list(range(first, store.items.last_id() + 1))


FORM = load_questionnaire("library").form
BEGAN = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


def test_each_source_and_kind_has_its_months(kept: Store, loaded: Loaded, clock: Clock) -> None:
    items = [make_post(), make_post(source="mastodon"), make_submission(), make_submission(source="survey:old")]
    ids = collected(kept, clock, BEGAN, *items)

    def due(at: datetime) -> list[int]:
        return plan(kept, loaded, at=at).found.item_ids

    assert due(datetime(2027, 5, 1, 11, 0, tzinfo=UTC)) == []
    assert due(datetime(2027, 5, 1, 13, 0, tzinfo=UTC)) == [ids[1]]
    assert due(datetime(2027, 11, 1, 13, 0, tzinfo=UTC)) == [ids[1], ids[3]]
    assert due(datetime(2028, 11, 1, 13, 0, tzinfo=UTC)) == [ids[0], ids[1], ids[3]]
    assert due(datetime(2031, 11, 1, 13, 0, tzinfo=UTC)) == ids
    until = [kept_until(loaded, item).date().isoformat() for item in kept.items.get(ids)]
    assert until == ["2028-11-01", "2027-05-01", "2031-11-01", "2027-11-01"]


def test_a_post_that_nobody_could_look_up_goes_earlier(kept: Store, loaded: Loaded, clock: Clock) -> None:
    seen, unseen = collected(kept, clock, BEGAN, make_post(source="youtube"), make_post(source="youtube"))
    clock.now = BEGAN + timedelta(days=20)
    item = kept.items.get([seen])[0]
    kept.verifications.apply([Verdict(source="youtube", source_id=item.source_id, standing=Standing.STANDS)])
    (due,) = plan(kept, loaded, at=BEGAN + timedelta(days=31)).statements
    assert (due.rule, due.source, due.item_ids) == ("not looked up", "youtube", (unseen,))
    assert kept.retention.counts(limits(loaded, BEGAN + timedelta(days=31))) == {
        ("not looked up", "post", "youtube"): 1
    }


def test_what_is_too_old_goes_with_all_that_hangs_on_it(kept: Store, loaded: Loaded, clock: Clock) -> None:
    contact = Contact(name="Ada Reader", email="ada@example.org")
    old = make_submission("Oldwords said here.", contact=contact, source="survey:old")
    post = make_post("Postwords said here.", source="mastodon")
    reject = Reject(position="line 3", reason="no date", payload=b'{"by": "oldreject"}')
    ids = collected(kept, clock, BEGAN, old, post, rejects=(reject,))
    later = datetime(2029, 1, 1, tzinfo=UTC)
    (young,) = collected(kept, clock, later, make_submission("Youngwords stay here."))
    (repost,) = collected(
        kept, clock, later, make_post("Postwords said here.", relation=Relation.REPOST, related_id=post.source_id,
                                      source="mastodon"),
    )  # fmt: skip
    done = enforce(kept, loaded)
    assert (done.statements, done.rejects, done.contacts, done.held) == (3, 1, 0, 0)
    assert str(done).startswith("3 statements, 1 records that could not be read and 0 entries")
    texts = {item.id: item.text for item in kept.items.get([*ids, young, repost])}
    assert texts == {ids[0]: "", ids[1]: "", young: "Youngwords stay here.", repost: ""}
    assert kept.held.contact_details([("survey:old", old.source_id)]) == []
    assert all(kept.items.captures(each) == [] for each in (*ids, repost))
    assert len(kept.items.captures(young)) == 1
    assert kept.search("Oldwords") == []
    assert {entry.reason for entry in kept.erasures.journal.read()} == {"retention"}
    again = collected(kept, clock, later, post, rejects=(reject,))
    assert again == []
    assert plan(kept, loaded).found.any is False
    assert str(enforce(kept, loaded)) == "nothing is older than it may be kept"
    assert (kept.audit.seal() > 0, kept.audit.verify()) == (True, [])
    assert {row.action for row in kept.audit.rows(action="remove")} == {"remove: retention"}


def test_bytes_are_gone_from_the_files(kept: Store, loaded: Loaded, clock: Clock) -> None:
    posts = [make_post(f"zebrafishes swim in pool number {n}", source="mastodon") for n in range(450)]
    collected(kept, clock, BEGAN, *posts)
    clock.now = datetime(2027, 6, 1, tzinfo=UTC)
    assert enforce(kept, loaded, confirmed=450).statements == 450
    assert kept.retention.total() == 0
    found = [path.name for path in loaded.folder.iterdir() if path.is_file() and b"zebrafis" in path.read_bytes()]
    assert found == []
    payloads = [bytes(row[0]) for row in kept._db.execute("SELECT payload FROM segments")]
    unfolded = b"".join(zstandard.ZstdDecompressor().decompress(each) for each in payloads)
    assert len(unfolded) > 450 * 40
    assert set(unfolded) == {0}


def test_what_a_pack_quotes_goes_as_well_and_nobody_has_to_be_told(kept: Store, loaded: Loaded, clock: Clock) -> None:
    old, young = collected(kept, clock, BEGAN, make_post("Quoted in a pack.", source="mastodon"), make_post("Stays."))
    quoted(kept, old)
    clock.now = datetime(2027, 6, 1, tzinfo=UTC)
    assert plan(kept, loaded).packs == (PACK,)
    enforce(kept, loaded, confirmed=1)
    assert [each.text for each in kept.items.get([old, young])] == ["", "Stays."]
    noted = kept.packs.get(PACK)
    assert noted is not None
    assert noted.digest == "a"
    assert kept.packs.holding(old) == [PACK]
    assert to_do(kept) == []
    assert letters(kept, loaded) == []


def test_who_was_asked_for_permission_has_time_to_answer(kept: Store, loaded: Loaded, clock: Clock) -> None:
    (asked,) = collected(kept, clock, BEGAN, make_post(source="mastodon"))
    clock.now = datetime(2027, 5, 20, tzinfo=UTC)
    kept.permissions.add(asked, PermissionState.ASKED, who="Kim", scope=(Use.QUOTE_UNNAMED,))
    planned = plan(kept, loaded)
    assert (planned.found.item_ids, planned.found.held) == ([], (asked,))
    assert "1 posts wait for their authors' answer" in str(enforce(kept, loaded))
    clock.now += timedelta(days=31)
    assert plan(kept, loaded).found.item_ids == [asked]


def test_contact_details_without_a_statement_go(kept: Store, loaded: Loaded, clock: Clock) -> None:
    clock.now = BEGAN
    contact = Contact(email="ada@example.org")
    lost = make_submission(contact=contact)
    assert kept._contacts is not None
    kept._contacts.add([lost], [], now=BEGAN)
    batch = kept.paper.open_batch(
        "Main Street", library=None, language="en", form_id=kept.submissions.keep_form(FORM),
        received_on=BEGAN.date(), seed=1, by="Anna",
    ).id  # fmt: skip
    kept.paper.scans.add(batch, 7, [("image/jpeg", b"picture")], by="Anna")
    read = {"words": "Without consent."}
    kept.paper.add(
        Entry(
            batch_id=batch, flyer=8, entry=FIRST, sending="s-8", fields=read, transcriber="Anna", left_out="no_consent"
        )
    )
    (stored,) = collected(kept, clock, BEGAN, make_submission(contact=contact))
    clock.now = datetime(2031, 10, 1, tzinfo=UTC)
    assert plan(kept, loaded).found.contacts == ()
    planned = plan(kept, loaded, at=datetime(2031, 12, 1, tzinfo=UTC))
    assert planned.found.contacts == (("paper", f"{batch}-7"), ("paper", f"{batch}-8"), (lost.source, lost.source_id))
    assert planned.found.item_ids == [stored]
    clock.now = datetime(2031, 12, 1, tzinfo=UTC)
    assert enforce(kept, loaded).contacts == 3
    assert kept.paper.scans.of(batch) == []
    assert [each.fields for each in kept.paper.entries(batch)] == [{}]
    assert plan(kept, loaded).found.any is False


def test_a_clock_that_jumped_does_not_empty_the_campaign(
    kept: Store, loaded: Loaded, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "_FEW", 5)
    collected(kept, clock, BEGAN, *(make_post() for _ in range(10)))
    clock.now = datetime(2036, 1, 1, tzinfo=UTC)
    with pytest.raises(ModerationError, match=r"10 of 10 statements are older .* --apply --confirm 10"):
        enforce(kept, loaded)
    with pytest.raises(ModerationError, match="the number of statements is 10, and 9 was typed"):
        enforce(kept, loaded, confirmed=9)
    assert kept.retention.total() == 10
    assert enforce(kept, loaded, confirmed=10).statements == 10


def test_it_ends_where_it_is_stopped_and_goes_on_later(
    kept: Store, loaded: Loaded, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("advocacy_monitor.store.retention._BATCH", 3)
    collected(kept, clock, BEGAN, *(make_post(source="mastodon") for _ in range(8)))
    clock.now = datetime(2027, 6, 1, tzinfo=UTC)
    asked = iter([False, False, True])
    assert enforce(kept, loaded, stop=lambda: next(asked)).statements == 6
    assert plan(kept, loaded).count == 2
    assert enforce(kept, loaded).statements == 2


@given(
    st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1)),  # noqa: DTZ001  # made aware below
    st.integers(0, 600),
)
def test_months_of_the_calendar(naive: datetime, months: int) -> None:
    moment = naive.replace(tzinfo=UTC)
    earlier = months_before(moment, months)
    assert (moment.year - earlier.year) * 12 + moment.month - earlier.month == months
    assert earlier.day <= moment.day
    assert months_before(earlier, -months).month == moment.month
    assert earlier.day == moment.day or (earlier + timedelta(days=1)).month != earlier.month


def test_more_months_than_the_calendar_has_are_for_ever() -> None:
    assert months_before(datetime(2026, 11, 1, tzinfo=UTC), 12 * 3000).year == 1


def test_a_day_before_the_calendar_is_no_accident(loaded: Loaded) -> None:
    found = limits(loaded, at=datetime(1, 1, 1, tzinfo=UTC))
    assert {*found.kinds.values(), *found.unverified.values(), found.asked} == {datetime.min.replace(tzinfo=UTC)}
