"""The full report as a Word document: what the PDF report says, for offices that want to work on it.

The order and the sentences are those of the PDF, by `story.py`. Quotes stand whole.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from advocacy_monitor.exporters.story import story
from advocacy_monitor.exporters.wording import wording
from advocacy_monitor.models import EvidencePack
from advocacy_monitor.protocols import Plugin

if TYPE_CHECKING:
    from advocacy_monitor.exporters.word.paper import Paper


class DocxReportExporter(Plugin):
    """Writes the report. The same pack gives the same bytes."""

    suffix: ClassVar[str] = "-report.docx"

    def export(self, pack: EvidencePack, path: Path) -> None:
        """Write the report to `path`. Raises ExportError, and then leaves no file behind."""
        report(pack).save(path)


def report(pack: EvidencePack) -> Paper:
    """Everything that the report says, on paper."""
    from advocacy_monitor.exporters.word import annexes, chapters, opening
    from advocacy_monitor.exporters.word.paper import Paper

    told = story(pack)
    paper = Paper(pack, document=wording(pack.language).t.text("Evidence report"))
    opening.cover(paper, told)
    chapters.found(paper, told)
    chapters.themes(paper, told)
    chapters.others(paper, told)
    chapters.critics(paper, told)
    chapters.answers(paper)
    chapters.places(paper)
    chapters.months(paper)
    chapters.counts(paper)
    annexes.method(paper)
    annexes.questions(paper)
    annexes.codebook(paper)
    annexes.index(paper)
    annexes.about(paper)
    return paper
