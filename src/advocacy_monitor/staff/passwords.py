"""Passwords: which are good enough, how one is made, and the only form in which one is kept (Argon2id)."""

from __future__ import annotations

import re
import secrets
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from advocacy_monitor.errors import ConfigError

LEAST = 12
MOST = 256
"""Characters. Longer ones are no better, and a megabyte would only keep the server busy."""

_LEFT = 6
"""So many characters must be left when everything that is guessed first has been taken out."""
_DIFFERENT = 6
_AT_ONCE = 2
_WAITING = 6
_PATIENCE = 10.0

_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without letters and digits that are mistaken for each other when they are read out or copied from paper."""
_GROUPS = (5, 5, 5, 5)

_ROWS = (
    *("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "qwertzuiopü", "azertyuiop", "asdfghjklöä"),
    *("zxcvbnm", "yxcvbnm", "qazwsxedcrfv", "qaywsxedcrfv", "1q2w3e4r5t6y7u", "1q2w3e4r5t6z7u"),
)
_WORDS = (
    "password passwort passwd kennwort geheim secret admin administrator login letmein welcome willkommen hallo hello "
    "changeme default master guest gast user nutzer test testing monkey dragon football baseball sunshine princess "
    "iloveyou ichliebedich loveyou superman batman shadow trustno ninja access schatz sommer winter summer spring "
    "autumn herbst fruhling frühling fussball fußball computer internet qwerty qwertz azerty library libraries "
    "bibliothek bucherei bücherei buecherei bibliothèque bibliotheque biblioteca librarian advocacy monitor campaign "
    "kampagne books bucher bücher datasette correcthorsebatterystaple"
).split()
_AS_LETTERS = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i"})
_YEAR = re.compile(r"(?:19|20)\d\d")
_PADDING = re.compile(r"[\s!?.,_*-]+")


class Weakness(StrEnum):
    """Why a password is refused."""

    SHORT = "short"
    LONG = "long"
    NAME = "name"
    COMMON = "common"


_SAID = {
    Weakness.SHORT: f"a password has at least {LEAST} characters; four unrelated words are easy to keep in mind",
    Weakness.LONG: f"a password has at most {MOST} characters",
    Weakness.NAME: "the password is hardly more than the name; take one that nobody can think of",
    Weakness.COMMON: "the password is among those that are guessed first; take one that nobody can think of",
}


class WeakPasswordError(ConfigError):
    """A password that would soon be guessed. `weakness` says why."""

    def __init__(self, weakness: Weakness) -> None:
        super().__init__(_SAID[weakness])
        self.weakness = weakness


class BusyError(Exception):
    """More passwords wait to be looked at than can be soon."""


def check(password: str, *, name: str) -> None:
    """Refuses a password that would soon be guessed. Raises WeakPasswordError."""
    if len(password) > MOST:
        raise WeakPasswordError(Weakness.LONG)
    text = _plain(password).casefold()
    if len(text) < LEAST:
        raise WeakPasswordError(Weakness.SHORT)
    own = tuple(part for part in re.split(r"[\W_]+", _plain(name).casefold()) if len(part) > 2)
    if _is_little(_without(text, own)) and not _is_little(text):
        raise WeakPasswordError(Weakness.NAME)
    if len(set(text)) < _DIFFERENT or _is_little(_without(_without(_YEAR.sub(" ", text), (*own, *_WORDS)), _RUNS)):
        raise WeakPasswordError(Weakness.COMMON)


def _plain(text: str) -> str:
    """The same characters, however a keyboard put them together."""
    return unicodedata.normalize("NFKC", text)


def _is_little(text: str) -> bool:
    return len(_PADDING.sub("", text)) < _LEFT


def _without(text: str, words: tuple[str, ...]) -> str:
    """The text with words cut out, also where digits stand for letters, and with them neighbours on the keyboard."""
    gone = [False] * len(text)
    as_letters = text.translate(_AS_LETTERS)
    for word in words:
        for form in (text, as_letters):
            start = form.find(word)
            while start >= 0:
                gone[start : start + len(word)] = [True] * len(word)
                start = form.find(word, start + 1)
    return "".join(" " if away else character for character, away in zip(text, gone, strict=True))


def _threes(runs: tuple[str, ...]) -> tuple[str, ...]:
    """Every three neighbours, forwards and backwards."""
    forwards = {run[start : start + 3] for run in runs for start in range(len(run) - 2)}
    return tuple(sorted(forwards | {three[::-1] for three in forwards}))


_RUNS = _threes(_ROWS)


def generate() -> str:
    """A new password of 99 bits, in four groups."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(size)) for size in _GROUPS)


class Passwords:
    """Makes and compares hashes. Each takes 64 MB for a sixth of a second, so only two are worked on at once."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._working = threading.BoundedSemaphore(_AT_ONCE)
        self._room = threading.BoundedSemaphore(_AT_ONCE + _WAITING)
        self._making = threading.Lock()
        self._nobodys = ""

    def hash(self, password: str) -> str:
        """What is kept of a password."""
        with self._working:
            return self._hasher.hash(_bytes(password))

    def fits(self, kept: str | None, password: str) -> bool:
        """Whether it is the password. None, for somebody unknown, takes as long and is never right.

        Raises BusyError.
        """
        with self._turn():
            nobodys = self._of_nobody()  # also for somebody who is known: the first of all takes as long for both
            try:
                self._hasher.verify(kept or nobodys, _bytes(password[:MOST]))
            except (VerificationError, InvalidHashError):
                return False
        return kept is not None and len(password) <= MOST

    def _of_nobody(self) -> str:
        with self._making:
            self._nobodys = self._nobodys or self._hasher.hash(secrets.token_urlsafe())
            return self._nobodys

    def is_out_of_date(self, kept: str) -> bool:
        """Whether a hash was made with less effort than is asked for today."""
        return self._hasher.check_needs_rehash(kept)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._room.acquire(blocking=False):
            raise BusyError
        try:
            if not self._working.acquire(timeout=_PATIENCE):
                raise BusyError
            try:
                yield
            finally:
                self._working.release()
        finally:
            self._room.release()


def _bytes(password: str) -> bytes:
    return _plain(password).encode("utf-8", "surrogatepass")
