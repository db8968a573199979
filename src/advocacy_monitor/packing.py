"""Packs as files: compiled from the campaign's database and written in every format, for one or for each recipient.

A file gets its name only after everything quoted in it was read again from the database, when it was already written:
who withdraws while a pack is being made is not in it.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

from advocacy_monitor import plugins
from advocacy_monitor.areas import Areas, folded, widen
from advocacy_monitor.breakdowns import cell
from advocacy_monitor.codebook import Codebook, load_codebook
from advocacy_monitor.config import Loaded
from advocacy_monitor.counting import stale_of
from advocacy_monitor.errors import ConfigError, ConsentError, ExportError
from advocacy_monitor.evaluation.for_packs import quality_of
from advocacy_monitor.exporters.story import story
from advocacy_monitor.ledger import Ledger
from advocacy_monitor.left_out import Looked
from advocacy_monitor.line import check_versions, codebook_name
from advocacy_monitor.models import Brand, Count, EvidencePack, Quality, Query, Recipient, Widening
from advocacy_monitor.pack import For, Groundwork, check_exhibits, compile_from, groundwork
from advocacy_monitor.protocols import Exporter
from advocacy_monitor.recheck import verify_all
from advocacy_monitor.selection import Selection
from advocacy_monitor.store import Store
from advocacy_monitor.store.packs import Earlier
from advocacy_monitor.translate import Texts, texts

_AT_ONCE = 2
"""So many recipients' packs are written at the same time; what waits holds memory."""


