"""Finds people's names in free text: signatures, introductions, titles, kin, and well-known given names.

There is no model here: none that works offline knows German names (docs/explanation/enrichers.md). So cues and lists
do it, and they lean to finding too much: a name that stays in a quote harms somebody, a word too many that is
blacked out does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from advocacy_monitor.enrichers.cues import cues, pattern
from advocacy_monitor.enrichers.plain_text import lower_case
from advocacy_monitor.enrichers.word_lists import (
    AMBIGUOUS_NAMES,
    FAMOUS_NAMES,
    GIVEN_NAMES,
    is_common_word,
)
from advocacy_monitor.models import Span

_UPPER = "A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĘĚĞĢİĪĶĹĻŁŃŅŇŌŐŒŔŘŚŞŠŢŤŪŮŰŹŻŽȘȚА-ЯЁІЇЄҐ"
_REST = r"(?:[^\W\d_]|[\u0300-\u036f'’ʼ-]){0,40}"
_WORD = rf"[{_UPPER}]{_REST}"
_PARTICLE = r"(?:von|vom|van|zu|zur|de|der|den|del|della|di|da|la|le|bin|ibn|al|el|ter|ten)"
# Words of a name, with what may stand between them; trimmed word by word afterwards.
_RUN = re.compile(rf"{_WORD}\.?(?:[ \t]{{1,3}}(?:{_PARTICLE}[ \t]{{1,3}}){{0,2}}{_WORD}\.?){{0,3}}")
_TOKEN = re.compile(rf"{_WORD}\.?")
_AND = re.compile(r"\s*(?:\(\d{1,2}\)|,\s?\d{1,2}\b)?\s*(?:,|und|and|&|\+|y|et|и)\s+")
_BEFORE_NAME = re.compile(r"[\s.,:;–—-]{0,4}(?:(?:namens|called|named|heißt|heisst|is called|ist|is)\s+)?(?:dr\.?\s+)?")

# "Frau Dr. ...", "Frau Bibliotheksrätin ...": other titles come first.
_TITLE_TO_NAME = re.compile(
    r"[\s.,:;–—-]{0,4}(?:(?:[Dd]r|[Pp]rof(?:essor)?|[Dd]ipl|[Ii]ng|[Mm]ag)\.?\s+){0,3}"
    r"(?:[A-ZÄÖÜ][^\W\d_]{3,40}(?:in|rat|er)\s+(?=[A-ZÄÖÜ]))?"
)
_TITLES = pattern(
    cues(
        """
        mr; mrs; ms; miss; mx; dr; prof; professor; sir; lady; rev; frau; herr; herrn; hr; fr; fräulein; familie; fam;
        madame; mme; monsieur; señor; señora; sr; sra; doña; г-жа; г-н; госпожа; господин
        """
    )
)
_KIN = pattern(
    cues(
        """
        sons?; daughters?; lads?; lass; hubby; spouse; caretaker; hausmeister; bub; mother; father; mum; mom; dad;
        husband; wife; brothers?; sisters?; grandsons?; granddaughters?; grandmother; grandfather; grandma; grandpa;
        grandad; grandchild; grandchildren; grandkids; stepson; stepdaughter; stepmother; stepfather; godson;
        goddaughter; nan; nana; gran; granny; aunt; auntie; uncle; cousins?; nephews?; nieces?; partner; fiancée?;
        boyfriend; girlfriend; friends?; neighbou?rs?; colleagues?; carer; teacher; librarians?; boys?; girls?; baby;
        babies; child; children; kids?; toddler; twins; foster (son|daughter|child); sohn; söhne; tochter; töchter;
        ehemann; mann; ehefrau; mutter; mama; mutti; vater; papa; vati; brüder; bruder; schwestern?; freund; freundin;
        freunde; freundinnen; enkel; enkelin; enkelsohn; enkeltochter; enkelkind; enkelkinder; oma; opa; großmutter;
        großvater; tante; onkel; cousine; neffen?; nichten?; partnerin; nachbar; nachbarin; nachbarn; kollege;
        kollegin; lehrer; lehrerin; bibliothekar; bibliothekarin; büchereileiterin; leiterin; leiter; kind; kinder;
        kindern; zwillinge; junge; mädchen; mein(e|er)?
        (kleine|kleiner|große|großer|jüngste|jüngster|älteste|ältester); fils; fille; mari; hijo; hija; marido; сын;
        дочь; муж; внук; внучка
        """
    )
)
_INTRODUCTION = re.compile(
    r"(?<!\w)(?:my name(?:['’]?s| is)|i am called|i['’]m called|call me|ich hei(?:ß|ss)e|mein name ist|mein name:"
    r"|name:|je m['’]appelle|mon nom est|me llamo|mi nombre es|меня зовут|اسمي|signed:?|gezeichnet:?|gez\.)\s+"
)
_INTRODUCTION_HAN = re.compile(r"(?:我叫|我的名字是|本人姓名)([\u4e00-\u9fff]{2,4}?)(?=[，。,.\s！!]|今年|是|$)")
_I_AM = re.compile(
    r"(?<!\w)(?:i am|i['’]m|this is|it['’]s|it is|ich bin|hier ist|hier schreibt|hier spricht|je suis|soy)\s+"
    r"(?:die |der )?"
)
# Somebody presents himself with a name that is on no list: only where the sentence then pauses or goes on with "and".
_PRESENTS = re.compile(r"(?<!\w)(?:i am|i['’]m|it is|it['’]s|this is|(?:ich )?bin (?:die|der)|je suis|soy)\s+")
_PRESENTED = re.compile(rf"({_WORD})(?=\s*[,.!;–—(]|\s+(?:and|und|et|y|from|aus|vom|de|again|here|speaking)\s|\s*$)")
_NO_PRESENTED = re.compile(r"(?:ish|ian|ese|ch|ean|kan|can|[^n]in|er|erin|or|ist|ung|ent|ant|eur|euse|iste)$")
_HERE = re.compile(r"(?<!\w)([^\W\d_]{2,20}) here(?=\s*[,.!–—-])")
_SAYS = re.compile(
    rf"(?<!\w)({_WORD}(?: {_WORD})?)(?= (?:says|writes|wrote|told|said|reads|sagt|schreibt|meint|liest|erzählt"
    rf"|grüßt)(?!\w))"
)
_WITH_AGE = re.compile(rf"(?<!\w)({_WORD})(?= \(\d{{1,2}}(?: ?(?:Jahre|J\.?|years?|yrs?)(?: old)?)?\))")
_SMALL_TITLE = re.compile(r"(?<!\w)(?:mrs?|ms)\.? ([^\W\d_][\w'’-]{2,30})")
_FAMILY = re.compile(
    rf"(?<!\w)[Tt]he ({_WORD})(?= family(?!\w))|(?<!\w)(?:[Ww]e are|[Ww]e['’]re) the ({_WORD})(?!\s[{_UPPER}])"
)
_INITIALS = re.compile(rf"(?<!\w)((?:[{_UPPER}]\.[ \t]?){{1,3}}[{_UPPER}][^\W\d_]{_REST})")
_ASK_FOR = re.compile(
    r"(?<!\w)(?:(?:sent|written|drawn|posted|told|dictated) by|call|ring|phone|contact|ask(?: for)?|speak to"
    r"|talk to|email|text|rufe?|fragt? nach|meldet euch bei)\s+"
)
_FORMULA = pattern(
    cues(
        """
        yours; yours (sincerely|faithfully|truly|ever); sincerely; sincerely yours; regards;
        (kind|kindest|best|warm|warmest) (regards|wishes); best; all the best; cheers; love; love from; lots of love;
        with love; much love; many thanks; thanks; thanks (again|so much); thank you; thank you (so|very) much; with
        thanks; gratefully; respectfully; take care; x{1,4}; xo(xo)?; hugs; grüße; gruesse; grüsse; gruß;
        (liebe|viele|herzliche|herzlichste|beste|schöne|freundliche|sonnige) (liebe )?(grüße|grüsse|gruesse); lieben?
        gruß; mit (freundlichen|besten|lieben|herzlichen) (grüßen|gruessen|grüssen); mit
        (freundlichem|bestem|herzlichem) gruß; g?lg; vg; mfg; hg; bg; hochachtungsvoll; herzlichst; ihre?; euere?;
        eure?; deine?; alles (liebe|gute); bussi; bussis; küsschen; grüßle; grüßli; gruss; grüessli; pfiat eich; bis
        (bald|dann); danke?; vielen dank; herzlichen dank; tschüss; servus; gez; cordialement; bien cordialement;
        amicalement; bien à vous; bisous; merci; saludos; saludos cordiales; un (saludo|abrazo); atentamente; gracias;
        с уважением; с любовью; ваша?; спасибо; مع تحياتي; تحياتي; 此致
        """
    )
)
# Behind these a name may be written small and still be one.
_PURE_FORMULA = re.compile(
    r"(?:yours|sincerely|.*regards|cheers|.*(?:gr(?:ü|ue)(?:ß|ss)en?|gruß)|g?lg|vg|mfg|hg|bg|hochachtungsvoll"
    r"|herzlichst|.*wishes|x+|xo(?:xo)?|cordialement|saludos|с уважением|مع تحياتي|تحياتي)"
)
_ADDRESSED = pattern(
    cues(
        """
        thank; thank you; thanks; thx; shout ?out to; danke; dank; merci; gracias; dear; liebe[rns]?; hallo; hello;
        hi; hey; moin; guten tag; sehr geehrte[rs]?; chère?; querid[oa]; estimad[oa]
        """
    )
)
_AFTER_ADDRESS = re.compile(r"(?:\s+(?:to|an|für|à|a))?(?:\s+(?:liebe[rns]?|dear|die|den))?\s+")
_ANY_WORD = re.compile(r"[^\W\d_][\w'’\u0300-\u036f-]{0,40}(?: [^\W\d_]\.)?")
_PLAIN_WORD = re.compile(r"[^\W\d_][\w\u0300-\u036f-]{0,40}")
_CLOSING_TOKEN = re.compile(r"\S+")
_BETWEEN = re.compile(
    r"[\s,.:;!–—-]{0,6}(?:(?:aus|from|von|vom)\s+[^,\n]{1,30}[,\n]\s*)?(?:(?:die|der|your|dein|eure?|ihre?)\s+)?"
)
# "Thanks heaps, Shazza": what begins like a formula and ends with a name behind a comma.
_LOOSE_FORMULA = re.compile(
    r"(?:^|(?<=[.!?…\n])\s?)(?:yours|thanks|thank you|love|regards|cheers|danke|gr(?:ü|ue)(?:ß|ss)e|gruß|mit"
    r"|viele|liebe|herzliche|eure?|euer|tschüss\w*"
    r"|bis|servus|ciao|many|best|with|from|greetings)(?:\s[^\s,.!?]{1,20}){1,5}\s?[,\n]\s?(?=\S)"
)
_NAME_BEFORE_NUMBER = re.compile(rf"(?:^|[.!?…\n])\s*({_WORD} {_WORD}),\s?\d")
_DASH = re.compile(r"(?:^|(?<=[\s.!?…,\"“”»)]))(?:[—–~―]|--?)\s{0,3}(?=\S)")
_WITH_INITIAL = re.compile(rf"(?<!\w)[{_UPPER}][^\W\d_]{{1,30}}(?: [{_UPPER}]\.){{1,2}}(?!\w)")
_NAME_AND_AGE = re.compile(
    rf"(?:^|[.!?…\"“”»\n])\s*({_WORD}(?: {_WORD}\.?)?),?\s*\(?\d{{1,2}}\)?(?:\s*(?:Jahre?|jahre?|J\.|years?"
    rf"(?: old)?|yrs?))?"
    r"(?:,[^,\n]{0,40})?$"
)
_TAIL = 120
_SIGNATURE_WORDS = 5


class FoundName(NamedTuple):
    """Where a name stands; `cued` when something beside a list of given names says that it is one."""

    span: Span
    cued: bool


def find_names(text: str, *, author_name: str | None = None) -> Iterator[FoundName]:
    """Every run of the text that may name a person; runs may overlap. `author_name` is the account's display name."""
    lower = lower_case(text)
    for span in _cued(text, lower):
        yield FoundName(span, True)
    for span in _listed(text):
        yield FoundName(span, False)
    if author_name and len(author_name) >= 4 and not is_common_word(author_name.split()[0]):
        yield from _author(lower, lower_case(author_name.strip()))


