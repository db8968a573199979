"""Starts the receiver for a campaign: every collector whose source is `webhook` gets an address."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from advocacy_monitor.config import Loaded
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.hosting import build_source
from advocacy_monitor.sources.webhook import WebhookSource

_log = logging.getLogger(__name__)
_MOST_AT_ONCE = 64
"""Connections beyond that are answered 503, and services send again."""


def webhook_sources(loaded: Loaded) -> dict[str, WebhookSource]:
    """The campaign's webhook sources by the names of their collectors. Raises ConfigError when there is none."""
    found: dict[str, WebhookSource] = {}
    for name, collector in loaded.config.collectors.items():
        if collector.source == "webhook":
            source = build_source(loaded, name)
            assert isinstance(source, WebhookSource)
            found[name] = source
    if not found:
        raise ConfigError(f"{loaded.path}: no collector has the source webhook, so there is nothing to receive")
    spools = [source.spool.resolve() for source in found.values()]
    if len(set(spools)) < len(spools):
        raise ConfigError(f"{loaded.path}: two collectors have the same spool; give each a folder of its own")
    return found


def serve(loaded: Loaded, *, host: str = "127.0.0.1", port: int = 8002) -> None:
    """Receives deliveries until the program is told to end. Raises ConfigError."""
    sources = webhook_sources(loaded)
    try:
        import uvicorn

        from advocacy_monitor.web.receiver import receiver
    except ImportError as error:
        raise ConfigError(f'receive needs more: {error}; pip install "advocacy-monitor[webhook]"') from error
    try:
        application = receiver(sources, clock=lambda: datetime.now(UTC))
    except OSError as error:
        raise ConfigError(f"the spool {error.filename} cannot be made: {error.strerror}") from error
    for name in sources:
        _log.info("receiving at http://%s:%s/webhooks/%s", host, port, name)
    # No access log: it would say who answered when.
    uvicorn.run(
        application,
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        limit_concurrency=_MOST_AT_ONCE,
    )
