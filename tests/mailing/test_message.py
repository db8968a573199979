"""An address is exactly that address on the wire, and no header but those of ours can be made."""

from __future__ import annotations

import email
import email.policy
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy_monitor.config import Loaded, load_config
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.mailing.message import is_address, message
from advocacy_monitor.store import now
from advocacy_monitor.store.outbox import Mail
from tests.mailing.conftest import CONFIG

_LOCAL = st.text(alphabet="abz019.=?_-+!%'\"@ \u00fc\r\n", min_size=1, max_size=70)
_HOST = st.text(alphabet="ab1-.", min_size=1, max_size=40)


@pytest.fixture(scope="module")
def sending(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    path = tmp_path_factory.mktemp("mail") / "config.yaml"
    path.write_text(CONFIG.format(port=25), encoding="utf-8")
    return load_config(Path(path))


def mail(**values: str) -> Mail:
    given = {"kind": "t", "recipient": "ada@example.org", "subject": "s", "body": "b", "message_id": "<a@example.org>"}
    return Mail(language="en", **{**given, **values})  # type: ignore[arg-type]  # all of them are texts


@given(st.one_of(st.emails(), st.builds("{}@{}.org".format, _LOCAL, _HOST)))
def test_what_passes_as_an_address_is_that_one_address_on_the_wire(sending: Loaded, address: str) -> None:
    if not is_address(address):
        with pytest.raises(ConfigError):
            message(mail(recipient=address), sending, now=now())
        return
    read = email.message_from_bytes(
        message(mail(recipient=address), sending, now=now()).as_bytes(), policy=email.policy.default
    )
    assert [each.addr_spec for each in read["To"].addresses] == [address]
    assert not read["To"].defects


@pytest.mark.parametrize("address", ["ada@example.org", "a.b+c@mail.example.co.uk", "o'neil@xn--bcher-kva.example"])
def test_addresses_as_people_have_them_pass(address: str) -> None:
    assert is_address(address)


@given(subject=st.text(max_size=300), body=st.text(max_size=500))
def test_no_subject_and_no_words_add_a_header(sending: Loaded, subject: str, body: str) -> None:
    wire = message(mail(subject=subject, body=body), sending, now=now()).as_bytes()
    read = email.message_from_bytes(wire, policy=email.policy.default)
    assert sorted(read.keys()) == sorted(message(mail(), sending, now=now()).keys())
    assert wire.isascii()
    assert all(len(line) <= 998 for line in wire.split(b"\r\n"))
    assert b"\n" not in wire.replace(b"\r\n", b"")
    assert b"\r" not in wire.replace(b"\r\n", b"")


@pytest.mark.parametrize("value", ["<https://a.example/>\r\nBcc: eve@example.org", "<https://a.example/ b>", "", "ü"])
def test_a_header_of_ours_is_one_line_of_ascii(sending: Loaded, value: str) -> None:
    given = Mail(**{each: getattr(mail(), each) for each in Mail.__slots__} | {"headers": {"List-Unsubscribe": value}})
    with pytest.raises(ConfigError, match="List-Unsubscribe"):
        message(given, sending, now=now())