def _author(lower: str, name: str) -> Iterator[FoundName]:
    start = lower.find(name)
    while start >= 0:
        yield FoundName(Span(start, start + len(name)), True)
        start = lower.find(name, start + len(name))


def _cued(text: str, lower: str) -> Iterator[Span]:
    for match in _INTRODUCTION.finditer(lower):
        yield from _any_case(text, match.end())
    for match in _INTRODUCTION_HAN.finditer(text):
        yield Span(*match.span(1))
    for match in _I_AM.finditer(lower):
        yield from _known(text, lower, match.end())
    for match in _PRESENTS.finditer(lower):
        yield from _presented(text, match.end())
    for match in _HERE.finditer(text):
        word = match[1].lower()
        if word in GIVEN_NAMES or (match[1][0].isupper() and not is_common_word(word)):
            yield Span(*match.span(1))
    for match in _SMALL_TITLE.finditer(lower):
        if not is_common_word(match[1]):
            yield Span(*match.span(1))
    for expression in (_FAMILY, _INITIALS, _SAYS, _WITH_AGE):
        for match in expression.finditer(text):
            group = match.lastindex or 0
            words = match[group].split()
            if not any(map(is_common_word, words[-2:])) and not _is_famous(words):
                yield Span(*match.span(group))
    for match in _ASK_FOR.finditer(lower):
        yield from _names_at(text, match.end())
    for match in _TITLES.finditer(lower):
        if before := _TITLE_TO_NAME.match(text, match.end()):
            yield from _names_at(text, before.end())
    for match in _KIN.finditer(lower):
        if before := _BEFORE_NAME.match(lower, match.end()):
            yield from _names_at(text, before.end())
            yield from _known(text, lower, before.end())
    for match in _ADDRESSED.finditer(lower):
        if after := _AFTER_ADDRESS.match(lower, match.end()):
            yield from _names_at(text, after.end())
    for match in _WITH_INITIAL.finditer(text):
        if not is_common_word(match[0].split()[0]):
            yield Span(*match.span())
    yield from _signature(text, lower)


