"""The language enricher: which language an item is written in, and whether a person should look.

py3langid scores all the languages that it knows. The campaign's languages are then ranked among themselves, which
is what makes three words enough (docs/explanation/enrichers.md has the figures). Where the ranking among all
languages disagrees, or the margin is low, the guess is kept and `review: language-uncertain` is asserted beside it.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any, ClassVar, NamedTuple

from pydantic import Field

from advocacy_monitor.enrichers.plain_text import is_wide, version_with_settings, without_marks
from advocacy_monitor.errors import EnrichError
from advocacy_monitor.models import Annotation, StoredItem
from advocacy_monitor.protocols import Plugin, Reader

UNDETERMINED = "und"
UNCERTAIN = "language-uncertain"

# A text this certain needs no second look. On SIB-200 no sentence of the seven languages was wrong above it.
_CONFIDENT = 0.9
# Below this share among the campaign's languages the guess is no guess.
_NO_EVIDENCE = 0.4
# What a source declares is a prior, not a verdict: apps send the language of their interface, not of the text.
_DECLARED_PRIOR = 4.0
# An eighth language is believed from this certainty and this many letters on; it is always reviewed.
_OTHER_CONFIDENT = 0.8
_OTHER_LETTERS = 20
_FEWEST_LETTERS = 3
# Head and tail of a long text show both halves of a bilingual post, at the price of a short one.
_SAMPLE = 100

_NO_LANGUAGE = frozenset({"und", "zxx", "mis", "mul", "root"})
_SAME_LANGUAGE = {
    "in": "id", "iw": "he", "ji": "yi", "cmn": "zh", "wuu": "zh", "yue": "zh", "cn": "zh",
    "eng": "en", "deu": "de", "ger": "de", "fra": "fr", "fre": "fr", "spa": "es", "ara": "ar",
    "arb": "ar", "arz": "ar", "rus": "ru", "zho": "zh", "chi": "zh",
}  # fmt: skip
_LATIN = re.compile("[A-Za-zÀ-ɏ]")
_ARABIC = re.compile("[\u0600-\u06ff\u0750-\u077f\ufb50-\ufefc]")
_CYRILLIC = re.compile("[\u0400-\u052f]")
_HAN = re.compile("[\u2e80-\u2fdf\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
# A language whose letters do not occur is not meant, however short the text. Languages not named here may always be.
_SCRIPTS = {
    **dict.fromkeys(("en", "de", "fr", "es", "it", "nl", "pl", "pt", "tr", "cs", "da", "sv", "no", "fi"), _LATIN),
    **dict.fromkeys(("ar", "fa", "ur"), _ARABIC),
    **dict.fromkeys(("ru", "uk", "bg", "be", "mk"), _CYRILLIC),
    "zh": _HAN,
}

_loading = threading.Lock()
_loaded: list[Any] = []


class Guess(NamedTuple):
    """A language, how sure (0 to 1, None when there was no text to measure), and whether a person should look."""

    language: str
    score: float | None
    uncertain: bool


def _identifier() -> Any:
    """The process's one language model, loaded when first needed (about a second, 80 MB); scoring is thread-safe."""
    if not _loaded:
        with _loading:
            if not _loaded:
                from py3langid.langid import MODEL_FILE, LanguageIdentifier

                _loaded.append(LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True))
    return _loaded[0]


def primary(tag: str | None) -> str | None:
    """The primary BCP 47 subtag of what a source declared ('de' of 'de-AT'), or None where it declared nothing."""
    first = re.split(r"[-_]", (tag or "").strip().lower(), maxsplit=1)[0]
    if not re.fullmatch(r"[a-z]{2,3}", first) or first in _NO_LANGUAGE or re.fullmatch("q[a-z]{2}", first):
        return None  # X writes qme, qht, ... for posts of media or hashtags only
    return _SAME_LANGUAGE.get(first, first)


