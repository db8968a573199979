"""Scans at the desk: only pictures, drawn anew, seen by those who transcribe, and a machine's reading is a draft."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator

import pytest
from PIL import Image

from advocacy_monitor.desk.context import BASE
from tests.desk.flyer_steps import TYPED, hidden, open_batch, png, private, problem, put, rows, said, sheet, upload
from tests.desk.site import Client, Site
from tests.test_ocr import sheet as printed

needs_tesseract = pytest.mark.skipif(shutil.which("tesseract") is None, reason="needs tesseract")


@pytest.fixture
def anna(desk_site: Site) -> Client:
    return desk_site.client("transcriber", name="Anna")


@pytest.fixture
def batch(anna: Client) -> int:
    return open_batch(anna)


def test_a_pile_of_scans_goes_to_one_flyer_after_the_other(desk_site: Site, anna: Client, batch: int) -> None:
    files = [(f"page-{number}.png", png(colour=colour)) for number, colour in ((10, "red"), (9, "blue"), (1, "green"))]
    assert said(upload(desk_site, anna, batch, files)) == "3 pictures were added."
    found = []
    for flyer, content in private(desk_site, "SELECT flyer, content FROM scans ORDER BY flyer"):
        with Image.open(io.BytesIO(content)) as image:
            levels = [band.getextrema()[1] for band in image.split()]
            found.append((flyer, levels.index(max(levels))))
    assert found == [(1, 1), (2, 2), (3, 0)]
    twice = upload(desk_site, anna, batch, [("again.png", png(colour="green"))])
    assert said(twice) == "0 pictures were added."
    sides = [(f"{number}.png", png(width=number + 9)) for number in range(4)]
    upload(desk_site, anna, batch, sides, flyer="7", sides="2")
    assert private(desk_site, "SELECT flyer, count(*) FROM scans WHERE flyer > 5 GROUP BY 1") == [(7, 2), (8, 2)]


def test_a_scan_is_seen_beside_the_fields_by_those_who_transcribe(desk_site: Site, anna: Client, batch: int) -> None:
    upload(desk_site, anna, batch, [("a.png", png())])
    page = anna.get(f"/transcribe/{batch}/enter").text
    assert f'src="{BASE}/transcribe/{batch}/scans/1"' in page
    scan = anna.get(f"/transcribe/{batch}/scans/1")
    assert (scan.status_code, scan.headers["content-type"], scan.headers["cache-control"]) == (
        200, "image/jpeg", "no-store",
    )  # fmt: skip
    assert scan.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'self'" in scan.headers["content-security-policy"]
    for role, status in ((None, 303), ("viewer", 403), ("coder", 403), ("advocate", 403), ("moderator", 200)):
        assert desk_site.client(role).get(f"/transcribe/{batch}/scans/1").status_code == status
    other = open_batch(anna, "Another")
    assert anna.get(f"/transcribe/{other}/scans/1").status_code == 404
    assert rows(desk_site, "SELECT count(*) FROM sqlite_master WHERE name = 'scans'") == [(0,)]
    assert said(anna.post(f"/transcribe/{batch}/scans/1/remove")) == "The scan was removed."
    assert anna.get(f"/transcribe/{batch}/scans/1").status_code == 404


def test_attaching_a_scan_keeps_what_was_typed(desk_site: Site, anna: Client, batch: int) -> None:
    page = {**sheet(anna, batch), **TYPED}
    answer = upload(desk_site, anna, batch, [("a.png", png())], **page)
    assert answer.status_code == 200 and "/scans/1" in answer.text
    assert "It kept me [?] warm." in answer.text and 'value="1 9"' in answer.text
    assert hidden(answer.text, "sending") == page["sending"]
    bad = upload(desk_site, anna, batch, [("<b>.svg", b"<svg onload=alert(1)>")], **page)
    assert bad.status_code == 400
    assert "&lt;b&gt;.svg is no picture" in problem(bad).replace("<", "&lt;").replace(">", "&gt;")
    assert "<b>" not in bad.text and "It kept me [?] warm." in bad.text
    assert problem(upload(desk_site, anna, batch, [], **page)) == "Choose a file first."
    assert private(desk_site, "SELECT count(*) FROM scans") == [(1,)]


def test_one_bad_file_among_good_ones_is_told(desk_site: Site, anna: Client, batch: int) -> None:
    files = [("1.png", png()), ("2.png", b"nothing"), ("3.png", png(colour="red"))]
    assert said(upload(desk_site, anna, batch, files)) == (
        "2 pictures were added. 2.png is no picture of the kind JPEG or PNG, and no PDF."
    )
    assert private(desk_site, "SELECT flyer FROM scans ORDER BY 1") == [(1,), (3,)]


def test_files_are_taken_from_nobody_else(desk_site: Site, anna: Client, batch: int) -> None:
    for role, status in ((None, 303), ("viewer", 403), ("coder", 403), ("advocate", 403)):
        assert upload(desk_site, desk_site.client(role), batch, [("a.png", png())]).status_code == status
    assert upload(desk_site, anna, batch, [("a.png", png())], csrf="x" * 64).status_code == 403
    assert private(desk_site, "SELECT count(*) FROM scans") == [(0,)]
    elsewhere = anna.stock(
        f"{BASE}/transcribe/{batch}/enter", method="POST", data=TYPED, files=[("scan", ("a.png", png()))]
    )
    assert elsewhere.status_code == 400


def test_large_requests_are_taken_for_scans_only(desk_site: Site, anna: Client, batch: int) -> None:
    def drops(count: int) -> Iterator[bytes]:
        yield from (b"a" * (1 << 20) for _ in range(count))

    kind = {"content-type": "multipart/form-data; boundary=x"}
    path = f"{BASE}/transcribe/{batch}/scans"
    for client, target, megabytes in (
        (anna, path, 66),
        (anna, f"{BASE}/transcribe/{batch}/enter", 6),
        (anna, f"{BASE}/transcribe/{batch}/scans/1", 6),
        (desk_site.client("viewer"), path, 6),
        (desk_site.client(None), path, 6),
    ):
        declared = {**kind, "content-length": str(megabytes << 20)}
        assert client.stock(target, method="POST", headers=declared, content=b"").status_code == 413
    many = upload(desk_site, anna, batch, [(f"{n}.png", b"x") for n in range(41)])
    assert many.status_code == 400


def test_a_file_of_many_megabytes_is_taken(desk_site: Site, anna: Client, batch: int) -> None:
    noise = Image.effect_noise((2400, 2600), 90)
    written = io.BytesIO()
    noise.save(written, "PNG")
    assert len(written.getvalue()) > 4 << 20
    assert said(upload(desk_site, anna, batch, [("noise.png", written.getvalue())])) == "1 picture was added."


@needs_tesseract
def test_what_a_machine_read_is_stored_only_when_a_person_has_read_it(
    desk_site: Site, anna: Client, batch: int
) -> None:
    upload(desk_site, anna, batch, [("a.png", printed("Which library do you use?", "THE READING ROOM IS WARM"))])
    page = {**sheet(anna, batch), **TYPED, "q_words": ""}
    answer = anna.post(f"/transcribe/{batch}/draft", page)
    assert "THE READING ROOM IS WARM</textarea>" in answer.text
    assert "Compare each with the sheet." in answer.text and 'value="1 9"' in answer.text
    assert rows(desk_site, "SELECT count(*) FROM transcriptions") == [(0,)]
    drafted = {**page, "q_words": "THE READING ROOM  IS WARM\n", "draft": hidden(answer.text, "draft")}
    refused = anna.post(f"/transcribe/{batch}/enter", drafted)
    assert refused.status_code == 400 and "nobody has read them yet" in refused.text
    assert hidden(refused.text, "draft") == drafted["draft"]
    assert rows(desk_site, "SELECT count(*) FROM transcriptions") == [(0,)]
    assert said(anna.post(f"/transcribe/{batch}/enter", {**drafted, "is_read": "yes"})) == "Flyer 1 is stored."
    changed = {**drafted, **sheet(anna, batch), "q_words": "The reading room is warm."}
    assert said(anna.post(f"/transcribe/{batch}/enter", changed)) == "Flyer 2 is stored."


@needs_tesseract
def test_a_draft_comes_behind_what_was_typed_and_says_what_it_lacks(desk_site: Site, anna: Client, batch: int) -> None:
    page = {**sheet(anna, batch), **TYPED}
    upload(desk_site, anna, batch, [("a.png", png(600, 400))])
    assert problem(anna.post(f"/transcribe/{batch}/draft", page)) == "The machine found no words on this scan."
    upload(desk_site, anna, batch, [("b.png", printed("WARM AND DRY HERE"))])
    both = anna.post(f"/transcribe/{batch}/draft", page)
    assert "It kept me [?] warm.\nWARM AND DRY HERE</textarea>" in both.text
    russian = open_batch(anna, "Russian", language="ru")
    upload(desk_site, anna, russian, [("b.png", printed("WARM"))])
    answer = anna.post(f"/transcribe/{russian}/draft", {**sheet(anna, russian), **TYPED})
    assert "has not learned this language" in problem(answer) or "machine" in answer.text


def test_without_tesseract_no_draft_is_offered(
    desk_site: Site, anna: Client, batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload(desk_site, anna, batch, [("a.png", png())])
    monkeypatch.setenv("PATH", "")
    assert "Read by machine" not in anna.get(f"/transcribe/{batch}/enter").text
    answer = anna.post(f"/transcribe/{batch}/draft", {**sheet(anna, batch), **TYPED})
    assert "No program for reading scans" in problem(answer) and "It kept me [?] warm." in answer.text
    pdf = b"%PDF-1.4\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj"
    assert said(upload(desk_site, anna, batch, [("a.pdf", pdf)], flyer="2")) == "1 picture was added."
    kept = anna.get(f"/transcribe/{batch}/scans/2")
    assert kept.headers["content-disposition"].startswith("attachment;") and kept.content == pdf


def test_scans_go_with_the_batch_or_with_the_answer(desk_site: Site, anna: Client, batch: int) -> None:
    upload(desk_site, anna, batch, [("1.png", png()), ("2.png", png(colour="red"))])
    put(anna, batch)
    put(anna, batch)
    (item,) = rows(desk_site, "SELECT item_id FROM transcriptions WHERE flyer = 1")[0]
    with desk_site.desk.writer() as store:
        store.submissions.withdraw(item)
    assert private(desk_site, "SELECT flyer FROM scans") == [(2,)]
    assert said(upload(desk_site, anna, batch, [("1.png", png())])) == (
        "0 pictures were added. Of flyer 1 no scan may be kept."
    )
    upload(desk_site, anna, batch, [("3.png", png()), ("4.png", png())], flyer="3")
    left = {**sheet(anna, batch, flyer=3), "leave": "no_consent"}
    assert "left out" in said(anna.post(f"/transcribe/{batch}/enter", left))
    assert private(desk_site, "SELECT flyer FROM scans ORDER BY 1") == [(2,), (4,)]
    anna.post(f"/transcribe/{batch}/finish")
    assert said(anna.post(f"/transcribe/{batch}/close")) == "The batch is closed."
    assert private(desk_site, "SELECT flyer FROM scans") == [(2,)]
    assert upload(desk_site, anna, batch, [("1.png", png())]).status_code == 409


def test_scans_are_removed_on_closing_when_that_is_asked_for(desk_site: Site, anna: Client, batch: int) -> None:
    upload(desk_site, anna, batch, [("1.png", png())])
    put(anna, batch)
    anna.post(f"/transcribe/{batch}/finish")
    assert said(anna.post(f"/transcribe/{batch}/close", {"scans": "remove"})) == "The batch is closed."
    assert private(desk_site, "SELECT flyer FROM scans") == []
