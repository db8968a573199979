"""Which fields X is asked for, in both of its spellings: `tweet.fields` and `post.fields`.

X renames tweets to posts in its API since August 2026 (openapi.json 2.167); whether its servers take both
spellings everywhere is not known, so the one of requests is a setting. Answers are read in both. Only what is used is
asked for: each person and each post in an answer is charged. The authors of originals are therefore not asked for.
"""

from __future__ import annotations

from enum import StrEnum


class Spelling(StrEnum):
    """The word for a post in the names of parameters and fields."""

    TWEET = "tweet"
    POST = "post"


_ALWAYS = ("attachments", "created_at", "entities", "geo", "lang", "public_metrics", "withheld")
_OF_TWEETS = ("author_id", "conversation_id", "edit_history_tweet_ids", "in_reply_to_user_id", "note_tweet")
_OF_POSTS = ("conversation_id", "note_post")
_CHECKED = ("created_at", "entities", "lang", "withheld")


def search_fields(spelling: Spelling, *, originals: bool) -> dict[str, str]:
    """The parameters with which X gives everything of a post that is mapped.

    In the newer spelling what a post refers to is told only together with the originals.
    """
    ours = (*_OF_TWEETS, "referenced_tweets") if spelling is Spelling.TWEET else _OF_POSTS
    expansions = ["author_id", "attachments.media_keys", "geo.place_id"]
    if originals or spelling is Spelling.POST:
        expansions.append("referenced_tweets.id" if spelling is Spelling.TWEET else "referenced_posts")
    return {
        f"{spelling}.fields": ",".join(sorted((*_ALWAYS, *ours))),
        "expansions": ",".join(expansions),
        "user.fields": "id,name,username",
        "media.fields": "alt_text,media_key,type,url",
        "place.fields": "country_code,full_name,id",
    }


def check_fields(spelling: Spelling) -> dict[str, str]:
    """The parameters with which X gives what shows whether a post stands unchanged; no person, who would be charged."""
    tweets = ("edit_history_tweet_ids", "note_tweet", "referenced_tweets")
    ours = tweets if spelling is Spelling.TWEET else ("note_post",)
    return {f"{spelling}.fields": ",".join(sorted((*_CHECKED, *ours)))}
