"""`browse` shows staff everything in plain words, and lets nobody write, leave with the file, or look from elsewhere."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing
from html.parser import HTMLParser
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import yaml
from datasette.utils import tilde_encode

from advocacy_monitor.config import Loaded
from advocacy_monitor.errors import ConfigError, StoreError
from advocacy_monitor.models import Page
from advocacy_monitor.store import Store
from tests.conftest import make_post
from tests.desk.conftest import Fetch, fetch_all
from tests.desk.site import close, open_site
from tests.desk.statements import HOSTILE, campaign

browse = pytest.importorskip("advocacy_monitor.desk.browse", reason="needs the extra `browse`")

DASHBOARDS = resources.files("advocacy_monitor.desk") / "dashboards"
QUERIES: dict[str, Any] = yaml.safe_load((DASHBOARDS / "queries.yaml").read_text(encoding="utf-8"))
TABLES: dict[str, Any] = yaml.safe_load((DASHBOARDS / "datasette.yaml").read_text(encoding="utf-8"))["databases"][
    "advocacy"
]["tables"]
VISIBLE = [name for name, about in TABLES.items() if not about.get("hidden")]
PAGES = ["/advocacy", *(f"/advocacy/{name}" for name in (*VISIBLE, *QUERIES))]


def _schema(loaded: Loaded) -> dict[str, list[str]]:
    """The columns of each table and view in the database."""
    with closing(sqlite3.connect(loaded.database)) as db:
        names = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")]
        return {name: [row[1] for row in db.execute(f'PRAGMA table_info("{name}")')] for name in names}


class _Tags(HTMLParser):
    """The elements of a page with their attributes, and what its own scripts say."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.fixture(scope="module")
def pages(filled: Loaded) -> dict[str, Any]:
    """Every page of a filled campaign, fetched once."""
    return dict(zip(PAGES, fetch_all(filled, *PAGES), strict=True))


def test_every_page_opens(pages: dict[str, Any], empty: Loaded, fetch: Fetch) -> None:
    assert {page: answer.status_code for page, answer in pages.items()} == dict.fromkeys(PAGES, 200)
    assert {answer.status_code for answer in fetch(empty, *PAGES)} == {200}


def test_every_table_view_and_column_is_described(empty: Loaded) -> None:
    columns = {name: found for name, found in _schema(empty).items() if not name.startswith("items_fts_")}
    assert set(columns) == set(TABLES), "datasette.yaml and the schema name different tables"
    for name in VISIBLE:
        about = TABLES[name]
        assert about["title"] and about["description"].strip()
        assert list(about["columns"]) == columns[name], name
        assert all(len(words) > 3 for words in about["columns"].values())
        for column in (*about.get("facets", ()), about.get("label_column"), about.get("sort_desc")):
            assert column is None or column in columns[name]


def test_machinery_is_hidden_and_everything_else_listed(filled: Loaded, fetch: Fetch) -> None:
    (page, items) = fetch(filled, "/advocacy", "/advocacy/items")
    links = {attrs.get("href") for tag, attrs in _Tags(page.text).found if tag == "a"}
    assert {f"/advocacy/{name}" for name in VISIBLE} <= links
    assert not {f"/advocacy/{name}" for name in _schema(filled) if name not in VISIBLE} & links
    for words in (TABLES["items"]["title"], TABLES["items"]["columns"]["legal_basis"]):
        assert words in items.text


def test_questions_are_selects_with_a_title_a_description_and_a_name_of_their_own() -> None:
    for name, query in QUERIES.items():
        assert name not in TABLES, "a question and a table would share an address"
        assert query["title"] and query["description"].strip() and query["hide_sql"]
        assert query["sql"].startswith(("select", "with"))
        for parameter in _parameters(name):
            assert f":{parameter}" in query["sql"] and f"{parameter}:" in query["description"]


GIVEN = ("", "staff_help", "approved", "7", "'; --", '"', "*", "%", "Straße -x AND (", "\u202e")


def test_every_question_is_answered_whatever_is_asked(either: Loaded, fetch: Fetch) -> None:
    asked = [(name, given) for name in QUERIES for given in GIVEN]
    answers = fetch(
        either,
        *(
            ("GET", f"/advocacy/{name}.json", {"params": {"_shape": "array"} | dict.fromkeys(_parameters(name), given)})
            for name, given in asked
        ),
    )
    for question, answer in zip(asked, answers, strict=True):
        assert answer.status_code == 200, (question, answer.text[:300])
        assert isinstance(answer.json(), list), (question, answer.text[:300])


