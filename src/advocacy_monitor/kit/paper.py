"""What stands on a flyer: the form's questions with their numbers, consents, where to hand it in, a privacy notice.

The words of questions, options and consents are those of the questionnaire, as online. The template decides the looks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from advocacy_monitor.exporters.letterhead import letterhead
from advocacy_monitor.exporters.page_text import PageText
from advocacy_monitor.kit.links import short_address, statement_link
from advocacy_monitor.kit.picture import Sign, code_alternative
from advocacy_monitor.kit.qr import qr_svg
from advocacy_monitor.models import Use
from advocacy_monitor.questionnaire import OTHER, UNDER_16, Kind, Question

Paper = Literal["a4", "letter"]

_LETTERS_A_LINE = 75
"""About what people write by hand on a line of the sheet's width."""
_FEWEST_LINES, _MOST_LINES = 4, 20


def flyer_view(sign: Sign, *, paper: Paper, codes: Sequence[str] = ()) -> dict[str, Any]:
    """The data of `templates/kit_flyer.typ`: one sheet for each code, or one without. Raises ConfigError."""
    t, text = sign.t, PageText(sign.language)
    title = sign.asked.titled(sign.language)
    copies = [_copy(sign, text, code) for code in codes]
    view = letterhead(sign.pack(title), document=t.text("Flyer"), text=text)
    view["copies"] = copies or [None]
    return view | {
        "paper": {"a4": "a4", "letter": "us-letter"}[paper],
        "running": text.line(sign.sponsor, limit=60),
        "version": text.cleaning.clean(f"{sign.asked.name} {sign.asked.version} {sign.language}"),
        "title": text.line(title, limit=160),
        "intro": text.line(sign.asked.introduced(sign.language), limit=600),
        "questions": [_question(number, each, sign, text) for number, each in sign.asked.numbered()],
        "consents": _consents(sign, text),
        "parents": _parents(sign, text),
        "hand_in": text.line(_hand_in(sign)),
        "privacy": _privacy(sign, text, has_code=bool(codes)),
        "online": _online(sign, text),
        "keep": _keep(sign, text, has_code=bool(codes)),
    }


