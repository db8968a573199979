"""Learns from what people coded, and measures on statements that were kept apart whether that beats the lexicon.

Every figure is out of fold: no statement, nor a copy of it, had a part in the weights, the calibration or the
threshold that it is measured with. A theme is coded by the hybrid only where its F1 there is at least the lexicon's
and enough people's codes stand behind it; a language likewise, over these themes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from advocacy_monitor.classifier import head
from advocacy_monitor.classifier.calibration import (
    Bin,
    Flags,
    Numbers,
    Sigmoid,
    expected_error,
    platt,
    reliability,
    thresholds,
)
from advocacy_monitor.classifier.encoder import Encoder, as_kept
from advocacy_monitor.classifier.features import hits
from advocacy_monitor.classifier.figures import Draws, Figure, Figures, Mean, gain, measure
from advocacy_monitor.classifier.folds import FOLDS, folds
from advocacy_monitor.classifier.gold import Coded, digest_of, teaching, text_key
from advocacy_monitor.classifier.head import Head, Lessons, Statements
from advocacy_monitor.classifier.short import is_too_short
from advocacy_monitor.codebook import Codebook
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.lexicon import Lexicon

NEEDS_WORDS = frozenset({"loneliness_isolation"})
"""Themes that are coded only where they are said in so many words (R11).

For these the hybrid may take back what the lexicon found and never add anything, however sure it is: the headline
must rest on words that a reader can see. A person may of course code them.
"""
LEAST_STATEMENTS = 20
"""A language with fewer coded statements stays with the lexicon."""
_LEAST_TO_TEACH = FOLDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How to learn. `strength` is the C of the logistic regression; without `ngrams` a model stays very small.

    `hit_says` is by how much one hit of the lexicon raises a theme's margin. It is learned unless it is given, which is
    for lessons on which the lexicon was written: its hits look better there than they are.
    """

    seed: int = 20201113
    least_positives: int = 20
    ngrams: bool = True
    strength: float = 3.0
    hit_says: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeResult:
    """One theme: figures of both ways of coding, and whether the hybrid codes it. `why_not` is empty if so."""

    code: str
    positives: int
    lexicon: Figure
    hybrid: Figure
    switched: bool
    why_not: str
    needs_words: bool
    threshold: float
    sigmoid: Sigmoid
    calibration_error: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageResult:
    """One language: mean F1 over the themes for the lexicon, and for what would be coded with the hybrid."""

    language: str
    statements: int
    lexicon: Mean
    chosen: Mean
    switched: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """What was learned and measured. `chosen` is what will be coded: the hybrid where switched, else the lexicon.

    `keys` and `said` are the statements and their chosen codes out of fold, to compare a later model with.
    """

    settings: Settings
    codebook: Codebook
    encoder: str
    data_digest: str
    head: Head
    themes: tuple[ThemeResult, ...]
    languages: tuple[LanguageResult, ...]
    lexicon: Figures
    hybrid: Figures
    chosen: Figures
    gain: Mean
    calibration: tuple[Bin, ...]
    statements: int
    too_short: int
    coders: int
    keys: tuple[str, ...]
    said: Flags

    @property
    def switched(self) -> tuple[str, ...]:
        """The codes of the themes that the hybrid codes."""
        return tuple(theme.code for theme in self.themes if theme.switched)


