"""The manifest of a pack: its figures and digests, and never a text or a name of somebody quoted."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import timedelta, timezone

from advocacy_monitor.exporters.manifest import manifest
from advocacy_monitor.models import EvidencePack, Translation
from tests.exporters.sample_packs import english_pack, hostile_pack


def test_it_says_the_figures_and_the_digest_of_every_quote() -> None:
    pack = english_pack(made_with=(("advocacy-monitor", "1.2"),), codebook="libraries, version 3 (0a1b2c3d)")
    said = json.loads(manifest(pack))
    assert said["counts"]["found"] == 618
    assert said["counts"]["statements"] + sum(each["value"] for each in said["counts"]["left_out"]) == 618
    assert said["made_with"] == [{"name": "advocacy-monitor", "version": "1.2"}]
    assert said["period"] == ["2026-03-01", "2026-06-30"]
    assert [each["statement"] for each in said["exhibits"]] == [each.item_id for each in pack.exhibits]
    first = said["exhibits"][0]
    assert first["text_sha256"] == hashlib.sha256(pack.exhibits[0].text.encode()).hexdigest()
    assert first["consents"] == ["analyse", "quote_unnamed"]


def test_a_shortened_quote_has_a_digest_of_its_own() -> None:
    pack = english_pack()
    short = replace(pack.exhibits[0], quoted="After my husband died I did not speak to anyone for days. […]")
    said = json.loads(manifest(replace(pack, exhibits=(short, *pack.exhibits[1:]))))["exhibits"]
    assert said[0]["printed_sha256"] == hashlib.sha256(short.quoted.encode()).hexdigest() != said[0]["text_sha256"]
    assert said[1]["printed_sha256"] == said[1]["text_sha256"]


def test_no_text_and_no_name_stands_in_it() -> None:
    pack = english_pack()
    translated = tuple(
        replace(each, translations=(Translation(language="de", text="Auf Deutsch"),)) for each in pack.exhibits
    )
    written = manifest(replace(pack, exhibits=translated)).decode()
    for each in pack.exhibits:
        assert not any(part and part in written for part in each.text.split(". "))
    assert "Marie Example" not in written
    assert "Auf Deutsch" not in written
    assert "Harbour Library" not in written


def test_the_same_instant_in_another_zone_is_the_same_manifest(pack: EvidencePack) -> None:
    elsewhere = replace(pack, as_of=pack.as_of.astimezone(timezone(timedelta(hours=-7))))
    assert manifest(elsewhere) == manifest(pack)


def test_hostile_texts_leave_it_readable() -> None:
    assert json.loads(manifest(hostile_pack()))["title"].startswith("=1+1")
