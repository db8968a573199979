"""What the verbs about recipients and deliveries do over a campaign, and what they show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from advocacy_monitor.areas import Areas, folded
from advocacy_monitor.config import Loaded
from advocacy_monitor.gazetteer import read_gazetteer
from advocacy_monitor.hosting import open_store
from advocacy_monitor.models import Delivery, FollowUp, Recipient
from advocacy_monitor.plugins import nearest
from advocacy_monitor.recipients import by_key, read_list, read_recipients
from advocacy_monitor.statement_story import no_longer, sent_with
from advocacy_monitor.store import Store
from advocacy_monitor.terminal import json_line, plain, say, table, warn

_MOST_GUESSES = 10
"""A guess at what was meant takes a while in a long list."""


def show_recipients(loaded: Loaded, path: Path, *, as_json: bool) -> None:
    """The recipients of a file in its order, each with how many packs they got."""
    found = read_recipients(path)
    got: Counter[str] = Counter()
    if loaded.database.exists():
        with Store.open_read_only(loaded.database) as store:
            got.update(delivery.recipient for delivery in store.deliveries.all())
    if as_json:
        for each in found:
            json_line(_fields(each) | {"packs": got[each.key]})
        return
    rows = [(each.key, each.shown, each.area, each.language, got[each.key]) for each in found]
    table(("key", "who", "area", "language", "packs"), rows)
    say(f"{len(found)} recipients; packs for all of them: advocacy-monitor pack --title TITLE --for-each recipient")


def _fields(recipient: Recipient) -> dict[str, Any]:
    return {name: getattr(recipient, name) for name in recipient.__dataclass_fields__}


def show_check(loaded: Loaded, path: Path, *, as_json: bool) -> None:
    """What is to know about a file of recipients. Raises ConfigError with every mistake."""
    found = read_list(path)
    findings = [f"column {name}: not known, and not kept" for name in found.unknown]
    findings += [*found.notes, *_unknown_areas(loaded, found.recipients)]
    for finding in findings:
        if as_json:
            json_line({"finding": finding})
        else:
            warn(plain(finding))
    if as_json:
        json_line({"file": str(path), "recipients": len(found.recipients), "findings": len(findings)})
    else:
        say(f"{path}: {len(found.recipients)} recipients, no mistake; {len(findings)} to know")


def _unknown_areas(loaded: Loaded, found: tuple[Recipient, ...]) -> Iterator[str]:
    """Areas of recipients that stand in none of the campaign's lists: no statement will ever be theirs."""
    campaign = loaded.config.campaign
    known: dict[str, str] = {}
    if campaign.areas:
        known |= {folded(area): area for area in Areas.read(loaded.folder / campaign.areas)}
    lists = [loaded.folder / path if path else None for path in (campaign.libraries, campaign.postcodes)]
    if any(lists):
        known |= {folded(area): area for area in read_gazetteer(lists[0], lists[1]).areas.values()}
    unknown = [each for each in found if known and each.area and folded(each.area) not in known]
    for number, each in enumerate(unknown):
        near = nearest(each.area, list(known.values())) if number < _MOST_GUESSES else ""
        yield f"{each.key}: the area {each.area!r} stands in no list of the campaign{near}: no statement is theirs"


def add_delivery(
    loaded: Loaded,
    path: Path,
    *,
    pack_number: str,
    recipient: str,
    sent_on: date,
    sent_by: str,
    how: str,
    note: str,
    as_json: bool,
) -> None:
    """Notes a delivery, and warns where the pack holds what may not be quoted any more. Raises ConfigError."""
    if path.exists():
        by_key(read_recipients(path), recipient)
    with open_store(loaded) as store:
        made = store.deliveries.add(
            pack_number=pack_number, recipient=recipient, sent_on=sent_on, sent_by=sent_by, how=how, note=note
        )
        withdrawn = [item_id for item_id in store.deliveries.items_of(pack_number) if any(no_longer(store, item_id))]
    if as_json:
        json_line(_delivery(made) | {"no_longer": withdrawn})
        return
    day = f"{made.sent_on:%Y-%m-%d}"
    say(f"delivery {made.id}: pack {plain(made.pack_number)} to {plain(made.recipient)} on {day} ({made.how})")
    if withdrawn:
        warn(
            f"{len(withdrawn)} of its statements may not be quoted any more "
            f"({', '.join(map(str, withdrawn[:10]))}): tell {plain(made.recipient)}, and make the pack anew"
        )
    say(f"Next: advocacy-monitor pack follow-up {made.id} --note 'What to do' --due DATE")


