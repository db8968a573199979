"""What a page of the desk is given: the campaign, the person who asks, and the means to answer.

A page is a plain function from `Asked` to a response, run in a thread of its own. It reads through `desk.reader()` and
writes through `desk.writer()`, which lets one write happen at a time and brings the summary up to date afterwards.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from starlette.background import BackgroundTask
from starlette.datastructures import FormData, QueryParams
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response

from advocacy_monitor.codebook import Codebook, load_codebook
from advocacy_monitor.config import Loaded
from advocacy_monitor.desk.claims import Claims
from advocacy_monitor.desk.rendering import render
from advocacy_monitor.hosting import open_store
from advocacy_monitor.line import codebook_name
from advocacy_monitor.staff.accounts import Accounts
from advocacy_monitor.staff.roles import Person, Right
from advocacy_monitor.store import Store
from advocacy_monitor.summary.columns import Columns
from advocacy_monitor.summary.refresh import refresh
from advocacy_monitor.translate import Texts

BASE = "/-/desk"
"""Where the desk's own pages are; everything else is Datasette's."""

SESSION = "advocacy_monitor_session"
SAID = "advocacy_monitor_said"
_PRIVATE = {"cache-control": "no-store"}


class Refusal(Exception):
    """A request that is answered with an explanation: 400, 403, 404 or 409."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


@dataclass(slots=True)
class Desk:
    """One server's campaign. Pages run in several threads: stores are opened for each."""

    loaded: Loaded
    accounts: Accounts
    columns: Columns
    clock: Callable[[], datetime]
    claims: Claims = field(default_factory=Claims)
    _writing: threading.Lock = field(default_factory=threading.Lock)
    _of_thread: threading.local = field(default_factory=threading.local)
    _codebook: tuple[object, Codebook] | None = None

    def reader(self) -> Store:
        """This thread's store for reading; it stays open."""
        store: Store | None = getattr(self._of_thread, "store", None)
        if store is None:
            store = self._of_thread.store = Store.open_read_only(self.loaded.database, clock=self.clock)
        return store

    @contextmanager
    def writer(self) -> Iterator[Store]:
        """A store for writing, one at a time. Afterwards the summary knows what was changed."""
        with self._writing, open_store(self.loaded, clock=self.clock) as store:
            yield store
            refresh(store, self.loaded, most=_AT_ONCE)
            self.columns.follow(store)

    @property
    def codebook(self) -> Codebook:
        """The campaign's codebook, read anew when its file was changed. Raises ConfigError."""
        name = codebook_name(self.loaded)
        path = Path(name)
        state = (name, path.stat().st_mtime_ns if path.is_file() else None)
        if self._codebook is None or self._codebook[0] != state:
            self._codebook = (state, load_codebook(name))
        return self._codebook[1]

    def close(self) -> None:
        """Closes the accounts; stores are closed with their threads."""
        self.accounts.close()

    def note(
        self, store: Store, person: Person, action: str, *, item_ids: Sequence[int] = (), detail: str = ""
    ) -> None:
        """Notes who wrote what; call it inside `writer()`."""
        store.actions.add(person.name, action, item_ids=item_ids, detail=detail)


_AT_ONCE = 200
"""So many changed items are summed up at the end of a write; what a daemon changed waits for the second's turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request, by a person who may make it."""

    desk: Desk
    person: Person
    """Who asks; without a name, and without any right, where nobody is logged in."""
    token: str
    """The session's token, '' where nobody is logged in."""
    visitor: str
    """The network address of the reader, for limits on log-ins."""
    t: Texts
    method: str
    address: str
    """The path that was asked for, with its query: where a language switch or a form leads back to."""
    path: Mapping[str, Any]
    query: QueryParams
    form: FormData
    csrf: str
    said: str = ""
    secure: bool = False

    def url(self, path: str = "/", **query: object) -> str:
        """The address of a page of the desk."""
        pairs = [(key, value) for key, value in query.items() if value not in (None, "")]
        return f"{BASE}{path}" + (f"?{urlencode(pairs, doseq=True)}" if pairs else "")

    def page(self, template: str, *, status: int = 200, **values: object) -> Response:
        """A page made of a template."""
        response = HTMLResponse(render(template, self, values), status_code=status, headers=_PRIVATE)
        if self.said:
            response.delete_cookie(SAID, path=BASE)
        return response

    def to(self, path: str, *, say: str = "", **query: object) -> Response:
        """Sends the reader to another page of the desk, which says once what was done.

        `path` is below the desk; one that came with a request is only followed when it stays there.
        """
        local = path if is_local(path) else "/"
        local = local.removeprefix(BASE) if local.startswith(f"{BASE}/") else local
        response = RedirectResponse(self.url(local, **query), status_code=303, headers=_PRIVATE)
        if say:
            response.set_cookie(
                SAID, _cookie_text(say), max_age=60, path=BASE, httponly=True, samesite="strict", secure=self.secure
            )
        return response

    def away(self, address: str) -> Response:
        """Sends the reader to a page of this server, ours or Datasette's; to the start page if it is none of it."""
        return RedirectResponse(address if is_local(address) else self.url(), status_code=303, headers=_PRIVATE)

    def json(self, value: object, *, status: int = 200) -> Response:
        """An answer for a script."""
        return JSONResponse(value, status_code=status, headers=_PRIVATE)

    def file(
        self, content: bytes | Path, *, name: str, kind: str, afterwards: Callable[[], object] | None = None
    ) -> Response:
        """A download under a name of our own; `kind` is its media type."""
        task = BackgroundTask(afterwards) if afterwards else None
        if isinstance(content, Path):
            return FileResponse(content, filename=name, media_type=kind, headers=_PRIVATE, background=task)
        headers = {**_PRIVATE, "content-disposition": f'attachment; filename="{name}"'}
        return Response(content, media_type=kind, headers=headers, background=task)

    def with_session(self, response: Response, token: str) -> Response:
        """Lets the reader in."""
        response.set_cookie(SESSION, token, path="/", httponly=True, samesite="lax", secure=self.secure)
        return response

    def without_session(self, response: Response) -> Response:
        """Lets the reader out."""
        response.delete_cookie(SESSION, path="/", httponly=True, samesite="lax", secure=self.secure)
        return response


def is_local(address: str) -> bool:
    """Whether an address leads to this server, whatever a browser makes of it."""
    return address.startswith("/") and not address.startswith("//") and address.isprintable() and "\\" not in address


def _cookie_text(text: str) -> str:
    """A sentence as a cookie takes it."""
    return urlencode({"": text})[1:][:2000]


Answering = Callable[[Asked], Response]


@dataclass(frozen=True, slots=True)
class Page:
    """An address with its method, the right that it needs (None: everybody, even who is not logged in), and answer."""

    method: str
    path: str
    right: Right | None
    answer: Answering
    files: int = 0
    """So many files may be sent to it, by those who have the right."""
