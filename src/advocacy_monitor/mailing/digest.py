"""The digest: a mail to staff about what is new, what waits, what fails and what is unusual. Numbers only, no words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from advocacy_monitor.config import Loaded
from advocacy_monitor.exhibits import channel
from advocacy_monitor.mailing.message import domain
from advocacy_monitor.mailing.opt_in import body
from advocacy_monitor.mailing.unusual import Unusual, unusual
from advocacy_monitor.store import Store
from advocacy_monitor.store.activity import Activity
from advocacy_monitor.store.outbox import Mail
from advocacy_monitor.translate import Texts, form_texts

_DAY = timedelta(days=1)


def queue_digest(store: Store, loaded: Loaded) -> int:
    """Queues the digest to everybody who gets it. Returns to how many; none when there is no news and none is wanted.

    Raises ConfigError where nobody said how to send mail.
    """
    settings = loaded.config.digest
    mail_domain = domain(loaded)
    made = digest(store, loaded)
    if made is None or not settings.to:
        return 0
    subject, text = made
    mails = [
        Mail(kind="digest", recipient=address, language=settings.language, subject=subject, body=text)
        for address in dict.fromkeys(settings.to)
    ]
    store.mails.outbox.drop_waiting("digest")  # of days without a mail server
    store.mails.outbox.queue(mails, domain=mail_domain)
    return len(mails)


def digest(store: Store, loaded: Loaded) -> tuple[str, str] | None:
    """Subject and text of the digest now; None when there is nothing to say and `digest.only_news` is set."""
    now, t = store.now(), form_texts(loaded.config.digest.language)
    told = _Told(store, loaded, t, now)
    parts = [told.new(), told.waiting(), told.failing(), told.unusual()]
    if loaded.config.digest.only_news and not told.has_news:
        return None
    day = t.day(now.astimezone(ZoneInfo(loaded.config.timezone)).date())
    subject = t.text("{campaign}: digest of {day}", campaign=loaded.config.campaign.name, day=day)
    desk = loaded.config.desk.address
    more = [t.text("Open the desk: {address}", address=str(desk))] if desk else []
    return subject, body([*("\n".join(part) for part in parts), *more], loaded, t)


class _Told:
    """The sections of one digest."""

    def __init__(self, store: Store, loaded: Loaded, t: Texts, now: datetime) -> None:
        self._store = store
        self._loaded = loaded
        self._t = t
        self._now = now
        self._activity = Activity.of(store)
        self.has_news = False

    def _section(self, heading: str, lines: Iterator[str], nothing: str) -> list[str]:
        found = [f"- {line}" for line in lines]
        self.has_news = self.has_news or bool(found)
        return [heading, *(found or [nothing])]

    def new(self) -> list[str]:
        """What came in since yesterday."""
        t, stored = self._t, self._activity.stored(self._now - _DAY)
        lines = (f"{channel(source)}: {t.number(count)}" for source, count in stored.items())
        return self._section(t.text("New in the last 24 hours"), lines, t.text("Nothing."))

    def waiting(self) -> list[str]:
        """What waits for a person."""
        t, states = self._t, self._store.status_counts()

        def lines() -> Iterator[str]:
            if pending := states.get("pending", 0):
                oldest = self._activity.oldest_pending()
                line = t.counted("{n} statement to be moderated", "{n} statements to be moderated", pending)
                since = t.text("the oldest since {day}", day=t.day(_day(oldest))) if oldest else ""
                yield f"{line}, {since}" if since else line
            if escalated := states.get("escalated", 0):
                yield t.counted("{n} statement needs a second look", "{n} statements need a second look", escalated)

        return self._section(t.text("Waiting"), lines(), t.text("Nothing."))

    def failing(self) -> list[str]:
        """What does not work."""
        t = self._t

        def lines() -> Iterator[str]:
            for name, message in self._activity.failing():
                yield t.text("{name}: {reason}", name=name, reason=" ".join(message.split())[:300])
            failed = self._store.mails.outbox.failures(since=self._now - _DAY)
            for kind, reason in failed[:5]:
                yield t.text("a mail ({kind}): {reason}", kind=kind, reason=reason)
            if len(failed) > 5:
                yield t.counted("and {n} more mail", "and {n} more mails", len(failed) - 5)

        return self._section(t.text("Failing"), lines(), t.text("Nothing."))

    def unusual(self) -> list[str]:
        """Where much more or less is said than usual."""
        found = unusual(self._store, self._loaded, now=self._now)
        heading = self._t.text("Unusual")
        return self._section(heading, (self._unusual(each) for each in found), self._t.text("Nothing."))

    def _unusual(self, found: Unusual) -> str:
        t = self._t
        values = {"source": channel(found.source), "now": t.number(found.now), "usual": t.number(round(found.usual))}
        if found.is_hour:
            return t.text("{source}: {now} in the last hour, usually about {usual} an hour", **values)
        return t.text("{source}: {now} in the last day, usually about {usual} a day", **values)


def _day(stamp: str) -> date:
    return datetime.fromisoformat(stamp).astimezone(UTC).date()
