"""The words by which columns of a survey are known, in Arabic, Chinese, English, French, German, Russian, Spanish.

They are matched against headers in lower case. A new word here changes what is recognised in every later import, so
each is either the standard label of a survey service or wording that cannot mean anything else.
"""

from __future__ import annotations

import re

from advocacy_monitor.models import Use

YES = frozenset(
    [
        *("1", "x", "✓", "✔", "☑", "true", "yes", "y", "on", "ok", "checked", "selected", "ticked", "agree", "agreed"),
        *("accepted",),
        *("i agree", "ja", "j", "wahr", "stimme zu", "ich stimme zu", "einverstanden", "ausgewählt", "angekreuzt"),
        *("oui", "o", "vrai", "d'accord", "d’accord", "j'accepte", "j’accepte", "je suis d'accord", "coché"),
        *("sí", "si", "s", "verdadero", "de acuerdo", "acepto", "estoy de acuerdo", "seleccionado"),
        *("да", "д", "истина", "согласен", "согласна", "верно", "是", "是的", "对", "同意", "真", "可以"),
        *("نعم", "أوافق", "موافق", "موافقة", "صح", "صحيح"),
    ]
)
NO = frozenset(
    [
        *("0", "-", "no", "n", "false", "off", "unchecked", "not selected", "disagree", "i disagree", "nein", "falsch"),
        *(
            "nicht ausgewählt",
            "non",
            "faux",
            "falso",
            "нет",
            "ложь",
            "否",
            "不",
            "不同意",
            "假",
            "لا",
            "لا أوافق",
            "خطأ",
        ),
    ]
)

TIMESTAMPS = frozenset(
    [
        *("timestamp", "zeitstempel", "horodateur", "horodatage", "marca temporal", "отметка времени"),
        *("时间戳记", "时间戳", "时间标记", "طابع زمني", "الطابع الزمني"),
    ]
)
RESPONDENTS = frozenset(
    ["respondentid", "respondent id", "respondent_id", "befragten-id", "id du répondant", "id de encuestado"]
)
ANSWERED_AT = (
    *("date modified", "end date", "enddate", "submit date (utc)", "submitdate", "date submitted", "datum abgeschickt"),
    *("datestamp", "date last action", "datum letzte aktivität", "date created", "start date", "startdate"),
    *("date started", "datum gestartet"),
)
LIMESURVEY_IDS = frozenset(["id", "response id", "antwort id", "id de la réponse", "id de respuesta"])
LIMESURVEY_SUBMITTED = frozenset(["submitdate", "date submitted", "datum abgeschickt"])
LIMESURVEY_MARKS = frozenset(
    [
        *("submitdate", "lastpage", "startlanguage", "seed", "date submitted", "last page", "start language"),
        *("datum abgeschickt", "letzte seite", "start-sprache", "zufallsstartwert"),
    ]
)
MICROSOFT_STARTED = frozenset(
    [
        *("start time", "startzeit", "heure de début", "hora de inicio", "время начала", "开始时间", "وقت البدء"),
    ]
)
MICROSOFT_COMPLETED = frozenset(
    [
        *("completion time", "fertigstellungszeit", "heure de fin", "hora de finalización", "время выполнения"),
        *("完成时间", "وقت الإكمال", "وقت الاكتمال"),
    ]
)
FORMBRICKS_MARKS = frozenset(["response id", "timestamp", "finished", "survey id"])
FORMBRICKS_PEOPLE = frozenset(["formbricks id", "user id", "verified email", "url", "source"])
"""Who somebody is at the survey's host, and the address that they came by, which may hold as much."""
OPEN_ENDED = frozenset(["response", "open-ended response", "antwort", "réponse", "respuesta", "offene antwort"])

_OWN_WORDS = (
    r"own words|\bcomments\b|\bany comment\b|\byour comment\b|\btell us\b|\bdescribe\b|\byour story\b",
    r"\bmeans? to you\b|\bdid you miss\b|\bopinions? (?:of|about|on)\b|\bwould you like us to know\b",
    r"eigenen worten|kommentar|was bedeutet|erzählen sie|erzähl uns|beschreiben sie|ihre meinung|anmerkung",
    r"propres mots|commentaires?\b|que signifie|que représente|racontez|décrivez",
    r"propias palabras|comentarios?\b|qué significa|cuéntenos|cuéntanos|describa",
    r"своими словами|комментари|что значит|что означает|расскажите|опишите",
    r"自己的话|评论|意味着什么|请描述|讲述",
    r"بكلماتك|تعليق|ماذا تعني|أخبرنا|صف لنا",
)
OWN_WORDS = re.compile("|".join(_OWN_WORDS))
"""Headers that ask for words."""

