"""A codebook of three themes and statements whose figures were worked out by hand."""

from __future__ import annotations

import zlib

from advocacy_monitor.codebook import Codebook, parse_codebook
from advocacy_monitor.evaluation.cases import Cases, Statement
from advocacy_monitor.evaluation.coders import LexiconCoder, naive_coder
from advocacy_monitor.evaluation.evaluate import evaluate
from advocacy_monitor.evaluation.report import Report

SMALL = b"""
name: small
version: 3
languages: {en: checked, de: beta}
themes:
  - code: books
    title: {en: Borrowing, de: Lesen}
    definition: Borrowing.
    include: []
    exclude: []
    indicators: {en: {any: [book, books]}, de: {any: [buch]}}
  - code: hours
    title: {en: Hours, de: Zeiten}
    definition: Hours.
    include: []
    exclude: []
    indicators: {en: {any: [hours]}, de: {any: [zeiten]}}
  - code: noise
    title: {en: Noise, de: Krach}
    definition: Noise.
    include: []
    exclude: []
    indicators: {en: {any: [noise]}, de: {any: [krach]}}
"""


def small() -> Codebook:
    """The codebook."""
    return parse_codebook(SMALL, origin="small.yaml")


def said(
    text: str, *themes: str, language: str | None = "en", answer: str = "", drawn: str | None = None, id: str = ""
) -> Statement:
    """A statement with a person's codes."""
    return Statement(
        text=text,
        language=language,
        themes=frozenset(themes),
        place="coded.jsonl, line 1",
        answer=answer or ("themes" if themes else "none"),
        drawn=drawn,
        id=id or f"s{zlib.crc32(text.encode())}",
        coder="person:Kim",
    )


HAND_WORKED = (
    said("A book and long hours", "books", "hours"),  # both found
    said("My books", "books"),
    said("The books of the council"),  # books: the machine alone
    said("Open late, please", "hours"),  # hours: the person alone
    said("Noise, noise"),  # noise: the machine alone, without support
    said("Ein Buch", "books", language="de-AT"),
    said("Un livre", "books", language="it"),  # a language that the codebook cannot read
)


def measured(*statements: Statement, kind: str = "file", seed: int = 1, texts: bool = False) -> Report:
    """A report of the lexicon on statements."""
    codebook = small()
    return evaluate(
        codebook,
        Cases(kind=kind, name="coded.jsonl", statements=statements),
        LexiconCoder(codebook),
        stage="lexicon",
        baseline=naive_coder(codebook),
        seed=seed,
        texts=texts,
    )
