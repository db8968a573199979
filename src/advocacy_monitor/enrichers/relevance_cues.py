"""The cues of the relevance enricher, as data: which words point to a statement, an announcement, a job ad, ...

`cues.py` says how they are written. `STRONG` cues count 2, `WEAK` cues 1. English and German were written for this;
the other languages have the words for "library" and the first person only, and are beta.
"""

from __future__ import annotations

import re

from advocacy_monitor.enrichers.cues import cues
from advocacy_monitor.enrichers.passing_cues import MENTION, NEWS, STAFF

BETA_LIBRARY = cues(
    r"""
    bibliothèque*; médiathèque*; bibliotec*; \w*библиотек*; \w*مكتب(ة|ات|تي|تنا); \w*图书馆*; \w*圖書館*
    """
)
"""The word in languages for which there are few other cues: there it makes a statement by itself."""

LIBRARY = BETA_LIBRARY + cues(
    r"""
    librar(y|ies|ian|ians); bookmobile*; mediothek*; mediathek*; artothek*; bücherbus*; lesesaal*; \w*bibliothek*;
    \w*bücherei*; \w*buecherei*
    """
)
"""That a library is meant. Hashtags count as well."""

TOPIC = cues(
    r"""
    books?; bookworm*; book group; book club; read; reads; reading; readers?; borrow*; lending; loans?; shelf;
    shelves; storytime*; story time; stories; rhyme time; magazines?; newspapers?; audiobooks?; e-?books?; wi-?fi;
    internet; computers?; laptop; printer; print; printing; photocop*; study; studying; learn*; teach*; homework;
    school*; activities; programmes?; programs; quiet; noise; noisy; staff; outreach; toddler*; kids?; children;
    grandkids; grandchildren; little ones; mums; seniors; elderly; older people; jobseekers; opening hours; open;
    opens; opened; shut; shuts; close; closed; closing; closure; evenings; card; building; community; public space;
    safe; warm; refuge; heart of; company; lonely; democracy; \w*buch; \w*bücher*; büchern; gelesen; lesen; liest;
    lese; lesung*; lesestoff; vorles*; ausleih*; ausgeliehen; leihen; regal*; zeitung*; zeitschrift*; hörb(uch|ücher);
    medien; filial*; zweigstelle*; bildung; lernen; lerne; gelernt; schule*; grundschul*; kita*; kinder*; kind;
    enkel*; senior*; öffnungszeit*; geöffnet; geschlossen; schließ*; schließung; wieder aufhabt; ausweis*;
    lieblingsort*; treffpunkt; viertel; stadtteil*; ortsteil*; recherch*; computer*; ruhe; ruhig; livres?; lire;
    retraités; lecteurs?; lecture; libros?; leer; книг*; читать; كتب; كتاب; 书; 读书; comics?; novels?; poetry;
    thrillers?; manga; picture books?; large print; reading room; self-checkout; returns; renewals?; inter-?library;
    archives?; microfilm; catalogue; catalog; librarycard; bookshel(f|ves); rhyme; puppets?; crafts?; volunteers?;
    teenagers?; teens?; grandad; grandma; hours; sundays?; saturdays?; desk; armchairs?; heating; heat; free; council;
    counter; essays?; phd; degree; exams?; revision; revise; cv; job applications?; citizenship; telescopes?; seeds?;
    bücherregal*; comic*; roman; romane; krimis?; bilderbuch*; bilderbücher; tonie*; konsole*; brettspiel*; lesesaal*;
    lesesessel*; vorlesesessel*; leseecke*; lesecafé*; theke; mahngebühr*; jahresgebühr*; mitarbeiter*; personal;
    teenager*; jugendliche*; schüler*; student*; studium; abitur; hausarbeit*; bachelorarbeit*; deutschkurs*; deutsch
    gelernt; bewerbung*; antrag; ausflug; regen*; rentner*; oma; opa; samstags; sonntags; wochenende; heizung; wlan;
    drucker; kopierer; gemeinde; stadtrat; gratis; kostenlos; umsonst; medium; ortsbücherei; bookbus; mobile library;
    braille; fines?; late fees?; lift; chairs?; audio ?books?; kinderwagen; auswahl; ortskern; konsumzwang;
    prüfungszeit; leihfrist*; rückgabe*; neuerscheinung*
    """
)
"""What people do, find and miss in a library; a text that names none of it may be about anything."""

