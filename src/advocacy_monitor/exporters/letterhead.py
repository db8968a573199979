"""What every set page of a pack carries: running head, folio, sample banner, brand; data for `templates/common.typ`."""

from __future__ import annotations

import base64
import functools
from typing import Any
from xml.sax.saxutils import quoteattr

from advocacy_monitor.exporters import figures
from advocacy_monitor.exporters.colours import palette
from advocacy_monitor.exporters.page_text import PageText, safe_link, unmarked
from advocacy_monitor.exporters.wording import wording
from advocacy_monitor.models import EvidencePack, Logo


def letterhead(pack: EvidencePack, *, document: str, text: PageText) -> dict[str, Any]:
    """The parts `head` and `brand` of a view. `document` is what it is in words: 'Evidence brief'."""
    return {"head": _head(pack, document, text), "brand": _brand(pack, text)}


def _head(pack: EvidencePack, document: str, text: PageText) -> dict[str, Any]:
    words = wording(pack.language)
    title = text.directed(pack.title, limit=200)
    title["text"] = title["text"] or document  # PDF/UA refuses a document without a title
    plain = unmarked(title["text"])
    sponsor = text.line(pack.brand.name or pack.sponsor, limit=120)
    return {
        "language": words.code,
        "text_language": text.language,
        "direction": text.direction,
        "title": title,
        "document_title": f"{words.sample_title}: {plain}" if pack.sample else plain,
        "author": unmarked(sponsor),
        "document": document,
        "sponsor": sponsor,
        "campaign": text.line(pack.campaign, limit=80),
        "pack": words.pack,
        "number": unmarked(text.line(pack.number, limit=60)),
        "digest_label": words.digest,
        "digest": figures.short_digest(unmarked(text.line(pack.digest, limit=100))),
        "page": words.page,
        "sample": pack.sample,
        "sample_banner": words.sample_banner,
    }


def _brand(pack: EvidencePack, text: PageText) -> dict[str, Any]:
    """Colours, logo and the lines on who is behind it."""
    brand = pack.brand
    return palette(brand).named() | {
        "contact": text.line(brand.contact or pack.contact, limit=300),
        "website": text.line(brand.website, limit=120),
        "website_url": safe_link(brand.website),
        "imprint": text.line(brand.imprint, limit=600),
        "licence": text.line(brand.licence, limit=300),
        "logo": _logo(brand.logo) if brand.logo else "",
        "logo_alternative": _alternative(brand.logo, pack, text) if brand.logo else "",
    }


def _alternative(logo: Logo, pack: EvidencePack, text: PageText) -> str:
    """What the logo shows; else whose it is, because PDF/UA refuses a picture without words."""
    shown = (logo.alternative, pack.brand.name, pack.sponsor)
    return next((said for each in shown if (said := unmarked(text.line(each, limit=200)))), "Logo")


@functools.lru_cache(maxsize=8)
def _logo(logo: Logo) -> str:
    """The logo as SVG, the one form that can go into a template as text: other pictures are wrapped in one."""
    if logo.media_type == "image/svg+xml":
        return logo.data.decode("utf-8", "replace")
    width, height = _pixels(logo)
    data = f"data:{logo.media_type};base64,{base64.b64encode(logo.data).decode('ascii')}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f'<image href={quoteattr(data)} width="{width}" height="{height}"/></svg>'
    )


def _pixels(logo: Logo) -> tuple[int, int]:
    """Width and height of a PNG or JPEG, from its header; a square where it has none."""
    data = logo.data
    if logo.media_type == "image/png" and len(data) >= 24:
        return max(1, int.from_bytes(data[16:20], "big")), max(1, int.from_bytes(data[20:24], "big"))
    at = 2
    while logo.media_type == "image/jpeg" and at + 9 < len(data) and data[at] == 0xFF:
        if 0xC0 <= data[at + 1] <= 0xCF and data[at + 1] not in (0xC4, 0xC8, 0xCC):
            return int.from_bytes(data[at + 7 : at + 9], "big") or 1, int.from_bytes(data[at + 5 : at + 7], "big") or 1
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return 1, 1
