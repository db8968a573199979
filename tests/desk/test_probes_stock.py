"""Hostile readers before Datasette's own pages, and requests that no browser sends: nothing comes out, nothing breaks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from advocacy_monitor.desk.context import BASE, SESSION
from advocacy_monitor.desk.pages import all_pages
from tests.desk.marked import NOT_SHARED, OF_CODERS, OF_CONTACTS, OF_FLYERS, OPEN, Marked, leaked, opened, whole

_TABLES = (
    "items",
    "annotations",
    "decisions",
    "consents",
    "captures",
    "translations",
    "codings",
    "transcriptions",
    "paper_batches",
    "coding_samples",
    "coding_rounds",
    "actions",
    "runs",
    "rejects",
    "items_fts",
    "items_fts_data",
    "items_fts_content",
    "item_status",
    "current_annotations",
    "summary_items",
    "sqlite_master",
    "sqlite_schema",
    "contacts",
)
_FORMS = (
    "/advocacy/{}",
    "/advocacy/{}.json?_shape=array&_size=max",
    "/advocacy/{}.csv?_stream=1",
    "/advocacy/{}/1",
    "/advocacy/{}.json?_facet=id&_facet_size=max",
)
_ODD = (
    "/advocacy.db",
    "/advocacy.json",
    "/advocacy?sql=select+*+from+items",
    "/advocacy.csv?sql=select+text+from+items",
    "/advocacy.json?sql=select+*+from+codings&_shape=array",
    "/advocacy/-/query?sql=select+*+from+items",
    "/advocacy/-/query.json?sql=select+*+from+items",
    "/advocacy/items.json?_where=1+union+select+note+from+codings",
    "/advocacy/items.json?%5Fwhere=1",
    "/advocacy/items.json?_search=zebra&_fts_table=items_fts&_fts_pk=rowid",
    "/advocacy/items.json?_through=%7B%22table%22%3A%22codings%22%2C%22column%22%3A%22note%22%2C%22value%22%3A%22SECRETNOTE%22%7D",
    "/advocacy/items.json?_col=text&_col=author_handle",
    "/advocacy/items.json?_nocol=text&text__contains=SECRET",
    "/advocacy/items.json?_sort_desc=author_handle",
    "/advocacy/items.json?_facet=author_handle",
    "/advocacy/items.json?_facet_array=hashtags&_extra=all",
    "/advocacy/items.json?_next=1&_size=1",
    "/advocacy/items.blob?_blob_column=text",
    "/advocacy/~69~74ems.json",
    "/advocacy/~69tems",
    "/~61dvocacy/items.json",
    "/advocacy/c%6fdings.json",
    "/advocacy/%63odings",
    "/advocacy/CODINGS.json",
    "/advocacy/codings~2Ejson",
    "/advocacy//codings.json",
    "//advocacy/codings.json",
    "/./advocacy/codings.json",
    "/advocacy/./codings.json",
    "/x/../advocacy/items.json",
    "/-/static/../../advocacy/items.json",
    "/-/static/%2e%2e/%2e%2e/advocacy/items.json",
    "/-/static/..%2f..%2f..%2f..%2fetc%2fpasswd",
    "/-/static//etc/passwd",
    "/-%2fstatic/../advocacy/items.json",
    "/-/static-plugins/advocacy-monitor/../../advocacy.db",
    "/-/databases.json",
    "/-/metadata.json",
    "/-/config.json",
    "/-/settings.json",
    "/-/plugins.json?all=1",
    "/-/threads.json",
    "/-/actor.json",
    "/-/permissions",
    "/-/allow-debug",
    "/-/messages",
    "/-/patterns",
    "/-/auth-token?token=x",
    "/-/logout",
    "/-/create-token",
    "/-/api",
    "/-/tables.json?q=items",
    "/-/check.json?action=view-table&parent=advocacy&child=codings",
    "/-/rules.json?action=view-table",
    "/-/allowed.json?action=view-table",
    "/advocacy/-/create",
    "/advocacy/items/-/insert",
    "/advocacy/items/-/drop",
    "/advocacy/items/-/upsert",
    "/advocacy/items/1/-/delete",
    "/_memory?sql=select+1",
    "/_memory/-/query?sql=select+1",
    "/_internal",
    "/_internal/databases",
    "/contacts",
    "/contacts/contacts.json",
    "/advocacy.desk",
    "/advocacy.desk/accounts.json",
)


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Marked]:
    with opened(tmp_path_factory.mktemp("stock")) as made:
        yield made


@pytest.mark.parametrize("table", _TABLES)
def test_no_table_opens_to_those_who_read_only_what_is_shared(marked: Marked, table: str) -> None:
    for form in _FORMS:
        path = form.format(table)
        for role in (None, "viewer", "transcriber", "coder", "advocate"):
            answer = marked.client(role).stock(path)
            assert answer.status_code == (303 if role is None else 403), (path, role)
            assert leaked(answer.content, (*NOT_SHARED, OPEN)) == []


@pytest.mark.parametrize("path", _ODD)
def test_no_odd_address_of_datasette_opens_either(marked: Marked, path: str) -> None:
    for role in (None, "viewer", "transcriber", "coder", "advocate"):
        for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
            answer = marked.client(role).stock(path, method=method)
            assert answer.status_code in (303, 403, 404, 405), (path, role, method, answer.status_code)
            found = answer.headers.get("location", "")
            assert answer.status_code != 303 or found.startswith(f"{BASE}/"), found
            # What was asked for may stand in the address that the log-in leads back to.
            assert leaked(answer.content, (*NOT_SHARED, OPEN, "root:x:0")) == []


@pytest.mark.parametrize("path", [*_ODD, *(form.format(table) for table in _TABLES for form in _FORMS[:3])])
def test_moderators_learn_nothing_of_contacts_or_of_how_others_coded(marked: Marked, path: str) -> None:
    answer = marked.client("moderator").stock(path)
    asked = "SECRETNOTE" in path
    assert answer.status_code < 500, path
    assert leaked(answer.content, (*OF_CONTACTS, *(() if asked else OF_CODERS), *OF_FLYERS, "root:x:0")) == []


@pytest.mark.parametrize("path", [*_ODD, *(form.format(table) for table in _TABLES for form in _FORMS[:4])])
def test_not_even_administrators_reach_contacts_or_accounts_or_write(marked: Marked, path: str) -> None:
    before = marked.state
    answer = marked.client("administrator").stock(path)
    assert leaked(answer.content, (*OF_CONTACTS, "$argon2", "root:x:0", str(marked.client("viewer").token))) == []
    assert marked.state == before


@pytest.mark.parametrize(
    "sql",
    [
        "delete+from+items",
        "update+items+set+text=1",
        "attach+'contacts.db'+as+c",
        "pragma+query_only=off",
        "select+readfile('contacts.db')",
        "select+load_extension('x')",
        "select+*+from+pragma_database_list",
        "vacuum+into+'x.db'",
    ],
)
def test_an_administrators_sql_only_reads(marked: Marked, sql: str) -> None:
    before = marked.state
    for path in (f"/advocacy.json?sql={sql}", f"/advocacy/-/query.json?sql={sql}"):
        answer = marked.client("administrator").stock(path)
        assert leaked(answer.content, OF_CONTACTS) == []
        if "pragma_database_list" not in sql:
            assert '"ok": true' not in answer.text.replace('"ok":true', '"ok": true')
    assert marked.state == before
    assert not (marked.site.campaign.folder / "x.db").exists()


_VALUES: tuple[Any, ...] = (
    "",
    "0",
    "-1",
    "9" * 30,
    "1e309",
    "%00",
    "%ff%fe",
    "%ed%a0%80",
    "'\"<svg onload=alert(1)>",
    "%F0%9F%93%9A" * 12,
    "{{7*7}}%0d%0aSet-Cookie:+a=b",
    "٣",
    "²",
    "NaN",
    "2026-02-30",
    "0000-00-00",
    '" OR ""*',
    "(((((((((((((NEAR",
)
_KEYS = (
    *("q", "after", "since", "until", "status", "theme", "source", "language", "area", "library", "consent", "risk"),
    *("counted", "order", "page", "number", "item", "seen", "to", "back", "key", "selection", "recipient", "title"),
    *("name", "format", "all", "who", "action", "account", "words", "version"),
)


@pytest.mark.parametrize(
    "alone", [("q",), pytest.param(("after", "number", "page", "since"), marks=pytest.mark.long)], ids=["q", "others"]
)
@pytest.mark.parametrize("value", _VALUES)
def test_no_value_breaks_a_page(marked: Marked, value: str, alone: tuple[str, ...]) -> None:
    administrator = marked.client("administrator")
    query = "&".join(f"{key}={value}" for key in _KEYS)
    for page in all_pages():
        if page.method != "GET":
            continue
        path = marked.filled_in(page.path)
        for asked in (
            f"{path}?{query}",
            *(f"{path}?{key}={value}" for key in alone),
        ):
            answer = administrator.get(asked)
            assert answer.status_code < 500, asked
            assert "onload=alert(1)>" not in whole(answer.content) or answer.headers["content-type"] != "text/html"
            assert "a" not in answer.cookies


@pytest.mark.parametrize("value", _VALUES)
def test_no_value_breaks_a_form(marked: Marked, value: str) -> None:
    administrator = marked.client("administrator")
    for page in all_pages():
        if page.method != "POST" or page.path in ("/logout", "/account/password", "/login"):
            continue
        fields = (
            *_KEYS,
            "span",
            "offered",
            "find",
            "kind",
            "reason",
            "do",
            "stance",
            "text",
            "state",
            "proof",
            "scope",
        )
        more = ("size", "chance", "seed", "answer", "note", "only", "how", "on", "due", "role", "password", "confirm")
        path = marked.filled_in(page.path).replace("/erase", "/erase-not")
        answer = administrator.post(path, dict.fromkeys((*fields, *more), value))
        assert answer.status_code < 500, (path, value, answer.text)


@pytest.mark.parametrize("number", ["0", "999999999999999999", "9" * 25])
def test_no_number_breaks_a_page(marked: Marked, number: str) -> None:
    administrator = marked.client("administrator")
    for page in all_pages():
        if "{" in page.path and page.path != "/static":
            path = re.sub(r"\{\w+(:\w+)?\}", number, page.path)
            answer = administrator.get(path) if page.method == "GET" else administrator.post(path, {"how": "mail"})
            assert answer.status_code in (303, 400, 403, 404, 409), (page.method, path, answer.status_code)


@pytest.mark.parametrize("cookie", ["", "x", "a" * 5000, "%00", "'; DROP TABLE sessions; --", '"', "=;=;"])
def test_no_cookie_opens_or_breaks_anything(marked: Marked, cookie: str) -> None:
    nobody = marked.client(None)
    for path in (f"{BASE}/statements", "/advocacy/items"):
        assert nobody.stock(path, headers={"cookie": f"{SESSION}={cookie}"}).status_code == 303


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8001", "", "127.0.0.1@evil.example"]
)
def test_no_other_name_of_this_machine_is_answered(marked: Marked, host: str) -> None:
    answer = marked.client("administrator").stock(f"{BASE}/statements", headers={"host": host})
    assert answer.status_code == 403 and leaked(answer.content) == []
