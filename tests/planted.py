"""A campaign in which one person's words stand in every place that the program writes to, and a search for their bytes."""

from __future__ import annotations

import json
import random
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import zstandard

from advocacy_monitor.config import Loaded, load_config
from advocacy_monitor.hosting import open_store
from advocacy_monitor.models import (
    Annotation,
    Contact,
    Item,
    OptIn,
    Page,
    Received,
    Reject,
    Relation,
    Span,
    Standing,
    Status,
    Use,
    Verdict,
)
from advocacy_monitor.moderate import decide
from advocacy_monitor.questionnaire import load_questionnaire
from advocacy_monitor.sources import webhook_spool
from advocacy_monitor.store import Store
from advocacy_monitor.store.coding import Coding, Drawn
from advocacy_monitor.store.outbox import Mail
from advocacy_monitor.store.paper import FIRST, Entry
from advocacy_monitor.store.permissions import PermissionState
from advocacy_monitor.store.scans import OnPaper
from advocacy_monitor.summary.refresh import refresh
from tests.conftest import Clock, make_post, make_submission

WINDOW = 8
_LETTERS, _WIDE = re.compile(rb"[a-z]{8,}"), re.compile(rb"(?:[a-z]\0){8,}")
_MAGIC = b"\x28\xb5\x2f\xfd"
CODE = "ABCD-EFGH-JKMN"
CONFIG = """
campaign: {name: Libraries, sponsor: Library Association, contact: desk@example.org}
enrichers: {language: {}}
backups: {days: 2}
"""
_FORM = load_questionnaire("library").form


@dataclass
class Planted:
    """Words that nobody else says: `word` makes one for a place, and `words` knows them all, by place."""

    seed: int = 8
    words: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def word(self, place: str) -> str:
        """Sixteen letters; two words of a place begin alike, as words do that the search index shortens."""
        letters = "bcdfghjklmnpqrstvwxz"
        made = "".join(self._random.choice(letters) for _ in range(16))
        self.words[place] = made
        return made

    @property
    def windows(self) -> dict[bytes, str]:
        """Every run of eight letters of every word, with where it was put."""
        return {
            word[at : at + WINDOW].encode(): place
            for place, word in self.words.items()
            for at in range(len(word) - WINDOW + 1)
        }


@dataclass
class Campaign:
    """The folder, opened for writing, with the numbers of what was stored."""

    loaded: Loaded
    store: Store
    planted: Planted
    post: int
    repost: int
    quote: int
    answer: int
    flyer: int
    others: tuple[int, ...]
    handle: str
    email: str


def stored(store: Store, *items: Item, rejects: tuple[Reject, ...] = (), collector: str = "x") -> list[int]:
    first = store.items.last_id() + 1
    store.add_page(store.runs.start(collector, kind="import"), Page(items=items, rejects=rejects), collector=collector)
    return list(range(first, store.items.last_id() + 1))


def campaign(folder: Path, clock: Clock) -> Campaign:
    """Makes it; the store stays open."""
    (folder / "config.yaml").write_text(CONFIG, encoding="utf-8")
    loaded, p = load_config(folder / "config.yaml"), Planted()
    store = open_store(loaded, clock=clock)
    handle, email = p.word("handle"), f"{p.word('email')}@example.org"
    many = [make_post(f"Somebody else says number {n}.", author_id=f"other-{n}") for n in range(40)]
    others = stored(store, *many)
    post, repost, quote = _posts(store, p, handle)
    _said_of(store, p, post)
    answer = _answer(store, p, email)
    flyer = _on_paper(store, p, email)
    _mails(store, p, email)
    _files(loaded, p, post, handle)
    others += stored(store, make_post("And somebody else says more.", author_id="other-99"))
    refresh(store, loaded)
    return Campaign(loaded, store, p, post, repost, quote, answer, flyer, tuple(others), handle, email)


