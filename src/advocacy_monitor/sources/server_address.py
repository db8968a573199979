"""The addresses of servers and the hashtags that stand in settings: checked once, before anything is asked."""

from __future__ import annotations

import ipaddress
import unicodedata
from urllib.parse import urlsplit

_JOINERS = "·・\u200c\u200d"


def base_url(given: str) -> str:
    """'https://host' of a server's address as people write it. Raises ValueError; http is for this machine only."""
    address = given.strip()
    parts = urlsplit(address if "://" in address else f"https://{address}")
    if parts.username or parts.password or parts.query or parts.fragment or parts.path.strip("/"):
        raise ValueError(
            f"the address of {parts.hostname!r} must be no more than that, such as https://mastodon.social"
        )
    _check(given, parts.scheme, parts.hostname, parts.netloc, parts.port, plain="http")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def stream_url(given: str) -> str:
    """'wss://host/path' of a stream. Raises ValueError; ws is for this machine only."""
    parts = urlsplit(given.strip())
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError(f"the address of {parts.hostname!r} must be no more than wss://host/path")
    _check(given, parts.scheme, parts.hostname, parts.netloc, parts.port, plain="ws")
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path}"


def _check(given: str, scheme: str, host: str | None, netloc: str, port: int | None, *, plain: str) -> None:
    if not host or any(c.isspace() for c in netloc) or scheme not in (plain, f"{plain}s"):
        example = "https://mastodon.social" if plain == "http" else "wss://stream.example.org/subscribe"
        raise ValueError(f"{given!r} is not a server's address, such as {example}")
    if port == 0:
        raise ValueError(f"{given!r} has the port 0")
    if scheme == plain and not _is_this_machine(host):
        raise ValueError(f"{given!r} must begin with {plain}s://")


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def bare_hashtag(given: str) -> str:
    """A hashtag in small letters and without '#'; it becomes a part of an address. Raises ValueError."""
    tag = unicodedata.normalize("NFC", given.strip().removeprefix("#").removeprefix("＃")).lower()
    if not tag or any(unicodedata.category(c)[0] not in "LMN" and c != "_" and c not in _JOINERS for c in tag):
        raise ValueError(f"{given!r} is not a hashtag: it may hold letters, digits and _ only")
    if tag.isdecimal():
        raise ValueError(f"{given!r} is not a hashtag: it needs a letter")
    return tag
