"""Text without the marks of a platform, and settings that show in an enricher's version: what enrichers share."""

from __future__ import annotations

import hashlib
import json
import re

from pydantic import BaseModel

URL = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
HANDLE = re.compile(r"[@＠]\w[\w.-]*(?:@[\w.-]+)?")
HASHTAG = re.compile(r"[#＃]\w+[#＃]?")
_HASHTAG_SIGN = re.compile(r"[#＃]")

FIRST_WIDE = "\u2e80"
"""From here on Unicode holds the scripts that write no spaces between words (Chinese, Japanese) and Korean."""


def is_wide(text: str) -> bool:
    """Whether a text holds Chinese, Japanese or Korean letters, where one letter says as much as two or more."""
    return any(FIRST_WIDE <= letter < "\ufb00" for letter in text)


def without_marks(text: str) -> str:
    """The text without URLs, handles and hashtags.

    Scripts without spaces run a hashtag and its sentence together, so there the words of hashtags are kept when
    nothing else would be left.
    """
    plain = HANDLE.sub(" ", URL.sub(" ", text))
    without_tags = HASHTAG.sub(" ", plain)
    if not without_tags.strip() and is_wide(plain):
        return _HASHTAG_SIGN.sub(" ", plain)
    return without_tags


def lower_case(text: str) -> str:
    """The text in lower case with every letter in its place, so that spans fit the original."""
    return text.replace("İ", "i").lower()  # the one letter whose lower case is two


def version_with_settings(version: str, settings: BaseModel) -> str:
    """The version of an enricher's answers: changed settings can change answers, so they are part of it."""
    changed = settings.model_dump(mode="json", exclude_defaults=True)
    if not changed:
        return version
    digest = hashlib.sha256(json.dumps(changed, sort_keys=True).encode()).hexdigest()
    return f"{version}.{digest[:8]}"
