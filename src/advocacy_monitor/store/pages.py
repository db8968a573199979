"""The hot path: a page of items, its captures, rejects and checkpoint, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import TypeAlias

import msgspec
import zstandard
from sqlite_utils import Database

from advocacy_monitor.errors import StoreError
from advocacy_monitor.models import Cursor, Item, Page, Post, Reject, Submission, Tally, Use
from advocacy_monitor.store.burials import Burials
from advocacy_monitor.store.contacts import Contacts
from advocacy_monitor.store.usage import add_usage

_encode = msgspec.json.Encoder(order="sorted").encode
_GERMAN = str.maketrans({"ß": "ss", "ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})

_POST = (
    "id, source, source_id, text, created_at, collected_at, url, language, hashtags, legal_basis, run_id, "
    "author_handle, author_name, person_key, counts"
)
_MORE = "relation, related_id, media_alt, place, search_words, library, area, area_method"
_SUBMISSION = (
    "id, source, source_id, text, created_at, collected_at, url, language, hashtags, legal_basis, run_id, "
    "author_name, person_key, answers, library, area, area_method, postcode, age_band, search_words"
)


def _insert(kind: str, columns: str) -> str:
    marks = ", ".join("?" * (columns.count(",") + 1))
    return f"INSERT INTO items (kind, {columns}) VALUES ('{kind}', {marks})"  # noqa: S608


# Most posts leave the columns of _MORE at their defaults, and each parameter that is bound costs time.
_PLAIN_POSTS, _POSTS = _insert("post", _POST), _insert("post", f"{_POST}, {_MORE}")
_SUBMISSIONS = _insert("submission", _SUBMISSION)
_INSERT_CAPTURE = """
INSERT INTO captures (item_id, segment_id, start, length, sha256, content_sha256) VALUES (?, ?, ?, ?, ?, ?)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalBasis:
    """Why what is stored may be stored, kept with every row (R1)."""

    posts: str = "legitimate interest: public post"
    submissions: str = "consent"
    mails: str = "legitimate interest: mail to the campaign"


_Numbered: TypeAlias = tuple[int, Item, str]
"""An item's id, the item, and the digest of what was said."""


_Seen: TypeAlias = tuple[int, list[str]]
"""The id of an item that is stored, and the digests of what was said in its versions, oldest first.

A person's words seldom change, counters and profile data all the time: a post's digest is that of its text.
"""


def search_words(text: str) -> str:
    """The words of a text that people also spell without ß and umlauts, spelled so: 'Bücher' gives 'Buecher'."""
    if text.isascii():
        return ""
    return " ".join(
        spelled for word in text.split() if not word.isascii() and (spelled := word.translate(_GERMAN)) != word
    )


def _stamp(moment: datetime) -> str:
    return (moment if moment.tzinfo is UTC else moment.astimezone(UTC)).isoformat()


def _item_row(
    item: Item, item_id: int, run_id: int, now: str, basis: LegalBasis, person: str | None
) -> tuple[str, tuple[object, ...]]:
    """The statement that inserts an item, and its parameters."""
    tags = _encode(item.hashtags).decode() if item.hashtags else "[]"
    said = (item_id, item.source, item.source_id, item.text, _stamp(item.created_at), now, item.url, item.language)
    words = search_words(item.text)
    if isinstance(item, Submission):
        quotable = item.contact.name if item.contact and Use.QUOTE_NAMED in item.consents else None
        method = "form" if item.area else None
        # Whoever writes a mail has ticked nothing.
        asked = basis.mails if item.source.startswith("mailbox") else basis.submissions
        answers = _encode(item.answers).decode()
        return _SUBMISSIONS, (
            *(*said, tags, asked, run_id, quotable, person, answers, item.library, item.area, method),
            *(item.postcode, item.age_band, words),
        )
    post = item if isinstance(item, Post) else Post(**msgspec.structs.asdict(item))
    counts = _encode(post.counts).decode() if post.counts else "{}"
    row = (*said, tags, basis.posts, run_id, post.author_handle, post.author_name, person, counts)
    known = post.library or post.area
    if words or post.relation or post.related_id or post.media_alt or post.place or known:
        alt = _encode(post.media_alt).decode() if post.media_alt else "[]"
        return _POSTS, (
            *(*row, post.relation, post.related_id, alt, post.place, words, post.library, post.area),
            "page" if known else None,
        )
    return _PLAIN_POSTS, row


