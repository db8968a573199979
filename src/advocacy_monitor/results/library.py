"""What one library is told: its pack, up to three quotes that anybody may read, and its answers by postcode."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from advocacy_monitor import breakdowns, publish_rows
from advocacy_monitor.candidates import chosen_candidates
from advocacy_monitor.config import Config
from advocacy_monitor.ledger import Ledger, Positions
from advocacy_monitor.models import Brand, EvidencePack, Query
from advocacy_monitor.pack import For, Groundwork, compile_from
from advocacy_monitor.publish_rows import PublicStatement, Shown
from advocacy_monitor.results.postcodes import Table, by_postcode
from advocacy_monitor.store import Store
from advocacy_monitor.translate import form_texts

MOST_QUOTES = 3
_PROPOSED = 60
"""So many of a library's quotes are looked at; some may stand on platforms that want no copies."""
_LONGEST_NAME = 60
_OTHERS = "\nothers"


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryResult:
    """One library. `shown` says what may be named beside its quotes; `file` is the name of its files."""

    name: str
    file: str
    pack: EvidencePack
    quotes: tuple[PublicStatement, ...]
    shown: Shown
    table: Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Libraries:
    """Which libraries have enough statements to stand alone, the largest first, and how many the others have together.

    `unnamed` are statements of which no library is known; both are None where they are too few to be told.
    """

    names: tuple[str, ...]
    statements: tuple[int, ...]
    others: int | None
    unnamed: int | None


def libraries(ledger: Ledger, counted: Positions, smallest: int) -> Libraries:
    """The libraries of which something may be told: no number of a hidden one can be worked out from the whole."""
    found = ledger.by_name(ledger.libraries, counted)
    sizes = breakdowns.merged((name or "", len(part)) for name, part in found.items())
    parts = {each.label: each.value or 0 for each in breakdowns.parts(sizes, smallest, others=_OTHERS)}
    names = [name for name in parts if name not in ("", _OTHERS)]
    return Libraries(
        names=tuple(names),
        statements=tuple(parts[name] for name in names),
        others=parts.get(_OTHERS),
        unnamed=parts.get(""),
    )


def library_result(
    store: Store,
    ground: Groundwork,
    config: Config,
    titles: dict[str, str],
    name: str,
    file: str,
    *,
    brand: Brand,
    language: str,
) -> LibraryResult:
    """Counts and chooses for one library. Raises ExportError and ConsentError as a pack does."""
    ledger, smallest = ground.ledger, config.thresholds.smallest_cell
    query = Query(title=name, libraries=(name,))
    limits = config.thresholds.model_copy(update={"quotes": _PROPOSED})
    few = config.model_copy(update={"thresholds": limits})
    pack = compile_from(store, ground, query, few, titles, given=For(brand=brand, language=language))
    made = ledger.part(query)
    # The library stands above the quotes; areas and the months of a few would tell who of its readers it was.
    chosen = publish_rows.choose(ledger, made, areas=(), libraries=(), smallest=smallest)
    return LibraryResult(
        name=name,
        file=file,
        pack=pack,
        quotes=_quotes(store, ledger, pack, chosen.positions, chosen.shown),
        shown=chosen.shown,
        table=by_postcode(
            ledger, ground.answers, made.counted, t=form_texts(language), language=language, smallest=smallest
        ),
    )


def _quotes(
    store: Store, ledger: Ledger, pack: EvidencePack, positions: Positions, shown: Shown
) -> tuple[PublicStatement, ...]:
    """The first three that anybody may read, in the order in which the pack proposes its quotes (R15)."""
    public = frozenset(ledger.ids(positions))
    best = [each.item_id for each in pack.exhibits if each.item_id in public][:MOST_QUOTES]
    found = {each.item.id: each for each in chosen_candidates(store, sorted(best))}
    return tuple(publish_rows.statement(found[item_id], shown) for item_id in best if item_id in found)


def file_names(names: Iterable[str]) -> dict[str, str]:
    """A file name for each library: its letters and digits without accents, a number where two would have the same."""
    made: dict[str, str] = {}
    for name in sorted(names):
        made[name] = _free(_file_name(name), made.values())
    return made


def _file_name(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold().replace("ß", "ss")).encode("ascii", "ignore").decode()
    words = "".join(c if c.isalnum() else "-" for c in plain).split("-")
    short = "-".join(filter(None, words))[:_LONGEST_NAME].strip("-")
    if sum(c.isalpha() for c in plain) * 2 < sum(c.isalpha() for c in name):  # another script: its letters are gone
        short = f"library-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
    return short if short and short != "index" else f"library-{short or 'x'}"


def _free(name: str, taken: Collection[str]) -> str:
    number = 2
    free = name
    while free in taken:
        free, number = f"{name}-{number}", number + 1
    return free


def quoted(results: Sequence[LibraryResult]) -> list[int]:
    """The numbers of all statements that are quoted."""
    return sorted({row.number for each in results for row in each.quotes})
