"""Finds names by what stands around them: what a person does, where she works, her age, a name beside hers.

A capitalised word counts here though no list knows it, unless it is a common word; the first word of a sentence must
be no English word either, because there every word is capitalised.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from advocacy_monitor.enrichers.name_cues import UPPER, WORD
from advocacy_monitor.enrichers.name_lists import english_words, family_names, given_names, known_words, names_and_words
from advocacy_monitor.enrichers.word_gate import Gated, Words
from advocacy_monitor.enrichers.word_gate import words as gate_words
from advocacy_monitor.enrichers.word_lists import is_common_word
from advocacy_monitor.models import Span

_NAME = rf"{WORD}(?:[ \t](?:{WORD}|[{UPPER}]\.))?"
# What one person does for another; a thing seldom does (and then the word is a common one).
_DEEDS = (
    r"(?:(?:has|had|always|never|even|just|still|also|kindly|patiently|really|once|then|who) )?(?:helped|helps|showed"
    r"|shows|taught|teaches|greets|greeted|smiles|smiled|explained|explains|knows|knew|remembers|remembered|fixed|fixes"
    r"|found (?:me|us|my|the|a)|picks|picked|recommended|recommends|sat with|sits with|stayed|listened|listens|runs"
    r"|ran|brings|brought|deserves?|deserved|promised|practi[sc]ed|practi[sc]es|laughed|lent|drove|drives|answered"
    r"|asked|asks|told|tells|said|says|walked|called|phoned|printed|went out of|goes out of|made me|made us|gave me"
    r"|gave us|gives me|gives us|saved me|worked|works|organi[sz]ed|organi[sz]es|leads|led|hosts|hosted|reads to"
    r"|sings|welcomed|welcomes|introduced|encouraged|met|loves|loved|likes|liked|cries|cried|learned|learnt|turned \d"
    r"|borrows|borrowed|thinks|thought|wants|wanted|is (?:a|an|our|my|the) (?:\w+ ){0,2}(?:star|treasure|gem|legend"
    r"|saint|angel|hero|lady|man|woman|guy|librarian|volunteer|teacher|friend|person|member|volunteer|best|one)"
    r"|is (?:so|very|always|really|just) (?:\w+ )?(?:kind|helpful|patient|lovely|nice|friendly|sweet|amazing"
    r"|wonderful))"
)
_DEEDS_DE = (
    r"(?:hat (?:mir|uns|mich|meine[rnm]?|sich|immer|so|hier|alles|geduldig)|haben (?:mir|uns|mich)|hilft|half"
    r"|zeigt(?:e)? (?:mir|uns)|erklärt(?:e)?|kennt|kannte|liest|leiht|übt|leitet|lernt|arbeitet|wohnt|spielt|malt"
    r"|bastelt|erzählt(?:e)?|empfiehlt|empfahl|berät|beriet|lächelt|begrüßt(?:e)?|grüßt|weiß|besucht|holt|liebt"
    r"|lieben|freut|wartet|bringt|brachte|nahm sich|nimmt sich|sagt(?:e)?|meint(?:e)?|war (?:immer|so|sehr)"
    r"|ist (?:so|sehr|immer|einfach|echt|die|der|ein|eine|unser|unsere|mein|meine|super|toll|klasse|spitze|isch)|isch)"
)
_DOES = re.compile(rf"(?<![\w'’-])({_NAME})(?= {_DEEDS}(?!\w))")
_HELPED_DE = re.compile(
    rf"(?:^|(?<=[.!?,\n] )|(?<=\n)|(?<=dass )|(?<=und )|(?<=weil ))({_NAME})"
    r"(?= (?:hat|hatte) (?:mir|uns) (?:\w+ ){0,4}(?:geholfen|gezeigt|erklärt|beigebracht|vorgelesen|empfohlen|zugehört"
    r"|gefunden|gesagt|besorgt)| (?:hilft|half|zeigt|zeigte|erklärt|erklärte|berät|empfiehlt) (?:mir|uns|immer|jedem)"
    r"| nimmt sich (?:immer |viel )*zeit| ist (?:die|der) (?:beste|netteste|liebste|größte)r?(?!\w)"
    r"| ist (?:einfach )?(?:gold wert|ein schatz|ein engel|spitze|klasse))",
    re.IGNORECASE,
)
_DOES_DE = re.compile(rf"(?<![\w'’-])({_NAME})(?= {_DEEDS_DE}(?!\w))")
_PLACE_OF_WORK = (
    r"(?:(?:from|at|on|in|behind|of) (?:the|our|your|my) (?:\w+ ){0,2}(?:desk|counter|reception|front|till|checkout"
    r"|office|enquiries|information|bookmobile|(?:home)?work (?:club|group)|group|class|team|shift|section|department"
    r"|club|café|cafe|circle|branch|library)|(?:von|an|aus|in|hinter|bei|vom|am|im) (?:der |dem |unserer |eurer |die )?"
    r"(?:\w+-)?(?:theke|information|info|ausleihe|rückgabe|verbuchung|anmeldung|rezeption|kasse|tresen"
    r"|auskunft|\w*abteilung|\w*bücherei|\w*bibliothek|\w*kreis|\w*cafe|\w*café|\w*treff|\w*gruppe|\w*kurs|\w*tandem"
    r"|service|team|empfang|schalter|\w*verein|\w*etage|\w*zirkel))"
)
_AT_WORK = re.compile(rf"(?<![\w'’-])({_NAME})(?= (?i:{_PLACE_OF_WORK})(?!\w))")
_AT_DESK = re.compile(
    rf"(?<![\w'’-])({_NAME})(?= (?:(?:from|at|on|behind) (?:the|our|your) (?:\w+ ){{0,2}}(?:desk|counter"
    rf"|reception|front"
    r"|till|checkout|office|enquiries)|(?:von|an|aus|hinter|bei|vom|am) (?:der |dem )?(?:Theke|Information|Info"
    r"|Ausleihe"
    r"|Anmeldung|Rezeption|Kasse|Tresen|Auskunft|Empfang|Schalter|Service|Verbuchung|Rückgabe))(?!\w))"
)
_SMALL_AT_WORK = re.compile(rf"(?<![\w'’-])([^\W\d_]{{3,20}}(?: [^\W\d_]{{3,20}})?)(?= {_PLACE_OF_WORK}(?!\w))")
_CALLED = Gated(
    re.compile(
        r"(?<!\w)(?:namens|named|name is|name was|genannt|heißt|heisst|hieß|who is called|is called|called)\s+"
        rf"({WORD}(?: (?:(?:al|el|bin|ibn|van|von|de|da|der) )?(?:al-|el-)?{WORD}){{0,2}})"
    ),
    gate_words("namens named name genannt heißt heisst hieß called"),
)
_AGE = (
    r"(?:1[0-7]|[1-9]|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen"
    r"|sixteen|seventeen|eins|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|dreizehn|vierzehn|fünfzehn"
    r"|sechzehn|siebzehn)"
)
_AGED = re.compile(
    rf"(?<![\w'’-])({WORD})(?= \({_AGE}(?!\w)|, (?:who(?: i|['’])s |aged? |just |only |gerade |erst )?{_AGE}"
    rf"(?:,|\.?$|[ -](?:years?|jahre?|yrs?|monate|months?|and a half))| (?:is|ist|isch|wird|turns|turned|wurde"
    rf"|turning) (?:now |just |only |jetzt |gerade |erst |schon |nearly |almost |fast )?{_AGE}"
    rf"(?: |[.,!;)]|$)(?!(?:o['’]?clock|uhr|minute|stunde|euro|pages|books|bücher)))",
    re.IGNORECASE,
)
_PRAISED = re.compile(
    rf"(?:^|(?<=[.!?,\n] )|(?<=\n))({_NAME})(?=,? (?:you['’]re|you are|you rock|thank you|thanks|du bist|ihr seid"
    rf"|ihr fehlt|du fehlst|we (?:miss|love)|wir vermissen|we['’]ll miss))"
)
_DEEDS_AND_PLACES = (
    (_DOES, True), (_DOES_DE, False), (_AT_WORK, False), (_AT_DESK, True), (_PRAISED, True), (_HELPED_DE, True),
)  # fmt: skip
_CAPITAL = re.compile(rf"(?<![\w'’-]){WORD}")
_NEXT = re.compile(r" (\(|[^\W\d_]+)")
_FOLLOWERS = frozenset(
    word
    for expression in (*(each for each, _ in _DEEDS_AND_PLACES), _AGED)
    for word in re.findall(r"[^\W\d_]{1,}", expression.pattern.replace("(?:e)?", "e").lower())
) | {"zeigt", "erklärt", "erzählt", "begrüßt", "sagt", "hatte", "practised", "practiced", "practises", "practices"}
# A word that is a name as well is one where English writes it with a capital inside a sentence.
_INSIDE = re.compile(
    rf"(?<!\w)(?i:with|ask|asked|told|met|saw|see|knew|know|is|does|did|was|when|because|but|thank|thanks|love|miss"
    rf"|like|and|then|where|how|if|frag|fragt|mit|kennt|kenne|traf)\s({WORD})(?!\w| [{UPPER}]|['’]s)"
)
_PAIR = re.compile(rf"(?<![\w'’-])({WORD})(?:,? (?:and|und|&|et|y|\+) | ?& ?)({WORD})(?![\w'’-])")
_TRIPLE = re.compile(rf"(?<![\w'’-])({WORD}), ({WORD}),? (?:and|und|&) ({WORD})(?![\w'’-])")
_FULL = re.compile(rf"(?<![\w'’-])({WORD})[ \t]((?:(?:al|el)-)?{WORD})(?![\w-])")
_DETERMINED = re.compile(
    r"(?:^|\W)(?:the|a|an|this|der|die|das|den|dem|des|ein|eine[rnms]?|im|am|zum|zur|vom|beim|ins"
    r"|unsere?[rnms]?|meine?[rnms]?|keine?[rnms]?|ihre?[rnms]?|seine?[rnms]?|eure?[rnms]?|jede[rnms]?"
    r"|diese[rnms]?|our|my|your|their|his|every|each|no)\s$",
    re.I,
)
_FOREIGN = re.compile(r"[łńśźćąęğışőűřšžěůđøåðþãõñāēīōūăâîțșëïìòỳảạấầẩẫậắằẳẵặẹẻẽếềểễệịỉĩọỏốồổỗộớờởỡợụủũứừửữựýỷỹ]")
_NO_FOREIGN = frozenset("noël citroën naïve dvořák dvorák smørrebrød señor señora piñata jalapeño pâté château".split())
_WHERE = re.compile(
    r"(?:^|\W)(?:in|nach|aus|from|to|near|bei|around|visit|visiting|of|for|über|um|the|der|die|das)\s$", re.I
)
_NEIGHBOURS = re.compile(
    rf"(?<!\w)(?:(?:[Bb]ei|[Dd]ie|[Dd]en|[Vv]on|[Tt]he|[Ff]amilie)\s)({WORD}s)(?=[\s,.!?]|$)(?! [{UPPER}])"
)
_SENTENCE_END = '.!?…:\n"“”„»«'

# Written small: behind thanks, or beside a family name.
_SMALL_CUE = re.compile(
    r"(?<!\w)(?:(?:big |huge |special )?(?:thanks?|thank you|thx|shout ?out|props|kudos|hats off|cheers)(?: so much"
    r"| you)?(?: to)?|danke?(?: an| der| dem)?|(?:ein )?(?:lob|gruß|grüße|dank) an|frag(?:t)?|ask|with|mit|und|and"
    r"|love you|hi|hallo|hey|servus|moin)\s(?:die |der |den |dear |liebe[rn]? |old |our |my |unsere[nr]? )?"
    r"((?:[^\W\d_]{2,20}(?:-[^\W\d_]{2,20})?)(?: [^\W\d_]{2,20})?)"
)
_SMALL_JOINED = re.compile(r"(?:,| and| und| &) ([^\W\d_]{3,20})(?!\w)")
_SMALL_PAIR = re.compile(r"(?<!\w)([^\W\d_]{3,20}) ([^\W\d_'’-]{3,24})(?!\w)")
_SMALL_TITLED = re.compile(
    r"(?:(?<!\w)(an|von|mit|bei|danke|dank|für|liebe|hallo|die|von der|mit der|unsere|der) )?"
    r"(?<!\w)(frau|herrn?) ([^\W\d_][^\W\d_-]{2,24}(?:-[^\W\d_]{2,24})?)(?!\w)"
)


def find_in_context(text: str, lower: str, words: Words) -> Iterator[Span]:
    """Runs that what stands around them shows to be names. `lower` is the text in lower case, `words` its words."""
    if lower != text:
        capitals = [match for match in _CAPITAL.finditer(text) if not is_common_word(match[0])]
        if capitals:
            yield from _inside(text, {capital[0].lower() for capital in capitals})
            yield from _by_deeds(text, _followed(text, capitals))
            yield from _by_neighbours(text, words, capitals)
        yield from _said(text, words)
    yield from _written_small(text, lower, words)


def _followed(text: str, capitals: list[re.Match[str]]) -> list[int]:
    """Where the capitalised words begin behind which stands what a person does, where she is, or her age."""
    starts: list[int] = []
    for position, capital in enumerate(capitals):
        after = text[capital.end() : capital.end() + 1]
        following = _NEXT.match(text, capital.end()) if after == " " else None
        if after == "," or (following and (following[1] == "(" or following[1].lower() in _FOLLOWERS)):
            before = capitals[position - 1] if position else None
            if before and before.end() + 1 == capital.start() and before.start() not in starts:
                starts.append(before.start())
            starts.append(capital.start())
    return starts


def _by_deeds(text: str, starts: list[int]) -> Iterator[Span]:
    for start in starts:
        for expression, any_word in _DEEDS_AND_PLACES:
            match = expression.match(text, start)
            if match and (span := _person(text, *match.span(1), any_word=any_word)):
                yield span
        match = _AGED.match(text, start)
        if match and not _is_english_start(text, start):
            yield Span(*match.span(1))


def _said(text: str, words: Words) -> Iterator[Span]:
    for match in _CALLED.finditer(text, words):
        if len(match[1]) > 1 and not is_common_word(match[1].split()[0]):
            yield Span(*match.span(1))


def _inside(text: str, capitals: set[str]) -> Iterator[Span]:
    if not names_and_words().isdisjoint(capitals):
        for match in _INSIDE.finditer(text):
            if match[1].lower() in names_and_words() and not is_common_word(match[1]):
                yield Span(*match.span(1))


def _by_neighbours(text: str, words: Words, capitals: list[re.Match[str]]) -> Iterator[Span]:
    if not known_words().isdisjoint(words.plain):
        yield from _joined_to_names(text)
    for match in () if family_names().isdisjoint(words.plain) else _FULL.finditer(text):
        first, last = match[1].lower(), match[2].lower().removesuffix("'s").removesuffix("’s")
        if last in family_names() and not is_common_word(first) and not _is_word_here(text, match.start()):
            yield Span(match.start(), match.start(2) + len(last))
    for match in _NEIGHBOURS.finditer(text) if any(capital[0].endswith("s") for capital in capitals) else ():
        if match[1][:-1].lower() in family_names() and not is_common_word(match[1][:-1]):
            yield Span(*match.span(1))
    if not text.isascii() and _FOREIGN.search(text.lower()):
        for word in re.finditer(rf"(?<![\w'’-]){WORD}", text):
            if _is_foreign(text, word):
                yield Span(*word.span())


def _joined_to_names(text: str) -> Iterator[Span]:
    given, ambiguous = given_names(), names_and_words()
    for expression in (_PAIR, _TRIPLE):
        for match in expression.finditer(text):
            joined = [word.lower() for word in match.groups()]
            known = [word in given for word in joined]
            if any(map(is_common_word, joined)) or not (any(known) or all(word in ambiguous for word in joined)):
                continue
            for group, word in enumerate(joined, start=1):
                if word in given or word in ambiguous or not _is_word_here(text, match.start(group)):
                    yield Span(*match.span(group))


def _is_foreign(text: str, word: re.Match[str]) -> bool:
    """Whether a word has letters that neither English nor German has, and stands where no place would."""
    return (
        len(word[0]) > 2
        and _FOREIGN.search(word[0].lower()) is not None
        and word[0].lower() not in _NO_FOREIGN
        and not is_common_word(word[0])
        and not _WHERE.search(text, max(0, word.start() - 12), word.start())
    )


def _person(text: str, start: int, end: int, *, any_word: bool) -> Span | None:
    """The run if its words may be a name: no common word, and no English word where a sentence begins."""
    words = text[start:end].split()
    if len(words) > 1 and is_common_word(words[0]):
        start = end - len(words.pop())
        words = [text[start:end]]
    if any(map(is_common_word, words)):
        return None
    first = words[0].lower()
    if first in given_names() and words[0][0].isupper():
        return Span(start, end)
    if first in names_and_words():
        return None if _DETERMINED.search(text, max(0, start - 9), start) else Span(start, end)
    parts = words[0].split("-")
    if len(parts) > 1 and all(1 < len(part) < 6 and part[0].isupper() for part in parts):
        return Span(start, end)
    if not any_word or not words[0][0].isupper() or words[0].isupper() or _is_word_here(text, start):
        return None
    return Span(start, end)


def _is_word_here(text: str, start: int) -> bool:
    """Whether a capitalised word is likelier a noun: behind an article, ending like one, or an English word."""
    word = re.compile(WORD).match(text, start)
    found = word[0].lower().rstrip("'’-") if word else ""
    return (
        _DETERMINED.search(text, max(0, start - 9), start) is not None
        or found.endswith(_NOUN_ENDINGS)
        or found.removesuffix("'s").removesuffix("’s") in english_words()
        or found.removesuffix("s") in english_words()
    )


_NOUN_ENDINGS = (
    "ung", "heit", "keit", "schaft", "tion", "tät", "ik", "ing", "ieren", "thek", "erei", "ismus", "ment", "ur", "chen",
    "enz", "tek", "ern", "app", "club", "team", "leihe", "ität", "sten", "lern", "gen", "ben", "sen", "ssen",
)  # fmt: skip


def _is_english_start(text: str, start: int) -> bool:
    before = text[:start].rstrip()
    return (not before or before[-1] in _SENTENCE_END) and _is_word_here(text, start)


def _written_small(text: str, lower: str, words: Words) -> Iterator[Span]:
    if not given_names().isdisjoint(words.plain) or len(names_and_words() & words.plain) > 1:
        yield from _known_small(text, lower)
    if not _SMALL_TITLES.isdisjoint(words.plain):
        yield from _titled_small(lower)


def _known_small(text: str, lower: str) -> Iterator[Span]:
    given, ambiguous, family = given_names(), names_and_words(), family_names()
    for match in _SMALL_CUE.finditer(lower):
        words = match[1].split()
        known = [word in given for word in words]
        if known[0] and not text[match.start(1)].isupper():
            both = len(words) > 1 and (known[1] or words[1] in family or words[1] in ambiguous)
            yield Span(match.start(1), match.end(1) if both else match.start(1) + len(words[0]))
        elif len(words) > 1 and all(word in ambiguous or word in given for word in words):
            yield Span(*match.span(1))
        else:
            continue
        joined = _SMALL_JOINED.match(lower, match.end())
        if joined and (joined[1] in given or joined[1] in ambiguous):
            yield Span(*joined.span(1))
    for match in _SMALL_PAIR.finditer(lower):
        if match[1] in given and (match[2] in family or match[2] in given):
            yield Span(*match.span())
    for match in _SMALL_AT_WORK.finditer(lower):
        words = match[1].split()
        if words[-1] in given:
            yield Span(match.end(1) - len(words[-1]), match.end(1))


_SMALL_TITLES = frozenset({"frau", "herr", "herrn"})


def _titled_small(lower: str) -> Iterator[Span]:
    given, family = given_names(), family_names()
    for match in _SMALL_TITLED.finditer(lower):
        known_name = match[3] in given or match[3] in family
        addressed = match[1] in ("an", "von", "mit", "bei", "danke", "dank", "für", "liebe", "hallo", "unsere")
        if (known_name or addressed) and not is_common_word(match[3]):
            yield Span(match.start(2), match.end(3))
