"""The themes enricher: which themes of the campaign's codebook a statement speaks of, with the words that say so.

Stage `lexicon` finds the codebook's indicators and nothing else, so every code can be read off its spans. Stage
`hybrid` asks a trained model about the themes and languages in which it was measured to be better. A code is a
suggestion until a person confirms it (R12).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from advocacy_monitor.errors import ConfigError
from advocacy_monitor.models import Annotation, StoredItem
from advocacy_monitor.protocols import Plugin, Reader, VectorReader

if TYPE_CHECKING:
    from advocacy_monitor.classifier.hybrid import Answered, HybridClassifier
    from advocacy_monitor.lexicon import Lexicon

NO_THEME = "no_theme"
"""The label of an item without a theme; its value is 'none' (of these) or 'too_short' (to say)."""


class ThemesEnricher(Plugin):
    """Asserts `theme` with a code of the codebook, once for each theme found, and the spans of its indicators.

    The score is the calibrated probability where the hybrid coded, and empty where the lexicon did. An item without a
    theme gets `no_theme`, unless nothing here reads its language.
    """

    codebook: str = Field(default="library", description="A shipped codebook's name, or the path of a YAML file.")
    stage: Literal["lexicon", "hybrid"] | None = Field(
        default=None,
        description="What codes themes; when not given, the hybrid where the campaign has trained a model.",
    )
    model: Path | None = Field(
        default=None, description="A trained model's folder, or the folder of models with its `current` one."
    )

    @cached_property
    def version(self) -> str:
        """Codebook with version and digest, the matcher, and the model if any: `library-1.0a1b2c3d+lexicon-1`.

        With a model: `library-1.0a1b2c3d+lexicon-1+hybrid-9f8e7d6c`. Raises ConfigError when the codebook or the
        model cannot be read.
        """
        from advocacy_monitor.lexicon import VERSION

        codebook = self._lexicon.codebook
        lexicon = f"{codebook.name}-{codebook.version}.{codebook.digest[:8]}+{VERSION}"
        return lexicon if self._classifier is None else f"{lexicon}+{self._classifier.version}"

    @property
    def slow_after(self) -> tuple[str, ...] | None:
        """The enrichers that must have run before this one may be begun beside the others; None where it is quick."""
        return ("language",) if self._classifier is not None else None

    @cached_property
    def _lexicon(self) -> Lexicon:
        from advocacy_monitor.codebook import load_codebook
        from advocacy_monitor.lexicon import Lexicon

        return Lexicon(load_codebook(self.codebook))

    @cached_property
    def _classifier(self) -> HybridClassifier | None:
        """What codes in the stage `hybrid`; None in the stage `lexicon`."""
        if self.stage == "lexicon" or (self.stage is None and self.model is None):
            return None
        from advocacy_monitor.classifier.opening import open_classifier, usable_model

        if self.model is not None and not self.model.exists():
            raise ConfigError(f"model: there is no folder {self.model}; leave the key out to use the campaign's own")
        codebook = self._lexicon.codebook
        path = _own(self.model) if self.stage == "hybrid" else usable_model(codebook, self.model)
        if path is None and self.stage is None:
            return None
        return open_classifier(codebook, path, lexicon=self._lexicon)

    def enrich(self, items: Sequence[StoredItem], reader: Reader) -> Iterable[Annotation]:
        """Themes of every item, or that it has none; nothing of an item in a language that cannot be read."""
        from advocacy_monitor.classifier.hybrid import by_lexicon

        found = reader.annotations([item.id for item in items], "language")
        languages = [_language(item, found.get(item.id, [])) for item in items]
        by = f"themes@{self.version}"
        if self._classifier is None:
            for item, language in zip(items, languages, strict=True):
                yield from _annotations(item, by_lexicon(self._lexicon, item.text, language), by)
        else:
            answers = _ask(self._classifier, items, languages, reader)
            for item, answer in zip(items, answers, strict=True):
                yield from _annotations(item, answer, by)


def _own(model: Path | None) -> Path | None:
    """The campaign's model, None where none was trained yet: then the one that ships is used."""
    from advocacy_monitor.classifier.model import find_model

    return model if model is not None and find_model(model) is not None else None


def _ask(
    classifier: HybridClassifier, items: Sequence[StoredItem], languages: Sequence[str | None], reader: Reader
) -> list[Answered]:
    """The hybrid's answers; texts are encoded once, where the reader keeps vectors."""
    import numpy as np

    from advocacy_monitor.classifier.encoder import packed, unpacked

    name = classifier.encoder.name
    wanted = [
        row
        for row, (item, language) in enumerate(zip(items, languages, strict=True))
        if item.text and classifier.codes_language(item.text, language) is not None
    ]
    kept = reader.vectors([items[row].id for row in wanted], name) if isinstance(reader, VectorReader) else {}
    vectors = np.zeros((len(items), classifier.encoder.dimensions), dtype=np.float32)
    size = len(packed(vectors[0])) if len(items) else 0
    new = []
    for row in wanted:
        vector = kept.get(items[row].id, b"")
        if len(vector) == size:
            vectors[row] = unpacked(vector)
        else:
            new.append(row)
    if new:
        vectors[new] = classifier.encode([items[row].text for row in new])
        if isinstance(reader, VectorReader):
            reader.keep_vectors(name, {items[row].id: packed(vectors[row]) for row in new})
    return classifier.classify([item.text for item in items], languages, vectors)


def _annotations(item: StoredItem, answer: Answered, by: str) -> Iterator[Annotation]:
    for theme in answer.themes:
        yield Annotation(item_id=item.id, label="theme", value=theme.code, by=by, score=theme.score, spans=theme.spans)
    if answer.answer in ("none", "too_short") and item.text.strip():
        yield Annotation(item_id=item.id, label=NO_THEME, value=answer.answer, by=by)


def _language(item: StoredItem, annotations: Sequence[Annotation]) -> str | None:
    """What a person said, else what an enricher found, else what the source declared."""
    people = [annotation for annotation in annotations if annotation.by.startswith("person:")]
    found = (people or list(annotations))[-1:]
    return found[0].value if found else item.language
