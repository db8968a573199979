"""What staff do with a statement that is held because of a risk (R7): one note for each risk, in English and German.

The notes are data; `moderate list` and `moderate show` print them beside the statement.
"""

from __future__ import annotations

_NOTES: dict[str, dict[str, str]] = {
    "crisis": {
        "en": (
            "Read this today. Somebody may be in danger, or was. Tell the person in charge of safeguarding at once; if"
            " danger to life seems near, call the emergency number. Never answer in public and never ask for details"
            " there; if the person left a way to be reached for this purpose, a trained colleague writes in private and"
            " names a helpline. Do not quote it unless the person has agreed to exactly these words, afterwards."
        ),
        "de": (
            "Noch heute lesen. Jemand ist oder war vielleicht in Gefahr. Sofort die für Schutzfragen zuständige Person"
            " informieren; besteht Lebensgefahr, den Notruf wählen. Nie öffentlich antworten und dort nicht nachfragen;"
            " hat die Person dafür einen Kontakt hinterlassen, schreibt eine geschulte Kollegin oder ein geschulter"
            " Kollege nicht öffentlich und nennt eine Beratungsstelle. Nicht zitieren, außer die Person stimmt danach"
            " genau diesem Wortlaut zu."
        ),
    },
    "minor": {
        "en": (
            "A child seems to speak or can be recognised. Take out name, age, school and class. Quote a child under 16"
            " only with a parent's consent, and without a name. If the text points to harm, treat it as a crisis."
        ),
        "de": (
            "Ein Kind spricht oder ist erkennbar. Name, Alter, Schule und Klasse entfernen. Kinder unter 16 nur mit"
            " Zustimmung der Eltern und ohne Namen zitieren. Deutet der Text auf Gefahr hin, wie eine Krise behandeln."
        ),
    },
    "health": {
        "en": (
            "Health is told, the writer's or somebody else's. Quote it only where the writer has agreed to these words;"
            " never where it is about a third person who can be recognised. The theme may be counted."
        ),
        "de": (
            "Es geht um Gesundheit, die eigene oder die eines anderen. Nur zitieren, wenn die Person diesem Wortlaut"
            " zugestimmt hat; nie, wenn Dritte erkennbar sind. Das Thema darf gezählt werden."
        ),
    },
    "religion": {
        "en": (
            "A belief is told or may be guessed. Check that nobody else's faith is made known. Quote it only where the"
            " writer has agreed to these words, or leave the words about belief out with [...]."
        ),
        "de": (
            "Ein Glaube wird genannt oder lässt sich erschließen. Prüfen, ob der Glaube Dritter bekannt würde. Nur mit"
            " Zustimmung zu diesem Wortlaut zitieren oder die Stelle mit [...] auslassen."
        ),
    },
    "politics": {
        "en": (
            "A party, a vote or a union is named. Check whether this tells how the writer votes; if so, quote only with"
            " consent to these words. Leave out praise or blame of parties where the campaign is not partisan."
        ),
        "de": (
            "Partei, Wahl oder Gewerkschaft werden genannt. Prüfen, ob die politische Haltung der Person erkennbar ist;"
            " dann nur mit Zustimmung zu diesem Wortlaut zitieren. Lob oder Tadel von Parteien weglassen, wenn die"
            " Kampagne überparteilich ist."
        ),
    },
    "homelessness": {
        "en": (
            "Somebody has or had no home. Do not name the place or the time of day where the person can be found. Quote"
            " only with consent to these words, unnamed. If the person asks for help, pass it on today."
        ),
        "de": (
            "Jemand ist oder war ohne Wohnung. Weder Ort noch Tageszeit nennen, an denen die Person zu finden ist. Nur"
            " mit Zustimmung zu diesem Wortlaut und ohne Namen zitieren. Wird um Hilfe gebeten, noch heute weitergeben."
        ),
    },
    "sexuality": {
        "en": (
            "Sexual orientation or gender is told. Make sure that nobody is outed: quote only what the writer says of"
            " themselves, with consent to these words, without name and small place."
        ),
        "de": (
            "Sexuelle Orientierung oder Geschlecht werden genannt. Niemanden outen: nur zitieren, was die Person über"
            " sich selbst sagt, mit Zustimmung zu diesem Wortlaut, ohne Namen und kleinen Ort."
        ),
    },
    "origin": {
        "en": (
            "Origin, flight or residence status is told. Persons at risk may be searched for: take out route, dates,"
            " place and status. Quote only with consent to these words, unnamed. If abuse aims at the writer, hide it."
        ),
        "de": (
            "Herkunft, Flucht oder Aufenthalt werden genannt. Nach gefährdeten Personen wird vielleicht gesucht: Weg,"
            " Daten, Ort und Status entfernen. Nur mit Zustimmung zu diesem Wortlaut und ohne Namen zitieren."
            " Beschimpfungen verbergen."
        ),
    },
}

RISK_NAMES: tuple[str, ...] = tuple(_NOTES)
"""The risks that have a note: all values of the annotation `risk`."""


def note_for(risk: str, language: str) -> str:
    """What staff do about a risk, in German for `de` (also `de-AT`), else in English; empty for an unknown risk."""
    notes = _NOTES.get(risk, {})
    return notes.get(language.lower().split("-")[0].split("_")[0], notes.get("en", ""))
