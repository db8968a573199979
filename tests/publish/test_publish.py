"""The public file: what stands in it, what never does, and that it is replaced as a whole or not at all."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from advocacy_monitor.cli_publish import publish as command
from advocacy_monitor.errors import ExportError
from advocacy_monitor.models import Annotation, Span, Standing, Status, Use
from advocacy_monitor.moderate import decide
from advocacy_monitor.publish_file import PublicFile
from tests.conftest import Clock, looked_up, make_post, make_submission
from tests.publish.conftest import Campaign, campaign_in, rows

QUOTED = frozenset({Use.ANALYSE, Use.QUOTE_UNNAMED})
NAMED = frozenset({Use.ANALYSE, Use.QUOTE_NAMED})


def numbers(path: Path) -> list[int]:
    return [row[0] for row in rows(path, "SELECT number FROM statements ORDER BY number")]


def person(item_id: int, label: str, value: str, *spans: Span) -> Annotation:
    return Annotation(item_id=item_id, label=label, value=value, by="person:Kim", spans=spans)


def test_only_approved_statements_that_may_be_quoted_stand_in_it(campaign: Campaign) -> None:
    good = campaign.add(make_submission("I missed it.", consents=QUOTED))
    campaign.add(make_submission("Only count me.", consents=frozenset({Use.ANALYSE})))
    campaign.add(make_submission("Nobody has read me.", consents=QUOTED), approve=False)
    campaign.add(make_submission("No consent at all.", consents=frozenset()))
    made = campaign.publish()
    assert numbers(campaign.path) == good
    assert made.statements == 1
    assert made.not_quoted == {"no_consent": 1, "held": 0, "platform": 0}
    assert {row[0] for row in rows(campaign.path, "SELECT label FROM counts WHERE cut = 'left out'")} == {
        "Not yet looked at",
        "No consent to be counted",
    }
    said = "\n".join(made.lines())
    assert "2 statements are counted; 1 of them may be read in the file" in said
    assert "1 counted, not published: without consent to be quoted" in said
    assert "1 not counted: Not yet looked at" in said


def test_what_waits_for_a_person_and_what_stands_at_x_is_counted_and_not_shown(campaign: Campaign) -> None:
    risky = campaign.add(make_submission("I was ill.", consents=QUOTED))
    campaign.store.assertions.add([person(risky[0], "risk", "health")])
    posts = campaign.add(*(make_post(f"At {source}.", source=source) for source in ("x", "mastodon")))
    campaign.store.assertions.consent(posts, Use.QUOTE_UNNAMED, granted=True, proof="asked")
    looked_up(campaign.store)
    made = campaign.publish()
    assert numbers(campaign.path) == posts[1:]
    assert made.not_quoted == {"no_consent": 0, "held": 1, "platform": 1}
    assert made.pack.statements == 3


def test_a_name_needs_the_consent_to_be_named_and_a_handle_is_none(campaign: Campaign) -> None:
    posts = campaign.add(
        make_post("Named.", source="mastodon", author_name="Noreen Tull", author_handle="ntull@example.org"),
        make_post("Not named.", source="mastodon", author_name="Alma Ray", author_handle="alma"),
        make_post("Only a handle.", source="mastodon", author_name="reader9", author_handle="reader9@example.org"),
    )
    for item_id, use in zip(posts, (Use.QUOTE_NAMED, Use.QUOTE_UNNAMED, Use.QUOTE_NAMED), strict=True):
        campaign.store.assertions.consent([item_id], use, granted=True, proof="asked")
    looked_up(campaign.store)
    campaign.publish()
    assert rows(campaign.path, "SELECT attribution FROM statements ORDER BY number") == [
        ("Noreen Tull",),
        (None,),
        (None,),
    ]
    assert b"ntull" not in campaign.path.read_bytes()


def test_personal_data_is_replaced_as_in_a_pack(campaign: Campaign) -> None:
    text = "Mrs Fernsby helped me."
    campaign.add(
        make_submission(text),
        facts=[Annotation(item_id=1, label="personal_data", value="name", by="personal_data", spans=(Span(4, 11),))],
    )
    campaign.publish(html=campaign.loaded.folder / "web")
    assert rows(campaign.path, "SELECT text FROM statements") == [("Mrs […] helped me.",)]
    for path in (campaign.path, campaign.loaded.folder / "web" / "index.html"):
        assert b"Fernsby" not in path.read_bytes()


def test_places_and_months_are_named_only_where_enough_share_them(tmp_path: Path, clock: Clock) -> None:
    campaign = campaign_in(tmp_path / "c", clock, smallest=3)
    with campaign.store:
        october, november = datetime(2026, 10, 5, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
        for area, library, count, said in (
            ("Harbour", "Harbour Library", 4, october),
            ("Meadow", "Meadow Library", 3, october),
            ("Hill", "Hill Library", 2, november),
            (None, None, 3, october),
        ):
            for _ in range(count):
                campaign.add(make_submission(f"From {clock()}.", area=area, library=library, created_at=said))
        made = campaign.publish()
    shown = rows(campaign.path, "SELECT area, library, month, count(*) FROM statements GROUP BY 1, 2, 3 ORDER BY 4, 1")
    assert ("Harbour", "Harbour Library", "2026-10", 4) in shown
    assert b"Hill" not in campaign.path.read_bytes()
    assert all(
        number >= 3
        for *_, number in rows(campaign.path, "SELECT area, count(*) FROM statements WHERE area IS NOT NULL GROUP BY 1")
    )
    # Two from Hill are too few to stand together as others, so the next smallest joins them, here and there.
    assert "Meadow" not in {area for area, *_ in shown}
    assert "Meadow" not in {count.label for count in made.pack.areas}
    assert {row[0] for row in rows(campaign.path, "SELECT month FROM statements")} == {"2026-10", None}


def test_a_withdrawal_is_out_of_the_next_edition(campaign: Campaign) -> None:
    first, second = campaign.add(make_submission("I stay here."), make_submission("Take me out of it zebra."))
    campaign.publish()
    assert numbers(campaign.path) == [first, second]
    campaign.store.assertions.consent([second], Use.QUOTE_UNNAMED, granted=False, proof="wrote to us")
    campaign.publish(html=campaign.loaded.folder / "web")
    assert numbers(campaign.path) == [first]
    assert b"zebra" not in campaign.path.read_bytes()
    assert b"zebra" not in (campaign.loaded.folder / "web" / "index.html").read_bytes()
    assert rows(campaign.path, "SELECT words FROM about WHERE topic = 'readable here'") == [("1",)]


@pytest.mark.parametrize("moment", ["add_counts", "finish"])
@pytest.mark.parametrize("how", ["rejected", "withdrawn", "recoded", "gone"])
def test_who_withdraws_while_it_is_written_is_not_in_it(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch, moment: str, how: str
) -> None:
    stays, goes = campaign.add(
        make_post("I stay.", source="mastodon"), make_post("I go away zebra.", source="mastodon")
    )
    campaign.store.assertions.consent([stays, goes], Use.QUOTE_UNNAMED, granted=True, proof="asked")
    looked_up(campaign.store)
    original = getattr(PublicFile, moment)
    calls: list[int] = []

    def act() -> None:
        with campaign_store(campaign) as other:
            if how == "rejected":
                decide(other, [goes], Status.REJECTED, moderator="Kim", reason="no", clock=other.now)
            elif how == "withdrawn":
                other.assertions.consent([goes], Use.QUOTE_UNNAMED, granted=False, proof="wrote")
            elif how == "recoded":
                other.assertions.add([person(goes, "personal_data", "name", Span(10, 15))])
            else:
                looked_up_one(other, goes)

    def wrapped(self: PublicFile, *given: Any) -> Any:
        result = original(self, *given)
        if not calls:
            calls.append(1)
            act()
        return result

    monkeypatch.setattr(PublicFile, moment, wrapped)
    made = campaign.publish()
    assert calls
    assert numbers(campaign.path) == [stays]
    assert b"zebra" not in campaign.path.read_bytes()
    assert made.changed == 1
    assert rows(campaign.path, "SELECT count(*) FROM statements_fts WHERE statements_fts MATCH 'zebra'") == [(0,)]


def campaign_store(campaign: Campaign) -> Any:
    from advocacy_monitor.store import Store

    return Store.open(campaign.loaded.database, contacts_path=campaign.loaded.contacts, clock=campaign.clock)


def looked_up_one(store: Any, item_id: int) -> None:
    from advocacy_monitor.models import Verdict

    item = store.items.get([item_id])[0]
    store.verifications.apply([Verdict(source=item.source, source_id=item.source_id, standing=Standing.GONE)])


def test_the_same_database_at_the_same_moment_gives_the_same_bytes(campaign: Campaign, tmp_path: Path) -> None:
    campaign.add(*(make_submission(f"Statement {n} on books and people.") for n in range(300)))
    moment = campaign.clock()
    campaign.store._clock = lambda: moment
    names = ("public.db", "public.metadata.yaml", "web/index.html")
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        campaign.publish(path=tmp_path / folder / "public.db", html=tmp_path / folder / "web")
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name


def test_it_is_a_plain_file_without_free_pages_and_of_a_known_kind(campaign: Campaign) -> None:
    campaign.add(make_submission())
    campaign.publish()
    found = [
        rows(campaign.path, f"PRAGMA {name}")[0][0]
        for name in ("page_size", "user_version", "freelist_count", "journal_mode", "application_id")
    ]
    assert found == [4096, 1, 0, "delete", 0x414D5042]
    assert sorted(path.name for path in campaign.path.parent.glob("*public*")) == ["public.db", "public.metadata.yaml"]


def test_posts_that_were_not_looked_up_are_left_out_unless_that_is_wanted(campaign: Campaign) -> None:
    posts = campaign.add(make_post("A post.", source="mastodon"))
    campaign.store.assertions.consent(posts, Use.QUOTE_UNNAMED, granted=True, proof="asked")
    assert campaign.publish().statements == 0
    made = campaign.publish(unverified_too=True)
    assert made.statements == 1
    assert "1 of the counted posts could not be looked up" in "\n".join(made.lines())


def test_nothing_leaves_before_the_checks_have_seen_everything(campaign: Campaign) -> None:
    campaign.add(make_submission())
    campaign.publish()
    before = campaign.path.read_bytes()
    run = campaign.store.runs.start("t", "collect")
    from advocacy_monitor.models import Page

    campaign.store.add_page(run, Page(items=(make_submission("Not checked yet."),)), collector="t")
    with pytest.raises(ExportError, match="have not been checked by 'personal_data' yet"):
        campaign.publish()
    assert campaign.path.read_bytes() == before


def test_no_other_file_is_ever_replaced(campaign: Campaign) -> None:
    campaign.add(make_submission())
    with pytest.raises(ExportError, match="no file that `publish` has made"):
        campaign.publish(path=campaign.loaded.database)
    notes = campaign.loaded.folder / "notes.db"
    notes.write_text("my notes")
    with pytest.raises(ExportError, match="left as it is"):
        campaign.publish(path=notes)
    with pytest.raises(ExportError, match=r"must end in \.db"):
        campaign.publish(path=campaign.loaded.folder / "public.sqlite")
    with pytest.raises(ExportError, match="its folder does not exist"):
        campaign.publish(path=campaign.loaded.folder / "nowhere" / "public.db")
    assert notes.read_text() == "my notes"


_KILLED = """
import os, sys
from pathlib import Path
from advocacy_monitor import publish as module
from advocacy_monitor.config import load_config
from advocacy_monitor.hosting import open_store
from advocacy_monitor.publish_file import PublicFile
original = getattr(PublicFile, sys.argv[2])
def dying(self, *given):
    original(self, *given)
    print("at work", flush=True)
    os.kill(os.getpid(), 9)
