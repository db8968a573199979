"""The public database as a file: its tables, its search index, and how it is checked before it gets its name.

It is a new file each time and never an older one changed, so that nothing that was taken out can be left in it. It is
written for anybody to open: with Datasette, with any other program that reads SQLite, by a download.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TypeAlias

from advocacy_monitor.errors import ExportError
from advocacy_monitor.publish_rows import PublicStatement

APPLICATION_ID = 0x41_4D_50_42
"""Written into the head of each public file, by which it is known again."""
VERSION = 1
"""The version of these tables, as `PRAGMA user_version`."""
_BATCH = 1000

_TABLES = """
CREATE TABLE about (
    topic TEXT PRIMARY KEY,
    words TEXT NOT NULL
) STRICT;
CREATE TABLE counts (
    cut TEXT NOT NULL,
    position INTEGER NOT NULL,
    label TEXT NOT NULL,
    theme TEXT,
    statements INTEGER,
    people INTEGER,
    coded_by_people INTEGER,
    PRIMARY KEY (cut, position)
) STRICT;
CREATE TABLE statements (
    number INTEGER PRIMARY KEY,
    text TEXT NOT NULL,
    language TEXT NOT NULL,
    month TEXT,
    area TEXT,
    library TEXT,
    attribution TEXT,
    coded_by_person INTEGER NOT NULL CHECK (coded_by_person IN (0, 1))
) STRICT;
CREATE TABLE statement_themes (
    id INTEGER PRIMARY KEY,
    number INTEGER NOT NULL REFERENCES statements (number),
    theme TEXT NOT NULL,
    title TEXT NOT NULL
) STRICT;
"""

# Datasette finds a search index by the quotes around the table's name.
_INDEXES = """
CREATE INDEX statements_language ON statements (language, number);
CREATE INDEX statements_month ON statements (month, number);
CREATE INDEX statements_area ON statements (area, number);
CREATE INDEX statements_library ON statements (library, number);
CREATE INDEX statements_attribution ON statements (attribution, number) WHERE attribution IS NOT NULL;
CREATE INDEX statements_coded ON statements (coded_by_person, number);
CREATE UNIQUE INDEX statement_themes_number ON statement_themes (number, theme);
CREATE INDEX statement_themes_theme ON statement_themes (theme, number);
CREATE INDEX statement_themes_title ON statement_themes (title, number);
CREATE VIRTUAL TABLE statements_fts USING fts5 (
    text, content="statements", content_rowid="number", columnsize=0, tokenize="unicode61 remove_diacritics 2"
);
CREATE VIEW themed_statements AS
    SELECT statement_themes.theme, statement_themes.title, statements.*
    FROM statement_themes JOIN statements ON statements.number = statement_themes.number;
