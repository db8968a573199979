"""Settling disagreements, and closing a round: from blind answers to the codes that count.

Identical answers are final by themselves and are noted as by all who gave them (`person:Anna + Ben`); a settled one is
noted as by who settled it, and one that stood alone as by its only coder.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from advocacy_monitor.coding.rounds import TOGETHER, Shown, differ, open_for, shown
from advocacy_monitor.errors import ModerationError
from advocacy_monitor.models import Annotation
from advocacy_monitor.store import Store
from advocacy_monitor.store.coding import Coding, Drawn, Round


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """A statement with answers that are not the same, in an order that does not tell who gave which."""

    shown: Shown
    answers: tuple[Coding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """What a closed round has given: statements by how their code came about, and how many there are in all.

    `uncoded` had no answer at all and get no code; `removed` have no words any more.
    """

    agreed: int
    settled: int
    once: int
    uncoded: int
    removed: int

    @property
    def coded(self) -> int:
        """How many statements now have a code that counts."""
        return self.agreed + self.settled + self.once


def _answers(store: Store, round_: Round) -> tuple[dict[int, list[Coding]], dict[int, Coding]]:
    """The blind answers and the final ones, by item."""
    blind: dict[int, list[Coding]] = {}
    final: dict[int, Coding] = {}
    for each in store.rounds.codings(round_.id):
        if each.is_final:
            final[each.item_id] = each
        else:
            blind.setdefault(each.item_id, []).append(each)
    return blind, final


def disagreements(store: Store, round_: Round) -> list[Disagreement]:
    """The statements on which coders differ and which nobody has settled, in the order of the round."""
    blind, final = _answers(store, round_)
    removed = store.rounds.removed(round_.id)
    open_ = [
        each
        for each in store.rounds.drawn(round_.id)
        if each.item_id not in final and each.item_id not in removed and differ(blind.get(each.item_id, ()))
    ]
    return [
        Disagreement(shown=each, answers=tuple(_unnamed(blind[each.item_id], each.number)))
        for each in shown(store, open_)
    ]


def _unnamed(codings: Sequence[Coding], number: int) -> list[Coding]:
    """The answers turned round by the statement's number, so that 'A' is not always the same coder."""
    ordered = sorted(codings, key=lambda each: each.coder)
    turn = number % len(ordered)
    return ordered[turn:] + ordered[:turn]


def may_settle(store: Store, round_: Round, who: str) -> None:
    """Refuses a coder who has statements open: having seen the others' answers, nobody codes blind any more.

    Raises ModerationError.
    """
    started = any(each.coder == who and not each.is_final for each in store.rounds.codings(round_.id))
    if started and (left := len(open_for(store, round_, who))):
        raise ModerationError(
            f"{who} has {left} statements of {round_.name!r} still to code, and would not be blind to the others' "
            "answers any more: finish them first, or let somebody else settle"
        )


def settle(store: Store, round_: Round, final: Coding) -> None:
    """Stores the answer that was settled on; a later one takes the place of an earlier one. Raises ModerationError."""
    may_settle(store, round_, final.coder)

    def check() -> None:
        blind, _ = _answers(store, round_)
        if not differ(blind.get(final.item_id, ())):
            raise ModerationError(f"item {final.item_id}: the coders do not differ, there is nothing to settle")

    store.rounds.add(round_.id, [replace(final, is_final=True)], check=check)


def close_round(store: Store, round_: Round, *, by: str, single_coder: bool = False) -> Closed:
    """Closes a round and writes the codes that count, all or none; it stays closed.

    Refuses while disagreements are open, and when statements were coded once only unless `single_coder` says that this
    is meant. Raises ModerationError.
    """
    made: list[Closed] = []

    def decide() -> list[Annotation]:
        closed, annotations = _decided(store, round_, single_coder=single_coder)
        made.append(closed)
        return annotations

    store.rounds.close(round_.id, decide, by=by)
    return made[0]


def _decided(store: Store, round_: Round, *, single_coder: bool) -> tuple[Closed, list[Annotation]]:
    blind, final = _answers(store, round_)
    drawn, removed = store.rounds.drawn(round_.id), store.rounds.removed(round_.id)
    standing = [each for each in drawn if each.item_id not in removed]
    open_ = [each for each in standing if differ(blind.get(each.item_id, ())) and each.item_id not in final]
    once = [each for each in standing if len(blind.get(each.item_id, ())) == 1]
    uncoded = [each for each in standing if each.item_id not in blind]
    _refuse(store, round_, open_, once, coded=len(standing) - len(uncoded), single_coder=single_coder)
    annotations: list[Annotation] = []
    settled = 0
    for each in standing:
        if answers := blind.get(each.item_id):
            is_settled = differ(answers)
            settled += is_settled
            by = final[each.item_id].coder if is_settled else TOGETHER.join(sorted(a.coder for a in answers))
            annotations += _gold(final[each.item_id] if is_settled else answers[0], by)
    closed = Closed(
        agreed=len(standing) - len(uncoded) - len(once) - settled,
        settled=settled,
        once=len(once),
        uncoded=len(uncoded),
        removed=len(removed),
    )
    return closed, annotations


def _refuse(
    store: Store,
    round_: Round,
    open_: Sequence[Drawn],
    once: Sequence[Drawn],
    *,
    coded: int,
    single_coder: bool,
) -> None:
    """Raises ModerationError, saying what is to be done first."""
    name = round_.name
    if not coded:
        raise ModerationError(f"{name!r}: nothing was coded yet")
    if open_:
        numbers = ", ".join(str(each.position) for each in open_[:10]) + (" ..." if len(open_) > 10 else "")
        raise ModerationError(
            f"{name!r}: the coders differ on {len(open_)} statements that nobody has settled (numbers {numbers}); "
            f"advocacy-monitor code adjudicate {name} --by NAME"
        )
    if once and not single_coder:
        raise ModerationError(
            f"{name!r}: {len(once)} of {coded} coded statements were coded once only, so nothing is known about "
            "agreement on them; let a second person code them, or add --single-coder"
        )


def _gold(coding: Coding, by: str) -> list[Annotation]:
    """One `coded` annotation, then one `theme` annotation for each theme."""
    pairs = [("coded", coding.answer), *(("theme", theme) for theme in coding.themes)]
    return [Annotation(item_id=coding.item_id, label=label, value=value, by=f"person:{by}") for label, value in pairs]
