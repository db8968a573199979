"""The public form site as a Starlette application: what is asked for and sent, and errors in words, for every page.

Nothing is logged of who asks and what they type. Every answer has strict headers: no script, style, picture or frame
from anywhere else.
"""

from __future__ import annotations

import asyncio
import logging
import re
import traceback
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from importlib import resources
from urllib.parse import parse_qsl

from anyio import CapacityLimiter, to_thread
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, Headers, QueryParams
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from advocacy_monitor.config import Loaded, form_address
from advocacy_monitor.errors import AdvocacyMonitorError, StoreError
from advocacy_monitor.store import now
from advocacy_monitor.translate import form_texts
from advocacy_monitor.web.headers import StrictHeaders
from advocacy_monitor.web.languages import chosen
from advocacy_monitor.web.limits import client_address
from advocacy_monitor.web.pages import accessibility, form, mail, permission, privacy, start, statement
from advocacy_monitor.web.site import Page, Refused, Site, Visit, open_site
from advocacy_monitor.web.tickets import FIELD, is_from_elsewhere

log = logging.getLogger(__name__)

MODULES = (form, start, statement, permission, mail, privacy, accessibility)
MOST_BYTES = 128 * 1024
MOST_FIELDS = 300
_HOST = re.compile(r"(?:[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?")
_MULTIPART = "multipart/form-data"
SECONDS_TO_SEND = 30
"""Who takes longer to send a form is cut off."""
_SENDING_AT_ONCE = 200
"""Threads for what is sent. They wait for the disk, and must not keep others from looking at pages."""


def application(loaded: Loaded, *, clock: Callable[[], datetime] = now) -> Starlette:
    """The form site of a campaign; `.state.site` is its Site. Raises ConfigError, StoreError."""
    site = open_site(loaded, clock=clock)

    @asynccontextmanager
    async def living(app: Starlette) -> AsyncIterator[None]:
        try:
            yield
        finally:
            await run_in_threadpool(site.close)

    made = Starlette(
        routes=list(_routes(site)),
        lifespan=living,
        middleware=[Middleware(StrictHeaders, frames=[str(each) for each in loaded.config.form.embed_on])],
        exception_handlers={HTTPException: _not_there(site)},
    )
    made.state.site = site
    # Starlette would send people on to whatever host their request names.
    made.router.redirect_slashes = False
    return made


def _routes(site: Site) -> Iterator[BaseRoute]:
    """Every page at its path, and below the path of the public address: web servers cut that off, or do not."""
    static = StaticFiles(directory=str(resources.files("advocacy_monitor.web") / "static"))
    senders = CapacityLimiter(_SENDING_AT_ONCE)
    routes = [
        Mount("/static", static),
        *(Route(page.path, _endpoint(site, page, senders), methods=[page.method]) for page in pages()),
    ]
    if site.base:
        yield Route(site.base, _with_slash(site), methods=["GET"])
        yield Mount(site.base, routes=routes)
    yield from routes


def _with_slash(site: Site) -> Callable[[Request], Awaitable[Response]]:
    """The form's public address as people type it."""

    async def answer(request: Request) -> Response:
        query = request.scope.get("query_string", b"").decode("latin-1")
        return RedirectResponse(f"{site.base}/" + (f"?{query}" if query else ""), status_code=303)

    return answer


def pages() -> Sequence[Page]:
    """All pages of the site."""
    return [page for module in MODULES for page in module.PAGES]


def _endpoint(site: Site, page: Page, senders: CapacityLimiter) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        try:
            sent = await _sent(request, page) if page.method == "POST" else FormData()
        except HTTPException as error:
            visit = _visit(site, request, FormData())
            return await run_in_threadpool(explained, visit, error.status_code, _in_words(visit, error.status_code))
        threads = senders if page.method == "POST" else None
        return await to_thread.run_sync(_answered, page, _visit(site, request, sent), limiter=threads)

    return answer


