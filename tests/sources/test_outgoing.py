"""Nothing of the campaign's own network is asked because somebody else's name or redirect says so."""

from __future__ import annotations

import socket
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from advocacy_monitor.errors import FatalSourceError
from advocacy_monitor.sources import outgoing
from advocacy_monitor.sources.mastodon_client import Instance
from advocacy_monitor.sources.over_requests import SizedAdapter
from advocacy_monitor.sources.service import Service
from advocacy_monitor.sources.x_client import Api
from tests.sources.replay import Answer, ReplayServer

_real = socket.getaddrinfo


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    """A DNS in which names of others lead here."""

    def lookup(host: Any, *args: Any, **given: Any) -> Any:
        inside = isinstance(host, (str, bytes)) and (host.decode() if isinstance(host, bytes) else host)
        return _real("127.0.0.1" if str(inside).endswith(".example.org") else host, *args, **given)

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    monkeypatch.setattr(outgoing, "_meant", set())


def _service() -> closing[Service]:
    return closing(Service(timeout=2, clock=lambda: datetime.now(UTC)))


@pytest.mark.parametrize(
    ("address", "private"),
    [
        ("127.0.0.1", True),
        ("10.1.2.3", True),
        ("192.168.0.1", True),
        ("169.254.169.254", True),  # a cloud's metadata
        ("100.64.0.1", True),
        ("0.0.0.0", True),
        ("::1", True),
        ("fe80::1%eth0", True),
        ("fd00::1", True),
        ("::ffff:10.0.0.1", True),
        ("::10.0.0.1", True),
        ("64:ff9b::a00:1", True),  # 10.0.0.1 behind a translator
        ("64:ff9b:1::5db8:d70e", True),
        ("2002:a00:1::1", True),  # 10.0.0.1 behind a tunnel
        ("fec0::1", True),
        ("192.0.0.192", True),
        ("168.63.129.16", True),
        ("224.0.0.251", True),
        ("ff02::1", True),
        ("255.255.255.255", True),
        ("not an address", True),
        ("93.184.215.14", False),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", False),
        ("::ffff:93.184.215.14", False),
        ("64:ff9b::5db8:d70e", False),
        ("2002:5db8:d70e::1", False),
    ],
)
def test_what_is_private(address: str, private: bool) -> None:
    assert outgoing.is_private(address) is private


def test_a_name_that_leads_here_is_not_asked(names: None) -> None:
    with ReplayServer(lambda request: Answer(body=b"{}")) as server, _service() as service, requests.Session() as over:
        address = f"http://feeds.example.org:{server.url.rsplit(':', 1)[1]}/"
        over.mount("http://", SizedAdapter())
        with pytest.raises(FatalSourceError, match="leads into a private network"):
            service.get(address)
        with pytest.raises(FatalSourceError, match="leads into a private network"):
            over.get(address, timeout=2)
        assert server.requests == []
        outgoing.allow_private(["Feeds.Example.org"])
        assert service.get(address).body == b"{}"
        assert over.get(address, timeout=2).content == b"{}"
        assert len(server.requests) == 2
        outgoing.allow_private([])  # a configuration that was read anew names it no longer
        with pytest.raises(FatalSourceError, match="leads into a private network"):
            outgoing.check_peer("feeds.example.org", "127.0.0.1")


def test_numbers_stand_in_the_configuration_and_are_meant(names: None) -> None:
    with ReplayServer(lambda request: Answer(body=b"{}")) as server, _service() as service:
        assert service.get(server.url).status == 200


def test_a_proxy_of_the_environment_may_be_private(names: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://proxy.example.org:3128")
    outgoing.check_peer("proxy.example.org", "10.0.0.8")
    with pytest.raises(FatalSourceError, match="private_hosts"):
        outgoing.check_peer("other.example.org", "10.0.0.8")


@pytest.mark.parametrize("target", ["127.0.0.1", "localhost", "LOCALHOST.", "db.localhost", "[::1]", "10.0.0.1"])
def test_a_redirect_from_outside_leads_to_no_number_of_this_network(target: str) -> None:
    with pytest.raises(FatalSourceError, match="inside of this network"):
        outgoing.check_redirect("social.example.org", target)
    outgoing.check_redirect("127.0.0.1", target)
    outgoing.check_redirect(target, "social.example.org")


@pytest.mark.parametrize("target", ["127.0.0.1", "localhost", "other.example.org"])
def test_a_mastodon_server_does_not_lead_us_inside(names: None, target: str) -> None:
    """Mastodon.py follows redirects by itself, and calls whatever goes wrong a failed connection."""

    def elsewhere(request: Any) -> Answer:
        return Answer(status=302, headers={"Location": f"http://{target}:{port}/inside"})

    with ReplayServer(elsewhere) as server:
        port = server.url.rsplit(":", 1)[1]
        instance = Instance(f"http://social.example.org:{port}", token=None, timeout=2, clock=lambda: datetime.now(UTC))
        outgoing.allow_private(["social.example.org"])
        with closing(instance), pytest.raises(FatalSourceError, match=r"this network|private network"):
            instance.hashtag_timeline("library", min_id=None, limit=5)
        assert server.requests and not [request for request in server.requests if "inside" in request.path]


def test_the_clients_hand_on_the_refusal_as_it_was(names: None) -> None:
    """It is not to be tried again, and says what to do."""
    with ReplayServer(lambda request: Answer(body=b"[]")) as server:
        address = f"http://social.example.org:{server.url.rsplit(':', 1)[1]}"
        clock = lambda: datetime.now(UTC)  # noqa: E731
        refusal = pytest.raises(FatalSourceError, match=r"network\.private_hosts")
        with closing(Instance(address, token="x" * 43, timeout=2, clock=clock)) as instance, refusal:
            instance.hashtag_timeline("library", min_id=None, limit=5)
        with closing(Api(address, token="x", timeout=2, clock=clock)) as api, refusal:
            api.get("/2/tweets/search/recent", {})
        assert server.requests == []
