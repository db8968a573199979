"""What every print and picture of the campaign kit carries: question, address and code, hashtag, name, colours, logo.

A text and the ground under it always have a contrast of 4.5:1 at least; a brand that gives less is refused here, before
anything is written. The templates take every colour from this module.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from advocacy_monitor.brand import LEAST_CONTRAST, darker, load_brand
from advocacy_monitor.config import Loaded
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.exporters.colours import INK, SOFT, WHITE, contrast
from advocacy_monitor.exporters.letterhead import letterhead
from advocacy_monitor.exporters.page_text import PageText
from advocacy_monitor.hosting import questionnaire
from advocacy_monitor.kit.links import form_link, short_address
from advocacy_monitor.kit.qr import qr_svg
from advocacy_monitor.models import Brand, EvidencePack
from advocacy_monitor.questionnaire import Questionnaire
from advocacy_monitor.translate import Texts, form_texts

PAPER = WHITE
"""The lightest colour of the kit: text on the brand's colours, and the ground of the code."""
_HASHTAGS = 2
_DARK = ("accent", "second")
_COUNTS = ("found", "statements", "appearances", "people", "authors_unknown", "unverified")
_LISTS = ("left_out", "sources", "languages", "areas", "months", "themes", "exhibits", "method")
_ENDS = tuple(".!?。！？؟…")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """What a print or picture says, in one language and for one library ('' for all of them)."""

    loaded: Loaded
    brand: Brand
    asked: Questionnaire
    language: str
    library: str
    as_of: datetime

    @property
    def t(self) -> Texts:
        """The texts of the kit in this language."""
        return form_texts(self.language)

    @property
    def link(self) -> str:
        """Where the code leads: the form, in this language and for this library."""
        return form_link(self.loaded, self.library or None, self.language)

    @property
    def address(self) -> str:
        """What somebody types who cannot scan."""
        return short_address(self.loaded)

    @property
    def sponsor(self) -> str:
        """Who asks."""
        return self.brand.name or self.loaded.config.campaign.sponsor

    @property
    def hashtags(self) -> str:
        """The campaign's first hashtags, each with its #."""
        return " ".join(f"#{tag}" for tag in self.loaded.config.campaign.hashtags[:_HASHTAGS])

    def pack(self, title: str) -> EvidencePack:
        """The campaign as an empty pack, for letterheads: it has no number, because it counts and quotes nothing."""
        campaign = self.loaded.config.campaign
        nothing: dict[str, Any] = dict.fromkeys(_COUNTS, 0) | dict.fromkeys(_LISTS, ())
        return EvidencePack(
            number="",
            digest="",
            title=title,
            language=self.language,
            campaign=campaign.name,
            sponsor=campaign.sponsor,
            contact=campaign.contact,
            ask=campaign.ask,
            recipient=None,
            sample=campaign.sample_data,
            as_of=self.as_of,
            period=None,
            query={},
            smallest_base=self.loaded.config.thresholds.smallest_base,
            smallest_cell=self.loaded.config.thresholds.smallest_cell,
            brand=self.brand,
            **nothing,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A file of the kit, with what the README says of it: what it is for, its size, what it shows in words."""

    name: str
    data: bytes
    use: str
    size: str = ""
    alternative: str = ""


def sign_of(loaded: Loaded, language: str, library: str, *, as_of: datetime) -> Sign:
    """The sign of a campaign. Raises ConfigError: no form address, a colour too pale, a file that does not fit."""
    name = loaded.config.campaign.brand
    brand = load_brand(loaded.folder / name) if name else Brand()
    check_contrast(brand, where=str(loaded.folder / name) if name else "the brand")
    return Sign(
        loaded=loaded, brand=brand, asked=questionnaire(loaded), language=language, library=library, as_of=as_of
    )


def check_contrast(brand: Brand, *, where: str) -> dict[tuple[str, str], float]:
    """The contrast of every text of the kit with every ground that it stands on. Raises ConfigError below 4.5:1."""
    measured: dict[tuple[str, str], float] = {}
    for key, text, ground in text_on_ground(brand):
        found = measured[text, ground] = contrast(text, ground)
        if found < LEAST_CONTRAST:
            colour = getattr(brand, key)
            raise ConfigError(
                f"{where}: {key}: text in {text} on {ground} cannot be read by everybody: their contrast is "
                f"{int(found * 100) / 100:.2f}:1, and at least {LEAST_CONTRAST}:1 is needed; the nearest darker shade "
                f"that will do is '{darker(colour)}'"
            )
    return measured


def text_on_ground(brand: Brand) -> Sequence[tuple[str, str, str]]:
    """Every pair of text and ground in the kit's templates, each with the key of the brand that decides about it."""
    on_colour = [(key, PAPER, getattr(brand, key)) for key in _DARK]
    on_paper = [(key, getattr(brand, key), PAPER) for key in _DARK]
    return [*on_colour, *on_paper, ("accent", INK, PAPER), ("accent", SOFT, PAPER)]


def view_of(sign: Sign, *, document: str, sizes: Sequence[Sequence[object]], **more: Any) -> dict[str, Any]:
    """The data of `templates/kit_common.typ` and what stands on it."""
    text, t = PageText(sign.language), sign.t
    head = letterhead(sign.pack(f"{document}: {sign.asked.titled(sign.language)}"), document=document, text=text)
    return (
        head
        | {
            "sizes": [list(size) for size in sizes],
            "sign": {
                "paper": PAPER,
                "headline": text.directed(sign.asked.titled(sign.language), limit=160, language=sign.language),
                "intro": text.directed(sign.asked.introduced(sign.language), limit=400, language=sign.language),
                "library": text.directed(sign.library, limit=80),
                "hashtags": text.line(sign.hashtags, limit=80),
                "address": text.cleaning.clean(sign.address),
                "code": qr_svg(sign.link),
                "code_alternative": code_alternative(sign),
                "scan": text.line(t.text("Scan the code with your phone, or go to:")),
                "on_paper": text.line(t.text("You would rather write? Ask the staff for a sheet.")),
                "cut": text.line(t.text("Cut along the line. Fold this strip over a string and glue it.")),
            },
        }
        | more
    )


def code_alternative(sign: Sign) -> str:
    """The code in words."""
    return sign.t.text("QR code that leads to {address}", address=sign.link)


def in_words(sign: Sign, *, coded: bool = True) -> str:
    """The alternative text of a print or picture: everything that it says, once."""
    banner = letterhead(sign.pack(""), document="", text=PageText(sign.language))["head"]["sample_banner"]
    said = [
        banner if sign.loaded.config.campaign.sample_data else "",
        sign.asked.titled(sign.language),
        sign.asked.introduced(sign.language),
        sign.library,
        code_alternative(sign) if coded else sign.address,
        sign.hashtags,
        sign.sponsor,
    ]
    return " ".join(each if each.endswith(_ENDS) else f"{each}." for each in said if each.strip())
