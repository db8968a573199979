"""Training as a command and as a scheduled job: people's codes of the campaign into a model in its folder `models`.

A new model takes the place of the current one only when it is better on the same statements.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from advocacy_monitor.errors import AdvocacyMonitorError, ConfigError

if TYPE_CHECKING:
    from advocacy_monitor.classifier.encoder import Encoder
    from advocacy_monitor.classifier.figures import Mean
    from advocacy_monitor.classifier.gold import Coded
    from advocacy_monitor.classifier.model import Model
    from advocacy_monitor.classifier.training import Settings, Trained
    from advocacy_monitor.codebook import Codebook
    from advocacy_monitor.config import Loaded
    from advocacy_monitor.store import Store

RUN = "train themes"
"""The name of the runs, and of the scheduled job."""
_BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """What came of a training. `path` is the model's folder when one was written.

    `in_use` says whether it codes from now on; `gain` is by how much it beats the model in use, None without one.
    """

    trained: Trained
    version: str
    path: Path | None
    in_use: bool
    gain: Mean | None
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is asked of a training: more files of coded statements, where the model goes, what to do with it."""

    files: tuple[Path, ...] = ()
    folder: Path
    settings: Settings
    dry_run: bool = False
    replace: bool = False
    rounds: tuple[str, ...] = ()


def coded_statements(store: Store) -> list[Coded]:
    """What people coded in the database, with the language that is known best; copies of a text in one group."""
    from advocacy_monitor.classifier.gold import Coded, plain_language

    codes = store.gold.codes()
    found: list[Coded] = []
    for start in range(0, len(codes), _BATCH):
        part = codes[start : start + _BATCH]
        items = {item.id: item for item in store.items.get([code.item_id for code in part])}
        facts = store.items.annotations(part[0].item_id, part[-1].item_id, labels=["language", "duplicate_of"])
        for code in part:
            item = items.get(code.item_id)
            if item is None:
                continue
            said = facts.get(item.id, [])
            people = [fact for fact in said if fact.by.startswith("person:")]
            language = [fact.value for fact in people or said if fact.label == "language"]
            root = [fact.value for fact in said if fact.label == "duplicate_of"]
            found.append(
                Coded(
                    text=item.text,
                    language=plain_language(language[-1] if language else item.language),
                    answer="too_short" if code.answer == "too_short" else "themes" if code.themes else "none",
                    themes=frozenset(code.themes),
                    group=f"item {root[-1] if root else item.id}",
                    coder=code.coder,
                )
            )
    return found


def closed_rounds(store: Store) -> tuple[str, ...]:
    """The names of the coding rounds whose codes count."""
    return tuple(each.name for each in store.rounds.all() if each.closed_at is not None)


def train_and_save(gold: Sequence[Coded], codebook: Codebook, encoder: Encoder, wish: Wish) -> Training:
    """Learns, compares with the model in use, and writes what is better. Raises ConfigError for too little."""
    from advocacy_monitor.classifier.build import build, compare, is_useful, version_of
    from advocacy_monitor.classifier.card import card_files
    from advocacy_monitor.classifier.model import make_current, save
    from advocacy_monitor.classifier.training import train

    trained = train(gold, codebook, encoder, wish.settings)
    version = version_of(trained)
    current = _current(wish.folder, codebook, encoder)
    gain = compare(current, trained, gold, codebook, encoder) if current and current.version != version else None
    outcome = Training(trained=trained, version=version, path=None, in_use=False, gain=gain, message="")
    if not is_useful(trained):
        return replace(outcome, message=f"the lexicon is better for every theme: no model was written{_left(current)}")
    if current is not None and current.version == version:
        path = wish.folder / version
        return replace(outcome, path=path, in_use=True, message="this very model is in use: nothing new was coded")
    if gain is not None and not _is_better(gain) and not wish.replace:
        assert current is not None
        return replace(
            outcome, message=f"{current.version} stays in use: the new model is not better on the same statements"
        )
    if wish.dry_run:
        return replace(outcome, message="dry run: no model was written")
    path = save(build(trained), wish.folder, cards=card_files(trained, rounds=wish.rounds))
    make_current(wish.folder, version)
    return replace(outcome, path=path, in_use=True, message=f"model {version} is in use from the next enrichment on")


def _left(current: Model | None) -> str:
    return "" if current is None else f"; {current.version} stays in use (set `stage: lexicon` to leave it)"


def _is_better(gain: Mean) -> bool:
    return gain.value is not None and gain.value > 0


def _current(folder: Path, codebook: Codebook, encoder: Encoder) -> Model | None:
    """The model in use, when it can be compared at all: it fits the codebook and the encoder, and is not damaged."""
    from advocacy_monitor.classifier.model import find_model, fits, load

    try:
        path = find_model(folder)
        model = load(path) if path is not None else None
    except ConfigError:
        return None  # what cannot be read codes nothing, so that the new model can only be better
    if model is None or not fits(model.about, codebook) or model.about.encoder != encoder.name:
        return None
    return model


def train_campaign(
    store: Store, loaded: Loaded, wish: Wish, *, codebook: Codebook, encoder: Encoder | None = None
) -> Training:
    """Trains on the campaign's codes and the given files, with a run row of its own. Raises AdvocacyMonitorError."""
    run = store.runs.start(RUN, "train")
    try:
        gold = [*coded_statements(store), *_of_files(wish.files, codebook)]
        wish = replace(wish, rounds=closed_rounds(store))
        made = train_and_save(gold, codebook, encoder or default_encoder(), wish)
    except AdvocacyMonitorError as error:
        store.runs.finish(run, "failed", str(error))
        raise
    except BaseException:
        store.runs.finish(run, "failed", "ended before it was done; nothing was written")
        raise
    if made.in_use:
        store.vectors.forget_others(made.trained.encoder)
    store.runs.finish(run, "done", made.message)
    return made


def train_files(wish: Wish, *, codebook: Codebook, encoder: Encoder | None = None) -> Training:
    """The same without a campaign: on the given files alone."""
    return train_and_save(_of_files(wish.files, codebook), codebook, encoder or default_encoder(), wish)


def _of_files(files: Sequence[Path], codebook: Codebook) -> list[Coded]:
    from advocacy_monitor.classifier.gold import read_gold

    return [coded for path in files for coded in read_gold(path, codebook)]


def default_encoder() -> Encoder:
    """The encoder of the extra `learn`. Raises ConfigError when it is not installed."""
    from advocacy_monitor.classifier.encoder import NEEDS_EXTRA, UniversalSentenceEncoder, is_installed

    if not is_installed():
        raise ConfigError(NEEDS_EXTRA)
    return UniversalSentenceEncoder()


def models_folder(loaded: Loaded) -> Path:
    """Where a campaign's models are."""
    return loaded.folder / "models"


def settings_of(loaded: Loaded, *, seed: int | None = None) -> Settings:
    """How the campaign wants to train."""
    from advocacy_monitor.classifier.training import Settings

    given = loaded.config.training
    return Settings(seed=given.seed if seed is None else seed, least_positives=given.least_positives)


def train_job(store: Store, loaded: Loaded) -> Training:
    """One scheduled training, with the configuration's settings. Raises AdvocacyMonitorError."""
    from advocacy_monitor.codebook import load_codebook
    from advocacy_monitor.line import codebook_name

    wish = Wish(folder=models_folder(loaded), settings=settings_of(loaded))
    return train_campaign(store, loaded, wish, codebook=load_codebook(codebook_name(loaded)))
