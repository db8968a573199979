"""For whom a pack is: the recipient of a key or a name, and a selection that goes back to the same one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from advocacy_monitor.choosing import propose_pack
from advocacy_monitor.cli import main
from advocacy_monitor.cli_query import changed_query, known_recipient
from advocacy_monitor.config import Loaded, load_config
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.hosting import open_store
from advocacy_monitor.models import Query
from advocacy_monitor.packing import Order
from advocacy_monitor.selection_read import read_selection
from tests.test_packing import CONFIG, filled, said

RECIPIENTS = """key,name,office,area
jane,Jane Roe,Member for Riverside,Riverside
john-1,John Roe,Mayor,Riverside
john-2,John Roe,Senator,Hillside
"""


@pytest.fixture
def loaded(tmp_path: Path) -> Loaded:
    (tmp_path / "config.yaml").write_text(CONFIG.replace("  areas: areas.csv\n", ""), encoding="utf-8")
    (tmp_path / "recipients.csv").write_text(RECIPIENTS, encoding="utf-8")
    return load_config(tmp_path / "config.yaml")


@pytest.mark.parametrize("name", ["jane", "Jane Roe", "Jane Roe, Member for Riverside"])
def test_a_recipient_is_known_by_key_and_by_name_with_or_without_the_office(loaded: Loaded, name: str) -> None:
    found = known_recipient(loaded, name)
    assert found is not None
    assert found.area == "Riverside"
    assert known_recipient(loaded, "Somebody Else") is None


def test_a_name_that_two_recipients_have_is_asked_about(loaded: Loaded) -> None:
    with pytest.raises(ConfigError, match=r"2 recipients are called 'John Roe'.*john-1, john-2"):
        known_recipient(loaded, "John Roe")
    found = known_recipient(loaded, "John Roe, Senator")
    assert found is not None
    assert found.key == "john-2"


def test_an_option_beside_a_selection_changes_nothing_but_itself(loaded: Loaded) -> None:
    proposed = Query(title="A", areas=("Riverside",), since=date(2026, 3, 1), recipient="jane")
    nothing = {"themes": (), "areas": (), "languages": (), "recipient": None, "title": None, "since": None}
    assert changed_query(loaded, proposed, **nothing) == proposed
    changed = changed_query(loaded, proposed, **(nothing | {"title": "B", "until": datetime(2026, 4, 1)}))  # noqa: DTZ001
    assert changed == replace(proposed, title="B", until=date(2026, 4, 1))


def test_a_title_about_a_recipient_needs_one(loaded: Loaded) -> None:
    for more in ([], ["--recipient", "jnae"]):
        made = CliRunner().invoke(
            main, ["-c", str(loaded.folder / "config.yaml"), "pack", "--title", "What {area} says", *more]
        )
        assert (made.exit_code, "is about a recipient" in made.output) == (2, True), made.output


def test_a_selection_that_was_proposed_for_a_recipient_leads_back_to_them(loaded: Loaded, tmp_path: Path) -> None:
    with open_store(loaded) as store:
        filled(store, loaded, *(said(area, n) for area in ("Riverside", "Hillside") for n in range(5)))
    jane = known_recipient(loaded, "jane")
    assert jane is not None
    path = tmp_path / "selection.yaml"
    order = Order(formats=(), output=tmp_path, recipient=jane)
    query = replace(Query(title="What {area} says"), recipient=jane.shown)
    assert propose_pack(loaded, query, path, order=order) == 5
    path.write_text(path.read_text(encoding="utf-8").replace('chosen_by: ""', "chosen_by: Kim"), encoding="utf-8")
    assert known_recipient(loaded, read_selection(path).query.recipient) == jane
