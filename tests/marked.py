"""A campaign with a marker in every contact field and raw payload, and a search for markers in files of any kind."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pikepdf
from PIL import PngImagePlugin
from pypdf import PdfReader

from advocacy_monitor.config import Loaded, load_config
from advocacy_monitor.hosting import open_store
from advocacy_monitor.models import Contact, OptIn, Page, Post, Received, Reject, Submission, Use
from advocacy_monitor.questionnaire import load_questionnaire
from advocacy_monitor.store import Store
from advocacy_monitor.store.paper import FIRST, Entry
from advocacy_monitor.store.scans import OnPaper
from tests.planted import unfolded
from tests.sources.replay import Answer, Request

CONFIG = """campaign:
  name: Libraries
  sponsor: Library Association
  contact: desk@example.org
  ask: Keep them open
form:
  address: https://form.example.org
mail: {host: 127.0.0.1, port: 9, sender: office@example.org, security: none}
digest: {to: [staff@example.org]}
thresholds: {smallest_cell: 1, smallest_base: 1}
verification: {hours: ""}
alerts: {to: [staff@example.org], failures: 1}
collectors:
  paper: {source: feed, hours: "*/6", settings: {feeds: [URL/feed]}}
  broken: {source: feed, hours: "*/6", settings: {feeds: [URL/broken]}}
  away: {source: mastodon, hours: "*/6", settings: {instances: [URL], hashtags: [MyLibrary], attempts: 1}}
"""
STORED = (
    *("zqnamemark", "zqmailmark", "zqstreetmark", "zqphonemark", "zqrawmark", "zqrejectmark", "zqpostrawmark"),
    *("zqtokenmark", "zqaccountmark", "zqscanname", "zqscanmail", "zqfeedmark", "zqfeedreject"),
)
"""Put into the campaign. The account's name of a post that nobody asked is one of them: no pack may hold it."""
SENT = ("zqanswermark",)
"""Stands in answers of servers that cannot be read."""
MARKERS = (*STORED, *SENT)
CODE = "ABCD-EFGH-JKMN"
MANY = 12
_SAID = (
    "The librarian taught me to read",
    "I found my first job on its computers",
    "Our baby group met there every week",
    "They printed my visa papers for nothing",
    "My grandfather learned to send mails",
    "It was the only warm room in town",
    "I wrote my whole thesis at the window",
    "Strangers became friends over chess",
    "The book bus came up to our village",
    "I borrowed a sewing machine and a drill",
    "Homework club gave my son a quiet place",
    "A story hour in Turkish made us at home",
)
NAMED = 11
"""The answer of a person who may be named. It waits for a moderator, so nobody may see the name yet."""
_FORM = load_questionnaire("library").form
_FEED = """<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Paper</title>
<item><guid>https://paper.example/1</guid><link>https://paper.example/1</link><title>Our library</title>
<description>The library lends tools #MyLibrary</description><dc:creator>Zqfeedmark Muster</dc:creator>
<pubDate>Mon, 02 Nov 2026 10:00:00 GMT</pubDate></item>
<item><guid>https://paper.example/2</guid><title> </title><dc:creator>Zqfeedreject Muster</dc:creator></item>
</channel></rss>"""


def platform(request: Request) -> Answer:
    """A feed with one entry that can be read and one that cannot; everything else fails, and repeats what it holds."""
    if request.path == "/feed":
        return Answer(body=_FEED.encode(), headers={"Content-Type": "application/rss+xml"})
    if request.path == "/broken":
        return Answer(status=410, body=b"Gone: zqanswermark@example.org")
    return Answer(body=b'[{"id": "1", "content": "zqanswermark", "account": {"acct": "zqanswermark"')


def campaign(folder: Path, url: str) -> Loaded:
    """Makes it in a folder. Collectors ask the server at `url`; nothing of them has run."""
    folder.mkdir()
    (folder / "config.yaml").write_text(CONFIG.replace("URL", url), encoding="utf-8")
    made = load_config(folder / "config.yaml")
    with open_store(made) as store:
        store.submissions.add([_answer(number, datetime.now(UTC)) for number in range(MANY)])
        _posts(store, datetime.now(UTC))
        _on_paper(store, datetime.now(UTC))
    return made


