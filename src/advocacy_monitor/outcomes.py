"""What the verbs tell: outcomes of runs, queues, one statement, a pack, the state of a campaign."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from advocacy_monitor.collect import Outcome
from advocacy_monitor.config import Loaded, load_config
from advocacy_monitor.enrich import Enrichment
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.models import EvidencePack, Query, Standing, Status, Tally
from advocacy_monitor.store import Store
from advocacy_monitor.terminal import json_line, plain, say, table, warn
from advocacy_monitor.verify import Checked

if TYPE_CHECKING:
    from advocacy_monitor.packing import Made

_VOICES = ("statements", "appearances", "people", "unknown")
_TALLY = ("read", "stored", "already", "rejected")


def numbers(tally: Tally) -> dict[str, int]:
    """A tally by name."""
    return {name: getattr(tally, name) for name in _TALLY}


def show_outcomes(outcomes: Sequence[Outcome], *, as_json: bool, nothing: str = "Nothing to do.") -> None:
    """A row for each run and the sum; as JSON, the last line is one object with the sums."""
    total = sum((outcome.tally for outcome in outcomes), Tally())
    if as_json:
        for o in outcomes:
            json_line({"name": o.name, "run": o.run_id, "status": o.status, "message": o.message, **numbers(o.tally)})
        json_line({**numbers(total), "failed": sum(o.status == "failed" for o in outcomes)})
        return
    if not outcomes:
        say(nothing)
        return
    rows: list[tuple[object, ...]] = [(o.name, o.status, *numbers(o.tally).values()) for o in outcomes]
    if len(rows) > 1:
        rows.append(("all", "", *numbers(total).values()))
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


def show_estimates(loaded: Loaded, names: Sequence[str], *, as_json: bool) -> None:
    """What a run of each collector would read and cost, where its source can say."""
    from advocacy_monitor.hosting import estimate_of, open_store

    with open_store(loaded) as store:
        for name in names:
            found = estimate_of(store, loaded, name)
            if as_json:
                json_line({"name": name, "posts": found and found.posts, "usd": found and found.usd})
            else:
                say(f"{name}: {plain(found.words) if found else 'nothing to confirm'}")


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
    from advocacy_monitor.enrichers.risk_notes import note_for
    from advocacy_monitor.moderate import queue

    if status != "all" and status not in set(Status):
        raise ConfigError(f"--status {status}: is not one of {', '.join(Status)}, all")
    wanted = None if status == "all" else Status(status)
    loaded = load_config(path)
    with Store.open_read_only(loaded.database) as store:
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
    urgent = [item.id for item, _, facts in found if any((f.label, f.value) == ("risk", "crisis") for f in facts)]
    if urgent:
        note = note_for("crisis", loaded.config.campaign.pack_language)
        warn(f"crisis ({', '.join(map(str, urgent))}): {note}")
    say(f"{len(rows)} shown; decide with: advocacy-monitor moderate approve ID...")


def show_item(path: Path, item_id: int, *, as_json: bool) -> None:
    """One statement's whole story on one screen, with what staff do about its risks (R7)."""
    from advocacy_monitor.enrichers.risk_notes import note_for
    from advocacy_monitor.statement_page import show_page
    from advocacy_monitor.statement_story import story_of

    loaded = load_config(path)
    with Store.open_read_only(loaded.database) as store:
        story = story_of(store, item_id)
    risks = sorted({fact["value"] for fact in story["annotations"] if fact["label"] == "risk"})
    story["what_to_do"] = {risk: note_for(risk, loaded.config.campaign.pack_language) for risk in risks}
    if as_json:
        json_line(story)
    else:
        show_page(story)


_BECOMES = {
    "approve": Status.APPROVED,
    "reject": Status.REJECTED,
    "escalate": Status.ESCALATED,
    "reopen": Status.PENDING,
}


def decide_items(path: Path, item_ids: Sequence[int], verb: str, *, reason: str, moderator: str, as_json: bool) -> None:
    """Decides about statements, all or none, and says so."""
    from advocacy_monitor.hosting import open_store
    from advocacy_monitor.moderate import decide
    from advocacy_monitor.statement_story import whom_to_tell
    from advocacy_monitor.store import now

    status = _BECOMES[verb]
    with open_store(load_config(path)) as store:
        made = decide(store, item_ids, status, moderator=moderator, reason=reason, clock=now)
        told = list(whom_to_tell(store, item_ids))
    if as_json:
        json_line({"status": status, "items": [decision.item_id for decision in made]})
    else:
        say(f"{len(made)} now {status}: {', '.join(str(decision.item_id) for decision in made)}")
    for line in told:
        warn(line)