def _names_at(text: str, position: int) -> Iterator[Span]:
    """The name at a position and those joined to it: 'Emma (8), Noah and Lea'."""
    for _ in range(6):
        span = _capitalised(text, position)
        if span is None:
            return
        yield span
        joined = _AND.match(text, span.end)
        if joined is None:
            return
        position = joined.end()


def _capitalised(text: str, position: int) -> Span | None:
    """The longest run of capitalised words at a position of which none is a common word."""
    run = _RUN.match(text, position)
    if run is None:
        return None
    end = position
    for token in _TOKEN.finditer(text, position, run.end()):
        word = token[0]
        initial = len(word.rstrip(".")) == 1 and word != "I"
        if not initial and (is_common_word(word) or (end == position and _is_shouted(word))):
            break
        end = token.end() if initial else token.start() + len(word.rstrip("."))
    return Span(position, end) if end > position + 2 else None


def _is_shouted(word: str) -> bool:
    """Whether a word is all in capitals and no given name: likelier loud than somebody's."""
    return len(word) > 3 and word.isupper() and word.lower() not in GIVEN_NAMES


def _any_case(text: str, position: int) -> Iterator[Span]:
    """A name where one must follow, however it is written: one word, or all the capitalised ones."""
    if _capitalised(text, position):
        yield from _names_at(text, position)
    elif (word := _ANY_WORD.match(text, position)) and (not is_common_word(word[0])):
        yield Span(*word.span())


