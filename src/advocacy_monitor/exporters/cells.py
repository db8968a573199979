"""Makes text harmless in spreadsheets: no cell of an annex may run as a formula (CSV injection)."""

from __future__ import annotations

import re

TRIGGERS = "=+-@＝＋－＠\t\r"
"""What makes a spreadsheet read a cell as a formula when it comes first; the full-width forms count in Excel."""

_BLANK = r"[\s\x00\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]*"
_AT_START = re.compile(rf"{_BLANK}[{re.escape(TRIGGERS)}]|[\t\r]")
# A spreadsheet set to German or French splits a comma file at `;` and takes no notice of our quoting, so a later
# piece of a text may open a cell of its own. The smiley `;-)` cannot be a formula and stays.
_AFTER_SEPARATOR = re.compile(r"(?<=[;\t\r\n])(?=[=+@＝＋－＠]|-(?!\)))")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def starts_a_formula(text: str) -> bool:
    """Tell whether a spreadsheet could take `text` for a formula, leading blanks aside."""
    return _AT_START.match(text) is not None


def neutralised(text: str) -> str:
    """Put a `'` before everything in `text` that a spreadsheet could run, at its start and after a separator.

    Characters that files for spreadsheets cannot hold become U+FFFD. All other text is returned as it is.
    """
    text = _AFTER_SEPARATOR.sub("'", storable(text))
    return f"'{text}" if starts_a_formula(text) else text


def storable(text: str) -> str:
    """Replace what XML and spreadsheets cannot hold (controls such as NUL, lone surrogates) by U+FFFD."""
    return _NOT_XML.sub("\ufffd", text)


def within(text: str, units: int) -> str:
    """Cut `text` to at most `units` UTF-16 code units, as Excel counts, and mark the cut with ` […]`."""
    if len(text.encode("utf-16-le", "surrogatepass")) <= 2 * units:
        return text
    head = text.encode("utf-16-le", "surrogatepass")[: 2 * (units - 4)]
    return head.decode("utf-16-le", "ignore") + " […]"
