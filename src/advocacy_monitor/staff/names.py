"""Names of accounts: they stand beside every decision, so they are never mistaken for each other or for software."""

from __future__ import annotations

import re
import unicodedata

from advocacy_monitor.errors import ConfigError

_MOST = 60
_NAME = re.compile(r"[^\W_][\w.'’ -]*")


def checked_name(name: str) -> str:
    """The name as it is kept. Raises ConfigError.

    Without @ and :, because 'themes@3' is a version of software and 'person:ada' somebody who coded.
    """
    found = " ".join(unicodedata.normalize("NFKC", name).split())
    if not _NAME.fullmatch(found) or len(found) > _MOST:
        raise ConfigError(
            f"{name[:_MOST]!r} cannot be a name: take up to {_MOST} letters and digits, with spaces, full stops, "
            "hyphens, apostrophes and underscores between them"
        )
    return found


def key_of(name: str) -> str:
    """What two names have in common that are the same: ' Ada' and 'ADA'."""
    folded = unicodedata.normalize("NFKC", name[: 4 * _MOST]).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())
