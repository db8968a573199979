"""Which statement an address names, and what a form says: for all pages of one statement."""

from __future__ import annotations

from advocacy_monitor.candidates import Candidate, candidate
from advocacy_monitor.desk.context import Asked, Refusal

_LARGEST = 2**63 - 1


def found_for(asked: Asked) -> Candidate:
    """The statement that the address names. Raises Refusal when there is none."""
    number: int = asked.path["item"]
    found = candidate(asked.desk.reader(), number) if number <= _LARGEST else None
    if found is None:
        raise not_there(asked)
    return found


def not_there(asked: Asked) -> Refusal:
    """The same for a statement that does not exist and for one that the person may not see."""
    return Refusal(404, asked.t.text("There is no statement of this number that your account may see."))


def field(asked: Asked, name: str) -> str:
    """What was typed into a field of the form."""
    value = asked.form.get(name)
    return value.strip() if isinstance(value, str) else ""
