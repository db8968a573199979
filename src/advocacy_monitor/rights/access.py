"""Access: everything that is held on a person, gathered for that person and nobody else (GDPR, article 15).

Given are the statements with what was noted about them, contact details, payloads as received, the packs that quote
them, and who got those. Not given are other people's data: whose post was shared, answered or quoted, and the names of
staff, who act for the association (Court of Justice, C-579/21). What may concern others, and what may or may not be of
this person, is put aside for staff to read; the program does not decide that.

An answer that came with an e-mail address is this person's for certain only if the address was confirmed: anybody can
type anybody's address into a form.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from advocacy_monitor.answers_told import as_mapping, told_answers
from advocacy_monitor.config import Loaded
from advocacy_monitor.errors import ModerationError, StoreError
from advocacy_monitor.models import Relation, StoredItem
from advocacy_monitor.recipients import read_recipients
from advocacy_monitor.rights.files import look, traces
from advocacy_monitor.rights.others import without_others
from advocacy_monitor.rights.retention import kept_until
from advocacy_monitor.rights.subjects import Subject
from advocacy_monitor.store import Store

_SUFFIXES = {"image/jpeg": "jpg", "application/pdf": "pdf"}
_MOST_MENTIONS = 20


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Gathered:
    """What is held. `data` is plain values, `files` go with it by their names.

    `aside` is not to be handed over before somebody has read it; `notes` tell staff what to look at. `unconfirmed` are
    answers that came with the person's address and may be somebody else's; they are left out.
    """

    data: dict[str, Any]
    item_ids: tuple[int, ...]
    files: tuple[tuple[str, bytes], ...] = ()
    aside: tuple[tuple[str, bytes], ...] = ()
    notes: tuple[str, ...] = field(default=())
    unconfirmed: tuple[int, ...] = ()


def gather(store: Store, loaded: Loaded, subject: Subject, *, unconfirmed: bool = False) -> Gathered:
    """Everything that is held on a person. With `unconfirmed`, answers whose address nobody confirmed are theirs.

    Raises ModerationError when there is nothing, or when an account's name was had by more than one.
    """
    if len(subject.identity.keys) > 1 and subject.by == "author":
        raise ModerationError(
            "more than one account had this name, one after the other; find out which statement is the person's, and "
            "name them by --item"
        )
    sure, unsure = _theirs(store, subject)
    own = sorted({*sure, *(unsure if unconfirmed else ())})
    loose = [key for key in subject.loose if unconfirmed]
    left_out = () if unconfirmed else tuple(unsure)
    if not own and not loose:
        raise ModerationError(
            f"{len(left_out) + len(subject.loose)} entries came with this address, and nobody confirmed that it is "
            "theirs: ask the person for the code of an answer, or, if you are sure, add --unconfirmed"
        )
    items = store.items.get(own)
    parts = [_statement(store, loaded, item) for item in items]
    keys = [*store.held.keys(own), *loose]
    scans = [(f"flyer-{n}.{_SUFFIXES[kind]}", content) for n, (kind, content) in enumerate(store.held.scans(keys), 1)]
    unread = list(_unread(store, subject))
    return Gathered(
        data={
            "about": _about(store, loaded, subject),
            "contact_details": store.held.contact_details(keys),
            "mails": store.held.mails(keys, subject.email),
            "statements": [data for data, _, _ in parts],
            "given_to": list(_given_to(store, loaded, own)),
            "wants_no_mail": subject.email is not None and store.mails.is_unsubscribed(subject.email),
            "files": [name for name, _ in scans],
        },
        item_ids=tuple(own),
        files=(*scans, *(each for _, files, _ in parts for each in files)),
        aside=(*(each for _, _, aside in parts for each in aside), *unread),
        notes=tuple(_notes(store, loaded, subject, items, left_out=left_out, loose=len(subject.loose) - len(loose))),
        unconfirmed=left_out,
    )


def _theirs(store: Store, subject: Subject) -> tuple[list[int], list[int]]:
    """Which statements are this person's for certain, and which only came with the same address."""
    start: set[int] = set()
    if subject.item is not None:
        start = {subject.item}
    elif subject.code is not None:
        found = store.submissions.of_code(subject.code)
        start = {found} if found is not None else set()
    # Whoever typed somebody's address into the form must not get that person's other answers by his own code.
    by_address = subject.email is not None or any(store.held.is_confirmed(each) for each in start)
    sure: list[int] = []
    unsure: list[int] = []
    for item in store.items.get(subject.item_ids):
        is_sure = item.kind == "post" or item.id in start or (by_address and store.held.is_confirmed(item.id))
        (sure if is_sure else unsure).append(item.id)
    return sure, unsure


