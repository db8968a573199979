"""A model's folder: what is written comes back, whole or not at all, and what does not fit or is damaged is refused."""

from __future__ import annotations

import hashlib
import io
import json
import logging
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from advocacy_monitor.classifier import model as module
from advocacy_monitor.classifier.build import build
from advocacy_monitor.classifier.gold import text_key
from advocacy_monitor.classifier.hybrid import HybridClassifier
from advocacy_monitor.classifier.model import CURRENT, Model, find_model, load, make_current, save
from advocacy_monitor.classifier.opening import open_classifier, usable_model
from advocacy_monitor.classifier.training import Settings, train
from advocacy_monitor.codebook import Codebook, parse_codebook
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.lexicon import Lexicon
from tests.classifier.statements import CODEBOOK, BagOfWords, codebook, gold

pytest.importorskip("sklearn", reason="the extra `learn` is not installed")


@pytest.fixture(scope="module")
def model() -> Model:
    return build(train(gold(150), codebook(), BagOfWords(), Settings(seed=5)))


@pytest.fixture
def folder(model: Model, tmp_path: Path) -> Path:
    return save(model, tmp_path / "models", cards={"card.md": b"# A card\n"})


def edited() -> Codebook:
    return parse_codebook(CODEBOOK.replace("radiator there", "stove there").encode(), origin="small.yaml")


def test_a_loaded_model_says_exactly_what_the_saved_one_said(model: Model, folder: Path) -> None:
    loaded = load(folder, codebook())
    texts = [each.text for each in gold(60, seed=99)]
    languages = [each.language for each in gold(60, seed=99)]
    before = HybridClassifier(model, Lexicon(codebook()), BagOfWords())
    after = HybridClassifier(loaded, Lexicon(codebook()), BagOfWords())
    assert after.classify(texts, languages) == before.classify(texts, languages)
    assert (after.probabilities(texts, languages) == before.probabilities(texts, languages)).all()
    assert loaded.tested is not None and model.tested is not None
    assert loaded.tested.tolist() == model.tested.tolist()
    assert after.model.about.tested_keys.count(text_key(gold(150)[3].text)) == 1


def test_the_folder_holds_plain_files_and_nothing_half_written(model: Model, folder: Path) -> None:
    assert sorted(file.name for file in folder.iterdir()) == ["card.md", "model.json", "weights.npz"]
    assert [file.name for file in folder.parent.iterdir()] == [model.version]
    assert folder.name == model.version
    assert model.version.startswith(f"small-3.{codebook().digest[:8]}-")
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    save(model, folder.parent, cards={"card.md": b"# A card\n"})
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
    assert [file.name for file in folder.parent.iterdir()] == [model.version]


def test_a_write_that_fails_leaves_the_old_model_and_no_rest(
    model: Model, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    write = module._write

    def full(path: Path, content: bytes) -> None:
        if path.name == "card.md":
            raise OSError(28, "No space left on device")
        write(path, content)

    monkeypatch.setattr(module, "_write", full)
    with pytest.raises(ConfigError, match="No space left on device"):
        save(model, folder.parent, cards={"card.md": b"other"})
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
    assert [file.name for file in folder.parent.iterdir()] == [model.version]


def test_a_model_of_another_codebook_is_refused_with_the_remedy(folder: Path) -> None:
    with pytest.raises(
        ConfigError, match=r"was trained with codebook small-3\..*advocacy-monitor train.*stage: lexicon"
    ):
        load(folder, edited())


def describe(folder: Path, **given: object) -> None:
    values = json.loads((folder / "model.json").read_text())
    values.update(given)
    (folder / "model.json").write_text(json.dumps(values))


def cut(folder: Path) -> None:
    (folder / "weights.npz").write_bytes((folder / "weights.npz").read_bytes()[:-20])


def turned(folder: Path) -> None:
    content = bytearray((folder / "weights.npz").read_bytes())
    content[len(content) // 2] ^= 1
    (folder / "weights.npz").write_bytes(content)


def reshaped(folder: Path) -> None:
    import hashlib

    with np.load(folder / "weights.npz") as stored:
        arrays = {name: stored[name] for name in stored.files}
    arrays["weights"] = arrays["weights"][1:]
    np.savez_compressed(folder / "weights.npz", **arrays)
    describe(folder, weights_sha256=hashlib.sha256((folder / "weights.npz").read_bytes()).hexdigest())


def endless(folder: Path) -> None:
    import hashlib

    with np.load(folder / "weights.npz") as stored:
        arrays = {name: stored[name] for name in stored.files}
    arrays["offsets"] = arrays["offsets"] * np.nan
    np.savez_compressed(folder / "weights.npz", **arrays)
    describe(folder, weights_sha256=hashlib.sha256((folder / "weights.npz").read_bytes()).hexdigest())


def pickled(folder: Path) -> None:
    import hashlib

    np.savez_compressed(folder / "weights.npz", weights=np.array([{"a": 1}], dtype=object), allow_pickle=True)
    describe(folder, weights_sha256=hashlib.sha256((folder / "weights.npz").read_bytes()).hexdigest())


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (cut, "weights.npz: is damaged"),
        (turned, "weights.npz: is damaged"),
        (reshaped, "weights has the shape"),
        (endless, "offsets holds something that is no number"),
        (pickled, "weights.npz: is damaged"),
        (lambda folder: (folder / "model.json").write_text("{"), "model.json: is damaged"),
        (lambda folder: describe(folder, themes="none"), "model.json: is damaged"),
        (lambda folder: describe(folder, unknown=1), "model.json: is damaged"),
        (lambda folder: describe(folder, format=2), "has format 2"),
        (lambda folder: describe(folder, lexicon="lexicon-0"), "was trained with lexicon-0"),
        (lambda folder: (folder / "weights.npz").unlink(), "cannot be read"),
    ],
)
def test_a_damaged_model_is_refused_in_words(folder: Path, damage: Callable[[Path], object], message: str) -> None:
    damage(folder)
    with pytest.raises(ConfigError, match=message) as caught:
        load(folder, codebook())
    assert "advocacy-monitor train" in str(caught.value)


