"""'My statement' as a browser without JavaScript walks through it: code, consents, correction, copy, withdrawal."""

from __future__ import annotations

import json
import logging

import pytest

from advocacy_monitor.errors import StoreError
from advocacy_monitor.models import Use
from advocacy_monitor.translate import LANGUAGES
from advocacy_monitor.web.limits import RATES
from tests.web.holders import quoted, to_do
from tests.web.site import FormSite, fields, parsed

EVERYTHING = {"consent": [use.value for use in Use], "name": "Wilhelmina Q.", "email": "w@example.org"}
WORDS = "Quillfeather <b>says</b>: the library kept me going."


def sent(site: FormSite, **given: object) -> str:
    """The code of an answer that was sent."""
    page = site.send(**{"q_words": WORDS, **EVERYTHING, **given})  # type: ignore[arg-type]  # fields of the form
    assert page.status_code == 200, page.text
    return site.code(page)


def opened(site: FormSite, code: str, path: str = "/statement") -> str:
    page = site.post(path, site.filled(path, code=code))
    assert page.status_code == 200, page.text
    return str(page.text)


def text_of(page: str) -> str:
    return " ".join("".join(parsed(page).find("body").itertext()).split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_code_opens_everything_that_is_held_in_every_language(form_site: FormSite, language: str) -> None:
    code = sent(form_site)
    page = opened(form_site, code, f"/statement?lang={language}")
    text = text_of(page)
    for held in (WORDS, "Wilhelmina Q.", "w@example.org"):
        assert held in text
    assert "<b>says" not in page
    assert code not in page, "the code is on no page, and so in no history"
    tree = parsed(page)
    assert (tree.get("lang"), tree.get("dir")) == (language, "rtl" if language == "ar" else "ltr")


@pytest.mark.parametrize("typed", [str.lower, lambda code: code.replace("-", " "), lambda code: f"  {code}\t"])
def test_the_code_is_taken_however_it_is_typed(form_site: FormSite, typed: object) -> None:
    assert callable(typed)
    assert WORDS in text_of(opened(form_site, typed(sent(form_site))))


def test_all_codes_that_open_nothing_are_answered_alike(form_site: FormSite) -> None:
    withdrawn = sent(form_site)
    page = form_site.post("/statement/withdraw", fields(opened(form_site, withdrawn), action="/statement/withdraw"))
    form_site.post("/statement/withdrawn", fields(page.text, action="/statement/withdrawn"))
    answers = set()
    for code in (withdrawn, "ABCD-EFGH-JKMN", "", "nothing", "A" * 50_000, "\x00", "1' OR '1'='1"):
        page = form_site.post(
            "/statement", {"ticket": fields(form_site.get("/statement").text)["ticket"], "code": code}
        )
        ticket = fields(page.text)["ticket"][0]
        answers.add((page.status_code, page.text.replace(ticket, "")))
    assert len(answers) == 1
    assert next(iter(answers))[0] == 404


def test_wrong_codes_are_limited_and_right_ones_are_not_while_they_are(form_site: FormSite) -> None:
    code = sent(form_site)
    data = form_site.filled("/statement", code="ABCD-EFGH-JKMN")
    tried = [form_site.post("/statement", data) for _ in range(RATES["code"].at_once + 1)]
    assert [page.status_code for page in tried] == [404] * RATES["code"].at_once + [429]
    assert int(tried[-1].headers["retry-after"]) > 0
    form_site.clock.pass_(minutes=10)
    for _ in range(RATES["code"].at_once * 2):
        opened(form_site, code)


def test_nothing_is_set_and_nothing_is_kept_of_these_pages(
    form_site: FormSite, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    code = sent(form_site)
    page = form_site.post("/statement", form_site.filled("/statement", code=code))
    assert "set-cookie" not in page.headers
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    form_site.post("/statement", form_site.filled("/statement", code="WXYZ-WXYZ-WXYZ"))
    said = caplog.text
    for secret in (code, "WXYZ", "Quillfeather", "w@example.org"):
        assert secret not in said


def test_consents_are_changed_one_by_one(form_site: FormSite) -> None:
    code = sent(form_site)
    data = {**fields(opened(form_site, code), action="/statement/consents"), "use": ["quote_unnamed"]}
    page = form_site.post("/statement/consents", data)
    assert page.status_code == 200
    again = fields(page.text, action="/statement/consents")
    assert again["use"] == ["quote_unnamed"]
    assert "w@example.org" not in page.text, "without a tick the address is deleted"
    with form_site.store() as store:
        item_id = store.submissions.of_code(code)
        assert item_id is not None
        assert store.submissions.held(item_id).consents == {Use.ANALYSE, Use.QUOTE_UNNAMED}


def test_a_correction_keeps_the_code_and_asks_for_what_is_missing(form_site: FormSite) -> None:
    code = sent(form_site)
    form = form_site.post("/statement/correct", fields(opened(form_site, code), action="/statement/correct"))
    data = fields(form.text, action="/statement/corrected")
    assert data["q_words"] == [WORDS]
    assert data["name"] == ["Wilhelmina Q."]
    assert set(data["consent"]) == {use.value for use in Use}
    wrong = form_site.post("/statement/corrected", {**data, "q_words": ["New words."], "name": [""]})
    assert wrong.status_code == 422
    assert fields(wrong.text, action="/statement/corrected")["q_words"] == ["New words."]
    again = {**fields(wrong.text, action="/statement/corrected"), "name": ["W. Q."]}
    page = form_site.post("/statement/corrected", again)
    assert page.status_code == 200
    text = text_of(opened(form_site, code))
    assert "New words." in text
    assert "W. Q." in text
    assert "Quillfeather" not in text
    gone = form_site.post("/statement/corrected", again)
    assert gone.status_code == 410, "the page of the old words can change nothing any more"


def test_a_correction_that_came_after_an_hour_asks_for_the_code_and_keeps_what_was_written(
    form_site: FormSite,
) -> None:
    code = sent(form_site)
    form = form_site.post("/statement/correct", fields(opened(form_site, code), action="/statement/correct"))
    data = {**fields(form.text, action="/statement/corrected"), "q_words": ["Written slowly."]}
    form_site.clock.pass_(minutes=90)
    late = form_site.post("/statement/corrected", data)
    assert late.status_code == 403
    again = fields(late.text, action="/statement/corrected")
    assert again["q_words"] == ["Written slowly."]
    assert form_site.post("/statement/corrected", {**again, "code": ["ABCD-EFGH-JKMN"]}).status_code == 403
    assert form_site.post("/statement/corrected", {**again, "code": [code]}).status_code == 200
    assert "Written slowly." in text_of(opened(form_site, code))


def test_the_copy_is_a_file_with_everything(form_site: FormSite) -> None:
    code = sent(form_site)
    page = form_site.post("/statement/copy", fields(opened(form_site, code), action="/statement/copy"))
    assert "attachment" in page.headers["content-disposition"]
    copy = json.loads(page.text)
    assert (copy["text"], copy["name"], copy["consents"]) == (WORDS, "Wilhelmina Q.", sorted(Use))


def test_withdrawing_asks_first_and_says_who_has_the_words(form_site: FormSite) -> None:
    code = sent(form_site)
    with form_site.store() as store:
        item_id = store.submissions.of_code(code)
        assert item_id is not None
        quoted(store, item_id)
    page = opened(form_site, code)
    assert "202611-aaaa1111" in page
    ask = form_site.post("/statement/withdraw", fields(page, action="/statement/withdraw"))
    assert "202611-aaaa1111" in ask.text
    assert form_site.count() == 1
    back = form_site.post("/statement/again", fields(ask.text, action="/statement/again"))
    assert WORDS in text_of(back.text)
    done = form_site.post("/statement/withdrawn", fields(ask.text, action="/statement/withdrawn"))
    assert done.status_code == 200
    assert "202611-aaaa1111" in done.text
    with form_site.store() as store:
        assert store.submissions.of_code(code) is None
        assert [recipient for recipient, _ in to_do(store)] == ["ann-lee", "bo"]
    assert form_site.post("/statement/withdrawn", fields(ask.text, action="/statement/withdrawn")).status_code == 410
    form_site.site.close()
    with form_site.store() as store:
        store.verifications.settle()  # as the daemon does every hour
    for file in form_site.loaded.folder.iterdir():
        assert b"quillfeather" not in file.read_bytes().lower(), file.name


def test_a_ticket_of_an_hour_ago_changes_nothing(form_site: FormSite) -> None:
    page = opened(form_site, sent(form_site))
    form_site.clock.pass_(minutes=61)
    for path in ("/statement/withdrawn", "/statement/consents", "/statement/copy", "/statement/again"):
        data = fields(page, action="/statement/withdraw")
        assert form_site.post(path, data).status_code == 403
    assert form_site.count() == 1


@pytest.mark.parametrize("holder", ["", "1", "WzEsMV0.x", "A" * 10_000])
def test_without_a_ticket_of_ours_nothing_opens(form_site: FormSite, holder: str) -> None:
    sent(form_site)
    ticket = fields(form_site.get("/statement").text)["ticket"]
    for path in ("withdraw", "withdrawn", "consents", "copy", "again", "correct", "corrected"):
        page = form_site.post(f"/statement/{path}", {"ticket": ticket, "holder": holder})
        assert page.status_code == 403
        assert "Quillfeather" not in page.text


def test_addresses_in_between_lead_to_the_code_in_the_language_of_the_link(form_site: FormSite) -> None:
    for path in ("again", "consents", "correct", "corrected", "withdraw", "withdrawn"):
        page = form_site.get(f"/statement/{path}?lang=fr")
        assert (page.status_code, page.headers["location"]) == (303, "/statement?lang=fr")


def test_when_nothing_can_be_written_no_page_says_that_it_was(
    form_site: FormSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = sent(form_site)
    page = opened(form_site, code)
    correct = form_site.post("/statement/correct", fields(page, action="/statement/correct"))
    data = {**fields(correct.text, action="/statement/corrected"), "q_words": ["Kept on the page."]}
    withdrawn = fields(page, action="/statement/withdraw")

    def refused(*args: object, **kwargs: object) -> None:
        raise StoreError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr("advocacy_monitor.store.submissions.Submissions.replace", refused)
        broken.setattr("advocacy_monitor.store.submissions.Submissions.withdraw", refused)
        answer = form_site.post("/statement/corrected", data)
        assert answer.status_code == 503
        kept = fields(answer.text, action="/statement/corrected")
        assert kept["q_words"] == ["Kept on the page."]
        assert form_site.post("/statement/withdrawn", withdrawn).status_code == 503
    assert form_site.post("/statement/corrected", kept).status_code == 200
    assert "Kept on the page." in text_of(opened(form_site, code))


def test_somebody_under_16_is_not_offered_what_needs_a_parent(form_site: FormSite) -> None:
    code = sent(form_site, q_age="under_16", parent="yes", consent=["analyse", "send_to_representative"])
    page = opened(form_site, code)
    offered = {box.get("value") for box in parsed(page).iter("input") if box.get("name") == "use"}
    assert offered == {"send_to_representative"}
