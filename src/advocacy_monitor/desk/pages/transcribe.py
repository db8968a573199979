"""Flyers that people filled in by hand: batches of them, how far each is, and how well it was read.

The list of all pages of flyers is here.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import date, timedelta

from starlette.responses import Response

from advocacy_monitor.desk.context import Asked, Page
from advocacy_monitor.desk.pages import transcribe_check, transcribe_enter, transcribe_scans
from advocacy_monitor.desk.pages.transcribe_scans import MOST_FILES
from advocacy_monitor.desk.pages.transcribe_words import asking, batch_of, field_said, opened
from advocacy_monitor.errors import ModerationError
from advocacy_monitor.hosting import questionnaire
from advocacy_monitor.models import Form
from advocacy_monitor.questionnaire import read_questionnaire
from advocacy_monitor.staff.roles import Right
from advocacy_monitor.store import Store
from advocacy_monitor.store.paper import FIRST, SECOND, Batch, Entry
from advocacy_monitor.transcribing import form_of, repair
from advocacy_monitor.transcribing_checks import Errors, close, errors, finish, to_read, to_settle

_LONGEST_NAME = 60
_MOST_SEED = 2**31
_LEAST_FOR_SHARE = 30
"""Of fewer fields no percentage is told (R9)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """A batch as one person sees it: what was entered, what this person may still read, what waits to be settled."""

    batch: Batch
    kept: int
    left_out: int
    checks: int
    waiting: int
    mine: int
    differing: int
    errors: Errors

    @property
    def may_close(self) -> bool:
        """Whether nothing is left to do."""
        return self.batch.entered_at is not None and self.batch.closed_at is None and not self.waiting + self.differing


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The form for a new batch, as it was typed."""

    name: str = ""
    library: str = ""
    language: str = ""
    version: str = ""
    received: str = ""
    wrong: dict[str, str] = field(default_factory=dict)


def batches(asked: Asked) -> Response:
    """Every batch, the newest first."""
    store = asked.desk.reader()
    found = [_overview(asked, store, each) for each in store.paper.batches()]
    together = errors(check for each in found for check in store.paper.checks(each.batch.id))
    return asked.page("transcribe.html", batches=found, together=together, least=_LEAST_FOR_SHARE)


def _overview(asked: Asked, store: Store, batch: Batch) -> Overview:
    entries, checks = store.paper.entries(batch.id, FIRST), store.paper.checks(batch.id)
    read = {each.flyer for each in store.paper.entries(batch.id, SECOND)}
    return Overview(
        batch=batch,
        kept=sum(each.left_out is None for each in entries),
        left_out=sum(each.left_out is not None for each in entries),
        checks=len(checks),
        waiting=sum(each.flyer not in read for each in checks),
        mine=len(to_read(store, batch, asked.person.name)),
        differing=len(to_settle(store, batch)),
        errors=errors(checks),
    )


def new(asked: Asked) -> Response:
    """The form for a new batch."""
    today = asked.desk.clock().date()
    return _new(asked, Wanted(language=asked.t.code, received=today.isoformat()))


def _new(asked: Asked, wanted: Wanted, *, status: int = 200) -> Response:
    versions = _versions(asked)
    return asked.page(
        "transcribe_new.html",
        status=status,
        wanted=wanted,
        versions=[(digest, form.name, form.version) for digest, form in versions.items()],
        languages=_languages(versions),
        libraries=[each.label for each in asking(asked).libraries.on_page],
        longest=_LONGEST_NAME,
    )


def _versions(asked: Asked) -> dict[str, Form]:
    """The questionnaires that may be on the sheets: the campaign's own of today first, then what was used before."""
    now = questionnaire(asked.desk.loaded).form
    return {each.digest: each for each in (now, *reversed(list(asked.desk.reader().submissions.forms().values())))}


def _languages(versions: dict[str, Form]) -> list[str]:
    """The languages in which one of them is worded."""
    found = [code for form in versions.values() for code in read_questionnaire(form.content).languages]
    return list(dict.fromkeys(found))


def open_new(asked: Asked) -> Response:
    """Begins a batch and goes on to its first flyer; what is wrong stays in the form."""
    name, library, language, version, received = (
        " ".join(str(asked.form.get(key, "")).split()) for key in ("name", "library", "language", "version", "received")
    )
    wanted = Wanted(name=name, library=library, language=language, version=version, received=received)
    wanted.wrong.update(_wrong(asked, wanted))
    if wanted.wrong:
        return _new(asked, wanted, status=400)
    found = asking(asked).libraries.find(wanted.library)
    try:
        with asked.desk.writer() as store:
            batch = store.paper.open_batch(
                wanted.name,
                library=found.label if found else wanted.library or None,
                language=wanted.language,
                form_id=store.submissions.keep_form(_versions(asked)[wanted.version]),
                received_on=date.fromisoformat(received),
                seed=secrets.randbelow(_MOST_SEED),
                by=asked.person.name,
            )
            asked.desk.note(store, asked.person, "transcribe.open", detail=batch.name)
    except ModerationError:
        wanted.wrong["name"] = asked.t.text("There is a batch of this name already. Choose another name.")
        return _new(asked, wanted, status=409)
    return asked.to(f"/transcribe/{batch.id}", say=asked.t.text("The batch is open."))


