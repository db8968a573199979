"""Stage 4: approved, consented items into an EvidencePack, honestly counted.

Every found item is either counted or left out for the first reason that applies, so the numbers always add up.
Nothing lifts approval, consent or redaction: there is no flag for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, date, datetime
from typing import Any

from advocacy_monitor import __version__, breakdowns, method
from advocacy_monitor.answer_counts import Answers
from advocacy_monitor.candidates import Candidate, chosen_candidates
from advocacy_monitor.codebook import Codebook
from advocacy_monitor.collect import MISSED
from advocacy_monitor.config import Config
from advocacy_monitor.counting import asked_forms, closed_questions, read_ledger
from advocacy_monitor.errors import ConsentError, ExportError
from advocacy_monitor.exhibits import channel, check_exhibits, exhibits_of, in_order, why_not_quoted
from advocacy_monitor.ledger import (
    CODED,
    COMPLAINT,
    HELD,
    LOOKED_UP_AT_PLATFORM,
    QUOTABLE,
    SENDABLE,
    UNVERIFIED,
    Ledger,
    Parted,
    Positions,
)
from advocacy_monitor.left_out import LEFT_OUT, Looked, label
from advocacy_monitor.method_coding import CodingFacts
from advocacy_monitor.models import (
    Brand,
    Choice,
    Count,
    EvidencePack,
    Exhibit,
    Quality,
    Query,
    Recipient,
    Widening,
)
from advocacy_monitor.pack_digest import pack_digest
from advocacy_monitor.selection import Selection, apply
from advocacy_monitor.store import Store
from advocacy_monitor.translate import texts

__all__ = ["Groundwork", "check_exhibits", "compile_from", "compile_pack", "groundwork"]

_SIFTED, _OF_EACH_THEME = 300, 12
"""So many quotes, and so many of each theme, are looked at closely where more may be quoted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Groundwork:
    """What all packs of one moment rest on: read once, for one pack or for three hundred.

    `quality` is how good the current coding of themes was found to be, None where nobody measured.
    """

    ledger: Ledger
    looked: Looked
    as_of: datetime
    failed_runs: Sequence[tuple[str, int]]
    runs_with_gaps: Sequence[tuple[str, int]]
    rejects: int
    coded_by: Sequence[str]
    coded_twice: int
    coded_twice_at_random: bool
    alpha: float | None
    alpha_range: tuple[float, float] | None
    quality: Quality | None
    codebook: Codebook | None
    codebook_name: str
    made_with: tuple[tuple[str, str], ...]
    answers: Answers


@dataclass(frozen=True, slots=True, kw_only=True)
class For:
    """For whom a pack is, beside what its query says: recipient, widening of the area, brand, staff's choice."""

    recipient: Recipient | None = None
    widening: Widening | None = None
    brand: Brand = field(default_factory=Brand)
    selection: Selection | None = None
    language: str = ""


def groundwork(
    store: Store,
    *,
    versions: Mapping[str, str] | None = None,
    looked: Looked | None = None,
    quality: Quality | None = None,
    codebook: Codebook | None = None,
    closed: Sequence[str] = (),
) -> Groundwork:
    """Reads the whole database once, as it is at one moment.

    `versions` says which `name@version` of the enrichers in left_out.CHECKED_BY must have seen everything; `looked`
    when posts must have been looked up, which is now if it is not given. `closed` names
    the questions of surveys that were answered from a list; the campaign's own form needs no naming.
    Raises ExportError when items are not yet checked for personal data and copies.
    """
    from advocacy_monitor.coding.agreement import agreement_of

    looked = looked or Looked(at=store.now())
    forms = asked_forms(store)
    questions = closed_questions(forms, closed)
    ledger = read_ledger(store, versions or {}, looked, questions=questions)
    closed = [each.name for each in store.rounds.all() if each.closed_at]
    agreement = agreement_of(store, rounds=closed) if closed else None
    best = agreement.best if agreement else None
    facts_at = (store.packs.newest_fact_at(), quality.measured_at if quality else None)
    coded_by = [by for by in store.packs.enricher_versions() if by.split("@")[0] in ("themes", "language")]
    made_with = [("advocacy-monitor", __version__)]
    made_with += [(name, version) for name, _, version in (b.partition("@") for b in store.packs.enricher_versions())]
    digest = codebook.digest[:8] if codebook else ""
    if codebook is not None:
        made_with.append((f"codebook {codebook.name}", f"{codebook.version} ({digest})"))
    return Groundwork(
        ledger=ledger,
        looked=looked,
        as_of=max(filter(None, facts_at), default=datetime(1970, 1, 1, tzinfo=UTC)),
        failed_runs=store.packs.failed_runs(),
        runs_with_gaps=store.packs.runs_with(MISSED),
        rejects=sum(count for _, count in store.packs.reject_counts()),
        coded_by=coded_by,
        coded_twice=best.units if best else 0,
        coded_twice_at_random=agreement is not None and agreement.random is not None,
        alpha=best.sets.value if best else None,
        alpha_range=best.sets.interval if best else None,
        quality=quality,
        codebook=codebook,
        codebook_name=f"{codebook.name}, version {codebook.version} ({digest})" if codebook else "",
        made_with=tuple(made_with),
        answers=Answers(ledger, questions, list(forms.values())),
    )


