"""A campaign's mailbox on a real IMAP server (dovecot), for the tests of every source."""

from __future__ import annotations

import argparse
import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from advocacy_monitor.protocols import Host
from advocacy_monitor.sources.mailbox import MailboxSource
from tests.sources.dovecot import PASSWORD, Dovecot, Postman, server
from tests.sources.replay import ReplayServer

START = datetime(2026, 10, 1, 12, tzinfo=UTC)
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def letter(text: str, number: int = 1, /, **headers: str) -> bytes:
    """A mail in plain text. Headers are written with _ for -; an empty one is left out."""
    given = {
        "From": "Anna Muster <anna@example.org>",
        "To": "campaign@example.org",
        "Subject": f"My library {number}",
        "Date": format_datetime(START + timedelta(minutes=number)),
        "Message_ID": f"<{number}.letter@example.org>",
        "Content_Type": "text/plain; charset=utf-8",
        **headers,
    }
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in given.items() if value)
    return head.encode() + b"\r\n" + text.replace("\n", "\r\n").encode()


def id_of(message: bytes) -> str:
    """The source id of a letter: a digest of Message-ID, Date, Subject and body, with plain line ends."""
    head, _, body = message.partition(b"\r\n\r\n")
    lines = dict(line.split(b": ", 1) for line in head.split(b"\r\n"))
    parts = [lines[name] for name in (b"Message-ID", b"Date", b"Subject")]
    digest = hashlib.sha256(b"\0".join([*parts, body.replace(b"\r\n", b"\n").rstrip()])).hexdigest()
    return f"sha256:{digest[:32]}"


class Inbox:
    """One user's inbox, empty at first."""

    server: ReplayServer | None = None

    def __init__(self, imap: Dovecot) -> None:
        self.imap = imap
        self.user = imap.new_user()
        self.postman = Postman(imap, self.user)
        self.good: set[str] = set()
        self._count = 0

    def source(self, *, attempts: int = 1, timeout: float = 5, page_size: int = 5, **given: Any) -> MailboxSource:
        values: dict[str, Any] = {
            "host": "127.0.0.1",
            "port": self.imap.port,
            "username": self.user,
            "password": PASSWORD,
            "tls": False,
            "attempts": attempts,
            "request_timeout": timeout,
            "page_size": page_size,
            **given,
        }
        return MailboxSource(**values).hosted_by(Host(clock=lambda: NOW, sleep=lambda seconds: None))

    def deliver(self, message: bytes, **given: Any) -> None:
        self.postman.deliver(message, **{"at": START, **given})

    def arrive(self, count: int) -> None:
        for _ in range(count):
            self._count += 1
            message = letter(f"I miss my library, says reader {self._count}.", self._count)
            self.deliver(message)
            self.good.add(id_of(message))

    def spoil(self) -> None:
        self._count += 1
        self.deliver(letter("I am on holiday.", self._count, Auto_Submitted="auto-replied"))

    def expected(self) -> set[str]:
        return set(self.good)


@contextmanager
def running() -> Iterator[Inbox]:
    """A new user's inbox on the session's server."""
    inbox = Inbox(server())
    try:
        yield inbox
    finally:
        inbox.postman.close()


def main() -> None:
    """Serves the recorded mails and says how to collect them."""
    parser = argparse.ArgumentParser(description="Puts the recorded mails into a mailbox on 127.0.0.1.")
    parser.add_argument("folder", type=Path, nargs="?", default=Path("../shared/recordings/email"))
    files = sorted(parser.parse_args().folder.glob("*.eml"))
    with running() as inbox:
        for path in files:
            inbox.deliver(path.read_bytes())
        print("collectors:\n  recorded_mails:\n    source: mailbox\n    settings:")
        print(f"      host: 127.0.0.1\n      port: {inbox.imap.port}\n      username: {inbox.user}")
        print("      password: {env: RECORDED_MAILS_PASSWORD}\n      tls: false")
        print(f"# {len(files)} messages; export RECORDED_MAILS_PASSWORD={PASSWORD}; stop with Ctrl-C", flush=True)
        try:
            while True:
                time.sleep(60)
        except KeyboardInterrupt:
            print("stopped")


if __name__ == "__main__":
    main()
