"""The choice of quotes at the desk: verbatim or refused, in somebody's name, and never what may not be quoted."""

from __future__ import annotations

import html
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from advocacy_monitor.desk.pack_jobs import State, jobs_of
from advocacy_monitor.desk.selections import check_name, listed, moved, open_book
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.hosting import open_store
from advocacy_monitor.models import Query, Status
from advocacy_monitor.moderate import decide
from advocacy_monitor.pack_digest import read_pack
from advocacy_monitor.selection_file import read_selection
from advocacy_monitor.translate import texts
from tests.desk.packing_site import HANDLE, PHONE, PLAIN, SECRETS, item_of, prepare_campaign, site_of, withdraw
from tests.desk.site import Client, Site


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A campaign with one proposal, called 'spring'."""
    made = tmp_path_factory.mktemp("choose")
    prepare_campaign(made)
    with site_of(made) as site:
        answer = site.client("advocate", name="Maker").post(
            "/packs/choose", {"name": "spring", "title": "Spring", "language": "en"}
        )
        assert answer.status_code == 303, answer.text
        assert jobs_of(site.campaign, site.desk.clock).wait()
    return made


@pytest.fixture
def site(folder: Path, tmp_path: Path) -> Iterator[Site]:
    shutil.copytree(folder, tmp_path / "campaign")
    with site_of(tmp_path / "campaign") as made:
        yield made
        assert jobs_of(made.campaign, made.desk.clock).wait()


@pytest.fixture
def advocate(site: Site) -> Client:
    return site.client("advocate")


def fields(answer: Any) -> dict[str, str]:
    """What a browser would send back from the form of a choice, unchanged."""
    text = answer.text
    found = {"version": re.findall(r'name="version" value="([0-9a-f]+)"', text)[0]}
    found |= dict(re.findall(r'<input type="radio" name="(use-\d+)" value="(\w+)" checked', text))
    found |= dict(re.findall(r'<input type="hidden" name="(use-\d+)" value="(no)"', text))
    found |= dict(re.findall(r'name="(place-\d+)" value="(\d+)"', text))
    printed = re.findall(r'<textarea id="(printed-\d+)"[^>]*>(.*?)</textarea>', text, re.DOTALL)
    return found | {name: html.unescape(words) for name, words in printed}


def path_of(site: Site) -> Path:
    return site.campaign.folder / "selections" / "spring.yaml"


def test_a_proposal_holds_what_may_be_quoted_in_nobodys_name(site: Site, advocate: Client) -> None:
    page = advocate.get("/packs/choose/spring")
    assert page.status_code == 200
    assert "as the software proposed them" in page.text
    assert PLAIN[2] in html.unescape(page.text)
    assert [word for word in (*SECRETS, "SECRETPOST", HANDLE, PHONE) if word in page.text] == []
    assert "<script>alert" not in page.text
    assert "‹U+202E›" in page.text
    (known,) = listed(site.campaign)
    assert (known.name, known.title, known.chosen_by, known.quotes) == ("spring", "Spring", "", 12)
    assert read_selection(path_of(site), by_somebody=False).query == Query(title="Spring", languages=("en",))
    with pytest.raises(ConfigError, match="chosen_by is empty"):
        read_selection(path_of(site))
    refused = advocate.post("/packs/new", {"title": "T", "selection": "spring", "format": "json"})
    assert refused.status_code == 400
    assert "chosen_by is empty" in refused.text


def test_a_choice_is_saved_in_its_makers_name_and_makes_the_pack(site: Site, advocate: Client) -> None:
    sent = fields(advocate.get("/packs/choose/spring"))
    first, second, third = (item_of(site.campaign, text) for text in PLAIN[2:5])
    sent = {name: "annex" if name.startswith("use-") else value for name, value in sent.items()}
    sent |= {f"use-{first}": "main", f"use-{second}": "main", f"use-{third}": "no"}
    sent |= {f"place-{first}": "7", f"place-{second}": "3"}
    sent[f"printed-{second}"] = "Nobody hurries you here. […]"
    saved = advocate.post("/packs/choose/spring", sent)
    assert saved.status_code == 303, saved.text
    written = read_selection(path_of(site))
    assert written.chosen_by == "Advocate"
    assert [each.item for each in written.quotes][:2] == [second, first]
    assert (written.quotes[-1].item, written.quotes[-1].use) == (third, "no")
    assert written.quotes[0].printed == "Nobody hurries you here. […]"
    form = advocate.get("/packs/new?selection=spring")
    assert "that Advocate chose" in form.text
    assert 'name="selection" value="spring"' in form.text
    answer = advocate.post(
        "/packs/new", {"title": "Spring", "selection": "spring", "format": "json", "unverified": "1"}
    )
    assert answer.status_code == 303, html.unescape(answer.text)
    jobs = jobs_of(site.campaign, site.desk.clock)
    assert jobs.wait()
    job = jobs.all()[0]
    assert job.state is State.DONE, job.failures
    pack = read_pack(jobs.folder(job) / job.files[0])
    assert [(each.item_id, each.printed) for each in pack.exhibits if each.chosen] == [
        (second, "Nobody hurries you here. […]"),
        (first, PLAIN[2]),
    ]
    assert third not in {each.item_id for each in pack.exhibits if each.chosen}
    assert (pack.choice.picked, pack.choice.left_out) == (2, 1)
    with open_store(site.campaign) as store:
        assert store.choices.of_pack(pack.number)[first] == ("main", "Advocate")
    assert "used 1 time already" in advocate.get("/packs/choose/spring").text


def test_words_that_nobody_said_are_refused_and_nothing_is_saved(site: Site, advocate: Client) -> None:
    before = path_of(site).read_bytes()
    item = item_of(site.campaign, PLAIN[3])
    for printed, words in (
        ("Everybody hurries you here. […]", "does not stand in the quote like this"),
        ("Nobody hurries you here.", "leaves words out without saying so"),
        ("[…] hurries […]", "leaves fewer than"),
        ("Nobody hurr […]", "is cut in the middle of a word"),
        ("[…]", "is nothing but an omission"),
        ("x" * 20_001, "is longer than"),
    ):
        sent = fields(advocate.get("/packs/choose/spring")) | {f"printed-{item}": printed}
        answer = advocate.post("/packs/choose/spring", sent)
        assert answer.status_code == 400, printed[:40]
        text = html.unescape(answer.text)
        assert words in text
        assert "Nothing was saved: 1 quote cannot stand like this." in text
        assert f">{printed}</textarea>" in text
    assert path_of(site).read_bytes() == before


def test_what_a_form_makes_up_is_refused(site: Site, advocate: Client) -> None:
    item, before = item_of(site.campaign, PLAIN[3]), path_of(site).read_bytes()
    sent = fields(advocate.get("/packs/choose/spring"))
    assert advocate.post("/packs/choose/spring", sent | {f"use-{item}": "<b>"}).status_code == 400
    held = item_of(site.campaign, "SECRETREJECTED")
    assert advocate.post("/packs/choose/spring", sent | {f"use-{held}": "main"}).status_code == 303
    assert held not in {each.item for each in read_selection(path_of(site)).quotes}
    assert advocate.post("/packs/choose/spring", sent).status_code == 409  # it was saved meanwhile
    assert before != path_of(site).read_bytes()


def test_what_is_withdrawn_is_not_shown_any_more_and_dropped(site: Site, advocate: Client) -> None:
    withdraw(site.campaign, PLAIN[4])
    with open_store(site.campaign) as store:
        rejected = item_of(site.campaign, PLAIN[5])
        decide(store, [rejected], Status.REJECTED, moderator="K", reason="r", clock=store.now)
    page = advocate.get("/packs/choose/spring")
    assert PLAIN[4] not in html.unescape(page.text)
    assert PLAIN[5] not in html.unescape(page.text)
    assert page.text.count("May not be quoted any more") == 2
    withdrawn = item_of(site.campaign, PLAIN[4])
    sent = fields(page)
    assert advocate.post("/packs/choose/spring", sent | {f"use-{withdrawn}": "main"}).status_code == 400
    assert advocate.post("/packs/choose/spring", sent).status_code == 303
    left = path_of(site).read_text(encoding="utf-8")
    assert PLAIN[4] not in left
    assert PLAIN[5] not in left
    assert {withdrawn, rejected}.isdisjoint(each.item for each in read_selection(path_of(site)).quotes)


def test_two_who_save_at_once_do_not_overwrite_each_other(site: Site, advocate: Client) -> None:
    other = site.client("administrator", name="Robin")
    mine, theirs = fields(advocate.get("/packs/choose/spring")), fields(other.get("/packs/choose/spring"))
    assert other.post("/packs/choose/spring", theirs).status_code == 303
    answer = advocate.post("/packs/choose/spring", mine)
    assert answer.status_code == 409
    assert "Robin has saved this choice meanwhile" in answer.text
    assert read_selection(path_of(site)).chosen_by == "Robin"


def test_names_are_checked_and_files_of_others_are_not_opened(site: Site, advocate: Client) -> None:
    t = texts("en")
    assert check_name(" Spring-2 ", t) == "spring-2"
    for name in ("", "..", "../x", "a/b", "a\\b", ".x", "-x", "x-", "x.yaml", "con", "ü", "x" * 61, "a\n", "a b"):
        if name != "a\n":
            with pytest.raises(ConfigError):
                check_name(name, t)
        sent: dict[str, Any] = {"name": name, "title": "T"}
        assert name == "a\n" or advocate.post("/packs/choose", sent).status_code == 400, name
    assert [path.name for path in path_of(site).parent.iterdir()] == ["spring.yaml"]
    (path_of(site).parent / "link.yaml").symlink_to(site.campaign.folder / "config.yaml")
    assert advocate.get("/packs/choose/link").status_code == 400
    assert [each.name for each in listed(site.campaign)] == ["spring"]
    for path in ("/packs/choose/none", "/packs/choose/..%2fconfig", "/packs/choose/%2e%2e"):
        assert advocate.get(path).status_code in (400, 404)
    taken = advocate.post("/packs/choose", {"name": "spring", "title": "T"})
    assert taken.status_code == 400
    assert "already" in taken.text


def test_a_file_that_was_damaged_by_hand_is_told(site: Site, advocate: Client) -> None:
    path_of(site).write_text("title: [\n", encoding="utf-8")
    page = advocate.get("/packs/choose")
    assert "cannot be read" in page.text
    answer = advocate.get("/packs/choose/spring")
    assert answer.status_code == 400
    assert "line" in answer.text
    assert str(site.campaign.folder) not in page.text + answer.text


def test_who_may_choose(site: Site) -> None:
    for role, status in ((None, 303), ("viewer", 403), ("coder", 403), ("moderator", 403), ("administrator", 200)):
        for path in ("/packs/choose", "/packs/choose/spring"):
            assert site.client(role).get(path).status_code == status
    assert site.client("moderator").post("/packs/choose", {"name": "x", "title": "T"}).status_code == 403
    assert site.client("advocate").post("/packs/choose/spring", {}, csrf="").status_code == 403


def test_places_order_within_main_and_annex(site: Site) -> None:
    with open_store(site.campaign) as store:
        book = open_book(store, path_of(site), name="spring", folder=site.campaign.folder)
    one, two, three = (
        replace(each, use=use) for each, use in zip(book.entries, ("annex", "main", "main"), strict=False)
    )
    ordered = moved([one, two, three], {one.item_id: 1, two.item_id: 3, three.item_id: 2})
    assert [each.item_id for each in ordered] == [three.item_id, two.item_id, one.item_id]
