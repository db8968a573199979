"""The verbs `access`, `retention` and `audit`: what is held of a person, what is kept too long, who did what."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from advocacy_monitor.cli_groups import who_does_it

if TYPE_CHECKING:
    from advocacy_monitor.config import Loaded
    from advocacy_monitor.rights.access import Gathered
    from advocacy_monitor.rights.retention import Plan
    from advocacy_monitor.store.audit import AuditRow

_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object.")
_DAY = click.DateTime(["%Y-%m-%d"])


def _load(ctx: click.Context) -> Loaded:
    from advocacy_monitor.config import load_config

    path: Path = ctx.find_root().obj
    return load_config(path)


@click.command(epilog="Example: advocacy-monitor access --email - --to answers/2026-11-23")
@click.option("--item", type=click.IntRange(1, 10**9), help="A statement's number: whoever made it.")
@click.option("--author", metavar="SOURCE:HANDLE", help="An account, such as x:ada.")
@click.option("--code", metavar="CODE", help="A withdrawal code; - asks for it, so that no history keeps it.")
@click.option("--email", metavar="ADDRESS", help="An e-mail address; - asks for it.")
@click.option(
    "--to",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Write it there: a page, JSON, payloads. Without it, only what there is is told.",
)
@click.option("--unconfirmed", is_flag=True, help="Also answers whose address nobody confirmed: you know it is theirs.")
@_JSON
@click.pass_context
def access(ctx: click.Context, /, *, folder: Path | None, unconfirmed: bool, as_json: bool, **who: Any) -> None:
    """Gather everything that is held on a person, to be handed to that person."""
    from advocacy_monitor.hosting import open_store
    from advocacy_monitor.rights.access import gather
    from advocacy_monitor.rights.access_files import write
    from advocacy_monitor.rights.subjects import find

    loaded = _load(ctx)
    named = {name: value for name, value in _asked(who).items() if value}
    if len(named) != 1:
        raise click.UsageError("name the person in one way: --item, --author, --code or --email")
    with open_store(loaded) as store:
        gathered = gather(store, loaded, find(store, **named), unconfirmed=unconfirmed)
        written = write(gathered, folder) if folder is not None else []
        if written:
            store.actions.add(who_does_it(), "access", item_ids=gathered.item_ids)
    _tell_access(gathered, written, folder, as_json=as_json)


def _asked(who: dict[str, Any]) -> dict[str, Any]:
    """What was given, with what stands for a question asked: a secret belongs in no history of commands."""
    return {
        name: click.prompt(name, hide_input=name == "code", err=True) if value == "-" else value
        for name, value in who.items()
    }


def _tell_access(gathered: Gathered, written: list[Path], folder: Path | None, *, as_json: bool) -> None:
    """Numbers only: what is held stands in the folder, and not on a screen or in a log."""
    from advocacy_monitor.terminal import json_line, plain, say

    packs = [plain(each["pack"]) for each in gathered.data["given_to"]]
    counts: dict[str, Any] = {
        "items": list(gathered.item_ids),
        "contacts": len(gathered.data["contact_details"]),
        "mails": len(gathered.data["mails"]),
        "packs": packs,
        "aside": len(gathered.aside),
        "unconfirmed": list(gathered.unconfirmed),
    }
    if as_json:
        json_line({**counts, "files": [str(each) for each in written], "notes": list(gathered.notes)})
        return
    quoted = f", quoted in {', '.join(packs)}" if packs else ""
    say(f"{len(gathered.item_ids)} statements, {counts['contacts']} entries with contact details{quoted}")
    if folder is not None:
        say(f"{len(written)} files in {plain(folder)}; only you can read them")
    for each in gathered.notes:
        say(f"- {plain(each)}")
    if folder is None:
        say("Nothing was written. To write it, add: --to FOLDER")


@click.command(epilog="Example: advocacy-monitor retention --on 2027-01-01")
@click.option("--apply", "is_real", is_flag=True, help="Remove it. Without this, nothing is changed.")
@click.option("--confirm", type=click.IntRange(min=0), metavar="N", help="You have seen that it is N statements.")
@click.option("--on", type=_DAY, metavar="DAY", help="What would be too old on this day, such as 2027-01-01.")
@_JSON
@click.pass_context
def retention(ctx: click.Context, is_real: bool, confirm: int | None, on: datetime | None, as_json: bool) -> None:
    """Show what is older than config.yaml keeps it; with --apply, remove it."""
    from advocacy_monitor.hosting import open_store
    from advocacy_monitor.rights.retention import enforce, plan
    from advocacy_monitor.terminal import json_line, say

    if is_real and on is not None:
        raise click.UsageError("--on only looks; leave out --apply")
    if confirm is not None and not is_real:
        raise click.UsageError("--confirm goes with --apply")
    loaded = _load(ctx)
    with open_store(loaded) as store:
        if not is_real:
            planned = plan(store, loaded, at=on.replace(tzinfo=UTC) if on else None)
            if as_json:
                json_line(_plan_as_json(planned))
            else:
                _tell_plan(planned, is_now=on is None)
            return
        done = enforce(store, loaded, confirmed=confirm)
        if done.any:
            store.actions.add(who_does_it(), "retention", detail=str(done))
    if as_json:
        json_line({"statements": done.statements, "rejects": done.rejects, "contacts": done.contacts})
    else:
        say(str(done))


def _plan_as_json(planned: Plan) -> dict[str, Any]:
    return {
        "at": planned.at,
        "total": planned.total,
        "count": planned.count,
        "statements": [
            {
                "rule": each.rule,
                "kind": each.kind,
                "source": each.source,
                "count": len(each.item_ids),
                "oldest_at": each.oldest_at,
                "items": list(each.item_ids),
            }
            for each in planned.statements
        ],
        "held": list(planned.found.held),
        "rejects": len(planned.found.rejects),
        "contacts": len(planned.found.contacts),
        "packs": list(planned.packs),
    }


def _tell_plan(planned: Plan, *, is_now: bool) -> None:
    from advocacy_monitor.terminal import plain, say, table

    when = f"On {planned.at:%Y-%m-%d}, {planned.count} of {planned.total} statements"
    say(f"{when} are older than config.yaml keeps them" + (":" if planned.count else "."))
    if planned.statements:
        rows = [
            (each.source, each.kind, each.rule, len(each.item_ids), f"{each.oldest_at:%Y-%m-%d}")
            for each in planned.statements
        ]
        table(("source", "kind", "too long since it was", "statements", "oldest"), [_told(row) for row in rows])
    if planned.found.held:
        say(f"{len(planned.found.held)} posts stay for now: their authors were asked for permission this month")
    if planned.found.rejects:
        say(f"{len(planned.found.rejects)} records that could not be read")
    if planned.found.contacts:
        say(f"{len(planned.found.contacts)} entries with contact details or scans that belong to no statement")
    if planned.packs:
        say(f"Packs that quote some of it; what is printed stays so: {', '.join(map(plain, planned.packs))}")
    if planned.found.any and is_now:
        say(f"Nothing was changed. To remove it: advocacy-monitor retention --apply --confirm {planned.count}")


def _told(row: tuple[str, str, str, int, str]) -> tuple[object, ...]:
    return (*row[:2], "collected" if row[2] == "age" else "looked up", *row[3:])


@click.group()
def audit() -> None:
    """Who did what: the log that is only added to, and whether it is whole."""


@audit.command("list", epilog="Example: advocacy-monitor audit list --since 2026-11-01 --actor Ada")
@click.option("--since", type=_DAY, metavar="DAY", help="From this day on (UTC).")
@click.option("--actor", metavar="NAME", help="What one person or program did.")
@click.option("--item", type=click.IntRange(1, 10**9), metavar="N", help="What was done with one statement.")
@click.option("--action", metavar="WORDS", help="How the action begins, such as remove or decide.")
@click.option("--limit", type=click.IntRange(1, 1_000_000), default=50, show_default=True, help="How many at most.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def list_(
    ctx: click.Context,
    since: datetime | None,
    actor: str | None,
    item: int | None,
    action: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """List what was done, the newest first."""
    from advocacy_monitor.store import Store
    from advocacy_monitor.terminal import json_line, plain, say, table

    with Store.open_read_only(_load(ctx).database) as store:
        rows = store.audit.rows(
            limit, since=since.replace(tzinfo=UTC) if since else None, actor=actor, item_id=item, action=action
        )
    if as_json:
        for each in rows:
            json_line(_row_as_json(each))
        return
    if not rows:
        say("Nothing.")
        return
    table(
        ("row", "when, UTC", "who", "what", "statement", "about"),
        [
            (
                *(each.id, f"{each.noted_at:%Y-%m-%d %H:%M}", plain(each.actor) or "the program"),
                *(plain(each.action), str(each.item_id or ""), plain(each.subject)),
            )
            for each in rows
        ],
    )


def _row_as_json(row: AuditRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "at": row.noted_at,
        "actor": row.actor,
        "action": row.action,
        "item": row.item_id,
        "subject": row.subject,
        "sealed": row.is_sealed,
    }


@audit.command(epilog="Example: advocacy-monitor audit verify")
@_JSON
@click.pass_context
def verify(ctx: click.Context, as_json: bool) -> None:
    """Check that no row is missing or was altered, then chain the new ones. Exit code 1 when something is wrong."""
    from advocacy_monitor.hosting import open_store
    from advocacy_monitor.terminal import json_line, plain, say, warn

    with open_store(_load(ctx)) as store:
        wrong = store.audit.verify()
        sealed = 0 if wrong else store.audit.seal()
        head = store.audit.head()
    if as_json:
        json_line({"wrong": wrong, "sealed": sealed, "rows": head[0] if head else 0, "hash": head[1] if head else None})
    elif not wrong:
        say(f"{head[0] if head else 0} rows, none missing, none altered" + (f"; {sealed} new" if sealed else ""))
        if head:
            say(f"Newest hash, to be noted elsewhere: {head[1]}")
    for each in wrong:
        warn(plain(each))
    if wrong and not as_json:
        warn("Somebody wrote to the database by other means than this program, or a backup was copied over it by hand.")
    sys.exit(1 if wrong else 0)
