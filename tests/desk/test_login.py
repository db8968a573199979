"""The way in and out of the desk, and one's own account, asked as a browser asks."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from advocacy_monitor.desk.context import SESSION
from advocacy_monitor.staff.roles import Role
from tests.desk.site import PASSWORD, Site

NEW = "seven wet umbrellas"


@pytest.fixture
def site(desk_site: Site) -> Site:
    desk_site.desk.accounts.add("Ada", Role.CODER, PASSWORD)
    return desk_site


def _token(response: object) -> str:
    found = re.search(rf"{SESSION}=([\w-]+);", response.headers.get("set-cookie", ""))  # type: ignore[attr-defined]
    return found[1] if found else ""


def test_somebody_logs_in_sees_a_page_and_logs_out(site: Site) -> None:
    nobody = site.client(None)
    form = nobody.get("/login")
    assert form.status_code == 200
    assert 'autocomplete="current-password"' in form.text
    inside = nobody.post("/login", {"name": "ada", "password": PASSWORD})
    assert (inside.status_code, inside.headers["location"]) == (303, "/-/desk/")
    cookie = inside.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=" in cookie
    token = _token(inside)
    ada = type(nobody)(nobody._web, site.desk, token)
    page = ada.get("/account")
    assert page.status_code == 200
    assert "Ada" in page.text
    assert token not in page.text
    again = ada.get("/login?to=/-/desk/coding")
    assert (again.status_code, again.headers["location"]) == (303, "/-/desk/coding")
    assert ada.post("/logout", csrf="wrong").status_code == 403
    out = ada.post("/logout")
    assert (out.status_code, out.headers["location"]) == (303, "/-/desk/login")
    assert ada.get("/account").headers["location"].startswith("/-/desk/login")


def test_whoever_is_refused_sees_the_same_page(site: Site) -> None:
    site.desk.accounts.add("Cleo", Role.VIEWER, PASSWORD)
    site.desk.accounts.disable("Cleo")
    pages = set()
    for name, password in (("Ada", NEW), ("Nobody", PASSWORD), ("Cleo", PASSWORD)):
        refused = site.client(None).post("/login", {"name": name, "password": password})
        assert refused.status_code == 403
        assert not _token(refused)
        assert password not in refused.text
        pages.add(refused.text.replace(f'value="{name}"', 'value=""'))
    assert len(pages) == 1
    assert "The name or the password is wrong." in pages.pop()


def test_too_many_attempts_are_told_how_long_to_wait(site: Site) -> None:
    nobody = site.client(None)
    for _ in range(5):
        assert nobody.post("/login", {"name": "Ada", "password": NEW}).status_code == 403
    locked = nobody.post("/login", {"name": "Ada", "password": PASSWORD})
    assert locked.status_code == 429
    assert 25 <= int(locked.headers["retry-after"]) <= 30
    assert "Too many attempts have failed." in locked.text


@pytest.mark.parametrize(
    ("to", "leads"),
    [
        ("", "/-/desk/"),
        ("/-/desk/queue?status=pending", "/-/desk/queue?status=pending"),
        ("/-/desk/queue", "/-/desk/queue"),
        ("/advocacy/items?_size=5", "/-/desk/"),
        ("/-/desk/../../x", None),
        ("//evil.example.org/x", "/-/desk/"),
        ("https://evil.example.org", "/-/desk/"),
        ("/\\evil.example.org", "/-/desk/"),
        ("/\t/evil.example.org", None),
        ("javascript:alert(1)", "/-/desk/"),
    ],
)
def test_a_log_in_leads_on_and_to_no_other_site(site: Site, to: str, leads: str | None) -> None:
    inside = site.client(None).post("/login", {"name": "Ada", "password": PASSWORD, "to": to})
    location = inside.headers["location"]
    assert inside.status_code == 303
    assert location == leads or (leads is None and location.startswith("/-/desk/"))


def test_whoever_may_see_tables_is_led_on_to_them(site: Site) -> None:
    site.desk.accounts.add("Mo", Role.MODERATOR, PASSWORD)
    for to, leads in (("/advocacy/items?_size=5", "/advocacy/items?_size=5"), ("//evil.example.org/x", "/-/desk/")):
        inside = site.client(None).post("/login", {"name": "Mo", "password": PASSWORD, "to": to})
        assert (inside.status_code, inside.headers["location"]) == (303, leads)


def test_hostile_words_in_the_form_are_shown_as_text(site: Site) -> None:
    bad = '"><script>alert(1)</script>'
    for response in (
        site.client(None).post("/login", {"name": bad, "password": "x", "to": bad}),
        site.client(None).stock("/-/desk/login", params={"to": bad}),
    ):
        assert "<script>alert" not in response.text
    for name in ("a" * 100_000, "\x00", "ü\u202e"):
        assert site.client(None).post("/login", {"name": name, "password": name}).status_code == 403
    form = {"content-type": "application/x-www-form-urlencoded"}
    lone = site.client(None).stock(
        "/-/desk/login", method="POST", content=b"name=%ED%A0%80&password=%ED%A0%80%FF", headers=form
    )
    assert lone.status_code == 403
    assert site.client(None).post("/login").status_code == 403


def test_the_link_of_the_terminal_works_once(site: Site) -> None:
    key = site.desk.accounts.make_entry_key("root")
    inside = site.client(None).get(f"/enter?key={key}")
    assert inside.status_code == 303
    nobody = site.client(None)
    root = type(nobody)(nobody._web, site.desk, _token(inside))
    page = root.get("/account")
    assert "root" in page.text
    assert "You came in from the terminal" in page.text
    assert root.post("/account/password", {"old": "", "new": NEW, "again": NEW}).status_code == 409
    for again in (f"/enter?key={key}", "/enter", "/enter?key=x"):
        refused = nobody.get(again)
        assert refused.status_code == 403
        assert "used already or is too old" in refused.text


def test_one_s_own_password_is_changed_and_other_browsers_are_logged_out(site: Site) -> None:
    ada = site.client("coder")
    elsewhere = site.desk.accounts.log_in("Coder", PASSWORD, address="192.0.2.1")
    for given, words in (
        ({"old": NEW, "new": NEW, "again": NEW}, "This is not your password."),
        ({"old": PASSWORD, "new": NEW, "again": NEW + "x"}, "The two are not the same."),
        ({"old": PASSWORD, "new": "short", "again": "short"}, "take at least 12 characters."),
        ({"old": PASSWORD, "new": "password1234", "again": "password1234"}, "guessed first"),
    ):
        refused = ada.post("/account/password", given)
        assert refused.status_code in (400, 403)
        assert words in refused.text
        assert not any(value in refused.text for value in (PASSWORD, NEW))
    done = ada.post("/account/password", {"old": PASSWORD, "new": NEW, "again": NEW})
    assert done.status_code == 303
    assert site.desk.accounts.person(elsewhere) is None
    assert site.desk.accounts.person(_token(done)) is not None
    assert [(each.actor, each.action, each.detail) for each in site.desk.reader().actions.newest()] == [
        ("Coder", "staff.own_password", "")
    ]


def test_a_session_that_is_over_leads_to_the_log_in(site: Site) -> None:
    ada = site.client("coder")
    assert ada.get("/account").status_code == 200
    real = site.desk.accounts._clock
    site.desk.accounts._clock = lambda: real() + timedelta(hours=2)
    answer = ada.get("/account")
    assert (answer.status_code, answer.headers["location"]) == (303, "/-/desk/login?to=%2F-%2Fdesk%2Faccount")