def _parameters(name: str) -> list[str]:
    found: list[str] = QUERIES[name].get("params", [])
    return found


def test_the_front_page_says_what_this_is_and_leads_to_every_question(filled: Loaded, fetch: Fetch) -> None:
    (page,) = fetch(filled, "/advocacy")
    links = {attrs.get("href") for tag, attrs in _Tags(page.text).found if tag == "a"}
    assert {f"/advocacy/{name}" for name in QUERIES} <= links
    assert "Example Library Association" in page.text
    assert "ample data" not in page.text


def test_sample_data_is_marked_on_every_page(tmp_path: Path, fetch: Fetch) -> None:
    loaded = campaign(tmp_path, sample=True, name="<script>alert(1)</script> & Co")
    Store.open(loaded.database, contacts_path=loaded.contacts).close()
    answers = fetch(loaded, "/advocacy", "/advocacy/items", "/advocacy/copies", "/-/desk/static/sample.css")
    for page in answers[:3]:
        assert "/-/desk/static/sample.css" in {attrs.get("href") for _, attrs in _Tags(page.text).found}
        assert "<script>alert(1)" not in page.text
    assert "Sample data" in answers[0].text
    assert answers[3].status_code == 200 and "Sample data" in answers[3].text


def test_hostile_words_are_shown_as_words(filled: Loaded, fetch: Fetch) -> None:
    paths = [f"/advocacy/items/{number}" for number in range(1, len(HOSTILE) + 1)]
    paths += ["/advocacy/items?_size=max", "/advocacy/annotations?item_id__lte=6", "/advocacy/evidence"]
    paths += ["/advocacy/decisions_and_reasons", "/advocacy/recent_runs"]
    paths += ["/advocacy/items?_search=%3Cscript%3E&_facet=text"]
    for path, answer in zip(paths, fetch(filled, *paths), strict=True):
        assert answer.status_code == 200, path
        assert "<script>document.title" not in answer.text, path
        for tag, attrs in _Tags(answer.text).found:
            assert tag not in ("img", "b", "i", "iframe", "object"), (path, tag)
            assert not any(name.startswith("on") and "alert" in (value or "") for name, value in attrs.items()), path
            assert not (attrs.get("href") or "").lower().startswith("javascript:"), path
    (row,) = fetch(filled, "/advocacy/items/1")
    assert "&lt;script&gt;document.title" in row.text


def test_search_finds_every_spelling_and_facets_narrow(filled: Loaded, fetch: Fetch) -> None:
    spellings = ["Strasse", "Straße", "Buecherei", "bucherei", "BÜCHEREI"]
    answers = fetch(filled, *(f"/advocacy/items.json?_search={word}&_shape=objects" for word in spellings))
    found = [{row["id"] for row in answer.json()["rows"]} for answer in answers]
    assert found[0] and all(ids == found[0] for ids in found)
    (narrowed, page) = fetch(
        filled,
        "/advocacy/items.json?_search=Strasse&source=mastodon&_shape=objects",
        "/advocacy/items?_search=Strasse&_facet=source&_facet=language",
    )
    assert {row["source"] for row in narrowed.json()["rows"]} == {"mastodon"}
    for facet in ("source", "language"):
        assert f'data-column="{facet}"' in page.text
    assert "_search" in {attrs.get("name") for tag, attrs in _Tags(page.text).found if tag == "input"}
    assert "uggested facets" not in page.text


def test_items_come_newest_first_and_findings_name_their_statement(filled: Loaded, fetch: Fetch) -> None:
    items, findings, view, question = fetch(
        filled,
        "/advocacy/items.json?_shape=objects",
        "/advocacy/annotations?item_id=8",
        "/advocacy/item_status",
        "/advocacy/decisions_and_reasons",
    )
    said = [row["created_at"] for row in items.json()["rows"]]
    assert len(said) == 50 and said == sorted(said, reverse=True)
    assert '<a href="/-/desk/statements/8" class="statement">Die Bücherei' not in question.text
    text = " ".join(_text_of(filled, 8).split())
    assert f'<a href="/-/desk/statements/8" class="statement">{text}</a>' in findings.text
    assert '<a href="/-/desk/statements/1">1</a>' in view.text
    assert '<a href="/-/desk/statements/395">395</a>' in question.text
    assert "<time datetime=" in findings.text