PLACE = cues(
    r"""
    there; in here; at the counter; they (help*|made|make|run|teach|let|showed|show|found|find|know|always); the
    ladies; the team; information; dort; theke; die damen; das team; beraten; beratung; informationen; papier; vor
    ort; allí; ahí; là-bas; au rayon; там; this place; that place; the place; a place; the
    (lady|ladies|guy|woman|man|staff|girls) (there|at|behind|helped|laughed|fixed)*; that shelf; that room; der ort;
    diesen ort; diesem ort; hierher; dorthin; die mitarbeiterinnen; der geruch; den geruch
    """
)
"""A place, or the people of a place, that need not be a library; it takes a person who speaks to count."""

POLICY = cues(
    r"""
    urheberrecht*; wissenschaftlich*; publikation*; open access; verlage?n?; dienstleister*; \w*dienstleister;
    copyright; publishers?; scholarly; subscribers?; legislation; gesetzentwurf*
    """
)
"""A debate about libraries as institutions: unclear unless somebody says what happened to them."""

LIBRARY_IS = cues(
    r"""
    librar(y|ies) (is|are|was|were|means?|saved|gave|helped|taught|made|changed|equals?);
    \w*(bibliothek|bücherei)(en)? (ist|sind|war|waren|bedeutet|bedeuten|heißt|hat|haben)
    """
)
"""A plain sentence about a library: enough for a statement where nothing speaks for anything else."""

FIRST_PERSON = cues(
    r"""
    i; i'*; i’*; me; my; mine; myself; ive; ich; mir; mich; mein; meine[mnrs]?; ick; j'*; j’*; je suis; je ne; je l*;
    moi; mon; mes; yo; mis?; conmigo; me (encanta|gusta); я; мне; меня; мой; моя; мою; моей; أنا; لي; \w*我*; our
    (kids|children|son|daughter|family|grandkids|grandchildren|toddler|baby|little one); unsere?
    (kinder|tochter|sohn|kleine|kleiner|große|großer|familie|enkel|enkelin|jungs|mädchen); hab; meinetwegen; meins; we
    (went|took|borrowed|loved|love|use|used|go|come|came|visit|visited|miss|missed|found|met|spent|got); we
    (read|live|lived|learned|need|needed|don't|don’t|can't); we
    (can’t|cannot|couldn't|couldn’t|never|always|only|both|all); some of us; half of us; wir
    (waren|gehen|gingen|lieben|leihen|vermissen|kommen|kamen|wohnen|brauchen|lesen|nutzen|hatten|fahren|holen|leben);
    (gehen|waren|sind|fahren|leihen|lesen|brauchen) wir; wir sind (so|sehr|froh|einfach|traurig|jede)*
    """
)
"""One person speaks."""

WE = cues(
    r"""
    we; we'*; we’*; us; our; ours; wir; uns; unser; unsere[mnrs]?; nous; notre; nos; мы; наша
    """
)
"""Several people speak: a family, or an institution."""

