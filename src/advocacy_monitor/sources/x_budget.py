"""What X may cost: caps for a calendar month, checked before each request, and what each answer was charged for.

X charges for each post and each person in an answer (https://docs.x.com/x-api/getting-started/pricing), also for the
originals of quotes. The same one twice in a day is charged once; that is not counted on, so real bills are lower.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from advocacy_monitor.errors import FatalSourceError
from advocacy_monitor.models import Usage
from advocacy_monitor.protocols import Host
from advocacy_monitor.sources.x_shapes import SOURCE

POSTS, USD = "posts", "usd"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """US dollars for one post and one person in an answer, and for one request for counts."""

    post: float
    user: float
    count: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Each:
    """How many posts and people one asked-for post can bring into an answer, itself included."""

    posts: int
    users: int


class Purse:
    """The caps and what is used up; one for each run.

    The host tells what all collectors of X used this month. Whether that holds this run's pages yet depends on when
    they are stored, so the larger of both sums counts: what it says now, and what it said first with this run's.
    """

    def __init__(self, *, budget_posts: int | None, budget_usd: float | None, prices: Prices, host: Host) -> None:
        self.prices = prices
        self._caps = {POSTS: budget_posts, USD: budget_usd}
        self._host = host
        self._month: date | None = None
        self._before = {POSTS: 0.0, USD: 0.0}
        self._run = {POSTS: 0.0, USD: 0.0}

    def room(self, wanted: int, *, each: Each, least: int = 1) -> int:
        """How many of `wanted` posts may be asked for, so that the answer cannot pass a cap.

        Raises FatalSourceError when fewer than `least` are left.
        """
        price = each.posts * self.prices.post + each.users * self.prices.user
        allowed = wanted
        for unit, cost in ((POSTS, float(each.posts)), (USD, price)):
            left = self.left(unit)
            if left is not None and cost > 0:
                allowed = min(allowed, int((left + 1e-9) / cost))
            if allowed < min(least, wanted):
                raise FatalSourceError(self._used_up(unit))
        return allowed

    def spend(self, *, posts: int = 0, users: int = 0, counts: int = 0) -> tuple[Usage, ...]:
        """Notes what an answer was charged for, and says it for the page."""
        self._turn()
        usd = round(posts * self.prices.post + users * self.prices.user + counts * self.prices.count, 6)
        found = []
        for unit, amount in ((POSTS, float(posts)), (USD, usd)):
            self._run[unit] += amount
            if amount:
                found.append(Usage(source=SOURCE, unit=unit, amount=amount))
        return tuple(found)

    def note(self, used: Iterable[Usage]) -> None:
        """Counts what this run used before it began, such as for an estimate."""
        self._turn()
        for usage in used:
            self._run[usage.unit] += usage.amount

    def left(self, unit: str) -> float | None:
        """How much of a unit may still be used this month; None without a cap."""
        cap = self._caps[unit]
        return None if cap is None else max(cap - self._used(unit), 0.0)

    def _used(self, unit: str) -> float:
        month = self._turn()
        return max(self._host.spent(unit, month), self._before[unit] + self._run[unit])

    def _turn(self) -> date:
        """The first day of this month; what was used begins anew with it."""
        month = self._host.clock().date().replace(day=1)
        if month != self._month:
            self._month = month
            self._before = {unit: self._host.spent(unit, month) for unit in (POSTS, USD)}
            self._run = {POSTS: 0.0, USD: 0.0}
        return month

    def _used_up(self, unit: str) -> str:
        used, cap = self._used(unit), self._caps[unit] or 0
        said = f"{used:,.0f} of {cap:,.0f} posts" if unit == POSTS else f"{used:,.2f} of {cap:,.2f} US dollars"
        following = (self._turn() + timedelta(days=31)).replace(day=1)
        return (
            f"this month's budget for X does not allow another request: {said} are used. It begins anew on "
            f"{following:%Y-%m-%d}; to go on before that, raise budget_{unit} in config.yaml. "
            "The next run goes on where this one stopped"
        )
