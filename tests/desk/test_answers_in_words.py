"""What people chose on the form is shown in the words that they read: on charts, on a statement's page, at a terminal."""

from __future__ import annotations

import io
import json

from rich.console import Console

from advocacy_monitor.models import Received, Status, Use
from advocacy_monitor.moderate import decide
from advocacy_monitor.questionnaire import load_questionnaire
from advocacy_monitor.statement_page import show_page
from advocacy_monitor.statement_story import story_of
from advocacy_monitor.store import Store
from tests.conftest import make_submission
from tests.desk.site import Site
from tests.desk.test_dashboards import figure

FORM = load_questionnaire("library").form


def _answer(site: Site, *given: dict[str, str]) -> list[int]:
    uses = frozenset({Use.ANALYSE, Use.QUOTE_UNNAMED})
    group = [
        Received(
            submission=make_submission(
                f"By the form, number {n}.",
                source="form",
                source_id=f"f{n}",
                raw=json.dumps([n]).encode(),
                consents=uses,
                age_band="65+",
                answers=answers,
            ),
            form=FORM,
            language="en",
        )
        for n, answers in enumerate(given)
    ]
    with Store.open(site.campaign.database, contacts_path=site.campaign.contacts) as store:
        ids = [kept.item_id for kept in store.submissions.add(group)]
        for name in ("personal_data", "duplicates"):
            by, seen, _ = store.assertions.seen(name)
            store.assertions.add_batch(by, [], after=seen, last_item_id=ids[-1])
        decide(store, ids, Status.APPROVED, moderator="Kim", reason="read", clock=store.now)
    site.catch_up()
    return ids


def test_charts_need_no_setting_for_the_form(desk_site: Site) -> None:
    _answer(
        desk_site,
        *({"matters": "print_books; staff_help", "matters_other": "My son Karl"} for _ in range(7)),
        *({"matters": "print_books"} for _ in range(5)),
        *({"matters": "internet"} for _ in range(2)),
    )
    page = desk_site.client("moderator").get("/dashboards").text
    made = figure(page, "answers_1")
    assert made["heading"] == "What matters most to you?"
    assert {bar["label"]: bar["value"] for bar in made["bars"]} == {"Borrowing print books": 12, "Help from staff": 7}
    assert "“Borrowing print books” was chosen in 12 of 14 statements with an answer" in made["finding"]
    assert figure(page, "answers_3")["heading"] == "Your age"
    assert "Karl" not in page
    german = desk_site.client("moderator", name="Andere").get("/dashboards", headers={"accept-language": "de"}).text
    assert figure(german, "answers_1")["heading"] == "Was ist Ihnen am wichtigsten?"


def test_a_statement_shows_questions_and_options_in_words(desk_site: Site) -> None:
    number = _answer(desk_site, {"matters": "print_books; other", "matters_other": "The cat", "changed": "less_alone"})[
        0
    ]
    page = desk_site.client("moderator").get(f"/statements/{number}").text
    for words in ("What matters most to you?", "Borrowing print books; Something else", "The cat", "I feel less alone"):
        assert words in page
    assert "65 or over" in page
    assert "print_books" not in page
    with Store.open_read_only(desk_site.campaign.database) as store:
        story = story_of(store, number)
    said = Console(file=io.StringIO(), width=200)
    show_page(story, console=said)
    assert isinstance(said.file, io.StringIO)
    shown = said.file.getvalue()
    assert "What matters most to you?: Borrowing print books; Something else: The cat" in " ".join(shown.split())
    assert story["answers"]["matters"] == "print_books; other"