def show_log(loaded: Loaded, *, recipient: str | None, number: str | None, item_id: int | None, as_json: bool) -> None:
    """The deliveries, newest day first, with what waits after each."""
    with Store.open_read_only(loaded.database) as store:
        found = store.deliveries.all() if item_id is None else sent_with(store, item_id)
        found = [d for d in found if recipient in (None, d.recipient) and number in (None, d.pack_number)]
        after = {delivery.id: store.deliveries.follow_ups(delivery.id) for delivery in found}
    for each in found if as_json else ():
        json_line(_delivery(each) | {"follow_ups": [_follow_up(one) for one in after[each.id]]})
    if as_json:
        return
    rows = []
    for each in found:
        waits = sum(one.done_at is None for one in after[each.id])
        how = f"{each.sent_on:%Y-%m-%d}, {each.how}, by {each.sent_by}"
        note = "; ".join(filter(None, (each.note, f"{waits} to do" if waits else "")))
        rows.append((each.id, how, each.recipient, each.pack_number, note))
    if rows:
        table(("no.", "sent", "to", "pack", "note"), rows)
    say("1 delivery" if len(rows) == 1 else f"{len(rows)} deliveries")


def add_follow_up(loaded: Loaded, delivery_id: int, *, note: str, due_on: date | None, who: str, as_json: bool) -> None:
    """Notes what is to be done after a delivery. Raises ConfigError."""
    with open_store(loaded) as store:
        made = store.deliveries.add_follow_up(delivery_id, note=note, who=who, due_on=due_on)
    if as_json:
        json_line(_follow_up(made))
    else:
        due = f", due {made.due_on:%Y-%m-%d}" if made.due_on else ""
        say(f"follow-up {made.id} of delivery {made.delivery_id}{due}: {plain(made.note)}")


def finish_follow_up(loaded: Loaded, follow_up_id: int, *, as_json: bool) -> None:
    """Notes that a follow-up is done. Raises ConfigError."""
    with open_store(loaded) as store:
        made = store.deliveries.done(follow_up_id)
    if as_json:
        json_line(_follow_up(made))
    else:
        say(f"follow-up {made.id} is done: {plain(made.note)}")


def show_follow_ups(loaded: Loaded, on: date, *, as_json: bool) -> None:
    """What waits, overdue first."""
    with Store.open_read_only(loaded.database) as store:
        found = store.deliveries.waiting(on)
    if as_json:
        for each in found:
            more = {"recipient": each.delivery.recipient, "pack": each.delivery.pack_number}
            json_line(_follow_up(each.follow_up) | more | {"is_overdue": each.is_overdue})
        return
    rows = []
    for each in found:
        due = f"{each.follow_up.due_on:%Y-%m-%d}" if each.follow_up.due_on else ""
        what = f"{each.follow_up.note} (noted by {each.follow_up.who})"
        when = f"{due} overdue" if each.is_overdue else due
        rows.append((each.follow_up.id, when, each.delivery.recipient, each.delivery.pack_number, what))
    if rows:
        table(("no.", "due", "recipient", "pack", "what"), rows)
    late = sum(each.is_overdue for each in found)
    say(f"{len(rows)} to do, {late} overdue; when one is done: advocacy-monitor pack follow-up --done NUMBER")


def _delivery(each: Delivery) -> dict[str, Any]:
    return {
        "id": each.id,
        "pack": each.pack_number,
        "recipient": each.recipient,
        "on": each.sent_on,
        "by": each.sent_by,
        "how": each.how,
        "note": each.note,
        "noted_at": each.noted_at,
    }


def _follow_up(each: FollowUp) -> dict[str, Any]:
    return {
        "id": each.id,
        "delivery": each.delivery_id,
        "due_on": each.due_on,
        "note": each.note,
        "by": each.who,
        "noted_at": each.noted_at,
        "done_at": each.done_at,
    }
