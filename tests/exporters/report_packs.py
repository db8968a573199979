"""Packs for the report's tests: full ones in three languages, and the edges. Every statement is invented."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from advocacy_monitor.models import Count, EvidencePack, Exhibit, ThemeCount, Use
from advocacy_monitor.models.brand import Brand, Logo
from advocacy_monitor.models.packs import Choice, Goal, Translation, Widening
from advocacy_monitor.models.recipients import Recipient
from tests.exporters.sample_packs import english_pack, exhibit, german_pack

LOGO = Logo(
    data=b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 40"><rect width="38" height="38" y="1" rx="6" '
    b'fill="#0b5c7a"/><path d="M9 11h9v19H9zM21 8h8v22h-8z" fill="#fff"/><path d="M48 15h64v4H48zm0 9h44v4H48z" '
    b'fill="#1d2529"/></svg>',
    media_type="image/svg+xml",
    alternative="Two books, the sign of the Library Association of Exampleland",
)

_SAID = (
    ("loneliness", "en", "I moved here in January and knew nobody. The knitting group on Monday was the first time that "
     "somebody asked me how I was."),
    ("loneliness", "en", "My father is ninety. The volunteer who brings him books stays for a cup of tea, and that is his week."),
    ("loneliness", "fr", "Depuis que je suis à la retraite, je viens tous les matins lire le journal et parler avec les autres."),
    ("study", "en", "I passed my nursing exam at the third table by the window."),
    ("study", "de", "Zu Hause ist es laut. Hier lerne ich für die Prüfung, und niemand will, dass ich etwas kaufe."),
    ("study", "en", "Three of us revise here every day until the doors close. After that it is the bus stop."),
    ("help", "en", "The form for the pension had forty pages. A librarian sat with me until it was done."),
    ("help", "es", "No sabía usar el ordenador. Ahora escribo a mi nieta cada domingo, gracias a la paciencia del personal."),
    ("children", "en", "She was too shy to speak at nursery. At storytime she now shouts the ending before everybody else does."),
    ("children", "en", "We borrow twenty picture books at a time. I could not buy two."),
    ("children", "zh", "孩子在这里第一次自己选书，回家以后整晚都在讲故事给我们听。"),
    ("digital", "en", "It is the only printer within ten miles that I can pay for in coins."),
    ("digital", "en", "The tablet course saved me a trip to the bank every week."),
    ("events", "ru", "По средам мы читаем вслух. Я прихожу, даже когда идёт снег."),
    ("events", "en", "The author talk was full to the stairs. Half of the people had never been inside before."),
)  # fmt: skip

_DEFINITIONS = {
    "loneliness": ("Somebody says in so many words that they were lonely or found company.", (
        Goal(target="3.4", basis="mental health and well-being; assigned by the codebook's authors"),)),
    "study": ("A place to learn, study or work without having to pay.", (
        Goal(target="4.3", basis="access to learning for adults; assigned by the codebook's authors"),
        Goal(target="4.4", basis="skills for work; assigned by the codebook's authors"))),
    "help": ("Help or advice given by people who work in the library.", ()),
    "children": ("Children, parents or grandparents and what the library is for them.", (
        Goal(target="4.2", basis="early childhood; assigned by the codebook's authors"),)),
}  # fmt: skip


def full_pack(**changes: object) -> EvidencePack:
    """A pack in which every field holds something: brand, libraries, questions, goals, critics, translations."""
    base = english_pack()
    full: dict[str, object] = {
        "brand": Brand(
            name="Library Association of Exampleland",
            contact="Jo Example, office@example.org, +00 000 000000",
            website="https://libraries.example.org",
            imprint="Library Association of Exampleland, 1 Reading Street, Port Example. Responsible: Jo Example.",
            licence="Text and figures: CC BY 4.0. Quotes: only in this form and with their numbers.",
            logo=LOGO,
        ),
        "addressee": Recipient(
            key="alex-example",
            name="Dr Alex Example",
            office="Member for Port Example",
            area="Port Example",
            committee="Committee for Culture and Media",
        ),
        "themes": tuple(_defined(theme) for theme in base.themes),
        "exhibits": exhibits(),
        "libraries": (
            Count(label="Harbour Library", value=171),
            Count(label="Eastbrook Library", value=122),
            Count(label="Upper Example Library", value=64),
            Count(label="Mobile library", value=21),
            Count(label="not known", value=34),
            Count(label="Northgate School Library", value=None),
        ),
        "critical": 23,
        "widening": Widening(steps=(Count(label="Port Example West", value=12),), area="Port Example", least=30),
        "choice": Choice(quotable=22, proposed=20, picked=9, kept_back=1, left_out=2),
        "questions": (
            "In your own words: what does your library mean to you, or what did you miss?",
            "Did it change something for you?",
        ),
        "codebook": "library@2 (sha256 5be1 77f0 9a21)",
        "made_with": (("advocacy-monitor", "1.0"), ("themes", "2"), ("places", "1"), ("library codebook", "2")),
    }
    return replace(base, **(full | changes))  # type: ignore[arg-type]  # a test names the fields it replaces


def _defined(theme: ThemeCount) -> ThemeCount:
    definition, goals = _DEFINITIONS.get(theme.code, (f"Everything on: {theme.title.lower()}.", ()))
    return replace(theme, definition=definition, goals=goals)


def exhibits() -> tuple[Exhibit, ...]:
    """The seven of the English pack and fifteen more: one critic, one shortened by staff, two translated."""
    first = list(english_pack().exhibits)
    first[2] = replace(
        first[2],
        translations=(
            Translation(language="en", text="Without the help at the desk I would never have sent the form."),
        ),
    )
    first[6] = replace(first[6], critical=True)
    first[0] = replace(
        first[0], quoted="On Thursdays I now go to the reading circle. […] that is why I get up on Thursdays."
    )
    more = [
        exhibit(
            number,
            text,
            language=language,
            themes=(theme,),
            library=("Harbour Library", "Eastbrook Library")[number % 2],
        )
        for number, (theme, language, text) in enumerate(_SAID, start=8)
    ]
    more[-1] = replace(more[-1], chosen=False, consents=(Use.ANALYSE, Use.QUOTE_UNNAMED, Use.QUOTE_NAMED))
    return (*first, *more)


def full_german_pack(**changes: object) -> EvidencePack:
    """The full pack in German, as sample data."""
    full, german = full_pack(), german_pack()
    names = "brand addressee libraries critical widening choice codebook made_with exhibits".split()
    kept = {name: getattr(full, name) for name in names}
    titles = {
        "loneliness": "Gemeinschaft statt Einsamkeit", "study": "Ein ruhiger Ort zum Lernen und Arbeiten",
        "help": "Hilfe durch das Personal", "children": "Kinder und Familien",
        "digital": "Internet, Drucken und Hilfe bei digitalen Dingen", "events": "Veranstaltungen und Lesekreise",
        "hours": "Öffnungszeiten (Kritik)", "warmth": "Ein warmer Raum", "work": "Arbeit finden", "learning": "Sprache lernen",
    }  # fmt: skip
    kept["themes"] = tuple(replace(theme, title=titles[theme.code]) for theme in full.themes)
    kept["questions"] = ("In eigenen Worten: Was bedeutet Ihnen Ihre Bibliothek, was hat Ihnen gefehlt?",)
    return replace(german, **(kept | changes))


def full_arabic_pack(**changes: object) -> EvidencePack:
    """The full pack in Arabic, right to left."""
    titles = {
        "loneliness": "الرفقة بدل الوحدة", "study": "مكان هادئ للتعلم والعمل", "help": "مساعدة موظفي المكتبة",
        "children": "الأطفال والعائلات", "digital": "الإنترنت والطباعة والمساعدة الرقمية", "events": "الفعاليات وحلقات القراءة",
        "hours": "ساعات العمل (انتقادات)", "warmth": "غرفة دافئة", "work": "البحث عن عمل", "learning": "تعلم اللغة",
    }  # fmt: skip
    arabic: dict[str, object] = {
        "language": "ar",
        "title": "ماذا تعني مكتبات بورت إكزامبل للناس الذين يستخدمونها",
        "campaign": "مكتبتنا 2026",
        "ask": "أبقوا المكتبتين مفتوحتين مساءين في الأسبوع في ميزانية 2027.",
        "recipient": "د. أليكس إكزامبل، عضو البرلمان",
        "themes": tuple(replace(theme, title=titles[theme.code]) for theme in full_pack().themes),
        "method": (
            (
                "من جمع البيانات",
                "رابطة المكتبات. للأسئلة: office@example.org، والصفحة https://libraries.example.org/2026.",
            ),
            ("كيف جاءت المشاركات", "شارك الناس من تلقاء أنفسهم بين 2026-03-01 و2026-06-30، وليسوا عينة عشوائية."),
            ("الأعداد الصغيرة", "لا تُعرض الأعداد الأقل من 5، ولا النسب المئوية لأقل من 30 مشاركة."),
        ),
        "questions": ("بكلماتك أنت: ماذا تعني لك مكتبتك؟",),
    }
    return full_pack(**(arabic | changes))


def crowded_pack(many: int = 200, areas: int = 60) -> EvidencePack:
    """Many quotes, areas and libraries."""
    said = [f"Statement {number}: {'the library is where I read, learn and meet people. ' * (1 + number % 9)}"
            for number in range(1, many + 1)]  # fmt: skip
    codes = [theme.code for theme in english_pack().themes]
    return full_pack(
        exhibits=tuple(
            exhibit(number, text.strip(), themes=(codes[number % len(codes)],))
            for number, text in enumerate(said, start=1)
        ),
        areas=tuple(_places("Electoral district", areas)),
        libraries=tuple(_places("Branch library", areas)),
        months=tuple(
            Count(label=f"{2023 + n // 12}-{1 + n % 12:02}", value=3 + n if n % 7 else None) for n in range(30)
        ),
    )


def _places(name: str, many: int) -> Sequence[Count]:
    return [
        Count(label=f"{name} {number}", value=None if number % 9 == 0 else 100 - number)
        for number in range(1, many + 1)
    ]
