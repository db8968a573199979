"""The cues of the stance enricher, as data: thanks, praise, complaint, request, in English and German.

`cues.py` says how they are written. Lists named `no ...` block: a run that shares a character with one of them does
not count.
"""

from __future__ import annotations

from advocacy_monitor.enrichers.cues import cues

THANKS = cues(
    r"""
    thanks?; thank (you|u|goodness|god|heavens); thankyou; thx; ty; thankful; grateful*; gratitude; appreciat*; bless
    (you|them|her|him|the|our); hats? off; kudos; cheers; god bless; i owe; we owe; owe (it|them|her|him|my|so|this)*;
    indebted; big up; well done; danke; dank; vielen dank; dankbar*; dankeschön; bedank*; merci; ein hoch auf; hut ab;
    lob an; großes lob; verdanke*; zu verdanken; vergelt's gott; vergelt’s gott; weiter so
    """
)

NO_THANKS = cues(
    r"""
    thanks? (to the cuts?|for nothing|a lot for closing|to this council|to the council); no thanks; cheers for that;
    gott sei dank; dank (der|den|dieser) (kürz|spar|schließ)*; nein danke; danke für (nichts|gar nichts)
    """
)

PRAISE = cues(
    r"""
    love; loved; loves; loving; adore*; favou?rite*; happy place; lifeline*; lifesaver*; life saver*; godsend; haven;
    sanctuary; treasure*; heaven*; wonderful*; amazing*; awesome; brilliant*; fantastic*; magic; magical; beautiful*;
    lovely; great; superb; excellent; marvel+ous; fabulous; perfect; best; bliss; gem; kind; kindest; kindness;
    friendly; helpful; patient; patiently; welcoming; cosy; cozy; delight*; pleasure; joy; enjoy*; a treat; a hoot;
    gift; couldn't be happier; second to none; top notch; 10/10; five stars; proud; lucky; blessed; painless; heart
    of; saved (me|my|us|the|our)*; made (my|our|me)*; got me; gave me; taught me; helped (me|my|us|him|her)*; changed
    my; wouldn't miss it; couldn't (have|do|live|manage) without; would be lost; i'd be lost; lost without; better
    than; peace; peaceful; calm; safe; warm; free; liebe; lieben; liebt; geliebt*; liebling*; lieblings*; schönst*;
    schön; schöne[mnrs]?; wunderbar*; wunderschön*; großartig*; toll; tolle[mnrs]?; super; klasse; spitze; genial*;
    herrlich*; hervorragend*; fantastisch*; phantastisch*; perfekt*; beste[mnrs]?; freundlich*; nett; nette[mnrs]?;
    hilfsbereit*; kompetent*; geduldig*; herzlich*; gemütlich*; begeister*; glücklich*; froh; freu*; gefreut; genieß*;
    paradies; oase; schatz; segen; geschenk; zuflucht*; zweites wohnzimmer; wohnzimmer; rettung; gerettet; geholfen;
    unersetzlich*; unverzichtbar*; unbezahlbar*; möchte ich nicht missen; nicht missen; lohnt; empfehl*; richtig
    stark; ein hit; gut; gute[mnrs]?; gern; gerne; kostenlos*; gratis; sonst hätte ich; ohne
    (sie|ihn|euch|die|das|bücherei|bibliothek) (hätte|wäre|könnte)*
    """
)

NO_PRAISE = cues(
    r"""
    not (very |that |so |really |even |a |the
    )?(great|good|friendly|helpful|kind|nice|best|safe|warm|free|welcoming|lovely); no
    (great|better|peace|joy|pleasure); (used to|would|could) (love|be (a |so |very
    )?(great|lovely|kind|friendly|safe|warm|quiet))*; what kind; kind of; some kind; would (be
    )?(love|great|nice|lovely|good) (if|to)*; the best (part|way|thing) of the day; un\w*freundlich*; nicht (so |sehr
    |mehr |besonders |gerade )?(gut|schön|freundlich|toll|hilfsbereit|nett|gern|gerne|super|froh)*; kein\w*
    (gut|schön|freund|froh|gerne)*; schön und gut; schön wär*; wäre (schön|toll|super|gut); wäre es
    (schön|toll|super|gut)*; würde (ich )?(mich )?(gern|freu)*; ungern; nur noch gut; as if that were good news; free
    up; feel free; smoke free; great aunt; great grand*; at best; best before
    """
)

