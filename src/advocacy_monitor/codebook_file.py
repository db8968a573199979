"""Reads a codebook's YAML into its shapes and knows the line of everything, for messages to those who edit it."""

from __future__ import annotations

import reprlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, ValidationError

from advocacy_monitor.codebook_shapes import allowed
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.yaml_depth import FAST, check_depth

Loc = tuple[str | int, ...]
"""A place in a file, such as ('themes', 3, 'title', 'en')."""

_SHORT = reprlib.Repr()
_SHORT.maxstring = 60

_Shape = TypeVar("_Shape", bound=BaseModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class CodebookFile:
    """A file that is YAML: its values as they stand, and the nodes that know their lines."""

    origin: str
    node: yaml.Node
    data: dict[str, Any]

    def shaped(self, shape: type[_Shape]) -> _Shape:
        """The values in their shape. Raises ConfigError that lists every mistake with line, key and what is allowed."""
        try:
            return shape.model_validate(self.data)
        except ValidationError as error:
            raise self.error(_shape_problems(error, shape)) from error

    def error(self, problems: Iterator[tuple[Loc, str]] | list[tuple[Loc, str]]) -> ConfigError:
        """One error for all problems, each with its line."""
        found = [(self.line(loc), f"{key_of(loc)}: {text}") for loc, text in problems]
        return ConfigError(_message(self.origin, found))

    def line(self, loc: Loc) -> int:
        """The line of the innermost part of a place that the file has."""
        node, line = self.node, self.node.start_mark.line + 1
        for step in loc:
            if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
                node = node.value[step]
                line = node.start_mark.line + 1
            elif isinstance(node, yaml.MappingNode):
                pair = next((pair for pair in node.value if str(pair[0].value) == str(step)), None)
                if pair is None:
                    break
                line, node = pair[0].start_mark.line + 1, pair[1]
        return line


def _message(origin: str, problems: list[tuple[int, str]]) -> str:
    return "\n".join(f"{origin}, line {line}: {text}" for line, text in sorted(problems))


def read_file(content: bytes, *, origin: str) -> CodebookFile:
    """A codebook's file; `origin` is what messages call it. Raises ConfigError where it is no list of keys."""
    try:
        text = content.decode("utf-8-sig")
        check_depth(text, origin=origin, loader=FAST)
        loader = FAST(text)
        node = loader.get_single_node()
        # Before anything is made of them: a few aliases of aliases stand for more than any memory holds.
        if repeated := list(_repeated(node, set())) if node is not None else []:
            raise ConfigError(_message(origin, repeated))
        data = loader.construct_document(node) if node is not None else None
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ConfigError(f"{origin}, line {line}: not UTF-8; save the file as UTF-8") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f", line {mark.line + 1}" if mark else ""
        hint = "; an indicator that begins with '*' must be put in quotes" if "alias" in str(error) else ""
        raise ConfigError(f"{origin}{where}: not YAML: {error.problem or error.context}{hint}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ConfigError(f"{origin}: not YAML: {error}") from error
    if node is None or not isinstance(data, dict):
        raise ConfigError(
            f"{origin}, line 1: a codebook must be a list of keys such as 'name:', found {_SHORT.repr(data)}"
        )
    return CodebookFile(origin=origin, node=node, data=data)


def key_of(loc: Loc) -> str:
    """A place as people write it: `themes[3].title.en`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in loc).lstrip(".")


def _repeated(node: yaml.Node, seen: set[int]) -> Iterator[tuple[int, str]]:
    """Keys that stand twice in one mapping, of which YAML drops the first, and aliases, which hide what is where."""
    if id(node) in seen:
        yield node.start_mark.line + 1, "what stands here is used again elsewhere by '*'; write it out there"
        return
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        counts = Counter(str(key.value) for key, _ in node.value)
        for key, value in node.value:
            if counts[str(key.value)] > 1:
                yield key.start_mark.line + 1, f"the key {key.value!r} stands here {counts[str(key.value)]} times"
            yield from _repeated(value, seen)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _repeated(value, seen)


def _shape_problems(error: ValidationError, shape: type[BaseModel]) -> Iterator[tuple[Loc, str]]:
    """What pydantic found, in the words of somebody who edits the file."""
    for problem in error.errors():
        loc = tuple(problem["loc"])
        if problem["type"] == "extra_forbidden":
            yield loc, f"unknown key; {allowed(str(loc[-1]), _keys_at(shape, loc[:-1]))}"
        elif problem["type"] == "missing":
            yield loc, "this key is missing"
        else:
            hint = " (put it in quotes)" if problem["type"] == "string_type" else ""
            yield loc, f"found {problem['input']!r:.60}{hint}: {problem['msg']}"


def _keys_at(shape: type[BaseModel], loc: Loc) -> tuple[str, ...]:
    """The keys that are allowed at a place in a file of this shape."""
    for step in loc:
        fields = {field.alias or name: field.annotation for name, field in shape.model_fields.items()}
        if step in fields:
            shape = next(iter(_models(fields[str(step)])), shape)
    return tuple(field.alias or name for name, field in shape.model_fields.items())


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """The shapes inside a type such as `tuple[Theme, ...]` or `dict[str, Indicators]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)
