"""What each slide says and where it stands: cover, findings, themes, places, critics, method, the ask.

Every slide shows what was counted and its base; its notes hold what to say, the limits, and each quote in full.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from advocacy_monitor.exporters import figures, slides_notes
from advocacy_monitor.exporters import slides_frame as frame
from advocacy_monitor.exporters.slides_canvas import Canvas, Line, plain
from advocacy_monitor.exporters.slides_chart import Row, bar_chart
from advocacy_monitor.exporters.slides_fit import LINE, fitted, height
from advocacy_monitor.exporters.slides_quotes import Quoted, quoted
from advocacy_monitor.exporters.story import Story, ThemePage, speaks_of_people
from advocacy_monitor.exporters.wording import Wording
from advocacy_monitor.models import Count, EvidencePack, Exhibit, ThemeCount
from advocacy_monitor.translate import Texts

if TYPE_CHECKING:
    from pptx.presentation import Presentation

TOP, BOTTOM = 128.0, 494.0
"""Where the contents of a slide begin and end."""
_GAP = 36.0
_HALF = (frame.ACROSS - _GAP) / 2
_MOST_BARS = 8
_BOXES = 6
_BOX_SIZES = (18, 17, 16, 15, 14, 13, 12)
"""At most so many parts of the method stand on one slide, in letters of one of these sizes."""
_RIM, _BETWEEN = 12.0, 14.0
"""Points between a quote and the edge of its box, and between two boxes."""
_QUOTE_SIZES = (26, 24, 22, 20, 18, 16, 15, 14, 13, 12)


class Deck:
    """One presentation being made of one pack."""

    def __init__(self, made: Presentation, pack: EvidencePack, told: Story, words: Wording) -> None:
        self.made, self.pack, self.told, self.words = made, pack, told, words
        self.t: Texts = words.t
        self.sponsor = plain(pack.brand.name or pack.sponsor)

    def _canvas(self, title: str, *, cover: bool = False) -> Canvas:
        canvas = Canvas(self.made, language=self.pack.language, cover=cover)
        canvas.title(title)
        return canvas

    def _finish(self, canvas: Canvas, notes: Sequence[tuple[str, str]]) -> None:
        """Sample banner, footer and notes."""
        words, pack = self.words, self.pack
        said = list(notes)
        if pack.sample:
            ground, colour = ("white", "ink") if canvas.cover else ("ink", "white")
            line = Line(text=words.sample_banner, size=11, colour=colour, bold=True, centred=True)
            place = (frame.MARGIN, 14.0, frame.ACROSS, 20.0)
            canvas.texts([line], place=place, name=words.sample_title, ground=ground, anchor="middle")
            said.insert(0, (words.sample_banner, ""))
        parts = (words.sample_title if pack.sample else "", self.sponsor, f"{words.pack} {plain(pack.number)}")
        canvas.footer(" · ".join(part for part in parts if part))
        canvas.notes(said)

    def cover(self, logo: tuple[bytes, str] | None) -> None:
        """Title, for whom, how many by how many, when, by whom."""
        pack, words = self.pack, self.words
        canvas = self._canvas(pack.title or words.document, cover=True)
        recipient = words.for_recipient.format(recipient=pack.recipient) if pack.recipient else ""
        period = figures.period(pack.period, words)
        lines = [
            _line(recipient, 20, 2, colour="white", after=10),
            _line(self.told.headline, 20, 2, colour="white", bold=True, after=2),
            _line(period, 16, 1, colour="white", after=14),
            _line(self.sponsor, 16, 2, colour="white"),
        ]
        place = (frame.MARGIN, 320.0, frame.ACROSS, 176.0)
        canvas.texts([line for line in lines if line.text], place=place, name="About")
        if logo:
            data, alternative = logo
            canvas.picture(data, place=(frame.MARGIN, 50, 300, 80), alternative=alternative, ground="white")
        self._finish(canvas, slides_notes.cover(pack, self.told, words))

    def found(self) -> None:
        """The big numbers, each with its base, and the leading findings."""
        pack, words = self.pack, self.words
        canvas = self._canvas(self.t.text("What we found"))
        known = words.authors_known
        unknown = figures.plural(pack.authors_unknown, words.authors_unknown, words)
        cells = [
            (
                figures.number(pack.statements, words),
                words.statements.form(pack.statements),
                words.statements_of.format(n=figures.number(pack.found, words)),
            ),
            (
                figures.number(pack.people, words),
                words.people.form(pack.people),
                f"+ {unknown}" if pack.authors_unknown else known,
            ),
            (
                figures.number(pack.channel_count, words),
                words.channels.form(pack.channel_count),
                figures.period(pack.period, words),
            ),
        ]
        for index, cell in enumerate(cells):
            self._figure(canvas, cell, index, top=TOP, tall=150.0, size=54)
        for index, each in enumerate(self.told.findings[:3]):
            base = f"{each.base} · {each.share}" if each.share else each.base
            self._figure(canvas, (each.figure, base, each.sentence), index, top=TOP + 176, tall=186.0, size=44)
        self._finish(canvas, slides_notes.found(pack, self.told, words))

    def _figure(
        self, canvas: Canvas, cell: tuple[str, str, str], index: int, *, top: float, tall: float, size: float
    ) -> None:
        """One of three numbers beside one another, with what it counts."""
        width = (frame.ACROSS - 2 * 20) / 3
        number, label, note = map(plain, cell)
        room = width - 28
        left = tall - 28 - size * LINE
        big = fitted(label, room=room, tall=2 * 16 * LINE, sizes=(16, 14))
        small = fitted(note, room=room, tall=left - big.height - 6, sizes=(15, 14, 13, 12))
        lines = [
            Line(text=number, size=size, colour="accent", bold=True),
            Line(text=big.text, size=big.size, bold=True, after=4),
            Line(text=small.text, size=small.size, colour="soft"),
        ]
        place = (frame.MARGIN + index * (width + 20), top, width, tall)
        canvas.texts(lines, place=place, name=f"Figure {index + 1}", ground="pale", inset=14)

    def theme(self, page: ThemePage, most: int) -> None:
        """The finding as title; all themes in one chart, this one set apart; one or two quotes."""
        pack, words = self.pack, self.words
        canvas = self._canvas(page.finding.sentence)
        shown = page.quotes[:most]
        wide = _HALF if shown else frame.ACROSS
        rows = self._theme_rows(page.theme)
        people = speaks_of_people(page.theme, pack)
        counts = self.t.text("People") if people else self.t.text("Statements")
        alternative = slides_notes.chart_words(rows, counts, self.t)
        tall = min(BOTTOM - TOP - 62, 40 + 36.0 * len(rows))
        place = (frame.MARGIN, TOP, wide, tall)
        bar_chart(canvas, rows, counts=counts, alternative=alternative, place=place, as_of=pack.as_of)
        note = fitted(plain(slides_notes.theme_base(page, pack, words)), room=wide, tall=58, sizes=(12, 11))
        place = (frame.MARGIN, TOP + tall + 2, wide, 60)
        canvas.texts([Line(text=note.text, size=note.size, colour="soft")], place=place, name="Base")
        self._quotes(canvas, shown, left=frame.MARGIN + _HALF + _GAP, width=_HALF, top=TOP, bottom=BOTTOM)
        self._finish(canvas, slides_notes.theme(page, shown, pack, words))

    def _theme_rows(self, theme: ThemeCount) -> list[Row]:
        """The largest themes in the unit of this one's finding, and this one always."""
        people = speaks_of_people(theme, self.pack)
        known = [
            (value, each)
            for each in self.pack.themes
            if each.statements is not None and (value := each.people if people else each.statements) is not None
        ]
        known.sort(key=lambda pair: (-pair[0], pair[1].title, pair[1].code))
        shown = known[:_MOST_BARS]
        if all(each.code != theme.code for _, each in shown):
            shown[-1:] = [pair for pair in known if pair[1].code == theme.code]
        return [Row(title=each.title, value=value, strong=each.code == theme.code) for value, each in shown]

    def in_their_own_words(self) -> None:
        """The three leading quotes, where no theme has a slide with quotes."""
        canvas = self._canvas(self.words.quotes_heading)
        self._quotes(canvas, self.told.lead, left=frame.MARGIN, width=frame.ACROSS, top=TOP, bottom=BOTTOM)
        self._finish(canvas, slides_notes.quotes(self.told.lead, self.pack, self.words))

    def places(self) -> None:
        """Where the statements come from: areas on one side, libraries on the other."""
        pack, words = self.pack, self.words
        canvas = self._canvas(self.t.text("Where the statements come from"))
        groups = [(words.areas, pack.areas), (self.t.text("Libraries"), pack.libraries)]
        groups = [(heading, counts) for heading, counts in groups if counts]
        wide = _HALF if len(groups) == 2 else frame.ACROSS
        for index, (heading, counts) in enumerate(groups):
            self._places(canvas, heading, counts, left=frame.MARGIN + index * (_HALF + _GAP), wide=wide)
        self._finish(canvas, slides_notes.places(groups, pack, words))

    def _places(self, canvas: Canvas, heading: str, counts: Sequence[Count], *, left: float, wide: float) -> None:
        pack, words = self.pack, self.words
        line = Line(text=heading, size=16, bold=True)
        canvas.texts([line], place=(left, TOP, wide, 24), name=heading)
        rows = slides_notes.place_rows(counts, words)
        if rows:
            tall = min(BOTTOM - TOP - 82, 34 + 38.0 * len(rows))
            alternative = slides_notes.chart_words(rows, self.t.text("Statements"), self.t)
            place = (left, TOP + 26, wide, tall)
            bar_chart(
                canvas, rows, counts=self.t.text("Statements"), alternative=alternative, place=place, as_of=pack.as_of
            )
        note = fitted(plain(slides_notes.hidden_places(counts, pack, words)), room=wide, tall=46, sizes=(12, 11))
        if note.text:
            place = (left, BOTTOM - 50, wide, 50)
            canvas.texts([Line(text=note.text, size=note.size, colour="soft")], place=place, name="Base")

    def critics(self) -> None:
        """What critics said (R14): up to three quotes, and how many there are."""
        canvas = self._canvas(self.t.text("What critics said"))
        shown = self.told.critics[:3]
        note = fitted(self.told.critics_note, room=frame.ACROSS, tall=52, sizes=(16, 14, 13, 12))
        if shown:
            self._quotes(canvas, shown, left=frame.MARGIN, width=frame.ACROSS, top=TOP, bottom=BOTTOM - 62)
        top = BOTTOM - 54 if shown else TOP
        line = Line(text=note.text, size=note.size, colour="soft" if shown else "ink")
        canvas.texts([line], place=(frame.MARGIN, top, frame.ACROSS, 54), name="Base")
        self._finish(canvas, slides_notes.critics(self.told, shown, self.pack, self.words))

    def method(self) -> None:
        """The method box in short, all its headings; the notes hold it whole (R10)."""
        boxes = [(plain(head), plain(body)) for head, body in self.pack.method]
        parts = [boxes[start : start + _BOXES] for start in range(0, len(boxes), _BOXES)] or [[]]
        if len(parts) > 1:  # slides of about the same length
            share = -(-len(boxes) // len(parts))
            parts = [boxes[start : start + share] for start in range(0, len(boxes), share)]
        whole = self.t.text("In short. The whole text is in the notes of this slide.")
        for part in parts:
            canvas = self._canvas(self.words.method_heading)
            line = Line(text=whole, size=12, colour="soft")
            canvas.texts([line], place=(frame.MARGIN, BOTTOM - 18, frame.ACROSS, 18), name="Base")
            split = -(-len(part) // 2)
            columns = [column for column in (part[:split], part[split:]) if column]
            tall = BOTTOM - TOP - 24
            size = next((size for size in _BOX_SIZES if _fit(columns, size, tall)), min(_BOX_SIZES))
            for index, column in enumerate(columns):
                place = (frame.MARGIN + index * (_HALF + _GAP), TOP, _HALF, tall)
                lines = list(_boxes(column, size, tall / split))
                canvas.texts(lines, place=place, name=self.words.method_heading)
            self._finish(canvas, slides_notes.method(self.pack, self.words))

    def ask(self, logo: tuple[bytes, str] | None) -> None:
        """What is asked for, whom to talk to, and who is behind it."""
        pack, words = self.pack, self.words
        canvas = self._canvas(words.ask_heading if pack.ask else words.contact)
        top = TOP
        if pack.ask:
            fit = fitted(plain(pack.ask), room=frame.ACROSS - 48, tall=152, sizes=(30, 28, 26, 24, 22, 20, 18, 16))
            line = Line(text=fit.text, size=fit.size, colour="white", bold=True)
            place = (frame.MARGIN, TOP, frame.ACROSS, 190.0)
            canvas.texts([line], place=place, name=words.ask_heading, ground="accent", anchor="middle", inset=18)
            top += 206
        brand = pack.brand
        lines = [
            _line(words.contact if pack.ask else "", 14, 1, colour="accent", bold=True, after=2),
            _line(self.sponsor, 18, 1, bold=True),
            _line(plain(brand.contact or pack.contact), 16, 2),
            _line(plain(brand.website), 14, 1, link=brand.website, after=6),
            _line(plain(brand.imprint), 12, 2, colour="soft"),
            _line(plain(brand.licence), 12, 1, colour="soft"),
        ]
        width = frame.ACROSS - (250 if logo else 0)
        place = (frame.MARGIN, top, width, BOTTOM - top)
        canvas.texts([_within(line, width) for line in lines if line.text], place=place, name=words.contact)
        if logo:
            data, alternative = logo
            at = (frame.MARGIN + frame.ACROSS - 230, top, 230.0, 90.0)
            canvas.picture(data, place=at, alternative=alternative, ground="")
        self._finish(canvas, slides_notes.ask(pack, words))

    def _quotes(
        self, canvas: Canvas, shown: Sequence[Exhibit], *, left: float, width: float, top: float, bottom: float
    ) -> None:
        """Quotes below one another, each with its credit; they share the room by their length."""
        quotes = [quoted(each, self.pack) for each in shown]
        at, within = top, width - 2 * _RIM
        while len(quotes) > 1 and _for_words(quotes, bottom - top, within) < _least(quotes, within):
            quotes.pop()  # a quote of two words says nothing: rather one less
        for quote, tall in zip(quotes, _shares(quotes, bottom - top, within), strict=True):
            lines = list(quote_lines(quote, width=within, tall=tall - 2 * _RIM))
            needed = sum(height(each.text, each.size, within) + each.after for each in lines) + 2 * _RIM
            place = (left, at, width, needed)
            canvas.texts(lines, place=place, name=quote.exhibit, ground="pale", anchor="middle", inset=_RIM)
            at += needed + _BETWEEN


def _fit(columns: Sequence[Sequence[tuple[str, str]]], size: float, tall: float) -> bool:
    """Whether parts of the method fit whole at a size, each column of them in `tall` points."""
    return all(
        sum(height(head, size, _HALF) + height(body, size, _HALF) + 8 for head, body in column) <= tall
        for column in columns
    )


def _boxes(column: Sequence[tuple[str, str]], size: float, share: float) -> Iterator[Line]:
    """Parts of the method below one another; at the smallest size each is shortened to its share of the room."""
    for head, body in column:
        small = size == min(_BOX_SIZES)
        top = fitted(head, room=_HALF, tall=size * LINE if small else 1000, sizes=(size,))
        rest = fitted(body, room=_HALF, tall=share - top.height - 8 if small else 1000, sizes=(size,))
        yield Line(text=top.text, size=size, bold=True, colour="accent")
        yield Line(text=rest.text, size=size, after=8)


def quote_lines(quote: Quoted, *, width: float, tall: float) -> Iterator[Line]:
    """The words in their marks, a marked translation, the credit; shortened where there is no room for all."""
    credit = fitted(plain(quote.credit), room=width, tall=2 * 12 * LINE, sizes=(12,))
    numbers = fitted(plain(quote.numbers), room=width, tall=2 * 12 * LINE, sizes=(12,))
    room = tall - credit.height - numbers.height - 10
    text = plain(quote.text)
    translated = fitted(plain(quote.translation), room=width, tall=0.36 * room, sizes=(14, 13, 12))
    if not translated.text:
        translated = fitted("", room=width, tall=1, sizes=(1,))
    else:
        room -= translated.height + 4
    marks = quote.opening + quote.closing
    words = fitted(text + marks, room=width, tall=room, sizes=_QUOTE_SIZES)
    body = words.text.removesuffix(marks) if words.text.endswith(marks) else words.text
    yield Line(
        text=f"{quote.opening}{body}{quote.closing}", size=words.size, language=quote.language, colour="ink", after=4
    )
    if translated.text:
        size = translated.size
        yield Line(text=translated.text, size=size, colour="soft", language=quote.translated_into, after=4)
    yield Line(text=credit.text, size=12, bold=True)
    if quote.link and numbers.text == plain(quote.numbers):  # the link is on the last words, the source's name
        before = numbers.text.removesuffix(plain(quote.source))
        yield Line(text=before, size=12, colour="soft", link=quote.link, linked=plain(quote.source))
    else:
        yield Line(text=numbers.text, size=12, colour="soft")


def _shares(quotes: Sequence[Quoted], room: float, width: float) -> Iterator[float]:
    """The height of each quote's box: what goes round the words, and by their length a share of what is left."""
    lengths = [min(max(len(quote.text) + len(quote.translation), 120), 420) for quote in quotes]
    for quote, length in zip(quotes, lengths, strict=True):
        yield _round(quote, width) + _for_words(quotes, room, width) * length / sum(lengths)


def _round(quote: Quoted, width: float) -> float:
    """The height of what goes round the words of a quote: rims, credit and numbers."""
    return 2 * _RIM + sum(height(plain(text), 12, width) for text in (quote.credit, quote.numbers)) + 10


def _for_words(quotes: Sequence[Quoted], room: float, width: float) -> float:
    """The height that is left for the words of all quotes."""
    return room - _BETWEEN * (len(quotes) - 1) - sum(_round(quote, width) for quote in quotes)


def _least(quotes: Sequence[Quoted], width: float) -> float:
    """The least height in which the words of all quotes are worth printing: whole, or four lines of them."""
    return sum(min(height(plain(quote.text), 12, width), 4 * 12 * LINE) for quote in quotes)


def _line(
    text: str, size: float, most: int, *, colour: str = "ink", bold: bool = False, link: str = "", after: float = 0.0
) -> Line:
    """A paragraph of at most `most` lines across the whole slide."""
    fit = fitted(plain(text), room=frame.ACROSS, tall=most * size * LINE, sizes=(size,))
    return Line(text=fit.text, size=size, colour=colour, bold=bold, link=link, after=after)


def _within(line: Line, width: float) -> Line:
    """The same paragraph where less than the whole width is there: two lines at most."""
    fit = fitted(line.text, room=width, tall=2 * line.size * LINE, sizes=(line.size, 12))
    return Line(text=fit.text, size=fit.size, colour=line.colour, bold=line.bold, link=line.link, after=line.after)
