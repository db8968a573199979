"""The words by which mail programs and people mark what is not part of a letter: quotes, forwarded mail, signatures.

In the seven languages of the forms, and Dutch, which neighbours write. Each pattern is tried on single short lines
only, so that none takes long.
"""

from __future__ import annotations

import re

_WROTE = (
    r"wrote|writes|schrieb(?:en)?|schreibt|geschrieben|a écrit|écrit|escribió|escribio|пишет|писала?|написала?"
    r"|schreef|写道|寫道|写到|كتب|كتبت"
)
_VERB = re.compile(rf"\b(?:{_WROTE})\b", re.IGNORECASE)
ATTRIBUTION = re.compile(rf".*(?:\b(?:{_WROTE})\b|写道|寫道|كتب).{{0,200}}[:：]\s*", re.IGNORECASE)
"""'On 2 November 2026 at 10:00 somebody wrote:', which stands before a quote; see `is_attribution`."""
_BEGINNING = re.compile(r"\W{0,3}(?:On|Am|Le|El|Op|في|\d{1,4}|\w{2,4}[.,]{0,2}\s\d)(?!\w)")
_TIME = re.compile(r"\d{1,2}[:.h]\d{2}|@")
_NUMBER = re.compile(r"\d|@")
_ADDRESS = re.compile(r"[^\s@]{1,100}@[^\s@.]{1,100}\.[^\s@]")
_YEAR = re.compile(r"(?<!\d)(?:\d{1,2}[./-]\s?\d{1,2}[./-]\s?\d{2}|(?:19|20)\d{2})(?!\d)|\d[./-](?:19|20)\d{2}(?!\d)")
_CLOCK = re.compile(r"(?<!\d)\d{1,2}(?:[:h]\d{2}|\.\d{2}\s?Uhr|\s?(?:Uhr|h|[ap]\.?m)\b)", re.IGNORECASE)
_LONGEST_NAME = 6

_HEADERS = {
    "from": "from|von|van|de|от|发件人|寄件者|من",
    "date": "sent|date|gesendet|datum|verzonden|envoyé|envoyé le|enviado|enviado el|fecha|отправлено|дата|发送时间|日期"
    "|التاريخ|تم الإرسال",
    "to": "to|an|aan|à|para|кому|收件人|إلى",
    "subject": "subject|betreff|onderwerp|objet|asunto|тема|主题|الموضوع",
}
HEADER = re.compile(
    r"[\s*]*(?:" + "|".join(f"(?P<{key}>{names})" for key, names in _HEADERS.items()) + r")\s?\*{0,2}[:：]\*{0,2}\s?.*",
    re.IGNORECASE,
)
"""A line of the headers that Outlook and others put above the message that is answered."""

_ORIGINAL = (
    "original message|original-nachricht|originalnachricht|ursprüngliche nachricht|ursprüngliche mail|message d.origine"
    "|oorspronkelijk bericht|doorgestuurd bericht"
    "|message original|mensaje original|исходное сообщение|原始邮件|原始郵件|الرسالة الأصلية"
    "|forwarded message|weitergeleitete nachricht|message transféré|mensaje reenviado|пересылаемое сообщение"
    "|转发的邮件|رسالة معاد توجيهها"
)
_FORWARDED = (
    r"begin forwarded message:|anfang der weitergeleiteten (?:nachricht|e-mail):"
    r"|début du message (?:réexpédié|transféré)\s?:|inicio del mensaje reenviado:"
    r"|начало переадресованного сообщения:|以下是转发的邮件："
)
SEPARATOR = re.compile(rf"[-–—_*=\s]{{2,}}(?:{_ORIGINAL})[-–—_*=\s]{{2,}}|(?:{_FORWARDED})\s*", re.IGNORECASE)
"""What stands alone on a line above a message that is answered or forwarded."""

DEVICE = re.compile(
    r"(?:sent from (?:my |mail for |outlook|yahoo|proton|galaxy|samsung)|get outlook for |sent with |sent via "
    r"|von meinem .{1,40} gesendet|gesendet (?:von|mit|aus) (?:meinem|mail|outlook|der|web|gmx|proton|yahoo)"
    r"|diese nachricht wurde von meinem|envoyé (?:de|depuis) mon |envoyé à partir de |enviado desde mi "
    r"|отправлено с |отправлено из |发自我的|从我的.{1,20}发送|أرسلت من|أُرسلت من).{0,60}",
    re.IGNORECASE,
)
"""'Sent from my phone'."""

