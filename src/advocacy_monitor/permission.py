"""Asking people whether their posts may be quoted (R3): drafts for staff to send, and the answers with their proof.

found (a draft was made) -> asked (it was sent) -> granted for a scope, or refused -> withdrawn. Nothing is sent by
itself: staff send the draft by hand, or tell the program to, one post at a time, where the platform allows that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit, urlunsplit

from advocacy_monitor.candidates import Candidate, candidate, gone
from advocacy_monitor.config import Config
from advocacy_monitor.errors import ModerationError
from advocacy_monitor.models import Known, Status, Use
from advocacy_monitor.permission_words import WORDS
from advocacy_monitor.protocols import Replying
from advocacy_monitor.redact import plain_name
from advocacy_monitor.store import Store
from advocacy_monitor.store.permissions import PermissionState
from advocacy_monitor.store.wiping import PREFIX
from advocacy_monitor.terms import TERMS
from advocacy_monitor.withdrawal import new_code

ASKABLE = (Use.QUOTE_UNNAMED, Use.QUOTE_NAMED, Use.SEND_TO_REPRESENTATIVE)
_CLOSED = frozenset({PermissionState.REFUSED, PermissionState.WITHDRAWN})
_OPEN = frozenset(PermissionState) - {PermissionState.FOUND}
_AFTER: dict[PermissionState | None, frozenset[PermissionState]] = {
    None: _OPEN,
    PermissionState.FOUND: _OPEN,
    PermissionState.ASKED: _OPEN,
    PermissionState.GRANTED: _OPEN,
    PermissionState.REFUSED: frozenset({PermissionState.GRANTED, PermissionState.WITHDRAWN}),
    PermissionState.WITHDRAWN: frozenset({PermissionState.GRANTED}),
}
"""What may follow what. Whoever has said no is not asked again; if they come back by themselves, that is noted.

Anybody may withdraw at any time, also people who were never asked.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What to send, in the post's language. The code stands here once and is stored as a hash only."""

    item_id: int
    source: str
    url: str | None
    language: str
    text: str
    code: str | None


def consent_page(config: Config) -> str | None:
    """Where people answer a request: the page that the campaign names, else that of its form; None without either."""
    address = config.form.address
    return config.campaign.form_url or (f"{str(address).rstrip('/')}/permission" if address else None)


def _link(form_url: str, code: str) -> str:
    parts = urlsplit(form_url)
    query = "&".join(filter(None, (parts.query, urlencode({"code": code}))))
    return urlunsplit(parts._replace(query=query))


def _text(post: Candidate, config: Config, scope: Sequence[Use], code: str | None) -> tuple[str, str]:
    """The language and the words."""
    known = [language for language in (post.language, *config.campaign.languages, "en") if language in WORDS]
    words = WORDS[known[0]]
    name = plain_name(post.item.author_name) or plain_name(post.item.author_handle)
    greeting = words.greeting.replace("{name}", name) if name else words.nobody
    uses = words.joined.join(words.uses[use] for use in scope)
    asked = words.ask.replace("{uses}", uses).replace("{sponsor}", config.campaign.sponsor)
    form_url = consent_page(config)
    how = words.by_reply
    if form_url is not None and code is not None:
        how = words.page.replace("{link}", _link(form_url, code)).replace("{code}", code)
    return known[0], " ".join((greeting, asked, how))


def _askable(store: Store, item_id: int) -> Candidate:
    post = candidate(store, item_id)
    if post is None:
        raise ModerationError(f"item {item_id}: there is no such item")
    if post.item.kind != "post":
        raise ModerationError(f"item {item_id}: is an answer to a form, which asked for consent itself")
    if gone(post):
        raise ModerationError(f"item {item_id}: is no longer shown at its source")
    if post.status is Status.REJECTED:
        raise ModerationError(f"item {item_id}: is rejected; nobody is asked about it")
    steps = store.permissions.steps(item_id)
    if steps and steps[-1].state in _CLOSED:
        raise ModerationError(f"item {item_id}: its author has {steps[-1].state}; nobody is asked twice")
    return post


