"""Templates into pages: every value is escaped, and a name that a template misses is an error, not a gap."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from advocacy_monitor.desk.words import shown
from advocacy_monitor.exhibits import channel
from advocacy_monitor.staff.roles import Right

if TYPE_CHECKING:
    from advocacy_monitor.desk.context import Asked

CSRF = "csrf"
"""The field of each form that shows that it is ours."""

_OWN = "dashboards/templates"
"""In the campaign's folder: templates that an association has made its own."""


@functools.lru_cache(maxsize=8)
def environment(campaign_folder: Path) -> Environment:
    """Where pages are made; a template in the campaign's folder goes before ours of the same name."""
    ours = str(resources.files("advocacy_monitor.desk") / "templates")
    made = Environment(
        loader=ChoiceLoader([FileSystemLoader(campaign_folder / _OWN), FileSystemLoader(ours)]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["shown"] = shown
    return made


def render(template: str, asked: Asked, values: Mapping[str, object]) -> str:
    """A page, with what every page knows: texts, the person, addresses, the campaign."""
    loaded = asked.desk.loaded
    known: dict[str, Any] = {
        "t": asked.t,
        "asked": asked,
        "person": asked.person,
        "Right": Right,
        "channel": channel,
        "url": asked.url,
        "static": _static,
        "campaign": loaded.config.campaign,
        "csrf_field": functools.partial(_csrf_field, asked.csrf),
        "database": loaded.database.stem,
    }
    return environment(loaded.folder).get_template(template).render({**known, **values})


def _csrf_field(token: str) -> Markup:
    return Markup('<input type="hidden" name="{}" value="{}">').format(CSRF, token)


@functools.lru_cache(maxsize=256)
def _static(name: str) -> str:
    """The address of one of our files; it changes when the file does, so that browsers may keep it."""
    import hashlib

    content = (resources.files("advocacy_monitor.desk") / "static" / name).read_bytes()
    return f"/-/desk/static/{name}?v={hashlib.sha256(content).hexdigest()[:12]}"
