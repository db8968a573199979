"""Asks Mastodon servers whether posts still stand, and unchanged (R5), and answers a post.

A post's `uri` is the same everywhere; the id by which a server is asked is that server's own. The stored payload holds
the id of one of the servers that showed the post, and does not say of which. So each of them is asked, and an answer
counts only when it has the post's `uri`. That a server does not have an id means that the post is gone only where the
id is known to be its own: at the post's home, whose id stands in the `uri`, or at the only server that showed it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec

from advocacy_monitor.errors import BadRecordError, FatalSourceError, RetryableSourceError, SourceError
from advocacy_monitor.models import Known, Page, Post, Standing, Verdict
from advocacy_monitor.sources.json_records import records
from advocacy_monitor.sources.mastodon_client import Instance
from advocacy_monitor.sources.mastodon_status import decoded, local_id, refusal, to_post
from advocacy_monitor.sources.retrying import Patience

_BATCH = 20
_T = TypeVar("_T")
_ID = re.compile(r"[0-9A-Za-z_-]+")
_HOME_ID = re.compile(r"/statuses/([0-9A-Za-z_-]+)")


@dataclass(kw_only=True)
class _Asked:
    """A post, its ids, and what came out so far.

    `identifier` is its id on one of its servers, `home_id` the one on `home`; `absent` are servers that do not have
    an id which is known to be theirs.
    """

    known: Known
    identifier: str | None
    servers: tuple[str, ...]
    home: str | None = None
    home_id: str | None = None
    absent: set[str] = field(default_factory=set)
    verdict: Verdict | None = None
    edited: Post | None = None

    def id_on(self, url: str) -> str:
        """The id to ask a server for."""
        return (self.home_id if url == self.home else self.identifier) or ""

    def has_own_id_of(self, url: str) -> bool:
        """Whether the id to ask a server for is known to be its own."""
        return url == self.home or self.known.seen_on == (url,)

    def decide(self, standing: Standing, detail: str = "") -> None:
        self.verdict = Verdict(
            source=self.known.source, source_id=self.known.source_id, standing=standing, detail=detail
        )


@dataclass
class Asking:
    """One round over posts. A server that fails is not asked again; its posts stay unknown, with the reason."""

    servers: Mapping[str, Instance]
    patience: Patience = field(kw_only=True)
    respect_indexable: bool = field(kw_only=True)
    _failures: dict[str, SourceError] = field(default_factory=dict, init=False)
    _one_by_one: set[str] = field(default_factory=set, init=False)

    def pages(self, known: Sequence[Known]) -> Iterator[Page]:
        """A page for each 20 posts, one verdict for each. Raises the failure when every server has failed."""
        remaining = iter(known)
        while batch := list(islice(remaining, _BATCH)):
            asked = [self._asked(each) for each in batch]
            for url in self.servers:
                self._ask(url, [each for each in asked if each.verdict is None and url in each.servers])
            if len(self._failures) == len(self.servers):
                raise next(iter(self._failures.values()))
            for each in asked:
                self._look_up(each)
                self._conclude(each)
            verdicts = tuple(each.verdict for each in asked if each.verdict is not None)
            yield Page(items=tuple(each.edited for each in asked if each.edited is not None), verdicts=verdicts)

    def _asked(self, known: Known) -> _Asked:
        """Posts that were stored before servers were noted may be on any of them."""
        identifier = local_id(known.raw)
        usable = identifier if identifier and _ID.fullmatch(identifier) else None
        servers = known.seen_on or tuple(self.servers)
        home, home_id = self._home(known.source_id)
        if home is not None and home not in servers:
            servers = (*servers, home)
        asked = _Asked(known=known, identifier=usable, servers=servers, home=home, home_id=home_id)
        if usable is None:
            asked.decide(Standing.UNKNOWN, "the stored payload has no id to ask for")
        elif not set(asked.servers) & set(self.servers):
            asked.decide(Standing.UNKNOWN, "was seen on servers that are not among the collector's instances any more")
        return asked

    def _home(self, uri: str) -> tuple[str | None, str | None]:
        """The server that a post was written on, when it is one of ours and names its own id in the post's address."""
        try:
            parts = urlsplit(uri)
        except ValueError:
            return None, None
        found = _HOME_ID.search(parts.path)
        if found is None or found.end() != len(parts.path):
            return None, None
        home = next((url for url in self.servers if urlsplit(url).netloc == parts.netloc), None)
        return home, found[1] if home else None

    def _ask(self, url: str, posts: Sequence[_Asked]) -> None:
        if not posts or url in self._failures:
            return
        ids = list(dict.fromkeys(post.id_on(url) for post in posts))
        try:
            found = self._found(url, ids)
        except (RetryableSourceError, FatalSourceError) as error:
            self._failures[url] = error
            return
        for post in posts:
            raw = found.get(post.id_on(url))
            if raw is not None:
                self._compare(post, raw, url)
            elif post.has_own_id_of(url):
                post.absent.add(url)

    def _found(self, url: str, ids: Sequence[str]) -> dict[str, bytes]:
        """What a server shows of some ids. What it leaves out of many is asked for alone: only a 404 is an answer."""
        server, found = self.servers[url], {}
        if url not in self._one_by_one:
            records = self.patience.call(lambda: server.statuses(ids), what=url)
            if records is None:
                self._one_by_one.add(url)
            found = {identifier: raw for raw in records or () if (identifier := local_id(raw))}
        for each in ids:
            if each not in found:
                raw = self._one(server, each)
                if raw is not None:
                    found[each] = raw
        return found

    def _one(self, server: Instance, identifier: str) -> bytes | None:
        return self.patience.call(lambda: server.status(identifier), what=server.url)

    def _look_up(self, post: _Asked) -> None:
        """Looks for a post by its address where it has no id that is known, which takes an account."""
        if post.verdict is not None or post.absent:
            return
        for url in post.servers:
            server = self.servers.get(url)
            if server is None or not server.signed_in or url in self._failures:
                continue
            try:
                found = records(self.patience.call(partial(server.find, post.known.source_id), what=url), "statuses")
            except (RetryableSourceError, FatalSourceError, ValueError):
                continue  # the token may not be good for searching: the post stays unknown
            for raw in found:
                self._compare(post, raw, url)

    def _compare(self, post: _Asked, raw: bytes, url: str) -> None:
        try:
            status = decoded(raw)
            if status.get("uri") != post.known.source_id:
                return  # another post has this id on this server
            reason = refusal(status, respect_indexable=self.respect_indexable)
            if reason is not None:
                post.decide(Standing.PROTECTED, reason)
                return
            new = to_post(status, url, raw=raw)
        except BadRecordError as error:
            post.decide(Standing.UNKNOWN, str(error))
            return
        if new.text != post.known.text and _edited_at(raw) != _edited_at(post.known.raw):
            post.decide(Standing.EDITED)
            post.edited = new
        else:
            post.decide(Standing.STANDS)

    def _conclude(self, post: _Asked) -> None:
        """What follows when no server has shown the post. Its home has the last word."""
        if post.verdict is not None:
            return
        failed = [f"{url}: {self._failures[url]}" for url in post.servers if url in self._failures]
        unasked = [url for url in post.servers if url not in self.servers]
        if post.home in post.absent and not failed:
            post.decide(Standing.GONE, "deleted, or not shown to everybody any more")
        elif failed:
            post.decide(Standing.UNKNOWN, " | ".join(failed))
        elif unasked:
            post.decide(Standing.UNKNOWN, f"{unasked[0]} showed it and is not among the collector's instances any more")
        elif post.absent:
            post.decide(Standing.GONE, "deleted, or not shown to everybody any more")
        else:
            post.decide(Standing.UNKNOWN, "several servers showed it, and the stored id may be another one's")


