"""'Erase this person': what would go, confirmed by typing how many statements that are, then what is left to do."""

from __future__ import annotations

import hmac

from starlette.responses import Response

from advocacy_monitor import erase as stage
from advocacy_monitor.desk.context import Asked, Page, Refusal
from advocacy_monitor.desk.pages.statement_found import field, found_for, not_there
from advocacy_monitor.desk.pages.statement_words import saying
from advocacy_monitor.errors import ModerationError
from advocacy_monitor.staff.roles import Right

_MOST_DIGITS = 9


def preview(asked: Asked) -> Response:
    """What is stored of the person who made a statement, and who holds it."""
    return _page(asked, _also(asked, asked.query.getlist("also")))


def _also(asked: Asked, values: list[str]) -> list[int]:
    """Numbers of copies that shall go as well."""
    if any(not (value.isascii() and value.isdigit() and len(value) <= 18) for value in values):
        raise Refusal(400, asked.t.text("A statement is named by its number."))
    return [int(value) for value in values]


def _page(asked: Asked, also: list[int], *, problem: str = "", status: int = 200) -> Response:
    found = found_for(asked)
    return asked.page(
        "statement_erase.html",
        status=status,
        problem=problem,
        number=found.item.id,
        shown=stage.preview(asked.desk.reader(), found.item.id, also=also),
        words=saying(asked),
    )


def erase(asked: Asked) -> Response:
    """Removes what was shown, if the number that was typed is that of the statements."""
    number = found_for(asked).item.id
    also = _also(asked, [value for value in asked.form.getlist("also") if isinstance(value, str)])
    typed = field(asked, "confirmed")
    try:
        with asked.desk.writer() as store:
            shown = stage.preview(store, number, also=also)
            if not hmac.compare_digest(shown.digest, field(asked, "digest")):
                raise ModerationError(
                    asked.t.text("What is stored of this person has changed since you saw it. Look again.")
                )
            only_these = bool(field(asked, "only_these"))
            done = stage.erase(store, shown, confirmed=_number(typed), only_these=only_these, by=asked.person.name)
            asked.desk.note(store, asked.person, "erase", item_ids=done.items, detail=stage.REASON)
    except ModerationError as error:
        if not asked.desk.reader().erasures.of_same_person(number):
            raise not_there(asked) from error
        return _page(asked, also, problem=str(error), status=409)
    return asked.page("statement_erased.html", done=done, number=number)


def _number(typed: str) -> int:
    """A number as somebody typed it; -1 for what is none."""
    digits = typed.replace(".", "").replace(",", "").replace(" ", "")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS else -1


PAGES = (
    Page("GET", "/statements/{item:int}/erase", Right.ERASE, preview),
    Page("POST", "/statements/{item:int}/erase", Right.ERASE, erase),
)
