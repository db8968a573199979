"""What the public file says of itself: its counts, how they came about, and its description for Datasette."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from advocacy_monitor.breakdowns import cell, parts
from advocacy_monitor.config import Loaded
from advocacy_monitor.exporters import figures
from advocacy_monitor.exporters.wording import Wording, wording
from advocacy_monitor.models import Count, EvidencePack
from advocacy_monitor.translate import Texts

if TYPE_CHECKING:
    from advocacy_monitor.publish_file import Row


def counts(pack: EvidencePack) -> Iterator[Row]:
    """The numbers of a pack about everything, row by row; None where one is too small to show (R9)."""
    words, smallest = wording(pack.language), pack.smallest_cell
    yield "all", words.counts_counted, None, cell(pack.statements, smallest), cell(pack.people, smallest), None
    for theme in pack.themes:
        confirmed = theme.confirmed if theme.statements is not None else None
        yield "theme", theme.title, theme.code, theme.statements, theme.people, confirmed
    for cut, found in breakdowns(pack, words).items():
        for count in found:
            yield cut, count.label, None, count.value, None, None
    for count in left_out(pack):
        yield "left out", count.label, None, count.value, None, None


def breakdowns(pack: EvidencePack, words: Wording) -> dict[str, Sequence[Count]]:
    """The pack's breakdowns by what they are of, with what is not known in words."""

    def named(found: Iterable[Count]) -> list[Count]:
        return [Count(label=words.not_known if c.label in ("?", "") else c.label, value=c.value) for c in found]

    return {
        "area": named(pack.areas),
        "library": named(pack.libraries),
        "language": named(pack.languages),
        "source": named(pack.sources),
        "month": pack.months,
    }


def left_out(pack: EvidencePack) -> tuple[Count, ...]:
    """Why other statements are not counted; reasons too rare to be shown stand together."""
    t = wording(pack.language).t
    found = {count.label: count.value or 0 for count in pack.left_out}
    return parts(found, pack.smallest_cell, others=t.text("Other reasons"))


def withdraw(loaded: Loaded, t: Texts) -> str:
    """How somebody has a statement taken out again."""
    return t.text(
        "Write to {contact} and name the number of the statement, or the withdrawal code that you were given. It will "
        "be missing from the next edition.",
        contact=loaded.config.campaign.contact,
    )


def about(pack: EvidencePack, loaded: Loaded, at: datetime, *, statements: int) -> dict[str, str]:
    """What stands in the table `about`, by topic. The method is that of a pack, word for word (R10)."""
    campaign, brand = loaded.config.campaign, pack.brand
    words = wording(pack.language)
    t = words.t
    told = {
        "campaign": pack.campaign,
        "sponsor": brand.name or pack.sponsor,
        "language": pack.language,
        "as of": at.astimezone(UTC).isoformat(timespec="seconds"),
        "edition": edition(at, t),
        "sample data": words.sample_banner if pack.sample else "",
        "counted": _told(pack.statements, pack.smallest_cell, words),
        "readable here": _told(statements, pack.smallest_cell, words),
        "smallest number shown": str(pack.smallest_cell),
        "ask": pack.ask or "",
        "contact": brand.contact or pack.contact,
        "withdraw": withdraw(loaded, t),
        "form": campaign.form_url or "",
        "website": brand.website,
        "imprint": brand.imprint,
        "licence": brand.licence,
        "codebook": pack.codebook,
    }
    told |= {f"method: {heading}": text for heading, text in pack.method}
    return {topic: text for topic, text in told.items() if text}


def edition(at: datetime, t: Texts) -> str:
    """Of which day this is."""
    return t.text("Edition of {day}", day=t.day(at.astimezone(UTC).date()))


def _told(number: int, smallest: int, words: Wording) -> str:
    return figures.counted(cell(number, smallest) if number else 0, words, smallest_cell=smallest)


def metadata(pack: EvidencePack, loaded: Loaded, name: str, *, at: datetime) -> str:
    """The description for `datasette serve FILE -m DESCRIPTION`, on both lines of Datasette.

    Everything in the file is public, so SQL stays open; names are texts, never HTML.
    """
    import yaml

    words = wording(pack.language)
    t, brand = words.t, pack.brand
    told: dict[str, Any] = {
        "title": pack.campaign,
        "description": f"{brand.name or pack.sponsor}. {edition(at, t)}. {withdraw(loaded, t)}",
        "license": brand.licence,
        "about": brand.name or pack.sponsor,
        "about_url": brand.website,
        "databases": {name: {"tables": _tables(words)}},
    }
    return yaml.safe_dump({k: v for k, v in told.items() if v}, allow_unicode=True, sort_keys=False, width=100)


def _tables(words: Wording) -> Mapping[str, Any]:
    return {
        "statements": {
            "title": words.quotes_heading,
            "label_column": "text",
            "fts_table": "statements_fts",
            "fts_pk": "number",
            "facets": ["language", "library", "area", "month"],
            "sort_desc": "number",
            "size": 25,
        },
        "themed_statements": {"title": words.themes_heading, "facets": ["title"], "size": 25},
        "statement_themes": {"facets": ["title"], "size": 100},
        "counts": {"title": words.counts_heading, "facets": ["cut"], "size": 100},
        "about": {"title": words.method_heading, "size": 100},
    }
