"""What a check of a pack found: ok, failed or not possible, in words, with the quotes that it is about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

_SHOWN = 20


class Outcome(StrEnum):
    """`NOT_POSSIBLE` is no success: what could not be compared is not verified."""

    OK = "ok"
    FAILED = "failed"
    NOT_POSSIBLE = "not possible"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at. `name` is short and stays the same; `exhibits` are numbers of quotes."""

    name: str
    outcome: Outcome
    said: str
    exhibits: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """All checks of one file. Number, digest and title are '' where no pack could be read in it."""

    path: str
    number: str
    digest: str
    title: str
    checks: tuple[Check, ...]

    @property
    def failed(self) -> bool:
        """Whether any check failed; what was not possible did not."""
        return any(each.outcome is Outcome.FAILED for each in self.checks)


def ok(name: str, said: str, exhibits: Iterable[int] = ()) -> Check:
    """A check that was made, and found what should be."""
    return Check(name=name, outcome=Outcome.OK, said=said, exhibits=tuple(exhibits))


def failed(name: str, said: str, exhibits: Iterable[int] = ()) -> Check:
    """A check that found what must not be."""
    return Check(name=name, outcome=Outcome.FAILED, said=said, exhibits=tuple(exhibits))


def not_possible(name: str, said: str, exhibits: Iterable[int] = ()) -> Check:
    """Something that could not be compared."""
    return Check(name=name, outcome=Outcome.NOT_POSSIBLE, said=said, exhibits=tuple(exhibits))


def listed(found: Sequence[object]) -> str:
    """'a, b, c and 3 more'."""
    names = ", ".join(str(each) for each in found[:_SHOWN])
    return names if len(found) <= _SHOWN else f"{names} and {len(found) - _SHOWN} more"


def quotes(number: int) -> str:
    """'1 quote' or '7 quotes'."""
    return f"{number:,} quote{'' if number == 1 else 's'}"
