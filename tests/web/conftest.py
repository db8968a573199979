"""What tests of the form site share: a campaign with libraries and a form, asked as a browser would ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.web.site import FormSite, open_form_site

OpenSite = Callable[..., FormSite]


@pytest.fixture
def form_site(tmp_path: Path) -> Iterator[FormSite]:
    """A campaign with a form, empty."""
    with open_form_site(tmp_path) as site:
        yield site


@pytest.fixture
def open_form(tmp_path: Path) -> Iterator[OpenSite]:
    """Opens one with settings of its own: `form`, `campaign` and `mail` as in config.yaml; `libraries` as rows."""
    with ExitStack() as stack:

        def opened(**settings: Any) -> FormSite:
            folder = tmp_path / f"campaign-{len(list(tmp_path.iterdir()))}"
            folder.mkdir()
            return stack.enter_context(open_form_site(folder, **settings))

        yield opened
