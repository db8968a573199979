"""The door in front of every page, ours and Datasette's: from where, who, with which role, and how much at a time.

It does not depend on the version of Datasette, and what is not allowed here never gets there.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, quote

from datasette.utils import tilde_decode
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from advocacy_monitor.desk.context import BASE, SESSION, Desk
from advocacy_monitor.staff.roles import Person, Right

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

_LOCAL = frozenset({"127.0.0.1", "localhost", "[::1]"})
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_MOST_BYTES = 4 << 20
_MOST_SCANS = 64 << 20
_SCANS = re.compile(r"/transcribe/\d{1,19}/scans")
"""Where scans of flyers are sent to, below the desk: the only page that takes files."""
_PARTS_OF_A_TABLE, _PARTS_OF_A_ROW = 3, 4
CLOSED_TABLES = frozenset(
    {
        *("codings", "coding_samples", "actions", "withdrawal_codes", "transcriptions"),
        *("audit", "erased_people", "buried", "alerts"),
    }
)
"""Who codes must not see how others coded, nor who reads a flyer how others read it; what colleagues did is the
administrator's to see."""
_SQL_PARAMETERS = frozenset({"sql", "_where", "_through", "_fts_table", "_fts_pk", "_trace"})
"""Through these one table tells of another."""

_COMMON = [
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-opener-policy", b"same-origin"),
]
_OURS = b"default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
_STOCK = (
    b"default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
)
_CLOSED = b"object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"


def gate(stock: App, ours: App, desk: Desk) -> App:
    """Sends a request where it may go: to our pages, to Datasette's, or nowhere."""

    async def answer(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await stock(scope, receive, send)
            return
        if scope["type"] != "http":
            return  # no page of the desk talks otherwise
        path: str = scope["path"]
        is_ours = path == BASE or path.startswith(f"{BASE}/")
        guarded = _with_headers(send, _OURS if is_ours else _STOCK)
        if not _is_known_host(scope, desk):
            await _say(guarded, 403, "The desk answers only at its own address.")
            return
        if not _is_from_here(scope, desk):
            await _say(guarded, 403, "This request comes from another site.")
            return
        token = _cookie(scope, SESSION)
        person = await run_in_threadpool(desk.accounts.person, token) if token else None
        inner = {**scope, "advocacy_person": person, "advocacy_token": token if person else ""}
        if is_ours:
            await _to_ours(ours, inner, receive, guarded)
        else:
            await _to_stock(stock, inner, receive, guarded, person)

    return answer


async def _to_ours(ours: App, scope: Message, receive: Receive, send: Send) -> None:
    if scope["path"] == BASE:
        await _redirect(send, f"{BASE}/")
        return
    inner = {**scope, "path": scope["path"][len(BASE) :], "root_path": ""}
    inner["raw_path"] = quote(inner["path"]).encode()
    most = _most_bytes(inner)
    declared = _header(scope, b"content-length")
    if declared.isdigit() and int(declared) > most:
        await _say(send, 413, _too_large(most))
        return
    await ours(inner, _counting(receive, most), send)


def _most_bytes(scope: Message) -> int:
    """How much a request to one of our pages may hold."""
    person: Person | None = scope["advocacy_person"]
    takes_scans = _SCANS.fullmatch(scope["path"]) and person is not None and person.may(Right.TRANSCRIBE)
    return _MOST_SCANS if takes_scans else _MOST_BYTES


def _too_large(most: int) -> str:
    return f"This form is larger than {most >> 20} MB."


async def _to_stock(stock: App, scope: Message, receive: Receive, send: Send, person: Person | None) -> None:
    path = scope["path"]
    if path.startswith("/-/static/") and scope["method"] in _READING:
        await stock(scope, receive, send)
    elif person is None:
        back = path + (f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else "")
        await _redirect(send, f"{BASE}/login?to={quote(back)}")
    elif path == "/":
        await _redirect(send, f"{BASE}/")
    elif scope["method"] not in _READING:
        await _say(send, 405, "Datasette's pages only read.")
    elif person.may(Right.READ) and not person.may(Right.SQL) and (ours := _ours(path)):
        await _redirect(send, BASE + ours)
    elif not person.may(Right.TABLES) or (_asks_for_more(scope) and not person.may(Right.SQL)):
        await _say(send, 403, "Your account is not allowed to see this page.")
    else:
        await stock(scope, receive, send)


def _asks_for_more(scope: Message) -> bool:
    """Whether a request to Datasette is for those who may see everything: SQL, its inner pages, closed tables."""
    path: str = scope["path"]
    names = {name for name, _ in parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)}
    if names & _SQL_PARAMETERS or path.startswith("/-/"):
        return True
    parts = [tilde_decode(part).lower() for part in path.split("/") if part]
    if len(parts) < 2:
        return path.rstrip("/").endswith((".db", ".json"))
    return parts[1].split(".")[0] in CLOSED_TABLES or parts[1] == "-"


def _ours(path: str) -> str:
    """Our own page of the statements, or of one, where Datasette's of the same is asked for; else ''.

    Datasette shows in a row how many coders have answered, and among millions of rows it searches for seconds.
    """
    parts = [tilde_decode(part) for part in path.split("/")]
    if len(parts) not in (_PARTS_OF_A_TABLE, _PARTS_OF_A_ROW) or parts[2].lower() != "items":
        return ""
    number = parts[3].partition(".")[0] if len(parts) == _PARTS_OF_A_ROW else ""
    return f"/statements/{number}" if number.isascii() and number.isdigit() else "/statements"


def _counting(receive: Receive, most: int) -> Receive:
    """Stops a request whose length was not declared."""
    read = 0

    async def counted() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > most:
            raise HTTPException(413, _too_large(most))
        return message

    return counted


def _is_known_host(scope: Message, desk: Desk) -> bool:
    """A page from elsewhere can point a name of its own here and read what this browser may; the name tells."""
    host = _header(scope, b"host").lower()
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    address = desk.loaded.config.desk.address
    return name in _LOCAL or (address is not None and name == (address.host or "").lower())


def _is_from_here(scope: Message, desk: Desk) -> bool:
    """Whether a request that writes was sent by one of our own pages, as far as the browser says."""
    if scope["method"] in _READING:
        return True
    site = _header(scope, b"sec-fetch-site")
    if site:
        return site in ("same-origin", "none")
    origin = _header(scope, b"origin")
    if not origin:
        return True  # no browser: the form's own token decides
    address = desk.loaded.config.desk.address
    allowed = {f"http://{_header(scope, b'host')}", f"https://{_header(scope, b'host')}"}
    return origin in (allowed | {str(address).rstrip("/")} if address else allowed)


def _header(scope: Message, name: bytes) -> str:
    return next((value for key, value in scope["headers"] if key == name), b"").decode("latin-1")


def _cookie(scope: Message, name: str) -> str:
    try:
        found = SimpleCookie(_header(scope, b"cookie")).get(name)
    except CookieError:
        return ""
    return found.value if found else ""


def _with_headers(send: Send, policy: bytes) -> Send:
    ours = [*_COMMON, (b"content-security-policy", policy + _CLOSED)]
    names = {name for name, _ in ours}

    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [(name, value) for name, value in message.get("headers", ()) if bytes(name).lower() not in names]
            message = {**message, "headers": [*kept, *ours]}
        await send(message)

    return guarded


async def _say(send: Send, status: int, why: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": f"{why}\n".encode()})


async def _redirect(send: Send, to: str) -> None:
    headers = [(b"location", to.encode("latin-1", "replace")), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 303, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
