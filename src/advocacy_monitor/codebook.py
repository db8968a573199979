"""The codebook: which themes there are, what counts as each of them, and the indicators that point to them.

A codebook is a YAML file (docs/reference/codebook.md). The shipped ones lie in `codebooks/`; a campaign may name one
of them, extend one, or write a file of its own. `lexicon.py` looks for its indicators in texts.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from advocacy_monitor import codebook_rules
from advocacy_monitor.codebook_file import CodebookFile, read_file
from advocacy_monitor.codebook_merge import merge_problems, merged
from advocacy_monitor.codebook_shapes import (
    Addition,
    Ambiguity,
    Answer,
    Codebook,
    Example,
    Extension,
    Goal,
    Indicators,
    Theme,
    allowed,
)
from advocacy_monitor.errors import ConfigError

__all__ = [
    "Addition",
    "Ambiguity",
    "Answer",
    "Codebook",
    "Example",
    "Extension",
    "Goal",
    "Indicators",
    "Theme",
    "is_path",
    "load_codebook",
    "parse_codebook",
    "shipped_codebooks",
]


def shipped_codebooks() -> tuple[str, ...]:
    """The names of the codebooks that come with this package."""
    files = resources.files("advocacy_monitor.codebooks").iterdir()
    return tuple(sorted(file.name.removesuffix(".yaml") for file in files if file.name.endswith(".yaml")))


def is_path(name_or_path: str | Path) -> bool:
    """Whether a codebook setting means a file of one's own; shipped names have no suffix and no separator."""
    text = str(name_or_path)
    return isinstance(name_or_path, Path) or text.endswith((".yaml", ".yml")) or "/" in text or "\\" in text


def load_codebook(name_or_path: str | Path) -> Codebook:
    """A shipped codebook by its name, or one's own by the path of its file, with whatever it extends.

    Raises ConfigError that lists every mistake with file, line, key, what was found and what is allowed.
    """
    return _load(name_or_path, ())


def parse_codebook(content: bytes, *, origin: str, folder: Path = Path()) -> Codebook:
    """A codebook from the bytes of its file; `origin` is what messages call it. Raises ConfigError.

    `folder` is where a file that it extends by a relative path is looked for.
    """
    return _parse(content, origin, folder, (origin,))


def _load(name_or_path: str | Path, within: tuple[str, ...]) -> Codebook:
    """A codebook; `within` are the files that extend it, the outermost first."""
    if is_path(name_or_path):
        path = Path(name_or_path)
        try:
            content = path.read_bytes()
        except OSError as error:
            raise ConfigError(f"codebook {path}: cannot be read: {error.strerror or error}") from error
        return _parse(content, str(path), path.parent, (*within, str(path.resolve())))
    name = str(name_or_path)
    if name not in shipped_codebooks():
        raise ConfigError(
            f"there is no codebook {name!r}; {allowed(name, shipped_codebooks())}, "
            "or the path of a file of your own that ends in .yaml"
        )
    file = resources.files("advocacy_monitor.codebooks").joinpath(f"{name}.yaml")
    return _parse(file.read_bytes(), file.name, Path(), (*within, name))


def _parse(content: bytes, origin: str, folder: Path, within: tuple[str, ...]) -> Codebook:
    file = read_file(content, origin=origin)
    if "extends" in file.data:
        return _extended(file, folder, within)
    codebook = file.shaped(Codebook)
    if found := list(codebook_rules.problems(codebook, codebook)):
        raise file.error(found)
    return codebook


def _extended(file: CodebookFile, folder: Path, within: tuple[str, ...]) -> Codebook:
    extension = file.shaped(Extension)
    base = _base(file, extension.extends, folder, within)
    if found := list(merge_problems(extension, base)):
        raise file.error(found)
    codebook = merged(extension, base)
    if found := list(codebook_rules.problems(extension, codebook)):
        raise file.error(found)
    return codebook


def _base(file: CodebookFile, name: str, folder: Path, within: tuple[str, ...]) -> Codebook:
    """The codebook that a file extends; the file's line is named where there is none."""
    given: str | Path = folder / name if is_path(name) else name
    try:
        key = str(given.resolve()) if isinstance(given, Path) else given
        is_missing = isinstance(given, Path) and not given.is_file()
    except (OSError, ValueError, RuntimeError) as error:
        raise file.error([(("extends",), f"{name!r:.60} cannot be the path of a file: {error!s:.60}")]) from error
    if key in within:
        raise file.error([(("extends",), f"{name!r} extends this file in turn; a codebook cannot extend itself")])
    if is_missing:
        raise file.error([(("extends",), f"there is no file {given}")])
    if isinstance(given, str) and given not in shipped_codebooks():
        raise file.error(
            [(("extends",), f"there is no codebook {name!r}; {allowed(name, shipped_codebooks())}, or a path")]
        )
    return _load(given, within)
