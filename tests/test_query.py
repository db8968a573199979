"""A pack about some libraries or sources: counted alike everywhere, said in every format; no older pack changes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from advocacy_monitor.candidates import candidates, matches
from advocacy_monitor.cli import main
from advocacy_monitor.config import Loaded, load_config
from advocacy_monitor.counting import read_ledger
from advocacy_monitor.hosting import open_store
from advocacy_monitor.left_out import Looked
from advocacy_monitor.method import only
from advocacy_monitor.models import EvidencePack, Item, Query
from advocacy_monitor.pack_diff import diff, lines
from advocacy_monitor.pack_digest import pack_digest, read_pack
from advocacy_monitor.pack_verify import verify_pack
from advocacy_monitor.packing import Order, compiled, export_pack
from advocacy_monitor.selection_file import propose, read_selection
from advocacy_monitor.store import Store
from advocacy_monitor.translate import LANGUAGES, texts
from tests.conftest import make_submission
from tests.test_packing import CONFIG, SENT, filled

LIMITED = Query(title="Two", sources=("survey:spring", "mail"), libraries=("Lindenrode", "Marktstraße"))


def said(number: int, library: str, source: str) -> Item:
    words = ("warm", "quiet", "bright", "kind", "near", "free", "open", "calm")[number % 8]
    text = f"Desk {number} of {library} is {words} and I read there on the way home."
    return make_submission(text, library=library, source=source, consents=SENT, area="Riverside")


STATEMENTS = [
    said(n, library, source)
    for n, (library, source) in enumerate(
        (library, source)
        for library in ("Lindenrode", "Marktstraße", "Hafen")
        for source in ("survey:spring", "survey:autumn", "mail")
        for _ in range(2)
    )
]


@pytest.fixture
def loaded(tmp_path: Path) -> Loaded:
    (tmp_path / "config.yaml").write_text(CONFIG.replace("  areas: areas.csv\n", ""), encoding="utf-8")
    made = load_config(tmp_path / "config.yaml")
    with open_store(made) as store:
        filled(store, made, *STATEMENTS)
    return made


def order(loaded: Loaded, *formats: str) -> Order:
    return Order(formats=formats, output=loaded.folder / "packs", look=False)


@pytest.mark.parametrize(
    ("sources", "libraries", "number"),
    [
        ((), (), 18),
        (("mail",), (), 6),
        ((), ("Hafen",), 6),
        (("mail", "survey:spring"), ("Hafen", "Lindenrode"), 8),
        (("nowhere",), (), 0),
    ],
)
def test_ledger_and_candidates_agree_on_what_a_query_finds(
    loaded: Loaded, sources: tuple[str, ...], libraries: tuple[str, ...], number: int
) -> None:
    query = Query(title="t", sources=sources, libraries=libraries)
    with open_store(loaded) as store:
        made = read_ledger(store, {}, Looked(at=store.now())).part(query)
        one_by_one = sum(matches(each, query) for each in candidates(store))
    assert made.found == len(made.counted) == one_by_one == number


def test_what_has_no_limit_is_no_part_of_a_pack(loaded: Loaded) -> None:
    """Else the same query over the same data would have another digest and number than before the fields came."""
    with open_store(loaded) as store:
        whole = compiled(store, loaded, Query(title="All", since=date(2026, 1, 1)), order(loaded))
        part = compiled(store, loaded, LIMITED, order(loaded))
    assert dict(whole.query) == {"title": "All", "since": "2026-01-01"}
    assert "Which statements" not in dict(whole.method)
    assert part.query["libraries"] == LIMITED.libraries
    assert part.query["sources"] == LIMITED.sources
    assert whole.statements == 18
    assert part.statements == 8
    assert pack_digest(whole) == whole.digest
    assert whole.number != part.number


def test_the_method_box_says_it_in_every_language() -> None:
    found = {language: only(["{Mail}"], ["Hafen"], texts(language)) for language in LANGUAGES}
    assert len(set(found.values())) == len(LANGUAGES)
    assert all("{Mail}" in text and "Hafen" in text for text in found.values())
    assert {only([], [], texts(language)) for language in LANGUAGES} == {""}
    long = only([], [f"Library {n}" for n in range(40)], texts("en"))
    assert "Library 11, 28 more" in long
    assert "Library 12" not in long


_TEXTUAL = ("html", "json", "slides", "docx", "brief-docx", "letter", "press-release", "xlsx", "cards", "bundle")


def _read(paths: Sequence[Path]) -> str:
    """All that stands in files, also in the parts of documents that are ZIP archives."""
    files = [each for path in paths for each in ([path] if path.is_file() else sorted(path.rglob("*")))]
    return "\n".join(_of_bytes(each.read_bytes()) for each in files if each.is_file())


def _of_bytes(data: bytes) -> str:
    if not data.startswith(b"PK"):
        return data.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return "\n".join(_of_bytes(archive.read(name)) for name in archive.namelist())


def _plain(text: str) -> str:
    import re

    return " ".join(re.sub(r"<[^>]+>", "", text).replace("\\u00df", "ß").split())


def test_every_format_says_to_what_the_pack_is_limited(loaded: Loaded) -> None:
    with open_store(loaded) as store:
        made = export_pack(store, loaded, LIMITED, order(loaded, *_TEXTUAL))
    assert not made.failures
    for path in made.files:
        words = _plain(_read([path]))
        assert "these libraries are counted: Lindenrode, Marktstraße" in words, path.name
        assert "these channels are counted: Survey: spring, Mail" in words, path.name


def test_the_printed_forms_say_it_too(loaded: Loaded) -> None:
    pdf = pytest.importorskip("pypdf", reason="pypdf is a development dependency")
    with open_store(loaded) as store:
        made = export_pack(store, loaded, LIMITED, order(loaded, "pdf", "report"))
    assert not made.failures
    for path in made.files:
        words = " ".join(" ".join(page.extract_text() for page in pdf.PdfReader(path).pages).split())
        assert "libraries are counted: Lindenrode" in words, path.name


def test_a_selection_file_keeps_it(loaded: Loaded, tmp_path: Path) -> None:
    with open_store(loaded) as store:
        pack = compiled(store, loaded, LIMITED, order(loaded))
    path = tmp_path / "selection.yaml"
    path.write_text(propose(pack.exhibits, {}, query=LIMITED).replace('""  # your', '"Kim"  # your'), encoding="utf-8")
    assert read_selection(path).query == LIMITED


def test_an_older_selection_file_has_no_limit(loaded: Loaded, tmp_path: Path) -> None:
    with open_store(loaded) as store:
        pack = compiled(store, loaded, Query(title="All"), order(loaded))
    written = propose(pack.exhibits, {}, query=Query(title="All")).replace('""  # your', '"Kim"  # your')
    older = written.replace("  sources: []\n", "").replace("  libraries: []\n", "")
    assert older != written
    (tmp_path / "old.yaml").write_text(older, encoding="utf-8")
    assert read_selection(tmp_path / "old.yaml").query == Query(title="All")


def test_a_pack_of_it_verifies_and_its_difference_is_told(loaded: Loaded) -> None:
    with open_store(loaded) as store:
        one = export_pack(store, loaded, LIMITED, order(loaded, "json"))
        other = export_pack(store, loaded, replace(LIMITED, libraries=("Hafen",)), order(loaded, "json"))
    with Store.open_read_only(loaded.database) as reader:
        assert not verify_pack(one.files[0], store=reader).failed
    packs: list[EvidencePack] = [read_pack(made.files[0]) for made in (one, other)]
    told = "\n".join(lines(diff(*packs)))
    assert "Hafen" in told
    assert "Marktstraße" in told


def test_the_command_line_takes_both(loaded: Loaded) -> None:
    config = ["--config", str(loaded.path)]
    asked = ["--library", "Hafen", "--source", "mail"]
    counted = CliRunner().invoke(main, [*config, "count", *asked])
    assert "found 2" in counted.output, counted.output
    where = ["--format", "json", "--output", str(loaded.folder / "out"), "--json"]
    made = CliRunner().invoke(main, [*config, "pack", "--title", "T", *asked, *where])
    assert made.exit_code == 0, made.output
    (path,) = (loaded.folder / "out").glob("*.json")
    assert read_pack(path).query == {"title": "T", "libraries": ["Hafen"], "sources": ["mail"]}
