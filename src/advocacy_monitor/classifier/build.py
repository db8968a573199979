"""From what was learned to a model that can be stored, and whether it is better than the one in use."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict

import numpy as np

from advocacy_monitor.classifier.calibration import Flags
from advocacy_monitor.classifier.encoder import Encoder
from advocacy_monitor.classifier.figures import Draws, Mean, gain
from advocacy_monitor.classifier.gold import Coded, teaching
from advocacy_monitor.classifier.hybrid import HybridClassifier
from advocacy_monitor.classifier.model import FORMAT, Description, Model, ThemeSettings
from advocacy_monitor.classifier.training import Trained
from advocacy_monitor.codebook import Codebook
from advocacy_monitor.lexicon import VERSION as LEXICON
from advocacy_monitor.lexicon import Lexicon

METHOD = "hybrid-1"
"""Raised whenever the same statements and settings may give another model."""


def version_of(trained: Trained) -> str:
    """`library-2.0a1b2c3d-9f8e7d6c`: the codebook, then a digest of the statements and of how they were learned."""
    how = [trained.data_digest, asdict(trained.settings), trained.encoder, LEXICON, METHOD, trained.codebook.digest]
    digest = hashlib.sha256(json.dumps(how, sort_keys=True).encode()).hexdigest()
    codebook = trained.codebook
    return f"{codebook.name}-{codebook.version}.{codebook.digest[:8]}-{digest[:8]}"


def build(trained: Trained, *, with_tested: bool = True) -> Model:
    """A model of what was learned. `with_tested` keeps what was coded out of fold, to compare a later one with."""
    head = trained.head
    about = Description(
        format=FORMAT,
        version=version_of(trained),
        codebook=trained.codebook.name,
        codebook_version=trained.codebook.version,
        codebook_digest=trained.codebook.digest,
        lexicon=LEXICON,
        encoder=trained.encoder,
        dimensions=int(head.centring.common.shape[0]),
        themes=tuple(
            ThemeSettings(
                code=theme.code,
                switched=theme.switched,
                needs_words=theme.needs_words,
                threshold=theme.threshold,
                slope=theme.sigmoid.slope,
                offset=theme.sigmoid.offset,
            )
            for theme in trained.themes
        ),
        switched_languages=tuple(each.language for each in trained.languages if each.switched),
        centred_languages=tuple(head.centring.languages),
        ngrams=head.ngrams is not None,
        macro_f1=trained.chosen.macro.value,
        lexicon_macro_f1=trained.lexicon.macro.value,
        statements=trained.statements,
        tested_keys=trained.keys if with_tested else (),
    )
    return Model(about=about, head=head, tested=trained.said if with_tested else None)


def is_useful(trained: Trained) -> bool:
    """Whether the hybrid codes anything at all: a theme and a language are needed."""
    return bool(trained.switched) and any(each.switched for each in trained.languages)


def compare(current: Model, trained: Trained, gold: Sequence[Coded], codebook: Codebook, encoder: Encoder) -> Mean:
    """By how much the new model's macro-F1 is above the current one's, on the same statements.

    Each is judged on statements it had not seen: the new one out of fold, the current one likewise where it was
    trained on a statement (those codes are kept with it), and as it stands on the others.
    """
    taught = teaching(gold)
    numbers = {code: number for number, code in enumerate(codebook.codes)}
    truth = np.zeros((len(taught), len(numbers)), dtype=np.bool_)
    for row, coded in enumerate(taught):
        truth[row, [numbers[code] for code in coded.themes if code in numbers]] = True
    before = _current(current, taught, numbers, HybridClassifier(current, Lexicon(codebook), encoder))
    draws = Draws(len(taught), seed=trained.settings.seed, groups=[coded.group for coded in taught])
    return gain(truth, before, trained.said, draws)


def _current(model: Model, taught: Sequence[Coded], numbers: dict[str, int], classifier: HybridClassifier) -> Flags:
    """What the current model says of each statement without having seen it."""
    tested = {key: row for row, key in enumerate(model.about.tested_keys)}
    said = np.zeros((len(taught), len(numbers)), dtype=np.bool_)
    new = [row for row, coded in enumerate(taught) if coded.key not in tested]
    answers = classifier.classify([taught[row].text for row in new], [taught[row].language for row in new])
    for row, answer in zip(new, answers, strict=True):
        said[row, [numbers[theme.code] for theme in answer.themes]] = True
    if model.tested is not None:
        for row, coded in enumerate(taught):
            if coded.key in tested:
                said[row] = model.tested[tested[coded.key]]
    return said