def ask(store: Store, config: Config, item_id: int, scope: Sequence[Use], *, who: str, public: bool = False) -> Draft:
    """Drafts the request for one post and notes it as found. Raises ModerationError naming the item and the rule.

    A draft that everybody can read (`public`) asks for a yes or no and has no code: a code is as good as its holder.
    """
    wrong = [use for use in scope if use not in ASKABLE]
    if wrong or not scope:
        allowed = ", ".join(ASKABLE)
        raise ModerationError(
            f"item {item_id}: permission can be asked for {allowed}; found {', '.join(wrong) or 'none'}"
        )
    post = _askable(store, item_id)
    code = None if public or consent_page(config) is None else new_code()
    language, text = _text(post, config, scope, code)
    store.permissions.add(item_id, PermissionState.FOUND, who=who, scope=scope, code=code)
    return Draft(item_id=item_id, source=post.item.source, url=post.item.url, language=language, text=text, code=code)


def send(store: Store, draft: Draft, source: Replying, *, who: str) -> str:
    """Sends a draft as a reply where the platform's rules allow it, and notes it as asked with the reply's address.

    Raises ModerationError where they do not, SourceError when it cannot be sent.
    """
    terms = TERMS.get(draft.source)
    if terms is None or not terms.may_reply:
        name = terms.name if terms else draft.source
        raise ModerationError(f"item {draft.item_id}: {name} does not allow this through its API; send it by hand")
    if len(draft.text) > terms.reply_length:
        raise ModerationError(
            f"item {draft.item_id}: the reply has {len(draft.text)} characters and {terms.name} takes "
            f"{terms.reply_length}; shorten it and send it by hand"
        )
    _askable(store, draft.item_id)  # they may have answered while the draft was read
    known: Known = store.verifications.known([draft.item_id])[0]
    address = source.reply(known, draft.text)
    scope = store.permissions.steps(draft.item_id)[-1].scope
    store.permissions.add(draft.item_id, PermissionState.ASKED, who=who, scope=scope, proof=address)
    return address


def record(
    store: Store, item_id: int, state: PermissionState, *, who: str, scope: Sequence[Use] = (), proof: str = ""
) -> None:
    """Notes an answer, with its proof. A grant is all that is granted from now on; a refusal takes quotes back.

    Raises ModerationError naming the item and the rule.
    """
    if not who.strip():
        raise ModerationError("who notes it? a step needs a name")
    if not proof.strip():
        raise ModerationError(
            f"item {item_id}: a proof is needed, such as the address of the answer or the mail's date"
        )
    if state is PermissionState.GRANTED and (not scope or any(use not in ASKABLE for use in scope)):
        raise ModerationError(f"item {item_id}: granted for what? name one of {', '.join(ASKABLE)}")
    found = candidate(store, item_id)
    if found is None:
        raise ModerationError(f"item {item_id}: there is no such item")
    if found.item.source_id.startswith(PREFIX):
        raise ModerationError(f"item {item_id}: was removed; there is nothing left to be asked about")
    steps = store.permissions.steps(item_id)
    before = steps[-1].state if steps else None
    if state not in _AFTER[before]:
        allowed = ", ".join(sorted(_AFTER[before]))
        raise ModerationError(f"item {item_id}: {before or 'nothing'} cannot become {state}; it can become {allowed}")
    kept = scope or (steps[-1].scope if steps and state is PermissionState.ASKED else ())

    def unchanged() -> None:
        if len(store.permissions.steps(item_id)) != len(steps):
            raise ModerationError(f"item {item_id}: somebody else has just noted a step; look again")

    store.permissions.add(item_id, state, who=who, scope=kept, proof=proof, check=unchanged)
