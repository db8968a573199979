"""The expressions by which names are found: signatures, introductions, titles, kin, forms of address."""

from __future__ import annotations

import re

from advocacy_monitor.enrichers.cues import cues
from advocacy_monitor.enrichers.word_gate import Gated, gated, words

UPPER = "A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĘĚĞĢİĪĶĹĻŁŃŅŇŌŐŒŔŘŚŞŠŢŤŪŮŰŹŻŽȘȚА-ЯЁІЇЄҐ"
REST = r"(?:[^\W\d_]|[\u0300-\u036f'’ʼ-]){0,40}"
WORD = rf"(?:(?:[aA]l|[eE]l|[aA]d|[aA]s|[aA]r|[dDlO]|Mc|bin|ibn)[-'’])?[{UPPER}]{REST}"
PARTICLE = r"(?:von|van|zu|zur|de|der|den|del|della|di|da|la|le|bin|ibn|al|el|ter|ten)"
# Words of a name, with what may stand between them; trimmed word by word afterwards.
RUN = re.compile(rf"{WORD}\.?(?:[ \t]{{1,3}}(?:{PARTICLE}[ \t]{{1,3}}){{0,2}}{WORD}\.?){{0,3}}")
TOKEN = re.compile(rf"{WORD}\.?")
AND = re.compile(r"\s*(?:\(\d{1,2}\)|,\s?\d{1,2}\b)?\s*(?:,|und|and|&|\+|y|et|и)\s+")
BEFORE_NAME = re.compile(
    r"[\s.,:;(–—-]{0,4}(?:who is |who's )?"
    r"(?:(?:namens|called|named|heißt|heisst|is called|ist|is|die|der|von|the)\s+)?(?:dr\.?\s+)?"
)

