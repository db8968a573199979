"""A form service's deliveries in a spool folder, for the tests of every source; nobody is asked over HTTP."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from advocacy_monitor.protocols import Host
from advocacy_monitor.sources import webhook_spool
from advocacy_monitor.sources.webhook import WebhookSource
from advocacy_monitor.sources.webhook_signatures import Kind
from tests.sources.replay import ReplayServer
from tests.sources.webhook_deliveries import SECRETS, typeform

_START = datetime(2026, 10, 1, tzinfo=UTC)


class FormService:
    """The platform as the contract tests want it."""

    server: ReplayServer | None = None

    def __init__(self, spool: Path) -> None:
        self.spool = spool
        self.delivered = 0
        self.good: set[str] = set()
        webhook_spool.prepare(spool)

    def source(self, *, attempts: int = 1, timeout: float = 5, page_size: int = 5) -> WebhookSource:
        settings = {"kind": "typeform", "spool": self.spool, "secret": SECRETS[Kind.TYPEFORM], "page_size": page_size}
        return WebhookSource.model_validate(settings).hosted_by(Host(clock=self._now))

    def _now(self) -> datetime:
        return _START + timedelta(minutes=self.delivered)

    def arrive(self, count: int) -> None:
        for _ in range(count):
            self.delivered += 1
            body = json.dumps(typeform(self.delivered, f"The bus comes here, answer {self.delivered}.")).encode()
            webhook_spool.keep(self.spool, body, now=self._now())
            self.good.add(f"r{self.delivered}")

    def spoil(self) -> None:
        self.delivered += 1
        webhook_spool.keep(self.spool, b'{"event_type": "form_response", "form_response": 7}', now=self._now())

    def expected(self) -> set[str]:
        return self.good


@contextmanager
def running() -> Iterator[FormService]:
    """A spool folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        yield FormService(Path(folder) / "spool")
