"""What an alert is made of: failing, quiet, stuck, spending, disk, mail; and what is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest

from advocacy_monitor.backups import make
from advocacy_monitor.config import Loaded
from advocacy_monitor.line import enrich_all
from advocacy_monitor.models import Usage
from advocacy_monitor.monitoring.machinery import Copies, due, machinery
from advocacy_monitor.monitoring.queues import Queues
from advocacy_monitor.monitoring.remedies import remedy
from advocacy_monitor.monitoring.rules import found
from advocacy_monitor.monitoring.state import State
from advocacy_monitor.status_screen import screen
from advocacy_monitor.store import Store
from advocacy_monitor.store.alerts import Found
from advocacy_monitor.store.outbox import Mail
from tests.conftest import Clock
from tests.monitoring.conftest import CONFIG, Running

NOW = datetime(2026, 11, 10, 12, 0, tzinfo=UTC)
WAITS = "enrichment"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def alerts(store: Store, loaded: Loaded, now: datetime = NOW) -> dict[str, Found]:
    seen = machinery(store, loaded, now=now, with_posts=False)
    return {
        each.subject: each for each in found(store, loaded, seen) if each.kind != "backup" and each.subject != WAITS
    }


def test_a_new_campaign_has_none(campaign: Store, loaded: Loaded) -> None:
    assert alerts(campaign, loaded) == {}


def test_a_collector_is_told_of_after_so_many_failures_in_a_row(campaign: Store, loaded: Loaded, ran: Running) -> None:
    ran("toots", NOW - 9 * HOUR, status="failed", message="before")
    ran("toots", NOW - 8 * HOUR)
    ran("toots", NOW - 3 * HOUR, status="failed", message="401 Unauthorized")
    ran("toots", NOW - 2 * HOUR, status="stopped")
    ran("toots", NOW - 2 * HOUR, status="interrupted")
    assert alerts(campaign, loaded) == {}
    ran("toots", NOW - HOUR, status="failed", message="401 Unauthorized\x1b[2J")
    (alert,) = alerts(campaign, loaded).values()
    assert (alert.subject, alert.kind) == ("collector toots", "failing")
    assert alert.message.isprintable()
    assert "failed 3 times in a row (last well on 2026-11-10 04:01 UTC): 401 Unauthorized" in alert.message
    assert "renew the token" in alert.message
    ran("toots", NOW)
    assert alerts(campaign, loaded) == {}


def test_a_collector_that_is_no_longer_configured_needs_nobody(campaign: Store, loaded: Loaded, ran: Running) -> None:
    for hour in range(5):
        ran("gone", NOW - hour * HOUR, status="failed", message="500")
    assert alerts(campaign, loaded) == {}


def test_a_job_that_fails_is_told_of_too(campaign: Store, loaded: Loaded, ran: Running) -> None:
    for hour in range(3):
        ran("backup", NOW - (3 - hour) * HOUR, status="failed", message="no space left on device", kind="backup")
    (alert,) = alerts(campaign, loaded).values()
    assert (alert.subject, alert.kind) == ("job backup", "failing")
    assert "free some space" in alert.message
    assert alerts(campaign, loaded, NOW + 4 * DAY) == {}  # it is no longer tried


@pytest.mark.parametrize(
    ("a_day", "last_day", "is_quiet"),
    [
        pytest.param(20, 1, True, id="nearly nothing"),
        pytest.param(20, 3, False, id="less than usual"),
        pytest.param(6, 0, False, id="one day without is chance where six are usual"),
        pytest.param(0, 0, False, id="there never was much"),
    ],
)
def test_a_collector_that_works_and_finds_little(
    a_day: int, last_day: int, is_quiet: bool, campaign: Store, loaded: Loaded, ran: Running
) -> None:
    for day in range(8, 0, -1):
        ran("toots", NOW - day * DAY - HOUR, new=a_day)
    ran("toots", NOW - HOUR, new=last_day)
    found = alerts(campaign, loaded)
    assert list(found) == (["quiet toots"] if is_quiet else [])
    if is_quiet:
        assert "found 1 new in 24 hours, where about 20 are usual" in found["quiet toots"].message


def test_a_collector_of_few_posts_is_compared_over_days(campaign: Store, loaded: Loaded, ran: Running) -> None:
    for day in range(12, 2, -1):
        ran("toots", NOW - day * DAY - HOUR, new=6)
    for day in range(2, -1, -1):
        ran("toots", NOW - day * DAY - HOUR)
    assert "new in 2 days, where about 12 are usual" in alerts(campaign, loaded)["quiet toots"].message


def test_a_computer_that_is_off_at_weekends_is_compared_over_weeks(
    campaign: Store, loaded: Loaded, ran: Running
) -> None:
    for day in range(34, 6, -1):
        if (NOW - day * DAY).weekday() < 5:
            ran("toots", NOW - day * DAY - HOUR, new=4)
    for day in range(6, -1, -1):
        if (NOW - day * DAY).weekday() < 5:
            ran("toots", NOW - day * DAY - HOUR)
    assert "new in 7 days, where about 20 are usual" in alerts(campaign, loaded)["quiet toots"].message


def test_a_long_first_run_does_not_make_what_follows_quiet(campaign: Store, loaded: Loaded, ran: Running) -> None:
    ran("toots", NOW - 4 * DAY - HOUR, new=400)
    for day in range(3, -1, -1):
        ran("toots", NOW - day * DAY - HOUR, new=2)
    assert alerts(campaign, loaded) == {}


def test_quiet_is_not_said_of_what_fails_did_not_run_or_is_young(
    campaign: Store, loaded: Loaded, ran: Running, configured: Callable[[str], Loaded]
) -> None:
    for day in range(8, 1, -1):
        ran("toots", NOW - day * DAY - HOUR, new=20)
    assert alerts(campaign, loaded) == {}  # the daemon was off
    ran("toots", NOW - HOUR)
    ran("toots", NOW - HOUR / 2, status="failed")
    assert alerts(campaign, loaded) == {}  # one failure
    never = configured(CONFIG.replace("free_mb: 1", "free_mb: 1, quiet_share: 0"))
    ran("toots", NOW, new=0)
    assert alerts(campaign, never) == {}


def test_what_runs_for_too_long(campaign: Store, loaded: Loaded, clock: Clock) -> None:
    clock.now = NOW - 7 * HOUR
    campaign.runs.start("toots", "collect")
    campaign.runs.start("form", "collect")  # answers come one by one: a run a day
    (alert,) = alerts(campaign, loaded).values()
    assert (alert.subject, alert.kind) == ("stuck toots", "stuck")
    assert "since 2026-11-10 05:00 UTC" in alert.message


def test_statements_that_nobody_enriches(
    campaign: Store, loaded: Loaded, configured: Callable[[str], Loaded], ran: Running
) -> None:
    few = configured(CONFIG.replace("{language: {}}", "{language: {}, sentiment: {}}"))
    ran("toots", NOW - 31 * HOUR, new=2)
    alert = _waiting(campaign, few)[WAITS]
    assert alert.kind == "stuck"
    assert alert.message.startswith("Statements wait since 2026-11-09 05:00 UTC for language, sentiment, and without")
    enrich_all(campaign, few)
    ran("toots", NOW - 29 * HOUR, new=2)
    assert WAITS not in _waiting(campaign, few)


def _waiting(store: Store, loaded: Loaded) -> dict[str, Found]:
    return {each.subject: each for each in found(store, loaded, machinery(store, loaded, now=NOW, with_posts=False))}


@pytest.mark.parametrize(
    ("spent", "now", "told"),
    [
        pytest.param(79, NOW, False, id="under the share"),
        pytest.param(81, NOW, True, id="too early"),
        pytest.param(81, datetime(2026, 11, 28, tzinfo=UTC), False, id="at the end of the month"),
        pytest.param(100, datetime(2026, 11, 28, tzinfo=UTC), True, id="used up"),
    ],
)
def test_a_budget_that_is_spent_too_fast(
    spent: float, now: datetime, told: bool, campaign: Store, loaded: Loaded, clock: Clock
) -> None:
    clock.now = datetime(2026, 10, 31, tzinfo=UTC)
    campaign.spending.add("tweets", [Usage(source="x", unit="usd", amount=500.0)])
    clock.now = datetime(2026, 11, 2, tzinfo=UTC)
    campaign.spending.add("tweets", [Usage(source="x", unit="usd", amount=spent)])
    campaign.spending.add("tweets", [Usage(source="x", unit="posts", amount=10_000)])  # no cap
    found = alerts(campaign, loaded, now)
    assert list(found) == (["budget x usd"] if told else [])
    if told:
        assert f"x has used {spent} of 100 usd ({spent}%)" in found["budget x usd"].message
        assert "begins anew on 2026-12-01" in found["budget x usd"].message


def test_a_disk_that_is_nearly_full(campaign: Store, configured: Callable[[str], Loaded]) -> None:
    (alert,) = alerts(campaign, configured(CONFIG.replace("free_mb: 1", f"free_mb: {2**40}"))).values()
    assert (alert.subject, alert.kind) == ("disk campaign", "disk")
    assert " MB are free where the database lies" in alert.message


def test_mail_that_cannot_be_sent(campaign: Store, loaded: Loaded, clock: Clock) -> None:
    outbox = campaign.mails.outbox
    clock.now = NOW - 3 * HOUR
    person = "MARKER-OF-A-PERSON@example.com"
    mail = Mail(kind="thanks", recipient=person, language="en", subject="s", body="b")
    outbox.queue([mail] * 5, domain="e.org")
    assert alerts(campaign, loaded) == {}  # many thanks take their time
    outbox.queue([replace(mail, kind="opt-in")], domain="e.org")
    assert "; 6 in all wait" in alerts(campaign, loaded)["mail waits"].message  # the server was not reached at all
    (question,) = (each for each in outbox.due(most=9) if each.kind == "opt-in")
    outbox.sent(question.id)
    first, *others = outbox.due(most=5)
    outbox.begin(first.id)
    outbox.again(first.id, due_at=NOW, reason="the mail server cannot be reached")
    for mail in others:
        outbox.begin(mail.id)
        outbox.fail(mail.id, "550 5.7.1 blocked")
    found = alerts(campaign, loaded)
    assert set(found) == {"mail waits", "mail refused"}
    assert found["mail waits"].message.startswith("Mail cannot be sent since 2026-11-10 09:00 UTC; 1 in all")
    assert "4 mails were given up in 24 hours: 550 5.7.1 blocked." in found["mail refused"].message
    assert "MARKER" not in "".join(each.message for each in found.values())


@pytest.mark.parametrize(
    ("copies", "told"),
    [
        pytest.param(Copies(planned=True), [], id="a new campaign"),
        pytest.param(Copies(planned=True, missed=1), [], id="the first one is due"),
        pytest.param(Copies(planned=True, missed=2), ["backup old"], id="none was ever made"),
        pytest.param(
            Copies(planned=True, count=1, newest_at=NOW, newest_ok=False, why="12 rows\x1b of 13."),
            ["backup failed"],
            id="not in order",
        ),
        pytest.param(
            Copies(planned=True, count=2, good_at=NOW - 3 * DAY, newest_at=NOW, newest_ok=False, missed=3),
            ["backup failed", "backup old"],
            id="not in order for days",
        ),
        pytest.param(Copies(planned=False, missed=9), [], id="none are planned"),
    ],
)
def test_backups_that_fail_or_are_not_made(copies: Copies, told: list[str], campaign: Store, loaded: Loaded) -> None:
    seen = replace(machinery(campaign, loaded, now=NOW, with_posts=False), copies=copies)
    found_now = {each.subject: each.message for each in found(campaign, loaded, seen)}
    assert list(found_now) == told
    if "backup failed" in told:
        assert "of 2026-11-10 12:00 UTC, is not in order: " in found_now["backup failed"]
    assert "\x1b" not in "".join(found_now.values())


def test_backups_as_they_lie_there(campaign: Store, loaded: Loaded, ran: Running) -> None:
    ran("toots", NOW - 9 * DAY)
    assert machinery(campaign, loaded, now=NOW).copies.missed == 9
    made = make(loaded, clock=lambda: NOW - 2 * DAY)
    assert machinery(campaign, loaded, now=NOW).copies.missed == 0  # the computer was off: the backup is to be made up
    ran("toots", NOW - timedelta(hours=30))
    ran("toots", NOW - timedelta(hours=6))
    copies = machinery(campaign, loaded, now=NOW).copies
    assert (copies.planned, copies.count, copies.newest_ok, copies.missed) == (True, 1, True, 2)
    assert copies.good_at == made.made_at
    assert copies.bytes == made.bytes > 0
    broken = make(loaded, clock=lambda: NOW)
    next(each for each in broken.path.iterdir() if each.suffix != ".json").unlink()
    seen = machinery(campaign, loaded, now=NOW)
    assert (seen.copies.count, seen.copies.newest_ok, seen.copies.missed) == (2, False, 2)
    told = {each.subject: each.message for each in found(campaign, loaded, seen)}
    assert list(told) == ["backup failed", "backup old"]
    assert " is missing. What to do: `advocacy-monitor backup`" in told["backup failed"]


def test_what_only_the_daemon_knows(campaign: Store, loaded: Loaded, ran: Running) -> None:
    state = State()
    for _ in range(3):
        ran("training", NOW - HOUR, status="failed", message="told by its runs", kind="train")
        for job in ("digest", "toots", "training", "send mail"):
            state.ended(job, "digest.to: nobody is there")
    state.ended("send mail")

    def told() -> dict[str, str]:
        seen = machinery(campaign, loaded, now=NOW, with_posts=False, doing=state.doing())
        return {each.subject: each.message for each in found(campaign, loaded, seen) if each.kind == "failing"}

    assert set(told()) == {"job training", "job digest"}
    assert told()["job digest"].startswith("The job 'digest' failed 3 times in a row: digest.to: nobody is there. ")
    state.form("it has ended without being asked to")
    assert told()["form"].startswith("The form does not answer: it has ended without being asked to. What to do: ")
    state.form(None)
    state.ended("digest")
    assert set(told()) == {"job training"}


def test_a_folder_of_backups_that_cannot_be_read_is_told(campaign: Store, loaded: Loaded) -> None:
    loaded.backups.write_text("no folder")
    seen = machinery(campaign, loaded, now=NOW, with_posts=False)
    (told,) = (each.message for each in found(campaign, loaded, seen) if each.kind == "backup")
    assert "the folder of the backups cannot be read (Not a directory)" in told
    shown = "".join(
        screen(
            loaded, seen, Queues(lengths={}, moderation={}, oldest_pending=None, rejects=0), [], daemon="", width=999
        )
    )
    assert "NOBODY KNOWS: " in shown
    assert "none yet" not in shown


def test_why_it_fails_is_told_while_it_is_tried_again(campaign: Store, loaded: Loaded, ran: Running) -> None:
    for hours in (18, 12, 6):
        ran("toots", NOW - timedelta(hours=hours), status="failed", message="answered 401: the token was revoked")
        ran("training", NOW - timedelta(hours=hours), status="failed", message="the disk is full", kind="train")
    for name, kind in (("toots", "collect"), ("training", "train")):
        campaign.runs.say(campaign.runs.start(name, kind), "waits for a second")
    told = alerts(campaign, loaded)
    assert "the token was revoked. What to do: renew the token" in told["collector toots"].message
    assert "the disk is full. What to do: free some space" in told["job training"].message


def test_hours_are_those_of_the_campaign_s_time_zone(loaded: Loaded) -> None:
    hours = due("2", loaded, datetime(2026, 10, 24, 12, tzinfo=UTC))
    first, second = next(hours).astimezone(UTC), next(hours).astimezone(UTC)
    assert first == datetime(2026, 10, 25, 0, tzinfo=UTC)  # 02:00 in summer time, the first of two that night
    assert second > first


@pytest.mark.parametrize(
    ("after", "found"),
    [
        (datetime(2026, 10, 24, 12, tzinfo=UTC), ["2026-10-25T00:00", "2026-10-26T01:00", "2026-10-27T01:00"]),
        (datetime(2026, 3, 28, 12, tzinfo=UTC), ["2026-03-29T01:00", "2026-03-30T00:00", "2026-03-31T00:00"]),
    ],
)
def test_two_o_clock_is_due_once_a_night_when_the_clocks_change(
    loaded: Loaded, after: datetime, found: list[str]
) -> None:
    moments = [at.astimezone(UTC).isoformat(timespec="minutes")[:16] for at in islice(due("2", loaded, after), 3)]
    assert moments == found


@pytest.mark.parametrize(
    ("message", "advice"),
    [
        ("the environment variable X is not set; set it and try again", "set the secret"),
        ("this month's budget for X does not allow another request", "next month"),
        ("https://example.org: ConnectTimeout: timed out", "passes by itself"),
        ("advocacy.db: database or disk is full", "free some space"),
        ("advocacy.db: database disk image is malformed", "restore"),
        ("collectors.a.settings.x: unknown key; allowed: access_token, hashtags", "correct it in config.yaml"),
        ("collector toots: another run has moved its cursor; this run stops, nothing is lost", "nothing: two"),
        ("config.yaml: the export.csv cannot be read: Permission denied", "make the folder writable"),
        ("the server does not let this token in (403)", "renew the token"),
        ("https://example.org: answered 503", "passes by itself"),
        ("error 502.", "passes by itself"),
        ("https://example.org:503/x is blocked by the subtitles 12,500 of 500 MB", "`check`"),
        ("sent more than 500 MB in one answer, which is not read", "`check`"),
        ("advocacy.db: is locked", "another program holds"),
        ("something that nobody foresaw", "`check`"),
        ("", "`check`"),
    ],
)
def test_a_failure_comes_with_what_to_do(message: str, advice: str) -> None:
    assert advice in remedy(message)