def _presented(text: str, position: int) -> Iterator[Span]:
    """An unlisted name where somebody says who he is, unless it ends like a nation or an occupation."""
    found = _PRESENTED.match(text, position)
    if found and not is_common_word(found[1]) and not _NO_PRESENTED.search(found[1].lower()):
        yield Span(*found.span(1))


def _known(text: str, lower: str, position: int) -> Iterator[Span]:
    """A given name at a position, with the surname behind it."""
    word = _PLAIN_WORD.match(lower, position)
    if word and (word[0] in GIVEN_NAMES or (word[0] in AMBIGUOUS_NAMES and text[position].isupper())):
        yield _capitalised(text, position) or Span(*word.span())


def _listed(text: str) -> Iterator[Span]:
    for run in _RUN.finditer(text):
        tokens = list(_TOKEN.finditer(text, run.start(), run.end()))
        for position, token in enumerate(tokens):
            word = token[0].rstrip(".'’-").removesuffix("'s").removesuffix("’s").lower()
            if GIVEN_NAMES.isdisjoint((word, word.removesuffix("s"), *word.split("-"))) and not _is_full_name(
                tokens, position
            ):
                continue
            if not _is_famous([other[0] for other in tokens[position : position + 5]]):
                yield Span(*token.span())
                yield from _names_at(text, token.start())
            break


