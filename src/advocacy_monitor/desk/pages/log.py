"""What was done at the desk, newest first: who, when, what, to which statement. Nothing in it can be changed."""

from __future__ import annotations

from starlette.responses import Response

from advocacy_monitor.desk.context import Asked, Page, Refusal
from advocacy_monitor.staff.roles import Right
from advocacy_monitor.translate import Texts

_ON_A_PAGE = 100
_LARGEST = 2**62


def show_log(asked: Asked) -> Response:
    """A page of the log: of one person or about one statement where asked for."""
    who, item, before = asked.query.get("who", "").strip(), _number(asked, "item"), _number(asked, "before")
    found = asked.desk.reader().actions.newest(_ON_A_PAGE + 1, before=before, actor=who or None, item_id=item)
    shown = found[:_ON_A_PAGE]
    return asked.page(
        "log.html",
        actions=shown,
        next=shown[-1].id if len(found) > len(shown) else None,
        words=action_words(asked.t),
        who=who,
        item=item,
        is_first=before is None,
        people=[each.name for each in asked.desk.accounts.people()],
    )


def _number(asked: Asked, name: str) -> int | None:
    given = asked.query.get(name, "").strip()
    if not given:
        return None
    if not given.isascii() or not given.isdigit() or int(given[:20]) > _LARGEST:
        raise Refusal(400, asked.t.text("{given} is no number.", given=repr(given[:30])))
    return int(given)


def action_words(t: Texts) -> dict[str, str]:
    """What the codes of actions mean; one that is not here is shown as it is."""
    return {
        "claim": t.text("took a statement to look at"),
        "decide": t.text("decided"),
        "undo": t.text("took a decision back"),
        "approve": t.text("approved"),
        "reject": t.text("rejected"),
        "escalate": t.text("held for a second look"),
        "reopen": t.text("opened again"),
        "redact": t.text("took words out of a text"),
        "keep": t.text("let words stand in a text"),
        "stance": t.text("marked what a statement does"),
        "translate": t.text("wrote a translation"),
        "permission": t.text("noted a request for permission"),
        "erase": t.text("erased a person's statements"),
        "author.withdrew": t.text("took the own answer back"),
        "author.corrected": t.text("corrected the own answer"),
        "author.consents": t.text("changed the own consents"),
        "author.took_out": t.text("took the own post out"),
        "mail.thanks": t.text("sent thanks by mail"),
        "coding.draw": t.text("drew a round of coding"),
        "coding.answer": t.text("coded"),
        "coding.settles": t.text("began to settle a round of coding"),
        "coding.settle": t.text("settled a disagreement"),
        "coding.close": t.text("closed a round of coding"),
        "choose quotes": t.text("chose quotes"),
        "make pack": t.text("made an evidence pack"),
        "download pack": t.text("downloaded an evidence pack"),
        "download": t.text("downloaded statements"),
        "pack sent": t.text("noted that a pack was handed over"),
        "pack follow-up": t.text("noted what is to be done about a pack"),
        "pack follow-up done": t.text("noted that it was done"),
        "staff.add": t.text("made an account"),
        "staff.role": t.text("changed a role"),
        "staff.password": t.text("gave somebody a new password"),
        "staff.own_password": t.text("changed the own password"),
        "staff.disable": t.text("disabled an account"),
        "staff.enable": t.text("enabled an account"),
    }


PAGES = (Page("GET", "/log", Right.STAFF, show_log),)
