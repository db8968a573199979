"""Packs and proposals that are made in the background, one at a time, each with a store of its own.

A job survives a page that is closed; what it made and how it ended stands in its folder, so a restart of the desk
forgets nothing but what had not been begun. Files get their names only when they are whole: packing sees to that.
"""

from __future__ import annotations

import logging
import re
import secrets
import threading
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import msgspec

from advocacy_monitor.choosing import propose_pack
from advocacy_monitor.config import Loaded
from advocacy_monitor.errors import AdvocacyMonitorError, ExportError
from advocacy_monitor.exporters.atomic import whole_file
from advocacy_monitor.exporters.json import JsonExporter
from advocacy_monitor.hosting import open_store
from advocacy_monitor.models import Query
from advocacy_monitor.packing import Order, export_pack

log = logging.getLogger(__name__)

MOST_AT_ONCE = 4
"""So many jobs wait or run at the same time; a person has patience for one or two."""

PACK_FILE = ".pack.json"
"""In a job's folder: the pack as it was made, to check before each download that it may still be handed out."""

_JOB_FILE = ".job.json"
_ID = re.compile(r"\d{8}-\d{6}-[0-9a-f]{8}")
_PREFIX = "desk-"
_MOST_LISTED = 200


class State(StrEnum):
    """How far a job is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One thing that is made in the background: a pack, or a proposal of quotes under the name `selection`.

    `failures` are sentences; a pack with failures of some formats is done all the same. `files` are the paths below
    the job's folder, `left_out` pairs of a reason in words and a number.
    """

    id: str
    kind: str
    title: str
    recipient: str
    by: str
    formats: tuple[str, ...]
    asked_at: datetime
    state: State = State.WAITING
    started_at: datetime | None = None
    ended_at: datetime | None = None
    number: str = ""
    found: int = 0
    statements: int = 0
    people: int = 0
    quotes: int = 0
    left_out: tuple[tuple[str, int], ...] = ()
    failures: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    selection: str = ""

    @property
    def is_over(self) -> bool:
        """Whether nothing will change any more."""
        return self.state in (State.DONE, State.FAILED)


@dataclass(frozen=True, slots=True)
class _Task:
    job_id: str
    work: Callable[[Job], Job]


class TooManyJobsError(ExportError):
    """There is enough to do already."""