def _is_full_name(tokens: list[re.Match[str]], position: int) -> bool:
    """Whether a given name that is also a word has a surname behind it: 'Jack Dooley'."""
    following = tokens[position + 1][0] if position + 1 < len(tokens) else None
    return (
        following is not None
        and tokens[position][0].lower() in AMBIGUOUS_NAMES
        and not is_common_word(tokens[position][0])
        and not tokens[position][0].isupper()
        and not is_common_word(following)
    )


def _is_famous(words: list[str]) -> bool:
    plain = [word.removesuffix("'s").removesuffix("’s").lower() for word in words]
    return any(" ".join(plain[:count]).rstrip("s.") in _FAMOUS_STEMS for count in range(2, len(plain) + 1))


_FAMOUS_STEMS = frozenset(name.rstrip("s.") for name in FAMOUS_NAMES)


def _signature(text: str, lower: str) -> Iterator[Span]:
    end = _signature_end(text)
    start = max(0, end - _TAIL)
    for match in _DASH.finditer(text, start, end):
        yield from _signed(text, match.end(), end, any_case=False)
    for match in _FORMULA.finditer(lower, start, end):
        if _stands_free(text, match.start()):
            pure = _PURE_FORMULA.fullmatch(match[0]) is not None
            yield from _signed(text, match.end(), end, any_case=pure)
    for match in _LOOSE_FORMULA.finditer(lower, start, end):
        yield from _signed(text, match.end(), end, any_case=False)
    last_line = text.rfind("\n", start, end) + 1
    if last_line > start:
        yield from _signed(text, last_line, end, any_case=False)
    for expression in (_NAME_BEFORE_NUMBER, _NAME_AND_AGE):
        found = expression.search(text, start, end)
        if found and (span := _capitalised(text, found.start(1))):
            yield span


def _signature_end(text: str) -> int:
    """Where the text ends, before closing hashtags, links, handles and emoji."""
    end = 0
    closing = max(0, len(text) - 2000)
    for token in _CLOSING_TOKEN.finditer(text, closing):
        if any(map(str.isalnum, token[0])) and not token[0].startswith(("#", "@", "http", "＃")):
            end = token.end()
    return end


def _stands_free(text: str, position: int) -> bool:
    """Whether nothing of the same sentence stands before: 'Love, Anna' but not 'we all love Anna'."""
    before = text[max(0, position - 4) : position].rstrip(" \t")
    return not before or not before[-1].isalnum()


def _signed(text: str, position: int, end: int, *, any_case: bool) -> Iterator[Span]:
    """A name between a formula and the end of the text, if there is little else."""
    if skipped := _BETWEEN.match(text, position, end):
        position = skipped.end()
    words = text[position:end].split()
    if not words or len(words) > _SIGNATURE_WORDS + 3:
        return
    spans = list(_names_at(text, position))
    if spans and spans[-1].end <= end and _is_closed(text[spans[-1].end : end]):
        yield from spans
    elif any_case and len(words) <= 2 and not any(map(is_common_word, words)):
        yield Span(position, end)
    elif not spans and (run := _last_run(text, position, end)):
        yield run


def _last_run(text: str, position: int, end: int) -> Span | None:
    """Two or more capitalised words that end the text: 'Ihre treue Leserin Hedda Quast'."""
    tokens = list(_TOKEN.finditer(text, position, end))
    kept = len(tokens)
    while (
        kept
        and not is_common_word(tokens[kept - 1][0])
        and (kept == len(tokens) or text[tokens[kept - 1].end() : tokens[kept].start()].isspace())
    ):
        kept -= 1
    if len(tokens) - kept < 2 or tokens[-1].end() < end - 2:
        return None
    return Span(tokens[kept].start(), tokens[-1].end())


def _is_closed(rest: str) -> bool:
    """Whether what follows a signature is an age, a place or nothing, not the rest of a sentence."""
    rest = rest.strip()
    return not rest or not rest[0].isalpha() or len(rest.split()) <= 1
