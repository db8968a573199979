"""Takes in the deliveries of form services: checks who sent them, writes them down, and only then says yes.

It reads nothing out of a delivery but whether it is an answer, keeps no log of who sends, and answers nobody else.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from advocacy_monitor.sources import webhook_spool
from advocacy_monitor.sources.webhook import MAX_BYTES, WebhookSource
from advocacy_monitor.sources.webhook_payloads import not_an_answer
from advocacy_monitor.sources.webhook_signatures import refusal

SECONDS_TO_SEND = 20
"""Who takes longer to send a delivery is cut off."""

_SEND_AGAIN_AFTER = "300"
_log = logging.getLogger(__name__)


class _RefusedError(Exception):
    """A delivery is not taken in: the status and the words to answer with."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


def receiver(sources: Mapping[str, WebhookSource], *, clock: Callable[[], datetime]) -> Starlette:
    """The application: `POST /webhooks/{collector}` for each of the sources, by the name of its collector.

    Makes the spools. Answers 200 once a delivery is on the disk, 401 without a right signature, 404 for an unknown
    collector, 408 and 413 for what comes too slowly or is too long, 415 for what is not JSON, and 503 when it cannot
    be written, so that the service sends it again. Raises OSError when a spool cannot be made.
    """
    for source in sources.values():
        webhook_spool.prepare(source.spool)

    async def receive(request: Request) -> JSONResponse:
        name = request.path_params["collector"]
        try:
            words = await _received(request, sources.get(name), name, clock)
        except _RefusedError as error:
            return _answer(error.status, {"error": str(error)})
        return _answer(200, {"received": words})

    return Starlette(routes=[Route("/webhooks/{collector}", receive, methods=["POST"])])


def _answer(status: int, content: Mapping[str, str]) -> JSONResponse:
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    if status in (408, 413):
        headers["Connection"] = "close"  # the rest of what is being sent is not read
    if status == 503:
        headers["Retry-After"] = _SEND_AGAIN_AFTER
    return JSONResponse(dict(content), status, headers)


async def _received(request: Request, source: WebhookSource | None, name: str, clock: Callable[[], datetime]) -> str:
    """What was done with a delivery, in words. Raises _RefusedError."""
    if source is None:
        raise _RefusedError(404, "there is no such collector")
    if not _is_json(request.headers.get("content-type", "")):
        raise _RefusedError(415, "only JSON is received")
    body = await _body(request)
    now = clock()
    secret = source.secret.get_secret_value()
    if reason := refusal(source.kind, secret=secret, headers=request.headers, body=body, now=now):
        _log.warning("webhooks/%s: a delivery was refused: %s", name, reason)
        raise _RefusedError(401, "the signature is missing or wrong")
    if reason := not_an_answer(source.kind, body):
        _log.info("webhooks/%s: nothing to keep: the delivery %s", name, reason)
        return "nothing to keep: this is not an answer that was sent"
    try:
        await run_in_threadpool(webhook_spool.keep, source.spool, body, now=now)
    except OSError as error:
        _log.error("webhooks/%s: a delivery could not be written: %s", name, error.strerror or error)
        raise _RefusedError(503, "the delivery could not be written down; please send it again") from error
    return "kept"


def _is_json(content_type: str) -> bool:
    kind = content_type.split(";")[0].strip().lower()
    return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))


async def _body(request: Request) -> bytes:
    """The body, as long as it is short enough and comes in time. Raises _RefusedError."""
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and (len(announced) > 10 or int(announced) > MAX_BYTES):
        raise _too_long()
    body = bytearray()
    try:
        async with asyncio.timeout(SECONDS_TO_SEND):
            async for part in request.stream():
                body += part
                if len(body) > MAX_BYTES:
                    raise _too_long()
    except TimeoutError as error:
        raise _RefusedError(408, f"the delivery was not complete after {SECONDS_TO_SEND} seconds") from error
    except ClientDisconnect as error:
        raise _RefusedError(400, "the connection was cut") from error
    return bytes(body)


def _too_long() -> _RefusedError:
    return _RefusedError(413, f"a delivery may have {MAX_BYTES:,} bytes")
