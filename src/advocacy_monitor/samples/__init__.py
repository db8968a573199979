"""Sample data for the demo: invented statements about invented libraries, and how one coder coded them.

README.md beside this file says what is in which file and what each kind of note is for.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Literal

import msgspec

SAMPLE_FILES = (
    *("posts.jsonl", "survey.csv", "codes.jsonl", "libraries.csv", "areas.csv", "recipients.csv", "brand.yaml"),
    "logo.svg",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleCode:
    """What one coder made of one sample text.

    `ref` is the id of a post, or the number of a survey row counted from 1 without the header. `note` is empty, or
    "kind: explanation" for a text that is there for a purpose. Copies and reposts carry the codes of their text.
    """

    ref: str
    file: Literal["posts", "survey"]
    themes: tuple[str, ...]
    language: str
    library: str | None
    area: str | None
    sentiment: Literal["positive", "negative", "mixed", "neutral"]
    is_testimonial: bool
    note: str

    @property
    def kind(self) -> str | None:
        """The purpose named at the start of the note (`near_copy`, `spam`, ...), or None for an ordinary text."""
        return self.note.partition(":")[0] or None


def sample_path(name: str) -> Path:
    """The path of one of SAMPLE_FILES, to be imported like any user's file. Raises FileNotFoundError."""
    path = resources.files(__name__) / name
    if name not in SAMPLE_FILES or not isinstance(path, Path):
        raise FileNotFoundError(f"no sample file {name!r}; there are {', '.join(SAMPLE_FILES)}")
    return path


def sample_codes() -> list[SampleCode]:
    """The coder's codes of every post and answer, in the order of the files, posts first."""
    lines = sample_path("codes.jsonl").read_bytes().splitlines()
    return [msgspec.json.decode(line, type=SampleCode) for line in lines]