APPRAISAL = cues(
    r"""
    love; loved; loves; adore*; miss; missed; missing; thank; thanks; thank you; thankful; grateful; gratitude;
    appreciate*; favou?rite; happy place; lifeline; lifesaver; godsend; haven; sanctuary; treasure; heaven; wonderful;
    amazing; awesome; brilliant; fantastic; magical; beautiful; lovely; great; kind; friendly; helpful; rude; awful;
    terrible; horrible; disgrace*; shame; sad; heartbreaking; tragedy; annoyed; annoying; angry; cross; ugh;
    disappoint*; used to; grew up; as a (child|kid); childhood; growing up; should; must; matter; matters; cannot;
    can't; couldn't; could not; couldn’t; depend on; rely on; no wonder; why; please; keep; save; don't close;
    without; equals?; better; mummy; daddy; you will; never; grave error; mistake; cheat*; what happens; dank; danke;
    dankbar*; liebe; lieben; liebt; liebst*; lieblings*; vermiss*; gern; gerne; schön*; toll*; super; wunderbar*;
    großartig*; herrlich*; klasse; froh; freu*; glücklich*; nett*; freundlich*; hilfsbereit*; schade; traurig*;
    schlimm*; furchtbar*; ärger*; wütend; frechheit; schande; unverständlich; begreif*; bitte; endlich; leider; ohne;
    kein luxus*; paradies; zuflucht; zerstör*; kaputt; gespart; sparen; warum; wieso; welche; soll; sollte*; muss;
    müssen; darf; dürfen; könnt*; seit; früher; damals; kindheit; als kind; wünsch*; umweltfreundlich*; merci; adore;
    gracias; encanta; спасибо; люблю; شكرا; أحب; \w*谢谢*; \w*喜欢*; bliss; magic; gem; kindness; smiling; cried;
    laughed; hurts; saved; helped; thanks to; found; learned; learnt; proud; belong*; lucky; blessed; dream; again\?+;
    traum; rückgrat; genial; gemütlich; nie wieder; unmöglich; geholfen; gelernt; langeweile; wüsste; heimat; oase;
    himmlisch; spitze; lieber
    """
)
"""Somebody judges, thanks, longs or complains."""

PROTEST = cues(
    r"""
    shame; sad; sadly; disgrace*; heartbreak*; devastat*; tragedy; why; don't let; don’t let; save (the|our|this);
    keep (it|our|the|this); how (can|could|dare); outrage*; unbelievable; cuts; schande; schade; traurig*; warum;
    wieso; unverständlich; nicht schließen; rettet; frechheit; leider; endlich; so froh; so schade
    """
)
"""What institutions do not say of themselves."""

