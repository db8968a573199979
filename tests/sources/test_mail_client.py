"""Errors of imap_tools, imaplib, ssl and sockets in our words: none unmapped, nothing that a server said passed on."""

from __future__ import annotations

import imaplib
import inspect
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import imap_tools.errors
import pytest

from advocacy_monitor.errors import FatalSourceError, RetryableSourceError, SourceError
from advocacy_monitor.sources.mail_client import FAILURES, PASSING, Account, Folder, translated
from tests.sources.platform_mailbox import Inbox, letter, running

SAID = "what the server says about anna@example.org"


def classes() -> list[type[BaseException]]:
    found: list[type] = [imaplib.IMAP4.error, imaplib.IMAP4.abort, imaplib.IMAP4.readonly]
    for module in (imap_tools.errors, ssl, socket):
        found += [kind for name, kind in inspect.getmembers(module, inspect.isclass) if not name.startswith("_")]
    return sorted({kind for kind in found if issubclass(kind, Exception)}, key=lambda kind: kind.__name__)


@pytest.mark.parametrize("kind", classes(), ids=lambda kind: kind.__name__)
def test_every_error_of_the_libraries_is_mapped(kind: type[BaseException]) -> None:
    assert kind in PASSING, f"{kind.__module__}.{kind.__name__} is new: say whether it may pass by itself"
    assert issubclass(kind, FAILURES)
    error = kind.__new__(kind)
    error.args = (SAID,)
    if isinstance(error, imap_tools.errors.UnexpectedCommandStatusError):
        error.__init__(("NO", [SAID.encode()]), "OK")  # type: ignore[misc]  # as the library raises it
    found = translated(error)
    assert type(found) is (RetryableSourceError if PASSING[kind] else FatalSourceError)
    assert "anna" not in str(found)
    assert len(str(found)) > 10


def test_there_are_errors_to_map() -> None:
    assert {imap_tools.errors.MailboxLoginError, ssl.SSLCertVerificationError, socket.gaierror} <= set(classes())
    assert len(classes()) > 30


@pytest.mark.parametrize("code", ["UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG"])
def test_a_server_that_says_for_now_is_asked_again(code: str) -> None:
    error = imap_tools.errors.MailboxLoginError(("NO", [f"[{code}] {SAID}".encode()]), "OK")
    assert type(translated(error)) is RetryableSourceError


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with running() as found:
        yield found


def folder(inbox: Inbox, **given: Any) -> Folder:
    values: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": inbox.imap.port,
        "username": inbox.user,
        "password": "secret",
        "folder": "INBOX",
        "tls": False,
        "timeout": 5,
        "writable": False,
        **given,
    }
    return Folder(Account(**values))


def failure(inbox: Inbox, **given: Any) -> SourceError:
    with closing(folder(inbox, **given)) as opened, pytest.raises(SourceError) as caught:
        opened.uidvalidity()
    return caught.value


def test_a_wrong_password(inbox: Inbox) -> None:
    found = failure(inbox, password="hunter2")
    assert type(found) is FatalSourceError
    assert "does not accept user name and password" in str(found)
    assert "hunter2" not in str(found)


def test_a_wrong_password_with_umlauts(inbox: Inbox) -> None:
    assert type(failure(inbox, password="Bücher")) in (FatalSourceError, RetryableSourceError)


def test_no_such_folder_names_those_that_there_are(inbox: Inbox) -> None:
    inbox.postman.ask("create", "Letters")
    found = failure(inbox, folder="Leters")
    assert type(found) is FatalSourceError
    assert str(found).startswith("has no folder 'Leters'; there are: ")
    assert {"'INBOX'", "'Letters'"} == set(str(found).partition("there are: ")[2].split(", "))


def test_a_folder_with_umlauts(inbox: Inbox) -> None:
    inbox.postman.ask("create", "B&APw-cher")
    inbox.deliver(letter("a"), folder="B&APw-cher")
    with closing(folder(inbox, folder="Bücher")) as opened:
        assert opened.uids_above(0, since=None) == [1]


def test_nobody_listens(inbox: Inbox) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    found = failure(inbox, port=free)
    assert type(found) is RetryableSourceError
    assert "cannot be reached" in str(found)


def test_no_such_host(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, SAID)

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    found = failure(inbox, host="imap.example.invalid")
    assert type(found) is RetryableSourceError
    assert "host's name" in str(found)


def test_a_server_without_encryption(inbox: Inbox) -> None:
    found = failure(inbox, tls=True)
    assert type(found) is RetryableSourceError
    assert "no encrypted connection" in str(found)


