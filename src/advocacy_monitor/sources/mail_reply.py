"""What somebody wrote in a mail, apart from what their program added: quotes, forwarded mail, signature.

Two libraries were tried first. mail-parser-reply 1.36 drops a person's own words after a list ('- the storytime'),
after a line that begins with 'Thank you,' or 'Grüße', and takes 8 seconds for a line of 16 kB; email-reply-parser 0.5
knows English only. Here only what is clearly marked is cut off: a signature that stays is a lesser harm than words
that are lost, because personal data in a text is looked for later. Cut-off text is returned, not thrown away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from advocacy_monitor.sources.contact_details import is_contact
from advocacy_monitor.sources.mail_words import (
    DEVICE,
    LIGHT_CLOSING,
    SEPARATOR,
    begins_attribution,
    goes_on,
    header_key,
    is_attribution,
    is_closing,
    names_first,
    tells_who_and_when,
)

OMISSION = "[…]"
"""Stands where a quote was cut out between a person's own words."""
_LINES_OF_HEADERS = 10
_LONGEST_SIGNATURE = 15
_LONGEST_FAREWELL = 8
_LIGHT_FAREWELL = 3
_WIDEST_FAREWELL = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The parts of a mail's text; `own` is '' where everything is quoted or forwarded."""

    own: str
    signature: str = ""
    quoted: str = ""


def split_reply(text: str, *, sender: str | None = None) -> Reply:
    """A person's own words, and apart from them what was cut off. `sender` is their name, which is no statement."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    headers = [header_key(line) for line in lines]
    attributions = _attributions(lines)
    marked = _marked(lines, attributions)
    begun = _first_words(lines, marked)
    end = next(
        (
            number
            for number in range(len(lines))
            if _ends_here(lines, headers, number)
            or (attributions[number] and _ends_unmarked(lines, marked, number, attributions[number], begun=begun))
        ),
        len(lines),
    )
    quoted = lines[end:]
    segments, inside = _segments(lines[:end], marked)
    signatures: list[str] = []
    own: list[str] = []
    names = _names(sender)
    last = max((number for number, segment in enumerate(segments) if _filled(segment)), default=-1)
    for number, segment in enumerate(segments):
        kept, cut = _without_delimited(segment, names)
        if number == last:
            kept, farewell = _without_farewell(kept, names, alone=not _filled(own))
            cut = farewell + cut
        own.append("\n".join(kept).strip("\n"))
        signatures += cut
    words = f"\n\n{OMISSION}\n\n".join(part.rstrip() for part in own if part.strip())
    return Reply(
        own=words,
        signature="\n".join(signatures).strip("\n"),
        quoted="\n".join([*inside, *quoted]).strip("\n"),
    )


def _ends_here(lines: Sequence[str], headers: Sequence[str | None], number: int) -> bool:
    """Whether everything from this line on is a message that is answered or forwarded, without quote marks."""
    line = lines[number].strip()
    if not line or len(line) > 600 or line.startswith(">"):
        return False
    if SEPARATOR.fullmatch(line) is not None:
        return True
    if set(line) <= {"_", "-", "*"} and len(line) >= 10:
        following = next((n for n in range(number + 1, min(number + 4, len(lines))) if lines[n].strip()), number)
        return following > number and _is_header_block(lines, headers, following)
    return _is_header_block(lines, headers, number)


def _ends_unmarked(lines: Sequence[str], marked: Sequence[bool], number: int, count: int, *, begun: int) -> bool:
    """Whether an attribution of `count` lines stands above a quote without marks, which is all that follows.

    Where the person has said nothing yet (`begun` is the line of their first words), a sentence like 'Am 3. Mai um
    10:00 schrieb das Kind:' is the beginning of the letter, unless it tells what only programs tell.
    """
    following = next((at for at in range(number + count, len(lines)) if lines[at].strip()), number)
    if marked[number] or marked[following]:
        return False
    return number > begun or tells_who_and_when(" ".join(lines[number : number + count]))


def _first_words(lines: Sequence[str], marked: Sequence[bool]) -> int:
    """The first line that is neither quoted nor an address ('Dear library,')."""
    own = (n for n, line in enumerate(lines) if line.strip() and not marked[n] and not line.rstrip().endswith(","))
    return next(own, len(lines))


def _attributions(lines: Sequence[str]) -> list[int]:
    """For each line how many from it on are 'On … somebody wrote:', which programs break; 0 where they are not that.

    From the last line to the first, because a line above an attribution is no part of it.
    """
    found = [0] * (len(lines) + 1)
    for number in range(len(lines) - 1, -1, -1):
        for count in (1, 2, 3):
            part = lines[number : number + count]
            if not all(line.strip() and len(line) <= 600 for line in part) or part[0].lstrip().startswith(">"):
                break
            joined = " ".join(line.strip() for line in part)
            if is_attribution(joined, before_quote=False) and (begins_attribution(joined) or names_first(joined)):
                found[number] = count if count == 1 or not found[number + 1] else 0
                break
    return found


def _marked(lines: Sequence[str], attributions: Sequence[int]) -> list[bool]:
    """Which lines are quoted: those with '>', and those with '|' below an attribution. Else '|' may be a table's."""
    marked = [line.lstrip().startswith(">") for line in lines]
    for number, count in enumerate(attributions[: len(lines)]):
        if not count or marked[number]:
            continue
        at = number + count
        while at < len(lines) and not lines[at].strip():
            at += 1
        while at < len(lines) and lines[at].startswith("|"):
            marked[at] = True
            at += 1
    return marked