def train(
    gold: Sequence[Coded],
    codebook: Codebook,
    encoder: Encoder,
    settings: Settings,
    *,
    lessons_only: Sequence[Coded] = (),
) -> Trained:
    """A classifier from coded statements. Raises ConfigError that says what is missing where there is too little.

    `lessons_only` are coded statements that teach and measure nothing, such as those on which the lexicon was written.
    """
    taught = teaching(gold)
    _check(taught, codebook, settings)
    known, truth, lessons = _lessons(taught, teaching(lessons_only), codebook, encoder)
    fold = folds(taught, seed=settings.seed)
    margins = np.zeros(truth.shape)
    for number in range(FOLDS):
        held = np.flatnonzero(fold == number)
        kept = np.flatnonzero(np.append(fold != number, np.ones(len(lessons.truth) - len(fold), dtype=np.bool_)))
        margins[held] = _fit(lessons, kept, settings).margins(known.take(held))
    allowed = _allowed(known, codebook)
    probabilities, said = _out_of_fold(margins, truth, fold, allowed)
    sigmoids = _sigmoids(margins, truth)
    final = thresholds(_calibrated(margins, sigmoids) * allowed, truth)
    draws = Draws(len(taught), seed=settings.seed, groups=[coded.group for coded in taught])
    by_lexicon = known.hits > 0
    lexicon, hybrid = measure(truth, by_lexicon, draws), measure(truth, said, draws)
    themes = tuple(
        _theme(number, codebook.codes[number], lexicon, hybrid, final, sigmoids, probabilities, truth, settings)
        for number in range(truth.shape[1])
    )
    switched = np.array([theme.switched for theme in themes])
    languages, chosen = _languages(known.languages, truth, by_lexicon, said, switched, codebook, settings.seed)
    return Trained(
        settings=settings,
        codebook=codebook,
        encoder=encoder.name,
        data_digest=digest_of([*taught, *teaching(lessons_only)]),
        head=_fit(lessons, np.arange(len(lessons.truth)), settings),
        themes=themes,
        languages=languages,
        lexicon=lexicon,
        hybrid=hybrid,
        chosen=measure(truth, chosen, draws),
        gain=gain(truth, by_lexicon, chosen, draws),
        calibration=reliability(probabilities[:, switched], truth[:, switched]),
        statements=len(taught),
        too_short=sum(coded.answer == "too_short" for coded in gold),
        coders=len({coded.coder for coded in taught if coded.coder}),
        keys=tuple(coded.key for coded in taught),
        said=chosen,
    )


def counts(gold: Sequence[Coded], codebook: Codebook) -> dict[str, int]:
    """How many statements that can be learned from have each theme."""
    found = Counter(code for coded in teaching(gold) for code in coded.themes)
    return {code: found[code] for code in codebook.codes}


def _check(taught: Sequence[Coded], codebook: Codebook, settings: Settings) -> None:
    """Refuses too little, with how much there is of each theme and what to do."""
    found, least = counts(taught, codebook), settings.least_positives
    if not any(number >= least for number in found.values()):
        most = sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
        listed = ", ".join(f"{code} {number}" for code, number in most)
        raise ConfigError(
            f"too little to learn from: {len(taught)} coded statements, and no theme has {least} of them ({listed}); "
            f"code more statements (a round of coding draws the ones that help most), or add coded files with --from; "
            f"until then the lexicon codes every theme"
        )
    if len({coded.group for coded in taught}) < 2 * FOLDS:
        raise ConfigError(f"too little to learn from: copies apart, there are fewer than {2 * FOLDS} coded statements")


def _lessons(
    taught: Sequence[Coded], more: Sequence[Coded], codebook: Codebook, encoder: Encoder
) -> tuple[Statements, Flags, Lessons]:
    """The coded statements, people's codes, and both together with what else teaches: `more`, the codebook's examples.

    What is among the statements is left out there: it would teach in every fold, also where it is kept apart.
    """
    lexicon, numbers = Lexicon(codebook), {code: number for number, code in enumerate(codebook.codes)}

    def statements(pairs: Sequence[tuple[str, str]]) -> Statements:
        texts = [text for text, _ in pairs]
        languages = [lexicon.language_of(text, language) or language for text, language in pairs]
        vectors = as_kept(encoder.encode(texts)).reshape(len(texts), encoder.dimensions)
        return Statements(texts=texts, languages=languages, vectors=vectors, hits=hits(lexicon, texts, languages))

    known = statements([(coded.text, coded.language) for coded in taught])
    truth = _truth(taught, numbers)
    apart = {coded.key for coded in taught}
    beside = [coded for coded in more if coded.key not in apart]
    examples = [
        (example.text, example.language, number, positive)
        for number, theme in enumerate(codebook.themes)
        for positive, given in ((True, theme.examples), (False, theme.counterexamples))
        for example in given
        if text_key(example.text) not in apart
    ]
    said = np.zeros((len(examples), len(numbers)), dtype=np.bool_)
    counting = np.zeros_like(said)
    for row, (_, _, number, positive) in enumerate(examples):
        said[row, number], counting[row, number] = positive, True
    told = _truth(beside, numbers)
    pairs = [(coded.text, coded.language) for coded in beside] + [(text, language) for text, language, _, _ in examples]
    lessons = Lessons(
        statements=known.beside(statements(pairs)),
        truth=np.vstack([truth, told, said]),
        counts=np.vstack([np.ones_like(truth), np.ones_like(told), counting]),
    )
    return known, truth, lessons


