"""Texts that several exporters write, in the language of the pack.

A wording is a dataclass, so a missing text is a type error and not a hole in a page. Words in braces are filled in by
`figures.py` and the exporters; `{n}` and the like are already written the way the language writes numbers.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass

from advocacy_monitor.translate import Forms, Texts, texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """What each column of the annex holds: the data dictionary."""

    pack: str
    exhibit: str
    item_id: str
    text: str
    language: str
    said_on: str
    collected_on: str
    verified_on: str
    source: str
    url: str
    attribution: str
    library: str
    area: str
    area_method: str
    themes: str
    consents: str
    legal_basis: str
    capture_sha256: str
    text_sha256: str
    appearances: str
    sample_data: str
    theme: str
    title: str
    statements: str
    base: str
    share: str
    people: str
    confirmed: str
    precision: str
    precision_low: str
    precision_high: str
    recall: str
    recall_low: str
    recall_high: str
    checked: str
    at_random: str
    coding: str
    kind: str
    label: str
    value: str
    printed: str
    translations: str
    chosen: str
    critical: str
    definition: str
    goals: str
    name: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The texts of one language; `t` looks up others."""

    t: Texts
    code: str
    under_one_percent: str
    over_99_percent: str
    language_names: Mapping[str, str]
    uses: Mapping[str, str]
    original: str
    months: tuple[str, ...]
    fewer_than: str

    document: str
    sample_banner: str
    sample_note: str
    sample_all: str
    sample_title: str
    for_recipient: str
    ask_heading: str
    statements: Forms
    statements_of: str
    people: Forms
    authors_unknown: Forms
    authors_known: str
    channels: Forms
    period: str
    period_label: str
    period_unknown: str

    quotes_heading: str
    quotes_note: str
    quotes_none: str
    exhibit: str

    themes_heading: str
    themes_finding: str
    themes_note: str
    themes_legend: str
    themes_checked: str
    themes_picked: str
    themes_more: Forms
    of_base: str
    people_short: Forms
    authors_short: Forms
    not_known: str
    coding_heading: str
    coding_checked: str
    coding_picked: str
    coding_few: str
    coding_confirmed: str
    coding_unchecked: str
    coding_person: str
    precision: str
    recall: str
    chart_alt: str
    chart_alt_row: str

    months_heading: str
    months_alt: str
    months_alt_row: str
    counts_heading: str
    counts_found: str
    counts_minus: str
    counts_counted: str
    counts_appearances: str
    counts_unverified: str
    counts_people: str
    counts_unknown: str
    counts_critical: str
    counts_label: str
    counts_number: str
    sources: str
    areas: str
    languages: str
    more: str

    method_heading: str
    method_quotes: str
    quotes_printed: str
    unshown: Forms
    removed: Forms
    contact: str
    pack: str
    digest: str
    page: str

    sheet_about: str
    sheet_quotes: str
    sheet_themes: str
    sheet_counts: str
    sheet_codebook: str
    sheet_made_with: str
    sheet_dictionary: str
    about: tuple[tuple[str, str], ...]
    dictionary_head: tuple[str, str, str]
    dictionary_cells: str
    columns: Columns


def wording(language: str) -> Wording:
    """Return the texts for a language tag such as 'de' or 'de-AT'; English where there are none."""
    return _wording(texts(language).code)


@functools.cache
def _wording(code: str) -> Wording:
    from advocacy_monitor.exporters.wording_texts import worded

    return worded(texts(code))


QUOTE_MARKS = {
    "ar": ("«", "»"),
    "de": ("„", "“"),
    "en": ("“", "”"),
    "es": ("«", "»"),
    "fr": ("« ", " »"),
    "ru": ("«", "»"),
    "zh": ("“", "”"),
}
"""Opening and closing marks by the language of the quote; others take the English ones."""
