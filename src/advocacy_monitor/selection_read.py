"""Reads a selection file: every mistake at once, with its line, in words for the person who edited it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import yaml

from advocacy_monitor.errors import ConfigError
from advocacy_monitor.models import Query
from advocacy_monitor.plugins import nearest
from advocacy_monitor.selection import NO, USES, Chosen, Selection
from advocacy_monitor.translations import digest
from advocacy_monitor.yaml_depth import check_depth

LARGEST = 32 * 1024 * 1024
"""Bytes of a file. A larger one is no list of quotes."""

_TOP = ("title", "chosen_by", "query", "quotes")
_QUERY = ("themes", "areas", "languages", "sources", "libraries", "since", "until", "recipient")
_TOLD = ("language", "place", "day", "source", "themes", "translations", "richness", "critical", "used", "sent")
"""What a proposal tells of a quote; it is not read again."""
_QUOTE = ("item", "use", "quote", "printed", "text_sha256", *_TOLD)
_SHA256 = re.compile(r"[0-9a-f]{64}")
_LONGEST_NAME, _MOST_PROBLEMS, _FOUND = 200, 50, 60

_Nodes = Mapping[str, tuple[int, yaml.Node]]
"""The values of a mapping by key, each with the line of its key."""


def read_selection(path: Path, *, by_somebody: bool = True) -> Selection:
    """The choice that a file holds. Raises ConfigError with a line for each mistake.

    One in which nobody chose yet is a mistake too, unless it is only to be looked at.
    """
    node = _composed(_text(path), path)
    reading = _Reading(str(path))
    top = reading.mapping(node, _TOP, "")
    title = reading.words(top, "title")
    if not title:
        reading.wrong(top["title"][0] if "title" in top else 1, "title: a pack needs a title")
    chosen_by = reading.words(top, "chosen_by")
    line = top["chosen_by"][0] if "chosen_by" in top else 1
    if not chosen_by and by_somebody:
        reading.wrong(line, "chosen_by is empty; write the name of the person who chose these quotes")
    elif chosen_by.casefold() == "software" or len(chosen_by) > _LONGEST_NAME:
        reading.wrong(line, f"chosen_by: found {chosen_by[:_FOUND]!r}; write the name of the person who chose")
    query = _query(reading, top, title)
    quotes = _quotes(reading, top)
    reading.finish()
    return Selection(title=title, query=query, chosen_by=chosen_by, quotes=quotes, origin=str(path))


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST:
            raise ConfigError(f"{path}: is larger than {LARGEST // 2**20} MB, which is no selection")
        data = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ConfigError(f"{path}, line {line}: not UTF-8; save the file as UTF-8") from error


def _composed(text: str, path: Path) -> yaml.Node:
    try:
        node = _node(text, path)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f", line {mark.line + 1}" if mark else ""
        raise ConfigError(f"{path}{where}: not YAML: {error.problem or error.context}{_hint(text, mark)}") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise ConfigError(f"{path}: not YAML: {error}") from error
    if not isinstance(node, yaml.MappingNode):
        raise ConfigError(f"{path}, line 1: is no selection; `advocacy-monitor pack propose` writes one")
    return node


def _node(text: str, path: Path) -> yaml.Node | None:
    """The fast reader first; the other one reads what that does not (lone halves of characters) and says more."""
    fast = getattr(yaml, "CSafeLoader", None)
    if fast is not None:
        try:
            check_depth(text, origin=str(path), loader=fast)
            return yaml.compose(text, Loader=fast)
        except (yaml.YAMLError, UnicodeError):
            pass
    check_depth(text, origin=str(path), loader=yaml.SafeLoader)
    return yaml.compose(text, Loader=yaml.SafeLoader)


def _hint(text: str, mark: yaml.Mark | None) -> str:
    """For the mistake that is made most: a shortened quote in no quotation marks that begins with an omission."""
    lines = text.split("\n")
    near = lines[max(0, mark.line - 1) : mark.line + 1] if mark else []
    if any(re.match(r"\s*printed:\s*\[", line) for line in near):
        return "; a text that begins with [ must be in quotation marks, or begin on a new line after `printed: |-`"
    if any(re.match(r"\s*printed:", line) for line in near):
        return "; write the words on a new line after `printed: |-`, four spaces further in"
    return ""


@dataclass(slots=True)
class _Reading:
    """A file that is being read, with what is wrong in it so far."""

    origin: str
    problems: list[tuple[int, str]] = field(default_factory=list)

    def wrong(self, line: int, text: str) -> None:
        self.problems.append((line, text))

    def finish(self) -> None:
        """Raises ConfigError if anything is wrong."""
        if self.problems:
            found = [f"{self.origin}, line {line}: {text}" for line, text in sorted(self.problems)]
            more = [f"... and {len(found) - _MOST_PROBLEMS} more"] if len(found) > _MOST_PROBLEMS else []
            raise ConfigError("\n".join(found[:_MOST_PROBLEMS] + more))

    def mapping(self, node: yaml.Node, keys: Sequence[str], where: str) -> dict[str, tuple[int, yaml.Node]]:
        """The keys of a mapping; those that are unknown or stand twice are wrong."""
        if not isinstance(node, yaml.MappingNode):
            self.wrong(node.start_mark.line + 1, f"{where}must be a list of keys such as {keys[0]}:")
            return {}
        found: dict[str, tuple[int, yaml.Node]] = {}
        for key, value in node.value:
            name, line = str(key.value), key.start_mark.line + 1
            if name not in keys:
                near = nearest(name, list(keys))
                self.wrong(line, f"{where}unknown key {name[:_FOUND]!r}{near}; allowed are {', '.join(keys)}")
            elif name in found:
                self.wrong(line, f"{where}the key {name!r} stands twice")
            else:
                found[name] = (line, value)
        return found

    def words(self, nodes: _Nodes, key: str, where: str = "") -> str:
        """A value as it was written, '' where there is none: `no` is a word here."""
        line, node = nodes.get(key, (1, None))
        if node is None:
            return ""
        if not isinstance(node, yaml.ScalarNode):
            hint = "; a text that begins with [ must be in quotation marks"
            self.wrong(line, f"{where}{key}: must be a text{hint if isinstance(node, yaml.SequenceNode) else ''}")
            return ""
        return "" if node.tag.endswith(":null") else str(node.value).strip()

    def list_of_words(self, nodes: _Nodes, key: str, where: str) -> tuple[str, ...]:
        line, node = nodes.get(key, (1, None))
        if node is None or (isinstance(node, yaml.ScalarNode) and node.tag.endswith(":null")):
            return ()
        if not isinstance(node, yaml.SequenceNode) or not all(isinstance(n, yaml.ScalarNode) for n in node.value):
            self.wrong(line, f"{where}{key}: must be a list such as [one, two]")
            return ()
        return tuple(str(each.value) for each in node.value)

    def day(self, nodes: _Nodes, key: str, where: str) -> date | None:
        words = self.words(nodes, key, where)
        try:
            return date.fromisoformat(words) if words else None
        except ValueError:
            self.wrong(nodes[key][0], f"{where}{key}: found {words[:_FOUND]!r}, must be a day such as 2026-05-31")
            return None


def _query(reading: _Reading, top: _Nodes, title: str) -> Query:
    if "query" not in top:
        return Query(title=title)
    found = reading.mapping(top["query"][1], _QUERY, "query: ")
    return Query(
        title=title,
        themes=reading.list_of_words(found, "themes", "query, "),
        areas=reading.list_of_words(found, "areas", "query, "),
        languages=reading.list_of_words(found, "languages", "query, "),
        sources=reading.list_of_words(found, "sources", "query, "),
        libraries=reading.list_of_words(found, "libraries", "query, "),
        since=reading.day(found, "since", "query, "),
        until=reading.day(found, "until", "query, "),
        recipient=reading.words(found, "recipient", "query, ") or None,
    )


def _quotes(reading: _Reading, top: _Nodes) -> tuple[Chosen, ...]:
    line, node = top.get("quotes", (1, None))
    if not isinstance(node, yaml.SequenceNode) or not node.value:
        reading.wrong(line, "quotes: has no quote in it; `advocacy-monitor pack propose` writes a list of them")
        return ()
    quotes: list[Chosen] = []
    first: dict[int, int] = {}
    for entry in node.value:
        chosen = _quote(reading, entry)
        if chosen is None:
            continue
        if (before := first.setdefault(chosen.item, chosen.line)) != chosen.line:
            reading.wrong(chosen.line, f"item {chosen.item} stands in line {before} already; keep one of them")
        quotes.append(chosen)
    return tuple(quotes)


def _quote(reading: _Reading, entry: yaml.Node) -> Chosen | None:
    line = entry.start_mark.line + 1
    found = reading.mapping(entry, _QUOTE, "a quote: ")
    number = reading.words(found, "item", "a quote, ")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        reading.wrong(line, f"a quote: `item:` must be the number of a statement, found {number[:_FOUND]!r}")
        return None
    where = f"item {number}: "
    use = reading.words(found, "use", where).lower()
    if use not in USES:
        reading.wrong(found.get("use", (line, None))[0], f"{where}use: found {use[:_FOUND]!r}, allowed are {_or(USES)}")
    text_sha256 = reading.words(found, "text_sha256", where).lower()
    if use != NO:
        _check_quote(reading, found, where, line, text_sha256)
    printed = reading.words(found, "printed", where)
    return Chosen(item=int(number), use=use, text_sha256=text_sha256, printed=printed, line=line)


def _check_quote(reading: _Reading, found: _Nodes, where: str, line: int, text_sha256: str) -> None:
    """The words in the file are for reading: if they were edited, somebody believes that others will be printed."""
    if not _SHA256.fullmatch(text_sha256):
        at = found.get("text_sha256", (line, None))[0]
        reading.wrong(at, f"{where}text_sha256 is missing or no SHA-256; take the entry of a new proposal")
        return
    at, node = found.get("quote", (line, None))
    if not isinstance(node, yaml.ScalarNode):
        reading.wrong(at, f"{where}quote is missing; take the entry of a new proposal")
    elif text_sha256 not in (digest(str(node.value)), digest(str(node.value).strip())):
        reading.wrong(at, f"{where}the words of a quote cannot be edited; use `printed:` with […] for what is left out")


def _or(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"
