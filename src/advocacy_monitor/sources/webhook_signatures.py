"""Whether a delivery was really sent by the form service: each signs its deliveries with a secret that both know.

Typeform, Tally and services that do as GitHub does sign the body; Formbricks signs identifier, time and body, as
Standard Webhooks lays down. The documents of the services are the source of the header names and encodings.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

LIFETIME = timedelta(minutes=5)
"""Older or newer than this, a time stamp that is part of a signature is refused: somebody may be sending it again."""

_PREFIX = "whsec_"


class Kind(StrEnum):
    """Who sends the deliveries."""

    TYPEFORM = "typeform"
    TALLY = "tally"
    FORMBRICKS = "formbricks"
    JSON = "json"


def refusal(kind: Kind, *, secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> str | None:
    """Why a delivery is refused, in words without the secret; None for one that is signed as it should be.

    `headers` finds names in lower case. `now` is aware. Signatures are compared in constant time.
    """
    if kind is Kind.FORMBRICKS:
        return _standard(secret, headers, body, now)
    name, prefix = _HEADERS[kind]
    given = headers.get(name)
    if given is None:
        return f"the header {name} is missing"
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    written = digest.hex() if kind is Kind.JSON else base64.b64encode(digest).decode()
    return None if _same(given.strip(), prefix + written) else f"the signature in {name} is wrong"


_HEADERS = {
    Kind.TYPEFORM: ("typeform-signature", "sha256="),
    Kind.TALLY: ("tally-signature", ""),
    Kind.JSON: ("x-signature-256", "sha256="),
}


def problem_with_secret(kind: Kind, secret: str) -> str | None:
    """What is wrong with a secret, without repeating it; None when it can be used."""
    if not secret.strip():
        return "is empty: then everybody could sign"
    if kind is Kind.FORMBRICKS and not _key(secret):
        return "is not one of Formbricks: they are whsec_ and a text in base64"
    return None


def _standard(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> str | None:
    """Standard Webhooks: `v1,` and the digest of identifier, time and body; several stand apart by blanks."""
    names = ("webhook-id", "webhook-timestamp", "webhook-signature")
    if missing := [name for name in names if not headers.get(name)]:
        return f"the header {missing[0]} is missing"
    identifier, stamp, signatures = (headers[name] for name in names)
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
        return "the header webhook-timestamp is no time"
    if abs(now.timestamp() - int(stamp)) > LIFETIME.total_seconds():
        return f"the time in webhook-timestamp is more than {LIFETIME.seconds // 60} minutes from now"
    signed = b"%s.%s.%s" % (identifier.encode(), stamp.encode(), body)
    expected = "v1," + base64.b64encode(hmac.new(_key(secret), signed, hashlib.sha256).digest()).decode()
    # Every signature is compared, so that the time tells nothing.
    found = [_same(signature, expected) for signature in signatures.split(" ")]
    return None if any(found) else "the signature in webhook-signature is wrong"


def _key(secret: str) -> bytes:
    """The bytes of a secret as Standard Webhooks writes it; none for a text that is not one."""
    try:
        plain = secret.strip().removeprefix(_PREFIX).rstrip("=")
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())
