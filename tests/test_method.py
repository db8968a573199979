"""The method box (R10) is whole in every language of packs, and says what the data say."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from advocacy_monitor.method import Facts, method_box
from advocacy_monitor.method_coding import CodingFacts
from advocacy_monitor.models import Measured, Quality
from advocacy_monitor.translate import LANGUAGES

QUALITY = Quality(
    coder="themes@x",
    statements=1200,
    at_random=True,
    mean_of=8,
    precision=Measured(value=0.86, range=(0.78, 0.925), base=80),
    recall=Measured(value=0.79, range=None, base=80),
    themes={"a": (Measured(value=1.0, range=None, base=9), None)},
    digest="0a1b2c3d4e",
    measured_at=datetime(2026, 7, 1, tzinfo=UTC),
)
FACTS = Facts(
    sponsor="{x} Association.",
    questions=["What {is} it?", "And why?"],
    sources=[("Mastodon", 1510), ("Paper", None)],
    collected=(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 7, 2, tzinfo=UTC)),
    failed_runs=[("mastodon", 2), ("", 1)],
    runs_with_gaps=[("mastodon", 1)],
    rejects=3,
    coding=CodingFacts(
        by=["language@1", "themes@our-town-2.0a1b2c3d+lexicon-1"],
        coded_by_person=93,
        quality=QUALITY,
        coded_twice=40,
        coded_twice_at_random=True,
        alpha=0.72,
    ),
    statements=4120,
    quotable=7,
    quotes_held=2,
    smallest_base=30,
    smallest_cell=5,
    sample=True,
    posts=151,
    unverified=3,
    gone=5,
    not_looked_up=2,
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_box_is_whole_in_every_language(language: str) -> None:
    box, english = method_box(FACTS, language), method_box(FACTS, "en")
    assert len(box) == len(english) == 14
    assert len({heading for heading, _ in box}) == 14
    texts = " ".join(text for _, text in box)
    assert "{x} Association" in texts
    assert "What {is} it? / And why?" in texts
    assert "{" not in texts.replace("{x}", "").replace("{is}", "")
    for named in ("mastodon", "our-town", "0a1b2c3d", "lexicon-1", "MinHash", "2026"):
        assert named in texts
    if language != "en":
        assert not {text for _, text in box[1:]} & {text for _, text in english[3:]}


def test_english_says_each_number_with_its_noun() -> None:
    box = dict(method_box(FACTS, "en"))
    assert box["Channels"] == ("Mastodon: 1,510, Paper: fewer than 5. Collected between 1 March 2026 and 2 July 2026.")
    assert box["What failed"] == (
        "The collection mastodon failed 2 times. 1 import of a file failed. The collection mastodon may have missed "
        "posts 1 time, because its platform no longer gave them. 3 records could not be read; they are kept."
    )
    assert "148 of the 151 public posts" in box["Looked up again"]
    assert (
        "On 1,200 of this campaign's statements that people coded and that were drawn at random"
        in (box["How good the coding is"])
    )
    assert "0.86 (0.78–0.93)" in box["How good the coding is"]


def test_what_did_not_happen_is_said_or_left_out() -> None:
    quiet = replace(
        FACTS,
        collected=None,
        sources=(),
        questions=(),
        failed_runs=(),
        runs_with_gaps=(),
        rejects=0,
        sample=False,
        posts=0,
        gone=0,
        not_looked_up=0,
    )
    box = dict(method_box(quiet, "en"))
    assert box["Channels"] == "No statement was counted."
    assert box["What failed"] == "No collection run failed."
    assert box["What was asked"].startswith("Public posts answer no set question")
    assert not {"Sample data", "Looked up again"} & set(box)


def test_alpha_is_named_for_what_it_allows() -> None:
    def said(**coding: object) -> str:
        coded = replace(FACTS.coding, **coding)  # type: ignore[arg-type]  # a test names the fields it replaces
        return dict(method_box(replace(FACTS, coding=coded), "en"))["How good the coding is"]

    assert "0.72 (for tentative conclusions)" in said()
    assert "0.80 (reliable)" in said(alpha=0.8)
    assert "0.66 (not reliable)" in said(alpha=0.66)
    assert "(too few statements to say" in said(coded_twice=19)
    assert "1 statement that was not drawn at random was coded" in said(coded_twice=1, coded_twice_at_random=False)
    assert "too alike to compute" in said(alpha=None)
    assert "not double-coded" in said(coded_twice=0)
    assert "not yet been measured" in said(quality=None)