@dataclass(slots=True)
class Made:
    """A pack with the files that were written and what failed; `earlier` is the last pack of the same query."""

    pack: EvidencePack
    files: list[Path] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    earlier: Earlier | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is wanted: formats, folder, and whether posts that could not be looked up may stand in it (R5).

    `language` goes before the recipient's and the campaign's.
    """

    formats: Sequence[str]
    output: Path
    unverified_too: bool = False
    look: bool = True
    recipient: Recipient | None = None
    selection: Selection | None = None
    widen: bool = False
    language: str = ""


def export_pack(store: Store, loaded: Loaded, query: Query, order: Order) -> Made:
    """Compiles one pack and writes every format.

    Posts that were not looked up lately are looked up first, unless `look` is off. Raises ExportError, ConsentError,
    ConfigError; what fails in one format is in `failures`.
    """
    exporters = _exporters(order.formats)
    pack = compiled(store, loaded, query, order)
    made = _noted(store, pack, order)
    with _staging(order.output) as folder:
        for exporter in exporters:
            _publish(store, made, _written(exporter, pack, folder), order.output)
    return made


def compiled(store: Store, loaded: Loaded, query: Query, order: Order) -> EvidencePack:
    """The pack as it would be made now; nothing is written or noted. Raises as export_pack does."""
    shelf = _Shelf.of(store, loaded)
    versions = check_versions(loaded)
    if order.look and (item_ids := stale_of(store, [query], now=store.now())):
        verify_all(store, loaded, item_ids=item_ids)
    looked = Looked(at=store.now(), unverified_too=order.unverified_too)
    with store.snapshot():
        ground = shelf.groundwork(store, versions, looked)
        return shelf.compile(store, ground, query, order)


def export_for_each(
    store: Store, loaded: Loaded, query: Query, recipients: Sequence[Recipient], order: Order
) -> Iterator[Made | str]:
    """Compiles and writes one pack for each recipient, about their area; a failure in words where one has none.

    The database is read once, as it is at one moment, so all packs tell of the same; before a file gets its name, what
    it quotes is read again. Two packs are written at a time, so memory does not grow with their number.
    """
    exporters = _exporters(order.formats)
    shelf = _Shelf.of(store, loaded)
    versions = check_versions(loaded)
    if order.look and (item_ids := stale_of(store, [replace(query, areas=())], now=store.now())):
        verify_all(store, loaded, item_ids=item_ids)
    looked = Looked(at=store.now(), unverified_too=order.unverified_too)
    waiting: list[tuple[Made, Path, list[Future[_Written]]]] = []
    with (
        Store.open_read_only(loaded.database, clock=store.now) as reader,
        reader.snapshot(),
        ThreadPoolExecutor(_AT_ONCE) as writers,
        _staging(order.output) as staging,
    ):
        ground = shelf.groundwork(reader, versions, looked)
        for recipient in recipients:
            mine = replace(order, recipient=recipient, output=order.output / recipient.key)
            try:
                pack = shelf.compile(reader, ground, replace(query, recipient=recipient.shown), mine)
                made = _noted(store, pack, mine)
            except (ExportError, ConsentError) as error:
                yield f"{recipient.key}: {error}"
                continue
            folder = staging / recipient.key
            folder.mkdir()
            tasks = [writers.submit(_written, exporter, pack, folder) for exporter in exporters]
            waiting.append((made, mine.output, tasks))
            while len(waiting) > _AT_ONCE:
                yield _finished(store, *waiting.pop(0))
        for each in waiting:
            yield _finished(store, *each)


@dataclass(frozen=True, slots=True)
class _Shelf:
    """What all packs of a campaign share beside the database: codebook, quality of coding, areas, brand."""

    loaded: Loaded
    codebook: Codebook
    quality: Quality | None
    areas: Areas | None
    brand: Brand
    titles: dict[str, Mapping[str, str]]

    @classmethod
    def of(cls, store: Store, loaded: Loaded) -> _Shelf:
        from advocacy_monitor.brand import load_brand

        campaign = loaded.config.campaign
        by = next((by for by in store.packs.enricher_versions() if by.startswith("themes@")), "")
        return cls(
            loaded,
            load_codebook(codebook_name(loaded)),
            quality_of(loaded.folder, by),
            Areas.read(loaded.folder / campaign.areas) if campaign.areas else None,
            load_brand(loaded.folder / campaign.brand) if campaign.brand else Brand(),
            {},
        )

    def groundwork(self, store: Store, versions: Mapping[str, str], looked: Looked) -> Groundwork:
        """What all packs of this moment rest on."""
        closed = self.loaded.config.desk.closed_questions
        return groundwork(
            store, versions=versions, looked=looked, quality=self.quality, codebook=self.codebook, closed=closed
        )

    def compile(self, store: Store, ground: Groundwork, query: Query, order: Order) -> EvidencePack:
        """One pack, about the area that is wide enough."""
        config = self.loaded.config
        theirs = order.recipient.language if order.recipient else ""
        language = order.language or theirs or config.campaign.pack_language
        if language not in self.titles:
            self.titles[language] = {
                theme.code: theme.title.get(language) or theme.title["en"] for theme in self.codebook.themes
            }
        query, widening = self._about(ground.ledger, query, order, texts(language))
        given = For(
            recipient=order.recipient,
            widening=widening,
            brand=self.brand,
            selection=order.selection,
            language=language,
        )
        return compile_from(store, ground, query, config, self.titles[language], given=given)

    def _about(self, ledger: Ledger, query: Query, order: Order, t: Texts) -> tuple[Query, Widening | None]:
        """The query about the recipient's area, or a wider one; the title may hold `{area}` and `{name}`."""
        recipient = order.recipient
        if recipient is None:
            return query, None
        area, widening = recipient.area, None
        if area:
            query = replace(query, areas=self._within(ledger, area))
        if area and order.widen:
            query, widening = self._wide_enough(ledger, query, area)
            area = widening.area if widening else area
        shown = next(iter(_spelled(ledger, [area])), area) or t.text("all areas")
        title = query.title.replace("{area}", shown).replace("{name}", recipient.name)
        return replace(query, title=title), widening

    def _within(self, ledger: Ledger, area: str) -> tuple[str, ...]:
        """An area and what lies in it, as the statements spell them."""
        names = self.areas.within(area) if self.areas else frozenset({area})
        return _spelled(ledger, names) or (area,)

    def _wide_enough(self, ledger: Ledger, query: Query, area: str) -> tuple[Query, Widening | None]:
        limits = self.loaded.config.thresholds

        def counted(names: frozenset[str] | None) -> int:
            areas = () if names is None else _spelled(ledger, names) or tuple(sorted(names))
            return len(ledger.part(replace(query, areas=areas)).counted)

        widening = widen(area, counted, self.areas, least=limits.smallest_area)
        if widening is None:
            return query, None
        hidden = tuple(Count(label=s.label, value=cell(s.value or 0, limits.smallest_cell)) for s in widening.steps)
        areas = self._within(ledger, widening.area) if widening.area else ()
        return replace(query, areas=areas), replace(widening, steps=hidden)


def _spelled(ledger: Ledger, names: Iterable[str]) -> tuple[str, ...]:
    """Areas as the statements spell them."""
    wanted = {folded(name) for name in names}
    return tuple(sorted(name for name in ledger.areas.names if name and folded(name) in wanted))


