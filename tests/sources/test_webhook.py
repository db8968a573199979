"""The webhook source: collected from the spool, removed only when it is stored, set aside when it cannot be read."""

from __future__ import annotations

import json
import logging
import os
import stat
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from advocacy_monitor.collect import collect, preview
from advocacy_monitor.errors import ConfigError, FatalSourceError
from advocacy_monitor.protocols import Host, Hosted, Source
from advocacy_monitor.sources import webhook_spool
from advocacy_monitor.sources.webhook import MAX_BYTES, WebhookSource
from advocacy_monitor.sources.webhook_signatures import Kind
from advocacy_monitor.store import Store
from tests.sources.webhook_deliveries import MAPPINGS, SECRETS, body_of

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


def source(spool: Path, kind: Kind = Kind.TYPEFORM, **given: Any) -> WebhookSource:
    """A source over a spool that is there."""
    webhook_spool.prepare(spool)
    values = {"kind": kind, "spool": spool, "secret": SECRETS[kind], "mapping": MAPPINGS[kind], **given}
    return WebhookSource.model_validate(values)


def keep(spool: Path, number: int, *, minutes: float = 0, kind: Kind = Kind.TYPEFORM, body: bytes | None = None) -> str:
    """A delivery in the spool."""
    made = body_of(kind, number) if body is None else body
    return webhook_spool.keep(spool, made, now=NOW + timedelta(minutes=minutes))


@pytest.mark.parametrize("kind", list(Kind))
def test_deliveries_are_collected_oldest_first_and_then_removed(tmp_path: Path, store: Store, kind: Kind) -> None:
    spool = tmp_path / "spool"
    webhooks = source(spool, kind, page_size=2)
    for number in (3, 1, 2):
        keep(spool, number, minutes=number, kind=kind)
    first = collect(store, "form", webhooks)
    assert (first.status, first.tally.read, first.tally.stored) == ("done", 3, 3), first.message
    said = [item.source_id.removeprefix("r") for batch in store.items.each() for item in batch]
    assert said == ["1", "2", "3"]
    assert len(webhook_spool.names(spool)) == 3  # until the next run knows that they are stored
    again = collect(store, "form", webhooks)
    assert (again.status, again.tally.read) == ("done", 0)
    assert list(spool.iterdir()) == []
    assert store.cursor("form") == {"handled": {}}
    keep(spool, 3, minutes=9, kind=kind)
    twice = collect(store, "form", webhooks).tally
    assert (twice.read, twice.stored, twice.already, twice.changed) == (1, 0, 1, 0)


def test_a_delivery_with_an_earlier_name_that_comes_later_is_collected(tmp_path: Path, store: Store) -> None:
    """Two that come at once, and clocks that are set back: an order of names is no order of arrival."""
    webhooks = source(tmp_path)
    keep(tmp_path, 1, minutes=5)
    collect(store, "form", webhooks)
    early = keep(tmp_path, 2, minutes=-5)
    assert collect(store, "form", webhooks).tally.stored == 1
    assert webhook_spool.names(tmp_path) == [early]


def test_what_cannot_be_read_is_set_aside_and_never_removed(tmp_path: Path, store: Store) -> None:
    webhooks = source(tmp_path)
    bad = [keep(tmp_path, 0, minutes=number, body=b'{"n": %d}' % number) for number in range(2)]
    linked = keep(tmp_path, 0, minutes=3, body=b"x")
    (tmp_path / linked).unlink()
    (tmp_path / linked).symlink_to("/etc/hostname")
    huge = keep(tmp_path, 0, minutes=4, body=b" " * (MAX_BYTES + 1))
    keep(tmp_path, 1, minutes=5)
    tally = collect(store, "form", webhooks).tally
    assert (tally.read, tally.stored, tally.rejected) == (5, 1, 4)
    reasons = {position: reason for _, position, reason in store.recent_rejects(10)}
    assert "there is no form_response; it is kept in the spool, in set-aside" in str(reasons)
    assert "cannot be read" in str(reasons)
    assert f"is longer than the {MAX_BYTES:,} bytes" in str(reasons)
    for _ in range(2):
        assert collect(store, "form", webhooks).tally.read == 0
    aside = tmp_path / webhook_spool.ASIDE
    assert sorted(path.name for path in aside.iterdir()) == sorted([*bad, linked, huge])
    assert (aside / bad[1]).read_bytes() == b'{"n": 1}'
    assert stat.S_IMODE(aside.stat().st_mode) == 0o700
    (aside / bad[0]).rename(tmp_path / bad[0])  # as the how-to says for what was mended
    (tmp_path / bad[0]).write_bytes(body_of(Kind.TYPEFORM, 9))
    assert collect(store, "form", webhooks).tally.stored == 1


