"""What the replays of Facebook and Instagram share: Graph's lists, errors, tokens and batch requests."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, urlencode

from tests.sources.replay import Answer, Request, as_json

Record: TypeAlias = Mapping[str, Any]
TOKEN = "EAAB-secret-token"
VERSION = "/v26.0"
HOST = "https://graph.facebook.com"


def error(code: int, *, subcode: int | None = None, message: str = "the words of Meta", **headers: str) -> Answer:
    """An error as Graph sends it, with status 400."""
    body: dict[str, Any] = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "Abc1"}
    if subcode is not None:
        body["error_subcode"] = subcode
    return as_json({"error": body}, status=400, **headers)


def gone() -> Answer:
    """What is answered for an object that does not exist or is not shown."""
    return error(100, subcode=33, message="Unsupported get request. Object with ID '1' does not exist")


def token_of(request: Request) -> str:
    """The token that a request was made with."""
    return request.headers.get("Authorization", "").removeprefix("Bearer ")


def by_cursor(request: Request, records: Sequence[Record]) -> Answer:
    """A page of a list with `after`; its `next` holds the token, as Graph's does."""
    start = next((n for n, one in enumerate(records, 1) if str(one.get("id")) == request.query.get("after")), 0)
    limit = int(request.query.get("limit", "25"))
    found = list(records[start : start + limit])
    paging: dict[str, Any] = {}
    if found:
        paging = {"cursors": {"before": "b", "after": str(found[-1].get("id"))}}
        if start + limit < len(records):
            query = {**request.query, "after": paging["cursors"]["after"], "access_token": token_of(request)}
            paging["next"] = f"{HOST}{request.path}?{urlencode(query)}"
    return as_json({"data": found, "paging": paging})


def by_time(request: Request, records: Sequence[Record], seconds: Callable[[Record], float]) -> Answer:
    """A page of a list with `since` and `until`, newest first, as a feed has them."""
    since = float(request.query.get("since") or 0)
    token = request.query.get("__paging_token")
    start = next((n for n, one in enumerate(records, 1) if str(one["id"]) == token), 0)
    limit = int(request.query.get("limit", "25"))
    rest = [one for one in records[start:] if seconds(one) >= since]
    found = rest[:limit]
    paging: dict[str, Any] = {}
    if len(rest) > limit:
        query = {"access_token": token_of(request), "pretty": "0", "until": int(seconds(found[-1]))}
        paging["next"] = f"{HOST}{request.path}?{urlencode(query)}&since&__paging_token={found[-1]['id']}&__previous"
    return as_json({"data": found, "paging": paging})


def batch(request: Request, route: Callable[[Request], Answer]) -> Answer:
    """The answers to a batch request: bodies are JSON in text."""
    parts = []
    for wanted in json.loads(request.body)["batch"]:
        path, _, query = str(wanted["relative_url"]).partition("?")
        asked = Request(method="GET", path=f"{VERSION}/{path}", query=dict(parse_qsl(query)), headers=request.headers)
        answer = route(asked)
        parts.append({"code": answer.status, "body": answer.body.decode()})
    return as_json(parts)
