"""Scans of flyers: what a file is, is told by its content, and nothing of it is kept but pictures drawn anew.

A picture is decoded and written as a fresh JPEG, so that neither a script nor a hidden field (place, device, name) of
the file survives. The pages of a PDF become pictures by poppler's `pdftoppm` where that is installed; where it is not,
the PDF is kept as it is and only ever handed out as a download.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
from pathlib import Path

from advocacy_monitor.errors import AdvocacyMonitorError

JPEG, PDF = "image/jpeg", "application/pdf"
_KINDS = ("JPEG", "PNG")
_MOST_PIXELS = 60_000_000
_LONGEST_SIDE = 2600
"""Pixels: more than 200 a inch of an A4 sheet, enough to read handwriting by."""
_MOST_PAGES = 4
_DOTS = "200"
_SECONDS = 60
_QUALITY = 85
MOST_BYTES = 20 << 20
"""Of one file."""


class ScanError(AdvocacyMonitorError):
    """A file that is no scan; `why` is 'kind', 'damaged', 'large' or 'pages'."""

    def __init__(self, why: str) -> None:
        super().__init__(f"not a scan: {why}")
        self.why = why


def pictures(content: bytes) -> list[tuple[str, bytes]]:
    """A file as pictures, each with its media type: one of an image, one for each page of a PDF. Raises ScanError."""
    if len(content) > MOST_BYTES:
        raise ScanError("large")
    if content[:1024].lstrip().startswith(b"%PDF-"):
        return _pages(content)
    return [(JPEG, redrawn(content))]


def redrawn(content: bytes) -> bytes:
    """A JPEG or PNG drawn anew, upright and without anything but its pixels. Raises ScanError."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(content), formats=_KINDS) as image:
            if image.width * image.height > _MOST_PIXELS:
                raise ScanError("large")
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
            flat = Image.new("RGB", upright.size, "white")
            transparent = (
                upright.convert("RGBA") if "A" in upright.getbands() or "transparency" in upright.info else None
            )
            flat.paste(transparent or upright.convert("RGB"), mask=transparent)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ScanError("large") from error
    except UnidentifiedImageError as error:
        raise ScanError("kind") from error
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise ScanError("damaged") from error
    written = io.BytesIO()
    flat.save(written, "JPEG", quality=_QUALITY, optimize=True)
    return written.getvalue()


def _pages(content: bytes) -> list[tuple[str, bytes]]:
    """The pages of a PDF as pictures, or the PDF itself where no program can draw them. Raises ScanError."""
    program = shutil.which("pdftoppm")
    if program is None:
        return [(PDF, content)]
    with tempfile.TemporaryDirectory(prefix="scan-") as folder:
        file = Path(folder) / "scan.pdf"
        file.write_bytes(content)
        wanted = ["-r", _DOTS, "-scale-to", str(_LONGEST_SIDE), "-jpeg", "-l", str(_MOST_PAGES + 1)]
        try:
            done = subprocess.run(  # noqa: S603  a fixed program, and names of our own
                [program, *wanted, str(file), str(Path(folder) / "page")],
                check=False,
                capture_output=True,
                timeout=_SECONDS,
                stdin=subprocess.DEVNULL,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise ScanError("damaged") from error
        drawn = sorted(Path(folder).glob("page*.jpg"))
        if done.returncode != 0 or not drawn:
            raise ScanError("damaged")
        if len(drawn) > _MOST_PAGES:
            raise ScanError("pages")
        return [(JPEG, redrawn(each.read_bytes())) for each in drawn]
