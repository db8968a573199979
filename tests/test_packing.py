"""Packs as files: what is withdrawn meanwhile is in no file, one pack for each recipient, nothing half-written."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

from advocacy_monitor import plugins
from advocacy_monitor.config import Loaded, load_config
from advocacy_monitor.errors import ExportError
from advocacy_monitor.hosting import open_store
from advocacy_monitor.line import enrich_all
from advocacy_monitor.models import EvidencePack, Item, Page, Query, Recipient, Status, Use
from advocacy_monitor.moderate import decide
from advocacy_monitor.packing import Made, Order, export_for_each, export_pack, file_name
from advocacy_monitor.protocols import Plugin
from advocacy_monitor.store import Store
from tests.conftest import make_submission

CONFIG = """\
campaign:
  name: Test
  sponsor: Association
  contact: info@example.org
  areas: areas.csv
thresholds: {smallest_cell: 2, smallest_base: 5, smallest_area: 4}
enrichers: {personal_data: {}, duplicates: {}}
"""
AREAS = "area,part_of\nRiverside,North\nHillside,North\nWeststadt,South\nNorth,\nSouth,\n"
SENT = frozenset({Use.ANALYSE, Use.QUOTE_UNNAMED, Use.SEND_TO_REPRESENTATIVE})
QUERY = Query(title="What {area} says")


@pytest.fixture
def loaded(tmp_path: Path) -> Loaded:
    (tmp_path / "config.yaml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "areas.csv").write_text(AREAS, encoding="utf-8")
    return load_config(tmp_path / "config.yaml")


def filled(store: Store, loaded: Loaded, *items: Item) -> None:
    before = store.items.last_id()
    run = store.runs.start("t", "import")
    store.add_page(run, Page(items=items), collector="t")
    store.runs.finish(run, "done")
    enrich_all(store, loaded)
    new = range(before + 1, store.items.last_id() + 1)
    decide(store, new, Status.APPROVED, moderator="Kim", reason="read", clock=store.now)


def said(area: str, number: int) -> Item:
    words = ("warm", "quiet", "bright", "kind", "near", "free", "open", "calm")[number % 8]
    return make_submission(
        f"Room {number} of {area} is {words} and I go there on my way home.", area=area, consents=SENT
    )


def recipient(key: str, area: str, **rest: Any) -> Recipient:
    return Recipient(key=key, name=key.title(), office=f"Member for {area}", area=area, **rest)


def order(loaded: Loaded, *formats: str, **rest: Any) -> Order:
    return Order(formats=formats or ("json",), output=loaded.folder / "packs", look=False, **rest)


def test_each_recipient_gets_their_area_and_a_larger_one_where_it_is_too_small(loaded: Loaded) -> None:
    with open_store(loaded) as store:
        filled(
            store,
            loaded,
            *(said("Riverside", n) for n in range(5)),
            *(said("Hillside", n) for n in range(1)),
            *(said("Weststadt", n) for n in range(2)),
        )
        wanted = [recipient("rita", "riverside"), recipient("hal", "Hillside"), recipient("wes", "Weststadt")]
        made = list(export_for_each(store, loaded, QUERY, wanted, order(loaded, widen=True)))
    packs = [each.pack for each in made if isinstance(each, Made)]
    assert [(p.title, p.statements) for p in packs] == [
        ("What Riverside says", 5),
        ("What North says", 6),
        ("What all areas says", 8),
    ]
    assert packs[0].widening is None
    assert [(w.area, [(s.label, s.value) for s in w.steps]) for p in packs[1:] if (w := p.widening)] == [
        ("North", [("Hillside", None)]),  # one statement is fewer than the smallest cell
        ("", [("Weststadt", 2), ("South", 2)]),
    ]
    assert packs[1].recipient == "Hal, Member for Hillside"
    assert packs[1].addressee == wanted[1]
    assert [path.parent.name for each in made if isinstance(each, Made) for path in each.files] == [
        "rita",
        "hal",
        "wes",
    ]


def test_without_widening_a_pack_is_about_the_area_however_small(loaded: Loaded) -> None:
    with open_store(loaded) as store:
        filled(store, loaded, said("Riverside", 1), said("Weststadt", 1))
        (made,) = export_for_each(store, loaded, QUERY, [recipient("wes", "Weststadt")], order(loaded))
    assert isinstance(made, Made)
    assert (made.pack.statements, made.pack.widening) == (1, None)


def test_a_recipient_whose_folder_cannot_be_made_costs_the_others_nothing(loaded: Loaded, tmp_path: Path) -> None:
    wanted = [recipient(name, "Riverside") for name in ("ann", "bob", "cem")]
    with open_store(loaded) as store:
        filled(store, loaded, said("Riverside", 1))
        given = order(loaded)
        given.output.mkdir(parents=True)
        (given.output / "bob").write_text("no folder", encoding="utf-8")
        made = list(export_for_each(store, loaded, QUERY, wanted, given))
    assert [each for each in made if isinstance(each, str)] == [
        f"bob: {given.output / 'bob'}: the folder cannot be made: File exists"
    ]
    assert [len(each.files) for each in made if isinstance(each, Made)] == [1, 1]


def test_a_pack_whose_number_another_one_has_is_refused(loaded: Loaded) -> None:
    """Else it would not be noted, and a withdrawal would not find it."""
    with open_store(loaded) as store:
        filled(store, loaded, said("Riverside", 1), said("Riverside", 2))
        pack = export_pack(store, loaded, Query(title="All"), order(loaded)).pack
        store.packs.add(pack)
        with pytest.raises(ExportError, match=f"another pack has the number {pack.number}"):
            store.packs.add(replace(pack, digest="0" * 64))


def test_each_recipient_has_their_language_and_ask(loaded: Loaded) -> None:
    with open_store(loaded) as store:
        filled(store, loaded, said("Riverside", 1))
        wanted = [recipient("rita", "Riverside", language="de", ask="Vote for Sunday opening."), recipient("x", "")]
        made = list(export_for_each(store, loaded, QUERY, wanted, order(loaded)))
    packs = [each.pack for each in made if isinstance(each, Made)]
    assert [(p.language, p.ask) for p in packs] == [("de", "Vote for Sunday opening."), ("en", None)]


def test_a_quote_for_a_recipient_needs_the_consent_to_be_sent(loaded: Loaded) -> None:
    with open_store(loaded) as store:
        filled(store, loaded, said("Riverside", 1), make_submission("I only said it to you.", area="Riverside"))
        (made,) = export_for_each(store, loaded, QUERY, [recipient("rita", "Riverside")], order(loaded))
        everybody = export_pack(store, loaded, Query(title="All"), order(loaded))
    assert isinstance(made, Made)
    assert (made.pack.statements, [e.item_id for e in made.pack.exhibits]) == (2, [1])
    assert len(everybody.pack.exhibits) == 2


class Meddling(Plugin):
    """An exporter that somebody withdraws under: it writes its file, and then the consent is gone."""

    suffix: ClassVar[str] = ".txt"
    meanwhile: ClassVar[Callable[[], object]] = staticmethod(lambda: None)

    def export(self, pack: EvidencePack, path: Path) -> None:
        path.write_text(pack.exhibits[0].text, encoding="utf-8")
        type(self).meanwhile()


@pytest.fixture
def meddling(monkeypatch: pytest.MonkeyPatch) -> type[Meddling]:
    build = plugins.build

    def built(group: str, name: str, settings: Any, *, where: str) -> Plugin:
        return Meddling() if name == "meddling" else build(group, name, settings, where=where)

    monkeypatch.setattr(plugins, "build", built)
    return Meddling


def withdraw(store: Store) -> None:
    store.assertions.consent([1], Use.QUOTE_UNNAMED, granted=False, proof="asked to")


def reject(store: Store) -> None:
    decide(store, [1], Status.REJECTED, moderator="Kim", reason="names a neighbour", clock=store.now)


def edit(store: Store) -> None:
    with store._db.conn:
        store._db.execute("UPDATE items SET text = replace(text, 'home', 'work') WHERE id = 1")


def vanish(store: Store) -> None:
    store._db.execute("INSERT INTO verifications VALUES (1, 'gone', '2026-01-01', '2026-01-01', '2026-01-01', '', 0)")


def find_risk(store: Store) -> None:
    from advocacy_monitor.models import Annotation

    store.assertions.add([Annotation(item_id=1, label="risk", value="health", by="person:Alex")])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (withdraw, "item 1: there is no consent to be quoted"),
        (reject, "item 1: is rejected"),
        (edit, "item 1: the quote is not an exact run"),
        (vanish, "item 1: is no longer shown at its source"),
        (find_risk, "item 1: touches on protected matters"),
    ],
    ids=lambda each: getattr(each, "__name__", ""),
)
@pytest.mark.parametrize("for_each", [False, True], ids=["one", "for each"])
def test_what_changes_while_a_file_is_written_is_in_no_file(
    loaded: Loaded,
    meddling: type[Meddling],
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Store], None],
    reason: str,
    for_each: bool,
) -> None:
    with open_store(loaded) as store:
        filled(store, loaded, said("Riverside", 1))

        def meanwhile() -> None:
            with open_store(loaded) as other:
                change(other)

        monkeypatch.setattr(meddling, "meanwhile", staticmethod(meanwhile))
        wanted = order(loaded, "meddling")
        if for_each:
            (made,) = export_for_each(store, loaded, QUERY, [recipient("rita", "Riverside")], wanted)
            assert isinstance(made, Made)
        else:
            made = export_pack(store, loaded, Query(title="All"), wanted)
        assert made.files == []
        assert len(made.failures) == 1
        assert reason in made.failures[0]
        assert [path for path in wanted.output.rglob("*") if path.is_file()] == []
        assert store.packs.holding(1) == [made.pack.number]  # noted, because a file might have been there


def test_one_format_that_fails_does_not_cost_the_others_and_nothing_is_left_lying(
    loaded: Loaded, meddling: type[Meddling], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise RuntimeError("out of ink")

    monkeypatch.setattr(meddling, "meanwhile", staticmethod(fail))
    with open_store(loaded) as store:
        filled(store, loaded, said("Riverside", 1))
        made = export_pack(store, loaded, Query(title="All"), order(loaded, "meddling", "json", "json"))
    assert [path.name for path in made.files] == [f"{file_name(made.pack)}.json"]
    assert [path.name for path in (loaded.folder / "packs").iterdir()] == [f"{file_name(made.pack)}.json"]
    assert "out of ink" in made.failures[0]


def test_the_last_pack_of_the_same_query_is_known(loaded: Loaded) -> None:
    with open_store(loaded) as store:
        filled(store, loaded, said("Riverside", 1))
        first = export_pack(store, loaded, Query(title="All"), order(loaded))
        again = export_pack(store, loaded, Query(title="All"), order(loaded))
        assert (first.earlier, again.earlier) == (None, None)
        assert first.pack == again.pack
        filled(store, loaded, said("Riverside", 2))
        third = export_pack(store, loaded, Query(title="All"), order(loaded))
    assert third.earlier is not None
    assert (third.earlier.number, third.earlier.statements, list(third.earlier.quotes)) == (first.pack.number, 1, [1])


def test_a_renamed_theme_is_another_pack_and_says_the_new_name(loaded: Loaded) -> None:
    from advocacy_monitor.models import Annotation

    with open_store(loaded) as store:
        filled(store, loaded, said("Riverside", 1), said("Riverside", 2))
        store.assertions.add(
            Annotation(item_id=n, label=label, value=value, by="person:Kim")
            for n in (1, 2)
            for label, value in (("coded", "themes"), ("theme", "staff_help"))
        )
        before = export_pack(store, loaded, Query(title="All"), order(loaded)).pack
        own = "name: own\nversion: 1\nextends: library\nadd: [{code: staff_help, title: {en: People who help}}]\n"
        (loaded.folder / "own.yaml").write_text(own, encoding="utf-8")
        text = CONFIG.replace("  areas:", "  codebook: own.yaml\n  areas:")
        (loaded.folder / "config.yaml").write_text(text, encoding="utf-8")
        after = export_pack(store, load_config(loaded.path), Query(title="All"), order(loaded)).pack
    assert [theme.title for theme in after.themes] == ["People who help"]
    assert before.themes[0].title != after.themes[0].title
    assert before.number != after.number


def test_the_same_place_twice_and_an_area_that_nobody_knows(loaded: Loaded) -> None:
    with open_store(loaded) as store:
        filled(store, loaded, *(said("Riverside", n) for n in range(5)))
        (made,) = export_for_each(store, loaded, QUERY, [recipient("no", "Nowhere")], order(loaded, widen=True))
        assert isinstance(made, Made)
        assert made.pack.widening is not None
        assert [step.label for step in made.pack.widening.steps] == ["Nowhere"]
        assert made.pack.statements == 5
        with pytest.raises(ExportError, match="the folder cannot be made"):
            (loaded.folder / "taken").write_text("a file")
            export_pack(store, loaded, Query(title="All"), replace(order(loaded), output=loaded.folder / "taken"))


def test_the_json_of_a_pack_names_the_choice(loaded: Loaded) -> None:
    with open_store(loaded) as store:
        filled(store, loaded, said("Riverside", 1), said("Riverside", 2))
        made = export_pack(store, loaded, Query(title="All"), order(loaded))
    document = json.loads(made.files[0].read_text(encoding="utf-8"))
    assert document["pack"]["choice"] == {"kept_back": 0, "left_out": 0, "picked": 0, "proposed": 2, "quotable": 2}
