"""The letter: one page to one decision maker, about their area, with one ask, as a Word file that staff sign and send.

What it says is made first, as plain texts (`letter`); the page is made of that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from advocacy_monitor.exporters import pack_notes
from advocacy_monitor.exporters.brief_charts import coding_note
from advocacy_monitor.exporters.quotes import shortened
from advocacy_monitor.exporters.story import Finding, story
from advocacy_monitor.exporters.word import sentences
from advocacy_monitor.exporters.wording import Wording, wording
from advocacy_monitor.models import EvidencePack, Exhibit
from advocacy_monitor.protocols import Plugin
from advocacy_monitor.translate import Texts, texts

if TYPE_CHECKING:
    from advocacy_monitor.exporters.word.paper import Paper

MOST_QUOTES = 2
LONGEST_QUOTE = 200
_LONGEST_LINE = 160
_LONGEST_ASK = 400
_SIZES = {"Normal": (10, 0, 6), "Heading 1": (13, 6, 6), "Heading 2": (11, 6, 2), "Quote": (10.5, 4, 1)} | {
    "Quote Translation": (9.5, 0, 1), "Quote Source": (8.5, 0, 6), "Note": (9, 0, 7), "Ask": (11, 2, 7)
}  # fmt: skip
"""Size of the letters, space above and below, in points, so that a letter stays on its page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What a letter says, from its head to its end; '' and () where there is nothing to say.

    `finding` comes with `coding`, which says how good its coding is known to be. `blanks` are what staff fill in: the
    addressee, the name (in brackets in the salutation), the signature; the first two are '' where there is one.
    """

    sender: tuple[str, ...]
    addressee: tuple[str, ...]
    day: str
    subject: str
    salutation: str
    why: str
    finding: str
    coding: str
    quotes_heading: str
    quotes: tuple[Exhibit, ...]
    ask_heading: str
    ask: str
    limits: str
    closing: str
    blanks: tuple[str, str, str]


def letter(pack: EvidencePack) -> Letter:
    """What the letter about a pack says, in the pack's language."""
    t, words, told = texts(pack.language), wording(pack.language), story(pack)
    finding = next(iter(sentences.proven(told, most=1)), None)
    quotes = sentences.fitting(told.lead, most=MOST_QUOTES, limit=LONGEST_QUOTE)
    addressee = _addressee(pack)
    return Letter(
        sender=_lines(sentences.sender(pack), sentences.contact(pack), pack.brand.website),
        addressee=addressee,
        day=sentences.day(pack, t),
        subject=shortened(pack.title, _LONGEST_LINE),
        salutation=_salutation(pack, t),
        why=sentences.joined(_why(pack, words), t),
        finding=finding.sentence if finding else sentences.unproven(pack, t),
        coding=_coding(finding, pack, words) if finding else "",
        quotes_heading=words.quotes_heading if quotes else "",
        quotes=tuple(quotes),
        ask_heading=words.ask_heading if pack.ask else "",
        ask=shortened(pack.ask or "", _LONGEST_ASK),
        limits=sentences.joined(_limits(pack, t, quoted=bool(quotes)), t),
        closing=t.text("Yours sincerely,"),
        blanks=(
            "" if addressee else t.text("Name and office"),
            "" if pack.addressee else t.text("Name"),
            t.text("Signature"),
        ),
    )


def _lines(*texts_: str) -> tuple[str, ...]:
    return tuple(shortened(each.strip(), _LONGEST_LINE) for each in texts_ if each.strip())


def _addressee(pack: EvidencePack) -> tuple[str, ...]:
    """Name, office and area; the area once, where the office does not name it."""
    to = pack.addressee
    if to is None:
        return _lines(pack.recipient or "")
    return _lines(to.name, to.office, "" if to.area in to.office else to.area)