setattr(PublicFile, sys.argv[2], dying)
loaded = load_config(Path(sys.argv[1]))
with open_store(loaded) as store:
    module.publish(store, loaded, loaded.folder / "public.db", look=False)
"""


@pytest.mark.parametrize("moment", ["add", "add_counts", "finish"])
def test_a_run_that_is_killed_leaves_the_old_file_and_its_rests_go_next_time(campaign: Campaign, moment: str) -> None:
    campaign.add(make_submission("The first edition."))
    campaign.publish()
    before = campaign.path.read_bytes()
    campaign.add(make_submission("The second edition."))
    script = campaign.loaded.folder / "killed.py"
    script.write_text(_KILLED)
    done = subprocess.run(
        [sys.executable, str(script), str(campaign.loaded.path), moment], capture_output=True, text=True, check=False
    )
    assert done.stdout == "at work\n", done.stderr
    assert done.returncode == -9
    assert campaign.path.read_bytes() == before
    assert len(list(campaign.loaded.folder.glob(".publishing-*"))) == 1
    campaign.publish()
    assert len(numbers(campaign.path)) == 2
    assert list(campaign.loaded.folder.glob(".publishing-*")) == []


def test_two_at_once_do_not_disturb_each_other(campaign: Campaign, monkeypatch: pytest.MonkeyPatch) -> None:
    campaign.add(make_submission())
    original, said = PublicFile.add_counts, []

    def wrapped(self: PublicFile, found: Any) -> None:
        original(self, found)
        with pytest.raises(ExportError, match="another `publish` is at work"):
            campaign.publish()
        said.append(1)

    monkeypatch.setattr(PublicFile, "add_counts", wrapped)
    assert campaign.publish().statements == 1
    assert said == [1]


def test_a_disk_that_refuses_is_told_and_the_old_file_stays(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign.add(make_submission())
    campaign.publish()
    before = campaign.path.read_bytes()

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(ExportError, match="the disk is full"):
        campaign.publish()
    assert campaign.path.read_bytes() == before


def test_the_command_says_what_it_wrote_and_what_it_left_out(campaign: Campaign) -> None:
    campaign.add(make_submission("I missed it."), make_submission("Count me.", consents=frozenset({Use.ANALYSE})))
    wanted = [str(campaign.path), "--html", str(campaign.loaded.folder / "web")]
    said = CliRunner().invoke(command, wanted, obj=campaign.loaded.path)
    assert said.exit_code == 0, said.output
    assert f"wrote {campaign.path}" in said.output
    assert "2 statements are counted; 1 of them may be read in the file" in said.output
    told = json.loads(CliRunner().invoke(command, [*wanted, "--json"], obj=campaign.loaded.path).output)
    assert (told["counted"], told["published"], told["not_published"]["no_consent"]) == (2, 1, 1)
    assert len(told["files"]) == 3


def test_the_page_begins_with_quotes_of_every_kind_and_never_with_what_is_not_in_the_file(campaign: Campaign) -> None:
    campaign.add(*(make_submission(f"Number {n} missed the reading circle.") for n in range(60)))
    posts = campaign.add(*(make_post(f"Post {n} at X.", source="x") for n in range(30)))
    for use in (Use.QUOTE_UNNAMED, Use.QUOTE_NAMED):
        campaign.store.assertions.consent(posts, use, granted=True, proof="asked")
    looked_up(campaign.store)
    campaign.publish(html=campaign.loaded.folder / "web")
    page = (campaign.loaded.folder / "web" / "index.html").read_text(encoding="utf-8")
    assert page.count("<blockquote") == 40
    assert "at X." not in page
