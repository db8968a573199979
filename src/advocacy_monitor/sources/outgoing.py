"""Keeps requests out of the campaign's own network: a name that leads to a private address is refused.

A redirect, a link or a name in the DNS that somebody else controls could have this program ask a router, a database or
a cloud's metadata service (server-side request forgery; cheatsheetseries.owasp.org). Looked at is the address that a
connection really has, after it was made (over requests: after its TLS handshake) and before a request is sent over it:
what a name stands for may be another address a moment later. An address that stands in the configuration as numbers,
or as localhost, is meant; a redirect, which is somebody else's word, may lead to none.
"""

from __future__ import annotations

import ipaddress
import urllib.request
from collections.abc import Iterable
from urllib.parse import urlsplit

from advocacy_monitor.errors import FatalSourceError

_meant: set[str] = set()
_CARRY_IN_THE_END = [ipaddress.IPv6Network(each) for each in ("64:ff9b::/96", "::/96")]
_INSIDE = [
    ipaddress.ip_network(each)
    for each in (
        "64:ff9b:1::/48",  # RFC 8215: a network's own translator
        "fec0::/10",  # site-local of old (RFC 3879)
        "192.0.0.0/24",  # protocol assignments (RFC 6890); one cloud's metadata
        "168.63.129.16/32",  # another cloud's own services
    )
]


def allow_private(hosts: Iterable[str]) -> None:
    """Names of the operator's own network that may be asked, and from now on no others: `network.private_hosts`."""
    wanted = {_plain(host.strip()) for host in hosts}
    _meant.intersection_update(wanted)
    _meant.update(wanted)


def is_private(address: str) -> bool:
    """Whether an address is of this machine, of a private network, or no single machine's (multicast).

    An IPv6 address that carries an IPv4 one for a translator or a tunnel counts as that (RFC 6052, 3056, 4291). What is
    no address counts as private.
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return True
    if isinstance(found, ipaddress.IPv6Address):
        found = _carried(found) or found
    return not found.is_global or found.is_multicast or any(found in network for network in _INSIDE)


def _carried(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if any(address in network for network in _CARRY_IN_THE_END):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


def names_inside(host: str) -> bool:
    """Whether an address's host says itself, without a look into the DNS, that it is this machine or a private one."""
    name = _plain(host)
    if name == "localhost" or name.endswith(".localhost"):
        return True
    return _is_number(name) and is_private(name)


def check_redirect(asked: str, target: str) -> None:
    """Raises FatalSourceError when an answer from outside of this network leads into it by a number or 'localhost'.

    `asked` and `target` are hosts. Where a name leads is looked at once it is connected (`check_peer`).
    """
    if names_inside(target) and not names_inside(asked):
        raise FatalSourceError(f"redirects to {_plain(target)}, inside of this network; that is not followed")


def check_peer(host: str, address: str) -> None:
    """Raises FatalSourceError when a name led to a private address and is not one that may.

    `host` is what was asked for, `address` the one that the connection has.
    """
    name = _plain(host)
    if is_private(address) and not (name == "localhost" or _is_number(name) or name in _meant or name in _proxies()):
        raise FatalSourceError(
            f"{name}: leads into a private network, so nothing was sent; if that is meant, name it in "
            "network.private_hosts of config.yaml"
        )


def _plain(host: str) -> str:
    return host.strip("[]").lower().rstrip(".")


def _is_number(name: str) -> bool:
    try:
        ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return True


def _proxies() -> set[str]:
    """Hosts of the proxies that the environment names."""
    return {urlsplit(url).hostname or "" for url in urllib.request.getproxies().values()}
