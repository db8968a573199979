"""What a statement's page says in words: consents, risks, languages, who made what, and what keeps it out of a pack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from advocacy_monitor.candidates import Candidate, gone, held, is_verified, quotes_allowed
from advocacy_monitor.codebook import Codebook
from advocacy_monitor.desk.context import Asked
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.exhibits import channel
from advocacy_monitor.exporters import figures
from advocacy_monitor.exporters.wording import wording
from advocacy_monitor.left_out import CHECKED_BY, Looked, why_not
from advocacy_monitor.left_out import label as why_label
from advocacy_monitor.models import Use
from advocacy_monitor.store import Store
from advocacy_monitor.translate import Texts

_PERSON = "person:"


@dataclass(frozen=True, slots=True)
class Saying:
    """The words of one interface language. `titles` are those of the codebook's themes."""

    t: Texts
    titles: Mapping[str, str]

    def label(self, kind: str, value: str) -> str:
        """A value for readers; what is not known stands as it is."""
        if kind == "theme":
            return self.titles.get(value, value)
        if kind == "language":
            return figures.language(value, wording(self.t.code))
        if kind == "source":
            return channel(value)
        return self.fixed(kind).get(value, value)

    def fixed(self, kind: str) -> Mapping[str, str]:
        """The values of a field that the program itself gives."""
        fields = {
            "use": self.uses,
            "risk": self.risks,
            "standing": self.standings,
            "personal_data": self.kinds,
            "not_personal_data": self.kinds,
            "stance": self.stances,
            "permission": self.permissions,
        }
        return fields[kind]() if kind in fields else {}

    def uses(self) -> Mapping[str, str]:
        """What somebody can consent to."""
        t = self.t
        return {
            Use.ANALYSE: t.text("To be counted"),
            Use.QUOTE_UNNAMED: t.text("To be quoted without a name"),
            Use.QUOTE_NAMED: t.text("To be quoted by name"),
            Use.SEND_TO_REPRESENTATIVE: t.text("To be sent to a representative"),
            Use.CONTACT: t.text("To be contacted"),
        }

    def risks(self) -> Mapping[str, str]:
        """Why a person has to read a statement."""
        t = self.t
        return {
            "crisis": t.text("Crisis"),
            "minor": t.text("A child speaks or is told of"),
            "health": t.text("Health"),
            "religion": t.text("Religion"),
            "politics": t.text("Politics"),
            "homelessness": t.text("Homelessness"),
            "sexuality": t.text("Sexual orientation or gender"),
            "origin": t.text("Origin or residence status"),
            "hidden_field": t.text("Sent by a program, it seems: a field that people do not see is filled in"),
            "sent_too_fast": t.text("Sent faster than anybody reads the form"),
            "many_at_once": t.text("One of many from the same address"),
            "mostly_links": t.text("Mostly links"),
        }

    def kinds(self) -> Mapping[str, str]:
        """What words can be taken out as."""
        t = self.t
        return {
            "name": t.text("A person's name"),
            "handle": t.text("The name of an account"),
            "email": t.text("An e-mail address"),
            "phone": t.text("A telephone number"),
            "address": t.text("A postal address"),
            "date_of_birth": t.text("A date of birth"),
            "url": t.text("A link"),
            "iban": t.text("The number of a bank account"),
            "card": t.text("The number of a card"),
            "other": t.text("Something else that leads to a person"),
        }

    def standings(self) -> Mapping[str, str]:
        """How a post stands at its platform."""
        t = self.t
        return {
            "stands": t.text("stands there"),
            "edited": t.text("was changed"),
            "gone": t.text("was deleted"),
            "protected": t.text("is protected"),
            "withheld": t.text("is withheld"),
            "unknown": t.text("gave no answer"),
        }

    def stances(self) -> Mapping[str, str]:
        """What an author does."""
        t = self.t
        return {
            "complaint": t.text("Complains"),
            "praise": t.text("Praises"),
            "thanks": t.text("Thanks"),
            "request": t.text("Asks for something"),
            "mixed": t.text("Praises and complains"),
            "none": t.text("None of these"),
        }

    def permissions(self) -> Mapping[str, str]:
        """How far a request for permission has come."""
        t = self.t
        return {
            "found": t.text("A request was drafted"),
            "asked": t.text("Asked"),
            "granted": t.text("Granted"),
            "refused": t.text("Refused"),
            "withdrawn": t.text("Withdrawn"),
        }

    def maker(self, by: str) -> str:
        """Who said it: a person by name, software by its name and version."""
        if by.startswith(_PERSON):
            return self.t.text("{name} (a person)", name=by.removeprefix(_PERSON))
        return by

    def value(self, label: str, value: str) -> str:
        """The value of an annotation."""
        if label == "coded" or label == "no_theme":
            answers = {
                "themes": self.t.text("Themes"),
                "none": self.t.text("None of these themes"),
                "too_short": self.t.text("Too short to say"),
            }
            return answers.get(value, value)
        return self.label(label, value)

    def consent(self, found: Candidate) -> str:
        """What may be done with a statement, in one sentence."""
        t = self.t
        named, sent = Use.QUOTE_NAMED in found.uses, Use.SEND_TO_REPRESENTATIVE in found.uses
        if not quotes_allowed(found.uses):
            counted = Use.ANALYSE in found.uses
            return t.text("It may be counted, and not quoted.") if counted else t.text("It may not even be counted.")
        if named and sent:
            return t.text("It may be quoted with its author's name and sent to representatives.")
        if named:
            return t.text("It may be quoted with its author's name, and not be sent to representatives.")
        if sent:
            return t.text("It may be quoted without a name and sent to representatives.")
        return t.text("It may be quoted without a name, and not be sent to representatives.")


