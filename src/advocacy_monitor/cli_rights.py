"""The verbs about people's rights, as `cli` adds them."""

from __future__ import annotations

from advocacy_monitor.cli_access import access as access
from advocacy_monitor.cli_access import audit as audit
from advocacy_monitor.cli_access import retention as retention
from advocacy_monitor.cli_erase import erase as erase
