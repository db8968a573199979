"""One flyer after the other: the sheet's scan on one side, fields on the other, Enter saves and opens the next.

Whatever goes wrong, what was typed stays in the form: a number that a colleague took, a full disk, a file that is no
scan.
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response

from advocacy_monitor import ocr
from advocacy_monitor.desk.context import Asked, Refusal
from advocacy_monitor.desk.pages.transcribe_read import (
    CODE,
    DRAFT,
    IS_READ,
    PREFIX,
    Reading,
    Typed,
    is_unread,
    mark,
    read,
    typed,
    typed_again,
)
from advocacy_monitor.desk.pages.transcribe_words import asking, batch_of, consent_said, number_in, opened
from advocacy_monitor.errors import ModerationError, StoreError
from advocacy_monitor.questionnaire import Kind
from advocacy_monitor.scanning import JPEG
from advocacy_monitor.staff.roles import Right
from advocacy_monitor.store import Store
from advocacy_monitor.store.paper import FIRST, Batch, Entry, FlyerTakenError
from advocacy_monitor.store.scans import OnPaper, Scan
from advocacy_monitor.transcribing import enter, form_of, new_sending, reason_to_leave_out, ticks

_DRAFTS = "transcription drafts"
REASONS = ("no_consent", "no_parent", "blank")


def show(asked: Asked) -> Response:
    """The page of one flyer: the next one, or that of `flyer`, filled in where this person may correct it."""
    with opened(asked) as store:
        batch = batch_of(asked, store)
        if batch.entered_at is not None:
            return asked.to(f"/transcribe/{batch.id}", say=asked.said)
        flyer = number_in(asked.query.get("flyer", "")) or store.paper.next_flyer(batch.id)
        known = store.paper.entry(batch.id, flyer, FIRST)
        given = Typed()
        if known is not None:
            _require_own(asked, known)
            given = typed_again(known.fields, store.paper.scans.kept(known.sending), form_of(batch))
        sending = known.sending if known else new_sending()
        return sheet(
            asked, batch, flyer, store.paper.scans.of(batch.id, flyer), given, sending, is_known=known is not None
        )


def _require_own(asked: Asked, known: Entry) -> None:
    if known.transcriber != asked.person.name and not asked.person.may(Right.MODERATE):
        raise Refusal(403, asked.t.text("Flyer {number} was entered by somebody else.", number=known.flyer))


def sheet(
    asked: Asked,
    batch: Batch,
    flyer: int,
    scans: list[Scan],
    given: Typed,
    sending: str,
    *,
    wrong: Mapping[str, str] | None = None,
    problem: str = "",
    leave: str | None = None,
    notice: str = "",
    is_known: bool = False,
    is_second: bool = False,
    status: int = 200,
) -> Response:
    """The form, empty or with what was typed. `leave` is why nothing of the flyer may be kept."""
    form = form_of(batch)
    words = form.of_kind(Kind.TEXT)
    return asked.page(
        "transcribe_sheet.html",
        status=status,
        batch=batch,
        form=form,
        flyer=flyer,
        scans=scans,
        given=given,
        sending=sending,
        wrong=wrong or {},
        problem=problem,
        leave=leave,
        notice=notice,
        is_known=is_known,
        is_second=is_second,
        boxes=[consent_said(form, code, batch.language) for code in ticks(form)],
        libraries=[each.label for each in asking(asked).libraries.on_page],
        words=words.key if words else "",
        may_draft=bool(ocr.program()) and any(each.media_type == JPEG for each in scans),
    )


def save(asked: Asked) -> Response:
    """Stores a flyer and opens the next one; what is refused stays in the form."""
    given, flyer = typed(asked.form), flyer_in(asked)
    with opened(asked) as store:
        batch = batch_of(asked, store)
        scans = store.paper.scans.of(batch.id, flyer)
        sending = sending_in(asked)
        known = store.paper.sent(sending)
        if known is not None and (known.batch_id, known.entry) != (batch.id, FIRST):
            known, sending = None, new_sending()
        if known is not None:
            _require_own(asked, known)
        reading = _checked(asked, store, batch, given, known)
    left_out = str(asked.form.get("leave", "")) if asked.form.get("leave") in REASONS else None
    if left_out is None and (reading.wrong or (reason := reason_to_leave_out(reading.fields, form_of(batch)))):
        leave = None if reading.wrong else reason
        problem = _why_not(asked, leave) if leave else asked.t.text("Nothing is stored yet: something needs a look.")
        return sheet(asked, batch, flyer, scans, given, sending, wrong=reading.wrong, problem=problem, leave=leave,
                     is_known=known is not None, status=400)  # fmt: skip
    entry = Entry(
        batch_id=batch.id, flyer=flyer, entry=FIRST, sending=sending, fields={} if left_out else reading.fields,
        left_out=left_out, transcriber=asked.person.name,
    )  # fmt: skip
    return _stored(asked, batch, entry, OnPaper() if left_out else reading.on_paper, given, scans)


def _stored(asked: Asked, batch: Batch, entry: Entry, on_paper: OnPaper, given: Typed, scans: list[Scan]) -> Response:
    flyer, status = entry.flyer, 409
    try:
        with asked.desk.writer() as store:
            made = enter(store, batch, entry, on_paper, asking=asking(asked))
            items = [made.item_id] if made.item_id else []
            asked.desk.note(
                store, asked.person, "transcribe.enter", item_ids=items, detail=f"{batch.name}: {made.flyer}"
            )
    except FlyerTakenError:
        flyer = asked.desk.reader().paper.next_flyer(batch.id)
        problem = asked.t.text(
            "Somebody else has entered flyer {taken} meanwhile. What you typed is still here; this sheet is now flyer "
            "{number}: write {number} on it and save again.",
            taken=entry.flyer,
            number=flyer,
        )
    except ModerationError as error:
        problem = str(error)
    except StoreError as error:
        status = 503
        problem = asked.t.text("It could not be stored: {why}. What you typed is still here.", why=str(error))
    else:
        said = asked.t.text("Flyer {number} is left out; nothing of it is kept.", number=made.flyer)
        if not made.left_out:
            said = asked.t.text("Flyer {number} is stored.", number=made.flyer)
        return asked.to(f"/transcribe/{batch.id}/enter", say=said)
    return sheet(asked, batch, flyer, scans, given, entry.sending, problem=problem, status=status)


def _checked(asked: Asked, store: Store, batch: Batch, given: Typed, known: Entry | None) -> Reading:
    """What was typed, with all that is wrong with it."""
    form, t = form_of(batch), asked.t
    reading = read(given, form, asking(asked).libraries, t)
    wrong = dict(reading.wrong)
    code = reading.on_paper.code
    is_kept = known is not None and store.paper.scans.kept(known.sending).code == code
    if code and CODE not in wrong and not is_kept and not store.submissions.is_reserved(code):
        wrong[CODE] = t.text("This code was not printed for the campaign, or it belongs to another flyer already.")
    words = form.of_kind(Kind.TEXT)
    if words and is_unread(given, reading.fields.get(words.key, ""), store.submissions.key(_DRAFTS)):
        wrong[words.key] = t.text(
            "These words were read by a machine, and nobody has read them yet. Correct them, or tick that they are "
            "right."
        )
    return Reading(fields=reading.fields, on_paper=reading.on_paper, wrong=wrong)


def _why_not(asked: Asked, reason: str) -> str:
    t = asked.t
    return {
        "no_consent": t.text(
            "Box 1 of the consents is not ticked. Without it nothing of this flyer may be kept. If it is ticked on the "
            "sheet, correct that; else leave the flyer out."
        ),
        "no_parent": t.text(
            "Somebody under 16 wrote this, and no parent has ticked the box. Without it nothing of this flyer may be "
            "kept. If it is ticked on the sheet, correct that; else leave the flyer out."
        ),
        "blank": t.text("Nothing was answered on this flyer. Type what stands on it, or leave it out."),
    }[reason]


def flyer_in(asked: Asked) -> int:
    """The number of the flyer that a form is about. Raises Refusal."""
    flyer = number_in(asked.form.get("flyer", ""))
    if flyer is None:
        raise Refusal(400, asked.t.text("A flyer has a number from 1 to 999999."))
    return flyer


def sending_in(asked: Asked) -> str:
    """What names this sending of a form; made anew where the form has none."""
    sending = str(asked.form.get("sending", ""))
    is_ours = len(sending) == 32 and set(sending) <= set("0123456789abcdef")
    return sending if is_ours else new_sending()


def draft(asked: Asked) -> Response:
    """The same form with what a machine reads in the scan, as a draft that nobody has read yet."""
    given, flyer = typed(asked.form), flyer_in(asked)
    with opened(asked) as store:
        batch = batch_of(asked, store)
        scans = store.paper.scans.of(batch.id, flyer)
        key, form = store.submissions.key(_DRAFTS), form_of(batch)
        pictures = [store.paper.scans.content(batch.id, each.id) for each in scans if each.media_type == JPEG]
    words, problem = form.of_kind(Kind.TEXT), ""
    try:
        found = [ocr.read_scan(each[1], batch.language) for each in pictures if each]
        text = ocr.draft("\n".join(found), form, batch.language)
        problem = "" if text else asked.t.text("The machine found no words on this scan.")
    except ocr.OcrError as error:
        text, problem = "", _not_read(asked, error.why)
    if text and words:
        whole = f"{given.value(words.key)}\n{text}".strip()
        values = {name: value for name, value in given.values.items() if name != IS_READ}
        given = Typed(values={**values, PREFIX + words.key: whole, DRAFT: mark(whole, key)}, as_is=given.as_is)
    notice = asked.t.text("The words below were read by a machine. Compare each with the sheet.") if text else ""
    return sheet(asked, batch, flyer, scans, given, sending_in(asked), problem=problem, notice=notice)


def _not_read(asked: Asked, why: str) -> str:
    t = asked.t
    return {
        "missing": t.text("No program for reading scans (tesseract) is installed on this server."),
        "language": t.text("The program for reading scans has not learned this language."),
        "slow": t.text("Reading this scan took too long."),
    }.get(why, t.text("This scan could not be read by machine."))
