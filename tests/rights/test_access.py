"""Access: a person is given everything that is held on them, and nothing that is somebody else's."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from advocacy_monitor.cli import main
from advocacy_monitor.errors import ExportError, ModerationError
from advocacy_monitor.models import Contact, Form, OptIn, Received, Relation, Use
from advocacy_monitor.questionnaire import load_questionnaire
from advocacy_monitor.rights.access import Gathered, gather
from advocacy_monitor.rights.access_files import ASIDE, write
from advocacy_monitor.rights.access_page import page
from advocacy_monitor.rights.subjects import find
from tests.conftest import Clock, make_post, make_submission
from tests.planted import CODE, Campaign, campaign, stored

Run = Callable[..., Result]
FORM: Form = load_questionnaire("library").form


@pytest.fixture
def planted(tmp_path: Path, clock: Clock) -> Iterator[Campaign]:
    made = campaign(tmp_path, clock)
    yield made
    made.store.close()


@pytest.fixture
def run(planted: Campaign) -> Run:
    def call(*given: object, answer: str | None = None) -> Result:
        config = str(planted.loaded.path)
        return CliRunner().invoke(main, ["-c", config, "access", *map(str, given)], input=answer)

    return call


def contents(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_bytes().decode("utf-8", errors="replace")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_every_word_about_a_posts_author_is_handed_over(planted: Campaign, tmp_path: Path) -> None:
    gathered = gather(planted.store, planted.loaded, find(planted.store, item=planted.post))
    write(gathered, tmp_path / "out")
    found = contents(tmp_path / "out")
    given = "".join(text for name, text in found.items() if not name.startswith(ASIDE))
    words = planted.planted.words
    places = (
        *(
            "text",
            "text with ß",
            "hashtag",
            "edit",
            "handle",
            "first name",
            "last name",
            "media alt",
            "place",
            "payload",
        ),
        *("reason", "translation", "proof", "action", "verdict"),
    )
    assert [place for place in places if words[place] not in given] == []
    by_others = ("text by mail", "answer (corrected answer)", "flyer", "contact name", "street", "mail", "subject")
    assert [place for place in by_others if place in words and words[place] in given] == []
    assert planted.handle in found[f"{ASIDE}/unread-1.txt"]
    for name in ("Ada", "Kim", "Anna"):  # staff
        assert f'"{name}"' not in given
        assert f">{name}<" not in given


def test_an_answers_author_gets_contact_details_mails_and_pictures(planted: Campaign, tmp_path: Path) -> None:
    gathered = gather(planted.store, planted.loaded, find(planted.store, email=planted.email), unconfirmed=True)
    assert gathered.item_ids == (planted.answer, planted.flyer)
    write(gathered, tmp_path / "out")
    given = "".join(contents(tmp_path / "out").values())
    words = planted.planted.words
    places = (
        *("corrected answer", "answer (corrected answer)", "flyer", "contact name", "street", "name on paper", "email"),
        *("mail", "subject", "scan"),
    )
    assert [place for place in places if words[place] not in given] == []
    assert words["first answer"] not in given  # it was corrected, and is held no more
    assert [place for place in ("text", "handle", "payload") if words[place] in given] == []


def test_only_its_owner_can_read_it_and_each_person_has_a_folder(planted: Campaign, tmp_path: Path) -> None:
    gathered = gather(planted.store, planted.loaded, find(planted.store, item=planted.post))
    paths = write(gathered, tmp_path / "answers" / "one")
    assert {path.stat().st_mode & 0o777 for path in paths} == {0o600}
    assert (tmp_path / "answers" / "one").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "answers" / "one" / ASIDE).stat().st_mode & 0o777 == 0o700
    with pytest.raises(ExportError, match="is not empty; name a new folder for each person"):
        write(gathered, tmp_path / "answers" / "one")


def sent(text: str, source_id: str, email: str, code: str) -> Received:
    return Received(
        submission=make_submission(text, source="form", source_id=source_id, contact=Contact(email=email), consents=frozenset(Use)),
        form=FORM, language="en", code=code,
        opt_in=OptIn(token=f"token {source_id}", email=email, language="en", wants_contact=True),
    )  # fmt: skip


def test_who_types_somebodys_address_gets_nothing_of_theirs(planted: Campaign) -> None:
    """The victim confirmed her address. Somebody else names it on the form, and asks with his own code."""
    store, victim, villain = planted.store, "victim@example.org", "BCDE-FGHJ-KMNP"
    (hers,) = store.submissions.add([sent("What I said in confidence.", "a", victim, "CDEF-GHJK-MNPQ")])
    store.mails.confirm("token a")
    (his,) = store.submissions.add([sent("Anything.", "b", victim, villain)])
    by_code = gather(store, planted.loaded, find(store, code=villain))
    assert (by_code.item_ids, by_code.unconfirmed) == ((his.item_id,), (hers.item_id,))
    by_item = gather(store, planted.loaded, find(store, item=his.item_id))
    assert by_item.item_ids == (his.item_id,)
    by_address = gather(store, planted.loaded, find(store, email=victim))
    assert (by_address.item_ids, by_address.unconfirmed) == ((hers.item_id,), (his.item_id,))
    assert any("nobody confirmed that it is theirs" in note for note in by_address.notes)
    # He confirms an address of his own, and corrects his answer to hers.
    (own,) = store.submissions.add([sent("Anything else.", "c", "villain@example.org", "DEFG-HJKM-NPQR")])
    store.mails.confirm("token c")
    corrected = store.submissions.replace(own.item_id, sent("Hm.", "c", victim, "DEFG-HJKM-NPQR"), reason="corrected")
    assert gather(store, planted.loaded, find(store, item=corrected)).item_ids == (corrected,)


def test_an_account_name_that_two_people_had_is_nobodys(planted: Campaign) -> None:
    stored(planted.store, make_post("I am another.", author_id="another", author_handle=planted.handle))
    with pytest.raises(ModerationError, match="more than one account had this name"):
        gather(planted.store, planted.loaded, find(planted.store, author=f"x:{planted.handle}"))


def test_what_others_said_is_left_out(planted: Campaign, tmp_path: Path) -> None:
    other = planted.planted.words["text"]
    shared = gather(planted.store, planted.loaded, find(planted.store, item=planted.repost))
    quoted = gather(planted.store, planted.loaded, find(planted.store, item=planted.quote))
    for name, gathered in (("shared", shared), ("quoted", quoted)):
        write(gathered, tmp_path / name)
        given = {path: text for path, text in contents(tmp_path / name).items() if not path.startswith(ASIDE)}
        assert [path for path, text in given.items() if other in text or planted.handle in text] == []
    assert shared.data["statements"][0]["note"].startswith("You shared what somebody else said")
    assert [name for name, _ in shared.aside] == [f"statement-{planted.repost}-received-1.txt"]
    assert [name for name, _ in quoted.files] == [f"statement-{planted.quote}-received-1.json"]
    assert quoted.data["statements"][0]["text"] == "Quite so."


def test_who_got_a_pack_is_named(planted: Campaign) -> None:
    store = planted.store
    store._db.execute(
        "INSERT INTO packs (number, digest, title, query, found, statements, people, as_of, made_at) "
        "VALUES ('P-1', 'd', 'Spring', '{}', 1, 1, 1, '2026-11-01', '2026-11-01T12:00:00+00:00')"
    )
    store._db.execute("INSERT INTO pack_exhibits VALUES ('P-1', 3, ?, 'ab')", [planted.post])
    store.deliveries.add(pack_number="P-1", recipient="mp-7", sent_on=date(2026, 11, 1), sent_by="Kim", how="mail")
    (planted.loaded.folder / planted.loaded.config.campaign.recipients).write_text("key,name,role\nmp-7,Jo Member,MP\n")
    gathered = gather(store, planted.loaded, find(store, item=planted.post))
    (pack,) = gathered.data["given_to"]
    assert (pack["pack"], [each["name"][:9] for each in pack["recipients"]]) == ("P-1", ["Jo Member"])
    (quoted,) = gathered.data["statements"][0]["quoted_in"]
    assert (quoted["pack"], quoted["quote"]) == ("P-1", 3)
    assert b"Jo Member" in page(gathered.data)


def test_hostile_words_are_words_on_the_page(planted: Campaign, tmp_path: Path) -> None:
    text = "</blockquote><script>alert(1)</script>{{ 7 * 7 }} \u202eabc"
    (item,) = stored(planted.store, make_post(text, author_handle="<img src=x onerror=alert(1)>", author_id="evil"))
    gathered = gather(planted.store, planted.loaded, find(planted.store, item=item))
    html = page(gathered.data).decode()
    assert "<script" not in html
    assert "<img" not in html
    assert "{{ 7 * 7 }}" in html
    assert "default-src 'none'" in html
    write(gathered, tmp_path / "out")
    assert json.loads((tmp_path / "out" / "data.json").read_text())["statements"][0]["text"] == text


def test_a_damaged_payload_is_told_and_everything_else_given(planted: Campaign) -> None:
    planted.store._db.execute("UPDATE captures SET sha256 = 'ab' WHERE item_id = ?", [planted.post])
    gathered = gather(planted.store, planted.loaded, find(planted.store, item=planted.post))
    assert gathered.aside[0][0] == f"statement-{planted.post}-damaged.txt"
    assert gathered.data["statements"][0]["text"].startswith("I found")


def test_staff_are_told_where_else_to_look(planted: Campaign) -> None:
    (mention,) = stored(planted.store, make_post(f"I agree with {planted.handle} here.", relation=Relation.REPLY))
    gathered = gather(planted.store, planted.loaded, find(planted.store, item=planted.post))
    assert any(f"may name the person: {mention}" in note for note in gathered.notes)
    assert any("models/training.json: a name of the person" in note for note in gathered.notes)


def test_the_command_tells_numbers_and_writes_on_demand(planted: Campaign, run: Run, tmp_path: Path) -> None:
    looked = run("--item", planted.post)
    assert (looked.exit_code, "Nothing was written. To write it, add: --to FOLDER" in looked.output) == (0, True)
    assert planted.store.actions.newest(1)[0].action != "access"
    done = run("--code", "-", "--to", tmp_path / "out", "--json", answer=f"{CODE}\n")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["items"], told["contacts"], len(told["files"])) == ([planted.answer], 3, 5)
    newest = planted.store.actions.newest(1)[0]
    assert (newest.action, newest.item_id, newest.detail) == ("access", planted.answer, "")
    for word in (*planted.planted.words.values(), CODE):
        assert word not in looked.output + done.output


@pytest.mark.parametrize(
    ("given", "code", "said"),
    [
        ([], 2, "name the person in one way"),
        (["--item", "1", "--code", CODE], 2, "name the person in one way"),
        (["--email", "nobody@example.org"], 1, "nothing is held of this address"),
        (["--item", "99999"], 1, "there is no such item"),
    ],
)
def test_what_cannot_be_done_is_said(run: Run, given: list[str], code: int, said: str) -> None:
    done = run(*given)
    assert (done.exit_code, said in done.output) == (code, True), done.output


def test_an_address_that_nobody_confirmed_is_nobodys_without_a_word_of_staff(planted: Campaign, run: Run) -> None:
    done = run("--email", planted.email)
    assert (done.exit_code, planted.email in done.output) == (1, False)
    assert "ask the person for the code of an answer" in done.output


def test_what_is_gathered_shows_itself_to_no_log(planted: Campaign) -> None:
    gathered = gather(planted.store, planted.loaded, find(planted.store, item=planted.post))
    assert planted.planted.words["text"] not in repr(gathered) + repr(replace(gathered, notes=()))
    assert isinstance(gathered, Gathered)
