"""Reads brand.yaml: the association's name, logo, two colours, contact, imprint and licence, each of them checked.

Whatever is wrong is refused with the name of the file and the key: a colour too pale for white text, a logo that is no
picture or that could run something, an address that is none.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from advocacy_monitor.brand_logo import checked_logo
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.models import Brand, Logo
from advocacy_monitor.plugins import nearest

KEYS = ("name", "logo", "logo_alt", "accent", "second", "contact", "website", "imprint", "licence")
LEAST_CONTRAST = 4.5
"""Of a colour with white, so that white text on it can be read: WCAG 2.2, 1.4.3."""

_LARGEST_FILE = 100_000
_LONGEST = {"name": 120, "logo_alt": 300, "contact": 300, "website": 300, "imprint": 1000, "licence": 300}
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


def load_brand(path: Path) -> Brand:
    """The brand that a file describes. Raises ConfigError, naming file, key, what was found and what is allowed."""
    given = _read(path)
    for key in given:
        if key not in KEYS:
            raise ConfigError(f"{path}: {key!r} is no key{nearest(str(key), list(KEYS))}; there are: {', '.join(KEYS)}")
    texts = {key: _text(given.get(key), path, key) for key in _LONGEST}
    for key in ("website", "licence"):
        _check_address(texts[key], path, key)
    colours = {key: _colour(given[key], path, key) for key in ("accent", "second") if given.get(key) is not None}
    alternative = texts.pop("logo_alt")
    return Brand(**texts, **colours, logo=_logo(given.get("logo"), alternative, path))


def darker(colour: str) -> str:
    """The nearest darker shade of a colour, of the same hue, that has enough contrast with white; itself if it has.

    A channel is scaled in steps of 1/255, so the first shade that will do is the nearest.
    """
    from advocacy_monitor.exporters.colours import WHITE, contrast

    parts = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    for step in range(255, -1, -1):
        shade = "#" + "".join(f"{part * step // 255:02x}" for part in parts)
        if contrast(shade, WHITE) >= LEAST_CONTRAST:
            return shade
    return "#000000"


def _read(path: Path) -> dict[Any, Any]:
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise ConfigError(f"{path}: is larger than {_LARGEST_FILE:,} bytes, and this is a small file of a few keys")
        given = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        cause = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ConfigError(f"{path}: cannot be read: {cause}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ConfigError(f"{path}: is not YAML that can be read: {error}") from error
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise ConfigError(f"{path}: must hold keys and values; the keys are: {', '.join(KEYS)}")
    return given


def _text(value: object, path: Path, key: str) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ConfigError(f"{path}: {key}: must be a text; put it in quotes: {value!r}")
    text = value.strip()
    if len(text) > _LONGEST[key]:
        raise ConfigError(f"{path}: {key}: has {len(text)} characters; at most {_LONGEST[key]} are allowed")
    if found := _UNSEEN.search(text):
        raise ConfigError(f"{path}: {key}: holds the invisible character U+{ord(found[0]):04X}; take it out")
    if key != "imprint" and "\n" in text:
        raise ConfigError(f"{path}: {key}: must be one line")
    return text


def _check_address(text: str, path: Path, key: str) -> None:
    """A website or licence is plain words or an http address; anything else could run something when clicked on."""
    if not re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:(?!\s)", text) and "://" not in text:
        return
    try:
        parts = urlsplit(text)
        fits = parts.scheme.lower() in ("http", "https") and parts.hostname and parts.username is None
    except ValueError:
        fits = False
    if not fits or re.search(r'[\s<>"{}|\\^`]', text):
        raise ConfigError(f"{path}: {key}: must be an address that begins with https:// or http://, or plain words: "
                          f"{text!r}")  # fmt: skip


def _colour(value: object, path: Path, key: str) -> str:
    from advocacy_monitor.exporters.colours import WHITE, contrast

    if not isinstance(value, str) or not re.fullmatch("#[0-9a-fA-F]{6}", value):
        raise ConfigError(f"{path}: {key}: must be a colour such as '#0b5c7a', in quotes because of the #: {value!r}")
    colour = value.lower()
    measured = contrast(colour, WHITE)
    if measured < LEAST_CONTRAST:
        shown = int(measured * 100) / 100
        raise ConfigError(
            f"{path}: {key}: white text on {colour} cannot be read by everybody: their contrast is {shown:.2f}:1, and "
            f"at least {LEAST_CONTRAST}:1 is needed; the nearest darker shade that will do is '{darker(colour)}'"
        )
    return colour


def _logo(name: object, alternative: str, path: Path) -> Logo | None:
    if name is None:
        if alternative:
            raise ConfigError(f"{path}: logo_alt: there is no logo that it could describe")
        return None
    if not isinstance(name, str) or not name.strip():
        raise ConfigError(f"{path}: logo: must be the name of a file beside this one: {name!r}")
    if not alternative:
        raise ConfigError(f"{path}: logo_alt: say in words what the logo shows, for people who cannot see it")
    data, media_type = checked_logo(path.parent / name, where=f"{path}: logo")
    return Logo(data=data, media_type=media_type, alternative=alternative)
