"""Checks a pack that somebody holds: is every file as it was written, and was every quote said, and may it stand still?

Without anything else it checks the file against itself. With the association's database it checks each quote against
the stored statement as it is now; with records that the association hands out, against those. Nothing is called
verified that was not compared.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from advocacy_monitor import plugins
from advocacy_monitor.errors import ExportError
from advocacy_monitor.exporters.manifest import manifest
from advocacy_monitor.models import EvidencePack
from advocacy_monitor.pack_checks import Check, Outcome, Verified, failed, listed, not_possible, ok, quotes
from advocacy_monitor.pack_digest import LARGEST_JSON, document_digest, parse_pack
from advocacy_monitor.pack_files import PackFiles, open_files, pack_document
from advocacy_monitor.pack_verify_bag import bag_checks
from advocacy_monitor.redact import is_verbatim

if TYPE_CHECKING:
    from advocacy_monitor.store import Store

__all__ = ["Check", "Outcome", "Verified", "verify_pack"]


def verify_pack(path: Path, *, store: Store | None = None, captures: Path | None = None) -> Verified:
    """Checks a bundle (ZIP or unpacked folder) or a pack's `.json` file.

    `store` is the database of the association that made it, `captures` a folder of records as they were received. A
    file that cannot be read at all is a failed check, not an error.
    """
    checks: list[Check] = []
    pack: EvidencePack | None = None
    try:
        # Whatever a stranger's file makes any part of this program raise is a failed check, and no crash.
        with plugins.boundary(path.name, ExportError), open_files(path) as files:
            if files.is_bag:
                checks += bag_checks(files)
            document = pack_document(files)
            data = files.read(document, most=LARGEST_JSON)
            pack = parse_pack(data, name=document)
            checks.append(ok("readable", f"{document} holds an evidence pack and nothing else"))
            checks += _of_pack(pack, json.loads(data)["pack"])
            checks += _beside(files, pack, again=not any(each.outcome is Outcome.FAILED for each in checks))
    except ExportError as error:
        checks.append(failed("readable", str(error)))
    if pack is not None:
        checks += _against_others(pack, store, captures)
    return Verified(
        path=str(path),
        number=pack.number if pack else "",
        digest=pack.digest if pack else "",
        title=pack.title if pack else "",
        checks=tuple(checks),
    )


def _of_pack(pack: EvidencePack, document: dict[str, Any]) -> Iterator[Check]:
    """The pack against itself."""
    digest = document_digest(document)
    if digest == pack.digest:
        yield ok("digest", f"the pack's digest is that of its content: {digest}")
    else:
        yield failed("digest", f"the pack says that its digest is {pack.digest}, but its content has {digest}")
    number = f"{pack.as_of:%Y%m}-{pack.digest[:8]}"
    if pack.number == number:
        yield ok("number", f"the number {number} belongs to that digest")
    else:
        yield failed("number", f"the number {pack.number} does not belong to the digest, which makes it {number}")
    yield _texts(pack)
    yield _verbatim(pack)
    yield _counts(pack)


def _texts(pack: EvidencePack) -> Check:
    wrong = [each.number for each in pack.exhibits if _sha256(each.text) != each.text_sha256]
    if wrong:
        return failed("texts", "the words of these quotes do not have the digest that stands beside them", wrong)
    return ok("texts", f"the words of {quotes(len(pack.exhibits))} have the digests that stand beside them")


def _verbatim(pack: EvidencePack) -> Check:
    wrong = [each.number for each in pack.exhibits if each.quoted and not is_verbatim(each.quoted, each.text)]
    if wrong:
        return failed("verbatim", "what is printed of these quotes is not made of exact runs of their text", wrong)
    short = sum(bool(each.quoted) for each in pack.exhibits)
    if not short:
        return ok("verbatim", "no quote is printed in a shortened form")
    return ok("verbatim", f"{quotes(short)} in a shortened form: made of exact runs of the text, with marked omissions")


def _counts(pack: EvidencePack) -> Check:
    """`found == statements + left out`, and no exhibit stands twice."""
    hidden = sum(each.value is None for each in pack.left_out)
    left_out = sum(each.value or 0 for each in pack.left_out)
    numbers = [each.number for each in pack.exhibits]
    statements = [each.item_id for each in pack.exhibits]
    if len(set(numbers)) != len(numbers) or len(set(statements)) != len(statements):
        return failed("counts", "a quote's number, or a statement, stands in the pack more than once")
    if (left_out > pack.found - pack.statements) if hidden else (left_out != pack.found - pack.statements):
        return failed("counts", f"found {pack.found:,}, counted {pack.statements:,} and left out {left_out:,} differ")
    if len(pack.exhibits) > pack.statements:
        return failed("counts", "there are more quotes than statements that were counted")
    return ok("counts", f"the {pack.found:,} found are the {pack.statements:,} counted and those left out")


def _beside(files: PackFiles, pack: EvidencePack, *, again: bool) -> Iterator[Check]:
    """The other files of a bundle against the pack."""
    if not files.is_bag:
        return
    from advocacy_monitor.pack_verify_files import file_checks

    if "data/manifest.json" not in files.sizes:
        yield failed("manifest", "the bundle has no data/manifest.json")
    elif files.read("data/manifest.json", most=LARGEST_JSON) == manifest(pack):
        yield ok("manifest", "data/manifest.json says the same as the pack")
    else:
        yield _differing_manifest(files, pack)
    yield from file_checks(files, pack, again=again)


def _differing_manifest(files: PackFiles, pack: EvidencePack) -> Check:
    """A manifest of another version may lack fields; what it does say must be so."""
    ours = json.loads(manifest(pack))
    try:
        theirs = json.loads(files.read("data/manifest.json", most=LARGEST_JSON))
    except (ValueError, RecursionError) as error:
        return failed("manifest", f"data/manifest.json is not readable: {error}")
    if not isinstance(theirs, dict):
        return failed("manifest", "data/manifest.json holds no manifest")
    names = sorted(name for name in {*ours, *theirs} if ours.get(name) != theirs.get(name))
    if names:
        return failed("manifest", f"data/manifest.json says something else than the pack about: {listed(names)}")
    return failed("manifest", "data/manifest.json is written otherwise than this program writes it")


def _against_others(pack: EvidencePack, store: Store | None, captures: Path | None) -> Iterator[Check]:
    if store is None:
        yield not_possible(
            "database",
            "there was no database to compare with: whether the statements were made, and may still be quoted, only "
            "the association that publishes the pack can check",
        )
    else:
        from advocacy_monitor.pack_verify_store import store_checks

        yield from store_checks(pack, store)
    if captures is None:
        yield not_possible(
            "captures", "no records as they were received were given (--captures), so none were compared"
        )
    else:
        from advocacy_monitor.pack_verify_captures import capture_checks

        yield from capture_checks(pack, captures)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
