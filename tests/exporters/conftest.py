"""Packs for the exporters' tests, and every built-in exporter."""

from __future__ import annotations

import pytest

from advocacy_monitor.models import EvidencePack
from tests.exporters import sample_packs


@pytest.fixture
def pack() -> EvidencePack:
    """A realistic pack in English."""
    return sample_packs.english_pack()


@pytest.fixture
def german() -> EvidencePack:
    """A pack of sample data in German."""
    return sample_packs.german_pack()


@pytest.fixture
def hostile() -> EvidencePack:
    """A pack in which every text would do harm if it were trusted."""
    return sample_packs.hostile_pack()
