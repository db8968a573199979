"""Packs at the desk: from filters to files, in the background; nothing that may not leave, and no file of others."""

from __future__ import annotations

import html
import io
import re
import shutil
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from advocacy_monitor.desk.pack_jobs import MOST_AT_ONCE, PackJobs, State
from advocacy_monitor.desk.pack_query import carried, preview
from advocacy_monitor.hosting import open_store
from advocacy_monitor.left_out import Looked
from advocacy_monitor.models import Query, Status
from advocacy_monitor.moderate import decide
from advocacy_monitor.pack_digest import read_pack
from advocacy_monitor.packing import export_pack
from advocacy_monitor.summary.filters import Filters
from advocacy_monitor.translate import texts
from tests.desk.packing_site import (
    FORM,
    HANDLE,
    PHONE,
    PLAIN,
    SECRETS,
    item_of,
    jobs,
    links,
    made,
    prepare_campaign,
    site_of,
    start,
    withdraw,
)
from tests.desk.site import Client, Site


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("packs")
    prepare_campaign(made)
    return made


@pytest.fixture(scope="module")
def site(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One desk for all tests that change no statement."""
    own = tmp_path_factory.mktemp("shared") / "campaign"
    shutil.copytree(folder, own)
    with site_of(own) as made:
        yield made
        assert jobs(made).wait()


@pytest.fixture
def own_site(folder: Path, tmp_path: Path) -> Iterator[Site]:
    """A desk of one's own, for tests in which statements change."""
    shutil.copytree(folder, tmp_path / "campaign")
    with site_of(tmp_path / "campaign") as made:
        yield made
        assert jobs(made).wait()


@pytest.fixture
def advocate(site: Site) -> Client:
    return site.client("advocate")


def test_a_pack_is_made_of_what_a_page_shows(site: Site, advocate: Client) -> None:
    form = advocate.get("/packs/new?area=Riverside&language=en&source=survey:spring&library=Lindenrode")
    assert form.status_code == 200
    kept = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form.text))
    assert {name: kept[name] for name in ("area", "language", "source", "library")} == {
        "area": "Riverside",
        "language": "en",
        "source": "survey:spring",
        "library": "Lindenrode",
    }
    fields = {name: value for name, value in kept.items() if name != "csrf"}
    job = made(site, advocate, {**fields, "title": "Spring", "format": ["json", "html"]})
    assert job.state is State.DONE, job.failures
    assert job.failures == ()
    page = advocate.get(f"/packs/jobs/{job.id}")
    assert job.number in page.text
    files = links(page, r'href="/-/desk(/packs/jobs/[^"]+/files/[^"]+)"')
    assert len(files) == 2
    assert [advocate.get(path).status_code for path in files] == [200, 200]
    pack = read_pack(jobs(site).folder(job) / next(name for name in job.files if name.endswith(".json")))
    assert pack.query == {
        "title": "Spring",
        "areas": ["Riverside"],
        "languages": ["en"],
        "sources": ["survey:spring"],
        "libraries": ["Lindenrode"],
    }
    assert pack.number == job.number
    assert jobs(site).folder(job).parent == site.campaign.folder / "packs"


def test_what_a_pack_cannot_be_about_is_said_with_why(advocate: Client) -> None:
    page = advocate.get("/packs/new?q=warm&status=approved&theme=-&consent=quote&area=Riverside").text
    assert "Words that were searched for would pick what suits" in page
    assert "A pack counts what was approved" in page
    assert "A pack looks at each consent" in page
    assert "not about what has none of them" in page
    assert 'name="q" value="warm"' not in page
    t = texts("en")
    assert carried(Filters(areas=("A",)), t).dropped == ()
    assert carried(Filters(words="x", themes=("-", "a")), t).filters == Filters(themes=("a",))


def test_the_preview_counts_as_the_pack_does(site: Site, advocate: Client) -> None:
    job = made(site, advocate, {**FORM, "title": "All", "recipient": "", "unverified": "1"})
    shown = preview(site.desk, Filters())
    assert (shown.found, shown.statements, shown.people) == (job.found, job.statements, job.people)
    assert sum(shown.left_out.values()) == sum(number for _, number in job.left_out)
    assert shown.found == shown.statements + sum(shown.left_out.values())
    page = advocate.get("/packs/new").text
    assert "Rejected by a moderator: 1" in page
    with open_store(site.campaign) as store:
        from advocacy_monitor.counting import read_ledger, stale

        looked = Looked(at=store.now(), unverified_too=True)
        assert len(read_ledger(store, {}, looked).part(Query(title="t")).counted) == shown.statements
        assert len(stale(store, Query(title="t"), now=store.now())) == shown.to_look_up


def test_a_recipient_makes_it_about_their_area_and_fills_the_title_in(site: Site, advocate: Client) -> None:
    page = advocate.get("/packs/new?recipient=rita").text
    assert "so the pack is about the recipient&#39;s: Riverside" in page
    job = made(site, advocate)
    assert job.title == "What Riverside says"
    assert job.recipient == "Rita Example, Member for Riverside"
    pack = read_pack(jobs(site).folder(job) / ".pack.json")
    assert pack.query["areas"] == ["Riverside"]
    assert preview(site.desk, Filters(areas=("Riverside",))).statements == pack.statements


