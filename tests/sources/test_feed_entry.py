"""Entries of feeds become posts: Google's marks and links, names without addresses, hostile and broken feeds."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy_monitor.errors import BadRecordError, FatalSourceError, RetryableSourceError
from advocacy_monitor.models import Post
from advocacy_monitor.sources.feed_document import PASSING, Document, read_document
from advocacy_monitor.sources.feed_entry import is_dated, to_post, unwrapped, web_address

NOW = datetime(2026, 11, 1, tzinfo=UTC)
PLACE = "paper.example.org/feed"
ATOM = '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de-AT">%s</feed>'
RSS = (
    '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns:georss="http://www.georss.org/georss"><channel><title>t</title><language>en-gb</language>%s</channel></rss>'
)


def document(text: str | bytes) -> Document:
    body = text if isinstance(text, bytes) else text.encode()
    return read_document(body, content_type="", url="https://paper.example.org/feed")


def posts(text: str | bytes) -> list[Post]:
    found = document(text)
    return [
        to_post(entry.fields, raw=entry.raw, place=PLACE, language=found.language, now=NOW) for entry in found.entries
    ]


def post(text: str) -> Post:
    (found,) = posts(text)
    return found


def test_a_google_alert_gives_plain_words_and_the_real_address() -> None:
    entry = (
        "<entry><id>tag:google.com,2013:googlealerts/feed:123</id>"
        '<title type="html">Our &lt;b&gt;library&lt;/b&gt; is open</title>'
        '<link href="https://www.google.com/url?rct=j&amp;sa=t&amp;url=https://news.example.org/a%3Fid%3D1&amp;ct=ga"/>'
        "<published>2026-10-02T14:26:15Z</published><updated>2026-10-03T00:00:00Z</updated>"
        '<content type="html">Readers said they &lt;b&gt;missed&lt;/b&gt; it &lt;b&gt;...&lt;/b&gt;&amp;nbsp;</content>'
        "<author><name></name></author></entry>"
    )
    found = post(ATOM % entry)
    assert found.source == "feed"
    assert found.source_id == "tag:google.com,2013:googlealerts/feed:123"
    assert found.url == "https://news.example.org/a?id=1"
    assert found.text.replace("\xa0", " ").rstrip() == "Our library is open\n\nReaders said they missed it ..."
    assert found.created_at == datetime(2026, 10, 2, 14, 26, 15, tzinfo=UTC)
    assert found.language == "de"
    assert (found.author_name, found.author_id) == (None, None)
    assert found.seen_on == PLACE
    assert found.raw == entry.encode()


@pytest.mark.parametrize(
    ("link", "wanted"),
    [
        ("https://www.google.com/url?url=https://a.example/&ct=ga", "https://a.example/"),
        ("https://google.co.uk/url?q=http://a.example/x", "http://a.example/x"),
        ("https://www.google.com/url?url=javascript:alert(1)", "https://www.google.com/url?url=javascript:alert(1)"),
        ("https://www.google.com.evil.example/url?url=https://a.example", None),
        ("https://evil.example/url?url=https://a.example", None),
        ("https://[broken/url?url=https://a.example", None),
    ],
)
def test_only_googles_own_redirects_are_unwrapped(link: str, wanted: str | None) -> None:
    assert unwrapped(link) == (wanted or link)


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "data:text/html,x", "", "https://", "https://user:secret@a.example/", "//a.example"]
)
def test_only_plain_web_addresses_are_kept(link: str) -> None:
    assert web_address(link) is None


def test_rss_with_content_and_an_address_for_an_author() -> None:
    found = post(
        RSS % "<item><title>Letter</title><link>https://paper.example.org/1</link>"
        "<guid isPermaLink='false'>77</guid><author>anna@example.org (Anna Muster)</author>"
        "<pubDate>Fri, 02 Oct 2026 10:00:00 +0200</pubDate><description>Short ...</description>"
        "<content:encoded><![CDATA[<p>The whole <i>story</i> #DankeBibliothek</p><script>x()</script>]]></content:encoded>"
        '<media:content url="https://a.example/p.jpg"><media:description type="plain">A reading room &amp;amp; a cat'
        "</media:description></media:content><georss:featurename>Lindenrode</georss:featurename></item>"
    )
    assert found.text == "Letter\n\nThe whole story #DankeBibliothek"
    assert found.hashtags == ("DankeBibliothek",)
    assert found.author_name == "Anna Muster"
    assert found.author_id == f"{PLACE} Anna Muster"
    assert "@" not in f"{found.author_name}{found.author_id}{found.text}"
    assert found.source_id == f"{PLACE}#77", "a bare number is an id within its feed only"
    assert found.created_at == datetime(2026, 10, 2, 8, tzinfo=UTC)
    assert found.media_alt == ("A reading room & a cat",)
    assert found.place == "Lindenrode"
    assert found.language == "en"


def test_an_author_that_is_only_an_address_stays_unknown() -> None:
    found = post(RSS % "<item><title>a</title><author>anna@example.org</author></item>")
    assert (found.author_name, found.author_id) == (None, None)


def test_rdf_is_read() -> None:
    found = post(
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://a.example/"><title>t</title>'
        '<items><rdf:Seq><rdf:li rdf:resource="https://a.example/1"/></rdf:Seq></items></channel>'
        '<item rdf:about="https://a.example/1"><title>One</title><link>https://a.example/1</link>'
        "<dc:creator>Ben</dc:creator><dc:date>2026-10-01T00:00:00Z</dc:date></item></rdf:RDF>"
    )
    assert (found.source_id, found.text, found.author_name) == ("https://a.example/1", "One", "Ben")
    assert found.raw.startswith(b"<item rdf:about") and found.raw.endswith(b"</item>")


@pytest.mark.parametrize(
    ("title", "summary", "text"),
    [
        ("I love it", "I love it very much", "I love it very much"),
        ("I love …", "I love it very much", "I love it very much"),
        ("I love ...", "I  love\nit", "I  love it"),
        ("Other", "I love it", "Other\n\nI love it"),
        ("", "I love it", "I love it"),
        ("...", "I love it", "...\n\nI love it"),
        ("I love it", "", "I love it"),
    ],
)
def test_a_title_that_is_the_beginning_of_the_text_is_not_repeated(title: str, summary: str, text: str) -> None:
    assert post(RSS % f"<item><title>{title}</title><description>{summary}</description></item>").text == text


@pytest.mark.parametrize(
    ("dates", "dated"),
    [
        ("<pubDate>Fri, 02 Oct 2026 10:00:00 GMT</pubDate>", datetime(2026, 10, 2, 10, tzinfo=UTC)),
        ("", None),
        ("<pubDate>soon</pubDate>", None),
        ("<pubDate>Fri, 02 Oct 2099 10:00:00 GMT</pubDate>", None),
    ],
)
def test_a_date_that_is_missing_or_to_come_is_the_time_of_reading(dates: str, dated: datetime | None) -> None:
    (entry,) = document(RSS % f"<item><title>a</title>{dates}</item>").entries
    assert is_dated(entry.fields, now=NOW) == (dated is not None)
    assert to_post(entry.fields, raw=entry.raw, place=PLACE, language=None, now=NOW).created_at == (dated or NOW)


def test_ids_without_id_and_link_are_digests_that_stay() -> None:
    first, again = (post(RSS % "<item><title>a</title></item>") for _ in range(2))
    assert first.source_id == again.source_id
    assert first.source_id.startswith("sha256:")
    assert post(RSS % "<item><title>b</title></item>").source_id != first.source_id


def test_an_entry_without_words_is_a_bad_record() -> None:
    with pytest.raises(BadRecordError, match="no words"):
        posts(RSS % "<item><guid>1</guid><title> </title></item>")


def test_half_characters_and_control_characters_can_be_stored() -> None:
    found = post(RSS % "<item><title>a&#55357; b&#x9;c</title><description>d\x07e</description></item>")
    found.text.encode()
    assert "\x07" not in found.text


def test_raw_is_an_exact_slice_whatever_stands_around_it() -> None:
    items = [
        "<item><title>one <![CDATA[</item><item>]]></title></item>",
        '<item a="b" ><title>two</title><!-- </item> --></item >',
        "<item><title>three</title><description>x</description></item>",
    ]
    body = RSS % f"<!-- <item>not this</item> -->{items[0]}\n{items[1]}{items[2]}"
    found = document(body)
    assert [entry.raw.decode() for entry in found.entries] == items
    assert found.whole


def test_one_entry_that_the_parser_gives_up_does_not_stop_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    parse = feedparser.parse

    def failing(stream: io.BytesIO, **given: object) -> object:
        if b"poison" in stream.getvalue():
            raise UnicodeEncodeError("utf-8", "x", 0, 1, "a bug of the parser")
        return parse(stream, **given)

    monkeypatch.setattr(feedparser, "parse", failing)
    items = [f"<item><title>{word}</title></item>" for word in ("one", "poison", "three")]
    found = document(RSS % "".join(items))
    assert [entry.raw.decode() for entry in found.entries] == items
    assert [entry.problem for entry in found.entries] == [None, "cannot be read (UnicodeEncodeError)", None]
    assert [entry.fields.get("title") for entry in found.entries] == ["one", None, "three"]


def test_a_feed_in_utf16_is_read_and_its_raw_is_json() -> None:
    body = (RSS % "<item><title>Bücher</title></item>").replace("<rss", '<?xml version="1.0" encoding="utf-16"?><rss')
    (found,) = posts(body.encode("utf-16"))
    assert found.text == "Bücher"
    assert b"B\xc3\xbccher" in found.raw


def test_a_feed_in_latin1_keeps_its_bytes() -> None:
    body = ('<?xml version="1.0" encoding="iso-8859-1"?>' + RSS % "<item><title>Bücher</title></item>").encode(
        "latin-1"
    )
    (found,) = posts(body)
    assert found.text == "Bücher"
    assert found.raw == "<item><title>Bücher</title></item>".encode("latin-1")


def test_a_feed_that_breaks_off_tells_so() -> None:
    whole = RSS % "<item><title>one</title></item><item><title>two and more</title></item>"
    found = document(whole[: whole.index("and more")])
    assert not found.whole
    assert [entry.problem is None for entry in found.entries] == [True, False]


BOMBS = {
    "billion laughs": '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>' + RSS,
    "one large entity, often": '<!DOCTYPE x [\n<!ENTITY a "' + "A" * 1_000_000 + '">\n]>\n' + RSS,
    "a file": '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + RSS,
    "parameter entities": '<!DOCTYPE x [<!entity % a SYSTEM "http://127.0.0.1:9/x"> %a;]>' + RSS,
}


@pytest.mark.parametrize("bomb", BOMBS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_xml_bombs_are_not_lit(bomb: str, encoding: str) -> None:
    body = BOMBS[bomb].replace("%s", "<item><title>" + "&c;&a;" * 50_000 + "</title></item>").encode(encoding)
    with pytest.raises(FatalSourceError, match="entities"):
        document(body)


def test_a_document_type_alone_is_no_bomb() -> None:
    old = '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "https://a.example/rss-0.91.dtd">\n'
    assert post(old + RSS % "<item><title>a &lt;!ENTITY b</title></item>").text.startswith("a ")


@pytest.mark.parametrize(
    "body",
    [
        b"<!doctype html><title>Sign in</title>",
        b"<html><body><h1>Repairs</h1></body></html>",
        b'{"version": "https://jsonfeed.org/version/1", "items": []}',
        b"\x00\x01\x02",
        b"/etc/passwd",
        b"",
    ],
)
def test_what_is_no_feed_may_be_one_later(body: bytes) -> None:
    with pytest.raises(RetryableSourceError, match="where a feed was expected") as caught:
        document(body)
    assert "Sign in" not in str(caught.value)


def test_an_empty_feed_is_a_feed() -> None:
    assert document(RSS % "").entries == ()


def test_every_error_of_feedparser_is_mapped() -> None:
    kinds = [kind for kind in vars(feedparser.exceptions).values() if isinstance(kind, type)]
    assert len(kinds) >= 5
    assert set(kinds) <= set(PASSING)


@given(st.binary(max_size=300), st.integers(0, 400))
def test_no_feed_however_damaged_raises_anything_else(noise: bytes, place: int) -> None:
    whole = (RSS % "<item><title>one</title><link>https://a.example/</link><pubDate>x</pubDate></item>").encode()
    try:
        found = document(whole[:place] + noise + whole[place:])
    except (RetryableSourceError, FatalSourceError):
        return
    for entry in found.entries:
        try:
            assert entry.problem is None or entry.problem
            to_post(entry.fields, raw=entry.raw, place=PLACE, language=found.language, now=NOW)
        except BadRecordError:
            continue


def test_the_recorded_feeds_are_read_whole(recordings: Callable[[str], Path]) -> None:
    wanted = {
        "alaveteli_blog_feed.atom": 2,
        "ckardaris_feed.xml": 10,
        "feedparser_entry_content_type_text.xml": 1,
        "google_alerts_real_entry.atom": 1,
    }
    for name, count in wanted.items():
        body = (recordings("rss") / name).read_bytes()
        found = posts(body)
        assert len(found) == count
        assert all(each.text and each.raw in body for each in found)
        assert all(each.url is None or "google" not in each.url for each in found)


ALT = b"<media:description"


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        (ALT + b">a &amp;amp; b</media:description>", ["a & b"]),
        (ALT + b' type="plain">\n <![CDATA[a <b>c</b>]]>\n</media:description>', ["a c"]),
        (ALT + b"/>" + ALT + b">b</media:description >", ["b"]),
        (ALT + b"s>a</media:descriptions>", []),
        (ALT + b">a<b></media:description>", []),
        (ALT + b">a", []),
        (ALT + b"><![CDATA[a", []),
    ],
)
def test_descriptions_of_pictures(raw: bytes, wanted: list[str]) -> None:
    found = to_post({"title": "t"}, raw=b"<item>" + raw + b"</item>", place=PLACE, language=None, now=NOW)
    assert list(found.media_alt) == wanted


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "raw",
    [
        ALT + b">" + b" " * 400_000 + b"<b>",
        (ALT + b">") * 30_000,
        (ALT + b" ") * 30_000,
        (ALT + b"><![CDATA[") * 30_000,
        ALT + b" " * 400_000,
    ],
)
def test_hostile_entries_end_in_time(raw: bytes) -> None:
    """Without a stopwatch: what is cubic here takes hours, and the time limit ends it."""
    fields = {"title": "." * 300_000 + "x", "summary": "y", "author": "a" * 300_000}
    found = to_post(fields, raw=raw, place=PLACE, language=None, now=NOW)
    assert found.media_alt == ()
