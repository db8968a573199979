"""A campaign in which everything that somebody may not see holds a word of its own, to be looked for in every answer."""

from __future__ import annotations

import io
import re
import sqlite3
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from advocacy_monitor.coding.rounds import coding, record
from advocacy_monitor.config import Loaded, load_config
from advocacy_monitor.desk.pack_jobs import jobs_of
from advocacy_monitor.hosting import open_store
from advocacy_monitor.models import Annotation, Contact, Span, Status, Use
from advocacy_monitor.moderate import decide
from advocacy_monitor.permission import record as permit
from advocacy_monitor.questionnaire import load_questionnaire
from advocacy_monitor.store import Store
from advocacy_monitor.store.paper import Entry
from advocacy_monitor.store.permissions import PermissionState
from advocacy_monitor.store.scans import OnPaper
from tests.conftest import looked_up, make_post, make_submission
from tests.desk.coding_steps import draw
from tests.desk.packing_site import AREAS, CONFIG, PLAIN, RECIPIENTS
from tests.desk.site import Client, Site, open_site
from tests.test_packing import SENT, filled

OPEN = "OPENLYSHARED"
"""In the one post that may be shared."""

HOSTILE = (
    "<script>document.title='owned'</script> I read here and <img src=x onerror=alert(1)> I like it",
    "\"><svg onload=alert(2)>' --> </textarea></title></script> my library {{ 7*7 }} {% raw %} is warm",
    "\u202egnp.elif the lamps of the reading room\u202c \u200b\u2066 are kind",
    '=HYPERLINK("http://evil.example.org","x") @SUM(1) is what the leaflet of the reading room said',
    "A\x01B\x07C\x1bD the bell rings at six and the reading room \ufffe closes",
    "long words of the reading room " * 3300,
)

NAMES = ("<b onmouseover=alert(3)>\u202eHillside</b>", "=1+1</script><script>alert(4)</script>")
"""Of a library and an area."""

STATEMENTS = {
    "SECRETREJECTED": "zebra",
    "SECRETPENDING": "walrus",
    "SECRETESCALATED": "osprey",
    "SECRETNOCONSENT": "badger",
    "SECRETWITHDRAWN": "marmot",
    "SECRETHELD": "otter",
}
"""The words of statements that may not be shared, each with a second word of theirs that one could search for."""

OF_PEOPLE = ("SECRETHANDLE", "SECRETAUTHORNAME", "SECRETAUTHORID", "secretmail", "0170 7654321")
OF_MODERATION = ("SECRETREASON", "SECRETPROOF", "SECRETTRANSLATION", "SECRETLIBRARY", "SECRETAREA", "SECRETLOG")
OF_CODERS = ("SECRETNOTE",)
OF_FLYERS = ("SECRETFLYER",)
"""What stands on a flyer that was entered by hand."""
OF_CONTACTS = ("SECRETCONTACT", "secretcontact")
"""These stand in another file, and on no page at all."""

NOT_SHARED = (*STATEMENTS, *OF_PEOPLE, *OF_MODERATION, *OF_CODERS, *OF_FLYERS, *OF_CONTACTS)


def prepare_marked(folder: Path) -> dict[str, int]:
    """Fills a folder and returns the numbers of the statements by their words; 'open', 'round' and so on by name."""
    for name, text in (("config.yaml", CONFIG), ("recipients.csv", RECIPIENTS), ("areas.csv", AREAS)):
        (folder / name).write_text(text, encoding="utf-8")
    loaded = load_config(folder / "config.yaml")
    with open_store(loaded) as store:
        filled(store, loaded, *_items())
        numbers = _numbers(store)
        _decide(store, numbers)
        looked_up(store)
    with open_site(loaded) as site:
        numbers["round"] = draw(site, "autumn-1", size=8, again="yes")
        _work(loaded, numbers, site.desk.codebook)
    _flyer(loaded)
    loaded.accounts.unlink()  # each test has its own people
    return numbers


def _items() -> list[Any]:
    secret = [
        make_submission(
            f"{word} {other} came to the reading room on a {other} day and told of {PLAIN[number][::-1]}",
            consents=frozenset({Use.ANALYSE}) if word == "SECRETNOCONSENT" else SENT,
            library="SECRETLIBRARY" if word == "SECRETREJECTED" else "Lindenrode",
            area="SECRETAREA" if word == "SECRETREJECTED" else "Riverside",
            contact=Contact(name="SECRETCONTACT Person", email="secretcontact@example.com"),
        )
        for number, (word, other) in enumerate(STATEMENTS.items())
    ]
    post = make_post(
        f"{OPEN} The reading room helped me through winter, write to secretmail@example.com or ring 0170 7654321.",
        author_handle="SECRETHANDLE",
        author_id="SECRETAUTHORID",
        author_name="SECRETAUTHORNAME",
        url="https://example.org/@SECRETHANDLE/1",
    )
    plain = [
        make_submission(text, consents=SENT, area="Riverside" if n % 2 else "Hillside") for n, text in enumerate(PLAIN)
    ]
    hostile = [
        make_submission(text, consents=SENT, area=NAMES[number % 2], library=NAMES[(number + 1) % 2])
        for number, text in enumerate(HOSTILE)
    ]
    return [*plain, *hostile, *secret, post]


def _numbers(store: Store) -> dict[str, int]:
    words = {**dict.fromkeys(STATEMENTS, ""), OPEN: ""}
    numbers = {word: item.id for batch in store.items.each() for item in batch for word in words if word in item.text}
    numbers["hostile"] = len(PLAIN) + 1
    return numbers


