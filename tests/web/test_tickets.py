"""Tickets: ours or not, how old, and which sending they name; forms that another site sends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy_monitor.web.tickets import Tickets, is_from_elsewhere

_KEY = b"k" * 32


class _Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def test_a_ticket_names_one_sending_and_its_age() -> None:
    clock = _Clock()
    tickets = Tickets(_KEY, clock)
    given = tickets.issue()
    clock.now += timedelta(seconds=70)
    found = Tickets(_KEY, clock).read(given)  # after the server was started again
    assert found is not None
    assert found.age == timedelta(seconds=70)
    assert not found.is_stale
    assert len(found.sending) == 32
    again = tickets.read(tickets.issue())
    assert again is not None
    assert again.sending != found.sending


def test_an_old_page_is_stale_and_a_clock_set_back_is_no_age() -> None:
    clock = _Clock()
    tickets = Tickets(_KEY, clock)
    given = tickets.issue()
    clock.now += timedelta(hours=25)
    found = tickets.read(given)
    assert found is not None
    assert found.is_stale
    clock.now -= timedelta(days=9)
    found = tickets.read(given)
    assert found is not None
    assert found.age == timedelta()


def test_another_key_is_another_server() -> None:
    tickets = Tickets(_KEY, _Clock())
    assert Tickets(b"x" * 32, _Clock()).read(tickets.issue()) is None


@given(st.text(max_size=300) | st.from_regex(r"[0-9a-f]{32}\.\d{10}\.[A-Za-z0-9_-]{43}", fullmatch=True))
def test_nobody_else_makes_a_ticket(forged: str) -> None:
    assert Tickets(_KEY, _Clock()).read(forged) is None


@given(st.integers(0, 86), st.characters(codec="ascii"))
def test_no_sign_of_a_ticket_may_be_changed(place: int, sign: str) -> None:
    tickets = Tickets(_KEY, _Clock())
    given = tickets.issue()
    changed = given[:place] + sign + given[place + 1 :]
    found = tickets.read(changed)
    assert found is None or found == tickets.read(given)


def test_the_same_page_with_other_words_is_another_answer() -> None:
    tickets = Tickets(_KEY, _Clock())
    one, other = tickets.read(tickets.issue()), tickets.read(tickets.issue())
    assert one is not None
    assert other is not None
    names = [one.sending_of(b"a"), one.sending_of(b"b"), other.sending_of(b"a")]
    assert len(set(names)) == 3
    assert one.sending_of(b"a") == names[0]


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, False),
        ({"sec-fetch-site": "same-origin", "origin": "https://other.example.org"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"sec-fetch-site": "cross-site"}, True),
        ({"sec-fetch-site": "same-site"}, True),
        ({"origin": "https://form.example.org", "host": "form.example.org"}, False),
        ({"origin": "https://FORM.example.org:8443", "host": "form.example.org:8443"}, False),
        ({"origin": "https://form.example.org:8443", "host": "form.example.org"}, True),
        ({"origin": "https://other.example.org", "host": "form.example.org"}, True),
        ({"origin": "null", "host": "form.example.org"}, False),
        ({"origin": "https://[", "host": "form.example.org"}, True),
        ({"origin": "https://other.example.org"}, True),
    ],
)
def test_forms_that_another_site_sends(headers: dict[str, str], expected: bool) -> None:
    assert is_from_elsewhere(headers) is expected


def test_the_public_address_is_ours_whatever_host_a_web_server_passes_on() -> None:
    headers = {"origin": "https://form.example.org", "host": "127.0.0.1:8003"}
    assert is_from_elsewhere(headers)
    assert not is_from_elsewhere(headers, "https://form.example.org/below")
    assert is_from_elsewhere({**headers, "origin": "https://other.example.org"}, "https://form.example.org")
    assert is_from_elsewhere({"origin": ""}, None)
