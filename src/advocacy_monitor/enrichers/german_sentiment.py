"""How positive a German text sounds: a small lexicon of its own, with negation, strengthening and contrast.

The German port of TextBlob does not run with any current TextBlob, and the lexica that can be had scored no better
(docs/explanation/enrichers.md), so this one was written for what people say about libraries. It is experimental, like
every sentiment score here.
"""

from __future__ import annotations

import re
from typing import NamedTuple

# Entries with `*` are beginnings of words.
_STRONG_POSITIVE = """
    liebe* lieben liebt liebst* geliebt* begeister* fantastisch* phantastisch* großartig* grandios* wunderbar*
    wundervoll* herrlich* hervorragend* ausgezeichnet* exzellent* perfekt* genial* traumhaft* paradies* unersetzlich*
    unverzichtbar* unbezahlbar* lebensretter* glücklich* glück überglücklich* sensationell* spitze spitzen* klasse toll*
    super* prima fabelhaft* bezaubernd* herzlich* dankbar* danke dank lieblings* schatz* herzstück* juwel* geschenk*
    segen wohltu* beste besten bester bestes
"""
_POSITIVE = """
    gut gute guter gutes guten gutem besser* schön* nett* freundlich* hilfsbereit* hilfreich* kompetent* engagiert*
    liebevoll* gern gerne angenehm* gemütlich* bequem* ruhig* modern* hell* sauber* interessant* spannend* lustig* freu*
    freude* froh* fröhlich* spaß lob* empfehl* zufrieden* gelungen* gefällt gefallen genieß* genuss willkommen*
    geborgen* sicher sichere* sicheren wohl wohlfühl* wertvoll* wichtig* nützlich* praktisch* vielfältig* reichhaltig*
    riesen* stolz* entspannt* entspannen inspirier* bereicher* staun* gestaunt entdeck* neugier* hoffnung* mut mutig*
    vertrau* unterstütz* hilfe hilft helfen geholfen fördert fördern chancen chancengleichheit gleiche lieb lieber
    liebes kostenlos* gratis umsonst günstig* preiswert* unkompliziert* schnell* zuverlässig* pünktlich* aktuell*
    abwechslungsreich* treffpunkt* gemeinschaft freunde freundschaft* heimat zuflucht* oase* tröst* gerettet bildet
    verbindet geklappt erfolg* gelernt klappt funktioniert lohnt lohnenswert freiheit gratuliere glückwunsch*
    sympathisch* respekt* aufmerksam* barrierefrei* gemeinsam gefreut ehrlich* charmant* großzügig* hübsch* edel
    umweltfreundlich* sinnvoll* nachhaltig* zugewandt*
"""
_STRONG_NEGATIVE = """
    katastroph* furchtbar* schrecklich* schlimm* entsetz* skandal* schande unverschämt* frechheit* unmöglich*
    miserabel* grauenhaft* grausam* grässlich* hass* hasse* abscheulich* unerträglich* unzumutbar* inakzeptabel* wut
    wütend* zornig* empör* verzweif* zerstör* kaputt* totgespart* saftladen mist scheiß* beschissen* kotzt kotzen
    zumutung* armutszeugnis* peinlich* dreist* verachtung lächerlich* ekel* eklig* widerlich* horror* drama*
"""
_NEGATIVE = """
    schlecht* schade traurig* leider ärger* geärgert nerv* genervt* enttäusch* unfreundlich* unhöflich* unverständlich*
    unfair* ungerecht* langsam* verspät* ausfall* ausgefallen* defekt* störung* stör* gestört problem* schwierig*
    mühsam* umständlich* kompliziert* teuer* teure* überteuert* gebühr* mahnung* strafe* schmutzig* dreckig* dreck
    stinkt gestank laut* lärm* überfüllt* voll* überlastet* eng stickig* kalt* dunkel* veraltet* langweil* öde fehlt
    fehlen fehlend*
    mangel* mangelhaft* wenig weniger zuwenig geschlossen* schließ* schließung* dicht dichtmach* gestrichen streichung*
    kürz* kürzung* sparmaßnahme* wegfall* abschaff* abgebaut* verlust* verlier* verlor* verloren* vermiss* warten
    wartezeit* gewartet* vergeblich* unnötig* sinnlos* falsch* fehler* kritik* kritisier* beschwer* beschwerde* sorge*
    angst ängstlich* einsam* arm arme armen trist* trostlos* unsicher* gefähr* gefahr* streik* chaos chaotisch* versagen
    versagt* nachteil* schwach schwache* hässlich* müde krank* tot sterben stirbt weg unwürdig* bedauer* leid leidet
    leiden unzufrieden* weigert* verweiger* verbot* verboten* unpünktlich* zwang* zwingt abgelehnt* ignorier*
    vernachlässig* verkommen* vergammelt* begreife
"""
_NEGATIONS = frozenset(
    "nicht nich nie niemals nimmer kein keine keinen keiner keinem keines weder kaum nirgends nichts ohne wenig".split()
)
_STRENGTHENERS = frozenset(
    "sehr so total besonders extrem wirklich echt absolut richtig ganz unheimlich unglaublich überaus zutiefst riesig"
    " viel immer einfach wahnsinnig mega voll super".split()
)
_SOFTENERS = frozenset("etwas bisschen ziemlich relativ teilweise manchmal eher halbwegs vielleicht".split())
_CONTRAST = frozenset("aber doch jedoch trotzdem dennoch allerdings sondern".split())
_BEFORE, _BEHIND = 4, 3
_TURNED = -0.7
_WORD = re.compile(r"[^\W\d_]+|[.!?;:,…\n]")


