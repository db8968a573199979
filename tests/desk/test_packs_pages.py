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

from advocacy_monitor.desk.pack_jobs import MOST_AT_ONCE, Job, PackJobs, State, jobs_of
from advocacy_monitor.desk.pack_query import carried, preview
from advocacy_monitor.hosting import open_store
from advocacy_monitor.left_out import Looked
from advocacy_monitor.models import Query, Status
from advocacy_monitor.moderate import decide
from advocacy_monitor.pack_digest import read_pack
from advocacy_monitor.packing import Order, export_pack
from advocacy_monitor.summary.filters import Filters
from advocacy_monitor.translate import texts
from tests.desk.packing_site import HANDLE, PHONE, PLAIN, SECRETS, item_of, prepare_campaign, site_of, withdraw
from tests.desk.site import Client, Site

FORM = {"title": "What {area} says", "recipient": "rita", "format": ["json", "csv"]}


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


def jobs(site: Site) -> PackJobs:
    return jobs_of(site.campaign, site.desk.clock)


def start(client: Client, data: dict[str, Any] | None = None) -> str:
    """Begins a pack and returns its job's id."""
    answer = client.post("/packs/new", FORM if data is None else data)
    assert answer.status_code == 303, answer.text
    found = re.fullmatch(r"/-/desk/packs/jobs/([0-9a-f-]+)", answer.headers["location"])
    assert found is not None
    return found[1]


def made(site: Site, client: Client, data: dict[str, Any] | None = None) -> Job:
    job_id = start(client, data)
    assert jobs(site).wait()
    job = jobs(site).get(job_id)
    assert job is not None
    assert job.is_over
    return job


def links(answer: Any, pattern: str) -> list[str]:
    return [html.unescape(found) for found in re.findall(pattern, answer.text)]


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


def test_a_delivery_and_what_follows_are_noted(own_site: Site) -> None:
    site, advocate = own_site, own_site.client("advocate")
    job = made(site, advocate)
    where = f"/packs/made/{job.number}"
    sent = {"recipient": "rita", "how": "in person", "on": "2026-11-01", "note": "<b>liked it</b>"}
    assert advocate.post(f"{where}/sent", sent).status_code == 303
    page = advocate.get(where).text
    assert "Rita Example, Member for Riverside" in page
    assert "&lt;b&gt;liked it" in page
    assert "used 1 time" in advocate.get("/packs").text
    (path,) = links(advocate.get(where), r'action="/-/desk(/packs/made/[^"]+/follow-up/\d+)"')
    assert advocate.post(path, {"note": "ring the office", "due": "2026-01-01"}).status_code == 303
    listed = advocate.get("/packs").text
    assert "ring the office" in listed
    assert "overdue" in listed
    (done,) = links(advocate.get("/packs"), r'action="/-/desk(/packs/follow-ups/\d+/done)"')
    back = advocate.post(done, {"back": "//evil.example.org"})
    assert back.headers["location"] == "/-/desk/packs"
    assert "ring the office" not in advocate.get("/packs").text
    with open_store(site.campaign) as store:
        (delivery,) = store.deliveries.all()
        assert (delivery.sent_by, delivery.recipient, delivery.how) == ("Advocate", "rita", "in person")
        actions = {each.action for each in store.actions.newest(20)}
    assert {"make pack", "pack sent", "pack follow-up", "pack follow-up done"} <= actions


def test_a_delivery_that_cannot_be_is_refused(own_site: Site) -> None:
    site, advocate = own_site, own_site.client("advocate")
    job = made(site, advocate)
    for change, words in (
        ({"recipient": "nobody"}, "no recipient has the key"),
        ({"how": "by pigeon"}, "how it was sent"),
        ({"on": "2199-01-01"}, "still to come"),
        ({"on": "soon"}, "is no day"),
    ):
        given = {"recipient": "rita", "how": "mail", "on": "2026-11-01", **change}
        answer = advocate.post(f"/packs/made/{job.number}/sent", given)
        assert answer.status_code == 400, change
        assert words in html.unescape(answer.text)
    with open_store(site.campaign) as store:
        assert store.deliveries.all() == []


def test_a_delivery_of_another_pack_is_not_followed_up(site: Site, advocate: Client) -> None:
    one = made(site, advocate)
    other = made(site, advocate, {**FORM, "title": "Another"})
    assert one.number != other.number
    sent = {"recipient": "rita", "how": "mail", "on": "2026-11-01"}
    advocate.post(f"/packs/made/{one.number}/sent", sent)
    (path,) = links(advocate.get(f"/packs/made/{one.number}"), r'action="/-/desk(/packs/made/[^"]+/follow-up/\d+)"')
    wrong = path.replace(one.number, other.number)
    assert advocate.post(wrong, {"note": "x"}).status_code == 404
    assert advocate.get("/packs/made/none").status_code == 404
    assert advocate.post("/packs/follow-ups/99/done").status_code == 400


def test_a_pack_of_the_command_line_stands_in_the_list(site: Site, advocate: Client) -> None:
    with open_store(site.campaign) as store:
        order = Order(formats=("json",), output=site.campaign.folder / "elsewhere", look=False)
        pack = export_pack(store, site.campaign, Query(title="By hand"), order).pack
    assert pack.number in advocate.get("/packs").text
    page = advocate.get(f"/packs/made/{pack.number}").text
    assert "By hand" in page
    assert "were not made at the desk" in page
