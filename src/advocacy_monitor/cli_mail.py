"""The verbs about mail: `mail send`, `mail digest`, `mail thanks`, `mail test`, `mail status`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from advocacy_monitor.config import Loaded

_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object.")


def _load(ctx: click.Context) -> Loaded:
    from advocacy_monitor.config import load_config

    path: Path = ctx.find_root().obj
    return load_config(path)


@click.group()
def mail() -> None:
    """Mail to people and to staff; `run` sends what waits by itself."""


@mail.command(epilog="Example: advocacy-monitor mail send")
@_JSON
@click.pass_context
def send(ctx: click.Context, as_json: bool) -> None:
    """Send what waits: confirmations, codes, digests, thanks."""
    from advocacy_monitor.hosting import open_store
    from advocacy_monitor.mailing.outbox import send_waiting
    from advocacy_monitor.terminal import json_line, say

    loaded = _load(ctx)
    with open_store(loaded) as store:
        done = send_waiting(store, loaded)
    if as_json:
        json_line({"sent": done.sent, "later": done.later, "failed": done.failed, "waiting": done.waiting})
    else:
        say(f"{done.sent} sent, {done.later} put off, {done.failed} given up, {done.waiting} wait")
    sys.exit(1 if done.failed else 0)


@mail.command(epilog="Example: advocacy-monitor mail digest --show")
@click.option("--show", is_flag=True, help="Print it; send nothing.")
@click.pass_context
def digest(ctx: click.Context, show: bool) -> None:
    """Queue the digest for staff now: what is new, waits, fails and is unusual."""
    from advocacy_monitor.errors import ConfigError
    from advocacy_monitor.hosting import open_store
    from advocacy_monitor.mailing import digest as digests
    from advocacy_monitor.terminal import say

    loaded = _load(ctx)
    with open_store(loaded) as store:
        if show:
            made = digests.digest(store, loaded)
            say("There is no news, and `digest.only_news` is set." if made is None else f"{made[0]}\n\n{made[1]}")
            return
        if not loaded.config.digest.to:
            raise ConfigError(f"{loaded.path}: digest.to is empty, so nobody gets it")
        count = digests.queue_digest(store, loaded)
    say(f"{count} queued; `run` or `advocacy-monitor mail send` sends them")


@mail.command(epilog="Example: advocacy-monitor mail thanks thanks.txt --dry-run")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Count, and show the first one; queue nothing.")
@_JSON
@click.pass_context
def thanks(ctx: click.Context, path: Path, dry_run: bool, as_json: bool) -> None:
    """Queue thanks to everybody who ticked that you may write to them and confirmed their address.

    PATH is a text file whose first line is the subject, or a folder with thanks.txt, thanks.de.txt and so on. In it
    {campaign}, {sponsor} and {form} are filled in. The same text goes to nobody twice.
    """
    from advocacy_monitor.hosting import open_store
    from advocacy_monitor.mailing.thanks import queue_thanks, read_texts, thanks
    from advocacy_monitor.terminal import json_line, say

    loaded, texts = _load(ctx), read_texts(path)
    with open_store(loaded) as store:
        first = next((made for made, _ in thanks(store, loaded, texts)), None) if dry_run else None
        queued = queue_thanks(store, loaded, texts, dry_run=dry_run)
        if not dry_run and queued.by_language:
            store.actions.add("mail thanks", "mail.thanks", detail=f"{sum(queued.by_language.values())} queued")
    if as_json:
        json_line({"queued": queued.by_language, "before": queued.before, "no_text": queued.no_text})
        return
    if first is not None:
        say(f"{first.subject}\n\n{first.body}")
    count = sum(queued.by_language.values())
    languages = ", ".join(f"{language} {number}" for language, number in sorted(queued.by_language.items()))
    say(f"{count} {'would be queued' if dry_run else 'queued'}{f' ({languages})' if languages else ''}")
    say(f"{queued.before} had this text before; {queued.no_text} have no text in their language")


@mail.command("test", epilog="Example: advocacy-monitor mail test you@example.org")
@click.argument("address")
@click.pass_context
def test_(ctx: click.Context, address: str) -> None:
    """Send one mail to an address of your own, at once, to see whether it works."""
    from email.utils import make_msgid

    from advocacy_monitor.errors import ConfigError
    from advocacy_monitor.hosting import open_store
    from advocacy_monitor.mailing.message import domain, is_address, message
    from advocacy_monitor.mailing.smtp import Answer, connected, deliver
    from advocacy_monitor.store.outbox import Mail
    from advocacy_monitor.terminal import say

    loaded = _load(ctx)
    if not is_address(address):
        raise ConfigError(f"{address!r} is no e-mail address")
    name = loaded.config.campaign.name
    made = Mail(
        kind="test",
        recipient=address,
        language="en",
        subject=f"Test ({name})",
        body="Mail from advocacy-monitor arrives.\n",
        message_id=make_msgid(domain=domain(loaded)),
    )
    with open_store(loaded) as store, connected(loaded) as server:
        answer, reason = deliver(server, message(made, loaded, now=store.now()))
    if answer is not Answer.TAKEN:
        raise ConfigError(f"the mail server does not take it: {reason}")
    say("The mail server took it. Look into the mailbox, and into its folder for spam.")


@mail.command(epilog="Example: advocacy-monitor mail status")
@_JSON
@click.pass_context
def status(ctx: click.Context, as_json: bool) -> None:
    """How many mails wait, were sent or given up, and why."""
    from datetime import timedelta

    from advocacy_monitor.hosting import open_store
    from advocacy_monitor.terminal import json_line, say

    with open_store(_load(ctx)) as store:
        states = store.mails.outbox.states()
        failures = store.mails.outbox.failures(since=store.now() - timedelta(days=7))
    if as_json:
        json_line({"states": states, "failures": [{"kind": kind, "reason": reason} for kind, reason in failures]})
        return
    say(", ".join(f"{count} {state}" for state, count in states.items()) or "No mail yet.")
    for kind, reason in failures:
        say(f"{kind}: {reason}")
