"""Everything that is known about one statement, as plain values: what was asserted and decided, by whom and when."""

from __future__ import annotations

from typing import Any

from advocacy_monitor.errors import ModerationError
from advocacy_monitor.models import StoredItem
from advocacy_monitor.store import Store
from advocacy_monitor.store.gold import Asserted


def story_of(store: Store, item_id: int) -> dict[str, Any]:
    """One statement's whole story. Raises ModerationError when there is no such item.

    `annotations` are those that count, `earlier` those of older versions of the software. What coders answered in a
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
        "consents": sorted(store.items.uses(item_id, item_id).get(item_id, ())),
        "captures": [digest for digest, _ in store.items.captures(item_id)],
        "annotations": [_assertion(item, each) for each in asserted if each.is_current],
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
    }


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
