"""The words, cells and dates by which columns of a survey are known."""

from __future__ import annotations

import pytest

from advocacy_monitor.models import Use
from advocacy_monitor.sources.contact_details import Detail, is_contact, kind_of_column
from advocacy_monitor.sources.submissions import form_name
from advocacy_monitor.sources.survey_dates import DateOrder, DateProblemError, Dates, ambiguous, settled
from advocacy_monitor.sources.survey_words import asks_for_words, asks_which_library, permitted_use
from advocacy_monitor.sources.tabular import unique


@pytest.mark.parametrize(
    ("header", "detail"),
    [
        *((name, Detail.NAME) for name in ("Name", "Your name (optional)", "First Name", "lastname", "Ihr Name")),
        *(
            (name, Detail.NAME)
            for name in ("Vorname und Nachname", "Nom et prénom", "Nombre y apellidos", "Wie heißen Sie?")
        ),
        *((name, Detail.NAME) for name in ("Имя", "姓名", "الاسم", "What is your full name?")),
        *(
            (name, Detail.EMAIL)
            for name in ("E-mail (optional)", "Email Address", "email", "E-Mail-Adresse", "Courriel")
        ),
        *((name, Detail.EMAIL) for name in ("Correo electrónico", "Adresse e-mail", "电子邮件", "Электронная почта")),
        *(
            (name, Detail.PHONE)
            for name in ("Phone Number", "Telefon", "Teléfono móvil", "Numéro de téléphone", "手机")
        ),
        *(
            (name, Detail.OTHER)
            for name in ("IP Address", "ipaddr", "token", "Custom Data 1", "Postal address", "Anschrift")
        ),
        *((name, Detail.OTHER) for name in ("Name and e-mail", "Ihre Kontaktdaten", "attribute_1", "Date of birth")),
        *((name, None) for name in ("Library name", "Name of your library", "E-mail address of your library", "Age")),
        *(
            (name, None)
            for name in ("Postcode", "What matters most to you?", "You may quote me with my name", "Number", "")
        ),
    ],
)
def test_contact_columns_are_known_by_their_header(header: str, detail: Detail | None) -> None:
    assert kind_of_column(header) == detail


@pytest.mark.parametrize(
    ("cell", "known"),
    [
        *((cell, True) for cell in ("jane@example.org", " <j.doe@mail.example.co.uk> ", "mailto:a@example.de")),
        *(
            (cell, True)
            for cell in ("0412 345 678", "+49 30 1234567", "(212) 555-0123", "212-555-0123", "Tel. 030/12345678")
        ),
        *((cell, True) for cell in ("192.0.2.17",)),
        *((cell, False) for cell in ("3292879998", "18-29", "2020-05-14", "14.05.2020 10:00", "$0 - $24,999", "01067")),
        *(
            (cell, False)
            for cell in ("0", "", "I love it @ the library", "0.123456789", "2020/05/14 10:23:11 AM", "1 - 1000000")
        ),
    ],
)
def test_cells_that_are_nothing_but_a_contact_detail_are_known(cell: str, known: bool) -> None:
    assert is_contact(cell) is known


@pytest.mark.parametrize(
    ("statement", "use"),
    [
        *(("You may count my answer", Use.ANALYSE), ("You may quote me without my name", Use.QUOTE_UNNAMED)),
        *(("You may quote me with my name", Use.QUOTE_NAMED), ("May we contact you?", Use.CONTACT)),
        ("You may send my answer to my representative", Use.SEND_TO_REPRESENTATIVE),
        *(
            ("Sie dürfen mich ohne Namen zitieren", Use.QUOTE_UNNAMED),
            ("Meine Antwort darf gezählt werden", Use.ANALYSE),
        ),
        ("Sie dürfen mich mit meinem Namen zitieren", Use.QUOTE_NAMED),
        *(
            ("Vous pouvez me citer sans mon nom", Use.QUOTE_UNNAMED),
            ("Vous pouvez me citer avec mon nom", Use.QUOTE_NAMED),
        ),
        *(("Pueden citarme sin mi nombre", Use.QUOTE_UNNAMED), ("Pueden citarme con mi nombre", Use.QUOTE_NAMED)),
        *(("Меня можно цитировать без имени", Use.QUOTE_UNNAMED), ("Можно цитировать с моим именем", Use.QUOTE_NAMED)),
        *(("您可以匿名引用我的话", Use.QUOTE_UNNAMED), ("您可以署名引用我的话", Use.QUOTE_NAMED)),
        *(("يمكنكم الاقتباس مني بدون اسم", Use.QUOTE_UNNAMED), ("يمكنكم الاقتباس مع اسمي", Use.QUOTE_NAMED)),
        *(("You may not quote me with my name", None), ("Sie dürfen mich nicht mit Namen zitieren", None)),
        *(("Quote of the day", None), ("Can we count on you?", None), ("Can we use the information above?", None)),
        *(("Your favourite quote, with your name", None), ("N'acceptez-vous pas d'être cité avec votre nom ?", None)),
        ("I understand that the information I provide in this form will be made publicly available.", None),
        ("You may quote me anonymously and send my answer to my representative", None),
    ],
)
def test_a_consent_is_recognised_only_when_it_cannot_be_misunderstood(statement: str, use: Use | None) -> None:
    assert permitted_use(statement) == use