STRONG = {
    "staff": STAFF,
    "news": NEWS,
    "mention": MENTION,
    "announcement": cues(
        r"""
    join us; join the; come (join|see|meet|visit|celebrate|check|study|along|on down); stop by; drop by; check
    (it|them|this) out; sign up; register (now|here|at|online|today|by|for); registration (is )?(required|open); rsvp;
    save the date; don't miss (out|it|this|our|the); don’t miss (out|it|this|our|the); mark your calendars?;
    we('re|’re|are) (so |very )?(pleased|excited|thrilled|delighted|proud|happy) to
    (announce|share|offer|welcome|host|invite|present|introduce|report|partner|bring|launch)*; we('re|’re|are)
    (hosting|offering|celebrating|partnering|looking for); we('ll|’ll|will) be (open|closed|hosting); free admission;
    free and open to; open to the public; all (ages|are) welcome; doors open; (starts|begins|opens)
    (today|tonight|tomorrow|this); click (here|the link|below); link in (bio|comments|profile); find out more; learn
    more (at|here|about); for more (info|information|details); more (info|information|details) (at|here|on|below);
    visit our; call us; contact us; email us; follow us; meet our; have you met; say hi; our (newest|new)
    (librarian|staff|team|branch|exhibit|exhibition|manager|director); our (patrons|customers|collections?|members);
    will be (closed|open) (on|today|until|through|from|for|due|this|and|in|,)*; closed for the holidays?; (now|still)
    available; new arrivals; (book|staff pick|librarian|author|database|photo|quote) of the (day|week|month); did you
    know (that )?(we|you can|your|our); patrons (can|may|are); subscribers can; now on display; presented by; hosted
    by; in partnership with; press release; will be held; takes place; is hosting; book sale; staff
    (pick|favou?rite)s?; wir laden; laden (wir )?(herzlich|euch|sie|alle); herzliche? einladung; herzlich eingeladen;
    jetzt anmelden; anmeldung (unter|bis|erforderlich|erbeten|per|nicht); meldet euch an; findet
    (am|um|heute|morgen|ab|vom|in|statt); finden statt; kommt (gerne |doch |einfach )?(vorbei|zu uns); schaut (gerne
    |doch |mal )?vorbei; wir freuen uns (auf|über) (euch|sie|dich|ihren|euren|eure|ihre|viele|zahlreich|jede)*; mehr
    (infos|informationen|dazu); weitere (infos|informationen); nähere informationen; unsere[mnr]?
    (leser|besucher|nutzer|kunden|kundinnen|lesekund)*; liebe
    (leser|besucher|nutzer|kunden|kundinnen|bibliotheksfreund)*; wir haben (heute|morgen|am|ab|wieder)
    (geöffnet|geschlossen|auf); (bleibt|bleiben|ist|sind) (am|heute|morgen|vom|ab|bis|wegen|über|zwischen)
    .{0,40}(geschlossen|geöffnet); (neu|jetzt) (im|in unserem) (bestand|regal|angebot|programm); neu bei uns; ab
    sofort; pressemitteilung; veranstaltungstipp*; unser team; team verstärk*; ausstellungseröffnung; buchtipp des;
    medium des; inscri(ption|vez-vous)*; entrée (libre|gratuite); rejoignez-nous; venez; entrada (libre|gratuita);
    inscríbete; os esperamos; вход свободный; приглашаем; ждём вас; ندعوكم; \w*欢迎*参加; no booking
    (needed|required|necessary); see you there; reminder:?; all branches; our (shelves|branches|opening
    hours|catalogue|catalog|website|reading room|foyer|makerspace|newsletter|friends group|puppet theatre|summer
    reading); new on (our|the) shel(f|ves); tickets (are|at|from|available|for); vote for your; due to
    (staff|training|maintenance|weather|the holiday|a|an); public holiday; extended our; please note; free event;
    drop-in; icymi; book (now|your place|a place|your seat); spaces (are )?limited; bring (your|the)
    (kids|friends|family|own); proudly presents?; volunteers needed; gäste (sind )?willkommen; ohne anmeldung; jetzt
    ausprobieren; zu sehen bis; (gibt|gibts|gibt's) es ab; wir begrüßen; onlinekatalog ist; startet
    (am|ab|wieder|heute|morgen)*; an der abendkasse; unsere?r? (neue|neuer|neues|neuen)
    (onlinekatalog|katalog|bestand|auszubildende\w*|kolleg\w*|mitarbeiter\w*|website|angebot|app); für alle ab \d+
    jahren?; (bleibt|bleiben|ist|sind) (die|unsere) \w*(bücherei|bibliothek)\w* .{0,40}(zu|geschlossen|geöffnet);
    wegen (inventur|umbau|krankheit|personalversammlung|personalschulung); pop in and; introducing our; take our
    survey; on our page; to enrol; bitte anmelden; eingetroffen; gleich vormerken; sommerpause; winterpause; tag der
    offenen tür; im vorverkauf; (is|are) closed today; sorry for (any|the) inconvenience; half term
    (activities|event|workshop); (wieder|weiterhin|gerne?|immer) für (sie|euch) da; (sind|ist) wieder (wie gewohnt |zu
    den gewohnten |zu den üblichen )\w*; gewohnten (zeiten|öffnungszeiten); picked by (our|the)
    (team|staff|librarians); borrow (now|yours|it today); new on libby; congrat(s|ulations) to (our|all|the); prizes
    can be; euer (\w+)?team; ihr (bücherei|bibliotheks)team; team freut sich; (book|tickets?) (£|\$|€)\d+; book
    ?drops; neu eingetroffen; teilnahmebestätigung; zzgl; mwst; we(’re|'re|are) thrilled; story ?time (is |will be
    )?(cancelled|back|moved)
    """
    ),
    "job_ad": cues(
        r"""
    we('re|’re|are) (now |currently )?hiring; now hiring; is hiring; job
    (opening|posting|vacancy|alert|opportunity|ad)s?; jobs? at; vacanc(y|ies); apply
    (now|today|online|here|at|via|by); applications? (close|due|are invited|deadline); position (is
    )?(available|open); join our team; seeking (a|an|to); (full|part)[- ]time
    (librarian|library|position|assistant|clerk|page); salary*; per (hour|annum); closing date; cover letter; equal
    opportunity employer; stellenangebot*; stellenausschreibung*; stellenanzeige*; wir suchen
    (zum|ab|eine|einen|dich|verstärkung|mitarbeit|aushilf|ehrenamtlich|fami|bibliothekar)*; \(m/w/d\); \(w/m/d\);
    \(d/m/w\); \(m/w/x\); bewirb dich; bewerbung(en)? (an|bis|unter|per); bewerbung(en)? mit
    (lebenslauf|unterlagen|zeugnis\w*); bewerbungsfrist*; bewerben sie sich; entgeltgruppe*; tvöd*; tv-l; zum
    nächstmöglichen zeitpunkt; (voll|teil)zeitstelle*; ausbildungsplatz*; offre d'emploi; nous recrutons; oferta de
    empleo; вакансия*; \w*招聘*; (إعلان|عرض) وظيفة; وظيفة شاغرة; \d?\.?\d+ fte;
    (librarian|assistant|officer|manager|fami|bibliothekar\w*|bibliotheksleitung|leitung|aushilfe) (\([^)]{1,30}\)
    )?(wanted|gesucht); bewerbungen bis; ausbildungsplatz; ausbildungsplätze; now recruiting; send (your )?cv; casual
    \w+ \w+ needed; \d+ std\.?/woche; werkstudent\w*
    """
    ),
    "software": cues(
        r"""
    (python|java|javascript|js|typescript|react|c\+\+|c#|rust|go|golang|php|ruby|node|npm|swift|kotlin|css)
    librar(y|ies); (django|jquery|ui|component|graphics|runtime|shared|static|standard|open[-
    ]source|code|charting|ml|machine[- ]learning|crypto|networking|logging|parsing|animation) librar(y|ies);
    librar(y|ies) (written in|in|for) (python|java|javascript|typescript|c\+\+|c#|rust|golang|php); librar(y|ies)
    (written in|in|for) (ruby|node|swift|kotlin|react|android|ios|parsing|rendering); java\.\w+ library; jdk; jvm; pip
    install; npm (i|install); cargo add; import (numpy|pandas|react); numpy; pandas library; tensorflow; pytorch;
    github\.com/\w*; (class|source|function|header) librar(y|ies); api docs; pull request; stack ?overflow; dll; \.so
    file; sdk; dependenc(y|ies) (hell|injection|tree|update); programmbibliothek*; softwarebibliothek*;
    klassenbibliothek*; (python|java|javascript|js|php|rust|c\+\+)[- ]bibliothek(en)?; bibliothek(en)? (für|in)
    (python|java|javascript|php|rust|c\+\+); standardbibliothek*; (bibliothèque|biblioteca|librería)
    (python|java|javascript); библиотека (python|java|для python); librar(y|ies) for \w+
    (generation|rendering|parsing|testing|processing|analysis|graphics|charts?); what(’|')s the best library for;
    (graphics|pdf|http|date|sql|orm|image|audio|testing|state|auth|widget) library; mit (npm|pip|cargo|composer)
    installieren; webgpu; readme; (npm|pip|cargo) install*; (c|c99) library; lib(curl|ssl|xml|png)\w*; (old|new) api;
    library to version; open-source-bibliothek\w*; (function|method|bug) in the (standard )?library; npm; pypdf;
    nuget; gradle; webpack; (libraries|library|bibliothek|bibliotheken) (\S+ ){0,5}(in|für|for|mit|with)
    (python|java|javascript|typescript|rust|golang|php|c\+\+|react|kotlin|swift|node); welche bibliothek
    (nehmt|nutzt|benutzt|verwendet) ihr; import error; compiler; linker; undefined reference; stacktrace; traceback
    """
    ),
    "other_meaning": cues(
        r"""
    (steam|game|games|gaming|xbox|psn|playstation|ps[345]|nintendo|switch|itunes|spotify|apple music|music|audible)
    librar(y|ies);
    (plex|netflix|photo|video|movie|sample|preset|loop|vst|texture|stencil|dna|gene|phage|compound|itil)
    librar(y|ies); librar(y|ies) of (games|music|songs|movies|films|samples|sounds|playlists|presets|memes); library
    (bar|pub|lounge|hotel|nightclub|night ?club|restaurant|caf[eé]|gentlem[ea]n'?s? club|gentlem[ea]ns?
    club|grill|taproom|bistro|kitchen|tavern|club night); (bar|pub|club|nightclub|lounge|restaurant) called (the
    )?library; (drinks?|cocktails?|pints?|beers?|shots|dj|dinner|brunch) (at|in) (the )?library; library of
    (ruina|babel|alexandria|souls); in my (steam|kindle|audible|itunes) (library)?; (montado|monté|montar) (la|ma|una)
    (biblioteca|bibliothèque); (steam|spiele|xbox|musik|spotify|foto|video|itunes|kindle)-?bibliothek;
    (ard|zdf|arte|wdr|ndr|swr|mdr|br|sat\.?1|rtl|online|sender)[- ]?mediathek*; in der mediathek (von|des|der)
    (ard|zdf|arte|wdr|ndr|swr|mdr); bar namens (library|bibliothek); (cocktails?|drinks|bier|dj) (in|im) der
    (library|bibliothek); game pass library; (kindle|e-?reader|audible|apple|google) (books )?library; library (by the
    band|by artist); (gig|drinks|dinner|brunch|cocktails|dj|party|quiz night) at the library; the library pub;
    (half|most|all) of my (steam|kindle|audible|spotify|game) \w*; zdf-?mediathek; ard-?mediathek;
    (sound|sample|drum|impulse) library; library lounge; martinis?;
    (gene|genomic|genome|cdna|clone|mutant|expression|antibody|peptide|sequencing|screening|molecule|drug)
    librar(y|ies); library prep*; \w*(mutanten|klon|gen|substanz|wirkstoff)bibliothek(en)?;
    (body|corpse|murderer|murdered|murder|leiche|mord|tote|toter|toten) (\w+ ){0,3}in (the library|der bibliothek|der
    bücherei); in (chapter|episode|folge|staffel|season|kapitel) \w+\W .{0,80}(library|bibliothek)\w*; cluedo;
    candlestick; zu verkaufen:?; zu verschenken:?; for sale:?; nur selbstabholung; selbstabholer;
    (home|haus|heim|privat)-? ?(library|bibliothek); bücherregal [»"„]bibliothek; bookcase;
    (instagram|emoji|font|asset|prompt|media|meme|icon|clip|colou?r|lut|plugin) librar(y|ies);
    (foto|video|medien|sound|zeichen|symbol|baustein|vorlagen)-?bibliothek(en)?; library
    (sofa|table|lamp|wallpaper|ladder)
    """
    ),
    "spam": cues(
        r"""
    buy (followers|likes|now|essays?); cheap (essays?|viagra|followers); essay (writing )?service; (pay|hire)
    (someone|me|us) to (do|write); we (do|write) your (essay|assignment|homework)*; promo ?code; discount code; use
    code \w+; (free|deposit) (bet|bets|bonus); casino*; viagra; cialis; onlyfans; forex; bitcoin*; crypto(currency)?
    (investment|trading|signals?); earn \W?\d+; make money (online|fast); work from home and; dm (me|us) (for|to|now);
    whatsapp (me|us) (for|on|now); giveaway; follow (and|&) (rt|retweet|win); rt (and|&|this post and) follow;
    camgirl; sexy singles; click (the )?link (to|and) (win|claim); 100% free download; full pdf download; gewinnspiel;
    rabattcode; gutscheincode; jetzt kaufen; geld verdienen (im|mit dem|von zu); follower kaufen; jetzt zuschlagen;
    cheap assignments?; dm now; follow and retweet; win an? (ipad|iphone|voucher|gift card); hier klicken; bonus \d+
    euro; sichern, hier; \d+k? followers; check bio; no registration; full pdf; ohne schufa; kredit ohne;
    sofortkredit; schreib(t)? (mir|uns) auf whatsapp; auf whatsapp; 24/7 delivery; written by experts; (click|klick)
    the link in bio; sugar daddy; followers cheap; get rich
    """
    ),
}

