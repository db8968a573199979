"""The choice of quotes as pages: what the software proposes, changed by a person and saved under that person's name.

It is the same file that `advocacy-monitor pack propose` writes. A choice never changes a word and lifts nothing: what
may not be quoted, and what nobody said, is refused in words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from starlette.responses import Response

from advocacy_monitor.desk.context import Asked, Page, Refusal
from advocacy_monitor.desk.pack_jobs import TooManyJobsError
from advocacy_monitor.desk.pack_query import carried
from advocacy_monitor.desk.pages.packs import Wish, jobs, known_recipients, noted, ordered
from advocacy_monitor.desk.selections import (
    Book,
    Entry,
    check_name,
    entries_of,
    listed,
    moved,
    open_book,
    path_of,
    problems,
    save,
)
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.selection import ANNEX, MAIN, NO, Chosen
from advocacy_monitor.staff.roles import Right
from advocacy_monitor.summary.filters import Filters

_MOST_PLACES = 100_000


def index(asked: Asked) -> Response:
    """The choices there are, and a form for a new proposal."""
    return _index(asked, Filters.read(asked.query.multi_items()), Wish.read(asked.query))


def _index(
    asked: Asked, filters: Filters, wish: Wish, *, name: str = "", wrong: str = "", status: int = 200
) -> Response:
    found = carried(filters, asked.t)
    known, note = known_recipients(asked)
    return asked.page(
        "choose.html",
        status=status,
        books=listed(asked.desk.loaded),
        filters=found.filters,
        dropped=found.dropped,
        asked_filters=filters,
        recipients=known,
        recipients_note=note,
        wish=wish,
        name=name,
        wrong=wrong,
    )


def propose(asked: Asked) -> Response:
    """Begins a proposal in the background."""
    wish = Wish.read(asked.form)
    filters = Filters.read((key, value) for key, value in asked.form.multi_items() if isinstance(value, str))
    name = str(asked.form.get("name", ""))
    try:
        name = check_name(name, asked.t)
        path = path_of(asked.desk.loaded, name, asked.t)
        if path.exists():
            raise ConfigError(asked.t.text("There is a choice called {name} already; take another name.", name=name))
        query, order = ordered(asked, filters, wish)
        path.parent.mkdir(exist_ok=True)
        # Nothing leaves yet: posts are looked up when the pack is made.
        order = replace(order, look=False, unverified_too=True)
        job = jobs(asked).propose(query, order, name=name, path=path, by=asked.person.name)
    except (ConfigError, TooManyJobsError) as error:
        status = 409 if isinstance(error, TooManyJobsError) else 400
        return _index(asked, filters, wish, name=name, wrong=str(error), status=status)
    noted(asked, "propose quotes", job, filters)
    return asked.to(f"/packs/jobs/{job.id}", say=asked.t.text("The quotes are being proposed."))


def book(asked: Asked) -> Response:
    """A choice with its statements, to be changed."""
    opened = _opened(asked)
    return _book(asked, opened, opened.entries)


def _opened(asked: Asked) -> Book:
    name = str(asked.path["name"])
    path = path_of(asked.desk.loaded, name, asked.t)
    if not path.is_file():
        raise Refusal(404, asked.t.text("There is no choice of quotes with this name."))
    return open_book(asked.desk.reader(), path, name=path.stem, folder=asked.desk.loaded.folder)


def _book(asked: Asked, opened: Book, entries: Sequence[Entry], *, wrong: str = "", status: int = 200) -> Response:
    return asked.page(
        "choose_book.html",
        status=status,
        book=opened,
        query=opened.selection.query,
        entries=entries,
        uses=(
            (MAIN, asked.t.text("May stand on a page")),
            (ANNEX, asked.t.text("Annex only")),
            (NO, asked.t.text("Leave out")),
        ),
        counted={use: sum(each.use == use for each in entries) for use in (MAIN, ANNEX, NO)},
        critical=sum(each.critical and each.use == MAIN for each in entries),
        mistakes=sum(bool(each.wrong) for each in entries),
        wrong=wrong,
    )


def change(asked: Asked) -> Response:
    """Saves a choice, if every quote in it is what somebody said and may be quoted; else says what is wrong."""
    opened = _opened(asked)
    store, selection = asked.desk.reader(), opened.selection
    typed = [_typed(asked, each) for each in selection.quotes]
    entries = entries_of(store, selection, typed)
    wrong = problems(entries)
    entries = tuple(replace(each, wrong=wrong.get(each.item_id, "")) for each in entries)
    if wrong:
        words = asked.t.counted(
            "Nothing was saved: {n} quote cannot stand like this.",
            "Nothing was saved: {n} quotes cannot stand like this.",
            len(wrong),
        )
        return _book(asked, opened, entries, wrong=words, status=400)
    if asked.form.get("version") != opened.version:
        words = asked.t.text(
            "Nothing was saved: {name} has saved this choice meanwhile. Open it anew.",
            name=selection.chosen_by or asked.t.text("somebody"),
        )
        return _book(asked, opened, entries, wrong=words, status=409)
    with asked.desk.writer() as writing:
        save(
            writing,
            path_of(asked.desk.loaded, opened.name, asked.t),
            opened,
            moved(entries, _places(asked)),
            by=asked.person.name,
        )
        chosen = [each.item_id for each in entries if each.use == MAIN]
        asked.desk.note(writing, asked.person, "choose quotes", item_ids=chosen, detail=opened.name)
    return asked.to(f"/packs/choose/{opened.name}", say=asked.t.text("Your choice is saved."))


def _typed(asked: Asked, chosen: Chosen) -> Chosen:
    """A quote of the file as the form changes it; what the form does not name stays."""
    use = asked.form.get(f"use-{chosen.item}")
    printed = asked.form.get(f"printed-{chosen.item}")
    return replace(
        chosen,
        use=use.strip() if isinstance(use, str) else chosen.use,
        printed=_lines(printed) if isinstance(printed, str) else chosen.printed,
    )


def _lines(text: str) -> str:
    """A browser sends every line end as CR LF."""
    return text.replace("\r\n", "\n").strip()


def _places(asked: Asked) -> dict[int, int]:
    """Where each quote is to stand, as far as the form says so with a number."""
    found = {}
    for key, value in asked.form.multi_items():
        item = key.removeprefix("place-")
        if key.startswith("place-") and isinstance(value, str) and item.isdecimal() and value.strip().isdecimal():
            found[int(item[:18])] = min(int(value.strip()[:9]), _MOST_PLACES)
    return found


PAGES = (
    Page("GET", "/packs/choose", Right.EXPORT, index),
    Page("POST", "/packs/choose", Right.EXPORT, propose),
    Page("GET", "/packs/choose/{name}", Right.EXPORT, book),
    Page("POST", "/packs/choose/{name}", Right.EXPORT, change),
)
