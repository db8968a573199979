"""The form in a real browser: every language, no JavaScript, a keyboard alone, a small phone, large letters."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from advocacy_monitor.hosting import open_store
from advocacy_monitor.models import Held, Use
from advocacy_monitor.questionnaire import load_questionnaire
from advocacy_monitor.translate import LANGUAGES
from tests.web.browsing import SMALL, Served, browsing, sideways, sync_api
from tests.web.site import LIBRARIES

WORDS = {
    "ar": "المكتبة مكاني الهادئ.",
    "de": "Die Bücherei hat uns über den Winter geholfen.",
    "en": "The library kept me going.",
    "es": "La biblioteca es mi segunda casa.",
    "fr": "La bibliothèque m’a tout appris.",
    "ru": "Библиотека — мой второй дом.",
    "zh": "图书馆是我的第二个家。",
}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with browsing(tmp_path_factory.mktemp("form")) as found:
        yield found


def _held(served: Served, page: Any) -> Held:
    code = page.locator(".code code").inner_text()
    with open_store(served.loaded) as store:
        item_id = store.submissions.of_code(code)
        assert item_id is not None, code
        return store.submissions.held(item_id)


def _fill(page: Any, language: str) -> None:
    questionnaire = load_questionnaire("library")
    page.fill("[name=q_library]", "Bücherei Lindenrode")
    page.get_by_label(questionnaire.questions[1].options[1].said(language), exact=True).check()
    page.fill("[name=q_words]", WORDS[language])
    page.check("[name=q_changed][value=learned]")
    page.fill("[name=q_postcode]", "45127")
    page.check("[name=q_age][value='25-64']")
    page.check("[value=analyse]")
    page.get_by_label(questionnaire.consent(Use.QUOTE_UNNAMED, language), exact=True).check()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_the_form_is_filled_in_and_sent_in_every_language(served: Served, language: str, scripts: bool) -> None:
    with served.page(java_script_enabled=scripts, locale=language) as page:
        page.goto("/")
        assert page.get_attribute("html", "lang") == language
        assert page.get_attribute("html", "dir") == ("rtl" if language == "ar" else "ltr")
        _fill(page, language)
        page.click("button.main")
        held = _held(served, page)
    assert held.text == WORDS[language]
    assert (held.language, held.library, held.postcode) == (language, "Bücherei Lindenrode", "45127")
    assert held.answers == {"matters": "staff_help", "changed": "learned"}
    assert held.consents == {Use.ANALYSE, Use.QUOTE_UNNAMED}


def test_the_language_of_a_link_goes_before_that_of_the_browser_and_stays(served: Served) -> None:
    with served.page(locale="ru") as page:
        page.goto("/?lang=de")
        assert page.get_attribute("html", "lang") == "de"
        page.click("button.main")
        assert page.get_attribute("html", "lang") == "de"
        page.get_by_role("link", name="العربية").click()
        assert (page.get_attribute("html", "lang"), page.get_attribute("html", "dir")) == ("ar", "rtl")


def test_by_keyboard_alone(served: Served) -> None:
    with served.page() as page:
        page.goto("/")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        _go_to(page, "q_library")
        page.keyboard.type("Quarry Lane Library")
        _go_to(page, "q_matters")
        page.keyboard.press("Space")
        _go_to(page, "q_words")
        page.keyboard.type("Typed by hand.")
        _go_to(page, "q_age")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        _go_to(page, "consent")
        page.keyboard.press("Space")
        _go_to(page, "", "button.main")
        page.keyboard.press("Enter")
        held = _held(served, page)
    assert (held.text, held.library, held.age_band) == ("Typed by hand.", "Quarry Lane Library", "25-64")


def _go_to(page: Any, name: str, selector: str = "") -> None:
    """Presses Tab until a field has the focus, which can be seen; the trap is never on the way."""
    for _ in range(80):
        page.keyboard.press("Tab")
        at = page.evaluate("[document.activeElement.name || '', document.activeElement.matches(':focus-visible')]")
        assert at[0] != "homepage"
        if at[0] == name and (not selector or page.evaluate(f"document.activeElement.matches('{selector}')")):
            assert at[1]
            return
    raise AssertionError(f"{name or selector} cannot be reached with Tab")


def test_mistakes_take_the_reader_to_the_summary_and_from_there_to_the_field(served: Served) -> None:
    with served.page(java_script_enabled=False) as page:
        page.goto("/")
        page.fill("[name=q_words]", "x" * 700)
        page.click("button.main")
        assert page.evaluate("document.activeElement.id") == "problems"
        page.get_by_role("link", name="Please tick this box").click()
        page.keyboard.press("Tab")
        assert page.input_value("[name=q_words]") == "x" * 700
        page.check("#consent")
        page.fill("[name=q_words]", "Shorter.")
        page.click("button.main")
        assert _held(served, page).text == "Shorter."


@pytest.mark.parametrize("language", LANGUAGES)
def test_at_320_pixels_and_with_text_at_twice_its_size_nothing_sticks_out(served: Served, language: str) -> None:
    with served.page(size=SMALL, locale=language) as page:
        page.goto("/?library=Quarry+Lane+Library")
        assert _too_wide(page) == []
        page.click("button.main")
        assert _too_wide(page) == []
        _fill(page, language)
        page.click("button.main")
        page.wait_for_selector(".code")
        assert _too_wide(page) == []


def _too_wide(page: Any) -> list[str]:
    """What stands out of the window, in letters of one size and of twice that; the letters stay large."""
    found = sideways(page)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
    return found + sideways(page)


def test_under_16_sees_a_parents_ticks_and_no_name_without_a_script(served: Served) -> None:
    with served.page(java_script_enabled=False) as page:
        page.goto("/")
        assert page.is_hidden("#parent") and page.is_visible("#consent-contact") and page.is_hidden("#name")
        page.check("#consent-quote_named")
        assert page.is_visible("#name")
        page.check("[name=q_age][value=under_16]")
        assert page.is_visible("#parent") and page.is_hidden("#consent-contact") and page.is_hidden("#name")
        page.fill("[name=q_words]", "I like the comics.")
        page.check("#parent")
        page.check("#consent")
        page.click("button.main")
        assert _held(served, page).consents == {Use.ANALYSE}


def test_a_draft_survives_a_reload_and_another_language_and_goes_when_it_is_sent(served: Served) -> None:
    with served.page() as page:
        page.goto("/")
        page.fill("[name=q_words]", "Half a sentence")
        page.check("[name=q_changed][value=confident]")
        page.reload()
        assert page.input_value("[name=q_words]") == "Half a sentence"
        page.get_by_role("link", name="Deutsch").click()
        assert page.input_value("[name=q_words]") == "Half a sentence"
        assert page.is_checked("[name=q_changed][value=confident]")
        page.check("#consent")
        page.click("button.main")
        page.wait_for_selector(".code")
        assert page.evaluate("sessionStorage.length") == 0
        page.goto("/")
        assert page.input_value("[name=q_words]") == ""


def test_somebody_elses_draft_can_be_emptied(served: Served) -> None:
    with served.page() as page:
        page.goto("/")
        assert page.is_hidden("#restored")
        page.fill("[name=q_words]", "Somebody went away")
        page.check("[name=q_age][value='65+']")
        page.reload()
        page.click("#clear")
        assert page.input_value("[name=q_words]") == "" and not page.is_checked("[name=q_age][value='65+']")
        page.reload()
        assert page.is_hidden("#restored") and page.input_value("[name=q_words]") == ""


def test_a_library_of_a_long_list_is_completed_while_somebody_types(served: Served, tmp_path: Path) -> None:
    rows = [{**LIBRARIES[0], "library": f"Bücherei {number}"} for number in range(1000)]
    with served.beside(tmp_path, libraries=rows) as other, other.page() as page:
        page.goto("/")
        assert page.locator("#libraries option").count() == 0
        page.locator("[name=q_library]").press_sequentially("bucherei 77")
        sync_api.expect(page.locator("#libraries option")).to_have_count(19)
        assert page.locator("#libraries option").first.get_attribute("value") == "Bücherei 77"


def test_in_a_frame_of_a_librarys_own_page(served: Served, tmp_path: Path) -> None:
    """The library's page is of another site, so browsers take the form for a third party's. A stranger's shows none."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _WebsiteOfALibrary) as website:
        port = website.server_port
        threading.Thread(target=website.serve_forever, daemon=True).start()
        with served.beside(tmp_path, form={"embed_on": [f"http://localhost:{port}"]}) as other:
            _WebsiteOfALibrary.form = other.base
            page = served.browser.new_context().new_page()
            page.goto(f"http://localhost:{port}/")
            inside = page.frame_locator("iframe")
            inside.locator("[name=q_words]").fill("Aus der Seite der Bücherei.")
            inside.locator("#consent").check()
            inside.locator("button.main").click()
            code = inside.locator(".code code").inner_text()
            with open_store(other.loaded) as store:
                assert store.submissions.of_code(code) is not None
            assert page.context.cookies() == []
            page.goto(f"http://127.0.0.1:{port}/")
            assert [each.url for each in page.frames][1:] == ["chrome-error://chromewebdata/"]
        website.shutdown()


