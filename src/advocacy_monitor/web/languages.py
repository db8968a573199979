"""In which language a visitor reads the form: as a link says, else as the browser asks, else the campaign's first."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence

from advocacy_monitor.translate import LANGUAGES, texts

_MOST_TAGS = 30


def chosen(wanted: str | None, accepted: str, there_are: Sequence[str], *, preferred: Sequence[str] = ()) -> str:
    """One of the languages `there_are`.

    `wanted` is a tag such as 'de' or 'de-AT', `accepted` the header Accept-Language, `preferred` the campaign's own.
    """
    tags = [*([wanted] if wanted else []), *_in_order(accepted), *preferred, "en"]
    codes = (tag.strip().lower().partition("-")[0] for tag in tags)
    return next((code for code in codes if code in there_are), there_are[0])


def _in_order(accepted: str) -> Iterator[str]:
    """The tags of Accept-Language, the most wanted first."""
    tags = []
    for at, part in enumerate(accepted.split(",")[:_MOST_TAGS]):
        tag, _, weight = part.partition(";")
        if (quality := _quality(weight)) > 0:
            tags.append((-quality, at, tag))
    yield from (tag for _, _, tag in sorted(tags))


def _quality(weight: str) -> float:
    try:
        return min(max(float(weight.strip().removeprefix("q=") or 1), 0.0), 1.0)
    except ValueError:
        return 0.0


@functools.cache
def own_name(code: str) -> str:
    """A language's name in itself, as it stands in a menu: 'Français'."""
    name = texts(code).language(code) if code in LANGUAGES else code
    return name[:1].upper() + name[1:]
