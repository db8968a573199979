"""What every installed plugin passes for nothing: it loads, fits its protocol, forbids unknown keys, is documented."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from advocacy_monitor import plugins
from advocacy_monitor.protocols import Enricher, Exporter, Plugin, Source

ROOT = Path(__file__).parents[2]
NEEDED: dict[str, dict[str, Any]] = {
    "bluesky": {"handle": "us.example", "app_password": "s", "hashtags": ["a"]},
    "facebook": {"access_token": "s", "facebook_pages": [{"page": "1"}]},
    "feed": {"feeds": ["https://paper.example/feed"]},
    "file": {"path": Path("x")},
    "instagram": {"access_token": "s", "account": "17841400000000001", "hashtags": ["a"]},
    "mailbox": {"host": "mail.example", "username": "us", "password": "s"},
    "mastodon": {"instances": ["https://mastodon.example"], "hashtags": ["a"]},
    "reddit": {"client_id": "i", "client_secret": "s", "user_agent": "a program of ours", "hashtags": ["a"]},
    "webhook": {"kind": "typeform", "spool": Path("spool"), "secret": "s"},
    "x": {"bearer_token": "s", "hashtags": ["a"]},
    "youtube": {"api_key": "s", "videos": ["dQw4w9WgXcQ"]},
}
GROUPS = {plugins.SOURCES: Source, plugins.ENRICHERS: Enricher, plugins.EXPORTERS: Exporter}
ALL = [(group, name) for group in GROUPS for name in plugins.installed(group)]


def test_the_built_in_plugins_are_there() -> None:
    assert NEEDED.keys() <= set(plugins.installed(plugins.SOURCES))
    assert {"csv", "html", "json", "pdf", "xlsx"} <= set(plugins.installed(plugins.EXPORTERS))
    assert len(plugins.installed(plugins.ENRICHERS)) >= 7


@pytest.mark.parametrize(("group", "name"), ALL, ids=[name for _, name in ALL])
def test_a_plugin_keeps_the_contract(group: str, name: str) -> None:
    plugin = plugins.load(group, name)
    assert issubclass(plugin, Plugin)
    made = plugin.model_validate(NEEDED.get(name, {}))
    assert isinstance(made, GROUPS[group])
    with pytest.raises(ValidationError, match=r"extra_forbidden|Extra inputs"):
        plugin.model_validate({**NEEDED.get(name, {}), "no_such_key": 1})
    field = next(iter(plugin.model_fields), None)
    if field:
        with pytest.raises(ValidationError, match="frozen"):
            setattr(made, field, None)


@pytest.mark.parametrize(("group", "name"), ALL, ids=[name for _, name in ALL])
def test_a_plugin_and_its_settings_are_documented(group: str, name: str) -> None:
    page = (ROOT / "docs" / "reference" / "plugins.md").read_text(encoding="utf-8")
    assert f"### `{name}`" in page
    plugin = plugins.load(group, name)
    assert plugin.__doc__
    section = page.split(f"### `{name}`", 1)[1].split("\n### ", 1)[0]
    for field in plugin.model_fields:
        assert f"| `{field}` |" in section, f"make docs: {name}.{field} is missing"


def test_exporters_have_suffixes_of_their_own() -> None:
    suffixes = [plugins.load(plugins.EXPORTERS, name).suffix for name in plugins.installed(plugins.EXPORTERS)]  # type: ignore[attr-defined]
    assert len(suffixes) == len(set(suffixes))
    # A format that is a folder has no dot; several of one kind of file tell what they are: '-report.pdf'.
    assert all(suffix.startswith((".", "-")) for suffix in suffixes)
