"""The themes enricher: which themes of the campaign's codebook a statement speaks of, with the words that say so.

It finds the codebook's indicators and nothing else, so every code can be read off its spans. A code is a suggestion
until a person confirms it (R12).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from pydantic import Field

from advocacy_monitor.models import Annotation, StoredItem
from advocacy_monitor.protocols import Plugin, Reader

if TYPE_CHECKING:
    from advocacy_monitor.lexicon import Lexicon


class ThemesEnricher(Plugin):
    """Asserts `theme` with a code of the codebook, once for each theme found, and the spans of its indicators."""

    codebook: str = Field(default="library", description="A shipped codebook's name, or the path of a YAML file.")

    @cached_property
    def version(self) -> str:
        """Codebook with its version and digest, then the matcher: `library-1.0a1b2c3d+lexicon-1`.

        Raises ConfigError when the codebook cannot be read.
        """
        from advocacy_monitor.lexicon import VERSION

        codebook = self._lexicon.codebook
        return f"{codebook.name}-{codebook.version}.{codebook.digest[:8]}+{VERSION}"

    @cached_property
    def _lexicon(self) -> Lexicon:
        from advocacy_monitor.codebook import load_codebook
        from advocacy_monitor.lexicon import Lexicon

        return Lexicon(load_codebook(self.codebook))

    def enrich(self, items: Sequence[StoredItem], reader: Reader) -> Iterable[Annotation]:
        """An annotation for every theme of every item; none for items in a language without indicators."""
        languages = reader.annotations([item.id for item in items], "language")
        for item in items:
            yield from self._themes(item, _language(item, languages.get(item.id, [])))

    def _themes(self, item: StoredItem, language: str | None) -> Iterator[Annotation]:
        by = f"themes@{self.version}"
        for code, spans in self._lexicon.match(item.text, language).items():
            yield Annotation(item_id=item.id, label="theme", value=code, by=by, spans=spans)


def _language(item: StoredItem, annotations: Sequence[Annotation]) -> str | None:
    """What a person said, else what an enricher found, else what the source declared."""
    people = [annotation for annotation in annotations if annotation.by.startswith("person:")]
    found = (people or list(annotations))[-1:]
    return found[0].value if found else item.language