def _answer(number: int, now: datetime) -> Received:
    contact = Contact(
        name=f"Zqnamemark {number}",
        email=f"zqmailmark{number}@example.org",
        phone=f"zqphonemark{number}",
        other={"street": f"zqstreetmark {number}"},
    )
    submission = Submission(
        source="form",
        source_id=f"sending-{number}",
        text=f"{_SAID[number]} when I was lonely.",
        created_at=now,
        language="en",
        contact=contact,
        consents=frozenset(Use) - (frozenset() if number == NAMED else {Use.QUOTE_NAMED}),
        answers={"story": f"Answer {number}"},
        library="Lindenrode",
        area="Riverside",
        raw=json.dumps({"name": f"Zqnamemark {number}", "all": f"zqrawmark {number}"}).encode(),
    )
    opt_in = OptIn(
        token=f"zqtokenmark{number}", email=f"zqmailmark{number}@example.org", language="en", wants_contact=True
    )
    return Received(submission=submission, form=_FORM, language="en", code=CODE if number == 0 else None, opt_in=opt_in)


def _posts(store: Store, now: datetime) -> None:
    posts = tuple(
        Post(
            source="x",
            source_id=f"1790000000000000{number:03}",
            text=f"My library number {number} lends tools #MyLibrary",
            created_at=now,
            author_id=f"zqaccountmark-{number}",
            author_handle=f"zqaccountmark{number}",
            author_name=f"Zqaccountmark {number}",
            raw=json.dumps({"bio": f"zqpostrawmark {number}"}).encode(),
        )
        for number in range(3)
    )
    reject = Reject(position="line 4", reason="has no date", payload=b'{"who": "zqrejectmark@example.org"}')
    run_id = store.runs.start("x", "import")
    store.add_page(run_id, Page(items=posts, rejects=(reject,)), collector="x")
    store.runs.finish(run_id, "done")


def _on_paper(store: Store, now: datetime) -> None:
    """A flyer that was read and waits to be stored, with the contact details on it."""
    batch = store.paper.open_batch(
        "Main Street", library="Lindenrode", language="en", form_id=store.submissions.keep_form(_FORM),
        received_on=date(2026, 10, 30), seed=7, by="Anna",
    )  # fmt: skip
    store.paper.add(
        Entry(batch_id=batch.id, flyer=3, entry=FIRST, sending="s-3", fields={"words": "Read"}, transcriber="Anna")
    )
    on_paper = OnPaper(name="Zqscanname Muster", email="zqscanmail@example.org", code="ZZZZ-YYYY-XXXX")
    store.paper.scans.keep("s-3", batch.id, 3, on_paper)


def seen(content: bytes | str, markers: tuple[str, ...] = MARKERS) -> list[str]:
    """Which markers stand in it, in whatever case."""
    lower = (content if isinstance(content, bytes) else content.encode()).lower()
    return [marker for marker in markers if marker.encode() in lower]


def held(folder: Path) -> set[str]:
    """Every marker that stands in the campaign's files, payloads unpacked."""
    return {
        marker for path in folder.rglob("*") if path.is_file() for content in unfolded(path) for marker in seen(content)
    }


def contents(name: str, content: bytes) -> Iterator[bytes]:
    """A file's bytes and those of everything packed in it: archives, streams and text of PDFs, texts in pictures."""
    yield content
    if content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for each in archive.namelist():
                yield from contents(each, archive.read(each))
    elif content[:4] == b"%PDF":
        yield from _of_pdf(content)
    elif content[:8] == b"\x89PNG\r\n\x1a\n":
        with PngImagePlugin.PngImageFile(io.BytesIO(content)) as picture:
            yield "\n".join(map(str, picture.info.values())).encode()


def _of_pdf(content: bytes) -> Iterator[bytes]:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        for each in pdf.objects:
            if isinstance(each, pikepdf.Stream):
                try:
                    yield each.read_bytes()
                except (pikepdf.PdfError, zlib.error):
                    yield each.read_raw_bytes()
    yield "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).encode()
