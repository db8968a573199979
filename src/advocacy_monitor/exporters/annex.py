"""The tables of the data annex, as CSV and XLSX write them: column names, rows, and what each column means.

Column names and codes stay English and the same in every pack, so that a script can rely on them; texts follow the
language of the pack. There is no column for contact details, and an exhibit has none to give.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import TypeAlias

import msgspec

from advocacy_monitor.exporters import answers, figures, pack_notes
from advocacy_monitor.exporters.brief_charts import coding_note
from advocacy_monitor.exporters.wording import Wording
from advocacy_monitor.models import Count, EvidencePack, Exhibit, ThemeCount

Cell: TypeAlias = str | int | float | None
Row: TypeAlias = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet: its name, its columns and its rows."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


_QUOTES = (
    *("pack", "exhibit", "text", "printed", "translations", "chosen", "critical", "language"),
    *("said_on", "collected_on", "verified_on", "source", "url", "attribution"),
    *("library", "area", "area_method", "themes", "consents", "legal_basis", "appearances", "item_id"),
    *("capture_sha256", "text_sha256", "sample_data"),
)
_THEMES = (
    *("theme", "title", "statements", "base", "share", "people", "confirmed"),
    *("precision", "precision_low", "precision_high", "recall", "recall_low", "recall_high", "checked", "at_random"),
    *("coding", "sample_data"),
)
_COUNTS = ("kind", "label", "value", "sample_data")
_CODEBOOK = ("theme", "title", "definition", "goals")
_MADE_WITH = ("name", "version")


def tables(pack: EvidencePack, words: Wording) -> tuple[Table, ...]:
    """Every table of the annex, the data dictionary last."""
    made = (
        quotes_table(pack, words),
        themes_table(pack, words),
        counts_table(pack, words),
        codebook_table(pack, words),
        Table(words.sheet_made_with, _MADE_WITH, pack.made_with),
    )
    return (*made, dictionary_table(made, words))


def quotes_table(pack: EvidencePack, words: Wording) -> Table:
    """One row for each exhibit, in the order of their numbers."""
    exhibits = sorted(pack.exhibits, key=lambda exhibit: exhibit.number)
    rows = tuple(_quote_row(exhibit, pack, words) for exhibit in exhibits)
    return Table(words.sheet_quotes, _QUOTES, rows)


def themes_table(pack: EvidencePack, words: Wording) -> Table:
    """One row for each theme, hidden counts in words (R9), with how good the coding is known to be (R12)."""
    return Table(words.sheet_themes, _THEMES, tuple(_theme_row(theme, pack, words) for theme in pack.themes))


def counts_table(pack: EvidencePack, words: Wording) -> Table:
    """From found to counted, what was left out and why (R8), complaints, then what they were counted by.

    At the end, from which areas the pack was widened (R16), and who chose the quotes (R15).
    """
    groups: tuple[tuple[str, tuple[Count, ...]], ...] = (
        ("found", (Count(label=words.counts_found, value=pack.found),)),
        ("left_out", pack.left_out),
        ("statements", (Count(label=words.counts_counted, value=pack.statements),)),
        ("appearances", (Count(label=words.counts_appearances, value=pack.appearances),)),
        ("unverified", (Count(label=words.counts_unverified, value=pack.unverified),)),
        ("people", (Count(label=words.counts_people, value=pack.people),)),
        ("authors_unknown", (Count(label=words.counts_unknown, value=pack.authors_unknown),)),
        ("critical", (Count(label=words.counts_critical, value=pack.critical),)),
        ("source", pack.sources),
        ("language", pack.languages),
        ("area", pack.areas),
        ("library", pack.libraries),
        ("month", pack.months),
        *((kind, (count,)) for kind, count in answers.counts(pack)),
        ("widened_from", pack.widening.steps if pack.widening else ()),
        *_choice(pack, words),
    )
    rows = (
        (kind, words.not_known if count.label == "?" else count.label, _hidden(count.value, pack, words), _sample(pack))
        for kind, counts in groups
        for count in counts
    )
    return Table(words.sheet_counts, _COUNTS, tuple(rows))


def _choice(pack: EvidencePack, words: Wording) -> tuple[tuple[str, tuple[Count, ...]], ...]:
    t, made = words.t, pack.choice
    labels = (
        ("quotable", t.text("Statements that may be quoted"), made.quotable),
        ("proposed", t.text("Quotes in the order that the software proposed"), made.proposed),
        ("picked", t.text("Quotes picked by staff"), made.picked),
        ("kept_back", t.text("Quotes that staff kept for the annex"), made.kept_back),
        ("staff_left_out", t.text("Quotes that staff left out"), made.left_out),
    )
    return tuple((kind, (Count(label=label, value=value),)) for kind, label, value in labels)


def codebook_table(pack: EvidencePack, words: Wording) -> Table:
    """What each theme means, in the codebook's own words, and the targets that it relates to (R18)."""
    rows = (
        (
            theme.code,
            theme.title,
            theme.definition,
            "; ".join(f"{goal.target}: {goal.basis}" for goal in theme.goals),
        )
        for theme in sorted(pack.themes, key=lambda theme: theme.code)
    )
    return Table(words.sheet_codebook, _CODEBOOK, tuple(rows))


