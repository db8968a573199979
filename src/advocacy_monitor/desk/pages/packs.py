"""Evidence packs at the desk: what can be packed of a page's filters, what would be counted, and making it.

A pack is made in the background. Its files can be downloaded as long as everything quoted in them may still be.
"""

from __future__ import annotations

import contextlib
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from starlette.responses import Response

from advocacy_monitor import plugins
from advocacy_monitor.config import Loaded
from advocacy_monitor.desk.context import Asked, Page, Refusal
from advocacy_monitor.desk.exports.view import without_words
from advocacy_monitor.desk.pack_jobs import PACK_FILE, Job, PackJobs, State, TooManyJobsError, jobs_of
from advocacy_monitor.desk.pack_query import (
    about_their_area,
    carried,
    filters_of,
    preview,
    query_of,
    recipients_of,
)
from advocacy_monitor.desk.pages import packs_log
from advocacy_monitor.desk.selections import path_of
from advocacy_monitor.errors import ConfigError, ConsentError, ExportError
from advocacy_monitor.left_out import label
from advocacy_monitor.line import check_query
from advocacy_monitor.models import Query, Recipient
from advocacy_monitor.pack import check_exhibits
from advocacy_monitor.pack_digest import read_pack
from advocacy_monitor.packing import Order
from advocacy_monitor.recipients import by_key
from advocacy_monitor.selection import Selection
from advocacy_monitor.selection_file import read_selection
from advocacy_monitor.staff.roles import Right
from advocacy_monitor.summary.filters import Filters
from advocacy_monitor.translate import LANGUAGES, Texts, texts

