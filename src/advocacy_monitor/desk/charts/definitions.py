"""Which charts there are: ours, and what the campaign's own dashboards/charts.yaml changes, adds or leaves out."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from advocacy_monitor import yaml_depth
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.plugins import in_words, nearest

OWN = Path("dashboards") / "charts.yaml"
"""In the campaign's folder; messages name it so, because everybody at the desk may read them."""

ANSWER = "answer"
MODERATION = frozenset({"status", "consent"})
"""Fields that tell how statements were moderated: only for those who may read all statements."""

_NAME = r"^[a-z][a-z0-9_]{0,39}$"
_LARGEST = 256 * 1024
_MOST = 40


Measure = Literal["statements", "people", "appearances"]
"""What can be counted."""


class Chart(BaseModel):
    """One chart: what is counted, by what, and how it is drawn."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    measure: Literal["statements", "people", "appearances", "agreement"] = "statements"
    by: str = Field(
        pattern=r"^(month|theme|source|area|library|language|status|consent|answer(:.{1,200})?)$",
        description="The field by which is counted; answer:QUESTION is a closed question.",
    )
    split: Literal["theme"] | None = None
    kind: Literal["bar", "line", "heat", "funnel", "table"] = "bar"
    top: int = Field(default=15, ge=1, le=60)
    title: str | None = Field(default=None, min_length=1, max_length=120)

    @property
    def counted(self) -> Measure:
        """What is counted. Agreement is measured, and drawn elsewhere."""
        assert self.measure != "agreement"
        return self.measure

    @property
    def field(self) -> str:
        """The field without the question."""
        return self.by.partition(":")[0]

    @property
    def question(self) -> str:
        """The question whose answers are counted; '' where it is no such chart."""
        return self.by.partition(":")[2]

    @model_validator(mode="after")
    def _fitting(self) -> Chart:
        if self.kind == "line" and self.field != "month":
            raise ValueError("kind: a line is drawn over months only; use by: month, or kind: bar")
        if (self.kind == "heat") != (self.split is not None) and self.kind not in ("line", "table"):
            raise ValueError("split: goes with the kinds heat, line and table; a heat table needs split: theme")
        if self.split and self.field in ("theme", "status", "consent", ANSWER):
            raise ValueError(f"split: cannot be used with by: {self.field}")
        if self.kind == "funnel" and self.field not in MODERATION:
            raise ValueError("kind: a funnel is drawn by status or consent only")
        if self.measure == "agreement" and (self.field != "theme" or self.kind != "table"):
            raise ValueError("measure: agreement goes with by: theme and kind: table only")
        if self.measure != "statements" and self.field in MODERATION:
            raise ValueError(f"measure: by {self.field} only statements are counted")
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A chart under its name, which stands in addresses and file names."""

    name: str
    chart: Chart


def read_charts(folder: Path, closed_questions: tuple[str, ...] = ()) -> tuple[Named, ...]:
    """The charts of a campaign in their order. Raises ConfigError that names file, chart and key.

    A chart `by: answer` stands for one chart of each closed question.
    """
    given = _shipped()
    own = folder / OWN
    if own.exists():
        given = {**given, **_charts(_text(own), OWN.as_posix())}
    made = []
    for name, chart in given.items():
        if chart is not None:
            made += [Named(name=each, chart=one) for each, one in _questions(name, chart, closed_questions)]
    if len(made) > _MOST:
        raise ConfigError(f"{OWN.as_posix()}: charts: {len(made)} charts on one page; {_MOST} are the most")
    return tuple(made)


@functools.cache
def _shipped() -> Mapping[str, Chart | None]:
    path = resources.files("advocacy_monitor.desk") / "dashboards" / "charts.yaml"
    return _charts(path.read_text(encoding="utf-8"), "charts.yaml")


def _questions(name: str, chart: Chart, questions: tuple[str, ...]) -> Iterator[tuple[str, Chart]]:
    if chart.by != ANSWER or not questions:
        yield name, chart
        return
    for number, question in enumerate(questions, start=1):
        yield f"{name}_{number}", chart.model_copy(update={"by": f"{ANSWER}:{question}"})


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _LARGEST:
            raise ConfigError(f"{OWN.as_posix()}: is larger than {_LARGEST // 1024} kB")
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{OWN.as_posix()}: is not UTF-8 (byte {error.start}); save it as UTF-8") from error
    except OSError as error:
        raise ConfigError(f"{OWN.as_posix()}: cannot be read: {error.strerror}") from error


def _charts(text: str, where: str) -> dict[str, Chart | None]:
    try:
        content = yaml_depth.read(text, origin=where)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigError(f"{where}, line {line}: is not YAML: {error.problem}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ConfigError(f"{where}: is not YAML: {error}") from error
    charts = content.get("charts") if isinstance(content, dict) else None
    if not isinstance(charts, dict) or set(content) != {"charts"}:
        raise ConfigError(f"{where}: must hold the key `charts` with a chart under each name, and nothing else")
    problems = [problem for name, given in charts.items() for problem in _problems(name, given)]
    if problems:
        raise ConfigError("\n".join(f"{where}: charts.{problem}" for problem in problems))
    return {name: None if given is None else Chart.model_validate(given) for name, given in charts.items()}


def _problems(name: object, given: object) -> Iterator[str]:
    if not isinstance(name, str) or not re.fullmatch(_NAME, name):
        yield f"{str(name)[:60]}: a chart's name has small letters, digits and _ only, and begins with a letter"
    elif given is not None and not isinstance(given, Mapping):
        yield f"{name}: must be a mapping with keys such as by and kind, found {type(given).__name__}"
    elif given is not None:
        try:
            Chart.model_validate(given)
        except ValidationError as error:
            for problem in error.errors(include_url=False, include_context=False):
                yield f"{name}{_explained(problem)}"


def _explained(problem: Mapping[str, Any]) -> str:
    keys = list(Chart.model_fields)
    key = ".".join(map(str, problem["loc"]))
    if problem["type"] == "extra_forbidden":
        return f".{key}: unknown key{nearest(key, keys)}; allowed here: {', '.join(keys)}"
    if problem["type"] == "missing":
        return f".{key}: is missing"
    if not key:
        return f".{in_words(problem['msg'])}"
    return f".{key}: {in_words(problem['msg'])}; found {str(problem['input'])[:60]!r}"
