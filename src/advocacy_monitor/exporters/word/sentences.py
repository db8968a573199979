"""What letter and press release say of a pack in whole sentences: how much was counted, from where, and its limits.

Both carry figures to people who have not seen the pack, so number, base, period, channels and the way people came in
stand beside them (R9), and what only software found is not told as a finding (R12).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC

from advocacy_monitor.exporters import figures
from advocacy_monitor.exporters.quotes import shortened
from advocacy_monitor.exporters.story import Finding, Story
from advocacy_monitor.exporters.wording import Wording
from advocacy_monitor.models import EvidencePack, Exhibit
from advocacy_monitor.translate import Texts

MOST_CHANNELS = 6
_MOST_AREAS = 3


def joined(sentences: Iterable[str], t: Texts) -> str:
    """Sentences as one paragraph; Chinese has no blank between them."""
    return ("" if t.code == "zh" else " ").join(each for each in sentences if each)


def sender(pack: EvidencePack) -> str:
    """Who speaks: the brand's name, or the campaign's sponsor."""
    return pack.brand.name or pack.sponsor


def contact(pack: EvidencePack) -> str:
    """How they are reached: as the brand says, or the campaign."""
    return pack.brand.contact or pack.contact


def day(pack: EvidencePack, t: Texts) -> str:
    """The day of the pack's newest fact (UTC), the only date that a document may carry."""
    return t.day(pack.as_of.astimezone(UTC).date())


def counted(pack: EvidencePack, words: Wording) -> Iterator[str]:
    """How many statements by how many people, from which period and by which channels."""
    t = words.t
    yield t.counted("{n} statement was counted.", "{n} statements were counted.", pack.statements)
    if pack.authors_unknown and pack.people:
        yield t.counted("{n} known person wrote or said this.", "{n} known people wrote or said this.", pack.people)
    elif pack.people:
        yield t.counted("{n} person wrote or said this.", "{n} people wrote or said this.", pack.people)
    if pack.authors_unknown:
        yield t.counted(
            "The author of {n} statement is not known.",
            "The authors of {n} statements are not known.",
            pack.authors_unknown,
        )
    if pack.period is None:
        yield t.text("It is not known when they were made.")
    else:
        yield t.text("They date from this period: {period}.", period=figures.period(pack.period, words, unbroken=True))
    if pack.sources:
        yield t.text("They came in through these channels: {channels}.", channels=_channels(pack, words))


def _channels(pack: EvidencePack, words: Wording) -> str:
    cell = pack.smallest_cell
    named = [
        f"{each.label} ({figures.counted(each.value, words, smallest_cell=cell)})"
        for each in pack.sources[:MOST_CHANNELS]
    ]
    if len(pack.sources) > MOST_CHANNELS:
        named.append(words.t.text("other channels"))
    return ("、" if words.t.code == "zh" else "، " if words.t.code == "ar" else ", ").join(named)


def where_from(pack: EvidencePack, t: Texts) -> str:
    """The area that the statements are from, and why it is not the one asked for (R16); '' for all areas."""
    if pack.widening is not None:
        values = {"area": pack.widening.steps[0].label, "least": t.number(pack.widening.least)}
        if not pack.widening.area:
            return t.text(
                "Too few statements came from {area} alone (fewer than {least}), so these are from all areas.", **values
            )
        return t.text(
            "Too few statements came from {area} alone (fewer than {least}), so these are from {wider}.",
            wider=pack.widening.area,
            **values,
        )
    area = _area(pack)
    return t.text("The statements are from {area}.", area=area) if area else ""


def _area(pack: EvidencePack) -> str:
    """What the query was limited to, as the addressee's own list calls it; '' for no or too many areas."""
    asked = pack.query.get("areas") or ()
    areas = [asked] if isinstance(asked, str) else [str(each) for each in asked]
    if areas and pack.addressee is not None and pack.addressee.area:
        return pack.addressee.area
    return ", ".join(areas) if len(areas) <= _MOST_AREAS else ""


def proven(told: Story, *, most: int) -> Sequence[Finding]:
    """The first findings that a person coded or whose coding was measured (R12)."""
    return [each for each in told.findings if each.proven][:most]


def unproven(pack: EvidencePack, t: Texts) -> str:
    """What is said where no finding is proven; '' where there are no themes at all."""
    if not pack.themes:
        return ""
    return t.text(
        "The themes of the statements were suggested by software, and how good these suggestions are is not yet known. "
        "So no figures for themes are given here."
    )


def fitting(exhibits: Sequence[Exhibit], *, most: int, limit: int) -> list[Exhibit]:
    """The first quotes that hold any words, each in at most `limit` characters with a marked omission."""
    shown = [each for each in exhibits if each.printed.strip()][:most]
    return [replace(each, quoted=shortened(each.printed, limit)) for each in shown]