def test_a_certificate_that_nobody_has_signed_is_not_accepted(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    if not inbox.imap.certificate.exists():
        pytest.skip("openssl is not installed")
    found = failure(inbox, tls=True, port=inbox.imap.tls_port)
    assert type(found) is FatalSourceError
    assert "certificate is not accepted" in str(found)
    monkeypatch.setenv("SSL_CERT_FILE", str(inbox.imap.certificate))
    inbox.deliver(letter("a"))
    with closing(folder(inbox, tls=True, port=inbox.imap.tls_port)) as opened:
        assert opened.uids_above(0, since=None) == [1]


def test_messages_come_as_they_were_delivered_and_stay_unseen(inbox: Inbox) -> None:
    message = letter("a) \n* 2 FETCH (UID 2 BODY[] {3}\nb {5}\n")
    inbox.deliver(message)
    inbox.deliver(letter("second", 2))
    with closing(folder(inbox)) as opened:
        uids = opened.uids_above(0, since=None)
        envelopes = opened.envelopes(uids)
        assert [envelope.uid for envelope in envelopes] == uids
        bodies = opened.messages(uids)
        assert bodies[uids[0]] == message
        assert len(bodies[uids[0]]) == envelopes[0].size
        assert opened.messages([99]) == {}
        assert opened.messages([]) == {}
        assert opened.envelopes([]) == []
        assert opened.messages(uids[:1], headers_only=True)[uids[0]].endswith(b"\r\n\r\n")
    assert inbox.postman.ask("select", "INBOX") == [b"2"]
    assert b"Seen" not in bytes(str(inbox.postman.ask("fetch", "1:*", "(FLAGS)")), "utf-8")


def test_the_last_message_is_not_given_again(inbox: Inbox) -> None:
    inbox.arrive(2)
    with closing(folder(inbox)) as opened:
        assert opened.uids_above(0, since=None) == [1, 2]
        assert opened.uids_above(2, since=None) == []


Talk = Callable[[socket.socket], None]


@contextmanager
def talking(talk: Talk) -> Iterator[int]:
    """A server that says what a test wants; gives its port."""
    server = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def serve() -> None:
        while not stop.is_set():
            try:
                client, _ = server.accept()
            except OSError:
                return
            with client:
                try:
                    talk(client)
                except OSError:
                    continue

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield server.getsockname()[1]
    finally:
        stop.set()
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(5)


def answering(client: socket.socket, **answers: str) -> None:
    """Answers commands by name, once each; one without an answer ends the connection."""
    client.sendall(b"* OK ready\r\n")
    for line in client.makefile("rb"):
        tag, command, *rest = line.decode().split()
        name = rest[0] if command == "UID" else command
        answer = {
            "CAPABILITY": "* CAPABILITY IMAP4rev1\r\n{tag} OK done\r\n",
            "LOGIN": "{tag} OK done\r\n",
            **answers,
        }.get(name)
        if answer is None:
            return
        client.sendall(answer.replace("{tag}", tag).encode())


def at(port: int, *, timeout: float = 5) -> Account:
    return Account(
        host="127.0.0.1",
        port=port,
        username="u",
        password="p",
        folder="INBOX",
        tls=False,
        timeout=timeout,
        writable=False,
    )


SELECT = "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n{tag} OK [READ-ONLY] done\r\n"
FAULTS: dict[str, tuple[Talk, str]] = {
    "says nothing": (lambda client: time.sleep(0.5), "no answer in time"),
    "hangs up": (lambda client: None, "broke off"),
    "says goodbye": (lambda client: answering(client, CAPABILITY="* BYE\r\n"), "broke off"),
    "is busy": (lambda client: client.sendall(b"* BYE too many connections of anna@example.org\r\n"), "broke off"),
    "is a web server": (lambda client: client.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "no IMAP server"),
    "sends rubbish": (lambda client: client.sendall(b"\xff\xfe\x00" * 1000 + b"\r\n"), "no IMAP server"),
    "is silent at the log-in": (lambda client: answering(client, LOGIN=""), "no answer in time"),
    "has no number": (lambda client: answering(client, EXAMINE="* 3 EXISTS\r\n{tag} OK done\r\n"), "broke off"),
    "breaks off": (lambda client: answering(client, EXAMINE=SELECT), "broke off"),
    "refuses": (lambda client: answering(client, EXAMINE=SELECT, FETCH="{tag} NO anna\r\n"), "refuses a command"),
    "breaks off in a message": (
        lambda client: answering(client, EXAMINE=SELECT, FETCH="* 1 FETCH (UID 1 BODY[] {99}\r\nFrom: anna@"),
        "no answer in time",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_of_a_server_are_errors_in_words(fault: str) -> None:
    talk, words = FAULTS[fault]
    with talking(talk) as port, closing(Folder(at(port, timeout=0.3))) as opened, pytest.raises(SourceError) as caught:
        opened.messages([1])
    assert type(caught.value) is RetryableSourceError
    assert words in str(caught.value)
    assert "anna" not in str(caught.value)


def test_a_folder_that_changes_during_a_run_is_a_fault() -> None:
    numbers = iter(["7", "8"])

    def talk(client: socket.socket) -> None:
        answering(client, EXAMINE=SELECT.replace("7", next(numbers)))

    with talking(talk) as port, closing(Folder(at(port))) as opened:
        assert opened.uidvalidity() == 7
        with pytest.raises(RetryableSourceError):
            opened.uids_above(0, since=None)
        with pytest.raises(RetryableSourceError, match="made anew"):
            opened.uids_above(0, since=None)


def test_one_message_that_is_refused_does_not_keep_the_others_back() -> None:
    def talk(client: socket.socket) -> None:
        client.sendall(b"* OK ready\r\n")
        for line in client.makefile("rb"):
            tag, command, *rest = line.decode().split()
            given = {
                "CAPABILITY": "* CAPABILITY IMAP4rev1\r\n{tag} OK done\r\n",
                "EXAMINE": SELECT,
                "LOGOUT": "* BYE\r\n{tag} OK done\r\n",
            }.get(command, "{tag} OK done\r\n")
            if command == "UID":
                good = f"* 1 FETCH (UID {rest[1]} BODY[] {{2}}\r\nhi)\r\n{{tag}} OK done\r\n"
                given = good if rest[1] in ("1", "3") else "{tag} NO damaged\r\n"
            client.sendall(given.replace("{tag}", tag).encode())

    with talking(talk) as port, closing(Folder(at(port))) as opened:
        assert opened.messages([1, 2, 3]) == {1: b"hi", 3: b"hi"}
        with pytest.raises(RetryableSourceError, match="refuses a command"):
            opened.messages([2])


def test_an_account_shows_no_name_and_no_password() -> None:
    assert repr(at(993)) == "Account(127.0.0.1:993)"
