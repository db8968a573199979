"""A real IMAP server for tests: Debian's dovecot as an instance of its own on 127.0.0.1, in a folder that goes away.

Any user name is let in with the password 'secret' and has a mailbox of its own, so that one server serves all tests.
"""

from __future__ import annotations

import atexit
import ctypes
import functools
import imaplib
import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

PASSWORD = "secret"
_PROGRAM = "/usr/sbin/dovecot"
_numbers = itertools.count(1)
_CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
instance_name = {name}
ssl = {ssl}
{certificate}
disable_plaintext_auth = no
auth_mechanisms = plain
auth_failure_delay = 0
mail_location = maildir:{folder}/mail/%u
first_valid_uid = 1
default_internal_user = {internal}
default_login_user = {login}
default_internal_group = {group}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
service imap-login {{
  chroot =
  service_count = 0
  process_min_avail = 1
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap {{
  process_min_avail = 1
  service_count = 100
}}
service stats {{
  chroot =
}}
"""


class Dovecot:
    """A running server. `certificate` is the file to trust for its encrypted port."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="imap-"))
        self.folder.chmod(0o755)
        self.port, self.tls_port = _free_port(), _free_port()
        self.certificate = self.folder / "certificate.pem"
        self._process = self._start()

    def new_user(self) -> str:
        """The name of a user who has an empty mailbox."""
        return f"reader{next(_numbers)}@example.org"

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(30)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _start(self) -> subprocess.Popen[bytes]:
        root = os.geteuid() == 0
        user = pwd.getpwnam("nobody") if root else pwd.getpwuid(os.geteuid())
        mail = self.folder / "mail"
        mail.mkdir()
        if root:
            os.chown(mail, user.pw_uid, user.pw_gid)
        with_tls = _make_certificate(self.folder, self.certificate)
        config = _CONFIG.format(
            folder=self.folder,
            name=self.folder.name,
            password=PASSWORD,
            port=self.port,
            tls_port=self.tls_port if with_tls else 0,
            ssl="yes" if with_tls else "no",
            certificate=f"ssl_cert = <{self.certificate}\nssl_key = <{self.folder}/key.pem" if with_tls else "",
            uid=user.pw_uid,
            gid=user.pw_gid,
            internal="dovecot" if root else user.pw_name,
            login="dovenull" if root else user.pw_name,
            group="dovecot" if root else _group(user.pw_gid),
        )
        path = self.folder / "dovecot.conf"
        path.write_text(config, encoding="utf-8")
        process = subprocess.Popen(
            [_PROGRAM, "-F", "-c", str(path)], stderr=subprocess.DEVNULL, preexec_fn=_end_with_its_parent
        )
        atexit.register(self.stop)
        self._wait(process)
        return process

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        until = time.monotonic() + 30
        while time.monotonic() < until and process.poll() is None:
            try:
                imaplib.IMAP4("127.0.0.1", self.port, timeout=5).logout()
            except OSError:
                time.sleep(0.05)
            else:
                return
        log = self.folder / "log"
        raise RuntimeError(f"dovecot did not start: {log.read_text() if log.exists() else 'no log'}")


class Postman:
    """Puts messages into one user's mailbox, as a mail server would."""

    def __init__(self, server: Dovecot, user: str) -> None:
        self._client = imaplib.IMAP4("127.0.0.1", server.port, timeout=20)
        self._client.login(user, PASSWORD)

    def deliver(self, message: bytes, *, folder: str = "INBOX", at: datetime | None = None) -> None:
        moment = imaplib.Time2Internaldate((at or datetime.now(UTC)).timestamp())
        status, said = self._client.append(folder, "", moment, message)
        assert status == "OK", said

    def ask(self, command: str, *given: str | None) -> list[object]:
        """Any other command, such as create, delete, rename, select, expunge."""
        status, said = getattr(self._client, command)(*given)
        assert status == "OK", said
        return list(said)

    def close(self) -> None:
        self._client.logout()


@functools.cache
def server() -> Dovecot:
    """The server of this test session, started when it is first asked for; a skip where dovecot is not installed."""
    if not Path(_PROGRAM).exists():
        pytest.skip("dovecot is not installed; install Debian's dovecot-imapd")
    return Dovecot()


def _end_with_its_parent() -> None:
    """Asks Linux to end the server also when the tests are killed (prctl, PR_SET_PDEATHSIG)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _group(number: int) -> str:
    import grp

    return grp.getgrgid(number).gr_name


def _make_certificate(folder: Path, certificate: Path) -> bool:
    """A certificate for 127.0.0.1 that nobody has signed; False without openssl."""
    program = shutil.which("openssl")
    if program is None:
        return False
    request = "req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
    files = ["-keyout", str(folder / "key.pem"), "-out", str(certificate)]
    subprocess.run([program, *request.split(), *files], check=True, capture_output=True)
    return True
