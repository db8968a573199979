"""Makes the results of all libraries: compiled at one moment, read again when written, put in place as a whole.

What is quoted is read once more from the database when all files are done: who withdraws while they are being made is
not in them. Then the folder takes the place of the older one, which is gone with everything in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from advocacy_monitor import publish_rows
from advocacy_monitor.codebook import load_codebook
from advocacy_monitor.config import Loaded
from advocacy_monitor.counting import stale_of
from advocacy_monitor.errors import ExportError
from advocacy_monitor.evaluation.for_packs import quality_of
from advocacy_monitor.left_out import Looked, require_checks
from advocacy_monitor.line import check_versions, codebook_name
from advocacy_monitor.models import Brand, EvidencePack, Query
from advocacy_monitor.pack import For, compile_from, groundwork
from advocacy_monitor.recheck import verify_all
from advocacy_monitor.results import page, table
from advocacy_monitor.results.folder import new_folder, refuse
from advocacy_monitor.results.library import Libraries, LibraryResult, file_names, libraries, library_result
from advocacy_monitor.store import Store
from advocacy_monitor.translate import form_texts

_ROUNDS = 5
"""So often everything is made anew because something was withdrawn meanwhile, before it is given up."""


@dataclass(slots=True, kw_only=True)
class Results:
    """What was made, for staff: true numbers. `statements` are all that the campaign counts."""

    statements: int
    libraries: dict[str, int]
    too_small: int
    quotes: int
    files: list[Path] = field(default_factory=list)

    def numbers(self) -> dict[str, Any]:
        """All of it for a program."""
        return {
            "counted": self.statements,
            "libraries": self.libraries,
            "libraries_too_small": self.too_small,
            "quotes": self.quotes,
            "files": [str(path) for path in self.files],
        }

    def lines(self) -> Iterator[str]:
        """All of it for a person."""
        told = sum(self.libraries.values())
        yield f"{self.statements} statements are counted; {told} are about these {len(self.libraries)} libraries:"
        for name, number in self.libraries.items():
            yield f"  {name}: {number}"
        if self.too_small:
            yield f"  {self.too_small} libraries have too few statements for a page of their own"
        yield f"{self.quotes} statements are quoted"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """Everything that the pages are made of, as the database was at one moment."""

    whole: EvidencePack
    told: Libraries
    results: list[LibraryResult]
    too_small: int
    titles: dict[str, str]
    unchecked: frozenset[int]
    looked: Looked


def make_results(
    store: Store,
    loaded: Loaded,
    folder: Path,
    *,
    language: str = "",
    unverified_too: bool = False,
    look: bool = True,
) -> Results:
    """Writes a page and a table for each library with enough statements, and a list of them, into `folder`.

    An older folder of results is replaced as a whole; anything else is left as it is. Posts that were not looked up
    lately are looked up first, unless `look` is off. Raises ExportError, ConfigError.
    """
    refuse(folder)
    versions = check_versions(loaded)
    require_checks(store, versions)
    query = Query(title=loaded.config.campaign.name)
    if look and (item_ids := stale_of(store, [query], now=store.now())):
        verify_all(store, loaded, item_ids=item_ids)
    with new_folder(folder) as made:
        for _ in range(_ROUNDS):
            looked = Looked(at=store.now(), unverified_too=unverified_too)
            draft = _draft(store, loaded, query, looked, versions, language or loaded.config.campaign.pack_language)
            made.write(_files(draft, loaded))
            if _still_public(store, draft):
                return _told(draft, made.put_in_place())
    raise ExportError(f"{folder}: the database changes faster than results can be made; try again when it is calm")


def _draft(
    store: Store, loaded: Loaded, query: Query, looked: Looked, versions: Mapping[str, str], language: str
) -> _Draft:
    from advocacy_monitor.brand import load_brand

    config = loaded.config
    codebook = load_codebook(codebook_name(loaded))
    titles = {each.code: each.title.get(language) or each.title["en"] for each in codebook.themes}
    by = next((by for by in store.packs.enricher_versions() if by.startswith("themes@")), "")
    brand = load_brand(loaded.folder / config.campaign.brand) if config.campaign.brand else Brand()
    with store.snapshot():
        ground = groundwork(
            store,
            versions=versions,
            looked=looked,
            quality=quality_of(loaded.folder, by),
            codebook=codebook,
            closed=config.desk.closed_questions,
        )
        given = For(brand=brand, language=language)
        whole = compile_from(store, ground, query, config, titles, given=given)
        counted = ground.ledger.part(query).counted
        told = libraries(ground.ledger, counted, config.thresholds.smallest_cell)
        files = file_names(told.names)
        results = [
            library_result(store, ground, config, titles, name, files[name], brand=brand, language=language)
            for name in told.names
        ]
        named = sum(1 for name in ground.ledger.by_name(ground.ledger.libraries, counted) if name)
        unchecked = require_checks(store, versions)
    return _Draft(
        whole=whole,
        told=told,
        results=results,
        too_small=named - len(results),
        titles=titles,
        unchecked=unchecked,
        looked=looked,
    )


def _files(draft: _Draft, loaded: Loaded) -> Iterator[tuple[str, bytes]]:
    """Each file's name with its content."""
    at: datetime = draft.looked.at
    yield "index.html", page.index_page(draft.results, draft.told, draft.whole, loaded, at=at)
    t = form_texts(draft.whole.language)
    for each in draft.results:
        yield f"{each.file}.html", page.library_page(each, loaded, draft.titles, at=at)
        yield f"{each.file}.csv", table.as_csv(each.table, t, sample=each.pack.sample)


def _still_public(store: Store, draft: _Draft) -> bool:
    """Whether the database would publish each quote now, word for word as it stands in the files."""
    for each in draft.results:
        good = publish_rows.still_public(store, each.quotes, each.shown, draft.unchecked, draft.looked)
        if len(good) < len(each.quotes):
            return False
    return True


def _told(draft: _Draft, files: list[Path]) -> Results:
    return Results(
        statements=draft.whole.statements,
        libraries=dict(zip(draft.told.names, draft.told.statements, strict=True)),
        too_small=draft.too_small,
        quotes=sum(len(each.quotes) for each in draft.results),
        files=files,
    )