def _exporters(formats: Sequence[str]) -> list[Exporter]:
    names = list(plugins.installed(plugins.EXPORTERS)) if "all" in formats else list(dict.fromkeys(formats))
    return [cast(Exporter, plugins.build(plugins.EXPORTERS, name, {}, where=f"format {name}")) for name in names]


def _noted(store: Store, pack: EvidencePack, order: Order) -> Made:
    """Notes a pack before its first file is there: a withdrawal must find every pack that may have been handed out."""
    earlier = store.packs.before(pack)
    store.packs.add(pack)
    store.choices.add(pack.number, _choices(pack, order.selection))
    try:
        order.output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExportError(f"{order.output}: the folder cannot be made: {error.strerror}") from error
    return Made(pack, earlier=earlier)


def _choices(pack: EvidencePack, selection: Selection | None) -> dict[int, tuple[str, str]]:
    """For each statement where it may stand and who said so; what no page takes stands in the annex (R15)."""
    if selection is None:
        told = story(pack)
        printed = {
            each.number for each in (*told.lead, *told.critics, *(q for page in told.pages for q in page.quotes))
        }
        return {each.item_id: ("main" if each.number in printed else "annex", "software") for each in pack.exhibits}
    who = selection.chosen_by
    choices = {each.item_id: ("main" if each.chosen else "annex", who) for each in pack.exhibits}
    return choices | {each.item: ("no", who) for each in selection.quotes if each.use == "no"}


@dataclass(frozen=True, slots=True)
class _Written:
    path: Path
    failure: str = ""


def _written(exporter: Exporter, pack: EvidencePack, folder: Path) -> _Written:
    """Writes one format into a folder where nobody looks yet."""
    path = folder / f"{file_name(pack)}{exporter.suffix}"
    try:
        with plugins.boundary(path.name, ExportError):
            exporter.export(pack, path)
    except (ExportError, ConfigError) as error:
        return _Written(path, str(error).replace(f"{folder}/", ""))
    return _Written(path)


def _publish(store: Store, made: Made, written: _Written, output: Path) -> None:
    """Gives a file, or a folder of files, its name, if everything in it may still be quoted."""
    if written.failure:
        made.failures.append(written.failure)
        return
    path = output / written.path.name
    try:
        check_exhibits(store, made.pack)
        _replace(written.path, path)
        _names_last(output)
        made.files.append(path)
    except (ExportError, ConsentError) as error:
        made.failures.append(f"{path.name} was not written: {error}")
    except OSError as error:
        made.failures.append(f"{path} was not written: {error.strerror}")


def _replace(staged: Path, path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        away = staged.with_name(f"{staged.name}.old")
        path.replace(away)
        staged.replace(path)
        shutil.rmtree(away, ignore_errors=True)
    else:
        staged.replace(path)


def _finished(store: Store, made: Made, output: Path, tasks: Sequence[Future[_Written]]) -> Made:
    for task in tasks:
        _publish(store, made, task.result(), output)
    return made


def _names_last(folder: Path) -> None:
    """Files are synced as they are written; a name survives a power cut when its folder is synced as well."""
    with contextlib.suppress(OSError):  # a file system that cannot sync folders
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


_MAKING = ".making-"
_LEFT_SECONDS = 86_400.0
"""Nobody makes packs for a day: a folder that is older holds people's words for nobody."""


def _clear(output: Path) -> None:
    for left in output.glob(f"{_MAKING}*"):
        with contextlib.suppress(OSError):  # somebody else was first
            if left.stat().st_mtime < time.time() - _LEFT_SECONDS:
                shutil.rmtree(left)


@contextmanager
def _staging(output: Path) -> Iterator[Path]:
    """A hidden folder beside the files to come, gone at the end whatever happens; a killed run's goes next time."""
    folder = output / f"{_MAKING}{secrets.token_hex(6)}"
    try:
        output.mkdir(parents=True, exist_ok=True)
        folder.mkdir()
    except OSError as error:
        raise ExportError(f"{output}: the folder cannot be made: {error.strerror}") from error
    _clear(output)
    try:
        yield folder
    finally:
        with contextlib.suppress(OSError):
            shutil.rmtree(folder, ignore_errors=True)


def file_name(pack: EvidencePack) -> str:
    """A file name that is safe everywhere: the title's letters and digits, and the pack's number."""
    kept = "".join(c if c.isalnum() and c.isascii() else "-" for c in pack.title.lower())
    title = "-".join(part for part in kept.split("-") if part)[:60]
    return f"{title or 'pack'}-{pack.number}"
