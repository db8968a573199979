"""Invented campaigns of any size for the desk's benchmark: skewed as real ones are, the same on every machine.

Everything is written in batches into the tables that the program itself made, with their indexes and triggers in
place; that and the search index is what takes the time. The summary is made by the program's own `summary.refresh`.

Run: python benchmarks/desk_campaign.py 20000 200000 2000000. Folders `desk-<rows>` are made in the folder that
ADVOCACY_MONITOR_BENCH_DATA names (else in the system's temporary folder), and used again where they are.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import zstandard

from advocacy_monitor.codebook import load_codebook
from advocacy_monitor.config import load_config
from advocacy_monitor.hosting import open_store
from advocacy_monitor.line import check_versions

DATA = "ADVOCACY_MONITOR_BENCH_DATA"
MARK = "complete"
_BATCH = 20_000
_SEGMENT = 1000
_FIRST = datetime(2023, 11, 1, tzinfo=UTC)
_DAYS = 1095
_NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
_CONFIG = """\
campaign:
  name: Benchmark
  sponsor: Benchmark Library Association
  contact: info@example.org
  ask: Keep every branch library open at least 30 hours a week.
  languages: [en, de, fr, es, ar, ru, zh]
  sample_data: true
database: desk.db
"""
_SOURCES = {
    "bluesky": 0.33,
    "mastodon": 0.2,
    "x": 0.13,
    "facebook": 0.08,
    "youtube": 0.05,
    "reddit": 0.03,
    "survey:Spring": 0.11,
    "survey:Autumn": 0.05,
    "mailbox": 0.02,
}
_LANGUAGES = {"en": 0.53, "de": 0.22, "fr": 0.08, "es": 0.06, "ar": 0.03, "ru": 0.02, "zh": 0.02, "": 0.04}
_STATUSES = {"approved": 0.5, "": 0.33, "rejected": 0.14, "escalated": 0.03}
_MODERATORS = ("Amina", "Boris", "Chen", "Dora", "Emil")
_REASONS = ("", "advertising", "names a neighbour", "not about a library", "a child?")
_RISKS = ("health", "minor", "politics", "religion", "crisis")
_WORDS = {
    "en": "library books missed quiet children reading storytime internet printer staff friendly help homework study "
    "warm place neighbours opening hours Saturday closed borrow novels learning lonely branch keep open thank bus "
    "winter heating forms job letter teacher toddler shelves garden music newspaper talk evening school every",
    "de": "Bücherei Bücher vermisst ruhig Kinder lesen Vorlesestunde Internet Drucker freundlich Hilfe Hausaufgaben "
    "lernen warm Ort Nachbarn Öffnungszeiten Samstag geschlossen ausleihen Romane einsam Zweigstelle offen danke "
    "Winter Heizung Formulare Arbeit Brief Lehrerin Kleinkind Regale Garten Musik Zeitung sprechen Abend Schule",
    "fr": "bibliothèque livres manqué calme enfants lecture heure conte internet imprimante gentil aide devoirs "
    "étudier chaud lieu voisins horaires samedi fermé emprunter romans seul ouverte merci hiver chauffage travail",
    "es": "biblioteca libros extrañé tranquilo niños lectura cuento internet impresora amable ayuda deberes estudiar "
    "cálido lugar vecinos horario sábado cerrado prestar novelas sola abierta gracias invierno trabajo carta",
    "ar": "المكتبة الكتب هادئ الأطفال القراءة الإنترنت الطابعة لطيف مساعدة الدراسة دافئ مكان الجيران "
    "السبت مغلق وحيد شكرا",
    "ru": "библиотека книги тихо дети чтение интернет принтер помощь учёба тепло место соседи суббота закрыто одиноко",
    "zh": "图书馆 书 安静 孩子 阅读 网络 打印机 帮助 学习 温暖 地方 邻居 星期六 关闭 借书 孤独 谢谢",
}

_Rows = list[tuple[Any, ...]]


def campaign(rows: int, *, say: Callable[[str], None] = print) -> Path:
    """The folder of a campaign with so many items; made if it is not there yet."""
    folder = Path(os.environ.get(DATA) or tempfile.gettempdir()) / f"desk-{rows}"
    if (folder / MARK).is_file():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "config.yaml").write_text(_CONFIG, encoding="utf-8")
    begun = time.monotonic()
    loaded = load_config(folder / "config.yaml")
    with open_store(loaded) as store:
        store.runs.finish(store.runs.start("benchmark", "import"), "done", "")
        for name, by in {**check_versions(loaded), **{n: f"{n}@0" for n in ("language", "themes", "places")}}.items():
            store.assertions.begin(name, by)
    _fill(loaded.database, rows, say)
    say(f"{rows} items in {time.monotonic() - begun:.0f} s, {loaded.database.stat().st_size / 1e9:.2f} GB")
    sum_up(folder, say=say)
    (folder / MARK).write_text("", encoding="utf-8")
    return folder


def sum_up(folder: Path, *, say: Callable[[str], None] = print) -> None:
    """Brings the summary of a campaign up to date, and says how long that takes."""
    from advocacy_monitor.summary.refresh import refresh

    begun = time.monotonic()
    loaded = load_config(folder / "config.yaml")
    with open_store(loaded) as store:
        done = refresh(store, loaded, most=1)
    with closing(sqlite3.connect(loaded.database)) as db, db:
        db.execute("UPDATE summary_state SET redo = NULL")  # of what is new nothing has to be made anew
    with open_store(loaded) as store:
        done += refresh(store, loaded)
    seconds = time.monotonic() - begun
    say(f"summary of {done} items in {seconds:.0f} s ({done / max(seconds, 0.001):.0f} a second)")


def _fill(path: Path, rows: int, say: Callable[[str], None]) -> None:
    db = sqlite3.connect(path, isolation_level=None)
    for pragma in ("synchronous = OFF", "cache_size = -400000", "secure_delete = OFF", "wal_autocheckpoint = 50000"):
        db.execute(f"PRAGMA {pragma}")
    random_numbers = np.random.default_rng(20201113)
    drawn = _Drawn(random_numbers, rows)
    last = 0
    for first in range(1, rows + 1, _BATCH):
        count = min(_BATCH, rows + 1 - first)
        db.execute("BEGIN")
        _write(db, drawn.batch(first, count))
        db.execute("COMMIT")
        if (first + count) * 10 // rows > last:
            last = (first + count) * 10 // rows
            say(f"  {first + count - 1} items")
    db.execute("UPDATE enrichments SET last_item_id = ?", [rows])
    db.execute("UPDATE sqlite_sequence SET seq = ? WHERE name = 'items'", [rows])
    db.execute("ANALYZE")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()


def _write(db: sqlite3.Connection, made: dict[str, _Rows]) -> None:
    for table, rows in made.items():
        if rows:
            db.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)
    first, last = made[_ITEMS][0][0], made[_ITEMS][-1][0]
    db.execute(
        "INSERT INTO items_fts (rowid, text, search_words) SELECT id, text, search_words FROM items "
        "WHERE id BETWEEN ? AND ?",
        [first, last],
    )


_ITEMS = (
    "items (id, kind, source, source_id, text, created_at, collected_at, url, language, hashtags, author_handle, "
    "author_name, person_key, relation, related_id, counts, answers, library, area, area_method, postcode, age_band, "
    "legal_basis, search_words, run_id)"
)
_FACTS = 'annotations (item_id, label, value, score, spans, "by", made_at)'
_DECISIONS = "decisions (item_id, status, moderator, reason, decided_at)"
_CONSENTS = "consents (item_id, use, granted, proof, recorded_at)"
_VERIFICATIONS = "verifications (item_id, standing, asked_at, verified_at, changed_at)"
_SEGMENTS = "segments (id, run_id, received_at, payload)"
_CAPTURES = "captures (item_id, segment_id, start, length, sha256, content_sha256)"
_APPEARANCES = "appearances (item_id, seen_on, first_seen_at)"


class _Drawn:
    """Draws items in batches: each column at once by NumPy, the rest row by row."""

    def __init__(self, numbers: np.random.Generator, rows: int) -> None:
        self._numbers = numbers
        self._rows = rows
        self._themes = [theme.code for theme in load_codebook("library").themes]
        self._sentences = {language: _sentences(language) for language in _WORDS}
        self._areas = [f"District {n:02d}" for n in range(1, 61)]
        self._libraries = [f"Library {n:03d}" for n in range(1, 241)]
        self._compress = zstandard.ZstdCompressor(level=1).compress
        self._segment = 0

    def _column(self, of: dict[str, float], count: int) -> list[str]:
        names, weights = list(of), np.array(list(of.values()))
        return [names[n] for n in self._numbers.choice(len(names), count, p=weights / weights.sum())]

    def _zipf(self, names: list[str], count: int, *, none: float) -> list[str | None]:
        weights = 1 / np.arange(1, len(names) + 1)
        chosen = self._numbers.choice(len(names), count, p=weights / weights.sum())
        absent = self._numbers.random(count) < none
        return [None if gone else names[n] for n, gone in zip(chosen, absent, strict=True)]

    def batch(self, first: int, count: int) -> dict[str, _Rows]:
        """All rows of a batch of items, by table."""
        made: dict[str, _Rows] = {
            name: []
            for name in (*(_ITEMS, _FACTS, _DECISIONS, _CONSENTS, _VERIFICATIONS, _SEGMENTS, _CAPTURES, _APPEARANCES),)
        }
        columns = zip(
            range(first, first + count),
            self._column(_SOURCES, count),
            self._column(_LANGUAGES, count),
            self._column(_STATUSES, count),
            self._zipf(self._areas, count, none=0.35),
            self._zipf(self._libraries, count, none=0.45),
            self._themes_of(count),
            self._days(first, count),
            self._numbers.random((count, 8)).tolist(),
            self._numbers.integers(0, 1 << 30, (count, 5)).tolist(),
            strict=True,
        )
        self._captures(made, first, [self._item(made, *column) for column in columns])
        return made

    def _days(self, first: int, count: int) -> list[float]:
        """On which day each was said: most of them in waves, about in the order in which they were stored."""
        through = (first + np.arange(count)) / self._rows
        waves = through + 0.03 * np.sin(through * 40)
        return list(np.clip(waves + self._numbers.normal(0, 0.01, count), 0, 0.9999) * _DAYS)

    def _themes_of(self, count: int) -> list[list[str]]:
        weights = 1 / np.arange(1, len(self._themes) + 1) ** 0.8
        numbers = self._numbers.choice(len(self._themes), (count, 4), p=weights / weights.sum())
        many = self._numbers.choice([0, 1, 2, 3, 4], count, p=[0.25, 0.4, 0.22, 0.09, 0.04])
        return [
            [self._themes[n] for n in dict.fromkeys(row[:k])] for row, k in zip(numbers.tolist(), many, strict=True)
        ]

    def _item(
        self,
        made: dict[str, _Rows],
        item_id: int,
        source: str,
        language: str,
        status: str,
        area: str | None,
        library: str | None,
        themes: list[str],
        day: float,
        chance: list[float],
        pick: list[int],
    ) -> str:
        sentences = self._sentences[language or "en"]
        parts = [sentences[pick[n] % len(sentences)] for n in range(1 + pick[4] % 4)]
        text = f"{' '.join(parts)} ({item_id % 9973})"
        created = _FIRST + timedelta(days=day)
        stamp, later = (
            created.isoformat(timespec="seconds"),
            (created + timedelta(hours=7)).isoformat(timespec="seconds"),
        )
        form = source.startswith(("survey", "mailbox"))
        person = f"{pick[0] % max(self._rows // 3, 1):032x}" if chance[0] < 0.9 else None
        repost = not form and chance[1] < 0.07
        handle = None if form else f"reader{pick[0] % max(self._rows // 3, 1)}"
        made[_ITEMS].append(
            (
                *(item_id, "submission" if form else "post", source, f"{item_id:09d}", text, stamp, later),
                None if form else f"https://example.org/{handle}/{item_id}",
                *(language or None, '["MissedMyLibrary"]' if pick[1] % 2 else "[]", handle, None, person),
                *("repost" if repost else None, str(item_id - 1) if repost else None, "{}"),
                json.dumps({"What matters most to you?": themes[0] if themes else "other"}) if form else "{}",
                *(library, area, None if area is None else "form" if form else "page", None),
                *("25-64" if form and pick[2] % 3 else None, "consent" if form else "legitimate interest: public post"),
                *("", 1),
            )
        )
        self._facts(made[_FACTS], item_id, language, themes, chance, pick, later, len(text))
        self._decided(made, item_id, status, form, chance, pick, later)
        if not form and chance[5] < 0.6:
            standing = "gone" if chance[5] < 0.006 else "stands"
            made[_VERIFICATIONS].append((item_id, standing, _NOW.isoformat(), _NOW.isoformat(), _NOW.isoformat()))
        if chance[6] < 0.02:
            made[_APPEARANCES].append((item_id, "second.example.org", later))
        return text

    def _facts(
        self,
        facts: _Rows,
        item_id: int,
        language: str,
        themes: list[str],
        chance: list[float],
        pick: list[int],
        stamp: str,
        length: int,
    ) -> None:
        if language:
            facts.append((item_id, "language", language, 0.9, "[]", "language@0", stamp))
        for number, theme in enumerate(themes):
            score = 0.5 + (pick[number] % 500) / 1000
            facts.append((item_id, "theme", theme, score, f"[[0,{min(length, 12)}]]", "themes@0", stamp))
        if chance[2] < 0.05 and item_id > 100:
            facts.append((item_id, "duplicate_of", str(item_id - 1 - pick[3] % 90), 0.9, "[]", "duplicates@0", stamp))
        if chance[2] > 0.94:
            facts.append((item_id, "personal_data", "name", None, "[[2,7]]", "personal_data@0", stamp))
        if chance[3] < 0.04:
            facts.append((item_id, "risk", _RISKS[pick[1] % 5], None, "[]", "personal_data@0", stamp))
        if chance[3] > 0.98:
            who = f"person:{_MODERATORS[pick[2] % 5]}"
            facts.append((item_id, "coded", "themes" if themes else "none", None, "[]", who, stamp))
            facts.extend((item_id, "theme", theme, None, "[]", who, stamp) for theme in themes[:2])
        if chance[3] > 0.995:
            facts.append((item_id, "stance", "complaint", None, "[]", f"person:{_MODERATORS[0]}", stamp))

    def _decided(
        self,
        made: dict[str, _Rows],
        item_id: int,
        status: str,
        form: bool,
        chance: list[float],
        pick: list[int],
        stamp: str,
    ) -> None:
        who = _MODERATORS[pick[3] % 5]
        if status and chance[4] < 0.05:
            made[_DECISIONS].append((item_id, "escalated", who, _REASONS[4], stamp))
        if status:
            reason = "" if status == "approved" and chance[4] < 0.9 else _REASONS[1 + pick[2] % 4]
            made[_DECISIONS].append((item_id, status, who, reason, stamp))
        if form:
            uses = ("analyse", "quote_unnamed", "quote_named", "send_to_representative")[: 1 + int(chance[7] * 4)]
            made[_CONSENTS].extend((item_id, use, 1, "ticked in the form", stamp) for use in uses)
        elif chance[7] < 0.03:
            made[_CONSENTS].append((item_id, "quote_unnamed", 1, "answered our request", stamp))

    def _captures(self, made: dict[str, _Rows], first: int, said: list[str]) -> None:
        for start in range(0, len(said), _SEGMENT):
            self._segment += 1
            payloads = [
                json.dumps({"text": text}, ensure_ascii=False).encode() for text in said[start : start + _SEGMENT]
            ]
            sealed = self._compress(b"".join(payloads))
            made[_SEGMENTS].append((self._segment, 1, _NOW.isoformat(), sealed))
            at = 0
            for number, payload in enumerate(payloads):
                whole = hashlib.sha256(payload).hexdigest()
                made[_CAPTURES].append((first + start + number, self._segment, at, len(payload), whole, whole))
                at += len(payload)


def _sentences(language: str) -> list[str]:
    """Some thousands of sentences whose words are as unevenly common as those of a language."""
    made = random.Random(f"sentences {language}")
    words = _WORDS[language].split()
    weights = [1 / (n + 1) ** 0.6 for n in range(len(words))]
    return [_sentence(made, words, weights) for _ in range(4000)]


def _sentence(made: random.Random, words: list[str], weights: list[float]) -> str:
    return " ".join(made.choices(words, weights, k=made.randint(4, 16))).capitalize() + "."


def made_before() -> Iterator[tuple[int, Path]]:
    """The campaigns that are there, by their number of items."""
    folder = Path(os.environ.get(DATA) or tempfile.gettempdir())
    for found in sorted(folder.glob("desk-*"), key=lambda path: path.name):
        if (found / MARK).is_file():
            yield int(found.name.removeprefix("desk-")), found


if __name__ == "__main__":
    for wanted in sys.argv[1:] or ["20000"]:
        print(campaign(int(wanted)))
