"""The form in a library's own web page: a page that explains it, with the lines to copy."""

from __future__ import annotations

from html import escape
from urllib.parse import urlsplit

from advocacy_monitor.kit.picture import Piece, Sign
from advocacy_monitor.translate import form_texts

_HEIGHT = 900
"""Pixels; the frame scrolls when the form is longer."""


def snippet(sign: Sign) -> Piece:
    """A web page with two ways, as text to copy: the form in a frame, or a link."""
    t = sign.t
    return Piece(
        name="web-snippet.html",
        data=_page(sign).encode(),
        use=t.text("For your website: open this page in a browser and copy the lines that you want."),
    )


def frame(sign: Sign) -> str:
    """The form in a frame, with the link below for those who see no frames. It needs no script and sets no cookie."""
    title, between = escape(sign.asked.titled(sign.language)), "&" if "?" in sign.link else "?"
    source = escape(f"{sign.link}{between}embed=1")
    return (
        f'<iframe src="{source}" title="{title}" lang="{sign.language}" width="768" height="{_HEIGHT}"\n'
        '  loading="lazy" referrerpolicy="no-referrer" style="border: 0; width: 100%; max-width: 48rem"></iframe>\n'
        f"<p>{link(sign)}</p>"
    )


def link(sign: Sign) -> str:
    """A link to the form."""
    direction = ' dir="rtl"' if sign.t.right_to_left else ""
    return (
        f'<a href="{escape(sign.link)}" lang="{sign.language}" hreflang="{sign.language}"{direction}>'
        f"{escape(sign.asked.titled(sign.language))}</a>"
    )


def allowed(sign: Sign) -> tuple[str, ...]:
    """The websites that may show the form in a frame, as the campaign lists them."""
    return tuple(str(each).rstrip("/") for each in sign.loaded.config.form.embed_on)


def _page(sign: Sign) -> str:
    t = form_texts(sign.language)
    title = t.text("The form on your website")
    sites = allowed(sign)
    named = ", ".join(urlsplit(each).netloc for each in sites)
    permission = (
        t.text("The form can stand in pages of these websites: {websites}.", websites=named)
        if sites
        else t.text("The form cannot stand in other pages yet. The campaign office has to allow your website first.")
    )
    steps = (
        (t.text("The form in your page"), f"{permission} {t.text('Paste these lines where the form should stand:')}",
         frame(sign)),
        (t.text("A link to the form"), t.text("This always works. Paste this line:"), link(sign)),
    )  # fmt: skip
    body = "".join(
        f"<h2>{escape(heading)}</h2>\n<p>{escape(about)}</p>\n"
        f'<pre dir="ltr" tabindex="0"><code>{escape(code)}</code></pre>\n'
        for heading, about, code in steps
    )
    direction = "rtl" if t.right_to_left else "ltr"
    return (
        f'<!doctype html>\n<html lang="{t.code}" dir="{direction}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n"
        "body { font: 1rem/1.5 system-ui, sans-serif; max-width: 48rem; margin: 2rem auto; padding: 0 1rem;"
        f" color: #1d2529; background: #fff }}\nh1, h2 {{ color: {sign.brand.accent}; line-height: 1.2 }}\n"
        "pre { padding: 1rem; border: 1px solid #4d5b61; white-space: pre-wrap; overflow-wrap: anywhere }\n"
        f"</style>\n</head>\n<body>\n<main>\n<h1>{escape(title)}</h1>\n"
        f"<p>{escape(sign.loaded.config.campaign.name)}{_of(sign)}</p>\n{body}</main>\n</body>\n</html>\n"
    )


def _of(sign: Sign) -> str:
    return f" · {escape(sign.library)}" if sign.library else ""