COMPLAINT = cues(
    r"""
    rude; rudest; awful*; terrible; terribly; horrible; horrid; disgrac*; shameful; shame; a shame; appall*; dreadful;
    hopeless; useless; pathetic; shambles; joke; ridiculous; scandal*; unacceptable; unfair; stinks?; stank; smells?
    of (food|damp|wee|urine|mould)*; filthy; dirty; grubby; broken; out of order; packed in; freezing; stuffy; noisy;
    loud; racket; yelling; shouting; screaming; crowded; cramped; rammed; overrated; outdated; ancient; dated; tatty;
    annoyed; annoying; annoys; angry; furious; fury; cross; fed up; sick of; disappoint*; upset; upsetting; frustrat*;
    insult*; patronis*; eye roll; ignored; nobody did; no wonder; kept waiting; wait(ing)? (for|list|an
    hour|weeks|months)*; queue*; (twenty|thirty|forty|fifty|sixty|\d+) minutes (of waiting|left|wait)*; weeks for;
    always (taken|full|busy|broken|booked|down|out|shut|closed); (every|all) (table|seat|socket|machine|desk)s? (is
    |are |was |were )?(taken|full|gone); freezes?; frozen; overheat*; crash(es|ed|ing)?; logs? me out; logged me out;
    lost the whole; failing; doesn't work; didn't work; won't (load|work|open|let|be back); don't work; not working;
    switched off; slow; clos(e|es|ed|ing|ure|ures) (down|our|the|it|my|on|at|early|for|again|every)*; closure*;
    closing; closed; shut; shuts; shutting; shut down; cut; cuts; cutting; axed; axe; scrapped; scrap; binned; pulped;
    pulp; skip; chained; gone; vanished; taken away; take away; took away; take that away; taken off; lost our;
    losing; lose; stripped; gutted; run(ning)? (it )?down; sold off; reduced; slashed; folded; folds; replaced by;
    swapped for; turned into; used to (be|stop|have|open|do|run|come|get)*; hardly a book; next to nothing; nothing
    for; not what it was; no longer (open|any|a|the)*; nowhere else to; what happens to; what's left; how is anyone;
    how (am|are|is|do|does|can|could|dare) (i|we|they|you|anyone|people|old|kids|working|it|she|he|someone)*; who on
    earth; who decided; where are; where (else )?(am|are|is|do|will|would)
    (i|we|they|the|old|people|kids|children|teenagers|my|our)*; why
    (is|are|do|does|did|has|have|can't|must|not|on|would|should|was|were|oh|in)*; what('s|is) the point; supposed to;
    meant to; expected to; call that; is that too much; is there really; can't
    (get|find|reach|use|afford|hear|see|borrow|be|even|read|concentrate|print|open|revise|do|go|tell)*; cannot; can
    not; couldn't (find|get|use|see|hear|book|print|borrow)*; unable to; impossible; not enough; too
    (loud|noisy|cold|hot|small|few|far|early|late|expensive|short|busy|crowded|dark|many|cross)*; no
    (step|ramp|lift|toilet|toilets|heating|wifi|staff|books)*; no
    (chairs|corner|evening|late|parking|new|room|space|place)*; fine; fines; fined; late fees?; charged me; charge*;
    criminal; sanctioned; dear; costs? (thirty|forty|fifty|\W?\d+|a fortune|more)*; grave error; mistake; cheat*;
    betray*; neglect*; cried; stayed away; stay away; won't be back; never (again|came|answered|replied|rang)*; no
    (answer|reply); can't tell me; chaperone; security guards; fighting; drunk*; drugs?; hassled; promised; doesn't
    need; shouldn't (need|have|be|take|cost)*; skint; dead silent; took me aback; such a pity; a pity; sad; sadly;
    unfortunately; sorely; crying out; depressing; dismal; soulless; sucks; rubbish; worst; worse; terrible; hate;
    hated; hates; schade; leider; traurig*; schlimm*; furchtbar*; schrecklich*; katastroph*; skandal*; schande;
    frechheit*; unverschämt*; unmöglich*; unfreundlich*; unverständlich*; unzumutbar*; unwürdig*; lächerlich*;
    peinlich; armutszeugnis; trauerspiel; ärger*; geärgert; nerv*; genervt; wütend; wut; stinkt; sauer; enttäusch*;
    entsetz*; fassungslos*; angeblafft; angemault; angeschnauzt; abgewimmelt; schief angeguckt; laut; lärm*; krach;
    dröhnt; überfüllt; voll besetzt; alles besetzt; ständig besetzt; besetzt; belegt; dreck*; schmutz*; muffig*;
    stickig*; zugluft; neonlicht; eiskalt; kalt; kaputt*; defekt; geht nicht; funktioniert nicht; abgestürzt; stürzt;
    wirft mich; raus?wirft; nimmt\s\w+ nicht an; nicht annimmt; findet nicht; warteliste; wartezeit*; warte ich;
    wartet (man|unsereins|eine|seit)*; gewartet; schließ*; schließung*; geschlossen; dicht; dichtmach*; zugesperrt;
    zusperr*; zugemacht; zumach*; zu machen; bleibt (jetzt )?zu; habt ihr jetzt zu; ist schluss; samstags zu; ist zu;
    kürz*; gekürzt; einspar*; weggespart; kaputtgespart; kaputtspar*; totgespart; gespart; sparen; gestrichen;
    streich*; wegfällt; wegfallen; weggefallen; abgeschafft; abschaff*; abgebaut; weggenommen; genommen, wo*; habt ihr
    uns*; entsorgt; in den container; container; auf null; (kommt|hält|fährt|gibt es|geht|kaufen|kann ich|komme
    ich|hin|offen|auf|da) (\w+ ){0,4}nicht mehr; nix mehr; gar nix; keine[mnr]? mehr; kein
    (einziger|elternteil|platz|personal|aufzug|lift|geld|wlan|internet|induktion)*; keinen
    (platz|parkplatz|aufzug|sessel)*; ohne personal; längst nicht; nicht mal; nie kam; keine antwort; verloren;
    verlieren; zerstör*; vernachlässig*; vergraul*; abgezockt; mahngebühr*; gebühr*; jahresbeitrag; jahresgebühr*;
    teuer*; verdoppelt; erhöht; kostet (jetzt|mich|zeit|uns|das|doch)*; muss man; wo soll*; woraus soll*; wie soll*;
    was soll*; wohin soll*; wer soll*; warum; wieso; weshalb; welche \w+ soll*; soll denn; sollen die hin; muss ich
    mehr sagen; begreif*; verstehe (ich )?nicht; verstehe, wer*; kein verständnis; unsinn; quatsch; fehlplanung;
    fehler; finger weg; rettet; weg von unserer; hände weg; traue ich mich nicht*; keiner
    (schaut|guckt|hilft|kümmert|da)*; schaut keiner*; keine spur; zu
    (laut|kalt|klein|wenig|weit|teuer|kurz|spät|früh|eng|voll|viel|dunkel|selten)*; viel zu; weh; wehtut; nie stimmt;
    angeblich; na bravo; von wegen; abholfach; museum; automat*; immer nur; immer noch (kein|nicht)*; wie im amt;
    verbotsschild*; das war's dann; das war’s dann; schikane; diskriminier*; ausgeschlossen; ausgegrenzt; barriere;
    barrieren; ein witz; wird gedealt; gedealt; ohne (rampe|aufzug|toilette)*; zum zocken; blockier*; kann man nicht
    (denken|arbeiten|lernen|lesen)*; so kann man*; reicht (längst |schon |einfach )?nicht; fehlt; fehlen; vermisse
    ich; mangel*; veraltet*; uralt*; schlecht*; mies*; schwach
    """
)

