"""One statement's page: all of it for those who may read all, what may be shared for the others, and what is refused."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy_monitor.candidates import candidate
from advocacy_monitor.desk.pages.statement_marks import Mark, aligned, runs
from advocacy_monitor.desk.pages.statement_words import is_shared
from advocacy_monitor.models import Annotation, Page, Span, Status, Use
from advocacy_monitor.moderate import decide
from advocacy_monitor.summary.filters import Filters
from tests.conftest import make_post
from tests.desk.site import Site
from tests.desk.statement_steps import NUMBERS, SHARERS, TEXT, added, opened, page_of, seen_by_all
from tests.desk.statements import HOSTILE


def test_the_whole_story_is_shown_to_a_moderator(shared_site: Site) -> None:
    number = added(shared_site)
    page = page_of(shared_site.client("moderator"), number)
    for part in (
        f"Statement {number}",
        "Quobbel",
        "[phone number removed]",
        "01632 960123",
        "M. Example",
        "What would keep it out of a pack",
        'name="seen"',
        'action="/-/desk/queue/decide"',
    ):
        assert part in page, part
    assert "Erase this person" not in page
    assert "Erase this person" in page_of(shared_site.client("administrator"), number)


def test_every_statement_of_the_campaign_has_its_page(shared_site: Site) -> None:
    moderator, viewer = shared_site.client("moderator"), shared_site.client("viewer")
    store = shared_site.desk.reader()
    shared = set(shared_site.desk.columns.ids(shared_site.desk.columns.positions(Filters(), shared_only=True)))
    assert shared
    for number in range(1, 81):
        page_of(moderator, number)
        found = candidate(store, number)
        assert found is not None
        assert is_shared(store, found) == (number in shared)
        assert viewer.get(f"/statements/{number}").status_code == (200 if number in shared else 404)


@pytest.mark.parametrize("role", SHARERS)
def test_sharers_see_the_redacted_words_and_nothing_that_leads_to_a_person(shared_site: Site, role: str) -> None:
    with opened(shared_site) as store:
        post = make_post(
            TEXT,
            source_id=str(next(NUMBERS)),
            author_handle="quobbelreads",
            author_name="Ida Name",
            url="https://example.org/@quobbelreads/1",
        )
        store.add_page(store.runs.start("t", kind="import"), Page(items=(post,)), collector="t")
        number = store.items.last_id()
        seen_by_all(store, number, TEXT)
        for use in (Use.QUOTE_UNNAMED, Use.SEND_TO_REPRESENTATIVE):
            store.assertions.consent([number], use, granted=True, proof="https://example.org/@quobbelreads/2")
        decide(store, [number], Status.APPROVED, moderator="M. Example", reason="a fine one", clock=store.now)
    page = page_of(shared_site.client(role), number)
    assert "[phone number removed]" in page or "[…]" in page
    assert "It may be quoted without a name and sent to representatives." in page
    for hidden in ("01632", "quobbelreads", "Ida Name", "M. Example", "a fine one", "example.org", "/redact", "sha"):
        assert hidden not in page.replace("sha256", "").replace("share", ""), hidden


@pytest.mark.parametrize("role", SHARERS)
def test_what_is_not_shared_looks_like_what_does_not_exist(shared_site: Site, role: str) -> None:
    client = shared_site.client(role)
    unknown = client.get("/statements/999999")
    hidden = {
        "pending": added(shared_site, approved=False),
        "not consented": added(shared_site, consents=frozenset({Use.ANALYSE})),
        "taken back": added(shared_site, consents=frozenset()),
    }
    assert unknown.status_code == 404
    for why, number in hidden.items():
        answer = client.get(f"/statements/{number}")
        assert answer.status_code == 404, why
        assert answer.text.replace(str(number), "999999") == unknown.text, why
    assert client.get(f"/statements/{2**63}").status_code == 404
    assert client.get(f"/statements/{10**40}").status_code == 404


def test_what_is_held_for_a_person_is_not_shared(shared_site: Site) -> None:
    number = added(shared_site)
    viewer = shared_site.client("viewer")
    assert viewer.get(f"/statements/{number}").status_code == 200
    with opened(shared_site) as store:
        store.assertions.add([Annotation(item_id=number, label="risk", value="crisis", by="person:Ada")])
    assert viewer.get(f"/statements/{number}").status_code == 404


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("stance", {"moderator", "administrator"}),
        ("translation", {"moderator", "administrator"}),
        ("permission", {"moderator", "administrator"}),
        ("redact", {"moderator", "administrator"}),
        ("keep", {"moderator", "administrator"}),
        ("erase", {"administrator"}),
    ],
)
def test_only_who_may_can_write(shared_site: Site, path: str, allowed: set[str]) -> None:
    number = added(shared_site)
    for role in (*SHARERS, "moderator", "administrator"):
        client = shared_site.client(role)
        answer = client.post(f"/statements/{number}/{path}", {})
        assert (answer.status_code == 403) == (role not in allowed), (role, answer.status_code)
        assert client.post(f"/statements/{number}/{path}", {}, csrf="").status_code == 403
        if path in ("redact", "erase"):
            assert client.get(f"/statements/{number}/{path}").status_code == (200 if role in allowed else 403)
    assert shared_site.client(None).post(f"/statements/{number}/{path}", {}).status_code in (303, 403)


def test_hostile_words_are_text_on_every_page(shared_site: Site) -> None:
    numbers = [added(shared_site, f"{each} \x00\x07", library=HOSTILE[0][:70]) for each in HOSTILE]
    for client in (shared_site.client("administrator"), shared_site.client("viewer")):
        for number in numbers:
            for more in ("", "/redact", "/erase") if client is shared_site.client("administrator") else ("",):
                page = page_of(client, number, more)
                assert "<script>document" not in page
                assert "<img src=x" not in page
                assert "\u202e" not in page
                assert "\x00" not in page
                assert "DROP TABLE" not in page or "&#39;; DROP TABLE" in page


def test_an_address_that_is_none_is_no_link(shared_site: Site) -> None:
    with opened(shared_site) as store:
        for url in ("javascript:alert(1)", "http://[", "data:text/html,x"):
            store.add_page(
                store.runs.start("t", kind="import"),
                Page(items=(make_post(url=url, source_id=str(next(NUMBERS))),)),
                collector="t",
            )
        last = store.items.last_id()
    for number in range(last - 2, last + 1):
        assert not re.search(r'href="(javascript|data|http://\[)', page_of(shared_site.client("moderator"), number))


def test_an_open_round_is_not_told(shared_site: Site) -> None:
    number = added(shared_site)
    with opened(shared_site) as store:
        conn = store._db.conn
        conn.execute(
            "INSERT INTO coding_rounds (id, name, codebook, codebook_version, codebook_digest, seed, made_by, made_at) "
            "VALUES (1, 'first', 'library', 1, 'd', 1, 'Ada', '2026-01-01T00:00:00+00:00')"
        )
        conn.execute(
            "INSERT INTO codings (round_id, item_id, coder, answer, themes, note, coded_at) "
            "VALUES (1, ?, 'Ada', 'themes', '[\"staff_help\"]', 'a secret note', '2026-01-01T00:00:00+00:00')",
            [number],
        )
    page = page_of(shared_site.client("moderator"), number)
    assert "hidden until the round is closed" in page
    assert "a secret note" not in page
    with opened(shared_site) as store:
        store._db.conn.execute("UPDATE coding_rounds SET closed_at = '2026-01-02T00:00:00+00:00'")
    assert "a secret note" in page_of(shared_site.client("moderator"), number)


def test_a_stance_is_a_persons_and_in_the_log(shared_site: Site) -> None:
    number = added(shared_site)
    moderator = shared_site.client("moderator")
    assert moderator.post(f"/statements/{number}/stance", {"stance": "complaint"}).status_code == 303
    found = candidate(shared_site.desk.reader(), number)
    assert found is not None
    assert found.complaint_by_person
    newest = shared_site.desk.reader().actions.newest(1)[0]
    assert (newest.actor, newest.action, newest.item_id, newest.detail) == ("Moderator", "stance", number, "complaint")
    assert moderator.post(f"/statements/{number}/stance", {"stance": "<b>"}).status_code == 400


def test_a_translation_is_noted_refused_with_what_was_typed_and_taken_back(shared_site: Site) -> None:
    number, client = added(shared_site), shared_site.client("moderator")
    path = f"/statements/{number}/translation"
    good = {"language": "de", "text": "Man lieh mir Bücher. Ich rief [Telefonnummer entfernt] an."}
    assert client.post(path, good).status_code == 303
    assert "Man lieh mir" in page_of(client, number)
    bad = client.post(path, {"language": "de", "text": "Ich rief 01632 960123 an."})
    assert bad.status_code == 409
    assert "Ich rief 01632 960123 an.</textarea>" in bad.text
    assert client.post(path, {"language": "de", "text": "  "}).status_code == 400
    assert client.post(path, {"language": "de", "take_back": "1"}).status_code == 303
    assert "Man lieh mir" not in page_of(client, number)


def test_a_withdrawal_takes_it_from_everybody_at_once(shared_site: Site) -> None:
    number, client = added(shared_site), shared_site.client("moderator")
    path = f"/statements/{number}/permission"
    missing = client.post(path, {"state": "withdrawn", "proof": ""})
    assert missing.status_code == 409
    assert "a proof is needed" in missing.text
    assert client.post(path, {"state": "withdrawn", "proof": "mail of 2 May"}).status_code == 303
    assert shared_site.client("viewer").get(f"/statements/{number}").status_code == 404
    assert "mail of 2 May" in page_of(client, number)
    assert client.post(path, {"state": "found", "proof": "x"}).status_code == 400


def test_a_decision_from_the_page_is_made_unless_somebody_decided_meanwhile(shared_site: Site) -> None:
    number, client = added(shared_site, approved=False), shared_site.client("moderator")
    page = page_of(client, number)
    seen = re.search(r'name="seen" value="(\d+)"', page)
    assert seen
    form = {"item": number, "seen": seen[1], "back": f"/statements/{number}", "status": "approved", "reason": "read"}
    assert client.post("/queue/decide", form).headers["location"] == f"/-/desk/statements/{number}"
    assert "Approved" in page_of(client, number)
    assert client.post("/queue/decide", {**form, "status": "rejected"}).status_code == 409
    assert shared_site.desk.reader().items.statuses(number, number)[number] is Status.APPROVED


def test_who_has_it_on_the_screen_is_said(shared_site: Site) -> None:
    number, client = added(shared_site, approved=False), shared_site.client("moderator")
    shared_site.desk.claims.take("Kim", [number], now=shared_site.desk.clock())
    assert "Kim has this statement on the screen." in page_of(client, number)


@given(
    st.text(max_size=40),
    st.lists(st.lists(st.tuples(st.integers(-5, 50), st.integers(-5, 50)), max_size=4), max_size=5),
)
def test_runs_are_the_text_and_each_mark_holds_for_its_places(text: str, places: list[list[tuple[int, int]]]) -> None:
    marks = [
        Mark(f"m{number}", "M", "theme", "", tuple(Span(*pair) for pair in pairs), True)
        for number, pairs in enumerate(places)
    ]
    made = runs(text, marks)
    assert "".join(run.text for run in made) == text
    position, marked = 0, {mark.key: set[int]() for mark in marks}
    for run in made:
        for mark in run.marks:
            marked[mark.key].update(range(position, position + len(run.text)))
        assert set(run.ends) <= set(run.marks)
        position += len(run.text)
    for mark in marks:
        wanted = {at for span in mark.spans for at in range(max(span.start, 0), min(span.end, len(text)))}
        assert marked[mark.key] == wanted


@given(st.text(max_size=60))
def test_an_aligned_text_has_a_sign_for_each_sign_and_hides_none(text: str) -> None:
    made = aligned(text)
    assert len(made) == len(text)
    assert not set(made) & set("\r\x00\u202e\u2066\ufeff\u2028")
    assert all(a == b for a, b in zip(made, text, strict=True) if b.isprintable())
