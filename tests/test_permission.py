"""Asking people for permission (R3): drafts in their language, answers with proof, consents that follow."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from advocacy_monitor.candidates import candidate
from advocacy_monitor.config import Campaign, Config
from advocacy_monitor.errors import ModerationError, RetryableSourceError
from advocacy_monitor.models import Known, Page, Standing, Status, Use, Verdict
from advocacy_monitor.moderate import decide
from advocacy_monitor.permission import Draft, ask, record, send
from advocacy_monitor.permission_words import WORDS
from advocacy_monitor.store import Store
from advocacy_monitor.store.permissions import PermissionState
from tests.conftest import Clock, make_post, make_submission

FORM = "https://form.example.org/consent?campaign=1"
CONFIG = Config(campaign=Campaign(name="T", sponsor="Library {uses} Association", contact="C", form_url=FORM))
BARE = Config(campaign=Campaign(name="T", sponsor="Association", contact="C"))
QUOTE = (Use.QUOTE_UNNAMED,)


def add(store: Store, *items: object) -> None:
    run = store.runs.start("test", "import")
    store.add_page(run, Page(items=items), collector="test")  # type: ignore[arg-type]
    store.runs.finish(run, "done")


def uses(store: Store, item_id: int = 1) -> frozenset[Use]:
    found = candidate(store, item_id)
    assert found is not None
    return found.uses


def test_a_draft_speaks_the_post_s_language_and_links_to_the_consent_page(store: Store) -> None:
    add(store, make_post("Ich liebe meine Bücherei", language="de", author_name="Mira", url="https://x.com/m/1"))
    draft = ask(store, CONFIG, 1, [Use.QUOTE_NAMED, Use.SEND_TO_REPRESENTATIVE], who="Kim")
    assert draft.language == "de"
    assert draft.text.startswith("Guten Tag Mira, wir sind Library {uses} Association")
    assert "mit Ihrem Namen zitieren und Menschen in der Politik zeigen" in draft.text
    assert f"{FORM}&code={draft.code}" in draft.text
    assert draft.code is not None
    assert store.permissions.item_of(draft.code) == 1
    assert store.permissions.item_of("AAAA-AAAA-AAAA") is None
    (step,) = store.permissions.steps(1)
    assert (step.state, step.who) == (PermissionState.FOUND, "Kim")
    assert uses(store) == {Use.ANALYSE}


def test_the_code_is_stored_nowhere(store: Store) -> None:
    add(store, make_post())
    code = ask(store, CONFIG, 1, QUOTE, who="Kim").code
    assert code is not None
    store.close()
    for file in store.path.parent.iterdir():
        assert code.encode() not in file.read_bytes(), file.name


@pytest.mark.parametrize("language", WORDS)
def test_every_language_has_every_word_and_fits_a_reply(store: Store, language: str) -> None:
    add(store, make_post("text", language=language, author_name="Mira"))
    for config in (CONFIG, BARE):
        for use in (Use.QUOTE_UNNAMED, Use.QUOTE_NAMED, Use.SEND_TO_REPRESENTATIVE):
            draft = ask(store, config, 1, [use], who="Kim")
            assert draft.language == language
            assert "{" not in draft.text.replace("{uses} Association", "")
            assert len(draft.text) <= 480
    assert "code=" not in ask(store, BARE, 1, QUOTE, who="Kim").text


def test_an_unknown_language_falls_back_to_the_campaign_s(store: Store) -> None:
    add(store, make_post("Dia dhuit", language="ga", author_name=None, author_handle=None))
    draft = ask(store, BARE, 1, QUOTE, who="Kim")
    assert (draft.language, draft.text[:6]) == ("en", "Hello,")


def test_a_grant_is_a_consent_with_its_proof_and_a_withdrawal_takes_all_back(store: Store) -> None:
    add(store, make_post())
    ask(store, CONFIG, 1, QUOTE, who="Kim")
    record(store, 1, PermissionState.ASKED, who="Kim", proof="https://x.com/us/2")
    record(store, 1, PermissionState.GRANTED, who="Kim", scope=QUOTE, proof="https://x.com/mira/3")
    assert uses(store) == {Use.ANALYSE, Use.QUOTE_UNNAMED}
    record(store, 1, PermissionState.WITHDRAWN, who="Kim", proof="mail of 3 November")
    assert uses(store) == frozenset()
    assert [step.state for step in store.permissions.steps(1)] == ["found", "asked", "granted", "withdrawn"]
    with pytest.raises(ModerationError, match="nobody is asked twice"):
        ask(store, CONFIG, 1, QUOTE, who="Kim")


def test_a_refusal_is_no_quote_and_the_post_is_still_counted(store: Store) -> None:
    add(store, make_post())
    record(store, 1, PermissionState.REFUSED, who="Kim", proof="reply")
    assert uses(store) == {Use.ANALYSE}
    with pytest.raises(ModerationError, match="refused"):
        ask(store, CONFIG, 1, QUOTE, who="Kim")
    record(store, 1, PermissionState.GRANTED, who="Kim", scope=QUOTE, proof="they wrote again")
    assert Use.QUOTE_UNNAMED in uses(store)


def test_anybody_may_withdraw_at_any_time_and_come_back(store: Store) -> None:
    add(store, make_post(), make_post())
    record(store, 1, PermissionState.WITHDRAWN, who="Kim", proof="mail")
    assert uses(store) == frozenset()
    record(store, 1, PermissionState.GRANTED, who="Kim", scope=QUOTE, proof="mail")
    assert uses(store) == {Use.ANALYSE, Use.QUOTE_UNNAMED}
    record(store, 2, PermissionState.REFUSED, who="Kim", proof="mail")
    record(store, 2, PermissionState.WITHDRAWN, who="Kim", proof="mail")
    assert uses(store, 2) == frozenset()


def test_a_grant_is_all_that_is_granted_from_now_on(store: Store) -> None:
    add(store, make_post())
    named = (Use.QUOTE_NAMED, Use.QUOTE_UNNAMED)
    record(store, 1, PermissionState.GRANTED, who="Kim", scope=named, proof="mail")
    record(store, 1, PermissionState.GRANTED, who="Kim", scope=QUOTE, proof="without my name after all")
    assert uses(store) == {Use.ANALYSE, Use.QUOTE_UNNAMED}
    ask(store, CONFIG, 1, [Use.SEND_TO_REPRESENTATIVE], who="Kim")
    assert Use.QUOTE_UNNAMED in uses(store)


def test_what_everybody_can_read_holds_no_code(store: Store) -> None:
    add(store, make_post())
    draft = ask(store, CONFIG, 1, QUOTE, who="Kim", public=True)
    assert (draft.code, "form.example.org" in draft.text) == (None, False)
    assert draft.text.endswith("Please answer with yes or no.")


def test_a_link_with_a_fragment_keeps_its_code(store: Store) -> None:
    add(store, make_post())
    campaign = CONFIG.campaign.model_copy(update={"form_url": "https://form.example.org/a#consent"})
    draft = ask(store, CONFIG.model_copy(update={"campaign": campaign}), 1, QUOTE, who="Kim")
    assert f"https://form.example.org/a?code={draft.code}#consent" in draft.text


def test_nobody_is_written_to_who_answered_in_the_meantime(store: Store) -> None:
    draft, source = _draft(store, "mastodon"), Answering()
    record(store, 1, PermissionState.REFUSED, who="Kim", proof="mail")
    with pytest.raises(ModerationError, match="refused"):
        send(store, draft, source, who="Kim")
    assert source.said == ""


def test_who_must_not_be_asked(store: Store, clock: Clock) -> None:
    add(store, make_submission(), make_post(source_id="gone"), make_post())
    store.verifications.apply([Verdict(source="x", source_id="gone", standing=Standing.GONE)])
    decide(store, [3], Status.REJECTED, moderator="Kim", reason="spam", clock=clock)
    for number, why in ((1, "is an answer"), (2, "no longer shown"), (3, "is rejected"), (9, "no such item")):
        with pytest.raises(ModerationError, match=f"item {number}: .*{why}"):
            ask(store, CONFIG, number, QUOTE, who="Kim")
    with pytest.raises(ModerationError, match="can be asked for quote_unnamed"):
        ask(store, CONFIG, 3, [Use.CONTACT], who="Kim")
    assert store.permissions.newest() == []


@pytest.mark.parametrize(
    ("state", "given", "why"),
    [
        (PermissionState.GRANTED, {"scope": QUOTE, "proof": " "}, "a proof is needed"),
        (PermissionState.GRANTED, {"proof": "p"}, "granted for what"),
        (PermissionState.GRANTED, {"scope": (Use.ANALYSE,), "proof": "p"}, "granted for what"),
        (PermissionState.FOUND, {"proof": "p"}, "nothing cannot become found"),
        (PermissionState.ASKED, {"proof": "p", "who": ""}, "who notes it"),
    ],
)
def test_a_step_that_is_not_allowed_notes_nothing(
    store: Store, state: PermissionState, given: dict[str, object], why: str
) -> None:
    add(store, make_post())
    with pytest.raises(ModerationError, match=why):
        record(store, 1, state, **{"who": "Kim", **given})  # type: ignore[arg-type]
    assert store.permissions.steps(1) == []
    assert uses(store) == {Use.ANALYSE}


@dataclass
class Answering:
    """A source that replies, or fails to."""

    fails: bool = False
    said: str = ""

    def reply(self, known: Known, text: str) -> str:
        if self.fails:
            raise RetryableSourceError("503")
        self.said = text
        return f"https://social.example/{known.source_id}/reply"


def _draft(store: Store, source: str) -> Draft:
    add(store, make_post(source=source, source_id="7"))
    return ask(store, CONFIG, 1, QUOTE, who="Kim")


def test_a_reply_is_sent_where_the_platform_allows_it(store: Store) -> None:
    draft, source = _draft(store, "mastodon"), Answering()
    assert send(store, draft, source, who="Kim") == "https://social.example/7/reply"
    assert source.said == draft.text
    assert store.permissions.steps(1)[-1].proof == "https://social.example/7/reply"
    assert store.permissions.newest(state=PermissionState.ASKED)[0].scope == QUOTE


def test_a_reply_is_never_sent_where_it_does_not(store: Store) -> None:
    draft, source = _draft(store, "x"), Answering()
    with pytest.raises(ModerationError, match="X does not allow this"):
        send(store, draft, source, who="Kim")
    assert source.said == ""


def test_a_reply_that_is_too_long_is_not_sent(store: Store) -> None:
    draft, source = replace(_draft(store, "bluesky"), text="x" * 301), Answering()
    with pytest.raises(ModerationError, match=r"has \d+ characters and Bluesky takes 300"):
        send(store, draft, source, who="Kim")
    assert source.said == ""


def test_a_reply_that_failed_is_not_noted_as_asked(store: Store, clock: Clock) -> None:
    draft = _draft(store, "mastodon")
    clock.now += timedelta(hours=1)
    with pytest.raises(RetryableSourceError):
        send(store, draft, Answering(fails=True), who="Kim")
    assert store.permissions.steps(1)[-1].state is PermissionState.FOUND