def _edited_at(raw: bytes) -> object:
    try:
        return decoded(raw).get("edited_at")
    except BadRecordError:
        return None


class _Named(msgspec.Struct):
    id: str
    uri: str
    url: str | None = None


class _Account(msgspec.Struct):
    acct: str


class _Authored(_Named):
    account: _Account | None = None


class _Search(msgspec.Struct):
    statuses: list[_Authored]


def answered(server: Instance, known: Known, text: str, patience: Patience) -> str:
    """Answers a post from the account that is signed in, naming its author, who is not told otherwise.

    Returns the answer's address. Raises RetryableSourceError or FatalSourceError.
    """
    post = _on(server, known, patience)
    name = f"@{post.account.acct}" if post.account else ""
    words = text if name in text.split() else f"{name} {text}".strip()
    key = hashlib.sha256(f"{known.source_id}\n{words}".encode()).hexdigest()
    sent = _read(patience.call(lambda: server.answer(words, to=post.id, key=key), what=server.url), _Named, "an answer")
    return sent.url or sent.uri


def _on(server: Instance, known: Known, patience: Patience) -> _Authored:
    """The post as this server knows it: under the stored id when that is its own, else looked for by its address."""
    identifier = local_id(known.raw)
    if identifier and _ID.fullmatch(identifier):
        raw = patience.call(lambda: server.status(identifier), what=server.url)
        post = _read(raw, _Authored, "the post") if raw is not None else None
        if post is not None and post.uri == known.source_id:
            return post
    found = _read(patience.call(lambda: server.find(known.source_id), what=server.url), _Search, "the post")
    for post in found.statuses:
        if post.uri == known.source_id:
            return post
    raise FatalSourceError("does not know the post, or it is not there any more")


def _read(raw: bytes, kind: type[_T], what: str) -> _T:
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise FatalSourceError(f"sent something other than {what}") from None
