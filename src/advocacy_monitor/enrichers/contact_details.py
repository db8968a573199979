"""Finds what leads straight to a person: e-mail, phone, URL, handle, bank and card numbers, dates of birth.

Well-kept libraries decide what a number is (phonenumbers, python-stdnum); cues and shapes find what people write so
that machines should not read it, and numbers with a slip in them. Finding too much is the lesser harm.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from advocacy_monitor.enrichers.plain_text import lower_case
from advocacy_monitor.enrichers.word_gate import Gated, words, words_of
from advocacy_monitor.models import Span

_TOP_LEVEL = (
    "com|org|net|edu|gov|info|biz|eu|de|ch|uk|fr|es|nl|dk|se|fi|pl|pt|ru|ca|au|nz|ie|io|app|dev|museum|library|online"
    "|site|xyz|shop|blog|social|berlin|koeln|cologne|hamburg|bayern|wien|nrw|ruhr|london|scot|wales|sydney|melbourne"
)
# These are words too ("end.At the", "it.Is"): only with a path behind them.
_TOP_LEVEL_WORDS = "at|it|me|be|to|co|no|is|us|ly|gl|gg|tv|fm|in"

_URL = re.compile(r"(?:https?://|ftp://|www\.)\S+", re.IGNORECASE)
_BARE_URL = re.compile(
    rf"(?<![\w@.-])(?:[a-z0-9](?:[\w-]{{0,61}}[a-z0-9])?\.){{1,4}}(?:(?:{_TOP_LEVEL})(?:/\S*)?|"
    rf"(?:{_TOP_LEVEL_WORDS})/\S*)(?![\w@])",
)
_DOT_INSIDE = re.compile(r"\.[\w-]|www\.", re.IGNORECASE)
_EMAIL = re.compile(
    r"(?<![\w.+-])[^\s@<>()\[\]{},;:\"'|/＠]{1,128}(?:'[^\s@<>()\[\]{},;:\"'|/＠]{1,64}){0,2}[@＠]"
    r"(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}"
)
_AT_MARK = r"\s{0,2}[\[({<]\s?(?:at|ät|æt|a|@|affe|klammeraffe|arroba|chez)\s?[\])}>]\s{0,2}"
_DOT_MARK = r"(?:\s{0,2}[\[({<]\s?(?:dot|punkt|point|punto|\.)\s?[\])}>]\s{0,2}|\s(?:dot|punkt|point|punto)\s|\s?\.\s?)"
_SPELLED_AT = re.compile(r"[\[({<]\s?(?:@|\w{1,12})\s?[\])}>]|\s(?:at|ät|æt|klammeraffe|arroba)\s", re.IGNORECASE)
_SAYS_AT = Gated(_SPELLED_AT, words("at ät æt klammeraffe arroba"))
_EMAIL_BRACKETS = re.compile(
    rf"(?<![\w.+-])[\w.+-]{{1,64}}{_AT_MARK}[\w-]{{1,63}}(?:{_DOT_MARK}[\w-]{{2,63}}){{0,4}}"
    rf"|(?<![\w.+-])[\w.+-]{{1,64}}\s?[\[({{<]\w{{1,12}}[\])}}>]\s?[\w-]{{1,63}}\.(?:{_TOP_LEVEL}|at|it)(?!\w)",
    re.IGNORECASE,
)
_EMAIL_WORDS = re.compile(
    rf"(?<![\w.+-])(?:[\w+-]{{1,64}}\s(?:dot|punkt|point|punto)\s){{0,2}}[\w.+-]{{1,64}}\s(?:at|ät|æt"
    rf"|klammeraffe|arroba)\s[\w-]{{1,63}}(?:\s?(?:\.|dot|punkt|point|punto)\s?[\w-]{{2,63}}){{0,3}}"
    rf"(?:\s(?:dot|punkt|point|punto)\s|\.)(?:{_TOP_LEVEL}|at|it|co)(?!\w)",
    re.IGNORECASE,
)
_EMAIL_SPACED = re.compile(
    r"(?<![\w.+-])(?:[\w+-]{1,64}\s?\.\s?){0,2}[\w.+-]{1,64}\s{0,2}[@＠]\s{0,2}[\w-]{1,63}(?:\s{0,2}\."
    r"\s{0,2}[\w-]{1,63}){0,3}\s{0,2}\.\s{0,2}(?:com|org|net|de|at|ch|uk|fr|au|nz|eu|info)(?!\w)",
    re.IGNORECASE,
)

_HANDLE = re.compile(r"(?<![\w@＠])[@＠]\w(?:[\w.-]{0,60}\w)?(?:[@＠:][\w-]{1,63}(?:\.[\w-]{1,63})+)?")
_OTHER_HANDLE = re.compile(
    r"(?<!\w)/?u/[\w-]{2,40}|(?<!\w)[\w-]{1,63}\.bsky\.social(?!\w)|(?<!\w)[^\W\d_][\w.]{1,31}#\d{4}(?!\w)"
)
_HANDLE_SIGN = re.compile(r"[@＠]|#\d|u/|bsky")
_NAMED_HANDLE = Gated(
    re.compile(
        r"(?<!\w)(?:user ?name|nick ?name|benutzername|login|handle|insta(?:gram)?|ig|twitter|tiktok|snap(?:chat)?"
        r"|telegram|discord|skype|facebook|fb|mastodon|bluesky|threads|xing"
        r"|linkedin|signal|steam)(?:[ -]?(?:name|handle|user(?:name)?|id|account))?(?:\s?[:=]|\s(?:is|ist"
        r"|lautet))\s{0,2}[@＠]?"
        r"([\w.][\w.-]{2,40})",
        re.IGNORECASE,
    ),
    words(
        "user* nick* benu* logi* hand* inst* ig* twit* tikt* snap* tele* disc* skyp* face* fb* mast* blue* thre* xing*"
        " link* sign* stea*"
    ),
)

_DIGIT = re.compile(r"\d")
_WORDS_AFTER = re.compile(r"(?:[ .-]{1,2}[^\W\d_]+)+$")
_IBAN = re.compile(r"(?<![\w])[A-Z]{2}[ -]?\d{2}(?:[ .-]{0,2}[A-Z0-9]{1,4}){3,9}(?!\w)", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\w.,/-])\d(?:[ -]?\d){7,24}(?![\w])")
_NUMBER_CUE = re.compile(
    r"(?<!\w)(?:(?:library |membership |member |borrower |account |customer |credit |debit |bank |id )?"
    r"(?:card|barcode|account|membership|borrower|member|customer|passport|social security|national insurance|nhs|tax)"
    r"(?: id)?(?: ?#| no\.?:?| number:?| nr\.?| id:?)|pin(?: code)?|password|passwort|kennwort|sort code"
    r"|(?:bibliotheks|büchereis?|leser|benutzer|kunden|mitglieds?|konto|ausweis|bibliotheksausweis"
    r"|versicherungs|steuer|personalausweis"
    r"|sozialversicherungs|kreditkarten|karten|nutzer)[ -]?(?:ausweis)?[ -]?(?:nummer|nr\.?|id|no\.?)|\w*ausweis|login)"
    r"\s{0,2}(?:is|ist|lautet|[:=#])?\s{0,2}([a-z]{0,4}[ -]?\d[\da-z]{0,24}(?:[ -]\d{1,8}){0,6})"
)
_SOCIAL_SECURITY = re.compile(r"(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])")
_NATIONAL_INSURANCE = re.compile(r"(?<!\w)[A-CEGHJ-PR-TW-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D](?!\w)")

# Plates of cars: British ones have a shape of their own, others need a word beside them.
_PLATE_UK = re.compile(r"(?<![\w-])[A-Z]{2}\d{2} ?[A-Z]{3}(?![\w-])")
_PLATE_DE = re.compile(r"(?<![\w-])[A-ZÄÖÜ]{1,3}[ -][A-Z]{1,2}[ -]?\d{1,4}[EH]?(?![\w-])")
_CAR = re.compile(
    r"(?<!\w)(?:kennzeichen|nummernschild|auto|wagen|park(?:t|en|ed|ing)|golf|vw|audi|bmw|opel|mercedes|lkw"
    r"|pkw|motorrad|car|van|truck)",
    re.IGNORECASE,
)
_PLATE_CUE = re.compile(
    r"(?<!\w)(?:(?:number |licen[cs]e )?plates?|rego|registration|kennzeichen|nummernschild"
    r"|kontrollschild)(?: number| no\.?)?"
    r"\s?(?:is|ist|lautet|was|war|:)?\s{0,2}((?=[\w -]{0,10}\d)[a-zäöü\d]{1,8}(?:[ -][a-z\d]{1,6}){0,2})(?!\w)"
)

_MONTHS = (
    "jan(?:uary|uar)?|jänner|feb(?:ruary|ruar)?|mar(?:ch)?|märz|apr(?:il)?|may|mai|june?|juni?|july?|juli?|aug(?:ust)?"
    "|sept?(?:ember)?|oct(?:ober)?|okt(?:ober)?|nov(?:ember)?|dec(?:ember)?|dez(?:ember)?"
)
_DATE = (
    r"(?:\d{1,2}\s?[./-]\s?\d{1,2}\s?[./-]\s?\d{2,4}|\d{4}-\d{2}-\d{2}"
    rf"|\d{{1,2}}(?:st|nd|rd|th|\.)?\s?(?:of )?(?:{_MONTHS})\.?,?\s?(?:\d{{4}})?|(?:{_MONTHS})\.?\s\d{{1,2}}"
    rf"(?:st|nd|rd|th)?,?(?:\s\d{{4}})?)"
)
_BIRTH = re.compile(
    r"(?<!\w)(?:born|birthday|birth ?date|date of birth|d\.?o\.?b\.?|geboren|geb\.|geburtstag|geburtsdatum"
    r"|née? le|nacid[oa])"
    rf"[\s:]{{0,2}}(?:(?:on|am|is|ist|the|der|el|le|in|war|was)\s){{0,2}}[\s:]{{0,2}}({_DATE})"
    rf"|(?:^|[\s(])\*\s?({_DATE})"
)

_PHONE_SHAPE = re.compile(r"(?<![\w])(?:[+＋]|\(|00)?[\d(](?:[\s()./–-]{0,3}\d){5,18}")
_PHONE_CUE = re.compile(
    r"(?<!\w)(?:tel(?:efon|ephone|efonnummer)?|ph|phone|fone|call|ring|mobile|cell|text|fax|whatsapp|sms"
    r"|number is|reach me"
    r"|handy(?:nummer)?|mobil(?:nummer)?|fon|ruf\w*|anruf\w*|nummer|erreichbar|erreichst|erreichen|tél"
    r"(?:éphone)?|teléfono|móvil|тел)"
    r"(?:[^\d\n+(]{0,30})$"
)
_AMERICAN = re.compile(r"(?:\+?1[ .-]?)?\(?\d{3}\)?[ .-]?\d{3}[ .-]\d{4}|\d{3}-\d{4}")
_DATE_SHAPE = re.compile(
    r"\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})(?!\d)|(?:1[5-9]|20)\d\d\s?[–/-]\s?(?:1[5-9]|20)?\d\d(?!\d)"
    r"|\d{4}-\d{2}-\d{2}"
)
# phonenumbers takes milliseconds a region; a text with more digits than this is no statement, and all of them go.
_MOST_ASKED = 50
_ISBN_CUE = re.compile(r"isbn\S{0,4}\s?$")


def find_urls(text: str) -> Iterator[Span]:
    """Web addresses, with or without a scheme."""
    if "." not in text and "://" not in text:
        return
    for pattern in (_URL, _BARE_URL) if _DOT_INSIDE.search(text) or "://" in text else ():
        for match in pattern.finditer(text):
            yield _stripped(text, *match.span(), ".,;:!?)\"'»“”…")


def find_emails(text: str) -> Iterator[Span]:
    """E-mail addresses, also those written against machines: 'name (at) example dot org'."""
    patterns: list[re.Pattern[str]] = []
    if "@" in text or "＠" in text:
        patterns += [_EMAIL, _EMAIL_SPACED]
    if (any(bracket in text for bracket in "[({<") or _SAYS_AT.is_open(text, words_of(lower_case(text)))) and (
        _SPELLED_AT.search(text)
    ):
        patterns += [_EMAIL_BRACKETS, _EMAIL_WORDS]
    for pattern in patterns:
        for match in pattern.finditer(text):
            yield Span(*match.span())


def find_handles(text: str) -> Iterator[Span]:
    """Account names: '@a', '@a@b.social', 'u/a', 'Insta: a'."""
    for pattern in (_HANDLE, _OTHER_HANDLE) if _HANDLE_SIGN.search(text) else ():
        for match in pattern.finditer(text):
            yield Span(*match.span())
    lower = lower_case(text)
    for match in _NAMED_HANDLE.finditer(text, words_of(lower)):
        yield Span(*match.span(1))


def find_ibans(text: str) -> Iterator[Span]:
    """Bank accounts: every valid IBAN, and what has the shape of one but for a slip."""
    if not _DIGIT.search(text):
        return
    from stdnum import iban

    for match in _IBAN.finditer(text):
        found = match[0]
        if not iban.is_valid(found):
            # The words after a number look like its last groups: they are none without a digit.
            found = _WORDS_AFTER.sub("", found)
        if iban.is_valid(found) or sum(map(str.isdigit, found)) >= 12:
            yield Span(match.start(), match.start() + len(found))


def find_cards(text: str) -> Iterator[Span]:
    """Payment and library cards and other numbers by which an office knows a person."""
    if not _DIGIT.search(text):
        return
    from stdnum import luhn

    for match in _NUMBER.finditer(text):
        if _is_isbn(text, match):
            continue
        digits = "".join(filter(str.isdigit, match[0]))
        if (13 <= len(digits) <= 19 and luhn.is_valid(_ascii(digits))) or len(digits) >= 12:
            yield Span(*match.span())
    for match in _NUMBER_CUE.finditer(lower_case(text)):
        yield Span(*match.span(1))
    for match in _PLATE_CUE.finditer(lower_case(text)):
        yield Span(*match.span(1))
    if _CAR.search(text):
        for match in _PLATE_DE.finditer(text):
            yield Span(*match.span())
    for pattern in (_SOCIAL_SECURITY, _NATIONAL_INSURANCE, _PLATE_UK):
        for match in pattern.finditer(text):
            yield Span(*match.span())


def find_birth_dates(text: str) -> Iterator[Span]:
    """Days of birth: a date behind 'born', 'geboren am', 'DOB'."""
    if not _DIGIT.search(text):
        return
    for match in _BIRTH.finditer(lower_case(text)):
        group = 1 if match[1] else 2
        yield _stripped(text, *match.span(group), " ,.")


def find_phones(text: str, regions: tuple[str, ...]) -> Iterator[Span]:
    """Phone numbers: valid ones of the regions, and digits that look or are announced like one."""
    if not _DIGIT.search(text):
        return
    shapes = [match for match in _PHONE_SHAPE.finditer(text) if not _is_isbn(text, match)]
    if not shapes:
        return
    lower = lower_case(text)
    for position, match in enumerate(shapes):
        if _looks_like_phone(match[0]) or _PHONE_CUE.search(lower[max(0, match.start() - 40) : match.start()]):
            if not _DATE_SHAPE.fullmatch(match[0].strip()):
                yield Span(*match.span())
        elif position < _MOST_ASKED:
            yield from _valid_phones(text, match, regions)
        else:
            yield Span(*match.span())


def _valid_phones(text: str, shape: re.Match[str], regions: tuple[str, ...]) -> Iterator[Span]:
    from phonenumbers import PhoneNumberMatcher

    digits = sum(map(str.isdigit, shape[0]))
    if digits < 7 or _DATE_SHAPE.match(shape[0].strip()):
        return
    for region in regions:
        for found in PhoneNumberMatcher(shape[0], region):
            yield Span(shape.start() + found.start, shape.start() + found.end)
            return


def _looks_like_phone(shape: str) -> bool:
    digits = sum(map(str.isdigit, shape))
    if digits > 15 or _DATE_SHAPE.match(shape.strip()):
        return False
    first = shape.lstrip(" (")[:2]
    if shape.lstrip()[0] in "+＋" or first == "00":
        return digits >= 8
    if first[:1] == "0":
        return digits >= 8
    return _AMERICAN.fullmatch(shape.strip()) is not None


def _is_isbn(text: str, match: re.Match[str]) -> bool:
    # One ten-digit number in eleven happens to be a valid ISBN: the old form needs the word before it.
    digits = "".join(filter(str.isdigit, match[0]))
    announced = _ISBN_CUE.search(text[max(0, match.start() - 12) : match.start()].lower())
    return announced is not None or (len(digits) == 13 and digits.startswith(("978", "979")))


def _ascii(digits: str) -> str:
    return "".join(str(int(digit)) for digit in digits)


def _stripped(text: str, start: int, end: int, marks: str) -> Span:
    while end > start + 1 and text[end - 1] in marks:
        end -= 1
    return Span(start, end)
