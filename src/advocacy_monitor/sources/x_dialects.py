"""The tables in which other tools write posts of X: 4CAT, Social Feed Manager, DocNow's Hydrator, twarc-csv.

Sources: 4CAT's `map_item` of datasources/twitterv2 and datasources/twitter-import; twarc's json2csv, which Social
Feed Manager uses; DocNow/hydrator's app/utils/twitter.js; DocNow/twarc-csv's dataframe_converter.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias

from advocacy_monitor.errors import BadRecordError
from advocacy_monitor.models import Post, Relation
from advocacy_monitor.sources import x_legacy
from advocacy_monitor.sources.x_fourcat import is_hidden
from advocacy_monitor.sources.x_shapes import (
    SOURCE,
    address,
    checked_id,
    clip,
    created_from_id,
    hashtags,
    language,
    said,
)

FOURCAT, SOCIAL_FEED_MANAGER, TWARC_CSV = "4cat", "social-feed-manager", "twarc-csv"
_Cells: TypeAlias = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How one tool names its columns: `needed` are there always, of `typical` at least two; `link` is the address."""

    format: str
    needed: frozenset[str]
    typical: frozenset[str]
    link: str
    read: Callable[[_Cells, str, bytes], Post]
    """From the cells, the id and the payload to the post. Raises BadRecordError."""

    def fits(self, names: set[str]) -> bool:
        """Whether a table with these columns is of this dialect."""
        return self.needed <= names and len(self.typical & names) >= 2

    def is_encoded(self, cells: _Cells) -> bool:
        """Whether each cell is a JSON value, as twarc-csv writes on request."""
        return self.format == TWARC_CSV and cells.get("id", "").startswith('"')

    def decoded(self, cell: str) -> str:
        """The text in a cell that is a JSON text; every other cell as it stands."""
        try:
            value = json.loads(cell) if cell.startswith('"') else cell
        except ValueError:
            return cell
        return value if isinstance(value, str) else cell


def _fourcat(cells: _Cells, given: str, raw: bytes) -> Post:
    """Authors may be hidden; then the link, which still names them, is not kept either."""
    post_id = checked_id(given)
    text = cells.get("body", "")
    if cells.get("author") == "UNKNOWN" and not text:
        raise BadRecordError(f"holds no post: X had none for 4CAT ({clip(cells.get('subject') or 'no reason')})")
    repeats = cells.get("is_retweet") == "yes"
    if repeats:
        # 4CAT writes the whole original behind these words, and X itself writes the original alone.
        text = text.removeprefix(f"RT @{cells.get('retweeted_user', '')}: ")
    text = said(text)
    author = {key: cells.get(key) or None for key in ("author_id", "author", "author_fullname")}
    hidden = any(is_hidden(value) for value in (author["author_id"], author["author"]))
    if hidden:
        author = dict.fromkeys(author)
    relation, related = _fourcat_relation(cells)
    counts = _counts(
        cells, [f"{name}_count" for name in ("reply", "retweet", "like", "quote", "bookmark", "impression")]
    )
    unknown = {name for name in ("bookmarks", "impressions") if not counts.get(name)}  # 4CAT writes 0 for these
    return Post(
        source=SOURCE,
        source_id=post_id,
        text=text,
        created_at=_moment(cells.get("unix_timestamp", ""), cells.get("timestamp", ""), post_id),
        raw=raw,
        url=address(post_id, author["author"]),
        hashtags=_in_order(cells.get("hashtags", "").split(","), text) if "hashtags" in cells else hashtags(None, text),
        language=language(cells.get("language_guess") or None),
        author_id=author["author_id"],
        author_handle=author["author"],
        author_name=author["author_fullname"],
        relation=relation,
        related_id=related,
        counts={name: count for name, count in counts.items() if name not in unknown},
        place=cells.get("place_name") or None,
    )


def _fourcat_relation(cells: _Cells) -> tuple[Relation | None, str | None]:
    if cells.get("is_retweet") == "yes":
        return Relation.REPOST, None  # 4CAT keeps who was repeated, not which post
    if cells.get("is_quote_tweet") == "yes":
        return Relation.QUOTE, cells.get("quote_tweet_id") or None
    return (Relation.REPLY, None) if cells.get("is_reply") == "yes" else (None, None)


def _json2csv(cells: _Cells, given: str, raw: bytes) -> Post:
    """Social Feed Manager and Hydrator: a repost has its original's text, and its original's likes."""
    post_id = checked_id(given)
    text = said(cells.get("text", ""))
    relation, related = _json2csv_relation(cells)
    handle = cells.get("user_screen_name") or None
    parsed = cells.get("parsed_created_at", "")
    return Post(
        source=SOURCE,
        source_id=post_id,
        text=text,
        created_at=_moment("", parsed or cells.get("created_at", ""), post_id),
        raw=raw,
        url=address(post_id, handle),
        hashtags=_in_order(cells["hashtags"].split(), text) if "hashtags" in cells else hashtags(None, text),
        language=language(cells.get("lang") or None),
        author_id=_exact(cells.get("user_id")),
        author_handle=handle,
        author_name=cells.get("user_name") or None,
        relation=relation,
        related_id=related,
        counts={} if relation is Relation.REPOST else _counts(cells, ("", "retweet_count", "favorite_count")),
        place=cells.get("place") or None,
    )


