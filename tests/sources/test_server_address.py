"""Addresses and hashtags as people write them in settings: http and ws for this machine only."""

from __future__ import annotations

import pytest

from advocacy_monitor.sources.server_address import bare_hashtag, base_url, stream_url


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("https://mastodon.social", "https://mastodon.social"),
        (" mastodon.social/ ", "https://mastodon.social"),
        ("https://Social.Example.ORG:8443/", "https://social.example.org:8443"),
        ("http://127.0.0.1:3000", "http://127.0.0.1:3000"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("http://[::1]:3000", "http://[::1]:3000"),
    ],
)
def test_addresses_of_servers(given: str, url: str) -> None:
    assert base_url(given) == url


@pytest.mark.parametrize(
    "given",
    ["http://mastodon.social", "http://127.0.0.1.example.org", "https://u:p@example.org", "https://example.org/@mira", "ftp://example.org", "", "https://", "https://exa mple.org", "https://example.org?x", "https://[::1", "https://example.org:port", "https://example.org:0"],
)  # fmt: skip
def test_addresses_that_are_refused(given: str) -> None:
    with pytest.raises(ValueError):
        base_url(given)


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("wss://jetstream2.us-east.bsky.network/subscribe", "wss://jetstream2.us-east.bsky.network/subscribe"),
        (" wss://Stream.Example.ORG ", "wss://stream.example.org"),
        ("ws://127.0.0.1:6008/subscribe", "ws://127.0.0.1:6008/subscribe"),
    ],
)
def test_addresses_of_streams(given: str, url: str) -> None:
    assert stream_url(given) == url


@pytest.mark.parametrize(
    "given",
    ["ws://stream.example.org", "https://stream.example.org", "stream.example.org", "wss://u:p@example.org", "wss://e.org/?x=1", "wss://", "wss://e.org:0"],
)  # fmt: skip
def test_addresses_of_streams_that_are_refused(given: str) -> None:
    with pytest.raises(ValueError):
        stream_url(given)


@pytest.mark.parametrize(
    ("given", "tag"),
    [("#MissedMyLibrary", "missedmylibrary"), ("DankeBibliothek", "dankebibliothek"), (" ＃Bücherei ", "bücherei"), ("图书馆", "图书馆"), ("कि_ताब", "कि_ताब"), ("2026books", "2026books")],
)  # fmt: skip
def test_hashtags(given: str, tag: str) -> None:
    assert bare_hashtag(given) == tag


@pytest.mark.parametrize(
    "given", ["", "#", "two words", "a/b", "a?b", "a#b", "a%2fb", "a.b", "../x", "2026", "a\nb", "a\x00"]
)
def test_hashtags_that_are_refused(given: str) -> None:
    with pytest.raises(ValueError, match="is not a hashtag"):
        bare_hashtag(given)