_FIRST_FORMATS = ("pdf", "bundle")
_LONGEST_TITLE = 200
_BRACES = {"area": "{area}", "name": "{name}"}
_KINDS = {
    ".pdf": "application/pdf",
    ".zip": "application/zip",
    ".json": "application/json",
    ".csv": "text/csv; charset=utf-8",
    ".html": "application/octet-stream",
    ".png": "image/png",
    ".txt": "text/plain; charset=utf-8",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody asks for in the form, before it is checked."""

    title: str = ""
    recipient: str = ""
    other: str = ""
    language: str = ""
    formats: tuple[str, ...] = _FIRST_FORMATS
    widen: bool = False
    unverified: bool = False
    selection: str = ""

    @classmethod
    def read(cls, given: Any) -> Wish:
        """The wish in an address or in a form."""
        return cls(
            title=_words(given, "title"),
            recipient=_words(given, "recipient"),
            other=_words(given, "other"),
            language=_words(given, "pack_language"),
            formats=tuple(str(each) for each in given.getlist("format")) or _FIRST_FORMATS,
            widen=given.get("widen") == "1",
            unverified=given.get("unverified") == "1",
            selection=_words(given, "selection"),
        )


def _words(given: Any, key: str) -> str:
    found = given.get(key)
    return found.strip()[:1000] if isinstance(found, str) else ""


def jobs(asked: Asked) -> PackJobs:
    """The campaign's jobs."""
    return jobs_of(asked.desk.loaded, asked.desk.clock)


def new(asked: Asked) -> Response:
    """The form, with what the filters of a page can be about and what would be counted."""
    return _form(asked, Filters.read(asked.query.multi_items()), Wish.read(asked.query))


def _form(asked: Asked, filters: Filters, wish: Wish, *, wrong: str = "", status: int = 200) -> Response:
    found = carried(filters, asked.t)
    known, note = known_recipients(asked)
    selection = _selection(asked, wish.selection) if wish.selection else None
    if selection is not None:
        found = replace(found, filters=filters_of(selection.query), dropped=())
        wish = _as_chosen(wish, selection, known)
    recipient = next((each for each in known if each.key == wish.recipient), None)
    about = about_their_area(asked.desk, found.filters, recipient)
    shown = preview(asked.desk, about, sent=bool(wish.recipient or wish.other))
    t = asked.t
    return asked.page(
        "packs_new.html",
        status=status,
        asked_filters=filters,
        filters=found.filters,
        dropped=found.dropped,
        about=about,
        recipient=recipient,
        recipients=known,
        recipients_note=note,
        shown=shown,
        left_out=[(label(why, texts(t.code)), number) for why, number in shown.left_out.items()],
        wish=wish,
        selection=selection,
        formats=format_names(t),
        languages=LANGUAGES,
        own_language=asked.desk.loaded.config.campaign.pack_language,
        wrong=wrong,
    )


def _as_chosen(wish: Wish, selection: Selection, known: Sequence[Recipient]) -> Wish:
    """The wish, with title and recipient of the selection where the form has none yet."""
    wish = replace(wish, title=wish.title or selection.title)
    named = selection.query.recipient or ""
    if wish.recipient or wish.other or not named:
        return wish
    listed = next((each.key for each in known if named in (each.key, each.shown)), "")
    return replace(wish, recipient=listed, other="" if listed else named)


def formats() -> list[str]:
    """The formats that can be written, by name."""
    return sorted(plugins.installed(plugins.EXPORTERS))


def format_names(t: Texts) -> list[tuple[str, str]]:
    """The formats with what they are; one that an association added itself under its own name."""
    words = {
        "pdf": t.text("Brief on one page (PDF)"),
        "brief-docx": t.text("Brief on one page (Word)"),
        "report": t.text("Report (PDF)"),
        "docx": t.text("Report (Word)"),
        "letter": t.text("Letter to the recipient (Word)"),
        "press-release": t.text("Press release (Word)"),
        "slides": t.text("Slides (PowerPoint)"),
        "cards": t.text("Quote cards (pictures)"),
        "html": t.text("Page for the web (HTML)"),
        "csv": t.text("Quotes as a table (CSV)"),
        "xlsx": t.text("Data annex (Excel)"),
        "json": t.text("Data annex (JSON)"),
        "bundle": t.text("Everything, to be checked by others (ZIP)"),
    }
    known = formats()
    return [(name, words[name]) for name in words if name in known] + [(n, n) for n in known if n not in words]


def known_recipients(asked: Asked) -> tuple[Sequence[Recipient], str]:
    """The decision makers, and what is wrong with their file."""
    try:
        return recipients_of(asked.desk.loaded), ""
    except ConfigError as error:
        return (), str(error).replace(f"{asked.desk.loaded.folder}/", "")


def _selection(asked: Asked, name: str) -> Selection:
    """A saved choice of quotes. Raises ConfigError."""
    loaded = asked.desk.loaded
    try:
        return read_selection(path_of(loaded, name, asked.t))
    except ConfigError as error:
        raise ConfigError(str(error).replace(f"{loaded.folder}/", "")) from error


def make(asked: Asked) -> Response:
    """Begins a pack, and leads to its page; a form with mistakes comes back with what is wrong."""
    wish, filters = Wish.read(asked.form), Filters.read(_pairs(asked.form))
    if asked.form.get("show") == "1":  # not in an address: the form's token would stand in it
        return _form(asked, filters, wish)
    try:
        selection = _selection(asked, wish.selection) if wish.selection else None
        query, order = ordered(asked, filters, wish, selection=selection)
        if not wish_formats(wish):
            raise ConfigError(asked.t.text("Choose at least one format."))
        job = jobs(asked).make_pack(query, replace(order, formats=wish_formats(wish)), by=asked.person.name)
    except (ConfigError, TooManyJobsError) as error:
        return _form(asked, filters, wish, wrong=str(error), status=409 if isinstance(error, TooManyJobsError) else 400)
    noted(asked, "make pack", job, filters)
    return asked.to(f"/packs/jobs/{job.id}", say=asked.t.text("The pack is being made."))


def noted(asked: Asked, action: str, job: Job, filters: Filters) -> None:
    """Notes in the log who had what made."""
    with asked.desk.writer() as store:
        detail = f"{job.id}; {', '.join(job.formats) or job.selection}; {without_words(filters.pairs())}"
        asked.desk.note(store, asked.person, action, detail=detail[:1000])


def _pairs(form: Any) -> list[tuple[str, str]]:
    return [(key, value) for key, value in form.multi_items() if isinstance(value, str)]


def wish_formats(wish: Wish) -> tuple[str, ...]:
    """The formats that were ticked. Raises ConfigError for one that there is not."""
    known = formats()
    if strange := [name for name in wish.formats if name not in known]:
        raise ConfigError(f"format: there is none called {strange[0][:40]!r}; there are: {', '.join(known)}")
    return tuple(dict.fromkeys(wish.formats))


def ordered(asked: Asked, filters: Filters, wish: Wish, *, selection: Selection | None = None) -> tuple[Query, Order]:
    """The query and order that a form asks for, as the command line would make them. Raises ConfigError."""
    t, loaded = asked.t, asked.desk.loaded
    if not wish.title or len(wish.title) > _LONGEST_TITLE:
        raise ConfigError(t.text("A pack needs a title of at most {n} characters.", n=t.number(_LONGEST_TITLE)))
    if wish.language and wish.language not in LANGUAGES:
        raise ConfigError(f"pack_language: found {wish.language[:20]!r}, allowed are {', '.join(LANGUAGES)}")
    if selection is not None:
        query = replace(selection.query, title=wish.title)
    else:
        query = query_of(carried(filters, t).filters, title=wish.title)
    recipient = _for_whom(loaded, wish)
    query = replace(query, recipient=recipient.shown if recipient else wish.other or None)
    if recipient is None and ("{area}" in query.title or "{name}" in query.title):
        raise ConfigError(t.text("The title holds {area} or {name}: choose a recipient from the list.", **_BRACES))
    check_query(loaded, query)
    order = Order(
        formats=(),
        output=loaded.folder / "packs",
        unverified_too=wish.unverified,
        recipient=replace(recipient, area="") if recipient and query.areas else recipient,
        selection=selection,
        widen=wish.widen,
        language=wish.language,
    )
    return query, order


def _for_whom(loaded: Loaded, wish: Wish) -> Recipient | None:
    """The recipient of the list that was chosen, by key or by the words in a selection; None for nobody of it."""
    if not wish.recipient:
        return None
    known = recipients_of(loaded)
    shown = next((each for each in known if each.shown == wish.recipient), None)
    return shown or by_key(known, wish.recipient)


def job_page(asked: Asked) -> Response:
    """How far a job is, what failed, and its files."""
    job = _job(asked)
    made = jobs(asked)
    over = job.is_over
    stopped = _why_stopped(asked, made, job) if job.files else ""
    return asked.page(
        "packs_job.html",
        job=job,
        over=over,
        State=State,
        written=made.written(job) if job.state is State.RUNNING else len(job.files),
        ahead=sum(not each.is_over and each.id < job.id for each in made.all()) if not over else 0,
        stopped=stopped,
        refresh=not over,
    )


def _job(asked: Asked) -> Job:
    job = jobs(asked).get(str(asked.path["job"]))
    if job is None:
        raise Refusal(404, asked.t.text("There is no such pack or proposal."))
    return job


def _why_stopped(asked: Asked, made: PackJobs, job: Job) -> str:
    """Why a pack's files may not be handed out any more, in words; '' where they may."""
    try:
        check_exhibits(asked.desk.reader(), read_pack(made.folder(job) / PACK_FILE))
    except (ExportError, ConsentError) as error:
        return str(error).replace(f"{asked.desk.loaded.folder}/", "")
    return ""


def _downloadable(asked: Asked) -> tuple[PackJobs, Job]:
    """A job whose pack may still be handed out."""
    job, made = _job(asked), jobs(asked)
    if why := _why_stopped(asked, made, job):
        words = asked.t.text("This pack may not be handed out any more: {why}. Make it anew.", why=why)
        raise Refusal(409, words)
    return made, job


def file(asked: Asked) -> Response:
    """One file of a pack."""
    made, job = _downloadable(asked)
    path = made.file(job, str(asked.path["name"]))
    if path is None:
        raise Refusal(404, asked.t.text("This pack has no such file."))
    _note_download(asked, job, path.name)
    kind = _KINDS.get(path.suffix.lower(), "application/octet-stream")
    return asked.file(path, name=path.name, kind=kind)


def archive(asked: Asked) -> Response:
    """All files of a pack in one ZIP."""
    made, job = _downloadable(asked)
    if not job.files:
        raise Refusal(404, asked.t.text("This pack has no such file."))
    with tempfile.NamedTemporaryFile(prefix="pack-", suffix=".zip", delete=False) as handle:
        zipped = Path(handle.name)
    try:
        with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as target:
            for name in job.files:
                if path := made.file(job, name):
                    target.write(path, f"pack-{job.number}/{name}")
    except BaseException:
        with contextlib.suppress(OSError):
            zipped.unlink()
        raise
    _note_download(asked, job, "zip")
    return asked.file(
        zipped,
        name=f"pack-{job.number}.zip",
        kind="application/zip",
        afterwards=lambda: zipped.unlink(missing_ok=True),
    )


def _note_download(asked: Asked, job: Job, name: str) -> None:
    with asked.desk.writer() as store:
        asked.desk.note(store, asked.person, "download pack", detail=f"{job.number}: {name}")


def job_state(asked: Asked) -> Response:
    """How far a job is, for the page's script."""
    job = _job(asked)
    state: Mapping[str, object] = {
        "state": str(job.state),
        "over": job.is_over,
        "written": jobs(asked).written(job),
        "formats": len(job.formats),
    }
    return asked.json(state)


PAGES = (
    Page("GET", "/packs/new", Right.EXPORT, new),
    Page("POST", "/packs/new", Right.EXPORT, make),
    Page("GET", "/packs/jobs/{job}", Right.EXPORT, job_page),
    Page("GET", "/packs/jobs/{job}/state.json", Right.EXPORT, job_state),
    Page("GET", "/packs/jobs/{job}/all.zip", Right.EXPORT, archive),
    Page("GET", "/packs/jobs/{job}/files/{name:path}", Right.EXPORT, file),
    *packs_log.PAGES,
)
