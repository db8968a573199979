"""Finding what is held of a person: by the name of an account, by an e-mail address, in notes and unread records."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from sqlite_utils import Database

from advocacy_monitor.errors import StoreError
from advocacy_monitor.store.contacts import Contacts
from advocacy_monitor.store.handles import spellings

_AMONG = "IN (SELECT value FROM json_each(?))"
_THERE = "NOT EXISTS (SELECT 1 FROM tombstones WHERE tombstones.item_id = items.id)"
_NOTES = (
    ("runs", "message", "the log of runs"),
    ("runs", "name", "the log of runs"),
    ("cursors", "checkpoint", "where a collector left off"),
    ("actions", "detail", "the log of the desk"),
    ("decisions", "reason", "reasons of decisions about other statements"),
    ("permissions", "proof", "notes on permissions of other statements"),
    ("codings", "note", "coders' notes on other statements"),
    ("packs", "title", "titles of packs"),
    ("packs", "query", "what packs were asked for"),
    ("deliveries", "note", "notes on deliveries"),
    ("follow_ups", "note", "notes on what is to be done"),
    ("alerts", "message", "alerts"),
)
"""Where staff and the program write freely, so that a name may stand there."""


_LEAST_DIGITS, _LEAST_LETTERS = 7, 5
_LONG_HANDLE = 10
_MOST_WORDS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """By what a person is known: keyed hashes, and the words that nobody logs or prints.

    `keys` are of the people as their platforms know them, `accounts` of the names of accounts; `words` are names,
    handles, addresses and telephone numbers, `ids` the numbers that platforms have given to statements. `sure` and
    `handles` are those among them that nobody else has: a name may be anybody's, and a handle may be a word.
    """

    keys: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    words: tuple[str, ...] = field(default=(), repr=False)
    ids: tuple[str, ...] = field(default=(), repr=False)
    sure: tuple[str, ...] = field(default=(), repr=False)
    handles: tuple[str, ...] = field(default=(), repr=False)

    @property
    def traces(self) -> tuple[str, ...]:
        """Everything that leads to the person."""
        return (*self.words, *self.ids)


class People:
    """Reads; nothing here writes. What needs the contacts file raises StoreError where it is not open."""

    def __init__(self, db: Database, path: Path, contacts: Contacts | None) -> None:
        self._db = db
        self._path = path
        self._maybe_contacts = contacts

    @property
    def _contacts(self) -> Contacts:
        if self._maybe_contacts is None:
            raise StoreError(f"{self._path}: is open for reading only")
        return self._maybe_contacts

    def accounts_elsewhere(self, source: str, handle: str, *, most: int = 5) -> list[str]:
        """Accounts of this name whose names end in that of a server, such as ada@books.example for ada."""
        wanted = f"{handle.strip().removeprefix('@').lower()}@"
        rows = self._db.execute(
            "SELECT DISTINCT author_handle FROM items WHERE source = ? AND author_handle IS NOT NULL "
            "AND substr(lower(author_handle), 1, ?) = ? ORDER BY 1 LIMIT ?",
            [source, len(wanted), wanted, most],
        ).fetchall()
        return [f"{source}:{row[0]}" for row in rows]

    def of_account(self, source: str, handle: str) -> list[int]:
        """Statements of an account by its name, which may be several people's over time."""
        rows = self._db.execute(
            "SELECT id FROM items WHERE source = ?1 "  # noqa: S608
            f"AND author_handle IN (SELECT value FROM json_each(?2)) AND {_THERE} ORDER BY id",
            [source, msgspec.json.encode(spellings(self._db, source, handle)).decode()],
        ).fetchall()
        return [row[0] for row in rows]

    def sources(self) -> list[str]:
        """Every source of which something is stored."""
        return [row[0] for row in self._db.execute("SELECT DISTINCT source FROM items ORDER BY source").fetchall()]

    def of_address(self, email: str) -> tuple[list[int], list[tuple[str, str]]]:
        """Statements that came with an address, and the keys of contact details that belong to no statement."""
        entries = self._contacts.of_address(email)
        rows = self._db.execute(
            f"SELECT id FROM items WHERE person_key = ? AND {_THERE}",  # noqa: S608
            [self._contacts.address_key(email)],
        ).fetchall()
        found = {row[0] for row in rows}
        loose = []
        for key in sorted(entries):
            versions = self._versions(*key)
            found.update(versions)
            if not versions:
                loose.append(key)
        return sorted(found), loose

    def _versions(self, source: str, source_id: str) -> list[int]:
        """An answer that is stored under this id, or as a later version of it; [] when none is, or its words went."""
        rows = self._db.execute(
            f"SELECT id FROM items WHERE source = ?1 AND source_id = ?2 AND {_THERE} UNION ALL "  # noqa: S608
            f"SELECT id FROM items WHERE source = ?1 AND source_id > ?3 AND source_id < ?4 AND {_THERE}",
            [source, source_id, f"{source_id}~", f"{source_id}\x7f"],
        ).fetchall()
        return [row[0] for row in rows]

    def keys(self, item_ids: Sequence[int]) -> list[tuple[str, str]]:
        """Source and source id of statements."""
        rows = self._db.execute(
            f"SELECT source, source_id FROM items WHERE id {_AMONG} ORDER BY id",  # noqa: S608
            [_encoded(item_ids)],
        ).fetchall()
        return [(row[0], row[1]) for row in rows]

    def identity(self, item_ids: Sequence[int], *, email: str | None = None) -> Identity:
        """By what those who made these statements are known."""
        rows = self._db.execute(
            "SELECT source, source_id, person_key, author_handle, author_name, kind FROM items "  # noqa: S608
            f"WHERE id {_AMONG} ORDER BY id",
            [_encoded(item_ids)],
        ).fetchall()
        posts = [row for row in rows if row[5] == "post"]
        contacts = self._contacts.details((row[0], row[1]) for row in rows)
        words = [word for row in rows for word in (row[3], row[4])]
        words += [word for each in contacts for word in (each.name, each.email, each.phone)]
        reached = [email, *(word for each in contacts for word in (each.email, each.phone))]
        ids, called = [row[1] for row in rows], [row[3].strip().lstrip("@") for row in rows if row[3]]
        return Identity(
            keys=tuple(dict.fromkeys(row[2] for row in posts if row[2])),
            accounts=tuple(dict.fromkeys(self._contacts.account_key(row[0], row[3]) for row in posts if row[3])),
            words=tuple(dict.fromkeys(word for each in (*words, email) if (word := _of_one(each)))),
            ids=tuple(dict.fromkeys(word for row in rows if (word := _of_one(row[1])))),
            sure=tuple(dict.fromkeys(filter(None, (*(_of_one(word) for word in reached), *map(_of_one, ids))))),
            handles=tuple(dict.fromkeys(each for each in called if _of_one(each) and _is_nobody_elses(each))),
        )

    def rejects_of(self, identity: Identity) -> list[str]:
        """Digests of records that could not be read and are the person's: an address, a number or the whole of a field
        with the handle says so. Where only a name or a word stands, somebody else may have written it."""
        sure = matcher([*identity.sure, *(f'"{at}{each}"' for each in identity.handles for at in ("", "@"))])
        return [] if sure is None else [digest for digest, payload in self._contacts.rejects() if sure(payload)]

    def rejects_naming(self, words: Sequence[str]) -> list[str]:
        """Digests of records that could not be read and in which one of these words stands, as UTF-8 or in JSON."""
        found = matcher(words)
        return [] if found is None else [digest for digest, payload in self._contacts.rejects() if found(payload)]

    def notes_naming(self, words: Sequence[str]) -> Iterator[tuple[str, int]]:
        """Where else in the database one of these words stands, in words, and how often: for a person to look at."""
        counts: dict[str, int] = {}
        for table, column, told in _NOTES:
            for word in words[:_MOST_WORDS]:
                row = self._db.execute(
                    f"SELECT count(*) FROM {table} WHERE instr(lower({column}), lower(?))",  # noqa: S608  # no input
                    [word],
                ).fetchone()
                counts[told] = counts.get(told, 0) + int(row[0])
        yield from ((told, count) for told, count in counts.items() if count)


