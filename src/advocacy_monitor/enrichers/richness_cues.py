"""The cues of the richness enricher, as data: which words show that a statement tells a story. `cues.py` says how."""

from __future__ import annotations

from advocacy_monitor.enrichers.cues import cues

OWN = cues(
    r"""
    i; i'*; i’*; me; my; mine; myself; ive; we; we'*; we’*; us; our; ours; ich; mir; mich; mein; meine[mnrs]?; ick;
    wir; uns; unser; unsere[mnrs]?; hab; unsereins
    """
)
"""Somebody tells what happened to them or theirs."""

PEOPLE = cues(
    r"""
    husband; wife; partner; mother; mum; mam; mom; mummy; father; dad; daddy; son; sons; daughters?; brothers?;
    sisters?; grandson; granddaughter; grandsons; grandkids?; grandchildren; grandad; granddad; grandma; gran; nan;
    nana; grandmother; grandfather; nephew; niece; aunt; auntie; uncle; parents?; kids?; child; children; baby;
    babies; toddler; twins; boy; boys; girl; girls; lad; lads; lass; neighbou?rs?; widow; widower; carer; librarian;
    lady; ladies; woman; young man; friends?; classmates?; colleagues?; pensioners?; refugees?; teenagers?; she; he;
    someone; stranger; strangers; mann; frau; mutter; mama; vater; papa; sohn; söhne; tochter; töchter; bruder;
    schwester*; schwieger*; enkel*; oma; opa; omas; großmutter; großvater; neffe; nichte; tante; onkel; eltern; kind;
    kinder*; baby; zwillinge*; jungs?; mädchen; kleine[rn]?; große[rn]?; nachbar*; witwe*; rentner*; freund; freunde;
    freundin*; mitschüler*; kolleg*; bibliothekar*; herr; dame; damen; mitarbeiter*; junge mann; sie; er; fremde*;
    jemand; geflüchtete*; bewohner*
    """
)
"""Who: people other than the one who speaks."""

NUMBER = cues(
    r"""
    \d+([.,:]\d+)?; \d+(st|nd|rd|th|am|pm|er|%|km|k|€)*; \$\d+*; £\d+*; €\d+*; two; three; four; five; six; seven;
    eight; nine; ten; eleven; twelve; thirteen; fourteen; fifteen; sixteen; seventeen; eighteen; nineteen; twenty;
    thirty; forty; fifty; sixty; seventy; eighty; ninety; hundreds?; thousands?; dozens?; twice;
    (twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)-\w+; (first|second|third) (one|time|winter|year|book|job);
    half (a|an|the|past); zwei; drei; vier; fünf; sechs; sieben; acht; neun; zehn; elf; zwölf; dreizehn; vierzehn;
    fünfzehn; sechzehn; siebzehn; achtzehn; neunzehn; zwanzig; \w+zig; hundert*; tausend*; dutzend*; zweimal; dreimal;
    \w+jährig*; halbe?s? (jahr|stunde); anderthalb*; jahrzehnt*; (erste[nsr]?|zweite[nsr]?)
    (deutsch|mal|buch|winter|jahr|job); zwei\w*; drei(mal|jährig)*
    """
)
"""How many, how much, how old."""

WHEN = cues(
    r"""
    (mon|tues|wednes|thurs|fri|satur|sun)days?; january; february; march; april; june; july; august; september;
    october; november; december; winter; summer; weeks?; months?; years?; hours?; minutes?; yesterday; last
    (week|month|year|night|summer|winter|autumn|spring); this morning; afternoons?; evenings?; mornings?; every
    (day|week|month|night|single); as a (child|kid|boy|girl|student|teenager); when (i|we|my|he|she); childhood;
    (montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag)s?; januar; februar; märz; mai; juni; juli; oktober;
    dezember; sommer; wochen?; monate?n?; monat; jahre?n?; stunden?; minuten?; gestern; (letzte[nrs]?|vorige[nrs]?)
    (woche|monat|jahr|nacht|sommer|winter|herbst); nachmittags?; abends?; vormittags?; morgens; jede[nrs]?
    (tag|woche|monat|abend|morgen|einzelnen|zweiten|freitag|samstag|montag); als
    (kind|schüler\w*|student\w*|junge|mädchen|jugendliche\w*); als (ich|wir|mein|meine|er|sie); kindheit; tagsüber;
    täglich; wöchentlich
    """
)
"""When, how long, how often."""

