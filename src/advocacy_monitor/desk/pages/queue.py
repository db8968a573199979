"""The moderation queue: what waits, newest or most uncertain first, and decisions about one or many at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.responses import Response

from advocacy_monitor.desk.context import Asked, Page, Refusal
from advocacy_monitor.desk.pages.queue_rows import rows_of
from advocacy_monitor.desk.pages.queue_words import (
    claimed_in_words,
    count_in_words,
    decided_in_words,
    refused_in_words,
    usual_reasons,
)
from advocacy_monitor.errors import ModerationError
from advocacy_monitor.models import Decision, Status
from advocacy_monitor.moderate import TAKEN_BACK, UNDO_WITHIN, RuleError, decide, take_back
from advocacy_monitor.staff.roles import Right
from advocacy_monitor.summary.filters import Filters
from advocacy_monitor.summary.paging import ORDERS, check_order

_A_PAGE = 25
_PAGES = (25, 50, 100, 200)
_MOST = 200
_UNASKED = 10
"""Whoever approves more than this at once types how many: a page of ticks is made faster than it is read."""
_LONGEST_REASON = 2000
_ORDER = "uncertain"


@dataclass(frozen=True, slots=True)
class Typed:
    """A decision as it was sent: what is kept where it is refused."""

    item_ids: tuple[int, ...] = ()
    status: str = ""
    reason: str = ""
    seen: Mapping[int, int] = field(default_factory=dict)
    even_claimed: bool = False
    count: str = ""
    back: str = "/queue"

    @property
    def is_counted(self) -> bool:
        """Whether so many are approved at once that their number has to be typed."""
        return self.status == Status.APPROVED and len(self.item_ids) > _UNASKED


def queue(asked: Asked) -> Response:
    """What waits, or what the filters ask for."""
    return _shown(asked, asked.query.multi_items())


def _shown(
    asked: Asked,
    pairs: list[tuple[str, str]],
    *,
    typed: Typed | None = None,
    problem: str = "",
    status: int = 200,
) -> Response:
    filters, order, extra = _filters(pairs)
    store, columns, now = asked.desk.reader(), asked.desk.columns, asked.desk.clock()
    per, after = _per(pairs), dict(pairs).get("after")
    found = columns.page(filters, store=store, order=order, limit=per, after=after)
    # What was sent stands on the page again, wherever it is in the list by now.
    ids = tuple(dict.fromkeys([*(typed.item_ids[:_MOST] if typed and problem else ()), *found.ids]))
    held = asked.desk.claims.take(asked.person.name, ids, now=now)
    here = f"{asked.url('/queue')}?{urlencode([*filters.pairs(), *extra])}"
    if typed is None and ("ticked", "1") in pairs:
        typed = Typed(item_ids=tuple(each for each in ids if each not in held))
    return asked.page(
        "queue.html",
        status=status,
        filters=filters,
        order=order,
        orders=ORDERS,
        found=found,
        rows=list(rows_of(asked, ids, held)),
        choices=columns.choices,
        typed=typed or Typed(),
        problem=problem,
        reasons=usual_reasons(asked.t),
        undo=_may_undo(asked),
        most=_MOST,
        here=here,
        this_page=f"{here}&{urlencode({'after': after})}" if after else here,
        extra=extra,
        per=per,
        pages=_PAGES,
        ask_from=_UNASKED,
        kept_status=[("status", each) for each in filters.statuses],
    )


def _filters(pairs: list[tuple[str, str]]) -> tuple[Filters, str, list[tuple[str, str]]]:
    """The filters of an address, the order, and what links keep of it beside the filters.

    The queue is of what waits as long as neither a status nor all of them are asked for.
    """
    filters = Filters.read(pairs)
    order = dict(pairs).get("order") or _ORDER
    check_order(order)
    of_all = ("all", "1") in pairs and not filters.statuses
    if not filters.statuses and not of_all:
        filters = filters.but(statuses=(str(Status.PENDING),))
    per = _per(pairs)
    kept = [("order", order), *([("per", str(per))] if per != _A_PAGE else []), *([("all", "1")] if of_all else [])]
    return filters, order, kept


def _per(pairs: list[tuple[str, str]]) -> int:
    """How many statements stand on a page."""
    per = _number(dict(pairs).get("per"))
    return per if per in _PAGES else _A_PAGE


def _may_undo(asked: Asked) -> tuple[int, int]:
    """How many statements the person's last decision was about, where it can still be taken back, and its number."""
    last = asked.desk.reader().assertions.last_decisions(asked.person.name)
    if not last or last[0].decision.reason == TAKEN_BACK:
        return 0, 0
    is_late = asked.desk.clock() - last[0].decision.decided_at > UNDO_WITHIN
    return (0, 0) if is_late else (len(last), last[-1].id)


def make_decision(asked: Asked) -> Response:
    """Decides about the statements that were ticked, all or none."""
    typed = _typed(asked)
    problem = _problem(asked, typed)
    if problem:
        return _again(asked, typed, problem)
    try:
        with asked.desk.writer() as store:
            made = decide(
                store,
                typed.item_ids,
                Status(typed.status),
                moderator=asked.person.name,
                reason=typed.reason,
                clock=asked.desk.clock,
                seen=typed.seen,
            )
            asked.desk.note(store, asked.person, "decide", item_ids=typed.item_ids, detail=typed.status)
    except RuleError as error:
        return _again(asked, typed, refused_in_words(error, asked.t), status=409)
    asked.desk.claims.let_go(asked.person.name, typed.item_ids)
    return _done(asked, typed, made)


