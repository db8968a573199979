"""Whatever colours a brand has, the two tints of a chart can be told apart, and text on them can be read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy_monitor.exporters.colours import WHITE, contrast, lighter, palette
from advocacy_monitor.models import Brand

_COLOURS = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}")


@pytest.mark.parametrize(("one", "other", "value"), [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48)])
def test_contrast_is_that_of_wcag(one: str, other: str, value: float) -> None:
    assert contrast(one, other) == contrast(other, one) == pytest.approx(value, abs=0.01)


@given(accent=_COLOURS.filter(lambda colour: contrast(colour, WHITE) >= 4.5))
def test_tints_of_any_brand_differ_in_lightness(accent: str) -> None:
    made = palette(Brand(accent=accent))
    assert contrast(made.accent, WHITE) >= 4.5
    assert contrast(made.accent, made.tint) >= 1.5
    assert contrast(made.tint, WHITE) >= 1.5
    assert contrast(made.ink, made.pale) >= 7
    assert contrast(made.soft, made.pale) >= 4.5


@given(colour=_COLOURS)
def test_a_lighter_colour_is_never_darker(colour: str) -> None:
    assert contrast(lighter(colour, contrast_with_white=1.85), WHITE) <= contrast(colour, WHITE) + 1e-9
