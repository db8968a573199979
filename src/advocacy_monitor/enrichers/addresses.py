"""Finds postal addresses in free text: English and German in earnest, French, Spanish, Russian and Chinese by shape."""

from __future__ import annotations

import re
from collections.abc import Iterator

from advocacy_monitor.enrichers.plain_text import lower_case
from advocacy_monitor.enrichers.word_gate import Gated, words, words_of
from advocacy_monitor.models import Span

_DIGIT = re.compile(r"\d")
_NUMBER = r"\d{1,4}(?:\s?[a-h])?(?:\s?[-–/]\s?\d{1,4}\s?[a-h]?){0,3}"
_NAME = r"[^\W\d_][\w'’.\u0300-\u036f-]{0,30}"

# English: what is hardly ever anything but a street, in any case of letters; the rest only where capitals say so.
_PLAIN_TYPES = (
    r"street|str|road|rd|avenue|ave|lane|ln|crescent|cres|terrace|tce|boulevard|blvd|parade|pde|highway|hwy"
    r"|esplanade|mews|cul-de-sac|pkwy|parkway|circuit|cct"
)
_CAPITAL_TYPES = (
    r"St|Dr|Drive|Cl|Close|Ct|Court|Pl|Place|Way|Sq|Square|Gardens?|Gdns|Grove|Gr|Hill|Park|Row|Walk|Green|Rise"
    r"|View|Circle|Cir"
    r"|Trail|Quay|Wharf|Track|Loop|Glen|Mount|Vale|Chase|Villas?|Buildings?|House|Cottages?|Farm|Yard|Gate|Wynd"
    r"|Crest|Heights"
)
_UNIT = (
    r"(?:(?:flat|unit|level|apt|apartment|suite|ste|room|rm|floor|lot|no\.?|nr\.?)\s?#?\d{1,4}[a-z]?\s?[,/]?\s{0,2})"
)
_CAPITAL_UNIT = r"(?:(?i:flat|unit|level|apt|apartment|suite|ste|no\.?)\s?#?\d{1,4}[A-Za-z]?\s?[,/]?\s{0,2})"
_STREET_EN = re.compile(
    rf"(?<![\w.,-]){_UNIT}?\d{{1,5}}[a-z]?(?:\s?[-–/]\s?\d{{1,4}}[a-z]?)?,?\s{{1,2}}(?:{_NAME}\s){{1,3}}"
    rf"(?:{_PLAIN_TYPES})(?!\w)\.?",
)
_STREET_EN_CAPITAL = re.compile(
    rf"(?<![\w.,-]){_CAPITAL_UNIT}?(?:No\.? ?)?\d{{1,5}}[A-Za-z]?(?:\s?[-–/]\s?\d{{1,4}}[A-Za-z]?)?,?"
    rf"\s{{1,2}}(?:(?:the|of|on)\s)?(?:[A-Z][\w'’.-]{{0,30}}\s){{1,3}}(?:{_CAPITAL_TYPES})(?!\w)\.?"
)
_STREET_EN_NUMBER = re.compile(
    rf"(?<!\w)(?:{_NAME}\s){{1,3}}(?:street|road|avenue|lane|crescent|terrace|boulevard|parade)\s\d{{1,4}}[a-z]?(?!\w)"
)
# What may follow a street: the town and its postcode.
_TOWN = re.compile(
    r"(?:\s?[,\n]\s?|\s)(?:(?:[A-Z][\w'’-]{1,30},?\s){1,3}(?:(?:NSW|VIC|QLD|SA|WA|TAS|ACT|NT"
    r"|[A-Z]{2})\s)?\d{4,5}(?:-\d{4})?"
    r"|(?:(?:D|A|CH)-)?\d{4,5}\s[A-ZÄÖÜ][\wäöüß-]{2,30}(?:\s(?:(?:am|an der|im|bei|ob der|in)\s[A-ZÄÖÜ][\wäöüß-]{2,30}"
    r"|[A-Z]{2}(?!\w)))?)(?![\w])"
)
_FLAT = re.compile(r"(?<!\w)(?:flat|apartment|apt\.?|unit)\s#?\d{1,4}[a-z]?(?=\s?,\s?\w)")
_BOX = re.compile(
    r"(?<!\w)(?:p\.?\s?o\.?\s?box|gpo box|locked bag|private bag|postfach|boîte postale|apartado)\s?\d{1,3}"
    r"(?:\s?\d{2,3}){0,2}(?!\w)"
)
_LIVES = Gated(
    re.compile(
        r"(?<!\w)(?:live|lives|living|lived|reside|based|moved|address is|home is)\s(?:(?:at|on|in|to)\s)?(?:the\s)?"
        rf"((?:\d{{1,4}}[a-z]?\s)?(?:{_NAME}\s){{1,3}}(?:{_PLAIN_TYPES}|close|court|drive|place|grove|gardens"
        rf"|square))(?!\w)"
    ),
    words("live lives living lived reside based moved address home"),
)