"""

Row: TypeAlias = "tuple[str, str, str | None, int | None, int | None, int | None]"
"""A row of `counts`: cut, label, theme, statements, people, coded by people; None where a number is too small."""


class PublicFile:
    """The file while it is being written, which nobody else opens: no journal is needed."""

    def __init__(self, path: Path, *, titles: dict[str, str]) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self._titles = titles
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "page_size = 4096", "cache_size = -65536"):
            self._db.execute(f"PRAGMA {pragma}")
        self._db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        self._db.execute(f"PRAGMA user_version = {VERSION}")
        self._db.execute("PRAGMA foreign_keys = ON")
        self._run(_TABLES)

    def close(self) -> None:
        self._db.close()

    def add(self, found: Iterable[PublicStatement]) -> None:
        """Writes statements with their themes."""
        rows, themes = [], []
        for each in found:
            rows.append(
                (each.number, each.text, each.language, each.month, each.area, each.library, each.attribution,
                 int(each.coded_by_person))
            )  # fmt: skip
            themes += [(each.number, theme, self._titles.get(theme, theme)) for theme in each.themes]
            if len(rows) >= _BATCH:
                self._insert(rows, themes)
                rows, themes = [], []
        self._insert(rows, themes)

    def _insert(self, rows: Sequence[tuple[object, ...]], themes: Sequence[tuple[object, ...]]) -> None:
        self._db.execute("BEGIN")
        self._db.executemany("INSERT INTO statements VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        self._db.executemany("INSERT INTO statement_themes (number, theme, title) VALUES (?, ?, ?)", themes)
        self._db.execute("COMMIT")

    def add_counts(self, rows: Iterable[Row]) -> None:
        """Writes the counts, numbered within each cut in the order in which they come."""
        positions: dict[str, int] = {}
        for row in rows:
            positions[row[0]] = positions.get(row[0], 0) + 1
            self._db.execute("INSERT INTO counts VALUES (?, ?, ?, ?, ?, ?, ?)", [row[0], positions[row[0]], *row[1:]])

    def tell(self, about: dict[str, str]) -> None:
        """Writes what the file says of itself, in place of what it said."""
        self._db.execute("DELETE FROM about")
        self._db.executemany("INSERT INTO about VALUES (?, ?)", about.items())

    def statements(self, numbers: Sequence[int] | None = None) -> Iterator[list[PublicStatement]]:
        """What stands in the file, in batches: of these numbers, or all."""
        numbers = [row[0] for row in self._db.execute("SELECT number FROM statements")] if numbers is None else numbers
        for start in range(0, len(numbers), _BATCH):
            yield list(_read(self._db, numbers[start : start + _BATCH]))

    def __len__(self) -> int:
        return int(self._db.execute("SELECT count(*) FROM statements").fetchone()[0])

    def remove(self, numbers: Iterable[int]) -> None:
        """Takes statements out again."""
        marks = [(number,) for number in numbers]
        self._db.execute("BEGIN")
        self._db.executemany("DELETE FROM statement_themes WHERE number = ?", marks)
        self._db.executemany("DELETE FROM statements WHERE number = ?", marks)
        self._db.execute("COMMIT")

    def finish(self, path: Path) -> None:
        """Writes the file as it will be published, without a trace of what was removed, and checks it.

        Raises ExportError when the disk gave back something else than it was given.
        """
        if not self._db.execute("SELECT 1 FROM sqlite_master WHERE name = 'statements_fts'").fetchone():
            self._run(_INDEXES)
        self._db.execute("INSERT INTO statements_fts (statements_fts) VALUES ('rebuild')")
        self._db.execute("INSERT INTO statements_fts (statements_fts) VALUES ('optimize')")
        self._db.execute("ANALYZE")
        path.unlink(missing_ok=True)
        self._db.execute("VACUUM INTO ?", [str(path)])
        with path.open("rb+") as file:
            os.fsync(file.fileno())
        check(path)

    def _run(self, script: str) -> None:
        for statement in script.split(";\n"):
            if statement.strip():
                self._db.execute(statement)


def _read(db: sqlite3.Connection, numbers: Sequence[int]) -> Iterator[PublicStatement]:
    marks = ", ".join("?" * len(numbers))
    themes: dict[int, list[str]] = {}
    among = f"WHERE number IN ({marks}) ORDER BY number"
    for number, theme in db.execute(f"SELECT number, theme FROM statement_themes {among}, theme", numbers):  # noqa: S608
        themes.setdefault(number, []).append(theme)
    for number, *rest, by_person in db.execute(f"SELECT * FROM statements {among}", numbers):  # noqa: S608
        text, language, month, area, library, attribution = rest
        yield PublicStatement(
            number=number,
            text=text,
            language=language,
            month=month,
            area=area,
            library=library,
            attribution=attribution,
            coded_by_person=bool(by_person),
            themes=tuple(themes.get(number, ())),
        )


def check(path: Path) -> None:
    """Reads a public file as anybody would. Raises ExportError when it is damaged or not one of ours."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as db:
            wrong = [row[0] for row in db.execute("PRAGMA integrity_check") if row[0] != "ok"]
            wrong += [f"table {row[0]}: a row without its statement" for row in db.execute("PRAGMA foreign_key_check")]
            free = db.execute("PRAGMA freelist_count").fetchone()[0]
            ours = db.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID
    except sqlite3.DatabaseError as error:
        raise ExportError(f"{path}: the file as written cannot be read: {error}") from error
    if wrong or free or not ours:
        raise ExportError(f"{path}: the file as written is damaged: {'; '.join(wrong[:3]) or 'it holds free pages'}")


def is_public_file(path: Path) -> bool:
    """Whether a file was made by `publish`: 68 bytes into an SQLite file stands which program it belongs to."""
    with path.open("rb") as file:
        head = file.read(72)
    return head.startswith(b"SQLite format 3\x00") and int.from_bytes(head[68:72], "big") == APPLICATION_ID
