"""'My statement' and the permission page in a real browser: codes leave the address, withdrawing works by keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from advocacy_monitor.hosting import open_store
from advocacy_monitor.models import Page, Use
from advocacy_monitor.permission import ask
from tests.conftest import make_post
from tests.web.browsing import SMALL, Served, browsing, sideways
from tests.web.holders import WORDS, received
from tests.web.site import campaign


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with browsing(tmp_path_factory.mktemp("statement")) as found:
        yield found


def _kept(served: Served, code: str) -> str:
    """An answer that its author has the code to."""
    with open_store(served.loaded) as store:
        store.submissions.add([received(source_id=code, code=code)])
    return code


def _is_there(served: Served, code: str) -> bool:
    with open_store(served.loaded) as store:
        return store.submissions.of_code(code) is not None


def test_a_code_behind_the_hash_is_filled_in_and_leaves_the_address(served: Served) -> None:
    code = _kept(served, "ABCD-EFGH-JKMN")
    with served.page() as page:
        sent: list[str] = []
        page.on("request", lambda request: sent.append(request.url + str(request.headers.get("referer", ""))))
        page.goto(f"/statement?lang=de#{code}")
        assert page.input_value("#code") == code
        assert page.url == f"{served.base}/statement?lang=de"
        page.keyboard.press("Enter")
        page.wait_for_selector("blockquote")
        assert page.inner_text("blockquote") == WORDS
        assert not [url for url in sent if code in url]


@pytest.mark.parametrize("behind", ["%3Cimg%20src=x%3E", "main", "' onfocus='alert(1)", "A" * 500])
def test_what_is_no_code_is_not_filled_in(served: Served, behind: str) -> None:
    with served.page() as page:
        page.goto(f"/statement#{behind}")
        assert page.input_value("#code") == ""


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_withdrawing_by_keyboard_alone_on_a_small_screen(served: Served, scripts: bool) -> None:
    code = _kept(served, "BBBB-EFGH-JKMN" if scripts else "CCCC-EFGH-JKMN")
    with served.page(size=SMALL, java_script_enabled=scripts) as page:
        page.goto("/statement")
        _tab_to(page, "#code")
        page.keyboard.type(code.lower())
        page.keyboard.press("Enter")
        page.wait_for_selector("blockquote")
        for path in ("/statement/withdraw", "/statement/withdrawn"):
            if scripts:
                assert sideways(page) == []
            _tab_to(page, f"form[action='{path}'] button")
            page.keyboard.press("Enter")
            page.wait_for_url(f"**{path}")
        assert page.locator("blockquote").count() == 0
    assert not _is_there(served, code)


def _tab_to(page: Any, selector: str) -> None:
    """Presses Tab until an element has the focus."""
    wanted = page.locator(selector)
    wanted.wait_for()
    for _ in range(80):
        if page.locator(f"{selector}:focus").count():
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} cannot be reached by keyboard")


def test_the_code_of_a_request_leaves_the_address_and_decides_nothing_by_itself(served: Served) -> None:
    with open_store(served.loaded) as store:
        run = store.runs.start("test", "import")
        store.add_page(run, Page(items=(make_post("The branch is my second home."),), checkpoint=None), collector="t")
        store.runs.finish(run, "done")
        newest = max(item.id for batch in store.items.each() for item in batch)
        about = campaign(served.loaded.folder, about={"form_url": f"{served.base}/permission"}).config
        code = ask(store, about, newest, [Use.QUOTE_UNNAMED, Use.QUOTE_NAMED], who="Kim").code
    with served.page() as page:
        page.goto(f"/permission?lang=fr&code={code}")
        assert page.url == f"{served.base}/permission?lang=fr"
        assert page.locator("input[type=checkbox]:checked").count() == 0
        page.check("#use-quote_unnamed")
        page.click("form[action^='/permission/allow'] button")
        page.wait_for_selector(".said")
        assert page.locator("input[type=checkbox]:checked").count() == 1
    with open_store(served.loaded) as store:
        assert store.items.uses(newest, newest)[newest] == {Use.ANALYSE, Use.QUOTE_UNNAMED}
