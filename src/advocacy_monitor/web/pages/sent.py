"""What follows a stored answer: thanks, the code that withdraws it (also as a QR code), and words to share."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from markupsafe import Markup
from starlette.responses import Response

from advocacy_monitor.models import Received, Use
from advocacy_monitor.web.site import Visit


@dataclass(frozen=True, slots=True)
class Shared:
    """Words to share, and where: addresses that are called only when somebody follows them."""

    text: str
    address: str
    places: tuple[tuple[str, str], ...]


def confirmed(visit: Visit, answer: Received) -> Response:
    """The page for an answer that is on the disk."""
    submission = answer.submission
    address = visit.absolute("/statement", lang=visit.language)
    return visit.page(
        "sent.html",
        code=answer.code,
        statement_address=address,
        qr=qr(f"{address}#{answer.code}"),
        allowed=[visit.site.questionnaire.consent(use, visit.language) for use in Use if use in submission.consents],
        is_mailed=answer.opt_in is not None,
        shared=shared(visit),
    )


def withdrawn_before(visit: Visit) -> Response:
    """The page for an answer that its author has withdrawn in the meantime."""
    words = visit.t.text("You have withdrawn this answer before, so it was not stored again.")
    return visit.page("error.html", 409, message=words)


_MASK = 3
"""To look for the prettiest of the eight masks takes four times as long as all the rest of the page."""


def qr(address: str) -> Markup:
    """A QR code as an SVG that stands in the page."""
    import segno

    made = segno.make(address, error="m", micro=False, mask=_MASK)
    return Markup(made.svg_inline(scale=5, border=4, dark="#000", light="#fff", omitsize=True))  # noqa: S704  # nosec B704


def shared(visit: Visit) -> Shared:
    """What people may say about it: the campaign's words, else ours, with its hashtags and the form's address."""
    campaign, form = visit.site.loaded.config.campaign, visit.site.loaded.config.form
    words = form.share_text.get(visit.language) or visit.t.text(  # type: ignore[call-overload]  # a code of LANGUAGES
        "I have told people in politics what my library means to me. You can do it too."
    )
    tags = " ".join(f"#{tag}" for tag in campaign.hashtags)
    address = visit.absolute("/", lang=visit.language)
    text = " ".join(filter(None, (words, tags)))
    whole, link = quote(f"{text} {address}", safe=""), quote(address, safe="")
    return Shared(
        text=f"{text} {address}",
        address=address,
        places=(
            ("Mastodon", f"https://share.joinmastodon.org/#text={whole}"),
            ("Bluesky", f"https://bsky.app/intent/compose?text={whole}"),
            ("Facebook", f"https://www.facebook.com/sharer/sharer.php?u={link}"),
            ("WhatsApp", f"https://wa.me/?text={whole}"),
            ("X", f"https://x.com/intent/post?text={whole}"),
        ),
    )
