"""The verbs `codebook show`, `check` and `diff` as people meet them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from advocacy_monitor.cli import main
from advocacy_monitor.codebook_texts import stored_texts, texts_in
from advocacy_monitor.config import load_config
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.hosting import open_store
from advocacy_monitor.models import Annotation
from tests.test_codebook import FULL
from tests.test_codebook_diff import JOY

ANSWERS = """Timestamp,Which library do you use?,"In your own words: what does your library mean to you?"
8/21/2026 13:10:31,Lindenrode,"I was so lonely there, and then I was not."
8/22/2026 09:00:00,Lindenrode,"Nobody to talk to at home, so I go there."
8/23/2026 09:00:00,Quarry Lane,"Ich bin dort nie einsam, wirklich nie."
"""


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    """A campaign folder with a codebook of its own, and a new one beside it."""
    folder = tmp_path / "campaign"
    done = CliRunner().invoke(main, ["init", str(folder), "--name", "T", "--sponsor", "S", "--contact", "C"])
    assert done.exit_code == 0, done.output
    config = folder / "config.yaml"
    config.write_text(config.read_text(encoding="utf-8").replace("codebook: library", "codebook: own.yaml"), "utf-8")
    (folder / "own.yaml").write_text(FULL, encoding="utf-8")
    (folder / "new.yaml").write_text(FULL.replace("lonel*, nobody to talk", "lonel*") + JOY, encoding="utf-8")
    (folder / "answers.csv").write_text(ANSWERS, encoding="utf-8")
    return folder


@pytest.fixture
def run(campaign: Path) -> Callable[..., Result]:
    def invoke(*given: object) -> Result:
        return CliRunner().invoke(main, ["-c", str(campaign / "config.yaml"), *map(str, given)])

    return invoke


def jsonl(path: Path, *records: dict[str, Any] | str) -> Path:
    lines = [record if isinstance(record, str) else json.dumps(record) for record in records]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_show_prints_everything_about_the_campaign_s_codebook(run: Callable[..., Result]) -> None:
    shown = run("codebook", "show")
    assert shown.exit_code == 0, shown.output
    for part in (
        "codebook small, version 1",
        "Being lonely.",
        "Examples",
        "de: Ich bin einsam. (said in so many words)",
        "Counterexamples",
        "3.4: our reading",
        "Alone on purpose? That is no loneliness.",
        "Being around other people / Unter Leuten sein (What did you miss most?)",
        "en: not, no, don't|never",
        "en 3 (not: 1), de 1 (not: 0)",
    ):
        assert part in shown.output, part


def test_show_of_one_theme_has_what_concerns_it(run: Callable[..., Result], campaign: Path) -> None:
    shown = run("codebook", "show", campaign / "new.yaml", "--theme", "joy")
    assert shown.output.startswith("joy: Joy\n")
    assert "lonel" not in shown.output.lower()
    record = json.loads(run("codebook", "show", "--theme", "loneliness", "--json").output)
    assert record["indicators"]["en"]["not"] == ["lonely planet"]
    assert [answer["themes"] for answer in record["answers"]] == [["loneliness"]]
    assert record["codebook"]["version"] == 1
    missing = run("codebook", "show", "--theme", "lonelines")
    assert missing.exit_code == 2
    assert "did you mean 'loneliness'" in missing.output
    assert "Being lonely." in run("codebook", "show", "--short").output


def test_without_a_campaign_the_shipped_codebook_is_meant(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["-c", str(tmp_path / "none.yaml"), "codebook", "show", "--short"])
    assert done.exit_code == 0, done.output
    assert done.output.startswith("codebook library, version ")


def test_check_says_what_is_grave_and_leaves_with_1(run: Callable[..., Result], campaign: Path) -> None:
    good = run("codebook", "check")
    assert good.exit_code == 0, good.output
    assert good.output.endswith(": 0 grave, 0 to know (shown with --all)\n")
    bad = campaign / "bad.yaml"
    bad.write_text(FULL.replace("So lonely at home.", "So sad."), encoding="utf-8")
    found = run("codebook", "check", bad)
    assert found.exit_code == 1
    assert "grave  loneliness/en: its example is not found by any indicator: So sad." in found.output


def test_check_on_texts_tells_dead_indicators_and_pairs(run: Callable[..., Result], campaign: Path) -> None:
    texts = [{"text": "lonely and happy", "language": "en"}] * 8 + [{"text": "nichts", "language": "de"}]
    on = jsonl(campaign / "texts.jsonl", *texts)
    done = run("codebook", "check", campaign / "new.yaml", "--on", on, "--all")
    assert "texts read: en 8, de 1; in no language of the codebook: 0; coded by people: 0" in done.output
    assert "loneliness and joy nearly always together (lexicon): 8 of 8 and 8 in 9 texts, Jaccard 1.00, phi 1.00" in (
        done.output
    )
    assert "loneliness/de: 'any' found in none of 1 texts: einsam*" in done.output
    record = json.loads(run("codebook", "check", campaign / "new.yaml", "--on", on, "--json").output.splitlines()[-1])
    assert record["together"] == 0.6
    assert record["occurrence"]["pairs"][0]["jaccard"] == 1.0
    assert record["occurrence"]["texts"] == {"en": 8, "de": 1}
    none = run("codebook", "check", campaign / "new.yaml", "--on", on, "--together", "1")
    assert "nearly always together" in none.output


def test_diff_reads_the_database_and_leaves_people_s_codes_alone(run: Callable[..., Result], campaign: Path) -> None:
    nothing = run("codebook", "diff", campaign / "own.yaml", campaign / "new.yaml")
    assert "+ theme joy" in nothing.output
    assert "no statements to try it on" in nothing.output
    assert run("import", campaign / "answers.csv").exit_code == 0
    _annotate(campaign, 1, "language", "en", "language@1")
    _annotate(campaign, 2, "language", "de", "language@1")
    _annotate(campaign, 2, "language", "en", "person:Ada")
    done = run("codebook", "diff", campaign / "own.yaml", campaign / "new.yaml")
    assert "1 of 3 statements would have other themes; 0 more are coded by a person" in done.output
    assert "loneliness: 2 -> 1 statements, 0 gain it, 1 lose it" in done.output
    assert "  - 2 (en): “Nobody to talk”" in done.output
    _annotate(campaign, 2, "coded", "themes", "person:Ada")
    _annotate(campaign, 2, "theme", "loneliness", "person:Ada")
    record = json.loads(
        run("codebook", "diff", campaign / "own.yaml", campaign / "new.yaml", "--on", "database", "--json").output
    )
    assert (record["effects"]["texts"], record["effects"]["coded"], record["effects"]["changed"]) == (3, 1, 0)
    assert record["effects"]["themes"]["loneliness"]["coded_lose"] == 1
    assert record["effects"]["themes"]["loneliness"]["lost"][0]["coded"] is True
    assert record["differences"]["added"] == ["joy"]


def _annotate(campaign: Path, item_id: int, label: str, value: str, by: str) -> None:
    with open_store(load_config(campaign / "config.yaml")) as store:
        store.assertions.add([Annotation(item_id=item_id, label=label, value=value, by=by)])


def test_the_newest_coding_by_a_person_counts(run: Callable[..., Result], campaign: Path) -> None:
    assert run("import", campaign / "answers.csv").exit_code == 0
    for label, value, by in (
        ("coded", "themes", "person:Ada"),
        ("theme", "joy", "person:Ada"),
        ("coded", "themes", "person:Bo"),
        ("theme", "loneliness", "person:Bo"),
    ):
        _annotate(campaign, 1, label, value, by)
    _annotate(campaign, 2, "coded", "none", "person:Ada")
    with open_store(load_config(campaign / "config.yaml")) as store:
        assert [text.themes for text in stored_texts(store)] == [frozenset({"loneliness"}), frozenset(), None]


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ("not json", "line 2: not JSON"),
        ("[1]", "line 2: 'text' must be there"),
        ({"id": 1}, "line 2: 'text' must be there"),
        ({"text": "x", "language": 7}, "line 2: 'language' must be a text"),
        ({"text": "x", "themes": "joy"}, "line 2: 'themes' must be a list of codes"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(tmp_path: Path, record: dict[str, Any] | str, expected: str) -> None:
    path = jsonl(tmp_path / "texts.jsonl", {"text": "fine"}, record)
    with pytest.raises(ConfigError) as caught:
        list(texts_in(path))
    assert str(caught.value).startswith(f"{path}, {expected}")


def test_texts_keep_their_ids_or_are_numbered_by_line(tmp_path: Path) -> None:
    path = jsonl(tmp_path / "texts.jsonl", {"id": "a", "text": "x"}, "", {"text": "y", "themes": []})
    assert [(text.id, text.themes) for text in texts_in(path)] == [("a", None), ("3", frozenset())]
    with pytest.raises(ConfigError, match=r"missing\.jsonl: cannot be read: No such file"):
        list(texts_in(tmp_path / "missing.jsonl"))
    path.write_bytes(b"\xff\n")
    with pytest.raises(ConfigError, match="not UTF-8"):
        list(texts_in(path))


def test_a_database_that_is_asked_for_and_not_there_is_a_mistake(run: Callable[..., Result], tmp_path: Path) -> None:
    done = run("codebook", "check", "--on", "database")
    assert (done.exit_code, "there is no database" in done.output) == (2, True)
    done = CliRunner().invoke(main, ["-c", str(tmp_path / "none.yaml"), "codebook", "check", "--on", "database"])
    assert (done.exit_code, "there is no configuration" in done.output) == (2, True)
