"""What somebody with bad intentions tries on the form site, one test for each of their ideas."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

import pytest

from advocacy_monitor.web.limits import RATES, Limits, Rate
from tests.web.conftest import OpenSite
from tests.web.site import FormSite, fields, open_form_site

_FORM = "application/x-www-form-urlencoded"


def _guess(site: FormSite, code: str, **headers: str) -> int:
    page = site.get("/statement")
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return site.post("/statement", {**fields(page.text), "code": code}, given).status_code


def test_codes_cannot_be_tried_without_end(form_site: FormSite) -> None:
    tries = [_guess(form_site, f"ABCD-EFGH-{n:04}".replace("0", "K").replace("1", "M")) for n in range(12)]
    assert tries == [404] * RATES["code"].at_once + [429, 429]
    form_site.clock.pass_(seconds=31)
    assert _guess(form_site, "ABCD-EFGH-JKMN") == 404


def test_a_right_code_opens_nothing_while_wrong_ones_are_waited_for(form_site: FormSite) -> None:
    """Else the limit would tell which code was right."""
    code = form_site.code(form_site.send())
    for _ in range(RATES["code"].at_once):
        assert _guess(form_site, "ABCD-EFGH-JKMN") == 404
    assert _guess(form_site, code) == 429


def test_no_header_makes_another_visitor_of_one(form_site: FormSite) -> None:
    tries = [
        _guess(form_site, "ABCD-EFGH-JKMN", x_forwarded_for=f"192.0.2.{n}", forwarded=f"for=192.0.2.{n}")
        for n in range(12)
    ]
    assert tries[-1] == 429


def test_reading_ones_own_answer_has_an_end_as_well(form_site: FormSite) -> None:
    """It is done in the thread that stores answers."""
    code = form_site.code(form_site.send())
    data = {**fields(form_site.get("/statement").text), "code": code}
    form_site.site.limits = Limits(form_site.clock, rates={**RATES, "page": Rate(5, 1)})
    seen = {form_site.post("/statement", data).status_code for _ in range(6)}
    assert seen == {200, 429}


@pytest.mark.parametrize("path", ["/", "/statement", "/statement/withdrawn", "/permission", "/permission/allow"])
@pytest.mark.parametrize("headers", [{"sec-fetch-site": "cross-site"}, {"origin": "https://other.example.com"}])
def test_another_website_sends_nothing(form_site: FormSite, path: str, headers: dict[str, str]) -> None:
    data = {**fields(form_site.get("/").text), "q_words": "Not mine.", "consent": "analyse"}
    assert form_site.post(path, data, headers).status_code == 403
    assert form_site.count() == 0


def test_a_ticket_of_another_campaign_is_none(form_site: FormSite, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with open_form_site(tmp_path / "other") as other:
        ticket = other.site.tickets.issue()
    page = form_site.post("/", {"ticket": ticket, "q_words": "Not mine.", "consent": "analyse"})
    assert page.status_code == 400
    assert "Not mine." in page.text
    assert form_site.count() == 0


def test_pages_are_kept_by_nobody_whatever_the_address_says(form_site: FormSite) -> None:
    for path in ("/", "/?v=1", "/?v=abc&lang=de", "/statement?v=1", "/permission?v=1", "/privacy?v=1"):
        assert form_site.get(path).headers["cache-control"] == "no-store"


def test_only_named_websites_frame_the_form(open_form: OpenSite) -> None:
    closed = open_form().get("/?embed=1").headers
    assert "frame-ancestors 'none'" in closed["content-security-policy"]
    site = open_form(form={"embed_on": ["https://library.example.org/page;script-src *"]})
    policy = site.get("/?embed=1").headers["content-security-policy"]
    assert policy.endswith("frame-ancestors 'self' https://library.example.org")


def test_too_much_is_refused_and_nothing_is_read_twice(form_site: FormSite) -> None:
    web = form_site.web
    long = urlencode({"q_words": "a" * 200_000})
    assert web.post("/", content=long, headers={"content-type": _FORM}).status_code == 413
    assert web.post("/", content="a=1&" * 400, headers={"content-type": _FORM}).status_code == 413
    assert web.post("/", content="{}", headers={"content-type": "application/json"}).status_code == 415
    files = {"q_words": ("words.txt", b"a" * 1000)}
    assert web.post("/", files=files).status_code == 415


def test_hidden_signs_do_not_stand_in_lines(form_site: FormSite) -> None:
    page = form_site.send(
        q_library="Quarry\u202e yraL\x9b\x00 Lane", consent=["analyse", "quote_named"], name="A\u2066d\u2069a\r\nBcc: x"
    )
    held = form_site.held(page)
    assert held.library == "Quarry yraL Lane"
    assert held.name == "Ada Bcc: x"


def test_words_are_kept_as_they_were_written(form_site: FormSite) -> None:
    """Verbatim, but for signs that are none; what looks like markup or a formula is words."""
    words = "=1+1 <script>alert(1)</script> {{ 7*7 }} ' OR 1=1 --\n😀 ﷺ \u202eabc\u202c"
    assert form_site.held(form_site.send(q_words=words)).text == words


def test_what_is_suspicious_is_stored_with_the_reason(form_site: FormSite) -> None:
    page = form_site.get("/")
    data = {**fields(page.text), "homepage": "x", "q_words": "https://spam.example.com", "consent": "analyse"}
    answered = form_site.post("/", data)  # in no time
    assert answered.status_code == 200
    with form_site.store() as store:
        item_id = store.submissions.of_code(form_site.code(answered))
        assert item_id is not None
        found = store.items.annotations(item_id, item_id, labels=["risk"])[item_id]
        assert {(each.value, each.by) for each in found} == {
            ("hidden_field", "form@1"),
            ("sent_too_fast", "form@1"),
            ("mostly_links", "form@1"),
        }


def test_more_than_usual_is_marked_and_much_more_is_refused_with_everything_typed(form_site: FormSite) -> None:
    form_site.site.limits = Limits(form_site.clock, rates={**RATES, "send": Rate(6, 5), "many": Rate(4, 30)})
    statuses = []
    for number in range(8):
        ticket = form_site.site.tickets.issue()
        page = form_site.post("/", {"ticket": ticket, "q_words": f"Answer {number}.", "consent": "analyse"})
        statuses.append(page.status_code)
    assert statuses == [200] * 6 + [429] * 2
    assert "Answer 7." in page.text
    assert int(page.headers["retry-after"]) >= 1
    with form_site.store() as store:
        found = store.items.annotations(1, store.items.last_id(), labels=["risk"])
    assert sum(any(each.value == "many_at_once" for each in facts) for facts in found.values()) == 2
