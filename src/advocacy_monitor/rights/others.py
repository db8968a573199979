"""Takes other people's data out of a payload that a person is given: whom they answered or quoted, whom they mentioned.

Platforms put all that into the record of one post. What is left out is said in its place. It leans to leaving out too
much: the person's own words stand in the statement anyway.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from typing import Any

import msgspec

LEFT_OUT = "[about somebody else: left out]"
_NAMES = frozenset(
    "username user_name screen_name acct handle displayname display_name authordisplayname nickname "
    "author_name full_name preferredusername".split()
)
_TEXTS = frozenset("text full_text content message body selftext textdisplay textoriginal caption note_tweet".split())
_AUTHORS = frozenset("author user account from owner sender creator core".split())
_ABOUT_OTHERS = re.compile(
    r"(reply|replied|parent|quoted|retweet|reblog|reposted|link|root|mention).*"
    r"(name|author|user|handle|text|title|body|account)|^(mentions?|likes|replies|comments|reblog|quote|"
    r"user_mentions|author_url|favou?rited_by|participants|tagged_users|(message|with|story)_tags|to|facets|parent|root|"
    r"reply)$|^(quoted|retweeted|reblogged)_"
)
_ELSEWHERE = re.compile(r"[^@\s]+@[^@\s]+")
_TAG, _LETTERS = re.compile(r"<[^<>]*>"), re.compile(r"[^\W_]+")
_LEAST, _MOST = 12, 20_000
_DEEPEST = 60


def without_others(payload: bytes, *, names: Iterable[str], texts: Iterable[str]) -> bytes | None:
    """A JSON payload with only what is about the person whose names (or handles) and texts these are.

    None when it is no JSON object, or nested too deeply: then nobody but a person can tell.
    """
    try:
        record = msgspec.json.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if not isinstance(record, dict):
        return None
    own = {_handle(name) for name in names if name}
    own |= {name.partition("@")[0] for name in own if _ELSEWHERE.fullmatch(name)}  # as their own server calls them
    said = [_plain(text) for text in texts if text]
    try:
        kept = {name: _kept(name, value, own, said, 1) for name, value in record.items()}
    except RecursionError:
        return None
    return msgspec.json.format(msgspec.json.encode(kept), indent=2)


def _kept(name: str, value: Any, own: set[str], said: list[str], depth: int) -> Any:
    if depth > _DEEPEST:
        raise RecursionError
    if value and _ABOUT_OTHERS.search(name.lower()) and not _is_own(value, own):
        return LEFT_OUT
    if isinstance(value, dict):
        if _is_of_others(value, own, said):
            return LEFT_OUT
        return {each: _kept(each, inner, own, said, depth + 1) for each, inner in value.items()}
    if isinstance(value, list):
        return [_kept(name, each, own, said, depth + 1) for each in value]
    if isinstance(value, str) and name.lower() in _TEXTS and _is_foreign(value, said):
        return LEFT_OUT
    return value


def _is_own(value: Any, own: set[str]) -> bool:
    """A number, a yes or no, or the person's own name."""
    return isinstance(value, (bool, int, float)) or (isinstance(value, str) and _handle(value) in own)


def _is_of_others(record: dict[str, Any], own: set[str], said: list[str]) -> bool:
    """Whether a record within the payload is an account that is another, or a statement of one, or other words."""
    lower = {each.lower(): value for each, value in record.items()}
    named = [_handle(value) for each, value in lower.items() if each in _NAMES and isinstance(value, str)]
    if named and not any(name in own for name in named):
        return True
    if any(_ELSEWHERE.fullmatch(name) and name not in own for name in named):  # of the same name on another server
        return True
    for each, value in lower.items():
        if each in _AUTHORS and isinstance(value, dict) and _is_of_others(value, own, said):
            return True
        if each in _AUTHORS and isinstance(value, str) and len(value) > 1 and _handle(value) not in own:
            return True
    return any(isinstance(value, str) and _is_foreign(value, said) for each, value in lower.items() if each in _TEXTS)


def _is_foreign(text: str, said: list[str]) -> bool:
    """Whether words are not the person's own, as far as letters tell; a few letters are nobody's."""
    plain = _plain(text)
    return len(plain) >= _LEAST and not any(plain in each or (each and each in plain) for each in said)


def _plain(text: str) -> str:
    return "".join(_LETTERS.findall(html.unescape(_TAG.sub(" ", text[:_MOST])).casefold()))


def _handle(name: str) -> str:
    return name.strip().lstrip("@").casefold()
