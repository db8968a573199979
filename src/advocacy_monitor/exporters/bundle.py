"""The bundle: every format of a pack in one ZIP that can be archived, and checked by somebody who trusts nobody.

It is a BagIt bag (RFC 8493) with SHA-256 manifests. Its payload is an RO-Crate: the formats, the pack's manifest and a
description of each file. The only date in it is the pack's own, so the same pack gives the same bytes on any day.
"""

from __future__ import annotations

import io
import re
import stat
import tempfile
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar, cast

from pydantic import Field, field_validator

from advocacy_monitor import plugins
from advocacy_monitor.errors import ConfigError, ExportError
from advocacy_monitor.exporters.atomic import cause_of, whole_file
from advocacy_monitor.exporters.bundle_bag import bagged
from advocacy_monitor.exporters.bundle_crate import crate
from advocacy_monitor.exporters.bundle_readme import readme
from advocacy_monitor.exporters.manifest import manifest
from advocacy_monitor.models import EvidencePack
from advocacy_monitor.protocols import Exporter, Plugin

FORMATS = ("pdf", "report", "docx", "slides", "html", "xlsx", "csv", "json")

_NO_NAME = re.compile(r'[\x00-\x1f\x7f\\:*?"<>|]')


class BundleExporter(Plugin):
    """Writes one ZIP with the other formats in it."""

    suffix: ClassVar[str] = ".zip"

    formats: tuple[str, ...] = Field(
        default=FORMATS, description="Formats that lie in it, by the names of their exporters; json always does."
    )

    @field_validator("formats")
    @classmethod
    def _can_lie_in_a_bundle(cls, formats: tuple[str, ...]) -> tuple[str, ...]:
        if "bundle" in formats:
            raise ValueError("a bundle cannot lie in itself; leave out 'bundle'")
        return tuple(dict.fromkeys((*formats, "json")))

    def export(self, pack: EvidencePack, path: Path) -> None:
        """Write the bundle to `path`. Raises ExportError, naming the format that failed, and leaves no file behind."""
        payload = self._payload(pack, path)
        payload["manifest.json"] = manifest(pack)
        payload["ro-crate-metadata.json"] = crate(pack, payload)
        files = bagged(pack, payload, readme=readme(pack, tuple(payload)))
        written = _zipped(files, base=base_name(pack), at=pack.as_of)
        with whole_file(path) as handle:
            handle.write(written)

    def _payload(self, pack: EvidencePack, path: Path) -> dict[str, bytes]:
        """What each format writes, by its name in the bundle."""
        found: dict[str, bytes] = {}
        try:
            with tempfile.TemporaryDirectory(prefix=".bundle-", dir=path.parent) as folder:
                for name in self.formats:
                    for inside, data in _written(name, pack, Path(folder), path).items():
                        if inside in found or _NO_NAME.search(inside):
                            raise ExportError(
                                f"{path} was not written: format {name} writes {inside!r}, "
                                + ("as another one does" if inside in found else "which is no name for every computer")
                            )
                        found[inside] = data
        except OSError as error:
            raise ExportError(f"{path} was not written: {cause_of(error)}") from error
        except ValueError as error:  # a NUL in the name
            raise ExportError(f"{path!r} was not written: {error}") from error
        return found


def base_name(pack: EvidencePack) -> str:
    """What the bundle's folder and its files are called: the pack's number, safe everywhere."""
    return re.sub("[^A-Za-z0-9_-]+", "-", pack.number).strip("-")[:60] or "pack"


def _written(name: str, pack: EvidencePack, folder: Path, path: Path) -> dict[str, bytes]:
    """The file of one format, or the files of its folder."""
    inside = folder / name
    inside.mkdir()
    try:
        exporter = cast(Exporter, plugins.build(plugins.EXPORTERS, name, {}, where=f"bundle: format {name}"))
        made = inside / f"{base_name(pack)}{exporter.suffix}"
        with plugins.boundary(name, ExportError):
            exporter.export(pack, made)
    except (ConfigError, ExportError) as error:
        # The file within was never there for anybody: what matters is why this one is not.
        cause = re.sub(rf"^{re.escape(str(inside))}/\S* was not written: ", "", str(error)).replace(f"{folder}/", "")
        if not isinstance(error.__cause__, OSError) and not cause.startswith(f"{name}: "):
            cause = f"{name}: {cause}"
        raise ExportError(f"{path} was not written: {cause}") from error
    files = [made] if made.is_file() else sorted(each for each in made.rglob("*") if each.is_file())
    if not files:
        raise ExportError(f"{path} was not written: format {name} wrote nothing")
    return {each.relative_to(inside).as_posix(): each.read_bytes() for each in files}


def _zipped(files: Mapping[str, bytes], *, base: str, at: datetime) -> bytes:
    """A ZIP that is the same wherever it is made: sorted names, one date, no trace of who made it."""
    moment = at.astimezone(UTC)
    year = min(max(moment.year, 1980), 2107)  # what a ZIP can hold
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(f"{base}/{name}", (year, *moment.timetuple()[1:6]))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(entry, files[name])
    return made.getvalue()
