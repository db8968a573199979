"""Starts the public form of a campaign, and the receiver: each collector with the source `webhook` gets an address."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from advocacy_monitor.config import Loaded
from advocacy_monitor.errors import ConfigError, ServeError
from advocacy_monitor.hosting import build_source
from advocacy_monitor.sources.webhook import WebhookSource

if TYPE_CHECKING:
    import uvicorn

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
        log_config=None,  # its lines go where ours go, in the same form
        log_level="warning",
        access_log=False,
        server_header=False,
        limit_concurrency=_MOST_AT_ONCE,
    )


_FORM_AT_ONCE = 512
"""Connections to the form beyond that are answered 503, with the request to try again."""
_SECONDS_TO_END = 20


def form_server(loaded: Loaded, *, host: str, port: int) -> uvicorn.Server:
    """A server of the form, not started yet. Raises ConfigError."""
    try:
        import uvicorn

        from advocacy_monitor.web.app import application
        from advocacy_monitor.web.connections import MOST_BYTES_OF_A_HEAD, PatientProtocol
    except ImportError as error:
        raise ConfigError(f'the form needs more: {error}; pip install "advocacy-monitor[form]"') from error
    # No access log: it would say who answered when. Who a visitor behind a proxy is, the form finds out itself.
    config = uvicorn.Config(
        application(loaded, clock=lambda: datetime.now(UTC)),
        host=host,
        port=port,
        log_config=None,  # its lines go where ours go, in the same form
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=_FORM_AT_ONCE,
        http=PatientProtocol,
        h11_max_incomplete_event_size=MOST_BYTES_OF_A_HEAD,
        ws="none",
        timeout_graceful_shutdown=_SECONDS_TO_END,
    )
    return uvicorn.Server(config)


def serve_form(loaded: Loaded, *, host: str, port: int) -> None:
    """Serves the form until the program is told to end. Raises ConfigError, ServeError."""
    server = form_server(loaded, host=host, port=port)
    _log.info("the form is at http://%s:%s/", host, port)
    if loaded.config.form.address is None:
        _log.warning(
            "%s: form.address is not set: behind a web server with https, links and QR codes would begin with http",
            loaded.path,
        )
    server.run()
    if not server.started:
        raise ServeError(f"the form cannot be served at {host}:{port}; is the port taken?")
