"""What somebody sent who was asked: the answer with all that belongs to it, and what is held of it afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import msgspec

from advocacy_monitor.models.items import Contact, Submission, Use


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A version of a questionnaire, as it is kept so that old answers keep their wording."""

    name: str
    version: int
    digest: str
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OptIn:
    """An address that somebody left. Nothing but one mail may go there before it is confirmed with `token`.

    `wants_contact` is whether the person also ticked that they may be written to about the campaign.
    """

    token: str
    email: str
    language: str
    wants_contact: bool

    def __repr__(self) -> str:
        return "OptIn(...)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One answer as it came in. `flags` are the reasons for which somebody has to look at it closely.

    `code` withdraws it; `channel` is 'form' or 'paper'. Never print or log it: it holds contact details and the code.
    """

    submission: Submission
    form: Form
    language: str
    code: str | None = None
    flags: tuple[str, ...] = ()
    channel: str = "form"
    opt_in: OptIn | None = None

    def __repr__(self) -> str:
        return "Received(...)"

    def permitted(self) -> Received:
        """The answer with those contact details only that its consents allow to be kept."""
        found, consents = self.submission.contact, self.submission.consents
        if found is None:
            return self
        reached = found if Use.CONTACT in consents else Contact()
        kept = replace(reached, name=found.name if Use.QUOTE_NAMED in consents else None)
        contact = None if kept == Contact() else kept
        return replace(self, submission=msgspec.structs.replace(self.submission, contact=contact))


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What became of it: the item that holds it, and whether it was not there before.

    `was_withdrawn`: this very sending was taken back by its author before, and is not stored again.
    """

    item_id: int
    is_new: bool
    was_withdrawn: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Everything that is held of one answer, for the person who has its code, and for nobody else."""

    item_id: int
    text: str
    answers: Mapping[str, str]
    consents: frozenset[Use]
    language: str
    form: Form
    created_at: datetime
    source: str
    source_id: str
    library: str | None = None
    postcode: str | None = None
    age_band: str | None = None
    name: str | None = None
    email: str | None = None
    email_confirmed: bool = False
    packs: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return "Held(...)"