# German: the type of street ends the word or stands alone; a number follows.
_ENDINGS = (
    r"stra(?:ß|ss)en?|weg|gasse|gässchen|platz|allee|ring|ufer|damm|chaussee|steig|stieg|pfad|promenade|graben"
    r"|zeile|kamp"
    r"|twiete|redder|siedlung|stiege|markt"
)
# Towns and other words end so too ("Heidelberg 1933"): only behind a preposition.
_WEAK_ENDINGS = (
    r"berg|feld|hof|brücke|tor|grund|park|bogen|heide|busch|bach|wall|winkel|garten|gärten|kai|hang|höhe|tal|wiese|eck"
)
_STREET_DE = re.compile(
    r"(?<![\w-])(?:(?:alte|neue|große|kleine|obere|untere|hohe|lange|kurze|breite|vordere|hintere|innere|äußere"
    r"|erste)[rnm]?\s)?"
    rf"(?:[^\W\d_][\w.\u0300-\u036f]{{0,20}}-){{0,3}}[^\W\d_][\w\u0300-\u036f]{{0,40}}?"
    rf"(?:(?:{_ENDINGS})\s{{1,2}}|str\.?\s{{0,2}})(?:nr\.?\s?)?{_NUMBER}(?![\w])"
)
_STREET_DE_WEAK = re.compile(
    rf"(?<!\w)(?:am|im|zum|zur|auf dem|auf der|an der|in der|unter dem"
    rf"|beim)\s[^\W\d_][\w\u0300-\u036f-]{{0,40}}?(?:{_WEAK_ENDINGS})"
    r"\s{1,2}\d{1,3}(?:\s?[a-h])?(?!\w)"
)
_STREET_DE_ALONE = re.compile(
    rf"(?<!\w)[^\W\d_][\w\u0300-\u036f.-]{{0,30}}[ -](?:straße|strasse|str\.|weg|gasse|platz|allee|ring|ufer"
    rf"|damm|markt)\s{{0,2}}(?:nr\.?\s?)?{_NUMBER}(?!\w)"
)
_STREET_DE_PREPOSITION = re.compile(
    r"(?<!\w)(?:Am|An der|An den|Im|In der|In den|Auf der|Auf dem|Unter den|Unter der|Zum|Zur|Hinter der"
    r"|Vor dem|Beim|Bei der|Alter|Alte|Neue|Neuer)"
    r"\s(?:[a-zäöüß]{3,15}en\s)?(?:[A-ZÄÖÜ][\wäöüß-]{2,30}\s){1,2}\d{1,3}(?:\s?[a-hA-H])?(?![\w.:,]\d|\w)"
)
_NO_STREET = re.compile(
    r"(?<!\w)(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|anfang|ende|tag|abend|morgen|monat"
    r"|jahr|jahre|sommer|winter|frühling|herbst"
    r"|januar|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember|alter|preis|schnitt"
    r"|durchschnitt|stock|kapitel|band|klasse"
    r"|woche|regal|raum|platz|nachmittag|vormittag|mittag|wochenende)\s\d"
)
_UNIT_OF_COUNT = re.compile(
    r"\s?(?:uhr|euro|€|jahre?n?|kinder\w*|prozent|%|bücher\w*|mal|minuten?|stunden?|tagen?|km|kilometer|meter"
    r"|leute|personen|menschen|medien|wochen|monate|plätze)(?!\w)"
)
_LIVES_DE = Gated(
    re.compile(
        r"(?<!\w)(?:wohn\w*|leb\w*|zu(?:r)?hause|adresse(?: ist|:)?|anschrift(?: ist|:)?)\s[^.!?\n]{0,25}?"
        rf"(?:in|an|auf|am|im|unter)\s(?:der|dem|den)?\s?((?:{_NAME}\s){{0,2}}?[^\W\d_][\w-]{{1,40}}(?:stra(?:ß"
        rf"|ss)e|str\.|weg|gasse|allee|chaussee|damm|ufer)(?:\s\d{{1,4}}\s?[a-h]?)?)(?!\w)"
    ),
    words("wohn* leb* zuhause zurhause adresse anschrift"),
)
_POSTCODE_DE = re.compile(
    r"(?:(?<!\w)(?:in|aus|nach|bei|wohnort:?|[DA]-)\s?|,\s?)"
    r"(\d{5}\s[A-ZÄÖÜ][\wäöüß-]{2,30}(?:[ -](?:am|an der|im|bei|ob der)?\s?[A-ZÄÖÜ][\wäöüß-]{2,30})?)(?![\w.,]\d|\w)"
)