def test_the_current_model_is_found_and_a_wrong_note_is_named(folder: Path) -> None:
    assert find_model(folder) == folder
    assert find_model(folder.parent) is None
    assert find_model(folder.parent / "nothing") is None
    make_current(folder.parent, folder.name)
    assert find_model(folder.parent) == folder
    for wrong in ("../../elsewhere", "gone", ""):
        (folder.parent / CURRENT).write_text(wrong)
        with pytest.raises(ConfigError, match="names the model"):
            find_model(folder.parent)


def test_without_a_choice_a_model_that_does_not_fit_is_not_used_and_that_is_said(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    make_current(folder.parent, folder.name)
    assert usable_model(codebook(), None) is None
    assert usable_model(codebook(), folder.parent / "empty") is None
    assert usable_model(codebook(), folder.parent) == folder
    with caplog.at_level(logging.WARNING):
        assert usable_model(edited(), folder.parent) is None
    assert "is not used, the lexicon codes themes: it was trained with codebook small-3." in caplog.text


def test_where_there_is_no_model_at_all_the_message_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigError, match=r"no trained model, and none ships for codebook small.*advocacy-monitor train"
    ):
        open_classifier(codebook(), encoder=BagOfWords())
    with pytest.raises(ConfigError, match=r"there is no trained model; `advocacy-monitor train` makes one"):
        open_classifier(codebook(), tmp_path, encoder=BagOfWords())


def test_another_encoder_is_refused(folder: Path) -> None:
    class Other(BagOfWords):
        name = "bag-of-words-2"

    with pytest.raises(ConfigError, match=r"trained with the encoder bag-of-words-1, this program has bag-of-words-2"):
        open_classifier(codebook(), folder, encoder=Other())


def _with_weights(folder: Path, content: bytes) -> None:
    (folder / "weights.npz").write_bytes(content)
    about = json.loads((folder / "model.json").read_text())
    about["weights_sha256"] = hashlib.sha256(content).hexdigest()
    (folder / "model.json").write_text(json.dumps(about))


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("weights", lambda found: found.astype("S3")),
        ("weights", lambda found: found.astype("c8")),
        ("offsets", lambda found: np.array([{}] * len(found), dtype=object)),
        ("words_columns", lambda found: found + 2**20),
    ],
)
def test_weights_that_are_no_numbers_are_refused(folder: Path, name: str, change: Callable[..., Any]) -> None:
    arrays = dict(np.load(folder / "weights.npz"))
    packed = io.BytesIO()
    np.savez_compressed(packed, **arrays | {name: change(arrays[name])})
    _with_weights(folder, packed.getvalue())
    with pytest.raises(ConfigError, match="damaged"):
        load(folder)


def test_a_small_file_that_would_fill_the_memory_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_UNPACKED", 1_000)
    with pytest.raises(ConfigError, match="unpacks to more than"):
        load(folder)
    monkeypatch.undo()
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999,), }".ljust(117) + b"\n"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("weights.npy", b"\x93NUMPY\x01\x00v\x00" + header)
    _with_weights(folder, packed.getvalue())
    with pytest.raises(ConfigError, match="damaged"):
        load(folder)


@pytest.mark.parametrize("named", ["..", ".", "", "a/b", "x" * 5_000])
def test_current_names_a_folder_beside_it_and_nothing_else(model: Model, folder: Path, named: str) -> None:
    (folder.parent / CURRENT).write_text(named)
    with pytest.raises(ConfigError, match="which is not there"):
        find_model(folder.parent)
