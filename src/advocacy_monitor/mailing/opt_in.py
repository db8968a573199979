"""Double opt-in: an address gets one mail that asks; what is promised to it is sent after its holder said yes."""

from __future__ import annotations

from dataclasses import dataclass

from advocacy_monitor.config import Loaded
from advocacy_monitor.errors import ModerationError
from advocacy_monitor.mailing.message import domain, is_address, public_address
from advocacy_monitor.models import Use
from advocacy_monitor.store import Store
from advocacy_monitor.store.mails import OPT_IN_DAYS, Asking, OptedIn
from advocacy_monitor.store.outbox import Mail
from advocacy_monitor.translate import Texts, form_texts
from advocacy_monitor.withdrawal import new_code

_MOST_AT_ONCE = 50
_MOST_A_DAY = 2000
"""Mails that ask for a confirmation; more than that is no campaign but an attack."""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """An address was confirmed, just now or before."""

    language: str
    before: bool


def queue_questions(store: Store, loaded: Loaded) -> int:
    """Queues the mails that ask whether an address is right. Returns how many."""
    asked = store.mails.to_ask(most=_MOST_AT_ONCE, most_a_day=_MOST_A_DAY, is_address=is_address)
    for each in asked:
        store.mails.queue_question(each, _question(each, loaded), domain=domain(loaded))
    return len(asked)


def _question(asking: Asking, loaded: Loaded) -> Mail:
    t = form_texts(asking.language)
    link = f"{public_address(loaded)}/confirm?lang={asking.language}&token={asking.token}"
    paragraphs = [
        t.text("Hello,"),
        t.text(
            "Somebody left this address on the form of the campaign {campaign}. Was it you? Then open this page:",
            campaign=loaded.config.campaign.name,
        ),
        link,
        t.text("You then get the code by which you can read, change and withdraw your answer."),
        t.counted("The link holds for {n} day.", "The link holds for {n} days.", OPT_IN_DAYS),
        t.text("If it was not you, do nothing. The address will be deleted, and you will get no more mail."),
    ]
    return Mail(
        kind="opt-in",
        recipient=asking.email,
        language=asking.language,
        subject=t.text("Is this your address? ({campaign})", campaign=loaded.config.campaign.name),
        source=asking.source,
        source_id=asking.source_id,
        body=body(paragraphs, loaded, t),
    )


def body(paragraphs: list[str], loaded: Loaded, t: Texts) -> str:
    """Paragraphs with the sponsor below; each line in Arabic begins at the right, whatever word stands first.

    Addresses and codes have no such mark: it would be copied with them, and turn a code's groups round.
    """
    campaign = loaded.config.campaign
    whole = [*paragraphs, f"-- \n{campaign.sponsor}\n{campaign.contact}"]
    mark = "\u200f" if t.right_to_left else ""
    lines = "\n\n".join(whole).splitlines()
    return "".join(f"{line if line.isascii() else mark + line}\n" for line in lines)


def confirm(store: Store, loaded: Loaded, token: str) -> Confirmed | None:
    """Confirms an address and queues the mail with the code. None for a link that is wrong or too old."""
    opted_in = store.mails.opted_in(token)
    if opted_in is None:
        return None
    if not opted_in.before:
        _queue_code(store, loaded, opted_in)  # first: should the program die now, the link still works
        store.mails.confirm(token)
    return Confirmed(language=opted_in.language, before=opted_in.before)


def _queue_code(store: Store, loaded: Loaded, opted_in: OptedIn) -> None:
    """A second code for the same answer: the first is nowhere stored, so that it cannot be sent."""
    item_id = store.mails.item_of(opted_in)
    if item_id is None or not is_address(opted_in.email):
        return
    code = new_code()
    store.submissions.add_code(code, item_id)
    t = form_texts(opted_in.language)
    paragraphs = [
        t.text("Thank you. Your address is confirmed."),
        t.text("This is the code of your answer:"),
        code,
        t.text("With it you can read, change and withdraw your answer here:"),
        f"{public_address(loaded)}/statement?lang={opted_in.language}",
        t.text("Please keep this mail. Whoever has the code can do the same."),
    ]
    mail = Mail(
        kind="code",
        recipient=opted_in.email,
        language=opted_in.language,
        subject=t.text("The code of your answer ({campaign})", campaign=loaded.config.campaign.name),
        source=opted_in.source,
        source_id=opted_in.source_id,
        body=body(paragraphs, loaded, t),
    )
    store.mails.outbox.queue([mail], domain=domain(loaded))


def unsubscribe(store: Store, token: str) -> bool:
    """Ends all mails to an address and takes back the consent to them. False for a token that is none of ours."""
    theirs = store.mails.unsubscribe(token)
    if theirs is None:
        return False
    for each in theirs:
        item_id = store.mails.item_of(each)
        if item_id is None:
            continue
        try:
            granted = store.submissions.held(item_id).consents - {Use.CONTACT}
            store.submissions.set_consents(item_id, granted, proof="ended by the link in a mail")
        except ModerationError:
            continue  # withdrawn in the meantime
    return True
