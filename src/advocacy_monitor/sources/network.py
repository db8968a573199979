"""What every source that asks a service has in common: how long it waits, how often it tries, and its host.

It stands between Plugin and the sources because ten of them would otherwise repeat the same three settings, the same
clock and the same way to wait; docs/explanation/sources.md says more.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Self

from pydantic import ConfigDict, Field, PrivateAttr

from advocacy_monitor.protocols import Host, Plugin
from advocacy_monitor.sources.retrying import Patience

for _name in ("httpx", "httpcore", "urllib3", "websockets", "prawcore", "tweepy", "atproto_client", "hpack"):
    # They write whole addresses and headers, and with them tokens and passwords, into the log.
    logging.getLogger(_name).setLevel(logging.WARNING)


class NetworkSource(Plugin):
    """A source that asks a service over the network. Secrets are never part of its errors."""

    model_config = ConfigDict(hide_input_in_errors=True)

    request_timeout: float = Field(default=30, gt=0, le=600, description="Seconds to wait for an answer.")
    attempts: int = Field(default=5, ge=1, le=100, description="Attempts for each request before it is given up.")
    max_wait_seconds: float = Field(default=600, ge=0, description="Seconds that one run may wait in all.")
    _host: Host = PrivateAttr(default_factory=Host)

    def hosted_by(self, host: Host) -> Self:
        """The same source with the program's clock, its way to wait, and somebody to tell."""
        made = self.model_copy()
        made._host = host
        return made

    def _now(self) -> datetime:
        return self._host.clock()

    def _patience(self) -> Patience:
        """One for each run: the run's budget of waiting."""
        return Patience(
            max_wait_seconds=self.max_wait_seconds,
            attempts=self.attempts,
            sleep=self._host.sleep,
            say=self._host.say,
        )
