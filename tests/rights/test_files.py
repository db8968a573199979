"""Files of the campaign folder that hold a person's words are found in whatever form, and others are not."""

from __future__ import annotations

import gzip
import json
import zipfile
from pathlib import Path

import pytest
import zstandard
from docx import Document

from advocacy_monitor.config import Loaded, load_config
from advocacy_monitor.rights.files import WAITS, look, removable, remove, traces
from tests.planted import CONFIG

TEXT = "My grandmother Quobbel read every single newspaper in the Straße des Lesens, \u201ctwice\u201d & more."
WANTED = traces(
    [TEXT, "Short and sweet."], names=["ida_reads", "J\u00f6rg Quobbel"], packs=["202611-1a2b3c4d"], item_ids=[41]
)


@pytest.fixture
def loaded(tmp_path: Path) -> Loaded:
    (tmp_path / "config.yaml").write_text(CONFIG)
    return load_config(tmp_path / "config.yaml")


def _word(path: Path, text: str) -> None:
    document = Document()
    document.add_paragraph(text)
    document.save(str(path))


def _zipped(path: Path, text: str) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data/quotes.csv", text)


QUOTE = "read every single newspaper in the Stra\u00dfe des"
HOLDING = {
    "plain.txt": QUOTE.encode(),
    "wrapped.md": b"read every\n> single   newspaper\n> in the",
    "capitals.txt": QUOTE.upper().replace("STRASSE", "STRA\u00dfE").encode(),
    "escaped.json": json.dumps({"text": TEXT}).encode(),
    "page.html": b"<p>read <b>every</b> single news&shy;</p><p>read every <em>single</em> newspaper&nbsp;in the</p>",
    "paragraphs.html": b"<p>read every</p><p>single newspaper</p><p>in the</p>",
    "wide.csv": QUOTE.encode("utf-16"),
    "folded.gz": gzip.compress(QUOTE.encode()),
    "folded.zst": zstandard.compress(QUOTE.encode()),
    "short.txt": b"She said: short and sweet.",
    "named.log": b"from @ida_reads, today",
    "name.txt": "by J\u00f6rg  Quobbel".encode(),
    "packs/Libraries-202611-1a2b3c4d-report.pdf": b"%PDF nothing to be read",
    "selections/spring.yaml": b"quotes:\n  - item: 41\n    use: main\n",
    "models/unread.bin": QUOTE.encode() + b"\xff\x00",
}
OTHER = {
    "other.txt": b"My grandmother read something else in the newspaper.",
    "near.log": b"from @ida_reads_more and Quobbelmann",
    "selections/summer.yaml": b"quotes:\n  - item: 4100\n",
    "packs/Libraries-202612-99999999-report.pdf": b"%PDF",
    "picture.png": bytes(range(256)),
}


def test_every_form_is_found_and_nothing_else(loaded: Loaded) -> None:
    for name, content in (HOLDING | OTHER).items():
        path = loaded.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    _word(loaded.folder / "letter.docx", TEXT)
    _zipped(loaded.folder / "bundle.zip", QUOTE)
    found = look(loaded, WANTED)
    names = {str(each.path.relative_to(loaded.folder)) for each in found.holding}
    assert names == {*HOLDING, "letter.docx", "bundle.zip"}
    kinds = {str(each.path.relative_to(loaded.folder)): each.kind for each in found.holding}
    assert kinds["selections/spring.yaml"] == "choice of quotes"
    assert found.unread == ()
    assert remove(found.holding) == []
    assert look(loaded, WANTED).holding == ()
    assert all((loaded.folder / name).exists() for name in OTHER)


def test_databases_and_backups_are_not_for_removal(loaded: Loaded) -> None:
    names = ("advocacy.db", "advocacy.db-wal", "contacts.db", "advocacy.desk.db", "advocacy.erasures", "config.yaml")
    (loaded.folder / "backups").mkdir()
    for name in (*names, "backups/2026.db.zst"):
        (loaded.folder / name).write_bytes(b"ida_reads " + QUOTE.encode())
    assert look(loaded, WANTED).holding == ()
    aside = loaded.folder / "replaced-2026" / "advocacy.db"
    aside.parent.mkdir()
    aside.write_bytes(b"SQLite format 3\x00 " + QUOTE.encode())
    assert [each.path for each in look(loaded, WANTED).holding] == [aside]


def test_what_cannot_be_looked_into_is_told(loaded: Loaded) -> None:
    (loaded.folder / "broken.zip").write_bytes(b"PK\x03\x04 and nothing more")
    (loaded.folder / "broken.zst").write_bytes(b"\x28\xb5\x2f\xfd and nothing more")
    (loaded.folder / "endless").symlink_to("/dev/zero")
    (loaded.folder / "dangling").symlink_to(loaded.folder / "nowhere")
    assert {each.name for each in look(loaded, WANTED).unread} == {"broken.zip", "broken.zst", "endless"}


def test_what_waits_to_be_collected_is_named_and_stays(tmp_path: Path) -> None:
    """Others' answers may stand in it, and nobody has counted them yet."""
    spool = tmp_path / "elsewhere"
    (spool / "set-aside").mkdir(parents=True)
    (tmp_path / "campaign").mkdir()
    config = tmp_path / "campaign" / "config.yaml"
    config.write_text(f"{CONFIG}collectors: {{answers: {{source: webhook, settings: {{spool: {spool}}}}}}}\n")
    waits, aside = spool / "1.json", spool / "set-aside" / "2.json"
    for path in (waits, aside):
        path.write_text(QUOTE)
    loaded = load_config(config)
    found = look(loaded, WANTED).holding
    assert {each.path: each.kind for each in found} == {waits: WAITS, aside: "file"}
    assert remove(removable(found, loaded)) == []
    assert (waits.exists(), aside.exists()) == (True, False)


def test_what_others_need_is_not_removed_because_of_a_name(loaded: Loaded) -> None:
    """Somebody is called Maria, and an account is called Library."""
    folder = loaded.folder
    for name, text in (
        ("libraries.csv", "name\nCentral Library\n"),
        ("survey-2026.csv", "text\nMy daughter Maria learned to read here.\n"),
        ("theirs.txt", "write to ada@example.org"),
        ("packs/quotes.txt", "Maria"),
        ("public/index.html", "write to ada@example.org"),
    ):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    head = b"SQLite format 3\0" + b"\0" * 100
    (folder / "copy.db").write_bytes(head)
    (folder / "public" / "public.db").write_bytes(head + b" write to ada@example.org ")
    (folder / "public" / "older.db").write_bytes(head + b" nothing of hers ")
    wanted = traces([], names=["Maria", "Library", "ada@example.org"], packs=(), sure=["ada@example.org"])
    found = look(loaded, wanted).holding
    published = {"index.html", "public.db"}  # made from the database, so they can be made again
    shown_names = {each.path.name for each in found}
    assert shown_names == {"libraries.csv", "survey-2026.csv", "theirs.txt", "quotes.txt", "copy.db", *published}
    assert {each.path.name for each in removable(found, loaded)} == {"theirs.txt", "quotes.txt", *published}
