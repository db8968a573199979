"""Sends what waits: each mail once, later when the server says so, given up when it will never be taken."""

from __future__ import annotations

import smtplib
import ssl
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import NoReturn

from advocacy_monitor.config import Loaded
from advocacy_monitor.errors import ConfigError, RetryableSourceError
from advocacy_monitor.mailing.message import message, settings
from advocacy_monitor.mailing.opt_in import queue_questions
from advocacy_monitor.mailing.smtp import Answer, connected, deliver
from advocacy_monitor.store import Store
from advocacy_monitor.store.outbox import Mail

WAITS = tuple(timedelta(minutes=minutes) for minutes in (5, 30, 120, 480, 1440))
"""How long a mail waits after each failure; after the last of them it is given up."""
MAYBE_TWICE = "sent once more, because it was not known whether it had been taken; it may have arrived twice"
TWICE_IN_DOUBT = "given up after it was not known twice whether the mail server took it; it may have arrived"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What one round did: mails taken, put off, given up, and how many wait."""

    sent: int = 0
    later: int = 0
    failed: int = 0
    waiting: int = 0


def send_waiting(
    store: Store,
    loaded: Loaded,
    *,
    stop: Callable[[], bool] = lambda: False,
    context: ssl.SSLContext | None = None,
) -> Sent:
    """Sends the mails that are due, as many as may go in a minute. Call it each minute.

    Raises ConfigError where the configuration or the log-in is wrong, RetryableSourceError where the server cannot be
    reached or the connection is lost: nothing is lost, and it is tried again with the next call.
    """
    given = settings(loaded)
    store.mails.tidy()
    problem = _ask(store, loaded)
    due = [mail for mail in store.mails.outbox.due(most=given.per_minute) if _is_to_be_sent(store, mail)]
    tally = Counter[Answer]()
    if due:
        try:
            with connected(loaded, context=context) as server:
                for mail in due:
                    if stop() or not store.mails.outbox.begin(mail.id):
                        break
                    tally[_send(store, loaded, server, mail)] += 1
        finally:
            store.mails.outbox.settle()
    if problem is not None:
        raise problem
    states = store.mails.outbox.states()
    return Sent(
        sent=tally[Answer.TAKEN],
        later=tally[Answer.LATER],
        failed=tally[Answer.NEVER],
        waiting=states.get("waiting", 0) + states.get("sending", 0),
    )


def _ask(store: Store, loaded: Loaded) -> ConfigError | None:
    """Queues the questions. What keeps them back is told afterwards: the other mails go all the same."""
    try:
        queue_questions(store, loaded)
    except ConfigError as error:
        return error
    return None


def _is_to_be_sent(store: Store, mail: Mail) -> bool:
    """Whether a mail is still wanted, and not in doubt for the second time: so it arrives twice at most."""
    if not store.mails.is_wanted(mail):
        store.mails.outbox.drop(mail.id)
        return False
    if mail.doubts > 1:
        store.mails.outbox.fail(mail.id, TWICE_IN_DOUBT)
        return False
    return True


def _send(store: Store, loaded: Loaded, server: smtplib.SMTP, mail: Mail) -> Answer:
    """Sends one mail and notes what became of it. Raises RetryableSourceError when the connection is lost."""
    try:
        made = message(mail, loaded, now=store.now())
    except ConfigError as error:
        store.mails.outbox.fail(mail.id, str(error))
        return Answer.NEVER
    try:
        answer, reason = deliver(server, made)
    except RetryableSourceError as error:
        _later(store, mail, str(error))
        raise
    if answer is Answer.TAKEN:
        store.mails.outbox.sent(mail.id, MAYBE_TWICE if mail.doubts else "")
    elif answer is Answer.NEVER:
        store.mails.outbox.fail(mail.id, reason)
    elif answer is Answer.LATER:
        _later(store, mail, reason)
    else:
        _in_doubt(store, mail, reason)
    return answer


def _in_doubt(store: Store, mail: Mail, reason: str) -> NoReturn:
    """Nobody knows whether it was taken: it is sent once more under the same Message-ID, and not a third time."""
    if mail.doubts:
        store.mails.outbox.fail(mail.id, TWICE_IN_DOUBT)
    else:
        _later(store, mail, reason, in_doubt=True)
    raise RetryableSourceError(f"a mail ({mail.kind}): {reason}")


def _later(store: Store, mail: Mail, reason: str, *, in_doubt: bool = False) -> None:
    """Puts a mail off, each time for longer; gives it up after the last time."""
    if mail.attempts >= len(WAITS):
        store.mails.outbox.fail(mail.id, reason)
    else:
        store.mails.outbox.again(mail.id, due_at=store.now() + WAITS[mail.attempts], reason=reason, in_doubt=in_doubt)
