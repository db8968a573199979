"""The records of a list in an answer, each as the exact bytes that were received, also where one of them is odd.

msgspec refuses a whole answer when one post in it holds half a character (`\\ud83d` alone), a control character, or a
thousand nested lists. Anybody may write such a post, and it must not keep the others of its page from going in. So this
looks for the ends of values by their signs alone (RFC 8259), and leaves it to the mapping to refuse the odd one.
"""

from __future__ import annotations

import re

import msgspec

_BLANKS = b" \t\n\r"
_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_SIGNS = re.compile(rb'["{}\[\]]')
_WORD = re.compile(rb"true|false|null|-?\d[\d.eE+-]*")
_SCALAR = re.compile(rb"[^\s,\]}]+")


def records(body: bytes, *path: str) -> list[bytes]:
    """The values of the list that stands at `path` (keys from the outermost object; none: the body is the list).

    Each is a run of `body`. Takes time and memory in proportion to the body, however deep it is nested. Raises
    ValueError when there is no such list, or the body breaks off before its end.
    """
    return [body[start:end] for start, end in _spans(body, path)]


def _spans(body: bytes, path: tuple[str, ...]) -> list[tuple[int, int]]:
    at = _skip(body, 3 if body.startswith(b"\xef\xbb\xbf") else 0)
    for key in path:
        at = _value_of(body, at, key)
    if body[at : at + 1] != b"[":
        raise ValueError("there is no list")
    found: list[tuple[int, int]] = []
    at = _skip(body, at + 1)
    while body[at : at + 1] != b"]":
        end = _end(body, at)
        found.append((at, end))
        at = _skip(body, end)
        if body[at : at + 1] == b",":
            at = _skip(body, at + 1)
        elif body[at : at + 1] != b"]":
            raise ValueError("the list breaks off")
    return found


def without_odd(body: bytes, *paths: tuple[str, ...]) -> tuple[bytes, list[bytes]]:
    """A body without the records that msgspec refuses in the lists at `paths`, and those records.

    A list that is not there is no error. What is left may still be refused, if the odd one stands elsewhere.
    """
    odd: list[bytes] = []
    for path in paths:
        try:
            spans = _spans(body, path)
        except ValueError:
            continue
        found = [body[start:end] for start, end in spans]
        good = [record for record in found if _is_read(record)]
        if len(good) < len(found):
            odd += [record for record in found if not _is_read(record)]
            body = body[: spans[0][0]] + b",".join(good) + body[spans[-1][1] :]
    return body, odd


def _is_read(record: bytes) -> bool:
    try:
        msgspec.json.decode(record, type=msgspec.Raw)
        msgspec.json.decode(record)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return False
    return True


def is_json(body: bytes) -> bool:
    """Whether a body is one JSON value as far as its signs tell, also where msgspec would refuse one text in it."""
    at = _skip(body, 3 if body.startswith(b"\xef\xbb\xbf") else 0)
    try:
        end = _end(body, at)
    except ValueError:
        return False
    value = body[at:end]
    return not body[end:].strip() and (value[:1] in (b"{", b"[", b'"') or _WORD.fullmatch(value) is not None)


def _value_of(body: bytes, at: int, key: str) -> int:
    """Where the value of a key of the object at `at` begins."""
    if body[at : at + 1] != b"{":
        raise ValueError("there is no object")
    wanted = b'"' + key.encode() + b'"'
    at = _skip(body, at + 1)
    while body[at : at + 1] != b"}":
        name_end = _end(body, at)
        name = body[at:name_end]
        at = _skip(body, name_end)
        if body[at : at + 1] != b":":
            raise ValueError("the object breaks off")
        at = _skip(body, at + 1)
        if name == wanted:
            return at
        at = _skip(body, _end(body, at))
        if body[at : at + 1] == b",":
            at = _skip(body, at + 1)
        elif body[at : at + 1] != b"}":
            raise ValueError("the object breaks off")
    raise ValueError(f"there is no {key!r}")


def _skip(body: bytes, at: int) -> int:
    while at < len(body) and body[at] in _BLANKS:
        at += 1
    return at


def _end(body: bytes, at: int) -> int:
    """Where the value that begins at `at` ends."""
    first = body[at : at + 1]
    if first == b'"':
        return _string_end(body, at)
    if first not in (b"{", b"["):
        scalar = _SCALAR.match(body, at)
        if scalar is None:
            raise ValueError("a value is missing")
        return scalar.end()
    depth = 0
    while True:
        sign = _SIGNS.search(body, at)
        if sign is None:
            raise ValueError("a value breaks off")
        at = sign.end()
        if sign[0] == b'"':
            at = _string_end(body, sign.start())
        elif sign[0] in (b"{", b"["):
            depth += 1
        else:
            depth -= 1
            if depth == 0:
                return at


def _string_end(body: bytes, at: int) -> int:
    found = _STRING.match(body, at)
    if found is None:
        raise ValueError("a text breaks off")
    return found.end()
