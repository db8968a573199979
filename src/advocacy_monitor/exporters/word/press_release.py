"""The press release: headline, who and how many, findings, quotes, the ask, contact, and notes to editors, in Word.

What it says is made first, as plain texts (`release`); the pages are made of that. What the pack cannot know stands as
a visible blank for staff to fill in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from advocacy_monitor.exporters import figures, pack_notes
from advocacy_monitor.exporters.brief_charts import coding_note
from advocacy_monitor.exporters.quotes import LONGEST_QUOTE, shortened
from advocacy_monitor.exporters.story import Story, story
from advocacy_monitor.exporters.word import sentences
from advocacy_monitor.exporters.wording import Wording, wording
from advocacy_monitor.models import EvidencePack, Exhibit
from advocacy_monitor.protocols import Plugin
from advocacy_monitor.translate import Texts, texts

if TYPE_CHECKING:
    from advocacy_monitor.exporters.word.paper import Paper

MOST_FINDINGS = 3
MOST_QUOTES = 3
COMMAND = "advocacy-monitor pack verify FILE"
_SIZES = {"Normal": (9.5, 0, 3.5), "Heading 1": (16, 8, 5), "Heading 2": (12, 8, 3), "Lead": (13, 0, 6)} | {
    "Quote": (10.5, 5, 1), "Quote Source": (8.5, 0, 5), "Note": (8.5, 0, 4), "Ask": (11.5, 2, 6)
}  # fmt: skip
_LONGEST_LINE = 300
_LONGEST_TEXT = 1500


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What a press release says, from its head to its end; '' and () where there is nothing to say.

    `findings` are sentences with how good their coding is known to be; where none is proven, `unproven` says so.
    `notes` and `about` are pairs of heading and text, `left_out` rows of the count; the blanks are for staff.
    """

    document: str
    day: str
    headline: str
    title: str
    lead: str
    findings_heading: str
    findings: tuple[tuple[str, str], ...]
    unproven: str
    quotes_heading: str
    quotes: tuple[Exhibit, ...]
    quotes_note: str
    ask_heading: str
    ask: str
    notes_heading: str
    sample: str
    notes: tuple[tuple[str, str], ...]
    left_out_heading: str
    left_out_head: tuple[str, str]
    left_out: tuple[tuple[str, str], ...]
    checking_heading: str
    checking: tuple[str, ...]
    contact_heading: str
    contact: str
    about_heading: str
    about: tuple[tuple[str, str], ...]
    embargo_blank: str
    spokesperson_blank: str
    phone_blank: str


def release(pack: EvidencePack) -> Release:
    """What the press release about a pack says, in the pack's language."""
    t, words, told = texts(pack.language), wording(pack.language), story(pack)
    findings = tuple(_findings(told, pack, words))
    quotes = sentences.fitting(told.lead, most=MOST_QUOTES, limit=LONGEST_QUOTE)
    return Release(
        document=t.text("Press release"),
        day=sentences.day(pack, t),
        headline=told.headline,
        title=shortened(pack.title, _LONGEST_LINE),
        lead=sentences.joined(_lead(pack, words), t),
        findings_heading=t.text("What we found"),
        findings=findings,
        unproven="" if findings else sentences.unproven(pack, t),
        quotes_heading=words.quotes_heading,
        quotes=tuple(quotes),
        quotes_note=_quotes_note(words, quoted=bool(quotes)),
        ask_heading=words.ask_heading if pack.ask else "",
        ask=shortened(pack.ask or "", _LONGEST_TEXT),
        notes_heading=t.text("Notes to editors"),
        sample=_no_sample(t),
        notes=tuple((shortened(head, _LONGEST_LINE), shortened(text, _LONGEST_TEXT)) for head, text in pack.method),
        left_out_heading=words.counts_heading,
        left_out_head=(words.counts_label, words.counts_number),
        left_out=tuple(_left_out(pack, words)),
        checking_heading=t.text("How to check this pack"),
        checking=tuple(_checking(pack, t)),
        contact_heading=words.contact,
        contact=shortened(sentences.contact(pack), _LONGEST_LINE),
        about_heading=t.text("About the publisher"),
        about=tuple(_about(pack, t)),
        embargo_blank=t.text("Embargo: none, or until which day and hour"),
        spokesperson_blank=t.text("A quote of your spokesperson, with name and office"),
        phone_blank=t.text("Phone number for the press"),
    )


def _lead(pack: EvidencePack, words: Wording) -> Iterator[str]:
    """Who collected, how many statements from how many people, from where and when, by which channels."""
    yield words.t.text(
        "{sponsor} collects what people say about their libraries, in the campaign “{campaign}”.",
        sponsor=shortened(sentences.sender(pack), _LONGEST_LINE),
        campaign=shortened(pack.campaign, _LONGEST_LINE),
    )
    yield shortened(sentences.where_from(pack, words.t), 2 * _LONGEST_LINE)
    yield shortened(pack_notes.only(pack, words), 2 * _LONGEST_LINE)
    yield from sentences.counted(pack, words)