def _salutation(pack: EvidencePack, t: Texts) -> str:
    """As the list of recipients has it, with its comma; else one that fits anybody."""
    to = pack.addressee
    if to is None:
        return t.text("Dear {name},", name=f"[{t.text('Name')}]")
    return shortened(to.salutation or t.text("Dear {name},", name=to.name), _LONGEST_LINE)


def _why(pack: EvidencePack, words: Wording) -> Iterator[str]:
    t = words.t
    campaign = shortened(pack.campaign, _LONGEST_LINE)
    yield t.text("In the campaign “{campaign}” we collect what people say about their libraries.", campaign=campaign)
    yield t.text("We write to you to pass on what they said.")
    yield shortened(sentences.where_from(pack, t), 2 * _LONGEST_LINE)
    yield shortened(pack_notes.only(pack, words), 2 * _LONGEST_LINE)
    yield from sentences.counted(pack, words)


def _coding(finding: Finding, pack: EvidencePack, words: Wording) -> str:
    return next((coding_note(theme, words) for theme in pack.themes if theme.code == finding.code), "")


def _limits(pack: EvidencePack, t: Texts, *, quoted: bool) -> Iterator[str]:
    """That it is no random sample, what the quotes are, and what is enclosed."""
    yield t.text("People chose to take part; this is no random sample.")
    if quoted:
        yield t.text(
            "The quotes are word for word. They were picked to tell the story, not at random, and say nothing about "
            "how common a view is."
        )
    yield t.text(
        "Enclosed is our evidence pack {number}: it says how everything was collected, counted and checked.",
        number=pack.number,
    )


class LetterExporter(Plugin):
    """Writes the letter as .docx. The same pack gives the same bytes."""

    suffix: ClassVar[str] = "-letter.docx"

    def export(self, pack: EvidencePack, path: Path) -> None:
        """Write `path`. Raises ExportError, and then leaves no file behind."""
        from advocacy_monitor.exporters.word.compact import resize
        from advocacy_monitor.exporters.word.paper import Paper

        t = texts(pack.language)
        paper = Paper(pack, document=t.text("Letter"))
        resize(paper, _SIZES)
        said = letter(pack)
        _head(said, paper)
        _body(said, paper)
        _foot(said, paper)
        paper.save(path)


def _head(said: Letter, paper: Paper) -> None:
    """Sender, addressee, day, subject, salutation."""
    from advocacy_monitor.exporters.word.compact import close

    name_and_office, name, _ = said.blanks
    paper.logo()
    for index, text in enumerate(said.sender):
        close(paper.paragraph(text, style="Normal" if index == 0 else "Note", bold=index == 0))
    close(paper.paragraph(""))
    for text in said.addressee:
        close(paper.paragraph(text))
    if name_and_office:
        paper.placeholder(name_and_office)
    close(paper.paragraph(""))
    paper.paragraph(said.day)
    paper.heading(said.subject, 1)
    before, blank, after = said.salutation.partition(f"[{name}]") if name else (said.salutation, "", "")
    line = paper.paragraph(before)
    if blank:
        paper.placeholder(name, paragraph=line)
        paper.add(line, after)


def _body(said: Letter, paper: Paper) -> None:
    """Why, the finding, quotes, the ask."""
    paper.paragraph(said.why)
    if said.finding:
        paper.paragraph(said.finding, bold=bool(said.coding))
    if said.coding:
        paper.paragraph(said.coding, style="Note")
    if said.quotes:
        paper.heading(said.quotes_heading, 2)
        for each in said.quotes:
            paper.quote(each)
    if said.ask:
        paper.heading(said.ask_heading, 2)
        paper.paragraph(said.ask, style="Ask")


def _foot(said: Letter, paper: Paper) -> None:
    """Limits, closing, signature."""
    from advocacy_monitor.exporters.word.compact import close

    paper.paragraph(said.limits)
    paper.paragraph(said.closing)
    close(paper.placeholder(said.blanks[2]))
    if said.sender:
        paper.paragraph(said.sender[0])
