"""What a person can do about a failure, told from the words of its message."""

from __future__ import annotations

import re


def _code(codes: str) -> str:
    """An HTTP status, and no part of another number and no amount of something."""
    return rf"(?<![\d.,:/$])\b(?:{codes})\b(?![.,:]?\d|\s*(?:%|[kmgt]i?b\b|(?:posts|rows|records|units|seconds|s)\b))"


_REMEDIES = tuple(
    (re.compile(pattern, re.IGNORECASE), remedy)
    for pattern, remedy in (
        (r"^collectors\.[^:]+\.settings\b", "correct it in config.yaml, then `check`"),
        (r"confirm it with", "look at the estimate in the message and confirm it once"),
        (r"budget", "it begins anew next month; or raise the budget in config.yaml"),
        (
            r"quota|units are used",
            "it begins anew by itself; give the collector fewer hours, or ask for a larger quota",
        ),
        (r"environment variable|is a secret|the file \S+ (cannot be read|is empty)", "set the secret, then `check`"),
        (r"another run has moved its cursor", "nothing: two collections of it ran at once, and the other one went on"),
        (r"read-only|readonly|permission denied", "make the folder writable for the user that runs the daemon"),
        (r"malformed|damaged|not an? (sqlite )?database", "`doctor`, then `restore` the newest good backup"),
        (r"no space|\bdisk\b", "free some space; what was confirmed before is still there"),
        (
            r"certificate|\btls\b|\bssl\b",
            "the server's certificate or this computer's clock is wrong; passes or needs its owner",
        ),
        (
            rf"{_code('401|403')}|unauthori[sz]ed|forbidden|credential|token|password|\blog.?in\b|app_secret|api.?key"
            "|permission",
            "renew the token or password (see the source's how-to), then `check`",
        ),
        (
            rf"{_code('429')}|rate.?limit|limits requests|too many requests|patience",
            "passes by itself; where it stays, give fewer hours",
        ),
        (r"\blocked\b", "another program holds the database; end it, or wait"),
        (rf"{_code('404|410')}|not found|does not exist|no such", "correct the name or address in config.yaml"),
        (
            rf"{_code('5[0-9][0-9]')}|timed? ?out|cannot be reached|unreachable|connection|\bresolv|name resolution"
            "|name or service|outage|unavailable",
            "passes by itself, mostly; where it stays, look at the network and the service's status page",
        ),
        (r"program ended before", "look into the log for why the program ended: killed, out of memory, power"),
        (r"more memory|memory", "give the machine more memory, or the collector smaller pages"),
        (r"cursor", "rename the collector, so that it begins anew; nothing is stored twice"),
    )
)
_OTHERWISE = "`check` looks at settings and network; `collect NAME` tries again and says more"


def remedy(message: str) -> str:
    """What to do about a failure that says this; the names in backticks are verbs of the program."""
    return next((advice for pattern, advice in _REMEDIES if pattern.search(message)), _OTHERWISE)
