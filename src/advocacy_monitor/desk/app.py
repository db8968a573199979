"""The desk's own pages as a Starlette application: rights, forms, and errors in words, for every page alike."""

from __future__ import annotations

import hmac
import logging
import traceback
from collections.abc import Awaitable, Callable, Iterable
from importlib import resources
from urllib.parse import parse_qsl, urlsplit

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from advocacy_monitor.desk.context import BASE, SAID, Asked, Desk, Page, Refusal
from advocacy_monitor.desk.rendering import CSRF
from advocacy_monitor.errors import AdvocacyMonitorError, ModerationError, StoreError
from advocacy_monitor.staff.roles import Person, Role
from advocacy_monitor.translate import interface_language, interface_texts

log = logging.getLogger(__name__)

NOBODY = Person(name="", role=Role.VIEWER)
LANGUAGE = "advocacy_monitor_language"
_MOST_FIELDS = 5000
_LARGEST = 2**63 - 1
"""SQLite knows no larger number, so nothing has it."""


def application(desk: Desk, pages: Iterable[Page]) -> Starlette:
    """All pages below BASE. The gate has put who asks into the scope."""
    static = str(resources.files("advocacy_monitor.desk") / "static")
    routes = [Route(page.path, _endpoint(desk, page), methods=[page.method]) for page in pages]
    return Starlette(
        routes=[Mount("/static", StaticFiles(directory=static)), *routes],
        exception_handlers={HTTPException: _not_there(desk)},
    )


def _endpoint(desk: Desk, page: Page) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        form = FormData()
        if page.method == "POST" and (not page.files or _may(request, page)):
            form = await request.form(max_files=page.files, max_fields=_MOST_FIELDS)
        try:
            asked = _asked(desk, request, form)
            if page.right is not None and not asked.person.name:
                back = asked.address if page.method == "GET" else ""
                return asked.to("/login", to=back)
            return await run_in_threadpool(_answered, page, asked)
        finally:
            await form.close()

    return answer


def _may(request: Request, page: Page) -> bool:
    """Whether somebody asks from whom files are taken: of all others not a byte is read."""
    person: Person = request.scope.get("advocacy_person") or NOBODY
    return page.right is None or person.may(page.right)


def _asked(desk: Desk, request: Request, form: FormData) -> Asked:
    person: Person = request.scope.get("advocacy_person") or NOBODY
    token: str = request.scope.get("advocacy_token", "")
    code = interface_language(
        person.language or request.cookies.get(LANGUAGE), request.headers.get("accept-language", "")
    )
    query = request.url.query
    return Asked(
        desk=desk,
        person=person,
        token=token,
        visitor=request.client.host if request.client else "",
        t=interface_texts(code),
        method=request.method,
        address=BASE + request.scope["path"] + (f"?{query}" if query else ""),
        path=request.path_params,
        query=request.query_params,
        form=form,
        csrf=desk.accounts.csrf(token) if token else "",
        said=dict(parse_qsl(f"said={request.cookies.get(SAID, '')}")).get("said", ""),
        secure=desk.loaded.config.desk.address is not None,
    )


def _answered(page: Page, asked: Asked) -> Response:
    """Calls the page; what it refuses, and what fails, becomes a page of its own."""
    try:
        if page.right is not None and not asked.person.may(page.right):
            raise Refusal(403, asked.t.text("Your account is not allowed to do this."))
        if page.method == "POST" and asked.token and not _is_ours(asked):
            raise Refusal(403, asked.t.text("This form is not of this log-in. Load the page anew and try again."))
        if any(isinstance(each, int) and each > _LARGEST for each in asked.path.values()):
            raise Refusal(404, asked.t.text("There is no such page."))
        return page.answer(asked)
    except Refusal as refusal:
        return explained(asked, refusal.status, refusal.message)
    except ModerationError as error:
        return explained(asked, 409, str(error))
    except StoreError as error:
        log.error("the store refused: %s", error)
        return explained(asked, 503, str(error))
    except AdvocacyMonitorError as error:
        return explained(asked, 400, str(error).replace(f"{asked.desk.loaded.folder}/", ""))
    except Exception as error:  # noqa: BLE001  whatever fails, the reader gets a page, and nobody's words get into the log
        lines = "".join(traceback.format_tb(error.__traceback__))
        log.error("a page of the desk failed: %s\n%s", type(error).__name__, lines)
        return explained(asked, 500, asked.t.text("Something went wrong on this page. The log says where."))


def _is_ours(asked: Asked) -> bool:
    given = asked.form.get(CSRF)
    return isinstance(given, str) and hmac.compare_digest(given.encode(), asked.csrf.encode())


def explained(asked: Asked, status: int, message: str) -> Response:
    """A page that says why there is no other."""
    if urlsplit(asked.address).path.endswith((".json", ".csv", ".xlsx")):
        return asked.json({"ok": False, "error": message, "status": status}, status=status)
    return asked.page("error.html", status=status, message=message, status_code=status)


def _not_there(desk: Desk) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def answer(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        asked = _asked(desk, request, FormData())
        words = {
            404: asked.t.text("There is no such page."),
            405: asked.t.text("This page takes no such request."),
        }
        message = words.get(error.status_code, error.detail)
        return await run_in_threadpool(explained, asked, error.status_code, message)

    return answer
