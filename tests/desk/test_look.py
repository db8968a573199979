"""The frame of the desk's pages, the start page, guidelines and help: right for each role, language and colour."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from importlib import resources
from itertools import pairwise
from pathlib import Path

import pytest
from jinja2 import Environment

from advocacy_monitor.desk.guidelines import guidelines
from advocacy_monitor.desk.pages import all_pages
from advocacy_monitor.staff.roles import Role
from tests.desk.site import Site, open_site
from tests.desk.statements import campaign

_STATIC = Path(str(resources.files("advocacy_monitor.desk") / "static"))
_WAYS = {
    "viewer": ["Start", "Statements", "Dashboards", "Map"],
    "coder": ["Start", "Statements", "Coding", "Dashboards", "Map"],
    "advocate": ["Start", "Statements", "Dashboards", "Map", "Packs"],
    "transcriber": ["Flyers"],
    "moderator": ["Start", "Queue", "Statements", "Coding", "Flyers", "Dashboards", "Map", "Operations", "Tables"],
    "administrator": [
        *(
            "Start",
            "Queue",
            "Statements",
            "Coding",
            "Flyers",
            "Dashboards",
            "Map",
            "Packs",
            "Operations",
            "Tables",
            "Accounts",
            "Log",
        ),
    ],
}


@pytest.fixture(scope="module")
def site(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A desk for all tests here that leave the campaign's folder as it is."""
    folder = tmp_path_factory.mktemp("look") / "campaign"
    shutil.copytree(prepared, folder)
    with open_site(campaign(folder)) as made:
        yield made


def _navigation(page: str) -> list[str]:
    (nav,) = re.findall(r'<nav class="ways".*?</nav>', page, re.DOTALL)
    return re.findall(r"<a [^>]*>([^<]*)</a>", nav)


def test_everybody_sees_the_ways_that_are_open(site: Site) -> None:
    for role in map(str, Role):
        client = site.client(role)
        page = client.get("/transcribe" if role == "transcriber" else "/")
        assert page.status_code == 200
        assert _navigation(page.text) == _WAYS[role]
        assert 'aria-current="page"' in page.text
        for address in re.findall(r'<li><a href="(/-/desk[^"]*)"', page.text):
            assert client.stock(address).status_code == 200, (role, address)


def test_who_is_not_logged_in_sees_no_ways(site: Site) -> None:
    page = site.client(None).get("/login")
    assert page.status_code == 200
    assert 'class="ways"' not in page.text
    assert site.client(None).get("/").status_code == 303


def test_a_page_of_the_tables_leads_there(site: Site) -> None:
    page = site.client("moderator").get("/").text
    (address,) = re.findall(r'href="([^"]*)"[^>]*>Tables', page)
    assert site.client("moderator").stock(address).status_code == 200


def test_the_start_page_says_what_waits(site: Site) -> None:
    page = site.client("moderator").get("/").text
    columns = site.desk.columns
    pending = dict(columns.choices("status"))["pending"]
    assert f"{pending} statements wait for a decision." in page
    for name in ("Administrator", "Moderator"):  # what other tests left on their screens
        site.desk.claims.let_go(name)
    site.desk.claims.take("Moderator", [1, 2], now=site.desk.clock())
    assert "2 statements are with you" in site.client("moderator").get("/").text
    site.desk.claims.let_go("Moderator")
    viewer = site.client("viewer").get("/").text
    assert "wait for a decision" not in viewer
    assert "statements collected" not in viewer
    assert "Counted are the statements that you may read here." in viewer


def test_a_failed_collector_is_named_to_those_who_see_everything(site: Site) -> None:
    with site.desk.writer() as store:
        store.runs.finish(store.runs.start("harbour <b>", "collect"), "failed", "the token was refused \u202e")
        store.runs.finish(store.runs.start("quay", "collect"), "failed", "once")
        store.runs.finish(store.runs.start("quay", "collect"), "done")
    page = site.client("moderator").get("/").text
    assert "harbour &lt;b&gt;" in page
    assert "the token was refused ‹U+202E›" in page
    assert "quay" not in page
    assert "harbour" not in site.client("advocate").get("/").text


