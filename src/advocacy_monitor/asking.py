"""What `permission ...` does over a campaign: drafts to the screen or to files, replies, and the list of requests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from advocacy_monitor.config import Loaded, load_config
from advocacy_monitor.errors import ConfigError, ModerationError, SourceError
from advocacy_monitor.hosting import hosted, open_store
from advocacy_monitor.models import Use
from advocacy_monitor.permission import Draft, ask, record, send
from advocacy_monitor.protocols import Replying
from advocacy_monitor.statement_story import whom_to_tell
from advocacy_monitor.store import Store
from advocacy_monitor.store.permissions import PermissionState
from advocacy_monitor.terminal import json_line, plain, say, table, warn


def ask_all(
    path: Path,
    item_ids: Sequence[int],
    scope: Sequence[str],
    *,
    who: str,
    output: Path | None,
    confirm: Callable[[str], bool] | None,
    public: bool,
    as_json: bool,
) -> int:
    """Drafts a request for each post; one that may not be asked does not stop the others. Returns how many failed.

    `confirm` shows a draft and asks whether it is to be sent; None sends nothing. What is sent, or will be read by
    everybody (`public`), has no code.
    """
    loaded = load_config(path)
    failed = 0
    with open_store(loaded) as store:
        for item_id in dict.fromkeys(item_ids):
            try:
                uses = [Use(use) for use in scope]
                draft = ask(store, loaded.config, item_id, uses, who=who, public=public or confirm is not None)
                _show(draft, output, as_json=as_json)
                if confirm is not None and confirm(plain(draft.text)):
                    say(f"item {item_id}: sent as {plain(_send(store, loaded, draft, who))}")
            except (ModerationError, SourceError, ConfigError) as error:
                failed += 1
                warn(f"Error: {error}")
    return failed


def _send(store: Store, loaded: Loaded, draft: Draft, who: str) -> str:
    """Sends through the first collector of the post's platform that can. Raises ConfigError when there is none."""
    for name, collector in loaded.config.collectors.items():
        if collector.source == draft.source:
            source = hosted(store, loaded, name)
            if isinstance(source, Replying):
                return send(store, draft, source, who=who)
    raise ConfigError(f"item {draft.item_id}: no collector of {draft.source} can send a reply; send it by hand")


def _show(draft: Draft, output: Path | None, *, as_json: bool) -> None:
    if output is not None:
        try:
            output.mkdir(parents=True, exist_ok=True)
            file = output / f"item-{draft.item_id}.txt"
            file.write_text(f"{draft.url or ''}\n\n{draft.text}\n", encoding="utf-8")
        except OSError as error:
            raise ConfigError(f"{output}: the draft cannot be written: {error.strerror}") from error
        say(f"wrote {file}")
    elif as_json:
        json_line(
            {
                "item": draft.item_id,
                "url": draft.url,
                "language": draft.language,
                "text": draft.text,
                "code": draft.code,
            }
        )
    else:
        say(f"item {draft.item_id} ({draft.language}) {plain(draft.url or 'without an address')}")
        say(plain(draft.text))
        say(f"When it is sent: advocacy-monitor permission record {draft.item_id} asked --proof ADDRESS\n")


def record_one(path: Path, item_id: int, state: str, scope: Sequence[str], *, who: str, proof: str) -> None:
    """Notes one step. Raises ModerationError."""
    with open_store(load_config(path)) as store:
        uses = [Use(use) for use in scope]
        record(store, item_id, PermissionState(state), who=who, scope=uses, proof=proof)
        told = list(whom_to_tell(store, [item_id]))
    say(f"item {item_id}: {state}" + (f" ({', '.join(scope)})" if scope else ""))
    for line in told:
        warn(line)


def show_permissions(path: Path, state: str | None, *, as_json: bool) -> None:
    """Where each request stands."""
    with Store.open_read_only(load_config(path).database) as store:
        steps = store.permissions.newest(state=PermissionState(state) if state else None)
        uses = {step.item_id: store.items.uses(step.item_id, step.item_id).get(step.item_id, ()) for step in steps}
    if as_json:
        for step in steps:
            json_line(
                {
                    "item": step.item_id,
                    "state": step.state,
                    "scope": list(step.scope),
                    "consents": sorted(uses[step.item_id]),
                    "proof": step.proof,
                    "by": step.who,
                    "at": step.noted_at.isoformat(),
                }
            )
        return
    rows = [
        (
            s.item_id,
            s.state,
            ", ".join(s.scope),
            ", ".join(sorted(uses[s.item_id])),
            s.proof,
            s.who,
            f"{s.noted_at:%Y-%m-%d}",
        )
        for s in steps
    ]
    table(("item", "state", "for", "allowed now", "proof", "by", "on"), rows)