def _posts(store: Store, p: Planted, handle: str) -> tuple[int, int, int]:
    name = f"{p.word('first name')} {p.word('last name')}"
    about = {"author_id": "7", "author_handle": handle, "author_name": name}
    text = f"I found {p.word('text')} and straße{p.word('text with ß')} there, {p.word('hashtag')}."
    first = make_post(
        text, source_id="1790000000000000001", **about, media_alt=(p.word("media alt"),),
        place=p.word("place"), hashtags=(p.words["hashtag"],), url=f"https://x.example/{handle}/1",
        raw=json.dumps({"text": text, "user": about, "bio": p.word("payload")}).encode(),
    )  # fmt: skip
    repost = make_post(text, author_id="8", relation=Relation.REPOST, related_id=first.source_id)
    quoting = make_post(
        "Quite so.", author_id="9", relation=Relation.QUOTE, related_id=first.source_id,
        raw=json.dumps({"text": "Quite so.", "quoted": {"text": text, "user": handle}}).encode(),
    )  # fmt: skip
    reject = Reject(
        position=f"line 4 ({handle})", reason=f"no date in {handle}", payload=f'{{"by":"{handle}"}}'.encode()
    )
    one, two, three = stored(store, first, repost, quoting, rejects=(reject,))
    edited = make_post(f"{text} {p.word('edit')}", source_id=first.source_id, **about)
    stored(store, edited)
    return one, two, three


def _said_of(store: Store, p: Planted, post: int) -> None:
    """What enrichers, coders, moderators, translators and platforms leave behind of a post."""
    store.assertions.begin("personal_data", "personal_data@1")
    store.assertions.add(
        [
            Annotation(
                item_id=post,
                label="personal_data",
                value=p.words["last name"],
                by="personal_data@1",
                spans=(Span(0, 4),),
            )
        ]
    )
    store.vectors.keep("encoder@1", {post: p.word("vector").encode() * 8})
    decide(store, [post], Status.APPROVED, moderator="Ada", reason=f"because {p.word('reason')}", clock=store.now)
    store.translations.add(post, "de", f"Ich fand {p.word('translation')}.", "ab" * 32, "Kim")
    store.permissions.add(
        post, PermissionState.GRANTED, scope=(Use.QUOTE_NAMED,), proof=f"mail of {p.word('proof')}", who="Kim"
    )
    store.assertions.set_aside("personal_data@1", post, f"broke at {p.word('set aside')}", after=0)
    made = store.rounds.make(
        "first", [Drawn(item_id=post, position=1, drawn="random", reason="")],
        codebook=("library", 1, "d"), seed=1, made_by="Ada",
    )  # fmt: skip
    store.rounds.add(made.id, [Coding(item_id=post, coder="Kim", answer="none", note=f"says {p.word('note')}")])
    store.actions.add("Ada", "redact", item_ids=[post], detail=f"names {p.word('action')}")
    item = store.items.get([post])[0]
    store.verifications.apply(
        [Verdict(source="x", source_id=item.source_id, standing=Standing.STANDS, detail=p.word("verdict"))]
    )


def _answer(store: Store, p: Planted, email: str) -> int:
    """An answer of the form, corrected once, with a code, contact details and an address to be confirmed."""
    contact = Contact(
        name=p.word("contact name"), email=email, phone="+49 170 5550137", other={"street": p.word("street")}
    )
    uses = frozenset(Use)

    def sent(place: str) -> Received:
        text = f"I learned {p.word(place)} here."
        return Received(
            submission=make_submission(
                text, source="form", source_id="sending-1", contact=contact, consents=uses,
                library=f"the one beside {p.word(f'library ({place})')}",
                answers={"other": p.word(f"answer ({place})")}, postcode="12345",
            ),
            form=_FORM, language="en", code=CODE,
            opt_in=OptIn(token=p.word(f"token ({place})"), email=email, language="en", wants_contact=True),
        )  # fmt: skip

    store.submissions.add([sent("first answer")])
    (kept,) = store.submissions.add([sent("corrected answer")])
    return kept.item_id


