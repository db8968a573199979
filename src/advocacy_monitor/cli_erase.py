"""The verb `erase`: takes a person out, after it has shown what that would be."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from advocacy_monitor.cli_groups import who_does_it

if TYPE_CHECKING:
    from advocacy_monitor.config import Loaded
    from advocacy_monitor.rights.files import Looked
    from advocacy_monitor.taking_out import Shown, TakenOut

_SHOWN = 60
_MOST = 50


@click.command(epilog="Example: advocacy-monitor erase --author mastodon:ada@books.example")
@click.option("--item", type=click.IntRange(1, 10**9), help="A statement's number: whoever made it.")
@click.option("--author", metavar="SOURCE:HANDLE", help="An account, such as x:ada.")
@click.option("--code", metavar="CODE", help="A withdrawal code; - asks for it, so that no history keeps it.")
@click.option("--email", metavar="ADDRESS", help="An e-mail address; - asks for it.")
@click.option("--also", type=click.IntRange(1, 10**9), multiple=True, help="A copy by others that shall go too.")
@click.option("--confirm", type=click.IntRange(min=0), metavar="N", help="Remove these N statements now.")
@click.option("--only-these", is_flag=True, help="Later posts of this person are stored again.")
@click.option("--remove-files", is_flag=True, help="Remove files that are packs or hold the words as well.")
@click.option(
    "--letters",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Write letters to who holds packs. Without a person: to all who were not told yet.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_context
def erase(
    ctx: click.Context,
    /,
    *,
    also: tuple[int, ...],
    confirm: int | None,
    only_these: bool,
    remove_files: bool,
    letters: Path | None,
    as_json: bool,
    **who: Any,
) -> None:
    """Take a person out: words, author, contact details, backups, files; they do not come back.

    Without --confirm it shows what would go and changes nothing.
    """
    from advocacy_monitor.config import load_config
    from advocacy_monitor.hosting import open_store
    from advocacy_monitor.rights.subjects import find
    from advocacy_monitor.taking_out import show, take_out

    path: Path = ctx.find_root().obj
    loaded = load_config(path)
    named = {name: value for name, value in _asked(who).items() if value}
    if not named and letters is not None:
        _only_letters(loaded, letters, as_json=as_json)
        return
    if len(named) != 1:
        raise click.UsageError("name the person in one way: --item, --author, --code or --email")
    with open_store(loaded) as store:
        shown = show(store, loaded, find(store, **named, proven=True), also=also)
        if confirm is None:
            _tell(shown, loaded, as_json=as_json)
            return
        done = take_out(
            *(store, loaded, shown),
            confirmed=confirm,
            by=who_does_it(),
            only_these=only_these,
            remove_files=remove_files,
            letters_to=letters,
        )
    _tell_done(done, loaded, as_json=as_json)
    sys.exit(1 if done.problems else 0)


def _asked(who: dict[str, Any]) -> dict[str, Any]:
    """What was given, with what stands for a question asked: a secret belongs in no history of commands."""
    return {
        name: click.prompt(name, hide_input=name == "code", err=True) if value == "-" else value
        for name, value in who.items()
    }


def _only_letters(loaded: Loaded, folder: Path, *, as_json: bool) -> None:
    from advocacy_monitor.hosting import open_store
    from advocacy_monitor.rights.letters import letters, write
    from advocacy_monitor.terminal import json_line, say

    with open_store(loaded) as store:
        written = write(letters(store, loaded), folder)
    if as_json:
        json_line({"letters": [str(each) for each in written]})
    else:
        count = _counted(len(written), "letter")
        say(f"{count} in {folder}" if written else "Everybody who holds a pack was told.")


def _tell(shown: Shown, loaded: Loaded, *, as_json: bool) -> None:
    from advocacy_monitor.terminal import json_line, plain, say

    erasure = shown.erasure
    if as_json:
        json_line(_as_json(shown, loaded))
        return
    say(f"{_counted(len(erasure.items), 'statement')} would be removed, with {_counted(erasure.captures, 'capture')}:")
    for told, items in (("", erasure.own), (" (a copy)", erasure.also), (" (a repost)", erasure.reposts)):
        for each in items[:_MOST]:
            say(
                f"  {each.id}  {each.created_at:%Y-%m-%d}  {plain(each.source)}  {plain(each.text, width=_SHOWN)}{told}"
            )
        if len(items) > _MOST:
            say(f"  … and {len(items) - _MOST} more")
    if len(erasure.subject.identity.keys) > 1:
        say("These are statements of more than one account of that name. If they are two people, name one by --item.")
    if erasure.subject.loose:
        loose = _counted(len(erasure.subject.loose), "entry", "entries")
        say(f"{loose} with contact details that belong to no statement")
    if shown.rejects:
        say(f"{_counted(shown.rejects, 'record')} that could not be read and are the person's")
    if shown.perhaps:
        perhaps = _counted(shown.perhaps, "record")
        say(f"{perhaps} that could not be read may name the person and stay: a name alone may be another's")
    if erasure.unconfirmed:
        numbers = ", ".join(map(str, erasure.unconfirmed[:_MOST]))
        say(f"Nobody has confirmed the address of {numbers}: whoever typed it may be somebody else. Ask for the code.")
    if erasure.copies:
        say(f"The same words by others, which stay unless you add --also N: {_numbers(erasure.copies)}")
    if erasure.mentions:
        say(f"May name the person, or be theirs, and stay; look at the desk: {', '.join(map(str, erasure.mentions))}")
    for number, holders in erasure.holders.items():
        say(f"Pack {number} quotes it; it went to: {', '.join(map(plain, holders)) or 'nobody that is noted'}")
    for told, count in shown.notes:
        say(f"{told}: the person may be named there {_counted(count, 'time')}; nothing is removed")
    _tell_files(shown.files, loaded)
    say(f"Nothing was changed. To remove them, add: --confirm {len(erasure.items)}")


def _tell_files(looked: Looked, loaded: Loaded) -> None:
    from advocacy_monitor.rights.files import WAITS, removable, shown
    from advocacy_monitor.terminal import plain, say

    for (kind, why, folder), names in _grouped(looked, loaded).items():
        few = len(names) == 1 or (kind == "file" and len(names) <= _MOST)
        named = ", ".join(names) if few else f"{len(names)} files in {folder}"
        say(f"{kind} {plain(named)}: {why}")
    waiting = [each for each in looked.holding if each.kind == WAITS]
    if waiting:
        say("Collect what waits (advocacy-monitor collect), then erase again: it is no statement yet.")
    if removable(looked.holding, loaded):
        say("Make these files anew or delete them; --remove-files deletes those that are packs or hold the words.")
    if looked.unread:
        unread = ", ".join(plain(shown(each, loaded)) for each in looked.unread[:_MOST])
        say(f"Could not be looked into: {unread}")


def _grouped(looked: Looked, loaded: Loaded) -> dict[tuple[str, str, str], list[str]]:
    """The names of files by kind, reason and folder: a pack may be a hundred files."""
    from advocacy_monitor.rights.files import shown

    found: dict[tuple[str, str, str], list[str]] = {}
    for each in looked.holding:
        name = shown(each.path, loaded)
        found.setdefault((each.kind, each.why, str(Path(name).parent)), []).append(name)
    return found


def _counted(count: int, one: str, many: str = "") -> str:
    return f"{count} {one if count == 1 else many or one + 's'}"


def _numbers(items: tuple[Any, ...]) -> str:
    more = ", …" if len(items) > _MOST else ""
    return ", ".join(str(each.id) for each in items[:_MOST]) + more


def _as_json(shown: Shown, loaded: Loaded) -> dict[str, Any]:
    erasure = shown.erasure
    return {
        "items": [each.id for each in erasure.items],
        "captures": erasure.captures,
        "reposts": [each.id for each in erasure.reposts],
        "copies": [each.id for each in erasure.copies],
        "mentions": list(erasure.mentions),
        "contacts": len(erasure.subject.loose),
        "accounts": len(erasure.subject.identity.keys),
        "unconfirmed": list(erasure.unconfirmed),
        "rejects": shown.rejects,
        "rejects_perhaps": shown.perhaps,
        "packs": {number: list(holders) for number, holders in erasure.holders.items()},
        "notes": dict(shown.notes),
        **_files_as_json(shown.files, loaded),
    }


def _files_as_json(looked: Looked, loaded: Loaded) -> dict[str, Any]:
    from advocacy_monitor.rights.files import shown

    return {
        "files": [{"file": shown(each.path, loaded), "kind": each.kind, "why": each.why} for each in looked.holding],
        "unread_files": [shown(each, loaded) for each in looked.unread],
    }


def _tell_done(done: TakenOut, loaded: Loaded, *, as_json: bool) -> None:
    from advocacy_monitor.terminal import json_line, plain, say, warn

    erased = done.erased
    if as_json:
        json_line(_done_as_json(done, loaded))
        return
    contacts = _counted(erased.contacts, "entry", "entries")
    say(f"Removed: {_counted(len(erased.items), 'statement')}, {contacts} with contact details")
    if erased.rejects:
        say(f"Removed: {_counted(erased.rejects, 'record')} that could not be read")
    if erased.people:
        say("What this person posts from now on is not stored; an answer of theirs is.")
        if not erased.numbered:
            say("They are known by a name only: where their posts come with the account's number, erase these as well.")
    for line in erased.tell:
        say(line)
    if done.letters:
        say(f"{_counted(len(done.letters), 'letter')} to send: {plain(done.letters[0].parent)}")
    elif erased.tell:
        say("Letters to them: advocacy-monitor erase --letters FOLDER")
    if done.backups:
        say(f"Made anew without it: {_counted(done.backups, 'backup')}")
    for name in done.unread_backups:
        say(f"{plain(name)}: could not be opened here; it is removed from it when that backup is restored")
    for told, count in erased.left:
        say(f"{told}: the person may still be named {_counted(count, 'time')}")
    if done.removed_files:
        say(f"Removed: {_counted(len(done.removed_files), 'file')}")
    _tell_files(done.still, loaded)
    for problem in done.problems:
        warn(plain(problem))


def _done_as_json(done: TakenOut, loaded: Loaded) -> dict[str, Any]:
    from advocacy_monitor.rights.files import shown

    erased = done.erased
    return {
        "items": list(erased.items),
        "contacts": erased.contacts,
        "rejects": erased.rejects,
        "kept_out": erased.people,
        "packs": list(erased.packs),
        "tell": list(erased.tell),
        "letters": [str(each) for each in done.letters],
        "backups": done.backups,
        "unread_backups": list(done.unread_backups),
        "notes": dict(erased.left),
        "removed_files": [shown(each, loaded) for each in done.removed_files],
        "problems": list(done.problems),
        **_files_as_json(done.still, loaded),
    }
