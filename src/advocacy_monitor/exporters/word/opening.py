"""How a pack's documents begin: whose it is, for whom, what it says in a line, what is asked; then the contents."""

from __future__ import annotations

from datetime import UTC

from advocacy_monitor.exporters import figures
from advocacy_monitor.exporters.quotes import LONGEST_QUOTE, shortened
from advocacy_monitor.exporters.story import Story
from advocacy_monitor.exporters.word.paper import Cell, Paper
from advocacy_monitor.exporters.word.tongue import harmless
from advocacy_monitor.models import EvidencePack


def cover(paper: Paper, told: Story) -> None:
    """The report's first page."""
    pack, words = paper.pack, paper.words
    letterhead(paper)
    if (sent_to := pack.addressee) is not None:
        beside = " · ".join(part for part in (sent_to.committee, sent_to.area) if part)
        if beside:
            paper.paragraph(shortened(beside, 160), style="Subtitle")
    paper.paragraph(told.headline, style="Lead")
    paper.labelled(words.t.text("Period"), figures.period(pack.period, words), style="Note")
    newest = words.t.day(pack.as_of.astimezone(UTC).date())
    paper.labelled(words.t.text("Newest fact used"), newest, style="Note")
    if pack.sample:
        note = words.t.text("This report shows what an evidence pack looks like. Nobody said what is printed here.")
        paper.paragraph(note, style="Warning")
    ask(paper, asked(pack))
    paper.paragraph(words.t.text("Contents"), style="Contents Heading")
    paper.contents()


def letterhead(paper: Paper, recipient: str = "") -> None:
    """Logo, what it is, title and recipient."""
    pack, words = paper.pack, paper.words
    paper.logo()
    whose = shortened(pack.brand.name or pack.sponsor, 120)
    said = [harmless(each) for each in (paper.kind, shortened(pack.campaign, 80), whose)]
    paper.paragraph(" · ".join(each for each in said if each.strip()), style="Subtitle")
    paper.heading(shortened(pack.title, 200) if harmless(pack.title).strip() else paper.kind, 0)
    named = recipient or pack.recipient
    if named:
        paper.paragraph(words.for_recipient.format(recipient=shortened(named, 200)), style="Subtitle")


def asked(pack: EvidencePack) -> str:
    """What this recipient is asked for, or what all are."""
    return (pack.addressee.ask if pack.addressee else "") or pack.ask or ""


def ask(paper: Paper, text: str) -> None:
    """The ask in a box, where there is one."""
    if text:
        paper.heading(paper.words.ask_heading, 1)
        paper.paragraph(shortened(text, LONGEST_QUOTE), style="Ask")


def numbers(paper: Paper) -> None:
    """The figures at the top: each with its base beside it (R9), statements and people apart (R8)."""
    pack, words = paper.pack, paper.words
    unknown = figures.plural(pack.authors_unknown, words.authors_unknown, words)
    channels = shortened(", ".join(count.label for count in pack.sources[:4]), 90)
    heads = [words.statements.form(pack.statements), words.people.form(pack.people)]
    heads += [words.channels.form(pack.channel_count), words.period_label]
    row = [
        _figure(words.t.number(pack.statements), words.statements_of.format(n=words.t.number(pack.found))),
        _figure(words.t.number(pack.people), f"+ {unknown}" if pack.authors_unknown else words.authors_known),
        _figure(words.t.number(pack.channel_count), channels if pack.channel_count <= 4 else f"{channels}, …"),
        Cell(text=figures.period(pack.period, words), style="Figure Words"),
    ]
    paper.table(heads, [row], widths=(1, 1.1, 1.1, 1))


def _figure(number: str, note: str) -> Cell:
    return Cell(text=number, style="Figure", below=(Cell(text=note, style="Table Small"),))
