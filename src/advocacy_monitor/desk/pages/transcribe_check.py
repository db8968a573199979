"""The second reading: by somebody else, who does not see the first; then what differs is shown, field by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import Response

from advocacy_monitor.desk.context import Asked
from advocacy_monitor.desk.pages.transcribe_enter import flyer_in, sending_in, sheet
from advocacy_monitor.desk.pages.transcribe_read import Typed, read, read_field, typed
from advocacy_monitor.desk.pages.transcribe_words import (
    asking,
    batch_of,
    field_said,
    number_in,
    opened,
    value_said,
)
from advocacy_monitor.errors import ModerationError, StoreError
from advocacy_monitor.store import Store
from advocacy_monitor.store.paper import FIRST, SECOND, Batch, Entry
from advocacy_monitor.store.scans import OnPaper
from advocacy_monitor.transcribing import form_of, new_sending, repair
from advocacy_monitor.transcribing_checks import Readings, enter_second, readings, settle, to_read, to_settle

_OTHER = "other"


def show_second(asked: Asked) -> Response:
    """The page of the next flyer that this person has to read a second time; `after` goes on behind a number."""
    with opened(asked) as store:
        batch = batch_of(asked, store)
        repair(store, batch, asking=asking(asked))
        wanted = to_read(store, batch, asked.person.name)
        if not wanted:
            said = asked.said or asked.t.text("There is nothing for you to read a second time.")
            return asked.to(f"/transcribe/{batch.id}", say=said)
        after = number_in(asked.query.get("after", "")) or 0
        flyer = next((each for each in wanted if each > after), wanted[0])
        scans = store.paper.scans.of(batch.id, flyer)
    return sheet(asked, batch, flyer, scans, Typed(), new_sending(), is_second=True)


def save_second(asked: Asked) -> Response:
    """Stores a blind reading and goes on to the next; what is refused stays in the form."""
    given, flyer, sending = typed(asked.form), flyer_in(asked), sending_in(asked)
    with opened(asked) as store:
        batch = batch_of(asked, store)
        scans = store.paper.scans.of(batch.id, flyer)
    reading = read(given, form_of(batch), asking(asked).libraries, asked.t)
    if reading.wrong:
        problem = asked.t.text("Nothing is stored yet: something needs a look.")
        return sheet(asked, batch, flyer, scans, given, sending, wrong=reading.wrong, problem=problem, is_second=True,
                     status=400)  # fmt: skip
    entry = Entry(
        batch_id=batch.id, flyer=flyer, entry=SECOND, sending=sending, fields=reading.fields,
        transcriber=asked.person.name,
    )  # fmt: skip
    on_paper = OnPaper(name=reading.on_paper.name, email=reading.on_paper.email)
    try:
        with asked.desk.writer() as store:
            enter_second(store, batch, entry, on_paper, asking=asking(asked))
            asked.desk.note(store, asked.person, "transcribe.second", detail=f"{batch.name}: {flyer}")
    except ModerationError as error:
        status, problem = 409, str(error)
    except StoreError as error:
        status = 503
        problem = asked.t.text("It could not be stored: {why}. What you typed is still here.", why=str(error))
    else:
        said = asked.t.text("The second reading of flyer {number} is stored.", number=flyer)
        return asked.to(f"/transcribe/{batch.id}/second", say=said)
    return sheet(asked, batch, flyer, scans, given, sending, problem=problem, is_second=True, status=status)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A field that two people read differently, in words; what was chosen, and what was typed instead of both."""

    name: str
    label: str
    first: list[str]
    second: list[str]
    options: list[str]
    is_long: bool
    chosen: str = ""
    typed: str = ""
    wrong: str = ""

    def __repr__(self) -> str:
        return f"Difference({self.name!r}, ...)"


