"""The statements that may be quoted, as exhibits; and the last check before a file with them leaves.

An exhibit is redacted, consented and approved as the database says at that moment. Between the moment in which a pack
was compiled and the one in which its file is done, people withdraw and moderators reject: so everything is read again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, date

from advocacy_monitor import choose
from advocacy_monitor.candidates import Candidate, chosen_candidates, gone, held
from advocacy_monitor.errors import ConsentError, ExportError
from advocacy_monitor.models import EvidencePack, Exhibit, Status, Translation, Use
from advocacy_monitor.redact import is_verbatim, plain_name
from advocacy_monitor.store import Store
from advocacy_monitor.terms import TERMS
from advocacy_monitor.translations import valid_translations


def channel(source: str) -> str:
    """A source's name for readers: 'survey:Spring' becomes 'Survey: Spring'."""
    kind, _, name = source.partition(":")
    shown = TERMS[kind].name if kind in TERMS else kind[:1].upper() + kind[1:]
    return f"{shown}: {name}" if name else shown


def in_order(quotable: Sequence[Candidate], *, language: str) -> list[Candidate]:
    """The statements that may be quoted, in the order in which the software proposes them."""
    by_id = {found.item.id: found for found in quotable}
    return [by_id[item_id] for item_id in choose.order([_quotable(c) for c in quotable], language=language)]


def _quotable(found: Candidate) -> choose.Quotable:
    return choose.Quotable(
        item_id=found.item.id,
        length=len(found.item.text),
        language=found.language,
        themes=tuple(sorted(found.themes)),
        library=found.library,
        source=found.item.source,
        redactions=len(found.personal),
        local=found.area is not None,
        richness=found.richness,
        text=found.text,
        age_band=found.item.age_band,
        relevance=found.relevance,
        area=found.area,
        critical="complaint" in found.stances,
    )


def exhibits_of(store: Store, found: Sequence[Candidate], appearances: Sequence[int]) -> tuple[Exhibit, ...]:
    """Exhibits in this order, numbered from 1; `appearances` are the places in which each was seen."""
    captures = store.items.capture_digests([each.item.id for each in found])
    translations = valid_translations(store, {each.item.id: each.text for each in found})
    return tuple(
        _exhibit(number, each, captures.get(each.item.id, ""), places, translations.get(each.item.id, ()))
        for number, (each, places) in enumerate(zip(found, appearances, strict=True), start=1)
    )


def _exhibit(
    number: int, candidate: Candidate, capture: str, appearances: int, translations: tuple[Translation, ...]
) -> Exhibit:
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
        critical=candidate.complaint_by_person,
        translations=translations,
    )


def _printable(url: str | None) -> str | None:
    """The address of a post, unless it carries parameters, which may track; a comment of YouTube needs its own."""
    return None if url is None or ("?" in url and not url.startswith("https://www.youtube.com/watch?v=")) else url


def _verified_on(candidate: Candidate) -> date | None:
    seen = candidate.verification.verified_at if candidate.verification else None
    return seen.astimezone(UTC).date() if seen else None


def check_exhibits(store: Store, pack: EvidencePack, *, read: Sequence[Candidate] = ()) -> None:
    """Reads every quoted item again and refuses the pack if one may not stand in it.

    `read` are items that were read in the same transaction, and need not be read once more. Raises ConsentError for a
    missing consent and ExportError for a missing approval or a text that is not verbatim; both name the item and the
    rule.
    """
    now = {found.item.id: found for found in read}
    again = [each.item_id for each in pack.exhibits if each.item_id not in now]
    now |= {found.item.id: found for found in chosen_candidates(store, again)}
    for exhibit in pack.exhibits:
        found = now.get(exhibit.item_id)
        if found is None:
            raise ExportError(f"item {exhibit.item_id}: is no longer in the database")
        named = bool(exhibit.attribution or exhibit.url)
        if why := why_not_quoted(found, named=named, sent=pack.recipient is not None):
            raise why
        _check_words(exhibit, found)
    shown = {each.item_id: each.translations for each in pack.exhibits if each.translations}
    valid = valid_translations(store, {item_id: now[item_id].text for item_id in shown})
    for item_id, translations in shown.items():
        if not set(translations) <= set(valid.get(item_id, ())):
            raise ExportError(f"item {item_id}: its translation was changed or taken back")


def why_not_quoted(found: Candidate, *, named: bool, sent: bool) -> ExportError | ConsentError | None:
    """Why a statement may not be quoted now, as the error to raise, or None. `sent`: to a named recipient."""
    number = found.item.id
    if gone(found):
        return ExportError(f"item {number}: is no longer shown at its source")
    if found.status is not Status.APPROVED:
        return ExportError(f"item {number}: is {found.status}, and only approved items are quoted")
    needed = {Use.QUOTE_NAMED} if named else {Use.QUOTE_NAMED, Use.QUOTE_UNNAMED}
    if not found.uses & needed:
        return ConsentError(f"item {number}: there is no consent to be {'quoted by name' if named else 'quoted'}")
    if sent and Use.SEND_TO_REPRESENTATIVE not in found.uses:
        return ConsentError(f"item {number}: there is no consent to be sent to a representative")
    if held(found):
        return ExportError(f"item {number}: touches on protected matters and waits for a person to read it")
    return None


def _check_words(exhibit: Exhibit, found: Candidate) -> None:
    number = exhibit.item_id
    text = found.text
    if exhibit.text != text or not is_verbatim(exhibit.text, found.item.text.strip()):
        raise ExportError(f"item {number}: the quote is not an exact run of the stored text, redacted as it must be")
    if exhibit.text_sha256 != hashlib.sha256(text.encode()).hexdigest():
        raise ExportError(f"item {number}: the digest of the quote is not that of its words")
    if exhibit.quoted and not is_verbatim(exhibit.quoted, text):
        raise ExportError(f"item {number}: the shortened quote is not made of exact runs of the text")
