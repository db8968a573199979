"""The house rules that a machine can see."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
CODE = SOURCES + sorted((ROOT / "tests").rglob("*.py")) + sorted((ROOT / "benchmarks").rglob("*.py"))
BAD_NAMES = {"utils", "util", "helpers", "helper", "misc", "manager", "handler", "common"}


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", CODE, ids=_name)
def test_a_file_is_short_and_says_what_it_is_for(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 400, f"{path.name} has more than 400 lines: part it by what it does"
    if text.strip():
        assert ast.get_docstring(ast.parse(text)), f"{path.name} does not say what it is for"


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_names_say_what_things_are(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert path.stem not in BAD_NAMES
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            words = {word.lower() for word in re.findall("[A-Z][a-z]+", node.name)}
            assert not words & BAD_NAMES, f"{path.name}: {node.name}"
            bases = {base.id for base in node.bases if isinstance(base, ast.Name)}
            if any(base.endswith("Error") for base in bases):
                assert node.name.endswith("Error"), f"{path.name}: {node.name} is an error and should say so"


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_whatever_is_public_is_explained(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    public = [tree, *(node for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef)))]
    for node in public[1:]:
        assert isinstance(node, (ast.FunctionDef, ast.ClassDef))
        if not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{path.name}: {node.name} has no docstring"


def test_nothing_of_this_machine_stands_in_the_repository() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    home, parent = str(Path.home()), str(ROOT.parent)
    for name in filter(None, tracked):
        path = ROOT / name
        if path.is_symlink() or not path.is_file() or path.stat().st_size > 2_000_000:
            continue
        content = path.read_bytes()
        for found in {f"{home}/", f"{parent}/"} - {"//", "/"}:
            assert found.encode() not in content, f"{name} names {found}"


_SECRETS = re.compile(
    rb"-----BEGIN [A-Z ]*PRIVATE KEY-----\s*[A-Za-z0-9+/]{40}"
    rb"|AGE-SECRET-KEY-1[A-Z0-9]{50}"
    rb"|\b(?:ghp|gho|ghs|github_pat)_[A-Za-z0-9_]{30}|\bglpat-[A-Za-z0-9_-]{20}"
    rb"|\bAKIA[A-Z0-9]{16}\b|\bAIza[A-Za-z0-9_-]{35}|\bxox[abprs]-[A-Za-z0-9-]{20}|\bsk-[A-Za-z0-9]{32}"
    rb"|\bEAA[A-Za-z0-9]{60}|\bAAAAAAAAA[A-Za-z0-9%]{40}"
    rb"|(?i:password|token|secret|api_key)\s*[:=]\s*"
    rb"[\"'](?=[^\"']*\d)(?=[^\"']*[a-z])(?=[^\"']*[A-Z])[A-Za-z0-9+/_-]{32,}[\"']"
)
"""Keys as the services write them that this program talks to, and long random words that are called secrets."""


def test_no_secret_stands_in_the_repository() -> None:
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.split(b"\0")
    for name in filter(None, tracked):
        path = ROOT / name.decode()
        if path.is_file() and not path.is_symlink():
            found = _SECRETS.search(path.read_bytes())
            assert found is None, f"{path.relative_to(ROOT)} holds something like a secret at byte {found.start()}"


@pytest.mark.parametrize(
    "secret",
    [
        b"AGE-SECRET-KEY-1" + b"Q" * 58,
        b"ghp_" + b"a1" * 18,
        b"AKIA" + b"ABCD" * 4,
        b"EAA" + b"b2" * 40,
        b'password = "' + b"aB3" * 12 + b'"',
        b"-----BEGIN PRIVATE KEY-----\n" + b"MIIE" * 16,
    ],
)
def test_the_search_for_secrets_finds_some(secret: bytes) -> None:
    assert _SECRETS.search(b"first line\n" + secret + b"\n")


def test_the_constraints_name_no_host_and_every_dependency() -> None:
    import tomllib

    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert not re.search(r"https?:|@ |--", text)
    pinned = {line.split("==")[0].lower().replace("_", "-") for line in text.splitlines() if "==" in line}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = [project["project"]["dependencies"], *project["project"]["optional-dependencies"].values()]
    needed = {re.split(r"[\[<>=!~ ;]", each)[0].lower().replace("_", "-") for group in groups for each in group}
    assert needed - {"advocacy-monitor"} <= pinned