class Feelings(NamedTuple):
    """The weight of what sounds good and of what sounds bad in a text, both 0 or more; both 0: no word was known."""

    good: float
    bad: float


def _entries() -> tuple[dict[str, float], dict[str, list[tuple[str, float]]]]:
    """Weights by word, and beginnings of words by their first two letters, the longest first."""
    words: dict[str, float] = {}
    stems: dict[str, list[tuple[str, float]]] = {}
    for block, weight in ((_POSITIVE, 1.0), (_NEGATIVE, -1.0), (_STRONG_POSITIVE, 1.6), (_STRONG_NEGATIVE, -1.6)):
        for entry in block.casefold().split():  # ß becomes ss, as Switzerland and people in haste write it
            if entry.endswith("*"):
                stems.setdefault(entry[:2], []).append((entry[:-1], weight))
            else:
                words[entry] = weight
    return words, {start: sorted(found, key=lambda stem: -len(stem[0])) for start, found in stems.items()}


_WORDS, _STEMS = _entries()


def feelings(text: str) -> Feelings:
    """What sounds good and bad in a German text. A negation turns the words behind it, up to the next comma."""
    good = bad = 0.0
    words = _WORD.findall(text.casefold())
    for position, word in enumerate(words):
        if weight := _weight_of(word):
            weight *= _factor(words, position)
            good += max(0.0, weight)
            bad += max(0.0, -weight)
    return Feelings(good, bad)


def _weight_of(word: str) -> float:
    if word in _WORDS:
        return _WORDS[word]
    return next((weight for stem, weight in _STEMS.get(word[:2], ()) if word.startswith(stem)), 0.0)


def _factor(words: list[str], position: int) -> float:
    """What the words before, in the same part of the sentence, and a 'nicht' behind make of a word."""
    factor = 1.0
    for before in reversed(words[max(0, position - _BEFORE) : position]):
        if not before[0].isalpha() or before in _CONTRAST:
            break
        if before in _NEGATIONS:
            return _TURNED * factor
        if before in _STRENGTHENERS:
            factor *= 1.3
        elif before in _SOFTENERS:
            factor *= 0.7
    for behind in words[position + 1 : position + 1 + _BEHIND]:
        if not behind[0].isalpha():
            break
        if behind == "nicht":
            return _TURNED * factor
    return factor
