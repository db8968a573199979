"""What somebody wrote is kept, what their program added is cut off; in doubt nothing is cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy_monitor.sources.mail_reply import OMISSION, split_reply

KEPT = {
    "a list with dashes": "Three things I love:\n\n- the storytime\n- the quiet room\n\nPlease keep it open.",
    "thanks in the middle": "It helped me.\n\nThank you, library, for the warm room.\nI learned German there.",
    "greetings in the middle": "Unsere Bücherei ist toll.\nGrüße gehen raus an die Frau am Tresen.\nIch lerne dort Deutsch.",
    "a warning": "My view.\nWarning: without the library my kids read nothing. I write this mail with hope.",
    "from and to as words": "From: the bottom of my heart\nTo: all librarians\nthank you for everything.",
    "words that begin like closings": "I do.\nBest place in town, cheers to all of you.\nLove lives here.\nYours is the town.",
    "somebody wrote, without a quote": "On 3 May 2020 my daughter wrote:\nDear library, come back.",
    "von in a sentence": "Von: hier an gesehen\nDatum: jeden Samstag\nist die Bücherei mein Zuhause.",
    "dashes as a break": "Part one.\n\n--\n\n" + "\n".join(f"Line {number} of part two." for number in range(20)),
    "a line of underscores": "Before it closed.\n______________________________\nAfter it closed.",
    "an early closing": "Best regards to the team!\n\n" + "\n".join(["I have so much to say about this place."] * 9),
    "wide lines after a closing": "Liebe Grüße\n\n"
    + "Seit der Schließung fehlt mir der Lesesaal sehr, und die Menschen dort noch mehr als er. " * 2,
    "on, before somebody wrote": "On Monday we came.\nOn 3 May 2020 my daughter wrote:\nDear library, come back.",
    "greetings that are the letter": "Liebe Grüße aus Lindenrode\nIhr seid so toll\nBitte bleibt",
    "greetings first": "Best wishes!\n\nYou are\nthe best",
    "a child's words": "Am 3. Mai um 10:00 sagte und schrieb das Kind @home:\n\nIch liebe die Bibliothek.",
    "a child's words, after an address": "Hallo,\n\nAm 3. Mai um 10:00 schrieb das Kind:\n\nIch liebe sie.",
    "a day with somebody who wrote": "Wir waren am 02.11.2026 um 10:00 dort und mein Sohn schrieb:\nToll!",
    "an address to write to": "Fragt info@example.org, denn sie schrieben auch mir:\nKommt vorbei.",
    "a table": "Meine Liste:\n| Buch | Jahr |\n| Momo | 1973 |",
    "a greeting": "Dear library,\nI miss you.",
    "sent from as words": "Sent from heaven, that is what our librarian is, and I mean it with all of my heart and soul.",
}


@pytest.mark.parametrize("name", KEPT)
def test_a_persons_words_are_kept(name: str) -> None:
    found = split_reply(KEPT[name], sender="Anna Muster")
    assert found.own == KEPT[name].rstrip()
    assert (found.signature, found.quoted) == ("", "")


QUOTES = {
    "en": "On Mon, 2 Nov 2026 at 10:00, Campaign <info@example.org> wrote:\n> Tell us!\n>\n> More",
    "en, broken line": "On Mon, 2 Nov 2026 at 10:00, Campaign\n<info@example.org>\nwrote:\n\n> Tell us!",
    "en, without marks": "On 2 Nov 2026, at 10:00, Campaign <info@example.org> wrote:\n\nTell us!\nMore",
    "de": "Am 02.11.2026 um 10:00 schrieb Kampagne <info@example.org>:\n> Schreiben Sie uns!",
    "de, apple": "Am 02.11.2026 um 10:00 schrieb Kampagne:\n\nSchreiben Sie uns!",
    "fr": "Le lun. 2 nov. 2026 à 10:00, Campagne <info@example.org> a écrit :\n> Écrivez-nous",
    "es": "El lun, 2 nov 2026 a las 10:00, Campaña (<info@example.org>) escribió:\n> Escríbanos",
    "ru": "пн, 2 нояб. 2026 г. в 10:00, Кампания <info@example.org> написал:\n> Пишите нам",
    "zh": "活动 <info@example.org> 于2026年11月2日周一 10:00写道：\n> 请写信",
    "ar": "في 2 نوفمبر 2026 10:00 كتب info@example.org:\n> اكتب لنا",
    "outlook en": "From: Campaign <info@example.org>\nSent: Monday, 2 November 2026 10:00\nTo: Anna\nSubject: You\n\nTell us",
    "outlook de": "________________________________\nVon: Kampagne <info@example.org>\nGesendet: Montag, 2. November 2026\n"
    "An: Anna Muster\nBetreff: Ihre Bücherei\n\nSchreiben Sie uns",
    "outlook bold": "*Von:* Kampagne <info@example.org>\n*Gesendet:* Montag\n*An:* Anna\n*Betreff:* x\n\nHallo",
    "outlook fr": "De : Campagne <info@example.org>\nEnvoyé : lundi\nÀ : Anna\nObjet : x\n\nBonjour",
    "old outlook": "-----Original Message-----\nFrom: x\n\nHello",
    "old outlook de": "-----Ursprüngliche Nachricht-----\nVon: x\n\nHallo",
    "gmail forward": "---------- Forwarded message ---------\nVon: x <x@example.org>\nDate: y\n\nHallo",
    "apple forward": "Anfang der weitergeleiteten Nachricht:\n\nVon: x",
    "de, name first": "Max Muster <max@example.com> schrieb am Mo., 2. Nov. 2026, 10:00:\n\nSchreibt uns!",
    "de, name first, no address": "Max Muster schrieb am 02.11.2026 10:00:\nSchreibt uns!",
    "de, bars": "Max schrieb am 02.11.2026 um 10:00:\n| Schreibt uns!\n| Bald",
    "en, name first": "Max Muster <max@example.com> wrote:\n\nTell us!",
    "fr, name first": "Max <max@example.com> a écrit :\n\nDites",
    "es, name first, broken line": "Max Muster <max@example.com>\nescribió el 2 nov 2026 a las 10:00:\n\nHola",
    "nl": "Op ma 2 nov. 2026 om 10:00 schreef Max <max@example.com>:\n\nSchrijf ons",
    "outlook nl": "Van: Max <max@example.com>\nVerzonden: maandag 2 november 2026 10:00\nAan: Anna\n"
    "Onderwerp: x\n\nHallo",
    "en dashes": "–––– Weitergeleitete Nachricht ––––\nHallo",
    "em dashes": "———— Original Message ————\nHello",
    "marks alone": "> Tell us!\n> More",
}


@pytest.mark.parametrize("name", QUOTES)
def test_quotes_and_forwarded_mail_are_cut_off(name: str) -> None:
    found = split_reply(f"Mir fehlt der Lesesaal.\n\n{QUOTES[name]}\n")
    assert found.own == "Mir fehlt der Lesesaal."
    assert [line for line in found.quoted.split("\n") if line] == [line for line in QUOTES[name].split("\n") if line]


@pytest.mark.parametrize("name", QUOTES)
def test_a_mail_of_nothing_but_a_quote_has_no_words_of_its_own(name: str) -> None:
    assert split_reply(QUOTES[name]).own == ""


def test_a_line_that_looks_alike_above_an_attribution_is_kept() -> None:
    found = split_reply(f"Am Montag war sie zu\n{QUOTES['de, apple']}")
    assert found.own == "Am Montag war sie zu"
    assert split_reply(f"As Anna wrote:\n{QUOTES['en, broken line']}").own == "As Anna wrote:"


def test_answers_between_quotes_stay_apart() -> None:
    found = split_reply("> What do you miss?\n\nThe reading room.\n\n> And what else?\nThe staff.\n\nBest wishes\nAnna")
    assert found.own == f"The reading room.\n\n{OMISSION}\n\nThe staff."
    assert found.signature == "Best wishes\nAnna"
    assert found.quoted == "> What do you miss?\n> And what else?"


def test_an_answer_below_bars_stays() -> None:
    found = split_reply("Max schrieb am 02.11.2026 um 10:00:\n\n| Was fehlt?\n| On 10:00 x wrote:\n\nDer Lesesaal.")
    assert found.own == "Der Lesesaal."
    assert found.quoted.startswith("Max schrieb")


SIGNATURES = {
    "rfc 3676": "-- \nAnna Muster\nExample Street 12\n+49 30 901820",
    "without the space": "--\nAnna Muster\nExample Street 12",
    "long, with the name": "--\nAnna Muster\n" + "\n".join(f"Notice, line {number}" for number in range(20)),
    "de": "Mit freundlichen Grüßen\nAnna Muster\nMusterweg 12\n12345 Lindenrode",
    "de, short": "LG Anna",
    "de, on one line": "Viele liebe Grüße aus Lindenrode, Anna Muster",
    "de, bold": "*Herzliche Grüße*\n\nAnna",
    "en": "Best regards,\nAnna Muster",
    "en, on one line": "Kind regards, Anna Muster",
    "en, yours": "Yours sincerely\n\nAnna Muster\nReader",
    "en, love": "Love,\nAnna",
    "fr": "Bien cordialement,\nAnna Muster",
    "es": "Un saludo,\nAnna Muster",
    "ru": "С уважением,\nАнна",
    "zh": "此致\n敬礼\n安娜",
    "ar": "مع خالص التحية\nآنا",
    "the name alone": "Anna Muster",
    "the first name": "Anna",
    "a telephone number": "Tel. +49 30 901820",
    "an address": "anna@example.org",
    "a telephone's line": "Sent from my iPhone",
    "a telephone's line, de": "Von meinem Samsung Galaxy Smartphone gesendet.",
    "an app": "Get Outlook for iOS<https://aka.example/x>",
    "all of it": "Viele Grüße\nAnna\n\nGesendet von Outlook für Android",
}


@pytest.mark.parametrize("name", SIGNATURES)
def test_signatures_are_cut_off_and_kept_apart(name: str) -> None:
    found = split_reply(f"Ich vermisse die Vorlesestunde.\n\n{SIGNATURES[name]}\n", sender="Anna Muster")
    assert found.own == "Ich vermisse die Vorlesestunde."
    assert found.signature.split("\n") == SIGNATURES[name].split("\n")


def test_a_signature_above_a_quote_is_cut_off_as_well() -> None:
    found = split_reply(f"I miss it.\n\nKind regards\nAnna\n\n{QUOTES['en']}", sender="Anna Muster")
    assert found.own == "I miss it."
    assert found.signature == "Kind regards\nAnna"


def test_a_postscript_is_part_of_the_letter() -> None:
    found = split_reply("Wir lieben sie.\n\nLiebe Grüße\nAnna\n\nPS: Bitte auch samstags öffnen!", sender="Anna Muster")
    assert found.own == "Wir lieben sie.\n\nPS: Bitte auch samstags öffnen!"
    assert found.signature == "Liebe Grüße\nAnna"


@pytest.mark.parametrize("more", ["Bitte auch samstags!", "Please open on Saturdays.", "P.S. mehr", "PPS: noch mehr"])
def test_what_is_said_below_the_name_stays(more: str) -> None:
    found = split_reply(f"Wir lieben sie.\n\nLiebe Grüße\nAnna\nMusterweg 12\n\n{more}", sender="Anna Muster")
    assert found.own == f"Wir lieben sie.\n\n{more}"
    assert found.signature == "Liebe Grüße\nAnna\nMusterweg 12"


def test_thanks_at_the_end_stay() -> None:
    assert split_reply("It kept me going.\nThanks!\nAnna", sender="Anna Muster").own == "It kept me going.\nThanks!"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=400), st.none() | st.text(max_size=20))
def test_no_word_is_lost(text: str, sender: str | None) -> None:
    found = split_reply(text, sender=sender)
    parts = " ".join((found.own.replace(OMISSION, " "), found.signature, found.quoted))
    assert sorted(parts.split()) == sorted(text.replace(OMISSION, " ").split())


@pytest.mark.parametrize(
    "hostile",
    [
        "On " + "a " * 100_000,
        "> \n" * 50_000,
        "From: \n" * 20_000,
        "Grüße\n" * 50_000,
        "On 10:00 x wrote:\n" * 20_000 + "\n> x",
        "-- \n" * 50_000,
        "On wrote:\nOn 10:00:\n" * 20_000,
        "> \n" * 50_000 + "On 10:00 x wrote:\nx\n" * 20_000,
        "| On 10:00 x wrote:\n" * 50_000,
        ("a@" * 290 + " wrote:\n") * 1_000,
        "_" * 200_000,
        ("wrote " * 90 + "\n") * 2_000,
    ],
)
def test_hostile_texts_end_in_time(hostile: str) -> None:
    """Without a stopwatch: what is quadratic here takes minutes, and the test run's time limit ends it."""
    found = split_reply(hostile, sender="Anna")
    assert len(found.own) + len(found.signature) + len(found.quoted) <= len(hostile) + 100
