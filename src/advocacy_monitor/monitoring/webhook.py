"""Posts one message to the webhook for alerts. Its address is a secret: no error and no log line repeats it.

By the standard library: an installation without any collector that needs the network has no client for HTTP.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Collection
from contextlib import closing, suppress
from urllib.parse import SplitResult, urlsplit

from advocacy_monitor.errors import ConfigError, RetryableSourceError
from advocacy_monitor.sources.outgoing import is_private

_SECONDS = 10.0
"""For each step; all of it has twice as long."""
_LATER = (408, 425, 429)


def posted(address: str, body: bytes, *, private_hosts: Collection[str] = ()) -> None:
    """Posts JSON and reads no more of the answer than its head. Redirects are not followed.

    `private_hosts` are those of the operator's own network that may be asked. Raises ConfigError where the address
    must not be asked or refuses the message, RetryableSourceError where it cannot be reached or asks for patience.
    """
    parts = _parts(address)
    try:
        status = _status(parts, body, private_hosts)
    except ssl.SSLCertVerificationError:
        raise ConfigError("alerts.webhook: the server's certificate is not right") from None
    except (OSError, http.client.HTTPException) as error:
        raise RetryableSourceError(f"the webhook for alerts cannot be reached ({type(error).__name__})") from None
    if status in _LATER or status >= 500:
        raise RetryableSourceError(f"the webhook for alerts answers {status}; it is tried again")
    if not 200 <= status < 300:
        raise ConfigError(f"alerts.webhook: answers {status}; correct the address")


def _parts(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        is_right = parts.scheme in ("https", "http") and parts.hostname and parts.port != 0 and address.isascii()
    except ValueError:
        is_right = False
    if not is_right or not address.isprintable() or " " in address:
        raise ConfigError("alerts.webhook: must be a web address that begins with https:// or http://")
    return parts


def _status(parts: SplitResult, body: bytes, private_hosts: Collection[str]) -> int:
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    path = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "advocacy-monitor"}
    connection = http.client.HTTPConnection(parts.netloc.rpartition("@")[2])
    connection.sock = _connected(host, port, private_hosts)
    late = threading.Timer(2 * _SECONDS, _cut, [connection])
    late.daemon = True
    late.start()
    with closing(connection):
        try:
            if parts.scheme == "https":
                connection.sock = ssl.create_default_context().wrap_socket(connection.sock, server_hostname=host)
            connection.request("POST", path, body=body, headers=headers)
            return connection.getresponse().status
        finally:
            late.cancel()


def _cut(connection: http.client.HTTPConnection) -> None:
    with suppress(OSError, AttributeError):
        connection.sock.shutdown(socket.SHUT_RDWR)


def _connected(host: str, port: int, private_hosts: Collection[str]) -> socket.socket:
    """A connection to an address that was looked at: what a name stands for may be another one a moment later."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = dict.fromkeys(str(each[4][0]) for each in found)
    if host not in private_hosts and any(map(is_private, addresses)):
        raise ConfigError("alerts.webhook: leads into a private network; if that is meant, see network.private_hosts")
    for number, address in enumerate(addresses, start=1):
        try:
            return socket.create_connection((address, port), timeout=_SECONDS)
        except OSError:
            if number == len(addresses):
                raise
    raise OSError("no address")
