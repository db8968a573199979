"""People from the result of a SPARQL query to Wikidata, as JSON: the names of the variables say what is what."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from advocacy_monitor.errors import ConfigError
from advocacy_monitor.models import Recipient
from advocacy_monitor.recipients_records import LeftOut, Made, mappings, text
from advocacy_monitor.recipients_rows import tidy
from advocacy_monitor.recipients_salutation import salutation

VARIABLES: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "person", "politician", "member", "mp", "item"),
    "office": ("office", "position", "role"),
    "party": ("party", "group"),
    "area": ("area", "constituency", "district", "electorate"),
    "committee": ("committee",),
    "family": ("family", "family_name", "familyName"),
    "sex": ("gender", "sex"),
    "title": ("title",),
}
"""Names of variables, each also with `Label` behind it, as Wikidata's label service makes them."""

_ID = re.compile(r"Q\d+")


def from_wikidata(pages: Sequence[Any], *, on: date, language: str) -> Made:
    """A recipient for each row that differs. `on` is not used: the query says who is meant. Raises ConfigError."""
    seen: set[tuple[str, str, str]] = set()
    for row in _rows(pages):
        values = {field: _value(row, names) for field, names in VARIABLES.items()}
        known = (values["name"], values["area"], values["office"])
        if not values["name"]:
            yield LeftOut(name=_shown(row), reason="has no label in the language of the query")
        elif known not in seen:
            seen.add(known)
            yield Recipient(
                key="",
                **{field: values[field] for field in ("name", "office", "party", "area", "committee")},
                language=language,
                salutation=salutation(language, family=values["family"], sex=values["sex"], title=values["title"]),
            )


def _rows(pages: Sequence[Any]) -> list[Mapping[str, Any]]:
    """The rows of results in the standard form, and plain objects, as the query page's own download has them."""
    found: list[Mapping[str, Any]] = []
    for page in pages:
        results = page.get("results") if isinstance(page, Mapping) else None
        if isinstance(results, Mapping):
            found += mappings(results.get("bindings"))
        elif isinstance(page, Mapping):
            found.append(page)
    names = {name for row in found for name in row}
    wanted = [each for name in VARIABLES["name"] for each in (name, f"{name}Label")]
    if not names & set(wanted):
        raise ConfigError(
            f"there is no variable for the name in this result; use ?name or ?personLabel; "
            f"found {', '.join(sorted(names)[:10]) or 'nothing'}"
        )
    return found


def _value(row: Mapping[str, Any], names: Sequence[str]) -> str:
    """The first text among the variables of a field; addresses of entities and labels that are only ids are none."""
    for each in (spelling for name in names for spelling in (f"{name}Label", name)):
        cell = row.get(each)
        if isinstance(cell, Mapping) and cell.get("type") == "uri":
            continue
        found = text(cell, "value") if isinstance(cell, Mapping) else tidy(cell) if isinstance(cell, str) else ""
        if found and not _ID.fullmatch(found) and not found.startswith(("http://", "https://")):
            return found
    return ""


def _shown(row: Mapping[str, Any]) -> str:
    """The id of an entity in a row, to find it again."""
    return next((found.group() for cell in row.values() if (found := _ID.search(str(cell)))), "a row")
