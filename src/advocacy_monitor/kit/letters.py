"""Once there are answers: press release and letter filled from the data, through the exporters of evidence packs.

They hold what a pack does: numbers with their base and period, findings, quotes that may be quoted, contact, method.
Each is noted as a pack, so a withdrawal finds it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from advocacy_monitor.errors import ExportError
from advocacy_monitor.kit.links import listed_libraries
from advocacy_monitor.kit.picture import Piece, Sign
from advocacy_monitor.models import EvidencePack, Query
from advocacy_monitor.packing import Order, compiled, export_pack
from advocacy_monitor.store import Store

FORMATS = ("press-release", "letter")


def query_of(sign: Sign) -> Query:
    """What the letters are about: all statements of the campaign, or those about one library."""
    campaign = sign.loaded.config.campaign.name
    if not sign.library:
        return Query(title=campaign)
    listed = listed_libraries(sign.loaded).find(sign.library)
    name = listed.name if listed else sign.library
    areas = (listed.area,) if listed and listed.is_shared and listed.area else ()
    return Query(title=f"{campaign}: {sign.library}", libraries=(name,), areas=areas)


def is_ready(sign: Sign, store: Store) -> bool:
    """Whether there is an approved statement that may be quoted; posts are looked up at their platform first."""
    order = Order(formats=(), output=Path(), language=sign.language)
    return bool(compiled(store, sign.loaded, query_of(sign), order).exhibits)


@dataclass(frozen=True, slots=True)
class Filled:
    """Press release and letter with the pack that they were made of; it is checked again before they are given."""

    pieces: tuple[Piece, ...]
    pack: EvidencePack


def filled(sign: Sign, store: Store, *, folder: Path) -> Filled:
    """Press release and letter, made inside `folder`. Raises ExportError, ConsentError, ConfigError."""
    t = sign.t
    uses = {
        "press-release": t.text("Press release with the results so far. Fill in what is marked in yellow."),
        "letter": t.text("Letter to a decision maker with the results so far. Fill in what is marked in yellow."),
    }
    order = Order(formats=FORMATS, output=folder, language=sign.language, look=False)
    made = export_pack(store, sign.loaded, query_of(sign), order)
    if made.failures:
        raise ExportError("; ".join(made.failures))
    pieces = []
    for path in made.files:
        kind = next(each for each in FORMATS if path.stem.endswith(each))
        number = t.text("It rests on evidence pack {number}.", number=made.pack.number)
        name = f"{kind}-results.docx"
        pieces.append(Piece(name=name, data=path.read_bytes(), use=f"{uses[kind]} {number}", size="A4"))
        path.unlink()
    return Filled(tuple(pieces), made.pack)
