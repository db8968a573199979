"""The comparison of theme classifiers: it reads sets of three shapes, says what is missing, and runs from end to end."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from benchmarks import theme_learners, theme_sets, themes
from benchmarks.kept_vectors import KeptVectors
from benchmarks.theme_figures import macro_f1, score
from benchmarks.theme_sets import Missing, Trial, parted, public

from advocacy_monitor.classifier.gold import Coded
from advocacy_monitor.codebook import load_codebook
from advocacy_monitor.errors import ConfigError
from tests.classifier.statements import CODEBOOK, BagOfWords, codebook, coded, gold


def _trial(name: str, data: Path) -> Trial:
    trial = public(name, data, most=None)
    assert isinstance(trial, Trial)
    return trial


def _themes(trial: Trial) -> dict[str, set[str]]:
    return {each.text: set(each.themes) for each in (*trial.pool, *trial.test)}


def _write(path: Path, *lines: str) -> None:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_comments_of_patients_have_the_themes_of_all_their_lines(tmp_path: Path) -> None:
    categories = [name for theme in load_codebook(theme_sets.CODEBOOKS / "nhs.yaml").themes for name in theme.include]
    head = ",".join(["Comment ID", "FFT answer", *(f'"{name}"' for name in categories), "Parking"])
    marks = {name: ["1" if name == each else "" for each in categories] for name in ("Timeliness of care", "")}
    food = ["1" if each.startswith("Food & drink") else "" for each in categories]
    _write(
        tmp_path / "nhs.csv",
        "\ufeff" + head,
        ",".join(["1", '"Slow, and cold tea"', *marks["Timeliness of care"], "1"]),
        ",".join(["2", '"slow, and cold  tea"', *food, ""]),
        ",".join(["3", "Fine", *marks[""], "1"]),
        ",".join(["4", "", *food, ""]),
    )
    assert _themes(_trial("nhs", tmp_path)) == {"Slow, and cold tea": {"timeliness", "food"}, "Fine": set()}


def test_sentences_of_a_review_stay_together_and_those_out_of_scope_are_left_out(tmp_path: Path) -> None:
    def review(number: int) -> str:
        soup = f'<sentence id="{number}:0"><text>The soup was cold {number}.</text><Opinions>'
        soup += '<Opinion target="soup" category="FOOD#QUALITY"/><Opinion target="soup" category="FOOD#PRICES"/>'
        bare = f'</Opinions></sentence><sentence id="{number}:1"><text>Hello {number}.</text></sentence>'
        outside = f'<sentence id="{number}:2" OutOfScope="TRUE"><text>Elsewhere {number}.</text></sentence>'
        return f'<Review rid="{number}"><sentences>{soup}{bare}{outside}</sentences></Review>'

    _write(tmp_path / "restaurants_train.xml", "<Reviews>", *(review(number) for number in range(10)), "</Reviews>")
    trial = _trial("restaurants", tmp_path)
    found = _themes(trial)
    assert len(found) == 20
    assert found["The soup was cold 3."] == {"food", "prices"} and found["Hello 3."] == set()
    assert not {each.group for each in trial.pool} & {each.group for each in trial.test}
    assert len(trial.test) == 8


def test_a_text_of_the_railway_has_the_aspects_of_all_its_lines_and_is_tested_only(tmp_path: Path) -> None:
    head = "id\ttext\trelevance\tsentiment\taspect"
    late, wet = "1\tZu spät\ttrue\tnegative\tZugfahrt", "1\tZu spät\ttrue\tnegative\tTicketkauf"
    _write(tmp_path / "germeval_dev.tsv", head, late, wet, "2\tHallo\ttrue\tneutral\tAllgemein", "3\tDing\tfalse\tx\t")
    _write(
        tmp_path / "germeval_test_dia.tsv", head, "4\tKein Netz\ttrue\tx\tConnectivity", "5\tSchon\ttrue\tx\tZugfahrt"
    )
    _write(tmp_path / "germeval_test_syn.tsv", head, "6\tschon\ttrue\tx\tSicherheit")
    trial = _trial("germeval", tmp_path)
    assert {each.text: set(each.themes) for each in trial.pool} == {
        "Zu spät": {"journey", "tickets"},
        "Hallo": set(),
        "Kein Netz": {"connectivity"},
    }
    assert [(each.text, set(each.themes), each.language) for each in trial.test] == [("schon", {"safety"}, "de")]


def test_what_is_missing_is_named_and_what_has_another_shape_refused(tmp_path: Path) -> None:
    for name in theme_sets.GET:
        missing = public(name, tmp_path, most=None)
        assert isinstance(missing, Missing) and "git clone https://github.com/" in missing.how
    _write(tmp_path / "nhs.csv", "Comment,FFT answer", "1,Fine")
    with pytest.raises(ConfigError, match="there is no column 'Staff manner"):
        public("nhs", tmp_path, most=None)
    _write(tmp_path / "restaurants_train.xml", "<Reviews><Review>")
    with pytest.raises(ConfigError, match="not XML"):
        public("restaurants", tmp_path, most=None)


def test_copies_are_on_one_side_of_a_test() -> None:
    statements = [*gold(40), *(coded(each.text.upper(), *each.themes, group="copy") for each in gold(40))]
    pool, test = parted(statements)
    assert not {each.key for each in pool} & {each.key for each in test}


def test_a_sample_has_as_many_of_each_theme_and_of_none() -> None:
    pool = [coded(f"a {n}", "warmth") for n in range(20)] + [coded(f"b {n}", "parking") for n in range(3)]
    pool += [coded(f"c {n}") for n in range(20)]
    made = theme_learners.sampled(pool, codebook(), 8, 1)
    truth = theme_learners.truth_of(made, codebook())
    assert truth.sum(axis=0).tolist() == [0, 8, 0, 3] and (~truth.any(axis=1)).sum() == 8
    assert made == theme_learners.sampled(pool, codebook(), 8, 1) != theme_learners.sampled(pool, codebook(), 8, 2)


def test_figures_are_those_of_scikit_learn_and_lie_in_their_interval() -> None:
    from sklearn.metrics import f1_score

    chance = np.random.default_rng(3)
    truth, said = chance.random((120, 4)) < 0.3, [chance.random((120, 4)) < 0.4 for _ in range(2)]
    found = score(truth, said, [str(row) for row in range(120)])
    for interval, average in ((found.macro, "macro"), (found.micro, "micro")):
        assert interval.value == pytest.approx(np.mean([f1_score(truth, each, average=average) for each in said]))
        assert interval.low < interval.value < interval.high
    assert macro_f1(truth, [truth]) == 1.0
    truth[:, 3] = False
    assert score(truth, [truth], [str(row) for row in range(120)]).themes == 3


def test_vectors_are_made_once_and_kept_without_a_text(tmp_path: Path) -> None:
    first = KeptVectors(BagOfWords(), tmp_path / "new" / "vectors.npz")
    made = first.encode(["A secret", "B", "A secret"])
    first.keep()
    assert b"secret" not in (tmp_path / "new" / "vectors.npz").read_bytes()
    second = KeptVectors(BagOfWords(), tmp_path / "new" / "vectors.npz")
    assert (second.encode(["A secret", "B", "A secret"]) == made).all() and (first.encoded, second.encoded) == (2, 0)
    (tmp_path / "bad.npz").write_bytes(b"no such thing")
    assert (KeptVectors(BagOfWords(), tmp_path / "bad.npz").encode(["B"]) == made[1:2]).all()


def test_the_comparison_runs_from_end_to_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def row(each: Coded) -> str:
        return json.dumps({"text": each.text, "language": each.language, "themes": sorted(each.themes)})

    _write(tmp_path / "small.yaml", CODEBOOK)
    _write(tmp_path / "ours.jsonl", *map(row, gold(200)))
    options = ["--codebook", str(tmp_path / "small.yaml"), "--statements", str(tmp_path / "ours.jsonl")]
    options += ["--development", str(tmp_path / "dev.jsonl"), "--data", str(tmp_path)]
    options += ["--vectors", str(tmp_path / "vectors.npz"), "--labels", "8", "300", "400", "--quick"]
    themes.main(options, encoder=BagOfWords)
    told = capsys.readouterr().out
    for way in ("lexicon", "tfidf_lr", "hybrid", "textblob"):
        assert f"\n  {way} " in told
    assert "\ninvented_en (" in told and ": 80 to learn from, 53 to test" in told and "  n 53, " in told
    assert ": 40 to learn from, 27 to test" in told and "300 labels: too little to learn from" in told
    assert "400 labels: no more statements than before" in told and "\n  in_use " in told
    assert "development set: not here" in told and "nhs: not here; to get it: git clone" in told
    assert "ratio invented_en_hybrid_8_to_lexicon " in told and "ratio invented_en_textblob_8 " in told
    last = told.strip().splitlines()[-1].split()
    assert last[0] == "ratio" and float(last[2]) >= 0
