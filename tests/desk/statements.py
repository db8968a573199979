"""A campaign's database filled with invented statements, hostile ones among them, as every stage would leave it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from advocacy_monitor.config import Campaign, Config, Loaded
from advocacy_monitor.models import (
    Annotation,
    Contact,
    Decision,
    Item,
    Page,
    Post,
    Reject,
    Relation,
    Span,
    Status,
    Submission,
    Use,
)
from advocacy_monitor.store import Store

HOSTILE = (
    "<script>document.title = 'owned'</script> I love my library",
    '"><img src=x onerror=alert(1)> the library',
    "javascript:alert(document.cookie)",
    "\u202egnp.elif the library \u202d",
    '=HYPERLINK("https://example.org") {{ 7 * 7 }} {% raw %} \'; DROP TABLE items; --',
    "x" * 100_000,
)
THEMES = ("reading_collections", "loneliness_isolation", "children_family", "staff_help", "study_work_space")
AREAS = ("Riverside", "Weststadt", "Linden", "North End")
_TEXTS = (
    "I felt so lonely until I found the Monday group at our library, number {n}.",
    "Die Bücherei in der Straße {n} hat uns über den Winter geholfen.",
    "My daughter read her first {n} books there, and the staff knew her name.",
    "A quiet table, a warm room and {n} hours to study: that is what the library is to me.",
    "Without the library's computers I could not have written {n} applications.",
)
_USES = frozenset({Use.ANALYSE, Use.QUOTE_UNNAMED})


def campaign(folder: Path, *, sample: bool = False, name: str = "Missed My Library") -> Loaded:
    """A campaign in a folder, with its own names for the two files."""
    about = Campaign(name=name, sponsor="Example Library Association", contact="a@example.org", sample_data=sample)
    return Loaded(config=Config(campaign=about), path=folder / "config.yaml")


def _item(number: int, start: datetime) -> Item:
    text = HOSTILE[number] if number < len(HOSTILE) else _TEXTS[number % len(_TEXTS)].format(n=number // 2)
    said = start + timedelta(minutes=37 * number)
    raw = json.dumps({"id": number, "text": text}).encode()
    if number % 3 == 0:
        return Submission(
            source="survey:spring",
            source_id=str(number),
            text=text,
            created_at=said,
            raw=raw,
            library="Lindenrode" if number % 2 else None,
            area=AREAS[number % len(AREAS)],
            consents=_USES if number % 9 else frozenset(),
            contact=Contact(name="Hidden Person", email=f"hidden{number}@example.com"),
        )
    return Post(
        source="mastodon" if number % 2 else "x",
        source_id=str(number),
        text=text,
        created_at=said,
        raw=raw,
        url=f"https://example.org/posts/{number}",
        language=("en", "de", None)[number % 3],
        hashtags=("DankeBibliothek",),
        author_handle=f"reader{number % 997}",
        author_id=f"author-{number % 997}",
        relation=Relation.REPOST if number % 50 == 49 else None,
    )


def _facts(item_id: int, text: str) -> Iterator[Annotation]:
    words = Span(0, min(len(text), 16))
    theme = THEMES[item_id % len(THEMES)]
    yield Annotation(item_id=item_id, label="language", value="de" if "ü" in text else "en", by="language@1", score=0.9)
    yield Annotation(item_id=item_id, label="theme", value=theme, by="themes@2", score=0.8, spans=(words,))
    if item_id % 2:
        other = THEMES[(item_id + 2) % len(THEMES)]
        yield Annotation(item_id=item_id, label="theme", value=other, by="themes@2", score=0.6, spans=(words,))
    yield Annotation(item_id=item_id, label="sentiment", value="positive", by="sentiment@1", score=0.4)
    yield Annotation(item_id=item_id, label="relevance", value="statement", by="relevance@1", score=0.9)
    yield Annotation(item_id=item_id, label="area_method", value="text", by="places@1")
    if item_id % 7 == 0:
        yield Annotation(item_id=item_id, label="area", value=AREAS[item_id % 4], by="places@1")
    if item_id % 10 == 0 and item_id > 20:
        yield Annotation(
            item_id=item_id, label="duplicate_of", value=str(item_id - item_id % 50 + 7), by="duplicates@1", score=1.0
        )
    if item_id % 11 == 0:
        yield Annotation(item_id=item_id, label="personal_data", value="email", by="personal_data@1", spans=(words,))
    if item_id % 13 == 0:
        yield Annotation(item_id=item_id, label="risk", value="health", by="personal_data@1", spans=(words,))


def _decisions(item_ids: range, at: datetime) -> Iterator[Decision]:
    for item_id in item_ids:
        if item_id % 4 == 0:
            continue
        status, reason = Status.APPROVED, ""
        if item_id % 8 == 1:
            status, reason = Status.REJECTED, "<b>an announcement</b>"
        elif item_id % 8 == 3:
            status, reason = Status.ESCALATED, "touches on health: somebody should ask"
        yield Decision(item_id=item_id, status=status, moderator="M. Example", reason=reason, decided_at=at)


def _rejects(number: int) -> tuple[Reject, ...]:
    if number % 500:
        return ()
    return (Reject(position=f"line {number}", reason="no text", payload=b"{}%d" % number),)


def fill(path: Path, count: int, *, contacts: Path, now: datetime | None = None) -> None:
    """Makes a database of so many items, with annotations, decisions, rejects, a finished and a failed run."""
    moment = now or datetime.now(UTC)
    start = moment - timedelta(minutes=37 * count)
    with Store.open(path, contacts_path=contacts, clock=lambda: moment) as store:
        run = store.runs.start("spring survey", "import")
        for first in range(0, count, 1000):
            numbers = range(first, min(first + 1000, count))
            items = tuple(_item(number, start) for number in numbers)
            page = Page(items=items, rejects=_rejects(first), checkpoint={"last": numbers[-1]})
            store.add_page(run, page, collector="spring survey", expected=store.cursor("spring survey"))
        store.runs.finish(run, "done")
        failed = store.runs.start("mastodon", "collect")
        store.runs.finish(failed, "failed", "the server said <i>401 Unauthorized</i>")
        store.assertions.begin("themes", "themes@1")
        for item in store.items.get([1, 2, 3]):
            store.assertions.add([Annotation(item_id=item.id, label="theme", value="old_version", by="themes@1")])
        for name, version in (("language", 1), ("themes", 2), ("sentiment", 1), ("duplicates", 1)):
            store.assertions.begin(name, f"{name}@{version}")
        for batch in store.items.each():
            store.assertions.add(fact for item in batch for fact in _facts(item.id, item.text))
            store.assertions.decide(_decisions(range(batch[0].id, batch[-1].id + 1), moment))
        coder = "person:C. Example"
        store.assertions.add(
            Annotation(item_id=item_id, label=label, value=value, by=coder)
            for item_id in (2, 6, 10)
            for label, value in (("coded", "themes"), ("theme", "children_family"))
        )