def _findings(told: Story, pack: EvidencePack, words: Wording) -> Iterator[tuple[str, str]]:
    coded = {theme.code: theme for theme in pack.themes}
    for each in sentences.proven(told, most=MOST_FINDINGS):
        yield each.sentence, coding_note(coded[each.code], words)


def _quotes_note(words: Wording, *, quoted: bool) -> str:
    if not quoted:
        return words.quotes_none
    return words.t.text(
        "The quotes are word for word. They were picked to tell the story, not at random, and say nothing about how "
        "common a view is."
    )


def _no_sample(t: Texts) -> str:
    return t.text(
        "People chose to take part or to post in public. This is no random sample: the figures describe the "
        "statements counted here, and no percentages of a population follow from them."
    )


def _left_out(pack: EvidencePack, words: Wording) -> Iterator[tuple[str, str]]:
    rows = [
        (words.counts_found, pack.found),
        *(
            (words.counts_minus.format(label=shortened(each.label, _LONGEST_LINE)), each.value)
            for each in pack.left_out
        ),
        (words.counts_counted, pack.statements),
    ]
    for label, value in rows:
        yield label, figures.counted(value, words, smallest_cell=pack.smallest_cell)


def _checking(pack: EvidencePack, t: Texts) -> Iterator[str]:
    yield t.text("This release rests on evidence pack {number} with the digest {digest}.", **_identity(pack))
    yield t.text(
        "Ask us for the pack: every quote in it has a number. This command checks the file: {command}", command=COMMAND
    )
    yield t.text(
        "Whoever changes a pack can compute all digests anew. So ask the publisher, by a way that you know, "
        "which digest the pack of this number has."
    )


def _identity(pack: EvidencePack) -> dict[str, str]:
    return {"number": pack.number, "digest": pack.digest}


def _about(pack: EvidencePack, t: Texts) -> Iterator[tuple[str, str]]:
    brand = pack.brand
    rows = (
        ("", sentences.sender(pack)),
        (t.text("Website"), brand.website),
        (t.text("Imprint"), brand.imprint),
        (t.text("Licence"), brand.licence),
    )
    yield from ((heading, shortened(text, _LONGEST_TEXT)) for heading, text in rows if text.strip())


class PressReleaseExporter(Plugin):
    """Writes the press release as .docx. The same pack gives the same bytes."""

    suffix: ClassVar[str] = "-press-release.docx"

    def export(self, pack: EvidencePack, path: Path) -> None:
        """Write `path`. Raises ExportError, and then leaves no file behind."""
        from advocacy_monitor.exporters.word.compact import resize
        from advocacy_monitor.exporters.word.paper import Paper

        said = release(pack)
        paper = Paper(pack, document=said.document)
        resize(paper, _SIZES)
        _news(said, paper)
        _notes(said, paper)
        _publisher(said, paper)
        paper.save(path)


def _news(said: Release, paper: Paper) -> None:
    """What may be printed: headline, who, findings, quotes, ask; and whom to ask."""
    from advocacy_monitor.exporters.word.compact import indent

    paper.logo()
    paper.paragraph(f"{said.document} · {said.day}", style="Subtitle")
    paper.placeholder(said.embargo_blank)
    paper.heading(said.headline, 1)
    paper.paragraph(said.title, style="Lead")
    paper.paragraph(said.lead)
    paper.heading(said.findings_heading, 2)
    for sentence, coding in said.findings:
        paper.paragraph(sentence, style="List Bullet")
        indent(paper.paragraph(coding, style="Note"))
    if said.unproven:
        paper.paragraph(said.unproven)
    paper.heading(said.quotes_heading, 2)
    for each in said.quotes:
        paper.quote(each)
    paper.paragraph(said.quotes_note, style="Note")
    paper.placeholder(said.spokesperson_blank)
    if said.ask:
        paper.heading(said.ask_heading, 2)
        paper.paragraph(said.ask, style="Ask")
    line = paper.labelled(said.contact_heading, said.contact)
    paper.add(line, " ")
    paper.placeholder(said.phone_blank, paragraph=line)


def _notes(said: Release, paper: Paper) -> None:
    """How it was collected, what was left out, how to check it."""
    paper.heading(said.notes_heading, 1).paragraph_format.page_break_before = True
    paper.paragraph(said.sample)
    for heading, text in said.notes:
        paper.labelled(heading, text)
    paper.heading(said.left_out_heading, 2)
    paper.table(said.left_out_head, said.left_out, widths=(4, 1), numbers={1}, about=said.left_out_heading)
    paper.heading(said.checking_heading, 2)
    for text in said.checking:
        paper.paragraph(text)


def _publisher(said: Release, paper: Paper) -> None:
    """Who is behind it."""
    paper.heading(said.about_heading, 2)
    for heading, text in said.about:
        if heading:
            paper.labelled(heading, text)
        else:
            paper.paragraph(text)
