"""The two roads on which an alert reaches people: a mail to staff, and a message to a webhook."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from advocacy_monitor.config import Loaded, alert_webhook
from advocacy_monitor.mailing.message import domain
from advocacy_monitor.monitoring.webhook import posted
from advocacy_monitor.store import Store
from advocacy_monitor.store.alerts import Alert
from advocacy_monitor.store.outbox import Mail

_MOST = 40
"""So many alerts stand in one message; of more, their number is told."""


def mail(store: Store, loaded: Loaded, going_on: Sequence[Alert], over: Sequence[Alert]) -> None:
    """Queues one mail about all of these to everybody who gets alerts. Raises ConfigError where no mail can be sent."""
    subject, body = title(loaded, going_on, over), text(loaded, going_on, over)
    mails = [
        Mail(kind="alert", recipient=address, language="en", subject=subject, body=body)
        for address in dict.fromkeys(loaded.config.alerts.to)
    ]
    store.mails.outbox.queue(mails, domain=domain(loaded))


def post(
    loaded: Loaded,
    going_on: Sequence[Alert],
    over: Sequence[Alert],
    *,
    send: Callable[[str, bytes], None] | None = None,
) -> None:
    """Posts one message about all of these to the webhook.

    Raises ConfigError where its address may not be asked or does not take the message, RetryableSourceError where it
    cannot be reached; neither repeats the address, which is a secret.
    """
    address = alert_webhook(loaded)
    if address is not None:
        body = msgspec.json.encode(message(loaded, going_on, over))
        send = send or functools.partial(posted, private_hosts=loaded.config.network.private_hosts)
        send(address.get_secret_value(), body)


def title(loaded: Loaded, going_on: Sequence[Alert], over: Sequence[Alert]) -> str:
    """What stands in the subject of a mail."""
    name = loaded.config.campaign.name
    if len(going_on) == 1 and not over:
        return f"{name}: {going_on[0].subject} ({going_on[0].kind})"
    if going_on:
        return f"{name}: {len(going_on)} {'alert' if len(going_on) == 1 else 'alerts'}"
    return f"{name}: over: {', '.join(alert.subject for alert in over)[:100]}"


def text(loaded: Loaded, going_on: Sequence[Alert], over: Sequence[Alert]) -> str:
    """What a person reads."""
    lines = [f"{alert.message}\nSince {_stamp(alert.began_at)}." for alert in going_on[:_MOST]]
    lines += [f"And {len(going_on) - _MOST} more."] if len(going_on) > _MOST else []
    lines += [
        f"Over since {_stamp(alert.ended_at)}: {alert.subject} (it began {_stamp(alert.began_at)})."
        for alert in over[:_MOST]
        if alert.ended_at is not None
    ]
    hours = loaded.config.alerts.again_hours
    lines.append(
        f"You get this because your address stands in alerts.to of the campaign's config.yaml. What goes on is told "
        f"again after {hours:g} hours. On the server, `advocacy-monitor status` shows how everything stands."
    )
    return "\n\n".join(lines) + "\n"


def message(loaded: Loaded, going_on: Sequence[Alert], over: Sequence[Alert]) -> dict[str, Any]:
    """What a webhook is given: `text` for chat programs, the same as data for others."""
    told = [f"{alert.message} (since {_stamp(alert.began_at)})" for alert in going_on[:_MOST]]
    told += [f"And {len(going_on) - _MOST} more."] if len(going_on) > _MOST else []
    told += [f"Over: {alert.subject}" for alert in over[:_MOST]]
    return {
        "campaign": loaded.config.campaign.name,
        "text": "\n".join([loaded.config.campaign.name, *told]),
        "alerts": [_as_data(alert) for alert in (*going_on, *over)],
    }


def _as_data(alert: Alert) -> dict[str, str | None]:
    return {
        "subject": alert.subject,
        "kind": alert.kind,
        "message": alert.message,
        "began_at": alert.began_at.isoformat(),
        "ended_at": alert.ended_at.isoformat() if alert.ended_at else None,
    }


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