def _json2csv_relation(cells: _Cells) -> tuple[Relation | None, str | None]:
    """Hydrator has a column for each relation, Social Feed Manager one for reposts and quotes together."""
    both, kind = _exact(cells.get("retweet_or_quote_id")), cells.get("tweet_type", "")
    repeated = both if kind == "retweet" else _exact(cells.get("retweet_id"))
    quoted = (None if kind == "retweet" else both) or _exact(cells.get("quote_id"))
    if kind == "retweet" or repeated:
        return Relation.REPOST, repeated
    if kind == "quote" or quoted:
        return Relation.QUOTE, quoted
    replied = _exact(cells.get("in_reply_to_status_id"))
    return (Relation.REPLY, replied) if kind == "reply" or replied else (None, None)


def _twarc_csv(cells: _Cells, given: str, raw: bytes) -> Post:
    """twarc-csv writes a line break as a backslash and an n, and gives a repost its original's text and counts."""
    post_id = checked_id(given)
    text = said(cells.get("text", "").replace("\\n", "\n"))
    found = {
        relation: _exact(cells.get(f"referenced_tweets.{name}.id"))
        for relation, name in _REFERENCES.items()
        if cells.get(f"referenced_tweets.{name}.id")
    }
    relation = next(iter(found), None)
    handle = cells.get("author.username") or None
    tags = _listed(cells.get("entities.hashtags", ""))
    names = [str(tag.get("tag", "") if isinstance(tag, dict) else tag).removeprefix("#") for tag in tags]
    media = [medium for medium in _listed(cells.get("attachments.media", "")) if isinstance(medium, dict)]
    return Post(
        source=SOURCE,
        source_id=post_id,
        text=text,
        created_at=_moment("", cells.get("created_at", ""), post_id),
        raw=raw,
        url=address(post_id, handle),
        hashtags=_in_order(names, text) if "entities.hashtags" in cells else hashtags(None, text),
        language=language(cells.get("lang") or None),
        author_id=_exact(cells.get("author_id")) or _exact(cells.get("author.id")),
        author_handle=handle,
        author_name=cells.get("author.name") or None,
        relation=relation,
        related_id=found[relation] if relation else None,
        media_alt=tuple(said(str(medium["alt_text"])) for medium in media if medium.get("alt_text")),
        counts={} if relation is Relation.REPOST else _counts(cells, _TWARC_COUNTS),
        place=cells.get("geo.full_name") or None,
    )


_REFERENCES = {Relation.REPOST: "retweeted", Relation.QUOTE: "quoted", Relation.REPLY: "replied_to"}
_COUNTS = ("replies", "reposts", "likes", "quotes", "bookmarks", "impressions")
_FOURCAT_COUNTS = tuple(f"{name}_count" for name in ("reply", "retweet", "like", "quote", "bookmark", "impression"))
_TWARC_COUNTS = tuple(f"public_metrics.{name}" for name in _FOURCAT_COUNTS)


def _counts(cells: _Cells, columns: Sequence[str]) -> dict[str, int]:
    found = {}
    for name, column in zip(_COUNTS, columns, strict=False):
        try:
            found[name] = int(float(cells.get(column, "")))  # data frames make floats of numbers with gaps
        except (ValueError, OverflowError):
            continue
    return found


def _exact(cell: str | None) -> str | None:
    """An id that is whole: one that a spreadsheet program turned into 1.44E+18 points nowhere."""
    plain = (cell or "").strip()
    return plain if plain.isascii() and plain.isdigit() else None


def _in_order(tags: Sequence[str], text: str) -> tuple[str, ...]:
    """The tags in the order in which they stand in the text; some tools sort them as it comes."""
    known = dict.fromkeys(tag.strip() for tag in tags if tag.strip())
    return tuple(known) if len(known) < 2 else tuple(sorted(known, key=lambda tag: _place(tag, text)))


def _place(tag: str, text: str) -> int:
    found = re.search(rf"[#＃]{re.escape(tag)}(?!\w)", text)
    return found.start() if found else len(text)


def _listed(cell: str) -> list[Any]:
    try:
        value = json.loads(cell) if cell.startswith("[") else []
    except ValueError:
        return []
    return value if isinstance(value, list) else []


def _moment(seconds: str, stamp: str, post_id: str) -> datetime:
    """A time in UTC, from seconds since 1970, ISO 8601 or X's old way; without any, from the id.

    Raises BadRecordError.
    """
    try:
        if seconds.isascii() and seconds.isdigit():
            return datetime.fromtimestamp(int(seconds), UTC)
        if not stamp.strip():
            return created_from_id(post_id)
        if stamp[:1].isdigit():
            moment = datetime.fromisoformat(stamp.strip())
            return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise BadRecordError(f"its date cannot be read: {clip(stamp or seconds)}") from error
    return x_legacy.created(stamp.strip(), post_id)


DIALECTS = (
    Dialect(
        format=FOURCAT,
        needed=frozenset({"id", "body", "author", "timestamp", "is_retweet"}),
        typical=frozenset({"thread_id", "unix_timestamp", "author_fullname", "language_guess", "is_quote_tweet"}),
        link="link",
        read=_fourcat,
    ),
    Dialect(
        format=SOCIAL_FEED_MANAGER,
        needed=frozenset({"id", "text", "created_at", "user_screen_name"}),
        typical=frozenset({"tweet_url", "tweet_type", "parsed_created_at", "retweet_or_quote_id", "retweet_id"}),
        link="tweet_url",
        read=_json2csv,
    ),
    Dialect(
        format=TWARC_CSV,
        needed=frozenset({"id", "text"}),
        typical=frozenset(
            {*_TWARC_COUNTS, "author.username", "conversation_id", "author_id", "referenced_tweets.retweeted.id"}
        ),
        link="",
        read=_twarc_csv,
    ),
)
"""Every table of posts that can be read."""