class _WebsiteOfALibrary(BaseHTTPRequestHandler):
    form: ClassVar[str] = ""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()
        frame = f'<!DOCTYPE html><title>x</title><iframe src="{self.form}/?embed=1&amp;lang=de" width="600"></iframe>'
        self.wfile.write(frame.encode())

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the tests' output is quiet."""


def test_a_library_is_chosen_from_the_list_and_the_draft_stays(served: Served) -> None:
    with served.page() as page:
        page.goto("/?lang=en")
        page.fill("[name=q_words]", "Half a sentence")
        page.get_by_role("link", name="Choose from the list").click()
        page.fill("#find", "central")
        page.keyboard.press("Enter")
        page.get_by_role("link", name="Central Library, Port Mallee").click()
        assert page.input_value("[name=q_library]") == "Central Library, Port Mallee"
        sync_api.expect(page.locator("[name=q_words]")).to_have_value("Half a sentence")  # a script brings it back
        page.check("#consent")
        page.click("button.main")
        assert _held(served, page).library == "Central Library"


def test_pressing_the_button_twice_sends_once(served: Served) -> None:
    with served.page() as page:
        page.goto("/")
        page.fill("[name=q_words]", "Pressed twice.")
        page.check("#consent")
        page.dblclick("button.main")
        held = _held(served, page)
    with open_store(served.loaded) as store:
        texts = [each.text for batch in store.items.each() for each in batch]
    assert texts.count(held.text) == 1


