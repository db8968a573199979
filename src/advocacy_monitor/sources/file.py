"""Files that people bring: archives of X, exports of survey services, and tables with a column mapping.

The format is recognised, or said with `format`. Reading a file twice gives the same items with the same ids, so there
is no cursor: an import that broke off is simply run again.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any

from pydantic import Field, PrivateAttr, field_validator

from advocacy_monitor.errors import BadRecordError, ConfigError, FatalSourceError
from advocacy_monitor.models import Cursor, Page, Reject, Submission
from advocacy_monitor.protocols import Plugin
from advocacy_monitor.sources import twarc, typeform
from advocacy_monitor.sources.column_mapping import Given, did_you_mean, load_mapping
from advocacy_monitor.sources.submissions import Form, form_of, read_rows, unclear_consents
from advocacy_monitor.sources.survey import EXPORTS, LIMESURVEY, TYPEFORM, identify, understand
from advocacy_monitor.sources.survey_columns import assign
from advocacy_monitor.sources.tabular import Table, read_bytes, read_csv
from advocacy_monitor.sources.workbook import is_workbook, read_workbook
from advocacy_monitor.sources.x_payload import is_of_x
from advocacy_monitor.sources.x_shapes import parse

TWARC, CSV, XLSX = "twarc", "csv", "xlsx"
_FORMATS = {
    TWARC: "posts of X as JSON Lines: twarc2 (pages, streams, flattened), API v2 or v1.1, or one JSON page",
    **EXPORTS,
    CSV: "any table with a header row, and a column mapping; comma, semicolon, tab or pipe",
    XLSX: "the same as an Excel workbook",
}
_JSON_SUFFIXES = (".jsonl", ".ndjson", ".json")
_HEAD_BYTES = 1024 * 1024
_DOCUMENT_BYTES = 32 * 1024 * 1024
_LOOKED_AT = 20


def formats() -> Mapping[str, str]:
    """The formats that can be read: the name for `--as`, and what it is in one line."""
    return _FORMATS


def recognise(path: Path) -> str:
    """The name of a file's format. Raises FatalSourceError that says what was found and lists what can be read."""
    head = _head(path)
    if found := _json_format(path, head):
        return found
    data = _unwrapped(read_bytes(path))
    if is_workbook(data):
        return identify(read_workbook(data, where=str(path)).rows[0].cells) or XLSX
    return identify(read_csv(data, where=str(path)).rows[0].cells) or CSV


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """How a file is read, for the person who imports it; it holds column names and no answer."""

    format: str
    source: str
    encoding: str | None = None
    sheet: str | None = None
    columns: Mapping[str, tuple[str, ...]]
    notes: tuple[str, ...] = ()


class FileSource(Plugin):
    """One file. Posts get the source 'x', answers 'survey:' and the form's name."""

    path: Path = Field(description="The file.")
    format: str | None = Field(default=None, description="Its format, when it is not recognised by itself.")
    mapping: Path | Mapping[str, Any] | None = Field(default=None, description="Which column is what, as YAML file.")
    form: str | None = Field(default=None, description="The form's name, instead of the file's name.")
    page_size: int = Field(default=10_000, ge=1, le=100_000, description="Records that are stored at once.")
    max_line_bytes: int = Field(default=_DOCUMENT_BYTES, ge=1024, description="Longer lines are set aside.")
    _clock: Callable[[], datetime] = PrivateAttr(default_factory=lambda: partial(datetime.now, UTC))

    @field_validator("format")
    @classmethod
    def _known_format(cls, value: str | None) -> str | None:
        if value is not None and value not in _FORMATS:
            raise ValueError(f"no such format{did_you_mean(value, list(_FORMATS))}; there are: {', '.join(_FORMATS)}")
        return value

    def with_clock(self, clock: Callable[[], datetime]) -> FileSource:
        """The same source, with the clock that stands in for dates which nobody wrote down."""
        copy = self.model_copy()
        copy._clock = clock
        return copy

    def pages(self, since: Cursor | None) -> Iterator[Page]:
        """Every record of the file, from the beginning: an item or a reject each.

        Raises FatalSourceError for a file that cannot be read, ConfigError for a mapping that does not fit it.
        """
        if self._is_of_x():
            yield from twarc.read(self.path, page_size=self.page_size, max_line_bytes=self.max_line_bytes)
        else:
            form, rejects, _ = self._form()
            yield from _paged(rejects, read_rows(form), self.page_size)

    def describe(self) -> Description:
        """How the file would be read: which columns are what, and what to look at. Raises as `pages` does."""
        if self._is_of_x():
            return Description(format=TWARC, source="x", columns={})
        form, _, table = self._form()
        survey, columns = form.survey, form.columns
        roles: dict[str, list[int]] = {"text": [*columns.text], "created_at": [*columns.created_at]}
        roles |= {key: [number] for key, number in columns.single.items()}
        roles["contact"] = sorted(columns.contact)
        roles |= {f"consents.{use.value}": [consent.column] for use, consent in columns.consents.items()}
        fallback = XLSX if table and table.sheet else CSV
        return Description(
            format=survey.format or fallback,
            source=form.source,
            encoding=table.encoding if table else None,
            sheet=table.sheet if table else None,
            columns={key: tuple(survey.headers[n] for n in numbers) for key, numbers in roles.items() if numbers},
            notes=(*(table.notes if table else ()), *columns.notes, *unclear_consents(form)),
        )

    def _is_of_x(self) -> bool:
        head = _head(self.path)
        found = self.format or _json_format(self.path, head)
        if found == TWARC and (self.mapping or self.form):
            raise ConfigError(f"{self.path}: posts of X have no columns; leave mapping and form out")
        return found == TWARC

    def _form(self) -> tuple[Form, list[Reject], Table | None]:
        given, where = load_mapping(self.mapping), str(self.path)
        rejects: list[Reject] = []
        table: Table | None = None
        name = self.form or given.mapping.form
        data = _unwrapped(read_bytes(self.path))
        if (self.format or _json_format(self.path, data[:_HEAD_BYTES])) == TYPEFORM:
            survey, form_id, rejects = typeform.read(data, where=where)
            name = name or form_id
        else:
            table = self._table(data, given)
            survey = understand(table, where=where, expected=self.format if self.format in EXPORTS else None)
            if self.format in (CSV, XLSX):
                survey = replace(survey, format=None)
        columns = assign(survey, given if self.mapping else replace(given, where=where))
        source = f"survey:{form_name(name or self.path.stem)}"
        form = form_of(survey, columns, given.mapping, source=source, where=where, clock=self._clock)
        return form, rejects, table

    def _table(self, data: bytes, given: Given) -> Table:
        where, workbook = str(self.path), is_workbook(data)
        if self.format in (CSV, XLSX) and workbook != (self.format == XLSX):
            raise FatalSourceError(f"{where} is {'a workbook' if workbook else 'no workbook'}, not {self.format}")
        if workbook:
            return read_workbook(data, where=where, sheet=given.mapping.sheet)
        return read_csv(data, where=where, encoding=given.mapping.encoding, delimiter=given.mapping.delimiter)


