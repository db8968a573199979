"""Pictures for social media in the sizes of the platforms, each with its alternative text.

Sizes as seen on 22 November 2026. From the platforms' own pages: link previews of at least 1200 x 630
(https://developers.facebook.com/docs/sharing/webmasters/images), profile headers scaled to 1500 x 500
(https://docs.joinmastodon.org/user/profile/#header). The others are those that several guides of 2026 agree on, among
them https://www.loopworker.com/blog/social-media-image-sizes-2026.html and
https://snap.je/insights/social-media-image-sizes-2026; the room that a story keeps clear is 14 % above and 20 % below,
as https://alladspecs.com/specs/meta-instagram/stories-image quotes the platform.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from advocacy_monitor.exporters.typeset import pictures
from advocacy_monitor.kit.picture import Piece, Sign, in_words, view_of

KNOWN_ON = date(2026, 11, 22)
"""The day on which the sizes were looked up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One size: pixels, what platforms cover or cut off above and below, where it is used."""

    name: str
    width: int
    height: int
    above: int = 0
    below: int = 0
    coded: bool = True
    """Whether the code is shown: not where the picture is a link itself, or too low for a code that can be read."""
    apart: float = 0
    """The share of the last line, from its beginning, that the picture of a profile covers."""
    platforms: tuple[str, ...]


FORMATS = (
    Format(name="square", width=1080, height=1080, platforms=("Instagram", "Facebook", "LinkedIn", "Mastodon")),
    Format(name="portrait", width=1080, height=1350, platforms=("Instagram", "Facebook", "LinkedIn", "Threads")),
    Format(
        name="story", width=1080, height=1920, above=270, below=384, platforms=("Instagram", "Facebook", "WhatsApp")
    ),
    Format(name="landscape", width=1600, height=900, platforms=("X", "Bluesky", "Mastodon")),
    Format(name="link", width=1200, height=630, coded=False, platforms=("Facebook", "LinkedIn", "WhatsApp", "Slack")),
    Format(name="header", width=1500, height=500, coded=False, apart=0.28, platforms=("X", "Bluesky", "Mastodon")),
    Format(
        name="facebook-cover",
        width=1640,
        height=924,
        above=150,
        below=150,
        coded=False,
        apart=0.28,
        platforms=("Facebook",),
    ),
    Format(name="linkedin-cover", width=1128, height=191, coded=False, apart=0.28, platforms=("LinkedIn",)),
)


def social(sign: Sign, *, path: Path) -> Iterator[Piece]:
    """A PNG of each size, and the alternative text to paste. Raises ExportError."""
    t = sign.t
    sizes = [(each.width, each.height, each.above, each.below, each.coded, each.apart) for each in FORMATS]
    view = view_of(sign, document=t.text("Campaign kit"), sizes=sizes)
    made = pictures("kit_social.typ", view, path=path, ppi=72.0)
    for each, data in zip(FORMATS, made, strict=True):
        yield Piece(
            name=f"social-{each.name}.png",
            data=data,
            use=t.text("Picture for {platforms}.", platforms=", ".join(each.platforms)),
            size=f"{each.width} × {each.height} px",
            alternative=in_words(sign, coded=each.coded),
        )
    yield Piece(
        name="social-alternative-text.txt",
        data=f"{in_words(sign)}\n".encode(),
        use=t.text("What the pictures show, in words. Paste it as the alternative text wherever you post one."),
    )
