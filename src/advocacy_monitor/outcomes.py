"""What the verbs tell: outcomes of runs, queues, one statement, a pack, the state of a campaign."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from advocacy_monitor.collect import Outcome
from advocacy_monitor.config import Loaded, load_config
from advocacy_monitor.enrich import Enrichment
from advocacy_monitor.errors import ConfigError, ModerationError
from advocacy_monitor.models import EvidencePack, Status, Tally
from advocacy_monitor.store import Store
from advocacy_monitor.terminal import json_line, plain, say, table, warn

_TALLY = ("read", "stored", "already", "rejected")


def _numbers(tally: Tally) -> dict[str, int]:
    return {name: getattr(tally, name) for name in _TALLY}


def show_outcomes(outcomes: Sequence[Outcome], *, as_json: bool, nothing: str = "Nothing to do.") -> None:
    """A row for each run and the sum; as JSON, the last line is one object with the sums."""
    total = sum((outcome.tally for outcome in outcomes), Tally())
    if as_json:
        for o in outcomes:
            json_line({"name": o.name, "run": o.run_id, "status": o.status, "message": o.message, **_numbers(o.tally)})
        json_line({**_numbers(total), "failed": sum(o.status == "failed" for o in outcomes)})
        return
    if not outcomes:
        say(nothing)
        return
    rows: list[tuple[object, ...]] = [(o.name, o.status, *_numbers(o.tally).values()) for o in outcomes]
    if len(rows) > 1:
        rows.append(("all", "", *_numbers(total).values()))
    table(("name", "ended", "read", "stored", "already there", "rejected"), rows)
    for outcome in outcomes:
        for note in outcome.notes:
            warn(f"{outcome.name}: {plain(note)}")
        if outcome.message:
            warn(f"{outcome.name}: {plain(outcome.message)}")
        if outcome.tally.changed:
            warn(
                f"{outcome.name}: {outcome.tally.changed} that were already there say something else now; their new "
                "words were kept and marked (if this is another survey, name it: import --form NAME)"
            )
    if total.rejected:
        warn(f"{total.rejected} records could not be read; `advocacy-monitor status` says why")


def show_enrichments(made: Sequence[Enrichment], *, as_json: bool) -> None:
    """A row for each enricher."""
    if as_json:
        for e in made:
            json_line(
                {"name": e.name, "by": e.by, "items": e.items, "annotations": e.annotations, "set_aside": e.set_aside}
            )
        return
    rows = [(e.name, e.by.split("@", 1)[1], e.items, e.annotations, e.set_aside) for e in made]
    table(("enricher", "version", "items", "annotations", "set aside"), rows)
    for e in made:
        if e.message:
            warn(f"{e.name}: {plain(e.message)}")


def show_queue(path: Path, *, status: str, theme: str | None, limit: int, as_json: bool) -> None:
    """Statements that wait for a decision."""
    from advocacy_monitor.moderate import queue

    if status != "all" and status not in set(Status):
        raise ConfigError(f"--status {status}: is not one of {', '.join(Status)}, all")
    wanted = None if status == "all" else Status(status)
    with Store.open_read_only(load_config(path).database) as store:
        found = queue(store, status=wanted, theme=theme, limit=limit)
    for item, now, facts in found if as_json else ():
        labels = {label: sorted({f.value for f in facts if f.label == label}) for label in {f.label for f in facts}}
        json_line({"id": item.id, "status": now, "source": item.source, "text": item.text, "labels": labels})
    if as_json:
        return
    rows = []
    for item, now, facts in found:
        themes = ", ".join(sorted({f.value for f in facts if f.label == "theme"}))
        look = ", ".join(sorted({f.value for f in facts if f.label in ("risk", "review", "edited", "relevance")}))
        rows.append((item.id, now, item.source, plain(item.text, width=160), themes, look))
    table(("id", "status", "source", "text", "themes", "look at"), rows)
    say(f"{len(rows)} shown; decide with: advocacy-monitor moderate approve ID...")


def show_item(path: Path, item_id: int, *, as_json: bool) -> None:
    """One statement's whole story on one screen."""
    with Store.open_read_only(load_config(path).database) as store:
        found = store.items.get([item_id])
        if not found:
            raise ModerationError(f"item {item_id}: there is no such item")
        item = found[0]
        story: dict[str, Any] = {
            "id": item.id,
            "status": store.items.statuses(item_id, item_id)[item_id],
            "source": item.source,
            "source_id": item.source_id,
            "said_at": item.created_at,
            "collected_at": item.collected_at,
            "url": item.url,
            "library": item.library,
            "area": item.area,
            "text": item.text,
            "answers": item.answers,
            "consents": sorted(store.items.uses(item_id, item_id).get(item_id, ())),
            "captures": [digest for digest, _ in store.items.captures(item_id)],
            "annotations": [
                {
                    "label": fact.label,
                    "value": fact.value,
                    "score": fact.score,
                    "words": [item.text[span.start : span.end] for span in fact.spans],
                    "by": fact.by,
                }
                for fact in store.items.annotations(item_id, item_id).get(item_id, [])
            ],
            "decisions": [
                {"status": d.status, "moderator": d.moderator, "reason": d.reason, "at": d.decided_at}
                for d in store.assertions.history(item_id)
            ],
            "packs": store.packs.holding(item_id),
        }
    if as_json:
        json_line(story)
        return
    for name, value in story.items():
        if name in ("annotations", "decisions"):
            continue
        shown = ", ".join(map(str, value)) if isinstance(value, list) else value
        say(f"{name:12} {plain(shown)}")
    rows = [(f["label"], f["value"], " | ".join(f["words"]), f["score"] or "", f["by"]) for f in story["annotations"]]
    table(("label", "value", "words", "score", "by"), rows)
    for decision in story["decisions"]:
        who = f"{decision['at']:%Y-%m-%d %H:%M} {decision['status']} by {plain(decision['moderator'])}"
        say(f"{who}: {plain(decision['reason'])}")


