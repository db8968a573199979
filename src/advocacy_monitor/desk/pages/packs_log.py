"""All packs that were made, who got which, and what is still to be done about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from starlette.responses import Response

from advocacy_monitor.desk.context import Asked, Page, Refusal
from advocacy_monitor.desk.pack_jobs import Job, jobs_of
from advocacy_monitor.desk.pack_query import recipients_of
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.models import Delivery, FollowUp, Recipient
from advocacy_monitor.recipients import by_key
from advocacy_monitor.staff.roles import Right
from advocacy_monitor.statement_story import no_longer
from advocacy_monitor.store import Store
from advocacy_monitor.store.deliveries import WAYS
from advocacy_monitor.store.packs import NotedPack

_A_PAGE = 50
_LONGEST = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class PackLine:
    """A pack in the list: with its deliveries, and the job that has its files, if the desk made it."""

    pack: NotedPack
    deliveries: Sequence[Delivery]
    job: Job | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """A delivery with what was noted after it."""

    delivery: Delivery
    shown: str
    follow_ups: Sequence[FollowUp]


def index(asked: Asked) -> Response:
    """The packs, what is being made, and what waits to be done."""
    store = asked.desk.reader()
    page = _number(asked, "page")
    noted = store.packs.newest(_A_PAGE, skip=page * _A_PAGE)
    jobs = jobs_of(asked.desk.loaded, asked.desk.clock).all()
    with_files = {job.number: job for job in reversed(jobs) if job.files and job.number}
    lines = [
        PackLine(pack=each, deliveries=store.deliveries.of_pack(each.number), job=with_files.get(each.number))
        for each in noted
    ]
    total = store.packs.count()
    return asked.page(
        "packs.html",
        lines=lines,
        total=total,
        number=page,
        is_last=(page + 1) * _A_PAGE >= total,
        running=[job for job in jobs if not job.is_over],
        failed=[job for job in jobs if job.is_over and not job.files and job.kind == "pack"][:5],
        waiting=store.deliveries.waiting(asked.desk.clock().date()),
        names=_names(asked),
    )


def _number(asked: Asked, key: str) -> int:
    given = asked.query.get(key, "0")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 7 else 0


def _names(asked: Asked) -> dict[str, str]:
    """What recipients are called, by key; nothing where their file has mistakes."""
    try:
        return {each.key: each.shown for each in recipients_of(asked.desk.loaded)}
    except ConfigError:
        return {}


def made(asked: Asked) -> Response:
    """One pack: its figures, whether it may still be used, who got it."""
    return _made(asked)


def _made(asked: Asked, *, wrong: str = "", status: int = 200) -> Response:
    store, pack = asked.desk.reader(), _pack(asked)
    names = _names(asked)
    handed = [
        Handed(
            delivery=each,
            shown=names.get(each.recipient, each.recipient),
            follow_ups=store.deliveries.follow_ups(each.id),
        )
        for each in store.deliveries.of_pack(pack.number)
    ]
    items = store.deliveries.items_of(pack.number)
    used = store.choices.times_used(items)
    return asked.page(
        "packs_made.html",
        status=status,
        pack=pack,
        query={name: value for name, value in pack.query.items() if name != "title"},
        job=jobs_of(asked.desk.loaded, asked.desk.clock).of_pack(pack.number),
        no_longer=_no_longer(store, items),
        choices=store.choices.of_pack(pack.number),
        used_again=sum(number > 1 for number in used.values()),
        handed=handed,
        recipients=_recipients(asked),
        ways=WAYS,
        today=asked.desk.clock().date(),
        wrong=wrong,
    )


def _recipients(asked: Asked) -> Sequence[Recipient]:
    try:
        return recipients_of(asked.desk.loaded)
    except ConfigError:
        return ()


def _pack(asked: Asked) -> NotedPack:
    pack = asked.desk.reader().packs.get(str(asked.path["number"]))
    if pack is None:
        raise Refusal(404, asked.t.text("There is no pack of this number."))
    return pack


def _no_longer(store: Store, items: Sequence[int]) -> list[tuple[int, str]]:
    """The statements of a pack that may not be quoted any more, with why."""
    there = {item.id for item in store.items.get(items)}
    found = [(item_id, "; ".join(no_longer(store, item_id))) for item_id in items if item_id in there]
    gone = [(item_id, "is no longer in the database") for item_id in items if item_id not in there]
    return [(item_id, why) for item_id, why in found if why] + gone


def sent(asked: Asked) -> Response:
    """Notes that a pack was handed to somebody."""
    pack, key = _pack(asked), _word(asked, "recipient")
    try:
        known = recipients_of(asked.desk.loaded)
        recipient = by_key(known, key).key if known else key
        with asked.desk.writer() as store:
            delivery = store.deliveries.add(
                pack_number=pack.number,
                recipient=recipient,
                sent_on=_day(asked, "on") or asked.desk.clock().date(),
                sent_by=asked.person.name,
                how=_word(asked, "how"),
                note=_word(asked, "note"),
            )
            asked.desk.note(store, asked.person, "pack sent", detail=f"{pack.number} to {recipient}")
    except ConfigError as error:
        return _made(asked, wrong=str(error), status=400)
    return asked.to(f"/packs/made/{pack.number}", say=asked.t.text("Delivery {number} is noted.", number=delivery.id))


def follow_up(asked: Asked) -> Response:
    """Notes what is to be done, or what came, after a delivery."""
    pack = _pack(asked)
    try:
        with asked.desk.writer() as store:
            delivery = store.deliveries.get(int(asked.path["delivery"]))
            if delivery.pack_number != pack.number:
                raise Refusal(404, asked.t.text("This pack has no such delivery."))
            store.deliveries.add_follow_up(
                delivery.id, note=_word(asked, "note"), who=asked.person.name, due_on=_day(asked, "due")
            )
            asked.desk.note(store, asked.person, "pack follow-up", detail=f"{pack.number}, delivery {delivery.id}")
    except ConfigError as error:
        return _made(asked, wrong=str(error), status=400)
    return asked.to(f"/packs/made/{pack.number}", say=asked.t.text("It is noted."))


def done(asked: Asked) -> Response:
    """Notes that a follow-up is done."""
    with asked.desk.writer() as store:
        made = store.deliveries.done(int(asked.path["follow_up"]))
        asked.desk.note(store, asked.person, "pack follow-up done", detail=str(made.id))
    back = _word(asked, "back")
    return asked.to(back if back.startswith("/packs") else "/packs", say=asked.t.text("It is done."))


def _word(asked: Asked, key: str) -> str:
    given = asked.form.get(key)
    return given.strip()[:_LONGEST] if isinstance(given, str) else ""


def _day(asked: Asked, key: str) -> date | None:
    words = _word(asked, key)
    try:
        return date.fromisoformat(words) if words else None
    except ValueError:
        raise ConfigError(f"{key}: is no day such as 2026-11-22, found {words[:40]!r}") from None


PAGES = (
    Page("GET", "/packs", Right.EXPORT, index),
    Page("GET", "/packs/made/{number}", Right.EXPORT, made),
    Page("POST", "/packs/made/{number}/sent", Right.EXPORT, sent),
    Page("POST", "/packs/made/{number}/follow-up/{delivery:int}", Right.EXPORT, follow_up),
    Page("POST", "/packs/follow-ups/{follow_up:int}/done", Right.EXPORT, done),
)
