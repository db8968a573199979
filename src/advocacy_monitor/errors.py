"""Every error of this package, grouped by what there is to do about it.

AdvocacyMonitorError
  ConfigError               fix config.yaml (or the command line); exit code 2
  ServeError                an address is taken or not there yet; it may be later, so exit code 1
  StoreError                the database is locked, full, damaged, or newer than the program
  SourceError
    RetryableSourceError    wait (`retry_after` seconds, if known), then try again
    FatalSourceError        stop this collector, tell staff, leave the others running
    BadRecordError          set this record aside in rejects, go on
  EnrichError               skip this batch, go on; it is tried again at the next run
  ModerationError           the decision is refused
  ConsentError              the export is refused, naming the item and the missing consent
  ExportError               the export failed; no half-written file is left behind

Errors of other libraries are translated inside the plugin that uses them, and nowhere else.
"""

from __future__ import annotations


class AdvocacyMonitorError(Exception):
    """Base of all errors that a user of this package should see as one clear message."""


class ConfigError(AdvocacyMonitorError):
    """Something the user wrote is wrong: the message names where, what was found and what is allowed."""


class ServeError(AdvocacyMonitorError):
    """Nothing can be served at an address now: its port is taken, or its host is not this machine's, or unknown."""


class StoreError(AdvocacyMonitorError):
    """The database cannot be used as it is: locked, read-only, full, damaged, or of a newer version."""


class SourceError(AdvocacyMonitorError):
    """Something went wrong while records were read from a source."""


class RetryableSourceError(SourceError):
    """A passing fault: a rate limit, an outage, a cut connection.

    `retry_after` is the wait in seconds that the service asked for, or None when it did not say.
    """

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class FatalSourceError(SourceError):
    """Waiting will not help: a refused credential, a missing page, an unreadable file."""


class BadRecordError(SourceError):
    """One record could not be read; the reason is written for the person who will look at it."""


class EnrichError(AdvocacyMonitorError):
    """An enricher could not work on a batch of items."""


class ModerationError(AdvocacyMonitorError):
    """A decision is not allowed: an unknown item, a transition that does not exist, a missing reason."""


class ConsentError(AdvocacyMonitorError):
    """An item would be used in a way that nobody consented to."""


class ExportError(AdvocacyMonitorError):
    """A pack could not be written."""