def _is_nobody_elses(handle: str) -> bool:
    """Whether a handle cannot well be a word, a first name or a language that others write."""
    return len(handle) >= _LONG_HANDLE or not handle.isalpha()


def _of_one(word: str | None) -> str:
    """The word, where it is not likely to be anybody's, as a short first name is, or the number 17; else ''."""
    word = (word or "").strip()
    return word if len(word) >= (_LEAST_DIGITS if word.isdigit() else _LEAST_LETTERS) else ""


def matcher(words: Sequence[str]) -> Callable[[bytes], bool] | None:
    """Whether a word stands in bytes, as a word of its own, in UTF-8 or as JSON escapes; None without words."""
    spelled = set()
    for word in words:
        spelled |= {word.encode(), word.casefold().encode(), msgspec.json.encode(word)[1:-1]}
        spelled.add(word.encode("ascii", "backslashreplace").replace(b"\\x", b"\\u00"))
    parts = [re.escape(each) for each in sorted(spelled) if each]
    if not parts:
        return None
    pattern = re.compile(rb"(?<![0-9A-Za-z])(?:" + b"|".join(parts) + rb")(?![0-9A-Za-z])", re.IGNORECASE)
    return lambda content: pattern.search(content) is not None


def _encoded(values: Sequence[object]) -> str:
    return msgspec.json.encode(list(values)).decode()
