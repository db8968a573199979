"""The pages around the form: valid, in the right language, sealed off, with the campaign's own lists and looks."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx2
import pytest

from advocacy_monitor.questionnaire import shipped_questionnaires
from advocacy_monitor.translate import LANGUAGES
from tests.web.conftest import OpenSite
from tests.web.site import LIBRARIES, FormSite, fields, parsed

PATHS = ("/", "/libraries", "/statement", "/permission", "/privacy", "/accessibility", "/no/such/page")
HOSTILE = (
    "<script>document.title = 'owned'</script>",
    '"><img src=x onerror=alert(1)>',
    "'; DROP TABLE items; --",
    "{{ 7 * 7 }}{% raw %}",
    "\u202egnp.elif",
)
LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><path d="M0 0h10v10H0z"/></svg>'


def _check(page: httpx2.Response) -> None:
    """A page is valid HTML 5, says what is what, and holds nothing that runs or comes from elsewhere."""
    tree = parsed(page.text)
    ids = [each.get("id") for each in tree.iter() if each.get("id")]
    assert len(ids) == len(set(ids)), [each for each in ids if ids.count(each) > 1]
    assert len(list(tree.iter("h1"))) == 1
    for each in tree.iter():
        for name in ("aria-describedby", "aria-labelledby", "for", "list"):
            assert set((each.get(name) or "").split()) <= set(ids), (each.tag, name, each.get(name))
        assert not [key for key in each.keys() if key == "style" or key.startswith("on")]  # noqa: SIM118
        if each.tag in ("script", "img", "link"):
            assert (each.get("src") or each.get("href")).startswith("/"), each.attrib
        if each.tag == "script":
            assert not each.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_valid_and_in_its_language(form_site: FormSite, language: str) -> None:
    pages = [form_site.get(path, accept_language=language) for path in PATHS]
    pages += [form_site.send(f"/?lang={language}"), form_site.post(f"/?lang={language}", form_site.filled(q_words=""))]
    for page in pages:
        _check(page)
        html = parsed(page.text)
        assert (html.get("lang"), html.get("dir")) == (language, "rtl" if language == "ar" else "ltr")
        assert page.headers["content-language"] == language


@pytest.mark.parametrize(
    ("link", "browser", "expected"),
    [
        ("", "", "en"),
        ("", "de-AT,de;q=0.9,en;q=0.8", "de"),
        ("", "it,ru;q=0.3,fr;q=0.7", "fr"),
        ("", "it, ja", "en"),
        ("?lang=zh-Hant", "de", "zh"),
        ("?lang=xx", "ar", "ar"),
        ("?lang=", "es;q=0,fr;q=0.1", "fr"),
        ("?lang=de&lang=fr", "", "fr"),
        ("?lang=" + "x" * 9000, ";q=,;;,q=1,de;q=x,ru;q=nan,es;q=1e999", "es"),
    ],
)
def test_the_language_is_the_links_or_the_browsers(form_site: FormSite, link: str, browser: str, expected: str) -> None:
    page = form_site.get(f"/{link}", accept_language=browser)
    assert parsed(page.text).get("lang") == expected


def test_a_campaign_offers_some_languages_and_prefers_its_own(open_form: OpenSite) -> None:
    site = open_form(form={"languages": ["de", "fr"]}, about={"languages": ["fr"]})
    assert parsed(site.get("/", accept_language="ar").text).get("lang") == "fr"
    offered = [each.get("hreflang") for each in parsed(site.get().text).iter("a") if each.get("hreflang")]
    assert offered == ["de"]


# Headers


def test_every_answer_is_sealed_off(form_site: FormSite) -> None:
    for path in (*PATHS, "/brand.css", "/libraries.json", "/robots.txt", "/static/form.js", "/static/none"):
        headers = form_site.get(path).headers
        policy = dict(each.strip().partition(" ")[::2] for each in headers["content-security-policy"].split(";"))
        assert policy["default-src"] == policy["frame-ancestors"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
        assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "no-referrer"
        assert headers["x-frame-options"] == "DENY"
        assert "set-cookie" not in headers


def test_pages_are_kept_nowhere_and_what_never_changes_for_long(form_site: FormSite) -> None:
    assert form_site.get("/?v=1").headers["cache-control"] == "no-store"
    tree = parsed(form_site.get().text)
    for each in [*tree.iter("script"), *tree.iter("link")]:
        answer = form_site.get(each.get("src") or each.get("href"))
        assert answer.status_code == 200 and "immutable" in answer.headers["cache-control"]


def test_only_named_websites_may_frame_the_form(open_form: OpenSite) -> None:
    site = open_form(form={"embed_on": ["https://library.example.org/about", "https://town.example.com:8443"]})
    headers = site.get("/?embed=1").headers
    allowed = "frame-ancestors 'self' https://library.example.org https://town.example.com:8443"
    assert headers["content-security-policy"].endswith(allowed)
    assert "x-frame-options" not in headers


def test_inside_a_frame_the_form_stays_one(open_form: OpenSite) -> None:
    site = open_form(form={"embed_on": ["https://library.example.org"]})
    page = site.get("/?embed=1&lang=de&library=Quarry-Lane-Library")
    _check(page)
    tree = parsed(page.text)
    assert tree.find(".//header") is None
    ours = [each.get("href") for each in tree.iter("a") if each.get("href").startswith("/")]
    assert ours and all(parse_qs(urlsplit(each).query).get("embed") == ["1"] for each in ours)
    (action,) = [each.get("action") for each in tree.iter("form") if each.get("method") == "post"]
    sent = site.send(action)
    assert sent.status_code == 200 and parsed(sent.text).find(".//header") is None
    assert "embed" not in parse_qs(urlsplit(_share_address(sent)).query)


def _share_address(page: httpx2.Response) -> str:
    words = next(each.text for each in parsed(page.text).iter("textarea"))
    return str(words).split()[-1]


def test_below_a_path_all_addresses_lie_below_it(open_form: OpenSite) -> None:
    site = open_form(form={"address": "https://www.example.org/ask/us/"})
    for path in ("/ask/us/", "/"):  # web servers cut the path off, or do not
        tree = parsed(site.get(path).text)
        found = [each.get(name) for each in tree.iter() for name in ("href", "src", "action") if each.get(name)]
        assert all(each.startswith(("/ask/us/", "#")) for each in found), found
        for each in found:
            if each.startswith("/"):
                assert site.get(each).status_code == 200, each
    assert site.get("/ask/us?lang=de").headers["location"] == "/ask/us/?lang=de"
    assert _share_address(site.send("/ask/us/?lang=de")) == "https://www.example.org/ask/us/?lang=de"


@pytest.mark.parametrize("host", ["[", "evil.example/<script>", "a b", "", "form.example.org:99999999", "[::1]:80"])
def test_a_strange_host_leads_nowhere(form_site: FormSite, host: str) -> None:
    data = form_site.filled(q_words="Something.", consent="analyse")
    page = form_site.post("/", data, {"host": host})
    assert page.status_code == 200
    assert re.match(r"https://(localhost|\[::1\]:80)/", _share_address(page))


@pytest.mark.parametrize("path", ["//evil.example/x", "/\\evil.example", "//evil.example", "/%2f/evil.example", "///x"])
def test_a_strange_path_makes_no_link_that_leads_away(form_site: FormSite, path: str) -> None:
    page = form_site.web.get(f"https://form.example.org{path}")
    assert page.status_code == 404
    for each in parsed(page.text).iter("a"):
        assert urlsplit(urljoin("https://form.example.org/", each.get("href"))).netloc == "form.example.org"


# Libraries


@pytest.mark.parametrize(
    ("given", "shown", "kept", "area"),
    [
        ("Quarry-Lane-Library", "Quarry Lane Library", "Quarry Lane Library", None),
        ("buecherei lindenrode", "buecherei lindenrode", "buecherei lindenrode", None),
        ("BÜCHEREI  LINDENRODE", "Bücherei Lindenrode", "Bücherei Lindenrode", None),
        ("bucherei-lindenrode", "Bücherei Lindenrode", "Bücherei Lindenrode", None),
        ("Central Library", "Central Library", "Central Library", None),
        ("central-library-port-mallee", "Central Library, Port Mallee", "Central Library", "North End"),
        ("مكتبة الحي", "مكتبة الحي", "مكتبة الحي", None),
        ("Bookmobile 7", "Bookmobile 7", "Bookmobile 7", None),
    ],
)
def test_the_library_of_a_link_is_filled_in_and_kept_as_the_list_writes_it(
    form_site: FormSite, given: str, shown: str, kept: str, area: str | None
) -> None:
    path = f"/?library={given}"
    assert fields(form_site.get(path).text)["q_library"] == [shown]
    page = form_site.send(path)
    assert form_site.held(page).library == kept
    with form_site.store() as store:
        assert [each.area for batch in store.items.each() for each in batch] == [area]


def test_the_list_of_libraries_is_searched_without_a_script(form_site: FormSite) -> None:
    page = form_site.get("/libraries?lang=de&find=central")
    _check(page)
    links = [each.get("href") for each in parsed(page.text).iter("a") if "library=" in each.get("href")]
    assert links == [
        "/?lang=de&library=Central+Library%2C+Port+Mallee",
        "/?lang=de&library=Central+Library%2C+Queanford",
    ]
    assert "No library in our list" in form_site.get("/libraries?find=zzz").text
    assert form_site.get("/libraries?find=" + "%00%ff" * 500).status_code == 200


def test_a_long_list_is_fetched_when_it_is_needed(open_form: OpenSite) -> None:
    rows = [{**LIBRARIES[0], "library": f"Library {number}"} for number in range(1000)]
    site = open_form(libraries=rows)
    page = site.get()
    assert len(page.content) < 60_000
    (address,) = re.findall(r'data-names="([^"]+)"', page.text)
    assert len(json.loads(site.get(address).content)) == 1000
    listed = site.get("/libraries")
    _check(listed)
    assert "Write a longer part of the name" in listed.text


def test_without_a_list_people_write_the_librarys_name(open_form: OpenSite) -> None:
    site = open_form(libraries=())
    page = site.get("/?library=The+one+by+the+river")
    _check(page)
    assert fields(page.text)["q_library"] == ["The one by the river"]
    assert "/libraries" not in page.text


# What is typed is never markup


@pytest.mark.parametrize("text", HOSTILE)
def test_what_people_write_is_never_markup(form_site: FormSite, text: str) -> None:
    pages = [
        form_site.get("/", accept_language=text.encode("ascii", "ignore").decode()),
        form_site.web.get("/", params={"library": text, "lang": text, "embed": text}),
        form_site.web.get("/libraries", params={"find": text}),
        form_site.web.get(f"/{text}"),
        form_site.send(q_words=text * 100, q_library=text, q_matters_other=text, name=text, email=text),
        form_site.send(q_words=text, q_library=text, q_matters=text, name=text, **{text: text}),
    ]
    for page in pages:
        assert page.status_code in (200, 404, 422)
        _check(page)
        assert parsed(page.text).find(".//img") is None and "49{%" not in page.text


def test_half_characters_and_control_characters_are_left_out(form_site: FormSite) -> None:
    data = form_site.filled(q_words="A\x00B\x07C\u2028D\tE", q_library="Quarry\x00 Lane Library", consent="analyse")
    held = form_site.held(form_site.post("/", data))
    assert (held.text, held.library) == ("ABCD\tE", "Quarry Lane Library")


# What is the campaign's own


def test_the_associations_colours_and_logo(open_form: OpenSite, tmp_path: Path) -> None:
    folder = tmp_path / "brand"
    folder.mkdir()
    (folder / "logo.svg").write_text(LOGO, encoding="utf-8")
    (folder / "brand.yaml").write_text(
        "name: Friends\naccent: '#8a1538'\nlogo: logo.svg\nlogo_alt: A book\n", encoding="utf-8"
    )
    site = open_form(about={"brand": str(folder / "brand.yaml")})
    tree = parsed(site.get().text)
    (picture,) = tree.iter("img")
    assert picture.get("alt") == "A book"
    answer = site.get(picture.get("src"))
    assert answer.headers["content-type"].startswith("image/svg+xml") and answer.text.strip() == LOGO
    assert "sandbox" in answer.headers["content-security-policy"]
    assert "#8a1538" in site.get("/brand.css").text


def test_without_a_logo_there_is_none(form_site: FormSite) -> None:
    assert form_site.get("/logo").status_code == 404


def test_words_to_share_are_the_campaigns(open_form: OpenSite) -> None:
    site = open_form(form={"share_text": {"de": "Ich auch!"}, "address": "https://form.example.org"})
    german, english = site.send("/?lang=de"), site.send("/?lang=en")
    expected = "Ich auch! #MissedMyLibrary #DankeBibliothek https://form.example.org/?lang=de"
    assert [each.text for each in parsed(german.text).iter("textarea")] == [expected]
    assert "Ich auch!" not in english.text
    links = [each.get("href") for each in parsed(german.text).iter("a") if each.get("target")]
    assert len(links) == 5 and all(each.startswith("https://") for each in links)
    assert sum("Ich%20auch%21%20%23MissedMyLibrary" in each for each in links) == 4


OWN = """\
name: ours
version: 3
title: {en: A question}
intro: {en: One question only.}
questions:
  - {key: visits, kind: choice, optional: false, wording: {en: How often do you come?},
     options: [{code: daily, wording: {en: Daily}}, {code: other, wording: {en: Other}}]}
  - {key: story, kind: text, optional: false, longest: 40, wording: {en: Your story}}