def saying(asked: Asked) -> Saying:
    """The words for a reader. A codebook that cannot be read leaves codes in the place of titles."""
    try:
        titles = _titles(asked.desk.codebook, asked.t.code)
    except ConfigError:
        titles = {}
    return Saying(asked.t, titles)


def _titles(codebook: Codebook, language: str) -> Mapping[str, str]:
    return {theme.code: theme.title.get(language) or theme.title["en"] for theme in codebook.themes}


def unchecked(store: Store, item_id: int) -> frozenset[int]:
    """The item, if a check that packs wait for has not read it."""
    seen = [store.assertions.seen(name) for name in CHECKED_BY]
    missing = any(item_id > last or item_id in failed for _, last, failed in seen)
    return frozenset({item_id}) if missing else frozenset()


def is_shared(store: Store, found: Candidate) -> bool:
    """Whether everybody on the staff may read it: it counts, consent covers quoting, and nobody has to read it first.

    The same as the summary's `shared_only`.
    """
    looked = Looked(at=store.now(), unverified_too=True)
    return (
        why_not(found, unchecked(store, found.item.id), looked) is None
        and quotes_allowed(found.uses)
        and not held(found)
        and bool(found.text)
    )


def keeps_out(store: Store, found: Candidate, t: Texts) -> Iterator[str]:
    """What would keep a statement out of a pack made now, or out of its quotes, a sentence each."""
    why = why_not(found, unchecked(store, found.item.id), Looked(at=store.now(), unverified_too=True))
    if why is not None:
        yield t.text("It is not counted: {reason}.", reason=why_label(why, t))
    if found.root != found.item.id:
        yield t.text("It says the same as statement {number}, and counts once with it.", number=found.root)
    if gone(found) and why != "gone":
        yield t.text("It is no longer shown at its source.")
    if not quotes_allowed(found.uses):
        yield t.text("It is not quoted: there is no consent to that.")
    elif Use.SEND_TO_REPRESENTATIVE not in found.uses:
        yield t.text("It is not quoted in packs for a named recipient: there is no consent to be sent to one.")
    if held(found):
        yield t.text("It is not quoted before a person has read it and approved it with a reason.")
    if not is_verified(found, store.now()):
        yield t.text("Its platform has to be asked again before an export; a pack made now leaves it out.")


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody noted at one time about one matter."""

    label: str
    by: str
    made_at: datetime
    facts: tuple[Mapping[str, Any], ...]


_FIRST = ("theme", "coded", "risk", "personal_data", "not_personal_data", "stance", "relevance")


def notes(facts: Sequence[Mapping[str, Any]]) -> list[Note]:
    """Annotations by matter, maker and minute; what decides about a quote first."""
    found: dict[tuple[str, str, datetime], list[Mapping[str, Any]]] = {}
    for fact in facts:
        at = fact["made_at"].replace(second=0, microsecond=0)
        found.setdefault((fact["label"], fact["by"], at), []).append(fact)
    made = [Note(label, by, at, tuple(several)) for (label, by, at), several in found.items()]
    return sorted(made, key=lambda note: _FIRST.index(note.label) if note.label in _FIRST else len(_FIRST))


def of_interest(codings: Sequence[Mapping[str, Any]], saying: Saying) -> list[dict[str, Any]]:
    """The codings for the page; of rounds that are open nothing but that somebody coded."""
    return [
        {
            **each,
            "said": ""
            if each["is_open"]
            else ", ".join(saying.label("theme", code) for code in each["themes"])
            or saying.value("coded", each["answer"]),
        }
        for each in codings
    ]
