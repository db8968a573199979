"""Stage 4: approved, consented items into an EvidencePack, honestly counted.

Every found item is either counted or left out for the first reason that applies, so the numbers always add up.
Nothing lifts approval, consent or redaction: there is no flag for it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from advocacy_monitor import choose, method
from advocacy_monitor.candidates import Candidate, candidate, gone, held, is_verified, may_quote
from advocacy_monitor.collect import MISSED
from advocacy_monitor.config import Config
from advocacy_monitor.counting import LABELS, LEFT_OUT, Looked, Sorted, people, sort_out
from advocacy_monitor.errors import ConsentError, ExportError
from advocacy_monitor.method_coding import CodingFacts
from advocacy_monitor.models import (
    Count,
    EvidencePack,
    Exhibit,
    Measured,
    Quality,
    Query,
    Status,
    ThemeCount,
    Use,
)
from advocacy_monitor.redact import is_verbatim, plain_name
from advocacy_monitor.store import Store
from advocacy_monitor.terms import TERMS, recheck_hours


def _exhibit(number: int, candidate: Candidate, capture: str, appearances: int) -> Exhibit:
    item = candidate.item
    named = Use.QUOTE_NAMED in candidate.uses
    text = candidate.text
    # The digest of a text that was redacted would let anybody try what was taken out until it fits.
    whole = text == item.text.strip()
    return Exhibit(
        number=number,
        item_id=item.id,
        text=text,
        language=candidate.language,
        said_on=item.created_at.astimezone(UTC).date(),
        collected_on=item.collected_at.astimezone(UTC).date(),
        source=channel(item.source),
        # The address of a post names its author: it goes out only with consent to be named.
        url=_printable(item.url) if named and item.kind == "post" else None,
        attribution=(plain_name(item.author_name) or plain_name(item.author_handle)) if named else None,
        library=candidate.library,
        area=candidate.area,
        area_method=candidate.area_method,
        themes=tuple(sorted(candidate.themes)),
        consents=tuple(sorted(candidate.uses)),
        legal_basis=item.legal_basis,
        capture_sha256=capture if whole else "",
        text_sha256=hashlib.sha256(text.encode()).hexdigest(),
        appearances=appearances,
        verified_on=_verified_on(candidate),
    )


def _printable(url: str | None) -> str | None:
    """The address of a post, unless it carries parameters, which may track; a comment of YouTube needs its own."""
    return None if url is None or ("?" in url and not url.startswith("https://www.youtube.com/watch?v=")) else url


def _verified_on(candidate: Candidate) -> date | None:
    seen = candidate.verification.verified_at if candidate.verification else None
    return seen.astimezone(UTC).date() if seen else None


def _exhibits(store: Store, made: Sorted, query: Query, *, language: str, most: int) -> tuple[Exhibit, ...]:
    quotable = {c.item.id: c for c in made.counted if may_quote(c, query) and not held(c)}
    ordered = choose.order(
        [
            choose.Quotable(
                item_id=c.item.id,
                length=len(c.item.text),
                language=c.language,
                themes=tuple(sorted(c.themes)),
                library=c.library,
                source=c.item.source,
                redactions=len(c.personal),
                local=c.area is not None,
                richness=c.richness,
            )
            for c in quotable.values()
        ],
        language=language,
    )[:most]
    captures = store.items.capture_digests(ordered)
    return tuple(
        _exhibit(number, quotable[item_id], captures[item_id], made.places(quotable[item_id]))
        for number, item_id in enumerate(ordered, start=1)
    )


def channel(source: str) -> str:
    """A source's name for readers: 'survey:Spring' becomes 'Survey: Spring'."""
    kind, _, name = source.partition(":")
    shown = TERMS[kind].name if kind in TERMS else kind[:1].upper() + kind[1:]
    return f"{shown}: {name}" if name else shown


def _cell(value: int, smallest: int) -> int | None:
    return value if value >= smallest else None


def _counts(values: Sequence[str], smallest: int, *, by_label: bool = False) -> tuple[Count, ...]:
    """A breakdown, largest first (or by label), without cells that are too small to show (R9)."""
    ordered = sorted(Counter(values).items(), key=lambda pair: pair[0] if by_label else (-pair[1], pair[0]))
    return tuple(Count(label=label, value=_cell(number, smallest)) for label, number in ordered)


