"""How a letter begins, where the data say enough; nothing is guessed from a first name."""

from __future__ import annotations

_SEXES = {
    **dict.fromkeys(("f", "female", "w", "weiblich", "woman", "frau"), "f"),
    **dict.fromkeys(("m", "male", "männlich", "man", "mann"), "m"),
}
_GERMAN = {"f": "Sehr geehrte Frau", "m": "Sehr geehrter Herr"}
_ENGLISH = {"f": "Ms", "m": "Mr"}
_ENGLISH_TITLES = (
    "dr",
    "prof",
    "professor",
    "sir",
    "dame",
    "lord",
    "lady",
    "baroness",
    "senator",
    "mr",
    "ms",
    "mrs",
    "miss",
)


def salutation(language: str, *, family: str, sex: str = "", title: str = "") -> str:
    """'Sehr geehrte Frau Dr. Muster,' or 'Dear Ms Example,' with its comma; '' where the data do not say enough.

    `title` is an academic title in German, a title of address in English, where it stands instead of Ms and Mr.
    """
    who = _SEXES.get(sex.strip().casefold(), "")
    if not family:
        return ""
    if language == "de" and who:
        return f"{' '.join(filter(None, (_GERMAN[who], title, family)))},"
    if language == "en":
        return addressed(f"{title} {family}" if _is_address(title) else f"{_ENGLISH[who]} {family}" if who else "")
    return ""


def addressed(name: str) -> str:
    """'Dear Ms Example,' for a name that is written as one addresses it, in English; '' for ''."""
    return f"Dear {name}," if name else ""


def _is_address(title: str) -> bool:
    return title.rstrip(".").casefold() in _ENGLISH_TITLES