def show_pack(made: Made, *, as_json: bool) -> None:
    """What a pack holds, what was left out and why, what changed since the last one, and where its files are."""
    pack = made.pack
    if as_json:
        json_line(_in_numbers(made))
        return
    sample = " (sample data)" if pack.sample else ""
    rows: list[tuple[str, object]] = [("found", pack.found), ("counted statements", pack.statements)]
    rows += [("seen in places", pack.appearances), ("by people", pack.people), ("may be quoted", pack.choice.quotable)]
    rows.append(("quotes in this pack", len(pack.exhibits)))
    if pack.unverified:
        rows.append(("counted without a look at their platform", pack.unverified))
    rows += [(f"left out: {count.label}", count.value) for count in pack.left_out]
    table(("", "number"), rows, title=f"{plain(pack.title)}: pack {pack.number}{sample}")
    for line in (*_widened(pack), *_since(made)):
        say(line)
    for path in made.files:
        say(f"wrote {path}")
    for failure in made.failures:
        warn(f"Error: {failure}")


def _in_numbers(made: Made) -> dict[str, Any]:
    pack = made.pack
    return {
        "number": pack.number,
        "digest": pack.digest,
        "recipient": pack.recipient,
        "found": pack.found,
        "statements": pack.statements,
        "appearances": pack.appearances,
        "unverified": pack.unverified,
        "people": pack.people,
        "quotable": pack.choice.quotable,
        "quotes": len(pack.exhibits),
        "left_out": {count.label: count.value for count in pack.left_out},
        "area": pack.query.get("areas"),
        "widened_from": [step.label for step in pack.widening.steps] if pack.widening else [],
        "earlier": made.earlier.number if made.earlier else None,
        "files": [str(path) for path in made.files],
        "failures": list(made.failures),
    }


def _widened(pack: EvidencePack) -> Iterator[str]:
    if pack.widening:
        steps = ", ".join(
            f"{plain(step.label)} ({'few' if step.value is None else step.value})" for step in pack.widening.steps
        )
        yield f"too few statements in {steps}: the pack is about {plain(pack.widening.area) or 'all areas'}"


def _since(made: Made) -> Iterator[str]:
    """What changed since the last pack of the same query (R21)."""
    before = made.earlier
    if before is None:
        return
    now = {each.item_id: each.text_sha256 for each in made.pack.exhibits}
    came, went = len(now.keys() - before.quotes.keys()), len(before.quotes.keys() - now.keys())
    changed = sum(now[item] != before.quotes[item] for item in now.keys() & before.quotes.keys())
    yield (
        f"since pack {before.number} of {before.made_at:%Y-%m-%d}: statements {before.statements} -> "
        f"{made.pack.statements}, people {before.people} -> {made.pack.people}; quotes: {came} came, {went} went, "
        f"{changed} changed"
    )


def show_pack_line(made: Made | str, *, as_json: bool) -> None:
    """One of many packs, on one line."""
    if isinstance(made, str):
        if as_json:
            json_line({"failures": [made]})
        else:
            warn(f"Error: {plain(made)}")
    elif as_json:
        json_line(_in_numbers(made))
    else:
        pack = made.pack
        say(
            f"{plain(pack.recipient or '')}: pack {pack.number}, {pack.statements} statements, "
            f"{len(pack.exhibits)} quotes, {len(made.files)} files"
        )
        for line in _widened(pack):
            say(f"  {line}")
        for failure in made.failures:
            warn(f"Error: {plain(failure)}")


def show_packs_made(made: int, failed: int, output: Path, *, as_json: bool) -> None:
    """How many packs were made, at the end."""
    if as_json:
        json_line({"packs": made, "failed": failed})
    else:
        say(f"{made} packs in {output}/" + (f"; {failed} with failures" if failed else ""))


def show_counts(loaded: Loaded, query: Query, cut: str, *, as_json: bool) -> None:
    """What a pack would count, in statements, appearances and people. For staff: small numbers are shown."""
    from advocacy_monitor.counting import voices
    from advocacy_monitor.hosting import open_store
    from advocacy_monitor.left_out import LEFT_OUT, Looked, label
    from advocacy_monitor.line import check_versions
    from advocacy_monitor.translate import texts

    with open_store(loaded) as store:
        looked = Looked(at=store.now(), unverified_too=True)
        rows, made = voices(store, query, cut, versions=check_versions(loaded), looked=looked)
    t = texts("en")
    left_out = {label(why, t): made.left_out[why] for why in LEFT_OUT if made.left_out.get(why)}
    if as_json:
        for row in rows:
            json_line({name: getattr(row, name) for name in ("label", *_VOICES)})
        json_line({"found": made.found, "left_out": left_out})
        return
    table((cut, *_VOICES), [(row.label, *(getattr(row, name) for name in _VOICES)) for row in rows])
    say(f"found {made.found}" + "".join(f"; {why.lower()}: {number}" for why, number in left_out.items()))


def show_checked(made: Sequence[Checked], *, as_json: bool) -> None:
    """How the posts that were looked up stand, a row for each platform."""
    if as_json:
        for checked in made:
            standings = {str(standing): count for standing, count in sorted(checked.standings.items())}
            json_line({"source": checked.source, "status": checked.status, "message": checked.message, **standings})
        return
    if not made:
        say("No posts that a platform could be asked about.")
        return
    rows = [(c.source, c.status, *(c.standings.get(standing, 0) for standing in Standing)) for c in made]
    table(("source", "ended", *Standing), rows)
    for checked in made:
        if checked.message:
            warn(f"{checked.source}: {plain(checked.message)}")
