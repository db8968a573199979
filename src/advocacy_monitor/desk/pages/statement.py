"""One statement's page: its whole story for those who may read all, else only what everybody on the staff may see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from starlette.responses import Response

from advocacy_monitor.answers_told import told_age, told_answers
from advocacy_monitor.candidates import Candidate
from advocacy_monitor.choosing import finder
from advocacy_monitor.desk.context import Asked, Page, Refusal
from advocacy_monitor.desk.pages import statement_erase, statement_redact
from advocacy_monitor.desk.pages.statement_found import field, found_for, not_there
from advocacy_monitor.desk.pages.statement_marks import label_name, marks_of, runs
from advocacy_monitor.desk.pages.statement_words import is_shared, keeps_out, notes, of_interest, saying
from advocacy_monitor.enrichers.risk_notes import note_for
from advocacy_monitor.errors import ConfigError, ModerationError
from advocacy_monitor.models import Annotation, Use
from advocacy_monitor.moderate import TRANSITIONS
from advocacy_monitor.permission import ASKABLE, record
from advocacy_monitor.staff.roles import Right
from advocacy_monitor.statement_story import story_of
from advocacy_monitor.store import Store
from advocacy_monitor.store.permissions import PermissionState
from advocacy_monitor.store.wiping import PREFIX
from advocacy_monitor.translate import LANGUAGES
from advocacy_monitor.translations import digest, translate_item

STANCES = ("complaint", "praise", "thanks", "request", "mixed", "none")
_NOTABLE = tuple(state for state in PermissionState if state is not PermissionState.FOUND)
_ACTIONS = 50
_NOTHING = {"language": "", "text": "", "state": "", "proof": ""}
"""What stands in the forms of the page before anybody types."""


def statement(asked: Asked) -> Response:
    """The page of a statement."""
    if asked.person.may(Right.READ):
        return full(asked)
    return _shared(asked)


def _shared(asked: Asked) -> Response:
    """The page for those who see only what may be shared: nothing on it leads to a person."""
    found = found_for(asked)
    if not is_shared(asked.desk.reader(), found):
        raise not_there(asked)
    words = saying(asked)
    return asked.page(
        "statement_shared.html",
        number=found.item.id,
        text=found.text,
        language=found.language,
        language_name=words.label("language", found.language),
        said_on=found.item.created_at.date(),
        library=found.library,
        area=found.area,
        theme_titles=[words.label("theme", code) for code in sorted(found.themes)],
        consent=words.consent(found),
    )


def full(asked: Asked, *, problem: str = "", typed: Mapping[str, str] | None = None, status: int = 200) -> Response:
    """The whole story; `problem` is why something was refused, `typed` what stood in the form that was."""
    found = found_for(asked)
    store, words = asked.desk.reader(), saying(asked)
    story = story_of(store, found.item.id)
    marks = marks_of(story["annotations"], found, asked.t, words.label)
    return asked.page(
        "statement.html",
        status=status,
        problem=problem,
        typed={**_NOTHING, **(typed or {})},
        item=found.item,
        found=found,
        story=story,
        words=words,
        name_of=lambda label: label_name(label, asked.t),
        notes=notes(story["annotations"]),
        earlier=notes(story["earlier"]),
        marks=marks,
        runs=runs(found.item.text, marks),
        web_address=_web_address(found.item.url),
        is_removed=found.item.source_id.startswith(PREFIX),
        keeps_out=list(keeps_out(store, found, asked.t)),
        risk_notes=[(words.label("risk", risk), note_for(risk, asked.t.code)) for risk in found.risks],
        codings=of_interest(story["codings"], words),
        next_statuses=[status for status in ("approved", "escalated", "rejected", "pending") if _may(found, status)],
        claimed_by=_claimed_by(asked, found.item.id),
        **_written(store, found),
        **_stored(store, found),
        age=told_age(store, found.item, asked.t.code),
        answers=told_answers(store, found.item, asked.t.code),
    )


def _claimed_by(asked: Asked, number: int) -> str:
    """Who else has it in the queue on the screen."""
    held = asked.desk.claims.held_by_others(asked.person.name, [number], now=asked.desk.clock())
    return held[number].name if number in held else ""


def _may(found: Candidate, status: str) -> bool:
    return status in TRANSITIONS[found.status]


def _web_address(url: str | None) -> str | None:
    """An address that a browser may follow; a collected one can be anything."""
    try:
        return url if url and urlsplit(url).scheme in ("http", "https") else None
    except ValueError:
        return None


def _written(store: Store, found: Candidate) -> dict[str, Any]:
    """What people wrote about it: translations, stances, decisions, permission, what was done at the desk."""
    number = found.item.id
    decisions = store.stories.decisions(number)
    now = digest(found.text)
    return {
        "translations": [(each, each.of_sha256 == now) for each in store.translations.of([number]).get(number, ())],
        "languages": [code for code in LANGUAGES if code != found.language],
        "stances": STANCES,
        "decisions": [decision for _, decision in decisions],
        "newest_decision": decisions[-1][0] if decisions else 0,
        "permission_states": _NOTABLE,
        "askable": ASKABLE,
        "consents": store.stories.consents(number),
        "all_uses": tuple(Use),
        "actions": store.actions.newest(_ACTIONS, item_id=number),
    }


def _stored(store: Store, found: Candidate) -> dict[str, Any]:
    """Where it was seen, what was captured, what hangs together with it."""
    number = found.item.id
    return {
        "captures": store.stories.captures(number),
        "places": store.stories.places(number),
        "related": store.stories.related(number),
        "copies": store.erasures.copies([number]),
        "handed_over": {pack: store.deliveries.of_pack(pack) for pack in store.packs.holding(number)},
    }


def stance(asked: Asked) -> Response:
    """Notes what the author of a statement does, as a person reads it."""
    number, said = found_for(asked).item.id, field(asked, "stance")
    if said not in STANCES:
        raise Refusal(400, asked.t.text("Choose what the author does."))
    with asked.desk.writer() as store:
        fact = Annotation(item_id=number, label="stance", value=said, by=f"person:{asked.person.name}")
        store.assertions.add([fact])
        asked.desk.note(store, asked.person, "stance", item_ids=[number], detail=said)
    return asked.to(f"/statements/{number}", say=asked.t.text("Noted what the author does."))


def translation(asked: Asked) -> Response:
    """Notes a translation, or takes one back; a refusal shows again what was typed."""
    number, language, text = found_for(asked).item.id, field(asked, "language"), field(asked, "text")
    if not text and not asked.form.get("take_back"):
        return full(asked, problem=asked.t.text("Write the translation first."), status=400)
    look, wanted = finder(asked.desk.loaded), "" if asked.form.get("take_back") else text
    try:
        with asked.desk.writer() as store:
            translate_item(store, number, language, wanted, translator=asked.person.name, finder=look)
            asked.desk.note(store, asked.person, "translate", item_ids=[number], detail=language)
    except ModerationError as error:
        return full(asked, problem=str(error), typed={"language": language, "text": text}, status=409)
    return asked.to(f"/statements/{number}", say=asked.t.text("The translation was noted."))


def permission(asked: Asked) -> Response:
    """Notes how an author answered who was asked for permission, with the proof."""
    number, state, proof = found_for(asked).item.id, field(asked, "state"), field(asked, "proof")
    scope = [Use(use) for use in asked.form.getlist("scope") if use in ASKABLE]
    if state not in _NOTABLE:
        raise Refusal(400, asked.t.text("Choose what the author answered."))
    try:
        with asked.desk.writer() as store:
            record(store, number, PermissionState(state), who=asked.person.name, scope=scope, proof=proof)
            asked.desk.note(store, asked.person, "permission", item_ids=[number], detail=state)
    except (ModerationError, ConfigError) as error:
        return full(asked, problem=str(error), typed={"proof": proof, "state": state}, status=409)
    return asked.to(f"/statements/{number}", say=asked.t.text("The answer was noted."))


PAGES = (
    Page("GET", "/statements/{item:int}", Right.SHARED, statement),
    Page("POST", "/statements/{item:int}/stance", Right.MODERATE, stance),
    Page("POST", "/statements/{item:int}/translation", Right.MODERATE, translation),
    Page("POST", "/statements/{item:int}/permission", Right.MODERATE, permission),
    *statement_redact.PAGES,
    *statement_erase.PAGES,
)
