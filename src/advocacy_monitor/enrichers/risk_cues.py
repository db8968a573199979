"""Words because of which a person reads a statement before anybody else does (R7), as data.

Health, religion, politics, sexuality and origin are the special categories of Article 9 GDPR that people do write
about; homelessness and crisis need somebody who reads with care; minors need a parent's word. English and German.
"""

from __future__ import annotations

from advocacy_monitor.enrichers.cues import cues

RISKS = {
    "minor": cues(
        r"""
        under (16|18|sixteen|eighteen); underage; when i grow up; when i(’|')?m (older|big|grown up); my teacher; my
        class; (our|my) school class; in (year|grade) \d; in
        (first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth) grade; (year|grade) \d{1,2}
        (student|pupil|kid|child|class)s?; primary school (child|pupil|student|kid)s?; mummy; daddy; with my
        (mum|mom|dad) and (dad|mum|mom|brother|sister|grandad|grandma); foster (child|children|kid|kids|son|daughter);
        minderjährig*; unter (16|18); wenn ich (mal |einmal )?(groß|erwachsen|älter) bin; meine (klassen)?lehrerin;
        mein (klassen)?lehrer; meine klasse; in der
        (ersten|zweiten|dritten|vierten|fünften|sechsten|siebten|achten|neunten) klasse; (in|aus) (der )?(klasse
        )?\d{1,2}\. klasse; (in|aus) der \d{1,2}[a-e]?\.?( klasse)?; klasse \d{1,2} ?[a-e]?; pflegekind*; (gehe|geh)
        (noch )?(in die|zur) (grund)?schule; schulkind*; grundschulkind*; mami
        """
    ),
    "health": cues(
        r"""
        dementia; alzheimer*; parkinson*; cancer; chemo*; tumou?r*; leuk(ae|e)mia; stroke; diabet*; asthma*; epilep*;
        hiv; aids; heart (attack|condition|disease|failure); depress*; anxiety; panic attack*; mental
        (health|illness|breakdown)*; ptsd; trauma; traumati[sz]ed; bipolar; schizo*; ocd; eating disorder*; anorexi*;
        bulimi*; burn-?out; breakdown; autis*; asperger*; adhd; dyslexi*; down(’|')?s syndrome; special needs; disab*;
        wheelchair*; mobility; housebound; blind; deaf; sight loss; visually impaired; vision impaired; hearing
        (loss|impaired|aid|aids); lost (most of |all )?(his|her|my|their) (sight|hearing); illness*; chronic*;
        disease*; sick; surgery; hospital*; hospice; therap*; counsel(l)?ing; medication*; pregnan*; miscarriage;
        stillbirth; postnatal; long covid; fatigue; carer; ill; injur*; rehab*; alcoholic*; diagnos*; demenz*; dement;
        dementen; krebs; \w*krebs; leukämie; schlaganfall*; herzinfarkt*; herzkrank*; \w*krank; \w*kranke*;
        krankheit*; krankenhaus*; erkrank*; \w*klinik*; depressi*; \w*angststörung*; panikattack*; psychisch*;
        psychiatr*; psycholog*; \w*therapie*; \w*therapeut*; autist*; adhs; legasthen*; \w*behinder*; rollstuhl*;
        rollator*; blinde?[nr]?; sehbehinder*; gehörlos*; taub; taube[nr]?; schwerhörig*; hörgerät*; pflegebedürftig*;
        pflegegrad*; pflegeheim*; schlecht zu fuß; gehbehinder*; bettlägerig*; magersucht; bulimie; schwanger*;
        fehlgeburt*; operiert; operation; medikament*; chronisch*; multiple[rn]? sklerose; reha; risikogruppe*;
        gesundheitlich*; diagnose*; verletzung*; hospiz*; addict*; got clean; sober*; in recovery; recovery
        (group|meeting|meetings|programme|program); rehab*; detox*; (my|his|her|have|has|had|with|got) ms;
        (meine[rn]?|hab|habe|hat|an|mit) ms; multiple sclerosis; copd; (hip|knee|heart|eye|back)
        (op|operation|surgery| replacement); fibromyalgi*; arthritis; migraine*; insulin; dialysis; transplant*;
        endometriosis; lupus; crohn*; hearing aid*; sepsis; cataract*; glaucoma; macular*; seizure*; in a coma;
        cerebral palsy; spina bifida; chronic (pain|fatigue); (my|his|her) (nerves|meds|condition|disability);
        neurodiver*; psychosis; psychotic; agoraphob*; self-harm*; nervous breakdown; sectioned; rheuma*;
        arthrose*; migräne*; dialyse*; transplant*; hüft-?op*; knie-?op*; krankgeschr*; krankmeld*; krankenkasse;
        \w*unfall; querschnitt*; prothese*; alkoholi*; suchtkrank*; entzug*; entgiftung; tumor*; metastas*;
        angstzuständ*; ängste; panik; blutdruck; herz-?op*; herzschrittmacher; diabetiker*; asthmatiker*; zöliakie;
        neurodermitis; tourette; psychose*; borderline; trauma*; therapie; tablette*; nicht mehr (gut
        )?(laufen|gehen|sehen|hören) (kann|kannst|können); auf den (rollstuhl|rollator) angewiesen; epilepsie; arm
        amputiert; amputiert*; hirn\w*; demenzkrank*
        """
    ),
    "religion": cues(
        r"""
        muslim*; moslem*; islam*; christian; christians; christianity; jewish; jews?; catholic*; protestant*;
        orthodox; evangelical*; buddhis*; hindu*; sikhs?; mormon*; jehovah*; church*; chapel; mosque*; synagogue*;
        gurdwara; parish; priest; vicar; pastor; imam; rabbi; pray; prays; prayed; praying; prayers?; bible*; quran;
        qur(’|')an; koran; torah; hijab*; headscar(f|ves); ramadan; eid; my faith; our faith; religio*; atheis*;
        baptis*; spiritual*; muslimisch*; muslima*; islamisch*; christlich*; christin; christen; jüdisch*; juden?;
        jüdin*; katholi*; evangelisch*; buddhist*; kirche*; kirchen\w*; moschee*; synagoge*; pfarrer*; pfarrei;
        pfarrgemeinde*; kirchengemeinde*; gottesdienst*; bete; beten; betet; gebet*; bibel*; kopftuch*; mein(em|en)?
        (glaube|glauben); gläubig*; konfession*; jehova*; zeuge[n]?; \w*gebet; \w*gebete; konfirm*; kommunion; firmung;
        taufe; muezzin; koran*; rabbiner*; imame?; hindus; tempel; sikh*; baha*; adventist*; mormone*;
        quaker*; methodist*; anglican*; lutheran*; presbyterian*; pentecostal*; amish; mennonite*; monk;
        convert(ed)? to; getauft; zeugen jehovas; nonne; mönch; freikirche*
        """
    ),
    "politics": cues(
        r"""
        labour (party|mp|voter|member|government)*; (for|vote|voted|join) labour; tory; tories; conservatives?;
        conservative party; lib ?dems?; liberal democrats?; liberal party; the greens; green party; republicans?;
        democrats; one nation; ukip; reform uk; snp; plaid cymru; sinn f(é|e)in; trump*; maga; brexit*; (i|we|my \w+)
        (always |never )?vote[ds]?; voted? (for|against); party member*; member of the \w+ party; trade union*; union
        (member|rep|steward)*; left-wing; right-wing; far right; far left; nazi*; fascis*; communis*; marxis*;
        socialis*; anarchis*; political(ly)? (activ|views?|party|refugee)*; afd; cdu; csu; spd; fdp; bsw; npd; die
        grünen; bündnis 90; grünen-\w*; die linke; (ich|wir) (wähle|wählen|wählte|wählten); gewählt habe; wähler
        (der|von)*; wählerin (der|von)*; democrat; canvass*; liberals?; i('|’)m (a
        )?(green|labour|liberal|conservative); wahlkampf; (meine|unsere) partei; grünen-?wähler*; sozi;
        genoss*; demo (gegen|für)*; protestwähler*; parteimitglied*; mitglied (der|bei der)
        (partei|spd|cdu|afd|fdp|grünen|linken); \w*partei; gewerkschaft*; ver\.?di; betriebsrat*; faschis*; kommunis*;
        sozialist*; rechtsextrem*; linksextrem*; rechtsradikal*; linksradikal*; politisch verfolgt*
        """
    ),
    "homelessness": cues(
        r"""
        homeless*; rough sleep*; sleep(s|ing)? rough; slept rough; sle(ep|eping|pt) (on the street|in (my|a|the|our)
        (car|van|doorway|park|tent))*; li(ve|ved|ving) (in (my|a|our) (car|van|tent|shelter)|on the streets?); on the
        streets; no fixed (address|abode); shelters?; nowhere (else )?to (live|stay|sleep); lost
        (my|our|his|her|their) (home|house|flat|apartment); evict*; couch surf*; sofa surf*; no roof; roof over
        (my|our|his|her|their) head*; (emergency|temporary) accommodation; women(’|')?s refuge; obdachlos*;
        wohnungslos*; (lebe|lebte|lebt|leben|schlafe|schlief|schlafen|wohne|sitze) auf der straße; auf der straße
        (lebe|leben|lebt|lebte|schlafe|schlafen|gelebt|gelandet|sitze); notunterkunft*; notunterkünft*;
        notschlafstelle*; keine wohnung; ohne (feste )?wohnung; ohne festen wohnsitz; wohnung verloren; zwangsräum*;
        kein dach über dem kopf; dach über dem kopf; frauenhaus*; wohnheim; im auto
        (schlafe|schlafen|geschlafen|lebe|gelebt); in (my|a|our|the) tent; tent city; living rough;
        sleeping bag; bin ohne (wohnung|bleibe|zuhause); platte (mache|machen|gemacht); im zelt; wärmestube*;
        kältebus*; unter der brücke; asylunterkunft; aus der wohnung (geflogen|geworfen)
        """
    ),
    "crisis": cues(
        r"""
        suicid*; kill(ed|ing)? (my|him|her|them|your)sel(f|ves); end(ed|ing)? (my|his|her|their|it) (own
        )?(life|all)*; (take|took|taken|taking) (my|his|her|their) own li(fe|ves); self-? ?harm*; hurt(ing)? myself;
        cut(ting)? myself; (do not|don't|don’t|didn't|didn’t|did not) want to (live|be here|exist|wake up|go on)*;
        want(ed)? to die; (no reason|nothing) (left )?to live for; better off dead; wish i was dead; saved my life;
        saved me; overdos*; addict*; heroin; relaps*; domestic (violence|abuse); abus(e|ed|er|ive|ing); rape[ds]?;
        raped; sexual(ly)? assault*; assault*; violent; beats? me; beaten; stalk*; traffick*; at my lowest; rock
        bottom; desperate; hopeless; in crisis; in a crisis; can(no|’|')?t go on; starv*; suizid*; selbstmord*;
        selbsttöt*;
        (mich|sich) umbringen; umgebracht; (nicht|nimmer) mehr (leben|weiterleben|da sein|leben wollen|weiter); das
        leben (genommen|nehmen); lebensmüde*; selbst ?verletz*; selbstverletz*; ritzen; geritzt;
        (häusliche|häuslicher|sexuelle|sexueller|sexualisierte) gewalt; gewalt; missbrauch*; misshandel*;
        vergewaltig*; geschlagen; verprügelt; überdosis; drogen*; heroin;
        (alkohol|drogen|spiel|medikamenten|computer)sucht; (meine|seine|ihre|die|von der) sucht; suchtkrank*;
        suchtberatung*; süchtig*; \w*süchtige?[rn]?; alkoholi*; (das )?leben gerettet; verzweif*; lebenskrise*; in
        einer krise; tiefpunkt; (hit|hits|hitting|beat|beats|beating|hurt|hurts|hurting|choked|threatened|threatening)
        (me|us|her|my mum|my mom); bruises; afraid (of him|of my|for my life); escap(e|ed|ing) (from )?(my|him|an
        abusive); (my|the|of) pills; razor*; jump(ed|ing)? (off|from) (the|a) bridge; not be alive; wouldn(’|')?t be
        (alive|here); end it; gave up on life; no way out; grooming; molest*; (hat|haben) mich
        (bedroht|verfolgt|gewürgt); (tabletten|pillen) (gezählt|geschluckt|genommen); nicht mehr
        (wollte|wollen|konnte); schluss machen; keinen (sinn|ausweg) mehr*; vor (meinem|ihrem) mann
        (geflohen|geflüchtet|weggelaufen); blaue flecken; (wäre|wär) (ich )?(heute )?nicht mehr (da|hier|am leben)*;
        essstörung*; klinge; sterben (will|wollte|wollen); hoffnungslos*; stalk*
        """
    ),
    "sexuality": cues(
        r"""
        gay; lesbian*; bisexual*; queer*; trans; transgender*; transsexu*; transition(ed|ing); non-?binary; lgbt*;
        came out (as|to my); coming out (as|to my); my coming out; mein coming-?out; schwul*; lesbisch*; lesbe*;
        homosexu*; bisexuell*; two (mums|moms|dads|mothers|fathers|husbands|wives); same-sex; zwei
        (männer|frauen|mamas|papas|mütter|väter); gleichgeschlechtlich*; regenbogenfamilie*; rainbow famil*; asexual*;
        pansexual*; intersex*; gender ?fluid; genderqueer; csd; (meine|seine) transition;
        transfrau; transmann; trans(-| )?(frau|mann|junge|mädchen); (my|her) (wife|girlfriend) and i are women;
        transident*; nichtbinär*; nicht-binär*
        """
    ),
    "origin": cues(
        r"""
        refugee*; asylum*; undocumented; immigrant*; migrants?; deported; deportation*; fled; (my|our) visa
        (application|form|interview|status|papers|appointment)*; visa (application|interview|status)*; residence
        permit*; citizenship (test|class|exam|interview|application)*; aboriginal; torres strait; first nations;
        indigenous; native american; as a (black|brown|asian|white)
        (woman|man|kid|girl|boy|person|mother|father|mum|dad)*; people of colou?r; person of colou?r; racis*;
        gyps(y|ies); (i|we) (came|come|moved|arrived) (here )?from
        (syria|iraq|iran|afghanistan|ukraine|russia|eritrea|somalia|sudan|ethiopia|turkey|china|india|pakistan|vietnam|nigeria|poland|romania|mexico|brazil|colombia|venezuela|lebanon|palestine|gaza|egypt|morocco|myanmar|nepal)*;
        my (family|parents|mother|father|people) (is|are|came|come|comes|fled) from;
        (komme|kommt|kommen|kam|kamen|stamme|stammt|bin|sind|geflüchtet) (ursprünglich )?aus (der |dem
        )?(syrien|türkei|irak|iran|afghanistan|ukraine|russland|eritrea|somalia|sudan|äthiopien|china|indien|pakistan|vietnam|nigeria|polen|rumänien|bulgarien|kosovo|albanien|serbien|bosnien|kroatien|griechenland|italien|marokko|tunesien|ägypten|libanon|palästina|kurdistan|brasilien|kolumbien|venezuela)*;
        meine (eltern|familie) (kommt|kommen|kam|kamen|stammt|stammen) aus; einbürgerung*; deutschtest; rassis*;
        schwarze[rn]? (frau|mann|mensch|mädchen|junge)*; einwander*; zugewander*; spätaussiedler*; vertrieben*; roma;
        sinti; traveller community; flüchtling*; geflüchtet*; geflohen; asyl*; abschieb*;
        abgeschoben; aufenthalts\w*; migrationshintergrund; flucht; duldung
        """
    ),
}
"""The cues by the value of the annotation."""