def test_files_are_private_and_whole(tmp_path: Path) -> None:
    spool = tmp_path / "a" / "spool"
    webhook_spool.prepare(spool)
    assert stat.S_IMODE(spool.stat().st_mode) == 0o700
    spool.chmod(0o755)
    webhook_spool.prepare(spool)
    assert stat.S_IMODE(spool.stat().st_mode) == 0o700
    old = os.umask(0)
    try:
        name = keep(spool, 1)
    finally:
        os.umask(old)
    assert stat.S_IMODE((spool / name).stat().st_mode) == 0o600
    assert (spool / name).read_bytes() == body_of(Kind.TYPEFORM, 1)
    assert webhook_spool.received_at(name) == NOW
    assert keep(spool, 1, minutes=3) == name  # the same body that is waiting already
    assert [path.name for path in spool.iterdir()] == [name]


def test_a_disk_that_is_full_leaves_nothing_behind(tmp_path: Path) -> None:
    """A limit on the size of files stands for the disk; it is set in a process of its own."""
    webhook_spool.prepare(tmp_path)
    script = (
        "import resource, sys\n"
        "from datetime import UTC, datetime\n"
        "from pathlib import Path\n"
        "from advocacy_monitor.sources import webhook_spool\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n"
        "try:\n"
        "    webhook_spool.keep(Path(sys.argv[1]), b'x' * 5000, now=datetime.now(UTC))\n"
        "except OSError as error:\n"
        "    print(error.strerror)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "File too large"
    assert list(tmp_path.iterdir()) == []


def test_what_is_half_written_is_not_read_and_is_cleared_away_later(tmp_path: Path, store: Store) -> None:
    webhooks = source(tmp_path)
    fresh, old = tmp_path / ".0a.part", tmp_path / ".0b.part"
    for part in (fresh, old):
        part.write_bytes(body_of(Kind.TYPEFORM)[:50])
    (tmp_path / "notes.txt").write_text("not ours")
    moment = webhooks._host.clock().timestamp()
    os.utime(old, (moment - 7200, moment - 7200))
    assert collect(store, "form", webhooks).tally.read == 0
    assert (fresh.exists(), old.exists(), (tmp_path / "notes.txt").exists()) == (True, False, True)
    later = webhooks.hosted_by(Host(clock=lambda: webhooks._host.clock() + timedelta(hours=2)))
    assert isinstance(later, Hosted)
    collect(store, "form", later)
    assert not fresh.exists()


def test_a_dry_run_removes_nothing(tmp_path: Path) -> None:
    webhooks = source(tmp_path)
    keep(tmp_path, 1)
    for _ in range(2):
        assert preview("form", webhooks).tally.read == 1


def test_wrong_settings_stop_the_collector_and_touch_nothing(tmp_path: Path, store: Store) -> None:
    with pytest.raises(ValidationError, match="secret is empty"):
        source(tmp_path, secret=" ")
    with pytest.raises(ValidationError, match="is not one of Formbricks"):
        source(tmp_path, Kind.FORMBRICKS, secret="whsec_")
    assert "typeform secret" not in repr(source(tmp_path))
    assert isinstance(source(tmp_path), Source)
    keep(tmp_path, 1, kind=Kind.JSON)
    collect(store, "form", source(tmp_path, Kind.JSON))
    for mapping, message in (
        ({"columns": {"text": "response.answers.comment"}}, "must say columns.text and columns.id"),
        ({"columns": {"text": "a", "id": "response.answers.comment", "colour": "b"}}, "unknown key"),
    ):
        outcome = collect(store, "form", source(tmp_path, Kind.JSON, mapping=mapping))
        assert (outcome.status, outcome.tally.read) == ("failed", 0)
        assert message in outcome.message
    assert len(webhook_spool.names(tmp_path)) == 1
    with pytest.raises(FatalSourceError, match="nothing was received yet"):
        next(source(tmp_path).model_copy(update={"spool": tmp_path / "none"}).pages(None))
    for cursor in ({"handled": ["a"]}, {"handled": {"a": 1}}, {"handled": 3}):
        with pytest.raises(FatalSourceError, match="is not one of the webhook source"):
            next(source(tmp_path).pages(cursor))
    with pytest.raises(ConfigError, match="cannot be read"):
        next(source(tmp_path, mapping=tmp_path / "none.yaml").pages(None))


def test_a_cursor_cannot_remove_other_files(tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    other.write_text("x")
    webhooks = source(tmp_path / "spool")
    for name in ("../other.json", str(other), "..", ""):
        with pytest.raises(FatalSourceError, match="1 deliveries are stored and cannot be removed"):
            list(webhooks.pages({"handled": {name: True}}))
    assert other.exists()


def test_a_name_of_the_mapping_that_nothing_has_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    webhooks = source(tmp_path, mapping={"columns": {"text": "What do you lik?", "library": "Which library?"}})
    keep(tmp_path, 1)
    keep(tmp_path, 2)
    with caplog.at_level(logging.WARNING):
        (page,) = webhooks.pages(None)
    assert [item.text for item in page.items] == ["", ""]
    assert caplog.messages == ["mapping: no delivery of this run has what the mapping calls 'What do you lik?'"]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.lists(
                st.tuples(st.integers(0, 12), st.integers(-60, 60)), max_size=5
            ),  # number, minutes: again, earlier
            st.integers(0, 3) | st.none(),  # the run is cut after so many pages
        ),
        min_size=1,
        max_size=6,
    ),
    st.integers(1, 3),
)
def test_nothing_is_lost_and_nothing_is_stored_twice(
    schedule: list[tuple[list[tuple[int, int]], int | None]], size: int
) -> None:
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder) / "a.db") as store:
        spool = Path(folder) / "spool"
        webhooks = source(spool, page_size=size)
        sent: set[str] = set()
        for arrivals, cut in [*schedule, ([], None)]:
            for number, minutes in arrivals:
                keep(spool, number, minutes=minutes)
                sent.add(f"r{number}")
            left = iter([False] * cut if cut is not None else [])
            stop = (lambda: next(left, True)) if cut is not None else (lambda: False)  # noqa: B023 - used at once
            collect(store, "form", webhooks, stop=stop)
            stored = {item.source_id for batch in store.items.each() for item in batch}
            waiting = {webhook_spool.read(spool, name) for name in webhook_spool.names(spool)}
            assert all(found in stored or body_of(Kind.TYPEFORM, int(found[1:])) in waiting for found in sent)
        collect(store, "form", webhooks)
        kept = [item.source_id for batch in store.items.each() for item in batch]
        assert sorted(kept) == sorted(sent)
        assert webhook_spool.names(spool) == []


def test_one_delivery_that_the_mapping_cannot_take_stops_no_other(tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    webhook_spool.prepare(spool)
    mapping = {"columns": {"text": "answers.comment", "id": "id"}}
    source = WebhookSource.model_validate({"kind": "json", "spool": spool, "secret": "a secret", "mapping": mapping})
    for number, more in enumerate([{}, {"answers.comment": "another"}, {}]):
        body = {"id": f"r{number}", "answers": {"comment": f"I love it, {number}"}, **more}
        webhook_spool.keep(spool, json.dumps(body).encode(), now=datetime(2026, 11, 1, 10, number, tzinfo=UTC))
    pages = list(source.pages(None))
    assert [item.source_id for page in pages for item in page.items] == ["r0", "r2"]
    (reject,) = [reject for page in pages for reject in page.rejects]
    assert "stands there 2 times" in reject.reason
