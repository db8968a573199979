"""Accounts and the log of what was done, as administrators see them and nobody else."""

from __future__ import annotations

import re

import pytest

from advocacy_monitor.staff.accounts import Account, LogInError
from advocacy_monitor.staff.roles import Role
from tests.desk.site import PASSWORD, Site

NEW = "seven wet umbrellas"


def _of(site: Site, name: str) -> Account:
    return site.desk.accounts.account(name)


@pytest.mark.parametrize("role", [None, "viewer", "coder", "moderator", "advocate"])
def test_only_administrators_see_accounts_and_log(shared_site: Site, role: str | None) -> None:
    client = shared_site.client(role)
    wanted = 303 if role is None else 403
    for path in ("/accounts", "/accounts/1", "/log"):
        assert client.get(path).status_code == wanted, path
    before = [(each.name, each.role, each.disabled_at) for each in shared_site.desk.accounts.people()]
    for path in ("/accounts", "/accounts/1/role", "/accounts/1/password", "/accounts/1/disable", "/accounts/1/enable"):
        assert client.post(path, {"name": "Eve", "role": "administrator", "password": NEW}).status_code == wanted, path
    assert [(each.name, each.role, each.disabled_at) for each in shared_site.desk.accounts.people()] == before


def test_an_account_is_made_with_a_password_that_is_shown_once(desk_site: Site) -> None:
    boss = desk_site.client("administrator")
    made = boss.post("/accounts", {"name": "Zoë <b>", "role": "coder", "password": ""})
    assert made.status_code == 400
    assert "<b>" not in made.text.replace("<b></b>", "")
    made = boss.post("/accounts", {"name": "Zoë O'Neill", "role": "coder", "language": "de"})
    assert made.status_code == 200
    assert made.headers["cache-control"] == "no-store"
    found = re.search(r"<code[^>]*>([a-z0-9-]{23})</code>", made.text)
    assert found
    token = desk_site.desk.accounts.log_in("zoë o'neill", found[1], address="192.0.2.1")
    person = desk_site.desk.accounts.person(token)
    assert person is not None
    assert (person.name, person.role) == ("Zoë O'Neill", Role.CODER)
    listed = boss.get("/accounts")
    assert "Zoë O&#39;Neill" in listed.text
    assert found[1] not in listed.text


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"name": "ADMINISTRATOR", "role": "coder"}, "There is an account of this name already."),
        ({"name": "themes@3", "role": "coder"}, "letters and digits"),
        ({"name": "", "role": "coder"}, "letters and digits"),
        ({"name": "Ada", "role": "coder", "password": "password1234"}, "guessed first"),
        ({"name": "Ada", "role": "coder", "password": "short"}, "take at least 12 characters."),
        ({"name": "Ada", "role": "boss"}, "There is no such role."),
        ({"name": "Ada"}, "There is no such role."),
    ],
)
def test_what_cannot_be_made_is_explained(shared_site: Site, given: dict[str, str], words: str) -> None:
    boss = shared_site.client("administrator")
    before = len(shared_site.desk.accounts.people())
    refused = boss.post("/accounts", given)
    assert refused.status_code == 400
    assert words in refused.text
    assert len(shared_site.desk.accounts.people()) == before


def test_role_password_and_access_are_changed_and_the_person_is_logged_out(desk_site: Site) -> None:
    boss, coder = desk_site.client("administrator"), desk_site.client("coder")
    number = _of(desk_site, "Coder").id
    assert boss.get(f"/accounts/{number}").status_code == 200
    assert coder.get("/account").status_code == 200
    assert boss.post(f"/accounts/{number}/role", {"role": "viewer"}).status_code == 303
    assert coder.get("/account").status_code == 303
    assert _of(desk_site, "Coder").role == Role.VIEWER
    weak = boss.post(f"/accounts/{number}/password", {"password": "coder-coder-coder"})
    assert weak.status_code == 400
    assert "hardly more than the name" in weak.text
    assert boss.post(f"/accounts/{number}/password", {"password": NEW}).status_code == 303
    assert desk_site.desk.accounts.log_in("Coder", NEW, address="192.0.2.1")
    assert boss.post(f"/accounts/{number}/disable").status_code == 303
    with pytest.raises(LogInError):
        desk_site.desk.accounts.log_in("Coder", NEW, address="192.0.2.1")
    assert "disabled" in boss.get("/accounts").text
    assert boss.post(f"/accounts/{number}/enable").status_code == 303
    assert desk_site.desk.accounts.log_in("Coder", NEW, address="192.0.2.1")
    noted = [(each.actor, each.action, each.detail) for each in desk_site.desk.reader().actions.newest()]
    assert noted == [
        ("Administrator", "staff.enable", "Coder"),
        ("Administrator", "staff.disable", "Coder"),
        ("Administrator", "staff.password", "Coder"),
        ("Administrator", "staff.role", "Coder: coder to viewer"),
    ]
    assert boss.get("/accounts/999").status_code == 404


def test_a_wait_is_seen_and_ended(desk_site: Site) -> None:
    boss = desk_site.client("administrator")
    desk_site.client("coder")
    for _ in range(5):
        with pytest.raises(LogInError):
            desk_site.desk.accounts.log_in("Coder", "x", address="192.0.2.1")
    number = _of(desk_site, "Coder").id
    assert "locked after wrong passwords" in boss.get("/accounts").text
    assert "for 1 minute." in boss.get(f"/accounts/{number}").text
    assert boss.post(f"/accounts/{number}/enable").status_code == 303
    assert not _of(desk_site, "Coder").waits


@pytest.mark.parametrize("does", ["role", "password", "disable", "enable"])
def test_administrators_cannot_lock_themselves_out(shared_site: Site, does: str) -> None:
    boss = shared_site.client("administrator")
    number = _of(shared_site, "Administrator").id
    assert "This is your own account." in boss.get(f"/accounts/{number}").text
    assert boss.post(f"/accounts/{number}/{does}", {"role": "viewer", "password": NEW}).status_code == 409
    found = _of(shared_site, "Administrator")
    assert (found.role, found.disabled_at) == (Role.ADMINISTRATOR, None)
    assert shared_site.desk.accounts.log_in("Administrator", PASSWORD, address="192.0.2.1")


def test_the_log_is_read_page_by_page_by_person_and_by_statement(desk_site: Site) -> None:
    boss = desk_site.client("administrator")
    with desk_site.desk.writer() as store:
        store.actions.add("Ada", "erase", item_ids=[3], detail="<script>alert(1)</script> \u202e")
        store.actions.add("Bob", "something new")
        for number in range(150):
            store.actions.add("Cleo", "redact", item_ids=[1], detail=f"number {number}")
    newest = boss.get("/log")
    assert newest.text.count("took words out of a text") == 100
    assert "number 149" in newest.text
    assert "number 49<" not in newest.text
    older = re.search(r'rel="next" href="([^"]+)"', newest.text)
    assert older
    rest = boss.stock(older[1])
    assert rest.text.count("took words out of a text") == 50
    assert "something new" in rest.text
    assert "<script>alert" not in rest.text
    assert "\u202e" not in rest.text
    adas = boss.get("/log?who=Ada")
    assert adas.text.count("<time") == 1
    assert "erased a person" in adas.text
    assert boss.get("/log?item=3").text.count("<time") == 1
    assert "Nothing of that kind" in boss.get("/log?who=Eve&item=3").text
    for bad in ("x", "-1", "9" * 25, "٣"):
        assert boss.get(f"/log?item={bad}").status_code == 400
        assert boss.get(f"/log?before={bad}").status_code == 400
