"""The store keeps what it promises: nothing lost, nothing twice, contact details apart, searchable at once."""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from advocacy_monitor.errors import StoreError
from advocacy_monitor.models import Contact, Page, Reject, Tally, Use
from advocacy_monitor.store import Store
from tests.conftest import make_post, make_submission


def _add(store: Store, page: Page, collector: str = "test") -> Tally:
    run = store.runs.start(collector, "collect")
    tally = store.add_page(run, page, collector=collector, expected=store.cursor(collector))
    store.runs.finish(run, "done")
    return tally


def test_every_record_of_a_page_is_accounted_for(store: Store) -> None:
    first, second = make_post(), make_submission()
    page = Page(items=(first, second, first), rejects=(Reject(position="line 4", reason="no text", payload=b"{}"),))
    assert _add(store, page) == Tally(read=4, stored=2, already=1, rejected=1)
    assert _add(store, page) == Tally(read=4, stored=0, already=3, rejected=1)
    assert store.counts() == {"items": 2, "captures": 2, "rejects": 1, "annotations": 0, "decisions": 0, "packs": 0}
    assert [run.tally.read for run in store.runs.recent()] == [4, 4]


def test_a_payload_is_kept_as_received(store: Store) -> None:
    posts = tuple(make_post(raw=bytes(range(256)) * n) for n in range(1, 4))
    _add(store, Page(items=posts))
    for item_id, post in enumerate(posts, start=1):
        ((digest, payload),) = store.items.captures(item_id)
        assert payload == post.raw
        assert len(digest) == 64


def test_a_changed_text_adds_a_capture_and_a_mark_and_never_overwrites(store: Store) -> None:
    before = make_post("I love the library", raw=b"1")
    counters_only = make_post("I love the library", raw=b"2", source_id=before.source_id)
    after = make_post("I hate the library", raw=b"3", source_id=before.source_id)
    _add(store, Page(items=(before,)))
    _add(store, Page(items=(counters_only,)))
    assert [payload for _, payload in store.items.captures(1)] == [b"1"]
    _add(store, Page(items=(after,)))
    _add(store, Page(items=(after,)))
    assert [payload for _, payload in store.items.captures(1)] == [b"1", b"3"]
    assert store.items.get([1])[0].text == "I love the library"
    assert [a.label for a in store.items.annotations(1, 1)[1]] == ["edited"]


def test_two_versions_in_one_page_are_both_kept(store: Store) -> None:
    first = make_post("one", raw=b"1")
    second = make_post("two", raw=b"2", source_id=first.source_id)
    assert _add(store, Page(items=(first, second))) == Tally(read=2, stored=1, already=1, changed=1)
    assert [payload for _, payload in store.items.captures(1)] == [b"1", b"2"]


def test_a_new_database_is_its_owner_s_and_what_others_were_allowed_stays(tmp_path: Path) -> None:
    """It holds statements that nobody has approved; staff of the same group may be let in."""
    main, contacts = tmp_path / "a.db", tmp_path / "a.contacts.db"
    with Store.open(main) as store:
        _add(store, Page(items=(make_post("one"),)))
        assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.glob("a.db*")} == {0o600}
    for path in (main, contacts):
        path.chmod(0o640)
    Store.open(main).close()
    assert [stat.S_IMODE(path.stat().st_mode) for path in (main, contacts)] == [0o640, 0o600]


