"""What each platform's rules allow: what may be stored, shown and exported, for how long, and where that was read.

This is a working summary and no legal advice; rules change, and each statement carries the day on which its document
was read. `advocacy-monitor check` warns where a campaign goes beyond it, and docs/reference/platform-terms.md is made
from it. A source that is not listed here has no rules that this program knows of.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One statement of a document. `read` is False where it is known from elsewhere and the document was not opened."""

    about: str
    says: str
    document: str
    on: date
    read: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """One platform. Days and hours are the most that its rules bear; None where they name no number.

    `recheck_hours`: how old the last look at a post may be when it is exported. `unverified_days`: after how many
    days without a look its data must be refreshed or deleted. `export_a_day`: how many posts one person may be given
    a day. `may_reply`: whether a reply to ask for permission may be sent through the API, one by one, by a person, of
    `reply_length` characters at most.
    """

    name: str
    recheck_hours: int | None = None
    unverified_days: int | None = None
    export_a_day: int | None = None
    may_reply: bool = False
    reply_length: int = 0
    rules: tuple[Rule, ...] = ()


_AUGUST = date(2026, 8, 22)
_NOVEMBER = date(2026, 11, 22)

TERMS: Mapping[str, Terms] = {
    "x": Terms(
        name="X",
        recheck_hours=24,
        export_a_day=500,
        rules=(
            Rule(
                about="store",
                says="What is deleted, edited, protected, suspended or withheld at X must be deleted or changed here "
                "as soon as reasonably possible, and within 24 hours of a request.",
                document="X Developer Policy, content compliance",
                on=_AUGUST,
            ),
            Rule(
                about="show",
                says="A post is shown unmodified with name, @handle and a time that links to it, without other "
                "platforms' marks; offline and in print the same without links.",
                document="X display requirements",
                on=_AUGUST,
            ),
            Rule(
                about="export",
                says="At most 500 posts as files to one person a day (another page says 50,000; the smaller number is "
                "used here). Sums that name no post are free.",
                document="X Developer Policy and restricted uses",
                on=_AUGUST,
            ),
            Rule(
                about="use",
                says="No inferring of health, politics, religion or the like of a person; no matching with data from "
                "elsewhere without opt-in; tracking activists and protests is named as surveillance.",
                document="X Developer Policy, restricted uses",
                on=_AUGUST,
            ),
            Rule(
                about="reply",
                says="Automated replies to people who did not ask for them are not allowed: permission is asked for "
                "by hand.",
                document="X developer guidelines",
                on=_NOVEMBER,
            ),
        ),
    ),
    "reddit": Terms(
        name="Reddit",
        recheck_hours=24,
        rules=(
            Rule(
                about="access",
                says="Keys are given after approval of one stated purpose; commercial use needs a contract.",
                document="Reddit Responsible Builder Policy",
                on=_AUGUST,
            ),
            Rule(
                about="store",
                says="Deleted posts and comments must be deleted with title, body and addresses; when an account is "
                "deleted, all its ids.",
                document="Reddit Data API Wiki",
                on=_AUGUST,
            ),
            Rule(
                about="store",
                says="A limit of 48 hours for that is named in texts of third parties.",
                document="not found in a document of Reddit",
                on=_AUGUST,
                read=False,
            ),
        ),
    ),
    "mastodon": Terms(
        name="Mastodon",
        recheck_hours=24,
        may_reply=True,
        reply_length=500,
        rules=(
            Rule(
                about="store",
                says="No terms hold for all servers: each has its own. Deletions, `indexable` and the visibility of a "
                "post are honoured here as the wish of its author.",
                document="docs.joinmastodon.org; the server's own rules",
                on=_AUGUST,
            ),
        ),
    ),
    "bluesky": Terms(
        name="Bluesky",
        recheck_hours=24,
        may_reply=True,
        reply_length=300,
        rules=(
            Rule(
                about="store",
                says="There must be a way to delete what somebody has asked to be deleted.",
                document="Bluesky Developer Guidelines, 3",
                on=_NOVEMBER,
            ),
            Rule(
                about="reply",
                says="Automated or bulk interactions that notify people are spam: a request is sent one at a time, "
                "by a person who has read the post.",
                document="Bluesky Developer Guidelines, 1",
                on=_NOVEMBER,
            ),
        ),
    ),
    "facebook": Terms(
        name="Facebook",
        recheck_hours=24,
        rules=(
            Rule(
                about="store",
                says="Data is deleted when it is no longer needed, when Meta asks for it, and when its author does.",
                document="Meta Platform Terms",
                on=_NOVEMBER,
                read=False,
            ),
        ),
    ),
    "instagram": Terms(
        name="Instagram",
        recheck_hours=24,
        rules=(
            Rule(
                about="store",
                says="Media found by hashtag are not kept beyond need; the API gives no author for them.",
                document="Meta Platform Terms",
                on=_NOVEMBER,
                read=False,
            ),
        ),
    ),
    "youtube": Terms(
        name="YouTube",
        recheck_hours=24,
        unverified_days=30,
        rules=(
            Rule(
                about="store",
                says="What was read without a person's authorisation is refreshed or deleted after 30 days.",
                document="YouTube API Services Developer Policies, III.E.4",
                on=_AUGUST,
                read=False,
            ),
        ),
    ),
}


def recheck_hours(source: str) -> int | None:
    """How old the last look at a post of a source may be when it is exported, or None when none is needed."""
    known = TERMS.get(source)
    return known.recheck_hours if known else None
