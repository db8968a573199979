"""Withdrawal codes: what a person needs to see, change or take back an answer, and nothing else (R4).

A code has twelve letters of an alphabet of 31 without those that are read wrongly, some 59 bits. The database keeps a
keyed hash of it only. The same sending of the form always has the same code, so that a page that is sent twice shows
the code that holds.
"""

from __future__ import annotations

import hashlib
import re
import secrets

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Without 0, O, 1, I and L, which are read wrongly."""
_LENGTH = 12
_GROUP = 4
# Invisible signs come along when a code is copied out of a mail.
_BETWEEN = re.compile(r"[\s\-\u2010-\u2015\u2212.\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]+")


def new_code() -> str:
    """A code that nobody can guess, as it is shown: 'ABCD-EFGH-JKMN'."""
    return shown("".join(secrets.choice(LETTERS) for _ in range(_LENGTH)))


def withdrawal_code(sending: str, key: bytes) -> str:
    """The code of one sending of the form; without the key nobody can tell one from the other."""
    digest = hashlib.blake2b(sending.encode(), key=key, digest_size=32, person=b"withdrawal").digest()
    number, letters = int.from_bytes(digest, "big"), []
    for _ in range(_LENGTH):
        number, at = divmod(number, len(LETTERS))
        letters.append(LETTERS[at])
    return shown("".join(letters))


def plain(code: str) -> str | None:
    """A code as it was typed, without spaces and dashes; None for what is no code."""
    letters = _BETWEEN.sub("", code[:100]).upper()
    return letters if len(letters) == _LENGTH and set(letters) <= set(LETTERS) else None


def shown(letters: str) -> str:
    """A code as it is shown, in groups of four."""
    return "-".join(letters[start : start + _GROUP] for start in range(0, len(letters), _GROUP))
