"""What follows for staff when somebody takes words back: whoever was handed a pack with them has to be told (R4).

Each delivery of a pack that quotes the statement gets a follow-up, which `pack follow-ups` and the desk list until it
is done. Follow-ups are noted before anything is removed: should the program die in between, staff tell somebody too
early and nobody is forgotten.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum

from advocacy_monitor.models import Use
from advocacy_monitor.store import Store

BY = "form"
"""Who notes it: the person did it alone, on the form's pages."""
QUOTES = frozenset({Use.QUOTE_UNNAMED, Use.QUOTE_NAMED})
WITHDREW, CORRECTED_IT, CHANGED, TOOK_OUT = "author.withdrew", "author.corrected", "author.consents", "author.took_out"
"""Codes of the log: an answer was taken back, corrected, its consents were changed; a post was taken out."""
TELL_WITHIN = timedelta(days=7)


class Taken(StrEnum):
    """What was done, in the words of the follow-up."""

    WITHDRAWN = "was withdrawn by its author"
    CORRECTED = "was corrected by its author, and its old words may not be used any more"
    NOT_QUOTED = "may not be quoted any more, as its author decided"
    NOT_NAMED = "may not be quoted with its author's name any more"
    NOT_SENT = "may not be shown to representatives any more, as its author decided"


def taken_back(before: frozenset[Use], after: frozenset[Use]) -> Taken | None:
    """What holders of packs have to be told when consents change, the gravest alone; None where there is nothing."""
    if before & QUOTES and not after & QUOTES:
        return Taken.NOT_QUOTED
    if Use.SEND_TO_REPRESENTATIVE in before - after:
        return Taken.NOT_SENT
    return Taken.NOT_NAMED if Use.QUOTE_NAMED in before - after else None


def whom_to_tell(store: Store, item_id: int) -> tuple[str, ...]:
    """The keys of those who were handed a pack that quotes the statement."""
    return tuple(sorted({each.recipient for each in store.deliveries.packs_holding_item(item_id)}))


def note_to_tell(store: Store, item_id: int, taken: Taken) -> int:
    """Notes for each delivery that its holder has to be told. Returns how many are new; a second time there is none."""
    note = f"item {item_id} {taken}: tell them, and make their pack anew"
    due_on = (store.now() + TELL_WITHIN).date()
    noted = 0
    for delivery in store.deliveries.packs_holding_item(item_id):
        waiting = {each.note for each in store.deliveries.follow_ups(delivery.id) if each.done_at is None}
        if note not in waiting:
            store.deliveries.add_follow_up(delivery.id, note=note, who=BY, due_on=due_on)
            noted += 1
    return noted


def note_in_log(store: Store, action: str, item_id: int, *, packs: Sequence[str] = ()) -> None:
    """Notes in the log of the desk what an author did alone, with the numbers of the packs that hold the old words."""
    store.actions.add(BY, action, item_ids=[item_id], detail=", ".join(packs))