def dictionary_table(tables: tuple[Table, ...], words: Wording) -> Table:
    """What each column of the other sheets holds."""
    rows = [(table.name, name, getattr(words.columns, name)) for table in tables for name in table.columns]
    return Table(words.sheet_dictionary, words.dictionary_head, tuple(rows))


def about_rows(pack: EvidencePack, words: Wording) -> list[tuple[str, str]]:
    """Whose pack this is, its number and digest, how it was queried, and the whole method box (R10)."""
    values = {
        "title": pack.title,
        "recipient": pack.recipient or "",
        "ask": pack.ask or "",
        "number": pack.number,
        "digest": pack.digest,
        "campaign": pack.campaign,
        "sponsor": pack.brand.name or pack.sponsor,
        "contact": pack.brand.contact or pack.contact,
        "period": figures.period(pack.period, words),
        "as_of": pack.as_of.astimezone(UTC).isoformat(),
        "statements": figures.number(pack.statements, words),
        "people": figures.number(pack.people, words),
        "authors_unknown": figures.number(pack.authors_unknown, words),
        "query": plain_json(pack.query),
        "codebook": pack.codebook,
        "widening": pack_notes.widening(pack, words),
        "choice": pack_notes.choice(pack, words),
        "licence": pack.brand.licence,
    }
    return [(label, values[key]) for key, label in words.about] + list(pack.method)


def plain_json(value: object) -> str:
    """Any value of a pack as JSON on one line, its keys in order."""
    return json.dumps(msgspec.to_builtins(value, order="sorted", enc_hook=as_dict), ensure_ascii=False, sort_keys=True)


def as_dict(value: object) -> object:
    """Mappings that are no dictionaries, such as read-only views, as dictionaries."""
    if isinstance(value, Mapping):
        return dict(value)
    raise NotImplementedError(f"a pack cannot hold a {type(value).__name__}")


def _quote_row(exhibit: Exhibit, pack: EvidencePack, words: Wording) -> Row:
    values: dict[str, Cell] = {
        "pack": pack.number,
        "exhibit": exhibit.number,
        "said_on": exhibit.said_on.isoformat(),
        "collected_on": exhibit.collected_on.isoformat(),
        "verified_on": exhibit.verified_on.isoformat() if exhibit.verified_on else None,
        "themes": "; ".join(exhibit.themes),
        "consents": "; ".join(use.value for use in exhibit.consents),
        "translations": "\n".join(f"{each.language}: {each.text}" for each in exhibit.translations),
        "chosen": _yes(exhibit.chosen),
        "critical": _yes(exhibit.critical),
        "sample_data": _sample(pack),
    }
    return tuple(values[name] if name in values else getattr(exhibit, name) for name in _QUOTES)


def _theme_row(theme: ThemeCount, pack: EvidencePack, words: Wording) -> Row:
    hidden = theme.statements is None
    values: dict[str, Cell] = {
        "theme": theme.code,
        "statements": _hidden(theme.statements, pack, words),
        "base": pack.statements,
        "share": figures.percent(theme.statements, pack.statements, words, smallest_base=pack.smallest_base) or None,
        "people": _hidden(theme.people, pack, words),
        "confirmed": None if hidden else theme.confirmed,
        **_range("precision", theme.precision_range),
        **_range("recall", theme.recall_range),
        "at_random": "yes" if theme.at_random else "no" if theme.checked else None,
        "coding": coding_note(theme, words),
        "sample_data": _sample(pack),
    }
    return tuple(values[name] if name in values else getattr(theme, name) for name in _THEMES)


def _range(name: str, around: tuple[float, float] | None) -> dict[str, Cell]:
    low, high = around or (None, None)
    return {f"{name}_low": low, f"{name}_high": high}


def _sample(pack: EvidencePack) -> str:
    return _yes(pack.sample)


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _hidden(value: int | None, pack: EvidencePack, words: Wording) -> Cell:
    return words.fewer_than.format(n=pack.smallest_cell) if value is None else value