def _text_of(loaded: Loaded, item_id: int) -> str:
    with Store.open_read_only(loaded.database) as store:
        return store.items.get([item_id])[0].text.replace("'", "&#39;")


def test_only_the_campaigns_database_is_there(filled: Loaded, fetch: Fetch, pages: dict[str, Any]) -> None:
    paths = ["/contacts", "/contacts.db", "/contacts/contacts", "/advocacy.db", "/advocacy.db-wal", "/advocacy-wal"]
    paths += [
        "/-/desk/static/../contacts.db",
        "/-/desk/static/..%2f..%2fcontacts.db",
        "/-/desk/static/../browse.py",
        "/_internal",
    ]
    databases, *answers = fetch(filled, "/-/databases.json", *paths)
    listed = databases.json()  # a list in 0.65, an object in 1.0
    listed = listed["databases"] if isinstance(listed, dict) else listed
    assert [database["name"] for database in listed] == ["advocacy"]
    assert all(answer.status_code in (403, 404) for answer in answers), [a.status_code for a in answers]
    inside = fetch(filled, "/-/config.json", "/-/metadata.json", "/-/plugins.json", "/-/databases.json")
    for page in (*pages.values(), *inside):
        assert "contacts.db" not in page.text.replace("private contacts file", "")
        assert "@example.com" not in page.text and "Hidden Person" not in page.text


def test_no_route_writes(filled: Loaded, fetch: Fetch) -> None:
    before = filled.database.read_bytes()
    row = {"row": {"id": 1}, "table": "x", "columns": [{"name": "a", "type": "text"}]}
    posts = ["/advocacy", "/advocacy/-/create", "/advocacy/-/execute-write", "/advocacy/-/queries/store"]
    posts += [f"/advocacy/items/-/{verb}" for verb in ("insert", "upsert", "alter", "drop")]
    posts += ["/advocacy/items/1/-/update", "/advocacy/items/1/-/delete", "/advocacy/items", "/advocacy/copies"]
    answers = fetch(filled, *(("POST", path, {"json": row}) for path in posts))
    assert {answer.status_code for answer in answers} == {405}
    statements = ["delete from items", "with x as (select 1) delete from items", "attach 'contacts.db' as c"]
    statements += ["with x as (select 1) insert into runs (name) select 1", "select load_extension('x')"]
    statements += ["pragma query_only = off", "select * from pragma_query_only(0)", "vacuum into 'copy.db'"]
    queried = fetch(
        filled,
        *(("GET", path, {"params": {"sql": sql}}) for sql in statements for path in _SQL_PATHS),
    )
    assert not any(answer.status_code == 200 and answer.json().get("ok", True) for answer in queried)
    assert filled.database.read_bytes() == before


_SQL_PATHS = ("/advocacy.json", "/advocacy/-/query.json")


def test_even_a_plugin_that_is_allowed_to_write_cannot(filled: Loaded) -> None:
    async def attempt() -> None:
        datasette = browse.build(filled)
        try:
            await datasette.invoke_startup()
            database = datasette.get_database("advocacy")
            with pytest.raises(sqlite3.OperationalError, match="readonly"):
                await database.execute_write("delete from items")
            with pytest.raises(sqlite3.OperationalError):
                await database.execute_write("attach ':memory:' as elsewhere")
            with pytest.raises(sqlite3.OperationalError, match="too many attached"):
                await database.execute_fn(lambda conn: conn.execute("attach ':memory:' as elsewhere"))
        finally:
            close(datasette)

    asyncio.run(attempt())


def test_a_name_from_elsewhere_is_turned_away(filled: Loaded, fetch: Fetch) -> None:
    turned_away = [
        "evil.example",
        "evil.example:8001",
        "127.0.0.1.evil.example",
        "localhost.evil.example:80",
        "10.0.0.1",
    ]
    let_in = ["127.0.0.1:8001", "localhost", "LOCALHOST:1", "[::1]:8001"]
    answers = fetch(
        filled,
        *(("GET", "/advocacy/items.json", {"headers": {"host": host}}) for host in (*turned_away, *let_in)),
    )
    for host, answer in zip(turned_away, answers, strict=False):
        assert (answer.status_code, "rows" in answer.text) == (403, False), host
    for host, answer in zip(let_in, answers[len(turned_away) :], strict=True):
        assert answer.status_code == 200, host
        assert "default-src 'self'" in answer.headers["content-security-policy"]
        assert answer.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("suffix", ["", ".json", ".csv"])
