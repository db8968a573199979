"""A mail server on this computer, real and strict, that can be told what to answer; with a certificate of its own."""

from __future__ import annotations

import email
import email.policy
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

USER, PASSWORD = "sender", "correct horse"


class Mailbox:
    """What arrived. `answers` are what is said to the next mails, or to whom; 'cut' cuts the connection in the middle."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answers: list[str] = []
        self.raw: list[bytes] = []
        self.to_recipients: list[str] = []
        self.when_taken: Callable[[], None] = lambda: None

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        answer = self.to_recipients.pop(0) if self.to_recipients else "250 ok"
        if answer == "cut":
            server.transport.abort()
        elif answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        answer = self.answers.pop(0) if self.answers else "250 taken"
        if answer == "cut":
            server.transport.abort()
            return "421 gone"
        if answer == "taken, then cut":
            self._take(envelope)
            server.transport.abort()
            return "421 gone"
        if answer.startswith("250"):
            self._take(envelope)
        return answer

    def _take(self, envelope: Any) -> None:
        self.raw.append(envelope.content)
        made = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(made, EmailMessage)
        self.mails.append(made)
        self.when_taken()


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 and its key."""
    cert, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"),
            *("-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(cert)),
        ],
        check=True,
        capture_output=True,
    )
    return cert, key


def _authenticator(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    is_right = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=is_right, handled=False)


@contextmanager
def running(mailbox: Mailbox, *, folder: Path | None = None, is_tls: bool = False) -> Iterator[int]:
    """The server's port. With a folder it asks for a log-in and STARTTLS, or speaks TLS from the beginning."""
    more: dict[str, Any] = {}
    if folder is not None and is_tls:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(*certificate(folder))
        more = {
            "ssl_context": context,
            "authenticator": _authenticator,
            "auth_require_tls": False,  # it does not know that this connection is secured already
        }
    elif folder is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(*certificate(folder))
        more = {
            "tls_context": context,
            "require_starttls": True,
            "authenticator": _authenticator,
            "auth_required": True,
        }
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(mailbox, hostname="127.0.0.1", port=port, **more)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()
