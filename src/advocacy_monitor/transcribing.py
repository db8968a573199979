"""From a flyer to an answer: what was read is stored at once, a tenth is read twice, and what differs is settled.

A reading is one text for each field: the codes of ticked options, what was written, `?` where nobody can tell. The
contact details among them lie in the contacts file (store/scans.py), and only until the batch is closed.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time
from functools import lru_cache

from advocacy_monitor.errors import ModerationError
from advocacy_monitor.models import Contact, OptIn, Received, Submission, Use
from advocacy_monitor.questionnaire import (
    BETWEEN,
    OWN_WORDS,
    UNDER_16,
    Kind,
    Question,
    Questionnaire,
    read_questionnaire,
)
from advocacy_monitor.store import LegalBasis, Store
from advocacy_monitor.store.paper import FIRST, SETTLED, Batch, Entry
from advocacy_monitor.store.scans import OnPaper
from advocacy_monitor.store.versions import REREAD
from advocacy_monitor.web.libraries import Libraries

SOURCE = "paper"
CONSENTS, NAME, EMAIL = "consents", "name", "email"
PARENT, PARENT_QUOTE = "parent", "parent_quote"
ILLEGIBLE = "?"
"""A question with marks that nobody can read; words that cannot be read are written as [illegible]."""
UNREADABLE = "[illegible]"
MINOR = "minor"
"""The annotation 'risk' of somebody under 16: a person reads it before anything is done with it."""
_NEVER_FOR_MINORS = frozenset({Use.QUOTE_NAMED, Use.CONTACT})


@dataclass(frozen=True, slots=True)
class Asking:
    """What a batch is stored with: the campaign's legal basis, its libraries, the version that was printed."""

    basis: LegalBasis = field(default_factory=LegalBasis)
    libraries: Libraries = field(default_factory=Libraries)


@lru_cache(maxsize=16)
def _form(content: str) -> Questionnaire:
    return read_questionnaire(content)


def form_of(batch: Batch) -> Questionnaire:
    """The version of the questionnaire that is printed on the flyers of a batch."""
    return _form(batch.form.content)


def ticks(questionnaire: Questionnaire) -> tuple[str, ...]:
    """The codes of the boxes for consents in their order on the flyer; those for parents last."""
    age = questionnaire.of_kind(Kind.AGE)
    parents = (PARENT, PARENT_QUOTE) if age and age.option(UNDER_16) else ()
    return (*(str(use) for use in Use), *parents)


def fields_of(questionnaire: Questionnaire) -> tuple[str, ...]:
    """The names of all fields in their order on the flyer."""
    keys: list[str] = []
    for question in questionnaire.questions:
        keys += [question.key, *([question.key + OWN_WORDS] if question.has_own_words else [])]
    return (*keys, CONSENTS, NAME, EMAIL)


def parts(value: str) -> list[str]:
    """The codes in a field of ticks."""
    return [code for code in value.split(BETWEEN) if code and code != ILLEGIBLE]


def reason_to_leave_out(fields: Mapping[str, str], questionnaire: Questionnaire) -> str | None:
    """Why nothing of a flyer may be kept, None where it may: 'no_consent', 'no_parent' or 'blank'."""
    given = parts(fields.get(CONSENTS, ""))
    if Use.ANALYSE not in given:
        return "no_consent"
    if is_minor(fields, questionnaire) and PARENT not in given:
        return "no_parent"
    told = (each.key for each in questionnaire.questions if each.kind not in (Kind.LIBRARY, Kind.POSTCODE, Kind.AGE))
    said = [fields.get(key) or fields.get(key + OWN_WORDS) for key in told]
    return None if any(each and each != ILLEGIBLE for each in said) else "blank"


def is_minor(fields: Mapping[str, str], questionnaire: Questionnaire) -> bool:
    """Whether somebody under 16 wrote it, as far as the flyer shows it."""
    age = questionnaire.of_kind(Kind.AGE)
    ticked = bool(age and UNDER_16 in parts(fields.get(age.key, "")))
    return ticked or bool({PARENT, PARENT_QUOTE} & set(parts(fields.get(CONSENTS, ""))))


def is_over(question: Question, value: str) -> bool:
    """Whether more is ticked than the question allows; then nobody can tell what was meant."""
    count = len(parts(value))
    most = (question.most or len(question.options)) if question.kind is Kind.CHOICES else 1
    return bool(question.options) and count > most


def _answer(question: Question | None, fields: Mapping[str, str]) -> str | None:
    """The answer to a question as it counts; None where there is none, or nobody can tell it."""
    value = fields.get(question.key, "") if question else ""
    return None if question is None or value in ("", ILLEGIBLE) or is_over(question, value) else value


