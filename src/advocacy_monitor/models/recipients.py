"""Decision makers, and what was handed to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """A decision maker. `key` is short, stands in file names and in the log, and is unique in a campaign.

    `area` is the constituency, council or state whose statements are theirs, '' for all of them. `language` is that of
    their pack, `salutation` how a letter begins, `ask` what this one is asked for; '' where the campaign's own holds.
    """

    key: str
    name: str
    office: str = ""
    party: str = ""
    area: str = ""
    committee: str = ""
    language: str = ""
    salutation: str = ""
    ask: str = ""

    @property
    def shown(self) -> str:
        """Name and office, as a pack names them: 'A. Member, Member for Riverside'."""
        return ", ".join(part for part in (self.name, self.office) if part)

    @property
    def with_area(self) -> str:
        """The same with the area, unless the office names it already."""
        return self.shown if self.area in self.office else f"{self.shown}, {self.area}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A pack that somebody handed to a recipient: on which day, by whom, how (mail, post, in person)."""

    id: int
    pack_number: str
    recipient: str
    sent_on: date
    sent_by: str
    how: str
    note: str
    noted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """Something to do, or that came, after a delivery: `done_at` is None while it waits. `due_on` may be None."""

    id: int
    delivery_id: int
    due_on: date | None
    note: str
    who: str
    noted_at: datetime
    done_at: datetime | None
