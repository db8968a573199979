"""A campaign whose answers came by its own form: the shipped questionnaire, approved and checked."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from advocacy_monitor.models import Form, Received, Status, Use
from advocacy_monitor.moderate import decide
from advocacy_monitor.questionnaire import load_questionnaire
from advocacy_monitor.results.making import Results, make_results
from tests.conftest import Clock, make_submission
from tests.publish.conftest import Campaign, campaign_in

QUOTED = frozenset({Use.ANALYSE, Use.QUOTE_UNNAMED})
COUNTED = frozenset({Use.ANALYSE})
FORM = load_questionnaire("library").form
_numbers = itertools.count(1)


@dataclass
class Asked:
    """A campaign that asked."""

    campaign: Campaign

    def answer(self, *many: dict[str, Any], form: Form = FORM, approve: bool = True) -> list[int]:
        """Stores answers to the form and returns their ids."""
        store = self.campaign.store
        group = [Received(submission=_submission(**each), form=form, language="en") for each in many]
        ids = [kept.item_id for kept in store.submissions.add(group)]
        for name, by in self.campaign.versions.items():
            after = store.assertions.begin(name, by)
            store.assertions.add_batch(by, [], after=after, last_item_id=store.items.last_id())
        if approve and ids:
            decide(store, ids, Status.APPROVED, moderator="Kim", reason="", clock=self.campaign.clock)
        return ids

    @property
    def folder(self) -> Path:
        return self.campaign.loaded.folder / "libraries"

    def make(self, **given: Any) -> Results:
        return make_results(self.campaign.store, self.campaign.loaded, self.folder, look=False, **given)

    def read(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")


def _submission(text: str = "", *, matters: str = "", changed: str = "", **given: Any) -> Any:
    number = next(_numbers)
    answers = {key: value for key, value in (("matters", matters), ("changed", changed)) if value}
    text = text or f"Number {number} is what I have to say about it."
    values: dict[str, Any] = {
        "source": "form",
        "source_id": f"s{number}",
        "consents": COUNTED,
        "library": "Lindenrode",
        "area": None,
        "answers": answers | given.pop("answers", {}),
        "raw": json.dumps([text, number]).encode(),
    }
    return make_submission(text, **(values | given))


@pytest.fixture
def asked(tmp_path: Path, clock: Clock) -> Iterator[Asked]:
    made = campaign_in(tmp_path / "campaign", clock, smallest=5)
    with made.store:
        yield Asked(made)


def with_limits(asked: Asked, **limits: Any) -> None:
    """Other thresholds than those of the folder's configuration."""
    config = asked.campaign.loaded.config
    thresholds = config.thresholds.model_copy(update=limits)
    loaded = asked.campaign.loaded.model_copy(update={"config": config.model_copy(update={"thresholds": thresholds})})
    asked.campaign = replace(asked.campaign, loaded=loaded)
