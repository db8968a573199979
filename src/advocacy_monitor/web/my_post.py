"""What the author of a post does with the code that came with our question: say yes use by use, say no, take it out.

Functions over the store, for one transaction each; pages/permission.py shows them. A yes is noted with the wording
that was ticked, in the language in which it was read (R3).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from advocacy_monitor.candidates import Candidate, candidate, gone
from advocacy_monitor.models import StoredItem, Use
from advocacy_monitor.permission import ASKABLE, record
from advocacy_monitor.store import Store
from advocacy_monitor.store.permissions import PermissionState, PermissionStep
from advocacy_monitor.web.holding import TicketError, item_of, ticket_for
from advocacy_monitor.web.taking_back import BY, TOOK_OUT, Taken, note_in_log, note_to_tell, taken_back, whom_to_tell
from advocacy_monitor.withdrawal import plain, shown

PURPOSE = "permission"
TAKEN_OUT = "taken out by its author"
_ASKING = frozenset({PermissionState.FOUND, PermissionState.ASKED})
_SAID_NO = frozenset({PermissionState.REFUSED, PermissionState.WITHDRAWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A post and what we asked about it. `granted` is what is allowed now; `ticket` opens it again for an hour.

    `is_gone`: its platform does not show it to everybody any more, so it will not be quoted whatever is said.
    """

    item: StoredItem
    language: str
    state: PermissionState
    asked: tuple[Use, ...]
    granted: frozenset[Use]
    is_gone: bool
    packs: tuple[str, ...]
    told: tuple[str, ...]
    ticket: str


def open_by_code(store: Store, code: str) -> Question | None:
    """The post that a code was made for; None for every code that opens nothing, whatever the reason."""
    letters = plain(code)
    item_id = store.permissions.item_of(shown(letters)) if letters else None
    return None if item_id is None else _opened(store, item_id)


def open_by_ticket(store: Store, ticket: str) -> Question | None:
    """The post that a ticket is for; None when it is not there any more. Raises TicketError."""
    return _opened(store, item_of(store, ticket, purpose=PURPOSE))


def _opened(store: Store, item_id: int) -> Question | None:
    post, steps = candidate(store, item_id), store.permissions.steps(item_id)
    if post is None or not steps or not post.item.text:
        return None
    return Question(
        item=post.item,
        language=post.language,
        state=steps[-1].state,
        asked=_asked(steps, post),
        granted=post.uses & frozenset(ASKABLE),
        is_gone=gone(post),
        packs=tuple(store.packs.holding(item_id)),
        told=whom_to_tell(store, item_id),
        ticket=ticket_for(store, item_id, purpose=PURPOSE),
    )


def _asked(steps: Iterable[PermissionStep], post: Candidate) -> tuple[Use, ...]:
    """What we asked for last, and what was allowed besides, in the order of the uses."""
    asked = [set(step.scope) for step in steps if step.state in _ASKING and step.scope]
    wanted = (asked[-1] if asked else set()) | post.uses
    return tuple(use for use in ASKABLE if use in wanted)


def allow(
    store: Store, ticket: str, wanted: Iterable[Use], *, wording: Mapping[Use, str], language: str
) -> Question | None:
    """Allows what was ticked from now on, and nothing else; no tick is a no. None when the post is gone.

    Raises TicketError.
    """
    now = open_by_ticket(store, ticket)
    if now is None:
        return None
    given = tuple(use for use in now.asked if use in set(wanted))
    if not given:
        return refuse(store, ticket, language=language)
    ticked = "; ".join(f"“{wording[use]}”" for use in given)
    if (taken := taken_back(now.granted, frozenset(given))) is not None:
        note_to_tell(store, now.item.id, taken)
    record(
        store,
        now.item.id,
        PermissionState.GRANTED,
        who=BY,
        scope=given,
        proof=f"{_proof(store, language)}, ticked: {ticked}",
    )
    return _opened(store, now.item.id)


def refuse(store: Store, ticket: str, *, language: str) -> Question | None:
    """No: the post is counted and not quoted. None when the post is gone. Raises TicketError."""
    now = open_by_ticket(store, ticket)
    if now is None:
        return None
    if now.state not in _SAID_NO:
        if (taken := taken_back(now.granted, frozenset())) is not None:
            note_to_tell(store, now.item.id, taken)
        record(store, now.item.id, PermissionState.REFUSED, who=BY, proof=f"{_proof(store, language)}: no")
    return _opened(store, now.item.id)


def take_out(store: Store, ticket: str, *, language: str) -> tuple[str, ...] | None:
    """Removes the post for good: it is neither counted nor quoted, and does not come back with the next collection.

    Returns the numbers of the packs that quote it, None when it was gone before. Raises TicketError.
    """
    now = open_by_ticket(store, ticket)
    if now is None:
        return None
    note_to_tell(store, now.item.id, Taken.WITHDRAWN)
    if now.state is not PermissionState.WITHDRAWN:
        record(store, now.item.id, PermissionState.WITHDRAWN, who=BY, proof=f"{_proof(store, language)}: take it out")
    store.erasures.erase_items([now.item.id], reason=TAKEN_OUT)
    note_in_log(store, TOOK_OUT, now.item.id, packs=now.packs)
    return now.packs


def _proof(store: Store, language: str) -> str:
    return f"answered on the permission page on {store.now():%Y-%m-%d %H:%M} UTC, in {language}"


__all__ = ["PURPOSE", "Question", "TicketError", "allow", "open_by_code", "open_by_ticket", "refuse", "take_out"]
