"""The report's quotes: on theme pages, from critics, and those that stand nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from advocacy_monitor.exporters import figures
from advocacy_monitor.exporters.page_quotes import quote_view
from advocacy_monitor.exporters.page_text import PageText
from advocacy_monitor.exporters.story import Story
from advocacy_monitor.exporters.wording import Wording
from advocacy_monitor.models import EvidencePack, Exhibit

_OTHERS = 6
_FEW = 3
"""Where the pages of themes hold fewer quotes than this, others stand in a part of their own."""


class Voices:
    """Makes quotes ready for print."""

    def __init__(self, pack: EvidencePack, words: Wording, text: PageText) -> None:
        self._pack = pack
        self._words = words
        self._text = text

    def all_of(self, exhibits: Sequence[Exhibit]) -> list[dict[str, Any]]:
        """Quotes to be printed at one place, each with its number for the index."""
        return [{"number": each.number} | quote_view(each, self._pack, self._words, self._text) for each in exhibits]

    def epigraph(self, told: Story) -> dict[str, Any] | None:
        """The first quote of the story, in large print beside the contents; it has its number and place as others."""
        if not told.lead:
            return None
        made = quote_view(told.lead[0], self._pack, self._words, self._text)
        said = (made["label"], made["by"], made["place"], made["day"], made["source"], made["original"])
        return made | {"credit": " · ".join(part for part in said if part)}

    def critics(self, told: Story) -> dict[str, Any]:
        """What critics said, and how many there are (R14)."""
        return {
            "heading": self._words.t.text("What critics said"),
            "note": self._text.line(told.critics_note),
            "quotes": self.all_of(told.critics),
        }

    def others(self, told: Story) -> dict[str, Any] | None:
        """Quotes that stand on no page of a theme, where those hold few; None where they hold enough."""
        printed = {each.number for page in told.pages for each in page.quotes}
        printed |= {each.number for each in told.critics}
        free = [each for each in self._pack.exhibits if each.chosen and each.number not in printed]
        shown = sorted(free, key=lambda each: each.number)[:_OTHERS]
        if self._pack.exhibits and (not shown or len(printed) >= _FEW):
            return None
        return {
            "heading": self._words.quotes_heading,
            "note": self._note(len(printed) + len(shown)),
            "quotes": self.all_of(shown),
        }

    def _note(self, shown: int) -> str:
        if not self._pack.exhibits:
            return self._words.quotes_none
        number = figures.number
        return self._words.quotes_note.format(
            shown=number(shown, self._words), n=number(len(self._pack.exhibits), self._words)
        )
