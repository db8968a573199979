"""What in a survey tells who somebody is or how to reach them; it goes to the contacts file and nowhere else.

Columns are known by their headers, single cells by being nothing but an e-mail address or a telephone number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum

from advocacy_monitor.sources.survey_words import spoken

_EMAIL = re.compile(r"(?:mailto:)?<?[^@\s<>]+@[^@\s<>.]+(?:\.[^@\s<>.]+)+>?[;,.]?")
_PHONE = re.compile(r"(?:tel[.:]?|phone:?|mobile:?|handy:?)?\s*(?:\+|00|0|\()[\d\s()/.\-–]{6,24}", re.IGNORECASE)
_GROUPED = re.compile(r"\d{3}[\s.\-]\d{3}[\s.\-]\d{4}")
_NO_PHONE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}(?:\D.*)?|\d{1,8}|\d+[.,]\d+")
"""Dates, short numbers such as ids, and decimals."""
_IP_ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")


class Detail(StrEnum):
    """What kind of contact detail a column holds."""

    NAME = "name"
    EMAIL = "email"
    PHONE = "phone"
    OTHER = "other"


_FILL = frozenset(
    [
        *("your", "my", "the", "a", "an", "what", "is", "are", "please", "enter", "optional", "of", "respondent"),
        *("contact", "ihr", "ihre", "dein", "deine", "bitte", "freiwillig", "wie", "lautet", "ist", "heißen", "sie"),
        *("votre", "ton", "ta", "le", "la", "l", "d", "de", "facultatif", "quel", "est", "su", "tu", "cuál", "es"),
        *("el", "opcional", "ваш", "ваша", "ваше", "您的", "你的", "home", "work", "primary", "und", "and", "et", "y"),
        *("1", "2", "3", "please", "give", "us", "s"),
    ]
)
_NAME = frozenset(
    [
        *(
            "name",
            "names",
            "first",
            "last",
            "full",
            "surname",
            "firstname",
            "lastname",
            "fullname",
            "username",
            "given",
        ),
        *("given", "family", "vorname", "nachname", "familienname", "namen", "nom", "noms", "prénom", "prénoms"),
        *(
            "nombre",
            "nombres",
            "apellido",
            "apellidos",
            "completo",
            "имя",
            "фамилия",
            "отчество",
            "фио",
            "姓名",
            "名字",
            "姓",
        ),
        *("姓名", "名字", "姓", "الاسم", "اسمك", "اسم", "الكامل", "middle"),
    ]
)
_NAME_ALONE = _NAME - {"first", "last", "full", "given", "family", "famille", "completo", "الكامل", "middle", "اسم"}
_EMAIL_WORDS = frozenset(
    [
        *(
            "e",
            "mail",
            "email",
            "emails",
            "mailadresse",
            "emailadresse",
            "address",
            "adresse",
            "courriel",
            "messagerie",
            "électronique",
        ),
        *("correo", "electrónico", "dirección", "эл", "почта", "электронная", "электронной", "почты", "адрес"),
        *("电子邮件", "电子邮箱", "邮箱", "电邮", "البريد", "الإلكتروني", "بريدك"),
    ]
)
_EMAIL_ALONE = frozenset(
    [
        *(
            "mail",
            "email",
            "emails",
            "mailadresse",
            "emailadresse",
            "courriel",
            "messagerie",
            "correo",
            "почта",
            "почты",
        ),
        *("电子邮件", "电子邮箱", "邮箱", "电邮", "البريد", "بريدك"),
    ]
)
_PHONE_WORDS = frozenset(
    [
        *("phone", "telephone", "mobile", "cell", "cellphone", "tel", "number", "no", "telefon", "telefonnummer"),
        *("mobilnummer", "handy", "handynummer", "nummer", "téléphone", "portable", "numéro", "teléfono", "móvil"),
        *(
            "número",
            "телефон",
            "телефона",
            "номер",
            "电话",
            "手机",
            "电话号码",
            "手机号码",
            "الهاتف",
            "رقم",
            "الجوال",
            "fax",
        ),
    ]
)
_PHONE_ALONE = _PHONE_WORDS - {"number", "no", "nummer", "numéro", "número", "номер", "رقم"}
_OTHER = frozenset(
    [
        *("address", "street", "street address", "postal address", "mailing address", "address line", "company"),
        *("adresse", "anschrift", "straße", "strasse", "straße hausnummer", "hausnummer", "wohnort adresse", "rue"),
        *("adresse postale", "dirección", "calle", "domicilio", "адрес", "улица", "地址", "住址", "العنوان", "عنوانك"),
        *("ip", "ip address", "ipaddr", "ipaddress", "ip adresse", "adresse ip", "dirección ip", "token", "refurl"),
        *("referrer url", "zugangscode", "zugangsschlüssel", "access code", "twitter handle", "instagram handle"),
        *("handle", "date of birth", "birthday", "geburtsdatum", "date de naissance", "fecha de nacimiento"),
        *("дата рождения", "出生日期", "تاريخ الميلاد", "signature", "unterschrift"),
    ]
)
_ASKED = {
    Detail.NAME: frozenset(
        [
            *("wie heißen sie", "wie heißt du", "comment vous appelez vous", "cómo se llama", "cómo te llamas"),
            *("как вас зовут", "您贵姓", "ما اسمك", "how should we call you"),
        ]
    ),
    Detail.OTHER: frozenset(
        [
            *("contact", "contact details", "your contact details", "contact information", "contact data", "kontakt"),
            *("kontaktdaten", "ihre kontaktdaten", "kontaktinformationen", "coordonnées", "vos coordonnées"),
            *("contacto", "datos de contacto", "контакты", "контактные данные", "联系方式", "معلومات الاتصال"),
        ]
    ),
}
_MENTIONED = re.compile(
    r"\byour (?:full |first |last |home |postal |own )?(?:name|address)\b"
    r"|\b(?:ihren?|deinen?) (?:vollen |vollständigen )?(?:namen?|anschrift|adresse)\b"
    r"|\b(?:votre|ton|vos) (?:noms?|prénoms?|adresse)\b|\b(?:su|tu) (?:nombre|dirección|domicilio)\b"
    r"|\bваш[ауеи]?\w* (?:имя|фамили|адрес)|[您你]的(?:姓名|名字|地址)|اسمك|عنوانك"
)
_CUSTOM = re.compile(r"custom ?(?:data|value)s?(?: \d+)?|attribute_?\d+")


def kind_of_column(header: str) -> Detail | None:
    """What contact detail a header asks for, and None for anything else ('Name of your library', 'Age')."""
    if _CUSTOM.fullmatch(header.lower().strip()):
        return Detail.OTHER
    plain = spoken(header)
    if asked := next((detail for detail, headers in _ASKED.items() if plain in headers), None):
        return asked
    words = [word for word in plain.split() if word not in _FILL]
    left = " ".join(words)
    if left in _OTHER or plain in _OTHER:
        return Detail.OTHER
    for detail, known, alone in (
        (Detail.EMAIL, _EMAIL_WORDS, _EMAIL_ALONE),
        (Detail.PHONE, _PHONE_WORDS, _PHONE_ALONE),
        (Detail.NAME, _NAME, _NAME_ALONE),
    ):
        if words and set(words) <= known and (set(words) & alone or left in ("first name", "last name")):
            return detail
    mixed = _NAME | _EMAIL_WORDS | _PHONE_WORDS | {"address", "street", "adresse"}
    telling = _NAME_ALONE | _EMAIL_ALONE | _PHONE_ALONE
    return Detail.OTHER if words and set(words) <= mixed and set(words) & telling else None


def mentions_contact(header: str) -> bool:
    """Whether a longer header asks for a person's own name or address ('If you like, leave your name here')."""
    return _MENTIONED.search(spoken(header)) is not None


def is_contact(cell: str) -> bool:
    """Whether a cell is nothing but an e-mail address, a telephone number or an IP address."""
    plain = cell.strip()
    if not 5 <= len(plain) <= 254:
        return False
    if "@" in plain:
        return _EMAIL.fullmatch(plain) is not None
    return _IP_ADDRESS.fullmatch(plain) is not None or _is_phone(plain)


def _is_phone(plain: str) -> bool:
    """Telephone numbers as people write them; not dates, ranges ('18-24') or plain numbers ('3292879998')."""
    if _PHONE.fullmatch(plain) is None and _GROUPED.fullmatch(plain) is None:
        return False
    digits = sum(character.isdigit() for character in plain)
    return 7 <= digits <= 15 and _NO_PHONE.fullmatch(plain) is None


def shown(headers: Iterable[str], limit: int = 40) -> str:
    """Column names for a message. A name that is a contact detail (a file without a header) is not shown."""
    names = ["'(a contact detail)'" if is_contact(name) else repr(name[:80]) for name in headers]
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return ", ".join(names[:limit]) + more