NO_COMPLAINT = cues(
    r"""
    (not|never|nobody|no ?one|isn't|wasn't|without) (\w+
    )?(rude|loud|noisy|closed|shut|annoyed|cross|angry|sad|bored|dirty|broken|crowded|cost)s?; (not|never|nobody|no
    ?one|isn't|wasn't|without) (\w+
    )?(charge|charged|fine|fines|fined|hassle\w*|queue|hate|fee|fees|wait|rush\w*|cut|lost)s?; no
    (fines?|queue|charge|late fees?|wait|rubbish|shame|worse); (at|till|until|by) closing( time)?; closing time; less
    rubbish; can't (wait|imagine|recommend|fault|praise|thank|live|do|be|stop|believe how|say enough|knit|pick|afford
    (books|to buy|new|a|it)); (couldn't|could not|cannot|can't|couldn’t|can’t|wouldn't) (have )?(\w+
    )?(do|done|manage\w*|live|imagine|cope\w*|survive\w*|afford|thank|recommend|wait|pick|run|fault|praise|be
    without|without)*; (couldn't|couldn’t) be (happier|kinder|better|more); worse for wear; i'm fine; fine by me; fine
    with me; that's fine; doing fine; (fine|cold|wet|rain\w*) (weather|outside|day|days|arts?); dear
    (librar\w*|all|team|friends?); cut (out|my teeth|hair); short cut; paper cut; no longer
    (lonely|alone|afraid|scared|bored|isolated|need|a stranger); not (lonely|alone|afraid) any ?more;
    (lonely|alone|afraid) any ?more; closes? (to home|by|friends?); close (to|by|friends?|enough); why
    (i|we|my|people|it's|it is|he|she) (love|like|go|come|keep|adore|chose|am|still|would|mat)*; that's why; the
    reason why; know why; cross (the|over|off|town|my|legs|country); ever lost; lost (my|his|her|our|most)
    (job|husband|wife|mother|father|mum|dad|sight|son|daughter|way|partner|hearing|home|baby|of); (i'd|i would|we'd|we
    would|would) be lost; lost without; lost in; getting lost; get lost; got lost; gone
    (to|through|back|home|in|by|there|now|blind|deaf)*; by the time; used to (it|be
    (alone|lonely|scared|afraid|shy|frightened|bored|embarrassed)); reduced (to|my|price); cried (a bit|with
    joy|happy)*; never (again )?(bored|alone|lonely|too busy|once
    (sighed|been|made|felt|rushed|judged)|sighed|judged|rushed|asks?|charged|asked|minded|miss|trust|thought)*; what
    happens (next|at|in|on|when|there); charge (my|of|up|the phone|your)*; free of charge; charged with; wait(ing)?
    for (me|my|us|it|the next|the bus|him|her)*; can't be (bought|beaten|replaced); nobody
    (minds?|hassles?|moves?|looks?|asks?|sells?|tries|is trying)*; shut (off|up|out|the world); bank shut; (post
    office|pub|shop|school|bank|shops|factory|pit|mill|club) (has |have |was |were |had )?(shut|closed|went|gone)*;
    (cold|noisy|loud|freezing|cramped) (at home|house|flat|bedsit|room|and wet)*; fines (are |were |have
    )?(gone|scrapped|abolished|dropped|ended)*; (scrapped|abolished|dropped|ended|got rid of) (the |late |library
    )?fines; hate (crime|reading|books|school)*; hated (reading|books|school|it until)*; cheated on; sad (when|to
    leave|day)*; drug store; security guard (knows|greets|smiles)*; broken
    (english|german|leg|arm|heart|home|family|down); wheelchair (users? )?can; slow (cooker|down|er|ly|morning)*;
    takes? (it|them|her|him) slow*; slowly; pulp fiction; locked down; nicht
    (laut|kaputt|geschlossen|kalt|teuer|schlecht|langweilig|dreckig|umsonst|missen|mehr
    (allein|einsam|wegzudenken|missen|aufhören|los|so allein|so einsam|mutterseelenallein))\w*; möchte (ich |sie |ihn
    |es |wir )?(sie |ihn |es )?nicht (mehr )?missen; keine (gebühren|mahngebühren|angst|wartezeit)\w*; ohne
    (gebühr|wartezeit|angst|ärger|lärm|stress)\w*; nicht schlecht; gar nicht schlecht; früher zu; kostet
    (nichts|nix|fast nichts|mich nichts|nur|ja nichts|gar nichts); nichts kosten*; niemand
    (schaut|guckt|stört|fragt|drängt|nervt)*; keiner (schaut|guckt|stört|fragt|drängt|nervt|lacht|meckert)*; ohne
    dass*; müssen (wir|sie|alle)? (unbedingt)*; wie soll(te)? (ich|man) (euch|ihnen|das) (danken)*; verloren
    (gegangen|geglaubt|gefühlt); (mann|frau|vater|mutter|job|arbeit|stelle|gehör|augenlicht|wohnung|sohn|tochter)
    verloren*; (wohnung|zuhause|daheim|zu
    hause|zimmer|bude|kneipe|laden|bank|post|schule|sparkasse|wirtschaft|dorfladen|metzger|gasthaus) (\w+
    ){0,3}(laut|lärm|kalt|eng|voll|zugemacht|geschlossen|dicht|zu)\w*; zu laut war*; nicht mehr (auf|ohne)*; angst
    (vor|genommen|verloren|gehabt|mehr)*; keine angst*; museum (und|oder|oder|besuch)*; kann (ich|man) (mir )?nicht
    mehr vorstellen; nicht mehr vorstellen; das schließt; schließlich; anschließ*; einschließ*; erschließ*;
    abschließ*; entschließ*; beschließ*; nicht kaputt; sparen (kann|können|lässt)*; (geld|euro|zeit) (ge)?spar*; spart
    (mir|uns|geld|zeit)*; gespart habe*; spare ich*; sparsam*; mit gebühr*; gebührenfrei*; gewartet habe*; auf \w+
    gewartet; kein wunder, dass alle*; wehmüt*; wehmut
    """
)

