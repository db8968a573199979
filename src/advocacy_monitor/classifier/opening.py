"""Finds the model to be used: a campaign's own, else the starter that ships for a codebook."""

from __future__ import annotations

import logging
from importlib import resources
from pathlib import Path

from advocacy_monitor.classifier.encoder import NEEDS_EXTRA, Encoder, UniversalSentenceEncoder, is_installed
from advocacy_monitor.classifier.hybrid import HybridClassifier
from advocacy_monitor.classifier.model import Model, find_model, fits, load
from advocacy_monitor.codebook import Codebook
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.lexicon import Lexicon

log = logging.getLogger(__name__)

_STARTERS = "starter_models"


def starter(codebook: Codebook) -> Path | None:
    """The folder of the model that ships for a codebook of this name; None when there is none."""
    folder = resources.files("advocacy_monitor.classifier") / _STARTERS / codebook.name
    return find_model(folder) if isinstance(folder, Path) else None


def open_classifier(
    codebook: Codebook, path: Path | None = None, *, lexicon: Lexicon | None = None, encoder: Encoder | None = None
) -> HybridClassifier:
    """The classifier of a model folder (or of a folder of models); without a path the one that ships for the codebook.

    Raises ConfigError when there is none, it does not fit the codebook, or the extra `learn` is not installed.
    """
    if encoder is None and not is_installed():
        raise ConfigError(NEEDS_EXTRA)
    folder = find_model(path) if path is not None else starter(codebook)
    if folder is None:
        looked = f"{path}: there is no trained model" if path is not None else "there is no trained model"
        none_ships = "" if path is not None else f", and none ships for codebook {codebook.name}"
        raise ConfigError(
            f"{looked}{none_ships}; `advocacy-monitor train` makes one, and the stage `lexicon` needs none"
        )
    model = load(folder, codebook)
    return HybridClassifier(model, lexicon or Lexicon(codebook), encoder or UniversalSentenceEncoder())


def usable_model(codebook: Codebook, path: Path | None) -> Path | None:
    """The campaign's own model when it can be used, else None, with a warning that says why it cannot.

    This is the choice where nobody chose a stage: without a model that fits, the lexicon codes. Raises ConfigError
    when a model is there and damaged.
    """
    folder = find_model(path) if path is not None else None
    if folder is None:
        return None
    if not is_installed():
        log.warning("%s is not used, the lexicon codes themes: %s", folder, NEEDS_EXTRA)
        return None
    model: Model = load(folder)
    if not fits(model.about, codebook):
        log.warning(
            "%s is not used, the lexicon codes themes: it was trained with codebook %s-%d.%s and %s; train again "
            "with `advocacy-monitor train`",
            folder,
            model.about.codebook,
            model.about.codebook_version,
            model.about.codebook_digest[:8],
            model.about.lexicon,
        )
        return None
    return folder