def _on_paper(store: Store, p: Planted, email: str) -> int:
    """A flyer with its picture, what was read on it twice, and the contact details that stand on it."""
    batch = store.paper.open_batch(
        "Main Street", library="Lindenrode", language="en", form_id=store.submissions.keep_form(_FORM),
        received_on=date(2026, 10, 30), seed=7, by="Anna",
    )  # fmt: skip
    text = f"On paper I wrote {p.word('flyer')}."
    store.paper.add(
        Entry(batch_id=batch.id, flyer=3, entry=FIRST, sending="s-3", fields={"words": text}, transcriber="Anna")
    )
    store.paper.scans.add(batch.id, 3, [("image/jpeg", p.word("scan").encode() * 40)], by="Anna")
    store.paper.scans.keep("s-3", batch.id, 3, OnPaper(name=p.word("name on paper"), email=email, code=CODE))
    submission = make_submission(
        text, source="paper", source_id=f"{batch.id}-3", contact=Contact(email=email), consents=frozenset(Use)
    )
    (kept,) = store.submissions.add([Received(submission=submission, form=_FORM, language="en", channel="paper")])
    entry = store.paper.entry(batch.id, 3, FIRST)
    assert entry is not None
    store.paper.stored(entry, kept.item_id)
    return kept.item_id


def _mails(store: Store, p: Planted, email: str) -> None:
    mail = Mail(kind="thanks", recipient=email, language="en", subject=p.word("subject"), body=p.word("mail"))
    store.mails.outbox.queue([mail], domain="example.org")


def _files(loaded: Loaded, p: Planted, post: int, handle: str) -> None:
    """Files beside the database, as the program and people make them."""
    for name in ("packs", "selections", "models", "incoming"):
        (loaded.folder / name).mkdir()
    (loaded.folder / "selections" / "spring.yaml").write_text(f"- item: {post}\n  text: says {p.words['text']}, yes\n")
    (loaded.folder / "models" / "training.json").write_text(json.dumps({"names": [handle]}))
    webhook_spool.prepare(loaded.folder / "incoming")
    (loaded.folder / "incoming" / "1.json").write_text(
        json.dumps({"text": f"I found {p.words['text']} and more", "by": handle})
    )


def fragments(folder: Path, planted: Planted) -> set[tuple[str, str]]:
    """Every file in which a run of a planted word stands, however its letters are written, with where it was put.

    What is compressed with Zstandard is read unfolded: backups, and payloads within databases.
    """
    windows = planted.windows
    return {
        (str(path.relative_to(folder)), windows[run])
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        for content in unfolded(path)
        for run in _runs(content)
        if run in windows
    }


def _runs(content: bytes) -> Iterator[bytes]:
    """Every eight letters in a row, in UTF-8 and in UTF-16."""
    lower = content.lower()
    wide = (found.replace(b"\0", b"") for found in _WIDE.findall(lower))
    for letters in (*_LETTERS.findall(lower), *wide):
        for at in range(len(letters) - WINDOW + 1):
            yield letters[at : at + WINDOW]


def unfolded(path: Path) -> Iterator[bytes]:
    """A file's bytes, those that Zstandard folded anywhere in it, and the payloads of a database."""
    content = path.read_bytes()
    if content[:4] == _MAGIC:
        content = _unfold(content)
    yield content
    at = -1
    while (at := content.find(_MAGIC, at + 1)) >= 0:
        yield _unfold(content[at:])
    if content[:16] == b"SQLite format 3\x00":
        yield from _payloads(content)


def _unfold(content: bytes) -> bytes:
    """What can be read of it: in a page of a database only its beginning may stand."""
    found = bytearray()
    unfolding = zstandard.ZstdDecompressor().decompressobj()
    try:
        for at in range(0, len(content), 64):
            found += unfolding.decompress(content[at : at + 64])
    except zstandard.ZstdError:
        return bytes(found)
    return bytes(found)


def _payloads(content: bytes) -> Iterator[bytes]:
    with sqlite3.connect(":memory:") as db:
        db.deserialize(content[:18] + b"\1\1" + content[20:])  # without its log, which is looked into by itself
        if db.execute("SELECT 1 FROM sqlite_master WHERE name = 'segments'").fetchone():
            for (payload,) in db.execute("SELECT payload FROM segments"):
                yield zstandard.ZstdDecompressor().decompress(payload, max_output_size=2**31)
    db.close()
