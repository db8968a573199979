"""Letters to whoever was handed a pack that quotes what was removed: one a person, in their language, ready to send.

They name packs and the numbers of quotes, and nothing of what was said or who said it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from advocacy_monitor.config import Loaded
from advocacy_monitor.errors import ExportError
from advocacy_monitor.exporters.atomic import cause_of, whole_file
from advocacy_monitor.models import Delivery, Recipient
from advocacy_monitor.recipients import read_recipients
from advocacy_monitor.recipients_keys import made_key
from advocacy_monitor.store import Store
from advocacy_monitor.translate import Texts, form_texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One letter. `recipient` is the key that deliveries name; `name` who that is, the key where no list says it."""

    recipient: str
    name: str
    language: str
    subject: str
    body: str
    packs: tuple[str, ...]

    @property
    def text(self) -> str:
        """As it stands in its file."""
        return f"{self.name}\n\n{self.subject}\n\n{self.body}"


def letters(store: Store, loaded: Loaded, item_ids: Sequence[int] | None = None) -> list[Letter]:
    """A letter for each recipient of a pack that quotes these items; without ids, of what was ever removed.

    Without ids it is about deliveries of which a follow-up still waits: who was told needs no second letter.
    Raises ConfigError when the list of recipients cannot be read.
    """
    removed = store.erasures.quoted_of(item_ids)
    by_recipient: dict[str, list[Delivery]] = {}
    for delivery in sorted(store.deliveries.all(), key=lambda each: (each.sent_on, each.id)):
        waits = item_ids is not None or any(each.done_at is None for each in store.deliveries.follow_ups(delivery.id))
        if delivery.pack_number in removed and waits:
            by_recipient.setdefault(delivery.recipient, []).append(delivery)
    path = loaded.folder / loaded.config.campaign.recipients
    known = {each.key: each for each in read_recipients(path)} if path.is_file() and by_recipient else {}
    return [
        _letter(loaded, key, known.get(key), deliveries, removed) for key, deliveries in sorted(by_recipient.items())
    ]


def _letter(
    loaded: Loaded,
    key: str,
    recipient: Recipient | None,
    deliveries: Sequence[Delivery],
    removed: dict[str, tuple[int, ...]],
) -> Letter:
    campaign = loaded.config.campaign
    t = form_texts(recipient.language if recipient and recipient.language else campaign.pack_language)
    begins = recipient.salutation if recipient and recipient.salutation else t.text("Dear Sir or Madam,")
    parts = [
        begins,
        t.text(
            "Somebody whom we quoted has asked us to delete what they said, and we have done so. "
            "It stands in what we gave you:"
        ),
        "\n".join(_lines(t, deliveries, removed)),
        t.text(
            "Please delete these quotes from every copy that you have, and do not use them any more. "
            "If you passed them on, please pass this request on as well. "
            "We will gladly send you a new version without them."
        ),
        f"{campaign.sponsor}\n{campaign.contact}",
    ]
    return Letter(
        recipient=key,
        name=recipient.shown if recipient else key,
        language=t.code,
        subject=t.text("Please delete quotes from what we gave you"),
        body="\n\n".join(parts) + "\n",
        packs=tuple(dict.fromkeys(each.pack_number for each in deliveries)),
    )


def _lines(t: Texts, deliveries: Sequence[Delivery], removed: dict[str, tuple[int, ...]]) -> Iterator[str]:
    for each in deliveries:
        quotes = ", ".join(map(str, removed[each.pack_number]))
        yield "- " + t.text(
            "Evidence pack {number}, given on {day}: quote no. {quotes}",
            number=each.pack_number,
            day=t.day(each.sent_on),
            quotes=quotes,
        )


def write(found: Sequence[Letter], folder: Path) -> list[Path]:
    """Writes each letter to a text file of its own, readable by its owner only. Raises ExportError."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ExportError(f"{folder} was not made: {cause_of(error)}") from error
    paths = []
    taken: set[str] = set()
    for each in found:
        name = made_key(each.recipient, "", taken)
        taken.add(name)
        path = folder / f"{name}.txt"
        with whole_file(path) as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(each.text.encode())
        paths.append(path)
    return paths
