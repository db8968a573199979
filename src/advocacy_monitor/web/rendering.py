"""Templates into pages: every value is escaped, and a name that a template misses is an error, not a gap."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from advocacy_monitor.web.languages import own_name
from advocacy_monitor.web.suspicion import TRAP
from advocacy_monitor.web.tickets import FIELD

if TYPE_CHECKING:
    from advocacy_monitor.web.site import Visit

_OWN = "form/templates"
"""In the campaign's folder: templates that an association has made its own."""


@functools.lru_cache(maxsize=8)
def environment(campaign_folder: Path) -> Environment:
    """Where pages are made; a template in the campaign's folder goes before ours of the same name."""
    ours = str(resources.files("advocacy_monitor.web") / "templates")
    return Environment(
        loader=ChoiceLoader([FileSystemLoader(campaign_folder / _OWN), FileSystemLoader(ours)]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(template: str, visit: Visit, values: Mapping[str, object]) -> str:
    """A page, with what every page knows: texts, addresses, the campaign, the ticket of its forms."""
    site = visit.site
    known: dict[str, Any] = {
        "t": visit.t,
        "visit": visit,
        "url": visit.url,
        "static": functools.partial(_static, site.base),
        "campaign": site.loaded.config.campaign,
        "form": site.loaded.config.form,
        "questionnaire": site.questionnaire,
        "brand": site.brand,
        "brand_digest": brand_digest(site.brand),
        "languages": [(code, own_name(code)) for code in site.languages],
        "ticket_field": functools.partial(_ticket_field, visit),
        "TRAP": TRAP,
    }
    return environment(site.loaded.folder).get_template(template).render({**known, **values})


def _ticket_field(visit: Visit) -> Markup:
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, visit.fresh_ticket())


@functools.lru_cache(maxsize=16)
def brand_digest(brand: object) -> str:
    """Changes when the brand does, so that browsers may keep its sheet and logo."""
    return hashlib.sha256(repr(brand).encode()).hexdigest()[:12]


@functools.lru_cache(maxsize=256)
def _static(base: str, name: str) -> str:
    """The address of one of our files; it changes when the file does, so that browsers may keep it."""
    content = (resources.files("advocacy_monitor.web") / "static" / name).read_bytes()
    return f"{base}/static/{name}?v={hashlib.sha256(content).hexdigest()[:12]}"