def _is_header_block(lines: Sequence[str], headers: Sequence[str | None], number: int) -> bool:
    """Whether headers of a message begin here: from whom, when, and to whom or about what."""
    found: set[str] = set()
    strange = 0
    if headers[number] is None:
        return False
    for at in range(number, min(number + _LINES_OF_HEADERS, len(lines))):
        key = headers[at]
        if key is not None:
            found.add(key)
        elif lines[at].strip() and (strange := strange + 1) > 2:
            break
    return {"from", "date"} <= found and bool(found & {"to", "subject"})


def _segments(lines: Sequence[str], marked: Sequence[bool]) -> tuple[list[list[str]], list[str]]:
    """The runs of lines without quote mark, and the quoted lines with what introduces them."""
    segments: list[list[str]] = [[]]
    quoted: list[str] = []
    for number, line in enumerate(lines):
        if marked[number]:
            if segments[-1]:
                quoted += _take_attribution(segments[-1])
                segments.append([])
            quoted.append(line)
        else:
            segments[-1].append(line)
    return segments, quoted


def _take_attribution(segment: list[str]) -> list[str]:
    """Takes 'somebody wrote:' off the end of a segment: up to three lines, because programs break them."""
    end = len(segment)
    while end and not segment[end - 1].strip():
        end -= 1
    starts = [start for start in range(end - 1, max(end - 4, -1), -1) if all(map(str.strip, segment[start:end]))]
    for begun in (True, False):
        for start in starts:
            joined = " ".join(part.strip() for part in segment[start:end])
            if begun <= begins_attribution(joined) and is_attribution(joined, before_quote=True):
                taken = segment[start:end]
                del segment[start:]
                return taken
    return []


def _filled(lines: Sequence[str]) -> bool:
    return any(line.strip() for line in lines)


def _count(lines: Sequence[str]) -> int:
    return sum(bool(line.strip()) for line in lines)


def _without_delimited(lines: list[str], names: frozenset[str]) -> tuple[list[str], list[str]]:
    """Cuts at the line '-- ' (RFC 3676, 4.3).

    Programs drop its space; then no more than a signature may follow, or the sender's name must stand below it.
    """
    for number, line in enumerate(lines):
        if line.rstrip() == "--":
            below = [after.strip() for after in lines[number + 1 :] if after.strip()]
            named = any(_is_trailing(after, names) for after in below[:4])
            if line == "-- " or named or len(below) <= _LONGEST_SIGNATURE:
                return lines[:number], lines[number:]
    return lines, []


def _without_farewell(lines: list[str], names: frozenset[str], *, alone: bool) -> tuple[list[str], list[str]]:
    """Cuts off the closing formula with name and address below it, the sender's bare name, and 'sent from my phone'.

    What is said below them stays. Greetings at the beginning of the letter (`alone`: no words before these lines) are
    no end of it.
    """
    kept, cut = _without_trailing(lines, names)
    for number, most in _closings(kept):
        if alone and not _filled(kept[:number]):
            continue
        below = kept[number + 1 :]
        postscript = next((n for n, after in enumerate(below) if goes_on(after)), len(below))
        farewell = below[:postscript]
        if _count(farewell) <= most and all(len(after.strip()) <= _WIDEST_FAREWELL for after in farewell):
            before, more = _without_trailing(kept[:number], names)
            rest = below[postscript:]
            return before + rest, [*more, kept[number], *farewell, *cut]
    return kept, cut


def _closings(lines: Sequence[str]) -> list[tuple[int, int]]:
    """The last lines that may end the letter, and how many lines may follow each."""
    found: list[tuple[int, int]] = []
    for number, line in enumerate(lines):
        if is_closing(line):
            found.append((number, _LONGEST_FAREWELL))
        elif len(line) <= 100 and LIGHT_CLOSING.fullmatch(line.strip()):
            found.append((number, _LIGHT_FAREWELL))
    return found[-_LONGEST_FAREWELL:]


def _without_trailing(lines: list[str], names: frozenset[str]) -> tuple[list[str], list[str]]:
    """Cuts off last lines that are the sender's name, an address or number alone, or what a telephone adds."""
    end = len(lines)
    while end and (not lines[end - 1].strip() or _is_trailing(lines[end - 1].strip(), names)):
        end -= 1
    return (lines, []) if not _filled(lines[end:]) else (lines[:end], lines[end:])


def _is_trailing(line: str, names: frozenset[str]) -> bool:
    if len(line) > 200:
        return False
    plain = line.strip(" ,.*_–-").casefold()
    return plain in names or is_contact(line) or DEVICE.fullmatch(line) is not None


def _names(sender: str | None) -> frozenset[str]:
    """How somebody may sign: whole name, first or last part, and 'Last, First' turned round."""
    if not sender:
        return frozenset()
    parts = sender.casefold().replace(",", " ").split()
    first, last = " ".join(parts), " ".join([*parts[1:], *parts[:1]])
    return frozenset(name for name in (first, last, parts[0], parts[-1]) if len(name) > 1) if parts else frozenset()