def form_name(name: str) -> str:
    """A form's name as it stands in `source`: letters, digits and dashes; '(2)' of a second download goes."""
    plain = re.sub(r"\s*\(\d+\)$", "", name.strip())
    return re.sub(r"[\W_]+", "-", plain.lower()).strip("-")[:80] or "form"


def _paged(rejects: Iterable[Reject], records: Iterable[Submission | Reject], size: int) -> Iterator[Page]:
    everything: Iterator[Submission | Reject] = chain(rejects, records)
    while part := [*islice(everything, size)]:
        items = tuple(record for record in part if isinstance(record, Submission))
        yield Page(items=items, rejects=tuple(record for record in part if not isinstance(record, Submission)))


def _head(path: Path) -> bytes:
    """The beginning of a file. Raises FatalSourceError as `read_bytes` does, for files of any size."""
    try:
        if path.is_file():
            with path.open("rb") as file:
                head = file.read(_HEAD_BYTES)
            if head.strip():
                return head
    except (OSError, ValueError):
        pass  # said in words below
    return read_bytes(path)[:_HEAD_BYTES]


def _json_format(path: Path, head: bytes) -> str | None:
    """TWARC or TYPEFORM for a file of JSON that is one of them, None for a file of something else.

    Raises FatalSourceError for JSON of another kind.
    """
    text = _plainly(head).lstrip()
    looks_so = text.startswith((b"{", b"["))
    if not looks_so and path.suffix.lower() not in _JSON_SUFFIXES:
        return None
    seen = None
    for seen in _values(path, text):
        if typeform.is_message(seen):
            return TYPEFORM
        if is_of_x(seen):
            return TWARC
    if seen is None:
        return TWARC if looks_so else None  # lines that are cut are set aside one by one
    kinds = "; ".join(f"{name}: {what}" for name, what in _FORMATS.items())
    raise FatalSourceError(f"{path} is JSON of no kind that is known: {_keys(seen)}. What can be read: {kinds}")


def _values(path: Path, text: bytes) -> Iterator[Any]:
    """The first JSON values of a file: of its lines, or the whole of a small one."""
    found = False
    for line in islice((line for line in text.splitlines() if line.strip()), _LOOKED_AT):
        try:
            yield parse(line.strip())
            found = True
        except BadRecordError:
            continue
    if not found:
        try:
            yield parse(_plainly(read_bytes(path, _DOCUMENT_BYTES)).strip())
        except (BadRecordError, FatalSourceError):
            return


def _plainly(data: bytes) -> bytes:
    """UTF-8 out of UTF-8 with a mark or UTF-16."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace").encode("utf-8", "replace")
    return data.removeprefix(b"\xef\xbb\xbf")


def _keys(value: object) -> str:
    if isinstance(value, list):
        return f"a list of {len(value)}" + (f", the first: {_keys(value[0])}" if value else "")
    if isinstance(value, dict):
        return "an object with the keys " + ", ".join(repr(str(key)[:40]) for key in list(value)[:10])
    return f"a {type(value).__name__}"


def _unwrapped(data: bytes) -> bytes:
    """What LimeSurvey's RemoteControl sends is an export in base64; everything else stays as it is."""
    if not re.fullmatch(rb"[A-Za-z0-9+/=\s]{16,4096}", data[:4096]):
        return data
    try:
        plain = base64.b64decode(b"".join(data.split()), validate=True)
        header = read_csv(plain, where="").rows[0].cells
    except (binascii.Error, FatalSourceError, ConfigError, IndexError):
        return data
    return plain if identify(header) == LIMESURVEY else data
