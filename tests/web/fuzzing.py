"""Requests that no browser would send, to every page of the form, and what every answer to them must be."""

from __future__ import annotations

import http.client
import random
import re
import socket
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, quote_plus, urljoin, urlsplit

import html5lib

from advocacy_monitor.web.app import pages
from tests.web.serving import CODE

MARK = "zqx"
"""In every value that tries to become markup, so that it is known again."""

_MARKUP = (
    f"<script data-{MARK}=1>alert(1)</script>",
    f'"><img src=x {MARK}=1 onerror=alert(1)>',
    f"' onmouseover='alert(1)' {MARK}='",
    f"</textarea><svg {MARK}=1 onload=alert(1)>",
    f"</title><base href=//{MARK}.example>",
    f"--><iframe {MARK} srcdoc='<script>alert(1)</script>'>",
    f"{{{{ 7*7 }}}}{{% include 'base.html' %}}{MARK}",
    f"javascript:alert('{MARK}')",
    f"</option></select><details {MARK} open ontoggle=alert(1)>",
    f"\r\nX-{MARK}: 1\r\nSet-Cookie: {MARK}=1\r\n\r\n<html>{MARK}",
    f'<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img {MARK} src=1 onerror=alert(1)&gt;">',
    f"&lt;script {MARK}&gt;",
)
_STRANGE = (
    *("", " ", "\x00", "\ufeff", "\u202eevil\u202c", "\ud800", "\x1b[31m", "\uffff", "\U0010ffff", "a\u0301" * 50),
    *(
        "1" * 500,
        "A" * 5000,
        "😀" * 700,
        "ﷺ" * 300,
        "../../../../etc/passwd",
        "%00%0d%0a",
        "-1",
        "9" * 40,
        "NaN",
        "1e999",
    ),
    *("' OR 1=1 --", "; DROP TABLE items;", "=cmd|'/c calc'!A1", "@example.org", "a@b.c\r\nBcc: x@example.org"),
    *("under_16", "analyse", "yes", "1", "0", "ABCD-EFGH-JKMN", "en", "ar", "zz", "de-AT-1996", "es\u0000"),
)
FIELDS = (
    *(
        "library",
        "lang",
        "embed",
        "code",
        "token",
        "find",
        "v",
        "ticket",
        "holder",
        "q_library",
        "q_matters",
        "q_words",
    ),
    *(
        "q_matters_other",
        "q_changed",
        "q_postcode",
        "q_age",
        "consent",
        "parent",
        "parent_quote",
        "name",
        "email",
        "use",
    ),
    *("homepage", "List-Unsubscribe", "_method", "__proto__", "q_", "q_words_other", f"<{MARK}>"),
)
_HEADERS = (
    *("accept-language", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "host", "origin", "referer"),
    *("sec-fetch-site", "content-type", "cookie", "user-agent", "range", "if-none-match", "transfer-encoding"),
    *("expect", "accept-encoding", "x-http-method-override", "content-length", "upgrade", "connection"),
)
_METHODS = ("GET", "GET", "POST", "POST", "POST", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE", "PATCH", "BREW")
_FORM = "application/x-www-form-urlencoded"
_TYPES = (
    *([_FORM] * 12),
    "multipart/form-data; boundary=x",
    "application/json",
    "text/plain",
    "",
    f"{_FORM}; charset=utf-7",
)
_MORE = (*("q_library", "q_matters", "q_matters_other", "q_changed", "q_age", "name", "email"), "consent", "parent")
_SCHEMES = re.compile(r"^\s*(?:javascript|data|vbscript):", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Got:
    """An answer: status (0 when the server only closed the connection), headers as they came, body."""

    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str:
        """The value of a header; '' when it is not there."""
        return next((value for key, value in self.headers if key == name), "")


@dataclass
class Fuzz:
    """Makes requests out of chance, and of what earlier answers offered: their forms, with codes and tickets."""

    port: int
    chance: random.Random
    tickets: Iterable[str]
    forms: list[tuple[str, list[tuple[str, str]]]] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    stored: int = 0

    def __post_init__(self) -> None:
        self._paths = [page.path for page in pages()]
        self._tickets: Iterator[str] = iter(self.tickets)

    def one(self) -> None:
        """One request and what its answer must be. Raises AssertionError, with the request in its words."""
        request = self._request()
        got = exchange(self.port, request)
        self.statuses[got.status] = self.statuses.get(got.status, 0) + 1
        try:
            check(got)
        except Exception as error:
            raise AssertionError(f"{error!r} after {request[:3000]!r}: {got.headers} {got.body[:3000]!r}") from error
        self._learn(got)

    # Requests

    def _request(self) -> bytes:
        kind = self.chance.random()
        if kind < 0.3:
            path, method, pairs = "/", "POST", self._filled()
        elif kind < 0.6 and self.forms:
            path, pairs = self.chance.choice(self.forms)
            method, pairs = "POST", self._spoiled(pairs)
        else:
            path, method, pairs = self._path(), self.chance.choice(_METHODS), self._pairs()
        body = self._encoded(pairs) if method in ("POST", "PUT", "PATCH") else b""
        if self.chance.random() < 0.01:
            body = self.chance.randbytes(self.chance.choice((10, 3000, 200_000)))
        query = self._query() if "?" not in path else ""
        headers = {"host": "127.0.0.1", "sec-fetch-site": "same-origin", "content-type": _FORM}
        if self.chance.random() < 0.1:
            headers["content-type"] = self.chance.choice(_TYPES)
        headers |= {"x-forwarded-for": f"10.0.{self.chance.randrange(256)}.{self.chance.randrange(256)}"}
        for _ in range(self.chance.choice((0, 0, 1, 3))):
            headers[self.chance.choice(_HEADERS)] = self._value()
        headers.setdefault("content-length", str(len(body)))
        headers["connection"] = "close"
        lines = [f"{method} {path}{query} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        return "\r\n".join(lines).encode("utf-8", errors="replace") + b"\r\n\r\n" + body

    def _path(self) -> str:
        if self.chance.random() < 0.1:
            return "/" + quote(self._value()[:300].encode(errors="replace"))
        return self.chance.choice(self._paths)

    def _query(self) -> str:
        pairs = [(self.chance.choice(FIELDS), self._value()) for _ in range(self.chance.choice((0, 1, 2)))]
        return "?" + self._encoded(pairs).decode() if pairs else ""

    def _pairs(self) -> list[tuple[str, str]]:
        return [(self.chance.choice(FIELDS), self._value()) for _ in range(self.chance.randrange(12))]

    def _filled(self) -> list[tuple[str, str]]:
        """An answer that can be stored, with hostile words."""
        found = [("ticket", next(self._tickets)), ("consent", "analyse"), ("q_words", self._value()[:600])]
        return found + [(name, self._value()[:200]) for name in _MORE if self.chance.random() < 0.4]

    def _spoiled(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        """A form that a page offered, with some fields changed, doubled or left out."""
        found = list(pairs)
        for _ in range(self.chance.choice((0, 0, 1, 3))):
            if found:
                at = self.chance.randrange(len(found))
                name = found[at][0]
                found[at : at + self.chance.choice((0, 1))] = [(name, self._value())] * self.chance.choice((0, 1, 2))
        if self.codes and self.chance.random() < 0.5:
            found = [(name, value) for name, value in found if name != "code"] + [
                ("code", self.chance.choice(self.codes))
            ]
        return found

    def _value(self) -> str:
        kind = self.chance.random()
        if kind < 0.45:
            return self.chance.choice(_MARKUP)
        if kind < 0.85:
            return self.chance.choice(_STRANGE)
        return "".join(chr(self.chance.randrange(1, 0xD7FF)) for _ in range(self.chance.choice((1, 10, 300))))

    def _encoded(self, pairs: Sequence[tuple[str, str]]) -> bytes:
        made = "&".join(f"{_plus(name)}={_plus(value)}" for name, value in pairs)
        if self.chance.random() < 0.05:
            made += self.chance.choice(("&", "%", "%ff%fe", "=", "&a=%ED%A0%80", "&" * 500, "%C0%80", ";a=b"))
        return made.encode()

    # What answers offer

    def _learn(self, got: Got) -> None:
        if got.status != 200 or "html" not in got.header("content-type"):
            return
        text = got.body.decode()
        if found := CODE.search(text):
            self.stored += 1
            self.codes = [*self.codes[-200:], found[0]]
        tree = html5lib.parse(text, namespaceHTMLElements=False)
        for form in tree.iter("form"):
            if form.get("method") == "post":
                pairs = [(each.get("name"), each.get("value") or "") for each in form.iter("input") if each.get("name")]
                self.forms = [*self.forms[-60:], (form.get("action") or "/", pairs)]


def _plus(value: str) -> str:
    return quote_plus(value.encode("utf-8", errors="surrogatepass"))


def exchange(port: int, request: bytes) -> Got:
    """Sends bytes as they are, and reads one answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=45) as connection:
        # Where the server has heard enough, what it said is read nevertheless.
        with suppress(OSError):
            connection.sendall(request)
        response = http.client.HTTPResponse(connection, method=request.split(b" ", 1)[0].decode())
        try:
            response.begin()
            body = response.read()
        except (http.client.HTTPException, ConnectionError):
            return Got(0, (), b"")
    return Got(response.status, tuple((name.lower(), value) for name, value in response.getheaders()), body)


def check(got: Got) -> None:
    """What holds for every answer to whatever was asked. Raises AssertionError."""
    if got.status == 0:
        return
    names = [name for name, _ in got.headers]
    assert got.status < 500, got.status
    assert "set-cookie" not in names
    assert not [name for name in names if MARK in name]
    assert "\n" not in got.header("location")
    if urlsplit(got.header("location")).netloc:
        assert urlsplit(got.header("location")).hostname == "127.0.0.1"
    if got.status == 400 and "content-security-policy" not in names:
        assert got.body in (b"", b"Invalid HTTP request received.")  # uvicorn's own, before it was a request
        return
    assert "default-src 'none'" in got.header("content-security-policy")
    assert "unsafe" not in got.header("content-security-policy").replace("style-src 'unsafe-inline'; sandbox", "")
    assert got.header("x-content-type-options") == "nosniff"
    if "text/html" in got.header("content-type") and got.body:
        assert "no-store" in got.header("cache-control")
        _check_page(got.body.decode("utf-8"))


def _check_page(text: str) -> None:
    """No value became markup: nothing that runs, loads or sends elsewhere."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    for element in parser.parse(text).iter():
        if not isinstance(element.tag, str):
            assert MARK not in (element.text or ""), "in a comment"
            continue
        _check_element(element.tag, element.attrib, element)


def _check_element(tag: str, attributes: Mapping[Any, str], element: Any) -> None:
    assert MARK not in tag
    assert tag not in ("base", "iframe", "object", "embed", "style", "math"), tag
    if tag == "script":
        assert attributes.get("type") in ("application/json", "module") or attributes.get("src"), "inline script"
        assert not (attributes.get("src") and (element.text or "").strip())
    for given, value in attributes.items():
        name = given if isinstance(given, str) else given[-1]
        assert MARK not in name, name
        assert not name.startswith("on"), name
        assert name not in ("style", "srcdoc", "formaction"), name
        if name in ("href", "src", "action", "data"):
            assert not _SCHEMES.match(value), value
            if name in ("src", "action"):
                assert urlsplit(urljoin("http://127.0.0.1/", value)).netloc == "127.0.0.1", value
