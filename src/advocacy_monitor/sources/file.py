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

from advocacy_monitor.errors import ConfigError, FatalSourceError
from advocacy_monitor.models import Cursor, Item, Page, Reject
from advocacy_monitor.protocols import Plugin
from advocacy_monitor.sources import typeform, x_tables
from advocacy_monitor.sources.column_mapping import Given, did_you_mean, load_mapping
from advocacy_monitor.sources.file_formats import (
    CSV,
    DOCUMENT_BYTES,
    FILE_FORMATS,
    FORMATS,
    HEAD_BYTES,
    XLSX,
    FileFormat,
    format_of,
    head_of,
    looks_like_json,
)
from advocacy_monitor.sources.submissions import Form, form_name, form_of, read_rows, unclear_consents
from advocacy_monitor.sources.survey import EXPORTS, LIMESURVEY, TYPEFORM, identify, understand
from advocacy_monitor.sources.survey_columns import assign
from advocacy_monitor.sources.tabular import Table, read_bytes, read_csv
from advocacy_monitor.sources.workbook import is_workbook, read_workbook
from advocacy_monitor.sources.x_dialects import DIALECTS

_TABLES_OF_POSTS = [dialect.format for dialect in DIALECTS]


def formats() -> Mapping[str, str]:
    """The formats that can be read: the name for `--as`, and what it is in one line."""
    return FORMATS


def recognise(path: Path) -> str:
    """The name of a file's format. Raises FatalSourceError that says what was found and lists what can be read."""
    head = head_of(path)
    if found := format_of(path, head):
        return found
    data = _unwrapped(read_bytes(path))
    workbook = is_workbook(data)
    table = read_workbook(data, where=str(path)) if workbook else read_csv(data, where=str(path))
    header = table.rows[0].cells
    dialect = x_tables.dialect_of(header)
    return dialect.format if dialect else identify(header) or (XLSX if workbook else CSV)


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
    max_line_bytes: int = Field(default=DOCUMENT_BYTES, ge=1024, description="Longer lines are set aside.")
    _clock: Callable[[], datetime] = PrivateAttr(default_factory=lambda: partial(datetime.now, UTC))

    @field_validator("format")
    @classmethod
    def _known_format(cls, value: str | None) -> str | None:
        if value is not None and value not in FORMATS:
            raise ValueError(f"no such format{did_you_mean(value, list(FORMATS))}; there are: {', '.join(FORMATS)}")
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
        if found := self._file_format():
            yield from found.pages(self.path, page_size=self.page_size, max_line_bytes=self.max_line_bytes)
            return
        given, data = load_mapping(self.mapping), _unwrapped(read_bytes(self.path))
        table = None if self._is_typeform(data) else self._table(data, given)
        if table and self._holds_posts(table, given):
            posts = x_tables.read(table, where=str(self.path), expected=self.format)
            yield from _paged((), posts, self.page_size)
        else:
            form, rejects = self._form(data, table, given)
            yield from _paged(rejects, read_rows(form), self.page_size)

    def describe(self) -> Description:
        """How the file would be read: which columns are what, and what to look at. Raises as `pages` does."""
        if found := self._file_format():
            name = next(name for name, known in FILE_FORMATS.items() if known is found)
            return Description(format=name, source=found.source, columns={})
        given, data = load_mapping(self.mapping), _unwrapped(read_bytes(self.path))
        table = None if self._is_typeform(data) else self._table(data, given)
        if table and self._holds_posts(table, given):
            return self._described_posts(table)
        return _described(self._form(data, table, given)[0], table)

    def _described_posts(self, table: Table) -> Description:
        next(x_tables.read(table, where=str(self.path), expected=self.format))
        dialect = x_tables.dialect_of(table.rows[0].cells)
        name = dialect.format if dialect else str(self.format)
        return Description(
            format=name, source="x", encoding=table.encoding, sheet=table.sheet, columns={}, notes=table.notes
        )

    def _file_format(self) -> FileFormat | None:
        """The format of a file that is read record by record; None for a table, or messages of Typeform."""
        head = head_of(self.path)
        name = self.format or format_of(self.path, head)
        if name in _TABLES_OF_POSTS and not looks_like_json(head):
            return None
        found = FILE_FORMATS.get(name or "")
        if found and (self.mapping or self.form):
            raise ConfigError(f"{self.path}: posts of X have no columns; leave mapping and form out")
        return found

    def _is_typeform(self, data: bytes) -> bool:
        return (self.format or format_of(self.path, data[:HEAD_BYTES])) == TYPEFORM

    def _holds_posts(self, table: Table, given: Given) -> bool:
        """Whether a table is one of posts; a mapping may say how such a file is to be read, and no more."""
        if self.format in _TABLES_OF_POSTS:
            found = True
        else:
            found = self.format is None and x_tables.dialect_of(table.rows[0].cells) is not None
        if found and (self.form or given.mapping.form or [*given.mapping.columns.named()]):
            raise ConfigError(
                f"{self.path}: this is a table of posts of X, which needs no columns and no form; leave them out, or "
                f"say that it is a {CSV} or {XLSX} to read it as answers"
            )
        return found

    def _form(self, data: bytes, table: Table | None, given: Given) -> tuple[Form, list[Reject]]:
        where = str(self.path)
        rejects: list[Reject] = []
        name = self.form or given.mapping.form
        if table is None:
            survey, form_id, rejects = typeform.read(data, where=where)
            name = name or form_id
        else:
            survey = understand(table, where=where, expected=self.format if self.format in EXPORTS else None)
            if self.format in (CSV, XLSX):
                survey = replace(survey, format=None)
        columns = assign(survey, given if self.mapping else replace(given, where=where))
        source = f"survey:{form_name(name or self.path.stem)}"
        return form_of(survey, columns, given.mapping, source=source, where=where, clock=self._clock), rejects

    def _table(self, data: bytes, given: Given) -> Table:
        where, workbook = str(self.path), is_workbook(data)
        if self.format in (CSV, XLSX) and workbook != (self.format == XLSX):
            raise FatalSourceError(f"{where} is {'a workbook' if workbook else 'no workbook'}, not {self.format}")
        if workbook:
            return read_workbook(data, where=where, sheet=given.mapping.sheet)
        return read_csv(data, where=where, encoding=given.mapping.encoding, delimiter=given.mapping.delimiter)


def _described(form: Form, table: Table | None) -> Description:
    survey, columns = form.survey, form.columns
    roles: dict[str, list[int]] = {"text": [*columns.text], "created_at": [*columns.created_at]}
    roles |= {key: [number] for key, number in columns.single.items()}
    roles["contact"] = sorted(columns.contact)
    roles |= {f"consents.{use.value}": [consent.column] for use, consent in columns.consents.items()}
    return Description(
        format=survey.format or (XLSX if table and table.sheet else CSV),
        source=form.source,
        encoding=table.encoding if table else None,
        sheet=table.sheet if table else None,
        columns={key: tuple(survey.headers[n] for n in numbers) for key, numbers in roles.items() if numbers},
        notes=(*(table.notes if table else ()), *columns.notes, *unclear_consents(form)),
    )


def _paged(rejects: Iterable[Reject], records: Iterable[Item | Reject], size: int) -> Iterator[Page]:
    everything: Iterator[Item | Reject] = chain(rejects, records)
    while part := [*islice(everything, size)]:
        items = tuple(record for record in part if isinstance(record, Item))
        yield Page(items=items, rejects=tuple(record for record in part if not isinstance(record, Item)))


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
