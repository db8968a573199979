"""Sets documents and cards with Typst: whatever a template prints goes in as data and can never act as markup.

PDFs are PDF/UA-1 and PDF/A-3a at once and use the fonts of this package only, so they look the same everywhere. A
template reads `view` and the attachments through `templates/common.typ`.
"""

from __future__ import annotations

import functools
import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from advocacy_monitor.errors import ExportError
from advocacy_monitor.exporters.glyphs import FONTS

if TYPE_CHECKING:
    import typst

TEMPLATES = Path(__file__).with_name("templates")
STANDARDS: tuple[typst.PDFStandard, ...] = ("a-3a", "ua-1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A text file inside a PDF. `relationship` is one of PDF/A-3: source, data, alternative or supplement."""

    name: str
    data: str
    media_type: str
    description: str
    relationship: Literal["source", "data", "alternative", "supplement"] = "source"


def typeset(
    template: str,
    view: Mapping[str, Any],
    *,
    as_of: datetime,
    path: Path,
    standards: Sequence[typst.PDFStandard] = STANDARDS,
    attachments: Sequence[Attachment] = (),
) -> bytes:
    """Set a PDF from `templates/<template>`; `as_of` is the only time in it, `path` is named in errors.

    Raises ExportError. Several threads may call it at once; documents of one template then wait for each other.
    """
    if as_of.tzinfo is None:
        raise ExportError(f"{path} was not written: the pack's time {as_of} names no time zone")
    attached = json.dumps([asdict(each) for each in attachments])
    made = _compiled(
        template,
        {"view": json.dumps(view), "attachments": attached},
        path=path,
        format="pdf",
        pdf_standards=list(standards),
        timestamp=int(as_of.timestamp()),
    )
    return made[0]


def pictures(
    template: str, view: Mapping[str, Any], *, path: Path, form: Literal["png", "svg"] = "png", ppi: float = 144.0
) -> list[bytes]:
    """Set each page of a template as a picture: PNG with `ppi` pixels for 72 pt, or SVG with letters as outlines.

    A page of a template for cards may be as large as it likes: at 72 ppi one point is one pixel. Raises ExportError.
    """
    return _compiled(template, {"view": json.dumps(view)}, path=path, format=form, ppi=ppi)


def _compiled(template: str, inputs: dict[str, str], *, path: Path, **how: Any) -> list[bytes]:
    import typst

    compiler, lock = _compiler(template)
    try:
        with lock:
            made = compiler.compile(sys_inputs=inputs, **how)
    except typst.TypstError as error:
        raise ExportError(f"{path} was not written: {error.message}") from error
    pages = [made] if isinstance(made, bytes) else made
    if not pages:
        raise ExportError(f"{path} was not written: typst returned no document")
    return pages


@functools.cache
def _compiler(template: str) -> tuple[typst.Compiler, threading.Lock]:
    """A template's compiler, made once: loading it is most of the work of a first document. One thread at a time."""
    import typst

    compiler = typst.Compiler(TEMPLATES / template, root=TEMPLATES, font_paths=_fonts(), ignore_system_fonts=True)
    return compiler, threading.Lock()


@functools.cache
def _fonts() -> typst.Fonts:
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
