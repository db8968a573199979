"""Answers that a form service delivers by itself: Typeform, Tally, Formbricks, or any other as JSON.

`advocacy-monitor receive` writes each delivery to a folder, the spool, as soon as it comes; this source collects from
there. A delivery is removed at the start of the run after the one that stored it: by then it is safe in the database,
and people's answers must not lie about. What could not be read is never removed but set aside, because the service
will not send it again.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, Self

from pydantic import Field, PrivateAttr, SecretStr, TypeAdapter, ValidationError, model_validator

from advocacy_monitor.errors import BadRecordError, ConfigError, FatalSourceError
from advocacy_monitor.models import Cursor, Page, Reject, Submission
from advocacy_monitor.protocols import Host, Plugin
from advocacy_monitor.sources import webhook_spool
from advocacy_monitor.sources.column_mapping import load_mapping
from advocacy_monitor.sources.webhook_payloads import Reading, read_delivery
from advocacy_monitor.sources.webhook_signatures import Kind, problem_with_secret

MAX_BYTES = 1024 * 1024
"""The longest delivery that is received."""

_log = logging.getLogger(__name__)
_CURSOR = TypeAdapter(dict[str, bool])


class WebhookSource(Plugin):
    """Answers that a form service delivers. `advocacy-monitor receive` takes them in, this source collects them."""

    kind: Kind = Field(description="Who sends: typeform, tally, formbricks, or json for any other service.")
    spool: Path = Field(description="The folder between receipt and collection; only its owner may enter it.")
    secret: SecretStr = Field(description="The secret with which the service signs what it sends.")
    form: str | None = Field(default=None, description="The form's name, instead of the service's own for it.")
    mapping: Path | Mapping[str, Any] | None = Field(
        default=None, description="Which question is what, as YAML file; needed for formbricks and json."
    )
    page_size: int = Field(default=500, ge=1, le=10_000, description="Deliveries that are stored at once.")
    _host: Host = PrivateAttr(default_factory=Host)

    @model_validator(mode="after")
    def _usable_secret(self) -> Self:
        if problem := problem_with_secret(self.kind, self.secret.get_secret_value()):
            raise ValueError(f"secret {problem}")
        return self

    def hosted_by(self, host: Host) -> Self:
        """The same source, with the program's clock."""
        copy = self.model_copy()
        copy._host = host
        return copy

    def pages(self, since: Cursor | None) -> Iterator[Page]:
        """Every delivery that waits, oldest first: an item or a reject each.

        The checkpoint names the deliveries that have been read and not removed yet. It is a list and not the newest
        name, because a delivery may get an earlier name than one that was collected already: two may come at once,
        and clocks are set back. Raises FatalSourceError for a spool that cannot be used, ConfigError for a mapping
        that does not fit.
        """
        reading = Reading(kind=self.kind, given=load_mapping(self.mapping), form=self.form)
        reading.check()
        handled = _handled(since)
        if not self.spool.is_dir():
            raise FatalSourceError(
                f"{self.spool} is not there: nothing was received yet; is `advocacy-monitor receive` running?"
            )
        stuck = self._clear(handled)
        waiting = [name for name in self._names() if name not in stuck]
        if handled and not waiting:
            yield Page(checkpoint=_checkpoint(stuck))
        yield from self._walk(iter(waiting), reading, stuck)
        if stuck:
            raise FatalSourceError(
                f"{self.spool}: {len(stuck)} deliveries are stored and cannot be removed; people's answers lie there"
            )

    def _clear(self, handled: Mapping[str, bool]) -> dict[str, bool]:
        """Removes what the database holds, and sets aside what could not be read. Returns what would not go."""
        stuck = {}
        for name, readable in handled.items():
            try:
                (webhook_spool.remove if readable else webhook_spool.set_aside)(self.spool, name)
            except (OSError, ValueError) as error:
                _log.warning("%s: a delivery cannot be removed: %s", self.spool, error)
                stuck[name] = readable
        return stuck

    def _names(self) -> list[str]:
        try:
            webhook_spool.remove_leftovers(self.spool, now=self._host.clock())
            return webhook_spool.names(self.spool)
        except OSError as error:
            raise FatalSourceError(f"{self.spool} cannot be read: {error.strerror or error}") from error

    def _walk(self, waiting: Iterator[str], reading: Reading, stuck: Mapping[str, bool]) -> Iterator[Page]:
        handled = dict(stuck)
        absent: list[frozenset[str]] = []
        while names := [*islice(waiting, self.page_size)]:
            items: list[Submission] = []
            rejects: list[Reject] = []
            for name in names:
                found = self._read(name, reading, absent)
                handled[name] = isinstance(found, Submission)
                if isinstance(found, Submission):
                    items.append(found)
                else:
                    rejects.append(found)
            yield Page(items=tuple(items), rejects=tuple(rejects), checkpoint=_checkpoint(handled))
        for name in sorted(frozenset.intersection(*absent)) if absent else ():
            _log.warning("%s: no delivery of this run has what the mapping calls %r", reading.given.where, name)

    def _read(self, name: str, reading: Reading, absent: list[frozenset[str]]) -> Submission | Reject:
        """The submission in a delivery, or why there is none; notes which columns of the mapping it lacks."""
        body = b""
        try:
            if (self.spool / name).lstat().st_size > MAX_BYTES:
                raise BadRecordError(f"is longer than the {MAX_BYTES:,} bytes that a delivery may have")
            body = webhook_spool.read(self.spool, name)
            found = read_delivery(body, reading, received_at=webhook_spool.received_at(name), where=name)
        except OSError as error:
            return Reject(position=name, reason=f"cannot be read: {error.strerror or error}", payload=body)
        except (BadRecordError, ConfigError, ValueError) as error:  # the mapping itself was checked before
            reason = f"{error}; it is kept in the spool, in {webhook_spool.ASIDE}"
            return Reject(position=name, reason=reason, payload=body)
        absent.append(found.absent)
        return found.item


def _handled(since: Cursor | None) -> dict[str, bool]:
    """The deliveries that were read and may still be there: True for those that became items."""
    try:
        return _CURSOR.validate_python((since or {}).get("handled", {}), strict=True)
    except ValidationError as error:
        raise FatalSourceError(
            "the stored cursor is not one of the webhook source; was the collector's source changed? Rename it"
        ) from error


def _checkpoint(handled: Mapping[str, bool]) -> Cursor:
    return {"handled": dict(handled)}
