"""A small campaign for the tests of exports and packs: with everything that must not leave it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from advocacy_monitor.config import Loaded, load_config
from advocacy_monitor.desk.pack_jobs import Job, PackJobs, jobs_of
from advocacy_monitor.hosting import open_store
from advocacy_monitor.models import Annotation, Item, Span, Status, Use
from advocacy_monitor.moderate import decide
from tests.conftest import make_post, make_submission
from tests.desk.site import Client, Site, open_site
from tests.test_packing import SENT, filled

CONFIG = """\
campaign:
  name: Test <b>campaign</b>
  sponsor: Association
  contact: info@example.org
  areas: areas.csv
  recipients: recipients.csv
thresholds: {smallest_cell: 2, smallest_base: 5, smallest_area: 4}
enrichers: {language: {}, personal_data: {}, duplicates: {}}
"""
RECIPIENTS = """key,name,office,area
rita,Rita Example,Member for Riverside,Riverside
hal,"Hal <script>alert(1)</script>",Mayor,Hillside
"""
AREAS = "area,part_of\nRiverside,North\nHillside,North\nNorth,\n"

FORM = {"title": "What {area} says", "recipient": "rita", "format": ["json", "csv"]}
"""What the form for a pack sends."""

HOSTILE = (
    '=HYPERLINK("http://evil.example.org","x") <script>alert(\'x\')</script> \u202etxet\u202c and I read here.',
    "+cmd|' /C calc'!A0 I say this with love of the reading room and of its lamps.",
    "A\x00B \U0001f4da with a NUL; =1+1\tand \r\n-2+3 more of what I like in the reading room.",
)
SECRETS = ("SECRETREJECTED", "SECRETPENDING", "SECRETWITHDRAWN", "SECRETNOCONSENT", "SECRETHELD", "SECRETESCALATED")
PHONE = "0170 1234567"
HANDLE = "wry_reader_77"


PLAIN = (
    "The north window of the reading room is where I learned to read again after a long illness.",
    "My daughter asks every Saturday whether the storyteller with the red hat comes back.",
    "Without the job centre evenings between these shelves I would not have found work at fifty.",
    "Nobody hurries you here. That is rare, and I am old enough to notice it.",
    "They printed forty pages for my asylum hearing and would not take a cent for them.",
    "On hot days the cellar with the atlases is the only cool place that costs nothing.",
    "I met my two closest friends at the chess table, and we still play on Thursdays.",
    "The lift was broken for a year, so I could not come: please do not let that happen again.",
)


def _secret(word: str, consents: frozenset[Use] = SENT) -> Item:
    number = SECRETS.index(word)
    text = f"{word} was said of {('tea', 'ropes', 'the mayor', 'a burnt roof', 'my child', 'snow')[number]}. " * 2
    return make_submission(f"{text}{PLAIN[number][::-1]}", consents=consents, area="Riverside")


def statements() -> list[Item]:
    """Twelve that may be shared, hostile ones among them, and then one for each of SECRETS."""
    plain: list[Item] = [
        make_submission(
            text,
            consents=SENT,
            area="Riverside" if n % 2 else "Hillside",
            library="Lindenrode" if n % 3 else "Hafen <i>",
            source="survey:spring" if n % 2 else "mail",
        )
        for n, text in enumerate(PLAIN)
    ]
    hostile: list[Item] = [make_submission(text, consents=SENT, area="Riverside") for text in HOSTILE]
    hostile[2:2] = [make_submission(f"Ring me on {PHONE} about the reading room that I love so.", consents=SENT)]
    secret = [
        _secret("SECRETREJECTED"),
        _secret("SECRETPENDING"),
        _secret("SECRETWITHDRAWN"),
        _secret("SECRETNOCONSENT", frozenset({Use.ANALYSE})),
        _secret("SECRETHELD"),
        _secret("SECRETESCALATED"),
    ]
    post = make_post("A post by somebody who never said that it may be quoted: SECRETPOST.", author_handle=HANDLE)
    return [*plain, *hostile, *secret, post]


def prepare_campaign(folder: Path) -> Loaded:
    """Writes the campaign, enriches it as the program does, and decides about each statement."""
    for name, text in (("config.yaml", CONFIG), ("recipients.csv", RECIPIENTS), ("areas.csv", AREAS)):
        (folder / name).write_text(text, encoding="utf-8")
    loaded = load_config(folder / "config.yaml")
    with open_store(loaded) as store:
        filled(store, loaded, *statements())
        of = {word: item_of(loaded, word) for word in SECRETS}
        decide(store, [of["SECRETREJECTED"]], Status.REJECTED, moderator="Kim", reason="no", clock=store.now)
        decide(store, [of["SECRETPENDING"]], Status.PENDING, moderator="Kim", reason="again", clock=store.now)
        decide(store, [of["SECRETESCALATED"]], Status.ESCALATED, moderator="Kim", reason="who", clock=store.now)
        store.assertions.add(
            [
                Annotation(
                    item_id=of["SECRETHELD"],
                    label="risk",
                    value="minor",
                    by="person:Kim",
                    spans=(Span(start=0, end=3),),
                )
            ]
        )
        withdraw(loaded, "SECRETWITHDRAWN")
    return loaded


def item_of(loaded: Loaded, word: str) -> int:
    """The id of the statement that holds a word."""
    with open_store(loaded) as store:
        return next(item.id for batch in store.items.each() for item in batch if word in item.text)


def withdraw(loaded: Loaded, word: str) -> None:
    """Takes all consents of a statement back."""
    item_id = item_of(loaded, word)
    with open_store(loaded) as store:
        for use in SENT:
            store.assertions.consent([item_id], use, granted=False, proof="withdrawn")


@contextmanager
def site_of(folder: Path) -> Iterator[Site]:
    """A desk over the prepared campaign."""
    with open_site(load_config(folder / "config.yaml")) as site:
        yield site


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
