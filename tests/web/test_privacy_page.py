"""The privacy notice says what the configuration says, and nothing else: a changed setting is a changed notice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from advocacy_monitor.config import Config, Loaded
from advocacy_monitor.models import Use
from advocacy_monitor.questionnaire import load_questionnaire
from advocacy_monitor.translate import LANGUAGES, form_texts
from advocacy_monitor.web.pages.privacy import Section, notice
from tests.web.site import FormSite, parsed

QUESTIONS = load_questionnaire("library")
FULL = {
    "controller": "Library Association <Ltd>",
    "address": "1 Quarry Lane, Queanford",
    "contact": "data@example.org",
    "officer": "Dr. Officer, dpo@example.org",
    "authority": "The Commissioner, 2 High Street",
    "hosting": "Example Hosting in Mallee",
    "more": "https://www.example.org/privacy",
}


def sections(*, language: str = "en", **given: Any) -> dict[str, Section]:
    campaign = {"name": "N", "sponsor": "The Sponsor", "contact": "hello@example.org", **given.pop("campaign", {})}
    config = Config.model_validate({"campaign": campaign, **given})
    loaded = Loaded(config=config, path=Path("config.yaml"))
    return {each.key: each for each in notice(loaded, QUESTIONS, form_texts(language))}


def words(section: Section) -> str:
    return " ".join((*section.texts, *section.points, *(f"{p.consent} {p.what}" for p in section.purposes)))


def test_everything_that_the_law_asks_for_has_its_place() -> None:
    found = sections(form={"privacy": FULL})
    assert list(found) == [
        *("who", "why", "sensitive", "besides", "recipients", "how-long", "rights", "choice", "browser"),
    ]
    who = words(found["who"])
    assert all(FULL[name] in who for name in ("controller", "address", "contact", "officer"))
    assert FULL["authority"] in words(found["rights"])
    assert FULL["hosting"] in words(found["recipients"])


def test_what_the_controller_did_not_say_is_left_out_and_the_sponsor_stands_in() -> None:
    who = sections()["who"]
    assert who.texts == ("The Sponsor is responsible for this survey.", "Contact: hello@example.org")


def test_each_use_is_named_in_the_words_that_are_ticked_with_what_allows_it() -> None:
    why = sections(campaign={"legal_basis": {"submissions": "your consent (Art. 6)."}})["why"]
    assert [purpose.consent for purpose in why.purposes] == [QUESTIONS.consent(use, "en") for use in Use]
    assert "your consent (Art. 6)." in why.texts[0]
    assert ".." not in why.texts[0]


@pytest.mark.parametrize(("months", "said"), [(1, "1 month "), (60, "60 months ")])
def test_how_long_answers_are_kept_is_the_setting(months: int, said: str) -> None:
    assert said in words(sections(retention={"submissions_months": months})["how-long"])


def test_people_whose_posts_are_collected_are_told_where_why_and_how_long() -> None:
    collectors = {
        "a": {"source": "mastodon", "settings": {}},
        "b": {"source": "bluesky", "settings": {}},
        "c": {"source": "mastodon", "settings": {}},
        "d": {"source": "survey_csv", "settings": {}},
    }
    posts = words(sections(collectors=collectors, retention={"posts_months": 7})["posts"])
    assert "from: Mastodon, Bluesky." in posts
    assert "7 months" in posts
    assert "legitimate interest" in posts


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_served_in_every_language(open_form: Any, language: str) -> None:
    site: FormSite = open_form(form={"privacy": FULL})
    page = site.get(f"/privacy?lang={language}")
    assert page.status_code == 200
    tree = parsed(page.text)
    text = "".join(tree.itertext())
    assert all(value in text for name, value in FULL.items() if name != "more")
    assert [each.get("href") for each in tree.iter("a") if each.get("href") == FULL["more"]] == [FULL["more"]]
    assert "set-cookie" not in page.headers


def test_the_notice_promises_no_cookie_and_no_page_sets_one(form_site: FormSite) -> None:
    assert "sets no cookie" in words(sections()["browser"])
    for path in ("/", "/statement", "/permission", "/privacy", "/accessibility", "/libraries"):
        assert "set-cookie" not in form_site.get(path).headers