def test_the_words_to_share_can_be_copied(served: Served) -> None:
    with served.page(permissions=["clipboard-read", "clipboard-write"]) as page:
        page.goto("/")
        page.fill("[name=q_words]", "To be shared.")
        page.check("#consent")
        page.click("button.main")
        page.click("#copy")
        sync_api.expect(page.locator("#copied")).to_have_text("Copied")
        assert "#MissedMyLibrary" in page.evaluate("navigator.clipboard.readText()")


def test_the_code_is_read_from_the_qr_code_and_withdraws(served: Served, tmp_path: Path) -> None:
    zxingcpp = pytest.importorskip("zxingcpp", reason="needs zxing-cpp, to read a QR code")
    from PIL import Image

    with served.page() as page:
        page.goto("/")
        page.fill("[name=q_words]", "To be withdrawn.")
        page.check("#consent")
        page.click("button.main")
        code = page.locator(".code code").inner_text()
        page.emulate_media(media="print")
        assert page.is_hidden("#share") and page.is_visible(".code")
        page.locator(".qr").screenshot(path=tmp_path / "qr.png")
        (read,) = zxingcpp.read_barcodes(Image.open(tmp_path / "qr.png"))
        assert read.text == f"{served.base}/statement?lang=en#{code}"
        page.emulate_media(media="screen")
        page.goto(read.text)
        page.click("main form button")
        assert "To be withdrawn." in page.inner_text("main")
        page.click("form[action^='/statement/withdraw?'] button")
        page.click("form[action^='/statement/withdrawn?'] button")
        assert page.locator("form[method=post]").count() == 0
    with open_store(served.loaded) as store:
        assert store.submissions.of_code(code) is None