def _told(value: str) -> str:
    return "" if value == ILLEGIBLE else value


def _library(batch: Batch, form: Questionnaire, fields: Mapping[str, str]) -> str | None:
    """The library that is written on the sheet, else that of the batch; None where nobody can read which one it is."""
    question = form.of_kind(Kind.LIBRARY)
    written = fields.get(question.key, "") if question else ""
    return None if written == ILLEGIBLE else written or batch.library


def _consents(fields: Mapping[str, str], questionnaire: Questionnaire) -> frozenset[Use]:
    given = parts(fields.get(CONSENTS, ""))
    uses = frozenset(use for use in Use if use in given)
    if is_minor(fields, questionnaire):
        uses -= _NEVER_FOR_MINORS | (frozenset() if PARENT_QUOTE in given else {Use.QUOTE_UNNAMED})
    return uses


def received(
    batch: Batch,
    flyer: int,
    fields: Mapping[str, str],
    on_paper: OnPaper,
    *,
    asking: Asking,
    now: datetime,
    version: int = 1,
) -> Received:
    """A flyer as an answer for the store. Contact details that nothing allows to be kept are not in it."""
    form = form_of(batch)
    consents, minor = _consents(fields, form), is_minor(fields, form)
    name = _told(on_paper.name) if Use.QUOTE_NAMED in consents else ""
    email = _told(on_paper.email) if Use.CONTACT in consents else ""
    written = _library(batch, form, fields)
    library = asking.libraries.find(written or "")
    submission = Submission(
        source=SOURCE,
        source_id=f"{batch.id}-{flyer}" + (f"~{version}" if version > 1 else ""),
        text=_answer(form.of_kind(Kind.TEXT), fields) or "",
        created_at=min(datetime.combine(batch.received_on, time(), UTC), now),
        raw=_payload(batch, fields),
        language=batch.language,
        answers=_answers(fields, form),
        consents=consents,
        library=library.name if library else written,
        area=library.area or None if library and library.is_shared else None,
        postcode=_answer(form.of_kind(Kind.POSTCODE), fields),
        age_band=_answer(form.of_kind(Kind.AGE), fields),
        contact=Contact(name=name or None, email=email or None) if name or email else None,
    )
    return Received(
        submission=submission,
        form=batch.form,
        language=batch.language,
        code=on_paper.code or None,
        flags=(MINOR,) if minor else (),
        channel=SOURCE,
        opt_in=OptIn(token=secrets.token_urlsafe(32), email=email, language=batch.language, wants_contact=True)
        if email
        else None,
    )


def _answers(fields: Mapping[str, str], form: Questionnaire) -> dict[str, str]:
    answers: dict[str, str] = {}
    for question in form.closed:
        if (value := _answer(question, fields)) is not None:
            answers[question.key] = value
        if own := fields.get(question.key + OWN_WORDS):
            answers[question.key + OWN_WORDS] = own
    return answers


def _payload(batch: Batch, fields: Mapping[str, str]) -> bytes:
    """What was read, without contact details: the evidence that is kept of it."""
    content = {"form": f"{batch.form.name} {batch.form.version}", "language": batch.language, "fields": dict(fields)}
    return json.dumps(content, ensure_ascii=False, sort_keys=True).encode()


# Entering


def new_sending() -> str:
    """What tells one page that was sent twice from two pages."""
    return secrets.token_hex(16)


def enter(store: Store, batch: Batch, entry: Entry, on_paper: OnPaper, *, asking: Asking) -> Entry:
    """Stores the first reading of a flyer and with it the answer. The same sending once more corrects it.

    Raises FlyerTakenError when somebody else used its number, ModerationError when the batch takes no more, StoreError.
    """
    repair(store, batch, asking=asking)
    if (known := store.paper.sent(entry.sending)) is not None:
        return correct(store, batch, known, entry, on_paper, asking=asking)
    keep(store, entry, on_paper)
    try:
        store.paper.add(entry)
    except ModerationError:
        store.paper.scans.forget(entry.sending)
        raise
    return _store(store, batch, entry, on_paper, asking=asking)


def correct(store: Store, batch: Batch, known: Entry, entry: Entry, on_paper: OnPaper, *, asking: Asking) -> Entry:
    """Puts another reading in the place of the first one. Nothing happens when it is the same."""
    before = store.paper.scans.kept(known.sending)
    entry = replace(entry, sending=known.sending, flyer=known.flyer, item_id=known.item_id)
    if (known.fields, known.left_out, before) == (entry.fields, entry.left_out, on_paper):
        return known
    refuse_changed(store, batch, known)
    if known.left_out:
        entry = replace(entry, item_id=None, version=known.version)
    elif entry.left_out and known.item_id is not None:
        entry = replace(entry, version=_version_of(store, known.item_id) + 1)
    keep(store, entry, on_paper)
    store.paper.rewrite(entry)
    if entry.item_id is None:
        return _store(store, batch, entry, on_paper, asking=asking)
    if entry.left_out:
        store.submissions.withdraw(entry.item_id)
        return entry
    return replace_answer(store, batch, entry, entry.item_id, (before, on_paper), asking=asking)


