"""What the verbs about the choice of quotes do over a campaign: propose, translate, tell where a quote was used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace as replaced
from pathlib import Path
from typing import cast

from advocacy_monitor.candidates import chosen_candidates
from advocacy_monitor.config import Loaded
from advocacy_monitor.errors import ConfigError, ExportError, ModerationError
from advocacy_monitor.exporters.atomic import whole_file
from advocacy_monitor.hosting import open_store
from advocacy_monitor.line import build_enricher
from advocacy_monitor.models import Annotation, Query
from advocacy_monitor.packing import Order, compiled
from advocacy_monitor.plugins import ENRICHERS, build
from advocacy_monitor.protocols import Enricher
from advocacy_monitor.selection_file import propose
from advocacy_monitor.store import Store
from advocacy_monitor.terminal import json_line, plain, say, table
from advocacy_monitor.translations import translate_item


def propose_pack(
    loaded: Loaded, query: Query, output: Path, *, order: Order, most: int = 60, replace: bool = False
) -> int:
    """Writes the selection file of a pack that is not made yet; returns how many quotes it holds.

    `order` says for whom the pack is to be. A file that is there already may hold somebody's choice: it is replaced
    only if that is said. Raises ConfigError, ExportError.
    """
    if output.exists() and not replace:
        raise ConfigError(f"{output}: is there already and may hold somebody's choice; add --replace, or name another")
    with open_store(loaded) as store:
        pack = compiled(store, loaded, query, order)
        shown = pack.exhibits[:most]
        items = [each.item_id for each in shown]
        # By the key: the pack that is made of the file is again about this recipient's area, in their language.
        for_whom = replaced(query, recipient=order.recipient.key) if order.recipient else query
        written = propose(
            shown,
            store.choices.times_used(items),
            query=for_whom,
            sent=store.choices.times_sent(items),
            richness={each.item.id: each.richness for each in chosen_candidates(store, items)},
        )
    if not shown:
        raise ExportError("no statement of this query may be quoted; `advocacy-monitor pack` tells what was left out")
    with whole_file(output) as handle:
        handle.write(written.encode())
    return len(shown)


def translate(loaded: Loaded, item_id: int, language: str, text: str, *, by: str) -> None:
    """Notes a person's translation of a statement and tells what it is of; an empty text takes the last one back."""
    with open_store(loaded) as store:
        written = translate_item(store, item_id, language, text, translator=by, finder=finder(loaded))
        (found,) = chosen_candidates(store, [item_id])
    if not written.text:
        say(f"item {item_id}: its translation into {language} was taken back")
        return
    say(f"item {item_id}, {found.language}: {plain(found.text)}")
    say(f"translation into {language}, by {plain(by)}: {plain(written.text)}")


def mark_stance(loaded: Loaded, item_ids: Sequence[int], stance: str, *, by: str) -> None:
    """Notes what the authors of statements do: a person's last word counts, before the software's (R14)."""
    with open_store(loaded) as store:
        known = {item.id for item in store.items.get(item_ids)}
        if missing := [item_id for item_id in item_ids if item_id not in known]:
            raise ModerationError(f"item {missing[0]}: there is no such item")
        store.assertions.add(
            Annotation(item_id=item_id, label="stance", value=stance, by=f"person:{by}") for item_id in item_ids
        )
    say(f"{len(item_ids)} marked {stance}: {', '.join(map(str, item_ids))}")


def finder(loaded: Loaded) -> Enricher:
    """The campaign's own search for personal data, or the shipped one."""
    if "personal_data" in loaded.config.enrichers:
        return build_enricher(loaded, "personal_data")
    return cast(Enricher, build(ENRICHERS, "personal_data", {}, where="personal_data"))


def show_uses(loaded: Loaded, item_ids: Sequence[int], *, as_json: bool) -> None:
    """In which packs statements stand, where, who chose that, and who got the pack."""
    rows: list[tuple[int | str, ...]] = []
    with Store.open_read_only(loaded.database) as store:
        unknown = [item_id for item_id in item_ids if not store.items.get([item_id])]
        if unknown:
            raise ConfigError(f"item {unknown[0]}: there is no such item")
        for item_id in item_ids:
            for use in store.choices.of_item(item_id):
                sent = [f"{each.recipient} ({each.sent_on})" for each in store.deliveries.of_pack(use.pack_number)]
                pack = (use.pack_number, f"{use.made_at:%Y-%m-%d}", use.title)
                rows.append((item_id, *pack, use.place, use.chosen_by, ", ".join(sent)))
    headings = ("item", "pack", "made", "title", "place", "chosen by", "sent to")
    if as_json:
        for row in rows:
            json_line(dict(zip((name.replace(" ", "_") for name in headings), row, strict=True)))
    elif rows:
        table(headings, rows)
    else:
        say("In no pack yet.")