def undo(asked: Asked) -> Response:
    """Takes back what the person decided last."""
    back = _back(asked)
    try:
        with asked.desk.writer() as store:
            made = take_back(
                store, moderator=asked.person.name, clock=asked.desk.clock, last_id=_number(asked.form.get("last"))
            )
            asked.desk.note(store, asked.person, "undo", item_ids=[each.item_id for each in made])
    except RuleError as error:
        raise Refusal(409, refused_in_words(error, asked.t)) from error
    except ModerationError as error:
        raise Refusal(409, asked.t.text("There is nothing of yours from the last hour to take back.")) from error
    said = asked.t.counted(
        "Taken back: {n} statement stands where it stood before, or waits again.",
        "Taken back: {n} statements stand where they stood before, or wait again.",
        len(made),
    )
    return asked.to(back, say=said)


def renew(asked: Asked) -> Response:
    """Keeps what somebody still reads; the page's script asks for it while it is used. Tells what others hold."""
    numbers = [number for each in asked.query.getlist("item")[:_MOST] if (number := _number(each)) is not None]
    held = asked.desk.claims.take(asked.person.name, numbers, now=asked.desk.clock())
    return asked.json({"held": {str(number): claim.name for number, claim in held.items()}})


def let_go(asked: Asked) -> Response:
    """Gives up what one has claimed, so that others can take it."""
    asked.desk.claims.let_go(asked.person.name)
    return asked.to("/", say=asked.t.text("Others can take the statements that you had on the screen."))


def _typed(asked: Asked) -> Typed:
    form = asked.form
    texts = {key: value if isinstance(value := form.get(key, ""), str) else "" for key in ("status", "reason")}
    only, _, status = str(form.get("only", "")).partition(":")  # the button of one statement
    given = [only] if only else form.getlist("item")
    item_ids = tuple(dict.fromkeys(number for value in given if (number := _number(value)) is not None))
    return Typed(
        item_ids=item_ids,
        status=status or texts["status"].strip(),
        reason=texts["reason"].strip(),
        seen=_seen(form.getlist("seen"), item_ids),
        even_claimed=form.get("even_claimed") == "1",
        count="".join(str(form.get("count", "")).split()),
        back=_back(asked),
    )


def _back(asked: Asked) -> str:
    back = asked.form.get("back", "")
    return back if isinstance(back, str) and back else "/queue"


def _number(value: Any) -> int | None:
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19 else None


def _seen(given: list[Any], item_ids: tuple[int, ...]) -> dict[int, int]:
    """The newest decisions that were on the page: 'item:decision', or one number for the page of one statement."""
    found: dict[int, int] = {}
    for value in given:
        item, _, decision = str(value).rpartition(":")
        number, known = (_number(item) if item else item_ids[0] if len(item_ids) == 1 else None), _number(decision)
        if number is not None and known is not None:
            found[number] = known
    return found


def _problem(asked: Asked, typed: Typed) -> str:
    t = asked.t
    if not typed.item_ids:
        return t.text("Tick at least one statement.")
    if len(typed.item_ids) > _MOST:
        return t.counted("At most {n} statement at once.", "At most {n} statements at once.", _MOST)
    if typed.status not in list(Status):
        return t.text("Choose what you decide.")
    if len(typed.reason) > _LONGEST_REASON:
        return t.counted("A reason has at most {n} character.", "A reason has at most {n} characters.", _LONGEST_REASON)
    if set(typed.item_ids) - set(typed.seen):
        return t.text("Load the page anew and decide again: this form did not say what you had seen.")
    now = asked.desk.clock()
    held = asked.desk.claims.held_by_others(asked.person.name, typed.item_ids, now=now)
    if held and not typed.even_claimed:
        return claimed_in_words(held, t)
    if typed.is_counted and typed.count != str(len(typed.item_ids)):
        return count_in_words(len(typed.item_ids), t)
    return ""


def _again(asked: Asked, typed: Typed, problem: str, *, status: int = 400) -> Response:
    """The queue with what was ticked and typed, and why nothing was decided."""
    pairs = parse_qsl(urlsplit(typed.back).query, keep_blank_values=True)
    return _shown(asked, pairs, typed=typed, problem=problem, status=status)


def _done(asked: Asked, typed: Typed, made: list[Decision]) -> Response:
    """Back to the list, at the statement after those that were decided."""
    on_page = list(typed.seen)
    decided = [place for place, each in enumerate(on_page) if each in typed.item_ids]
    following = [each for each in on_page[decided[-1] + 1 :] if each not in typed.item_ids] if decided else []
    place = f"#item-{following[0]}" if following and "#" not in typed.back else ""
    return asked.to(typed.back + place, say=decided_in_words(made, asked.t))


PAGES = (
    Page("GET", "/queue", Right.MODERATE, queue),
    Page("GET", "/queue/renew", Right.MODERATE, renew),
    Page("POST", "/queue/decide", Right.MODERATE, make_decision),
    Page("POST", "/queue/undo", Right.MODERATE, undo),
    Page("POST", "/queue/let-go", Right.MODERATE, let_go),
)
