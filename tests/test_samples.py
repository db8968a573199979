"""The packaged sample data keeps its promises: counts, codes, harmless contact details, no accidental templates."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from advocacy_monitor.samples import SAMPLE_FILES, SampleCode, sample_codes, sample_path

THEMES = frozenset(
    [
        "loneliness_isolation",
        "community_connection",
        "safe_space",
        "internet_access",
        "digital_services",
        "reading_collections",
        "children_family",
        "study_work_space",
        "learning_skills",
        "jobs_enterprise",
        "cost_equity",
        "staff_help",
        "wellbeing_health",
        "accessibility_inclusion",
        "events_culture",
        "information_democracy",
        "closure_access",
        "sustainability_sharing",
    ]
)
KINDS = {
    "announcement": 6,
    "job_ad": 3,
    "software": 4,
    "other_sense": 2,
    "spam": 3,
    "repost": 5,
    "exact_copy": 4,
    "near_copy": 6,
    "campaign_text": 2,
    "same_person": 4,
    "personal_data": 8,
    "hostile": 3,
    "risky_topic": 3,
}
NOT_TESTIMONIAL = {"announcement", "job_ad", "software", "other_sense", "spam"}
COPIES = {"repost", "exact_copy", "near_copy"}
HEADER = [
    "Timestamp",
    "Which library do you use?",
    "What matters most to you? (up to three)",
    "In your own words: what does your library mean to you or what did you miss?",
    "Postcode",
    "Age band",
    "You may count my answer",
    "You may quote me without my name",
    "You may quote me with my name",
    "You may send my answer to my representative",
    "Your name (optional)",
    "E-mail (optional)",
]
COUNT, QUOTE_UNNAMED, QUOTE_NAMED, SEND = HEADER[6:10]
AGE_BANDS = {"under 16", "16-24", "25-64", "65+", "rather not say"}
FICTION = re.compile(r"01632960\d{3}|025550\d{4}|03023125\d{3}")
IBAN = "DE89370400440532013000"


@cache
def posts() -> tuple[dict[str, Any], ...]:
    lines = sample_path("posts.jsonl").read_bytes().splitlines()
    return tuple(json.loads(line) for line in lines)


@cache
def survey() -> tuple[dict[str, str], ...]:
    with sample_path("survey.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@cache
def codes() -> tuple[SampleCode, ...]:
    return tuple(sample_codes())


@cache
def texts() -> dict[tuple[str, str], str]:
    """What was said, by file and ref; a repost says what the original says."""
    said = {("survey", str(number)): row[HEADER[3]] for number, row in enumerate(survey(), start=1)}
    for post in posts():
        original = post.get("referenced_tweets", [{}])[0]
        meant = original if original.get("type") == "retweeted" else post
        said["posts", post["id"]] = meant.get("note_tweet", meant)["text"]
    return said


def text_of(code: SampleCode) -> str:
    return texts()[code.file, code.ref]


def ordinary() -> list[SampleCode]:
    """Statements that are there to be read, not to try the machinery."""
    return [code for code in codes() if code.kind in {None, "campaign_text"}]


def shingles(text: str) -> frozenset[str]:
    flat = " ".join(text.casefold().split())
    return frozenset(flat[at : at + 4] for at in range(len(flat) - 3))


def jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other)


def test_every_text_is_coded_once() -> None:
    refs = [(code.file, code.ref) for code in codes()]
    assert len(set(refs)) == len(refs)
    assert set(refs) == set(texts())


def test_codes_are_those_of_the_codebook() -> None:
    for code in codes():
        assert set(code.themes) <= THEMES, code
        assert len(set(code.themes)) == len(code.themes), code
        assert code.is_testimonial == (code.kind not in NOT_TESTIMONIAL), code
        assert code.is_testimonial or not code.themes, code


def test_enough_statements_in_each_language() -> None:
    found = Counter(code.language for code in ordinary())
    assert found["en"] >= 90
    assert found["de"] >= 60
    assert {language: found[language] for language in ("fr", "es", "ar", "ru", "zh")} == dict.fromkeys(
        ("fr", "es", "ar", "ru", "zh"), 8
    )
    assert sum(found.values()) >= 190


def test_each_theme_is_there_often_enough() -> None:
    found = Counter(theme for code in ordinary() for theme in code.themes)
    assert {theme: count for theme, count in found.items() if count < 6} == {}
    assert set(found) == THEMES
    assert found["loneliness_isolation"] >= 12


def test_negative_and_mixed_statements_are_there() -> None:
    found = Counter(code.sentiment for code in ordinary())
    assert found["negative"] >= 25
    assert found["mixed"] >= 12


def test_lengths_vary_and_fit() -> None:
    lengths = sorted(len(text_of(code)) for code in ordinary())
    assert lengths[0] >= 20
    assert lengths[0] < 60
    assert 450 < lengths[-1] <= 600


def test_every_kind_of_noise_is_there() -> None:
    found = Counter(code.kind for code in codes())
    assert set(found) - {None} == set(KINDS)
    assert {kind: found[kind] for kind, least in KINDS.items() if found[kind] < least} == {}


def test_about_45_in_100_are_posts() -> None:
    assert 0.42 <= len(posts()) / (len(posts()) + len(survey())) <= 0.48


def test_posts_have_the_shape_of_flattened_twarc_output() -> None:
    for post in posts():
        assert re.fullmatch(r"19\d{17}", post["id"])
        assert {"entities", "public_metrics", "conversation_id", "lang", "__twarc"} <= set(post)
        assert post["author"]["id"] == post["author_id"]
        assert len(post["author"]["username"]) > 15, "X allows 15 characters, so a longer one belongs to nobody"
        assert "sample data" in post["author"]["description"]
        assert len(post["text"]) <= 290
        written = datetime.fromisoformat(post["created_at"])
        assert (written.year, 5) <= (2026, written.month) <= (2026, 10)
    assert len({post["id"] for post in posts()}) == len(posts())
    assert sum("note_tweet" in post for post in posts()) >= 2


def test_hashtag_offsets_point_at_hashtags() -> None:
    tags = 0
    for post in posts():
        plain = post["text"].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
        for tag in post["entities"].get("hashtags", ()):
            assert plain[tag["start"] : tag["end"]] == "#" + tag["tag"]
            tags += 1
    assert tags > 50


def test_reposts_name_posts_that_are_there() -> None:
    ids = {post["id"] for post in posts()}
    kinds = {code.ref: code.kind for code in codes() if code.file == "posts"}
    for post in posts():
        related = post.get("referenced_tweets", [])
        assert {one["id"] for one in related} <= ids
        assert ("retweeted" in {one["type"] for one in related}) == (kinds[post["id"]] == "repost")


def test_every_row_of_the_survey_has_twelve_cells() -> None:
    with sample_path("survey.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == HEADER
    assert {len(row) for row in rows} == {12}
    assert sum("\n" in row[3] for row in rows) >= 3


def test_survey_cells_hold_what_the_form_offers() -> None:
    libraries = {row["library"]: row for row in library_rows()}
    for row in survey():
        asked_at = datetime.strptime(row["Timestamp"], "%m/%d/%Y %H:%M:%S")  # noqa: DTZ007 - as the form writes it
        assert datetime(2026, 5, 1) <= asked_at < datetime(2026, 11, 1)  # noqa: DTZ001 - as above
        assert row[HEADER[1]] in {*libraries, ""}
        assert row["Age band"] in AGE_BANDS | {""}
        assert len([choice for choice in row[HEADER[2]].split(", ") if choice]) <= 3
        assert {row[question] for question in HEADER[6:10]} <= {"Yes", ""}


def test_consents_vary_and_minors_are_not_quoted() -> None:
    given = Counter(tuple(row[question] == "Yes" for question in HEADER[6:10]) for row in survey())
    assert given[(True, False, False, False)] >= 5
    assert given[(False, False, False, False)] >= 3
    assert sum(row[COUNT] == row[QUOTE_UNNAMED] == "Yes" for row in survey()) > len(survey()) / 2
    assert sum(bool(row[QUOTE_NAMED] and row[SEND] and row[HEADER[10]]) for row in survey()) >= 10
    minors = [row for row in survey() if row["Age band"] == "under 16"]
    assert minors
    assert not any(row[QUOTE_UNNAMED] or row[QUOTE_NAMED] or row[HEADER[10]] for row in minors)


def library_rows() -> list[dict[str, str]]:
    with sample_path("libraries.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_libraries_and_areas() -> None:
    rows = library_rows()
    assert list(rows[0]) == ["library", "area", "postcode"]
    assert len({row["library"] for row in rows}) == len(rows) >= 10
    assert len({row["area"] for row in rows}) == 5
    known = {(row["library"], row["area"]) for row in rows}
    assert {(code.library, code.area) for code in codes() if code.library} <= known
    for code in codes():
        if code.file == "survey":
            assert (code.library or "") == survey()[int(code.ref) - 1][HEADER[1]]


def test_areas_have_enough_or_too_few_answers() -> None:
    usable = [
        code.area
        for code in codes()
        if code.file == "survey"
        and code.is_testimonial
        and code.kind not in COPIES
        and survey()[int(code.ref) - 1][COUNT]
    ]
    found = Counter(usable)
    assert found["Riverside"] >= 30
    assert found["Weststadt"] >= 30
    assert 0 < found["Upper Wattle"] < 5


def everything() -> str:
    return "\n".join(sample_path(name).read_text(encoding="utf-8") for name in SAMPLE_FILES)


def test_addresses_and_links_are_examples() -> None:
    hosts = re.findall(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)", everything())
    assert len(hosts) > 15
    assert set(hosts) <= {"example.org", "example.com"}
    links = set(re.findall(r"https?://([^/\s\"]+)", everything()))
    assert links == {"example.org", "example.com", "api.twitter.com", "www.w3.org", "creativecommons.org"}
    assert all("twitter" not in text for text in texts().values())


def test_phone_numbers_and_accounts_are_fictional() -> None:
    found = 0
    for text in texts().values():
        rest = re.sub(r"[ ()/-]", "", text)
        assert rest.count("DE89") == rest.count(IBAN)
        for digits in re.findall(r"\d{7,}", rest.replace(IBAN, "")):
            assert FICTION.fullmatch(digits), digits
            found += 1
    assert found >= 3
    assert int(IBAN[4:] + "1314" + IBAN[2:4]) % 97 == 1


@pytest.mark.parametrize("piece", ["=HYPERLINK(", "<script>", "\u202e", '#read("/etc/passwd")', "&lt;img src=x"])
def test_hostile_pieces_are_there_and_marked(piece: str) -> None:
    holding = [code for code in codes() if piece in text_of(code)]
    assert holding
    assert {code.kind for code in holding} == {"hostile"}


def test_copies_are_copies_and_nothing_else_is_alike() -> None:
    """Near copies stand above 0.6 of their campaign text; all other texts of people are their own."""
    said = [(code, shingles(text_of(code))) for code in codes()]
    for code, own in said:
        others = [(twin.kind, jaccard(own, it)) for twin, it in said if twin is not code]
        nearest = max(likeness for _, likeness in others)
        if code.kind in {"repost", "exact_copy"}:
            assert nearest == 1, code
        elif code.kind == "near_copy":
            assert 0.6 < nearest < 1, code
        elif code.kind is None:
            assert max(likeness for kind, likeness in others if kind not in COPIES) < 0.3, text_of(code)


def test_copies_carry_the_codes_of_what_they_copy() -> None:
    coded: dict[tuple[str, str], SampleCode] = {(code.file, code.ref): code for code in codes()}
    for code in codes():
        if code.kind in COPIES:
            named = re.search(r"(posts|survey)(?: row)? (\d+)", code.note)
            assert named, code.note
            original = coded[named[1], named[2]]
            assert (code.themes, code.sentiment) == (original.themes, original.sentiment)


def test_the_same_person_can_be_told() -> None:
    authors = {post["id"]: post["author_id"] for post in posts()}
    emails = {str(number): row[HEADER[11]] for number, row in enumerate(survey(), start=1)}
    for code in codes():
        if code.kind == "same_person":
            earlier = code.note.split(" a second time")[0].split()[-1]
            who = authors if code.file == "posts" else emails
            assert who[code.ref]
            assert who[code.ref] == who[earlier]


def test_paths_are_files_and_others_are_refused() -> None:
    assert all(isinstance(sample_path(name), Path) and sample_path(name).is_file() for name in SAMPLE_FILES)
    with pytest.raises(FileNotFoundError, match=r"posts\.jsonl"):
        sample_path("../models.py")