consents:
  analyse: {en: Keep it}
  quote_unnamed: {en: Quote it}
  quote_named: {en: Name me}
  send_to_representative: {en: Send it}
  contact: {en: Write to me}
parent: {en: I am a parent}
parent_quote: {en: Quote my child}
"""


def test_a_campaigns_own_questions(open_form: OpenSite, tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(OWN, encoding="utf-8")
    site = open_form(form={"questionnaire": str(path)})
    page = site.get("/?library=Quarry-Lane-Library")
    _check(page)
    assert "I am a parent" not in page.text and "3. What may we do" in page.text
    wrong = site.post("/", site.filled(consent="analyse", q_visits="weekly"))
    _check(wrong)
    assert wrong.status_code == 422
    assert wrong.text.count('<a href="#q_visits">1. This question needs an answer.') == 1
    assert wrong.text.count('<a href="#q_story">2. This question needs an answer.') == 1
    given = {"consent": "analyse", "q_visits": "daily", "q_visits_other": "and at night", "q_story": "Short."}
    held = site.held(site.post("/", site.filled(**given)))
    assert held.answers == {"visits": "daily", "visits_other": "and at night"}
    assert (held.text, held.form.version) == ("Short.", 3)


def test_sample_data_is_marked_on_every_page(open_form: OpenSite) -> None:
    site = open_form(about={"sample_data": True})
    for path in (*PATHS, "/?embed=1"):
        assert "This is a trial" in site.get(path).text


def test_whoever_watches_the_server_learns_whether_answers_can_be_stored(form_site: FormSite) -> None:
    assert form_site.get("/health").text == "ok\n"
    form_site.site.writer.close()
    page = form_site.get("/health")
    assert page.status_code == 503 and "retry-after" in page.headers


def test_what_fails_says_so_and_nobodys_words_get_into_the_log(
    form_site: FormSite, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    words = "".join(["What ", "a person ", "wrote"])

    def failing(*given: object) -> None:
        raise ValueError(words)

    data = form_site.filled(q_words=words)
    monkeypatch.setattr("advocacy_monitor.web.pages.form.read", failing)
    page = form_site.post("/", data)
    _check(page)
    assert page.status_code == 500
    assert "ValueError" in caplog.text and words not in caplog.text


def test_the_privacy_notice_takes_nobody_away_from_a_half_filled_form(form_site: FormSite) -> None:
    for link in parsed(form_site.get().text).findall(".//form//a"):
        assert link.get("target") == "_blank" or link.get("href") == "/libraries"


def test_shipped_questionnaires_make_a_form(open_form: OpenSite) -> None:
    for name in shipped_questionnaires():
        _check(open_form(form={"questionnaire": name}).get())