def compile_pack(
    store: Store,
    query: Query,
    config: Config,
    titles: Mapping[str, str],
    *,
    versions: Mapping[str, str] | None = None,
    looked: Looked | None = None,
    quality: Quality | None = None,
    given: For | None = None,
) -> EvidencePack:
    """Makes a pack of what a query finds, as the database is at one moment.

    `titles` are the themes' names in the pack's language; for the others see `groundwork`. The same query over the
    same data gives an equal pack, as long as the same posts count as looked up.
    Raises ExportError when items are not yet checked for personal data and copies, ConsentError or ExportError when a
    rule for quotes would be broken.
    """
    with store.snapshot():
        ground = groundwork(
            store, versions=versions, looked=looked, quality=quality, closed=config.desk.closed_questions
        )
        return compile_from(store, ground, query, config, titles, given=given)


def compile_from(
    store: Store,
    ground: Groundwork,
    query: Query,
    config: Config,
    titles: Mapping[str, str],
    *,
    given: For | None = None,
) -> EvidencePack:
    """Makes one of several packs that rest on the same groundwork. Raises as compile_pack does."""
    given = given or For()
    campaign, limits, ledger = config.campaign, config.thresholds, ground.ledger
    language = given.language or campaign.pack_language
    t = texts(language)
    made = ledger.part(query)
    statements = made.counted
    found = _quotes(store, ledger, made, query, given, language=language, most=limits.quotes)
    exhibits, choice = _exhibits(store, ledger, made, query, given, found)
    unverified = int(ledger.has(statements, UNVERIFIED).sum())
    broken = breakdowns.Breakdowns(ledger, statements, t, limits.smallest_cell)
    pack = EvidencePack(
        number="",
        digest="",
        title=query.title,
        language=language,
        campaign=campaign.name,
        sponsor=campaign.sponsor,
        contact=campaign.contact,
        ask=(given.recipient.ask if given.recipient else "") or campaign.ask,
        recipient=query.recipient,
        sample=campaign.sample_data,
        as_of=ground.as_of,
        period=ledger.said(statements),
        query=_query_fields(query),
        found=made.found,
        statements=len(statements),
        appearances=int(made.appearances.sum()),
        people=ledger.people(statements),
        unverified=unverified,
        authors_unknown=ledger.unknown(statements),
        left_out=tuple(
            Count(label=label(why, t), value=made.left_out[why]) for why in LEFT_OUT if made.left_out.get(why)
        ),
        sources=broken.sources(),
        languages=broken.languages(),
        areas=broken.areas(),
        months=broken.months(),
        themes=broken.themes(titles, ground.quality, ground.codebook),
        exhibits=exhibits,
        method=method.method_box(
            _method_facts(ground, made, config, query, choice=choice, unverified=unverified, language=language),
            language,
        ),
        smallest_base=limits.smallest_base,
        smallest_cell=limits.smallest_cell,
        libraries=broken.libraries(),
        channels=broken.channels,
        critical=breakdowns.cell_or_none_at_all(int(ledger.has(statements, COMPLAINT).sum()), limits.smallest_cell),
        brand=given.brand,
        addressee=given.recipient,
        widening=given.widening,
        choice=choice,
        questions=tuple(dict.fromkeys((*campaign.questions, *_asked(ground, statements, language)))),
        codebook=ground.codebook_name,
        made_with=ground.made_with,
        answers=ground.answers.counts(statements, language=language, smallest=limits.smallest_cell),
    )
    check_exhibits(store, pack, read=found)
    digest = pack_digest(pack)
    return replace(pack, digest=digest, number=f"{pack.as_of:%Y%m}-{digest[:8]}")


