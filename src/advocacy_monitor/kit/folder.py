"""The kit as a folder: everything for each language and each library, with a README that says what each file is for.

The folder gets its name only when it is complete. An older kit is replaced as a whole, but only when no file in it was
changed or added since: a letter that staff have finished is never lost.
"""

from __future__ import annotations

import contextlib
import hashlib
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import get_args

from advocacy_monitor.config import Loaded
from advocacy_monitor.errors import ExportError
from advocacy_monitor.exporters.atomic import cause_of, whole_file
from advocacy_monitor.kit.launch import launch
from advocacy_monitor.kit.letters import Filled, filled, is_ready
from advocacy_monitor.kit.picture import Piece, Sign, sign_of
from advocacy_monitor.kit.posters import Paper, banners, bunting, posters, shelf_cards
from advocacy_monitor.kit.readme import overview, readme
from advocacy_monitor.kit.snippet import snippet
from advocacy_monitor.kit.social import social
from advocacy_monitor.pack import check_exhibits
from advocacy_monitor.store import Store

KINDS = ("flyer", "posters", "social", "snippet", "letters")
"""What a kit can hold; `posters` are all prints."""
README = "README.txt"
CHECKSUMS = "CHECKSUMS.txt"
PAPERS: tuple[Paper, ...] = get_args(Paper)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is wanted: kinds, languages, libraries ('' for the whole campaign), paper, printed copies of each flyer."""

    kinds: Sequence[str] = KINDS
    languages: Sequence[str]
    libraries: Sequence[str] = ("",)
    paper: Paper = "a4"
    copies: int = 0


@dataclass(slots=True)
class Kit:
    """What was written: the files, and what was left out with the reason."""

    folder: Path
    files: list[Path] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def write_kit(loaded: Loaded, store: Store, folder: Path, order: Order, *, as_of: datetime) -> Kit:
    """Write the kit. Raises ConfigError, ExportError, ConsentError, and then leaves an older kit as it was."""
    signs = [
        (_place(library, language, names), sign_of(loaded, language, library, as_of=as_of))
        for names in [_folder_names(order.libraries)]
        for library in order.libraries
        for language in order.languages
    ]
    refuse_changed(folder)
    kit = Kit(folder)
    letters = {each: is_ready(sign, store) for each, sign in _one_each(signs)} if "letters" in order.kinds else {}
    kit.left_out += [_no_results(library) for library, ready in letters.items() if not ready]
    with _staging(folder) as staging:
        quoted: list[Filled] = []
        for place, sign in signs:
            quoted += _leaf(sign, store, staging / place, order, ready=letters.get(sign.library, False))
        _write(staging / README, overview(signs[0][1], [place for place, _ in signs]))
        kit.files = _with_checksums(staging, folder)
        for each in quoted:
            check_exhibits(store, each.pack)  # who withdrew while the kit was made is not in it
        _exchange(staging, folder)
    return kit


def _no_results(library: str) -> str:
    about = f" about {library}" if library else ""
    return f"no press release and letter with results: there is no approved statement{about} that may be quoted yet"


def _one_each(signs: Sequence[tuple[Path, Sign]]) -> list[tuple[str, Sign]]:
    """One sign of each library."""
    return list({sign.library: (sign.library, sign) for _, sign in signs}.values())


def _leaf(sign: Sign, store: Store, folder: Path, order: Order, *, ready: bool) -> list[Filled]:
    """Everything in one language for one library, with its README."""
    folder.mkdir(parents=True)
    quoted = [filled(sign, store, folder=folder)] if ready else []
    pieces = [*_made(sign, folder, order), *(piece for each in quoted for piece in each.pieces)]
    for piece in pieces:
        _write(folder / piece.name, piece.data)
    if "flyer" in order.kinds:
        pieces = [*_flyers(sign, store, folder, order), *pieces]
    _write(folder / README, readme(sign, pieces))
    return quoted


def _made(sign: Sign, folder: Path, order: Order) -> Iterator[Piece]:
    if "posters" in order.kinds:
        yield from posters(sign, paper=order.paper, path=folder)
        yield from banners(sign, path=folder)
        yield from bunting(sign, paper=order.paper, path=folder)
        yield from shelf_cards(sign, paper=order.paper, path=folder)
    if "social" in order.kinds:
        yield from social(sign, path=folder)
    if "snippet" in order.kinds:
        yield snippet(sign)
    if "letters" in order.kinds:
        yield from launch(sign)


def _flyers(sign: Sign, store: Store, folder: Path, order: Order) -> Iterator[Piece]:
    from advocacy_monitor.kit.flyer import write_flyers

    made = write_flyers(
        sign.loaded,
        store,
        folder=folder,
        languages=(sign.language,),
        libraries=(sign.library or None,),
        paper=order.paper,
        copies=order.copies,
        as_of=sign.as_of,
    )
    use = sign.t.text("Sheet with the questions, to write on. Print it on both sides and lay it out beside a box.")
    if order.copies:
        use = sign.t.text(
            "Sheets with the questions, each with a code of its own. Print each sheet once and do not photocopy it. "
            "Delete the file after printing."
        )
    for path in made:
        yield Piece(name=path.name, data=b"", use=use, size="A4" if order.paper == "a4" else "US letter")


def _folder_names(libraries: Sequence[str]) -> dict[str, str]:
    """A folder's name for each library, each name once: its letters and digits in small letters."""
    names: dict[str, str] = {}
    for library in libraries:
        words = "".join(sign if sign.isalnum() else " " for sign in library.lower()).split()
        name, number = "-".join(words)[:60] or "library", 2
        while name in names.values():
            name, number = f"{'-'.join(words)[:60]}-{number}", number + 1
        names[library] = name
    return names