_POSTCODE_CUE = re.compile(
    r"(?<!\w)(?:post ?code|zip(?: code)?|plz|postleitzahl|code postal)\s?(?:is|ist|[:=])?\s?(\d{4,5})(?!\w)"
)
_LINE_DE = re.compile(
    r"(?:^|\n)[ \t]*(?:[DA]-)?(\d{4,5} [A-ZÄÖÜ][\wäöüß-]{2,30}(?: [\wäöüß-]{2,30}){0,3})[ \t]*(?=\n|$)"
)
# What stands before a British postcode, part by part: the name of the house, the street, the town.
_PARTS = re.compile(r"(?:(?:[A-Z0-9][\w'’.-]{0,30} ?){1,5}[,\n]\s{0,3}){1,5}$")
_AREAS_UK = (
    "AB|AL|B|B[ABDFHLNRSTX]|C[ABFHMORTVW]|D[ADEGHLNTY]|E|E[CHNX]|FK|FY|G|G[LUY]|H[ADGPRSUX]|I[GMPV]|JE|K[ATWY]"
    "|L|L[ADELNSU]"
    "|M|M[EKL]|N|N[EGNPRW]|O[LX]|P[AEHLOR]|R[GHM]|S|S[AEGKLMNOPRSTWY]|T[ADFNQRSW]|UB|W|W[ACDFNRSV]|YO|ZE"
)
_POSTCODE_UK = re.compile(rf"(?<!\w)(?:{_AREAS_UK})\d[\dA-Z]? ?\d[ABD-HJLNP-UW-Z]{{2}}(?!\w)", re.IGNORECASE)
_POSTCODE_AU = re.compile(
    r"(?<!\w)(?:[A-Z][\w'’-]{1,30}(?:\s[A-Z][\w'’-]{1,30})?,?\s)?(?:NSW|VIC|QLD|SA|WA|TAS|ACT|NT)\s{1,2}\d{4}(?!\w)"
)
_POSTCODE_US = re.compile(
    r"(?<!\w)(?:[A-Z][\w'’-]{1,30}(?:\s[A-Z][\w'’-]{1,30})?,?\s)?[A-Z]{2}\s{1,2}\d{5}(?:-\d{4})?(?!\w)"
)
_POSTCODE_CA = re.compile(r"(?<!\w)[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z][ -]?\d[ABCEGHJ-NPRSTV-Z]\d(?!\w)")

_STREET_FR = re.compile(
    rf"(?<!\w)\d{{1,4}}(?:\s?(?:bis|ter))?,?\s(?:rue|avenue|av\.|boulevard|bd|place|allée|chemin|impasse|quai"
    rf"|cours|route)\s(?:{_NAME}\s?){{1,4}}(?:,?\s?\d{{5}}\s{_NAME})?"
)
_STREET_ES = re.compile(
    rf"(?<!\w)(?:calle|c/|avenida|avda\.?|plaza|paseo|camino|carretera|travesía)\s?(?:{_NAME},?\s){{1,4}}"
    rf"(?:n[º°.]?\s?)?\d{{1,4}}(?:,?\s?\d{{5}}(?:\s{_NAME})?)?"
)
_STREET_RU = re.compile(
    rf"(?<!\w)(?:ул\.?|улица|пр\.?|проспект|пер\.?|переулок)\s(?:{_NAME},?\s){{1,3}}(?:д\.?\s?|дом\s)?\d{{1,4}}"
)
_STREET_ZH = re.compile(
    r"[\u4e00-\u9fff]{2,12}(?:路|街|道|巷)\s?[\d一二三四五六七八九十百]{1,6}\s?[号號](?:[\d\u4e00-\u9fff]{0,6}[室楼层])?"
)


