"""The selection file: hostile words come back as they were, mistakes are named with their line, edits are refused."""

from __future__ import annotations

import unicodedata
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from advocacy_monitor.errors import ConfigError
from advocacy_monitor.models import Query, Translation
from advocacy_monitor.selection import Chosen
from advocacy_monitor.selection_file import propose
from advocacy_monitor.selection_read import read_selection
from advocacy_monitor.selection_yaml import quoted, scalar, sequence
from tests.exporters.sample_packs import HOSTILE, english_pack, exhibit, hostile_pack

QUERY = Query(
    title="What Riverside says",
    themes=("loneliness",),
    areas=("Riverside", "Yes: no"),
    since=date(2026, 3, 1),
    recipient="A. Member",
)
EXHIBITS = english_pack().exhibits
PROPOSED = propose(EXHIBITS, {1001: 4, 1002: 1}, query=QUERY, sent={1001: 2}, richness={1001: 3})
SIGNED = PROPOSED.replace('chosen_by: ""', "chosen_by: Kim Example")


def written(folder: Path, text: str) -> Path:
    path = folder / "selection.yaml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    return path


def problems(folder: Path, text: str) -> list[str]:
    path = written(folder, text)
    with pytest.raises(ConfigError) as refused:
        read_selection(path)
    return [line.removeprefix(f"{path}, ") for line in str(refused.value).splitlines()]


def line_of(text: str, words: str) -> int:
    return text[: text.index(words)].count("\n") + 1


def test_a_proposal_that_is_signed_is_the_softwares_own_order(tmp_path: Path) -> None:
    selection = read_selection(written(tmp_path, SIGNED))
    assert (selection.title, selection.chosen_by, selection.query) == (QUERY.title, "Kim Example", QUERY)
    assert selection.quotes == tuple(
        Chosen(
            item=each.item_id,
            use="main",
            text_sha256=each.text_sha256,
            line=line_of(SIGNED, f"- item: {each.item_id}"),
        )
        for each in EXHIBITS
    )


def test_a_proposal_tells_what_a_person_needs_to_choose() -> None:
    entry = yaml.safe_load(PROPOSED)["quotes"][0]
    assert entry == {
        "item": 1001,
        "use": "main",
        "quote": EXHIBITS[0].text,
        "printed": "",
        "language": "en",
        "place": "Harbour Library, Port Example",
        "day": EXHIBITS[0].said_on,
        "source": "mastodon",
        "themes": ["loneliness", "events"],
        "richness": 3,
        "used": 4,
        "sent": 2,
        "text_sha256": EXHIBITS[0].text_sha256,
    }
    assert "used 4 times already" in PROPOSED
    assert "used once already" in PROPOSED
    assert PROPOSED.startswith("# The quotes of a pack")
    assert propose(EXHIBITS, {1001: 4, 1002: 1}, query=QUERY, sent={1001: 2}, richness={1001: 3}) == PROPOSED


def test_shortened_critical_and_translated_quotes_are_told(tmp_path: Path) -> None:
    one = exhibit(
        1,
        "The hours are useless. I like the staff.",
        critical=True,
        chosen=False,
        quoted="The hours are useless. […]",
        translations=(Translation(language="de", text="Die Zeiten taugen nichts."),),
    )
    text = propose([one], {}, query=QUERY)
    entry = yaml.safe_load(text)["quotes"][0]
    assert (entry["critical"], entry["use"], entry["translations"]) == (True, "annex", ["de"])
    (read,) = read_selection(written(tmp_path, text.replace('by: ""', "by: K"))).quotes
    assert (read.use, read.printed) == ("annex", "The hours are useless. […]")


def test_hostile_words_come_back_as_they_were(tmp_path: Path) -> None:
    pack = hostile_pack()
    query = Query(title=pack.title, areas=HOSTILE, recipient=HOSTILE[3])
    text = propose(pack.exhibits, {}, query=query).replace('chosen_by: ""', "chosen_by: Kim")
    selection = read_selection(written(tmp_path, text))
    assert [each.text_sha256 for each in selection.quotes] == [each.text_sha256 for each in pack.exhibits]
    assert (selection.title, selection.query.areas) == (pack.title, HOSTILE)
    loaded = yaml.safe_load(text)
    assert [each["quote"] for each in loaded["quotes"]] == [each.text for each in pack.exhibits]
    assert not [c for c in text if unicodedata.category(c) in ("Cc", "Cs", "Co", "Cn") and c != "\n"]
    assert not {"\u202e", "\u2066", "\u200f", "\ufeff", "\u2028"} & set(text)


@given(st.text(st.characters()) | st.text(" \n\t#-:'\"[]{}…|>&*!%@`\\a\u2028\u0085", max_size=150))
def test_any_text_comes_back_as_it_was(text: str) -> None:
    assert yaml.safe_load(f"a:\n  b: {scalar(text, indent=2)}\nc: {quoted(text)}\nd: {sequence([text, text])}\n") == {
        "a": {"b": text},
        "c": text,
        "d": [text, text],
    }


@pytest.mark.parametrize("empty", ['""', "", "null", "'  '", "|-"])
def test_without_a_name_it_is_nobodys_choice(tmp_path: Path, empty: str) -> None:
    (problem,) = problems(tmp_path, PROPOSED.replace('chosen_by: ""', f"chosen_by: {empty}"))
    assert problem.startswith(f"line {line_of(PROPOSED, 'chosen_by: ')}: chosen_by is empty")


def test_the_softwares_name_is_no_persons(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, PROPOSED.replace('chosen_by: ""', "chosen_by: Software"))
    assert "the person who chose" in problem