def test_counting_anew_makes_nothing_and_keeps_the_token_out_of_the_address(site: Site, advocate: Client) -> None:
    before = len(jobs(site).all())
    answer = advocate.post("/packs/new", {**FORM, "title": "", "show": "1", "area": "Hillside"})
    assert answer.status_code == 200
    assert 'value="rita" selected' in answer.text
    assert 'name="area" value="Hillside"' in answer.text
    assert len(jobs(site).all()) == before
    assert "formmethod" not in answer.text


def test_the_language_is_as_chosen(site: Site, advocate: Client) -> None:
    job = made(site, advocate, {**FORM, "pack_language": "de"})
    assert read_pack(jobs(site).folder(job) / ".pack.json").language == "de"


MISTAKES = (
    ({"title": "  "}, "needs a title"),
    ({"title": "x" * 201}, "needs a title"),
    ({"format": ["exe"]}, "there is none called"),
    ({"pack_language": "tlh"}, "allowed are"),
    ({"recipient": "nobody"}, "no recipient has the key"),
    ({"recipient": "", "title": "{area}"}, "choose a recipient from the list"),
    ({"theme": "no_such_theme"}, "is not in the codebook"),
    ({"since": "2026-05-01", "until": "2026-04-01"}, "is later than"),
    ({"selection": "../../config"}, "A name is made of"),
    ({"selection": "none-such"}, "cannot be read"),
)


def test_a_form_with_a_mistake_says_which(site: Site, advocate: Client) -> None:
    before = jobs(site).all()
    for change, words in MISTAKES:
        answer = advocate.post("/packs/new", {**FORM, **change})
        assert answer.status_code == 400, change
        assert words in html.unescape(answer.text), change
        assert str(site.campaign.folder) not in answer.text
    assert jobs(site).all() == before


def test_nothing_that_may_not_leave_is_in_any_download(site: Site, advocate: Client) -> None:
    formats = ["json", "csv", "html", "xlsx", "letter", "bundle"]
    job = made(site, advocate, {**FORM, "recipient": "", "title": "All", "unverified": "1", "format": formats})
    assert job.failures == ()
    answer = advocate.get(f"/packs/jobs/{job.id}/all.zip")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/zip"
    texts_ = _inside(answer.content)
    assert PLAIN[0][:30] in texts_
    never = (*SECRETS, "SECRETPOST", HANDLE, PHONE, str(site.campaign.folder))
    assert [word for word in never if word in texts_] == []
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert {name.rsplit("/", 1)[0] for name in archive.namelist()} == {f"pack-{job.number}"}
        assert len(archive.namelist()) == len(job.files) == 6


def _inside(data: bytes) -> str:
    if not data.startswith(b"PK"):
        return data.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return "\n".join(_inside(archive.read(name)) for name in archive.namelist())


def _withdrawn(site: Site) -> None:
    withdraw(site.campaign, PLAIN[1])


def _rejected(site: Site) -> None:
    with open_store(site.campaign) as store:
        decide(store, [item_of(site.campaign, PLAIN[1])], Status.REJECTED, moderator="K", reason="r", clock=store.now)


@pytest.mark.parametrize("happens", [_withdrawn, _rejected])
def test_files_of_a_pack_are_closed_when_a_quote_is_withdrawn(own_site: Site, happens: Any) -> None:
    site, advocate = own_site, own_site.client("advocate")
    job = made(site, advocate)
    name = job.files[0]
    assert advocate.get(f"/packs/jobs/{job.id}/files/{name}").status_code == 200
    happens(site)
    for path in (f"files/{name}", "all.zip"):
        answer = advocate.get(f"/packs/jobs/{job.id}/{path}")
        assert answer.status_code == 409
        assert PLAIN[1] not in answer.text
    page = advocate.get(f"/packs/jobs/{job.id}").text
    assert "may not be handed out any more" in page
    assert "/files/" not in page
    assert "may not be quoted any more" in advocate.get(f"/packs/made/{job.number}").text


STRANGE = (
    "../../config.yaml",
    "..%2f..%2fconfig.yaml",
    "%2e%2e/%2e%2e/config.yaml",
    "/etc/passwd",
    "//etc/passwd",
    ".pack.json",
    ".job.json",
    "none.json",
    "x\\..\\..\\config.yaml",
    "link.json",
    "%00",
)


def test_only_a_jobs_own_files_are_handed_out(site: Site, advocate: Client) -> None:
    job = made(site, advocate)
    folder = jobs(site).folder(job)
    (folder / "link.json").symlink_to(site.campaign.folder / "config.yaml")
    for name in STRANGE:
        answer = advocate.get(f"/packs/jobs/{job.id}/files/{name}")
        assert answer.status_code == 404, name
        assert "sponsor" not in answer.text


def test_a_file_that_became_a_link_is_not_followed(site: Site, advocate: Client) -> None:
    job = made(site, advocate)
    path = jobs(site).folder(job) / job.files[0]
    path.unlink()
    path.symlink_to(site.campaign.database)
    assert advocate.get(f"/packs/jobs/{job.id}/files/{job.files[0]}").status_code == 404