def _quotes(
    store: Store, ledger: Ledger, made: Parted, query: Query, given: For, *, language: str, most: int
) -> list[Candidate]:
    """The best statements that may be quoted, and those that staff chose, in the order of the software."""
    quotable = _quotable(ledger, made, query)
    sifted = ledger.best(quotable, language=language, most=max(most, _SIFTED), of_each_theme=_OF_EACH_THEME)
    ids = ledger.ids(sifted)
    wanted = {each.item for each in given.selection.quotes} if given.selection else set[int]()
    if wanted:
        ids += sorted(wanted.intersection(ledger.ids(quotable)) - set(ids))
    found = in_order(_still(chosen_candidates(store, ids), query), language=language)
    keep = {each.item.id for each in found[:most]} | wanted
    return [each for each in found if each.item.id in keep]


def _exhibits(
    store: Store, ledger: Ledger, made: Parted, query: Query, given: For, found: Sequence[Candidate]
) -> tuple[tuple[Exhibit, ...], Choice]:
    """The quotes in the order of the software, or as staff changed it, and who chose them."""
    quotable = len(_quotable(ledger, made, query))
    exhibits = exhibits_of(store, found, ledger.appearances_of(made, [each.item.id for each in found]))
    if given.selection is None:
        return exhibits, Choice(quotable=quotable, proposed=len(exhibits))
    changed, choice = apply(given.selection, exhibits, why=lambda item_id: _why(store, item_id, query))
    return changed, replace(choice, quotable=quotable)


def _quotable(ledger: Ledger, made: Parted, query: Query) -> Positions:
    """The counted statements that consent covers quoting, and that do not wait for a person."""
    allowed = ledger.has(made.counted, SENDABLE if query.recipient is not None else QUOTABLE)
    return made.counted[allowed & ~ledger.has(made.counted, HELD)]


def _still(found: Sequence[Candidate], query: Query) -> list[Candidate]:
    """Those that may be quoted still: a groundwork may be some minutes old."""
    sent = query.recipient is not None
    return [each for each in found if why_not_quoted(each, named=False, sent=sent) is None and each.text.strip()]


def _why(store: Store, item_id: int, query: Query) -> str:
    """What happened to a statement that staff chose and that may not be quoted."""
    found = chosen_candidates(store, [item_id])
    if not found:
        return f"item {item_id}: is not in the database"
    why: ExportError | ConsentError | None = why_not_quoted(found[0], named=False, sent=query.recipient is not None)
    return str(why) if why else f"item {item_id}: is not among the statements that this pack counts"


def _asked(ground: Groundwork, statements: Positions, language: str, joined: str = "") -> list[str]:
    """What people were asked, with the form that asked it in brackets: each question, or those of a form `joined`."""
    made = []
    for form, questions in ground.answers.asked(statements, language):
        found = [joined.join(questions)] if joined and form else questions
        made += [f"{each} ({form})" if form else each for each in found]
    return made


def _method_facts(
    ground: Groundwork, made: Parted, config: Config, query: Query, *, choice: Choice, unverified: int, language: str
) -> method.Facts:
    ledger, statements = ground.ledger, made.counted
    smallest = config.thresholds.smallest_cell
    allowed = ledger.has(statements, SENDABLE if query.recipient is not None else QUOTABLE)
    return method.Facts(
        sponsor=config.campaign.sponsor,
        questions=tuple(dict.fromkeys((*config.campaign.questions, *_asked(ground, statements, language, " / ")))),
        sources=[
            (count.label, count.value)
            for count in breakdowns.Breakdowns(ledger, statements, texts("en"), smallest).sources()
        ],
        collected=ledger.collected(statements),
        failed_runs=ground.failed_runs,
        runs_with_gaps=ground.runs_with_gaps,
        rejects=ground.rejects,
        coding=CodingFacts(
            by=ground.coded_by,
            coded_by_person=int(ledger.has(statements, CODED).sum()),
            quality=ground.quality,
            coded_twice=ground.coded_twice,
            coded_twice_at_random=ground.coded_twice_at_random,
            alpha=ground.alpha,
            alpha_range=ground.alpha_range,
        ),
        statements=len(statements),
        quotable=choice.quotable,
        quotes_held=int((allowed & ledger.has(statements, HELD)).sum()),
        smallest_base=config.thresholds.smallest_base,
        smallest_cell=smallest,
        sample=config.campaign.sample_data,
        posts=int(ledger.has(statements, LOOKED_UP_AT_PLATFORM).sum()),
        unverified=unverified,
        gone=made.left_out.get("gone", 0),
        not_looked_up=made.left_out.get("unverified", 0),
        only_sources=tuple(dict.fromkeys(channel(name) for name in query.sources)),
        only_libraries=query.libraries,
    )


def _query_fields(query: Query) -> dict[str, Any]:
    given: dict[str, Any] = {each.name: getattr(query, each.name) for each in fields(query)}
    return {name: str(value) if isinstance(value, date) else value for name, value in given.items() if value}