_Files = list[tuple[str, bytes]]


def _statement(store: Store, loaded: Loaded, item: StoredItem) -> tuple[dict[str, Any], _Files, _Files]:
    """One statement's data, the payloads to hand over, and those to look at first."""
    held = store.held.statement(item.id)
    is_others = item.relation is Relation.REPOST
    files, aside = _payloads(store, item)
    held["payloads"] = [name for name, _ in files]
    if is_others:
        for name in ("text", "media_alt", "hashtags", "earlier_versions", "translations", "vectors", "url"):
            held[name] = None
        held["note"] = "You shared what somebody else said; those words are theirs and are left out here."
    if item.relation is not None:
        held["related_id"] = None  # it may hold the account of whom they answered
    return {**held, **_noted(store, loaded, item)}, files, aside


def _noted(store: Store, loaded: Loaded, item: StoredItem) -> dict[str, Any]:
    """What was noted about a statement, by whom not."""
    is_others = item.relation is Relation.REPOST
    return {
        "number": item.id,
        "kind": item.kind,
        "source": item.source,
        "kept_until": kept_until(loaded, item),
        "status": str(store.items.statuses(item.id, item.id)[item.id]),
        "answers_in_words": dict(as_mapping(told_answers(store, item, "en"))),
        "consents": [
            {"use": str(each.use), "granted": each.granted, "proof": each.proof, "noted_at": each.noted_at}
            for each in store.stories.consents(item.id)
        ],
        "permission": [
            {"state": str(each.state), "scope": [*map(str, each.scope)], "proof": each.proof, "noted_at": each.noted_at}
            for each in store.permissions.steps(item.id)
        ],
        "decisions": [
            {"status": str(each.status), "reason": each.reason, "decided_at": each.decided_at}
            for _, each in store.stories.decisions(item.id)
        ],
        "found_by_software_or_coders": [] if is_others else list(_assertions(store, item)),
        "looked_up": _looked_up(store, item.id),
    }


def _assertions(store: Store, item: StoredItem) -> Iterator[dict[str, Any]]:
    """What software and people said of the words; people are named by nobody here."""
    for each in store.gold.asserted(item.id):
        fact = each.annotation
        yield {
            "label": fact.label,
            "value": fact.value,
            "score": fact.score,
            "words": [item.text[span.start : span.end] for span in fact.spans],
            "by": "a person" if fact.by.startswith("person:") else fact.by,
            "made_at": each.made_at,
            "counts_today": each.is_current,
        }
    for code in store.gold.round_codes(item.id):
        if code.closed_at is not None:
            yield {
                "label": "coded",
                "value": ", ".join(code.themes) or code.answer,
                "note": code.note,
                "by": "a person",
                "made_at": code.coded_at,
            }


def _looked_up(store: Store, item_id: int) -> dict[str, Any] | None:
    found = store.verifications.of(item_id, item_id).get(item_id)
    if found is None:
        return None
    return {
        "standing": str(found.standing),
        "asked_at": found.asked_at,
        "verified_at": found.verified_at,
        "detail": found.detail,
    }


