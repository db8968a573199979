"""Hostile readers: nobody, and each role, over all pages and Datasette's; what comes out is judged by its content."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from advocacy_monitor.desk.context import BASE, Page
from advocacy_monitor.desk.pack_jobs import jobs_of
from advocacy_monitor.desk.pages import all_pages
from advocacy_monitor.staff.roles import RIGHTS, Role
from tests.desk.marked import (
    NOT_SHARED,
    OF_CODERS,
    OF_CONTACTS,
    OF_PEOPLE,
    OPEN,
    STATEMENTS,
    Marked,
    leaked,
    opened,
)

PAGES = tuple(all_pages())
SHARERS = ("viewer", "advocate", "coder")
RESTRICTED = (*SHARERS, "transcriber")


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Marked]:
    with opened(tmp_path_factory.mktemp("probes")) as made:
        yield made


def test_the_words_are_there_for_those_who_may_see_them(marked: Marked) -> None:
    administrator, moderator = marked.client("administrator"), marked.client("moderator")
    seen = "".join(moderator.get(f"/statements/{marked.numbers[word]}").text for word in (*STATEMENTS, OPEN))
    seen += moderator.stock("/advocacy/items.json?_size=max").text
    seen += administrator.stock("/advocacy/codings.json").text
    seen += administrator.stock("/advocacy/transcriptions.json").text
    assert [word for word in NOT_SHARED if word not in seen] == ["SECRETAUTHORID", *OF_CONTACTS]  # kept as a digest
    listed = marked.client("viewer").get("/statements").text
    assert OPEN in listed and "[e-mail address removed]" in listed


def _page_id(page: Page) -> str:
    return f"{page.method} {page.path}"


@pytest.mark.parametrize("page", PAGES, ids=_page_id)
def test_whoever_lacks_the_right_gets_nothing_from_a_page_and_changes_nothing(marked: Marked, page: Page) -> None:
    path, before = marked.filled_in(page.path), marked.state
    data = {"item": str(marked.numbers["SECRETPENDING"]), "status": "approved", "reason": "x", "stance": "praise"}
    for role in (None, *Role):
        if page.right is None or (role is not None and page.right in RIGHTS[role]):
            continue
        client = marked.client(role)
        answer = client.get(path) if page.method == "GET" else client.post(path, data)
        assert answer.status_code == (303 if role is None else 403), role
        if role is None:
            assert answer.headers["location"].startswith(f"{BASE}/login")
        assert leaked(answer.content, (*NOT_SHARED, OPEN)) == []
    assert marked.state == before


@pytest.mark.parametrize("page", [page for page in PAGES if page.method == "GET"], ids=_page_id)
def test_sharers_read_on_no_page_what_may_not_be_shared(marked: Marked, page: Page) -> None:
    for role in RESTRICTED:
        coding = role == "coder" and page.path.startswith("/coding/")
        scan = role == "transcriber" and page.path.endswith("/scans/{scan:int}")
        words = (*OF_PEOPLE, *OF_CODERS, *OF_CONTACTS) if coding else () if scan else NOT_SHARED
        for secret in STATEMENTS:
            answer = marked.client(role).get(marked.filled_in(page.path, secret))
            assert answer.status_code < 500 and leaked(answer.content, words) == [], (role, secret)
            if "{item" not in page.path:
                break


_ENDS_THE_SESSION = ("/logout", "/account/password")
_FORMS = [page for page in PAGES if page.method == "POST" and page.path not in _ENDS_THE_SESSION]


@pytest.mark.parametrize("page", _FORMS, ids=_page_id)
def test_a_form_about_what_one_may_not_see_tells_sharers_nothing(marked: Marked, page: Page) -> None:
    secret = [marked.numbers[word] for word in STATEMENTS]
    data = {"item": [str(each) for each in secret], "title": "x", "name": "stolen", "format": "csv", "seen": "x"}
    data |= {f"use-{each}": "main" for each in secret} | {f"printed-{each}": "the reading room" for each in secret}
    for role in RESTRICTED:
        answer = marked.client(role).post(marked.filled_in(page.path), data)
        assert answer.status_code < 500 and leaked(answer.content) == [], role
    assert jobs_of(marked.site.campaign, marked.site.desk.clock).wait()


@pytest.mark.parametrize("word", [*STATEMENTS.values(), "secretmail", "7654321", "SECRETHANDLE", "SECRETLIBRARY"])
@pytest.mark.parametrize("path", ["/statements", "/dashboards", "/map", "/packs/new", "/packs/choose"])
def test_no_search_tells_sharers_whether_hidden_words_are_there(marked: Marked, path: str, word: str) -> None:
    for role in SHARERS:
        client, nowhere = marked.client(role), "nowhereatall"
        for form in ("q={}", "q={}*", "q=%22{}%22", "q=reading+{}"):
            real, none = client.get(f"{path}?{form.format(word)}"), client.get(f"{path}?{form.format(nowhere)}")
            assert (real.status_code, _plain(real.text, word)) == (none.status_code, _plain(none.text, nowhere)), role


def _plain(text: str, word: str) -> str:
    """A page without what was asked for, and without what is another on every page."""
    return re.sub(r'name="csrf" value="\w+"|\d\d:\d\d:\d\d', "", text.replace(word, ""))


@pytest.mark.parametrize(
    "query",
    [
        "status=rejected",
        "status=pending",
        "risk=minor",
        "risk=personal_data",
        "consent=none",
        "library=SECRETLIBRARY",
        "area=SECRETAREA",
        "order=uncertain",
        "counted=1",
        "status=rejected&status=approved",
        "after=99999",
        "since=1900-01-01",
    ],
)
@pytest.mark.parametrize("path", ["/statements", "/statements.csv", "/statements.json", "/statements.xlsx"])
def test_no_filter_opens_what_may_not_be_shared(marked: Marked, path: str, query: str) -> None:
    asked = query.partition("=")[2]
    for role in SHARERS:
        answer = marked.client(role).get(f"{path}?{query}")
        words = tuple(word for word in NOT_SHARED if word != asked)
        assert answer.status_code < 500 and leaked(answer.content, words) == [], role
        assert answer.status_code in ((403,) if path != "/statements" and role != "advocate" else (200, 400))


@pytest.mark.parametrize("path", ["/dashboards", "/map", "/map.csv"])
def test_charts_count_the_same_whatever_sharers_ask_about_moderation(marked: Marked, path: str) -> None:
    for role in SHARERS:
        client = marked.client(role)
        plain = _numbers(client.get(path).text)
        for query in ("status=rejected", "risk=any", "risk=minor", "consent=none", "q=zebra"):
            assert _numbers(client.get(f"{path}?{query}").text) == plain, query


def _numbers(text: str) -> list[str]:
    shown = re.sub(r"(?s)<(nav|script|head|header)\b.*?</\1>|\d\d:\d\d:\d\d|<[^>]+>", " ", text)
    return re.findall(r"\d+", shown)


def test_every_file_of_an_advocates_pack_holds_only_what_may_be_shared(marked: Marked) -> None:
    advocate = marked.client("advocate")
    page = advocate.get(f"/packs/jobs/{marked.job}")
    files = re.findall(rf'href="{BASE}(/packs/jobs/[^"]+/files/[^"]+)"', page.text)
    assert len(files) >= 5
    for path in (*files, f"/packs/jobs/{marked.job}/all.zip"):
        answer = advocate.get(path)
        assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
        assert leaked(answer.content) == [], path
        for role in ("viewer", "coder", "moderator"):
            assert marked.client(role).get(path).status_code == 403
        assert marked.client(None).get(path).status_code == 303


@pytest.mark.parametrize(
    "name",
    [
        "../job.json",
        "..%2f..%2f..%2fadvocacy.db",
        "..%5c..%5cadvocacy.db",
        "%2e%2e/%2e%2e/advocacy.db",
        "....//....//advocacy.db",
        "/etc/passwd",
        "%2fetc%2fpasswd",
        ".job.json",
        "job.json",
        "%00",
        "x%00.csv",
    ],
)
def test_no_path_leads_out_of_a_packs_folder(marked: Marked, name: str) -> None:
    answer = marked.client("advocate").get(f"/packs/jobs/{marked.job}/files/{name}")
    assert answer.status_code == 404
    for job in ("..", "%2e%2e", "..%2f..", "20260101-000000-00000000", "%00", "."):
        assert marked.client("advocate").get(f"/packs/jobs/{job}/files/advocacy.db").status_code == 404


@pytest.mark.parametrize(
    "name", ["..%2f..%2fconfig", "%2e%2e", "config.yaml", "spring%00", "SPRING%2f..", "con", "a" * 300, "~%2fx", "é"]
)
def test_no_name_of_a_choice_leads_elsewhere(marked: Marked, name: str) -> None:
    client = marked.client("advocate")
    answers = [client.get(f"/packs/choose/{name}"), client.post(f"/packs/choose/{name}", {"version": "x"})]
    answers.append(client.post("/packs/choose", {"name": name.replace("%2f", "/"), "title": "x"}))
    answers.append(client.get(f"/packs/new?selection={name}"))
    for answer in answers:
        assert answer.status_code in (400, 404) and str(marked.site.campaign.folder) not in answer.text


def test_a_choice_takes_no_statement_that_it_did_not_propose(marked: Marked) -> None:
    advocate = marked.client("advocate")
    secret = marked.numbers["SECRETREJECTED"]
    page = advocate.get("/packs/choose/spring")
    version = re.findall(r'name="version" value="([0-9a-f]+)"', page.text)[0]
    answer = advocate.post(
        "/packs/choose/spring", {"version": version, f"use-{secret}": "main", f"printed-{secret}": "the reading room"}
    )
    assert answer.status_code == 303
    saved = (marked.site.campaign.folder / "selections" / "spring.yaml").read_text(encoding="utf-8")
    assert f"item: {secret}\n" not in saved and leaked(saved.encode()) == []