@dataclass(slots=True)
class PackJobs:
    """The jobs of one campaign. Safe for several threads; its own thread lives only while there is work."""

    loaded: Loaded
    clock: Callable[[], datetime]
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _jobs: dict[str, Job] = field(default_factory=dict)
    _waiting: deque[_Task] = field(default_factory=deque)
    _thread: threading.Thread | None = None

    def make_pack(self, query: Query, order: Order, *, by: str) -> Job:
        """Begins a pack; `order.output` is replaced by the job's own folder. Raises TooManyJobsError."""
        recipient = order.recipient.shown if order.recipient else query.recipient or ""
        chosen = order.selection.origin if order.selection else ""
        job = self._new("pack", query.title, recipient, by, tuple(order.formats), selection=Path(chosen).stem)
        return self._submit(job, lambda running: self._pack(running, query, order))

    def propose(self, query: Query, order: Order, *, name: str, path: Path, by: str) -> Job:
        """Begins a proposal of quotes, written to `path`. Raises TooManyJobsError."""
        recipient = order.recipient.shown if order.recipient else query.recipient or ""
        job = self._new("choice", query.title, recipient, by, (), selection=name)
        return self._submit(job, lambda running: self._proposal(running, query, order, path))

    def get(self, job_id: str) -> Job | None:
        """A job of this run of the desk, or of an earlier one."""
        if not _ID.fullmatch(job_id):
            return None
        with self._lock:
            known = self._jobs.get(job_id)
        return known or self._read(job_id)

    def all(self) -> list[Job]:
        """All jobs, the newest first."""
        with self._lock:
            found = dict(self._jobs)
        folders = sorted(self.packs.glob(f"{_PREFIX}*"), reverse=True) if self.packs.is_dir() else []
        for folder in folders[:_MOST_LISTED]:
            job_id = folder.name.removeprefix(_PREFIX)
            if job_id not in found and _ID.fullmatch(job_id) and (job := self._read(job_id)):
                found[job_id] = job
        return sorted(found.values(), key=lambda job: job.id, reverse=True)

    def of_pack(self, number: str) -> Job | None:
        """The newest job that made a pack of this number, with files to download."""
        return next((job for job in self.all() if job.number == number and job.files), None)

    def wait(self, seconds: float = 60.0) -> bool:
        """Waits until nothing is to do any more."""
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join(seconds)
        return thread is None or not thread.is_alive()

    @property
    def packs(self) -> Path:
        """Where packs are kept."""
        return self.loaded.folder / "packs"

    def folder(self, job: Job) -> Path:
        """A job's own folder."""
        return self.packs / f"{_PREFIX}{job.id}"

    def written(self, job: Job) -> int:
        """How many of a job's files have their names already."""
        return len(_listed(self.folder(job)))

    def file(self, job: Job, name: str) -> Path | None:
        """A file of a job by its name; None for any other: nothing is looked up by a path that came with a request."""
        folder = self.folder(job)
        found = {path.relative_to(folder).as_posix(): path for path in _listed(folder)}
        return found.get(name) if name in job.files else None

    def _new(self, kind: str, title: str, recipient: str, by: str, formats: tuple[str, ...], *, selection: str) -> Job:
        moment = self.clock()
        return Job(
            id=f"{moment:%Y%m%d-%H%M%S}-{secrets.token_hex(4)}",
            kind=kind,
            title=title,
            recipient=recipient,
            by=by,
            formats=formats,
            asked_at=moment,
            selection=selection,
        )

    def _submit(self, job: Job, work: Callable[[Job], Job]) -> Job:
        with self._lock:
            if sum(not each.is_over for each in self._jobs.values()) >= MOST_AT_ONCE:
                raise TooManyJobsError(
                    f"{MOST_AT_ONCE} are being made or wait already; try again when one of them is done"
                )
            self._jobs[job.id] = job
            self._waiting.append(_Task(job.id, work))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="packs", daemon=True)
                self._thread.start()
        return job

    def _run(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._thread = None
                    return
                task = self._waiting.popleft()
                job = replace(self._jobs[task.job_id], state=State.RUNNING, started_at=self.clock())
                self._jobs[job.id] = job
            ended = self._worked(task, job)
            with self._lock:
                self._jobs[job.id] = ended

    def _worked(self, task: _Task, job: Job) -> Job:
        """Does the work; what fails is told in words, and what nobody foresaw goes to the log without anybody's."""
        try:
            self._keep(job)
            done = replace(task.work(job), state=State.DONE)
        except AdvocacyMonitorError as error:
            done = replace(job, state=State.FAILED, failures=(self._plain(str(error)),))
        except Exception as error:  # noqa: BLE001  the thread must go on to the next job
            lines = "".join(traceback.format_tb(error.__traceback__))
            log.error("a pack was not made: %s\n%s", type(error).__name__, lines)
            done = replace(job, state=State.FAILED, failures=("something went wrong; the desk's log says where",))
        done = replace(done, ended_at=self.clock())
        try:
            self._keep(done)
        except ExportError as error:
            log.error("a job's end was not noted: %s", error)
        return done

    def _pack(self, job: Job, query: Query, order: Order) -> Job:
        folder = self.folder(job)
        with open_store(self.loaded, clock=self.clock) as store:
            made = export_pack(store, self.loaded, query, replace(order, output=folder))
        pack = made.pack
        JsonExporter().export(pack, folder / PACK_FILE)
        if not made.files:
            raise ExportError("\n".join(made.failures) or "no file was made")
        return replace(
            job,
            title=pack.title,
            number=pack.number,
            found=pack.found,
            statements=pack.statements,
            people=pack.people,
            quotes=len(pack.exhibits),
            left_out=tuple((each.label, each.value or 0) for each in pack.left_out),
            failures=tuple(self._plain(failure) for failure in made.failures),
            files=tuple(path.relative_to(folder).as_posix() for path in _listed(folder)),
        )

    def _proposal(self, job: Job, query: Query, order: Order, path: Path) -> Job:
        number = propose_pack(self.loaded, query, path, order=order)
        return replace(job, quotes=number)

    def _plain(self, words: str) -> str:
        """Words of an error without the paths of this machine."""
        return words.replace(f"{self.loaded.folder}/", "")

    def _keep(self, job: Job) -> None:
        folder = self.folder(job)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ExportError(f"{folder.name}: the folder cannot be made: {error.strerror}") from error
        with whole_file(folder / _JOB_FILE) as handle:
            handle.write(msgspec.json.encode(job))

    def _read(self, job_id: str) -> Job | None:
        """A job of an earlier run of the desk; one that was not over then never will be."""
        try:
            job = msgspec.json.decode((self.packs / f"{_PREFIX}{job_id}" / _JOB_FILE).read_bytes(), type=Job)
        except (OSError, msgspec.MsgspecError):
            return None
        if job.id != job_id:
            return None
        return job if job.is_over else replace(job, state=State.FAILED, failures=("the desk was stopped meanwhile",))


def _listed(folder: Path) -> list[Path]:
    """The finished files below a folder, in the order of their names; nothing hidden, and no links to elsewhere."""
    if not folder.is_dir() or folder.is_symlink():
        return []
    found = []
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        hidden = any(part.startswith(".") for part in parts)
        linked = any((folder / Path(*parts[: n + 1])).is_symlink() for n in range(len(parts)))
        if not hidden and not linked and path.is_file():
            found.append(path)
    return found


_of_campaign: dict[Path, PackJobs] = {}
_opening = threading.Lock()


def jobs_of(loaded: Loaded, clock: Callable[[], datetime]) -> PackJobs:
    """The jobs of a campaign: one thread makes its packs, however many pages ask."""
    key = loaded.database.resolve()
    with _opening:
        if key not in _of_campaign:
            _of_campaign[key] = PackJobs(loaded, clock)
        return _of_campaign[key]
