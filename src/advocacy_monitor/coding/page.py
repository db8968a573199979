"""Agreement as a page of its own: one HTML file without anything to load, for a screen or for paper."""

from __future__ import annotations

from collections.abc import Mapping

from advocacy_monitor.codebook import Codebook
from advocacy_monitor.coding.report import AgreementReport, Figure, Verdict
from advocacy_monitor.coding.rounds import Shown

_MARKS = {
    Verdict.RELIABLE: "good",
    Verdict.TENTATIVE: "fair",
    Verdict.NOT_RELIABLE: "poor",
    Verdict.TOO_FEW: "none",
}

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Agreement of coders</title>
<style>
body { font: 1rem/1.5 system-ui, sans-serif; color: #1a1a1a; margin: 2rem auto; max-width: 72rem; padding: 0 1rem }
table { border-collapse: collapse; width: 100%; margin: 1rem 0; font-size: .9rem }
th, td { border-bottom: 1px solid #bbb; padding: .35rem .5rem; text-align: left; vertical-align: top }
td.n { text-align: right; white-space: nowrap }
.good { border-left: .4rem solid #1b7837 } .fair { border-left: .4rem solid #b8860b }
.poor { border-left: .4rem solid #b2182b; font-weight: bold } .none { border-left: .4rem solid #999 }
blockquote { margin: .3rem 0; padding-inline-start: .8rem; border-inline-start: .2rem solid #999 }
blockquote { white-space: pre-line }
</style>
</head>
<body>
<h1>Agreement of coders</h1>
<p>{{ report.coders | join(", ") }} coded without seeing each other's answers or the software's.
{% for round in report.rounds %}Round {{ round.name }} ({{ round.made_at.strftime("%Y-%m-%d") }}, codebook
{{ round.codebook }} version {{ round.codebook_version }}, {{ round.codebook_digest[:8] }}): {{ round.statements }}
statements, {{ round.coded }} coded, {{ round.coded_twice }} by two or more. {% endfor %}</p>
{% for note in report.notes %}<p><strong>Note:</strong> {{ note }}</p>{% endfor %}
{% for name, part in parts %}
<h2>{{ name }} (n = {{ part.units }})</h2>
<p>Whole answers: alpha (MASI) {{ figure(part.sets) }}, <em>{{ part.verdict }}</em>; identical answers
{{ figure(part.identical) }}. Means of the themes: alpha {{ figure(part.mean_alpha) }}, kappa
{{ figure(part.mean_kappa) }}, AC1 {{ figure(part.mean_ac1) }}, same {{ figure(part.mean_agreed) }}.</p>
<table>
<thead><tr><th scope="col">Theme</th><th scope="col">n</th><th scope="col">Given by</th><th scope="col">Alpha</th>
<th scope="col">Kappa</th><th scope="col">AC1</th><th scope="col">Same</th><th scope="col">Verdict</th></tr></thead>
<tbody>
{% for theme in part.themes + part.answers if theme.given %}
<tr><th scope="row">{{ titles.get(theme.theme, theme.theme) }}</th><td class="n">{{ theme.units }}</td>
<td>{% for coder, count in theme.positives.items() %}{{ coder }} {{ count }}{{ ", " if not loop.last }}{% endfor %}</td>
<td class="n">{{ figure(theme.alpha) }}</td><td class="n">{{ figure(theme.kappa) }}</td>
<td class="n">{{ figure(theme.ac1) }}</td><td class="n">{{ figure(theme.agreed) }}</td>
<td class="{{ marks[theme.verdict] }}">{{ theme.verdict }}</td></tr>
{% endfor %}
</tbody></table>
{% endfor %}
{% if report.confused %}
<h2>What is taken for what</h2>
<table><thead><tr><th scope="col">One coder gives</th><th scope="col">where the other gives</th>
<th scope="col">Times</th></tr></thead><tbody>
{% for each in report.confused %}<tr><td>{{ each.theme }}</td><td>{{ each.other or "(nothing)" }}</td>
<td class="n">{{ each.count }}</td></tr>{% endfor %}
</tbody></table>
{% endif %}
<h2>Statements to talk about</h2>
{% if report.everything.identical.value == 1 %}<p>The coders agree on every statement.</p>{% endif %}
<ol>
{% for each in report.discussed %}
<li>{{ each.round }}, number {{ each.position }}
{% set text = texts.get(each.item_id) %}
<blockquote dir="auto"{% if text and text.language != "und" %} lang="{{ text.language }}"{% endif %}>
{{- text.text if text else "(removed)" -}}</blockquote>
{% for coder, codes in each.answers.items() %}<strong>{{ coder }}:</strong> {{ codes | join(", ") }}
{{ "; " if not loop.last }}{% endfor %}</li>
{% endfor %}
</ol>
<h2>How to read this</h2>
<p>Alpha is 1 where coders always agree and 0 where they agree as often as by chance. From .80 on a theme is reliable;
from .667 on it supports tentative conclusions; below, it should be merged with another or defined anew. The brackets
hold 95 % of {{ "{:,}".format(report.draws) }} draws of as many statements with replacement (seed {{ report.seed }});
where coders never differ they cannot say more than that. Only statements drawn by chance describe the collection; the
others were drawn because the software was unsure, and are harder. A dash stands where a measure is not defined: nobody,
or everybody, gave the theme. Alpha: Krippendorff (2019); MASI: Passonneau (2006); kappa: Cohen (1960); AC1: Gwet
(2008), the last two as means over the pairs of coders.</p>
</body>
</html>
"""


def page_of(report: AgreementReport, codebook: Codebook, texts: Mapping[int, Shown]) -> str:
    """The page. Every text is escaped; `texts` are the statements to talk about, by item."""
    from advocacy_monitor.exporters.page_template import page_environment

    parts = [("Statements drawn by chance", report.random)] if report.random else []
    template = page_environment().from_string(_PAGE)
    return template.render(
        report=report,
        parts=[*parts, ("All statements", report.everything)],
        titles={theme.code: theme.title["en"] for theme in codebook.themes}
        | {"none": "None of these", "too_short": "Too short to say"},
        texts=texts,
        marks=_MARKS,
        figure=_figure,
    )


def _figure(figure: Figure) -> str:
    if figure.value is None:
        return "–"
    low, high = figure.interval or (None, None)
    return f"{figure.value:.2f}" + (f" [{low:.2f}, {high:.2f}]" if figure.interval else "")
