"""HTML to text: what people wrote, in full, and no trouble from what they did not mean to write."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy_monitor.sources.html_text import html_text, plain_text

CASES = [
    ("<p>a<br>b</p><p>c</p>", "a\nb\n\nc"),
    ("<p>a<br/>b<br />c</p>", "a\nb\nc"),
    ("https://example.org", "https://example.org"),
    ("a &lt;b&gt; &amp; c &amp;lt;", "a <b> & c &lt;"),
    (
        "<p>Hello\n  World  two</p>\n<ul><li>one</li><li>two</li></ul>\n<p>end</p>",
        "Hello World  two\n\none\ntwo\n\nend",
    ),
    ("<pre>  a\n  b</pre>", "a\nb"),
    ("x<script>alert(1)</script><style>p{}</style>y<script/>z", "xyz"),
    ("x<!-- a <!-- b -->y<!-- never closed", "xy"),
    ("a < b, I <3 you & c <b", "a < b, I <3 you & c <b"),
    ("</div>x</div>y<p>never closed", "x\n\ny\n\nnever closed"),
    ("a\x00b\x1b[31mc", "ab[31mc"),
    ("&#0;x&#xd800;y&bogus;", "\ufffdx\ufffdy&bogus;"),
    ('<a href="https://e.org/?a>b">t</a>', "t"),
    ("<br><br><br><br>x<br><br><br><br>y", "x\n\ny"),
    ('a<span style="color: red; DISPLAY : none !important">b<br><b>c</b></span>d', "ad"),
    ("a<div style='visibility:hidden'><div>b</div>c</div>d", "ad"),
    ("a<i hidden>b</i>c<img hidden alt=x>d", "acd"),
    ("a<p hidden>b<p>c</p>", "a\n\nc"),
    ("<table><tr style='display:none'><td>a<td>b</tr><tr><td>c</tr></table>", "c"),
    ('<p style="display:block;visibility:visible">a</p>', "a"),
    ("", ""),
]


@pytest.mark.parametrize(("html", "text"), CASES)
def test_html_becomes_text(html: str, text: str) -> None:
    assert html_text(html) == text


def test_a_dropped_class_takes_what_is_in_it_along() -> None:
    html = '<p>a <span class="x quote-inline">RE: <a href="/b">b<br><img></a><b>c</b></span>d</p>'
    assert html_text(html, drop_class="quote-inline") == "a d"
    assert html_text(html) == "a RE: b\ncd"


def test_a_link_cut_with_dots_is_given_whole_only_if_it_leads_where_it_says() -> None:
    assert html_text('<a href="https://e.org/books">e.org/bo…</a>') == "https://e.org/books"
    assert html_text('<a href="https://evil.example/">bank.example/lo…</a>') == "bank.example/lo…"
    assert html_text('<a href="javascript:e.org/bo()">e.org/bo…</a>') == "e.org/bo…"
    assert html_text('<a href="https://e.org">…</a>') == "…"


@given(st.text())
def test_escaped_text_comes_back_word_for_word(text: str) -> None:
    import html

    assert html_text(html.escape(text)).split() == plain_text(text.replace("\r", " ")).split()


@given(st.text(alphabet="<>/!-?[]ab \"'=&;\n", max_size=60))
def test_no_html_is_too_broken(html: str) -> None:
    assert html_text(html) == html_text(html).strip()


PATTERNS = (
    "<br>",
    "<p>",
    "<!--",
    "<a ",
    '<a href=">',
    "<![",
    "<script>",
    " ",
    "\n ",
    "</",
    "<p>word</p>",
    "<b><a>x…</a>",
)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_hostile_post_takes_time_in_step_with_its_length(pattern: str) -> None:
    def seconds(times: int) -> float:
        start = time.process_time()
        html_text(pattern * times + "x")
        return time.process_time() - start

    seconds(100)
    assert seconds(40_000) < max(60 * seconds(2_000), 1.0)
