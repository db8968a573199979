"""Personal data and risks on statements written before the rules were read: recall by kind, precision, clean ones."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from advocacy_monitor.enrichers.cues import first_words, pattern
from advocacy_monitor.enrichers.personal_data import PersonalDataEnricher
from advocacy_monitor.enrichers.risk_cues import RISKS
from advocacy_monitor.enrichers.risk_notes import RISK_NAMES, note_for
from advocacy_monitor.enrichers.word_gate import Gated, words_of
from advocacy_monitor.models import Annotation
from tests.enrichers.stored import annotate

HERE = Path(__file__).parent
BY_RISK = {"age": "minor", "diagnosis": "health"}
RISK_OF = {"minors": "minor"}


def _rows(name: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in (HERE / name).read_text(encoding="utf-8").splitlines()]


def _covered(found: list[Annotation]) -> set[int]:
    return {place for a in found if a.label == "personal_data" for s in a.spans for place in range(s.start, s.end)}


@pytest.mark.parametrize(("name", "least_names"), [("planted_300.jsonl", 0.97), ("planted_second.jsonl", 0.90)])
def test_planted_data_is_found_and_clean_statements_stay_whole(name: str, least_names: float) -> None:
    planted, hit, wrong_clean = Counter[str](), Counter[str](), 0
    for row in _rows(name):
        text = str(row["text"])
        found = annotate(PersonalDataEnricher(), text)
        covered, risks = _covered(found), {a.value for a in found if a.label == "risk"}
        runs = row["planted"]
        assert isinstance(runs, list)
        for run in runs:
            kind, start = run["kind"], text.index(run["text"])
            planted[kind] += 1
            places = [place for place in range(start, start + len(run["text"])) if text[place].isalnum()]
            hit[kind] += BY_RISK[kind] in risks if kind in BY_RISK else covered.issuperset(places)
        expected = row["risk"]
        assert isinstance(expected, list)
        for risk in expected:
            planted["risk"] += 1
            hit["risk"] += RISK_OF.get(risk, risk) in risks
        wrong_clean += not runs and not expected and bool(covered)
    recall = {kind: hit[kind] / count for kind, count in planted.items()}
    structured = [kind for kind in planted if kind not in ("name", "age", "diagnosis", "risk")]
    assert sum(hit[kind] for kind in structured) / sum(planted[kind] for kind in structured) >= 0.98, recall
    assert recall["name"] >= least_names, recall
    assert recall["risk"] >= 0.95, recall
    assert wrong_clean <= 3


def test_a_gate_never_hides_a_match() -> None:
    texts = [str(row["text"]).lower() for row in (*_rows("planted_300.jsonl"), *_rows("planted_second.jsonl"))]
    for cues in RISKS.values():
        words, inside = first_words(cues)
        gate, plain = Gated(pattern(cues), words, inside=inside), pattern(cues)
        for text in texts:
            gated = [match.span() for match in gate.finditer(text, words_of(text))]
            assert gated == [match.span() for match in plain.finditer(text)], text


def test_every_risk_has_a_note_in_both_languages() -> None:
    assert set(RISK_NAMES) == set(RISKS)
    for risk in RISK_NAMES:
        assert note_for(risk, "de-AT") == note_for(risk, "de") != note_for(risk, "en") == note_for(risk, "fr")
        assert len(note_for(risk, "en")) > 100
    assert "today" in note_for("crisis", "en") and "Noch heute" in note_for("crisis", "de")
    assert note_for("unknown", "en") == ""