class LanguageEnricher(Plugin):
    """Asserts `language` (a primary BCP 47 subtag or 'und') and, when in doubt, `review: language-uncertain`.

    `languages` are the campaign's; `sure` is the share among them from which a guess that all rankings agree on
    goes without review.
    """

    BASE_VERSION: ClassVar[str] = "py3langid-0.4+1"

    languages: tuple[Annotated[str, Field(pattern=r"^[a-z]{2,3}$")], ...] = Field(
        default=("en", "de", "fr", "es", "ar", "ru", "zh"),
        min_length=1,
        description="The campaign's languages, as codes such as en or de.",
    )
    sure: float = Field(default=0.7, ge=0.0, le=1.0, description="Share from which a language goes without review.")

    @property
    def version(self) -> str:
        return version_with_settings(self.BASE_VERSION, self)

    def enrich(self, items: Sequence[StoredItem], reader: Reader) -> Iterable[Annotation]:
        """One or two annotations for every item. Raises EnrichError for a language that py3langid has no model of."""
        self._check_languages()
        by = f"language@{self.version}"
        for item in items:
            yield from self._annotate(item, by)

    def guess(self, text: str, declared: str | None = None) -> Guess:
        """The language of a text; `declared` is what its source said (BCP 47), used where the text says little."""
        prior = primary(declared)
        plain = without_marks(text).strip()
        letters = sum(map(str.isalpha, plain))
        if letters < _FEWEST_LETTERS and not is_wide(plain):
            return Guess(prior or UNDETERMINED, None, bool(letters) and prior is None)
        sample = plain if len(plain) <= _SAMPLE else f"{plain[: _SAMPLE // 2]} {plain[-_SAMPLE // 2 :]}"
        best, probability = _identifier().classify(sample)
        best = _SAME_LANGUAGE.get(best, best)
        if best in self.languages and probability >= _CONFIDENT:
            return Guess(best, round(float(probability), 4), False)
        return self._weigh(plain, prior, letters)

    def _weigh(self, text: str, prior: str | None, letters: int) -> Guess:
        ranking: dict[str, float] = {}
        for language, probability in _identifier().rank(text):
            language = _SAME_LANGUAGE.get(language, language)
            ranking[language] = ranking.get(language, 0.0) + float(probability)
        top = max(ranking, key=ranking.__getitem__)
        known = {*self.languages, prior}
        if top not in known and ranking[top] >= _OTHER_CONFIDENT and letters >= _OTHER_LETTERS:
            return Guess(top, round(ranking[top], 4), True)
        best, share = self._best_known(text, ranking, prior)
        if share < _NO_EVIDENCE:
            return Guess(prior or UNDETERMINED, None, prior is None)
        agreed = best in (top, prior)
        return Guess(best, round(share, 4), not (agreed and share >= self.sure))

    def _best_known(self, text: str, ranking: dict[str, float], prior: str | None) -> tuple[str, float]:
        weights = {
            language: ranking.get(language, 0.0) * (_DECLARED_PRIOR if language == prior else 1.0)
            for language in dict.fromkeys((*self.languages, *([prior] if prior else [])))
            if language not in _SCRIPTS or _SCRIPTS[language].search(text)
        }
        total = sum(weights.values())
        if not total:
            return UNDETERMINED, 0.0
        best = max(weights, key=weights.__getitem__)
        return best, weights[best] / total

    def _annotate(self, item: StoredItem, by: str) -> Iterator[Annotation]:
        found = self.guess(item.text, item.language)
        yield Annotation(item_id=item.id, label="language", value=found.language, score=found.score, by=by)
        if found.uncertain:
            yield Annotation(item_id=item.id, label="review", value=UNCERTAIN, score=found.score, by=by)

    def _check_languages(self) -> None:
        known = set(_identifier().labels)
        unknown = [language for language in self.languages if language not in known]
        if unknown:
            raise EnrichError(
                f"language: languages: py3langid has no model of {', '.join(unknown)}; "
                f"it knows {', '.join(sorted(known))}"
            )