def test_no_is_a_word_and_not_a_boolean(tmp_path: Path) -> None:
    text = SIGNED.replace("use: main\n    quote", "use: no\n    quote", 1)
    assert read_selection(written(tmp_path, text)).quotes[0].use == "no"


def test_the_words_of_a_quote_cannot_be_edited(tmp_path: Path) -> None:
    text = SIGNED.replace("I did not speak to anyone", "I did not speak to anybody")
    (problem,) = problems(tmp_path, text)
    assert problem == (
        f"line {line_of(text, 'quote: |-')}: item 1001: the words of a quote cannot be edited; "
        "use `printed:` with […] for what is left out"
    )
    other_form = unicodedata.normalize("NFD", SIGNED)
    assert other_form != SIGNED
    assert any("item 1003: the words of a quote cannot be edited" in each for each in problems(tmp_path, other_form))


def test_windows_line_ends_and_a_byte_order_mark_are_no_edit(tmp_path: Path) -> None:
    text = propose([exhibit(1, "One line of it.\n\nAnother one.")], {}, query=QUERY).replace('by: ""', "by: K")
    assert read_selection(written(tmp_path, "\ufeff" + text.replace("\n", "\r\n"))).quotes[0].item == 1001


def test_every_mistake_is_named_with_its_line(tmp_path: Path) -> None:
    text = SIGNED.replace("item: 1002", "item: 1001").replace("item: 1003", "item: three")
    text = text.replace("use: main\n    quote", "use: mian\n    quote", 1).replace('printed: ""', 'prited: ""', 1)
    text = text.replace("since: 2026-03-01", "since: March").replace(
        "  until: null", "  untl: null\n  until: 1\n  until: 2"
    )
    text = text.replace(EXHIBITS[3].text_sha256, "12ab").replace('title: "What', 'titel: "What')
    found = problems(tmp_path, text)
    assert found == sorted(found, key=lambda each: int(each.split(":")[0].split()[1]))
    for line, says in (
        (1, "title: a pack needs a title"),
        (line_of(text, "titel"), "unknown key 'titel' (did you mean title?)"),
        (line_of(text, "since: March"), "found 'March', must be a day such as 2026-05-31"),
        (line_of(text, "untl"), "unknown key 'untl' (did you mean until?)"),
        (line_of(text, "until: 2"), "the key 'until' stands twice"),
        (line_of(text, "use: mian"), "item 1001: use: found 'mian', allowed are main, annex or no"),
        (line_of(text, "prited"), "unknown key 'prited' (did you mean printed?)"),
        (line_of(text, "item: three"), "must be the number of a statement, found 'three'"),
        (line_of(text, "text_sha256: 12ab"), "item 1004: text_sha256 is missing or no SHA-256"),
    ):
        assert any(each.startswith(f"line {line}: ") and says in each for each in found), (line, says, found)
    assert any("item 1001 stands in line" in each for each in found)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (('printed: ""', "printed: […] I get up on Thursdays."), "must be in quotation marks"),
        (('printed: ""', "printed: [I get up]"), "printed: must be a text; a text that begins with ["),
        (('printed: ""', "printed: she said: I get up"), "write the words on a new line after `printed: |-`"),
        (("title:", "  title:"), "not YAML"),
        (("quotes:", "quotes: &a"), ""),
    ],
)
def test_what_is_no_yaml_says_what_to_do(tmp_path: Path, change: tuple[str, str], says: str) -> None:
    text = SIGNED.replace(*change, 1)
    if not says:
        assert read_selection(written(tmp_path, text)).quotes
        return
    found = problems(tmp_path, text)
    assert len(found) == 1
    assert found[0].startswith("line ")
    assert says in found[0]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is no selection"),
        (b"- 1\n- 2\n", "is no selection"),
        (b"title: T\nchosen_by: K\nquotes: []\n", "has no quote in it"),
        (b"title: T\nchosen_by: K\nquotes: all\n", "has no quote in it"),
        (b"title: T\nchosen_by: K\nquotes: [1]\n", "must be a list of keys such as item:"),
        (b"title: T\nchosen_by: K\nquery: x\nquotes:\n- {item: 1, use: no}\n", "query: must be a list of keys"),
        (b"title: T\nchosen_by: [K]\nquotes:\n- {item: 1, use: no}\n", "chosen_by: must be a text"),
        (b"title: T\nchosen_by: K\nquotes:\n- {item: 1, use: main}\n", "text_sha256 is missing"),
        (b"title: T\n\xff\n", "line 2: not UTF-8"),
        (b"title: " + b"[" * 300_000, "line 1: more than 50 lists or keys"),
        (b"title: T\nquery: " + b"{a: " * 50_000, "line 2: more than 50 lists or keys"),
        (b"- " * 100_000, "line 1: more than 50 lists or keys"),
        (b"title: T\x00\n", "not YAML"),
    ],
)
def test_what_is_no_selection_is_refused(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "selection.yaml"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=says.replace("[", r"\[")):
        read_selection(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        read_selection(tmp_path / "none.yaml")


def test_a_pack_without_quotes_has_an_empty_list(tmp_path: Path) -> None:
    assert yaml.safe_load(propose([], {}, query=QUERY))["quotes"] == []


def test_spaces_that_an_editor_takes_away_stand_in_quotation_marks() -> None:
    kept = "A first line that ends in spaces, as people write.  \nAnd a second one, of the same statement."
    assert scalar(kept).startswith('"A first line')
    assert scalar(kept.replace("  \n", "\n")).startswith("|-\n  A first line")
