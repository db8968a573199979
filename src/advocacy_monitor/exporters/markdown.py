"""Writes Markdown of texts that nobody trusts, in a language from left to right or from right to left.

Whatever a text holds stays text: no markup, link or HTML. In a document from right to left, numbers, dates and commands
keep their own direction.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import KW_ONLY, dataclass

from advocacy_monitor.exporters.cells import storable
from advocacy_monitor.exporters.glyphs import isolated

_STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_MARKUP = re.compile(r"([\\`*_\[\]<>|~&])")
_AT_START = re.compile(r"^([-+=#]|\d+(?=[.)]))")
"""What begins markup anywhere, and what does so only at the beginning of a line."""


@dataclass(frozen=True, slots=True)
class Markdown:
    """Writes the parts of one document in one language."""

    language: str
    _: KW_ONLY
    right_to_left: bool = False

    def document(self, parts: Iterable[str]) -> str:
        """The parts as one text; one from right to left says so to whoever shows it as a page."""
        body = "\n\n".join(parts)
        if self.right_to_left:
            body = f'<div dir="rtl" lang="{self.language}">\n\n{body}\n\n</div>'
        return f"{body}\n"

    def line(self, text: str) -> str:
        """A text as a paragraph of its own."""
        return _AT_START.sub(_escaped, self.inline(text))

    def inline(self, text: str) -> str:
        """A text that does not begin its line."""
        shown = _MARKUP.sub(r"\\\1", _plain(text))
        return isolated(shown) if self.right_to_left else shown

    def heading(self, text: str, *, level: int = 2) -> str:
        """A heading."""
        return f"{'#' * level} {self.inline(text)}"

    def strong(self, text: str) -> str:
        """A paragraph in bold."""
        return f"**{self.inline(text)}**"

    def code(self, text: str) -> str:
        """A number, digest or name of a file, from left to right in any document."""
        plain = _plain(text)
        if self.right_to_left:
            return f'<code dir="ltr">{html.escape(plain)}</code>'
        return f"`{plain.replace('`', chr(39))}`"

    def block(self, text: str, *, kind: str = "") -> str:
        """Lines that are shown as they are: the fence around them is longer than any in them."""
        lines = "\n".join(map(_plain, text.splitlines()))
        fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", lines)), default=0))
        made = f"{fence}{kind}\n{lines}\n{fence}"
        return f'<div dir="ltr">\n\n{made}\n\n</div>' if self.right_to_left else made

    def list(self, rows: Iterable[tuple[str, str]]) -> str:
        """Rows of a heading, which is a plain text, and of what `inline` or `code` made."""
        return "\n".join(f"- **{self.inline(heading)}**: {text}" for heading, text in rows if text)

    def table(self, head: tuple[str, str], rows: Sequence[tuple[str, str]]) -> str:
        """Two columns of plain texts, the second for numbers."""
        lines = [f"| {self.inline(label)} | {self.inline(value)} |" for label, value in (head, *rows)]
        return "\n".join([lines[0], "|---|---:|", *lines[1:]])


def _plain(text: str) -> str:
    return " ".join(_STEERING.sub(" ", storable(text)).split())


def _escaped(found: re.Match[str]) -> str:
    return f"{found[0]}\\" if found[0].isdigit() else f"\\{found[0]}"
