"""What a run would read and cost, from X's counts, before any post is paid for."""

from __future__ import annotations

from advocacy_monitor.models import Estimate
from advocacy_monitor.sources import x_answer
from advocacy_monitor.sources.listings import Mark
from advocacy_monitor.sources.x_budget import POSTS, USD, Purse
from advocacy_monitor.sources.x_search import Search


def estimate(search: Search, mark: Mark) -> Estimate:
    """How many posts X counts where the search has not been yet, and what they cost. Raises SourceError.

    Each request for counts costs as well: it is noted in `search.owed`, which a walk of the same source hands over.
    """
    ranges = [(mark.high, None)] if mark.top is None else [(mark.low, mark.top), (mark.high, None)]
    posts = sum(_count(search, low, top) for low, top in ranges)
    prices, each = search.asking.purse.prices, search.each
    least = posts * (prices.post + prices.user)
    most = posts * (each.posts * prices.post + each.users * prices.user)
    words = f"{posts:,} posts (as X counts them) for {least:,.2f} US dollars"
    if most > least:
        words += f", or up to {most:,.2f} with the posts that they quote or answer"
    words += _what_is_left(search.asking.purse)
    return Estimate(posts=posts, usd=round(most, 2), words=words, usage=tuple(search.owed))


def may_read(purse: Purse, posts: int) -> bool:
    """Whether the budget allows so many posts at all; counting them first costs something too."""
    cheapest = {POSTS: 1.0, USD: purse.prices.post + purse.prices.user}
    return all(left is None or left >= posts * cost for unit, cost in cheapest.items() for left in (purse.left(unit),))


def _count(search: Search, low: str | None, top: str | None) -> int:
    bounds = search.bounds(low, top)
    if bounds is None:
        return 0
    asking, total, token = search.asking, 0, None
    path = "/2/tweets/counts/all" if asking.archive else "/2/tweets/counts/recent"
    while True:
        params = {"query": search.query, "granularity": "day", **bounds} | ({"next_token": token} if token else {})
        counted, following = asking.ask(path, params, x_answer.count, what="X's counts")
        search.owed.extend(asking.purse.spend(counts=1))
        total += counted
        if following is None or following == token:
            return total
        token = following


def _what_is_left(purse: Purse) -> str:
    posts, usd = purse.left(POSTS), purse.left(USD)
    parts = [f"{posts:,.0f} posts"] if posts is not None else []
    parts += [f"{usd:,.2f} US dollars"] if usd is not None else []
    return f"; the run ends when this month's last {' or '.join(parts)} are used" if parts else ""