def _alone(item: Item) -> Item:
    """What somebody said of a removed post, without the payload, in which the removed words may stand."""
    return msgspec.structs.replace(item, raw=b"", related_id=None) if isinstance(item, Post) else item


_KINDS = {"source": str, "source_id": str, "text": str, "created_at": datetime, "raw": bytes}
"""What a stranger's source may get wrong: msgspec checks nothing when a struct is made by hand."""


def storable(page: Page) -> Page:
    """The page with a reject in place of each item that no file can hold: half a character, or no text at all."""
    good, bad = [], []
    for item in page.items:
        wrong = next((name for name, kind in _KINDS.items() if not isinstance(getattr(item, name), kind)), None)
        if wrong is not None:
            found = type(getattr(item, wrong)).__name__
            reason = f"its {wrong} is of the type {found}; the source that made it is wrong"
            raw = item.raw if wrong != "raw" else repr(item.raw).encode("utf-8", "replace")
            bad.append(Reject(position=ascii(item.source_id), reason=reason, payload=raw))
            continue
        try:
            f"{item.text}{item.source}{item.source_id}".encode()
        except UnicodeEncodeError as error:
            reason = f"holds half a character (U+{ord(error.object[error.start]):04X}), which cannot be stored"
            bad.append(Reject(position=ascii(item.source_id), reason=reason, payload=item.raw))
        else:
            good.append(item)
    if not bad:
        return page
    return replace(page, items=tuple(good), rejects=(*page.rejects, *bad))


