"""`init`: a campaign folder with a commented config.yaml. Nothing that exists is overwritten."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import yaml

from advocacy_monitor.config import load_config
from advocacy_monitor.errors import ConfigError

_TEMPLATE = """\
# yaml-language-server: $schema=config.schema.json
# A campaign. Every key is explained in docs/reference/config.md; `advocacy-monitor check` tells of mistakes.

campaign:
  name: {name}
  sponsor: {sponsor}            # stands in the method box of every pack
  contact: {contact}            # where a reader of a pack can ask
  # ask: Keep the mobile library on the road.   # the one thing you ask of decision makers
  hashtags: {hashtags}
  languages: {languages}
  pack_language: en             # ar, de, en, es, fr, ru or zh: headings and method of packs
  codebook: library             # a shipped codebook, or the path of your own YAML file
  # libraries: libraries.csv    # columns library,area,postcode: finds the area of a statement
  # postcodes: postcodes.csv    # columns postcode,area: the same for postcodes without a library
  # areas: areas.csv            # columns area,part_of: where a recipient's area has few statements
  # recipients: recipients.csv  # decision makers: pack --for-each recipient
  # brand: brand.yaml           # logo and colours of packs
  # questions:                  # the wording of your form, for the method box
  #   - What does your library mean to you, or what did you miss?
  consent_texts:
    analyse: You may count my answer.
    quote_unnamed: You may quote me without my name.
    quote_named: You may quote me with my name.
    send_to_representative: You may send my answer to my representative.
    contact: You may contact me about my answer.
  legal_basis:                  # stands in every row; ask your data protection officer
    posts: "legitimate interest: public post"
    submissions: consent

database: advocacy.db           # relative to this file
contacts: contacts.db           # contact details; readable by you only, never exported
timezone: {timezone}            # of the hours below

collectors:{collectors}

thresholds:
  smallest_cell: 5              # smaller counts are shown as "fewer than 5"
  smallest_base: 30             # no percentages on fewer statements
  quotes: 200                   # the most quotes in a pack's annex

retention:                      # what is older is named by `status` and `check`
  posts_months: 24
  submissions_months: 60

# alerts:                       # what needs a person is told once; docs/how-to/monitor.md
#   to: [staff@example.org]     # needs the section `mail`
#   webhook: {{env: ALERT_WEBHOOK}}   # or, and, an address that takes JSON
# monitoring:
#   port: 9464                  # /healthz, /readyz and /metrics on this computer
"""
_NO_COLLECTOR = """ {{}}
# For example (pip install "advocacy-monitor[mastodon]"):
# collectors:
#   mastodon:
#     source: mastodon
#     hours: "*/2"              # as in a crontab: every second hour
#     jitter_minutes: 10
#     settings:
#       instances: [https://mastodon.example]
#       access_token: {{env: MASTODON_TOKEN}}   # secrets never stand in this file"""
_COLLECTOR = """
  mastodon:
    source: mastodon
    hours: "*/2"                # as in a crontab: every second hour
    jitter_minutes: 10
    settings:
      instances: {instances}
      # access_token: {{env: MASTODON_TOKEN}}   # secrets never stand in this file"""


def _value(given: object) -> str:
    """A value as YAML on one line, whatever the user typed."""
    text: str = yaml.safe_dump(given, default_flow_style=True, allow_unicode=True, width=10**6)
    return text.removesuffix("...\n").strip()


def write_campaign(
    folder: Path,
    *,
    name: str,
    sponsor: str,
    contact: str,
    hashtags: Sequence[str] = (),
    languages: Sequence[str] = ("en", "de"),
    instances: Sequence[str] = (),
    timezone: str = "UTC",
) -> Path:
    """Writes config.yaml and its schema into a folder and checks them. Raises ConfigError."""
    from advocacy_monitor.health import config_schema

    path = folder / "config.yaml"
    collectors = (_COLLECTOR if instances else _NO_COLLECTOR).format(instances=_value(list(instances)))
    text = _TEMPLATE.format(
        name=_value(name),
        sponsor=_value(sponsor),
        contact=_value(contact),
        hashtags=_value([tag.removeprefix("#") for tag in hashtags]),
        languages=_value(list(languages)),
        timezone=_value(timezone),
        collectors=collectors,
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
        schema = folder / "config.schema.json"
        if not schema.exists():
            schema.write_text(config_schema() + "\n", encoding="utf-8")
    except FileExistsError as error:
        raise ConfigError(f"{error.filename}: is there already; it was left as it is") from error
    except OSError as error:
        raise ConfigError(f"{folder}: cannot be written: {error.strerror}") from error
    try:
        load_config(path)
    except ConfigError:
        path.unlink()
        raise
    return path
