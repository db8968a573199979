"""Downloads of what a page shows: exactly that, nothing that may not leave, and harmless in every program."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from advocacy_monitor.desk.exports.files import csv_parts, json_parts, xlsx_file
from advocacy_monitor.desk.exports.rows import COLUMNS
from advocacy_monitor.desk.exports.view import view
from advocacy_monitor.hosting import open_store
from advocacy_monitor.models import Status, Use
from advocacy_monitor.moderate import decide
from advocacy_monitor.staff.roles import Person, Role
from advocacy_monitor.summary.filters import Filters
from tests.desk.packing_site import HANDLE, PHONE, PLAIN, SECRETS, item_of, prepare_campaign, site_of
from tests.desk.site import Client, Site

SHARED = 12
NEVER = (*SECRETS, "SECRETPOST", HANDLE, PHONE)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("exports")
    prepare_campaign(made)
    return made


@pytest.fixture(scope="module")
def site(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """For tests that only read."""
    own = tmp_path_factory.mktemp("own") / "campaign"
    shutil.copytree(folder, own)
    with site_of(own) as made:
        yield made


@pytest.fixture
def own_site(folder: Path, tmp_path: Path) -> Iterator[Site]:
    """For tests that write."""
    shutil.copytree(folder, tmp_path / "campaign")
    with site_of(tmp_path / "campaign") as made:
        yield made


def _csv(client: Client, query: str = "") -> list[dict[str, str]]:
    answer = client.get(f"/statements.csv{query}")
    assert answer.status_code == 200, answer.text
    assert answer.content.startswith("\ufeff".encode())
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def _json(client: Client, query: str = "") -> dict[str, Any]:
    answer = client.get(f"/statements.json{query}")
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = json.loads(answer.content)
    return made


def _xlsx(client: Client, query: str = "") -> tuple[list[dict[str, Any]], list[tuple[Any, ...]]]:
    from openpyxl import load_workbook

    answer = client.get(f"/statements.xlsx{query}")
    assert answer.status_code == 200, answer.text
    book = load_workbook(io.BytesIO(answer.content))
    about, sheet = book.worksheets
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    head, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(map(str, head), row, strict=True)) for row in rows], list(about.iter_rows(values_only=True))


def test_an_advocate_takes_what_may_be_shared_in_three_formats_and_nothing_else(site: Site) -> None:
    advocate = site.client("advocate")
    rows, (book, about), document = _csv(advocate), _xlsx(advocate), _json(advocate)
    ids = [int(row["item_id"]) for row in rows]
    assert len(ids) == SHARED
    assert ids == [row["item_id"] for row in book] == [row["item_id"] for row in document["statements"]]
    assert document["rows"] == document["about"]["found"] == SHARED
    assert {row["status"] for row in rows} == {"approved"}
    assert {row["may_be_quoted"] for row in rows} == {"yes"}
    assert set(rows[0]) == set(COLUMNS)
    assert document["about"]["for_sharing"] is True
    assert any("blacked out" in str(cell) for row in about for cell in row)
    for path in ("", ".csv", ".json", ".xlsx", ".csv-metadata.json"):
        answer = advocate.get(f"/statements{path}")
        text = str(_xlsx(advocate)) if path == ".xlsx" else answer.text
        assert [word for word in NEVER if word in text] == [], path
    assert any("Ring me on [" in row["text"] for row in rows)


def test_it_is_said_how_many_were_left_out_and_why(site: Site) -> None:
    advocate = site.client("advocate")
    told = {each["reason"]: each["number"] for each in _json(advocate)["about"]["left_out"]}
    assert told == {"rejected": 1, "pending": 1, "escalated": 1, "no_consent": 1, "held": 1, "not_quotable": 2}
    page = advocate.get("/statements").text
    assert "Rejected by a moderator: 1" in page
    assert "Waits for a person: touches on protected matters: 1" in page
    metadata = json.loads(advocate.get("/statements.csv-metadata.json").content)
    assert metadata["notes"][0]["left_out"] == _json(advocate)["about"]["left_out"]
    assert [each["name"] for each in metadata["tableSchema"]["columns"]] == list(COLUMNS)
    assert "describedby" in advocate.get("/statements.csv").headers["link"]


def test_staff_who_read_everything_take_everything_marked_as_theirs(site: Site) -> None:
    for role in ("moderator", "administrator"):
        rows = _csv(site.client(role))
        assert len(rows) == SHARED + len(SECRETS) + 1
        of = {row["status"]: row for row in rows}
        assert set(of) == {"approved", "pending", "rejected", "escalated"}
        assert of["rejected"]["not_counted_because"] == "rejected"
        assert of["rejected"]["may_be_quoted"] == "no"
        answer = site.client(role).get("/statements.csv")
        assert "staff-only" in answer.headers["content-disposition"]
        assert HANDLE not in answer.text
        assert PHONE not in answer.text


def test_what_is_downloaded_is_what_the_filters_show(site: Site) -> None:
    advocate = site.client("advocate")
    query = "?area=Riverside&library=Lindenrode&source=survey:spring"
    rows = _csv(advocate, query)
    assert rows
    assert {(row["area"], row["library"], row["source"]) for row in rows} == {
        ("Riverside", "Lindenrode", "survey:spring")
    }
    page = advocate.get(f"/statements{query}").text
    for row in rows:
        assert f'id="item-{row["item_id"]}"' in page
    assert page.count('id="item-') == len(rows)
    assert "/statements.csv?source=survey%3Aspring&amp;area=Riverside&amp;library=Lindenrode" in page
    assert _json(advocate, query)["about"]["filters"] == [
        ["source", "survey:spring"],
        ["area", "Riverside"],
        ["library", "Lindenrode"],
    ]


def test_nothing_in_a_cell_runs_as_a_formula(site: Site) -> None:
    from advocacy_monitor.exporters.cells import starts_a_formula

    advocate = site.client("advocate")
    texts = [row["text"] for row in _csv(advocate)]
    assert any(text.startswith("'=HYPERLINK") for text in texts)
    for row in _csv(advocate):
        assert not any(starts_a_formula(cell) for cell in row.values())
    assert any(str(row["text"]).startswith("=HYPERLINK") for row in _xlsx(advocate)[0])
    for path in (".csv", ".json"):
        assert "\x00" not in advocate.get(f"/statements{path}").text
        assert "\\u0000" not in advocate.get(f"/statements{path}").text


def test_a_page_shows_hostile_words_as_words(site: Site) -> None:
    for role in ("viewer", "advocate", "administrator"):
        page = site.client(role).get("/statements").text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page
        assert "\u202e" not in page
        assert "‹U+202E›" in page


@pytest.mark.parametrize("path", ["/statements.csv", "/statements.json", "/statements.xlsx"])
def test_who_may_download(site: Site, path: str) -> None:
    assert site.client(None).get(path).status_code == 303
    for role, status in (("viewer", 403), ("coder", 403), ("advocate", 200), ("moderator", 200)):
        assert site.client(role).get(path).status_code == status


def test_others_see_only_what_is_shared_and_no_ways_to_take_it(site: Site) -> None:
    for role in ("viewer", "coder"):
        page = site.client(role).get("/statements").text
        assert page.count('id="item-') == SHARED
        assert [word for word in NEVER if word in page] == []
        assert "statements.csv" not in page
        assert "/packs/new" not in page
    page = site.client("moderator").get("/statements").text
    assert "SECRETREJECTED" in page
    assert "/packs/new" not in page


def test_filters_about_moderation_tell_others_nothing(site: Site) -> None:
    """Else one could ask which statements carry a risk, or how many of them were rejected."""
    advocate = site.client("advocate")
    for query in ("?status=rejected", "?risk=minor", "?consent=none", "?counted=1"):
        assert len(_csv(advocate, query)) == SHARED
        assert 'name="status"' not in advocate.get(f"/statements{query}").text


def test_a_search_does_not_find_what_is_blacked_out(site: Site) -> None:
    advocate, staff = site.client("advocate"), site.client("administrator")
    for words in (PHONE.replace(" ", "+"), "1234567", "SECRETREJECTED"):
        assert len(_csv(staff, f"?q={words}")) == 1
        assert _csv(advocate, f"?q={words}") == []
        assert _json(advocate, f"?q={words}")["about"]["left_out"] is None
        page = advocate.get(f"/statements?q={words}").text
        assert 'id="item-' not in page
        assert "Rejected by a moderator" not in page
    assert len(_csv(staff, "?q=ring+reading")) == 1
    assert _csv(advocate, "?q=ring+reading") == []
    assert any("passes over" in note for note in _json(advocate, "?q=ring")["about"]["notes"])
    assert len(_csv(advocate, "?q=chess+table")) == 1


def test_a_search_that_is_cut_short_says_so(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("advocacy_monitor.desk.exports.view.MOST_MATCHES", 2)
    made = _json(site.client("advocate"), "?q=the")
    assert len(made["statements"]) <= 2
    assert any("only the newest matches" in note for note in made["about"]["notes"])


def test_a_search_of_many_is_paged_without_a_gap(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("advocacy_monitor.desk.pages.view_export._A_PAGE", 3)
    for role, query in (("advocate", "q=the"), ("viewer", "q=the&order=oldest"), ("moderator", "q=the")):
        client, seen, after = site.client(role), list[str](), ""
        for _ in range(20):
            page = client.get(f"/statements?{query}{after}").text
            seen += [part.split('"')[0] for part in page.split('id="item-')[1:]]
            if 'rel="next"' not in page:
                break
            import html
            import re

            found = re.search(r'rel="next" href="[^"]*?(after=[^"&]+)', html.unescape(page))
            assert found is not None
            after = f"&{found[1]}"
        assert (
            len(seen)
            == len(set(seen))
            == len(_csv(site.client("moderator"), "?q=the")) - (0 if role == "moderator" else _hidden_with_the(site))
        )


def _hidden_with_the(site: Site) -> int:
    return len(_csv(site.client("moderator"), "?q=the")) - len(_csv(site.client("advocate"), "?q=the"))


def test_what_is_withdrawn_or_rejected_meanwhile_is_not_in_the_file(own_site: Site) -> None:
    """The summary may be a second old; each row is read again when it is written."""
    site, advocate = own_site, own_site.client("advocate")
    one, other = (item_of(site.campaign, text) for text in PLAIN[:2])
    with open_store(site.campaign) as store:  # beside the desk: its summary does not know yet
        for use in (Use.QUOTE_UNNAMED, Use.QUOTE_NAMED):
            store.assertions.consent([one], use, granted=False, proof="withdrawn")
        decide(store, [other], Status.REJECTED, moderator="Kim", reason="wrong", clock=store.now)
    filters = Filters()
    before = view(site.desk, filters, Person("A", Role.ADVOCATE))
    assert {one, other} <= set(before.ids)
    found = json_parts(_batches(site, before.ids), _about(site))
    text = b"".join(found).decode()
    assert PLAIN[0] not in text
    assert PLAIN[1] not in text
    assert PLAIN[2] in text
    page = advocate.get("/statements").text
    assert PLAIN[0] not in page
    assert PLAIN[1] not in page


def _batches(site: Site, ids: Any) -> Any:
    from advocacy_monitor.desk.exports.rows import batches
    from advocacy_monitor.translate import texts

    return batches(site.desk, ids, shared_only=True, t=texts("en"))


def _about(site: Site) -> Any:
    from advocacy_monitor.desk.exports.about import about
    from advocacy_monitor.translate import texts

    return about(site.desk, Filters(), view(site.desk, Filters(), Person("A", Role.ADVOCATE)), texts("en"))


def test_downloads_are_noted_without_the_words_that_were_searched_for(own_site: Site) -> None:
    own_site.client("advocate").get("/statements.csv?q=Sara+Example&area=Riverside")
    with open_store(own_site.campaign) as store:
        noted = store.actions.newest(1)[0]
    assert (noted.actor, noted.action) == ("Advocate", "download")
    assert "area=Riverside" in noted.detail
    assert "Sara" not in noted.detail


def test_a_workbook_that_nobody_could_wait_for_is_refused_in_words(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("advocacy_monitor.desk.pages.view_export.MOST_XLSX", 5)
    answer = site.client("advocate").get("/statements.xlsx")
    assert answer.status_code == 409
    assert "Download CSV" in answer.text


def test_rows_are_written_as_they_come(tmp_path: Path) -> None:
    """A stream that held everything would have asked for all batches before its first bytes."""
    asked: list[int] = []

    def endless() -> Iterator[list[tuple[str | int | None, ...]]]:
        for number in range(1000):
            asked.append(number)
            yield [tuple("x" for _ in COLUMNS)] * 2

    parts = csv_parts(endless())
    next(parts)
    next(parts)
    assert asked == [0]
    assert sum(1 for _ in parts) == 999


def test_bad_filters_and_places_are_answered_in_words(site: Site) -> None:
    for query in ("?since=yesterday", "?q=the&after=x", "?after=;--", "?order=sideways", f"?q={'x' * 301}"):
        answer = site.client("advocate").get(f"/statements{query}")
        assert answer.status_code == 400, query
        assert "Traceback" not in answer.text


def test_the_workbook_of_a_failed_run_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from advocacy_monitor.desk.exports.about import About
    from advocacy_monitor.translate import texts

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def failing() -> Iterator[list[tuple[str | int | None, ...]]]:
        yield [tuple("x" for _ in COLUMNS)]
        raise RuntimeError("disk")

    with pytest.raises(RuntimeError):
        xlsx_file(failing(), About(lines=(), document={}, columns=dict.fromkeys(COLUMNS, "")), texts("en"))
    assert list(tmp_path.glob("statements-*")) == []
