"""Everything that is known about one statement, as plain values: what was asserted and decided, by whom and when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from advocacy_monitor.answers_told import as_mapping, told_answers
from advocacy_monitor.errors import ModerationError
from advocacy_monitor.models import Delivery, Standing, Status, StoredItem, Use
from advocacy_monitor.redact import personal_data
from advocacy_monitor.store import Store
from advocacy_monitor.store.gold import Asserted

_QUOTING = frozenset({Use.QUOTE_UNNAMED, Use.QUOTE_NAMED})
_WENT = frozenset({Standing.GONE, Standing.PROTECTED, Standing.WITHHELD})


def story_of(store: Store, item_id: int) -> dict[str, Any]:
    """One statement's whole story. Raises ModerationError when there is no such item.

    `annotations` are those that count, `earlier` those of older versions of the software; `told` are the answers in the
    words in which they were asked for; `taken_out` is what stands in
    no quote, of the software's finds and people's words together. What coders answered in a
    round that is still open is nobody's to see, and is not in `codings`: only that they did is.
    """
    found = store.items.get([item_id])
    if not found:
        raise ModerationError(f"item {item_id}: there is no such item")
    item = found[0]
    asserted = store.gold.asserted(item_id)
    return {
        "id": item.id,
        "status": store.items.statuses(item_id, item_id)[item_id],
        "source": item.source,
        "source_id": item.source_id,
        "said_at": item.created_at,
        "collected_at": item.collected_at,
        "url": item.url,
        "library": item.library,
        "area": item.area,
        "area_method": item.area_method,
        "text": item.text,
        "changed_to": store.items.versions(item_id),
        "at_source": _at_source(store, item_id),
        "answers": item.answers,
        "told": as_mapping(told_answers(store, item, "en")),
        "consents": sorted(store.items.uses(item_id, item_id).get(item_id, ())),
        "captures": [digest for digest, _ in store.items.captures(item_id)],
        "annotations": [_assertion(item, each) for each in asserted if each.is_current],
        "taken_out": [
            {"kind": kind, "span": [span.start, span.end]}
            for kind, span in personal_data(each.annotation for each in asserted if each.is_current)
        ],
        "earlier": [_assertion(item, each) for each in asserted if not each.is_current],
        "codings": [
            {
                "round": each.round,
                "is_open": each.closed_at is None,
                "by": each.coder,
                "answer": each.answer,
                "themes": list(each.themes),
                "note": each.note,
                "is_final": each.is_final,
                "at": each.coded_at,
            }
            for each in store.gold.round_codes(item_id)
        ],
        "decisions": [
            {"status": d.status, "moderator": d.moderator, "reason": d.reason, "at": d.decided_at}
            for d in store.assertions.history(item_id)
        ],
        "permission": [
            {"state": s.state, "scope": list(s.scope), "proof": s.proof, "by": s.who, "at": s.noted_at}
            for s in store.permissions.steps(item_id)
        ],
        "packs": store.packs.holding(item_id),
        "sent": [
            {
                "pack": sent.pack_number,
                "recipient": sent.recipient,
                "on": sent.sent_on,
                "by": sent.sent_by,
                "how": sent.how,
                "note": sent.note,
            }
            for sent in sent_with(store, item_id)
        ],
        "no_longer": list(no_longer(store, item_id)),
    }


def sent_with(store: Store, item_id: int) -> list[Delivery]:
    """To whom a pack with this statement went, the newest day first: whom to tell when it is withdrawn (R4)."""
    return store.deliveries.packs_holding_item(item_id)


def no_longer(store: Store, item_id: int) -> Iterator[str]:
    """Why a statement may not be quoted, or not by those who have it, in words; nothing where it may.

    What counts is what people decided and what its platform shows.

    Raises ModerationError when there is no such item.
    """
    found = store.items.get([item_id])
    if not found:
        raise ModerationError(f"item {item_id}: there is no such item")
    status = store.items.statuses(item_id, item_id)[item_id]
    if not found[0].text:
        yield "its words were removed"
    if status != Status.APPROVED:
        yield f"it is {status}"
    uses = store.items.uses(item_id, item_id).get(item_id, frozenset())
    if not _QUOTING & uses:
        yield "nobody consents to its being quoted"
    elif Use.SEND_TO_REPRESENTATIVE not in uses and sent_with(store, item_id):
        yield "it was sent, and nobody consents to its being sent to a representative"
    seen = store.verifications.of(item_id, item_id).get(item_id)
    if seen is not None and seen.standing in _WENT:
        yield f"it is {seen.standing} at its source"


def whom_to_tell(store: Store, item_ids: Sequence[int]) -> Iterator[str]:
    """A line for each statement that was handed over and may not be quoted any more, with who has it."""
    for item_id in item_ids:
        sent = sent_with(store, item_id)
        if sent and any(no_longer(store, item_id)):
            who = ", ".join(dict.fromkeys(delivery.recipient for delivery in sent))
            yield f"item {item_id} was handed to {who}: tell them, and make their packs anew"


def _assertion(item: StoredItem, each: Asserted) -> dict[str, Any]:
    fact = each.annotation
    return {
        "label": fact.label,
        "value": fact.value,
        "score": fact.score,
        "words": [item.text[span.start : span.end] for span in fact.spans],
        "spans": [[span.start, span.end] for span in fact.spans],
        "by": fact.by,
        "made_at": each.made_at,
    }


def _at_source(store: Store, item_id: int) -> str:
    """How a post stood at its platform when it was last looked up, in words; '' when nobody asked."""
    found = store.verifications.of(item_id, item_id).get(item_id)
    if found is None:
        return ""
    when = f"{found.verified_at:%Y-%m-%d %H:%M}" if found.verified_at else "never answered"
    return f"{found.standing} ({when})" + (f": {found.detail}" if found.detail else "")
