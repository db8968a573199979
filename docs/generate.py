"""Writes the reference pages from the code: `make docs` runs this through cog, `.ci/run` fails when a page is stale."""

from __future__ import annotations

import inspect
import tempfile
import types
import typing
from pathlib import Path
from typing import Any

import click
from pydantic import BaseModel, HttpUrl, IPvAnyNetwork
from sqlite_utils import Database

from advocacy_monitor import errors, plugins, schema
from advocacy_monitor.cli import main
from advocacy_monitor.config import Config
from advocacy_monitor.store import Store
from advocacy_monitor.terms import TERMS


def _commands(group: click.Group, path: tuple[str, ...]) -> typing.Iterator[tuple[tuple[str, ...], click.Command]]:
    for name in group.list_commands(click.Context(group)):
        command = group.commands[name]
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from _commands(command, (*path, name))


def command_line() -> str:
    """Every verb with its `--help`."""
    parts = []
    for path, command in [(("advocacy-monitor",), main), *_commands(main, ("advocacy-monitor",))]:
        context = click.Context(command, info_name=" ".join(path), max_content_width=100, terminal_width=100)
        parts.append(f"## {' '.join(path)}\n\n```text\n{command.get_help(context)}\n```\n")
    return "\n".join(parts)


def _type(annotation: Any) -> str:
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return _type(typing.get_args(annotation)[0])
    if origin in (typing.Union, types.UnionType):
        return " or ".join(_type(part) for part in typing.get_args(annotation) if part is not type(None))
    if origin is typing.Literal:
        return " or ".join(f"`{value}`" for value in typing.get_args(annotation))
    if origin in (tuple, list):
        return f"list of {_type(typing.get_args(annotation)[0])}"
    if origin is dict:
        key, value = typing.get_args(annotation)
        return f"mapping of {_type(key)} to {_type(value)}"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "mapping, see below"
    names = {str: "text", int: "whole number", float: "number", bool: "true or false", Path: "path", Any: "anything"}
    names |= {HttpUrl: "web address", IPvAnyNetwork: "network address"}
    return names.get(annotation, getattr(annotation, "__name__", str(annotation)))


def _rows(model: type[BaseModel]) -> str:
    lines = ["| key | type | default | meaning |", "|---|---|---|---|"]
    for name, field in model.model_fields.items():
        if field.is_required():
            default = "**needed**"
        else:
            value = field.get_default(call_default_factory=True)
            shown = "" if value is None else str(value).replace("\n", " ")
            default = "see below" if isinstance(value, BaseModel) else f"`{shown}`" if len(shown) < 60 else "see below"
            default = "none" if value is None or value in ((), {}, "") else default
        lines.append(
            f"| `{name}` | {_type(field.annotation)} | {default} | {field.description or ''} |".replace("\\|", "|")
        )
    return "\n".join(lines)


def configuration() -> str:
    """Every key of config.yaml."""
    parts = [f"## The file\n\n{inspect.getdoc(Config)}\n\n{_rows(Config)}\n"]
    seen: list[type[BaseModel]] = []

    def walk(annotation: Any, where: str) -> None:
        for part in (annotation, *typing.get_args(annotation)):
            if isinstance(part, type) and issubclass(part, BaseModel) and part not in seen:
                seen.append(part)
                parts.append(f"## `{where}`\n\n{inspect.getdoc(part)}\n\n{_rows(part)}\n")
                for name, field in part.model_fields.items():
                    walk(field.annotation, f"{where}.{name}")

    for name, field in Config.model_fields.items():
        walk(field.annotation, f"{name}.NAME" if name in ("collectors", "enrichers") else name)
    return "\n".join(parts)


def plugin_settings(group: str) -> str:
    """Every plugin of a group, what it is for and its settings."""
    parts = []
    for name in plugins.installed(group):
        plugin = plugins.load(group, name)
        text = inspect.getdoc(plugin) or ""
        settings = _rows(plugin) if plugin.model_fields else "No settings."
        parts.append(f"### `{name}`\n\n{text}\n\n{settings}\n")
    return "\n".join(parts)


def tables() -> str:
    """Every table and view with its columns."""
    parts = []
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder) / "a.db") as store:
        db = store._db
        for name in sorted([*db.table_names(), *db.view_names()]):
            if name.startswith(("sqlite_", "_", "items_fts_")):
                continue
            columns = ", ".join(f"`{row[1]}`" for row in db.execute(f"PRAGMA table_info([{name}])").fetchall())
            parts.append(f"| `{name}` | {columns} |")
    empty = Database(memory=True)
    steps = ", ".join(f"`{step.name}`" for step in schema.main.pending(empty))
    empty.close()
    return "\n".join(["| table or view | columns |", "|---|---|", *parts, "", f"Schema steps: {steps}."])


def error_tree() -> str:
    """The errors, grouped by what there is to do."""
    return f"```text\n{inspect.getdoc(errors)}\n```"


def metrics() -> str:
    """Every metric with its kind and labels."""
    from advocacy_monitor.monitoring.metrics import METRICS, PREFIX

    lines = ["| metric | kind | labels | what it counts |", "|---|---|---|---|"]
    for each in METRICS:
        kind = "counter" if each.name.endswith("_total") else "gauge"
        labels = ", ".join(f"`{label}`" for label in each.labels)
        lines.append(f"| `{PREFIX}{each.name}` | {kind} | {labels} | {each.text} |")
    return "\n".join(lines)


def platform_terms() -> str:
    """What each platform's rules allow, with document and date."""

    def hours(number: int | None, unit: str) -> str:
        return "none named" if number is None else f"{number} {unit}"

    lines = ["| platform | last look before an export | refresh or delete | posts to one person a day | reply by API |"]
    lines.append("|---|---|---|---|---|")
    for name, terms in TERMS.items():
        cells = [f"{terms.name} (`{name}`)", hours(terms.recheck_hours, "hours"), hours(terms.unverified_days, "days")]
        cells += [hours(terms.export_a_day, "posts"), "one by one, by a person" if terms.may_reply else "no"]
        lines.append("| " + " | ".join(cells) + " |")
    for terms in TERMS.values():
        lines += [
            "",
            f"## {terms.name}",
            "",
            "| about | what it says, in our words | document | date |",
            "|---|---|---|---|",
        ]
        for rule in terms.rules:
            document = rule.document if rule.read else f"{rule.document} (not opened; known from elsewhere)"
            lines.append(f"| {rule.about} | {rule.says} | {document} | {rule.on.isoformat()} |")
    return "\n".join(lines)