REQUEST = cues(
    r"""
    please; pls; plz; could (you|we|they) (please|not|open|have|get|bring|keep|add|buy|make|do)*; can (you|we|they)
    (please|not|have|get|open|bring)*; would you; keep (it|them|our|the|this|libraries|up) (open|going|\w+
    open|library|free|alive|branch)*; don't (close|shut|let|cut|take|touch|you dare|scrap)*; don’t
    (close|shut|let|cut|take)*; do not (close|shut|let|cut|take)*; bring (it |them |her |him |the \w+ )?back; give
    (us|it|them|me) (back|more|a|our|some)*; open (it|up|on|earlier|later|longer)*; reopen*; save
    (our|the|this|it|my)*; fund (it|them|our|the|libraries|librarians)*; invest*; hire (more|back|some|a)*; we
    (need|want|demand|deserve|ask) (more|longer|our|the|a|to keep|better|it back|late)*; i (want|demand|wish|hope|ask)
    (they|you|the|it|for|my|that|we|to see|more|there)*; i'd (like|love) (to see|more|it if|a|some)*; should
    (be|have|not|stay|open|keep|get|never|all|also|make|build|teach|buy|stop|start|do|put|at least)*; shouldn't; ought
    to; must (not|stay|be|keep|never|remain|have|get|do|stop)*; needs? (a|more|to
    be|better|longer|new|fixing|repair|investment|funding|staff|some|another)*; would be
    (nice|great|good|lovely|wonderful|better|a help) (if|to|with)*; more (of (that|this|these|it)|please|books?
    (in|for|please)|seats|chairs|staff|funding|hours|evening|large|desks|sockets|power); longer hours; late evenings;
    vote (for|against|no|yes)*; sign (the|this|our) petition; hands off; let (us|them|it|the library)
    (keep|stay|have)*; stop (the|cutting|closing|this)*; listen to; think again; reconsider; bitte; bitte nicht; könnt
    ihr*; könntet*; könnten sie*; würdet*; macht (bitte|doch|wieder|endlich|auf|länger|mehr)*; lasst*; lassen sie*;
    gebt*; geben sie*; öffnet*; stellt (bitte|doch|wieder|mehr|endlich)*; kauft*; holt*; schafft
    (bitte|doch|mehr|wieder|endlich)*; baut*; bringt (den|die|das|bitte|uns)*; rettet*; erhaltet*; behaltet*; finger
    weg; hände weg; weiter so; sollte[nt]?; solltet*; müsst*; müsste*; muss
    (bleiben|erhalten|endlich|her|doch|weiter|auch)*; darf (nicht|nie|auf keinen)*; dürfen (nicht|nie)*; wünsche*;
    wünschen; wünscht*; hoffe*; fordere*; ich (will|möchte) (dass|endlich|wieder|meine|unsere|mehr|selbst)*; wir
    (wollen|fordern|brauchen|möchten) (mehr|endlich|wieder|die|eine|unsere|längere|auch|dringend|sie)*; wir brauchen;
    braucht (mehr|endlich|dringend|es|unsere|wieder)*; wäre (schön|toll|super|gut|nett|prima|ein traum|wichtig)*;
    könnte (halt )?(mal|gerne|ruhig|man)*; wieso nicht*; warum nicht*; mehr
    (personal|bücher|geld|öffnungszeiten|sitzplätze|steckdosen|davon|platz)*; längere öffnungszeiten; sonntags
    (offen|öffnen)*; endlich mal
    """
)

