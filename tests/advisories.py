"""Compares the dependencies of a requirements file with the known advisories, and says how many could be compared.

    python -m tests.advisories constraints.txt

pip-audit asks the package index. An index that holds no advisories answers that it knows no package, and pip-audit
calls that "no known vulnerabilities": so the ones that nobody could be asked about are counted here and told. The exit
code is 1 for a known weakness only, so that a machine without a network still passes and says what it did not look at.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

import msgspec

_SECONDS = 120


class _Advisory(msgspec.Struct):
    id: str
    fix_versions: list[str] = []


class _Dependency(msgspec.Struct):
    name: str
    version: str = ""
    skip_reason: str = ""
    vulns: list[_Advisory] = []


class _Report(msgspec.Struct):
    dependencies: list[_Dependency]


def verdict(report: bytes) -> tuple[bool, list[str]]:
    """Whether a report of pip-audit (`--format json`) names no weakness, and what it says, in lines.

    Raises msgspec.DecodeError or msgspec.ValidationError for what is no such report.
    """
    dependencies = msgspec.json.decode(report, type=_Report).dependencies
    weak = [
        f"{each.name} {each.version}: {advisory.id}, mended in {', '.join(advisory.fix_versions) or 'no version yet'}"
        for each in dependencies
        for advisory in each.vulns
    ]
    skipped = sum(bool(each.skip_reason) for each in dependencies)
    compared = len(dependencies) - skipped
    lines = [
        *weak,
        f"{compared} of {len(dependencies)} dependencies compared with the advisories, {len(weak)} weaknesses",
    ]
    if skipped:
        lines.append(f"NOT compared: {skipped}. The package index that was asked holds no advisories on them.")
    return not weak, lines


def main(arguments: Sequence[str]) -> int:
    """Runs pip-audit over the files named and prints the verdict. Returns the exit code."""
    files = [word for name in arguments for word in ("--requirement", name)]
    command = [sys.executable, "-m", "pip_audit", "--no-deps", "--disable-pip", "--format", "json", *files]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)  # our own words
        fine, lines = verdict(done.stdout)
    except (subprocess.TimeoutExpired, msgspec.DecodeError):
        print("NOT compared: no dependency. Nobody could be asked for advisories.")
        return 0
    print("\n".join(lines))
    return 0 if fine else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
