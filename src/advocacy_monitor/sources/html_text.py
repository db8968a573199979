"""From the HTML of a post to the words that a person wrote: paragraphs, line breaks, full links.

For text that a service has already cleaned, such as a Mastodon post's `content`. The result is plain text: it still
has to be escaped wherever it is shown. It is read as a stream, because a tree takes time that grows with the square
of the length: 200 kB of `<br>` kept Beautiful Soup busy for 85 seconds, and anybody may post that.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

_BLOCKS = frozenset({"p", "div", "blockquote", "pre", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6"})
_VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})
_UNSEEN = frozenset({"script", "style", "template", "title", "rp"})
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SOURCE_BREAK = re.compile(r"(?<![ \t])[ \t]*[\r\n][ \t\r\n]*")
_NO_TAG = re.compile(r"<(?!/?[a-zA-Z][^<>]*>)")
_DOTS = ("…", "...")


def html_text(html: str, *, drop_class: str | None = None) -> str:
    """The text of a piece of HTML: `<p>` gives an empty line, `<br>` a new line, a shortened link its whole address.

    Elements of the class `drop_class` and those that nobody sees (`hidden`, `display: none`, `visibility: hidden`) are
    left out. Custom emoji stay as `:code:`. Runs of spaces stay, because
    Mastodon shows them; control characters go.
    """
    reader = _TextReader(drop_class)
    reader.feed(_only_tags(html))
    reader.close()
    lines = "\n".join(line.strip(" \t") for line in _CONTROLS.sub("", reader.text()).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip()


def declarations(style: str) -> dict[str, str]:
    """The names and values of a `style` attribute, in small letters without blanks around them; no CSS parser."""
    parts = (part.partition(":") for part in style.lower().split(";"))
    return {name.strip(): value.strip() for name, _, value in parts}


def plain_text(text: str) -> str:
    """A text without control characters, trimmed; for names and other one-line fields."""
    return _CONTROLS.sub("", text).strip()


def _only_tags(html: str) -> str:
    """The HTML without comments, every `<` that opens no whole tag escaped.

    The standard library's parser takes quadratic time over unclosed comments and tags (CVE-2025-6069) and stops with
    an AssertionError at others; what is left here it reads in one pass.
    """
    first, *others = html.split("<!--")
    seen = [first, *(other.partition("-->")[2] for other in others)]
    return _NO_TAG.sub("&lt;", "".join(seen))


def _is_hidden(values: dict[str, str]) -> bool:
    style = declarations(values.get("style", ""))
    return (
        "hidden" in values
        or style.get("display", "").startswith("none")
        or style.get("visibility", "").startswith(("hidden", "collapse"))
    )


class _TextReader(HTMLParser):
    """Collects text in one pass.

    `_skipping` counts the open elements of the kind `_skipped` from the one that is left out on. Other kinds do not
    count, because many a page never closes its cells and paragraphs.
    """

    def __init__(self, drop_class: str | None) -> None:
        super().__init__(convert_charrefs=True)
        self._drop_class = drop_class
        self._parts: list[str] = []
        self._skipping = 0
        self._skipped = ""
        self._preformatted = 0
        self._link: tuple[str, int] | None = None

    def text(self) -> str:
        return "".join(self._parts)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if self._skipped == "p" and tag in _BLOCKS:  # A paragraph holds no other block: it ends where one begins.
            self._skipping, self._skipped = 0, ""
        if self._skipping:
            self._skipping += tag == self._skipped
        elif self._is_left_out(tag, values):
            if tag not in _VOID:
                self._skipping, self._skipped = 1, tag
        elif tag in _BLOCKS:
            self._preformatted += tag == "pre"
            self._parts.append("\n\n")
        elif tag in ("br", "li"):
            self._parts.append("\n")
        elif tag == "img":
            self._parts.append(values.get("alt", ""))
        elif tag == "a":
            self._link = (values.get("href", ""), len(self._parts))

    def _is_left_out(self, tag: str, values: dict[str, str]) -> bool:
        return tag in _UNSEEN or self._drop_class in values.get("class", "").split() or _is_hidden(values)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._skipping:
            self._skipping -= tag == self._skipped
        elif tag in _BLOCKS:
            self._preformatted -= tag == "pre" and self._preformatted > 0
            self._parts.append("\n\n")
        elif tag == "a" and self._link is not None:
            self._close_link(*self._link)
            self._link = None

    def handle_data(self, data: str) -> None:
        if not self._skipping:
            self._parts.append(data if self._preformatted else _SOURCE_BREAK.sub(" ", data))

    def _close_link(self, href: str, start: int) -> None:
        """Puts the address in the place of a link text that another service cut off with dots."""
        text = "".join(self._parts[start:])
        shown = next((text.removesuffix(dots) for dots in _DOTS if text.endswith(dots)), "")
        if shown and href.startswith(("https://", "http://")) and shown in href:
            self._parts[start:] = [href]
