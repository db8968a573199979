"""A form site in this process: its pages are fetched and forms filled in as a browser without JavaScript would."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import html5lib
import httpx2
from starlette.testclient import TestClient

from advocacy_monitor.config import Config, Loaded
from advocacy_monitor.hosting import open_store
from advocacy_monitor.store import Store
from advocacy_monitor.web.app import application
from advocacy_monitor.web.site import Site

LIBRARIES = (
    {"library": "Quarry Lane Library", "area": "Riverside", "postcode": "2600", "municipality": "Queanford"},
    {"library": "Bücherei Lindenrode", "area": "Weststadt", "postcode": "45127", "municipality": "Lindenrode"},
    {"library": "Central Library", "area": "North End", "postcode": "3000", "municipality": "Port Mallee"},
    {"library": "Central Library", "area": "Riverside", "postcode": "2601", "municipality": "Queanford"},
    {"library": "مكتبة الحي", "area": "Weststadt", "postcode": "45128", "municipality": "Lindenrode"},
)
ENOUGH = {"q_words": "The library kept me going.", "q_matters": ["print_books", "staff_help"], "consent": ["analyse"]}
"""What has to be filled in, and a little more."""

_XHTML = "{http://www.w3.org/1999/xhtml}"


class Moved:
    """A clock that stands still unless a test moves it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **span: float) -> None:
        self.now += timedelta(**span)


def parsed(text: str) -> Any:
    """A page as a tree. Whatever is no valid HTML 5 fails."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return parser.parse(text)


def fields(text: str, *, action: str | None = None) -> dict[str, list[str]]:
    """What a browser would send of a page's form as it stands: of the first one, or that with an action."""
    tree = parsed(text)
    forms = [each for each in tree.iter("form") if each.get("method") == "post"]
    form = next(each for each in forms if action is None or each.get("action", "").partition("?")[0] == action)
    found: dict[str, list[str]] = {}
    for each in form.iter():
        if each.tag == "textarea":
            found.setdefault(each.get("name"), []).append((each.text or "").removeprefix("\n"))
        elif each.tag == "input" and each.get("name"):
            is_box = each.get("type") in ("checkbox", "radio")
            if not is_box or each.get("checked") is not None:
                found.setdefault(each.get("name"), []).append(each.get("value", "on" if is_box else ""))
    return found


@dataclass
class FormSite:
    """The server with its campaign. Times are the clock's: a page is ten seconds old when it is sent."""

    loaded: Loaded
    web: TestClient
    site: Site
    clock: Moved
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str = "/", **headers: str) -> httpx2.Response:
        """A page. Headers as keywords: accept_language='de'."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.web.get(path, headers={**self.headers, **given}, follow_redirects=False)

    def post(
        self, path: str, data: Mapping[str, str | Sequence[str]], headers: Mapping[str, str] | None = None
    ) -> httpx2.Response:
        """What a form sends, as it stands in `data`."""
        sent = {name: value if isinstance(value, str) else list(value) for name, value in data.items()}
        return self.web.post(path, data=sent, headers={**self.headers, **(headers or {})}, follow_redirects=False)

    def filled(self, path: str = "/", /, **given: str | Sequence[str]) -> dict[str, str | Sequence[str]]:
        """The form of a page with some fields filled in; ten seconds pass."""
        page = self.get(path)
        assert page.status_code == 200, page.text
        data: dict[str, str | Sequence[str]] = {**fields(page.text), **given}
        self.clock.pass_(seconds=10)
        return data

    def send(self, path: str = "/", /, **given: str | Sequence[str]) -> httpx2.Response:
        """Fills in the form, with ENOUGH and what is given, and sends it."""
        return self.post(path, self.filled(path, **{**ENOUGH, **given}))

    def code(self, page: httpx2.Response) -> str:
        """The withdrawal code on a confirmation page."""
        return str(next(each.text for each in parsed(page.text).iter("code")))

    @contextmanager
    def store(self) -> Iterator[Store]:
        """The campaign's store, to see what was kept."""
        with open_store(self.loaded, clock=self.clock) as store:
            yield store

    def held(self, page: httpx2.Response) -> Any:
        """What is held of the answer whose confirmation page this is."""
        with self.store() as store:
            item_id = store.submissions.of_code(self.code(page))
            assert item_id is not None
            return store.submissions.held(item_id)

    def count(self) -> int:
        """How many statements there are."""
        with self.store() as store:
            return sum(len(batch) for batch in store.items.each())


def campaign(
    folder: Path,
    *,
    libraries: Sequence[Mapping[str, str]] = LIBRARIES,
    form: Mapping[str, Any] | None = None,
    about: Mapping[str, Any] | None = None,
    mail: Mapping[str, Any] | None = None,
) -> Loaded:
    """A campaign's configuration in a folder."""
    settings: dict[str, Any] = {
        "name": "Missed My Library",
        "sponsor": "Example Library Association",
        "contact": "advocacy@example.org",
        "hashtags": ["MissedMyLibrary", "DankeBibliothek"],
    }
    if libraries:
        with (folder / "libraries.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(libraries[0]))
            writer.writeheader()
            writer.writerows(libraries)
        settings["libraries"] = "libraries.csv"
    given: dict[str, Any] = {"campaign": {**settings, **(about or {})}, "form": form or {}}
    if mail is not None:
        given["mail"] = mail
    return Loaded(config=Config.model_validate(given), path=folder / "config.yaml")


@contextmanager
def open_form_site(folder: Path, **settings: Any) -> Iterator[FormSite]:
    """A server over a campaign in a folder."""
    clock, loaded = Moved(), campaign(folder, **settings)
    app = application(loaded, clock=clock)
    with TestClient(app, base_url="https://form.example.org") as web:
        yield FormSite(loaded=loaded, web=web, site=app.state.site, clock=clock)
