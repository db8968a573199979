"""What a page of the form site is given: the campaign's server (`Site`) and one request (`Visit`).

A page is a plain function from `Visit` to a response, run in a thread. It reads through `site.reader()` and writes
through `site.writer`. There are no cookies: the language stands in the address, and each form carries a signed ticket.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NoReturn
from urllib.parse import quote, urlencode, urlsplit

from starlette.datastructures import FormData, Headers, QueryParams
from starlette.responses import HTMLResponse, RedirectResponse, Response

from advocacy_monitor.config import Loaded, form_address
from advocacy_monitor.hosting import basis, form_languages, open_store, questionnaire
from advocacy_monitor.models import Brand
from advocacy_monitor.questionnaire import Questionnaire
from advocacy_monitor.store import Store, now
from advocacy_monitor.translate import Texts
from advocacy_monitor.web.libraries import Libraries, read_libraries
from advocacy_monitor.web.limits import Limits
from advocacy_monitor.web.rendering import render
from advocacy_monitor.web.tickets import Ticket, Tickets
from advocacy_monitor.web.writer import Writer

PRIVATE = {"cache-control": "no-store"}
"""Pages hold a ticket, and some of them what a person said: nothing may keep them."""


class Refused(Exception):
    """A request that is answered with an explanation. `wait` is after how many seconds to try again."""

    def __init__(self, status: int, message: str, *, wait: float = 0) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.wait = wait


@dataclass(slots=True)
class Site:
    """One server of one campaign. Pages run in several threads: each has a store of its own for reading."""

    loaded: Loaded
    questionnaire: Questionnaire
    languages: tuple[str, ...]
    clock: Callable[[], datetime]
    writer: Writer
    limits: Limits
    tickets: Tickets
    libraries: Libraries
    brand: Brand
    code_key: bytes = field(repr=False)
    """What withdrawal codes are made with; it lies in the contacts file."""
    _of_thread: threading.local = field(default_factory=threading.local)

    def reader(self) -> Store:
        """This thread's store for reading, without contact details; it stays open."""
        store: Store | None = getattr(self._of_thread, "store", None)
        if store is None:
            store = self._of_thread.store = Store.open_read_only(self.loaded.database, clock=self.clock)
        return store

    @property
    def base(self) -> str:
        """The path below which the form lies: '' or such as '/form', from its public address."""
        return urlsplit(form_address(self.loaded) or "").path.rstrip("/")

    def close(self) -> None:
        """Writes what still waits, and closes the store."""
        self.writer.close()


def open_site(loaded: Loaded, *, clock: Callable[[], datetime] = now) -> Site:
    """The campaign's form, ready to answer. Raises ConfigError, StoreError."""
    asked, languages = questionnaire(loaded), form_languages(loaded)
    libraries, brand = read_libraries(loaded), _brand(loaded)
    writer = Writer(lambda: open_store(loaded, clock=clock), watched=(loaded.contacts,), basis=basis(loaded))
    try:
        keys = writer.do(lambda store: (store.submissions.key("form tickets"), store.submissions.key("withdrawal")))
    except BaseException:
        writer.close()
        raise
    return Site(
        loaded=loaded,
        questionnaire=asked,
        languages=languages,
        clock=clock,
        writer=writer,
        limits=Limits(clock),
        tickets=Tickets(keys[0], clock),
        libraries=libraries,
        brand=brand,
        code_key=keys[1],
    )


def _brand(loaded: Loaded) -> Brand:
    from advocacy_monitor.brand import load_brand

    path = loaded.config.campaign.brand
    return load_brand(loaded.folder / path) if path else Brand()


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request."""

    site: Site
    t: Texts
    method: str
    path: str
    """The path that was asked for, below the form's address."""
    params: Mapping[str, Any]
    """What the path's own names stand for."""
    query: QueryParams
    form: FormData
    headers: Headers
    address: str
    """Who asks: for limits only. Never log or keep it."""
    origin: str
    """Scheme and host as the browser wrote them, for addresses where the campaign has named no public one."""
    ticket: Ticket | None = None
    """The ticket of the form that was sent, when it is ours; how old it is, it says itself."""
    given_ticket: str = ""

    @property
    def language(self) -> str:
        """The code of the language that the page is in."""
        return self.t.code

    @property
    def embedded(self) -> bool:
        """Whether the page stands in a frame of a library's own page."""
        return self.query.get("embed") == "1"

    def url(self, path: str = "/", **query: object) -> str:
        """The address of a page of this site. The language of the link and the frame are kept."""
        kept = {"lang": self.language if "lang" in self.query else None, "embed": "1" if self.embedded else None}
        pairs = [(key, value) for key, value in {**kept, **query}.items() if value not in (None, "")]
        return f"{self.site.base}{path}" + (f"?{urlencode(pairs, doseq=True)}" if pairs else "")

    def in_language(self, code: str) -> str:
        """This very page in another language; what was asked for besides stays."""
        pairs = [(key, value) for key, value in self.query.multi_items() if key != "lang"]
        return f"{self.site.base}/{quote(self.path.lstrip('/'))}?{urlencode([*pairs, ('lang', code)])}"

    def absolute(self, path: str = "/", **query: object) -> str:
        """The same with scheme and host, for QR codes, mails and what people share; without the frame."""
        root = form_address(self.site.loaded) or f"{self.origin}{self.site.base}"
        pairs = [(key, value) for key, value in query.items() if value not in (None, "")]
        return f"{root}{path}" + (f"?{urlencode(pairs, doseq=True)}" if pairs else "")

    def fresh_ticket(self) -> str:
        """The ticket for the form on the page that is made: the one that came, as long as it holds, else a new one."""
        holds = self.ticket is not None and not self.ticket.is_stale
        return self.given_ticket if holds else self.site.tickets.issue()

    def page(self, template: str, status: int = 200, *, wait: float = 0, **values: object) -> Response:
        """A page made of a template."""
        headers = {**PRIVATE, "content-language": self.language, "vary": "accept-language"}
        if wait:
            headers["retry-after"] = str(max(1, round(wait)))
        return HTMLResponse(render(template, self, values), status_code=status, headers=headers)

    def to(self, path: str, **query: object) -> Response:
        """Sends the reader to another page of this site."""
        return RedirectResponse(self.url(path, **query), status_code=303, headers=PRIVATE)

    def refuse(self, status: int, message: str) -> NoReturn:
        """Ends the request with an explanation."""
        raise Refused(status, message)

    def allow(self, what: str) -> float:
        """Counts this request for its address. Returns the seconds to wait; 0 means go ahead."""
        return self.site.limits.allow(self.address, what)

    def limit(self, what: str) -> None:
        """The same, and ends the request with an explanation when there is to wait."""
        if wait := self.allow(what):
            raise Refused(429, self.t.text("Too much came from your network at once. Wait a minute, then try again."),
                          wait=wait)  # fmt: skip


Answering = Callable[[Visit], Response]


@dataclass(frozen=True, slots=True)
class Page:
    """An address with its method and answer.

    What is sent to a guarded page must come from a form of ours: its ticket is checked before the page is called. What
    mail programs send may have the form that RFC 8058 wants of them.
    """

    method: str
    path: str
    answer: Answering
    guarded: bool = True
    by_mail_programs: bool = False


Pages = Sequence[Page]
