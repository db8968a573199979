"""Takes one person's data out on request and leaves tombstones (R4): first what it would be, then the removal.

What goes: words, author, contact details, consents and captured payloads of all statements by the person, reposts of
them, and records that could not be read and name the person. What stays: dates, places and themes, and which packs
quote them, so that their holders can be told. New posts of the person are not stored again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import chain

from advocacy_monitor.errors import ModerationError
from advocacy_monitor.models import StoredItem
from advocacy_monitor.rights.subjects import Subject, again
from advocacy_monitor.statement_story import whom_to_tell
from advocacy_monitor.store import Store

REASON = "erased on request"
"""What the tombstones say: a person's own reason may name somebody."""

_MOST_MENTIONS = 20
_TELL_WITHIN = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What would go. `own` are the person's statements, `reposts` those of others that only repeat them.

    `copies` are statements by others, or by accounts that nobody can tell from others', with the same words: they
    stay unless they are named. `mentions` name the person, as far as a search finds that, and stay. `holders` are the
    recipients of each pack that quotes what goes.
    """

    subject: Subject
    own: tuple[StoredItem, ...]
    reposts: tuple[StoredItem, ...]
    also: tuple[StoredItem, ...]
    copies: tuple[StoredItem, ...]
    mentions: tuple[int, ...]
    captures: int
    packs: tuple[str, ...]
    holders: dict[str, tuple[str, ...]]
    unconfirmed: tuple[int, ...] = ()
    """Answers found by an address that nobody has confirmed."""

    @property
    def items(self) -> tuple[StoredItem, ...]:
        """Everything that would go."""
        return (*self.own, *self.also, *self.reposts)

    @property
    def digest(self) -> str:
        """By which what was shown is known again when it is confirmed."""
        ids = ",".join(str(each.id) for each in self.items)
        return hashlib.sha256(f"{ids};{len(self.subject.loose) or ''}".encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What was done. `tell` are lines with who holds a pack that quotes what went.

    `contacts` are entries with contact details, `rejects` records that could not be read, `people` how many keys of
    the person are kept from coming back, `numbered` whether they are known by more than a name. `left` names where else
    in the database the person's name may stand.
    """

    items: tuple[int, ...]
    contacts: int
    packs: tuple[str, ...]
    tell: tuple[str, ...]
    rejects: int = 0
    people: int = 0
    numbered: bool = True
    left: tuple[tuple[str, int], ...] = field(default=())


def preview(store: Store, item_id: int, *, also: Sequence[int] = ()) -> Erasure:
    """Everything by the author of an item, with what hangs on it; `also` are copies that shall go as well.

    Raises ModerationError when the item does not exist or was removed, or when one of `also` is no copy.
    """
    own = store.erasures.of_same_person(item_id)
    if not own:
        raise ModerationError(f"item {item_id}: there is no such item, or its words were removed before")
    return preview_of(store, Subject(item=item_id, item_ids=tuple(own)), also=also)


def preview_of(store: Store, subject: Subject, *, also: Sequence[int] = ()) -> Erasure:
    """The same for a person who was found in another way. Raises ModerationError when one of `also` is no copy."""
    own = list(subject.item_ids)
    copies = store.erasures.copies(own)
    if strange := sorted(set(also) - set(copies)):
        raise ModerationError(f"item {strange[0]}: does not repeat what this person said")
    named = sorted(set(also))
    reposts = [each for each in store.erasures.reposts([*own, *named]) if each not in {*own, *named}]
    gone = [*own, *named, *reposts]
    packs = sorted(set(chain.from_iterable(store.packs.holding(each) for each in gone)))
    return Erasure(
        subject=subject,
        own=tuple(store.items.get(own)),
        also=tuple(store.items.get(named)),
        reposts=tuple(store.items.get(reposts)),
        copies=tuple(store.items.get([each for each in copies if each not in {*named, *reposts}])),
        mentions=_mentions(store, own, set(gone)),
        captures=store.stories.capture_count(gone),
        packs=tuple(packs),
        holders={number: _holders(store, number) for number in packs},
        unconfirmed=tuple(_unconfirmed(store, own)) if subject.email is not None else (),
    )


def erase(store: Store, shown: Erasure, *, confirmed: int, only_these: bool = False, by: str = "erase") -> Erased:
    """Removes what a preview showed. `confirmed` is the number of statements, as a person typed it, `by` who did.

    With `only_these`, what the person posts later is collected again. Raises ModerationError when the number is
    another, or when there is more or less to remove by now.
    """
    now = check(store, shown, confirmed=confirmed)
    subject, item_ids = now.subject, [each.id for each in shown.items]
    rejects = store.people.rejects_of(subject.identity)
    people = () if only_these else (*subject.identity.keys, *subject.identity.accounts)
    _note_to_tell(store, item_ids, by=by)  # before anything goes: nobody who holds a pack is forgotten
    addresses = store.erasures.addresses(subject.item_ids, email=subject.email)
    # The statements last: by them the person is found again, should the program die in between.
    loose = store.erasures.erase_contacts(subject.loose, addresses, reason=REASON)
    done = store.erasures.erase_items(item_ids, reason=REASON, people=people, rejects=rejects)
    store.verifications.settle()
    return Erased(
        items=tuple(item_ids),
        contacts=done.contacts + loose,
        packs=now.packs,
        tell=tuple(whom_to_tell(store, item_ids)),
        rejects=len(rejects),
        people=len(people),
        numbered=bool(subject.identity.keys),
        left=tuple(store.people.notes_naming(subject.identity.words)),
    )


def check(store: Store, shown: Erasure, *, confirmed: int) -> Erasure:
    """What would go now, where it is what was shown and confirmed. Raises ModerationError as `erase` does."""
    if confirmed != len(shown.items):
        raise ModerationError(
            f"the number of statements is {len(shown.items)}, and {confirmed} was typed; nothing was removed"
        )
    now = preview_of(store, again(store, shown.subject), also=[each.id for each in shown.also])
    if now.digest != shown.digest:
        raise ModerationError("what is stored of this person has changed since it was shown; look again")
    return now


def _note_to_tell(store: Store, item_ids: Sequence[int], *, by: str) -> None:
    """A follow-up for each delivery of a pack that quotes what goes; a second time there is none."""
    due_on = (store.now() + _TELL_WITHIN).date()
    for item_id in item_ids:
        note = f"item {item_id} was {REASON}: tell them, and make their pack anew"
        for delivery in store.deliveries.packs_holding_item(item_id):
            if note not in {each.note for each in store.deliveries.follow_ups(delivery.id)}:
                store.deliveries.add_follow_up(delivery.id, note=note, who=by, due_on=due_on)


def _unconfirmed(store: Store, item_ids: Sequence[int]) -> Iterator[int]:
    for item in store.items.get(item_ids):
        if item.kind == "submission" and not store.held.is_confirmed(item.id):
            yield item.id


def _holders(store: Store, number: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.recipient for each in store.deliveries.of_pack(number)))


def _mentions(store: Store, own: Sequence[int], gone: set[int]) -> tuple[int, ...]:
    """Statements of others in which the person's handle or name stands, and those that may be the person's own."""
    names = {
        name
        for item in store.items.get(own)
        for name in (item.author_handle, item.author_name)
        if name and len(name) > 2
    }
    named = (store.search(name, limit=_MOST_MENTIONS) for name in sorted(names)[:5])
    found = chain(store.erasures.perhaps_theirs(own), chain.from_iterable(named))
    return tuple(sorted({each for each in found if each not in gone}))[:_MOST_MENTIONS]
