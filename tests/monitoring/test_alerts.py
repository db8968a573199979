"""Alerts are told once by each road, again after a day, and when they are over; a road that fails loses none."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from operator import add

import pytest

from advocacy_monitor.config import Loaded
from advocacy_monitor.errors import RetryableSourceError, StoreError
from advocacy_monitor.monitoring.alerts import Checked, check, watch
from advocacy_monitor.store import Store
from advocacy_monitor.store.alerts import Alerts
from tests.conftest import Clock
from tests.monitoring.conftest import CONFIG, Running

NOW = datetime(2026, 11, 10, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
NO_BACKUPS = CONFIG.replace("{language: {}}", "{}") + "backups: {hours: ''}\n"


class Hook:
    """A webhook; it fails as often as it is told."""

    def __init__(self) -> None:
        self.got: list[dict[str, object]] = []
        self.fails = False

    def __call__(self, address: str, body: bytes) -> None:
        assert address == "https://hooks.example.org/MARKER-OF-A-SECRET"
        if self.fails:
            raise RetryableSourceError("the webhook for alerts cannot be reached")
        self.got.append(json.loads(body))


@pytest.fixture
def hook() -> Hook:
    return Hook()


@pytest.fixture
def loaded(configured: Callable[[str], Loaded]) -> Loaded:
    return configured(NO_BACKUPS)


Looking = Callable[[datetime], Checked]


@pytest.fixture
def look(campaign: Store, loaded: Loaded, clock: Clock, hook: Hook) -> Looking:
    def at(moment: datetime) -> Checked:
        clock.now = moment
        return check(campaign, loaded, send=hook)

    return at


def _fail(ran: Running, at: datetime, times: int = 3) -> None:
    for number in range(times, 0, -1):
        ran("toots", at - number * HOUR, status="failed", message="401 Unauthorized")


def _mails(store: Store) -> list[tuple[str, str, str]]:
    """Recipient, subject and body of the alerts that wait; they are taken out."""
    found = []
    for mail in store.mails.outbox.due(most=100):
        assert mail.kind == "alert"
        assert store.mails.is_wanted(mail)
        found.append((mail.recipient, mail.subject, mail.body))
        store.mails.outbox.drop(mail.id)
    return found


def test_nothing_is_told_of_what_is_well(campaign: Store, look: Looking, hook: Hook) -> None:
    assert look(NOW) == Checked(open=0, told=0, over=0)
    assert (_mails(campaign), hook.got) == ([], [])


def test_an_alert_is_told_once_again_after_a_day_and_when_it_is_over(
    campaign: Store, look: Looking, hook: Hook, ran: Running
) -> None:
    _fail(ran, NOW)
    assert look(NOW) == Checked(open=1, told=2, over=0)
    mails = _mails(campaign)
    assert [mail[0] for mail in mails] == ["staff@example.org", "chair@example.org"]
    assert mails[0][1] == "Missed My Library: collector toots (failing)"
    assert "401 Unauthorized. What to do: renew the token" in mails[0][2]
    assert "Since 2026-11-10 12:00 UTC." in mails[0][2]
    (told,) = hook.got
    assert "401 Unauthorized" in str(told["text"])
    for minutes in range(15, 24 * 60, 15):
        assert look(NOW + timedelta(minutes=minutes)).told == 0
    assert look(NOW + timedelta(hours=24, minutes=1)).told == 2  # both roads
    assert len(_mails(campaign)) == 2
    assert len(hook.got) == 2
    look(NOW + 25 * HOUR)
    ran("toots", NOW + 25 * HOUR)
    assert look(NOW + 25.1 * HOUR).over == 0  # it may be back in a minute
    assert look(NOW + 26 * HOUR) == Checked(open=0, told=0, over=2)
    assert _mails(campaign)[0][1] == "Missed My Library: over: collector toots"
    assert hook.got[-1]["alerts"] == [
        {
            "subject": "collector toots",
            "kind": "failing",
            "message": "The collector toots failed 3 times in a row (never well yet): 401 Unauthorized. "
            "What to do: renew the token or password (see the source's how-to), then `check`.",
            "began_at": "2026-11-10T12:00:01+00:00",
            "ended_at": "2026-11-11T14:00:01+00:00",
        }
    ]
    assert look(NOW + 27 * HOUR) == Checked(open=0, told=0, over=0)
    assert Alerts.of(campaign).all() == []


def test_what_comes_and_goes_is_one_alert(campaign: Store, look: Looking, ran: Running) -> None:
    _fail(ran, NOW)
    assert look(NOW).told == 2
    _mails(campaign)
    for number in range(1, 8):  # well, and failing thrice, within each twenty minutes
        at = NOW + number * timedelta(minutes=20)
        ran("toots", at - timedelta(minutes=15))
        assert look(at - timedelta(minutes=10)).over == 0
        for minute in (4, 3, 2):
            ran("toots", at - timedelta(minutes=minute), status="failed")
        assert look(at) == Checked(open=1, told=0, over=0)


def test_many_at_once_are_one_mail(campaign: Store, look: Looking, ran: Running) -> None:
    _fail(ran, NOW)
    for number in range(50):
        for hour in (3, 2, 1):
            ran(f"verify:{number}", NOW - hour * HOUR, status="failed", message="500", kind="verify")
    assert look(NOW).open == 51
    assert len(_mails(campaign)) == 2


def test_a_webhook_that_fails_is_tried_again_and_does_not_hold_up_mail(
    campaign: Store, look: Looking, hook: Hook, ran: Running, caplog: pytest.LogCaptureFixture
) -> None:
    _fail(ran, NOW)
    hook.fails = True
    with caplog.at_level(logging.WARNING):
        assert look(NOW).problems == ("webhook: the webhook for alerts cannot be reached",)
    assert "MARKER" not in caplog.text
    assert len(_mails(campaign)) == 2
    hook.fails = False
    assert look(NOW + timedelta(minutes=5)).told == 1
    assert len(hook.got) == 1
    assert _mails(campaign) == []
    hook.fails = True
    ran("toots", NOW + HOUR)
    assert look(NOW + 2 * HOUR).over == 1  # by mail
    hook.fails = False
    assert look(NOW + 3 * HOUR).over == 1
    assert "Over: collector toots" in str(hook.got[-1]["text"])


def test_what_a_road_never_heard_of_is_not_over_there(campaign: Store, look: Looking, hook: Hook, ran: Running) -> None:
    _fail(ran, NOW)
    hook.fails = True
    look(NOW)
    _mails(campaign)
    ran("toots", NOW + HOUR)
    look(NOW + 2 * HOUR)
    _mails(campaign)
    hook.fails = False
    look(NOW + 3 * HOUR)
    assert hook.got == []


def test_a_restart_tells_nothing_twice(
    campaign: Store, loaded: Loaded, look: Looking, hook: Hook, ran: Running, clock: Clock
) -> None:
    _fail(ran, NOW)
    look(NOW)
    with Store.open(loaded.database, contacts_path=loaded.contacts, clock=clock) as again:
        assert check(again, loaded, send=hook) == Checked(open=1, told=0, over=0)


def test_a_clock_that_was_set_back_silences_nothing(look: Looking, ran: Running) -> None:
    _fail(ran, NOW)
    look(NOW)
    assert look(NOW - 24 * HOUR).told == 2
    assert look(NOW - 23.9 * HOUR).told == 0
    ran("toots", NOW - 23.8 * HOUR)
    assert look(NOW - 48 * HOUR) == Checked(open=0, told=0, over=2)


def test_that_people_have_gone_quiet_is_told_once_only(
    campaign: Store, look: Looking, hook: Hook, ran: Running
) -> None:
    for day in range(8, -1, -1):
        ran("toots", NOW - day * 24 * HOUR - HOUR, new=20 if day > 1 else 0)
    assert look(NOW).told == 2
    _mails(campaign)
    ran("toots", NOW + 23 * HOUR)
    assert look(NOW + 25 * HOUR) == Checked(open=1, told=0, over=0)
    assert len(hook.got) == 1


def test_without_anybody_to_tell_they_are_kept_for_status(
    campaign: Store, configured: Callable[[str], Loaded], ran: Running, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    nobody = configured(NO_BACKUPS.replace("to: [staff@example.org, chair@example.org], webhook: {env: HOOK}, ", ""))
    _fail(ran, NOW)
    clock.now = NOW
    with caplog.at_level(logging.INFO):
        assert check(campaign, nobody) == Checked(open=1, told=0, over=0)
        assert check(campaign, nobody) == Checked(open=1, told=0, over=0)
    assert caplog.text.count("alert: The collector toots failed") == 1
    assert [alert.subject for alert in Alerts.of(campaign).open()] == ["collector toots"]


def test_a_road_that_was_taken_out_keeps_no_alert_for_ever(
    campaign: Store, configured: Callable[[str], Loaded], look: Looking, ran: Running, clock: Clock
) -> None:
    _fail(ran, NOW)
    look(NOW)
    only_mail = configured(NO_BACKUPS.replace("webhook: {env: HOOK}, ", ""))
    ran("toots", NOW + HOUR)
    clock.now = NOW + 2 * HOUR
    assert check(campaign, only_mail).over == 1
    assert Alerts.of(campaign).all() == []


def test_mail_that_waits_is_not_told_by_mail(campaign: Store, look: Looking, hook: Hook, clock: Clock) -> None:
    from advocacy_monitor.store.outbox import Mail

    outbox = campaign.mails.outbox
    clock.now = NOW - 5 * HOUR
    outbox.queue([Mail(kind="thanks", recipient="a@example.org", language="en", subject="", body="")], domain="e.org")
    (mail,) = outbox.due(most=1)
    outbox.begin(mail.id)
    outbox.again(mail.id, due_at=NOW + HOUR, reason="")
    assert look(NOW).told == 1
    assert _mails(campaign) == []
    assert "Mail cannot be sent" in str(hook.got[0]["text"])


def test_alerts_that_nobody_can_mail_say_so_and_the_webhook_still_hears(
    campaign: Store, configured: Callable[[str], Loaded], ran: Running, clock: Clock, hook: Hook
) -> None:
    no_mail = configured("\n".join(line for line in NO_BACKUPS.splitlines() if not line.startswith("mail:")))
    _fail(ran, NOW)
    clock.now = NOW
    done = check(campaign, no_mail, send=hook)
    assert done.told == 1
    assert "there is no `mail` section" in done.problems[0]


def test_a_database_that_fails_is_told_to_the_webhook_at_once_and_once_an_hour(loaded: Loaded, hook: Hook) -> None:
    loaded.database.write_bytes(b"MARKER " * 1000)
    hook.fails = True
    for hours, told in ((0, 0), (0.1, 1), (0.5, 1), (1.2, 2), (-24, 3)):
        with pytest.raises(StoreError):
            watch(loaded, clock=partial(add, NOW, hours * HOUR), send=hook)
        assert len(hook.got) == told
        hook.fails = False
    assert "The database cannot be used" in str(hook.got[0]["text"])
    assert "`restore`" in str(hook.got[0]["text"])


def test_a_database_that_others_hold_for_a_while_is_no_alert(
    loaded: Loaded, hook: Hook, monkeypatch: pytest.MonkeyPatch, campaign: Store
) -> None:
    monkeypatch.setenv("ADVOCACY_MONITOR_BUSY_SECONDS", "0.01")
    with closing(sqlite3.connect(loaded.database, isolation_level=None)) as other:
        for _ in range(2):
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreError, match="locked"):
                watch(loaded, clock=lambda: NOW, send=hook)
            assert len(hook.got) == 0
            other.execute("ROLLBACK")
            assert watch(loaded, clock=lambda: NOW, send=hook).open == 0
        other.execute("BEGIN IMMEDIATE")
        for told in (0, 1):
            with pytest.raises(StoreError, match="locked"):
                watch(loaded, clock=lambda: NOW, send=hook)
            assert len(hook.got) == told


def test_a_log_of_deeds_that_was_tampered_with_is_found_within_a_day(
    campaign: Store, loaded: Loaded, look: Looking, hook: Hook
) -> None:
    assert look(NOW).open == 0
    with closing(sqlite3.connect(loaded.database)) as intruder:
        intruder.execute("DROP TRIGGER audit_stays")
        intruder.commit()
    assert look(NOW + HOUR).open == 0  # reading all of it is for once a day
    assert look(NOW + 25 * HOUR).told == 2
    assert "The log of who did what is not whole: the trigger audit_stays" in str(hook.got[0]["text"])
    assert look(NOW + 26 * HOUR) == Checked(open=1, told=0, over=0)
