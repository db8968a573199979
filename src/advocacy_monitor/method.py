"""The method box (R10): generated from the data, in the pack's language, and never left out.

Its items follow the disclosure list of the AAPOR Transparency Initiative, as far as it fits a self-selected
collection: sponsor, wording, how people came in, channels, dates, what failed, who coded, what is known to be biased.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from advocacy_monitor.method_coding import CodingFacts, how_well, who_coded


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the method box is made of."""

    sponsor: str
    questions: Sequence[str]
    sources: Sequence[tuple[str, int | None]]
    collected: tuple[datetime, datetime] | None
    failed_runs: Sequence[tuple[str, int]]
    runs_with_gaps: Sequence[tuple[str, int]]
    rejects: int
    coding: CodingFacts
    statements: int
    quotable: int
    quotes_held: int
    smallest_base: int
    smallest_cell: int
    sample: bool
    posts: int
    unverified: int
    gone: int
    not_looked_up: int


_EN: Mapping[str, tuple[str, str]] = {
    "sample": ("Sample data", "Every statement in this pack was invented to show the software. Nobody said it."),
    "sponsor": ("Who collected", "{sponsor}."),
    "wording": ("What was asked", "{questions}"),
    "selection": (
        "How people came in",
        "People chose to take part or to post in public. They are not a random sample; the figures describe the "
        "statements counted here and nobody else, so no margin of error is given.",
    ),
    "channels": ("Channels", "{channels}. Collected between {first} and {last}."),
    "failures": ("What failed", "{failures}"),
    "moderation": (
        "Who decided",
        "Only statements that a person approved and that are consented for this use are counted or quoted. All "
        "{statements} statements counted here were approved by a named moderator.",
    ),
    "coding": ("Who coded", "{coding}"),
    "quality": ("How good the coding is", "{quality}"),
    "copies": (
        "Copies",
        "Reposts, exact copies and near copies (MinHash over four-character shingles, confirmed Jaccard similarity) "
        "are counted once. People are told apart by account or e-mail address; one person using several may count "
        "more than once.",
    ),
    "looked_up": (
        "Looked up again",
        "{verified} of the {posts} public posts counted here were looked up at their platform shortly before this pack "
        "was made, and stood there. {unverified} could not be looked up and are counted as they were collected. "
        "{gone} were left out because their platform no longer shows them, {not_looked_up} because it could not be "
        "asked.",
    ),
    "quotes": (
        "Quotes",
        "Quotes are verbatim. Words in square brackets stand for personal data or omissions. {quotable} statements "
        "may be quoted; {held} more touch on health, children or other protected matters and wait for a person.",
    ),
    "small": (
        "Small numbers",
        "Counts below {cell} are not shown, and no percentages on fewer than {base} statements.",
    ),
    "bias": (
        "Known bias",
        "People without internet, who do not post in public, or who do not use libraries are under-represented. "
        "Critical statements stay in the counts.",
    ),
}
_EN_PHRASES: Mapping[str, str] = {
    "no_wording": "Public posts answer no set question; the wording of surveys was not recorded.",
    "no_failures": "No collection run failed.",
    "failed": "The collection {name} failed {times} time(s).",
    "failed_imports": "{times} import(s) of a file failed.",
    "gap": "The collection {name} may have missed posts {times} time(s), because its platform no longer gave them.",
    "fewer": "fewer than {n}",
    "rejects": "{rejects} records could not be read; they are kept.",
}
_DE: Mapping[str, tuple[str, str]] = {
    "sample": (
        "Beispieldaten",
        "Alle Aussagen in dieser Unterlage sind erfunden, um die Software zu zeigen. Niemand hat sie gemacht.",
    ),
    "sponsor": ("Wer gesammelt hat", "{sponsor}."),
    "wording": ("Was gefragt wurde", "{questions}"),
    "selection": (
        "Wie die Aussagen zustande kamen",
        "Die Menschen haben von sich aus mitgemacht oder öffentlich geschrieben. Sie sind keine Zufallsstichprobe; "
        "die Zahlen beschreiben die hier gezählten Aussagen und sonst niemanden. Daher steht keine Fehlerspanne dabei.",
    ),
    "channels": ("Wege", "{channels}. Gesammelt vom {first} bis {last}."),
    "failures": ("Was nicht gelang", "{failures}"),
    "moderation": (
        "Wer entschieden hat",
        "Gezählt und zitiert wird nur, was ein Mensch freigegeben hat und wofür eine Einwilligung vorliegt. Alle "
        "{statements} hier gezählten Aussagen hat eine namentlich bekannte Person freigegeben.",
    ),
    "coding": ("Wer Themen zugeordnet hat", "{coding}"),
    "quality": ("Wie gut die Zuordnung ist", "{quality}"),
    "copies": (
        "Kopien",
        "Weiterverbreitete Beiträge, gleiche und fast gleiche Texte (MinHash über Vier-Zeichen-Folgen, bestätigte "
        "Jaccard-Ähnlichkeit) zählen einmal. Menschen werden an Konto oder E-Mail-Adresse unterschieden; wer mehrere "
        "benutzt, kann mehrfach zählen.",
    ),
    "looked_up": (
        "Erneut nachgesehen",
        "{verified} der {posts} hier gezählten öffentlichen Beiträge wurden kurz vor dieser Unterlage an ihrer "
        "Plattform nachgesehen und standen dort. {unverified} waren nicht nachsehbar und zählen, wie sie gesammelt "
        "wurden. {gone} fielen weg, weil ihre Plattform sie nicht mehr zeigt, {not_looked_up}, weil sie nicht gefragt "
        "werden konnte.",
    ),
    "quotes": (
        "Zitate",
        "Zitate sind wörtlich. Eckige Klammern stehen für persönliche Angaben oder Auslassungen. {quotable} Aussagen "
        "dürfen zitiert werden; {held} weitere berühren Gesundheit, Kinder oder andere geschützte Bereiche und "
        "warten auf einen Menschen.",
    ),
    "small": (
        "Kleine Zahlen",
        "Anzahlen unter {cell} werden nicht genannt, Anteile erst ab {base} Aussagen.",
    ),
    "bias": (
        "Bekannte Verzerrung",
        "Menschen ohne Internet, ohne öffentliche Beiträge oder ohne Bibliothek sind zu wenig vertreten. Kritische "
        "Aussagen bleiben in den Zahlen.",
    ),
}
_DE_PHRASES: Mapping[str, str] = {
    "no_wording": "Öffentliche Beiträge antworten auf keine Frage; der Wortlaut der Umfragen wurde nicht festgehalten.",
    "no_failures": "Kein Sammellauf ist gescheitert.",
    "failed": "Die Sammlung {name} scheiterte {times}-mal.",
    "failed_imports": "{times} Import(e) einer Datei scheiterten.",
    "gap": "Der Sammlung {name} entgingen {times}-mal womöglich Beiträge: ihre Plattform gab sie nicht mehr heraus.",
    "fewer": "weniger als {n}",
    "rejects": "{rejects} Datensätze waren nicht lesbar; sie sind aufbewahrt.",
}
_MONTHS_DE = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
]  # fixed, so that the locale of the machine changes nothing
_MONTHS_EN = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