def test_a_job_that_is_none_is_not_there(advocate: Client) -> None:
    for job_id in ("nope", "..", "20261122-101010-00000000", "..%2f..", "desk-x"):
        for rest in ("/all.zip", "/state.json", "/files/x.json"):
            assert advocate.get(f"/packs/jobs/{job_id}{rest}").status_code == 404, (job_id, rest)
    assert advocate.get("/packs/jobs/20261122-101010-00000000").status_code == 404


def test_a_job_survives_reloads_and_a_restart(own_site: Site) -> None:
    site, advocate = own_site, own_site.client("advocate")
    job = made(site, advocate)
    again = PackJobs(site.campaign, site.desk.clock)
    assert again.get(job.id) == job
    assert [each.id for each in again.all()] == [job.id]
    assert again.file(job, job.files[0]) is not None
    unfinished = again._new("pack", "T", "", "A", ("json",), selection="")
    again._keep(unfinished)
    found = PackJobs(site.campaign, site.desk.clock).get(unfinished.id)
    assert found is not None
    assert found.state is State.FAILED
    assert "was stopped" in found.failures[0]


def test_a_few_wait_and_more_are_refused(site: Site, advocate: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()
    export = export_pack

    def waiting(*given: Any) -> Any:
        assert go_on.wait(60)
        return export(*given)

    monkeypatch.setattr("advocacy_monitor.desk.pack_jobs.export_pack", waiting)
    try:
        ids = [start(advocate) for _ in range(MOST_AT_ONCE)]
        refused = advocate.post("/packs/new", FORM)
        assert refused.status_code == 409
        assert "are being made or wait already" in refused.text
        states = [advocate.get(f"/packs/jobs/{each}/state.json").json()["state"] for each in ids]
        assert states[1:] == ["waiting"] * (MOST_AT_ONCE - 1)
        assert "packs.js" in advocate.get(f"/packs/jobs/{ids[0]}").text
        assert advocate.get("/packs").text.count("/packs/jobs/") >= MOST_AT_ONCE
    finally:
        go_on.set()
    assert jobs(site).wait()
    assert {advocate.get(f"/packs/jobs/{each}/state.json").json()["state"] for each in ids} == {"done"}


def test_what_fails_is_told_in_words(own_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site, advocate = own_site, own_site.client("advocate")
    with open_store(site.campaign) as store:
        from advocacy_monitor.models import Page
        from tests.conftest import make_submission

        run = store.runs.start("t", "import")
        store.add_page(run, Page(items=(make_submission("A new one that no check has seen."),)), collector="t")
        store.runs.finish(run, "done")
    job = made(site, advocate)
    assert job.state is State.FAILED
    page = advocate.get(f"/packs/jobs/{job.id}").text
    assert "run `advocacy-monitor enrich` first" in html.unescape(page)
    assert str(site.campaign.folder) not in page

    def broken(*_: Any) -> Any:
        raise RuntimeError("SECRETREJECTED at /home/somebody")

    monkeypatch.setattr("advocacy_monitor.desk.pack_jobs.export_pack", broken)
    job = made(site, advocate)
    page = advocate.get(f"/packs/jobs/{job.id}").text
    assert "something went wrong" in page
    assert "SECRETREJECTED" not in page


def test_hostile_names_are_shown_as_words(site: Site, advocate: Client) -> None:
    title = "<script>alert(1)</script> \u202egnp {name}"
    job = made(site, advocate, {**FORM, "title": title, "recipient": "hal", "widen": "1"})
    assert job.state is State.DONE, job.failures
    assert all(re.fullmatch(r"[a-z0-9-]+\.(json|csv)", name) for name in job.files)
    for path in ("/packs", f"/packs/jobs/{job.id}", f"/packs/made/{job.number}", "/packs/new", "/packs/choose"):
        page = advocate.get(path)
        assert page.status_code == 200, path
        assert "<script>alert" not in page.text
        assert "\u202e" not in page.text


def test_who_may_make_and_see_packs(site: Site, advocate: Client) -> None:
    job, before = made(site, advocate), len(jobs(site).all())
    paths = ("/packs", "/packs/new", "/packs/choose", f"/packs/jobs/{job.id}", f"/packs/made/{job.number}")
    for path in (*paths, f"/packs/jobs/{job.id}/all.zip", f"/packs/jobs/{job.id}/files/{job.files[0]}"):
        assert site.client(None).get(path).status_code == 303
        for role, status in (("viewer", 403), ("coder", 403), ("moderator", 403), ("administrator", 200)):
            assert site.client(role).get(path).status_code == status, (role, path)
    for role in ("viewer", "coder", "moderator"):
        assert site.client(role).post("/packs/new", FORM).status_code == 403
        assert site.client(role).post(f"/packs/made/{job.number}/sent", {"recipient": "rita"}).status_code == 403
    assert advocate.post("/packs/new", FORM, csrf="wrong").status_code == 403
    assert len(jobs(site).all()) == before
