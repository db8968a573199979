"""Who may do what at the desk: six roles, and the rights that each of them carries.

A page asks for a right and never for a role, so that what a role may do stands in one table and in no condition.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """What a person was let in for."""

    VIEWER = "viewer"
    TRANSCRIBER = "transcriber"
    CODER = "coder"
    MODERATOR = "moderator"
    ADVOCATE = "advocate"
    ADMINISTRATOR = "administrator"


class Right(StrEnum):
    """One thing that can be allowed."""

    OWN = "own"
    """One's own account, and help: everybody who is logged in."""
    SHARED = "shared"
    """See approved statements that may be quoted, in their redacted form, and the dashboards of them."""
    READ = "read"
    """See all statements, with their authors' handles and how they were moderated."""
    MODERATE = "moderate"
    CODE = "code"
    SETTLE = "settle"
    """Adjudicate between coders; draw and close rounds of coding."""
    TRANSCRIBE = "transcribe"
    """Enter flyers that were filled in by hand, with all that stands on them, and see their scans."""
    EXPORT = "export"
    """Downloads and evidence packs."""
    TABLES = "tables"
    """The stock pages of Datasette."""
    SQL = "sql"
    ERASE = "erase"
    STAFF = "staff"
    """Accounts of other people, and the log of what was done."""


RIGHTS: Mapping[Role, frozenset[Right]] = MappingProxyType(
    {
        Role.VIEWER: frozenset({Right.OWN, Right.SHARED}),
        Role.TRANSCRIBER: frozenset({Right.OWN, Right.TRANSCRIBE}),
        Role.CODER: frozenset({Right.OWN, Right.SHARED, Right.CODE}),
        Role.ADVOCATE: frozenset({Right.OWN, Right.SHARED, Right.EXPORT}),
        Role.MODERATOR: frozenset(
            {
                *(Right.OWN, Right.SHARED, Right.READ, Right.MODERATE, Right.CODE, Right.SETTLE, Right.TRANSCRIBE),
                Right.TABLES,
            },
        ),
        Role.ADMINISTRATOR: frozenset(Right),
    },
)


@dataclass(frozen=True)
class Person:
    """Somebody who is logged in. `language` is that of the interface; None follows the browser."""

    name: str
    role: Role
    language: str | None = None

    def may(self, right: Right) -> bool:
        """Whether this person's role carries the right; nobody, who has no name, has none."""
        return bool(self.name) and right in RIGHTS[self.role]
