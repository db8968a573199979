"""Filters go into an address and come back as they were; what is none is refused in words."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy_monitor.errors import ConfigError
from advocacy_monitor.summary.filters import CONSENTS, Filters

_values = st.lists(st.text(min_size=1, max_size=20).filter(str.strip).map(str.strip), max_size=3, unique=True).map(
    tuple
)
_filters = st.builds(
    Filters,
    statuses=st.sampled_from([(), ("pending",), ("approved", "rejected")]),
    themes=_values,
    areas=_values,
    libraries=_values,
    consents=st.lists(st.sampled_from(CONSENTS), unique=True).map(tuple),
    risks=_values,
    since=st.none() | st.dates(),
    until=st.none() | st.dates(),
    words=st.text(max_size=30).map(str.strip),
    counted=st.booleans(),
)


@given(filters=_filters)
def test_an_address_holds_everything(filters: Filters) -> None:
    assert Filters.read(filters.pairs()) == filters
    for key, value in filters.pairs():
        assert len(filters.without(key, value).pairs()) == len(filters.pairs()) - 1


def test_what_is_no_filter_is_left_alone_and_what_is_wrong_is_refused() -> None:
    assert Filters.read([("after", "1.2"), ("order", "newest"), ("status", " "), ("since", "2026-11-01")]) == Filters(
        since=date(2026, 11, 1)
    )
    for pair, words in (
        (("status", "nice"), "status: is none of pending, approved"),
        (("consent", "all"), "consent: is none of quote, send"),
        (("since", "yesterday"), "since: is no day such as 2026-11-22"),
        (("area", "x" * 301), "area: is longer than 300"),
    ):
        with pytest.raises(ConfigError, match=words):
            Filters.read([pair])
    with pytest.raises(ConfigError, match="areas: more than 100 values"):
        Filters.read([("area", str(number)) for number in range(101)])
