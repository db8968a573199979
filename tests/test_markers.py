"""Markers in every contact field and raw payload, and a search for them in everything that leaves: exports, words of
the command line, logs at their loudest, figures, alerts, errors, pages of the form, and what is handed to one person
about others. The desk's pages have probes of their own (tests/desk/test_probes*.py).
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from starlette.testclient import TestClient

from advocacy_monitor.cli import main
from advocacy_monitor.config import Loaded
from advocacy_monitor.hosting import open_store
from advocacy_monitor.monitoring import logs
from advocacy_monitor.monitoring.alerts import check
from advocacy_monitor.monitoring.endpoint import Answers
from advocacy_monitor.monitoring.metrics import Figures, exposition, registry
from advocacy_monitor.monitoring.state import State
from advocacy_monitor.store.alerts import Alerts
from advocacy_monitor.web.app import application
from tests.marked import CODE, MANY, MARKERS, NAMED, STORED, campaign, contents, held, platform, seen
from tests.sources.replay import ReplayServer


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    """The campaign, with collectors that have run once: one read what it could, two failed."""
    with ReplayServer(platform) as server:
        made = campaign(tmp_path_factory.mktemp("markers") / "campaign", server.url)
        said = run(made, "collect")
        assert {request.path for request in server.requests} >= {"/feed", "/broken", "/api/v1/timelines/tag/mylibrary"}
        assert seen(said) == [], said
        yield made


def run(loaded: Loaded, *words: str, given: str | None = None, must: bool = False) -> str:
    """What a command says, on both streams; it may fail, unless it `must` not, but in words."""
    result = CliRunner().invoke(main, ["-c", str(loaded.path), "-v", *words], input=given)
    assert result.exception is None or isinstance(result.exception, SystemExit), (words, result.exception)
    assert "Usage:" not in result.output, (
        words,
        result.output,
    )  # a test that says what nobody understands sees nothing
    assert not (must and result.exit_code), (words, result.output)
    return result.output


def test_every_marker_is_there_to_be_found(loaded: Loaded) -> None:
    """Or else the searches below would find nothing because there is nothing."""
    assert held(loaded.folder) == set(STORED) - {"zqtokenmark"}  # of which only a hash is kept


COMMANDS = (
    ("collect",),
    ("check",),
    ("check", "--offline"),
    ("status",),
    ("status", "--json"),
    ("count", "--json"),
    ("moderate", "list"),
    ("moderate", "show", "1"),
    ("mail", "status"),
    ("mail", "digest", "--show"),
    ("mail", "send"),
    ("permission", "list"),
    ("permission", "ask", "13"),
    ("audit", "list"),
    ("audit", "verify"),
    ("retention",),
    ("backup",),
    ("backup", "list"),
    ("doctor", "--json"),
    ("erase", "--email", "nobody@example.org"),
    ("erase", "--code", "ZZZZ-ZZZZ-ZZZZ"),
    ("erase", "--code", CODE),
    ("erase", "--item", "3"),
    ("access", "--email", "nobody@example.org"),
    ("access", "--code", CODE),
    ("access", "--item", "3"),
    ("import", "nowhere.csv"),
    ("discover",),
    ("recipients", "list"),
    ("evaluate",),
)
"""Everything that speaks of the campaign as a whole. `moderate show` is for staff, who see the name of a post's account."""


def test_nothing_that_is_said_or_logged_names_anybody(
    loaded: Loaded, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "simple", lambda level: None)  # which would make it say less
    for name in ("", *logging.root.manager.loggerDict):
        caplog.set_level(logging.DEBUG, logger=name)
    said = {"enrich": run(loaded, "enrich")}
    said |= {" ".join(words): run(loaded, *words) for words in COMMANDS}
    said["log"] = "\n".join(logging.Formatter().format(record) for record in caplog.records)
    assert sum(record.levelno < logging.WARNING for record in caplog.records) > 20
    for name, text in said.items():
        allowed = {"zqaccountmark", "zqfeedmark"} if name.startswith(("moderate", "permission")) else set()
        assert set(seen(text)) <= allowed, (name, text)


