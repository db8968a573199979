"""The privacy notice, made from the campaign's configuration: nobody forgets to change it when a setting changes.

It says what a controller has to say to people who answer (GDPR, Article 13) and to people whose public posts were
collected (Article 14), use by use. What only the controller knows, such as who else gets the data, stands under
`form.privacy` in config.yaml; what is missing there is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from starlette.responses import Response

from advocacy_monitor.config import Loaded
from advocacy_monitor.config_parts import LegalBases
from advocacy_monitor.models import Use
from advocacy_monitor.questionnaire import Questionnaire
from advocacy_monitor.terms import TERMS
from advocacy_monitor.translate import Texts
from advocacy_monitor.web.site import Page, Visit


@dataclass(frozen=True, slots=True)
class Purpose:
    """One use: what is ticked, what happens then, and what allows it."""

    consent: str
    what: str


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with sentences, then points of a list, then uses."""

    key: str
    title: str
    texts: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    purposes: tuple[Purpose, ...] = ()


def notice(loaded: Loaded, questionnaire: Questionnaire, t: Texts) -> tuple[Section, ...]:
    """The whole notice in one language, in the order in which people ask."""
    made = (
        _who(loaded, t),
        _why(loaded, questionnaire, t),
        _sensitive(t),
        _besides(loaded, t),
        _recipients(loaded, t),
        _how_long(loaded, t),
        _rights(loaded, t),
        _choice(t),
        _browser(t),
        _posts(loaded, t),
    )
    return tuple(section for section in made if section.texts or section.points or section.purposes)


def _who(loaded: Loaded, t: Texts) -> Section:
    privacy, campaign = loaded.config.form.privacy, loaded.config.campaign
    texts = [t.text("{controller} is responsible for this survey.", controller=privacy.controller or campaign.sponsor)]
    if privacy.address:
        texts.append(t.text("Postal address: {address}", address=privacy.address))
    texts.append(t.text("Contact: {contact}", contact=privacy.contact or campaign.contact))
    if privacy.officer:
        texts.append(t.text("Data protection officer: {officer}", officer=privacy.officer))
    return Section("who", t.text("Who is responsible"), tuple(texts))


def _why(loaded: Loaded, questionnaire: Questionnaire, t: Texts) -> Section:
    what = {
        Use.ANALYSE: t.text(
            "We count your answer and read it together with others. Without this you cannot take part."
        ),
        Use.QUOTE_UNNAMED: t.text("We may print your words in reports and on web pages, without your name."),
        Use.QUOTE_NAMED: t.text("We may print your words in reports and on web pages, with the name that you give us."),
        Use.SEND_TO_REPRESENTATIVE: t.text(
            "We may show your words to people who decide about libraries, such as members of a council or parliament."
        ),
        Use.CONTACT: t.text(
            "We may write to you about this campaign. For this we keep your e-mail address and ask you to confirm it. "
            "You can stop these mails with one click."
        ),
    }
    basis = t.text(
        "Each use has its own tick, and nothing is ticked for you. What allows us to do it: {basis}.",
        basis=_basis(loaded.config.campaign.legal_basis.submissions, t),
    )
    return Section(
        "why",
        t.text("What happens with your answer"),
        (basis,),
        purposes=tuple(Purpose(questionnaire.consent(use, t.code), what[use]) for use in Use),
    )


def _sensitive(t: Texts) -> Section:
    return Section(
        "sensitive",
        t.text("If your words tell more about you"),
        (
            t.text(
                "Your own words may tell about your health, your faith, your political views or your family. Your "
                "consent covers this as well, so write only what you want us to read."
            ),
            t.text(
                "We take names, addresses and telephone numbers out of quotes, and a person reads each quote first."
            ),
        ),
    )


def _besides(loaded: Loaded, t: Texts) -> Section:
    points = [
        t.text(
            "Your withdrawal code: we keep a scrambled form of it. It shows us which answer is yours, and nobody can "
            "read the code from it. We must be able to do this because you may withdraw at any time."
        ),
        t.text(
            "Your network address: to stop misuse, the program counts how often an address sends something. It keeps a "
            "scrambled form in memory for a short time and never with your answer. We have a legitimate interest in a "
            "survey that nobody can flood."
        ),
        t.text("After you withdraw: we keep a scrambled number, so that an old copy does not bring your answer back."),
        t.text(
            "If you answered on paper: we type your answer in and may keep a picture of the sheet. It is deleted "
            "together with your answer."
        ),
    ]
    if loaded.config.mail is not None:
        only_code = t.text(
            "Your e-mail address, if you leave it only to get the code: we delete it soon after the code was sent, or "
            "after a week if you do not confirm it."
        )
        points.insert(1, only_code)
    return Section("besides", t.text("What we need besides"), points=tuple(points))


