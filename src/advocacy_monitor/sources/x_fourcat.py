"""From a line of 4CAT's NDJSON to a post: posts of the API v2 as its data source `twitterv2` keeps them.

4CAT puts author, media and place into the post under names of its own. Where it was told to hide authors, their
fields are digests or the word REDACTED: nobody's name is guessed from what is left. Posts that 4CAT imported from
Zeeschuimer have the shape of X's web pages. Source: 4CAT's datasources/twitterv2 and backend/lib/search.py.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from advocacy_monitor.errors import BadRecordError
from advocacy_monitor.models import Post
from advocacy_monitor.sources import x_graphql
from advocacy_monitor.sources.x_payload import ManyPostsError, no_post, to_post
from advocacy_monitor.sources.x_shapes import Payload, clip, parse, patiently

_DIGEST = re.compile(r"[0-9a-f]{32,128}")
_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
_decode = msgspec.json.Decoder().decode


def is_hidden(name: str | None) -> bool:
    """Whether 4CAT put this in the place of something about an author."""
    return name == "REDACTED" or (name is not None and _DIGEST.fullmatch(name) is not None)


def is_line(value: object) -> bool:
    """Whether a parsed JSON value is a line of 4CAT."""
    if not isinstance(value, dict):
        return False
    if "__import_meta" in value:
        return x_graphql.is_web_post(value)
    return "author_user" in value and isinstance(value.get("text"), str)


def remap(raw: bytes) -> Post:
    """The post in a line of 4CAT. `remap(post.raw) == post`. Raises BadRecordError."""
    try:
        value = _decode(raw)
    except _UNREADABLE:
        value = parse(raw)
    # A NUL can only stand in JSON as an escape, which is quickly looked for.
    value = parse(raw) if b"\\u0000" in raw else value
    if not isinstance(value, dict):
        raise (ManyPostsError if isinstance(value, list) else BadRecordError)("is not a JSON object")
    if x_graphql.is_web_post(value):
        return x_graphql.remap(raw)
    if value.get("resource_type") and not value.get("text"):
        raise BadRecordError(f"holds no post: X had none for 4CAT ({clip(str(value.get('detail') or 'no reason'))})")
    if not isinstance(value.get("text"), str):
        raise BadRecordError(no_post(value))
    return to_post(patiently(_unfolded(value), Payload), raw)


def _unfolded(value: Mapping[str, Any]) -> dict[str, Any]:
    """The post under the names of X's own flattened shape."""
    post = dict(value)
    author = post.pop("author_user", None)
    if is_hidden(_text(post.get("author_id"))) or not isinstance(author, dict):
        post.pop("author", None)
        if is_hidden(_text(post.get("author_id"))):
            post["author_id"] = None
    else:
        post["author"] = {key: None if is_hidden(_text(name)) else name for key, name in author.items()}
    post["attachments"] = _with_media(post.get("attachments"))
    if isinstance(post.get("geo"), dict) and isinstance(place := post["geo"].get("place"), dict):
        post["geo"] = {**post["geo"], "full_name": place.get("full_name")}
    references = post.get("referenced_tweets")
    if isinstance(references, list):
        post["referenced_tweets"] = [
            {**reference, "attachments": _with_media(reference.get("attachments"))}
            for reference in references
            if isinstance(reference, dict)
        ]
    return post


def _with_media(attachments: object) -> dict[str, Any] | None:
    if not isinstance(attachments, dict):
        return None
    keys = attachments.get("media_keys")
    return {"media": [medium for medium in keys if isinstance(medium, dict)]} if isinstance(keys, list) else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
