"""Which backups are kept: the newest of each of the last days, then one a week, then one a month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import chain
from pathlib import Path

from advocacy_monitor.backups.folders import remove
from advocacy_monitor.backups.manifest import Backup
from advocacy_monitor.config import Backups


def kept(backups: Sequence[Backup], given: Backups) -> list[Backup]:
    """Those that stay, oldest first: of each day, week and month that has one the newest, as many as are wanted.

    Days without a backup do not count, so that a machine that stood still loses none. The newest good one always stays,
    and one that was made for a reason, such as an upgrade, stands beside that of the same night: neither replaces the
    other.
    """
    good = sorted((each for each in backups if each.ok), key=lambda each: (each.made_at, each.path.name), reverse=True)
    usual = [each for each in good if each.manifest is None or not each.manifest.reason]
    chosen = [
        _newest(usual, "%Y-%m-%d", given.days),
        _newest(usual, "%G-%V", given.weeks),
        _newest(usual, "%Y-%m", given.months),
    ]
    names = {each.path for each in chain(good[:1], *chosen, _with_a_reason(good, given.days))}
    return [each for each in backups if each.path in names]


def prune(backups: Sequence[Backup], given: Backups, *, just_made: Path | None = None) -> list[Backup]:
    """Removes those that are kept no longer, and returns those that are gone. One that is damaged goes with the last
    good one before it; one that this version cannot read stays, and `just_made`, whatever the clock says."""
    stays = {each.path for each in kept(backups, given)}
    oldest = min((each.made_at for each in backups if each.path in stays), default=None)
    gone = [
        each
        for each in backups
        if each.path not in stays
        and each.path != just_made
        and each.manifest is not None
        and (each.ok or (oldest is not None and each.made_at < oldest))
    ]
    return [each for each in gone if remove(each.path)]


def _with_a_reason(newest_first: Sequence[Backup], days: int) -> list[Backup]:
    """Not older than the newest one by more than `days`: they hold people's words, so they must not stay for years."""
    return [
        each
        for each in newest_first
        if each.manifest is not None
        and each.manifest.reason
        and newest_first[0].made_at - each.made_at <= timedelta(days=days)
    ]


def _newest(newest_first: Sequence[Backup], period: str, count: int) -> list[Backup]:
    found: dict[str, Backup] = {}
    for each in newest_first:
        found.setdefault(each.made_at.strftime(period), each)
    return list(found.values())[:count]
