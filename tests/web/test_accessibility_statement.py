"""The accessibility statement: with its day, its known gaps, and somebody to write to, in every language."""

from __future__ import annotations

import pytest

from advocacy_monitor.translate import LANGUAGES, form_texts
from advocacy_monitor.web.pages.accessibility import REVIEWED_ON, statement
from tests.web.site import FormSite, parsed


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_says_what_was_checked_what_is_missing_and_when(form_site: FormSite, language: str) -> None:
    page = form_site.get(f"/accessibility?lang={language}")
    assert page.status_code == 200
    text = "".join(parsed(page.text).itertext())
    t = form_texts(language)
    said = statement(t)
    assert said.gaps
    for sentence in (*said.aims, *said.checks, *said.gaps, t.day(REVIEWED_ON)):
        assert sentence in text
    assert "advocacy@example.org" in text
