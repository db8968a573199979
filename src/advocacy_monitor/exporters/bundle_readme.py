"""The README of a bundle, in the pack's language: what it is, how it was queried and counted, and how to check it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC
from pathlib import PurePosixPath

from advocacy_monitor.exporters import figures
from advocacy_monitor.exporters.annex import plain_json
from advocacy_monitor.exporters.markdown import Markdown
from advocacy_monitor.exporters.story import headline
from advocacy_monitor.exporters.wording import Wording, wording
from advocacy_monitor.models import EvidencePack
from advocacy_monitor.translate import Texts, texts


def readme(pack: EvidencePack, payload: Sequence[str]) -> bytes:
    """The README as Markdown in UTF-8; `payload` are the files' names in `data/`."""
    t, words = texts(pack.language), wording(pack.language)
    write = Markdown(t.code, right_to_left=t.right_to_left)
    parts = [
        *_top(pack, t, words, write),
        *_query(pack, t, write),
        *_counts(pack, t, words, write),
        write.heading(words.method_heading),
        write.list([(heading, write.inline(text)) for heading, text in pack.method]),
        *_files(payload, t, write),
        *_checking(t, write),
    ]
    return write.document(parts).encode()


def _top(pack: EvidencePack, t: Texts, words: Wording, write: Markdown) -> Iterator[str]:
    yield write.heading(pack.title, level=1)
    if pack.sample:
        yield write.strong(words.sample_banner)
    sponsor = (pack.brand.name or pack.sponsor).rstrip(".")
    yield write.line(t.text("This is an evidence pack of {sponsor}.", sponsor=sponsor))
    yield write.strong(headline(pack, t))
    if pack.recipient:
        yield write.line(words.for_recipient.format(recipient=pack.recipient))
    labels = dict(words.about)
    yield write.list(
        [
            (labels["number"], write.code(pack.number)),
            (labels["digest"], write.code(pack.digest)),
            (labels["period"], write.inline(figures.period(pack.period, words))),
            (labels["contact"], write.inline(pack.brand.contact or pack.contact)),
        ]
    )


def _query(pack: EvidencePack, t: Texts, write: Markdown) -> Iterator[str]:
    yield write.heading(t.text("What was asked of the database, and with which versions"))
    made = [(name, write.inline(version)) for name, version in pack.made_with]
    if pack.codebook:
        made.append((t.text("Codebook"), write.inline(pack.codebook)))
    yield write.line(t.text("State of the data: {moment} (UTC)", moment=f"{pack.as_of.astimezone(UTC):%Y-%m-%d %H:%M}"))
    yield write.block(plain_json(pack.query))
    if made:
        yield write.list(made)


def _counts(pack: EvidencePack, t: Texts, words: Wording, write: Markdown) -> Iterator[str]:
    yield write.heading(words.counts_heading)
    rows: list[tuple[str, int | None]] = [
        (words.counts_found, pack.found),
        *((words.counts_minus.format(label=each.label), each.value) for each in pack.left_out),
        (words.counts_counted, pack.statements),
        (words.counts_appearances, pack.appearances),
        (words.counts_people, pack.people),
        (words.counts_unknown, pack.authors_unknown),
        (words.counts_unverified, pack.unverified),
    ]
    shown = [(label, figures.counted(value, words, smallest_cell=pack.smallest_cell)) for label, value in rows]
    yield write.table((words.counts_label, words.counts_number), shown)
    yield write.line(t.counted("{n} statement is quoted.", "{n} statements are quoted.", len(pack.exhibits)))


def _files(payload: Sequence[str], t: Texts, write: Markdown) -> Iterator[str]:
    by_ending = {
        ".json": t.text("the whole pack, for programs and for checking"),
        ".csv": t.text("the quotes as a table"),
        ".xlsx": t.text("quotes, themes and counts as a workbook"),
        ".html": t.text("the pack as a web page"),
        ".pdf": t.text("for reading and printing"),
        ".docx": t.text("for editing"),
        ".pptx": t.text("slides with notes for the speaker"),
    }
    by_name = {
        "manifest.json": t.text("figures, versions and the digest of every quote"),
        "ro-crate-metadata.json": t.text("what each file is, for archives (RO-Crate)"),
    }
    yield write.heading(t.text("Files"))
    lines = []
    for name in sorted({*payload, *by_name}):
        meaning = by_name.get(name) or by_ending.get(PurePosixPath(name).suffix, "")
        lines.append(f"- {write.code(f'data/{name}')}" + (f": {write.inline(meaning)}" if meaning else ""))
    yield "\n".join(lines)


def _checking(t: Texts, write: Markdown) -> Iterator[str]:
    yield write.heading(t.text("How to check this pack"))
    yield write.line(
        t.text("Unpack the ZIP and go to its folder. No file was changed, added or lost if these commands say so:")
    )
    commands = "sha256sum -c manifest-sha256.txt\nsha256sum -c tagmanifest-sha256.txt\nbagit.py --validate ."
    yield write.block(commands, kind="sh")
    yield write.line(
        t.text("This program also computes the pack's digest anew and checks every quote; it needs no settings:")
    )
    yield write.block("pip install advocacy-monitor\nadvocacy-monitor pack verify .", kind="sh")
    yield write.line(
        t.text(
            "Whoever changes a pack can compute all digests anew. So ask the publisher, by a way that you know, "
            "which digest the pack of this number has."
        )
    )