# "Frau Dr. ...", "Frau Bibliotheksrätin ...": other titles come first.
TITLE_TO_NAME = re.compile(
    r"[\s.,:;–—-]{0,4}(?:(?:[Dd]r|[Pp]rof(?:essor)?|[Dd]ipl|[Ii]ng|[Mm]ag)\.?\s+){0,3}"
    r"(?:[A-ZÄÖÜ][^\W\d_]{3,40}(?:in|rat|er)\s+(?=[A-ZÄÖÜ]))?"
)
TITLES = gated(
    cues(
        """
        mr; mrs; ms; miss; mx; councillor; councilor; mayor; principal; senator; judge; officer; inspector;
        stadtrat; stadträtin; bürgermeister; bürgermeisterin; direktor; direktorin; dr; prof; professor; sir; lady; rev;
        frau; herr; herrn; hr; fr; fräulein; familie; fam;
        madame; mme; monsieur; señor; señora; sr; sra; doña; г-жа; г-н; госпожа; господин; mister; missus; fräulein;
        frl;
        frln; mag; magister; dipl; hrn; cllr; father; brother; nurse; coach; captain; constable; reverend; imam; rabbi;
        auntie; aunty; aunt; uncle; nan; nana; nanna; tante; onkel; schwester; bruder; pfarrer; pfarrerin; pastor;
        pastorin; whaea; matua; kuia; koro
        """
    )
)
KIN = gated(
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
        дочь; муж; внук; внучка; moko; mokopuna; mate; mates; buddy; bestie; room ?mate; flat ?mate; housemate;
        landlady;
        landlord; boss; tutor; mentor; nurse; doctor; driver; manager; guide; coach; trainer; student; classmate; pupil;
        volunteers?; assistant; instructor; organi[sz]er; sister-in-law; brother-in-law; mother-in-law; father-in-law;
        son-in-law; daughter-in-law; little (one|boy|girl|man); eldest; youngest; oldest; middle one; triplets;
        schwager; schwägerin; schwiegermutter; schwiegervater; schwiegersohn; schwiegertochter; mitbewohner;
        mitbewohnerin; vermieter; vermieterin; pate; patin; vorlesepate; vorlesepatin; lesepate; lesepatin; patenkind;
        patentante; patenonkel; chef; chefin; betreuer; betreuerin; pfleger; pflegerin; dozent; dozentin; azubi;
        praktikant; praktikantin; ehrenamtler; ehrenamtliche[rn]?; ehrenamtlerin; mitarbeiter; mitarbeiterin; kumpel;
        kumpels; busfahrer; busfahrerin; fahrer; fahrerin; trauzeuge; trauzeugin; freundinnen; kolleginnen; kollegen;
        omi; opi; jüngste[rn]?; älteste[rn]?; drillinge; schulfreund; schulfreundin; oma und opa;
        sekretärin; verkäuferin; erzieher; erzieherin; referent; referentin; kursleiter; kursleiterin;
        azubine; zivi; fsjler; fsjlerin; bufdi; lady; gentleman; bloke; chap; fella;
        lovely; legendary; wonderful; brilliant; amazing; dear old; poor old; good old
        """
    )
)
INTRODUCTION = Gated(
    re.compile(
        r"(?<!\w)(?:my name(?:['’]?s| is)|i am called|i['’]m called|call me|ich hei(?:ß|ss)e|mein name ist|mein name:"
        r"|name:|they call me|everyone calls me|i go by|man nennt mich|alle nennen mich|ich bin's,"
        r"|je m['’]appelle|mon nom est|me llamo|mi nombre es|меня зовут|اسمي|signed:?|gezeichnet:?|gez\.)\s+"
    ),
    words(
        "name names called call heiße heisse appelle nom llamo nombre зовут اسمي signed gezeichnet gez go nennt"
        " nennen bin me"
    ),
)
INTRODUCTION_HAN = re.compile(r"(?:我叫|我的名字是|本人姓名)([\u4e00-\u9fff]{2,4}?)(?=[，。,.\s！!]|今年|是|$)")
I_AM = Gated(
    re.compile(
        r"(?<!\w)(?:i am|i['’]m|im|this is|it['’]s|it is|ich bin|ich,|ich bin's|bin|hier ist|hier schreibt"
        r"|hier spricht|je suis|soy)\s+"
        r"(?:die |der )?"
    ),
    words("am m im this it its bin hier suis soy ich"),
)
# Somebody presents himself with a name that is on no list: only where the sentence then pauses or goes on with "and".
PRESENTS = Gated(
    re.compile(r"(?<!\w)(?:i am|i['’]m|it is|it['’]s|this is|(?:ich )?bin (?:die|der)|je suis|soy)\s+"),
    words("am m it its this bin suis soy"),
)
PRESENTED = re.compile(rf"({WORD})(?=\s*[,.!;–—(]|\s+(?:and|und|et|y|from|aus|vom|de|again|here|speaking)\s|\s*$)")
NO_PRESENTED = re.compile(r"(?:ish|ian|ese|ch|ean|kan|can|[^n]in|er|erin|or|ist|ung|ent|ant|eur|euse|iste)$")
HERE = Gated(
    re.compile(r"(?<!\w)([^\W\d_]{2,20}) here(?=\s*[,.!–—-])"),
    words("here"),
)
SAYS = Gated(
    re.compile(
        rf"(?<!\w)({WORD}(?: {WORD})?)(?= (?:says|writes|wrote|told|said|reads|sagt|schreibt|meint|liest|erzählt"
        rf"|grüßt)(?!\w))"
    ),
    words("says writes wrote told said reads sagt schreibt meint liest erzählt grüßt"),
)
WITH_AGE = re.compile(rf"(?<!\w)({WORD})(?= \(\d{{1,2}}(?: ?(?:Jahre|J\.?|years?|yrs?)(?: old)?)?\))")
SMALL_TITLE = Gated(
    re.compile(r"(?<!\w)(?:mrs?|miss|mister|ms)\.? ([^\W\d_][\w'’-]{2,30})"),
    words("mr mrs miss mister ms"),
)
FAMILY = Gated(
    re.compile(
        rf"(?<!\w)[Tt]he ({WORD})(?= family(?!\w))|(?<!\w)(?:[Ww]e are|[Ww]e['’]re) the ({WORD})(?!\s[{UPPER}])"
    ),
    words("family are re"),
)
INITIALS = re.compile(rf"(?<!\w)((?:[{UPPER}]\.[ \t]?){{1,3}}[{UPPER}][^\W\d_]{REST})")
ASK_FOR = Gated(
    re.compile(
        r"(?<!\w)(?:(?:sent|written|drawn|posted|told|dictated) by|call|ring|phone|contact|ask(?: for)?|speak to"
        r"|talk to|email|text|rufe?|fragt? nach|meldet euch bei)\s+"
    ),
    words(
        "sent written drawn posted told dictated call ring phone contact ask speak talk email text ruf rufe"
        " frag fragt meldet"
    ),
)
FORMULA = gated(
    cues(
        """
        yours; yours (sincerely|faithfully|truly|ever); sincerely; sincerely yours; regards;
        (kind|kindest|best|warm|warmest) (regards|wishes); best; all the best; cheers; love; love from; lots of love;
        with love; much love; many thanks; thanks; thanks (again|so much); thank you; thank you (so|very) much; with
        thanks; gratefully; respectfully; take care; x{1,4}; xo(xo)?; hugs; grüße; gruesse; grüsse; gruß;
        (liebe|viele|herzliche|herzlichste|beste|schöne|freundliche|sonnige) (liebe )?(grüße|grüsse|gruesse); lieben?
        gruß; mit (freundlichen|besten|lieben|herzlichen) (grüßen|gruessen|grüssen); mit
        (freundlichem|bestem|herzlichem) gruß; lg; glg; vg; mfg; hg; bg; hochachtungsvoll; herzlichst; ihre?; euere?;
        eure?; deine?; alles (liebe|gute); bussi; bussis; küsschen; grüßle; grüßli; gruss; grüessli; pfiat eich; bis
        (bald|dann); danke?; vielen dank; herzlichen dank; tschüss; servus; gez; cordialement; bien cordialement;
        amicalement; bien à vous; bisous; merci; saludos; saludos cordiales; un (saludo|abrazo); atentamente; gracias;
        с уважением; с любовью; ваша?; спасибо; مع تحياتي; تحياتي; 此致
        """
    )
)
# Behind these a name may be written small and still be one.
PURE_FORMULA = re.compile(
    r"(?:yours|sincerely|.*regards|cheers|.*(?:gr(?:ü|ue)(?:ß|ss)en?|gruß)|g?lg|vg|mfg|hg|bg|hochachtungsvoll"
    r"|herzlichst|.*wishes|x+|xo(?:xo)?|cordialement|saludos|с уважением|مع تحياتي|تحياتي)"
)
ADDRESSED = gated(
    cues(
        """
        thank; thank you; thanks; thx; shout ?out to; danke; dank; merci; gracias; dear; liebe[rns]?; hallo; hello;
        hi; hey; moin; guten tag; sehr geehrte[rs]?; chère?; querid[oa]; estimad[oa]; cheers; servus; grüezi; hoi; ciao;
        salut; gday; g'day; g’day; well done; bravo; props to; props; kudos; kudos to; hats off to; respect to;
        congrats;
        congratulations; glückwunsch; glückwünsche; lob; gruß; grüße; gruss; grüsse; love you; miss you; god bless; rip;
        bless you; big up; chapeau; respekt; huhu; hej; hugs; love; vermisse; in memory of; in loving memory of; zum
        andenken; im andenken; zum gedenken; in gedenken; in erinnerung; zur erinnerung; thumbs up for; thumbs up to;
        appreciation for; praise for; medal for; hut ab vor; ka pai; kia ora; tēnā koe; namaste; salam; bedanken; tell;
        told; signed; gezeichnet
        """
    )
)
AFTER_ADDRESS = re.compile(
    r"(?:\s+(?:to|an|für|für|à|a|again|so much|bei|sehr|so|auch|nochmal))?(?:\s+(?:to|an|bei))?"
    r"(?:\s+(?:liebe[rns]?|dear|die|den|der|dem|our|my|unsere[rnm]?|meine[rnm]?))?[\s,:!]\s*"
)
ANY_WORD = re.compile(r"[^\W\d_][\w'’\u0300-\u036f-]{0,40}(?: [^\W\d_]\.)?")
PLAIN_WORD = re.compile(r"[^\W\d_][\w\u0300-\u036f-]{0,40}")
BETWEEN = re.compile(
    r"[\s,.:;!–—-]{0,6}(?:(?:aus|from|von|vom)\s+[^,\n]{1,30}[,\n]\s*)?(?:(?:die|der|your|dein|eure?|ihre?)\s+)?"
)
# "Thanks heaps, Shazza": what begins like a formula and ends with a name behind a comma.
LOOSE_FORMULA = Gated(
    re.compile(
        r"(?:^|(?<=[.!?…\n])\s?)(?:yours|thanks|thank you|love|regards|cheers|danke|gr(?:ü|ue)(?:ß|ss)e|gruß|mit"
        r"|viele|liebe|herzliche|eure?|euer|tschüss\w*"
        r"|bis|servus|ciao|many|best|with|from|greetings)(?:\s[^\s,.!?]{1,20}){1,5}\s?[,\n]\s?(?=\S)"
    ),
    words(
        "yours thanks thank love regards cheers danke grüße grüsse gruesse gruess grues gruße grueße gruß mit"
        " viele liebe herzliche eur eure euer tschüss tschüssi tsch* bis servus ciao many best with from greetings"
    ),
)
NAME_BEFORE_NUMBER = re.compile(rf"(?:^|[.!?…\n])\s*({WORD} {WORD}),\s?\d")
DASH = re.compile(r"(?:^|(?<=[\s.!?…,\"“”»)]))(?:[—–~―]|--?)\s{0,3}(?=\S)")
WITH_INITIAL = re.compile(rf"(?<!\w)[{UPPER}][^\W\d_]{{1,30}}(?: [{UPPER}]\.){{1,2}}(?!\w)")
NAME_AND_AGE = re.compile(
    rf"(?:^|[.!?…\"“”»\n])\s*({WORD}(?: {WORD}\.?)?),?\s*\(?\d{{1,2}}\)?(?:\s*(?:Jahre?|jahre?|J\.|years?"
    rf"(?: old)?|yrs?))?"
    r"(?:,[^,\n]{0,40})?$"
)