def _decide(store: Store, of: Mapping[str, int]) -> None:
    for word, status in (
        ("SECRETREJECTED", Status.REJECTED),
        ("SECRETPENDING", Status.PENDING),
        ("SECRETESCALATED", Status.ESCALATED),
    ):
        decide(store, [of[word]], status, moderator="Kim", reason="SECRETREASON", clock=store.now)
    for use in SENT:
        store.assertions.consent([of["SECRETWITHDRAWN"]], use, granted=False, proof="SECRETPROOF")
    held = Annotation(item_id=of["SECRETHELD"], label="risk", value="minor", by="person:Kim", spans=(Span(0, 3),))
    store.assertions.add([held])
    scope = [Use.QUOTE_UNNAMED, Use.SEND_TO_REPRESENTATIVE]
    permit(store, of[OPEN], PermissionState.ASKED, who="Kim", proof="SECRETPROOF")
    permit(store, of[OPEN], PermissionState.GRANTED, who="Kim", scope=scope, proof="SECRETPROOF")
    store.actions.add("Kim", "redact", item_ids=[of["SECRETPENDING"]], detail="SECRETLOG")


def _work(loaded: Loaded, numbers: Mapping[str, int], codebook: Any) -> None:
    """A colleague's codes with a note, and a translation of what was rejected afterwards."""
    with open_store(loaded) as store:
        round_ = store.rounds.all()[0]
        drawn = [each.item_id for each in store.rounds.drawn(round_.id)]
        record(store, round_, [coding(codebook, item, "Anna", "none", note="SECRETNOTE") for item in drawn[:4]])
    conn = sqlite3.connect(loaded.database)
    with conn:
        conn.execute(
            "INSERT INTO translations (item_id, language, text, of_sha256, translator, made_at) "
            "VALUES (?, 'de', 'SECRETTRANSLATION', 'x', 'Kim', '2026-11-01T00:00:00+00:00')",
            [numbers["SECRETREJECTED"]],
        )
    conn.close()


def _flyer(loaded: Loaded) -> None:
    """A flyer that somebody entered, with the contact details and the scan that belong to it."""
    with open_store(loaded) as store:
        form_id = store.submissions.keep_form(load_questionnaire("library").form)
        batch = store.paper.open_batch(
            "box", library=None, language="en", form_id=form_id, received_on=date(2026, 11, 1), seed=1, by="Kim"
        )
        read = {"words": "SECRETFLYER", "consents": "analyse"}
        entry = Entry(batch_id=batch.id, flyer=1, entry="first", sending="s", fields=read, transcriber="Kim")
        store.paper.add(replace(entry, left_out="blank"))
        store.paper.scans.keep("s", batch.id, 1, OnPaper(name="SECRETCONTACT", email="secretcontact@example.com"))
        store.paper.scans.add(batch.id, 1, [("image/jpeg", b"SECRETFLYER SECRETCONTACT")], by="Kim")


def whole(content: bytes) -> str:
    """The text of an answer, with everything that is packed in it."""
    if not content.startswith(b"PK"):
        return content.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return "\n".join([*packed.namelist(), *(whole(packed.read(name)) for name in packed.namelist())])


def leaked(content: bytes, words: tuple[str, ...] = NOT_SHARED) -> list[str]:
    """Which of the words stand in an answer."""
    text = whole(content)
    return [word for word in words if word in text]


class Marked:
    """A desk over the marked campaign."""

    def __init__(self, site: Site, numbers: dict[str, int], job: str) -> None:
        self.site = site
        self.numbers = numbers
        self.job = job

    def client(self, role: str | None) -> Client:
        return self.site.client(role)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        conn = sqlite3.connect(self.site.campaign.database)
        try:
            return conn.execute(sql).fetchall()
        finally:
            conn.close()

    @property
    def state(self) -> list[Any]:
        """How much was ever written, apart from who downloaded what."""
        tables = ("decisions", "annotations", "consents", "codings", "coding_rounds", "translations", "items", "packs")
        return [self.rows(f"SELECT count(*) FROM {table}") for table in tables]

    def filled_in(self, path: str, secret: str = "SECRETREJECTED") -> str:
        """The path of a page, about a statement that may not be shared."""
        values = {
            "item": self.numbers[secret],
            "account": 1,
            "round": self.numbers["round"],
            "job": self.job,
            "number": self.rows("SELECT number FROM packs")[0][0],
            "delivery": 1,
            "follow_up": 1,
            "batch": 1,
            "scan": 1,
        }
        names = {"name": "themes" if path.startswith("/dashboards") else "spring"}
        return re.sub(r"\{(\w+)(:\w+)?\}", lambda found: str({**values, **names}[found[1]]), path)


@contextmanager
def opened(folder: Path) -> Iterator[Marked]:
    """A desk over a marked campaign, with a pack and a proposal that an advocate has made."""
    numbers = prepare_marked(folder)
    with open_site(load_config(folder / "config.yaml")) as site:
        advocate, jobs = site.client("advocate"), jobs_of(site.campaign, site.desk.clock)
        wishes = {"title": "All of it", "unverified": "1", "format": ["csv", "json", "html", "xlsx", "bundle"]}
        answer = advocate.post("/packs/new", wishes)
        assert answer.status_code == 303, answer.text
        proposed = advocate.post("/packs/choose", {"name": "spring", "title": "Spring", "language": "en"})
        assert proposed.status_code == 303, proposed.text
        assert jobs.wait()
        yield Marked(site, numbers, answer.headers["location"].rpartition("/")[2])
