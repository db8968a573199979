"""What each column of a survey is: as the mapping says, else as it is recognised.

Contact details are recognised in every table, whatever the mapping leaves out. Everything else is recognised only in
exports of known survey services, and consents only when their wording cannot be misunderstood.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from statistics import median

from advocacy_monitor.errors import ConfigError
from advocacy_monitor.models import Use
from advocacy_monitor.sources.column_mapping import Given, did_you_mean
from advocacy_monitor.sources.contact_details import Detail, kind_of_column, mentions_contact, shown
from advocacy_monitor.sources.survey import (
    FORMBRICKS,
    LIMESURVEY,
    MICROSOFT_FORMS,
    SURVEYMONKEY,
    TALLY,
    TYPEFORM,
    Survey,
)
from advocacy_monitor.sources.survey_words import (
    ANSWERED_AT,
    FORMBRICKS_PEOPLE,
    LIMESURVEY_IDS,
    NO,
    PLAIN_FIELDS,
    YES,
    asks_for_words,
    asks_which_library,
    permitted_use,
    spoken,
)

_LISTS = ("text", "created_at", "name", "email", "phone")
_LONG = 40  # characters, in the middle of the answers: shorter ones are choices
_VARIED = 0.6  # so many of the answers differ: fewer are choices
_MOST_OPTIONS = 12
_NUMBERED = re.compile(r"\d+\. ")  # how Formbricks writes a question, and nothing else


@dataclass(frozen=True, slots=True)
class Consent:
    """Where a use is ticked: in a column whose statement is repeated or affirmed, or as one option of several."""

    column: int
    statement: str
    option: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The numbers of the columns that are not simply questions; `single` holds id, url, library, area and the like."""

    text: tuple[int, ...] = ()
    created_at: tuple[int, ...] = ()
    single: Mapping[str, int] = field(default_factory=dict)
    contact: Mapping[int, Detail] = field(default_factory=dict)
    consents: Mapping[Use, Consent] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def used(self) -> set[int]:
        """All columns that are no plain questions."""
        ticked = (consent.column for consent in self.consents.values())
        return {*self.text, *self.created_at, *self.single.values(), *self.contact, *ticked}


def assign(survey: Survey, given: Given) -> Columns:
    """What each column is. Raises ConfigError when the mapping names a column that is not there, or is needed."""
    named = dict(_named(survey, given))
    lists = {key: tuple(number for spot, number in named.items() if spot[0] == key) for key in _LISTS}
    single = {key: number for (key, _), number in named.items() if key not in (*_LISTS, "contact") and "." not in key}
    contact = {number: Detail(key) for key in ("name", "email", "phone") for number in lists[key]}
    contact.update({number: Detail.OTHER for (key, _), number in named.items() if key == "contact"})
    consents = {
        use: Consent(named[f"consents.{use.value}", tick.column], tick.column, tick.answer)
        for use, tick in given.mapping.columns.consents.items()
    }
    mapped = Columns(
        text=lists["text"], created_at=lists["created_at"], single=single, contact=contact, consents=consents
    )
    if "id" in single and kind_of_column(survey.headers[single["id"]]):
        raise ConfigError(f"{given.at('columns.id')}: a contact detail cannot be the id, which is seen everywhere")
    contact |= _contact(survey, mapped.used())
    if survey.format is None:
        if not mapped.used() - set(contact):
            raise ConfigError(_no_mapping(survey, given))
        return Columns(
            text=mapped.text, created_at=mapped.created_at, single=single, contact=contact, consents=consents
        )
    return _recognised(survey, mapped, contact)


def _named(survey: Survey, given: Given) -> Iterator[tuple[tuple[str, str], int]]:
    """Each key and column name of the mapping with the column's number. Raises ConfigError."""
    taken: dict[int, str] = {}
    for key, name in given.mapping.columns.named():
        number = _find(survey, given, key, name)
        both_ticks = key.startswith("consents.") and taken.get(number, "").startswith("consents.")
        if number in taken and not both_ticks:
            raise ConfigError(
                f"{given.at(f'columns.{key}')}: column {name!r} is already taken for columns.{taken[number]}; "
                "each column can be one thing"
            )
        taken[number] = key
        yield (key, name), number


