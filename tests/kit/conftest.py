"""What tests of the kit share: a campaign folder with libraries and a form."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from advocacy_monitor.config import Loaded, load_config

LIBRARIES = """library,area,postcode,municipality,aliases
Bücherei am Fluß,North,1001,Port Example,Flussbücherei
Central,North,1002,Port Example,
Central,South,2001,Hill Example,
图书馆一,South,2002,Hill Example,
"""
Campaign = Callable[..., Loaded]


@pytest.fixture
def campaign(tmp_path: Path) -> Campaign:
    """A campaign folder; `form` and `campaign` as in config.yaml, `asked` a questionnaire of its own."""

    def made(*, form: Any = None, asked: Any = None, **campaign: Any) -> Loaded:
        folder = tmp_path / "campaign"
        folder.mkdir(exist_ok=True)
        (folder / "libraries.csv").write_text(LIBRARIES, encoding="utf-8")
        given = {"address": "https://form.example.org/"} if form is None else dict(form)
        if asked is not None:
            (folder / "asked.yaml").write_text(json.dumps(asked, ensure_ascii=False), encoding="utf-8")
            given["questionnaire"] = "asked.yaml"
        about = {"name": "Missed My Library", "sponsor": "Example Library Association", "libraries": "libraries.csv"}
        about |= {"contact": "advocacy@example.org", "hashtags": ["MissedMyLibrary"]} | campaign
        text = yaml.safe_dump({"campaign": about, "form": given}, allow_unicode=True)
        (folder / "config.yaml").write_text(text, encoding="utf-8")
        return load_config(folder / "config.yaml")

    return made