def _areas(statements: Sequence[Candidate], smallest: int, language: str) -> tuple[Count, ...]:
    """Statements by area; areas too small to show lose their names as well and stand as one row."""
    counted = _counts([c.area or "?" for c in statements], smallest)
    shown = [count for count in counted if count.value is not None or count.label == "?"]
    others = sum(c.area not in {count.label for count in shown} for c in statements if c.area)
    if others:
        shown.append(Count(label={"de": "andere Gebiete"}.get(language, "other areas"), value=_cell(others, smallest)))
    return tuple(shown)


def _theme_counts(
    statements: Sequence[Candidate], quality: Quality | None, titles: Mapping[str, str], smallest: int
) -> tuple[ThemeCount, ...]:
    made = []
    for code in sorted({code for c in statements for code in c.themes}):
        carrying = [c for c in statements if code in c.themes]
        precision, recall = (
            _shown(each, smallest) for each in (quality.themes if quality else {}).get(code, (None, None))
        )
        made.append(
            ThemeCount(
                code=code,
                title=titles.get(code, code),
                statements=_cell(len(carrying), smallest),
                people=_cell(people(carrying), smallest),
                confirmed=sum(c.coded_themes is not None for c in carrying),
                precision=precision.value if precision else None,
                recall=recall.value if recall else None,
                checked=quality.statements if quality else 0,
                precision_range=precision.range if precision else None,
                recall_range=recall.range if recall else None,
                at_random=quality.at_random if quality else False,
            )
        )
    return tuple(sorted(made, key=lambda theme: (-(theme.statements or 0), theme.code)))


def _shown(measured: Measured | None, smallest: int) -> Measured | None:
    """A share of fewer statements than the smallest cell says nothing, and is not shown (R9)."""
    return measured if measured is not None and measured.base >= smallest else None


def _coding(store: Store, statements: Sequence[Candidate], quality: Quality | None) -> CodingFacts:
    """Who and what coded the statements that are counted, and how well, as far as that was measured."""
    from advocacy_monitor.coding.agreement import agreement_of

    closed = [each.name for each in store.rounds.all() if each.closed_at]
    agreement = agreement_of(store, rounds=closed) if closed else None
    best = agreement.best if agreement else None
    return CodingFacts(
        by=[by for by in store.packs.enricher_versions() if by.split("@")[0] in ("themes", "language")],
        coded_by_person=sum(c.coded_themes is not None for c in statements),
        quality=quality,
        coded_twice=best.units if best else 0,
        coded_twice_at_random=agreement is not None and agreement.random is not None,
        alpha=best.sets.value if best else None,
        alpha_range=best.sets.interval if best else None,
    )


def _method(
    store: Store,
    made: Sorted,
    exhibits: int,
    config: Config,
    query: Query,
    language: str,
    unverified: int,
    quality: Quality | None,
) -> tuple[tuple[str, str], ...]:
    statements = made.counted
    collected = [c.item.collected_at for c in statements]
    facts = method.Facts(
        sponsor=config.campaign.sponsor,
        questions=config.campaign.questions,
        sources=[
            (name, _cell(count, config.thresholds.smallest_cell))
            for name, count in sorted(Counter(channel(c.item.source) for c in statements).items())
        ],
        collected=(min(collected), max(collected)) if collected else None,
        failed_runs=store.packs.failed_runs(),
        runs_with_gaps=store.packs.runs_with(MISSED),
        rejects=sum(count for _, count in store.packs.reject_counts()),
        coding=_coding(store, statements, quality),
        statements=len(statements),
        quotable=exhibits,
        quotes_held=sum(may_quote(c, query) and held(c) for c in statements),
        smallest_base=config.thresholds.smallest_base,
        smallest_cell=config.thresholds.smallest_cell,
        sample=config.campaign.sample_data,
        posts=sum(c.item.kind == "post" and recheck_hours(c.item.source) is not None for c in statements),
        unverified=unverified,
        gone=made.left_out["gone"],
        not_looked_up=made.left_out["unverified"],
    )
    return method.method_box(facts, language)


def _query_fields(query: Query) -> dict[str, Any]:
    given: dict[str, Any] = {field.name: getattr(query, field.name) for field in fields(query)}
    return {name: str(value) if isinstance(value, date) else value for name, value in given.items() if value}


