"""Every plugin, command, config key, table and dependency is documented; the reference is up to date; links work."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = [*sorted(DOCS.rglob("*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]


def _words(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_the_generated_reference_is_up_to_date(tmp_path: Path) -> None:
    pages = sorted((DOCS / "reference").glob("*.md"))
    generated = [page for page in pages if "[[[cog" in _words(page)]
    assert len(generated) >= 5
    shutil.copytree(DOCS, tmp_path / "docs")
    copies = [str(tmp_path / page.relative_to(ROOT)) for page in generated]
    environment = {"PATH": "/usr/bin:/bin", "COLUMNS": "100", "PYTHONHASHSEED": "0"}
    result = subprocess.run(
        [sys.executable, "-m", "cogapp", "--check", "--diff", *copies],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, f"run `make docs`: {result.stdout}{result.stderr}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_inside_the_documents_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", _words(page)):
        if not target.startswith(("http://", "https://", "mailto:")):
            assert (page.parent / target).exists(), f"{page.name}: {target} does not exist"


def test_every_dependency_is_justified() -> None:
    project = tomllib.loads(_words(ROOT / "pyproject.toml"))["project"]
    text = _words(DOCS / "explanation" / "dependencies.md").lower()
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    for each in (name for group in groups for name in group):
        name = re.split(r"[\[<>=!~ ;]", each)[0].lower()
        assert name in text or name == "advocacy-monitor", f"{name} is not in dependencies.md"


def test_the_readme_s_commands_are_those_of_the_makefile() -> None:
    readme, makefile = _words(ROOT / "README.md"), _words(ROOT / "Makefile")
    named = set(re.findall(r"^make ([a-z-]+)", readme, re.MULTILINE))
    assert {"demo", "test"} <= named
    for target in named:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"the Makefile has no {target}"


def test_every_command_named_in_the_documents_exists() -> None:
    from advocacy_monitor.cli import main

    for page in PAGES:
        for verb in re.findall(r"advocacy-monitor (?:-c \S+ )?([a-z]+)\b", _words(page)):
            assert verb in main.commands, f"{page.name}: there is no `advocacy-monitor {verb}`"


def test_the_example_configuration_is_right(monkeypatch: pytest.MonkeyPatch) -> None:
    from advocacy_monitor.config import load_config
    from advocacy_monitor.hosting import build_source

    loaded = load_config(ROOT / "config.yaml")
    for name in loaded.config.collectors:
        build_source(loaded, name)


def test_the_enricher_in_the_how_to_works_as_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page's own code, put into a file, is loaded like a stranger's module and used."""
    import importlib

    from advocacy_monitor.enrich import enrich
    from advocacy_monitor.models import Page
    from advocacy_monitor.store import Store
    from tests.conftest import make_post

    (code,) = re.findall(r"```python\n(.*?)```", _words(DOCS / "how-to" / "add-a-plugin.md"), re.DOTALL)
    (tmp_path / "exclamations.py").write_text(code, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    enricher = importlib.import_module("exclamations").ExclamationEnricher(least=2)
    with Store.open(tmp_path / "a.db") as store:
        run = store.runs.start("posts", "import")
        store.add_page(run, Page(items=(make_post("Books! Now!"), make_post("Books!"))), collector="posts")
        made = enrich(store, "exclamations", enricher)
        assert (made.items, made.annotations) == (2, 1)
        assert [span.start for span in store.items.annotations(1, 1)[1][0].spans] == [5, 10]