def _version_of(store: Store, item_id: int) -> int:
    (item,) = store.items.get([item_id])
    return int(item.source_id.partition("~")[2] or 1)


def keep(store: Store, entry: Entry, on_paper: OnPaper) -> None:
    """Keeps the contact details of an entry, unless nothing of its flyer may be kept."""
    if not entry.left_out:
        store.paper.scans.keep(entry.sending, entry.batch_id, entry.flyer, on_paper)


def _store(store: Store, batch: Batch, entry: Entry, on_paper: OnPaper, *, asking: Asking) -> Entry:
    if entry.left_out:
        store.paper.scans.remove(batch.id, flyer=entry.flyer)
        return entry
    made = received(batch, entry.flyer, entry.fields, on_paper, asking=asking, now=store.now(), version=entry.version)
    (kept,) = store.submissions.add([made], basis=asking.basis)
    store.paper.stored(entry, kept.item_id, is_gone=kept.was_withdrawn)
    return replace(entry, item_id=kept.item_id)


def replace_answer(
    store: Store, batch: Batch, entry: Entry, item_id: int, papers: tuple[OnPaper, OnPaper], *, asking: Asking
) -> Entry:
    """The answer as it is read now in the place of the one as it was read before."""
    before, on_paper = papers
    made = received(batch, entry.flyer, entry.fields, on_paper, asking=asking, now=store.now())
    if before.email == on_paper.email:
        made = replace(made, opt_in=None)  # the address was asked before
    else:
        (item,) = store.items.get([item_id])
        store.paper.scans.forget_address(item.source, item.source_id)
    if before.code and before.code != on_paper.code:
        store.paper.release_code(before.code, item_id)
    new_id = store.submissions.replace(item_id, made, reason=REREAD, basis=asking.basis)
    store.paper.stored(entry, new_id)
    return replace(entry, item_id=new_id)


def takes_scans(store: Store, batch: Batch, flyer: int) -> bool:
    """Whether a picture of a flyer may be kept: not of one that was left out, or that its author took back."""
    known = store.paper.entry(batch.id, flyer, FIRST)
    return known is None or (known.left_out is None and bool(known.fields))


def repair(store: Store, batch: Batch, *, asking: Asking) -> None:
    """Completes what was begun when the program died, and takes flyers out of the check that their authors changed."""
    for each in store.paper.unstored(batch.id):
        _complete(store, batch, each, asking=asking)
    first = {each.flyer: each for each in store.paper.entries(batch.id, FIRST)}
    for check in store.paper.checks(batch.id):
        if check.settled_by is None and is_changed(store, batch, first[check.flyer]):
            store.paper.drop_check(batch.id, check.flyer)


def _complete(store: Store, batch: Batch, entry: Entry, *, asking: Asking) -> None:
    """Stores what was read of one flyer, where the program died before it was stored."""
    on_paper = store.paper.scans.kept(entry.sending)
    first = store.paper.entry(batch.id, entry.flyer, FIRST)
    item_id = entry.item_id or (first.item_id if first else None)
    if item_id is None:
        _store(store, batch, entry, on_paper, asking=asking)
    elif is_changed(store, batch, replace(entry, item_id=item_id)):  # the answer is still that of an older reading
        replace_answer(store, batch, entry, item_id, (on_paper, on_paper), asking=asking)
    else:
        store.paper.stored(entry, item_id)


def is_changed(store: Store, batch: Batch, known: Entry) -> bool:
    """Whether the author took the answer back, or changed it, since it was read."""
    if known.left_out or known.item_id is None:
        return False
    holds = store.paper.entry(batch.id, known.flyer, SETTLED) or known
    try:
        held = store.submissions.held(known.item_id)
    except ModerationError:
        return True
    made = received(batch, known.flyer, holds.fields, OnPaper(), asking=Asking(), now=store.now()).submission
    now = (held.text, dict(held.answers), held.postcode, held.age_band, held.consents)
    return now != (made.text, dict(made.answers), made.postcode, made.age_band, made.consents)


def refuse_changed(store: Store, batch: Batch, known: Entry) -> None:
    """Raises ModerationError when the author has the last word on it already."""
    if is_changed(store, batch, known):
        raise ModerationError(
            f"flyer {known.flyer}: its author has changed this answer or taken it back in the meantime; that stands"
        )
