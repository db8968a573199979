"""Everything that is stored of statements and of their author's contact details, as plain values, for that person only.

What staff may see stands elsewhere; this reads the contacts file and is for an answer to a request for access (and for
nothing else): never log, print or export what is in here.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from sqlite_utils import Database

from advocacy_monitor.errors import StoreError
from advocacy_monitor.store.connection import translated
from advocacy_monitor.store.contacts import PAPER, Contacts
from advocacy_monitor.store.versions import versions

_ITEM = (
    "source_id, text, created_at, collected_at, url, language, hashtags, author_handle, author_name, relation, "
    "related_id, media_alt, counts, answers, place, library, area, area_method, postcode, age_band, legal_basis"
)
_JSON = ("hashtags", "media_alt", "counts", "answers")
_LISTS = {
    "translations": "SELECT language, text, made_at FROM translations WHERE item_id = ? ORDER BY id",
    "seen_on": "SELECT seen_on, first_seen_at FROM appearances WHERE item_id = ? ORDER BY first_seen_at, seen_on",
    "earlier_versions": "SELECT text, noted_at FROM versions WHERE item_id = ? ORDER BY id",
    "received": "SELECT received_at, length, sha256 FROM captures JOIN segments ON segments.id = segment_id "
    "WHERE item_id = ? AND sha256 <> '' ORDER BY captures.id",
    "withdrawal_codes": "SELECT made_at FROM withdrawal_codes WHERE item_id = ? ORDER BY made_at",
    "quoted_in": "SELECT pack_number AS pack, pack_exhibits.number AS quote, made_at FROM pack_exhibits "
    "JOIN packs ON packs.number = pack_number WHERE item_id = ? ORDER BY made_at, pack_number",
    "done_at_the_desk": "SELECT done_at, action, detail FROM actions WHERE item_id = ? ORDER BY id",
    "read_from_paper": "SELECT entered_at, answers FROM transcriptions WHERE item_id = ? AND answers <> '{}' "
    "ORDER BY id",
}


class HeldOn:
    """Reads what is held; needs the contacts file, and raises StoreError where it is not open."""

    def __init__(self, db: Database, path: Path, contacts: Contacts | None) -> None:
        self._db = db
        self._path = path
        self._maybe_contacts = contacts

    @property
    def _contacts(self) -> Contacts:
        if self._maybe_contacts is None:
            raise StoreError(f"{self._path}: is open for reading only")
        return self._maybe_contacts

    def statement(self, item_id: int) -> dict[str, Any]:
        """The row of a statement and what lies in other tables about it, by name. Raises StoreError."""
        with translated(self._path):
            row = _dicts(self._db, f"SELECT {_ITEM} FROM items WHERE id = ?", [item_id])[0]  # noqa: S608  # no input
            for name in _JSON:
                row[name] = msgspec.json.decode(row[name])
            for name, statement in _LISTS.items():
                row[name] = _dicts(self._db, statement, [item_id])
            for each in row["read_from_paper"]:
                each["answers"] = msgspec.json.decode(each["answers"])
            row["vectors"] = [
                {"encoder": each["encoder"], "base64": base64.b64encode(each["vector"]).decode()}
                for each in _dicts(self._db, "SELECT encoder, vector FROM vectors WHERE item_id = ?", [item_id])
            ]
        return row

    def is_confirmed(self, item_id: int) -> bool:
        """Whether whoever gave an answer has shown that its e-mail address is theirs."""
        row = self._db.execute("SELECT source, source_id FROM items WHERE id = ?", [item_id]).fetchone()
        if row is None:
            return False
        return self._contacts.is_confirmed(row[0], row[1])

    def keys(self, item_ids: Sequence[int]) -> list[tuple[str, str]]:
        """Source and source id of statements, and of the versions of answers before them."""
        rows = self._db.execute(
            "SELECT source, source_id, kind FROM items WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
            [msgspec.json.encode(list(item_ids)).decode()],
        ).fetchall()
        found = [
            (source, each)
            for source, source_id, kind in rows
            for each in (versions(source_id) if kind == "submission" else [source_id])
        ]
        return list(dict.fromkeys(found))

    def contact_details(self, keys: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
        """Names, addresses and telephone numbers that came with statements, and addresses that were to be confirmed."""
        db, found = self._contacts.db, []
        with translated(self._path):
            for key in keys:
                for row in _dicts(
                    db,
                    "SELECT name, email, phone, other, received_at FROM contacts WHERE source = ? AND source_id = ?",
                    key,
                ):
                    row["other"] = msgspec.json.decode(row["other"])
                    found.append({"kind": "given with a statement", **row})
                for row in _dicts(
                    db,
                    "SELECT email, language, wants_contact, asked_at, mailed_at, confirmed_at FROM opt_ins "
                    "WHERE source = ? AND source_id = ?",
                    key,
                ):
                    row["wants_contact"] = bool(row["wants_contact"])
                    found.append({"kind": "address to be confirmed", **row})
                found += [
                    {"kind": "on a flyer", **row}
                    for row in self._on_paper(
                        "SELECT name, email FROM paper_contacts WHERE batch_id = ? AND flyer = ?", key
                    )
                ]
        return found

    def mails(self, keys: Sequence[tuple[str, str]], email: str | None) -> list[dict[str, Any]]:
        """Mails to the person that wait or were sent lately: about statements, or to an address that is theirs."""
        wanted = email.strip().casefold() if email else None
        with translated(self._path):
            rows = _dicts(
                self._contacts.db,
                "SELECT kind, recipient, subject, body, state, made_at, due_at, source, source_id FROM outbox "
                "ORDER BY id",
                [],
            )
        found = []
        for row in rows:
            key = (row.pop("source"), row.pop("source_id"))
            if key in keys or (wanted and row["recipient"].strip().casefold() == wanted):
                found.append(row)
        return found

    def scans(self, keys: Sequence[tuple[str, str]]) -> Iterator[tuple[str, bytes]]:
        """Pictures of flyers: their media type and content."""
        for key in keys:
            for row in self._on_paper(
                "SELECT media_type, content FROM scans WHERE batch_id = ? AND flyer = ? ORDER BY id", key
            ):
                yield row["media_type"], bytes(row["content"])

    def unread(self, digests: Sequence[str]) -> Iterator[tuple[dict[str, Any], bytes]]:
        """Records that could not be read: where they came from, and what they are."""
        for digest in digests:
            rows = _dicts(
                self._db,
                "SELECT origin, position, reason, rejected_at FROM rejects WHERE sha256 = ? ORDER BY id",
                [digest],
            )
            payload = _dicts(
                self._contacts.db, "SELECT payload, received_at FROM reject_payloads WHERE sha256 = ?", [digest]
            )
            for each in payload:
                yield {"sha256": digest, "received_at": each["received_at"], "noted": rows}, bytes(each["payload"])

    def _on_paper(self, statement: str, key: tuple[str, str]) -> list[dict[str, Any]]:
        source, source_id = key
        batch, _, flyer = source_id.partition("~")[0].partition("-")
        if source != PAPER or not batch.isdigit() or not flyer.isdigit():
            return []
        return _dicts(self._contacts.db, statement, [int(batch), int(flyer)])


def _dicts(db: Database, statement: str, values: Sequence[object]) -> list[dict[str, Any]]:
    found = db.execute(statement, list(values))
    names = [each[0] for each in found.description]
    return [dict(zip(names, map(_timed, names, row), strict=True)) for row in found.fetchall()]


def _timed(name: str, value: Any) -> Any:
    """A time of the database as one of Python."""
    return datetime.fromisoformat(value) if value and name.endswith("_at") else value
