"""Classifies texts without a database, a campaign or a network: the enrichers as a tool of its own.

    from advocacy_monitor.classify import Classifier

    for said in Classifier().classify(["I learned to read at the library when I was forty."]):
        print(said.is_testimonial, said.quotable, [theme.theme for theme in said.themes])

What is said of a text is what the line says of a stored item: the same enrichers are asked, with the same versions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from advocacy_monitor.errors import ConfigError, EnrichError
from advocacy_monitor.models import Annotation, Span, StoredItem
from advocacy_monitor.protocols import Enricher

if TYPE_CHECKING:
    from advocacy_monitor.enrichers.language import LanguageEnricher
    from advocacy_monitor.enrichers.themes import ThemesEnricher

Stage = Literal["lexicon", "hybrid"]
LANGUAGES = ("en", "de", "fr", "es", "ar", "ru", "zh")
BATCH = 250
"""Texts that are looked at together: memory stays flat however many come."""

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A text to be classified. `id` is given back as it is; `language` (BCP 47), where given, is believed."""

    text: str
    id: str | int | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundTheme:
    """A theme of a text, with the runs of the text (in code points) that say so.

    `score` is the calibrated probability in the stage `hybrid`; the stage `lexicon` finds a theme or does not: 1.0.
    """

    theme: str
    score: float
    stage: Stage
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalData:
    """One kind of personal data (`name`, `email`, `phone`, ...) and where it stands in the text."""

    kind: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a text is worth that much as a quote, and the words that show it; some reasons have none."""

    reason: str
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """What made the answers: answers of other versions may differ."""

    codebook: str
    lexicon: str
    model: str | None
    enrichers: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Classified:
    """What is said of one text; docs/how-to/classify-texts.md explains each field."""

    id: str | int
    language: str
    is_testimonial: bool
    relevance: str
    quotable: int
    quotable_reasons: tuple[Reason, ...]
    themes: tuple[FoundTheme, ...]
    no_theme: str | None
    sentiment: str | None
    stance: tuple[str, ...]
    personal_data: tuple[PersonalData, ...]
    risk: tuple[str, ...]
    versions: Versions = field(repr=False)


class _Said:
    """The annotations of one batch: what the enrichers that come later read of those that came before."""

    def __init__(self) -> None:
        self._by_item: dict[int, dict[str, list[Annotation]]] = {}

    def add(self, made: Iterable[Annotation]) -> None:
        for annotation in made:
            self._by_item.setdefault(annotation.item_id, {}).setdefault(annotation.label, []).append(annotation)

    def of(self, item_id: int, label: str) -> Sequence[Annotation]:
        return self._by_item.get(item_id, {}).get(label, ())

    def items(self, *, before_id: int) -> Iterator[StoredItem]:
        return iter(())

    def annotations(self, item_ids: Sequence[int], label: str) -> dict[int, list[Annotation]]:
        return {item_id: list(found) for item_id in item_ids if (found := self.of(item_id, label))}


class Classifier:
    """Classifies texts. Make one and keep it: it loads word lists, the language model and, for `hybrid`, the encoder.

    `codebook` is a shipped codebook's name or a YAML file. `stage` says what codes themes; `model` is the folder of a
    trained model for the stage `hybrid`, else the one that ships is used. `languages` are those that a text may be in
    (ISO 639-1): the fewer, the surer the guess. Raises ConfigError when any of it cannot be used.
    """

    def __init__(
        self,
        codebook: str | Path = "library",
        *,
        stage: Stage = "lexicon",
        model: Path | None = None,
        languages: Sequence[str] = LANGUAGES,
    ) -> None:
        from advocacy_monitor.enrichers.personal_data import PersonalDataEnricher
        from advocacy_monitor.enrichers.relevance import RelevanceEnricher
        from advocacy_monitor.enrichers.richness import RichnessEnricher
        from advocacy_monitor.enrichers.sentiment import SentimentEnricher
        from advocacy_monitor.enrichers.stance import StanceEnricher

        themes = _themes(str(codebook), stage, model)
        self._language = _language_enricher(languages)
        self._enrichers: dict[str, Enricher] = {
            "relevance": RelevanceEnricher(),
            "richness": RichnessEnricher(),
            "themes": themes,
            "sentiment": SentimentEnricher(),
            "stance": StanceEnricher(),
            "personal_data": PersonalDataEnricher(),
        }
        self.versions = _versions(str(codebook), themes, {"language": self._language} | self._enrichers)

    def classify(self, texts: Iterable[str | Statement]) -> Iterator[Classified]:
        """One answer for each text, in their order, read `BATCH` at a time. Ids not given are 1, 2, ..."""
        numbered = enumerate(texts, start=1)
        while part := list(islice(numbered, BATCH)):
            yield from self._batch([_statement(number, text) for number, text in part])

    def _batch(self, statements: Sequence[Statement]) -> Iterator[Classified]:
        items = [_item(number, statement) for number, statement in enumerate(statements, start=1)]
        said = _Said()
        said.add(_given(items))
        said.add(self._language.enrich([item for item in items if item.language is None], said))
        for enricher in self._enrichers.values():
            said.add(enricher.enrich(items, said))
        for item, statement in zip(items, statements, strict=True):
            yield self._classified(item, statement, said)

    def _classified(self, item: StoredItem, statement: Statement, said: _Said) -> Classified:
        def value(label: str) -> str | None:
            found = said.of(item.id, label)
            return found[-1].value if found else None

        from advocacy_monitor.classifier.short import is_too_short

        themes = tuple(_theme(fact) for fact in said.of(item.id, "theme"))
        says_nothing = not themes and is_too_short(item.text)
        relevance = value("relevance") or "unclear"
        is_testimonial = relevance == "statement" or (relevance == "unclear" and not says_nothing)
        return Classified(
            id=statement.id if statement.id is not None else item.id,
            language=value("language") or "und",
            is_testimonial=is_testimonial,
            relevance=relevance,
            quotable=int(value("richness") or 0) if is_testimonial else 0,
            quotable_reasons=tuple(
                Reason(reason=fact.value, spans=fact.spans) for fact in said.of(item.id, "richness_reason")
            ),
            themes=themes,
            no_theme="too_short" if says_nothing else value("no_theme"),
            sentiment=value("sentiment"),
            stance=tuple(fact.value for fact in said.of(item.id, "stance")),
            personal_data=tuple(
                PersonalData(kind=fact.value, spans=fact.spans) for fact in said.of(item.id, "personal_data")
            ),
            risk=tuple(sorted({fact.value for fact in said.of(item.id, "risk")})),
            versions=self.versions,
        )


def _themes(codebook: str, stage: Stage, model: Path | None) -> ThemesEnricher:
    from advocacy_monitor.enrichers.themes import ThemesEnricher

    if stage == "lexicon" and model is not None:
        raise ConfigError("a model was given, but the stage lexicon uses none; use the stage hybrid")
    if model is not None:
        from advocacy_monitor.classifier.model import find_model

        if find_model(model) is None:
            raise ConfigError(f"{model}: there is no trained model; `advocacy-monitor train` makes one")
    return ThemesEnricher(codebook=codebook, stage=stage, model=model)


def language_code(given: str) -> str:
    """The language that a person gave, as its primary subtag. Raises ConfigError for what is none."""
    from advocacy_monitor.enrichers.language import primary

    code = primary(given)
    if code is None:
        raise ConfigError(f"language: {given!r} is no language code; allowed are codes such as en or de-AT")
    return code


def _language_enricher(languages: Sequence[str]) -> LanguageEnricher:
    """Raises ConfigError for what is no code of a language, or of one that cannot be told."""
    from advocacy_monitor.enrichers.language import LanguageEnricher

    codes = tuple(dict.fromkeys(language_code(code) for code in languages))
    if not codes:
        raise ConfigError(f"languages: none were given; allowed are codes such as {', '.join(LANGUAGES)}")
    enricher = LanguageEnricher(languages=codes)
    try:
        list(enricher.enrich((), _Said()))
    except EnrichError as error:
        raise ConfigError(str(error)) from error
    return enricher


def _versions(codebook: str, themes: ThemesEnricher, enrichers: dict[str, Enricher]) -> Versions:
    """Taken from the themes' version, `library-1.0a1b2c3d+lexicon-1+hybrid-9f8e7d6c`: one source of truth."""
    read = themes.version.split("+")
    return Versions(
        codebook=read[0],
        lexicon=read[1],
        model=read[2] if len(read) > 2 else None,
        enrichers={name: enricher.version for name, enricher in enrichers.items()},
    )


def _statement(number: int, text: str | Statement) -> Statement:
    if isinstance(text, str):
        return Statement(text=text, id=number)
    return text if text.id is not None else Statement(text=text.text, id=number, language=text.language)


def _item(number: int, statement: Statement) -> StoredItem:
    """A text as enrichers want it: a post of which nothing else is known."""
    from advocacy_monitor.enrichers.language import primary

    return StoredItem(
        id=number,
        kind="post",
        source="text",
        source_id=str(number),
        text=statement.text,
        created_at=_NEVER,
        collected_at=_NEVER,
        language=primary(statement.language),
    )


def _given(items: Iterable[StoredItem]) -> Iterator[Annotation]:
    """The languages that were given are believed, as if a person had looked."""
    for item in items:
        if item.language is not None:
            yield Annotation(item_id=item.id, label="language", value=item.language, by="person:given")


def _theme(fact: Annotation) -> FoundTheme:
    stage: Stage = "lexicon" if fact.score is None else "hybrid"
    return FoundTheme(theme=fact.value, score=1.0 if fact.score is None else fact.score, stage=stage, spans=fact.spans)
