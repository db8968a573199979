"""The column mapping: a small YAML file in which somebody says what each column of a survey is.

Every scalar is read as text, so that `yes: [ja, yes]` and a column called `2020` mean what they look like.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from advocacy_monitor.errors import ConfigError
from advocacy_monitor.models import Use
from advocacy_monitor.sources.survey_dates import DateOrder

_MAX_BYTES = 1024 * 1024
_Names = list[str]


class Tick(BaseModel):
    """Where a consent is ticked: a column, or (`answer`) one of several options in it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    column: str
    answer: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _a_name_is_a_column(cls, value: Any) -> Any:
        return {"column": value} if isinstance(value, str) else value


class ColumnNames(BaseModel):
    """What is in which column, by the names in the header row."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: _Names = Field(default=[], description="what people wrote, one column or several")
    created_at: _Names = Field(default=[], description="when they answered; the first one that is filled counts")
    id: str | None = Field(default=None, description="a number that each answer has for itself")
    url: str | None = None
    library: str | None = None
    area: str | None = None
    postcode: str | None = None
    age_band: str | None = None
    language: str | None = None
    name: _Names = Field(default=[], description="contact detail: goes to the contacts file only")
    email: _Names = Field(default=[], description="contact detail")
    phone: _Names = Field(default=[], description="contact detail")
    contact: _Names = Field(default=[], description="any other contact detail, such as an address")
    consents: Mapping[Use, Tick] = Field(default={}, description="one column, or column and answer, a use")

    @field_validator("text", "created_at", "name", "email", "phone", "contact", mode="before")
    @classmethod
    def _one_is_a_list(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value

    def named(self) -> Iterator[tuple[str, str]]:
        """Each key with each column that it names, as they stand in the file."""
        for key in type(self).model_fields:
            value = getattr(self, key)
            if key == "consents":
                yield from ((f"consents.{use.value}", tick.column) for use, tick in self.consents.items())
            else:
                yield from ((key, name) for name in ([value] if isinstance(value, str) else value or ()))


class ColumnMapping(BaseModel):
    """A mapping file. Without `columns` it only says how the file is to be read."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    form: str | None = Field(default=None, description="the form's own name; part of every answer's source")
    columns: ColumnNames = ColumnNames()
    yes: list[str] = Field(default=[], description="what counts as a tick beside the usual words")
    date_format: DateOrder | None = None
    timezone: str = "UTC"
    answered_on: date | None = Field(default=None, description="for answers without a date of their own")
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None

    @field_validator("date_format", mode="before")
    @classmethod
    def _any_separator(cls, value: Any) -> Any:
        if isinstance(value, str):
            plain = value.upper().replace(".", "/").replace("-", "/")
            return next((order for order in DateOrder if order.value.replace("-", "/") == plain), value)
        return value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError("is no time zone; write it like Europe/Berlin or UTC") from error
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A mapping and where it stands, for messages: the file's name, and the line of each key."""

    mapping: ColumnMapping = field(default_factory=ColumnMapping)
    where: str = "mapping"
    lines: Mapping[str, int] = field(default_factory=dict)

    def at(self, key: str) -> str:
        """'mapping.yaml, line 3, columns.text' for a key."""
        line = self.lines.get(key)
        return f"{self.where}, line {line}, {key}" if line else f"{self.where}, {key}"


def load_mapping(mapping: Path | Mapping[str, Any] | None) -> Given:
    """The mapping in a file, or given as such. Raises ConfigError that names file, line and key."""
    if mapping is None:
        return Given()
    where, lines, content = "mapping", dict[str, int](), mapping
    if isinstance(mapping, Path):
        where = str(mapping)
        content = _content(mapping, lines)
    try:
        return Given(mapping=ColumnMapping.model_validate(content), where=where, lines=lines)
    except ValidationError as error:
        blank = Given(where=where, lines=lines)
        raise ConfigError("\n".join(_problems(error, blank))) from error


def _problems(error: ValidationError, given: Given) -> Iterator[str]:
    for problem in error.errors(include_url=False, include_context=False):
        path = [str(part) for part in problem["loc"] if part != "[key]"]
        place = given.at(".".join(path))
        if problem["type"] == "extra_forbidden":
            model = ColumnNames if path[:1] == ["columns"] else ColumnMapping
            allowed = list(model.model_fields) if "consents" not in path else list(Tick.model_fields)
            yield f"{place}: unknown key{did_you_mean(path[-1], allowed)}; allowed: {', '.join(allowed)}"
        elif problem["type"] == "enum":
            allowed = [use.value for use in Use] if "consents" in path else [order.value for order in DateOrder]
            found = path[-1] if "consents" in path else str(problem["input"])
            yield f"{place}: found {found!r}{did_you_mean(found, allowed)}; allowed: {', '.join(allowed)}"
        else:
            given_value = problem["input"]
            shown = f", found {given_value!r}" if isinstance(given_value, str) else ""
            yield f"{place}: {problem['msg'].removeprefix('Value error, ')}{shown}"


def did_you_mean(name: str, names: list[str]) -> str:
    """' (did you mean x?)' when a known name is near, else ''."""
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    return f" (did you mean {close[0]!r}?)" if close else ""


def _content(path: Path, lines: dict[str, int]) -> Any:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise ConfigError(f"{path} has more than {_MAX_BYTES:,} bytes; that is no column mapping")
        text = path.read_text("utf-8-sig")
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text)):
            raise ConfigError(f"{path}: YAML aliases (*name) are not used in a column mapping")
        node = yaml.compose(text, Loader=yaml.BaseLoader)
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not UTF-8 text ({error.reason} at byte {error.start})") from error
    except (yaml.YAMLError, RecursionError) as error:
        said = " ".join(str(error).split())
        raise ConfigError(f"{path} is not YAML; are the names of columns in quotation marks? ({said})") from error
    if not isinstance(node, yaml.MappingNode):
        raise ConfigError(f"{path} holds no keys; a column mapping begins with 'columns:'")
    return _plain(node, path, lines, "")


def _plain(node: yaml.Node, path: Path, lines: dict[str, int], prefix: str) -> Any:
    """Texts, lists and mappings out of YAML nodes; notes the line of each key. Raises ConfigError for a double."""
    if isinstance(node, yaml.SequenceNode):
        return [_plain(part, path, lines, prefix) for part in node.value]
    if not isinstance(node, yaml.MappingNode):
        return node.value
    result: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        name = f"{prefix}{key}"
        line = key_node.start_mark.line + 1
        if key in result:
            raise ConfigError(f"{path}, line {line}, {name}: stands there a second time (first on line {lines[name]})")
        lines[name] = line
        result[key] = _plain(value_node, path, lines, f"{name}.")
    return result