# What stands between a street and its postcode, and the towns behind an English street.
_BETWEEN = re.compile(r"[\s,]{0,3}(?:(?:[A-Z][\w'’.-]{0,30}|of|upon|on|the|de|la|le)[\s,]{1,3}){0,6}")
_TOWNS_EN = re.compile(
    r"(?:,? (?:NW|NE|SW|SE|N|S|E|W)(?!\w))?(?:,\s(?!(?:Tel|Telefon|Phone|Ph|Mob|Mobile|Handy|IBAN|E-?[Mm]ail"
    r"|Mail|I|And|But)"
    r"(?!\w))(?:Co(?:unty|\.)? )?[A-Z][\w'’-]{1,30}(?: [A-Z][\w'’-]{1,30})?(?=[,.\n;]|$| [a-z(])){0,3}"
)


def find_addresses(text: str) -> Iterator[Span]:
    """Streets with numbers, boxes, and postcodes with what stands beside them. Spans may overlap."""
    lower = lower_case(text)
    if _DIGIT.search(text):
        yield from _joined(text, sorted(_numbered(text, lower), key=lambda span: (span.start, span.end)))
    for pattern in (_LIVES, _LIVES_DE):
        for match in pattern.finditer(lower, words_of(lower)):
            yield Span(*match.span(1))


def _joined(text: str, spans: list[Span]) -> Iterator[Span]:
    """The parts of an address and what joins them: '14 Larch Close, Anytown AB1 2CD'."""
    last: Span | None = None
    for span in spans:
        if last and last.end < span.start <= last.end + 60 and _BETWEEN.fullmatch(text, last.end, span.start):
            yield Span(last.end, span.start)
        yield span
        if last is None or span.end > last.end:
            last = span


def _numbered(text: str, lower: str) -> Iterator[Span]:
    for pattern in (_STREET_EN, _STREET_EN_NUMBER, _FLAT, _BOX, _STREET_FR, _STREET_ES, _STREET_RU):
        for match in pattern.finditer(lower):
            yield _with_town(text, match)
    for pattern in (_STREET_EN, _STREET_EN_CAPITAL):
        for match in pattern.finditer(lower if pattern is _STREET_EN else text):
            if (towns := _TOWNS_EN.match(text, match.end())) and towns.end() > match.end():
                yield Span(match.start(), towns.end())
    for pattern in (_STREET_EN_CAPITAL, _POSTCODE_UK, _POSTCODE_AU, _POSTCODE_US, _POSTCODE_CA, _STREET_ZH):
        for match in pattern.finditer(text):
            yield _with_town(text, match)
    for match in _POSTCODE_UK.finditer(text):
        if parts := _PARTS.search(text, max(0, match.start() - 120), match.start()):
            yield Span(*parts.span())
    for match in (*_POSTCODE_CUE.finditer(lower), *_LINE_DE.finditer(text)):
        yield Span(*match.span(1))
    for match in _POSTCODE_DE.finditer(text):
        if not _UNIT_OF_COUNT.search(lower, match.start(1) + 5, match.end(1)):
            yield Span(*match.span(1))
    yield from _german_streets(text, lower)


def _german_streets(text: str, lower: str) -> Iterator[Span]:
    for pattern, where in (
        (_STREET_DE, lower),
        (_STREET_DE_WEAK, lower),
        (_STREET_DE_ALONE, lower),
        (_STREET_DE_PREPOSITION, text),
    ):
        for match in pattern.finditer(where):
            if not _UNIT_OF_COUNT.match(lower, match.end()) and not _NO_STREET.search(lower, *match.span()):
                yield _with_town(text, match)


def _with_town(text: str, street: re.Match[str]) -> Span:
    town = _TOWN.match(text, street.end())
    return Span(street.start(), town.end() if town else street.end())
