"""Checks a bundle as the BagIt bag that it is (RFC 8493): every file has its digest, and there is no other file."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from advocacy_monitor.errors import ExportError
from advocacy_monitor.pack_checks import Check, failed, listed, ok
from advocacy_monitor.pack_files import PackFiles, shown

PAYLOAD, TAGS = "manifest-sha256.txt", "tagmanifest-sha256.txt"
_UNLISTED = frozenset({TAGS})
_LARGEST_TAG_FILE = 16 * 2**20
_LINE = re.compile(r"([0-9a-f]{64})  (\S.*)")
"""Digest and name as `sha256sum` and our own bundles write them; RFC 8493 would let a forger vary blanks and case."""


def bag_checks(files: PackFiles) -> Iterator[Check]:
    """The checks of the bag, in the order in which one builds on another. Raises ExportError."""
    yield _declaration(files)
    try:
        payload, tags = _listed(files, PAYLOAD), _listed(files, TAGS)
    except ExportError as error:
        yield failed("bag", str(error))
        return
    yield _digests(files, {name: payload[name] for name in payload if name.startswith("data/")}, name="payload")
    yield _digests(files, tags, name="tag files", least=("bag-info.txt", "bagit.txt", PAYLOAD))
    yield _strangers(files, payload, tags)
    yield _oxum(files)


def _declaration(files: PackFiles) -> Check:
    try:
        text = files.read("bagit.txt", most=_LARGEST_TAG_FILE).decode("ascii")
    except UnicodeDecodeError:
        text = ""
    if not re.fullmatch(r"BagIt-Version: (0\.97|1\.0)\r?\nTag-File-Character-Encoding: UTF-8\r?\n?", text):
        return failed("bag", "bagit.txt does not say that this is a BagIt bag in UTF-8")
    return ok("bag", "it is a BagIt bag, and nothing in it leads out of its folder")


def _listed(files: PackFiles, manifest: str) -> dict[str, str]:
    """The digests that a manifest lists, by name. Raises ExportError."""
    if manifest not in files.sizes:
        raise ExportError(f"the bundle has no {manifest}")
    try:
        text = files.read(manifest, most=_LARGEST_TAG_FILE).decode("utf-8")
    except UnicodeDecodeError as error:
        raise ExportError(f"{manifest} is not UTF-8") from error
    found: dict[str, str] = {}
    for number, line in enumerate(text.removesuffix("\n").split("\n"), start=1):
        fits = _LINE.fullmatch(line)
        if fits is None:
            raise ExportError(f"{manifest}, line {number}: is not a digest and a name")
        name = re.sub("%0[aA]|%0[dD]|%25", lambda code: chr(int(code[0][1:], 16)), fits[2])
        if name in found:
            raise ExportError(f"{manifest}, line {number}: {shown(name)} is listed twice")
        found[name] = fits[1]
    return found


def _digests(files: PackFiles, digests: dict[str, str], *, name: str, least: tuple[str, ...] = ()) -> Check:
    missing = sorted((set(digests) | set(least)) - set(files.sizes)) + sorted(set(least) - set(digests))
    if missing or not digests:
        return failed(name, f"these files are missing, or not listed: {listed(list(map(shown, missing)))}")
    changed = [each for each in sorted(digests) if _sha256(files, each) != digests[each]]
    if changed:
        return failed(name, f"these files were changed since the bundle was made: {listed(list(map(shown, changed)))}")
    return ok(name, f"{len(digests)} files have the digests that {PAYLOAD if name == 'payload' else TAGS} lists")


def _strangers(files: PackFiles, payload: dict[str, str], tags: dict[str, str]) -> Check:
    """Every file must be listed: what lies in data/ in the manifest, everything else in that of the tag files."""
    outside = [name for name in payload if not name.startswith("data/")]
    inside = [name for name in tags if name.startswith("data/")]
    known = set(payload) - set(outside) | set(tags) - set(inside) | _UNLISTED
    extra = sorted(set(files.sizes) - known)
    if extra or outside or inside:
        return failed(
            "no other file", f"these files do not belong there: {listed(list(map(shown, extra or outside + inside)))}"
        )
    return ok("no other file", "no file lies in the bundle beside those that are listed")


def _oxum(files: PackFiles) -> Check:
    """Bytes and number of files of the payload, as bag-info.txt says them."""
    sizes = [size for name, size in files.sizes.items() if name.startswith("data/")]
    counted = f"{sum(sizes)}.{len(sizes)}"
    if "bag-info.txt" not in files.sizes:
        return failed("size", "the bundle has no bag-info.txt")
    text = files.read("bag-info.txt", most=_LARGEST_TAG_FILE).decode("utf-8", "replace")
    said = re.search(r"^Payload-Oxum: *(\d+\.\d+) *$", text, re.MULTILINE)
    if said is None or said[1] != counted:
        return failed("size", f"bag-info.txt says Payload-Oxum {said[1] if said else 'nowhere'}; counted was {counted}")
    return ok("size", f"{len(sizes)} files with {sum(sizes):,} bytes, as bag-info.txt says")


def _sha256(files: PackFiles, name: str) -> str:
    digest = hashlib.sha256()
    for piece in files.pieces(name):
        digest.update(piece)
    return digest.hexdigest()
