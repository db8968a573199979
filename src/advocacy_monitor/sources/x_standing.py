"""Asks X whether posts still stand, a hundred in a request, and reads the new versions of edited ones (R5)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from advocacy_monitor.errors import BadRecordError, SourceError
from advocacy_monitor.models import Item, Known, Page, Relation, Standing, Usage, Verdict
from advocacy_monitor.sources import x_answer
from advocacy_monitor.sources.x_answer import Answer, Problem
from advocacy_monitor.sources.x_budget import Each
from advocacy_monitor.sources.x_edits import versions, where
from advocacy_monitor.sources.x_ids import is_id
from advocacy_monitor.sources.x_payload import remap
from advocacy_monitor.sources.x_search import Asking
from advocacy_monitor.sources.x_shapes import SOURCE, clip

_BATCH = 100
_ONE = Each(posts=1, users=0)
_ADDRESS = re.compile(r"https?://\S+")
_WITHOUT_ANSWER = "X said nothing about it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """How posts are looked up: `fields` is the little that a check takes, `whole` what a search gives of a post."""

    asking: Asking
    fields: Mapping[str, str]
    whole: Mapping[str, str]
    each: Each

    def verify(self, known: Sequence[Known]) -> Iterator[Page]:
        """One verdict for each post, a page for each request. What could not be asked is UNKNOWN, then it raises."""
        by_id: dict[str, list[Known]] = {}
        strange = []
        for post in known:
            if (asked := _asked_id(post)) is None:
                strange.append(_verdict(post, Standing.UNKNOWN, "its id is none of X"))
            else:
                by_id.setdefault(asked, []).append(post)
        if strange:
            yield Page(verdicts=tuple(strange))
        left = list(by_id)
        try:
            while left:
                size = self.asking.purse.room(min(_BATCH, len(left)), each=_ONE)
                batch = _Batch(lookup=self, posts={post_id: by_id[post_id] for post_id in left[:size]})
                page = batch.page()
                left = left[size:]
                yield page
                if batch.failure is not None:
                    raise batch.failure
        except SourceError as error:
            if left:
                yield Page(verdicts=tuple(_unasked(by_id, left, str(error))))
            raise

    def get(self, post_ids: Iterable[str], fields: Mapping[str, str]) -> Answer:
        """Posts by their ids, a hundred at most. Raises SourceError."""
        params = {"ids": ",".join(post_ids), **fields}
        return self.asking.ask("/2/tweets", params, x_answer.read, what="X's answer about posts")


@dataclass(slots=True, kw_only=True)
class _Batch:
    """Up to a hundred posts, by the id under which they are asked for."""

    lookup: Lookup
    posts: Mapping[str, list[Known]]
    failure: SourceError | None = field(default=None, init=False)
    _usage: list[Usage] = field(default_factory=list, init=False)
    _edited: dict[str, str] = field(default_factory=dict, init=False)

    def page(self) -> Page:
        """The verdicts, with the new versions. `failure` is why new versions could not be read."""
        answer = self.lookup.get(self.posts, self.lookup.fields)
        self._spend(answer)
        found = dict(zip(answer.ids, answer.records, strict=True))
        problems = {str(one.resource_id or one.value): one for one in answer.problems if _is_about_asked(one)}
        verdicts = [
            self._judge(post, post_id, found.get(post_id), problems.get(post_id))
            for post_id, posts in self.posts.items()
            for post in posts
        ]
        return Page(verdicts=tuple(verdicts), items=tuple(self._new_versions()), usage=tuple(self._usage))

    def _judge(self, post: Known, post_id: str, raw: bytes | None, problem: Problem | None) -> Verdict:
        if raw is None:
            standing, detail = (Standing.UNKNOWN, _WITHOUT_ANSWER) if problem is None else _said(problem)
            return _verdict(post, standing, detail)
        read = versions(raw)
        if read.withheld is not None:
            return _verdict(post, Standing.WITHHELD, where(read.withheld))
        newest = (read.ids or [post_id])[-1]
        if int(newest) > int(post_id):
            self._edited[post_id] = newest
            return _verdict(post, Standing.EDITED, "edited on X")
        try:
            same = _says_the_same(raw, post.text)
        except BadRecordError as error:
            return _verdict(post, Standing.UNKNOWN, f"what X sent {error}")
        if same:
            return _verdict(post, Standing.STANDS, "")
        self._edited[post_id] = newest
        return _verdict(post, Standing.EDITED, "its words on X are others")

    def _new_versions(self) -> Iterator[Item]:
        """The edited posts as they are now, each under the id under which it is stored."""
        wanted = list(dict.fromkeys(self._edited.values()))
        if not wanted:
            return
        try:
            size = self.lookup.asking.purse.room(len(wanted), each=self.lookup.each, least=len(wanted))
            answer = self.lookup.get(wanted[:size], self.lookup.whole)
        except SourceError as error:
            self.failure = error
            return
        self._spend(answer)
        found = dict(zip(answer.ids, answer.records, strict=True))
        for post_id, newest in self._edited.items():
            try:
                version = remap(found[newest]) if newest in found else None
            except BadRecordError:
                continue  # the verdict stands without it
            if version is not None:
                yield from (msgspec.structs.replace(version, source_id=post.source_id) for post in self.posts[post_id])

    def _spend(self, answer: Answer) -> None:
        self._usage += self.lookup.asking.purse.spend(posts=answer.posts, users=answer.users)


def _asked_id(post: Known) -> str | None:
    """The id of the newest version that is known, or None where it is no number."""
    ids = versions(post.raw).ids
    newest = ids[-1] if post.source_id in ids else post.source_id
    return newest if is_id(newest) else None


def _is_about_asked(problem: Problem) -> bool:
    """Whether it is about a post that was asked for, not about one that such a post refers to."""
    return problem.section != "includes" and problem.parameter in ("ids", "id", None)


def _said(problem: Problem) -> tuple[Standing, str]:
    """What a problem means. X's own words are not passed on: they may name people."""
    words = (problem.detail or "").lower()
    if "suspended" in words:
        return Standing.GONE, "its account is suspended"
    if "withheld" in words:
        return Standing.WITHHELD, "X withholds it"
    if problem.kind == "resource-not-found":
        return Standing.GONE, "X does not find it"
    if problem.kind == "not-authorized-for-resource":
        return Standing.PROTECTED, "its account is protected"
    if problem.kind in ("resource-unavailable", "disallowed-resource"):
        return Standing.WITHHELD, f"X does not show it ({problem.kind})"
    return Standing.UNKNOWN, f"X answered {clip(problem.kind or 'without a reason', 40)}"


def _says_the_same(raw: bytes, text: str) -> bool:
    """Whether the words are the same; links and blanks do not count, because archives write them in other ways.

    A repost is cut off where its original does not come along, and cannot be edited.
    """
    post = remap(raw)
    is_repost = post.relation is Relation.REPOST or post.text.startswith("RT @")
    return is_repost or _words(post.text) == _words(text)


def _words(text: str) -> list[str]:
    return _ADDRESS.sub(" ", text).split()


def _unasked(by_id: Mapping[str, list[Known]], post_ids: Iterable[str], reason: str) -> Iterator[Verdict]:
    for post_id in post_ids:
        for post in by_id[post_id]:
            yield _verdict(post, Standing.UNKNOWN, f"not asked: {reason}")


def _verdict(post: Known, standing: Standing, detail: str) -> Verdict:
    return Verdict(source=SOURCE, source_id=post.source_id, standing=standing, detail=detail)
