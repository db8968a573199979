"""The list of statements, and downloads of exactly what it shows: CSV, XLSX and JSON.

Whoever may read everything sees and takes everything, marked as for staff. All others see, and those who export take,
only what may be shared; both the page and the file say how many that left out, and why.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response, StreamingResponse

from advocacy_monitor.candidates import Candidate, chosen_candidates
from advocacy_monitor.desk.context import Asked, Page, Refusal
from advocacy_monitor.desk.exports.about import About, about
from advocacy_monitor.desk.exports.files import MOST_XLSX, csv_metadata, csv_parts, json_parts, xlsx_file
from advocacy_monitor.desk.exports.rows import Sharing, batches
from advocacy_monitor.desk.exports.view import View, left_out, reason, view, without_words
from advocacy_monitor.staff.roles import Right
from advocacy_monitor.summary.filters import Filters
from advocacy_monitor.summary.paging import ORDERS, Found

_A_PAGE = 50
_SHARED_KEYS = ("theme", "source", "language", "area", "library")
_ALL_KEYS = ("status", *_SHARED_KEYS, "consent", "risk")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paged:
    """What the pager is told. There is no way back but to the first page: a list that grows has no fixed pages."""

    total: int
    capped: bool
    next: str | None
    previous: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A statement in the list. `status` and `risks` are empty for those who do not see how it was moderated."""

    id: int
    text: str
    language: str
    said_at: datetime
    source: str
    library: str | None
    area: str | None
    themes: Sequence[str]
    status: str | None
    risks: Sequence[str]
    consent: str | None = None
    claimed_by: str | None = None


def statements(asked: Asked) -> Response:
    """The list, with filters, search, and what to do with what is shown."""
    filters, order = _filters(asked), _order(asked)
    reads = asked.person.may(Right.READ)
    found = _page(asked, filters, order, shared_only=not reads)
    return asked.page(
        "statements.html",
        filters=filters,
        order=order,
        orders=[each for each in ORDERS if reads or each != "uncertain"],
        found=found,
        paged=Paged(total=found.total, capped=found.capped, next=found.next),
        rows=list(_rows(asked, found.ids, reads=reads)),
        keys=_ALL_KEYS if reads else _SHARED_KEYS,
        choices=lambda key: asked.desk.columns.choices(key, shared_only=not reads),
        reads=reads,
        may_download=_may_download(asked),
        left_out=_left_out(asked, filters, found.total) if _may_download(asked) and not reads else None,
        most_xlsx=MOST_XLSX,
    )


def download_csv(asked: Asked) -> Response:
    """The table as CSV, sent while it is read."""
    filters, shown, told = _asked_for(asked, "csv")
    parts = csv_parts(batches(asked.desk, shown.ids, shared_only=shown.shared_only, t=asked.t))
    metadata = asked.url("/statements.csv-metadata.json") + _query(filters)
    more = {"link": f'<{metadata}>; rel="describedby"; type="application/csvm+json"'}
    return _streamed(parts, name=_name(asked, told, "csv"), kind="text/csv; charset=utf-8", more=more)


def download_metadata(asked: Asked) -> Response:
    """What the CSV file says of itself: filters, what was left out, what each column means."""
    filters, shown = _view(asked)
    told = about(asked.desk, filters, shown, asked.t)
    name = _name(asked, told, "csv-metadata.json")
    return asked.file(
        csv_metadata(told, url=_name(asked, told, "csv")), name=name, kind="application/csvm+json; charset=utf-8"
    )


def download_json(asked: Asked) -> Response:
    """The statements as JSON, sent while they are read."""
    _, shown, told = _asked_for(asked, "json")
    parts = json_parts(batches(asked.desk, shown.ids, shared_only=shown.shared_only, t=asked.t), told)
    return _streamed(parts, name=_name(asked, told, "json"), kind="application/json; charset=utf-8")


def download_xlsx(asked: Asked) -> Response:
    """The statements as a workbook, written to a file first."""
    _, shown, told = _asked_for(asked, "xlsx", most=MOST_XLSX)
    path = xlsx_file(batches(asked.desk, shown.ids, shared_only=shown.shared_only, t=asked.t), told, asked.t)
    return asked.file(
        path, name=_name(asked, told, "xlsx"), kind=_XLSX, afterwards=lambda: path.unlink(missing_ok=True)
    )


