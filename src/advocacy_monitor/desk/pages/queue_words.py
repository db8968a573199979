"""What the queue says: why a decision was refused, what was done, and the reasons that are given again and again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from advocacy_monitor.desk.claims import Claim
from advocacy_monitor.models import Decision, Status
from advocacy_monitor.moderate import RuleError
from advocacy_monitor.translate import Texts


def refused_in_words(error: RuleError, t: Texts) -> str:
    """Why a rule forbids a decision, naming the statement."""
    number = error.item_id
    if error.rule == "changed" and error.by is not None:
        return t.text(
            "Nothing was decided. {name} has decided about statement {number} since you opened this page "
            "({status}, {at} UTC). Look at it again.",
            name=error.by.moderator,
            number=number,
            status=status_in_words(error.by.status, t),
            at=f"{error.by.decided_at:%H:%M}",
        )
    words = {
        "later": t.text("Nothing was taken back. You have decided in another window since. Load this page anew."),
        "missing": t.text("Nothing was decided. There is no statement {number}.", number=number),
        "transition": t.text(
            "Nothing was decided. Statement {number} stands where this decision is not possible; a rejected one must "
            "be put back into the queue first.",
            number=number,
        ),
        "reason": t.text("Nothing was decided. Give a reason: it stands beside the decision for good."),
        "held": t.text(
            "Nothing was decided. Statement {number} is held for a person to read. Read it, and give a reason why it "
            "may be used.",
            number=number,
        ),
    }
    return words.get(error.rule, str(error))


def claimed_in_words(held: Mapping[int, Claim], t: Texts) -> str:
    """That somebody else is looking at what was to be decided."""
    number, claim = next(iter(held.items()))
    return t.text(
        "Nothing was decided. {name} has had statement {number} on the screen since {at} UTC. Untick it, or decide "
        "all the same.",
        name=claim.name,
        number=number,
        at=f"{claim.since:%H:%M}",
    )


def count_in_words(number: int, t: Texts) -> str:
    """That many are approved at once, and what is needed for it."""
    return t.counted(
        "Nothing was decided. You are about to approve {n} statement at once. Type this number and approve again, if "
        "you have read it.",
        "Nothing was decided. You are about to approve {n} statements at once. Type this number and approve again, if "
        "you have read them all.",
        number,
    )


def status_in_words(status: Status, t: Texts) -> str:
    """Where a statement stands."""
    return {
        Status.PENDING: t.text("Waiting"),
        Status.APPROVED: t.text("Approved"),
        Status.REJECTED: t.text("Rejected"),
        Status.ESCALATED: t.text("Held for a second look"),
    }[status]


def decided_in_words(made: Sequence[Decision], t: Texts) -> str:
    """What was done."""
    number = len(made)
    return {
        Status.APPROVED: t.counted("Approved {n} statement.", "Approved {n} statements.", number),
        Status.REJECTED: t.counted("Rejected {n} statement.", "Rejected {n} statements.", number),
        Status.ESCALATED: t.counted(
            "{n} statement is held for a second look.", "{n} statements are held for a second look.", number
        ),
        Status.PENDING: t.counted("{n} statement waits again.", "{n} statements wait again.", number),
    }[made[0].status]


def usual_reasons(t: Texts) -> list[str]:
    """Reasons to choose from; any other can be typed."""
    return [
        t.text("It is no statement about a library"),
        t.text("Advertising or an announcement"),
        t.text("It insults or threatens somebody"),
        t.text("It tells of another person who did not agree"),
        t.text("It was not written by the person who sent it"),
        t.text("A colleague should read it as well"),
        t.text("I have read it: nothing in it leads to a person"),
    ]