LIBRARY = re.compile(
    r"(?:which|what is your|your|name of (?:the|your))(?: \w+)? library|^library(?: name)?$"
    r"|(?:welche|ihre|deine|name (?:der|ihrer|deiner)) (?:bibliothek|bücherei)|^(?:bibliothek|bücherei)$"
    r"|(?:quelle|votre|nom de (?:la|votre)) (?:bibliothèque|médiathèque)|^(?:bibliothèque|médiathèque)$"
    r"|(?:qué|cuál es su|su|nombre de (?:la|su)) biblioteca|^biblioteca$"
    r"|(?:какой|какую|ваша|название) библиотек|^библиотека$|(?:哪|您的|你的)[^?？]{0,4}图书馆|^图书馆(?:名称)?$"
    r"|(?:أي|اسم|ما هي) (?:ال)?مكتبة|^(?:ال)?مكتبة$"
)
_NOT_WHICH = re.compile(
    r"\bhow\b|\bwie\b|\bcomment\b|\bcómo\b|\bwhy\b|\bwarum\b|\bmiss|\bmean|\bwhat does\b|\boften\b"
    r"|bedeut|signifi|значит|означает|意味|تعني"
)
PLAIN_FIELDS = {
    "postcode": frozenset(
        [
            *("postcode", "post code", "zip", "zip code", "zipcode", "postal code", "zip postal code", "plz"),
            *("postleitzahl", "code postal", "código postal", "почтовый индекс", "индекс", "邮政编码", "邮编"),
            *("الرمز البريدي", "home postcode", "library postcode"),
        ]
    ),
    "age_band": frozenset(
        [
            *(
                "age",
                "age band",
                "age group",
                "age range",
                "how old are you",
                "alter",
                "altersgruppe",
                "wie alt sind sie",
            ),
            *("âge", "tranche d âge", "groupe d âge", "quel âge avez vous", "edad", "grupo de edad"),
            *("rango de edad", "возраст", "возрастная группа", "年龄", "年龄段", "العمر", "الفئة العمرية"),
        ]
    ),
    "area": frozenset(
        [
            *("constituency", "electorate", "council", "council area", "local council", "municipality", "wahlkreis"),
            *("gemeinde", "kommune", "circonscription", "commune", "municipio", "circunscripción", "район", "округ"),
            *("选区", "الدائرة الانتخابية", "local government area"),
        ]
    ),
    "language": frozenset(
        [
            "language",
            "start language",
            "startlanguage",
            "sprache",
            "start sprache",
            "langue",
            "idioma",
            "язык",
            "语言",
            "اللغة",
        ]
    ),
}
LANGUAGES = {
    **dict.fromkeys(("english", "englisch", "anglais", "inglés", "английский", "英语", "الإنجليزية"), "en"),
    **dict.fromkeys(("german", "deutsch", "allemand", "alemán", "немецкий", "德语", "الألمانية"), "de"),
    **dict.fromkeys(("french", "französisch", "français", "francés", "французский", "法语", "الفرنسية"), "fr"),
    **dict.fromkeys(("spanish", "spanisch", "espagnol", "español", "испанский", "西班牙语", "الإسبانية"), "es"),
    **dict.fromkeys(("russian", "russisch", "russe", "ruso", "русский", "俄语", "الروسية"), "ru"),
    **dict.fromkeys(("chinese", "chinesisch", "chinois", "chino", "китайский", "中文", "汉语", "الصينية"), "zh"),
    **dict.fromkeys(("arabic", "arabisch", "arabe", "árabe", "арабский", "阿拉伯语", "العربية"), "ar"),
}