def _wrong(asked: Asked, wanted: Wanted) -> dict[str, str]:
    t, wrong = asked.t, {}
    versions = _versions(asked)
    if not 0 < len(wanted.name) <= _LONGEST_NAME or not wanted.name.isprintable():
        wrong["name"] = t.text("Give the batch a short name, of {most} characters at most.", most=_LONGEST_NAME)
    libraries = asking(asked).libraries
    if wanted.library and libraries.listed and libraries.find(wanted.library) is None:
        wrong["library"] = t.text("No library of the campaign is called so.")
    elif len(wanted.library) > 200:
        wrong["library"] = t.text("This name is too long.")
    if wanted.version not in versions:
        wrong["version"] = t.text("Choose the version that is printed on the sheets.")
    elif wanted.language not in read_questionnaire(versions[wanted.version].content).languages:
        wrong["language"] = t.text("This version has no wording in this language.")
    try:
        day = date.fromisoformat(wanted.received)
        if day > asked.desk.clock().date() + timedelta(days=1):
            wrong["received"] = t.text("This day is still to come.")
    except ValueError:
        wrong["received"] = t.text("Write the day as year, month and day: 2026-11-30.")
    return wrong


def batch(asked: Asked) -> Response:
    """One batch: its flyers, its scans, the next steps, how well it was read."""
    with opened(asked) as store:
        found = batch_of(asked, store)
        repair(store, found, asking=asking(asked))
        scans = store.paper.scans.of(found.id)
        entries = store.paper.entries(found.id, FIRST)
        seen = _overview(asked, store, found)
        return asked.page(
            "transcribe_batch.html",
            batch=found,
            form=form_of(found),
            seen=seen,
            entries=entries,
            mine=[each for each in entries if _may_correct(asked, found, each)],
            scans=scans,
            next_flyer=store.paper.next_flyer(found.id),
            by_field=[(field_said(asked, form_of(found), name), n) for name, n in seen.errors.by_field.items()],
            least=_LEAST_FOR_SHARE,
            most_files=MOST_FILES,
        )


def _may_correct(asked: Asked, found: Batch, entry: Entry) -> bool:
    is_open = found.entered_at is None
    return is_open and (entry.transcriber == asked.person.name or asked.person.may(Right.MODERATE))


def entered(asked: Asked) -> Response:
    """All flyers are entered: chance chooses those that are read twice."""
    with asked.desk.writer() as store:
        found = batch_of(asked, store)
        chosen = finish(store, found, by=asked.person.name, asking=asking(asked))
        asked.desk.note(store, asked.person, "transcribe.finish", detail=found.name)
    said = asked.t.counted(
        "Chance chose {n} flyer that somebody else reads a second time.",
        "Chance chose {n} flyers that somebody else reads a second time.",
        len(chosen),
    )
    few = asked.t.text("With fewer than five flyers none is read twice.")
    return asked.to(f"/transcribe/{found.id}", say=said if chosen else few)


def go_on(asked: Asked) -> Response:
    """More flyers came: the batch takes them as long as no second reading was made."""
    with asked.desk.writer() as store:
        found = batch_of(asked, store)
        store.paper.go_on(found.id)
        asked.desk.note(store, asked.person, "transcribe.go_on", detail=found.name)
    return asked.to(f"/transcribe/{found.id}", say=asked.t.text("The batch takes flyers again."))


def end(asked: Asked) -> Response:
    """Closes a batch."""
    with asked.desk.writer() as store:
        found = batch_of(asked, store)
        with_scans = asked.form.get("scans") == "remove"
        close(store, found, by=asked.person.name, with_scans=with_scans, asking=asking(asked))
        asked.desk.note(store, asked.person, "transcribe.close", detail=found.name)
    return asked.to(f"/transcribe/{found.id}", say=asked.t.text("The batch is closed."))


_BATCH = "/transcribe/{batch:int}"
_SCAN = f"{_BATCH}/scans/{{scan:int}}"

PAGES = (
    Page("GET", "/transcribe", Right.TRANSCRIBE, batches),
    Page("GET", "/transcribe/new", Right.TRANSCRIBE, new),
    Page("POST", "/transcribe/new", Right.TRANSCRIBE, open_new),
    Page("GET", _BATCH, Right.TRANSCRIBE, batch),
    Page("GET", f"{_BATCH}/enter", Right.TRANSCRIBE, transcribe_enter.show),
    Page("POST", f"{_BATCH}/enter", Right.TRANSCRIBE, transcribe_enter.save),
    Page("POST", f"{_BATCH}/draft", Right.TRANSCRIBE, transcribe_enter.draft),
    Page("POST", f"{_BATCH}/scans", Right.TRANSCRIBE, transcribe_scans.attach, files=MOST_FILES),
    Page("GET", _SCAN, Right.TRANSCRIBE, transcribe_scans.picture),
    Page("POST", f"{_SCAN}/remove", Right.TRANSCRIBE, transcribe_scans.remove),
    Page("POST", f"{_BATCH}/finish", Right.TRANSCRIBE, entered),
    Page("POST", f"{_BATCH}/go-on", Right.TRANSCRIBE, go_on),
    Page("GET", f"{_BATCH}/second", Right.TRANSCRIBE, transcribe_check.show_second),
    Page("POST", f"{_BATCH}/second", Right.TRANSCRIBE, transcribe_check.save_second),
    Page("GET", f"{_BATCH}/settle", Right.TRANSCRIBE, transcribe_check.show_settle),
    Page("POST", f"{_BATCH}/settle", Right.TRANSCRIBE, transcribe_check.decide),
    Page("POST", f"{_BATCH}/close", Right.TRANSCRIBE, end),
)