def _recipients(loaded: Loaded, t: Texts) -> Section:
    texts = [
        t.text(
            "Quotes go to decision makers, the press and the public only as you allowed. Libraries get numbers for "
            "their area."
        ),
        t.text("We keep your e-mail address apart from your answer and hand it to nobody who is not named here."),
    ]
    if hosting := loaded.config.form.privacy.hosting:
        texts.append(t.text("Who runs the server for us: {hosting}", hosting=hosting))
    if loaded.config.mail is not None:
        texts.append(t.text("Our mails go out through the mail server {host}.", host=loaded.config.mail.host))
    return Section("recipients", t.text("Who gets your data"), tuple(texts))


def _how_long(loaded: Loaded, t: Texts) -> Section:
    months = loaded.config.retention.submissions_months
    return Section(
        "how-long",
        t.text("How long we keep it"),
        (
            t.counted(
                "We keep your answer for {n} month at most.", "We keep your answer for {n} months at most.", months
            ),
            t.text(
                "When you withdraw it, your words and contact details are deleted at once. A backup copy may hold them "
                "until it is replaced."
            ),
            t.text("What is printed already cannot be called back. We tell those who got a report with your words."),
        ),
    )


def _rights(loaded: Loaded, t: Texts) -> Section:
    points = [
        t.text("You can see everything that we hold about you, and take a copy with you."),
        t.text("You can correct your answer."),
        t.text(
            "You can take back each consent, or the whole answer, at any time and without giving a reason. What was "
            "done before stays lawful."
        ),
        t.text("You can ask us to delete your data, to stop using it for a time, or object to its use."),
        t.text("You can complain to an authority for data protection."),
    ]
    if authority := loaded.config.form.privacy.authority:
        points[-1] = t.text("You can complain to this authority: {authority}", authority=authority)
    intro = t.text(
        "You can do most of this yourself, with your withdrawal code, on the page “My statement”. Or write to us."
    )
    return Section("rights", t.text("Your rights"), (intro,), tuple(points))


def _choice(t: Texts) -> Section:
    return Section(
        "choice",
        t.text("Your choice"),
        (
            t.text("No law and no contract asks you to take part. If you do not, nothing changes for you."),
            t.text("Software sorts answers by topic. It decides nothing about you: people decide what is used."),
            t.text("If you are under 16, a parent has to agree. We then take no name and no e-mail address."),
        ),
    )


def _browser(t: Texts) -> Section:
    return Section(
        "browser",
        t.text("What this site stores"),
        (
            t.text("This site sets no cookie, loads nothing from other companies and does not follow you."),
            t.text(
                "While you write, your browser keeps a draft on your device, so that nothing is lost when the page is "
                "loaded again. It is deleted when you send your answer or close the tab."
            ),
            t.text("Our program writes no list of visitors."),
        ),
    )


def _posts(loaded: Loaded, t: Texts) -> Section:
    networks = tuple(dict.fromkeys(_networks(loaded)))
    if not networks:
        return Section("posts", "")
    months = loaded.config.retention.posts_months
    return Section(
        "posts",
        t.text("If you wrote a public post"),
        (
            t.text(
                "We collect public posts about libraries from: {networks}. What allows us to do it: {basis}.",
                networks=", ".join(networks),
                basis=_basis(loaded.config.campaign.legal_basis.posts, t),
            ),
            t.text(
                "We store the text, the date, its address and the name of the account. We count posts and quote one "
                "only if its author has said yes."
            ),
            t.counted(
                "We keep posts for {n} month at most, and no longer than they stand there.",
                "We keep posts for {n} months at most, and no longer than they stand there.",
                months,
            ),
            t.text("Write to us if you do not want your post to be used. We take it out without asking why."),
        ),
    )


def _networks(loaded: Loaded) -> Iterator[str]:
    """The names of the networks that posts are collected from."""
    for collector in loaded.config.collectors.values():
        if terms := TERMS.get(collector.source):
            yield terms.name


def show(visit: Visit) -> Response:
    """The page."""
    sections = notice(visit.site.loaded, visit.site.questionnaire, visit.t)
    return visit.page("privacy.html", sections=sections, more=visit.site.loaded.config.form.privacy.more)


def _basis(stated: str, t: Texts) -> str:
    """What the campaign states as its legal basis; the program's own words for it in the reader's language."""
    usual = LegalBases()
    known = {
        usual.submissions: t.text("your consent (GDPR, Article 6(1)(a))"),
        usual.posts: t.text("our legitimate interest in public posts (GDPR, Article 6(1)(f))"),
    }
    return known.get(stated, stated.rstrip("."))


PAGES = (Page("GET", "/privacy", show),)
