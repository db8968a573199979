"""The text of mails: which part is read, in which charset; names of attachments; quotes and signatures in HTML."""

from __future__ import annotations

import base64

import pytest

from advocacy_monitor.sources.mail_body import unflowed
from tests.sources.platform_mailbox import letter
from tests.sources.test_mail_message import composed, read, refusal


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('attachment; filename="..\\..\\evil, really.exe"', "evil really.exe"),
        ("attachment; filename=/etc/passwd", "passwd"),
        ('attachment; filename="=?utf-8?q?B=C3=BCcher=2Epdf?="', "Bücher.pdf"),
        ("attachment; filename*=utf-8''B%C3%BCcher.pdf", "Bücher.pdf"),
        ("attachment; filename*=no-such-charset''B%C3%BCcher.pdf", "B\u00fccher.pdf"),
        ('attachment; filename="photo\u202egpj.exe"', "photogpj.exe"),
        ("attachment", "unnamed application/pdf"),
        ('attachment; filename="' + "x" * 500 + '"', "x" * 100),
    ],
)
def test_names_of_attachments_are_cleaned(header: str, name: str) -> None:
    body = f"--b\r\nContent-Type: text/plain\r\n\r\nHello\r\n--b\r\nContent-Type: application/pdf\r\nContent-Disposition: {header}\r\n\r\nx\r\n--b--"
    found = read(letter(body.replace("\r\n", "\n"), Content_Type="multipart/mixed; boundary=b"))
    assert found.answers["Attachments"] == name
    assert found.text == "Hello"


def test_plain_text_is_preferred_unless_it_is_empty() -> None:
    assert read(composed("Plain words", "<p>Rich words</p>")).text == "Plain words"
    assert read(composed(" \n", "<p>Rich words</p>")).text == "Rich words"
    assert read(composed(None, "<p>One</p><p>Two<br>Three</p><script>x()</script>")).text == "One\n\nTwo\nThree"


def test_text_in_several_parts_is_read_on() -> None:
    """As telephones send it: text, a picture, more text."""
    body = "--b\nContent-Type: text/plain\n\nBefore\n--b\nContent-Type: image/jpeg; name=a.jpg\n\nx\n--b\nContent-Type: text/plain\n\nAfter\n--b--"
    found = read(letter(body, Content_Type="multipart/mixed; boundary=b"))
    assert found.text == "Before\n\nAfter"
    assert found.answers["Attachments"] == "a.jpg"


def test_a_forwarded_mail_that_is_attached_is_not_read() -> None:
    body = "--b\nContent-Type: text/plain\n\nSee below\n--b\nContent-Type: message/rfc822\n\nFrom: x@example.org\nSubject: y\n\nSecret words\n--b--"
    found = read(letter(body, Content_Type="multipart/mixed; boundary=b"))
    assert found.text == "See below"
    assert found.answers["Attachments"] == "unnamed message/rfc822"


HTML_QUOTES = {
    "gmail": '<div dir="ltr">My words</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Fri, 2 Oct '
    '2026 at 10:00, Ben &lt;<a href="mailto:ben@example.com">ben@example.com</a>&gt; wrote:<br></div>'
    '<blockquote class="gmail_quote" style="x"><div>Tell <blockquote type="cite">us</blockquote></div></blockquote></div>',
    "apple": "<div>My words</div><div><blockquote type='cite'><div>On 2 Oct 2026, at 10:00, Ben wrote:</div>Tell us</blockquote></div>",
    "thunderbird": '<p>My words</p><div class="moz-cite-prefix">Am 02.10.26 um 10:00 schrieb Ben:<br></div>'
    '<blockquote type="cite" cite="mid:x">Tell us</blockquote><div class="moz-signature">-- <br>Anna</div>',
    "outlook": '<p>My words</p><hr><div id="divRplyFwdMsg"><b>From:</b> Ben &lt;ben@example.com&gt;<br><b>Sent:</b> Friday<br>'
    "<b>To:</b> Anna<br><b>Subject:</b> x</div><div>Tell us</div>",
    "gmx": '<div>My words</div><div name="quote"><div><b>Gesendet:</b> Freitag<br><b>Von:</b> Ben &lt;ben@example.com&gt;<br>'
    "<b>An:</b> Anna<br><b>Betreff:</b> x</div><div>Tell us</div></div>",
    "gmail signature": '<div>My words</div><div class="gmail_signature">Anna<br>Reader</div>',
    "a bar": '<div>My words</div><blockquote style="margin:0; Border-Left: 1px solid #ccc">Tell us</blockquote>',
    "no marks": "<div>My words</div><blockquote TYPE=cite>Tell us</blockquote>",
    "hidden": '<div style="display:none">Tell us</div><div>My words</div><p hidden>ben@example.com</p>',
    "outlook for phones": '<div>My words</div><div id="ms-outlook-mobile-signature">Get the app</div>',
}


