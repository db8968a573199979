"""Charts are well-formed SVG whose lengths and labels are the numbers."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy_monitor.exporters.brief_charts import coding_note, month_section, theme_sections
from advocacy_monitor.exporters.charts import ACCENT, HALF, TINT, WIDE, WIDTH, Bar, Look, bar_chart
from advocacy_monitor.exporters.glyphs import Cleaning
from advocacy_monitor.exporters.wording import wording
from advocacy_monitor.models import Count, EvidencePack, ThemeCount
from tests.exporters.sample_packs import LONG_WORD, english_pack

_SVG = "{http://www.w3.org/2000/svg}"
EN, DE = wording("en"), wording("de")


def _bar(value: int | None, *, confirmed: int = 0, title: str = "A theme") -> Bar:
    return Bar(title=title, value=value, confirmed=confirmed, label=f"{value} of 99", note="note")


def _widths(svg: str, colour: str) -> list[float]:
    root = ET.fromstring(svg)
    return [float(each.get("width", "0")) for each in root.iter(f"{_SVG}rect") if each.get("fill") == colour]


def test_lengths_are_proportional_and_hidden_counts_have_no_bar() -> None:
    svg = bar_chart([_bar(40, confirmed=10), _bar(20), _bar(None)], title="t", description="d")
    longest, half = _widths(svg, TINT)
    assert abs(longest - 2 * half) < 0.02
    assert _widths(svg, ACCENT) == [round(longest / 4, 2)]
    texts = [each.text for each in ET.fromstring(svg).iter(f"{_SVG}text")]
    assert {"40 of 99", "20 of 99", "None of 99"} <= set(texts)


@given(titles=st.lists(st.text(), min_size=1, max_size=4))
def test_any_title_gives_well_formed_svg(titles: list[str]) -> None:
    bars = [_bar(5, title=Cleaning().clean(title)) for title in titles]
    svg = bar_chart(bars, title="<&>", description="]]>")
    assert ET.fromstring(svg).find(f"{_SVG}title") is not None


def test_every_label_stays_inside_the_page() -> None:
    label = "12,345 of 123,456 (10%) · 11,234 known authors"
    bars = [Bar(title="A", value=12_345, confirmed=0, label=label, note=""), _bar(40)]
    svg = ET.fromstring(bar_chart(bars, title="", description=""))
    ends = [float(each.get("x", "0")) + 4.5 * len(each.text or "") for each in svg.iter(f"{_SVG}text")]
    assert max(ends) <= WIDTH


def test_people_are_named_as_known_authors_only_where_some_are_unknown() -> None:
    known = theme_sections(english_pack(authors_unknown=0), EN, Cleaning())[0]["alternative"]
    assert "58 of 412 (14%) · 51 people" in known
    hidden = ThemeCount(code="a", title="A", statements=40, people=None, confirmed=0)
    some = theme_sections(english_pack(themes=(hidden,)), EN, Cleaning())[0]["alternative"]
    assert "40 of 412 (10%) · fewer than 5 known authors" in some


def test_long_titles_take_two_lines_and_end_in_a_mark() -> None:
    svg = bar_chart(
        [_bar(5, title="word " * 40), _bar(5, title=LONG_WORD), _bar(5, title="图" * 80)], title="", description=""
    )
    bold = [each for each in ET.fromstring(svg).iter(f"{_SVG}text") if each.get("font-weight")]
    assert len(bold) == 6
    assert all(len(each.text or "") <= 30 for each in bold)


def test_empty_and_zero_charts_are_drawn() -> None:
    assert ET.fromstring(bar_chart([], title="t", description="d")).tag == f"{_SVG}svg"
    assert _widths(bar_chart([_bar(0)], title="t", description="d"), TINT) == []


def test_largest_theme_comes_first_and_hidden_ones_last(pack: EvidencePack) -> None:
    full, *_, short = theme_sections(pack, EN, Cleaning())
    assert full["heading"] == "“Company instead of loneliness” comes up in 58 of the 412 statements counted here"
    assert full["alternative"].index("58 of 412 (14%) · 51 known authors") < full["alternative"].index("8 of 412 (2%)")
    assert "Opening hours (criticism)" in full["alternative"]  # critical statements stay (R14)
    assert "2 more themes are in the data annex." in full["note"]
    assert "5 more themes are in the data annex." in short["note"]
    assert "fewer than 5" not in full["alternative"]


def test_finding_is_claimed_only_for_checked_coding_and_a_clear_lead() -> None:
    def heading(*themes: ThemeCount) -> str:
        sections = theme_sections(english_pack(themes=themes), EN, Cleaning())
        return str(sections[0]["heading"])

    def theme(statements: int | None, *, confirmed: int = 0, checked: int = 0) -> ThemeCount:
        return ThemeCount(
            code=str(statements),
            title="T",
            statements=statements,
            people=9,
            confirmed=confirmed,
            checked=checked,
            precision=0.9 if checked else None,
        )

    plain = "What the statements are about"
    assert heading(theme(40)) == plain
    assert heading(theme(40, checked=10), theme(40, checked=10)) == plain
    assert heading(theme(None)) == plain
    assert heading(theme(40, checked=10), theme(None)).startswith("“T” comes up in 40 of the 412")
    assert heading(theme(40, confirmed=40), theme(30)).startswith("“T” comes up in 40 of the 412")
    assert theme_sections(english_pack(themes=()), EN, Cleaning()) == []


def test_every_theme_says_how_good_its_coding_is() -> None:
    def note(**given: object) -> str:
        values = {"code": "a", "title": "A", "statements": 40, "people": 30, "confirmed": 0} | given
        return coding_note(ThemeCount(**values), DE)  # type: ignore[arg-type]  # a test names the fields it sets

    assert note() == "Maschinenvorschlag, an Aussagen dieser Kampagne noch nicht gemessen"
    assert note(confirmed=40) == "von einem Menschen eingeordnet"
    assert note(precision=0.9, checked=0).startswith("Maschinenvorschlag")
    assert note(precision=0.9, precision_range=(0.8, 0.951), checked=1200, at_random=True) == (
        "an 1.200 zufällig gezogenen Aussagen geprüft: Genauigkeit 0,90 (0,80–0,95)"
    )
    assert note(recall=0.5, checked=20, confirmed=3) == (
        "an 20 nicht zufällig gezogenen Aussagen geprüft: Trefferquote 0,50; 3 von Hand bestätigt"
    )
    assert note(checked=20).startswith("zu selten unter den 20 geprüften Aussagen")
    assert "bestätigt" not in note(statements=None, confirmed=3)


def test_months_are_named_and_hidden_ones_stay_hidden() -> None:
    months = tuple(Count(label=f"2025-{month:02}", value=None if month == 12 else 10 * month) for month in range(1, 13))
    section = month_section(english_pack(months=(*months, Count(label="2026-01", value=7))), EN)
    assert section is not None
    assert "fewer than 5 in December 2025, 7 in January 2026." in section["alternative"]
    assert "in January 2025" not in section["alternative"]  # twelve months at most
    texts = [each.text for each in ET.fromstring(section["svg"]).iter(f"{_SVG}text")]
    assert texts.count("<5") == 1
    assert month_section(english_pack(months=months[:1]), EN) is None


def _boxes(svg: str) -> list[tuple[float, float]]:
    """Where each bar begins and ends, from the left edge."""
    found = ET.fromstring(svg).iter(f"{_SVG}rect")
    return [(float(each.attrib["x"]), float(each.attrib["x"]) + float(each.attrib["width"])) for each in found]


@given(values=st.lists(st.integers(0, 500), min_size=1, max_size=6), width=st.sampled_from([HALF, WIDTH, WIDE]))
def test_from_right_to_left_every_bar_is_mirrored(values: list[int], width: float) -> None:
    bars = [_bar(value, confirmed=value // 2) for value in values]
    plain = bar_chart(bars, title="", description="", look=Look(width=width))
    mirrored = bar_chart(bars, title="", description="", look=Look(width=width, right_to_left=True))
    for (left, right), (other_left, other_right) in zip(_boxes(plain), _boxes(mirrored), strict=True):
        assert abs(width - right - other_left) < 0.02
        assert abs(width - left - other_right) < 0.02
    assert all(each.get("text-anchor") == "end" for each in ET.fromstring(mirrored).iter(f"{_SVG}text"))


@pytest.mark.parametrize("width", [HALF, WIDTH, WIDE])
def test_every_bar_and_label_fits_each_width(width: float) -> None:
    svg = bar_chart([_bar(99), _bar(3)], title="", description="", look=Look(width=width))
    assert max(right for _, right in _boxes(svg)) < width
    ends = [float(each.get("x", "0")) + 4.5 * len(each.text or "") for each in ET.fromstring(svg).iter(f"{_SVG}text")]
    assert max(ends) <= width


def test_bars_of_places_can_be_grey_and_have_no_note() -> None:
    quiet = Bar(title="not known", value=3, confirmed=3, label="3", quiet=True)
    svg = bar_chart([quiet], title="", description="")
    assert _widths(svg, ACCENT) == _widths(svg, TINT) == []
    assert len(list(ET.fromstring(svg).iter(f"{_SVG}text"))) == 2
