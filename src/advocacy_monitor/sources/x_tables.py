"""From a table of X's posts to posts: which tool wrote it, and what became of each row.

A row becomes a post or a reject. Its `raw` is the row as a JSON object of column names and cells, because a row of
cells alone could not be read again. Spreadsheet programs round the ids of X when such a table is opened and saved:
where the link still holds the whole id it is taken from there, else the file is refused, because rounded ids would
make one post of several.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from advocacy_monitor.errors import BadRecordError, FatalSourceError
from advocacy_monitor.models import Post, Reject
from advocacy_monitor.sources.contact_details import shown
from advocacy_monitor.sources.tabular import Row, Table, unique
from advocacy_monitor.sources.x_dialects import DIALECTS, Dialect
from advocacy_monitor.sources.x_shapes import clip, parse

_encode = msgspec.json.encode
_decode = msgspec.json.Decoder(dict[str, str]).decode
_ROUNDED = re.compile(r"\d{15}0{2,5}|\d(?:[.,]\d+)?[Ee]\+?\d\d")
_TELLING = 5  # rounded ids among fewer rows may be chance


def dialect_of(header: Sequence[str]) -> Dialect | None:
    """The dialect of a table with these column names, or None when it is no table of posts."""
    names = {" ".join(name.split()) for name in header}
    return next((dialect for dialect in DIALECTS if dialect.fits(names)), None)


def read(table: Table, *, where: str, expected: str | None = None) -> Iterator[Post | Reject]:
    """A post or a reject for each row that is not blank.

    `expected` is the format that the user named. Raises FatalSourceError when the table is not that, or when its ids
    were rounded.
    """
    header, *rows = table.rows
    dialect = dialect_of(header.cells)
    if dialect is None or expected not in (None, dialect.format):
        raise FatalSourceError(f"{where} is no table of {expected}; the columns found are {shown(header.cells)}")
    if not rows:
        raise FatalSourceError(f"{where} has only a header row and no posts")
    names = unique(header.cells)
    _refuse_rounded(rows, names, dialect, where)
    for row in rows:
        yield _read_row(row, names, dialect)


def remap(raw: bytes) -> Post:
    """The post in a row as it was kept. `remap(post.raw) == post`. Raises BadRecordError."""
    try:
        cells = _decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        parse(raw)  # says what is wrong with it, where it is no JSON
        raise BadRecordError("is not a row of a table") from None
    dialect = dialect_of(list(cells))
    if dialect is None:
        raise BadRecordError(f"is no row of a table of posts; its columns are {shown(cells)}")
    return _post(cells, raw, dialect)


def _read_row(row: Row, names: Sequence[str], dialect: Dialect) -> Post | Reject:
    try:
        cells = _fitting(row, names)
        return _post(cells, _encode(cells), dialect)
    except BadRecordError as error:
        return Reject(position=f"row {row.number}", reason=str(error), payload=_encode(row.cells))


def _fitting(row: Row, names: Sequence[str]) -> dict[str, str]:
    if row.open_quote:
        raise BadRecordError("a quotation mark that is opened in this row is never closed; close it and import again")
    if any(cell.strip() for cell in row.cells[len(names) :]):
        raise BadRecordError(f"has {len(row.cells)} cells, and the header has {len(names)}; is a comma not quoted?")
    padded = row.cells[: len(names)] + ("",) * (len(names) - len(row.cells))
    return dict(zip(names, padded, strict=True))


def _post(cells: Mapping[str, str], raw: bytes, dialect: Dialect) -> Post:
    if dialect.is_encoded(cells):
        cells = {name: dialect.decoded(cell) for name, cell in cells.items()}
    post_id = _whole_id(cells.get("id", ""), cells.get(dialect.link, ""))
    return dialect.read(cells, post_id, raw)


def _whole_id(cell: str, link: str) -> str:
    """The id of a post, from its link where a spreadsheet program rounded it. Raises BadRecordError."""
    given = cell.strip()
    if _ROUNDED.fullmatch(given):
        linked = re.search(r"/status(?:es)?/(\d{15,20})(?!\d)", link)
        if linked and not _ROUNDED.fullmatch(linked[1]):
            return linked[1]
    if not given.isdigit() and _ROUNDED.fullmatch(given):
        raise BadRecordError(f"its id was rounded by a spreadsheet program: {clip(given)}; export the file again")
    return given


def _refuse_rounded(rows: Sequence[Row], names: Sequence[str], dialect: Dialect, where: str) -> None:
    """Raises FatalSourceError when the ids end in zeros and no link holds the whole of them."""
    place = names.index("id") if "id" in names else None
    link = names.index(dialect.link) if dialect.link in names else None
    found = [row.cells for row in rows if place is not None and len(row.cells) > place]
    rounded = 0
    for cells in found:
        given, address = cells[place or 0], cells[link] if link is not None and len(cells) > link else ""
        try:
            rounded += bool(_ROUNDED.fullmatch(_whole_id(given, address)))
        except BadRecordError:
            continue  # becomes a reject
    if rounded >= _TELLING and rounded > len(found) / 2:
        raise FatalSourceError(
            f"{where}: {rounded} of {len(found)} ids end in zeros, as a spreadsheet program leaves them when it saves "
            "the table; export it again and import it without opening it in a spreadsheet"
        )
