"""The sets of coded texts that theme classifiers are compared on, each parted into a pool to learn from and a test.

The public sets are read where the person who runs the benchmark has them; none of their texts stands in this
repository. Their themes, and our words for these, are in benchmarks/codebooks/. `Missing` says how to get a set.
"""

from __future__ import annotations

import csv
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from xml.etree import ElementTree as ET

from advocacy_monitor.classifier.gold import Coded, read_gold, teaching, text_key
from advocacy_monitor.codebook import Codebook, load_codebook
from advocacy_monitor.errors import ConfigError

CODEBOOKS = Path(__file__).parent / "codebooks"
TEST_SHARE = 0.4
_SOME, _ALL = 32, 128
SEED = 20261122
GET = {
    "nhs": "git clone https://github.com/The-Strategy-Unit/pxtextmining; "
    "its datasets/v6framework_230831.csv is nhs.csv",
    "restaurants": "git clone https://github.com/davidsbatista/Aspect-Based-Sentiment-Analysis; "
    "the English ...Train_SB1_v2.xml in its datasets/ABSA-SemEval2016 is restaurants_train.xml",
    "germeval": "git clone https://github.com/ac74/reevaluating_germeval2017 and git checkout 44f1859 in it; "
    "its data/*_df_opinion.tsv are germeval_dev.tsv, germeval_test_dia.tsv and germeval_test_syn.tsv",
}
"""How to get each public set, and what its files are called in the folder of --data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One comparison: what may be learned from, what is tested, and the codebook of both. `note` is printed.

    `labels` is set where one number of labels a theme is enough.
    """

    name: str
    codebook: Codebook
    pool: Sequence[Coded]
    test: Sequence[Coded]
    note: str = ""
    labels: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A set that is not on this machine, and how to get it."""

    name: str
    how: str


def public(name: str, data: Path | None, *, most: int | None) -> Trial | Missing:
    """One of the public sets from the files in `data`; `most` texts to learn from and half as many to test."""
    read, files = _PUBLIC[name]
    if data is None or not all((data / file).is_file() for file in files):
        return Missing(name=name, how=GET[name])
    codebook = load_codebook(CODEBOOKS / f"{name}.yaml")
    trial = read(data, codebook)
    if most is None:
        return trial
    return replace(
        trial,
        pool=_some(trial.pool, most),
        test=_some(trial.test, most // 2),
        note=f"{trial.note}; at most {most} to learn from and {most // 2} to test",
    )


def library(codebook: Codebook, statements: Sequence[Path], development: Path) -> list[Trial | Missing]:
    """The development set and invented statements, by language, coded with a codebook of statements on libraries."""
    invented = [coded for path in statements for coded in read_gold(path, codebook)]
    made: list[Trial | Missing] = []
    if development.is_file():
        dev = teaching(read_gold(development, codebook))
        known = {coded.key for coded in dev}
        for language in ("en", "de"):
            test = [coded for coded in dev if coded.language == language]
            pool = teaching(coded for coded in invented if coded.language == language and coded.key not in known)
            if test:  # learned from all that there is
                note = "the codebook was written beside this set, so whatever uses its words looks better than it is"
                made.append(
                    Trial(name=f"dev_{language}", codebook=codebook, pool=pool, test=test, note=note, labels=_ALL)
                )
    else:
        made.append(Missing(name="development set", how="dev.jsonl, named by --development"))
    if not invented:
        made.append(Missing(name="invented statements", how="JSONL files of coded statements, named by --statements"))
        return made
    return [*made, *_invented(invented, codebook)]


def _invented(invented: Sequence[Coded], codebook: Codebook) -> list[Trial]:
    """English and German by themselves; English to German, with and without German words; both to the others."""
    parts: dict[str, tuple[list[Coded], list[Coded]]] = {}
    made = []
    for language in ("en", "de"):
        if given := [coded for coded in invented if coded.language == language]:
            pool, test = parts[language] = parted(given)
            note = "held out from the learners, and from the codebook only if nobody improved it with these statements"
            made.append(Trial(name=f"invented_{language}", codebook=codebook, pool=pool, test=test, note=note))
    if len(parts) == 2:
        pool, test = parts["en"][0], parts["de"][1]
        note = "learned from English, tested on German"
        made.append(Trial(name="en_to_de", codebook=codebook, pool=pool, test=test, note=note, labels=_SOME))
        wordless = without_words(codebook, "de")
        note += ", without German indicators"
        made.append(Trial(name="en_to_de_no_words", codebook=wordless, pool=pool, test=test, note=note, labels=_SOME))
    if others := teaching(coded for coded in invented if coded.language not in parts):
        pool = teaching(coded for coded in invented if coded.language in parts)
        languages = ", ".join(sorted({coded.language for coded in others}))
        note = f"learned from {' and '.join(parts)}, tested on {languages}"
        made.append(Trial(name="to_beta_languages", codebook=codebook, pool=pool, test=others, note=note, labels=_SOME))
    return made


def without_words(codebook: Codebook, language: str) -> Codebook:
    """The codebook as if nobody had written indicators for a language yet."""
    themes = [
        theme.model_copy(
            update={"indicators": {key: each for key, each in theme.indicators.items() if key != language}}
        )
        for theme in codebook.themes
    ]
    return codebook.model_copy(update={"themes": tuple(themes)})


def parted(given: Iterable[Coded]) -> tuple[list[Coded], list[Coded]]:
    """A pool and a test of 40 % of the groups; copies and what belongs together are never parted."""
    taught = teaching(given)
    groups = sorted({coded.group for coded in taught}, key=int)
    random.Random(SEED).shuffle(groups)
    tested = frozenset(groups[: round(TEST_SHARE * len(groups))])
    pool = [coded for coded in taught if coded.group not in tested]
    return pool, [coded for coded in taught if coded.group in tested]


def _some(given: Sequence[Coded], most: int) -> Sequence[Coded]:
    return given if len(given) <= most else random.Random(SEED).sample(list(given), most)


def _codes(codebook: Codebook) -> dict[str, str]:
    """The set's own category -> our code; a theme's `include` names its categories."""
    return {category: theme.code for theme in codebook.themes for category in theme.include}


def _coded(texts: Mapping[str, tuple[str, set[str], str]], language: str) -> list[Coded]:
    """Texts by key, with their codes and group, in the order of the file."""
    return [
        Coded(
            text=text,
            language=language,
            answer="themes" if themes else "none",
            themes=frozenset(themes),
            group=group,
        )
        for text, themes, group in texts.values()
    ]


def _nhs(data: Path, codebook: Codebook) -> Trial:
    """Comments of patients; the same comment on several lines has the themes of all of them."""
    codes, texts = _codes(codebook), dict[str, tuple[str, set[str], str]]()
    for row in _rows(data / "nhs.csv", ("FFT answer", *codes), delimiter=","):
        if text := row["FFT answer"].strip():
            key = text_key(text)
            found = {code for category, code in codes.items() if row[category].strip() == "1"}
            texts.setdefault(key, (text, set(), key))[1].update(found)
    pool, test = parted(_coded(texts, "en"))
    return Trial(name="nhs", codebook=codebook, pool=pool, test=test, note="patients' comments, English")


def _restaurants(data: Path, codebook: Codebook) -> Trial:
    """Sentences of reviews; those out of scope are left out, and the sentences of a review stay together."""
    codes, path = _codes(codebook), data / "restaurants_train.xml"
    try:
        tree = ET.parse(path)
    except ET.ParseError as error:
        raise ConfigError(f"{path}: not XML: {error}") from error
    texts: dict[str, tuple[str, set[str], str]] = {}
    for review in tree.iter("Review"):
        for sentence in review.iter("sentence"):
            text = (sentence.findtext("text") or "").strip()
            if text and sentence.get("OutOfScope", "").upper() != "TRUE":
                found = {
                    codes[name] for each in sentence.iter("Opinion") if (name := each.get("category", "")) in codes
                }
                group = review.get("rid", "")
                texts[f"{group} {sentence.get('id')}"] = (text, found, group)
    if not texts:
        raise ConfigError(f"{path}: there is no <sentence> with a <text> within a <Review>")
    pool, test = parted(_coded(texts, "en"))
    return Trial(name="restaurants", codebook=codebook, pool=pool, test=test, note="sentences of reviews, English")


def _germeval(data: Path, codebook: Codebook) -> Trial:
    """Texts about the German railway; its own later test is the test, and what stands in it is not learned from."""
    test = _aspects([data / "germeval_test_syn.tsv"], codebook)
    known = {coded.key for coded in test}
    both = _aspects([data / "germeval_dev.tsv", data / "germeval_test_dia.tsv"], codebook)
    pool = [coded for coded in both if coded.key not in known]
    return Trial(name="germeval", codebook=codebook, pool=pool, test=test, note="the German railway, German")


def _aspects(paths: Sequence[Path], codebook: Codebook) -> list[Coded]:
    """The relevant texts, each with the aspects of all its lines."""
    codes, texts = _codes(codebook), dict[str, tuple[str, set[str], str]]()
    for path in paths:
        for row in _rows(path, ("text", "relevance", "aspect"), delimiter="\t"):
            text = row["text"].strip()
            if text and row["relevance"].strip().lower() == "true":
                key = text_key(text)
                found = {codes[row["aspect"]]} if row["aspect"] in codes else set()
                texts.setdefault(key, (text, set(), key))[1].update(found)
    return teaching(_coded(texts, "de"))


def _rows(path: Path, needed: Sequence[str], *, delimiter: str) -> list[defaultdict[str, str]]:
    """The lines of a table; a missing value is empty. Raises ConfigError when a column is missing."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, delimiter=delimiter)
        if lacking := [name for name in needed if name not in (reader.fieldnames or ())]:
            raise ConfigError(f"{path}: there is no column {', '.join(map(repr, lacking))}")
        return [defaultdict(str, {name: row[name] or "" for name in needed}) for row in reader]


_Read = Callable[[Path, Codebook], Trial]
_PUBLIC: Mapping[str, tuple[_Read, tuple[str, ...]]] = {
    "nhs": (_nhs, ("nhs.csv",)),
    "restaurants": (_restaurants, ("restaurants_train.xml",)),
    "germeval": (_germeval, ("germeval_dev.tsv", "germeval_test_dia.tsv", "germeval_test_syn.tsv")),
}