def compile_pack(
    store: Store,
    query: Query,
    config: Config,
    titles: Mapping[str, str],
    *,
    versions: Mapping[str, str] | None = None,
    looked: Looked | None = None,
    quality: Quality | None = None,
) -> EvidencePack:
    """Makes a pack of what a query finds, as the database is at one moment.

    `titles` are the themes' names in the pack's language; `versions` says which `name@version` of the enrichers in
    counting.CHECKED_BY must have seen everything; `looked` when posts must have been looked up, which is now if it is
    not given; `quality` how good the current coding of themes was found to be, None where nobody measured. The same
    query over the same data gives an equal pack, as long as the same posts count as looked up.
    Raises ExportError when items are not yet checked for personal data and copies, ConsentError or ExportError when a
    rule for quotes would be broken.
    """
    with store.snapshot():
        return _compile(store, query, config, titles, versions or {}, looked or Looked(at=store.now()), quality)


def _compile(
    store: Store,
    query: Query,
    config: Config,
    titles: Mapping[str, str],
    versions: Mapping[str, str],
    looked: Looked,
    quality: Quality | None,
) -> EvidencePack:
    made = sort_out(store, query, versions, looked)
    campaign, limits = config.campaign, config.thresholds
    language = campaign.pack_language
    statements = made.counted
    unverified = sum(not is_verified(c, looked.at) for c in statements)
    exhibits = _exhibits(store, made, query, language=language, most=limits.quotes)
    said = [c.item.created_at.astimezone(UTC).date() for c in statements]
    themes = _theme_counts(statements, quality, titles, limits.smallest_cell)
    facts_at = (store.packs.newest_fact_at(), quality.measured_at if quality else None)
    pack = EvidencePack(
        number="",
        digest="",
        title=query.title,
        language=language,
        campaign=campaign.name,
        sponsor=campaign.sponsor,
        contact=campaign.contact,
        ask=campaign.ask,
        recipient=query.recipient,
        sample=campaign.sample_data,
        as_of=max(filter(None, facts_at), default=datetime(1970, 1, 1, tzinfo=UTC)),
        period=(min(said), max(said)) if said else None,
        query=_query_fields(query),
        found=made.found,
        statements=len(statements),
        appearances=sum(made.places(c) for c in statements),
        people=people(statements),
        unverified=unverified,
        authors_unknown=sum(c.item.person_key is None for c in statements),
        left_out=tuple(
            Count(label=LABELS[language][why], value=made.left_out[why]) for why in LEFT_OUT if made.left_out[why]
        ),
        sources=_counts([channel(c.item.source) for c in statements], limits.smallest_cell),
        languages=_counts([c.language for c in statements], limits.smallest_cell),
        areas=_areas(statements, limits.smallest_cell, language),
        months=_counts([f"{day:%Y-%m}" for day in said], limits.smallest_cell, by_label=True),
        themes=themes,
        exhibits=exhibits,
        method=_method(store, made, len(exhibits), config, query, language, unverified, quality),
        smallest_base=limits.smallest_base,
        smallest_cell=limits.smallest_cell,
    )
    check_exhibits(store, pack)
    digest = hashlib.sha256(msgspec.json.encode(pack, order="sorted")).hexdigest()
    return replace(pack, digest=digest, number=f"{pack.as_of:%Y%m}-{digest[:8]}")


def check_exhibits(store: Store, pack: EvidencePack) -> None:
    """Reads every quoted item again and refuses the pack if one may not stand in it.

    Raises ConsentError for a missing consent and ExportError for a missing approval or a text that is not verbatim;
    both name the item and the rule.
    """
    for exhibit in pack.exhibits:
        number = exhibit.item_id
        now = candidate(store, number)
        if now is None:
            raise ExportError(f"item {number}: is no longer in the database")
        if gone(now):
            raise ExportError(f"item {number}: is no longer shown at its source")
        if now.status is not Status.APPROVED:
            raise ExportError(f"item {number}: is {now.status}, and only approved items are quoted")
        needed = Use.QUOTE_NAMED if exhibit.attribution or exhibit.url else None
        if (needed and needed not in now.uses) or not now.uses & {Use.QUOTE_NAMED, Use.QUOTE_UNNAMED}:
            raise ConsentError(f"item {number}: there is no consent to be {'quoted by name' if needed else 'quoted'}")
        if pack.recipient is not None and Use.SEND_TO_REPRESENTATIVE not in now.uses:
            raise ConsentError(f"item {number}: there is no consent to be sent to a representative")
        if held(now):
            raise ExportError(f"item {number}: touches on protected matters and waits for a person to read it")
        if exhibit.text != now.text or not is_verbatim(exhibit.text, now.item.text.strip()):
            raise ExportError(
                f"item {number}: the quote is not an exact run of the stored text, redacted as it must be"
            )
