"""Before there are answers: a press release and a letter that say what is asked, as Word files for staff to finish.

What nobody but staff can know stands as a marked blank. No number and no quote stands in them: there are none yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from advocacy_monitor.kit.picture import Piece, Sign
from advocacy_monitor.translate import Texts

if TYPE_CHECKING:
    from advocacy_monitor.exporters.word.paper import Paper

_SIZES = {"Normal": (10, 0, 4), "Heading 1": (17, 6, 5), "Heading 2": (12, 7, 2), "Lead": (12.5, 0, 6)} | {
    "Note": (9, 0, 4), "Ask": (11.5, 2, 6)
}  # fmt: skip


def launch(sign: Sign) -> Iterator[Piece]:
    """The press release and the letter at the start. Raises ExportError."""
    t = sign.t
    yield Piece(
        name="press-release-start.docx",
        data=_release(sign),
        use=t.text("Press release for the start, before there are answers. Fill in what is marked in yellow."),
        size="A4",
    )
    yield Piece(
        name="letter-start.docx",
        data=_letter(sign),
        use=t.text("Letter to a decision maker for the start. Fill in what is marked in yellow."),
        size="A4",
    )


def _paper(sign: Sign, title: str, document: str) -> Paper:
    from advocacy_monitor.exporters.word.compact import resize
    from advocacy_monitor.exporters.word.paper import Paper

    paper = Paper(sign.pack(title), document=document)
    resize(paper, _SIZES)
    return paper


def _release(sign: Sign) -> bytes:
    """Headline, what it is about, what is asked, how to take part, what happens with the answers, contact."""
    t = sign.t
    headline = t.text("{sponsor} asks what libraries mean to people", sponsor=sign.sponsor)
    paper = _paper(sign, headline, t.text("Press release"))
    paper.logo()
    paper.paragraph(t.text("Press release"), style="Subtitle")
    paper.placeholder(t.text("Embargo: none, or until which day and hour"))
    paper.heading(headline, 1)
    paper.paragraph(_campaign(sign, t), style="Lead")
    line = paper.placeholder(t.text("Place and day"))
    paper.add(line, f" {_why(t)}")
    paper.placeholder(t.text("A quote of your spokesperson, with name and office"))
    _asked(sign, paper)
    _taking_part(sign, paper)
    _afterwards(sign, paper)
    _ask(sign, paper)
    line = paper.labelled(t.text("Contact"), sign.brand.contact or sign.loaded.config.campaign.contact)
    paper.add(line, " ")
    paper.placeholder(t.text("Phone number for the press"), paragraph=line)
    _publisher(sign, paper)
    return paper.content()


def _why(t: Texts) -> str:
    return t.text(
        "Everybody can say in their own words what their library means to them or what they miss. The answers show "
        "people in politics what libraries are worth."
    )


def _campaign(sign: Sign, t: Texts) -> str:
    campaign = sign.loaded.config.campaign.name
    return t.text("The campaign “{campaign}” starts: {title}", campaign=campaign, title=sign.asked.titled(t.code))


def _asked(sign: Sign, paper: Paper) -> None:
    paper.heading(sign.t.text("The questions"), 2)
    for number, question in sign.asked.numbered():
        paper.paragraph(f"{number}. {question.said(sign.language)}")


def _taking_part(sign: Sign, paper: Paper) -> None:
    t = sign.t
    paper.heading(t.text("How to take part"), 2)
    online = paper.empty("List Bullet")
    before, _, after = t.text("Online: {address}").partition("{address}")
    paper.add(online, before)
    paper.add(online, sign.address, link=sign.link)
    paper.add(online, after)
    languages = ("、" if t.code == "zh" else "، " if t.code == "ar" else ", ").join(
        t.language(code) for code in _languages(sign)
    )
    said = [t.text("On paper: libraries have sheets with the same questions."),
            t.text("In these languages: {languages}.", languages=languages)]  # fmt: skip
    if sign.hashtags:
        said.append(t.text("In social media: {hashtags}", hashtags=sign.hashtags))
    paper.bullets(said)


def _languages(sign: Sign) -> tuple[str, ...]:
    from advocacy_monitor.hosting import form_languages

    return form_languages(sign.loaded)


def _afterwards(sign: Sign, paper: Paper) -> None:
    t = sign.t
    paper.heading(t.text("What happens with the answers"), 2)
    paper.bullets(
        [
            t.text("Each person decides what may be done with their answer. Nobody is quoted who did not agree to it."),
            t.text("A person reads every answer before it is quoted. Quotes are word for word."),
            t.text("Whoever answers online gets a code, to read, change or withdraw the answer at any time."),
            t.text("People choose to take part. So the results are no random sample, and we will say so."),
        ]
    )


def _ask(sign: Sign, paper: Paper) -> None:
    if ask := sign.loaded.config.campaign.ask:
        paper.heading(paper.words.ask_heading, 2)
        paper.paragraph(ask, style="Ask")


def _publisher(sign: Sign, paper: Paper) -> None:
    t, brand = sign.t, sign.brand
    paper.heading(t.text("About the publisher"), 2)
    paper.paragraph(sign.sponsor)
    rows = ((t.text("Website"), brand.website, brand.website), (t.text("Imprint"), brand.imprint, ""))
    for heading, text, address in rows:
        if text.strip():
            paper.labelled(heading, text, link=address)


def _letter(sign: Sign) -> bytes:
    """Sender, addressee, what has started, what will come, an invitation, the ask."""
    from advocacy_monitor.exporters.word.compact import close

    t, campaign = sign.t, sign.loaded.config.campaign
    subject = t.text("We ask what libraries mean to people: {campaign}", campaign=campaign.name)
    paper = _paper(sign, subject, t.text("Letter"))
    paper.logo()
    close(paper.paragraph(sign.sponsor, bold=True))
    close(paper.paragraph(sign.brand.contact or campaign.contact, style="Note"))
    paper.paragraph(sign.brand.website, style="Note")
    paper.placeholder(t.text("Name and office"))
    paper.placeholder(t.text("Place and day"))
    paper.heading(subject, 1)
    _salutation(t, paper)
    paper.paragraph(_why(t))
    paper.paragraph(t.text("Anybody can answer at {address} or on paper in a library.", address=sign.address))
    paper.paragraph(
        t.text(
            "We will report to you what people in your area say: how many took part, what matters to them, and the "
            "words of those who agreed to be quoted."
        )
    )
    line = paper.paragraph(t.text("We invite you to visit a library with us and to hear it from people there.") + " ")
    paper.placeholder(t.text("Library, day and hour"), paragraph=line)
    _ask(sign, paper)
    paper.paragraph(t.text("Yours sincerely,"))
    close(paper.placeholder(t.text("Signature")))
    paper.paragraph(sign.sponsor)
    return paper.content()


def _salutation(t: Texts, paper: Paper) -> None:
    before, _, after = t.text("Dear {name},").partition("{name}")
    line = paper.paragraph(before)
    paper.placeholder(t.text("Name"), paragraph=line)
    paper.add(line, after)