def test_contact_details_and_unread_records_live_in_a_private_file(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    contact = Contact(name="Ada Example", email="Ada@Example.org", phone=None, other={"ip": "192.0.2.7"})
    named = make_submission(contact=contact, consents=frozenset({Use.QUOTE_NAMED}))
    unnamed = make_submission(contact=contact)
    secret = b'{"email": "carol@example.org", "broken": '
    with Store.open(path) as store:
        _add(store, Page(items=(named, unnamed), rejects=(Reject(position="1", reason="broken", payload=secret),)))
        one, two = store.items.get([1, 2])
        assert one.person_key == two.person_key is not None
        assert one.author_name == "Ada Example"
        assert two.author_name is None
    private = tmp_path / "a.contacts.db"
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    main = b"".join(file.read_bytes() for file in tmp_path.glob("a.db*"))
    for leaked in (b"Ada@Example.org", b"carol", b"192.0.2.7"):
        assert leaked.lower() not in main.lower()
    kept = sqlite3.connect(private)
    assert kept.execute("SELECT email, name FROM contacts").fetchall() == [("Ada@Example.org", "Ada Example")] * 2
    assert kept.execute("SELECT payload FROM reject_payloads").fetchall() == [(secret,)]
    kept.close()


def test_a_consent_is_what_was_ticked_and_a_post_starts_at_analyse_only(store: Store) -> None:
    _add(store, Page(items=(make_post(), make_submission(consents=frozenset()), make_submission())))
    assert store.items.uses(1, 3) == {1: {Use.ANALYSE}, 3: {Use.ANALYSE, Use.QUOTE_UNNAMED}}
    store.assertions.consent([1], Use.ANALYSE, granted=False, proof="letter of 2 November")
    store.assertions.consent([1], Use.QUOTE_UNNAMED, granted=True, proof="reply of 3 November")
    assert store.items.uses(1, 1) == {1: {Use.QUOTE_UNNAMED}}


@pytest.mark.parametrize("words", ["Strasse", "Straße", "uber", "über", "ueber", "ÜBER", "bücher straße", 'say "hi"'])
def test_search_finds_every_spelling_at_once(store: Store, words: str) -> None:
    _add(store, Page(items=(make_post('Über die Straße zu den Büchern, Bücher! say "hi"'), make_post("Other"))))
    assert store.search(words) == [1]
    assert store.check() == []


def test_the_cursor_moves_with_the_page_or_not_at_all(store: Store) -> None:
    run = store.runs.start("c", "collect")
    store.add_page(run, Page(items=(make_post(),), checkpoint={"max": "1"}), collector="c", expected=None)
    assert store.cursor("c") == {"max": "1"}
    with pytest.raises(StoreError, match="another run has moved its cursor"):
        store.add_page(run, Page(items=(make_post(),), checkpoint={"max": "2"}), collector="c", expected=None)
    assert store.items.count() == 1
    assert store.cursor("c") == {"max": "1"}
    assert store.runs.recent()[0].tally.stored == 1


def test_what_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    path.write_bytes(b"dear diary" * 10)
    with pytest.raises(StoreError, match=r"notes\.db: is not an SQLite database"):
        Store.open(path)
    assert path.read_bytes() == b"dear diary" * 10
    assert list(tmp_path.iterdir()) == [path]


def test_a_newer_database_is_refused_with_the_name_of_what_is_unknown(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    Store.open(path).close()
    conn = sqlite3.connect(path)
    conn.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('advocacy_monitor', 'm999_later', '')"
    )
    conn.commit()
    conn.close()
    with pytest.raises(StoreError, match=r"newer version.*m999_later"):
        Store.open(path)
    with pytest.raises(StoreError, match=r"newer version.*m999_later"):
        Store.open_read_only(path)


def test_a_locked_database_is_one_clear_message_and_nothing_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with Store.open(path, busy_seconds=0.05) as store:
        run = store.runs.start("c", "collect")
        holder = sqlite3.connect(path, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="locked: another program holds it"):
            store.add_page(run, Page(items=(make_post(),)), collector="c")
        holder.execute("ROLLBACK")
        holder.close()
        assert store.add_page(run, Page(items=(make_post(),)), collector="c").stored == 1


def test_a_missing_folder_and_a_folder_in_place_of_a_file_are_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="does not exist"):
        Store.open(tmp_path / "no" / "a.db")
    with pytest.raises(StoreError, match="is a folder"):
        Store.open(tmp_path)
    with pytest.raises(StoreError, match="there is no database yet"):
        Store.open_read_only(tmp_path / "a.db")