def day(moment: date, language: str) -> str:
    """A date in words, the same on every machine: '2 November 2026' or '2. November 2026'."""
    if language == "de":
        return f"{moment.day}. {_MONTHS_DE[moment.month - 1]} {moment.year}"
    return f"{moment.day} {_MONTHS_EN[moment.month - 1]} {moment.year}"


def method_box(facts: Facts, language: str) -> tuple[tuple[str, str], ...]:
    """Pairs of heading and text, in the order in which they are shown. Other languages than 'de' get English."""
    words, phrases = (_DE, _DE_PHRASES) if language == "de" else (_EN, _EN_PHRASES)
    failures = [
        phrases["failed" if name else "failed_imports"].format(name=name, times=times)
        for name, times in facts.failed_runs
    ] or [phrases["no_failures"]]
    failures += [phrases["gap"].format(name=name, times=times) for name, times in facts.runs_with_gaps]
    if facts.rejects:
        failures.append(phrases["rejects"].format(rejects=facts.rejects))
    first, last = facts.collected or (None, None)
    values = {
        "sponsor": facts.sponsor.rstrip("."),
        "questions": " / ".join(facts.questions) or phrases["no_wording"],
        "channels": ", ".join(
            f"{name}: {phrases['fewer'].format(n=facts.smallest_cell) if count is None else count}"
            for name, count in facts.sources
        )
        or "–",
        "first": day(first, language) if first else "–",
        "last": day(last, language) if last else "–",
        "failures": " ".join(failures),
        "statements": facts.statements,
        "coding": who_coded(facts.coding, statements=facts.statements, language=language),
        "quality": how_well(facts.coding, language=language),
        "quotable": facts.quotable,
        "held": facts.quotes_held,
        "cell": facts.smallest_cell,
        "base": facts.smallest_base,
        "posts": facts.posts,
        "verified": facts.posts - facts.unverified,
        "unverified": facts.unverified,
        "gone": facts.gone,
        "not_looked_up": facts.not_looked_up,
    }
    keys = ["sponsor", "wording", "selection", "channels", "failures", "moderation", "coding", "quality", "copies"]
    if facts.posts or facts.gone or facts.not_looked_up:
        keys.append("looked_up")
    keys += ["quotes", "small", "bias"]
    if facts.sample:
        keys.insert(0, "sample")
    pairs = (words[key] for key in keys)
    # The values are put in in one pass: braces in a sponsor's name or an error message stay as they are.
    return tuple((heading, text.format(**values)) for heading, text in pairs)
