"""The door in front of every page: from where, who, with which role, how much; nothing gets past it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pydantic import HttpUrl

from advocacy_monitor.config_parts import Desk as DeskSettings
from advocacy_monitor.desk.context import BASE, is_local
from tests.desk.site import Site, open_site, prepare

_STOCK = ("/advocacy", "/advocacy/runs", "/advocacy/items.json", "/advocacy/items.csv", "/advocacy/runs/1")
_INNER = (
    "/-/metadata.json",
    "/-/config.json",
    "/-/plugins.json",
    "/-/databases.json",
    "/-/settings.json",
    "/-/versions.json",
)
_MORE = (
    "/advocacy.json?sql=select+1",
    "/advocacy?sql=select+1",
    "/advocacy/-/query?sql=select+1",
    "/advocacy/runs?_where=1",
    "/advocacy/runs?_through=%7B%7D",
    "/advocacy/runs?_search=a&_fts_table=items_fts",
    "/advocacy/runs?_search=a&_fts_pk=id",
    "/advocacy/codings",
    "/advocacy/codings.json",
    "/advocacy/~63odings",
    "/advocacy/CODINGS",
    "/advocacy/coding_samples/1~2C1",
    "/advocacy/actions",
    "/advocacy/transcriptions",
    "/advocacy/transcriptions.json",
    "/advocacy.db",
)
_WORKERS = ("viewer", "transcriber", "coder", "advocate")


def test_nobody_gets_no_further_than_the_login(shared_site: Site) -> None:
    nobody = shared_site.client(None)
    for path in (*_STOCK, *_INNER, *_MORE, "/", f"{BASE}/queue", f"{BASE}/statements"):
        answer = nobody.stock(path)
        assert answer.status_code in (303, 404), path
        if answer.status_code == 303:
            assert answer.headers["location"].startswith(f"{BASE}/login")
        assert "Bücherei" not in answer.text


@pytest.mark.parametrize("role", _WORKERS)
def test_who_only_sees_what_is_shared_gets_no_table(shared_site: Site, role: str) -> None:
    client = shared_site.client(role)
    for path in (*_STOCK, *_INNER, *_MORE):
        assert client.stock(path).status_code == 403, path


def test_moderators_see_tables_but_nothing_through_which_one_table_tells_of_another(shared_site: Site) -> None:
    client = shared_site.client("moderator")
    assert {client.stock(path).status_code for path in _STOCK} == {200}
    assert {path: client.stock(path).status_code for path in (*_INNER, *_MORE)} == dict.fromkeys((*_INNER, *_MORE), 403)
    assert "/advocacy/codings" not in client.stock("/advocacy").text
    for path in ("/advocacy/items/2", "/advocacy/items/2.json?_extra=foreign_key_tables", "/advocacy/~69tems/~32"):
        row = client.stock(path)
        assert (row.status_code, row.headers["location"]) == (303, f"{BASE}/statements/2")
    for path in ("/advocacy/items", "/advocacy/items?_search=lonely", "/advocacy/~69tems"):
        assert client.stock(path).headers["location"] == f"{BASE}/statements"


def test_administrators_see_everything(shared_site: Site) -> None:
    client = shared_site.client("administrator")
    for path in (
        *_STOCK,
        *_INNER[2:],
        "/advocacy/items/2",
        "/advocacy/codings",
        "/advocacy/actions",
        "/advocacy/items?_where=id<3",
    ):
        assert client.stock(path).status_code == 200, path


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_datasettes_own_pages_only_read(shared_site: Site, method: str) -> None:
    for path in ("/advocacy/items", "/advocacy/-/create", "/-/anything"):
        assert shared_site.client("administrator").stock(path, method=method).status_code == 405


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
    ],
)
def test_a_form_from_another_site_is_refused(shared_site: Site, headers: dict[str, str]) -> None:
    answer = shared_site.client("moderator").post("/logout", headers=headers)
    assert (answer.status_code, answer.text) == (403, "This request comes from another site.\n")


def test_a_form_without_the_sessions_own_token_is_refused(shared_site: Site) -> None:
    moderator, other = shared_site.client("moderator"), shared_site.client("moderator", name="Other")
    assert other.token is not None
    for token in ("", "x" * 64, shared_site.desk.accounts.csrf(other.token)):
        answer = moderator.post("/logout", csrf=token)
        assert answer.status_code == 403
        assert "not of this log-in" in answer.text
    assert moderator.get("/statements").status_code == 200


def test_a_form_that_is_too_large_is_refused(shared_site: Site) -> None:
    client = shared_site.client("moderator")
    assert client.post("/queue/decide", {"reason": "x" * (5 << 20)}).status_code == 413

    def drops() -> Iterator[bytes]:
        yield from (b"a" * (1 << 20) for _ in range(6))

    kind = {"content-type": "application/x-www-form-urlencoded"}
    assert client.stock(f"{BASE}/queue/decide", method="POST", headers=kind, content=drops()).status_code == 413


def test_every_answer_says_what_may_be_loaded(shared_site: Site) -> None:
    for path, scripts in ((f"{BASE}/login", False), ("/advocacy", True), ("/nothing/at/all", True)):
        headers = shared_site.client("administrator").stock(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy
        assert ("script-src" in policy) == scripts  # inside Datasette's own pages; ours have files
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"


def test_a_session_that_ended_lets_nobody_in(desk_site: Site) -> None:
    client = desk_site.client("administrator")
    assert client.stock("/advocacy").status_code == 200
    assert client.token is not None
    desk_site.desk.accounts.log_out(client.token)
    assert client.stock("/advocacy").status_code == 303
    client.token = "forged"
    assert client.stock("/advocacy").status_code == 303


def test_behind_an_https_address_its_name_is_answered_and_cookies_are_secure(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    loaded = prepare(tmp_path_factory.mktemp("https"), 20)
    with open_site(loaded, desk=DeskSettings(address=HttpUrl("https://desk.example.org"))) as site:
        key = site.desk.accounts.make_entry_key("Ada")
        host = {"host": "desk.example.org"}
        answer = site.client(None).get(f"/enter?key={key}", headers=host)
        assert answer.status_code in (200, 303)
        assert site.client("viewer").get("/statements", headers=host).status_code == 200
        assert site.client("viewer").get("/statements", headers={"host": "other.example.org"}).status_code == 403
        origin = {"host": "desk.example.org", "origin": "https://desk.example.org"}
        assert site.client("viewer").post("/logout", headers=origin).status_code == 303


@pytest.mark.parametrize("address", ["", "x", "//evil.example", "/\\evil.example", "https://evil.example", "/a\nb"])
def test_only_addresses_of_this_server_are_followed(address: str) -> None:
    assert not is_local(address)
    assert is_local("/advocacy/items?_search=x")