class PageWriter:
    """Adds pages to the main database. It is called inside one write transaction for each page."""

    def __init__(self, db: Database, contacts: Contacts) -> None:
        self._db = db
        self._contacts = contacts
        self._burials = Burials(db, contacts)
        self._compress = zstandard.ZstdCompressor(level=1).compress
        self._beside = ThreadPoolExecutor(max_workers=1, thread_name_prefix="compress")

    def close(self) -> None:
        """Ends the thread that compresses."""
        self._beside.shutdown()

    def add(self, run_id: int, page: Page, *, now: datetime, basis: LegalBasis, origin: str) -> Tally:
        """Stores what is new. Returns what became of each record of the page."""
        stamp = _stamp(now)
        first_id = self._next_id()
        new, changed = self._sort(page.items, first_id, origin)
        # Compressing lets other threads run, and so does SQLite: they share the time.
        sealed = self._beside.submit(self._sealed, [item.raw for _, item, _ in (*new, *changed)])
        rows: dict[str, list[tuple[object, ...]]] = {}
        for number, item, _ in new:
            statement, row = _item_row(item, number, run_id, stamp, basis, self._contacts.person_key(item))
            rows.setdefault(statement, []).append(row)
        for statement, parameters in rows.items():
            self._db.conn.executemany(statement, parameters)
        if rows:
            self._db.execute(
                "INSERT INTO items_fts (rowid, text, search_words) "
                "SELECT id, text, search_words FROM items WHERE id >= ?",
                [first_id],
            )
        self._add_captures(run_id, [*new, *changed], stamp, sealed)
        self._add_consents(new, stamp, origin)
        self._take_back_consents(changed, stamp, origin)
        self._mark_edited(changed, stamp)
        self._add_rejects(run_id, page.rejects, stamp, origin)
        self._add_appearances(page.items, stamp)
        add_usage(self._db, page.usage, day=stamp[:10], collector=origin)
        read, rejected = len(page.items) + len(page.rejects), len(page.rejects)
        already = read - rejected - len(new)
        return Tally(read=read, stored=len(new), already=already, rejected=rejected, changed=len(changed))

    def _next_id(self) -> int:
        row = self._db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'items'").fetchone()
        return (row[0] if row else 0) + 1

    def _sort(self, items: Sequence[Item], first_id: int, origin: str) -> tuple[list[_Numbered], list[_Numbered]]:
        """Parts a page into new items, with the ids that they will have, and new versions of known ones.

        What a platform says now is compared with its newest version, because words may be changed back; what stands
        in an imported archive with all of them, because an archive may be old.
        """
        known = self._known(items)
        buried = self._burials.among(items, known)
        archive = origin.startswith("import:")
        new: list[_Numbered] = []
        changed: list[_Numbered] = []
        for item in items:
            key = (item.source, item.source_id)
            if key in buried.out:
                continue
            if key in buried.around:
                item = _alone(item)
            content = sha256(item.raw if isinstance(item, Submission) else item.text.encode()).hexdigest()
            seen = known.get(key)
            if seen is None:
                number = first_id + len(new)
                known[key] = (number, [content])
                new.append((number, item, content))
            elif content not in (seen[1] if archive else seen[1][-1:]):
                seen[1].append(content)
                changed.append((seen[0], item, content))
        return new, changed

    def _known(self, items: Sequence[Item]) -> dict[tuple[str, str], _Seen]:
        by_source: dict[str, list[str]] = {}
        for item in items:
            by_source.setdefault(item.source, []).append(item.source_id)
        known: dict[tuple[str, str], _Seen] = {}
        for source, ids in by_source.items():
            rows = self._db.execute(
                "SELECT items.source_id, items.id, captures.content_sha256 FROM json_each(?) AS wanted "
                "CROSS JOIN items ON items.source = ? AND items.source_id = wanted.value "
                "LEFT JOIN captures ON captures.item_id = items.id ORDER BY captures.id",
                [_encode(ids).decode(), source],
            )
            for source_id, item_id, content in rows:
                seen = known.setdefault((source, source_id), (item_id, []))
                seen[1].append(content)
        return known

    def unburied(self, items: Sequence[Item]) -> Sequence[Item]:
        """The answers among the items, without those that were removed: of these not even contact details are kept."""
        answers = [item for item in items if isinstance(item, Submission)]
        out = self.buried(answers)
        return [item for item in answers if (item.source, item.source_id) not in out]

    def buried(self, answers: Sequence[Item]) -> frozenset[tuple[str, str]]:
        """Source and source id of the answers among these that were removed."""
        return self._burials.among(answers, {}).out if answers else frozenset()

    def unburied_rejects(self, rejects: Sequence[Reject]) -> Sequence[Reject]:
        """The records that could not be read without those that were removed before."""
        return self._burials.rejects(rejects, [sha256(reject.payload).hexdigest() for reject in rejects])

    def _sealed(self, payloads: Sequence[bytes]) -> bytes:
        """The payloads of a page, compressed together."""
        return self._compress(b"".join(payloads))

    def _add_captures(self, run_id: int, captures: Sequence[_Numbered], stamp: str, sealed: Future[bytes]) -> None:
        payload = sealed.result()
        if not captures:
            return
        segment = self._db.execute(
            "INSERT INTO segments (run_id, received_at, payload) VALUES (?, ?, ?)", [run_id, stamp, payload]
        ).lastrowid
        start = 0
        rows = []
        for item_id, item, content in captures:
            length = len(item.raw)
            rows.append((item_id, segment, start, length, sha256(item.raw).hexdigest(), content))
            start += length
        self._db.conn.executemany(_INSERT_CAPTURE, rows)

    def _add_consents(self, new: Sequence[_Numbered], stamp: str, origin: str) -> None:
        rows = [
            (item_id, use, 1, f"ticked in {origin}", stamp)
            for item_id, item, _ in new
            if isinstance(item, Submission)
            for use in sorted(item.consents)
        ]
        self._db.conn.executemany(
            "INSERT INTO consents (item_id, use, granted, proof, recorded_at) VALUES (?, ?, ?, ?, ?)", rows
        )

    def _take_back_consents(self, changed: Sequence[_Numbered], stamp: str, origin: str) -> None:
        """A tick that is gone from a changed answer is a consent withdrawn; a new tick is for a person to note."""
        for item_id, item, _ in changed:
            if not isinstance(item, Submission):
                continue
            rows = self._db.execute("SELECT use FROM item_consents WHERE item_id = ? AND granted = 1", [item_id])
            gone = sorted({row[0] for row in rows.fetchall()} - set(item.consents))
            self._db.conn.executemany(
                "INSERT INTO consents (item_id, use, granted, proof, recorded_at) VALUES (?, ?, 0, ?, ?)",
                [(item_id, use, f"no longer ticked in {origin}", stamp) for use in gone],
            )

    def _mark_edited(self, changed: Sequence[_Numbered], stamp: str) -> None:
        """Leaves a mark that the source no longer says what the item says; an approved item needs a new look."""
        self._db.conn.executemany(
            'INSERT INTO annotations (item_id, label, value, "by", made_at) VALUES (?, ?, ?, ?, ?)',
            [(item_id, "edited", content, "collect@1", stamp) for item_id, _, content in changed],
        )
        self._db.conn.executemany(
            "INSERT INTO versions (item_id, content_sha256, text, noted_at) VALUES (?, ?, ?, ?)",
            [(item_id, content, item.text, stamp) for item_id, item, content in changed],
        )
        self._db.conn.executemany(
            "INSERT INTO decisions (item_id, status, moderator, reason, decided_at) "
            "SELECT item_id, 'escalated', 'collect@1', 'changed at the source', ? FROM item_status "
            "WHERE item_id = ? AND status = 'approved'",
            [(stamp, item_id) for item_id, _, _ in changed],
        )

    def _add_rejects(self, run_id: int, rejects: Sequence[Reject], stamp: str, origin: str) -> None:
        """Notes what could not be read, once: a collector meets the same record again, on another page of a listing.

        Two equal lines of a file are two records; of what may not be kept nothing is known but its place.
        """
        self._db.conn.executemany(
            "INSERT OR IGNORE INTO rejects (run_id, origin, position, reason, sha256, length, rejected_at) "
            "SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE ?6 = 0 OR (SELECT kind FROM runs WHERE id = ?1) <> 'collect' "
            "OR NOT EXISTS (SELECT 1 FROM rejects WHERE origin = ?2 AND sha256 = ?5)",
            [
                (
                    *(run_id, origin, reject.position, reject.reason),
                    *(sha256(reject.payload).hexdigest(), len(reject.payload), stamp),
                )
                for reject in self.unburied_rejects(rejects)
            ],
        )

    def _add_appearances(self, items: Sequence[Item], stamp: str) -> None:
        """Where each item was seen, once for each place. Most sources have one place and do not say it."""
        seen = [(item.seen_on, stamp, item.source, item.source_id) for item in items if item.seen_on]
        if seen:
            self._db.conn.executemany(
                "INSERT OR IGNORE INTO appearances (item_id, seen_on, first_seen_at) "
                "SELECT id, ?, ? FROM items WHERE source = ? AND source_id = ?",
                seen,
            )


def move_cursor(
    db: Database, collector: str, *, expected: Cursor | None, checkpoint: Cursor, run_id: int, now: datetime
) -> None:
    """Stores a checkpoint, unless another run has moved the cursor in the meantime. Raises StoreError."""
    row = db.execute("SELECT checkpoint FROM cursors WHERE collector = ?", [collector]).fetchone()
    if (None if row is None else row[0]) != (None if expected is None else _encode(expected).decode()):
        raise StoreError(f"collector {collector}: another run has moved its cursor; this run stops, nothing is lost")
    db.execute(
        "INSERT INTO cursors (collector, checkpoint, run_id, updated_at) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (collector) DO UPDATE SET checkpoint = excluded.checkpoint, run_id = excluded.run_id, "
        "updated_at = excluded.updated_at",
        [collector, _encode(checkpoint).decode(), run_id, _stamp(now)],
    )