def _find(survey: Survey, given: Given, key: str, name: str) -> int:
    place = given.at(f"columns.{key}")
    plain = " ".join(name.split())
    if plain in survey.headers and survey.given.count(plain) == 1:
        return survey.headers.index(plain)
    doubles = [number for number, header in enumerate(survey.given) if header == plain]
    if len(doubles) > 1:
        numbers = ", ".join(str(number + 1) for number in doubles)
        raise ConfigError(
            f"{place}: the header {name!r} stands there {len(doubles)} times (columns {numbers}); "
            f"say '{plain} (1)' for the first, '{plain} (2)' for the second"
        )
    first = plain.removesuffix(" (1)")
    for header in (plain, first):
        if header in survey.headers:
            return survey.headers.index(header)
    raise ConfigError(
        f"{place}: there is no column {name!r}{did_you_mean(plain, list(survey.headers))}; "
        f"the columns are {shown(survey.headers)}"
    )


def _contact(survey: Survey, mapped: set[int]) -> dict[int, Detail]:
    """Contact columns beside those that the mapping names."""
    found = {}
    for number, header in enumerate(_wordings(survey)):
        if number not in mapped and (detail := _detail(survey, number, header)):
            found[number] = detail
    return found


def _detail(survey: Survey, number: int, header: str) -> Detail | None:
    choice = survey.choices[number]
    if detail := survey.known.get(number) or kind_of_column(header):
        return detail
    if survey.format == MICROSOFT_FORMS and number == 4 and header == "名称":
        return Detail.NAME
    if survey.format == FORMBRICKS and spoken(header) in FORMBRICKS_PEOPLE:
        return Detail.EMAIL if "mail" in spoken(header) else Detail.OTHER
    if choice and (detail := kind_of_column(choice)):
        ticks = {cell.strip() for cell in survey.filled[number]} == {choice}
        return None if ticks else detail  # 'How may we reach you? - E-mail' is a tick
    if not mentions_contact(header) or asks_for_words(header) or asks_which_library(header):
        return None
    cells = {cell.strip().lower() for cell in survey.filled[number]}
    return None if cells and cells <= YES | NO else Detail.OTHER


def _wordings(survey: Survey) -> list[str]:
    """The columns' names without the numbers that Formbricks gives its questions."""
    numbered = survey.format == FORMBRICKS
    return [_NUMBERED.sub("", header, count=1) if numbered else header for header in survey.headers]


def _no_mapping(survey: Survey, given: Given) -> str:
    suggested = _free_text(survey, set(_contact(survey, set())))
    text = survey.headers[suggested[0]] if suggested else "the column with people's own words"
    return (
        f"{given.where}: this table is no export that is recognised, so it needs a column mapping with at least "
        f"columns.text (for example: columns: {{text: {text!r}}}); the columns are {shown(survey.headers)}"
    )


def _recognised(survey: Survey, mapped: Columns, contact: Mapping[int, Detail]) -> Columns:
    """Fills in what a mapping left open, for an export of a known service."""
    notes: list[str] = []
    used = mapped.used() | set(contact)
    created_at = mapped.created_at or _created_at(survey, used)
    used |= set(created_at)
    single = dict(mapped.single)
    for key, number in _single(survey, used):
        single.setdefault(key, number)
    used |= set(single.values())
    consents = dict(mapped.consents) or _consents(survey, used, notes)
    used |= {consent.column for consent in consents.values()}
    text = mapped.text or _free_text(survey, used)
    if not consents:
        consents = _options(survey, used | set(text), notes)
        text = tuple(number for number in text if number not in {consent.column for consent in consents.values()})
    notes += _said(survey, mapped, text, consents)
    return Columns(
        text=text, created_at=created_at, single=single, contact=contact, consents=consents, notes=tuple(notes)
    )


def _said(survey: Survey, mapped: Columns, text: tuple[int, ...], consents: Mapping[Use, Consent]) -> Iterator[str]:
    if not text:
        yield "no column with people's own words was found; answers are kept without a text"
    elif not mapped.text:
        yield f"read as people's own words: {shown(survey.headers[number] for number in text)}"
    if survey.format == MICROSOFT_FORMS:
        yield "Microsoft Forms writes times without a zone: they are read in timezone: of a mapping, UTC without one"
    if consents and not mapped.consents:
        found = ", ".join(f"{use.value} in {shown([consent.statement])}" for use, consent in consents.items())
        yield f"consents recognised: {found}"
    elif not consents:
        yield (
            "no consents were recognised: these answers are kept, and neither counted nor quoted until a consent is "
            "noted (import --consent analyse --consent-proof TEXT)"
        )