async def _sent(request: Request, page: Page) -> FormData:
    """What a form sent, as long as it is short enough and comes in time. Raises HTTPException."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == _MULTIPART and page.by_mail_programs:
        return await _parts(request.headers, await _body(request))
    if kind != "application/x-www-form-urlencoded":
        raise HTTPException(415)
    text = (await _body(request)).decode("ascii", errors="replace")
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="replace")
    except ValueError as error:
        raise HTTPException(413) from error
    return FormData([(name, value) for name, value in pairs])


async def _body(request: Request) -> bytes:
    body = bytearray()
    try:
        async with asyncio.timeout(SECONDS_TO_SEND):
            async for part in request.stream():
                body += part
                if len(body) > MOST_BYTES:
                    raise HTTPException(413)
    except TimeoutError as error:
        raise HTTPException(408) from error
    except ClientDisconnect as error:
        raise HTTPException(400) from error
    return bytes(body)


async def _parts(headers: Headers, body: bytes) -> FormData:
    """A form as RFC 8058 wants mail programs to send it. Files in it are of no use to anybody, and refused."""

    async def whole() -> AsyncGenerator[bytes, None]:
        yield body

    try:
        return await MultiPartParser(headers, whole(), max_files=0, max_fields=MOST_FIELDS).parse()
    except (MultiPartException, KeyError, LookupError, ValueError) as error:
        raise HTTPException(400) from error


def _visit(site: Site, request: Request, sent: FormData) -> Visit:
    query, headers = request.query_params, request.headers
    code = chosen(
        query.get("lang"),
        headers.get("accept-language", ""),
        site.languages,
        preferred=site.loaded.config.campaign.languages,
    )
    given = sent.get(FIELD)
    given = given if isinstance(given, str) else ""
    return Visit(
        site=site,
        t=form_texts(code),
        method=request.method,
        path=request.scope["path"].removeprefix(site.base) or "/",
        params=request.path_params,
        query=QueryParams(query),
        form=sent,
        headers=Headers(raw=headers.raw),
        address=_address(site, request),
        origin=_origin(request),
        ticket=site.tickets.read(given) if given else None,
        given_ticket=given,
    )


def _origin(request: Request) -> str:
    """Scheme and host as they were asked for; what is no host becomes one that leads nowhere else."""
    host = request.headers.get("host", "")
    return f"{request.scope.get('scheme', 'http')}://{host if _HOST.fullmatch(host) else 'localhost'}"


def _address(site: Site, request: Request) -> str:
    peer = request.client.host if request.client else None
    proxies = [str(each) for each in site.loaded.config.form.proxies]
    return client_address(peer, request.headers.getlist("x-forwarded-for"), proxies)


def _answered(page: Page, visit: Visit) -> Response:
    """Calls the page; what it refuses, and what fails, becomes a page of its own."""
    try:
        _check(page, visit)
        return page.answer(visit)
    except Refused as refused:
        return explained(visit, refused.status, refused.message, wait=refused.wait)
    except StoreError as error:
        log.error("the form: %s", error)
        return explained(visit, 503, _in_words(visit, 503), wait=30)
    except AdvocacyMonitorError as error:
        log.error("the form: %s", type(error).__name__)
        return explained(visit, 500, _in_words(visit, 500))
    except Exception as error:  # noqa: BLE001  whatever fails, the visitor gets a page, and nobody's words get into the log
        lines = "".join(traceback.format_tb(error.__traceback__))
        log.error("a page of the form failed: %s\n%s", type(error).__name__, lines)
        return explained(visit, 500, _in_words(visit, 500))


def _check(page: Page, visit: Visit) -> None:
    if page.method == "GET" or page.guarded:
        visit.limit("page")  # the others have limits of their own, which lose nothing that was typed
    if page.method != "GET" and page.guarded:
        if is_from_elsewhere(visit.headers, form_address(visit.site.loaded)):
            raise Refused(403, _in_words(visit, 403))
        if visit.ticket is None:
            raise Refused(403, visit.t.text("This page was open for too long. Load it again, then try once more."))


def explained(visit: Visit, status: int, message: str, *, wait: float = 0) -> Response:
    """A page that says why there is no other."""
    return visit.page("error.html", status, wait=wait, message=message)


def _in_words(visit: Visit, status: int) -> str:
    t = visit.t
    words = {
        403: t.text("This was sent from a page of another website. Nothing was stored."),
        404: t.text("There is no such page."),
        405: t.text("There is no such page."),
        408: t.text("Sending took too long. Nothing was stored. Please go back and try again."),
        413: t.text("This is too long. Nothing was stored. Please go back and shorten it."),
        500: t.text("Something went wrong here. It is not your fault. Please try again later."),
        503: t.text("We cannot store or look up anything at the moment. Please try again in a few minutes."),
    }
    return words.get(status) or t.text("This could not be understood. Nothing was stored.")


def _not_there(site: Site) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def answer(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        visit = _visit(site, request, FormData())
        return await run_in_threadpool(explained, visit, error.status_code, _in_words(visit, error.status_code))

    return answer
