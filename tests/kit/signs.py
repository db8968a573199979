"""A campaign folder that a kit can be made from, and a reader of the codes on what was made."""

from __future__ import annotations

import io
import shutil
from datetime import UTC, datetime
from pathlib import Path

import zxingcpp
from PIL import Image

from advocacy_monitor.config import Loaded, load_config
from advocacy_monitor.kit.picture import Sign, sign_of
from advocacy_monitor.samples import sample_path

AS_OF = datetime(2026, 11, 22, tzinfo=UTC)
CONFIG = """\
campaign:
  name: {name}
  sponsor: Example Library Association
  contact: voices@example.org
  ask: Keep every branch library open.
  hashtags: [MissedMyLibrary, DankeBibliothek, Third]
  libraries: libraries.csv
  brand: brand.yaml
  sample_data: {sample}
form:
  address: {address}
{form}"""
BRAND = """\
name: Sample Library Association
logo: logo.svg
logo_alt: An open book
accent: "{accent}"
second: "{second}"
contact: office@example.org
website: https://example.org/libraries
"""


def campaign(
    folder: Path,
    *,
    name: str = "Missed My Library",
    sample: bool = False,
    address: str = "https://form.example.org",
    form: str = "",
    accent: str = "#1f5d50",
    second: str = "#9a3d1c",
) -> Loaded:
    """The campaign's configuration, with the libraries and the logo of the samples."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in ("libraries.csv", "logo.svg"):
        shutil.copyfile(sample_path(file), folder / file)
    (folder / "brand.yaml").write_text(BRAND.format(accent=accent, second=second), encoding="utf-8")
    text = CONFIG.format(name=name, sample=str(sample).lower(), address=address, form=form)
    (folder / "config.yaml").write_text(text, encoding="utf-8")
    return load_config(folder / "config.yaml")


def sign(loaded: Loaded, language: str = "en", library: str = "") -> Sign:
    return sign_of(loaded, language, library, as_of=AS_OF)


def codes(png: bytes) -> list[str]:
    """What a reader finds on a picture."""
    return sorted(found.text for found in zxingcpp.read_barcodes(Image.open(io.BytesIO(png)).convert("RGB")))