_BECOMES = {
    "approve": Status.APPROVED,
    "reject": Status.REJECTED,
    "escalate": Status.ESCALATED,
    "reopen": Status.PENDING,
}


def decide_items(path: Path, item_ids: Sequence[int], verb: str, *, reason: str, moderator: str, as_json: bool) -> None:
    """Decides about statements, all or none, and says so."""
    from advocacy_monitor.line import open_store
    from advocacy_monitor.moderate import decide
    from advocacy_monitor.store import now

    status = _BECOMES[verb]
    with open_store(load_config(path)) as store:
        made = decide(store, item_ids, status, moderator=moderator, reason=reason, clock=now)
    if as_json:
        json_line({"status": status, "items": [decision.item_id for decision in made]})
    else:
        say(f"{len(made)} now {status}: {', '.join(str(decision.item_id) for decision in made)}")


def show_pack(pack: EvidencePack, files: Sequence[Path], failures: Sequence[str], *, as_json: bool) -> None:
    """What a pack holds, what was left out and why, and where its files are."""
    if as_json:
        json_line(
            {
                "number": pack.number,
                "digest": pack.digest,
                "found": pack.found,
                "statements": pack.statements,
                "people": pack.people,
                "quotes": len(pack.exhibits),
                "left_out": {count.label: count.value for count in pack.left_out},
                "files": [str(path) for path in files],
                "failures": list(failures),
            }
        )
        return
    sample = " (sample data)" if pack.sample else ""
    rows: list[tuple[str, object]] = [("found", pack.found), ("counted statements", pack.statements)]
    rows += [("by people", pack.people), ("quotes", len(pack.exhibits))]
    rows += [(f"left out: {count.label}", count.value) for count in pack.left_out]
    table(("", "number"), rows, title=f"{plain(pack.title)}: pack {pack.number}{sample}")
    for path in files:
        say(f"wrote {path}")
    for failure in failures:
        warn(f"Error: {failure}")


def _past_retention(store: Store, loaded: Loaded, now: datetime) -> dict[str, int]:
    kept = loaded.config.retention
    return {
        kind: store.count_older(kind, now - timedelta(days=30.44 * months))
        for kind, months in (("post", kept.posts_months), ("submission", kept.submissions_months))
    }


def show_status(loaded: Loaded, *, as_json: bool) -> None:
    """The state of a campaign: counts, moderation, runs, rejects, retention."""
    with Store.open_read_only(loaded.database) as store:
        runs = store.runs.recent(15)
        state: dict[str, Any] = {
            "campaign": loaded.config.campaign.name,
            "sample_data": loaded.config.campaign.sample_data,
            "counts": store.counts(),
            "moderation": store.status_counts(),
            "past_retention": _past_retention(store, loaded, datetime.now(UTC)),
            "runs": [
                {"id": r.id, "name": r.name, "kind": r.kind, "status": r.status, "started_at": r.started_at}
                | _numbers(r.tally)
                | {"message": r.message}
                for r in runs
            ],
            "rejects": [{"origin": o, "position": p, "reason": r} for o, p, r in store.recent_rejects(10)],
        }
    if as_json:
        json_line(state)
        return
    sample = " (sample data)" if state["sample_data"] else ""
    say(f"{plain(state['campaign'])}{sample}")
    say("stored       " + ", ".join(f"{number:,} {name}" for name, number in state["counts"].items()))
    say("moderation   " + (", ".join(f"{number:,} {name}" for name, number in state["moderation"].items()) or "–"))
    for kind, number in state["past_retention"].items():
        if number:
            say(f"retention    {number:,} {kind}s are older than config.yaml says they should be kept")
    rows = [(r.name, r.status, r.started_at[:16].replace("T", " "), *_numbers(r.tally).values()) for r in runs]
    table(("run", "ended", "started, UTC", *_TALLY), rows, title="Newest runs")
    for r in runs:
        if r.message:
            say(f"{r.name} {r.status}: {plain(r.message)}")
    if state["rejects"]:
        rejects = [(r["origin"], r["position"], r["reason"]) for r in state["rejects"]]
        table(("origin", "where", "why it could not be read"), rejects, title="Newest rejects")
