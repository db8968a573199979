"""What tests of the flyers' pages do again and again: open a batch, type a flyer, finish."""

from __future__ import annotations

import html
import io
import re
import sqlite3
from typing import Any

import httpx2
from PIL import Image

from advocacy_monitor.desk.context import BASE
from advocacy_monitor.questionnaire import load_questionnaire
from tests.desk.site import Client, Site

FORM = load_questionnaire("library")
TYPED = {
    "q_library": "",
    "q_matters": "1 9",
    "q_words": "It kept me [?] warm.",
    "q_postcode": "ab1 2cd",
    "q_age": "3",
    "q_consents": "12",
}


def open_batch(client: Client, name: str = "Main Street", **more: str) -> int:
    given = {
        "name": name, "library": "Lindenrode", "language": "en", "version": FORM.digest, "received": "2026-10-30", **more,
    }  # fmt: skip
    answer = client.post("/transcribe/new", given)
    assert answer.status_code == 303, answer.text
    return int(answer.headers["location"].rpartition("/")[2])


def hidden(page: str, name: str) -> str:
    (found,) = set(re.findall(rf'name="{name}" value="([^"]*)"', page))
    return html.unescape(str(found))


def sheet(client: Client, batch: int, way: str = "enter", **query: int) -> dict[str, str]:
    """What is hidden in a fresh page of a flyer."""
    asked = "&".join(f"{key}={value}" for key, value in query.items())
    page = client.get(f"/transcribe/{batch}/{way}?{asked}")
    assert page.status_code == 200, page.headers
    return {"flyer": hidden(page.text, "flyer"), "sending": hidden(page.text, "sending"), "back": "sheet"}


def put(client: Client, batch: int, **typed: str) -> httpx2.Response:
    """Types one flyer."""
    return client.post(f"/transcribe/{batch}/enter", {**sheet(client, batch), **TYPED, **typed})


def finished(client: Client, batch: int, count: int = 5) -> None:
    for _ in range(count):
        assert put(client, batch).status_code == 303
    assert client.post(f"/transcribe/{batch}/finish").status_code == 303


def rows(site: Site, sql: str) -> list[tuple[Any, ...]]:
    conn = sqlite3.connect(site.campaign.database)
    try:
        return conn.execute(sql).fetchall()
    finally:
        conn.close()


def private(site: Site, sql: str) -> list[tuple[Any, ...]]:
    conn = sqlite3.connect(site.campaign.contacts)
    try:
        return conn.execute(sql).fetchall()
    finally:
        conn.close()


def png(width: int = 60, height: int = 80, colour: str = "white") -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(written, "PNG")
    return written.getvalue()


def upload(
    site: Site, client: Client, batch: int, files: list[tuple[str, bytes]], *, csrf: str | None = None, **data: str
) -> httpx2.Response:
    """Sends files as a browser does."""
    token = csrf if csrf is not None else site.desk.accounts.csrf(client.token) if client.token else ""
    parts = [("scan", (name, content, "application/octet-stream")) for name, content in files]
    return client.stock(
        f"{BASE}/transcribe/{batch}/scans", method="POST", data={"csrf": token, "flyer": "1", **data}, files=parts
    )


def problem(page: httpx2.Response) -> str:
    found = re.search(r'id="problem"[^>]*>(.*?)</p>', page.text, re.DOTALL)
    return html.unescape(found[1]).strip() if found else ""


def said(answer: httpx2.Response) -> str:
    """What the next page will say."""
    from urllib.parse import unquote_plus

    assert answer.status_code == 303, problem(answer) or answer.text
    return unquote_plus(answer.headers["set-cookie"].split("=", 1)[1].split(";")[0])
