"""The page for people whose post is to be quoted: what it shows, asks and does, without JavaScript."""

from __future__ import annotations

import pytest

from advocacy_monitor.models import Page, Standing, Use, Verdict
from advocacy_monitor.permission import ask
from advocacy_monitor.store.permissions import PermissionState
from advocacy_monitor.translate import LANGUAGES
from tests.conftest import make_post
from tests.web.site import FormSite, fields, parsed

TEXT = "Quillfeather's <script>alert(1)</script> library \u202e is the best."
SCOPE = (Use.QUOTE_UNNAMED, Use.QUOTE_NAMED)


@pytest.fixture
def site(open_form: object) -> FormSite:
    assert callable(open_form)
    opened = open_form(about={"form_url": "https://form.example.org/permission"})
    assert isinstance(opened, FormSite)
    return opened


def asked(site: FormSite) -> str:
    """The code of a post that was asked about."""
    with site.store() as store:
        run = store.runs.start("test", "import")
        store.add_page(run, Page(items=(make_post(TEXT, author_handle="mira"),), checkpoint=None), collector="test")
        store.runs.finish(run, "done")
        draft = ask(store, site.loaded.config, 1, SCOPE, who="Kim")
        assert draft.code is not None
        assert f"https://form.example.org/permission?code={draft.code}" in draft.text
        return draft.code


def state(site: FormSite) -> tuple[PermissionState, frozenset[Use]]:
    with site.store() as store:
        return store.permissions.steps(1)[-1].state, store.items.uses(1, 1).get(1, frozenset())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_link_shows_the_post_and_asks_use_by_use_with_nothing_ticked(site: FormSite, language: str) -> None:
    page = site.get(f"/permission?lang={language}&code={asked(site)}")
    assert page.status_code == 200
    tree = parsed(page.text)
    quote = "".join(next(tree.iter("blockquote")).itertext())
    assert "<script>alert(1)</script>" in quote
    assert "\u202e" not in quote
    boxes = [box for box in tree.iter("input") if box.get("name") == "use"]
    assert [box.get("value") for box in boxes] == ["quote_unnamed", "quote_named"]
    assert not any(box.get("checked") is not None for box in boxes)
    assert state(site) == (PermissionState.FOUND, frozenset({Use.ANALYSE})), "opening a link decides nothing"


def test_the_code_can_be_typed_and_stands_in_no_address_of_the_page(site: FormSite) -> None:
    code = asked(site)
    typed = site.post("/permission", site.filled("/permission", code=code.lower().replace("-", " ")))
    linked = site.get(f"/permission?code={code}")
    assert code not in typed.text
    for form in parsed(linked.text).iter("form"):
        assert code not in form.get("action", "")


def test_yes_is_for_what_was_ticked(site: FormSite) -> None:
    code = asked(site)
    page = site.get(f"/permission?code={code}")
    data = {**fields(page.text, action="/permission/allow"), "use": ["quote_unnamed"]}
    answer = site.post("/permission/allow", data)
    assert answer.status_code == 200
    assert state(site) == (PermissionState.GRANTED, frozenset({Use.ANALYSE, Use.QUOTE_UNNAMED}))
    assert fields(answer.text, action="/permission/allow")["use"] == ["quote_unnamed"]
    none = site.post("/permission/allow", {**data, "use": []})
    assert none.status_code == 200
    assert state(site) == (PermissionState.REFUSED, frozenset({Use.ANALYSE}))


def test_a_no_is_stored(site: FormSite) -> None:
    page = site.get(f"/permission?code={asked(site)}")
    answer = site.post("/permission/refuse", fields(page.text, action="/permission/refuse"))
    assert answer.status_code == 200
    assert state(site) == (PermissionState.REFUSED, frozenset({Use.ANALYSE}))
    assert not any(form.get("action") == "/permission/refuse" for form in parsed(answer.text).iter("form"))


def test_taking_the_post_out_asks_first(site: FormSite) -> None:
    code = asked(site)
    page = site.get(f"/permission?code={code}")
    sure = site.post("/permission/remove", fields(page.text, action="/permission/remove"))
    assert state(site)[0] is PermissionState.FOUND
    back = site.post("/permission/again", fields(sure.text, action="/permission/again"))
    assert "Quillfeather" in back.text
    done = site.post("/permission/removed", fields(sure.text, action="/permission/removed"))
    assert done.status_code == 200
    assert state(site) == (PermissionState.WITHDRAWN, frozenset())
    assert site.get(f"/permission?code={code}").status_code == 404
    again = site.post("/permission/removed", fields(sure.text, action="/permission/removed"))
    assert again.status_code == 410


def test_a_post_that_is_gone_is_not_shown_and_cannot_be_allowed(site: FormSite) -> None:
    code = asked(site)
    with site.store() as store:
        item = store.items.get([1])[0]
        store.verifications.apply([Verdict(source="x", source_id=item.source_id, standing=Standing.PROTECTED)])
    page = site.get(f"/permission?code={code}")
    assert page.status_code == 200
    assert "Quillfeather" not in page.text
    assert not any(form.get("action") == "/permission/allow" for form in parsed(page.text).iter("form"))


def test_wrong_codes_are_answered_alike_and_limited(site: FormSite) -> None:
    asked(site)
    answers = set()
    for code in ("ABCD-EFGH-JKMN", "x", "%00", "A" * 5000):
        page = site.get(f"/permission?code={code}")
        answers.add((page.status_code, page.text.replace(fields(page.text)["ticket"][0], "").replace(code, "")))
    assert {status for status, _ in answers} == {404}
    tried = [site.get("/permission?code=ABCD-EFGH-JKMN").status_code for _ in range(20)]
    assert tried[-1] == 429


def test_without_a_ticket_of_ours_nothing_is_decided(site: FormSite) -> None:
    asked(site)
    ticket = fields(site.get("/permission").text)["ticket"]
    for path in ("again", "allow", "refuse", "remove", "removed"):
        page = site.post(f"/permission/{path}", {"ticket": ticket, "holder": "x", "use": "quote_unnamed"})
        assert page.status_code == 403
        assert site.get(f"/permission/{path}").headers["location"] == "/permission"
    assert state(site)[0] is PermissionState.FOUND
