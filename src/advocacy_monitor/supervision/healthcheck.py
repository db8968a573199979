"""A container's health check: `python -m advocacy_monitor.supervision.healthcheck`. Exit code 0: the daemon is well.

It asks the monitoring's address where config.yaml has `monitoring.port`; else it looks at the lock beside the database,
which the daemon touches while its scheduler is at work. ADVOCACY_MONITOR_CONFIG names the configuration.
"""

from __future__ import annotations

import http.client
import ipaddress
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from advocacy_monitor.config import Loaded, load_config
from advocacy_monitor.errors import AdvocacyMonitorError
from advocacy_monitor.supervision.lock import holder

_SECONDS = 5
_QUIET = timedelta(minutes=3)


def judge(loaded: Loaded, *, now: datetime) -> tuple[bool, str]:
    """Whether the daemon is well, and why. Raises StoreError."""
    settings = loaded.config.monitoring
    if settings.port is not None:
        return _asked(_to_ask(settings.host), settings.port)
    found = holder(loaded.database)
    if found is None:
        return False, "no daemon runs"
    if found.beat_at is not None and now - found.beat_at > _QUIET:
        return False, f"{found.words}: nothing was heard of it for {now - found.beat_at}"
    return True, found.words


def _to_ask(host: str) -> str:
    """Who listens at every address of a computer is asked at its own."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if not address.is_unspecified:
        return host
    return "127.0.0.1" if address.version == 4 else "::1"


def _asked(host: str, port: int) -> tuple[bool, str]:
    asking = http.client.HTTPConnection(host, port, timeout=_SECONDS)
    try:
        asking.request("GET", "/healthz")
        answer = asking.getresponse()
        return answer.status == 200, f"{answer.status}: {answer.read(500).decode(errors='replace').strip()}"
    except (OSError, http.client.HTTPException) as error:
        return False, f"no answer at {host}:{port}: {error}"
    finally:
        asking.close()


def main() -> int:
    """Says how the daemon is, in one line."""
    try:
        is_well, why = judge(
            load_config(Path(os.environ.get("ADVOCACY_MONITOR_CONFIG", "config.yaml"))), now=datetime.now(UTC)
        )
    except AdvocacyMonitorError as error:
        is_well, why = False, str(error)
    sys.stdout.write(f"{why}\n")
    return 0 if is_well else 1


if __name__ == "__main__":
    sys.exit(main())
