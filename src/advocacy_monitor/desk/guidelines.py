"""The written guidelines for moderation: ours, or what the campaign's folder has in their place, as a page.

`dashboards/guidelines.md` in the campaign's folder goes before ours, and `guidelines.de.md` before either where the
page is in German. Markdown without HTML: whoever may write in the folder need not know what a browser would run.
"""

from __future__ import annotations

import functools
from importlib import resources
from pathlib import Path

from markupsafe import Markup

from advocacy_monitor.config import Loaded
from advocacy_monitor.errors import ConfigError

FOLDER = "dashboards"
"""In the campaign's folder: what an association may write in place of ours."""

_MOST_BYTES = 200_000


def guidelines(loaded: Loaded, code: str) -> Markup:
    """The guidelines in a language as markup, with a heading of the first level. Raises ConfigError."""
    ours = Path(str(resources.files("advocacy_monitor.desk") / FOLDER))
    names = (f"guidelines.{code}.md", "guidelines.md")
    paths = [folder / name for folder in (loaded.folder / FOLDER, ours) for name in names]
    path = next(path for path in paths if path.is_file())
    return _made(path, path.stat().st_mtime_ns)


@functools.lru_cache(maxsize=16)
def _made(path: Path, changed: int) -> Markup:
    """A file as markup; `changed` is when it was written, so that a changed file is read anew."""
    from markdown_it import MarkdownIt

    try:
        content = path.read_bytes()
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: is not UTF-8 text (byte {error.start})") from error
    if len(content) > _MOST_BYTES:
        raise ConfigError(f"{path}: has {len(content):,} bytes; guidelines may have {_MOST_BYTES:,}")
    # A picture from elsewhere would tell its server who reads the guidelines.
    reader = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    return Markup(reader.render(text))  # noqa: S704  # nosec B704
