"""Scans of flyers: attached to one flyer or to many at once, shown to those who may transcribe, removed for good."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from starlette.datastructures import UploadFile
from starlette.responses import Response

from advocacy_monitor.desk.context import Asked, Refusal
from advocacy_monitor.desk.pages.transcribe_enter import flyer_in, sending_in, sheet
from advocacy_monitor.desk.pages.transcribe_read import typed
from advocacy_monitor.desk.pages.transcribe_words import batch_of, opened
from advocacy_monitor.errors import StoreError
from advocacy_monitor.scanning import JPEG, MOST_BYTES, ScanError, pictures
from advocacy_monitor.store.paper import LARGEST, Batch
from advocacy_monitor.transcribing import takes_scans

MOST_FILES = 40
_LONGEST_NAME = 80


def attach(asked: Asked) -> Response:
    """Keeps the files that were sent, for one flyer or for one after the other from a number on.

    From the page of a flyer (`back`) it leads there again, with everything that was typed.
    """
    flyer = flyer_in(asked)
    with opened(asked) as store:
        batch = batch_of(asked, store)
    if batch.closed_at is not None:
        raise Refusal(409, asked.t.text("This batch is closed."))
    added, problems = _attached(asked, batch, flyer, _files(asked))
    if asked.form.get("back") != "sheet":
        said = asked.t.counted("{n} picture was added.", "{n} pictures were added.", added)
        return asked.to(f"/transcribe/{batch.id}", say=" ".join([said, *problems]))
    with opened(asked) as store:
        scans = store.paper.scans.of(batch.id, flyer)
    return sheet(
        asked, batch, flyer, scans, typed(asked.form), sending_in(asked), problem=" ".join(problems),
        status=400 if problems else 200,
    )  # fmt: skip


def _files(asked: Asked) -> list[UploadFile]:
    """The files in the order of their names, as scanners number them."""
    files = [each for each in asked.form.getlist("scan") if isinstance(each, UploadFile) and each.filename]
    return sorted(files, key=lambda each: _natural(each.filename or ""))


def _natural(name: str) -> list[tuple[int, int, str]]:
    """'page-10' behind 'page-9'."""
    parts = "".join(sign if sign.isascii() and sign.isdigit() else f"\0{sign}\0" for sign in name).split("\0")
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts if part]


def _attached(asked: Asked, batch: Batch, first: int, files: Sequence[UploadFile]) -> tuple[int, list[str]]:
    """How many pictures are new, and what is wrong with the files of which none was kept."""
    sides = 2 if asked.form.get("sides") == "2" else 1
    if not files:
        return 0, [asked.t.text("Choose a file first.")]
    added, problems, one = 0, [], asked.form.get("back") == "sheet"
    for place, file in enumerate(files):
        flyer = first if one else first + place // sides
        name = PurePath(file.filename or "").name[:_LONGEST_NAME]
        if flyer > LARGEST:
            problems.append(_why_not(asked, name, "number"))
            break
        try:
            made = pictures(file.file.read(MOST_BYTES + 1))
            with asked.desk.writer() as store:
                if not takes_scans(store, batch, flyer):
                    problems.append(asked.t.text("Of flyer {number} no scan may be kept.", number=flyer))
                    continue
                added += store.paper.scans.add(batch.id, flyer, made, by=asked.person.name)
                asked.desk.note(store, asked.person, "transcribe.scan", detail=f"{batch.name}: {flyer}")
        except ScanError as error:
            problems.append(_why_not(asked, name, error.why))
        except StoreError as error:
            problems.append(asked.t.text("{name} could not be stored: {why}.", name=name, why=str(error)))
    return added, problems


def _why_not(asked: Asked, name: str, why: str) -> str:
    t = asked.t
    return {
        "kind": t.text("{name} is no picture of the kind JPEG or PNG, and no PDF.", name=name),
        "damaged": t.text("{name} is damaged: it cannot be opened.", name=name),
        "large": t.text("{name} is too large: a file has 20 MB and 60 million dots at most.", name=name),
        "pages": t.text("{name} has more than four pages. Send one file for each flyer.", name=name),
        "number": t.text("{name}: there is no flyer with so high a number.", name=name),
    }[why]


def picture(asked: Asked) -> Response:
    """One scan: a picture to be looked at, or a PDF to be saved."""
    with opened(asked) as store:
        batch = batch_of(asked, store)
        found = store.paper.scans.content(batch.id, asked.path["scan"])
    if found is None:
        raise Refusal(404, asked.t.text("There is no such scan."))
    kind, content = found
    how = "inline" if kind == JPEG else "attachment"
    name = f"flyer-{batch.id}-{asked.path['scan']}.{'jpg' if kind == JPEG else 'pdf'}"
    headers = {"cache-control": "no-store", "content-disposition": f'{how}; filename="{name}"'}
    return Response(content, media_type=kind, headers=headers)


def remove(asked: Asked) -> Response:
    """Takes away a scan that belongs to another flyer."""
    with asked.desk.writer() as store:
        batch = batch_of(asked, store)
        if store.paper.scans.remove(batch.id, asked.path["scan"]):
            asked.desk.note(store, asked.person, "transcribe.remove_scan", detail=batch.name)
    return asked.to(f"/transcribe/{batch.id}", say=asked.t.text("The scan was removed."))
