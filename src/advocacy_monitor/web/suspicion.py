"""Why an answer looks as if no person had written it. Nothing is dropped: it is stored, with reasons for moderation.

There is no puzzle to solve and no service to ask. The same text as others send is no reason: that is for the enricher
`duplicates`, which marks campaign text as such.
"""

from __future__ import annotations

import re
from datetime import timedelta

TRAP = "homepage"
"""A field that people do not see. Programs that fill in everything fill it in."""

LEAST_TIME = timedelta(seconds=3)
"""Nobody reads the questions and answers one in less."""

HIDDEN_FIELD = "hidden_field"
SENT_TOO_FAST = "sent_too_fast"
MANY_AT_ONCE = "many_at_once"
MOSTLY_LINKS = "mostly_links"
FLAGS = (HIDDEN_FIELD, SENT_TOO_FAST, MANY_AT_ONCE, MOSTLY_LINKS)
"""Values of the annotation 'risk', by form@1."""

_LINK = re.compile(r"(?:https?://|www\.|<a\s|\[url)[^\s<>\]]*", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{2,}")
_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_MOST_LINKS = 2
_LEAST_WORDS = 4
_LEAST_SIGNS = 6
"""Of writing without spaces between its words."""


def suspicions(*, trap: str, age: timedelta, is_one_of_many: bool, text: str) -> tuple[str, ...]:
    """The reasons for a closer look, as annotations of the kind 'risk'.

    `trap` is what stood in the hidden field TRAP, `age` that of the page's ticket, `is_one_of_many` whether more came
    from this address than usual, `text` what was written in own words.
    """
    found = (
        (bool(trap.strip()), HIDDEN_FIELD),
        (age < LEAST_TIME, SENT_TOO_FAST),
        (is_one_of_many, MANY_AT_ONCE),
        (is_mostly_links(text), MOSTLY_LINKS),
    )
    return tuple(flag for is_so, flag in found if is_so)


def is_mostly_links(text: str) -> bool:
    """Whether a text has links and little else, or more links than anybody needs in so short a text."""
    rest, links = _LINK.subn(" ", text)
    if links == 0:
        return False
    is_worded = len(_WORD.findall(rest)) >= _LEAST_WORDS or len(_UNSPACED.findall(rest)) >= _LEAST_SIGNS
    return links > _MOST_LINKS or not is_worded
