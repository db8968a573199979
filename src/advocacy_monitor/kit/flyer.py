"""Flyers to write on: front and back of one sheet, for each language and library, as tagged PDFs.

Without copies a flyer has no code: it is printed or photocopied as often as wanted, and who wants to withdraw writes to
the campaign. With copies each sheet has a withdrawal code of its own, on the strip for the person and on the sheet for
whoever types it in; the store knows the codes before they are printed.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from advocacy_monitor.config import Loaded
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.exporters.atomic import whole_file
from advocacy_monitor.exporters.typeset import typeset
from advocacy_monitor.hosting import form_languages
from advocacy_monitor.kit.links import listed_libraries
from advocacy_monitor.kit.paper import Paper, flyer_view
from advocacy_monitor.kit.picture import Sign, sign_of
from advocacy_monitor.store import Store, now
from advocacy_monitor.web.libraries import folded
from advocacy_monitor.withdrawal import new_code

MOST_COPIES = 500
"""Of each flyer, at once."""
_IN_A_FILE = 25
"""Sheets with codes. Typst keeps some 3 MB for each sheet of the last ten documents, so this bounds the memory."""
_LONGEST_NAME = 60


def write_flyers(
    loaded: Loaded,
    store: Store | None,
    *,
    folder: Path,
    languages: Sequence[str] = (),
    libraries: Sequence[str | None] = (None,),
    paper: Paper = "a4",
    copies: int = 0,
    as_of: datetime | None = None,
) -> list[Path]:
    """Write a flyer for each library (None for all of them) in each language, in all of the form's when none is named.

    With `copies` there are so many sheets of each, every one with its own code; many of them make several files.
    Raises ConfigError, ExportError, StoreError.
    """
    wanted = _languages(loaded, languages)
    if not 0 <= copies <= MOST_COPIES:
        raise ConfigError(
            f"copies: {copies} is not possible; at once there can be 0 to {MOST_COPIES} sheets with codes"
        )
    if copies and store is None:
        raise ConfigError("copies: codes on paper need the campaign's database, which keeps them")
    made_at = as_of or (store.now() if store else now())
    taken: set[tuple[str, int]] = set()
    made: list[Path] = []
    for library in libraries:
        for language in wanted:
            sign = sign_of(loaded, language, _label(loaded, library), as_of=made_at)
            name = _name(sign, taken, paper=paper, copies=copies)
            made += _write(sign, folder / name, _codes(store, copies), paper=paper)
    return made


def flyer(sign: Sign, *, paper: Paper, codes: Sequence[str] = (), path: Path) -> bytes:
    """A flyer as a PDF: two pages for each code, or two without any; `path` is named in errors. Raises ExportError."""
    return typeset("kit_flyer.typ", flyer_view(sign, paper=paper, codes=codes), as_of=sign.as_of, path=path)


def _write(sign: Sign, path: Path, codes: Sequence[str], *, paper: Paper) -> Iterator[Path]:
    """The flyer, in as many files as its copies need."""
    groups = [codes[start : start + _IN_A_FILE] for start in range(0, len(codes), _IN_A_FILE)] or [()]
    for number, group in enumerate(groups, start=1):
        part = path if len(groups) == 1 else path.with_stem(f"{path.stem}-{number}")
        data = flyer(sign, paper=paper, codes=group, path=part)
        with whole_file(part) as handle:
            if group:  # whoever has them can read and withdraw the answers that will be written on these sheets
                os.fchmod(handle.fileno(), 0o600)
            handle.write(data)
        yield part


def _codes(store: Store | None, copies: int) -> list[str]:
    """New codes, known to the store before anybody can hold them in their hands."""
    if store is None or not copies:
        return []
    codes = [new_code() for _ in range(copies)]
    store.submissions.reserve(codes)
    return codes


def _languages(loaded: Loaded, languages: Sequence[str]) -> tuple[str, ...]:
    offered = form_languages(loaded)
    for code in languages:
        if code not in offered:
            raise ConfigError(f"{code!r}: the form is not offered in this language; it is in: {', '.join(offered)}")
    return tuple(languages) or offered


def _label(loaded: Loaded, library: str | None) -> str:
    """The library as the campaign's list writes it; one that is not in the list as it was given."""
    if not library:
        return ""
    listed = listed_libraries(loaded).find(library)
    return listed.label if listed else " ".join(library.split())


def _name(sign: Sign, taken: set[tuple[str, int]], *, paper: Paper, copies: int) -> str:
    """A file name that is not taken yet."""
    place = folded(sign.library).replace(" ", "-")[:_LONGEST_NAME].strip("-") or ("library" if sign.library else "")
    base = "-".join(filter(None, ("flyer", place, sign.language, paper, "codes" if copies else "")))
    number = next(n for n in itertools.count(1) if (base, n) not in taken)
    taken.add((base, number))
    return f"{base}.pdf" if number == 1 else f"{base}_{number}.pdf"
