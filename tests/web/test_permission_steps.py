"""What the author of a post can answer with the code that came with our question, and what follows from it."""

from __future__ import annotations

import pytest

from advocacy_monitor.candidates import candidate
from advocacy_monitor.config import Campaign, Config
from advocacy_monitor.models import Page, Standing, Use, Verdict
from advocacy_monitor.permission import ask, record
from advocacy_monitor.store import Store
from advocacy_monitor.store.permissions import PermissionState
from advocacy_monitor.web import my_post
from advocacy_monitor.web.holding import TicketError, ticket_for
from advocacy_monitor.web.my_post import Question
from tests.conftest import make_post
from tests.web.holders import quoted, to_do

CONFIG = Config(campaign=Campaign(name="T", sponsor="S", contact="C", form_url="https://form.example.org/permission"))
WORDING = {use: f"You may {use}." for use in Use}
BOTH = (Use.QUOTE_UNNAMED, Use.SEND_TO_REPRESENTATIVE)


def asked(store: Store, *scope: Use, text: str = "Quillfeather loves the branch.") -> str:
    """The code of a post that was asked about."""
    run = store.runs.start("test", "import")
    store.add_page(run, Page(items=(make_post(text),), checkpoint=None), collector="test")
    store.runs.finish(run, "done")
    code = ask(store, CONFIG, 1, scope or BOTH, who="Kim").code
    assert code is not None
    return code


def opened(store: Store, code: str) -> Question:
    found = my_post.open_by_code(store, code)
    assert found is not None
    return found


def uses(store: Store) -> frozenset[Use]:
    found = candidate(store, 1)
    assert found is not None
    return found.uses


@pytest.mark.parametrize("typed", [str, str.lower, lambda code: code.replace("-", " "), lambda code: f" {code} "])
def test_the_code_opens_the_post_however_it_is_typed(store: Store, typed: object) -> None:
    assert callable(typed)
    found = opened(store, typed(asked(store)))
    assert found.item.text == "Quillfeather loves the branch."
    assert (found.asked, found.granted, found.state) == (BOTH, frozenset(), PermissionState.FOUND)


@pytest.mark.parametrize("code", ["", "AAAA-AAAA-AAAA", "nothing", "A" * 100_000, "\x00"])
def test_every_other_code_opens_nothing(store: Store, code: str) -> None:
    asked(store)
    assert my_post.open_by_code(store, code) is None


def test_a_yes_is_for_what_was_ticked_with_the_wording_as_its_proof(store: Store) -> None:
    code = asked(store)
    now = my_post.allow(store, opened(store, code).ticket, [Use.QUOTE_UNNAMED], wording=WORDING, language="de")
    assert now is not None
    assert now.granted == {Use.QUOTE_UNNAMED}
    assert uses(store) == {Use.ANALYSE, Use.QUOTE_UNNAMED}
    (_, step) = store.permissions.steps(1)
    assert (step.state, step.who, step.scope) == (PermissionState.GRANTED, "form", (Use.QUOTE_UNNAMED,))
    assert step.proof.endswith("UTC, in de, ticked: “You may quote_unnamed.”")


def test_nothing_that_was_not_asked_can_be_allowed(store: Store) -> None:
    code = asked(store, Use.QUOTE_UNNAMED)
    my_post.allow(store, opened(store, code).ticket, list(Use), wording=WORDING, language="en")
    assert uses(store) == {Use.ANALYSE, Use.QUOTE_UNNAMED}


def test_no_tick_is_a_no_and_a_no_can_be_said_twice(store: Store) -> None:
    code = asked(store)
    my_post.allow(store, opened(store, code).ticket, [], wording=WORDING, language="en")
    now = my_post.refuse(store, opened(store, code).ticket, language="en")
    assert now is not None
    assert now.state is PermissionState.REFUSED
    assert uses(store) == {Use.ANALYSE}
    assert len(store.permissions.steps(1)) == 2
    now = my_post.allow(store, now.ticket, BOTH, wording=WORDING, language="en")
    assert now is not None
    assert now.granted == set(BOTH), "who has said no may come back"


def test_whoever_takes_a_yes_back_is_told_to_those_who_have_the_pack(store: Store) -> None:
    code = asked(store)
    my_post.allow(store, opened(store, code).ticket, BOTH, wording=WORDING, language="en")
    quoted(store, 1, sent_to=("bo",))
    assert opened(store, code).told == ("bo",)
    my_post.allow(store, opened(store, code).ticket, [Use.QUOTE_UNNAMED], wording=WORDING, language="en")
    my_post.refuse(store, opened(store, code).ticket, language="en")
    assert {note.partition(":")[0] for _, note in to_do(store)} == {
        "item 1 may not be shown to representatives any more, as its author decided",
        "item 1 may not be quoted any more, as its author decided",
    }


@pytest.mark.parametrize("before", [None, PermissionState.GRANTED, PermissionState.REFUSED, PermissionState.WITHDRAWN])
def test_taken_out_its_words_are_in_no_file(store: Store, before: PermissionState | None) -> None:
    code = asked(store)
    if before is not None:
        record(store, 1, before, who="Kim", scope=BOTH if before is PermissionState.GRANTED else (), proof="a mail")
    ticket = opened(store, code).ticket
    assert my_post.take_out(store, ticket, language="en") == ()
    assert my_post.open_by_code(store, code) is None
    assert my_post.take_out(store, ticket, language="en") is None
    assert store.permissions.steps(1)[-1].state is PermissionState.WITHDRAWN
    assert uses(store) == frozenset()
    store.verifications.settle()
    store.close()
    for file in store.path.parent.glob("advocacy*"):
        assert b"quillfeather" not in file.read_bytes().lower(), file.name


def test_a_post_that_is_gone_is_known_as_gone(store: Store) -> None:
    code = asked(store)
    item = opened(store, code).item
    store.verifications.apply([Verdict(source=item.source, source_id=item.source_id, standing=Standing.PROTECTED)])
    assert opened(store, code).is_gone


def test_a_statement_s_ticket_opens_no_post(store: Store) -> None:
    asked(store)
    with pytest.raises(TicketError):
        my_post.open_by_ticket(store, ticket_for(store, 1, purpose="statement"))
