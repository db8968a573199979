"""The form: what is asked is stored as it was meant, once, and nothing that somebody typed is lost on the way."""

from __future__ import annotations

import pytest
from pytest import MonkeyPatch

from advocacy_monitor.errors import StoreError
from advocacy_monitor.models import Kept, Received, Use
from advocacy_monitor.questionnaire import load_questionnaire
from advocacy_monitor.translate import LANGUAGES
from advocacy_monitor.web.writer import Writer
from advocacy_monitor.withdrawal import plain
from tests.web.conftest import OpenSite
from tests.web.site import ENOUGH, FormSite, fields, parsed

MAIL = {"host": "127.0.0.1", "sender": "form@example.org"}
EVERYTHING = {
    "q_library": "quarry lane LIBRARY",
    "q_matters": ["print_books", "quiet_place"],
    "q_matters_other": "  the  warm room ",
    "q_words": "First line.\r\nSecond line. ",
    "q_changed": ["learned", "less_alone"],
    "q_postcode": " 2600 ",
    "q_age": "25-64",
    "consent": ["analyse", "quote_unnamed", "quote_named", "contact"],
    "name": "Ada  Example",
    "email": "ada@example.com",
}


def test_everything_that_is_filled_in_is_kept_as_it_was_meant(form_site: FormSite) -> None:
    page = form_site.send(**EVERYTHING)
    assert page.status_code == 200, page.text
    held = form_site.held(page)
    assert held.text == "First line.\nSecond line."
    assert held.answers == {
        "matters": "print_books; quiet_place; other",
        "matters_other": "the warm room",
        "changed": "learned; less_alone",
    }
    assert (held.library, held.postcode, held.age_band) == ("Quarry Lane Library", "2600", "25-64")
    assert held.consents == {Use.ANALYSE, Use.QUOTE_UNNAMED, Use.QUOTE_NAMED, Use.CONTACT}
    assert (held.name, held.email) == ("Ada Example", "ada@example.com")
    assert held.form == load_questionnaire("library").form
    assert held.source == "form"


def test_what_was_received_is_kept_without_contact_details(form_site: FormSite) -> None:
    form_site.send(**EVERYTHING)
    for path in form_site.loaded.folder.glob("advocacy.db*"):
        content = path.read_bytes()
        assert b"ada@example.com" not in content
    assert any(b"ada@example.com" in each.read_bytes() for each in form_site.loaded.folder.glob("contacts.db*"))


def test_nothing_is_ticked_before_somebody_ticks_it(form_site: FormSite) -> None:
    for language in LANGUAGES:
        found = fields(form_site.get(f"/?lang={language}").text)
        assert not set(found) & {"consent", "parent", "parent_quote", "q_matters", "q_changed", "q_age"}


def test_a_name_or_an_address_without_its_tick_is_not_kept(form_site: FormSite) -> None:
    held = form_site.held(form_site.send(name="Ada Example", email="ada@example.com"))
    assert (held.name, held.email) == (None, None)


def test_an_address_is_confirmed_by_mail_where_mail_is_set_up(open_form: OpenSite, monkeypatch: MonkeyPatch) -> None:
    site = open_form(mail=MAIL)
    sent: list[Received] = []
    send = Writer.send

    def noted(self: Writer, received: Received) -> Kept:
        sent.append(received)
        return send(self, received)

    monkeypatch.setattr(Writer, "send", noted)
    page = site.send(email="ada@example.com")
    assert "We are sending you a mail" in page.text
    site.send(email="ada@example.com", consent=["analyse", "contact"])
    site.send()
    asked = [answer.opt_in for answer in sent]
    assert asked[0] is not None and asked[1] is not None and asked[2] is None
    assert (asked[0].email, asked[0].wants_contact, asked[1].wants_contact) == ("ada@example.com", False, True)
    assert len(asked[0].token) >= 32 and asked[0].token != asked[1].token


def test_the_same_page_sent_twice_counts_once_and_shows_the_same_code(form_site: FormSite) -> None:
    data = form_site.filled(**ENOUGH)
    first, second = form_site.post("/", data), form_site.post("/", data)
    assert form_site.code(first) == form_site.code(second)
    assert form_site.count() == 1
    assert form_site.code(form_site.send()) != form_site.code(first)
    assert form_site.count() == 2


