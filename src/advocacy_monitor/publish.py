"""The public file: approved statements that their authors agreed to have quoted, and counts, for everybody to read.

It is made anew each time, beside the old one, and takes its place only when every statement in it was read again from
the campaign's database: who withdraws while it is being made is not in it. Its counts are those of a pack about the
whole campaign, so the two never tell different things. It can be no fresher than its last making: a campaign publishes
again after each withdrawal, or at fixed hours.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from advocacy_monitor import publish_rows
from advocacy_monitor.candidates import chosen_candidates
from advocacy_monitor.codebook import load_codebook
from advocacy_monitor.config import Loaded
from advocacy_monitor.counting import stale_of
from advocacy_monitor.errors import ExportError
from advocacy_monitor.evaluation.for_packs import quality_of
from advocacy_monitor.exhibits import in_order
from advocacy_monitor.exporters.atomic import cause_of, whole_file
from advocacy_monitor.ledger import Ledger, Positions
from advocacy_monitor.left_out import Looked, require_checks
from advocacy_monitor.line import check_versions, codebook_name
from advocacy_monitor.models import Brand, EvidencePack, Query
from advocacy_monitor.pack import For, compile_from, groundwork
from advocacy_monitor.publish_file import PublicFile, is_public_file
from advocacy_monitor.publish_rows import NOT_QUOTED, Shown
from advocacy_monitor.publish_words import about, counts, metadata
from advocacy_monitor.recheck import verify_all
from advocacy_monitor.store import Store
from advocacy_monitor.store.changes import Changes

_SIFTED, _OF_EACH_THEME = 200, 8
"""So many statements, and so many of each theme, are looked at closely for the page."""
_ROUNDS = 20
"""So often what was decided while the file was written is looked at again, before it is given up."""


@dataclass(slots=True, kw_only=True)
class Published:
    """What was published, for staff: true numbers. `changed` statements were taken out while the file was made."""

    pack: EvidencePack
    statements: int
    not_quoted: dict[str, int]
    changed: int = 0
    files: list[Path] = field(default_factory=list)

    def numbers(self) -> dict[str, Any]:
        """All of it for a program."""
        return {
            "counted": self.pack.statements,
            "published": self.statements,
            "not_published": self.not_quoted | {"changed_meanwhile": self.changed},
            "left_out": {count.label: count.value for count in self.pack.left_out},
            "unverified": self.pack.unverified,
            "files": [str(path) for path in self.files],
        }

    def lines(self) -> Iterator[str]:
        """All of it for a person: what went in, what did not, and why."""
        yield f"{self.pack.statements} statements are counted; {self.statements} of them may be read in the file"
        why = NOT_QUOTED | {"changed": "changed or withdrawn while the file was made"}
        for name, number in (self.not_quoted | {"changed": self.changed}).items():
            if number:
                yield f"  {number} counted, not published: {why[name]}"
        for count in self.pack.left_out:
            yield f"  {count.value} not counted: {count.label}"
        if self.pack.unverified:
            yield f"  {self.pack.unverified} of the counted posts could not be looked up at their platform lately"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """What the file is made of, and the rules by which it is read again. `best` are worth reading first, in order."""

    pack: EvidencePack
    item_ids: list[int]
    best: list[int]
    shown: Shown
    not_quoted: dict[str, int]
    unchecked: frozenset[int]
    looked: Looked
    titles: dict[str, str]


def publish(
    store: Store,
    loaded: Loaded,
    path: Path,
    *,
    html: Path | None = None,
    unverified_too: bool = False,
    look: bool = True,
) -> Published:
    """Writes the public file to `path`, its description for Datasette beside it, and a page into the folder `html`.

    Posts that were not looked up lately are looked up first, unless `look` is off; those that could not be are left
    out, unless `unverified_too`. The same database at the same moment gives the same bytes.
    Raises ExportError, and then an older file is as it was.
    """
    _refuse(loaded, path)
    query = Query(title=loaded.config.campaign.name)
    versions = check_versions(loaded)
    require_checks(store, versions)
    if look and (item_ids := stale_of(store, [query], now=store.now())):
        verify_all(store, loaded, item_ids=item_ids)
    looked = Looked(at=store.now(), unverified_too=unverified_too)
    with ExitStack() as stack:
        folder = stack.enter_context(_alone(path))
        changes = stack.enter_context(Changes.of(loaded.database))
        draft = _draft(store, loaded, query, looked, versions)
        file = stack.enter_context(closing(PublicFile(folder / "draft.db", titles=draft.titles)))
        file.add(publish_rows.statements(store, draft.item_ids, draft.shown))
        file.add_counts(counts(draft.pack))
        changed = _settle(store, loaded, file, draft, changes, folder / "public.db")
        made = Published(pack=draft.pack, statements=len(file), not_quoted=draft.not_quoted, changed=changed)
        described = metadata(draft.pack, loaded, path.stem, at=looked.at).encode()
        shown = _page(file, draft, loaded) if html is not None else b""
        _hand_out(folder / "public.db", path)
        made.files.append(path)
        _write(made, path.with_name(f"{path.stem}.metadata.yaml"), described)
        if html is not None:
            _write(made, html / "index.html", shown)
    return made


def _refuse(loaded: Loaded, path: Path) -> None:
    """Nothing but an older public file is ever replaced. Raises ExportError."""
    ours = {loaded.database.resolve(), loaded.contacts.resolve()}
    try:
        if path.resolve() in ours or (path.exists() and not is_public_file(path)):
            raise ExportError(f"{path}: is no file that `publish` has made, and is left as it is; give another name")
    except OSError as error:
        raise ExportError(f"{path} was not written: {cause_of(error)}") from error
    if path.suffix != ".db":
        raise ExportError(f"{path}: must end in .db, by which Datasette knows a database")


@contextmanager
def _alone(path: Path) -> Iterator[Path]:
    """A hidden folder beside the file to come, readable by us only, gone at the end; what a killed run left goes too.

    Raises ExportError when the same is being done already, or the folder cannot be written to.
    """
    try:
        holder = os.open(path.parent, os.O_RDONLY)
    except OSError as error:
        raise ExportError(f"{path} was not written: {cause_of(error)}") from error
    try:
        fcntl.flock(holder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for left in path.parent.glob(".publishing-*"):
            _clear(left)
        folder = path.parent / f".publishing-{secrets.token_hex(6)}"
        folder.mkdir(mode=0o700)
    except BlockingIOError as error:
        os.close(holder)
        raise ExportError(f"{path} was not written: another `publish` is at work in its folder") from error
    except OSError as error:
        os.close(holder)
        raise ExportError(f"{path} was not written: {cause_of(error)}") from error
    try:
        yield folder
    finally:
        _clear(folder)
        os.close(holder)


def _clear(folder: Path) -> None:
    for name in ("draft.db", "draft.db-journal", "public.db", "public.db-journal"):
        with contextlib.suppress(OSError):
            (folder / name).unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        folder.rmdir()


def _draft(store: Store, loaded: Loaded, query: Query, looked: Looked, versions: Mapping[str, str]) -> _Draft:
    """Reads the database once, as it is at one moment: a pack of everything, and what of it may be read in public."""
    from advocacy_monitor.brand import load_brand

    campaign, limits = loaded.config.campaign, loaded.config.thresholds
    codebook = load_codebook(codebook_name(loaded))
    titles = {each.code: each.title.get(campaign.pack_language) or each.title["en"] for each in codebook.themes}
    by = next((by for by in store.packs.enricher_versions() if by.startswith("themes@")), "")
    brand = load_brand(loaded.folder / campaign.brand) if campaign.brand else Brand()
    with store.snapshot():
        ground = groundwork(
            store,
            versions=versions,
            looked=looked,
            quality=quality_of(loaded.folder, by),
            codebook=codebook,
            closed=loaded.config.desk.closed_questions,
        )
        pack = compile_from(store, ground, query, loaded.config, titles, given=For(brand=brand))
        made = ground.ledger.part(query)
        chosen = publish_rows.choose(
            ground.ledger, made, areas=pack.areas, libraries=pack.libraries, smallest=limits.smallest_cell
        )
        return _Draft(
            pack=pack,
            item_ids=ground.ledger.ids(chosen.positions),
            best=_best(store, ground.ledger, chosen.positions, pack.language),
            shown=chosen.shown,
            not_quoted=chosen.not_quoted,
            unchecked=require_checks(store, versions),
            looked=looked,
            titles=titles,
        )


def _best(store: Store, ledger: Ledger, positions: Positions, language: str) -> list[int]:
    """Those for the page: picked as a pack picks its quotes, balanced by theme, library, source and language (R15)."""
    sifted = ledger.best(positions, language=language, most=_SIFTED, of_each_theme=_OF_EACH_THEME)
    return [each.item.id for each in in_order(chosen_candidates(store, ledger.ids(sifted)), language=language)]


def _settle(store: Store, loaded: Loaded, file: PublicFile, draft: _Draft, changes: Changes, path: Path) -> int:
    """Reads every statement of the file again, then those of which something was said while it was written to `path`.

    Returns how many were taken out. Raises ExportError where that does not come to an end.
    """
    taken, before = 0, changes.mark()
    bad = _no_longer(store, file, draft, None)
    for _ in range(_ROUNDS):
        file.remove(bad)
        taken += len(bad)
        file.tell(about(draft.pack, loaded, draft.looked.at, statements=len(file)))
        file.finish(path)
        now = changes.mark()
        since = changes.since(before)
        bad = _no_longer(store, file, draft, None if since is None else sorted(since))
        if not bad:
            return taken
        before = now
    raise ExportError(f"{path.name}: the database changes faster than it can be published; try again when it is calm")


def _no_longer(store: Store, file: PublicFile, draft: _Draft, numbers: list[int] | None) -> list[int]:
    """Which statements of the file the database would not publish now as they are."""
    found: list[int] = []
    for rows in file.statements(numbers):
        good = publish_rows.still_public(store, rows, draft.shown, draft.unchecked, draft.looked)
        found += [row.number for row in rows if row.number not in good]
    return found


def _hand_out(staged: Path, path: Path) -> None:
    """Gives the file its name, and has the disk remember that."""
    try:
        staged.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise ExportError(f"{path} was not written: {cause_of(error)}") from error


def _page(file: PublicFile, draft: _Draft, loaded: Loaded) -> bytes:
    """The page, with the quotes that are worth reading first and stand in the file."""
    from advocacy_monitor.publish_page import page

    quotes = {row.number: row for rows in file.statements(draft.best) for row in rows}
    chosen = [quotes[number] for number in draft.best if number in quotes]
    return page(draft.pack, chosen, loaded, at=draft.looked.at, statements=len(file), titles=draft.titles)


def _write(made: Published, path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExportError(f"{path.parent}: the folder cannot be made: {cause_of(error)}") from error
    with whole_file(path) as handle:
        handle.write(content)
    made.files.append(path)
