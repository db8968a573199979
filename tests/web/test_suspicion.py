"""What makes an answer look as if no person had written it; none of it drops anything."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from advocacy_monitor.web.suspicion import FLAGS, is_mostly_links, suspicions

_USUAL = timedelta(minutes=2)


def test_a_person_is_not_suspicious() -> None:
    assert suspicions(trap="", age=_USUAL, is_one_of_many=False, text="I learned to read here.") == ()


def test_each_reason_is_named() -> None:
    found = suspicions(trap="x", age=timedelta(seconds=1), is_one_of_many=True, text="https://example.org")
    assert found == FLAGS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", False),
        ("Books.", False),
        ("https://spam.example.com", True),
        ("Buy now https://spam.example.com/x?y=1", True),
        ("HTTPS://SPAM.EXAMPLE.COM WWW.SPAM.EXAMPLE.COM", True),
        ('<a href="https://spam.example.com">cheap</a>', True),
        ("[url=https://spam.example.com]cheap[/url]", True),
        ("The story time of our library is wonderful, see https://example.org/story", False),
        ("Ich habe hier lesen gelernt: www.example.org/geschichte", False),
        ("我在图书馆学会了阅读 https://example.org", False),
        ("图书馆 https://example.org", True),
        ("في المكتبة تعلمت القراءة والكتابة https://example.org", False),
        ("Our library is the best in town https://a.example.org https://b.example.org https://c.example.org", True),
    ],
)
def test_texts_of_links(text: str, expected: bool) -> None:
    assert is_mostly_links(text) is expected


@pytest.mark.parametrize("text", ["http://" * 20_000, "<a " * 50_000, "[url" * 40_000, "www." * 40_000, "a" * 200_000])
def test_no_text_takes_long(text: str) -> None:
    started = time.process_time()
    is_mostly_links(text)
    assert time.process_time() - started < 2
