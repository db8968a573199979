"""How much one address may ask for: kept in memory only, under a key that dies with the server, and with an end.

Libraries have one address for many people, so limits are wide: they stop programs, not classes of pupils. Each limit is
a 'leaky bucket' in the form of ITU-T I.371 (GCRA): one moment is kept for each address, and nothing of what it did.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = str | IPv4Network | IPv6Network
"""An address or a network, written or read."""

MOST_ADDRESSES = 20_000
"""So many are remembered; the one that was quiet for longest is forgotten first."""

_NETWORK_OF_A_HOUSEHOLD = 64
_MOST_HOPS = 32


@dataclass(frozen=True, slots=True)
class Rate:
    """`at_once` requests are free, then one every `seconds`."""

    at_once: int
    seconds: float


RATES: Mapping[str, Rate] = {
    "page": Rate(300, 0.2),
    "send": Rate(60, 5),
    "many": Rate(20, 30),
    "code": Rate(10, 30),
    "change": Rate(30, 10),
}
"""Looking at pages; sending answers; how many answers are usual (more are stored and marked); trying codes that are
wrong; changing or withdrawing one's own."""


class Limits:
    """Counts by address. Addresses are known by a keyed hash; nobody can list them, and nothing reaches the disk."""

    def __init__(self, clock: Callable[[], datetime], *, rates: Mapping[str, Rate] = RATES) -> None:
        self._clock = clock
        self._rates = rates
        self._key = secrets.token_bytes(32)
        self._free_at: OrderedDict[bytes, float] = OrderedDict()
        self._lock = threading.Lock()

    def allow(self, address: str, what: str) -> float:
        """Counts one request of a kind in RATES. Returns the seconds to wait; 0 means go ahead.

        A request that has to wait is not counted.
        """
        rate = self._rates[what]
        now, key = self._clock().timestamp(), self._hash(address, what)
        with self._lock:
            free_at = self._standing(key, rate, now)
            wait = free_at - now - (rate.at_once - 1) * rate.seconds
            if wait > 0:
                return wait
            self._free_at[key] = free_at + rate.seconds
            self._free_at.move_to_end(key)
            self._forget(now)
            return 0.0

    def wait(self, address: str, what: str) -> float:
        """The same without counting: for what counts only when it goes wrong."""
        rate = self._rates[what]
        now = self._clock().timestamp()
        with self._lock:
            free_at = self._standing(self._hash(address, what), rate, now)
        return max(free_at - now - (rate.at_once - 1) * rate.seconds, 0.0)

    def __len__(self) -> int:
        return len(self._free_at)

    def _standing(self, key: bytes, rate: Rate, now: float) -> float:
        """When the address has used up nothing any more; a clock that was set back shuts nobody out for longer."""
        return min(max(self._free_at.get(key, now), now), now + rate.at_once * rate.seconds)

    def _forget(self, now: float) -> None:
        while self._free_at:
            oldest, free_at = next(iter(self._free_at.items()))
            if free_at > now and len(self._free_at) <= MOST_ADDRESSES:
                break
            del self._free_at[oldest]

    def _hash(self, address: str, what: str) -> bytes:
        known = f"{what}\0{_household(address)}".encode(errors="replace")
        return hashlib.blake2b(known, key=self._key, digest_size=12).digest()


def _household(address: str) -> str:
    """What counts as one address: of IPv6 a whole /64, since each household has as many as it likes of those."""
    found = _address(address)
    if isinstance(found, IPv6Address):
        return str(IPv6Network((found, _NETWORK_OF_A_HOUSEHOLD), strict=False))
    return str(found) if found else address[:100]


def _address(given: str) -> IPv4Address | IPv6Address | None:
    """An address as written in a header, with or without a port; None for what is none."""
    text = given.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        return found.ipv4_mapped
    return found


def client_address(peer: str | None, forwarded: Sequence[str], proxies: Sequence[Network]) -> str:
    """Who asks. `peer` is who is connected, `forwarded` the values of all X-Forwarded-For headers, in their order.

    The header is believed only when it comes from one of `proxies` (addresses or networks), and read from its end: the
    last one who is no proxy of ours is who asks. Whatever stands before that anybody can have written.
    """
    current = peer or ""
    hops = [hop for value in forwarded for hop in value[-2000:].split(",")][-_MOST_HOPS:]
    while _is_trusted(current, proxies) and hops:
        hop = _address(hops.pop())
        if hop is None:
            break
        current = str(hop)
    return current


def _is_trusted(address: str, proxies: Sequence[Network]) -> bool:
    found = _address(address)
    return found is not None and any(
        found.version == network.version and found in network for network in map(_network, proxies)
    )


@lru_cache(maxsize=64)
def _network(given: Network) -> IPv4Network | IPv6Network:
    return ip_network(given, strict=False)