def _place(library: str, language: str, names: dict[str, str]) -> Path:
    return Path("libraries", names[library], language) if library else Path(language)


def refuse_changed(folder: Path) -> None:
    """Raises ExportError where something stands in the way that is not a kit as it was written."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise ExportError(f"{folder}: is no folder; give another name")
    try:
        found = _files(folder) if folder.is_dir() else []
        if not found:
            return
        listed = folder / CHECKSUMS
        if listed not in found:
            raise ExportError(f"{folder}: holds something else than a kit, and is left as it is; give another name")
        lines = (line.split("  ", 1) for line in listed.read_text(encoding="utf-8").splitlines())
        written = {folder / line[1]: line[0] for line in lines if len(line) == 2}
        for path in found:
            if path != listed and written.get(path) != _sha256(path):
                raise ExportError(
                    f"{path.relative_to(folder)} was changed or added since the kit in {folder} was made; the kit is "
                    "left as it is; give another name, or move that file"
                )
    except (OSError, UnicodeDecodeError) as error:
        cause = cause_of(error) if isinstance(error, OSError) else f"{CHECKSUMS} is not UTF-8"
        raise ExportError(f"{folder} was not written: {cause}") from error


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if not path.is_dir() or path.is_symlink())


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() and not path.is_symlink() else ""


def _with_checksums(staging: Path, folder: Path) -> list[Path]:
    """Writes the list of all files, as `sha256sum -c` reads it; returns where they will be."""
    names = [path.relative_to(staging) for path in _files(staging)]
    lines = "".join(f"{_sha256(staging / name)}  {name.as_posix()}\n" for name in names)
    _write(staging / CHECKSUMS, lines.encode())
    return [folder / name for name in (*names, Path(CHECKSUMS))]


def _write(path: Path, data: bytes) -> None:
    with whole_file(path) as handle:
        handle.write(data)


@contextmanager
def _staging(folder: Path) -> Iterator[Path]:
    """A hidden folder beside the one to come, gone at the end whatever happens."""
    staging = folder.absolute().with_name(f".{folder.absolute().name}.{secrets.token_hex(6)}.part")
    try:
        staging.mkdir(parents=True)
    except OSError as error:
        raise ExportError(f"{folder} was not written: {cause_of(error)}") from error
    try:
        yield staging
    except OSError as error:
        raise ExportError(f"{folder} was not written: {cause_of(error)}") from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _exchange(staging: Path, folder: Path) -> None:
    """Gives the new kit its name; the older one gets its name back when that fails."""
    refuse_changed(folder)
    old = staging.with_name(f"{staging.name}.old")
    if had := folder.exists():
        folder.rename(old)
    try:
        staging.rename(folder)
    except OSError:
        if had:
            with contextlib.suppress(OSError):
                old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)
