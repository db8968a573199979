"""Datasette serves the public file: its pages, its search, its download; hostile words stay words."""

from __future__ import annotations

import asyncio
import itertools
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from advocacy_monitor.models import Annotation, Use
from tests.conftest import Clock, make_submission
from tests.publish.conftest import Campaign, campaign_in, rows

HOSTILE = (
    "<script>alert('x')</script><img src=x onerror=alert(1)>",
    '=HYPERLINK("https://evil.example.com")',
    "\u202eyrarbil eht fo eno\u2066 {{ 7*7 }} {% raw %}",
    "Nothing\x00 after a NUL; DROP TABLE statements",
    "long " * 20_000,
)


def ask(campaign: Campaign, *paths: str) -> list[Any]:
    """The answers of a Datasette to these paths, with the description that lies beside the file."""
    app = pytest.importorskip("datasette.app", reason="needs the extra `browse`")
    described = yaml.safe_load(campaign.path.with_name("public.metadata.yaml").read_text(encoding="utf-8"))

    async def answers() -> list[Any]:
        site = app.Datasette(immutables=[str(campaign.path)], metadata=described)
        await site.invoke_startup()
        try:
            return [await site.client.get(path, follow_redirects=True) for path in paths]
        finally:
            for name in list(site.databases):
                if name != "_internal":
                    site.remove_database(name)

    return asyncio.run(answers())


def test_datasette_shows_searches_and_hands_out_the_file(campaign: Campaign) -> None:
    campaign.add(
        make_submission("The Bücherei was warm in winter.", library="Harbour Library", area="Harbour"),
        make_submission("They helped me with a form.", library="Harbour Library", area="Harbour"),
        facts=[
            Annotation(item_id=1, label="coded", value="themes", by="person:Kim"),
            Annotation(item_id=1, label="theme", value="staff_help", by="person:Kim"),
        ],
    )
    campaign.publish()
    home, table, search, plain, theme, sql, download = ask(
        campaign,
        "/",
        "/public/statements",
        "/public/statements.json?_search=warm&_shape=array",
        "/public/statements.json?_search=bucherei&_shape=array",
        "/public/themed_statements.json?theme=staff_help&_shape=array",
        "/public.json?sql=select+count(*)+as+n+from+statements&_shape=array",
        "/public.db",
    )
    assert home.status_code == table.status_code == 200
    assert "In their own words" in table.text
    assert 'name="_search"' in table.text
    assert [row["number"] for row in json.loads(search.text)] == [1]
    assert [row["number"] for row in json.loads(plain.text)] == [1]
    assert [row["number"] for row in json.loads(theme.text)] == [1]
    assert json.loads(sql.text) == [{"n": 2}]
    assert download.content == campaign.path.read_bytes()


def test_hostile_words_are_kept_in_the_file_and_are_words_on_the_pages(campaign: Campaign) -> None:
    campaign.add(*(make_submission(text, area="<b>Area</b>", library="=1+1") for text in HOSTILE))
    campaign.publish(html=campaign.loaded.folder / "web")
    assert [row[0] for row in rows(campaign.path, "SELECT text FROM statements ORDER BY number")] == [
        text.strip() for text in HOSTILE
    ]
    page = (campaign.loaded.folder / "web" / "index.html").read_text(encoding="utf-8")
    served = ask(campaign, "/public/statements?_size=max")[0].text
    for shown in (page, served):
        assert "<script>alert" not in shown
        assert "<img src=x" not in shown
        assert "<b>Area" not in shown
    assert "\u202e" not in page
    assert "\x00" not in page
    assert len(page) < 60_000


def test_names_of_a_campaign_are_texts_in_the_description(tmp_path: Path, clock: Clock) -> None:
    campaign = campaign_in(tmp_path / "c", clock, name="'<script>x</script>: - {a: b}'")
    with campaign.store:
        campaign.add(make_submission())
        campaign.publish(html=tmp_path / "web")
        answer = ask(campaign, "/")[0]
    assert "<script>x" not in answer.text
    assert "&lt;script&gt;x" in answer.text
    assert "<script" not in (tmp_path / "web" / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", ["ar", "de", "en", "es", "fr", "ru", "zh"])
def test_the_page_speaks_the_language_of_the_campaign_and_loads_nothing(
    tmp_path: Path, clock: Clock, language: str
) -> None:
    campaign = campaign_in(tmp_path / "c", clock, language=language)
    with campaign.store:
        campaign.add(
            make_submission("I missed it.", consents=frozenset(Use)),
            make_submission("أحب المكتبة"),
            facts=[
                Annotation(item_id=1, label="language", value="en", by="person:Kim"),
                Annotation(item_id=2, label="language", value="ar", by="person:Kim"),
            ],
        )
        campaign.publish(html=tmp_path / "web")
    page = (tmp_path / "web" / "index.html").read_text(encoding="utf-8")
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in page
    assert '<blockquote lang="ar" dir="rtl">' in page
    assert '<blockquote lang="en" dir="ltr">' in page
    assert "voices@example.org" in page
    assert "<script" not in page
    assert not re.search(r"(?:src|href)=\"(?!#|data:|https://example\.org)", page)
    english = "If you want a statement of yours taken out"
    assert (english in page) == (language == "en")
    levels = [int(found) for found in re.findall(r"<h([1-6])", page)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
