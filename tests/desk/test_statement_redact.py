"""Words are taken out and kept at a statement's page, and a person is erased: what is stored, refused and told."""

from __future__ import annotations

import re

import pytest

from advocacy_monitor.models import Contact, Status
from advocacy_monitor.redaction import text_digest
from tests.desk.site import Site
from tests.desk.statement_steps import TEXT, added, opened, page_of, text_of


def _seen(site: Site, number: int) -> str:
    return text_digest(site.desk.reader().items.get([number])[0].text)


def _redaction(site: Site, number: int, **given: object) -> dict[str, object]:
    return {"seen": _seen(site, number), "kind": "name", "reason": "a private person", "do": "store", **given}


def test_words_are_taken_out_by_typing_them(shared_site: Site) -> None:
    number, client = added(shared_site), shared_site.client("moderator")
    path = f"/statements/{number}/redact"
    shown = client.post(path, _redaction(shared_site, number, words="Quobbel", do="preview"))
    assert shown.status_code == 200
    assert "Mrs [name removed] at the desk" in shown.text
    assert "Quobbel" in text_of(shared_site, number)
    assert client.post(path, _redaction(shared_site, number, words="Quobbel")).status_code == 303
    assert text_of(shared_site, number).startswith("Mrs [name removed] at the desk")
    viewer = page_of(shared_site.client("viewer"), number)
    assert "Quobbel" not in viewer
    newest = shared_site.desk.reader().actions.newest(1)[0]
    assert (newest.action, newest.detail) == ("redact", "a private person")
    assert shared_site.desk.reader().items.statuses(number, number)[number] is Status.APPROVED


def test_of_several_places_one_is_chosen(shared_site: Site) -> None:
    text = "May said that in May we may meet May."
    number, client = added(shared_site, text), shared_site.client("moderator")
    path = f"/statements/{number}/redact"
    asked = client.post(path, _redaction(shared_site, number, words="May"))
    assert asked.status_code == 400
    assert re.findall(r'name="span" value="([\d-]+)"', asked.text) == ["0-3", "17-20", "33-36"]
    chosen = _redaction(
        shared_site, number, words="May", searched="May", offered=["0-3", "17-20", "33-36"], span=["0-3", "33-36"]
    )
    assert client.post(path, chosen).status_code == 303
    assert text_of(shared_site, number) == "[name removed] said that in May we may meet [name removed]."


def test_a_selection_is_a_place_in_code_points(shared_site: Site) -> None:
    """As the script sends it: the picture is one character, the carriage return another."""
    number, client = added(shared_site), shared_site.client("moderator")
    start = TEXT.index("about it")
    assert (
        client.post(
            f"/statements/{number}/redact", _redaction(shared_site, number, span=f"{start}-{start + 9}", kind="other")
        ).status_code
        == 303
    )
    assert text_of(shared_site, number).endswith("[phone number removed] […]") or "[…]" in text_of(shared_site, number)
    page = client.get(f"/statements/{number}/redact").text
    box = re.search(r'id="choosable"[^>]*>(.*?)</div>', page, re.DOTALL)
    assert box
    import html

    assert len(html.unescape(re.sub(r"<[^>]+>", "", box[1]))) == len(TEXT)


@pytest.mark.parametrize(
    ("given", "status", "told"),
    [
        ({"words": "quobbel"}, 400, "do not stand in the text"),
        ({}, 400, "Choose words in the text"),
        ({"span": "5-2"}, 400, "Choose words in the text"),
        ({"span": "9999-99999"}, 400, "Choose words in the text"),
        ({"span": "0-3; DROP TABLE items"}, 400, "Choose words in the text"),
        ({"span": "0-3", "reason": " "}, 409, "a reason is needed"),
        ({"span": "0-3", "kind": "<script>"}, 409, "is no kind of personal data"),
        ({"span": "0-3", "seen": "old"}, 409, "no longer the one that you saw"),
    ],
)
def test_a_wrong_redaction_changes_nothing(shared_site: Site, given: dict[str, str], status: int, told: str) -> None:
    number = added(shared_site)
    before = text_of(shared_site, number)
    answer = shared_site.client("moderator").post(
        f"/statements/{number}/redact", _redaction(shared_site, number, **given)
    )
    assert (answer.status_code, told in answer.text) == (status, True)
    assert "<script>&" not in answer.text
    assert text_of(shared_site, number) == before


