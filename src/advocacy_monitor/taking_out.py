"""An erasure as a whole, beyond the database: bytes, backups, files of the campaign folder, letters to who has packs.

`erase` removes from the database and may be called by a page; this is what the command does around it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from advocacy_monitor import erase as stage
from advocacy_monitor.config import Loaded
from advocacy_monitor.errors import AdvocacyMonitorError
from advocacy_monitor.rights import files, letters
from advocacy_monitor.rights.subjects import Subject
from advocacy_monitor.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What would go, and where else something of the person lies. `rejects` are records that could not be read and are
    the person's, `perhaps` those in which only a name stands: they stay."""

    erasure: stage.Erasure
    rejects: int
    perhaps: int
    notes: tuple[tuple[str, int], ...]
    files: files.Looked


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenOut:
    """What was done. `still` are the files that still hold something; `problems` say what has to be done again."""

    erased: stage.Erased
    removed_files: tuple[Path, ...]
    still: files.Looked
    backups: int
    unread_backups: tuple[str, ...]
    letters: tuple[Path, ...]
    problems: tuple[str, ...]


def show(store: Store, loaded: Loaded, subject: Subject, *, also: Sequence[int] = ()) -> Shown:
    """What would go, from where. Nothing is changed. Raises ModerationError."""
    erasure = stage.preview_of(store, subject, also=also)
    return Shown(
        erasure=erasure,
        rejects=len(theirs := store.people.rejects_of(subject.identity)),
        perhaps=len(set(store.people.rejects_naming(subject.identity.traces)).difference(theirs)),
        notes=tuple(store.people.notes_naming(subject.identity.words)),
        files=files.look(loaded, _traces(store, erasure)),
    )


def take_out(
    store: Store,
    loaded: Loaded,
    shown: Shown,
    *,
    confirmed: int,
    by: str,
    only_these: bool = False,
    remove_files: bool = False,
    letters_to: Path | None = None,
) -> TakenOut:
    """Removes a person everywhere. `confirmed` is the number of statements, as somebody typed it, `by` who did.

    What fails after the statements are gone is told in `problems`. Raises ModerationError when that number is another,
    or more is stored by now; then nothing was removed.
    """
    wanted = _traces(store, shown.erasure)
    stage.check(store, shown.erasure, confirmed=confirmed)
    # Files first: without the statements, an erasure that was broken off would not find them again.
    removed = files.removable(shown.files.holding, loaded) if remove_files else ()
    problems = [f"{path} could not be removed: {why}" for path, why in files.remove(removed)]
    erased = stage.erase(store, shown.erasure, confirmed=confirmed, only_these=only_these, by=by)
    store.actions.add(by, "erase", item_ids=erased.items, detail=stage.REASON)
    if meanwhile := store.erasures.of_keys(shown.erasure.subject.identity.keys):
        named = ", ".join(map(str, meanwhile[:5]))
        problems.append(f"came in meanwhile, by the same person: {named}; erase again, by --item {meanwhile[0]}")
    problems += [why for why in (store.erasures.vacuum(),) if why]
    changed: int = 0
    unread: tuple[str, ...] = ()
    written: list[Path] = []
    try:
        changed, unread, damaged = _in_backups(store, loaded)
        problems += [f"{each}: could not be cleaned; see the log, then delete it or repair it" for each in damaged]
    except AdvocacyMonitorError as error:
        problems.append(f"backups still hold it: {error}")
    try:
        if letters_to is not None:
            written = letters.write(letters.letters(store, loaded, erased.items), letters_to)
    except AdvocacyMonitorError as error:
        problems.append(f"the letters were not written: {error}; `advocacy-monitor erase --letters FOLDER` writes them")
    return TakenOut(
        erased=erased,
        removed_files=tuple(each.path for each in removed if not each.path.exists()),
        still=files.look(loaded, wanted),
        backups=changed,
        unread_backups=unread,
        letters=tuple(written),
        problems=tuple(problems),
    )


def _traces(store: Store, erasure: stage.Erasure) -> files.Traces:
    """What leads to the person in files. Copies and reposts say the same words, and their authors are others."""
    texts = [
        text
        for each in erasure.items
        for text in (each.text, *each.media_alt, *each.answers.values(), *store.items.versions(each.id))
    ]
    ids, who = [each.id for each in erasure.items], erasure.subject.identity
    sure = (*who.sure, *who.handles)
    return files.traces(texts, names=who.traces, packs=erasure.packs, item_ids=ids, sure=sure)


def _in_backups(store: Store, loaded: Loaded) -> tuple[int, tuple[str, ...], tuple[str, ...]]:
    """Removes the same from every backup that can be opened: how many were made anew, which are encrypted and which
    could not be read."""
    from advocacy_monitor.backups.rewriting import reapply_in_backups

    done = reapply_in_backups(loaded, store.erasures.journal.read())
    sealed = [each for each in done.unreadable if each not in done.damaged]
    return len(done.changed), tuple(map(str, sealed)), tuple(map(str, done.damaged))
