"""The texts that the program writes for readers of packs, for the public and for staff, in their language, by gettext.

English stands in the code and is its own key. `locales/` holds catalogues for each other language: `packs.po`,
`form.po` (form, mails, flyers and campaign kit) and `desk.po`; what a catalogue lacks comes in English, and a test
fails. Catalogues are compiled in memory when a language is first used, so that no file in the repository is made from
another. Numbers and days are written as the language does, by the Unicode CLDR (Babel), whatever the locale of the
machine. Right to left or not, digits are 0 to 9.
"""

from __future__ import annotations

import functools
import gettext
import io
from dataclasses import dataclass
from datetime import date
from pathlib import Path

LANGUAGES = ("ar", "de", "en", "es", "fr", "ru", "zh")
"""The languages of packs. Names of catalogues are the same."""

CATALOGUES = Path(__file__).with_name("locales")
CATALOGUE = "{code}/LC_MESSAGES/packs.po"
DESK_CATALOGUE = "{code}/LC_MESSAGES/desk.po"
FORM_CATALOGUE = "{code}/LC_MESSAGES/form.po"
_SEVERAL = 5


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms that a text takes beside a number: `one` is English for 1, `many` for all others."""

    one: str
    many: str
    catalogue: gettext.NullTranslations

    def form(self, number: int) -> str:
        """The form that fits a number, with its `{n}` still to be replaced."""
        return self.catalogue.ngettext(self.one, self.many, number)

    def __getitem__(self, index: int) -> str:
        """The form for one at 0, for several at 1: as a pair of texts has them."""
        return self.several if index else self.form(1)

    @property
    def several(self) -> str:
        """The form for a few of them, where the number is not told: 'fewer than 5 people'."""
        return self.form(_SEVERAL)


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of one language. Values that are filled in are put in in one pass: braces in them stay."""

    code: str
    catalogue: gettext.NullTranslations

    def text(self, message: str, /, **values: object) -> str:
        """An English text in this language, with `{name}` replaced by the value of that name."""
        found = self.catalogue.gettext(message) if message else ""
        return found.format(**values) if values else found

    def counted(self, one: str, many: str, number: int, /, **values: object) -> str:
        """The form that fits a number, with `{n}` replaced by it as the language writes it.

        `one` is English for 1, `many` for all others; other languages have up to six forms.
        """
        return self.catalogue.ngettext(one, many, number).format(n=self.number(number), **values)

    def forms(self, one: str, many: str, /) -> Forms:
        """The same for a number that is not known yet."""
        return Forms(one, many, self.catalogue)

    def number(self, value: int) -> str:
        """1234 as '1,234' or '1.234'."""
        return _number(self.code, value)

    def ratio(self, value: float) -> str:
        """A precision or recall with two decimals: '0.86' or '0,86'."""
        from decimal import Decimal

        from babel.numbers import format_decimal

        return format_decimal(Decimal(f"{value:.2f}"), "0.00", locale=self.code)

    def day(self, value: date) -> str:
        """'22 November 2026' or '22. November 2026'."""
        return _day(self.code, value.year, value.month, value.day)

    def language(self, code: str) -> str:
        """A language's name: 'de' as 'German' or 'Deutsch'; the code itself where the Unicode CLDR has no name."""
        return _language(self.code, code)

    @property
    def offered(self) -> tuple[tuple[str, str], ...]:
        """The languages of the pages for staff, each with its name for itself: ('de', 'Deutsch')."""
        return tuple((code, _language(code, code)) for code in interface_languages())

    @property
    def right_to_left(self) -> bool:
        """Whether the language is written from right to left."""
        return self.code == "ar"


# A run for hundreds of recipients writes the same numbers and days over and over; each costs Babel a tenth of a
# millisecond.
@functools.lru_cache(maxsize=4096)
def _number(code: str, value: int) -> str:
    from babel.numbers import format_decimal

    return format_decimal(value, locale=code)


@functools.lru_cache(maxsize=4096)
def _day(code: str, year: int, month: int, day: int) -> str:
    from babel.dates import format_date

    return format_date(date(year, month, day), "long", locale="en_GB" if code == "en" else code)


@functools.lru_cache(maxsize=1024)
def _language(code: str, language: str) -> str:
    from babel import Locale

    return str(Locale.parse(code).languages.get(language.lower().partition("-")[0], language))


@functools.cache
def texts(language: str) -> Texts:
    """The texts for a tag such as 'de' or 'de-AT'; English for languages that there is no catalogue of."""
    code = language.lower().partition("-")[0]
    code = code if code in LANGUAGES else "en"
    return Texts(code, gettext.NullTranslations() if code == "en" else _compiled(CATALOGUE, code))


@functools.cache
def form_texts(language: str) -> Texts:
    """The texts of the form, of mails, flyers and the campaign kit; what their catalogue lacks, the packs' has."""
    code = language.lower().partition("-")[0]
    if code not in LANGUAGES or code == "en":
        return Texts("en", gettext.NullTranslations())
    catalogue = _compiled(FORM_CATALOGUE, code)
    catalogue.add_fallback(_compiled(CATALOGUE, code))
    return Texts(code, catalogue)


@functools.cache
def interface_texts(code: str) -> Texts:
    """The texts of the pages for staff; what their catalogue does not hold, that of the packs does."""
    if code not in interface_languages() or code == "en":
        return Texts("en", gettext.NullTranslations())
    catalogue = _compiled(DESK_CATALOGUE, code)
    catalogue.add_fallback(_compiled(CATALOGUE, code))
    return Texts(code, catalogue)


@functools.cache
def interface_languages() -> tuple[str, ...]:
    """The languages of the pages for staff: English, and those that somebody has written a catalogue of them in."""
    written = (code for code in LANGUAGES if (CATALOGUES / DESK_CATALOGUE.format(code=code)).is_file())
    return ("en", *written)


def interface_language(wanted: str | None, accepted: str) -> str:
    """The language that somebody chose, else the first of the browser's that there is, else English.

    `accepted` is the header Accept-Language, whose tags stand in the order in which they are wanted.
    """
    tags = [wanted or "", *(part.partition(";")[0].strip() for part in accepted.split(","))]
    return next((code for tag in tags if (code := tag.lower().partition("-")[0]) in interface_languages()), "en")


def _compiled(name: str, code: str) -> gettext.NullTranslations:
    """A language's catalogue, ready for use; one without texts while there is no file."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    path = CATALOGUES / name.format(code=code)
    if not path.is_file():
        return gettext.NullTranslations()
    made = io.BytesIO()
    with path.open("rb") as file:
        write_mo(made, read_po(file, locale=code, abort_invalid=True))
    made.seek(0)
    return gettext.GNUTranslations(made)
