"""One statement's story on one screen: its words with the evidence marked, who said what about it and when.

Collected text is hostile: no control or direction character of it reaches the terminal, and it is never markup. On a
terminal evidence is coloured, elsewhere it stands in brackets with the numbers of its themes.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from advocacy_monitor.redact import KEPT
from advocacy_monitor.terminal import plain

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

_PERSON = "person:"
_COLOURS = ("cyan", "green", "yellow", "magenta", "blue")
_MARKED = {"personal_data": "P", "risk": "R"}
_STYLES = {"P": "reverse", "R": "bold red"}
_KEPT = frozenset({"theme", "no_theme", "coded", "risk", "personal_data", "not_personal_data"})
"""Labels with a place of their own; all others follow, a line each."""
_NONE = {"none": "none of these themes", "too_short": "too short to say"}
_MOST_LINES = 12
_LONGEST_TEXT = 2_000
_Fact = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Theme:
    """A theme with what the machine and what people say of it."""

    code: str
    machine: _Fact | None
    people: tuple[str, ...]
    denied: tuple[str, ...]


def show_page(story: Mapping[str, Any], *, console: Console | None = None) -> None:
    """Prints the story. `console` is standard output where none is given."""
    from rich.console import Console as Terminal
    from rich.text import Text

    to = console or Terminal(highlight=False, soft_wrap=False)
    themes = _themes(story["annotations"])
    numbers = {theme.code: str(number) for number, theme in enumerate(themes, start=1)}
    to.print(_heading(story))
    # A bar before every line: whatever a statement says, it cannot be taken for a line of this page.
    for row in _marked_text(story, numbers, coloured=to.is_terminal).wrap(to, max(to.width - 2, 20)):
        to.print(Text("| ", style="dim").append_text(row))
    to.print()
    if themes:
        to.print(_theme_table(themes, numbers))
    others = [fact for fact in story["annotations"] if fact["label"] not in _KEPT]
    for line in (*_lines(story), *_last(_others(others))):
        to.print(Text(plain(line)))


def _heading(story: Mapping[str, Any]) -> Text:
    """What it is, where it is from and what may be done with it."""
    from rich.text import Text

    place = f"{story['area']} ({story['area_method']})" if story["area"] and story["area_method"] else story["area"]
    first = f"Statement {story['id']}, {story['status']}, said {_time(story['said_at'])}"
    made = Text(first, style="bold")
    rows = [
        f"from {story['source']}, {story['source_id']}, collected {_time(story['collected_at'])}",
        ", ".join(filter(None, (story["library"], place))),
        story["url"],
        f"at its source: {story['at_source']}" if story["at_source"] else "",
        f"consents: {', '.join(story['consents']) or 'none'}",
        f"in packs: {', '.join(story['packs'])}" if story["packs"] else "",
        *_last(sent_lines(story.get("sent", ()))),
    ]
    for row in rows:
        if row:
            made.append(f"\n{plain(row)}", style="not bold")
    if story.get("sent") and story.get("no_longer"):
        made.append(f"\n{plain(_to_tell(story))}", style="bold red")
    return made.append("\n")


def sent_lines(sent: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """To whom a statement went: a line for each delivery."""
    for each in reversed(sent):
        who, day = f"{each['recipient']} by {each['by']}", f"{each['on']:%Y-%m-%d}"
        note = f": {each['note']}" if each["note"] else ""
        yield f"sent to {who} on {day} ({each['how']}) in pack {each['pack']}{note}"


def _to_tell(story: Mapping[str, Any]) -> str:
    """Who holds a statement that may not be quoted any more."""
    who = ", ".join(dict.fromkeys(each["recipient"] for each in story["sent"]))
    return f"It may not be quoted any more ({'; '.join(story['no_longer'])}). Tell who has it: {who}"


def _marked_text(story: Mapping[str, Any], numbers: Mapping[str, str], *, coloured: bool) -> Text:
    """The words as they were said, every run of evidence marked with what it stands for."""
    from rich.text import Text

    text = story["text"]
    if text.count("\n") > _MOST_LINES:
        text = text.replace("\n", " ")
    made = Text()
    for start, end, marks in _runs(text, _evidence(story, numbers)):
        words = _safe(text[start:end])
        if not marks:
            made.append(words)
        elif coloured:
            made.append(words, style=_style(marks))
            made.append(f" {','.join(marks)}", style="dim")
        else:
            made.append(f"[{words}]({','.join(marks)})")
    if len(made.plain) > _LONGEST_TEXT:
        made.truncate(_LONGEST_TEXT)
        made.append(f" … ({len(text):,} characters in all, whole with --json)")
    return made if text else Text("(no words, or they were removed)", style="dim")


def _evidence(story: Mapping[str, Any], numbers: Mapping[str, str]) -> list[tuple[int, int, str]]:
    """Start, end and mark of all evidence: the number of a theme, P for what is taken out of quotes, R for risk."""
    made = [(*each["span"], "P") for each in story.get("taken_out", ())]
    for fact in story["annotations"]:
        mark = numbers.get(fact["value"], "") if fact["label"] == "theme" else "R" if fact["label"] == "risk" else ""
        made += [(start, end, mark) for start, end in fact["spans"] if mark]
    return made


def _runs(text: str, evidence: Sequence[tuple[int, int, str]]) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """The text in runs, each with all marks that hold for the whole of it; spans may overlap."""
    edges = sorted({0, len(text), *(min(max(at, 0), len(text)) for span in evidence for at in span[:2])})
    for start, end in pairwise(edges):
        marks = dict.fromkeys(mark for first, last, mark in evidence if first <= start and end <= last)
        yield start, end, tuple(sorted(marks, key=lambda mark: (not mark.isdigit(), len(mark), mark)))


def _style(marks: Sequence[str]) -> str:
    first = marks[0]
    return _STYLES.get(first) or f"bold underline {_COLOURS[(int(first) - 1) % len(_COLOURS)]}"


def _safe(text: str) -> str:
    """A text of as many characters in which nothing can steer a terminal; its line breaks stay."""
    return "".join(c if c == "\n" or unicodedata.category(c) not in _STEERING else " " for c in text)


_STEERING = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def _themes(facts: Sequence[_Fact]) -> list[_Theme]:
    """The themes that the machine or a person gave, the machine's first."""
    machine = {fact["value"]: fact for fact in facts if fact["label"] == "theme" and not _is_person(fact)}
    people: dict[str, list[str]] = {}
    newest = {fact["by"]: n for n, fact in enumerate(facts) if fact["label"] == "coded" and _is_person(fact)}
    sure = [by for by, n in newest.items() if facts[n]["value"] != "too_short"]  # too short to say denies nothing
    for number, fact in enumerate(facts):
        if fact["label"] == "theme" and _is_person(fact) and number > newest.get(fact["by"], -1):
            people.setdefault(fact["value"], []).append(_name(fact["by"]))
    return [
        _Theme(
            code=code,
            machine=machine.get(code),
            people=tuple(people.get(code, ())),
            denied=tuple(name for name in map(_name, sure) if name not in people.get(code, ())),
        )
        for code in dict.fromkeys((*machine, *people))
    ]