WEAK = {
    "staff": (),
    "news": cues(
        r"""
    tonnes; percent; per cent; prozent; officials?; residents; resolution; budget(s|ed)?; funding; report; meeting;
    beschluss; antrag; sitzung; amtlich*; angekündigt; announced; acquired; century; jahrhundert; gestiftet; stiftung;
    million(en)?
    """
    ),
    "mention": (),
    "announcement": cues(
        r"""
    (at|from|@) \d{1,2}([:.]\d{2})? ?(am|pm|a\.m\.|p\.m\.|uhr|-|–); \d{1,2}([:.]\d{2})? ?(am|pm|a\.m\.|p\.m\.);
    (um|ab|von|bis) \d{1,2}([:.]\d{2})? ?uhr;
    (monday|tuesday|wednesday|thursday|friday|saturday|sunday|mon|tue|wed|thu|fri|sat|sun),?
    (january|february|march|april|may|june|july|august|september|october|november)\.? \d*;
    (monday|tuesday|wednesday|thursday|friday|saturday|sunday|mon|tue|wed|thu|fri|sat|sun),?
    (december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\.? \d*;
    (montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|mo|di|mi|do|fr|sa|so)\.?,? (den |dem )?\d{1,2}\.(
    ?\d{1,2}\.|(januar|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember))*; festival;
    workshop*; webinar; exhibit*; author (talk|visit|event); event; events; starts today; today at; tonight at;
    tomorrow at; spotlight; shoutout to; happening (now|today); upcoming; announc*; lesung mit; autorenlesung;
    veranstaltung*; vorlesestunde am; ausstellung; flohmarkt am; the latest; eintritt (ist )?frei; (is|are) (now
    )?(closed|open) (on|today|until|through|from|for|due); heute abend; nicht verpassen; abendkasse; bestand; herzlich
    willkommen; willkommen bei; is getting a new; has been putting in; congratulations to; welcome to our; visit us;
    ilovemyjob; librarianlife; (this|next) (saturday|sunday|monday|tuesday|wednesday|thursday|friday|week|weekend);
    (mondays|tuesdays|wednesdays|thursdays|fridays|saturdays|sundays), \d; at \d{1,2}; from \d{1,2} to \d{1,2}; till
    \d{1,2} ?(am|pm); \d{1,2}[:.]\d{2} ?(am|pm|uhr|-|–); at noon; ages \d+; storytime is; foyer; lesekreis;
    bilderbuchkino; sommerleseclub; lesung; uhr; inventur; start(et|s)?!; unser(e|er|em|en)? team; auszubildende*;
    kostenlose[rsn]? (workshop|kurs|veranstaltung)\w*; we(’|')ve; ab
    (montag|dienstag|mittwoch|donnerstag|freitag|samstag|sofort); bis \d{1,2}\. ?\w+; vom \d{1,2}\.; photos;
    introducing; pop in; link below; führungen?; council approves; tuesdays from; beschluss
    """
    ),
    "job_ad": cues(
        r"""
    career*; candidates?; qualifications?; experience required; stelle als; vollzeit; teilzeit; bewerb*; m/w/d;
    befristet*; unbefristet*
    """
    ),
    "software": cues(
        r"""
    api; framework*; repo; compile*; codebase; github; runtime error; documentation; function call; open[- ]source;
    v?\d+\.\d+\.\d+; programmier*; backend; frontend
    """
    ),
    "other_meaning": cues(
        r"""
    streaming; soundtrack; dlc; consoles?; playlist; cocktails?; happy hour; album; gamers?; @ (the )?library bar
    """
    ),
    "spam": cues(
        r"""
    http\S{1,200} http\S{1,200} http; subscribe; click; winner; prize; limited offer; best price; order now
    """
    ),
}

ORGANISATION = re.compile(
    r"(?:public|city|town|county|village|regional|state|national|universit\w*|college|central|memorial|community)"
    r"[\s_.-]*(?:librar(?:y|ies)|lib)(?![a-z])"
    r"|(?<!my)(?<!my_)(?<!my )(?<!the)(?<!the_)(?<!the )librar(?:y|ies)[\s_\d]*$"
    r"|(?:^|[\s_.-])(?:friends of the )?librar(?:y|ies) of\b"
    r"|bibliothek(?:en)?(?![a-z])|b(?:ü|ue)cherei(?:en)?(?![a-z])|b(?:ü|ue)cherhalle|mediathek|stadtbib"
    r"|biblioth[eè]que|m[eé]diath[eè]que|biblioteca|библиотека|图书馆|圖書館|مكتبة",
    re.IGNORECASE,
)
"""An account's name that an institution gives itself."""
