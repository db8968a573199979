"""Backups: copies of a campaign's files while they are in use, read again before they count, and put back as one.

A backup is a folder: the database, the contacts file, the accounts of staff (each compressed, encrypted where the
configuration says so), the journal of erasures, config.yaml, and a manifest that says what all this is.
"""

from __future__ import annotations

from advocacy_monitor.backups.making import make
from advocacy_monitor.backups.manifest import Backup, listed
from advocacy_monitor.backups.restoring import Restored, restore

__all__ = ["Backup", "Restored", "listed", "make", "restore"]