def _theme_table(themes: Sequence[_Theme], numbers: Mapping[str, str]) -> Table:
    made = _table("", "theme", "score", "stage", "words", "people")
    for theme in themes:
        fact = theme.machine
        score = fact["score"] if fact else None
        stage = "" if fact is None else "lexicon" if score is None else "hybrid"
        words = " | ".join(plain(word) for word in fact["words"]) if fact else ""
        _row(
            made,
            numbers[theme.code],
            theme.code,
            "" if score is None else f"{score:.2f}",
            stage or "not found",
            words or ("no words of the lexicon" if stage == "hybrid" else ""),
            "; ".join(filter(None, (_said("yes", theme.people), _said("no", theme.denied)))),
        )
    return made


def _said(word: str, names: Sequence[str]) -> str:
    return f"{word}: {', '.join(names)}" if names else ""


def _lines(story: Mapping[str, Any]) -> Iterator[str]:
    """Who coded and decided what and when, a line each, oldest first within its kind."""
    facts = story["annotations"]
    machine = [fact for fact in facts if fact["label"] in ("theme", "no_theme") and not _is_person(fact)]
    versions = dict.fromkeys((fact["by"], fact["made_at"]) for fact in machine)
    for by, at in versions:
        found = [fact["value"] for fact in machine if fact["by"] == by and fact["label"] == "no_theme"]
        yield f"{_time(at)} machine: {by}" + "".join(f": {_NONE.get(value, value)}" for value in found)
    for number, fact in enumerate(facts):
        if fact["label"] == "coded" and _is_person(fact):
            said = _NONE.get(fact["value"]) or ", ".join(_given(facts[number:])) or _NONE["none"]
            anew = any(each["label"] == "coded" and each["by"] == fact["by"] for each in facts[number + 1 :])
            yield f"{_time(fact['made_at'])} {'first ' if anew else ''}coded by {_name(fact['by'])}: {said}"
    yield from _last(_codings(story["codings"]))
    for label, word in (("risk", "risk"), ("personal_data", "personal data")):
        kinds = dict.fromkeys((f["value"], f["by"]) for f in facts if f["label"] == label)
        if kinds:
            yield f"{word} ({_MARKED[label]}): " + ", ".join(f"{value} by {by}" for value, by in kinds)
    kept = [f"{' | '.join(map(plain, fact['words']))} by {fact['by']}" for fact in facts if fact["label"] == KEPT]
    if kept:
        yield f"no personal data, though it was found: {', '.join(kept)}"
    for risk, note in story.get("what_to_do", {}).items():
        yield f"what to do ({risk}): {note}"
    yield from _last(f"{_time(d['at'])} {d['status']} by {d['moderator']}: {d['reason']}" for d in story["decisions"])
    yield from _last(
        f"{_time(s['at'])} permission {s['state']} {', '.join(s['scope'])} by {s['by']}: {s['proof']}"
        for s in story["permission"]
    )
    for number, version in enumerate(story["changed_to"], start=2):
        yield f"version {number} at its source: {plain(version, width=300)}"
    if story["told"]:
        shown = "; ".join(
            f"{plain(question, width=60)}: {plain(a, width=120)}" for question, a in story["told"].items()
        )
        yield f"answers: {shown}"
    if story["earlier"]:
        makers = ", ".join(dict.fromkeys(fact["by"] for fact in story["earlier"]))
        yield f"{len(story['earlier'])} more were asserted by versions that no longer count ({makers}); see --json"