def test_the_language_is_switched_for_good(site: Site) -> None:
    client = site.client("viewer", name="Robin")
    answer = client.post("/language", {"language": "de", "back": "/-/desk/help?x=1"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/-/desk/help?x=1")
    page = client.get("/")
    assert '<html lang="de" dir="ltr">' in page.text
    assert "Warteschlange" in site.client("viewer").get("/help").text or "Auf jeder Seite" in client.get("/help").text
    assert client.post("/language", {"language": "tlh"}).status_code == 400
    assert (
        client.post("/language", {"language": "en", "back": "https://example.org/"}).headers["location"] == "/-/desk/"
    )
    assert '<html lang="en"' in client.get("/").text
    assert client.post("/language", {"language": "de"}, csrf="").status_code == 403


def test_who_is_not_logged_in_is_spoken_to_in_the_browsers_language(site: Site) -> None:
    page = site.client(None).get("/login", headers={"accept-language": "de-AT,de;q=0.9"})
    assert '<html lang="de"' in page.text


def test_guidelines_are_the_campaigns_own_where_there_are_some(desk_site: Site) -> None:
    client = desk_site.client("coder")
    assert "<h1>Guidelines for moderation</h1>" in client.get("/guidelines").text
    own = desk_site.campaign.folder / "dashboards"
    own.mkdir()
    (own / "guidelines.md").write_text(
        "# Ours\n\n<script>alert(1)</script> [a](javascript:alert(1)) ![x](https://example.org/x.png)\n\n|a|\n|-|\n|b|\n"
    )
    page = client.get("/guidelines").text
    assert "<h1>Ours</h1>" in page
    assert "&lt;script&gt;" in page
    assert 'href="javascript' not in page
    assert "<img" not in page
    assert "<td>b</td>" in page
    assert guidelines(desk_site.campaign, "de").startswith("<h1>Ours")
    (own / "guidelines.de.md").write_text("# Unsere")
    assert "Unsere" in guidelines(desk_site.campaign, "de")
    (own / "guidelines.md").write_bytes(b"\xff\xfe#")
    assert "is not UTF-8" in client.get("/guidelines").text


def test_a_missing_page_is_in_the_desks_look(site: Site) -> None:
    page = site.client("viewer").get("/nowhere")
    assert page.status_code == 404
    assert 'class="ways"' in page.text
    assert "There is no such page." in page.text


class _Names(HTMLParser):
    """What a reader of a page needs: headings in order, names of fields, ids once, no script inside."""

    def __init__(self) -> None:
        super().__init__()
        self.headings: list[int] = []
        self.ids: list[str] = []
        self.wrong: list[str] = []
        self._label = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = dict(attrs)
        self._label += tag == "label"
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if has.get("id"):
            self.ids.append(str(has["id"]))
        self.wrong += [name for name in has if name.startswith("on") or name == "style"]
        if tag == "script" and not has.get("src") and has.get("type") != "application/json":
            self.wrong.append("a script inside the page")
        if any(str(has.get(name, "")).startswith(("http:", "https:", "//")) for name in ("src", "action")):
            self.wrong.append("something from elsewhere")
        hidden = has.get("type") in ("hidden", "submit") or has.get("aria-hidden") == "true"
        named = self._label or has.get("id") or has.get("aria-label") or has.get("aria-labelledby")
        if tag in ("input", "select", "textarea") and not hidden and not named:
            self.wrong.append(f"a {tag} without a name")

    def handle_endtag(self, tag: str) -> None:
        self._label -= tag == "label"


_PLAIN = sorted({page.path for page in all_pages() if page.method == "GET" and "{" not in page.path})


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_page_can_be_read_by_everybody(site: Site, language: str) -> None:
    client = site.client("administrator")
    client.post("/language", {"language": language})
    read = {path: client.get(path) for path in _PLAIN}
    pages = {
        path: page.text for path, page in read.items() if page.headers.get("content-type", "").startswith("text/html")
    }
    wrong = {path: found for path, text in pages.items() if (found := list(_wrong(text)))}
    assert wrong == {}
    assert len(pages) > 10
    assert [path for path, page in read.items() if page.status_code >= 500] == []


def _wrong(text: str) -> Iterator[str]:
    """What would keep somebody from reading a page, or would let a script of somebody else's in."""
    read = _Names()
    read.feed(text)
    yield from read.wrong
    yield from (f"two of #{each}" for each in set(read.ids) if read.ids.count(each) > 1)
    main = re.findall(r"<main.*?</main>", text, re.DOTALL)
    if len(main) != 1 or len(re.findall("<h1", main[0])) != 1:
        yield "not one heading of the first level"
    if any(after > before + 1 for before, after in pairwise(read.headings)):
        yield f"headings {read.headings}"


def test_colours_can_be_told_apart() -> None:
    """WCAG 2.2, 1.4.3: 4.5 to 1 for words, in light and in dark; 1.4.11: 3 to 1 for the edges of what is filled in."""
    css = (_STATIC / "desk.css").read_text(encoding="utf-8")
    pairs = dict(re.findall(r"--([a-z-]+): light-dark\((#[0-9a-f]{6}, #[0-9a-f]{6})\)", css))
    on_grounds = [(ink, ground) for ink in ("ink", "quiet", "link") for ground in ("paper", "ground", "raised")]
    words = [
        *on_grounds,
        *((kind, f"{kind}-ground") for kind in ("good", "bad", "warn", "info")),
        *((kind, "paper") for kind in ("good", "bad", "warn", "info")),
        *(("ink", f"{kind}-ground") for kind in ("good", "bad", "warn", "info")),
        *(("on-accent", "accent"), ("ink", "mark")),
    ]
    edges = [("edge", "paper"), ("edge", "ground"), ("focus", "paper"), ("focus", "ground"), ("accent", "paper")]
    for least, several in ((4.5, words), (3.0, edges)):
        for one, other in several:
            for a, b in zip(pairs[one].split(", "), pairs[other].split(", "), strict=True):
                assert _contrast(a, b) >= least, f"{one} on {other}: {a} on {b} is {_contrast(a, b):.2f}"


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_files_of_others_are_unchanged_and_have_their_licences() -> None:
    folder = _STATIC / "vendor"
    noted = dict(re.findall(r"^\| (\S+) \|.*\| ([0-9a-f]{64}) \|$", (folder / "VERSIONS.md").read_text(), re.MULTILINE))
    scripts = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.js")}
    assert noted == scripts
    for name in scripts:
        assert "Permission to use, copy, modify" in (folder / f"{name.split('.')[0]}.LICENSE.txt").read_text()


def test_style_sheets_and_scripts_ask_nothing_of_other_servers() -> None:
    for path in [*_STATIC.glob("*.css"), *_STATIC.glob("*.js")]:
        found = re.findall(
            r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}",
            re.sub(r"/\*.*?\*/|^\s*//.*$", "", path.read_text(), flags=re.DOTALL | re.MULTILINE),
        )
        assert [each for each in found if "www.w3.org" not in each] == [], path.name


def test_every_template_can_be_read_and_extends_the_frame() -> None:
    folder = _STATIC.parent / "templates"
    reader = Environment(autoescape=True)
    for path in folder.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        reader.parse(text)
        assert not re.search(r"\|\s*safe\b", text), path.name
        assert "<style" not in text, path.name
