"""What a pack says of itself in whole sentences: to what it is limited, how it was widened, who chose its quotes."""

from __future__ import annotations

from advocacy_monitor.exporters import figures
from advocacy_monitor.exporters.wording import Wording
from advocacy_monitor.models import EvidencePack


def about(pack: EvidencePack, words: Wording) -> str:
    """To which libraries and channels the pack is limited, and which area it had to widen to; '' for neither."""
    return ("" if words.t.code == "zh" else " ").join(filter(None, (only(pack, words), widening(pack, words))))


def only(pack: EvidencePack, words: Wording) -> str:
    """To which libraries and channels the pack is limited, as its method box says it; '' where to none."""
    heading = words.t.text("Which statements")
    return next((text for said, text in pack.method if said == heading), "")


def widening(pack: EvidencePack, words: Wording) -> str:
    """Which area was asked for, and why the pack is about a larger one (R16); '' where it was not widened."""
    if pack.widening is None:
        return ""
    t, cell = words.t, pack.smallest_cell
    steps = (f"{step.label} ({figures.counted(step.value, words, smallest_cell=cell)})" for step in pack.widening.steps)
    values = {"areas": ", ".join(steps), "least": t.number(pack.widening.least)}
    if not pack.widening.area:
        return t.text(
            "This pack is about all areas, because there were fewer than {least} statements: {areas}.", **values
        )
    return t.text(
        "This pack is about {wider}, because there were fewer than {least} statements: {areas}.",
        wider=pack.widening.area,
        **values,
    )


def choice(pack: EvidencePack, words: Wording) -> str:
    """Who chose the quotes, in numbers (R15); '' where there was nothing to choose from."""
    t, made = words.t, pack.choice
    if not made.quotable:
        return ""
    if not (made.picked or made.kept_back or made.left_out):
        return t.text("The software proposed the quotes and their order; nobody changed them.")
    return t.text(
        "{quotable} statements may be quoted. The software proposed {proposed}; staff picked {picked}, kept "
        "{kept_back} for the annex and left out {left_out}.",
        quotable=t.number(made.quotable),
        proposed=t.number(made.proposed),
        picked=t.number(made.picked),
        kept_back=t.number(made.kept_back),
        left_out=t.number(made.left_out),
    )


def made_with(pack: EvidencePack) -> str:
    """Program, enrichers and codebook with their versions, on one line."""
    return ", ".join(f"{name} {version}" for name, version in pack.made_with)
