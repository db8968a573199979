"""More cues of the relevance enricher, as data: reports about libraries, places named in passing, people on duty."""

from __future__ import annotations

from advocacy_monitor.enrichers.cues import cues

STAFF = cues(
    r"""
    ilovemyjob; librarianlife; librarylife; als bibliotheks(dienstleister|leiter|leitung|verband)\w*; als
    (bibliothekar|büchereileiter|fami)\w*; (as|i am|i'm|i’m) (a|an|your|the) (\w+ )?librarian; my (shift|colleagues)
    (at|in) the library; (meine|in meiner) schicht in der (bücherei|bibliothek)
    """
)

NEWS = cues(
    r"""
    (council|cabinet|committee|trustees|parliament|senate|congress|ministry|minister|mayor|councillors|government|board|commission)
    (will|is to|are to|plans to|votes? to|voted to|agreed to|decided
    to|considers|approves|approved|announced|announces|proposes|proposed|rejects|rejected|backs|backed)*;
    (council|cabinet|committee|trustees|parliament|senate|congress|ministry|minister|mayor|councillors|government|board|commission)
    has (voted|approved|agreed|decided|announced|confirmed|launched)*; council('s|’s)
    (cabinet|budget|plans?|executive|library service); will consider a report; announced (on|that|today|plans)*;
    according to; had acquired; has acquired; acquires; was
    (founded|built|opened|established|designed|named|inaugurated) (in|by|on)*; breaking:?; annual
    (statistics|report|figures|review); were recorded; passed an act; spokes(person|man|woman)*; police; firefighters;
    reported that; (survey|study|report|research) (finds|found|shows|showed|says|suggests)*; researchers; scientists;
    world heritage; the composer's papers; in \d{4},? (parliament|congress|the (city|town|council|library))*; library
    of congress; bodleian; british library (announce|acquire|ha|will|is)*; borough's*; the
    (county|city|region|country|nation|state)('s|’s) libraries; million (pounds|dollars|euros?); £ ?\d+m; polling
    (station|place); vaccination;
    (gemeinderat|stadtrat|kreistag|landtag|bundestag|bundesrat|magistrat|kulturausschuss)
    (hat|haben|will|wollen|fordert|fordern|beschließt|beschloss)*;
    (gemeinderat|stadtrat|kreistag|landtag|bundestag|bundesrat|magistrat|kulturausschuss)
    (stimmt|stimmte|kürzt|plant|berät|prüft|bewilligt|lehnt)*;
    (ausschuss|ministerium|kultusminister\w*|verwaltung|fraktion|senat|kommission|stadtverwaltung|bezirk)
    (hat|haben|will|wollen|fordert|fordern|beschließt|beschloss)*;
    (ausschuss|ministerium|kultusminister\w*|verwaltung|fraktion|senat|kommission|stadtverwaltung|bezirk)
    (stimmt|stimmte|kürzt|plant|berät|prüft|bewilligt|lehnt)*; (die )?(grünen|cdu|spd|fdp|afd|linke|csu) (im \w+
    )?(fordern|fordert|will|wollen|kritisier|beantrag|hat|haben|stimm)*; in ihrem antrag; in seiner sitzung; wurde
    \d{4} (gegründet|eröffnet|erbaut|errichtet|fertiggestellt)*; (gegründet|eröffnet|erbaut|errichtet) (wurde|im
    jahr)*; unesco*; welterbe; weltkulturerbe; hat den nachlass; erworben; laut
    (polizei|mitteilung|statistik|stadt|verwaltung|studie|dpa); polizei; feuerwehr; ausschreibung:?; angebotsfrist;
    buslinie; haltestelle \w+; laut \w+ ?\w* ?statistik; court heard; the suspect; by appointment; statistik; teilte
    (die|der) *; nach angaben; (mio\.?|millionen) euro; wird (mit dem|der) preis; mit dem preis; ehrt*; verleiht;
    verliehen; ausgezeichnet mit; stimmen (um|für|gegen|bei); zuschuss; haushalt (20)?\d*; bibliotheksverband*;
    (schulen|universitäten|hochschulen|archiven?|museen|verlagen?|buchhandlungen)\s?(,|und|sowie) bibliotheken;
    (schools|universities|museums|publishers|archives) and libraries; urheberrecht*; wissenschaftlichen
    informations\w*; the latest \S+ of the; (nfl|nhl|nba) season; (pool|gym|gyms|pools|schools|parks|museums|churches)
    and (the )?librar(y|ies) (will be |are |is )?closed; all (schools|indoor activities|gyms)
    """
)

MENTION = cues(
    r"""
    (turn|go|left|right|walk|drive|head|just|straight) (left |right |straight |on )?(at|past|by|after|before) the (\w+
    )?library; (near|next to|opposite|behind|outside|across from|in front of|beside|by) (the|our) (\w+ )?library;
    (neben|hinter|vor|gegenüber|nahe|unweit|nähe|rechts|links|bei) (von )?(der|einer) (\w+ )?\w*(bibliothek|bücherei);
    (store|shop|shops|bank|gym|pharmacy|post office|supermarket|grocery store|groceries|park|church|cinema|pool|gas
    station|bakery|dry cleaner\w*|mall|target|walmart|aldi|tesco)\s?(,|and|&|or) (then )?(to )?(the )?library; (the
    )?library\s?(,|and|&|or) (then )?(to )?(the )?(gym|store|bank|pharmacy|post office|supermarket|grocery
    store|groceries|church|cinema|mall|pub|bar|gas station|dry cleaner\w*|bakery);
    (einkaufen|supermarkt|post|bank|apotheke|bäcker|friseur|rewe|aldi|dm)\s?(,|und) (dann )?(noch )?(in die |zur
    )?(bibliothek|bücherei); running errands; all[- ]?nighter; looked so (fit|hot|cute|good); (so fit|so hot|so cute)
    in the library; (fell asleep|asleep|sleeping|slept|crying|dying) (in|at) the library; library
    (date|flow|selfie|outfit|crush|fit); (library|bib|bibliothek) (rn|lol|lmao|omg); (meet|meeting|see you|treffen)(
    wir)?( uns|you|me|up)? (at|outside|in front of|vor|an|bei|um) (the library|der bibliothek|der bücherei|library)
    (at|um|gegen) \d*; library (parking|car park|steps|stop|lawn); (lost|found|gefunden|verloren):?
    (near|in|at|by|vor|bei|an) (the|der) (library|bibliothek|bücherei); bibliothekswesen; bibliothekswissenschaft*;
    mlis; library (science|school|studies|degree); librarianship; höheren dienst; @ (the )?(\S+ ){0,4}library;
    (haltestelle|parkplatz|kreuzung) (\w+ ){0,3}(bibliothek|bücherei)
    """
)
