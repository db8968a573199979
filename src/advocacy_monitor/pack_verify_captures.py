"""Checks quotes against records as they were received, which an association may hand to somebody who wants to check.

A record is found by its digest, whatever its file is called. Its words are looked for in every text that it holds, with
HTML taken off and blanks made one, since platforms wrap a post's words differently.
"""

from __future__ import annotations

import hashlib
import html
import itertools
import json
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from advocacy_monitor.models import EvidencePack, Exhibit
from advocacy_monitor.pack_checks import Check, not_possible, ok, quotes

_MOST_FILES = 20_000
_LARGEST = 64 * 2**20
_TAG = re.compile(r"<(?:[a-zA-Z/][^<>]*|!--.*?--)>", re.DOTALL)
_BREAK = re.compile(r"<(?:br|/?p|/?div|/?li|/?blockquote)\b[^<>]*>", re.IGNORECASE)


def capture_checks(pack: EvidencePack, folder: Path) -> Iterator[Check]:
    """Every quote that names the digest of its record against the record, if it lies in the folder."""
    wanted = [each for each in pack.exhibits if each.capture_sha256]
    unnamed = [each.number for each in pack.exhibits if not each.capture_sha256]
    if unnamed:
        why = "these quotes name no record, because something was taken out of them: they could not be compared"
        yield not_possible("captures", why, unnamed)
    try:
        found = _found(folder, {each.capture_sha256 for each in wanted})
    except OSError as error:
        yield not_possible("captures", f"{folder} cannot be read: {error.strerror}", [each.number for each in wanted])
        return
    yield from _compared(wanted, found)


def _found(folder: Path, digests: set[str]) -> dict[str, bytes]:
    """The records that are asked for, by their digests. Files that are larger than any record are not read."""
    records: dict[str, bytes] = {}
    files = (each for each in sorted(folder.rglob("*")) if stat.S_ISREG(each.lstat().st_mode))
    for path in itertools.islice(files, _MOST_FILES):
        if path.stat().st_size <= _LARGEST:
            data = path.read_bytes()
            digest = hashlib.sha256(data).hexdigest()
            if digest in digests:
                records[digest] = data
    return records


def _compared(wanted: list[Exhibit], records: dict[str, bytes]) -> Iterator[Check]:
    same, other, absent = [], [], []
    for each in wanted:
        record = records.get(each.capture_sha256)
        if record is None:
            absent.append(each.number)
        elif says(record, each.text):
            same.append(each.number)
        else:
            other.append(each.number)
    if same:
        yield ok("captures", f"{quotes(len(same))}: the record has the digest in the pack and holds the words", same)
    if other:
        yield not_possible(
            "captures",
            "the records of these quotes have the digest in the pack, but their words could not be found in them as "
            "they stand: they could not be compared; read them yourself",
            other,
        )
    if absent:
        yield not_possible("captures", "the records of these quotes are not in the folder: not compared", absent)


def says(record: bytes, text: str) -> bool:
    """Whether a record as received holds these words, one after the other."""
    wanted = _plain(text)
    return bool(wanted) and any(wanted in said for said in _texts(record))


def _texts(record: bytes) -> Iterator[str]:
    """Every text of a record: each string of a JSON document, or the whole of anything else; as it is and as HTML."""
    try:
        document = json.loads(record)
    except (ValueError, RecursionError):
        strings = [record.decode("utf-8", "replace")]
    else:
        strings = list(_strings(document))
    for each in strings:
        yield _plain(each)
        yield _plain(html.unescape(_TAG.sub("", _BREAK.sub(" ", each))))


def _strings(document: object) -> Iterator[str]:
    waiting = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value


def _plain(text: str) -> str:
    return " ".join(text.split())
