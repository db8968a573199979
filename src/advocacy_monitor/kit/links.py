"""Where the codes on paper lead: the form in the right language, with the library filled in; and its short address."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from advocacy_monitor.config import Loaded, form_address
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.web.libraries import Libraries, folded, read_libraries

_LONGEST_SLUG = 60
_last: dict[Path, tuple[int, Libraries]] = {}
"""The lists read before, each with the time of its file."""


def form_link(loaded: Loaded, library: str | None = None, language: str = "en") -> str:
    """The form's address for a code: `?library=` and `&lang=`. A listed library is named by its slug, others in full.

    Raises ConfigError while the campaign has no form.address.
    """
    named = f"library={_named(loaded, library)}&" if library else ""
    return f"{_root(loaded)}/?{named}lang={quote(language, safe='')}"


def short_address(loaded: Loaded) -> str:
    """The form's address as somebody types it: without https:// in front. Raises ConfigError."""
    return _root(loaded).removeprefix("https://").removeprefix("http://")


def statement_link(loaded: Loaded, code: str, language: str) -> str:
    """Where a withdrawal code is used. The code stands behind #, so that no server on the way sees it."""
    return f"{_root(loaded)}/statement?lang={quote(language, safe='')}#{quote(code, safe='-')}"


def _root(loaded: Loaded) -> str:
    address = form_address(loaded)
    if address is None:
        raise ConfigError(
            f"{loaded.path}: form.address: is missing; flyers, posters and pictures lead people to the form, so say "
            "where it will be, such as https://form.example.org"
        )
    return address


def _named(loaded: Loaded, library: str) -> str:
    """The library as the form will understand it: a slug where the campaign's list has one for it alone."""
    known = listed_libraries(loaded)
    listed = known.find(library)
    if listed is None:
        return quote(library, safe="")
    slug = folded(listed.label).replace(" ", "-")
    fits = slug.isascii() and len(slug) <= _LONGEST_SLUG and known.find(slug) == listed
    return quote(slug if fits else listed.label, safe="")


def listed_libraries(loaded: Loaded) -> Libraries:
    """The campaign's libraries; none where it has no list, which is read once for a kit. Raises ConfigError."""
    path = loaded.config.campaign.libraries
    if path is None:
        return Libraries()
    try:
        stamp = (loaded.folder / path).stat().st_mtime_ns
    except OSError:
        return read_libraries(loaded)  # which says what is wrong with the file
    known = _last.get(loaded.folder / path)
    if known is None or known[0] != stamp:
        known = _last[loaded.folder / path] = (stamp, read_libraries(loaded))
    return known[1]