def _given(facts: Sequence[_Fact]) -> Iterator[str]:
    """The themes that belong to the first of these facts, a `coded` one: until the same person coded anew."""
    by = facts[0]["by"]
    for fact in facts[1:]:
        if fact["by"] == by and fact["label"] == "coded":
            return
        if fact["by"] == by and fact["label"] == "theme":
            yield fact["value"]


def _codings(codings: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for each in codings:
        said = "hidden until the round is closed"
        if not each["is_open"]:
            said = _NONE.get(each["answer"]) or ", ".join(each["themes"])
            said += f" ({each['note']})" if each["note"] else ""
        how = "settled" if each["is_final"] else "coded"
        yield f"{_time(each['at'])} {how} by {_name(each['by'])} in round {each['round']}: {said}"


def _last(lines: Iterator[str]) -> Iterator[str]:
    """The newest lines of a long list; a screen is short."""
    made = [plain(line) for line in lines]
    if len(made) > _MOST_LINES:
        yield f"({len(made) - _MOST_LINES} older ones: see --json)"
    yield from made[-_MOST_LINES:]


def _others(facts: Sequence[_Fact]) -> Iterator[str]:
    """Everything else that was found, a line each."""
    for fact in facts:
        score = "" if fact["score"] is None else f" ({fact['score']:.2f})"
        words = f": {' | '.join(fact['words'])}" if fact["words"] else ""
        yield plain(
            f"{_time(fact['made_at'])} {fact['label']} {fact['value']}{score} by {fact['by']}{words}", width=240
        )


def _table(*headings: str) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table as Grid

    made = Grid(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for heading in headings:
        long = heading in ("theme", "value", "words", "people", "by")
        made.add_column(heading, overflow="fold", no_wrap=not long, justify="right" if heading == "score" else "left")
    return made


def _row(table: Table, *cells: str) -> None:
    from rich.text import Text

    table.add_row(*(Text(plain(cell, width=200)) for cell in cells))


def _is_person(fact: _Fact) -> bool:
    return str(fact["by"]).startswith(_PERSON)


def _name(by: str) -> str:
    return by.removeprefix(_PERSON)


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"
