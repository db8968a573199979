"""Makes texts ready for a page: cleaned for the fonts, breakable, with language and direction."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

from advocacy_monitor.exporters.glyphs import Cleaning, breakable, isolated
from advocacy_monitor.exporters.quotes import LONGEST_QUOTE, shortened

_RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
_UNMARKED = re.compile("[\u200b\u2066\u2069]")
"""The marks for line breaks and direction that `PageText` adds; a file's properties do without them."""


class PageText:
    """Cleans the texts of one document and remembers what it had to change.

    `language` is the document's own. Where that runs from right to left, every line of the document's own language
    keeps dates, numbers and addresses left to right.
    """

    def __init__(self, language: str, cleaning: Cleaning | None = None) -> None:
        self.language = language_tag(language)
        self.cleaning = cleaning if cleaning is not None else Cleaning()

    @property
    def direction(self) -> str:
        """That of the document's own texts: 'rtl' or 'ltr'."""
        return direction(self.language, "")

    def line(self, text: str, *, limit: int = 4000, room: int = 32) -> str:
        """A text as the fonts can show it, with a place to break in long words; shortened only beyond `limit`."""
        shown = breakable(self.cleaning.clean(shortened(text, limit)), room=room)
        return isolated(shown) if self.direction == "rtl" else shown

    def directed(self, text: str, *, limit: int = 4000, room: int = 32, language: str = "") -> dict[str, str]:
        """The same with its own direction: where it runs from right to left, dates and the like stay left to right."""
        way = direction(language, text)
        shown = breakable(self.cleaning.clean(shortened(text, limit)), room=room)
        return {"text": isolated(shown) if way == "rtl" else shown, "direction": way}


def unmarked(text: str) -> str:
    """A text of `PageText` without the invisible marks that it added."""
    return _UNMARKED.sub("", text)


def language_tag(language: str) -> str:
    """The primary language of a tag such as 'zh-Hans', or 'und' when it is none."""
    primary = re.split("[-_]", language.strip().lower())[0]
    return primary if re.fullmatch("[a-z]{2,3}", primary) else "und"


def direction(language: str, text: str) -> str:
    """'rtl' or 'ltr': by the language, and for others by what most letters of the text are."""
    if language_tag(language) in _RIGHT_TO_LEFT:
        return "rtl"
    sides = [unicodedata.bidirectional(character) for character in text[:LONGEST_QUOTE]]
    return "rtl" if sum(side in ("R", "AL") for side in sides) > sides.count("L") else "ltr"


def safe_link(url: str | None) -> str:
    """A web address that may become a link in the file, or '': nothing but http and https, printable ASCII."""
    if not url or len(url) > 2000 or not re.fullmatch(r"(?i)https?://[!#-;=?-\[\]_a-z~]+", url):
        return ""
    try:
        parts = urlsplit(url)
        return url if parts.hostname and parts.username is None else ""
    except ValueError:  # such as a broken IPv6 address
        return ""