@pytest.mark.parametrize("name", HTML_QUOTES)
def test_quotes_and_signatures_in_html_are_cut_off(name: str) -> None:
    found = read(composed(None, HTML_QUOTES[name]))
    assert found.text == "My words"
    assert "ben@" not in found.raw.decode()


def test_an_indented_paragraph_is_no_quote() -> None:
    html = '<div>One</div><blockquote style="margin:0 0 0 40px;border:none"><div>Two</div></blockquote><div>Three</div>'
    assert read(composed(None, html)).text == "One\n\nTwo\n\nThree"


def test_flowed_lines_are_put_together() -> None:
    text = "I miss the \nreading room.\n> You said \n> so\n>> and so \nNew \n-- \nAnna \nMuster"
    assert unflowed(text, delete_space=False) == (
        "I miss the reading room.\n> You said so\n>> and so \nNew \n-- \nAnna Muster"
    )
    assert unflowed("Biblio \nthek\n  stuffed", delete_space=True) == "Bibliothek\n stuffed"
    found = read(letter("I miss the \nreading room.", Content_Type="text/plain; charset=utf-8; format=flowed"))
    assert found.text == "I miss the reading room."


CHARSETS = [
    ("utf-8", "utf-8", "Bücher 📚"),
    ("iso-8859-1", "cp1252", "Bücher – „gut“"),
    ("iso-8859-15", "iso-8859-15", "Bücher für 5 €"),
    ("koi8-r", "koi8-r", "Библиотека"),
    ("windows-1256", "cp1256", "المكتبة"),
    ("gb2312", "gb2312", "图书馆"),
    ("iso-2022-jp", "iso-2022-jp", "図書館"),
    ("us-ascii", "utf-8", "Bücher"),
    ("no-such-charset", "utf-8", "Bücher"),
    ("", "utf-8", "Bücher"),
    ("utf-8", "cp1252", "Die Bücherei ist für alle da, schöner als früher, und überall gehört sie dazu"),
]


@pytest.mark.parametrize(("said", "real", "text"), CHARSETS)
def test_charsets(said: str, real: str, text: str) -> None:
    kind = f"text/plain; charset={said}" if said else "text/plain"
    head = letter("", Content_Type=kind, Content_Transfer_Encoding="base64")
    assert read(head + base64.b64encode(text.encode(real))).text == text


def test_a_thousand_parts_and_a_deep_nest_are_refused() -> None:
    parts = "--b\nContent-Type: text/plain\n\na\n" * 1000
    assert "500 parts" in refusal(letter(f"{parts}--b--", Content_Type="multipart/mixed; boundary=b"))
    nest = "".join(f"--b{n}\nContent-Type: multipart/mixed; boundary=b{n + 1}\n\n" for n in range(5000))
    assert "nested too deeply" in refusal(letter(nest, Content_Type="multipart/mixed; boundary=b0"))


def test_binary_data_that_is_said_to_be_text_is_refused() -> None:
    assert "PNG" in refusal(letter("", Content_Type="text/plain") + b"\x89PNG\r\n\x1a\n" + bytes(range(256)))


HOSTILE_TAGS = {
    "blanks": "<div class=" + " " * 300_000 + ">x</div>",
    "blanks before the sign": "<div id" + " " * 300_000 + "x>x</div>",
    "classes": "<blockquote " + "class=" * 60_000 + ">x</blockquote>",
    "types": "<blockquote " + "type " * 60_000 + ">x</blockquote>",
    "styles": "<blockquote style='" + "border-left " * 30_000 + "'>x</blockquote>",
    "quotes": "<div " + "class='" * 60_000 + ">x</div>",
    "tags": "<div class=a>" * 20_000,
}


@pytest.mark.timeout(20)
@pytest.mark.parametrize("name", HOSTILE_TAGS)
def test_hostile_tags_end_in_time(name: str) -> None:
    """Without a stopwatch: what is quadratic here takes minutes, and the time limit ends it."""
    assert read(composed(None, f"<p>My words</p>{HOSTILE_TAGS[name]}")).text.startswith("My words")


@pytest.mark.timeout(20)
def test_a_charset_that_takes_long_is_not_tried() -> None:
    found = read(letter("a" * 400_000 + "-" + "b" * 400_000, Content_Type="text/plain; charset=punycode"))
    assert found.text.startswith("aaa")