def test_who_types_an_address_is_told_of_nobody_else(loaded: Loaded, tmp_path: Path) -> None:
    """What a person is handed holds that person's details, and no other's."""
    for words in (("erase",), ("access", "--unconfirmed", "--to", str(tmp_path))):
        said = run(loaded, *words, "--email", "-", given="zqmailmark3@example.org\n")
        assert "zqmailmark3" not in said.replace("zqmailmark3@example.org", "", 1), said
        assert set(seen(said)) <= {"zqmailmark"}, said
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    handed = b"\n".join(each for path in files for each in contents(path.name, path.read_bytes())).lower()
    assert b"zqmailmark3@example.org" in handed and b"zqphonemark3" in handed and b"zqstreetmark 3" in handed
    for number in set(range(MANY)) - {3}:
        for marker in ("zqmailmark%d@", "zqphonemark%d", "zqstreetmark %d", "zqnamemark %d", "zqrawmark %d"):
            assert (marker % number).encode() not in handed.replace(b"zqphonemark3", b""), (marker, number)
    assert seen(handed, ("zqscanname", "zqaccountmark", "zqfeedmark", "zqrejectmark")) == []


def test_no_alert_names_anybody(loaded: Loaded) -> None:
    with open_store(loaded) as store:
        checked = check(store, loaded)
        assert checked.open >= 2
        mails = [f"{mail.subject}\n{mail.body}" for mail in store.mails.outbox.due(most=500) if mail.kind == "alert"]
        told = [*mails, *(alert.message for alert in Alerts.of(store).all())]
    assert len(mails) == 1 and "broken" in mails[0]
    assert [seen(text) for text in told] == [[]] * len(told)


def test_no_figure_and_no_probe_names_anybody(loaded: Loaded) -> None:
    text = exposition(registry(Figures(loaded, State()))).decode()
    assert "advocacy_monitor" in text and seen(text) == []
    answers = Answers(loaded, State())
    for path in ("/healthz", "/readyz", "/metrics", "/zqx"):
        assert seen(answers.to(path)[2]) == [], path


def test_no_page_of_the_form_names_anybody(loaded: Loaded) -> None:
    """Not to the public. Who has the code of an answer sees that answer's own details."""
    with TestClient(application(loaded), base_url="https://form.example.org") as web:
        pages = {
            path: web.get(path) for path in ("/", "/statement", "/privacy", "/accessibility", "/mail", "/permission")
        }
        pages |= {f"/confirm?token=zq{number}": web.get(f"/confirm?token=zq{number}") for number in range(3)}
        pages["wrong code"] = web.post("/statement", data={"code": "ZZZZ-ZZZZ-ZZZZ"})
    assert pages["/"].status_code == pages["/statement"].status_code == pages["/privacy"].status_code == 200
    assert {path: seen(page.content) for path, page in pages.items() if seen(page.content)} == {}


def test_no_file_that_leaves_names_anybody(loaded: Loaded, tmp_path: Path) -> None:
    run(loaded, "enrich")
    with open_store(loaded) as store:
        for item_id in range(1, NAMED + 1):
            store._db.execute(
                "INSERT INTO decisions (item_id, status, moderator, decided_at) VALUES (?, 'approved', 'eva', ?)",
                [item_id, datetime.now(UTC).isoformat()],
            )
    out = tmp_path / "out"
    for words in (
        ("pack", "--title", "Riverside", "--format", "all", "--output", str(out / "packs")),
        ("publish", str(out / "public.db")),
        ("results", str(out / "results")),
        ("kit", "letters", "--language", "en", "--output", str(out / "kit")),
    ):
        said = run(loaded, *words, must=True)
        assert seen(said) == [], words
    with open_store(loaded) as store:
        done = [row.action for row in store.audit.rows()]
    assert {"pack", "publish", "results"} <= set(done)  # who gave what away can be looked up
    files = [path for path in out.rglob("*") if path.is_file()]
    kinds = {path.suffix for path in files}
    assert kinds >= {".pdf", ".docx", ".pptx", ".html", ".xlsx", ".csv", ".json", ".zip", ".png", ".db"}, kinds
    texts = {path: b"\n".join(contents(path.name, path.read_bytes())) for path in files}
    assert sum(b"when I was lonely" in text for text in texts.values()) >= 8  # the search finds words that are there
    for path, text in texts.items():
        assert seen(text) == [], path.relative_to(out)


def test_what_was_packed_is_looked_into(tmp_path: Path) -> None:
    """The search itself, over a marker in an archive within an archive."""
    import io
    import zipfile

    inner, outer = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.json", json.dumps({"x": MARKERS[0].upper()}))
    with zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner.zip", inner.getvalue())
    assert seen(b"\n".join(contents("outer.zip", outer.getvalue()))) == [MARKERS[0]]
