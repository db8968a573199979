"""The personal data enricher: what would lead from a statement to a person (R7), with its place in the text.

`personal_data` spans are exact runs of the text: a pack blacks them out. `risk` says why a person must read the
statement first. Both lean to finding too much; docs/explanation/enrichers.md has what was measured.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar

from pydantic import Field, field_validator

from advocacy_monitor.enrichers import contact_details
from advocacy_monitor.enrichers.addresses import find_addresses
from advocacy_monitor.enrichers.names import find_names
from advocacy_monitor.enrichers.plain_text import version_with_settings
from advocacy_monitor.enrichers.risks import find_risks
from advocacy_monitor.models import Annotation, Span, StoredItem
from advocacy_monitor.protocols import Plugin, Reader

_SURE, _LIKELY = 0.9, 0.6


class PersonalDataEnricher(Plugin):
    """Asserts `personal_data` and `risk`, one annotation for each kind that an item holds.

    `personal_data` is one of email, phone, url, handle, iban, card, address, name, date_of_birth; `risk` one of minor,
    health, religion, politics, homelessness, crisis, sexuality, origin. `regions` are the countries (ISO 3166) whose
    national ways of writing a phone number are known.
    """

    BASE_VERSION: ClassVar[str] = "cues-2"

    regions: tuple[str, ...] = Field(default=("DE", "AT", "CH", "GB", "AU", "NZ", "US", "CA", "FR", "ES"), min_length=1)

    @field_validator("regions")
    @classmethod
    def _known_regions(cls, regions: tuple[str, ...]) -> tuple[str, ...]:
        from phonenumbers import SUPPORTED_REGIONS

        unknown = [region for region in regions if region not in SUPPORTED_REGIONS]
        if unknown:
            raise ValueError(f"{', '.join(unknown)}: not a country code such as DE, GB or AU")
        return regions

    @property
    def version(self) -> str:
        return version_with_settings(self.BASE_VERSION, self)

    def enrich(self, items: Sequence[StoredItem], reader: Reader) -> Iterable[Annotation]:
        """The annotations of each item; none for an item that gives nobody away."""
        by = f"personal_data@{self.version}"
        for item in items:
            for value, score, spans in self._found(item):
                yield Annotation(item_id=item.id, label="personal_data", value=value, score=score, spans=spans, by=by)
            for value, risky in find_risks(item.text, item.answers).items():
                yield Annotation(item_id=item.id, label="risk", value=value, spans=tuple(risky), by=by)

    def _found(self, item: StoredItem) -> Iterator[tuple[str, float, tuple[Span, ...]]]:
        text = item.text
        names = list(find_names(text, author_name=item.author_name))
        kinds: tuple[tuple[str, Iterable[Span]], ...] = (
            ("email", contact_details.find_emails(text)),
            ("phone", contact_details.find_phones(text, self.regions)),
            ("url", contact_details.find_urls(text)),
            ("handle", contact_details.find_handles(text)),
            ("iban", contact_details.find_ibans(text)),
            ("card", contact_details.find_cards(text)),
            ("address", find_addresses(text)),
            ("date_of_birth", contact_details.find_birth_dates(text)),
        )
        for value, spans in kinds:
            if merged := _merged(spans):
                yield value, _SURE, merged
        if merged := _merged(name.span for name in names):
            yield "name", _SURE if any(name.cued for name in names) else _LIKELY, merged


def _merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Spans in their order, with overlapping ones made one."""
    found = tuple(spans)
    if len(found) < 2:
        return found if found and found[0].end > found[0].start else ()
    merged: list[Span] = []
    for span in sorted(found, key=lambda span: (span.start, span.end)):
        if merged and span.start < merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        elif span.end > span.start:
            merged.append(span)
    return tuple(merged)
