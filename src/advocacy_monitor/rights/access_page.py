"""What a person is given to read: the same as data.json, as a page that opens anywhere and asks nobody for anything."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="robots" content="noindex">
<title>What {{ about.held_by }} holds about you</title>
<style>
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a; }
blockquote { border-inline-start: .25rem solid #666; margin: 1rem 0; padding: .25rem 1rem; white-space: pre-wrap; }
dl { display: grid; grid-template-columns: minmax(9rem, 1fr) 3fr; gap: .25rem 1rem; }
dt { font-weight: 600; } dd { margin: 0; overflow-wrap: anywhere; }
section { border-top: 1px solid #999; margin-top: 2rem; } h3 { margin-bottom: .25rem; }
@media (max-width: 30rem) { dl { grid-template-columns: 1fr; } }
</style>
</head>
<body>
{% macro shown(value) -%}
{% if value is mapping %}<dl>{% for name, each in value.items() if not empty(each) %}
<dt>{{ words(name) }}</dt><dd dir="auto">{{ shown(each) }}</dd>{% endfor %}</dl>
{% elif value is sequence and value is not string %}<ul>{% for each in value %}
<li dir="auto">{{ shown(each) }}</li>{% endfor %}</ul>
{% else %}{{ said(value) }}{% endif %}
{%- endmacro %}
<main>
<h1>What {{ about.held_by }} holds about you</h1>
<p>Campaign: {{ about.campaign }}. As of {{ said(about.as_of) }}. Found by {{ about.found_by }}.
Questions, corrections and objections: {{ about.contact }}.</p>
<p>{{ about.purpose }} {{ about.where_from }} {{ about.kept_for }} {{ about.decisions_by_software }}</p>
<p>You may have all of it corrected or deleted, object to its use, take back a consent at any time, and complain to your
data protection authority. The same as on this page, for programs, is in data.json.</p>

<h2>Your contact details</h2>
{% for each in contact_details %}<section>{{ shown(each) }}</section>{% else %}<p>None.</p>{% endfor %}
{% if mails %}<h2>Mails to you</h2>
{% for each in mails %}<section>{{ shown(each) }}</section>{% endfor %}{% endif %}

<h2>What you said ({{ statements | length }})</h2>
{% for each in statements %}
<section>
<h3>{{ loop.index }}. {{ each.source }}, {{ said(each.created_at) }}</h3>
{% if each.text %}<blockquote dir="auto"{% if each.language %} lang="{{ each.language }}"{% endif %}>{{ each.text }}\
</blockquote>{% endif %}
{{ shown(rest(each)) }}
</section>
{% else %}<p>Nothing.</p>{% endfor %}

<h2>Who was given it</h2>
{% for each in given_to %}<section>{{ shown(each) }}</section>
{% else %}<p>No pack that was handed over quotes you.</p>{% endfor %}
{% if files %}<h2>Pictures of what you wrote</h2>
<ul>{% for each in files %}<li><a href="{{ each }}">{{ each }}</a></li>{% endfor %}</ul>{% endif %}
</main>
</body>
</html>
"""
_ABOVE = frozenset({"text", "source", "created_at", "vectors"})


def page(data: Mapping[str, Any]) -> bytes:
    """The page of what was gathered. Everything in it is untrusted and shown as text."""
    from jinja2 import Environment, StrictUndefined

    made = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    made.globals |= {"said": _said, "words": _words, "rest": _rest, "empty": _is_empty}
    return made.from_string(_PAGE).render(**data).encode()


def _rest(statement: Mapping[str, Any]) -> dict[str, Any]:
    """What the page has not shown above; numbers that only programs read stand in data.json."""
    return {name: value for name, value in statement.items() if name not in _ABOVE}


def _is_empty(value: object) -> bool:
    return value is None or value == "" or value in ([], {}, ())


def _words(name: str) -> str:
    return name.replace("_", " ")


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M} UTC"
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)