NO_REQUEST = cues(
    r"""
    bitte schön; bitteschön; bitte sehr; wie bitte; yes please; (i|we|she|he|they) (never |always |often |can |could
    |used to |just )?(please|save[sd]?|open|vote)*; save(d|s)? (me|my|us|him|her|the day|money|a|our
    (skin|lives|marriage))*; must (have|be|say|admit) (been|\w+)?; should (have|i|we) (been|known|say|come|\w+)?; i
    should; i must (say|admit|confess|have)*; as (it|they|you|i) should*; müsste ich; muss ich; sollte ich*; musste*;
    open(ed|ing|s)*; hoffe ich; kauft (mir|man|er|sie|sich|meine|mein|ja)*; holt (sich|er|sie|mein|meine|man)*; bringt
    (mir|mich|er|sie|meine[mnr]?|einem|ihm|ihr)*; könnt ihr euch*; macht (mir|mich|sie|er|uns|das|spaß|es|glücklich)*;
    lasst euch*; wünscht (sich|man)*; wollen wir mal*; darf (ich|man|er|sie|jeder|meine?)*; dürfen
    (wir|sie|alle|kinder)*; should (they|anyone) ask
    """
)

MORE_COMPLAINT = cues(
    r"""
    nonsense; waste of (money|time|space)*; out of date; wrong; half empty; empty shelves; bare shelves; understaffed;
    short[- ]staffed; nobody (at|answers|knows|to ask|there|in)*; no one (at|answers|knows|to ask)*; unanswered; two
    buses; further away; an hour (away|by bus|on the bus)*; miles (away|to)*; can no longer; not allowed; aren't
    allowed; told (me|us) (off|to leave|to come back|no|i)*; turned away; sent away; kicked out; thrown out; asked to
    leave; banned; barred; refused; refuses; forbidden; removed; removing; dumped; dumping; landfill; luxury flats;
    sold; halved; only (open|one|two|three|an hour)*; just (one|two|three) (\w+
    )?(computer|machine|chair|table|toilet|librarian|day|hour)*; not a single; not one; still
    (no|not|waiting|broken|closed|shut)*; (second|third|fourth|umpteenth) time; every single time; blame; excuses?;
    so-called; so much for; thanks for nothing; good luck (finding|getting|with)*; don't bother; gave up; given up;
    had to leave; left without; went home without; came away (annoyed|empty|with nothing)*; walked out; leaks?;
    leaking; mould*; damp; smelly; draughty; wobbly; torn; pages missing; scratched; stained; glitch*; error; timed
    out; buggy; unusable; unreadable; inaccessible; excluded; forgotten; abandoned; let down; ripped off; robbed;
    overpriced; twice the price; put up the; bring your own; bureaucra*; red tape; begging; no sense; makes no sense;
    blödsinn; schwachsinn; verschwend*; leere regale; halb leer; lückenhaft; unterbesetzt; niemand
    (da|zuständig|geht|weiß)*; geht keiner; keiner (zuständig|weiß|geht)*; weiter weg; umsteigen; abgewiesen;
    rausgeschmissen; rausgeworfen; rausgeflogen; vertrieben; weggeschickt; verboten; verbieten; darf man nicht; nicht
    erlaubt; verweigert; aussortiert; weggeworfen; weggeschmissen; altpapier; verkauft; halbiert; nur noch
    (ein|eine|einen|zwei|drei|\d+|bis|am|vormittags|nachmittags)*; gerade mal; lediglich; kein einzig*; nicht ein
    einzig*; immer noch; schon wieder; jedes mal; zum (dritten|vierten|x-ten) mal; seit (wochen|monaten)
    (kaputt|zu|geschlossen|nicht|keine?n?|kein|auf)*; sogenannt*; danke für nichts; viel glück; vergiss es; umsonst
    (gefahren|gekommen|hin)*; undicht; schimmel*; gestank; riecht nach; klapprig; zerfleddert; zerkratzt;
    fehlermeldung*; hängt sich auf; fehlanzeige; pech gehabt; im stich; alleingelassen; alleine gelassen; auf der
    strecke; unbrauchbar; nutzlos; sinnlos; überteuert; abzocke; geldmacherei; bürokratie; vergessen worden;
    abgehängt; benachteilig*; rücksichtslos*; respektlos*; herablassend*; patzig*; ruppig*
    """
)
"""Complaints in words that are not about libraries only."""

LISTS = {
    "thanks": THANKS,
    "no thanks": NO_THANKS,
    "praise": PRAISE,
    "no praise": NO_PRAISE,
    "complaint": COMPLAINT + MORE_COMPLAINT,
    "no complaint": NO_COMPLAINT,
    "request": REQUEST,
    "no request": NO_REQUEST,
}