def show_settle(asked: Asked) -> Response:
    """The next flyer on which two readings differ."""
    with opened(asked) as store:
        batch = batch_of(asked, store)
        repair(store, batch, asking=asking(asked))
        wanted = to_settle(store, batch)
        both = readings(store, batch, wanted[0]) if wanted else None
        if both is None:
            said = asked.said or asked.t.text("Nothing is to be settled.")
            return asked.to(f"/transcribe/{batch.id}", say=said)
        return _settling(asked, store, batch, both, {})


def _settling(
    asked: Asked, store: Store, batch: Batch, both: Readings, wrong: Mapping[str, str], *, problem: str = "",
    status: int = 200,
) -> Response:  # fmt: skip
    first, second = (store.paper.entry(batch.id, both.flyer, each) for each in (FIRST, SECOND))
    return asked.page(
        "transcribe_settle.html",
        status=status,
        batch=batch,
        flyer=both.flyer,
        scans=store.paper.scans.of(batch.id, both.flyer),
        differences=[_difference(asked, batch, both, name, wrong.get(name, "")) for name in both.differing],
        compared=both.compared,
        people=(first.transcriber if first else "", second.transcriber if second else ""),
        problem=problem,
    )


def _difference(asked: Asked, batch: Batch, both: Readings, name: str, wrong: str) -> Difference:
    form, given = form_of(batch), typed(asked.form)
    question = form.question(name)
    first, second = both.first.get(name, ""), both.second.get(name, "")
    return Difference(
        name=name,
        label=field_said(asked, form, name),
        first=value_said(asked, form, name, first),
        second=value_said(asked, form, name, second),
        options=[each.said(asked.t.code) for each in question.options] if question else [],
        is_long=bool(question and question.kind == "text"),
        chosen=str(asked.form.get(f"right_{name}", "")),
        typed=given.value(name),
        wrong=wrong,
    )


def decide(asked: Asked) -> Response:
    """Settles one flyer; a field that nobody decided, or that is typed wrongly, comes back with the rest."""
    flyer = flyer_in(asked)
    with opened(asked) as store:
        batch = batch_of(asked, store)
        both = readings(store, batch, flyer)
        if both is None or flyer not in to_settle(store, batch):
            said = asked.t.text("Flyer {number} was settled by somebody else.", number=flyer)
            return asked.to(f"/transcribe/{batch.id}/settle", say=said)
        chosen, wrong = _chosen(asked, batch, both)
        if not wrong and str(asked.form.get("seen", "")).split() != list(both.differing):
            wrong = dict.fromkeys(both.differing, asked.t.text("This was read again in the meantime. Look once more."))
        if wrong:
            problem = asked.t.text("Nothing is stored yet: something needs a look.")
            return _settling(asked, store, batch, both, wrong, problem=problem, status=400)
    try:
        with asked.desk.writer() as store:
            settle(store, batch, flyer, chosen, by=asked.person.name, asking=asking(asked))
            asked.desk.note(store, asked.person, "transcribe.settle", detail=f"{batch.name}: {flyer}")
    except (ModerationError, StoreError) as error:
        with opened(asked) as store:
            return _settling(asked, store, batch, both, {}, problem=str(error), status=409)
    said = asked.t.text("Flyer {number} is settled.", number=flyer)
    return asked.to(f"/transcribe/{batch.id}/settle", say=said)


def _chosen(asked: Asked, batch: Batch, both: Readings) -> tuple[dict[str, str], dict[str, str]]:
    """What stands on the sheet, by field, and what is wrong with the form."""
    form, libraries, given = form_of(batch), asking(asked).libraries, typed(asked.form)
    given = Typed(values=given.values, as_is=frozenset(both.differing))
    chosen: dict[str, str] = {}
    wrong: dict[str, str] = {}
    for name in both.differing:
        right = asked.form.get(f"right_{name}")
        if right in (FIRST, SECOND):
            chosen[name] = (both.first if right == FIRST else both.second).get(name, "")
        elif right == _OTHER:
            chosen[name], problem = read_field(given, name, form, libraries, asked.t)
            wrong.update({name: problem} if problem else {})
        else:
            wrong[name] = asked.t.text("Say what stands on the sheet.")
    return chosen, wrong