def _filters(asked: Asked) -> Filters:
    """The filters of the address; what tells of moderation is not asked by those who do not see it."""
    found = Filters.read(asked.query.multi_items())
    return found if asked.person.may(Right.READ) else found.but(statuses=(), consents=(), risks=())


def _order(asked: Asked) -> str:
    order = asked.query.get("order", "newest")
    return order if order != "uncertain" or asked.person.may(Right.READ) else "newest"


def _page(asked: Asked, filters: Filters, order: str, *, shared_only: bool) -> Found:
    desk, after = asked.desk, asked.query.get("after")
    return desk.columns.page(
        filters, store=desk.reader(), order=order, shared_only=shared_only, limit=_A_PAGE, after=after
    )


def _rows(asked: Asked, ids: Sequence[int], *, reads: bool) -> Iterator[Row]:
    """The statements of a page in its order, read anew: what was withdrawn a second ago is not shown."""
    store = asked.desk.reader()
    with store.snapshot():
        known = {each.item.id: each for each in chosen_candidates(store, ids)}
        sharing = Sharing.of(store, asked.desk.clock())
    for found in (known[item_id] for item_id in ids if item_id in known):
        if reads or sharing.allows(found):
            yield _row(found, reads=reads)


def _row(found: Candidate, *, reads: bool) -> Row:
    return Row(
        id=found.item.id,
        text=found.text,
        language=found.language,
        said_at=found.item.created_at,
        source=found.item.source,
        library=found.library,
        area=found.area,
        themes=sorted(found.themes),
        status=str(found.status) if reads else None,
        risks=found.risks if reads else (),
    )


def _left_out(asked: Asked, filters: Filters, shared: int) -> list[tuple[str, int]] | None:
    """How many more the filters find, by reason in words; None where that is not told."""
    found = left_out(asked.desk, filters, shared)
    return None if found is None else [(reason(name, asked.t), number) for name, number in found]


def _may_download(asked: Asked) -> bool:
    return asked.person.may(Right.EXPORT) or asked.person.may(Right.READ)


def _view(asked: Asked) -> tuple[Filters, View]:
    if not _may_download(asked):
        raise Refusal(403, asked.t.text("Your account is not allowed to do this."))
    if not asked.desk.columns.is_complete:
        raise Refusal(409, asked.t.text("The overview of all statements is still being made; try again later."))
    filters = _filters(asked)
    return filters, view(asked.desk, filters, asked.person)


def _asked_for(asked: Asked, kind: str, *, most: int | None = None) -> tuple[Filters, View, About]:
    """What a download holds, noted with who takes it."""
    filters, shown = _view(asked)
    if most is not None and len(shown.ids) > most:
        raise Refusal(
            409,
            asked.t.text(
                "These are {number} statements, and a workbook takes {most} at most. Download CSV, or filter further.",
                number=asked.t.number(len(shown.ids)),
                most=asked.t.number(most),
            ),
        )
    with asked.desk.writer() as store:
        detail = f"{kind}, {len(shown.ids)} statements, {'for sharing' if shown.shared_only else 'for staff'}"
        asked.desk.note(store, asked.person, "download", detail=f"{detail}; {without_words(filters.pairs())}"[:1000])
    return filters, shown, about(asked.desk, filters, shown, asked.t)


def _query(filters: Filters) -> str:
    from urllib.parse import urlencode

    return f"?{urlencode(filters.pairs())}" if filters.pairs() else ""


def _name(asked: Asked, told: About, suffix: str) -> str:
    for_whom = "statements" if told.document["for_sharing"] else "statements-staff-only"
    sample = "-sample-data" if told.document["sample_data"] else ""
    return f"{for_whom}{sample}-{asked.desk.clock():%Y-%m-%d}.{suffix}"


def _streamed(parts: Iterator[bytes], *, name: str, kind: str, more: dict[str, str] | None = None) -> Response:
    headers = {"cache-control": "no-store", "content-disposition": f'attachment; filename="{name}"', **(more or {})}
    return StreamingResponse(parts, media_type=kind, headers=headers)


PAGES = (
    Page("GET", "/statements", Right.SHARED, statements),
    Page("GET", "/statements.csv", Right.SHARED, download_csv),
    Page("GET", "/statements.csv-metadata.json", Right.SHARED, download_metadata),
    Page("GET", "/statements.json", Right.SHARED, download_json),
    Page("GET", "/statements.xlsx", Right.SHARED, download_xlsx),
)
