"""The accessibility statement: what was aimed at, how it was checked, what is known to be missing, whom to write to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from starlette.responses import Response

from advocacy_monitor.translate import Texts
from advocacy_monitor.web.site import Page, Visit

REVIEWED_ON = date(2026, 11, 22)
"""When the pages were last checked against the guidelines. Set it anew with each review, and the gaps with it."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What the page says, ready for the template."""

    aims: tuple[str, ...]
    checks: tuple[str, ...]
    gaps: tuple[str, ...]


def statement(t: Texts) -> Statement:
    """What holds for every campaign; the campaign's own texts and logo are its own to check."""
    return Statement(
        aims=(
            t.text("These pages aim to meet the Web Content Accessibility Guidelines (WCAG) 2.2, level AA."),
            t.text(
                "They are made for a keyboard alone, for screen readers, for browsers without JavaScript, for small "
                "phones, and for text at twice its size."
            ),
            t.text(
                "There is no time limit while you write. On the page “My statement” you are asked for your code again "
                "after an hour; nothing that you wrote is lost."
            ),
        ),
        checks=(
            t.text("An automatic check (axe-core) of each page in the browser Chromium."),
            t.text(
                "Filling in and sending the form by keyboard alone, without JavaScript, at a width of 320 pixels and "
                "with text at 200 percent."
            ),
            t.text("The same in Arabic, which is written from right to left."),
        ),
        gaps=(
            t.text("No person who uses a screen reader every day has tested these pages yet."),
            t.text("There is no version in easy language and none in sign language."),
            t.text("The texts were translated from English. Some sentences may be harder to read than they should be."),
            t.text(
                "On the pages behind a code, the “back” button of some browsers asks whether to send the form again. "
                "Use the buttons on the page."
            ),
            t.text("When a library shows this form inside its own page, that page is not part of this statement."),
        ),
    )


def show(visit: Visit) -> Response:
    """The page."""
    loaded = visit.site.loaded
    return visit.page(
        "accessibility.html",
        statement=statement(visit.t),
        reviewed_on=REVIEWED_ON,
        contact=loaded.config.campaign.contact,
    )


PAGES = (Page("GET", "/accessibility", show),)
