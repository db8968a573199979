"""The choice of quotes as files of the campaign: `selections/NAME.yaml`, the same that the command line reads.

A file holds the words as they were when they were chosen. What a page shows, and what is saved, are the words as they
are now: a statement that changed, or that may not be quoted any more, says so and can only be left out.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from advocacy_monitor.candidates import Candidate, chosen_candidates
from advocacy_monitor.config import Loaded
from advocacy_monitor.errors import ConfigError, ExportError
from advocacy_monitor.exhibits import exhibits_of, why_not_quoted
from advocacy_monitor.exporters.atomic import whole_file
from advocacy_monitor.models import Exhibit
from advocacy_monitor.selection import ANNEX, MAIN, NO, USES, Chosen, Selection
from advocacy_monitor.selection_file import propose, read_selection
from advocacy_monitor.shortening import shortened
from advocacy_monitor.store import Store
from advocacy_monitor.translate import Texts

FOLDER = "selections"
LONGEST_PRINTED = 20_000
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,58}[a-z0-9])?")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A file of the folder: `wrong` says what is wrong with it, '' for nothing."""

    name: str
    title: str
    chosen_by: str
    quotes: int
    changed_at: datetime
    wrong: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One statement of a selection, as it is now. `why_not` says why it cannot be quoted, '' where it can be.

    `use` is main, annex or no; `printed` the shortened words or ''; `wrong` what is wrong with these.
    """

    item_id: int
    use: str
    printed: str
    text: str
    language: str
    place: str
    said_on: datetime | None
    source: str
    themes: tuple[str, ...]
    critical: bool
    used: int
    sent: int
    why_not: str = ""
    wrong: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """A selection that is open: its entries in order; `version` tells whether somebody else saved it meanwhile."""

    name: str
    selection: Selection
    entries: tuple[Entry, ...]
    version: str


def check_name(name: str, t: Texts) -> str:
    """A name that is safe as a file's everywhere. Raises ConfigError."""
    given = name.strip().lower()
    if not _NAME.fullmatch(given) or _RESERVED.fullmatch(given):
        raise ConfigError(
            t.text(
                "A name is made of up to 60 of the letters a to z, digits, hyphen and underscore, such as {example}.",
                example="riverside-autumn",
            )
        )
    return given


def path_of(loaded: Loaded, name: str, t: Texts) -> Path:
    """Where a selection of this name stands or would stand. Raises ConfigError."""
    path = loaded.folder / FOLDER / f"{check_name(name, t)}.yaml"
    if path.is_symlink() or path.parent.is_symlink():
        raise ConfigError(t.text("This file leads out of the campaign's folder and is not used."))
    return path


def listed(loaded: Loaded) -> list[Listed]:
    """The selections of a campaign, the newest first."""
    folder = loaded.folder / FOLDER
    found = []
    for path in sorted(folder.glob("*.yaml")) if folder.is_dir() and not folder.is_symlink() else ():
        if not _NAME.fullmatch(path.stem) or path.is_symlink() or not path.is_file():
            continue
        changed_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        known = Listed(name=path.stem, title=path.stem, chosen_by="", quotes=0, changed_at=changed_at)
        try:
            read = read_selection(path, by_somebody=False)
        except ConfigError as error:
            found.append(replace(known, wrong=_local(str(error), loaded)))
        else:
            found.append(replace(known, title=read.title, chosen_by=read.chosen_by, quotes=len(read.quotes)))
    return sorted(found, key=lambda each: each.changed_at, reverse=True)


def _local(words: str, loaded: Loaded) -> str:
    """Words of an error without the paths of this machine."""
    return words.replace(f"{loaded.folder}/", "")


def open_book(store: Store, path: Path, *, name: str, folder: Path) -> Book:
    """A selection with its statements as they are now. Raises ConfigError."""
    version = version_of(path)
    try:
        selection = read_selection(path, by_somebody=False)
    except ConfigError as error:
        raise ConfigError(str(error).replace(f"{folder}/", "")) from error
    return Book(
        name=name,
        selection=replace(selection, origin=f"{FOLDER}/{path.name}"),
        entries=entries_of(store, selection, selection.quotes),
        version=version,
    )


