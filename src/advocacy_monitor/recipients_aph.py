"""Members and senators of Australia's Parliament, from the CSV files of contact details that it offers (aph.gov.au).

The members' file has an electorate, the senators' file only a state. In files as they were seen the headings stand in
doubled quotation marks. Addresses and telephone numbers in them are not kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from advocacy_monitor.errors import ConfigError
from advocacy_monitor.models import Recipient
from advocacy_monitor.recipients_records import LeftOut, Made
from advocacy_monitor.recipients_rows import tidy
from advocacy_monitor.recipients_salutation import salutation
from advocacy_monitor.sources.tabular import Table

_NEEDED = ("surname", "first name", "state")
_STATES = {
    "ACT": "Australian Capital Territory",
    "NSW": "New South Wales",
    "NT": "Northern Territory",
    "QLD": "Queensland",
    "SA": "South Australia",
    "TAS": "Tasmania",
    "VIC": "Victoria",
    "WA": "Western Australia",
}


def from_aph(tables: Sequence[Table], *, language: str) -> Made:
    """A recipient for each row. Raises ConfigError when the columns are not those of these files."""
    seen: set[tuple[str, str]] = set()
    for table in tables:
        header, *body = table.rows
        headings = [tidy(cell).strip('"').strip().casefold() for cell in header.cells]
        if missing := [name for name in _NEEDED if name not in headings]:
            raise ConfigError(
                f"this is no list of members or senators as the Australian Parliament offers it: it has no column "
                f"{', '.join(missing)}; its columns are {', '.join(headings[:12])}"
            )
        for row in body:
            cells = {name: tidy(cell) for name, cell in zip(headings, row.cells, strict=False)}
            made = _recipient(cells, row.number, language)
            known = (made.name, made.area) if isinstance(made, Recipient) else ("", str(row.number))
            if known not in seen:
                seen.add(known)
                yield made


def _recipient(cells: Mapping[str, str], number: int, language: str) -> Recipient | LeftOut:
    family = cells.get("surname", "")
    given = cells.get("preferred name") or cells.get("first name", "")
    if not family:
        return LeftOut(name=f"row {number}", reason="has no surname")
    state = _STATES.get(cells.get("state", "").upper(), cells.get("state", ""))
    electorate = cells.get("electorate", "")
    seat = f"Member for {electorate}" if electorate else f"Senator for {state}" if state else ""
    return Recipient(
        key="",
        name=f"{given} {family}".strip(),
        office=", ".join(filter(None, (cells.get("parliamentary titles", ""), seat))),
        party=cells.get("political party", ""),
        area=electorate or state,
        language=language,
        salutation=salutation(
            language,
            family=family,
            sex=cells.get("gender", ""),
            title=cells.get("salutation", "") if electorate else "Senator",
        ),
    )
