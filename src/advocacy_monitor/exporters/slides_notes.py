"""What the speaker reads under each slide: what to say, base, limits, every quote whole with its source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from advocacy_monitor.exporters import figures
from advocacy_monitor.exporters.brief_charts import coding_note
from advocacy_monitor.exporters.slides_chart import Row
from advocacy_monitor.exporters.slides_quotes import quoted
from advocacy_monitor.exporters.story import Story, ThemePage
from advocacy_monitor.exporters.wording import Wording
from advocacy_monitor.models import Count, EvidencePack, Exhibit
from advocacy_monitor.translate import Texts

Note = tuple[str, str]
"""A paragraph and its language, '' for the pack's."""
_MOST_PLACES = 8


def cover(pack: EvidencePack, told: Story, words: Wording) -> list[Note]:
    """Who asks, what is in it, and which pack it is."""
    lines = [told.headline, f"{words.period_label}: {figures.period(pack.period, words)}"]
    lines.append(f"{words.pack} {pack.number} · {words.digest} {figures.short_digest(pack.digest)}")
    return [(line, "") for line in lines]


def found(pack: EvidencePack, told: Story, words: Wording) -> list[Note]:
    """The headline, each finding, how they were coded, what was left out."""
    lines = [told.headline, *(each.sentence for each in told.findings[:3])]
    lines.append(words.themes_note.format(base=figures.number(pack.statements, words)))
    coded = {theme.code: theme for theme in pack.themes}
    lines += [f"{each.title}: {coding_note(coded[each.code], words)}" for each in told.findings[:3]]
    lines.append(f"{words.counts_found}: {figures.number(pack.found, words)}")
    for left_out in pack.left_out:
        number = figures.counted(left_out.value, words, smallest_cell=pack.smallest_cell)
        lines.append(f"{words.counts_minus.format(label=left_out.label)}: {number}")
    return [(line, "") for line in lines]


def theme(page: ThemePage, shown: Sequence[Exhibit], pack: EvidencePack, words: Wording) -> list[Note]:
    """The finding, its base, how well it was coded, the quotes."""
    lines = [page.finding.sentence, theme_base(page, pack, words)]
    lines.append(words.themes_note.format(base=figures.number(pack.statements, words)))
    lines.append(coding_note(page.theme, words))
    return [*((line, "") for line in lines), *_quotes(shown, pack, words)]


def theme_base(page: ThemePage, pack: EvidencePack, words: Wording) -> str:
    """What stands under the chart: figure, base, share, and how well the theme was coded."""
    each = page.finding
    base = f"{each.figure} {each.base}" + (f" ({each.share})" if each.share else "")
    return f"{base}. {coding_note(page.theme, words)}."


def quotes(shown: Sequence[Exhibit], pack: EvidencePack, words: Wording) -> list[Note]:
    """The quotes alone."""
    return list(_quotes(shown, pack, words))


def critics(told: Story, shown: Sequence[Exhibit], pack: EvidencePack, words: Wording) -> list[Note]:
    """How many complaints there are and who found them, and the quotes."""
    return [(told.critics_note, ""), *(_quotes(shown, pack, words) if shown else ())]


def places(groups: Sequence[tuple[str, Sequence[Count]]], pack: EvidencePack, words: Wording) -> list[Note]:
    """Every area and library with its number, those too small in words."""
    lines = []
    for heading, counts in groups:
        rows = (
            f"{place(count, words)}: {figures.counted(count.value, words, smallest_cell=pack.smallest_cell)}"
            for count in counts
        )
        lines.append(f"{heading}: {'; '.join(rows)}.")
    return [(line, "") for line in lines]


def method(pack: EvidencePack, words: Wording) -> list[Note]:
    """The method box, whole (R10)."""
    boxes = [(f"{head}: {body}", "") for head, body in pack.method]
    asked = [(question, "") for question in pack.questions]
    made = ", ".join(f"{name} {version}" for name, version in pack.made_with)
    return [(words.method_heading, ""), *boxes, *asked, *([(made, "")] if made else [])]


def ask(pack: EvidencePack, words: Wording) -> list[Note]:
    """The ask and the contact as they are, and which pack it is."""
    lines = [pack.ask or "", pack.brand.contact or pack.contact, pack.brand.website, pack.brand.imprint]
    lines += [pack.brand.licence, f"{words.pack} {pack.number} · {words.digest} {pack.digest}"]
    return [(line, "") for line in lines if line]


def chart_words(rows: Sequence[Row], counts: str, t: Texts) -> str:
    """A chart in words, for those who do not see it."""
    bars = "; ".join(f"{row.title}: {t.number(row.value)}" for row in rows)
    return t.text("Bar chart. {counts}: {bars}.", counts=counts, bars=bars)


def place(count: Count, words: Wording) -> str:
    """An area or library by its name, one that nobody knows in words."""
    return words.not_known if count.label in ("?", "") else count.label


def place_rows(counts: Sequence[Count], words: Wording) -> list[Row]:
    """The largest places that have a number to show; the one that is not known comes last."""
    known = [(count.value, place(count, words)) for count in counts if count.value is not None]
    known.sort(key=lambda pair: (pair[1] == words.not_known, -pair[0], pair[1]))
    return [Row(title=name, value=value, strong=name != words.not_known) for value, name in known[:_MOST_PLACES]]


def hidden_places(counts: Sequence[Count], pack: EvidencePack, words: Wording) -> str:
    """The base, and the places whose numbers are too small to show."""
    said = [words.t.text("Base: the {base} statements counted here.", base=words.t.number(pack.statements))]
    hidden = [place(count, words) for count in counts if count.value is None]
    if hidden:
        number = words.fewer_than.format(n=words.t.number(pack.smallest_cell))
        said.append(f"{'; '.join(hidden)}: {number}.")
    if sum(count.value is not None for count in counts) > _MOST_PLACES:
        said.append(f"{words.more}.")
    return " ".join(said)


def _quotes(shown: Sequence[Exhibit], pack: EvidencePack, words: Wording) -> Iterator[Note]:
    """Each quote whole, in its language, with everything needed to check it."""
    quotable = figures.number(len(pack.exhibits), words)
    yield words.quotes_note.format(shown=figures.number(len(shown), words), n=quotable), ""
    for exhibit in shown:
        quote = quoted(exhibit, pack)
        yield f"{quote.numbers} · {quote.credit}", ""
        yield f"{quote.opening}{quote.text}{quote.closing}", quote.language
        if quote.translation:
            yield quote.translation, quote.translated_into
        if quote.link:
            yield quote.link, "en"
