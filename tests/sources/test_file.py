"""Files as people bring them: archives of X in all shapes, damaged files, and that every record is accounted for."""

from __future__ import annotations

import base64
import json
import sqlite3
import tracemalloc
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from advocacy_monitor.collect import collect
from advocacy_monitor.errors import ConfigError, FatalSourceError, SourceError
from advocacy_monitor.models import Page, Post, Reject
from advocacy_monitor.protocols import Source
from advocacy_monitor.sources.file import FileSource, formats, recognise
from advocacy_monitor.sources.x_payload import remap
from advocacy_monitor.store import Store


def post(number: int, **fields: object) -> dict[str, object]:
    """A post as the API sends it."""
    return {"id": str(1260000000000000000 + number), "text": f"Words {number}", "lang": "en", **fields}


def written(tmp_path: Path, *lines: object, name: str = "archive.jsonl") -> Path:
    """A file of lines: bytes as they are, everything else as JSON."""
    path = tmp_path / name
    path.write_bytes(b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines))
    return path


def read(path: Path, **given: Any) -> tuple[list[Post], list[Reject]]:
    """The posts and the rejects of a file."""
    pages = list(FileSource(path=path, **given).pages(None))
    assert all(page.checkpoint is None for page in pages)
    posts = [item for page in pages for item in page.items if isinstance(item, Post)]
    assert len(posts) == sum(len(page.items) for page in pages)
    return posts, [reject for page in pages for reject in page.rejects]


def test_an_archive_of_all_shapes_is_accounted_for(tmp_path: Path) -> None:
    users = {"users": [{"id": "7", "username": "ana"}]}
    path = written(
        tmp_path,
        b"",
        post(1),
        {"data": [post(2, author_id="7"), {"id": "3"}, post(4)], "includes": users, "meta": {"result_count": 3}},
        {"data": post(5, author_id="7"), "includes": users, "matching_rules": []},
        b"   ",
        {"id": "6", "action": "delete", "reason": "deleted"},
        {"data": [{"start": "a", "end": "b", "tweet_count": 1}]},
        {"data": [{"id": "1", "username": "ana"}]},
        {"data": [], "meta": {"result_count": 0}},
        {"id_str": "1260000000000000008", "full_text": "old", "user": {"id_str": "1"}},
        [post(9), post(10), {"data": [post(11)]}],
        b'{"data": {"id": "12", "te',
    )
    posts, rejects = read(path)
    ids = [int(item.source_id) - 1260000000000000000 for item in posts]
    assert ids == [1, 2, 4, 5, 8, 9, 10, 11]
    assert posts[1].author_handle == "ana"
    assert [(reject.position, reject.reason.split(",")[0]) for reject in rejects] == [
        ("line 3, record 2", "holds no post: there is no text; its keys are 'id'"),
        ("line 6", "is a compliance notice"),
        ("line 7", "holds counts"),
        ("line 8", "holds a user"),
        ("line 12", rejects[-1].reason.split(",")[0]),
    ]
    assert "breaks off" in rejects[-1].reason
    assert rejects[-1].payload == b'{"data": {"id": "12", "te'
    assert all(remap(item.raw) == item for item in posts)


def test_pages_hold_about_as_many_records_as_asked_for(tmp_path: Path) -> None:
    path = written(tmp_path, *(post(number) for number in range(10)), b"?")
    sizes = [len(page.items) + len(page.rejects) for page in FileSource(path=path, page_size=4).pages(None)]
    assert sizes == [4, 4, 3]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le"])