_KIND = "freundlich|best|lieb|herzlich|viel|schön|sonnig|bibliophil"
CLOSING = re.compile(
    rf"(?:(?:mit (?:den )?)?(?:(?:{_KIND})(?:e|en|em|er|ste|sten)?\s+){{0,2}}gr(?:ü|ue)(?:ß|ss)(?:e|en)?"
    rf"|(?:mit (?:den )?)?(?:(?:{_KIND})(?:e|en|em|er)?\s+)gru(?:ß|ss)"
    r"|mfg|lg|vg|hg|hochachtungsvoll|herzlichst"
    r"|(?:with )?(?:(?:very )?(?:kind|kindest|best|warm|warmest) )?regards|(?:with )?(?:best|warm|kind) wishes"
    r"|all the best|(?:yours )?(?:sincerely|faithfully|truly|respectfully)(?: yours)?|warmly|take care"
    r"|(?:bien |très )?cordialement|cdlt|(?:meilleures |sincères )?salutations(?: distinguées)?|bien à vous|amicalement"
    r"|(?:un )?(?:cordial )?saludos?(?: cordial(?:es)?)?|atentamente|cordialmente|un abrazo"
    r"|с уважением|с наилучшими пожеланиями|всего доброго"
    r"|此致(?: ?敬礼)?|敬礼|祝好|顺祝商祺"
    r"|مع (?:خالص |أطيب )?(?:التحية|التحيات|تحياتي)|تحياتي)(?!\w)",
    re.IGNORECASE,
)
"""A formula that ends a letter."""
LIGHT_CLOSING = re.compile(r"(?:love|best|cheers|yours|gru(?:ß|ss)|ihre?|eure?|dein[e]?|bisous)\s*,", re.IGNORECASE)
"""A word that ends a letter where a comma and little more follow."""
POSTSCRIPT = re.compile(r"\W{0,3}(?:p\.?\s?p?\.?\s?s|n\.\s?b)\b[.:)]{0,2}\s*\S.*", re.IGNORECASE)
_SMALL_WORDS = frozenset(
    {"aus", "from", "von", "vom", "und", "and", "&", "de", "der", "dem", "la", "in", "im", "et", "y"}
)


def is_attribution(line: str, *, before_quote: bool) -> bool:
    """Whether a line says who wrote what follows, and when. Without quote marks it must tell a time or an address.

    'On 3 May my daughter wrote:' is part of a letter, if no quote follows.
    """
    if len(line) > 600 or not line.rstrip().endswith((":", "：")):
        return False
    mark = _NUMBER if before_quote else _TIME
    return ATTRIBUTION.fullmatch(line) is not None and mark.search(line) is not None


def tells_who_and_when(line: str) -> bool:
    """Whether an attribution holds what a program puts there: an address, or a date with its year and a time."""
    return _ADDRESS.search(line) is not None or (_YEAR.search(line) is not None and _CLOCK.search(line) is not None)


def names_first(line: str) -> bool:
    """Whether an attribution begins with a name: 'Max <max@example.org> wrote:', 'Max wrote on 2.11.2026 at 10:00:'.

    `line` is one for which `is_attribution` holds. The address must stand before the verb or the date behind it, and
    the name must be short: 'We came on 2.11.2026 at 10:00 and my son wrote:' is part of a letter.
    """
    verb = _VERB.search(line)
    before = line[: verb.start()].split() if verb else []
    if verb is None or not before:
        return False
    addressed = _ADDRESS.search(before[-1]) is not None
    return len(before) - addressed <= _LONGEST_NAME and (addressed or tells_who_and_when(line[verb.end() :]))


def begins_attribution(line: str) -> bool:
    """Whether a line begins as those do: with 'On', 'Am', a weekday or a number."""
    return _BEGINNING.match(line) is not None


def header_key(line: str) -> str | None:
    """Which header a line is: 'from', 'date', 'to' or 'subject'; None for any other line."""
    found = HEADER.fullmatch(line) if len(line) <= 1000 else None
    return found.lastgroup if found else None


def goes_on(line: str) -> bool:
    """Whether somebody says more below the end of a letter: a postscript, or a whole sentence."""
    plain = line.strip()[:500]
    words = len(plain.split())
    return bool(
        POSTSCRIPT.fullmatch(plain)
        or (plain.endswith(("!", "?")) and words >= 3)
        or (plain.endswith(".") and words >= 4)
    )


def is_closing(line: str) -> bool:
    """Whether a line is nothing but a formula that ends a letter, perhaps with a name."""
    plain = line.strip(" \t*_,.!–-")
    found = CLOSING.match(plain) if len(plain) <= 100 else None
    if found is None:
        return False
    rest = plain[found.end() :]
    names = rest.strip(" ,.!").split()
    return (not rest or not rest[0].isalnum()) and len(names) <= 5 and all(map(_is_name, names))


def _is_name(word: str) -> bool:
    return word.lower() in _SMALL_WORDS or not word[0].isalpha() or word[0] != word[0].lower()
