"""Signed tickets: a hidden field of every form that says that the page was ours, when it was made, and which one it is.

There are no cookies. A ticket holds no data about anybody: a random number and a moment. The number makes the same page
that is sent twice the same sending; the moment tells how long somebody took, and when a page is too old.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from itsdangerous import BadSignature, Signer

FIELD = "ticket"
"""The name of the hidden field."""

HOLDS_FOR = timedelta(hours=24)
"""A page may stay open for a day; an older one is shown again, with what was typed, and a fresh ticket."""

_MOST_CHARACTERS = 200
_SHAPE = re.compile(r"([0-9a-f]{32})\.(\d{9,11})")
_NO_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A ticket that is ours. `age` is how long ago the page was made, never below zero."""

    sending: str
    age: timedelta

    @property
    def is_stale(self) -> bool:
        """The page was open for so long that it should be shown again before anything is done."""
        return self.age > HOLDS_FOR

    def sending_of(self, content: bytes) -> str:
        """What names one answer that was sent with this ticket: the same for the same content, sent however often.

        On a computer that several people use, one goes 'back' to the page that another one has sent: what the second
        writes is an answer of its own, and must not take the place of the first.
        """
        return hashlib.blake2b(self.sending.encode() + b"\0" + content, digest_size=16).hexdigest()


class Tickets:
    """Makes and reads tickets. `key` is kept by the store, so that they hold when the server is started again."""

    def __init__(self, key: bytes, clock: Callable[[], datetime]) -> None:
        self._signer = Signer(key, salt="advocacy-monitor form ticket", digest_method=hashlib.sha256)
        self._clock = clock

    def issue(self) -> str:
        """A ticket for a fresh page."""
        made_at = int(self._clock().timestamp())
        return self._signer.sign(f"{secrets.token_hex(_NO_BYTES)}.{made_at}").decode()

    def read(self, given: str) -> Ticket | None:
        """A ticket that came back; None when it is none of ours."""
        if len(given) > _MOST_CHARACTERS or not given.isascii():
            return None
        try:
            found = _SHAPE.fullmatch(self._signer.unsign(given).decode())
        except BadSignature:
            return None
        if found is None:
            return None
        made_at = datetime.fromtimestamp(int(found[2]), UTC)
        return Ticket(sending=found[1], age=max(self._clock() - made_at, timedelta()))


def is_from_elsewhere(headers: Mapping[str, str], address: str | None = None) -> bool:
    """Whether a browser says that another site's page sent this form. Programs that say nothing are let through.

    `address` is the form's public address: a web server in front of it may not pass on the host that was asked for.
    Nothing here hangs on who somebody is, so another site could only make its visitors send answers of its own; this
    stops that too. The form in another page's frame is our page, and sends to our own address.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = headers.get("origin")
    if origin is None or origin == "null":  # what browsers write for pages with the policy 'no-referrer', as ours
        return False
    return _host_of(origin) not in {headers.get("host", "").lower(), _host_of(address or "")} - {""}


def _host_of(address: str) -> str:
    """The host and port of an address; '' for what is none."""
    try:
        return urlsplit(address).netloc.lower()
    except ValueError:
        return ""