def _question(number: int, question: Question, sign: Sign, text: PageText) -> dict[str, Any]:
    is_library = question.kind is Kind.LIBRARY and bool(sign.library)
    lines = -(-question.longest // _LETTERS_A_LINE) if question.kind is Kind.TEXT else 0
    return {
        "number": number,
        "text": text.line(question.said(sign.language), limit=1000),
        "hint": text.line(question.hinted(sign.language), limit=1000),
        "kind": str(question.kind),
        "options": [
            {"text": text.line(each.said(sign.language)), "has_line": question.has_own_words and each.code == OTHER}
            for each in question.options
        ],
        "lines": min(max(lines, _FEWEST_LINES), _MOST_LINES) if lines else 0,
        "library": text.directed(sign.library, limit=120) if is_library else None,
        "another": text.line(sign.t.text("If it is another one:")) if is_library else "",
    }


def _consents(sign: Sign, text: PageText) -> dict[str, Any]:
    """One tick for each use, in the order of `Use`: the numbers with which they are typed in."""
    t = sign.t
    lines = {
        Use.QUOTE_NAMED: t.text("Your name, as we may print it"),
        Use.CONTACT: t.text("Your e-mail address, if you like"),
    }
    ticks = [
        {
            "text": text.line(sign.asked.consent(use, sign.language), limit=1000),
            "line": _before_line(lines.get(use, ""), sign, text),
        }
        for use in Use
    ]
    return {
        "number": len(sign.asked.questions) + 1,
        "heading": text.line(t.text("What may we do with your answer?")),
        "hint": text.line(t.text("Only the first tick is needed. You can change your mind at any time.")),
        "ticks": ticks,
    }


def _parents(sign: Sign, text: PageText) -> dict[str, Any] | None:
    """A parent's ticks, where the questionnaire asks for an age under 16."""
    age = sign.asked.of_kind(Kind.AGE)
    if age is None or age.option(UNDER_16) is None:
        return None
    t, said = sign.t, (sign.asked.parent_said(sign.language), sign.asked.parent_quote_said(sign.language))
    return {
        "first": len(Use) + 1,
        "heading": text.line(t.text("Only if you are under 16: a parent or guardian ticks here.")),
        "hint": text.line(t.text("Then please write no name and no e-mail address on this sheet.")),
        "ticks": [text.line(each, limit=1000) for each in said],
    }


def _hand_in(sign: Sign) -> str:
    if sign.library:
        return sign.t.text(
            "Please give this sheet to the staff of {library}, or put it in the box there.", library=sign.library
        )
    return sign.t.text("Please give this sheet to the staff of your library, or put it in the box there.")


def _privacy(sign: Sign, text: PageText, *, has_code: bool) -> dict[str, Any]:
    """Who, what for, how long, how to withdraw, where the rest stands (GDPR, Article 13)."""
    t, privacy, campaign = sign.t, sign.loaded.config.form.privacy, sign.loaded.config.campaign
    months = sign.loaded.config.retention.submissions_months
    sentences = [
        t.text("{controller} is responsible for this survey.", controller=privacy.controller or campaign.sponsor),
        t.text("Contact: {contact}", contact=_contact(sign)),
        t.text("We use your answer only as your ticks allow. Your own words may tell about your health, your faith or "
               "your political views: write only what you want us to read."),
        t.text("We type your answer in and may keep a picture of this sheet."),
        t.counted("We keep your answer for {n} month at most.", "We keep your answer for {n} months at most.", months),
        t.text("You can read, correct or withdraw your answer at any time with the code on the strip.")
        if has_code
        else t.text("You can read, correct or withdraw your answer at any time. The strip says how."),
        t.text("You can complain to this authority: {authority}", authority=privacy.authority)
        if privacy.authority
        else t.text("You can complain to an authority for data protection."),
        t.text("The whole privacy notice: {address}", address=f"{short_address(sign.loaded)}/privacy"),
    ]  # fmt: skip
    ended = [each if each.endswith((".", "。", "؟", "!", "?")) else f"{each}{_stop(t.code)}" for each in sentences]
    between = "" if t.code == "zh" else " "
    return {"heading": text.line(t.text("What happens with your data")), "text": text.line(between.join(ended))}


def _stop(code: str) -> str:
    return "。" if code == "zh" else "."


def _before_line(words: str, sign: Sign, text: PageText) -> str:
    """A label in front of a line to write on, with the colon of its language; '' for none."""
    return text.line(words + {"fr": "\u00a0:", "zh": "："}.get(sign.language, ":")) if words else ""


def _contact(sign: Sign) -> str:
    return sign.loaded.config.form.privacy.contact or sign.loaded.config.campaign.contact


def _online(sign: Sign, text: PageText) -> dict[str, str]:
    """The front of the strip: the form, for whoever would rather answer there, and for friends."""
    t = sign.t
    return {
        "heading": text.line(t.text("Would you rather answer online?")),
        "text": text.line(t.text("Scan the code with your phone, or go to:")),
        "address": text.cleaning.clean(sign.address),
        "code": qr_svg(sign.link),
        "alternative": code_alternative(sign),
        "hashtags": text.line(sign.hashtags, limit=80),
    }


def _keep(sign: Sign, text: PageText, *, has_code: bool) -> dict[str, Any]:
    """The back of the strip: how to read, correct or withdraw the answer."""
    t = sign.t
    write = t.text("Or write to us: {contact}", contact=_contact(sign))
    address = f"{short_address(sign.loaded)}/statement"
    with_code = [
        t.text("With this code you can read, correct or withdraw your answer, once we have typed it in. We cannot tell "
               "you the code later."),
    ]  # fmt: skip
    without = [
        t.text("Write to us: {contact}", contact=_contact(sign)),
        t.text("Tell us which library has your sheet, when you handed it in, and how your answer begins."),
    ]
    return {
        "cut": text.line(t.text("Tear off this strip and keep it.")),
        "heading": text.line(t.text("Your code") if has_code else t.text("My statement: read, correct, withdraw")),
        "texts": [text.line(each) for each in (with_code if has_code else without)],
        "address": text.cleaning.clean(address) if has_code else "",
        "write": text.line(write) if has_code else "",
        "noted": [] if has_code else [_before_line(each, sign, text) for each in (t.text("Library"), t.text("Day"))],
        "sheet": _before_line(t.text("Code of this sheet"), sign, text) if has_code else "",
    }


def _copy(sign: Sign, text: PageText, code: str) -> dict[str, str]:
    """One sheet with its own code."""
    return {
        "code": text.cleaning.clean(code),
        "picture": qr_svg(statement_link(sign.loaded, code, sign.language)),
        "alternative": sign.t.text("QR code: opens your statement"),
    }