def test_headers_that_ask_for_words_and_for_a_library() -> None:
    for header in (
        "In your own words",
        "Any comments?",
        "Was bedeutet …?",
        "Vos commentaires",
        "Своими словами",
        "您的评论",
    ):
        assert asks_for_words(header)
    for header in ("Comment avez-vous trouvé la bibliothèque ?", "Age", "Which library?", "How often do you come?"):
        assert not asks_for_words(header)
    for header in (
        "Which library do you use?",
        "Welche Bücherei nutzen Sie?",
        "Quelle médiathèque ?",
        "Library",
        "哪个图书馆？",
    ):
        assert asks_which_library(header)
    for header in (
        "How often do you use your library?",
        "What does your library mean to you?",
        "What did you miss in your library",
    ):
        assert not asks_which_library(header)


@pytest.mark.parametrize(
    ("cell", "order", "expected"),
    [
        ("8/21/2019 13:10:31", None, "2019-08-21T13:10:31+00:00"),
        ("21/08/2019 13:10", None, "2019-08-21T13:10:00+00:00"),
        ("03.04.2020", None, "2020-04-03T00:00:00+00:00"),
        ("3/4/2020", DateOrder.DAY_FIRST, "2020-04-03T00:00:00+00:00"),
        ("3/4/2020", DateOrder.MONTH_FIRST, "2020-03-04T00:00:00+00:00"),
        ("2020/05/14 10:23:11 AM GMT+10", None, "2020-05-14T00:23:11+00:00"),
        ("2019/08/21 1:10:31 nachm. OESZ", None, "2019-08-21T10:10:31+00:00"),
        ("2020/5/14 下午3:10:31", None, "2020-05-14T15:10:31+00:00"),
        ("05/13/2020 12:00 AM", None, "2020-05-13T00:00:00+00:00"),
        ("2020-05-14T10:00:00+02:00", None, "2020-05-14T08:00:00+00:00"),
        ("14 May 2020 10:23", None, "2020-05-14T10:23:00+00:00"),
        ("May 14, 2020 3 pm", None, "2020-05-14T15:00:00+00:00"),
        ("14/05/20", None, "2020-05-14T00:00:00+00:00"),
        ("5/5/2020", None, "2020-05-05T00:00:00+00:00"),
    ],
)
def test_dates_are_read(cell: str, order: DateOrder | None, expected: str) -> None:
    assert Dates(order=order).read(cell).isoformat() == expected


@pytest.mark.parametrize(
    ("cell", "order", "problem"),
    [
        *(("3/4/2020", None, "day/month or month/day"), ("31/02/2020", None, "does not exist")),
        *(("25/4/2020", DateOrder.MONTH_FIRST, "does not exist"), ("3/4/2020", DateOrder.YEAR_FIRST, "year of four")),
        *(("13:10 3/4/2020", None, "no date"), ("2020", None, "no date"), ("May 2020", None, "no date")),
        *(("2020-05-14 14:00 PM", None, "twelve hours"), ("2020-05-14 10:00 XYZ", None, "time zone")),
        *(("0001-01-01T00:00:00+05:00", None, "out of range"), ("", None, "no date")),
    ],
)
def test_dates_that_cannot_be_read_say_why(cell: str, order: DateOrder | None, problem: str) -> None:
    with pytest.raises(DateProblemError, match=problem):
        Dates(order=order).read(cell)


def test_one_date_settles_a_column() -> None:
    assert settled(["3/4/2020", "25/4/2020"], setting=None, usual=DateOrder.MONTH_FIRST) is DateOrder.DAY_FIRST
    assert settled(["3/4/2020", "4/25/2020"], setting=None, usual=None) is DateOrder.MONTH_FIRST
    assert settled(["3/4/2020", "25/4/2020"], setting=DateOrder.MONTH_FIRST, usual=None) is DateOrder.MONTH_FIRST
    assert settled(["3/4/2020"], setting=None, usual=DateOrder.MONTH_FIRST) is DateOrder.MONTH_FIRST
    assert settled(["25/4/2020", "4/25/2020"], setting=None, usual=DateOrder.MONTH_FIRST) is None
    assert ambiguous(["3/4/2020", "3.4.2020", "5/5/2020", "2020-03-04", "gestern"]) == ["3/4/2020"]


def test_names_of_columns_and_forms() -> None:
    assert unique(["a", "a", "", "a (2)", " b\n c "]) == ("a", "a (2)", "column 3", "a (2) (2)", "b c")
    assert form_name("Umfrage Bücherei (Responses) - Form 1(3)") == "umfrage-bücherei-responses-form-1"
    assert form_name("../../etc/passwd") == "etc-passwd"
    assert form_name("???") == "form"
