"""The links that stand in mails: a button confirms an address, a button or a mail program's own ends all mails."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from advocacy_monitor.mailing.opt_in import queue_questions
from advocacy_monitor.mailing.thanks import Text, queue_thanks
from advocacy_monitor.translate import LANGUAGES
from tests.web.site import FormSite, fields, parsed

ADDRESS = "reader@example.org"
MAIL = {"host": "localhost", "sender": "campaign@example.org", "security": "none"}


@pytest.fixture
def site(open_form: Callable[..., FormSite]) -> FormSite:
    return open_form(mail=MAIL, form={"address": "https://form.example.org"})


def waiting(site: FormSite) -> list[tuple[str, str, str]]:
    """Kind, recipient and words of the mails that wait."""
    with site.store() as store:
        return [(each.kind, each.recipient, each.body) for each in store.mails.outbox.due(most=100)]


def link(site: FormSite, *, consents: tuple[str, ...] = ("analyse", "contact")) -> str:
    """The link of the mail that asks for a confirmation, as it stands in it."""
    assert site.send(email=ADDRESS, consent=list(consents)).status_code == 200
    with site.store() as store:
        assert queue_questions(store, site.loaded) == 1
    body = waiting(site)[-1][2]
    found = re.search(r"https://form\.example\.org(/confirm\S+)", body)
    assert found is not None, body
    return found[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_opening_the_link_confirms_nothing_and_the_button_does(site: FormSite, language: str) -> None:
    address = link(site).replace("lang=en", f"lang={language}")
    page = site.get(address)
    assert page.status_code == 200
    assert parsed(page.text).get("lang") == language
    assert [kind for kind, _, _ in waiting(site)] == ["opt-in"]
    done = site.post("/confirm", fields(page.text))
    assert done.status_code == 200
    kind, recipient, body = waiting(site)[-1]
    assert (kind, recipient) == ("code", ADDRESS)
    code = re.search(r"\b[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}\b", body)
    assert code is not None
    opened = site.post("/statement", site.filled("/statement", code=code[0]))
    assert ADDRESS in opened.text


def test_a_second_click_sends_no_second_mail(site: FormSite) -> None:
    data = fields(site.get(link(site)).text)
    first, second = site.post("/confirm", data), site.post("/confirm", data)
    assert (first.status_code, second.status_code) == (200, 200)
    assert [kind for kind, _, _ in waiting(site)].count("code") == 1


@pytest.mark.parametrize("token", ["", "x", "é", "\x00", "A" * 100_000])
def test_links_that_are_none_are_told_and_change_nothing(site: FormSite, token: str) -> None:
    link(site)
    for path in ("/confirm", "/stop-mail"):
        page = site.post(path, {**site.filled(path), "token": token})
        assert page.status_code == 404
    assert [kind for kind, _, _ in waiting(site)] == ["opt-in"]


def stop_token(site: FormSite) -> str:
    """The token that stands in thanks to somebody who confirmed the address."""
    site.post("/confirm", fields(site.get(link(site)).text))
    text = Text(subject="What came of it", paragraphs="All branches stay open.", digest="d")
    with site.store() as store:
        assert queue_thanks(store, site.loaded, {"*": text}).by_language == {"en": 1}
    found = re.search(r"https://form\.example\.org/stop-mail\S+token=(\S+)", waiting(site)[-1][2])
    assert found is not None
    return found[1]


def test_a_button_ends_all_mails_and_opening_the_link_does_not(site: FormSite) -> None:
    token = stop_token(site)
    page = site.get(f"/stop-mail?token={token}")
    with site.store() as store:
        assert not store.mails.is_unsubscribed(ADDRESS)
    assert site.post("/stop-mail", fields(page.text)).status_code == 200
    with site.store() as store:
        assert store.mails.is_unsubscribed(ADDRESS)


def test_a_mail_program_ends_them_with_one_click_and_without_a_page(site: FormSite) -> None:
    token = stop_token(site)
    done = site.post(f"/stop-mail?token={token}", {"List-Unsubscribe": "One-Click"})
    assert (done.status_code, done.text) == (200, "")
    with site.store() as store:
        assert store.mails.is_unsubscribed(ADDRESS)
    wrong = site.post("/stop-mail?token=wrong", {"List-Unsubscribe": "One-Click"})
    assert wrong.status_code == 404


def test_a_mail_program_may_send_it_in_parts(site: FormSite) -> None:
    """RFC 8058 prefers multipart/form-data, and services do send it."""
    token = stop_token(site)
    done = site.web.post(f"/stop-mail?token={token}", files={"List-Unsubscribe": (None, "One-Click")})
    assert done.request.headers["content-type"].startswith("multipart/form-data")
    assert (done.status_code, done.text) == (200, "")
    with site.store() as store:
        assert store.mails.is_unsubscribed(ADDRESS)


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("multipart/form-data", b"--x\r\n", 400),  # without a boundary
        ("multipart/form-data; boundary=x", b"no part", 400),
        (
            "multipart/form-data; boundary=x; charset=no-such",
            b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n',
            404,  # read, and the token is none of ours
        ),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="a"; filename="f"\r\n\r\n1\r\n--x--\r\n',
            400,
        ),
        ("multipart/form-data; boundary=x", b"-" * 200_000, 413),
        ("application/json", b"{}", 415),
    ],
)
def test_odd_parts_are_refused(site: FormSite, kind: str, body: bytes, status: int) -> None:
    answer = site.web.post("/stop-mail?token=x", content=body, headers={"content-type": kind})
    assert answer.status_code == status


def test_parts_are_taken_nowhere_else(site: FormSite) -> None:
    assert site.web.post("/", files={"q_words": (None, "x")}).status_code == 415


def test_one_mail_service_ends_mails_for_all_its_users(site: FormSite) -> None:
    token = stop_token(site)
    click = {"List-Unsubscribe": "One-Click"}
    assert {site.post(f"/stop-mail?token={token}", click).status_code for _ in range(60)} == {200}
    wrong = [site.post("/stop-mail?token=wrong", click).status_code for _ in range(40)]
    assert wrong[0] == 404 and wrong[-1] == 429