def _truth(taught: Sequence[Coded], numbers: Mapping[str, int]) -> Flags:
    """People's codes, (n, themes); codes that the codebook does not have are left out."""
    truth = np.zeros((len(taught), len(numbers)), dtype=np.bool_)
    for row, coded in enumerate(taught):
        truth[row, [numbers[code] for code in coded.themes if code in numbers]] = True
    return truth


def _fit(lessons: Lessons, rows: npt.NDArray[np.int64], settings: Settings) -> Head:
    part = Lessons(statements=lessons.statements.take(rows), truth=lessons.truth[rows], counts=lessons.counts[rows])
    return head.fit(
        part,
        ngrams=settings.ngrams,
        strength=settings.strength,
        least=_LEAST_TO_TEACH,
        seed=settings.seed,
        hit_says=settings.hit_says,
    )


def _allowed(known: Statements, codebook: Codebook) -> Flags:
    """Where a theme may be coded at all: not in a text that is too short, nor without words if it needs some."""
    needs = np.array([code in NEEDS_WORDS for code in codebook.codes])
    short = np.array([is_too_short(text) for text in known.texts]) & ~(known.hits > 0).any(axis=1)
    allowed: Flags = ((known.hits > 0) | ~needs) & ~short[:, None]
    return allowed


def _sigmoids(margins: Numbers, truth: Flags) -> list[Sigmoid]:
    return [platt(margins[:, theme], truth[:, theme]) for theme in range(truth.shape[1])]


def _calibrated(margins: Numbers, sigmoids: Sequence[Sigmoid]) -> Numbers:
    return np.column_stack([sigmoid(margins[:, theme]) for theme, sigmoid in enumerate(sigmoids)])


def _out_of_fold(margins: Numbers, truth: Flags, fold: npt.NDArray[np.int64], allowed: Flags) -> tuple[Numbers, Flags]:
    """Probabilities and codes of each fold, with sigmoids and thresholds from the other folds."""
    probabilities, said = np.zeros_like(margins), np.zeros_like(truth)
    for number in range(FOLDS):
        held, others = fold == number, fold != number
        sigmoids = _sigmoids(margins[others], truth[others])
        limits = thresholds(_calibrated(margins[others], sigmoids) * allowed[others], truth[others])
        probabilities[held] = _calibrated(margins[held], sigmoids)
        said[held] = (probabilities[held] >= limits) & allowed[held]
    return probabilities, said


def _theme(
    number: int,
    code: str,
    lexicon: Figures,
    hybrid: Figures,
    limits: Numbers,
    sigmoids: Sequence[Sigmoid],
    probabilities: Numbers,
    truth: Flags,
    settings: Settings,
) -> ThemeResult:
    """One theme's figures, and the decision."""
    before, after = lexicon.themes[number], hybrid.themes[number]
    why_not = ""
    if after.people < settings.least_positives:
        why_not = f"fewer than {settings.least_positives} coded statements"
    elif (after.f1 or 0) < (before.f1 or 0):
        why_not = "the lexicon is better"
    return ThemeResult(
        code=code,
        positives=after.people,
        lexicon=before,
        hybrid=after,
        switched=not why_not,
        why_not=why_not,
        needs_words=code in NEEDS_WORDS,
        threshold=float(limits[number]),
        sigmoid=sigmoids[number],
        calibration_error=expected_error(reliability(probabilities[:, number], truth[:, number])),
    )


def _languages(
    given: Sequence[str],
    truth: Flags,
    by_lexicon: Flags,
    said: Flags,
    switched: npt.NDArray[np.bool_],
    codebook: Codebook,
    seed: int,
) -> tuple[tuple[LanguageResult, ...], Flags]:
    """Each language's figures and decision, and what is coded in the end; no other than the codebook's are read."""
    mixed = np.where(switched[None, :], said, by_lexicon)
    chosen, results = by_lexicon.copy(), []
    for language, number in sorted(Counter(given).items(), key=lambda pair: (-pair[1], pair[0])):
        rows = np.array([each == language for each in given])
        draws = Draws(number, seed=seed)
        before, after = measure(truth[rows], by_lexicon[rows], draws), measure(truth[rows], mixed[rows], draws)
        better = (after.macro.value or 0) >= (before.macro.value or 0)
        read = language in codebook.languages
        use = read and number >= LEAST_STATEMENTS and better and bool(switched.any())
        if use:
            chosen[rows] = mixed[rows]
        results.append(
            LanguageResult(language=language, statements=number, lexicon=before.macro, chosen=after.macro, switched=use)
        )
    return tuple(results), chosen