def test_a_page_that_is_sent_again_after_a_withdrawal_stores_nothing(form_site: FormSite) -> None:
    data = form_site.filled(**ENOUGH)
    page = form_site.post("/", data)
    with form_site.store() as store:
        item_id = store.submissions.of_code(form_site.code(page))
        assert item_id is not None
        store.submissions.withdraw(item_id)
    again = form_site.post("/", data)
    assert again.status_code == 409
    assert "withdrawn this answer before" in again.text
    with form_site.store() as store:
        assert [each.text for batch in store.items.each() for each in batch] == [""]


def test_the_confirmation_shows_a_code_that_a_person_can_type(form_site: FormSite) -> None:
    page = form_site.send()
    assert plain(form_site.code(page)) is not None
    assert page.headers["cache-control"] == "no-store"
    assert "#MissedMyLibrary #DankeBibliothek" in page.text
    assert form_site.loaded.config.campaign.contact in page.text


def test_all_questions_have_the_numbers_of_the_questionnaire(form_site: FormSite) -> None:
    questionnaire = load_questionnaire("library")
    for language in LANGUAGES:
        text = form_site.get(f"/?lang={language}").text
        for number, question in questionnaire.numbered():
            assert f"{number}. {question.said(language)}" in text, (language, question.key)
        for use in Use:
            assert questionnaire.consent(use, language) in text


# What is wrong


@pytest.mark.parametrize(
    ("field", "given", "message"),
    [
        (
            "q_matters",
            {"q_matters": ["print_books", "staff_help", "internet", "printing"]},
            "Choose 3 answers here at most.",
        ),
        ("q_matters", {"q_matters": ["print_books", "internet", "printing"], "q_matters_other": "x"}, "at most"),
        ("q_words", {"q_words": "x" * 601}, "Your text has 601 characters. There is room for 600."),
        ("q_library", {"q_library": "x" * 201}, "There is room for 200"),
        ("q_postcode", {"q_postcode": "near the river, third house"}, "your postcode only"),
        ("consent", {"consent": []}, "Without it we may not keep your answer"),
        ("name", {"consent": ["analyse", "quote_named"]}, "the name that we may print"),
        ("email", {"consent": ["analyse", "contact"]}, "write your e-mail address"),
        ("email", {"email": "ada at example"}, "not a complete e-mail address"),
        ("email", {"email": "a@example.org\nBcc: b@example.org"}, "not a complete e-mail address"),
        ("q_words", {"q_words": " ", "q_matters": []}, "at least one question"),
    ],
)
def test_what_is_wrong_is_told_beside_its_field_and_nothing_typed_is_lost(
    form_site: FormSite, field: str, given: dict[str, str | list[str]], message: str
) -> None:
    page = form_site.send(**{"q_library": "Anywhere & <b>", "q_age": "65+", **given})
    assert page.status_code == 422
    tree = parsed(page.text)
    links = [each.get("href") for each in tree.iter("a")]
    assert f"#{field}" in links
    assert message in page.text
    assert any(each.get("id") == field for each in tree.iter()), "the link leads to a field"
    assert any(each.get("id") == f"{field}-wrong" for each in tree.iter())
    found = fields(page.text)
    for name, value in {"q_library": "Anywhere & <b>", "q_age": "65+", **ENOUGH, **given}.items():
        values = [value] if isinstance(value, str) else value
        assert found.get(name, []) == values, name
    assert form_site.count() == 0


def test_after_a_mistake_the_same_page_can_be_sent(form_site: FormSite) -> None:
    page = form_site.send(q_words="x" * 700)
    data = {**fields(page.text), "q_words": "x" * 600}
    assert form_site.post("/", data).status_code == 200
    assert form_site.count() == 1


def test_what_cannot_be_stored_is_told_and_stays_on_the_page(form_site: FormSite, monkeypatch: MonkeyPatch) -> None:
    def full(self: Writer, received: Received) -> None:
        raise StoreError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(Writer, "send", full)
        page = form_site.send(**EVERYTHING)
    assert page.status_code == 503
    assert int(page.headers["retry-after"]) > 0
    assert "could not store your answer" in page.text and "Thank you" not in page.text
    found = fields(page.text)
    assert found["q_words"] == ["First line.\nSecond line. "]
    assert found["consent"] == EVERYTHING["consent"] and found["email"] == ["ada@example.com"]
    assert form_site.post("/", found).status_code == 200
    assert form_site.count() == 1


def test_a_page_that_was_open_for_days_is_shown_again_with_what_was_typed(form_site: FormSite) -> None:
    data = form_site.filled(**EVERYTHING)
    form_site.clock.pass_(days=3)
    page = form_site.post("/", data)
    assert page.status_code == 400 and "not stored yet" in page.text
    found = fields(page.text)
    assert found["q_words"] == ["First line.\nSecond line. "] and found["ticket"] != data["ticket"]
    assert form_site.post("/", found).status_code == 200


