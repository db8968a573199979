"""The pages with charts and the page about the campaign's health, for each role, with hostile words, in two languages."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from advocacy_monitor.config_parts import Collector, Desk
from advocacy_monitor.counting import voices
from advocacy_monitor.desk.charts.build import board
from advocacy_monitor.desk.charts.definitions import read_charts
from advocacy_monitor.left_out import Looked
from advocacy_monitor.models import Annotation, Page, Query, Status, Usage, Use
from advocacy_monitor.moderate import decide
from advocacy_monitor.store import Store
from advocacy_monitor.store.coding import Coding, Drawn
from advocacy_monitor.summary.filters import Filters
from advocacy_monitor.translate import texts
from tests.conftest import make_submission
from tests.desk.site import Client, Site, open_site

HOSTILE = '=cmd|"</script><script>alert(1)</script>\u202eyarrebil'
QUESTION = "What matters most? (up to three)"


def drawn(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="charts-data"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert found
    content: dict[str, Any] = json.loads(found[1])
    return content


def figure(page: str, name: str) -> dict[str, Any]:
    return next(each for each in drawn(page)["figures"] if each["name"] == name)


def rows(client: Client, path: str) -> list[list[str]]:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_the_page_says_what_a_pack_would_count(shared_site: Site) -> None:
    page = shared_site.client("moderator").get("/dashboards")
    assert page.status_code == 200
    with Store.open_read_only(shared_site.campaign.database) as store:
        looked = Looked(at=store.now(), unverified_too=True)
        everything, _ = voices(store, Query(title="All"), "all", versions={}, looked=looked)
        sources, _ = voices(store, Query(title="All"), "source", versions={}, looked=looked)
    assert f"{everything[0].statements} statements by {everything[0].people} known people" in page.text
    bars = {bar["label"]: bar["value"] for bar in figure(page.text, "sources")["bars"]}
    assert sum(bars.values()) == everything[0].statements
    assert bars["Survey: spring"] == next(row.statements for row in sources if row.label == "survey:spring")
    most = max(bars, key=lambda label: bars[label])
    title = f"Statements by source: {bars[most]} of {everything[0].statements} statements come from {most}"
    assert title in unescape(page.text)


def test_filters_stand_in_the_address_and_apply_to_every_chart(shared_site: Site) -> None:
    client = shared_site.client("moderator")
    page = client.get("/dashboards?area=Riverside&language=en").text
    assert [bar["label"] for bar in figure(page, "areas")["bars"]] == ["Riverside"]
    base = figure(page, "areas")["bars"][0]["value"]
    assert drawn(page)["filtered"] == "Filtered by Language: English; Area: Riverside"
    assert f"Base: {base} statements" in page
    assert f"{base} of {base} statements" in unescape(figure(page, "areas")["finding"])
    assert "/dashboards/areas.csv?language=en&amp;area=Riverside" in page
    found = rows(client, "/dashboards/areas.csv?language=en&area=Riverside")
    assert found == [["area", "statements", "of"], ["Riverside", str(base), str(base)]]


def test_too_few_statements_show_nothing(shared_site: Site) -> None:
    page = shared_site.client("moderator").get("/dashboards?q=thereisnosuchword").text
    assert "Fewer than 5 statements: too few to show." in page
    assert [each["name"] for each in drawn(page)["figures"]] == []
    assert "Nothing to count here." in page


@pytest.mark.parametrize("role", ["viewer", "coder", "advocate"])
def test_who_reads_shared_statements_only_gets_numbers_of_them(shared_site: Site, role: str) -> None:
    client, desk = shared_site.client(role), shared_site.desk
    page = client.get("/dashboards").text
    shared = desk.columns.counted(desk.columns.positions(Filters(), shared_only=True))
    assert f"Base: {len(shared)} statements" in page
    names = {each["name"] for each in drawn(page)["figures"]}
    assert not names & {"moderation", "consent"}
    assert "What was found and is not counted" not in page
    assert 'name="q"' not in page
    assert 'name="risk"' not in page
    for name in ("moderation", "consent", "nothing"):
        assert client.get(f"/dashboards/{name}.csv").status_code == 404
    # Words would be sought in what was written before names were taken out; risks tell how it was moderated.
    plain = drawn(page)["figures"]
    for query in ("?q=lonely", "?risk=health", "?status=rejected", "?consent=none"):
        assert drawn(client.get(f"/dashboards{query}").text)["figures"] == plain
    assert client.get("/health").status_code == 403


def test_nobody_sees_no_dashboard(shared_site: Site) -> None:
    for path in ("/dashboards", "/dashboards/themes.csv", "/health", "/map", "/map.csv", "/map/boundaries.json"):
        answer = shared_site.client(None).get(path)
        assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/-/desk/login")


def _add(site: Site, count: int, **given: Any) -> None:
    """Approved statements that may be quoted."""
    uses = frozenset({Use.ANALYSE, Use.QUOTE_UNNAMED})
    with Store.open(site.campaign.database, contacts_path=site.campaign.contacts) as store:
        first = store.items.last_id() + 1
        run = store.runs.start("survey", "import")
        items = [
            make_submission(f"My own words, number {n} {given}", source_id=f"new-{first}-{n}", consents=uses, **given)
            for n in range(count)
        ]
        store.add_page(run, Page(items=tuple(items)), collector="survey")
        store.runs.finish(run, "done")
        ids = list(range(first, store.items.last_id() + 1))
        for name in ("personal_data", "duplicates"):
            by, seen, _ = store.assertions.seen(name)
            store.assertions.add_batch(by, [], after=seen, last_item_id=ids[-1])
        store.assertions.add(Annotation(item_id=n, label="theme", value="<b>x</b>", by="themes@2") for n in ids)
        decide(store, ids, Status.APPROVED, moderator="Kim", reason="read", clock=store.now)
    site.catch_up()


def test_hostile_names_are_text_everywhere(desk_site: Site) -> None:
    _add(desk_site, 9, area=HOSTILE, library="@SUM(1+1)*cmd|' /C calc'!A0")
    client = desk_site.client("moderator")
    page = client.get("/dashboards").text
    assert "<script>alert(1)" not in page
    assert "<b>x</b>" not in page
    assert "\u202e" not in re.sub(r'value="[^"]*"', "", page)
    labels = [bar["label"] for bar in figure(page, "areas")["bars"]]
    assert any("‹U+202E›" in label and "</script>" in label for label in labels)
    for name in ("areas", "libraries"):
        written = client.get(f"/dashboards/{name}.csv").content.decode("utf-8-sig")
        assert not re.search(r'(^|,)"?[=@]', written, re.MULTILINE)
    mapped = client.get("/map").text
    assert "<script>alert(1)" not in mapped
    assert "\u202e" not in re.sub(r'value="[^"]*"', "", mapped)


def test_answers_to_closed_questions_are_counted_among_those_who_answered(desk_site: Site) -> None:
    assert "under desk.closed_questions" in desk_site.client("moderator").get("/dashboards").text
    _add(desk_site, 12, answers={QUESTION: "Books, Help"})
    _add(desk_site, 8, answers={QUESTION: "Books"})
    _add(desk_site, 6, answers={QUESTION: "Help, Wi-Fi"})
    _add(desk_site, 5, answers={QUESTION: "Help"})
    _add(desk_site, 1, answers={QUESTION: "Wi-Fi, Books, My name is Mira"})
    desk_site.desk.close()
    with open_site(desk_site.campaign, desk=Desk(closed_questions=(QUESTION,))) as site:
        page = site.client("moderator", name="Another").get("/dashboards").text
    made = figure(page, "answers_1")
    assert made["heading"] == QUESTION
    assert {bar["label"]: bar["value"] for bar in made["bars"]} == {"Help": 23, "Books": 21, "Wi-Fi": 7}
    assert "“Help” was chosen in 23 of 32 statements with an answer" in made["finding"]
    assert "Mira" not in page


def test_the_month_that_is_not_over_is_left_out_and_said(desk_site: Site) -> None:
    now = desk_site.desk.clock()
    _add(desk_site, 7, created_at=now - timedelta(days=70))
    page = desk_site.client("moderator").get("/dashboards").text
    months = [column["key"] for column in figure(page, "months")["columns"]]
    assert f"{now:%Y-%m}" not in months
    assert "not whole" in page


def test_charts_of_the_campaign_and_mistakes_in_them(desk_site: Site) -> None:
    own = desk_site.campaign.folder / "dashboards" / "charts.yaml"
    own.parent.mkdir()
    own.write_text(
        "charts: {voices: {by: source, measure: people, kind: table, title: 'Wer <b>spricht</b>'}, themes: null}"
    )
    client = desk_site.client("viewer")
    page = client.get("/dashboards").text
    assert "Wer &lt;b&gt;spricht&lt;/b&gt;" in page
    assert "chart-themes" not in page.replace("chart-themes_by", "")
    assert rows(client, "/dashboards/voices.csv")[0] == ["source", "people", "of"]
    own.write_text("charts: {voices: {by: colour}}")
    answer = client.get("/dashboards")
    assert answer.status_code == 400
    assert "charts.voices.by" in answer.text


def test_every_chart_has_a_table_and_words_and_stays_whole_without_a_script(shared_site: Site) -> None:
    page = shared_site.client("administrator").get("/dashboards").text
    figures = re.findall(r'<figure class="chart" id="chart-(\w+)".*?</figure>', page, re.DOTALL)
    assert len(figures) >= 8
    for whole in re.findall(r"<figure.*?</figure>", page, re.DOTALL):
        assert "<table>" in whole
        assert 'role="img" aria-labelledby=' in whole
        assert '<details class="behind" open>' in whole
        assert ".csv" in whole


def test_the_page_is_german_for_who_reads_german(shared_site: Site) -> None:
    made = board(
        shared_site.desk,
        texts("de"),
        Filters(),
        read_charts(shared_site.campaign.folder),
        reads_all=True,
    )
    languages = next(each for each in made.figures if each.name == "languages")
    assert {row[0] for row in languages.rows} >= {"Deutsch", "Englisch"}


def test_a_wrong_filter_is_said(shared_site: Site) -> None:
    answer = shared_site.client("moderator").get("/dashboards?since=yesterday")
    assert answer.status_code == 400
    assert "since: is no day" in unescape(answer.text)


def test_health_says_what_failed_what_to_do_and_what_is_left(desk_site: Site) -> None:
    collectors = {
        "fediverse": Collector(source="mastodon", settings={}),
        "x": Collector(source="x", settings={"budget_usd": 25}),
        "videos": Collector(source="youtube", hours="7"),
        "old": Collector(source="bluesky"),
    }
    with Store.open(desk_site.campaign.database, contacts_path=desk_site.campaign.contacts) as store:
        store.runs.finish(store.runs.start("fediverse", "collect"), "done")
        store.runs.finish(store.runs.start("x", "collect"), "failed", "the key was refused <b>401</b>")
        store.spending.add("x", [Usage(source="x", unit="usd", amount=7.5)])
    past = desk_site.desk.clock() - timedelta(days=3)
    with Store.open(
        desk_site.campaign.database, contacts_path=desk_site.campaign.contacts, clock=lambda: past
    ) as store:
        store.runs.finish(store.runs.start("old", "collect"), "done")
    desk_site.desk.close()
    with open_site(desk_site.campaign, collectors=collectors) as site:
        page = unescape(site.client("moderator", name="Another").get("/health").text)
    assert page.index("Needs somebody") < page.index("Look at this") < page.index(">Well<")
    assert "the key was refused <b>401</b>" in page
    assert "left: 17.50" in page
    assert "left: 10,000" in page
    assert "Should have run at" in page
    assert "Has not run yet." in page
    assert "The post that waits longest is of" in page
    assert "personal_data@" in page


def test_health_of_an_empty_campaign(empty: Any) -> None:
    with open_site(empty) as site:
        client = site.client("moderator")
        assert "No collector is set up." in client.get("/health").text
        page = client.get("/dashboards")
        assert page.status_code == 200
        assert "Nothing to count here." in page.text
        assert client.get("/map").status_code == 200


def test_no_chart_asks_another_server(shared_site: Site) -> None:
    static = Path(__file__).parents[2] / "src" / "advocacy_monitor" / "desk" / "static"
    for name in ("charts.js", "charts_shapes.js", "map.js", "charts.css"):
        text = (static / name).read_text(encoding="utf-8")
        assert re.findall(r"https?://[^\"' ]+", text) in ([], ["http://www.w3.org/2000/svg"])
        assert "innerHTML" not in text


def test_agreement_is_told_of_closed_rounds_only(desk_site: Site) -> None:
    client, path = desk_site.client("viewer"), desk_site.campaign
    themes = ("reading_collections", "loneliness_isolation")
    with Store.open(path.database, contacts_path=path.contacts) as store:
        drawn_ids = range(1, 31)
        made = store.rounds.make(
            "first",
            [Drawn(item_id=n, position=n, drawn="random", reason="by chance") for n in drawn_ids],
            codebook=("library", 2, "0" * 64),
            seed=1,
            made_by="Kim",
        )
        for coder in ("Anna", "Ben"):
            store.rounds.add(
                made.id,
                [
                    Coding(
                        item_id=n,
                        coder=coder,
                        answer="themes",
                        themes=(themes[n % 2 if coder == "Anna" or n % 10 else 0],)
                        + (("study_work_space",) if n == 3 else ()),
                    )
                    for n in drawn_ids
                ],
            )
    assert "No closed round of coding" in client.get("/dashboards").text
    with Store.open(path.database, contacts_path=path.contacts) as store:
        store.rounds.close(made.id, list, by="Kim")
    page = client.get("/dashboards?area=Riverside").text
    whole = unescape(page[page.index('id="chart-agreement"') :])
    assert "from 30 statements coded by two or more" in whole
    assert "The filters of this page do not change these figures." in whole
    table = rows(client, "/dashboards/agreement.csv")
    assert table[0] == ["theme", "statements", "given", "alpha", "kappa", "verdict"]
    found = {row[0]: row[1:] for row in table[1:]}
    assert found["Place to study and work"] == ["30", "fewer than 5", "", "", "too few statements to say"]
    assert float(found["Loneliness and isolation"][2]) <= 1


def test_health_counts_what_waits(desk_site: Site) -> None:
    page = desk_site.client("moderator").get("/health").text
    with Store.open_read_only(desk_site.campaign.database) as store:
        counts = store.status_counts()
    for status in ("pending", "approved", "rejected", "escalated"):
        number = counts[status]
        assert re.search(rf"<strong>{number}</strong> *<span class=\"badge \w+ status-{status}", page)