def version_of(path: Path) -> str:
    """A digest of the file as it is. Raises ConfigError where there is none."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise ConfigError(f"{path.name}: cannot be read: {error.strerror}") from error


def entries_of(
    store: Store, selection: Selection, quotes: Sequence[Chosen], wrong: Mapping[int, str] | None = None
) -> tuple[Entry, ...]:
    """The statements of a choice, as they are now, in its order; `wrong` says what is wrong with what was typed."""
    items = [each.item for each in quotes]
    known = {each.item.id: each for each in chosen_candidates(store, items)}
    used, sent = store.choices.times_used(items), store.choices.times_sent(items)
    made = []
    for each in quotes:
        found = known.get(each.item)
        why = _why_not(found, each, sent=selection.query.recipient is not None)
        # What may not be quoted is not shown either: a page is a way out, too.
        told = found if found is not None and not why else None
        made.append(
            Entry(
                item_id=each.item,
                use=each.use,
                printed=each.printed if told else "",
                text=told.text if told else "",
                language=told.language if told else "",
                place=", ".join(filter(None, (told.library, told.area))) if told else "",
                said_on=told.item.created_at if told else None,
                source=told.item.source if told else "",
                themes=tuple(sorted(told.themes)) if told else (),
                critical=told.complaint_by_person if told else False,
                used=used.get(each.item, 0),
                sent=sent.get(each.item, 0),
                why_not=why,
                wrong=(wrong or {}).get(each.item, ""),
            )
        )
    return tuple(made)


def _why_not(found: Candidate | None, chosen: Chosen, *, sent: bool) -> str:
    if found is None:
        return "is no longer in the database"
    why = why_not_quoted(found, named=False, sent=sent)
    if why is not None:
        return re.sub(rf"^item {chosen.item}: ", "", str(why))
    if not found.text:
        return "its words were removed"
    if chosen.text_sha256 and digest_of(found) != chosen.text_sha256:
        return "its words, or what is blacked out of them, changed since it was chosen; propose anew"
    return ""


def digest_of(found: Candidate) -> str:
    """The digest of a statement's words as they may leave."""
    return hashlib.sha256(found.text.encode()).hexdigest()


def problems(entries: Sequence[Entry]) -> dict[int, str]:
    """By item, what keeps a choice from being saved: uses that are none, words that nobody said."""
    wrong = {}
    for each in entries:
        if each.use not in USES:
            wrong[each.item_id] = f"use: found {each.use[:20]!r}, allowed are {', '.join(USES)}"
        elif each.use != NO and each.why_not:
            wrong[each.item_id] = f"may not be quoted: {each.why_not}"
        elif each.use != NO and each.printed and (why := _why_not_shortened(each)):
            wrong[each.item_id] = why
    return wrong


def _why_not_shortened(entry: Entry) -> str:
    if len(entry.printed) > LONGEST_PRINTED:
        return f"is longer than {LONGEST_PRINTED:,} characters"
    try:
        shortened(entry.printed, entry.text)
    except ExportError as error:
        return str(error).replace("copy the words from `quote`", "copy them from the statement")
    return ""


def save(store: Store, path: Path, book: Book, entries: Sequence[Entry], *, by: str) -> None:
    """Writes a checked choice in the name of who made it; statements that may not be quoted any more are dropped.

    Raises ConfigError where somebody else saved the file since it was opened, or nothing is left of it.
    """
    if version_of(path) != book.version:
        raise ConfigError(f"{path.name}: somebody else has saved it meanwhile")
    kept = [each for each in entries if not each.why_not]
    if not kept:
        raise ConfigError(f"{path.name}: none of its statements may be quoted any more; propose anew")
    items = [each.item_id for each in kept]
    known = {each.item.id: each for each in chosen_candidates(store, items)}
    exhibits = exhibits_of(store, [known[item] for item in items], [known[item].places for item in items])
    written = propose(
        [_changed(exhibit, each) for exhibit, each in zip(exhibits, kept, strict=True)],
        {each.item_id: each.used for each in kept},
        query=book.selection.query,
        sent={each.item_id: each.sent for each in kept},
        richness={item: known[item].richness for item in items},
        chosen_by=by,
        no=[each.item_id for each in kept if each.use == NO],
    )
    with whole_file(path) as handle:
        handle.write(written.encode())


def _changed(exhibit: Exhibit, entry: Entry) -> Exhibit:
    quoted = shortened(entry.printed, exhibit.text) if entry.printed and entry.use != NO else ""
    return replace(exhibit, chosen=entry.use == MAIN, quoted="" if quoted == exhibit.text else quoted)


def moved(entries: Sequence[Entry], places: Mapping[int, int]) -> list[Entry]:
    """The entries by the places that somebody gave them; those of the main part come first, what is left out last."""
    rank = {MAIN: 0, ANNEX: 1, NO: 2}
    order = {each.item_id: number for number, each in enumerate(entries)}
    return sorted(entries, key=lambda each: (rank.get(each.use, 2), places.get(each.item_id, 0), order[each.item_id]))