def test_a_failing_page_tells_nobodys_words(
    filled: Loaded, fetch: Fetch, suffix: str, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        said = "Ada said that the library saved her"
        raise RuntimeError(said)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("datasette.database.Database.primary_keys", fail)
        (broken,) = fetch(filled, f"/advocacy/items{suffix}")
    missing, interrupted = fetch(filled, f"/advocacy/nothing{suffix}", f"/advocacy/items{suffix}?_size=-1")
    assert (broken.status_code, missing.status_code, interrupted.status_code) == (500, 404, 400)
    assert "Something went wrong" in broken.text and "not found" in missing.text
    told = "".join((*capfd.readouterr(), caplog.text, broken.text))
    assert "Ada said" not in told and "locals" not in told
    assert "RuntimeError" in caplog.text and "in fail" in caplog.text


def test_pages_load_nothing_from_elsewhere(pages: dict[str, Any]) -> None:
    for page in pages.values():
        for tag, attrs in _Tags(page.text).found:
            if tag in ("script", "link", "img", "iframe", "source") and attrs.get("rel") != "alternate":
                address = attrs.get("src") or attrs.get("href") or ""
                assert not address.startswith(("http:", "https:", "//")), (tag, address)


def test_the_plugin_leaves_other_datasettes_alone() -> None:
    from datasette.app import Datasette

    async def attempt() -> None:
        datasette = Datasette(memory=True)
        try:
            answer = await datasette.client.get("/", headers={"host": "other.example"})
            assert answer.status_code == 200 and "desk.css" not in answer.text
            assert "content-security-policy" not in answer.headers
        finally:
            close(datasette)

    asyncio.run(attempt())


@pytest.mark.parametrize("name", ["campaign.db", "Bücherei 2026.v1.db", "a & b.sqlite"])
def test_any_file_name_will_do(tmp_path: Path, fetch: Fetch, name: str) -> None:
    loaded = campaign(tmp_path)
    loaded = loaded.model_copy(update={"config": loaded.config.model_copy(update={"database": Path(name)})})
    Store.open(loaded.database, contacts_path=loaded.contacts).close()
    (front,) = fetch(loaded, f"/{tilde_encode(loaded.database.stem)}")
    links = [a["href"] for tag, a in _Tags(front.text).found if tag == "a" and str(a.get("href")).startswith("/")]
    # The first leads to the desk; the other is not found by Datasette 1.0a41 itself where a name has odd signs.
    links = [link for link in links if link != "/" and not str(link).endswith("/-/schema")]
    assert len(links) > len(QUERIES)
    assert {answer.status_code for answer in fetch(loaded, *links)} == {200}


def test_a_path_that_would_be_misread_and_a_missing_database_are_refused(tmp_path: Path) -> None:
    loaded = campaign(tmp_path)
    with pytest.raises(StoreError, match="there is no database yet"):
        browse.build(loaded)
    odd = tmp_path / "what?mode=rw"
    odd.mkdir()
    with pytest.raises(ConfigError, match="cannot be browsed"):
        browse.build(campaign(odd))


def test_what_is_collected_while_the_desk_is_open_appears(tmp_path: Path) -> None:
    loaded = campaign(tmp_path)
    with Store.open(loaded.database, contacts_path=loaded.contacts) as store, open_site(loaded) as site:
        moderator, counts = site.client("moderator"), []
        for number in range(3):
            answer = moderator.stock("/advocacy/items.json?_shape=objects")
            counts.append(len(answer.json()["rows"]))
            page = Page(items=(make_post(f"number {number}"),))
            store.add_page(store.runs.start("later", "collect"), page, collector="later")
        assert counts == [0, 1, 2]


def test_the_folder_at_the_root_is_the_one_in_the_package() -> None:
    root = Path(__file__).parents[2] / "dashboards"
    assert root.resolve() == Path(str(DASHBOARDS)).resolve()
    assert not root.readlink().is_absolute()


def test_the_files_can_be_given_to_datasette_as_they_are() -> None:
    assert json.dumps(TABLES) and json.dumps(QUERIES)