def test_what_is_no_personal_data_is_kept_and_an_approved_statement_waits_again(shared_site: Site) -> None:
    number, client = added(shared_site), shared_site.client("moderator")
    start = TEXT.index("01632")
    form = {"seen": _seen(shared_site, number), "find": f"{start}-{start + 12}", "reason": "the library's own number"}
    assert client.post(f"/statements/{number}/keep", {**form, "reason": ""}).status_code == 409
    assert client.post(f"/statements/{number}/keep", {**form, "find": f"0-{len(TEXT)}"}).status_code == 409
    assert client.post(f"/statements/{number}/keep", {**form, "seen": "old"}).status_code == 409
    assert "01632" not in text_of(shared_site, number)
    assert client.post(f"/statements/{number}/keep", form).status_code == 303
    assert "01632 960123" in text_of(shared_site, number)
    last = shared_site.desk.reader().assertions.history(number)[-1]
    assert (last.status, last.moderator, last.reason) == (
        Status.PENDING,
        "redaction@1",
        "Moderator: the library's own number",
    )
    assert shared_site.client("viewer").get(f"/statements/{number}").status_code == 404
    assert "No personal data, as a person says" in page_of(client, number)


def test_a_person_is_erased_with_all_that_they_said(shared_site: Site) -> None:
    contact = Contact(name="Ida Quobbel", email="quobbel@example.org")
    one = added(shared_site, contact=contact)
    two = added(shared_site, "Another one by Quobbel.", contact=contact, approved=False)
    admin, path = shared_site.client("administrator"), f"/statements/{one}/erase"
    page = page_of(admin, one, "/erase")
    assert f"Statement {two}" in page
    digest = re.search(r'name="digest" value="(\w+)"', page)
    assert digest
    wrong = admin.post(path, {"digest": digest[1], "confirmed": "3"})
    assert (wrong.status_code, "3 was typed" in wrong.text) == (409, True)
    assert admin.post(path, {"digest": digest[1], "confirmed": "two"}).status_code == 409
    assert admin.post(path, {"digest": "0" * 64, "confirmed": "2"}).status_code == 409
    assert "Quobbel" in text_of(shared_site, one)
    done = admin.post(path, {"digest": digest[1], "confirmed": "2"})
    assert (done.status_code, "This person was erased" in done.text) == (200, True)
    for number in (one, two):
        after = page_of(admin, number)
        assert "Quobbel" not in after
        assert "were removed" in after
        assert shared_site.client("viewer").get(f"/statements/{number}").status_code == 404
        assert admin.get(f"/statements/{number}/redact").status_code == 200
    again = admin.post(path, {"digest": digest[1], "confirmed": "2"})
    assert again.status_code == 404
    assert [each.action for each in shared_site.desk.reader().actions.newest(2)] == ["erase", "erase"]
    assert b"quobbel@example.org" not in shared_site.campaign.contacts.read_bytes()


def test_copies_are_added_by_their_numbers_only(shared_site: Site) -> None:
    number, admin = added(shared_site), shared_site.client("administrator")
    assert admin.get(f"/statements/{number}/erase?also=1%27--").status_code == 400
    assert admin.get(f"/statements/{number}/erase?also={number - 1}").status_code == 409


def test_a_redaction_of_a_text_that_was_erased_meanwhile_is_refused(shared_site: Site) -> None:
    number, client = added(shared_site), shared_site.client("moderator")
    form = _redaction(shared_site, number, span="0-3")
    with opened(shared_site) as store:
        store.erasures.erase_items([number], reason="erased on request")
    answer = client.post(f"/statements/{number}/redact", form)
    assert answer.status_code == 409
    assert "Quobbel" not in answer.text


def test_what_is_kept_or_erased_cannot_be_undone_as_a_decision(shared_site: Site) -> None:
    number, client = added(shared_site), shared_site.client("moderator")
    start = TEXT.index("01632")
    form = {"seen": _seen(shared_site, number), "find": f"{start}-{start + 12}", "reason": "the library's own number"}
    assert client.post(f"/statements/{number}/keep", form).status_code == 303
    client.post("/queue/undo", {"back": "/queue"})
    assert shared_site.desk.reader().items.statuses(number, number)[number] is Status.PENDING
