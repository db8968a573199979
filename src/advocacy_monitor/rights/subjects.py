"""Whom a request is about: an item, an account, a withdrawal code or an e-mail address, and what is held of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from advocacy_monitor.errors import ModerationError
from advocacy_monitor.store import Store
from advocacy_monitor.store.people import Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One person, as far as the program can tell. What was typed is in no `repr`: it may be an address.

    `item_ids` are the person's own statements that are stored; `loose` are (source, source id) of contact details that
    belong to none, such as of an address that nobody confirmed. Different people may have had `accounts` of one name:
    more than one key in `identity.keys` says so.
    """

    item: int | None = None
    author: str | None = field(default=None, repr=False)
    code: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)
    item_ids: tuple[int, ...] = ()
    loose: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    identity: Identity = field(default_factory=Identity, repr=False)
    proven: bool = False

    @property
    def by(self) -> str:
        """How the person was named: 'item', 'author', 'code' or 'email'."""
        return next(name for name in ("item", "author", "code", "email") if getattr(self, name) is not None)


def find(
    store: Store,
    *,
    item: int | None = None,
    author: str | None = None,
    code: str | None = None,
    email: str | None = None,
    proven: bool = False,
) -> Subject:
    """Everything that is held of a person, who is named in exactly one way; `author` is SOURCE:HANDLE.

    `proven` leaves out what a code does not prove: other answers with an address that its holder has not confirmed.

    Raises ModerationError when nothing is held, without repeating a code or an address; StoreError for a store that
    is open for reading only.
    """
    given = [name for name, value in (("item", item), ("author", author), ("code", code), ("email", email)) if value]
    if len(given) != 1:
        raise ModerationError("name the person in one way: an item, an author, a code or an e-mail address")
    first: Sequence[int]
    loose: list[tuple[str, str]] = []
    if item is not None:
        first = [item]
    elif author is not None:
        first = _of_author(store, author)
    elif code is not None:
        first = _of_code(store, code)
    else:
        assert email is not None
        first, loose = store.people.of_address(email)
    own = sorted({each for start in first for each in _of_person(store, start, alone=proven and code is not None)})
    if not own and not loose:
        raise ModerationError(_nothing(item, author, code))
    identity = store.people.identity(own, email=email)
    return Subject(
        item=item,
        author=author,
        code=code,
        email=email,
        item_ids=tuple(own),
        loose=tuple(loose),
        identity=identity,
        proven=proven,
    )


def _of_person(store: Store, item_id: int, *, alone: bool) -> list[int]:
    """Everything by the same person. Whoever has a code has proved one answer to be theirs, and nothing of an address
    that they typed there: it may be somebody else's until its holder has confirmed it by mail."""
    found = store.erasures.of_same_person(item_id)
    return [each for each in found if each == item_id] if alone and not store.held.is_confirmed(item_id) else found


def again(store: Store, subject: Subject) -> Subject:
    """The same person, with what is held of them now. Raises ModerationError."""
    return find(
        store,
        item=subject.item,
        author=subject.author,
        code=subject.code,
        email=subject.email,
        proven=subject.proven,
    )


def _of_author(store: Store, author: str) -> list[int]:
    """Names of sources and of accounts may hold colons: the longest source that fits is meant."""
    sources = store.people.sources()
    known = {each.casefold(): each for each in sources}
    for at in sorted((at for at, sign in enumerate(author) if sign == ":"), reverse=True):
        if (source := known.get(author[:at].strip().casefold())) is not None:
            found = store.people.of_account(source, author[at + 1 :])
            if not found and (near := store.people.accounts_elsewhere(source, author[at + 1 :])):
                raise ModerationError(
                    f"{author}: nothing is stored of this account; there is {' and '.join(near)}: name the one that is "
                    "meant with its server"
                )
            return found
    named = ", ".join(sources) or "none yet"
    raise ModerationError(f"an author is named as SOURCE:HANDLE, such as x:ada; sources with statements: {named}")


def _of_code(store: Store, code: str) -> Sequence[int]:
    found = store.submissions.of_code(code)
    return [] if found is None else [found]


def _nothing(item: int | None, author: str | None, code: str | None) -> str:
    if item is not None:
        return f"item {item}: there is no such item, or its words were removed before"
    if author is not None:
        return f"{author}: nothing is stored of this account, or it was removed before"
    if code is not None:
        return "this code belongs to no answer; it was mistyped, or the answer was withdrawn"
    return "nothing is held of this address, or it was removed before"