@pytest.mark.parametrize("ticket", ["", "forged", "a" * 5000, "00000000000000000000000000000000.1761998400.sig"])
def test_a_form_without_our_ticket_stores_nothing(form_site: FormSite, ticket: str) -> None:
    page = form_site.post("/", {**form_site.filled(**ENOUGH), "ticket": ticket})
    assert page.status_code == 400
    assert fields(page.text)["q_words"] == [ENOUGH["q_words"]]
    assert form_site.count() == 0


def test_another_sites_page_cannot_send_for_its_visitors(form_site: FormSite) -> None:
    page = form_site.post("/", form_site.filled(**ENOUGH), {"sec-fetch-site": "cross-site"})
    assert page.status_code == 403
    assert form_site.count() == 0


def test_too_much_from_one_address_is_slowed_down_and_loses_nothing(form_site: FormSite) -> None:
    data = form_site.filled(**ENOUGH)
    answers = [form_site.post("/", data) for _ in range(61)]
    assert answers[59].status_code == 200 and answers[60].status_code == 429
    assert fields(answers[60].text)["q_words"] == [ENOUGH["q_words"]]
    assert int(answers[60].headers["retry-after"]) >= 1


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"q_words=" + b"x" * 200_000, "application/x-www-form-urlencoded", 413),
        (b"&".join(b"a=b" for _ in range(400)), "application/x-www-form-urlencoded", 413),
        (b'{"q_words": "x"}', "application/json", 415),
        (b"\xff\xfe=%ff%00&ticket=%ff", "application/x-www-form-urlencoded", 400),
        (b"", "application/x-www-form-urlencoded", 400),
    ],
)
def test_what_is_no_form_is_refused_in_words(form_site: FormSite, body: bytes, kind: str, status: int) -> None:
    page = form_site.web.post("/", content=body, headers={"content-type": kind})
    assert page.status_code == status
    assert parsed(page.text).find(".//h1") is not None


# What looks suspicious


def _risks(site: FormSite) -> set[str]:
    with site.store() as store:
        found = [each for batch in store.items.each() for each in batch]
        facts = store.items.annotations(found[0].id, found[-1].id)
        return {fact.value for each in facts.values() for fact in each if fact.label == "risk"}


def test_what_looks_like_a_program_is_stored_with_the_reason(form_site: FormSite) -> None:
    form_site.post("/", {**fields(form_site.get().text), **ENOUGH, "homepage": "https://spam.example"})
    assert _risks(form_site) == {"sent_too_fast", "hidden_field"}


def test_an_answer_of_a_person_has_no_such_reason(form_site: FormSite) -> None:
    form_site.send()
    assert _risks(form_site) == set()


# Under 16


def test_under_16_a_parent_has_to_agree_and_the_page_says_so(form_site: FormSite) -> None:
    page = form_site.send(q_age="under_16")
    assert page.status_code == 422
    assert "parent or guardian has to tick" in page.text and 'href="#parent"' in page.text
    assert form_site.post("/", {**fields(page.text), "parent": "yes"}).status_code == 200
    assert _risks(form_site) == {"minor"}


def test_under_16_no_name_no_address_and_no_quote_without_a_parent(open_form: OpenSite) -> None:
    site = open_form(mail=MAIL)
    everything = {**EVERYTHING, "q_age": "under_16", "parent": "yes"}
    page = site.send(**everything)
    held = site.held(page)
    assert held.consents == {Use.ANALYSE}
    assert (held.name, held.email) == (None, None)
    assert "sending you a mail" not in page.text
    assert not any(b"ada@example.com" in each.read_bytes() for each in site.loaded.folder.glob("contacts.db*"))


def test_under_16_a_quote_needs_both_ticks(form_site: FormSite) -> None:
    quoted = {"q_age": "under_16", "parent": "yes", "consent": ["analyse", "quote_unnamed"]}
    assert form_site.held(form_site.send(**quoted)).consents == {Use.ANALYSE}
    assert form_site.held(form_site.send(**quoted, parent_quote="yes")).consents == {Use.ANALYSE, Use.QUOTE_UNNAMED}


def test_a_parents_tick_of_an_adult_means_nothing(form_site: FormSite) -> None:
    form_site.send(q_age="65+", parent="yes", parent_quote="yes")
    assert _risks(form_site) == set()