def _payloads(store: Store, item: StoredItem) -> tuple[_Files, _Files]:
    """Payloads as received: of an answer as they are; of a post without other people's data; else aside."""
    files: _Files = []
    aside: _Files = []
    texts = [item.text, *store.items.versions(item.id), *item.media_alt]
    names = [name for name in (item.author_handle, item.author_name) if name]
    try:
        captures = store.items.captures(item.id)
    except StoreError as error:  # a damaged payload is no reason to give nothing
        return [], [(f"statement-{item.id}-damaged.txt", str(error).encode())]
    for number, (_, payload) in enumerate(captures, 1):
        name = f"statement-{item.id}-received-{number}"
        if item.kind == "submission":
            files.append((f"{name}.{'json' if payload[:1] in (b'{', b'[') else 'txt'}", payload))
        elif item.relation is not Relation.REPOST and (
            (cleaned := without_others(payload, names=names, texts=texts)) is not None
        ):
            files.append((f"{name}.json", cleaned))
        else:
            aside.append((f"{name}.txt", payload))
    return files, aside


def _unread(store: Store, subject: Subject) -> Iterator[tuple[str, bytes]]:
    digests = store.people.rejects_of(subject.identity)
    for number, (_, payload) in enumerate(store.held.unread(digests), 1):
        yield f"unread-{number}.txt", payload


def _given_to(store: Store, loaded: Loaded, item_ids: Sequence[int]) -> Iterator[dict[str, Any]]:
    """The packs that quote the person, each with who got it and when."""
    path = loaded.folder / loaded.config.campaign.recipients
    known = {each.key: each.shown for each in read_recipients(path)} if path.is_file() else {}
    numbers = sorted({number for item_id in item_ids for number in store.packs.holding(item_id)})
    for number in numbers:
        sent = sorted(store.deliveries.of_pack(number), key=lambda each: (each.sent_on, each.id))
        yield {
            "pack": number,
            "recipients": [
                {"name": known.get(each.recipient, each.recipient), "sent_on": each.sent_on, "how": each.how}
                for each in sent
            ],
        }


def _about(store: Store, loaded: Loaded, subject: Subject) -> dict[str, Any]:
    campaign, kept = loaded.config.campaign, loaded.config.retention
    return {
        "campaign": campaign.name,
        "held_by": campaign.sponsor,
        "contact": campaign.contact,
        "as_of": store.now().replace(microsecond=0),
        "found_by": {"item": "a statement", "author": "an account", "code": "a code", "email": "an e-mail address"}[
            subject.by
        ],
        "purpose": "To show decision makers what people say about their libraries.",
        "where_from": "Each statement says where it came from (source).",
        "kept_for": f"Posts {kept.posts_months} months, answers {kept.submissions_months} months after they were "
        "collected, unless a source has months of its own; each statement says until when.",
        "decisions_by_software": "Software sorts and suggests. Whether a statement is used, a person decides.",
    }


def _notes(
    store: Store, loaded: Loaded, subject: Subject, items: Sequence[StoredItem], *, left_out: Sequence[int], loose: int
) -> Iterator[str]:
    """What staff has to look at before anything is handed over."""
    yield "Hand over the folder only to the person: by the account, the address or in exchange for the code itself."
    yield "Read data.html first: reasons, proofs and notes were written by staff and may name others."
    if left_out:
        yield (
            f"Statements {', '.join(map(str, left_out))} came with the same address, and nobody confirmed that it is "
            "theirs. They are not in the folder. If you are sure, run it again with --unconfirmed."
        )
    if loose:
        yield f"{loose} entries with contact details name the address and belong to no statement; they are left out."
    names = {n for each in items for n in (each.author_handle, each.author_name) if n and len(n) > 2}
    own = set(subject.item_ids)
    mentions = sorted({n for name in sorted(names)[:5] for n in store.search(name, limit=_MOST_MENTIONS)} - own)
    if mentions:
        yield f"Statements of others that may name the person: {', '.join(map(str, mentions[:_MOST_MENTIONS]))}"
    for told, count in store.people.notes_naming(subject.identity.words):
        yield f"{told}: the person may be named {count} times"
    texts = [each.text for each in items if each.relation is not Relation.REPOST]
    held = traces(texts, names=subject.identity.traces, packs=(), item_ids=[each.id for each in items])
    for found in look(loaded, held).holding:
        yield f"{found.kind} {found.path.relative_to(loaded.folder)}: {found.why}"
    yield "Copies of the database (backups) hold the same until they are rotated out."