_MAY = (
    r"\b(?:may|can|could|allow|agree|consent|permission|happy)\b|dürf|darf|erlaub|einverstanden|stimme zu|zustimm"
    r"|pouvez|peut|autoris|accept|acuerd|puede|pueden|podéis|permit|может|можно|согла|разреш|可以|同意|允许"
    r"|يمكن|أوافق|موافق|أسمح"
)
_QUOTE = r"\bquot|zitier|zitat|\bciter|\bcité|\bcitar|цитир|процитир|引用|اقتباس|تقتبس|الاقتباس"
_UNNAMED = (
    r"without (?:my |your |a |the )?name|unnamed|anonym|ohne (?:meinen |ihren )?namen|sans (?:mon |votre )?nom"
    r"|sin (?:mi |su )?nombre|без (?:моего |указания )?имени|匿名|不(?:署名|提及)|(?:بدون|دون) (?:ذكر )?اسم"
)
_NAMED = (
    r"with (?:my |your )?name|by name|mit (?:meinem |ihrem )?namen|avec (?:mon |votre )?nom"
    r"|con (?:mi |su )?nombre|с (?:моим |указанием )?имен|(?<!不)署名|实名|(?:مع|باسم|ذكر) ?(?:ا?سمي|ي)"
)
_SEND = (
    r"\b(?:send|forward|share|pass)\b|weitergeb|weiterleit|schicken|senden|envoy|transmet|enviar|envíen|remitir"
    r"|отправ|переда|转交|发送|转发|إرسال|ترسل|مشاركة"
)
_REPRESENTATIVE = (
    r"representative|politician|decision.?maker|member of parliament|\bmps?\b|council|abgeordnet|politik|élu|député"
    r"|représentant|representante|político|diputad|депутат|представител|代表|议员|ممثل|نائب"
)
_COUNT = (
    r"\bcount|\banaly[sz]|\bevaluat|statistic|auswert|ausgewertet|gezählt|zählen|analysier|compt|analyser|contar|analizar|estadístic"
    r"|учитыва|анализ|учесть|统计|分析|计入|تحليل|احتساب|إحصاء"
)
_ANSWER = r"\banswers?\b|\bresponses?\b|\brepl(?:y|ies)\b|antwort|réponse|respuesta|ответ|回答|答案|回复|إجاب"
_CONTACT = (
    r"contact me|contact you|kontaktier|me contacter|vous contacter|contactarme|contactarle|связаться|联系"
    r"|التواصل|الاتصال"
)
CONSENT_RULES = {
    Use.QUOTE_UNNAMED: (_QUOTE, _UNNAMED),
    Use.QUOTE_NAMED: (_QUOTE, _NAMED),
    Use.SEND_TO_REPRESENTATIVE: (_SEND, _REPRESENTATIVE),
    Use.ANALYSE: (_COUNT, _ANSWER),
    Use.CONTACT: (_CONTACT,),
}
_NEGATED = re.compile(
    r"\b(?:not|never|don.?t|do not|nicht|kein\w*|nie|ne|pas|no|nunca|не|нельзя)\b|不得|不要|请勿|不同意|\bلا\b"
)


def spoken(header: str) -> str:
    """A header in lower case, without what stands in brackets and without punctuation, for comparing."""
    plain = re.sub(r"\([^)]*\)|\[[^]]*\]|（[^）]*）", " ", header.lower())
    return " ".join(re.sub(r"[^\w\s]|_", " ", plain).split())


def asks_for_words(header: str) -> bool:
    """Whether a header asks to write something."""
    return OWN_WORDS.search(header.lower()) is not None


def asks_which_library(header: str) -> bool:
    """Whether a header asks for the name of a library, and for nothing else."""
    plain = spoken(header)
    return len(plain) <= 60 and LIBRARY.search(plain) is not None and not _NOT_WHICH.search(plain)


def permitted_use(header: str) -> Use | None:
    """The one use that a header asks permission for, when it cannot be misunderstood; else None.

    A header that says 'not', asks for two uses at once, or does not say 'may', 'agree' or the like is no permission.
    """
    plain = header.lower()
    if not re.search(_MAY, plain) or _NEGATED.search(plain):
        return None
    asked = [use for use, rules in CONSENT_RULES.items() if all(re.search(rule, plain) for rule in rules)]
    return asked[0] if len(asked) == 1 else None