CHANGE = cues(
    r"""
    since; now; these days; no longer; not? any ?more; any more; thanks to; because of (them|it|that|the|you); ever
    since; finally; at last; by the time; again; until; till; ended up; turned; changed; altered; became; become; made
    me; makes me; made (us|him|her|them|a|my|real); got me; gets me; had me; gave (me|us|him|her|my); gives
    (me|us|him|her); taught (me|us|him|her|my); teach me; showed (me|us|him|her); shown (me|us); helped?
    (me|us|him|her|my|them|with); lent me; let me; kept me; keeps me; saved (me|us|my|him|her); got
    (a|the|my|his|her|into|through) (job|visa|degree|place|work|it|grade|exam)*; passed; learned; learnt; found
    (a|my|the|out|her|his|work); discovered?; started; began; begun; finished; landed; rang me; hired; i
    (could|couldn't|couldn’t) (not|never)?; without (it|them|that|the|this|her|him|you); would(n't|n’t|not|never)?
    have; i'd (have|be) (lost|never|been|given|not)*; could(n't|n’t|not) (have|do|run|afford|face); managed; never
    (had|thought|would|once|knew|known); owe; difference; seit; seitdem; inzwischen; mittlerweile; jetzt; heute; nicht
    mehr; nie mehr; kein\w* mehr; dank; endlich; wieder; geworden; wurde; verändert*; gelernt; beigebracht; gezeigt;
    geholfen; hilft (mir|uns|ihm|ihr|meine\w*); gefunden; entdeckt*; geschafft; bestanden; bekommen; gekriegt;
    gerettet; angefangen; begonnen; ohne (die|den|das|sie|ihn|dich|euch|diese\w*|meine\w*|bücherei\w*|bibliothek\w*);
    hätte[nst]?; wäre[nst]?; sonst; konnte ich; kann ich; durch die; verdank*; zu verdanken; erst; zum ersten mal;
    nie; gemacht; mitgebracht; aufgegeben; aufgeben; hochgearbeitet; ausgefüllt; verlern*; verlor*; genommen; gebracht
    """
)
"""What changed, what came of it, or what would not have been."""

HARDSHIP = cues(
    r"""
    died; dead; death; lost; funeral; grief; widow; widower; divorce*; cancer; chemo; biopsy; dementia; stroke; ill;
    illness; sick; disabled; disability; blind; sight; deaf; wheelchair; autistic; ms; hip; arthritis; eyes; braille;
    hospital; anxiety; depress*; panic; lonely; alone; loneliness; lonelier; isolat*; nobody; no ?one; not a soul; a
    soul; zero friends; four walls; silence; silent; homeless; shelter; rough; skint; broke; poor; pension; benefits;
    redundan*; laid off; lost my job; unemployed; out of work; couldn't afford; can't afford; cannot afford; could not
    afford; not well off; afraid; scared; frightened; safe; asylum; refugee; aleppo; ukraine; war; no heating; cold;
    debts?; shut; taken off; took away; take away; tot; tod; gestorben; starb; verstorben; gestürzt; krebs; chemo;
    demenz*; schlaganfall; krank*; behindert*; blind; gehörlos*; rollstuhl; autis*; augen; hüfte; reha; angst; panik*;
    depress*; einsam*; allein*; niemand*; keine menschenseele; mutterseelen*; stille; ruhe; obdachlos*; arm;
    arbeitslos*; entlassen; gekündigt; hartz*; bürgergeld*; grundsicherung; rente; insolven*; pleite; keinen cent;
    leisten; kein geld; flucht; geflohen; geflüchtet; krieg*; ukrain*; asyl*; heizung; kalt; schulden; trennung;
    scheidung; getrennt; pflege*; schicht*; nachtschicht*; geschrien; stotter*; schreiben konnte; legasthen*
    """
)
"""What somebody was up against: what makes others care."""

EMOTION = cues(
    r"""
    love; loved; loves; adore*; hate; hated; cried; cry; crying; tears; laugh*; smil*; grateful; thankful; proud;
    pride; ashamed; shame; happy; happier; happiest; joy; delight*; lonely; lonelier; afraid; scared; scary; angry;
    cross; furious; sad; sadder; heartbr*; miss; missed; relief; relieved; calm; peace; peaceful; breath*; magic*;
    heaven; bliss; treasure*; gift; lifeline; forget; feel; felt; feels; feeling; heart; dread*; panic; embarrass*;
    humiliat*; sane; belong*; welcome*; trust; lieb*; gelieb*; hasse; geweint; weine*; tränen; gelacht; lach*;
    lächel*; dankbar*; stolz*; schäm*; geschämt; glücklich*; glück; freu*; gefreut; angst; wütend; wut; traurig*;
    vermiss*; erleichter*; ruhe; frieden; geborgen*; zauber*; himmel*; schatz; herz*; vergess*; fühl*; gefühl*;
    gestaunt; staun*; strahl*; zuhause; daheim; heimat; peinlich*; vertrau*; atmen; tröst*; getröstet
    """
)
"""What somebody felt."""

CONTRAST = cues(
    r"""
    used to; these days; back then; whereas; instead; unlike; rather than; at first; once; before (i|we|that|the);
    früher; damals; vorher; nachher; stattdessen; anfangs; von wegen; statt
    """
)
"""Before and after, one thing against another."""

LISTS = {
    "own": OWN,
    "people": PEOPLE,
    "number": NUMBER,
    "when": WHEN,
    "change": CHANGE,
    "contrast": CONTRAST,
    "hardship": HARDSHIP,
    "emotion": EMOTION,
}