def test_marks_and_utf16_as_shells_write_them(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "archive.jsonl"
    text = "".join(json.dumps(post(number, text="Bücher 📚"), ensure_ascii=False) + "\r\n" for number in (1, 2))
    path.write_bytes((("\ufeff" if encoding == "utf-16-le" else "") + text).encode(encoding))
    posts, rejects = read(path)
    assert [item.text for item in posts] == ["Bücher 📚", "Bücher 📚"]
    assert not rejects
    assert remap(posts[0].raw) == posts[0]


def test_a_page_over_many_lines_is_one_document(tmp_path: Path) -> None:
    path = tmp_path / "page.json"
    path.write_text(json.dumps({"data": [post(1), post(2)], "meta": {}}, indent=1))
    assert recognise(path) == "twarc"
    assert [item.text for item in read(path)[0]] == ["Words 1", "Words 2"]
    path.write_text(json.dumps([post(number) for number in range(300)], indent=1))
    assert len(read(path)[0]) == 300
    with pytest.raises(FatalSourceError, match=r"one JSON document of .* bytes, more than max_line_bytes = 2,048"):
        read(path, max_line_bytes=2048)


def test_a_monster_line_is_set_aside_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "archive.jsonl"
    with path.open("wb") as file:
        file.write(json.dumps(post(1)).encode() + b'\n{"id":"2","text":"')
        for _ in range(50):
            file.write(b"x" * 1_000_000)
        file.write(b'"}\n' + json.dumps(post(3)).encode())
    tracemalloc.start()
    read(path, max_line_bytes=1_000_000)
    assert tracemalloc.get_traced_memory()[1] < 12_000_000
    tracemalloc.stop()
    posts, rejects = read(path)
    assert [item.text for item in posts] == ["Words 1", "Words 3"]
    (reject,) = rejects
    assert reject.position == "line 2"
    assert "is 50,000,021 bytes long, more than max_line_bytes = 33,554,432" in reject.reason
    assert reject.payload.startswith(b'{"id":"2","text":"xxx')
    assert len(reject.payload) == 65_536
    assert recognise(path) == "twarc"


def test_a_line_of_the_greatest_length_is_read(tmp_path: Path) -> None:
    line = json.dumps(post(1)).encode()
    exact = line[:-1] + b" " * (1024 - len(line)) + b"}"
    posts, rejects = read(written(tmp_path, exact[:-1] + b"}", post(2)), max_line_bytes=1025)
    assert (len(posts), len(rejects)) == (2, 0)
    posts, rejects = read(written(tmp_path, exact + b"  ", post(2)), max_line_bytes=1024)
    assert (len(posts), len(rejects)) == (1, 1)


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"", "a.csv", r"a\.csv is empty \(0 bytes\)"),
        (b" \n\n ", "a.jsonl", "is empty"),
        (b"a,b\n", "a.csv", "only a header row and no answers; its columns are 'a', 'b'"),
        (b"%PDF-1.7 x", "a.csv", "is a PDF document"),
        (b"\x1f\x8b\x08\x00", "a.jsonl.gz", "gzip archive; unpack it first"),
        (b"PK\x03\x04 something", "a.zip", "ZIP archive; unpack it first"),
        (b"PK\x03\x04 xl/workbook.xml", "a.xlsx", "is a damaged workbook"),
        (b"\xd0\xcf\x11\xe0\xa1", "a.xls", r"old or encrypted Excel workbook; save it as \.xlsx"),
        (b"SQLite format 3\0", "a.db", "SQLite database"),
        (bytes(range(256)) * 20, "a.csv", "binary data|can be guessed|begins like"),
        (b"\xff\xfea\x00,\x00b", "a.csv", "begins like utf-16 but is not that throughout|only a header"),
        (b"<!DOCTYPE html><html>", "a.csv", "web page or XML"),
        (b'{"nav_index": "1", "data": {"text": "x"}}', "a.ndjson", r"the keys 'nav_index', 'data'.*twarc: posts of X"),
        (b"[1, 2]", "a.json", "a list of 2, the first: a int"),
        (b'"a string"', "a.json", "JSON of no kind that is known: a str"),
        (b'"open\n1,2\n', "a.csv", "quotation mark in the header row is never closed"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, content: bytes, name: str, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(FatalSourceError, match=message) as caught:
        read(path)
    assert name in str(caught.value)


def test_missing_files_folders_and_impossible_names(tmp_path: Path) -> None:
    with pytest.raises(FatalSourceError, match=r"nowhere\.csv cannot be read: No such file"):
        read(tmp_path / "nowhere.csv")
    with pytest.raises(FatalSourceError, match="is a folder"):
        recognise(tmp_path)
    with pytest.raises(FatalSourceError, match="cannot be the name of a file"):
        recognise(Path("a\0b"))


def test_lines_that_cannot_be_read_at_all_are_rejects_not_a_failure(tmp_path: Path) -> None:
    posts, rejects = read(written(tmp_path, b'{"id": "1", "text": "cut'))
    assert (len(posts), len(rejects)) == (0, 1)
    posts, rejects = read(written(tmp_path, b"{garbage", b"more garbage"))
    assert [reject.position for reject in rejects] == ["line 1", "line 2"]
    posts, rejects = read(written(tmp_path, b'lost beginning"}', post(2)))
    assert (len(posts), len(rejects)) == (1, 1)


def test_the_name_of_a_file_does_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    path.write_text("Timestamp,Your comment\n5/13/2020,Good\n")
    assert recognise(path) == "google-forms"
    path = written(tmp_path, post(1), name="posts.csv")
    assert recognise(path) == "twarc"


def test_a_saved_mailbox_is_recognised_and_read(tmp_path: Path) -> None:
    path = tmp_path / "Inbox"
    path.write_text(
        "From mira@example.org Mon Nov  2 09:15:30 2026\nFrom: Mira <mira@example.org>\nMessage-ID: <1@example.org>\n"
        "Date: Mon, 2 Nov 2026 09:15:30 +0000\n\nThe library kept me warm.\n\n"
    )
    assert recognise(path) == "mbox"
    (page,) = FileSource(path=path).pages(None)
    (mail,) = page.items
    assert (mail.source, mail.text) == ("mailbox", "The library kept me warm.")
    assert b"mira@example.org" not in mail.raw


def test_formats_are_listed_and_checked() -> None:
    posts = {"twarc", "zeeschuimer", "4cat", "social-feed-manager", "twarc-csv"}
    services = {"google-forms", "limesurvey", "surveymonkey", "typeform", "microsoft-forms", "formbricks"}
    assert set(formats()) == posts | services | {"csv", "xlsx", "mbox"}
    assert all("\n" not in line for line in formats().values())
    with pytest.raises(ValidationError, match=r"no such format .did you mean 'google-forms'"):
        FileSource(path=Path("a"), format="googleforms")
    with pytest.raises(ValidationError):
        FileSource.model_validate({"path": "a", "unknown": 1})
    assert isinstance(FileSource(path=Path("a")), Source)
    assert "clock" not in str(FileSource.model_json_schema())


def test_posts_need_no_mapping(tmp_path: Path) -> None:
    path = written(tmp_path, post(1))
    with pytest.raises(ConfigError, match="posts of X have no columns"):
        read(path, mapping={"columns": {"text": "text"}})
    assert FileSource(path=path).describe().format == "twarc"


def test_legacy_encodings_are_guessed_and_said(tmp_path: Path) -> None:
    said = {
        "cp1252": "Für mich ist die Bücherei ein Ort, „wo man sein darf“ – größer als zu Hause.",
        "mac_roman": "Für mich ist die Bücherei ein Ort, „wo man sein darf“ – größer als zu Hause.",
        "cp1251": "Для меня библиотека — это место, где тепло и спокойно.",
        "koi8_r": "Для меня библиотека - это место, где тепло и спокойно.",
        "gb18030": "图书馆对我来说是一个安静的地方，我很想念它。",
        "big5": "圖書館對我來說是一個安靜的地方，我很想念它。",
        "cp1256": "المكتبة بالنسبة لي مكان هادئ وأشتاق إليها كثيرا.",
    }
    for encoding, text in said.items():
        path = tmp_path / f"{encoding}.csv"
        path.write_bytes(f'Timestamp,Your comment\n5/13/2020,"{text}"\n'.encode(encoding))
        source = FileSource(path=path)
        (page,) = source.pages(None)
        assert page.items[0].text == text, encoding
        assert any(f"read as {encoding}, which is a guess" in note for note in source.describe().notes)


def test_text_that_cannot_be_stored_is_replaced_and_said(tmp_path: Path) -> None:
    path = tmp_path / "nul.csv"
    path.write_bytes(b"Timestamp,Your comment\n5/13/2020,a\0b\n")
    source = FileSource(path=path)
    (page,) = source.pages(None)
    assert page.items[0].text == "a\ufffdb"
    assert any("1 characters that cannot be stored" in note for note in source.describe().notes)


def test_what_limesurvey_sends_over_the_wire_is_unwrapped(tmp_path: Path) -> None:
    plain = b'\xef\xbb\xbf"id";"submitdate";"seed"\r\n"1";"2020-05-13 10:00:00";"5"\r\n'
    path = tmp_path / "reply.txt"
    path.write_bytes(base64.b64encode(plain))
    assert recognise(path) == "limesurvey"
    (page,) = FileSource(path=path).pages(None)
    assert page.items[0].source_id == "1"


def _message(**fields: object) -> dict[str, object]:
    response = {
        "form_id": "F1",
        "token": "t1",
        "submitted_at": "2026-05-13T09:30:00Z",
        "hidden": {"email": "hidden@example.org", "campaign": "spring"},
        "definition": {"fields": [{"id": str(n), "title": title} for n, title in enumerate(_TITLES)]},
        "answers": [
            {"type": "text", "text": "The bus!", "field": {"id": "0"}},
            {"type": "choices", "choices": {"labels": ["Books", "Films"], "other": "Tea"}, "field": {"id": "1"}},
            {"type": "email", "email": "ida@example.org", "field": {"id": "2"}},
            {"type": "boolean", "boolean": True, "field": {"id": "3"}},
            {"type": "number", "number": 0, "field": {"id": "4"}},
            {"type": "choice", "choice": {"label": "Riverside"}, "field": {"id": "5"}},
        ],
    }
    return {"event_type": "form_response", "form_response": response | fields}


_TITLES = [
    "In your own words",
    "What do you use?",
    "Your e-mail",
    "You may quote me anonymously",
    "Visits",
    "Which library?",
]


def test_typeforms_messages_are_answers(tmp_path: Path) -> None:
    path = written(tmp_path, _message(), _message(token="t2", answers=[], hidden=None), {"other": 1}, b"{")
    assert recognise(path) == "typeform"
    pages: list[Page] = list(FileSource(path=path).pages(None))
    items = [item for page in pages for item in page.items]
    assert [(item.source, item.source_id) for item in items] == [("survey:f1", "t1"), ("survey:f1", "t2")]
    first: Any = items[0]
    assert first.text == "The bus!"
    assert first.answers == {"What do you use?": "Books, Films, Tea", "Visits": "0", "campaign": "spring"}
    assert first.consents == {"quote_unnamed"}
    assert first.library == "Riverside"
    assert first.contact.email == "ida@example.org"
    assert set(first.contact.other.values()) == {"hidden@example.org"}
    assert b"example.org" not in first.raw
    assert [reject.position for page in pages for reject in page.rejects] == ["line 3", "line 4"]
    with pytest.raises(FatalSourceError, match="messages of 2 forms"):
        read(written(tmp_path, _message(), _message(form_id="F2")))


@pytest.mark.parametrize("format_", ["twarc", "google-forms"])
def test_a_second_import_stores_nothing(tmp_path: Path, store: Store, format_: str) -> None:
    path = written(tmp_path, {"data": [post(1), post(2), post(1)]}, b"?")
    if format_ == "google-forms":
        path.write_text(
            "Timestamp,Your comment,E-mail\n5/13/2020,Good,a@example.org\n5/13/2020,Good,b@example.org\n\n?,x,y\n"
        )
    source = FileSource(path=path)
    first = collect(store, "import", source, kind="import").tally
    again = collect(store, "import", source, kind="import").tally
    assert (first.stored, first.rejected) == (2, 1)
    assert (again.read, again.stored, again.rejected) == (first.read, 0, 1)
    assert again.already == first.read - 1
    with closing(sqlite3.connect(store.path)) as database:
        assert "example.org" not in "\n".join(database.iterdump())
    captured = [payload for item_id in (1, 2) for _, payload in store.items.captures(item_id)]
    assert len(captured) == 2
    assert b"example.org" not in b"".join(captured)


_STARTS = [
    *(b"", b"{", b"[", b'{"data":[', b"Timestamp,", b"Respondent ID,", b"id;submitdate;seed\n", b"PK\x03\x04xl/"),
    *(b"\xff\xfe", b"\xef\xbb\xbf", b"sep=;\n", b'"', b"\xfe\xff", b"eyJhIjoxfQ==eyJhIjoxfQ=="),
]


@given(
    st.sampled_from(_STARTS),
    st.binary(max_size=120) | st.text(max_size=80).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.sampled_from([None, *formats()]),
    st.sampled_from([None, {"columns": {"text": "Timestamp"}}]),
    st.sampled_from(["a.jsonl", "a.csv"]),
)
@settings(max_examples=400, deadline=None)
def test_any_bytes_are_read_or_refused_in_words(
    tmp_path_factory: pytest.TempPathFactory, start: bytes, rest: bytes, format_: str | None, mapping: Any, name: str
) -> None:
    path = tmp_path_factory.getbasetemp() / f"any-{name}"
    path.write_bytes(start + rest)
    source = FileSource(path=path, format=format_, mapping=mapping)
    for work in (lambda: list(source.pages(None)), source.describe, lambda: recognise(path)):
        try:
            work()
        except (SourceError, ConfigError) as error:
            assert str(error)


def test_every_recorded_archive_is_accounted_for(recordings: Callable[[str], Path]) -> None:
    expected: dict[str, tuple[int, int]] = {
        "twarc_2sets.jsonl": (200, 0),
        "twarc_brexit.jsonl": (100, 0),
        "twarc_counts.jsonl": (0, 1),
        "twarc_flat.jsonl": (100, 0),
        "twarc_geo_tweets.jsonl": (2, 0),
        "twarc_kpop.jsonl": (100, 0),
        "twarc_streaming_output_with_error.jsonl": (7, 1),
        "twarc_tweets_compliance.jsonl": (0, 2),
        "twarc_users.jsonl": (0, 1),
        "twarc_users_compliance.jsonl": (0, 2),
        "twut_10-v2-sample.jsonl": (10, 0),
        "twut_500-sample_v11.jsonl": (500, 0),
        "derekgreene_sample-tweets-500_v11.jsonl": (500, 0),
    }
    seen: Counter[str] = Counter()
    for path in (*recordings("x").glob("*.jsonl"), *recordings("load").glob("*_v11.jsonl")):
        posts, rejects = read(path)
        assert recognise(path) == "twarc"
        assert (len(posts), len(rejects)) == expected.get(path.name, (1, 0)), path.name
        assert len({item.source_id for item in posts}) == len(posts)
        seen[path.name] += 1
    assert set(expected) <= set(seen)