def _created_at(survey: Survey, used: set[int]) -> tuple[int, ...]:
    if survey.format == MICROSOFT_FORMS:
        return tuple(number for number in (2, 1) if number not in used)
    if survey.format == FORMBRICKS:
        return tuple({[header.lower() for header in survey.headers].index("timestamp")} - used)
    if survey.format not in (SURVEYMONKEY, LIMESURVEY):
        first = 1 if survey.format in (TYPEFORM, TALLY) else 0
        return () if first in used else (first,)
    names = [header.lower() for header in survey.headers]
    found = (names.index(name) for name in ANSWERED_AT if name in names)
    return tuple(number for number in found if number not in used)


def _single(survey: Survey, used: set[int]) -> Iterator[tuple[str, int]]:
    names = [spoken(header) for header in _wordings(survey)]
    if survey.format in (SURVEYMONKEY, TYPEFORM, TALLY, MICROSOFT_FORMS) and 0 not in used:
        yield "id", 0
    if survey.format == FORMBRICKS:
        yield "id", names.index("response id")
    if survey.format == LIMESURVEY:
        yield from (("id", number) for number, name in enumerate(names[:2]) if name in LIMESURVEY_IDS)
    for key, known in PLAIN_FIELDS.items():
        found = [number for number, name in enumerate(names) if name in known and number not in used]
        if len(found) == 1:
            yield key, found[0]
    which = [n for n, header in enumerate(_wordings(survey)) if n not in used and asks_which_library(header)]
    if len(which) == 1:
        yield "library", which[0]


def _consents(survey: Survey, used: set[int], notes: list[str]) -> dict[Use, Consent]:
    """The uses that columns ask permission for, each by one column and no other."""
    asked: dict[Use, list[int]] = {}
    for number, header in enumerate(survey.headers):
        statement = survey.choices[number] or header
        if number not in used and (use := permitted_use(statement)):
            asked.setdefault(use, []).append(number)
    for use, numbers in asked.items():
        if len(numbers) > 1:
            names = shown(survey.headers[number] for number in numbers)
            notes.append(f"several columns ask for {use.value} ({names}); none is taken, say which in a mapping")
    return {
        use: Consent(numbers[0], survey.choices[numbers[0]] or survey.headers[numbers[0]])
        for use, numbers in asked.items()
        if len(numbers) == 1
    }


def _options(survey: Survey, used: set[int], notes: list[str]) -> dict[Use, Consent]:
    """The uses that are options of one question, which Google Forms writes into one cell, parted by commas."""
    found: dict[Use, list[Consent]] = {}
    for number in range(len(survey.headers)):
        cells = survey.filled[number] if number not in used else ()
        options = {part.strip() for cell in set(cells) for part in cell.replace(";", ",").split(",")}
        for option in sorted(options) if len(options) <= _MOST_OPTIONS else ():
            if use := permitted_use(option):
                found.setdefault(use, []).append(Consent(number, survey.headers[number], option))
    doubtful = [use.value for use, consents in found.items() if len(consents) > 1]
    if doubtful:
        notes.append(f"several options ask for {', '.join(doubtful)}; none is taken, say which in a mapping")
    return {use: consents[0] for use, consents in found.items() if len(consents) == 1}


def _free_text(survey: Survey, used: set[int]) -> tuple[int, ...]:
    """The columns whose header asks for words, else those with long answers that differ from each other."""
    open_columns = [number for number in range(len(survey.headers)) if number not in used]
    if survey.format == FORMBRICKS:
        open_columns = [number for number in open_columns if _NUMBERED.match(survey.headers[number])]
    asked = tuple(n for n in open_columns if asks_for_words(survey.choices[n] or survey.headers[n]))
    if asked:
        return asked
    if survey.open_ended is not None:
        return tuple(number for number in survey.open_ended if number in open_columns)
    lengths = {}
    for number in open_columns:
        cells = survey.filled[number]
        if cells and len(set(cells)) > _VARIED * len(cells):
            lengths[number] = median(len(cell) for cell in cells)
    longest = max(lengths.values(), default=0)
    return tuple(number for number, length in lengths.items() if length >= max(_LONG, longest / 2))
