"""Who typed a code holds a ticket for a while: signed, in a hidden field of each form, instead of a cookie.

A ticket is for one statement and one purpose, lasts an hour, and is worth nothing without the key in the contacts
file. It says nothing about the code: a page that somebody saved or sent on cannot be opened again after that hour.
"""

from __future__ import annotations

from datetime import timedelta

from itsdangerous import BadData, URLSafeSerializer

from advocacy_monitor.store import Store

LASTS = timedelta(hours=1)
_LONGEST = 500


class TicketError(Exception):
    """The ticket is too old, or none of ours."""


def ticket_for(store: Store, item_id: int, *, purpose: str) -> str:
    """The ticket with which the next form shows that the code for this item was typed."""
    until = int((store.now() + LASTS).timestamp())
    return str(_signed(store, purpose).dumps([item_id, until]))


def item_of(store: Store, ticket: str, *, purpose: str) -> int:
    """The item that a ticket is for. Raises TicketError."""
    try:
        item_id, until = _signed(store, purpose).loads(ticket[:_LONGEST])
    except (BadData, ValueError, TypeError) as error:
        raise TicketError from error
    if store.now().timestamp() > until:
        raise TicketError
    return int(item_id)


def _signed(store: Store, purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(store.submissions.key("tickets of holders"), salt=f"holder of {purpose}")
