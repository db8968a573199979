"""Keys of recipients: short names that stand in file names and in the log of deliveries."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Collection

LONGEST = 60
_ALLOWED = re.compile(rf"[a-z0-9][a-z0-9_-]{{0,{LONGEST - 1}}}", re.ASCII)
_WINDOWS = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
"""Names that no file may have on Windows, whatever comes after the full stop."""

_LETTERS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "œ": "oe", "ø": "oe", "å": "aa"}
    | {"ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)


def is_key(key: str) -> bool:
    """Whether a text can be a key: a-z, 0-9, hyphen and underscore, and a name that every system takes."""
    return _ALLOWED.fullmatch(key) is not None and key not in _WINDOWS


def made_key(name: str, area: str, taken: Collection[str]) -> str:
    """A key for a name that is not taken yet: the name, then with the area, then with a number.

    A name without any letter that can be written in ASCII gets the first digits of its SHA-256, so that it keeps its
    key when the list is sorted anew.
    """
    plain = _ascii(name)
    if not is_key(plain):
        plain = f"r-{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"
    if plain not in taken:
        return plain
    beside = f"{plain[: LONGEST // 2]}-{_ascii(area)}"[:LONGEST].strip("-")
    if area and is_key(beside) and beside not in taken:
        return beside
    number = 2
    while f"{plain[: LONGEST - 8]}-{number}" in taken:
        number += 1
    return f"{plain[: LONGEST - 8]}-{number}"


def _ascii(text: str) -> str:
    composed = unicodedata.normalize("NFC", text).lower().translate(_LETTERS)
    bare = unicodedata.normalize("NFKD", composed).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", bare.replace("'", "")).strip("-")[:LONGEST].rstrip("-")