def test_a_reader_cannot_write(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    Store.open(path).close()
    with Store.open_read_only(path) as store:
        with pytest.raises(StoreError, match="reading only"):
            store.add_page(1, Page(items=()), collector="c")
        with pytest.raises(StoreError, match="readonly"):
            store.runs.start("c", "collect")


def test_a_run_that_a_crash_left_open_is_closed_in_words(store: Store) -> None:
    store._db.execute(
        "INSERT INTO runs (name, kind, status, started_at, process) VALUES ('c', 'collect', 'running', '', 4194999)"
    )
    store.runs.start("d", "collect")
    first = store.runs.recent()[1]
    assert (first.status, first.name) == ("interrupted", "c")
    assert "ended before" in first.message


_BEGINS = """
import sys, time
from pathlib import Path
from advocacy_monitor.store import Store
store = Store.open(Path(sys.argv[1]))
store.runs.start("other", "collect")
print("begun", flush=True)
time.sleep(60)
"""


def test_a_run_of_another_program_is_open_as_long_as_that_lives(store: Store) -> None:
    def status() -> str:
        store.runs.finish(store.runs.start("own", "collect"), "done")
        return next(run.status for run in store.runs.recent() if run.name == "other")

    with subprocess.Popen([sys.executable, "-c", _BEGINS, str(store.path)], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "begun\n"
        store._db.execute("UPDATE runs SET process = 4194999")  # as in another container, whose numbers are its own
        assert status() == "running"
        store._db.execute("UPDATE runs SET process = ?", [os.getpid()])
        other.kill()
        other.wait()
        assert status() == "interrupted"


def test_a_run_that_was_left_open_by_a_store_that_is_closed_is_over(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with Store.open(path) as first, Store.open(path) as second:
        run_id = first.runs.start("a", "collect")
        second.runs.close_dead()
        assert [run.status for run in second.runs.recent()] == ["running"]
        assert first.runs.dead() == second.runs.dead() == []
        first.runs.close()
        assert second.runs.dead() == [run_id]


def test_where_nothing_can_be_locked_the_number_of_the_process_tells(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(fcntl, "F_OFD_GETLK")
    store.runs.start("own", "collect")
    for name, process in (("dead", 4194999), ("alive", os.getpid())):
        store._db.execute(
            "INSERT INTO runs (name, kind, status, started_at, process) VALUES (?, 'collect', 'running', '', ?)",
            [name, process],
        )
    store.runs.close_dead()
    assert {run.name: run.status for run in store.runs.recent()} == {
        "own": "running",
        "dead": "interrupted",
        "alive": "running",
    }


@pytest.mark.parametrize(
    ("statuses", "begun"),
    [
        (["done"], 0),
        (["done", "failed"], 1),
        (["done", "running"], 1),
        (["done", "stopped", "stopped"], 0),
        (["done", "interrupted"], 0),
        (["done", "stopped", "interrupted"], 0),
        (["done", "interrupted", "interrupted"], 2),
        (["done", "interrupted", "stopped", "interrupted"], 3),
        (["stopped"], None),
        (["interrupted"], None),
    ],
)
def test_what_was_cut_off_has_still_to_be_done(statuses: list[str], begun: int | None, store: Store) -> None:
    for number, status in enumerate(statuses):
        store._db.execute(
            "INSERT INTO runs (name, kind, status, started_at) VALUES ('c', 'collect', ?, ?)", [status, str(number)]
        )
    known = store.runs.begun()
    assert known.get(("c", "collect")) == (None if begun is None else str(begun))
    assert known["", ""] == "0"


def test_a_run_of_an_earlier_program_with_the_same_number_is_closed_too(store: Store) -> None:
    """In a container every program is process 1."""
    own = store.runs.start("own", "collect")
    store._db.execute(
        "INSERT INTO runs (name, kind, status, started_at, process) VALUES ('old', 'collect', 'running', '', ?)",
        [os.getpid()],
    )
    store.runs.start("next", "collect")
    assert {run.name: run.status for run in store.runs.recent()} == {
        "own": "running",
        "old": "interrupted",
        "next": "running",
    }
    store.runs.finish(own, "done")


def test_a_tampered_capture_is_noticed(store: Store) -> None:
    _add(store, Page(items=(make_post(raw=b"what was said"),)))
    store._db.execute("UPDATE captures SET sha256 = ?", ["0" * 64])
    with pytest.raises(StoreError, match="item 1: its capture does not have the digest"):
        store.items.captures(1)


def test_plain_items_of_a_strangers_source_are_posts(store: Store) -> None:
    from advocacy_monitor.models import Item

    made = make_post()
    item = Item(source="radio", source_id="1", text="hello", created_at=made.created_at, raw=json.dumps({}).encode())
    _add(store, Page(items=(item,)))
    assert store.items.get([1])[0].kind == "post"


@pytest.mark.parametrize("junk", [{"email": "n/a"}, {"email": "none"}, {"phone": "-"}, {"phone": "none"}, {}])
def test_junk_contact_details_do_not_merge_people(store: Store, junk: dict[str, str]) -> None:
    contact = Contact(email=junk.get("email"), phone=junk.get("phone"))
    _add(store, Page(items=(make_submission(contact=contact), make_submission(contact=contact))))
    assert [item.person_key for item in store.items.get([1, 2])] == [None, None]


def test_half_a_character_is_a_reject_and_the_others_go_in(store: Store) -> None:
    bad, good = make_post("broken \ud800", raw=b"{}"), make_post("whole")
    assert _add(store, Page(items=(bad, good))) == Tally(read=2, stored=1, rejected=1)
    assert "U+D800" in store.recent_rejects()[0][2]


def test_a_stranger_s_item_of_the_wrong_kind_is_a_reject_and_the_others_go_in(store: Store) -> None:
    bad = make_post(text=None, raw=b"{}")  # type: ignore[arg-type]  # what a careless source makes
    tally = _add(store, Page(items=(bad, make_post("good"))))
    assert (tally.stored, tally.rejected) == (1, 1)
    assert "its text is of the type NoneType" in store.recent_rejects(1)[0][2]
