"""Word lists for finding names: given names that are common in Europe and beyond, and words that are no names.

Kept by hand. A given name that is also a word or a place stands in AMBIGUOUS_NAMES: it counts only where something
 says that a name follows (a closing formula, "my son", "Frau").
"""

from __future__ import annotations

from functools import lru_cache

GIVEN_NAMES = frozenset(
    """
    aaron abby abdullah abena abigail ada adam adele adelheid adrian adrián adwoa agata agatha agnes agnieszka ahmad
    ahmed aisha alan alastair albert alec alejandra alejandro aleksandr aleksandra alessandra alessandro alex
    alexander alexandra alexandre alexei alexey alfred ali alice alina alison alistair alois aloisia alyssa amanda
    ambrose amelia amelie amina amir amy amélie ana anastasia andre andrea andreas andrei andrew andrey andrzej
    andrés angela angelika angelina angus anika anil anita anja anjali anke ann anna annabel anne annegret anneke
    annelie anneliese annelore annemarie annemie annette annika ante antje anton antonia antonio aoife archibald
    archie ariane arjun arne arnie arno arthur ashley astrid audrey augusta aurélie avril axel ayaan aylin ayse ayşe
    balthasar barbara barney barry bastian baz beat beate beatrice beatrix beatriz ben benedikt benjamin benoît
    bernadette bernard bernd bernhard bert berta bertha bertie bertram beryl bessie beth bethany betty bev beverly
    bianca birgit birgitta birgül birte bjarne björn bob bodo bogdan bohdan bola boris bosse brandon brayden brenda
    brett brian bridget brigitte britta brodie bruno burak burghard burgi burkhard burkhardt bärbel callan callum
    cameron camilla cansu carina carl carla carlos carmen carol carole carolin caroline carsten caspar catherine
    cathy catrin catriona cecil cecilia cedric celina celine ceren cerys chantal charles charlie charlotte chiara
    chidi chioma chloe chloé chris chrissi christa christel christiane christina christine christof christoph
    christophe christopher ciara cindy claas claire clara clare clarence clarice clark claude claudia clemens
    clement cliff clive colin concha connor conny constance constanze cora cord cordelia corinna cormac cornelia
    craig cristina curt cuthbert cynthia cyril cédric céline dagmar daniel daniela danielle darcy daria darius
    darnell darren darryl dave david daz dean deborah declan deepak defne deirdre denis denise dennis derek desiree
    desirée desmond detlef diana diane diego dierk dieter dietmar dietrich dilek dimitri dirk dmitri dmitry dominic
    dominik donald donna dora doreen doris dorle dorothea dorothee dorothy dottie douglas dragan drusilla dulcie
    duncan dustin dylan dörte eberhard ebru eckart eckhard eddie edeltraud edgar edith edmund edna eduard edward
    edwin edwina egon eike eileen ela elaine eleanor elena eleni elfi elfie elfriede elias elif elisa elisabeth
    eliza elizabeth elke ella ellen ellie elliot elliott elsa elsie emeka emil emilia emilie emily emine emma emmi
    emrah emre enid enno enrico eoin ercan eric erica erich erik erika erin erkan erna ernest ernestine ernie erwin
    esi esra esther ethan ethel eugen eugene eunice eva evan evangeline evelyn evie ewa ewald ewan fabian falko
    farid fatih fatima fatma fatou felicitas felix femi ferdi ferdinand ferdl fergus fiete finja finn fiona florian
    flossie frances francesca francesco francis francisco francois frankie franz franzi franziska françois frauke
    fred freda freddie frederic frederick frederik freya frida frieda friederike friedhelm friedrich fritz fränzi
    gabi gabriel gabriela gabriele galina gareth gary gavin gaz gemma genevieve geoff geoffrey georg george georgie
    geraint gerald geraldine gerard gerd gerda gerhard gerlinde gernot gero gerry gertie gertraud gertrud gesa
    gesche gethin ghislaine gilbert giovanna giovanni gisbert gisela gitta gitti giulia giuseppe gladys glenys
    gloria godfrey gordon gosia grace-anne graham greg gregor gregory greta gretl grzegorz gudrun guido guillaume
    gunda gundula gunnar gunther gustav gwen gwendoline gwyneth gül gülay gülsen günter günther hakan halyna hamid
    hamish hamza hanna hannah hannelore hannes hanni hans hansi harald harold harriet harrison harry hartmut hartwig
    hasan hassan hatice hattie hauke hayley hazel hazel-ann heather hedda hedi hedwig heidi heidrun heike heiko
    heiner heinrich heinz helen helena helene helga helge hella helmfried helmut hendrik hennes henning henny henri
    henriette henrik henry herbert hermann hermine herta hertha hester hettie hilda hilde hildegard hiltrud hinnerk
    hiroshi holger holly horace horst hortense howard hubert hugo humphrey huong huseyin hussein hélène hüseyin iain
    ian ibrahim ida ife ignacio ignatius igor ilka ilona ilse imelda imke imogen imogene ina ines inga inge ingeborg
    ingelore ingo ingolf ingrid insa inês irena irene irina irma irmgard irmhild irmtraud irmtrud iryna isaac isabel
    isabell isabella isabelle isla ismail itziar ivan ivana ivo ivor iñaki jackie jacky jacob jacqueline jacques
    jadwiga jake jakob jakub jamal james jamie jan-erik jana jane janet janice janina janine jannik jannis jaron
    jasmin jasmine jason jasper javier jayden jean jeanette jeanne jeannie jeff jeffrey jemima jenna jenni jennifer
    jenny jens jeremy jermaine jerome jerry jerzy jess jesse jessica jessie jesús jette jill jim jimmy jo joachim
    joan joanna joanne joaquin joaquín jobst jochen joel joelle joey johan johann johanna johannes john johnny
    jolanda jonas jonathan jonny joris jose josef josefine joseph josephine josh joshua josie josé jovana joyce joão
    juan juana judith judy jule julia julian juliana julie julien juliette julius jupp jutta jérôme jördis jörg jörn
    jürgen kacper kai karen karim karin karina karl karla karlheinz karolina karoline karsten kasia kaspar katarina
    katarzyna kate katerina katharina katherine kathi kathleen kathrin kathryn kathy katie katja katrin kayden kayla
    kaylee keisha keith kelechi kelly kemal ken kenan kenji kenneth kenny keno kerstin kev kevin khalid kieran
    kilian kim kimberly kirralee kirsten kirstin klaas klara klaus klothilde knut kofi konrad konstantin korbinian
    kreszenz kristin kristina krzysztof kunigunde kurt kwame kyle kylie käte käthe köbi lachlan lakshmi lara larissa
    lars lasse laszlo latoya laura lauren laurence laurent lawrence layla lea leah leila lena lenard leni lennart
    lennox leo leon leona leonard leonhard leonie leonora leopold lerato leroy leslie levi levin levke lewis leyla
    liam liane liesbeth lieselore lieselotte liesl lilian lilli lillian lilly lily lina linda linh linus lio lionel
    lisa liselotte liv lois loisl lore lorenz lorenzo lothar lotta lotte lottie louis louisa louise luana luca lucas
    lucia lucie lucy lucía ludger ludmila ludmilla ludovica ludwig luis luisa luise lukas lukasz luke lutz lydia
    lynn lynne lyudmila mabel mackenzie maddie madeleine madge magda magdalena maggie magnus magret mahmoud maike
    mairead maisie maja malcolm malgorzata malik malin malina malou malte mandy manfred manni manon manuel manuela
    marc marcel marco marcus mareike maren margaret margarete margarethe margarita marge margie margit margot
    margret maria marian marianne marie mariechen mariella marietta marija marina mario marion marius marjorie
    mark-oliver marko markus marlene marlies marlon marta martha martin martina martín marvin mary maryam maría
    mateo mateusz mathias mathieu mathilda mathilde matilda mats matteo matthew matthias mattis maud maureen maurice
    mavis maximilian maxine mayla małgorzata mechthild mechtild megan mehmet mehtap meike meinhard melanie melina
    melissa meryem meta mia micha michael michaela michal michel michele michelle mick micky miguel mike mikhail
    mila milan mildred milena milica millicent millie mina minh minnie mira miriam mirja mirko mitchell mitzi
    mohamed mohammad mohammed moira molly mona moni monica monika monique morag moritz murat muriel mustafa mykola
    myrtle nadezhda nadia nadine nadja nancy nanni naomi nasrin natalia natalie natalya natascha natasha nathalie
    nathan neele neha neil nele nell nellie nelly nesta neville ngaire ngozi niamh nicholas nick nico nicola nicolas
    nicole nigel nikita niklas nikola nikolai nikolaus nils nina nisha noah noel noeleen noelle nomsa noor nora
    norbert noreen norma norman norwin nuray océane okka oksana olaf ole oleg oleksandr olena olga oliver olivia olu
    oluwaseun omar onno orhan orla ortrud ortwin oscar oskar osman otis ottilie otto ottoline owen pablo padraig
    pamela paolo parisa pascal patricia patrick patty paul paula paulina pauline pavel pawel paweł pedro peggy
    penelope penny perce percival percy petar peter petra phil philip philipp philippa phillip phoebe phyllis pia
    pierre piet pilar piotr pippa poldi pooja poppy priya priyanka pru prudence queenie quentin quirin rachel rachid
    raelene rafael rahel raimund rainer rajesh ralf ralph ramona ramón randolph randy raphael rashid raul ravi
    raymond raúl rebecca rebekka regina reginald regula reiner reinhard reinhild reinhold renate rene rené resi reto
    reuben reza rhiannon rhoda rhys ricarda ricardo richard ricky riley rita robert roberta roberto robin rocío
    roderick rodney roger rohan roland rolf romina romy ron ronald ronja ronnie rory rosalba rosalie rosalind
    rosalyn rosamund rosanna rosemarie rosemary rosi rosie rosita roswitha rowan roxanne roy rudi rudolf rudolph
    ruedi rufus rupert ruprecht russell ruth ryan röbi rüdiger sabine sabrina sadie saffron sakura sally salma
    samantha samir samira sammy samuel sandra sanjay sanne saoirse sara sarah sascha saskia scott seamus sean
    sebastian sebastien selin selina selma sepp serena sergei sergey serkan seth sevgi shane shanice shannon sharon
    shaz shazza sheila sheryl shirin shirley sian sibusiso sibylle sidney siegbert siegfried sieglinde siegmund
    siegrun sigi sigmund sigrid silas silja silke silvia simon simone sina sinead sinéad siobhan siobhán sipho siân
    smilla sofia sofie sofía solange solveig solène songül sonia sonja sophia sophie spencer stacey stanislav
    stanisław stanley stefan stefanie stefano steffen steffi stella stephan stephanie stephen steve steven stewart
    stuart stéphane sue suleiman sunil suresh susan susann susanna susanne suse susi suzanne svantje svea sven
    svenja svetlana sybil sybille sylvain sylvia sylvie sönke tabea tamara tamino tammo tamsin tanja tanya tara
    taras tatiana tatjana ted tegan telse temi terence teresa tereza terry tess tessa thandiwe thanh thea thelma
    themba theo theodor theodora theodore theresa therese thibault thibaut thies thilo thomas thore thorsten tiago
    tiana tilda till tilly tilman tim timo timothy tina tjark tobias todd tolga tom tomas tomasz tommaso tommy toni
    tony torben torsten tracey tracy traude traudel traudl traugott trevor trish trisha tristan trude trudi trudy
    tunde tyler tyrone udo ueli ulf uli ulla ulrich ulrike undine urs ursel ursula uschi uta ute uwe valentina
    valerie vanessa vanja vasyl veit velma vera verena verity vernon veronica veronika vicky victor vikram viktor
    viktoria vince vincent vinzenz viola vivian vivienne vladimir volker volkmar vreni vroni walburga waldemar
    wallace walli walter walther waltraud wanda wastl wayne wencke wendeline wendy wenke werner wesley wiebke
    wieland wilbur wilfred wilfried wilhelm wilhelmine willi william willy wilma wilmar winfried winifred winni
    winnie wladimir wojciech wolfgang xaver xiao yannick yannis yara yasmin yaw yolanda yuki yulia yusuf yvette
    yvonne yılmaz zac zachary zack zainab zanele zara zbigniew zeki zena zenzi zeynep zoe zofia zoran zoya zoé ángel
    élodie özlem łukasz александр алексей анастасия андрей анна владимир дарья дмитрий екатерина елена иван ирина
    максим мария михаил наталья николай ольга павел светлана сергей татьяна юлия
    """.split()
)

AMBIGUOUS_NAMES = frozenset(
    """
    adelaide alba ama amber arnold austin basil bill blair brook brooke buddy carolina carter cem chance charity
    chase chelsea christian clay crystal daisy dale dawn dee di dick don dot drew earl eden else ernst faith fay
    flora florence frank gale gene georgia gil ginger glen grace grant guy harper heide hope hunter iris israel ivy
    jack jackson jade jan jay jordan joy kat kent kit lance lee lincoln linde ling lou luka madison mark mason max
    mei melody mercedes merle merlin miles monty morgan myra nova olive opal page paris pat pearl pete piper quinn
    ray reed reg rich rob rosa rose ruby rusty sam sandy savannah scarlett sid skip sky sol stan sterling stern
    sunny sydney taylor trinity val venus vi victoria vienna violet virginia viv wade ward wei will willow wolf
    wolfram
    """.split()
)

NOT_NAMES = frozenset(
    """
    adventskalender brexit bookstart dienstags donnerstags duolingo freitags halloween lego minecraft mittwochs montags
    onleihe overdrive ramadan samstags scrabble sonntags storytime
    a abgeordnete abgeordneter about absolutely access actually after again ah all alle allen alles allowing also
    always am amazing amazon american amerikaner amtsleiter an and anhänger another any anyone april arbeit are art
    as at auch auf august aus aussage australia australian austria austrian autor autorin avec bad bald be beautiful
    because before bei beim bergwanderung berlin best beste besten besucher besucherin better bildung bitte bloß
    bonjour book books both brilliant bring british bruder bundeskanzler bundeskanzlerin but by bürger bürgerin
    bürgermeister bürgermeisterin can card cd cds check cheers chef chefin children christmas city clearly closed
    come comic comics community computer computers con corona council councillor councillors councilor country
    county covid daddy damen dank danke danken das dass day days dear december dein deine deinem dem den der des
    deutsch deutsche deutscher deutschland dezember dezernent die dienstag dies diese dieser dieses do does
    donnerstag dorf down driver du durch dutch dvd dvds each easter eben ein eine einem einen einer eines einfach el
    ende endlich england englisch english engländer enough er erst es etc eternal eu euch euer eure europa europe
    european ever every everybody everyone everything excellent facebook familie family fan fantastic februar
    february few film filme follow for forever frage fragen franzose franzosen frau frauen free freitag french freu
    freude freunde freundin friday from für ganz gast gehört geist gem gemeinde gemeinderat genau german germany
    gern gerne geschichte geschichten gesellschaft get go god good google got gott government gracias grateful great
    gruss gruß grüsse grüße grüßen gute guten guter gutes had hamburg happy has haus hausaufgaben have he heart
    heimat heimatstadt hello help her herald here herr herren herrschaften herz herzen herzlich herzliche heute hi
    hier him hinweis his hola holiday home hopefully hour how however hurra hörbuch hörbücher i ich idea if ihm ihn
    ihr ihre ihrem ihren im immer in information informationen inside instagram internet ireland irgendwer is ist it
    italian italiener its ja jahr jahre jahren januar january jede jeder jemand jetzt job jobs join jugend
    jugendliche juli july june junge jungen juni just kaffee karte keep kein keine keiner kid kids kind kinder
    kindern kita klasse know kollege kollegen kollegin kolleginnen krimi krimis kultur kunde kundin köln la land las
    last later le leben lehrer lehrerin leider leiter leiterin lernen les lesen leser leseratte leserin leserinnen
    lesesaal let level lg liebe lieben lieber lieblingsort life like literatur live living local lockdown lol london
    long look los lot love lovely luck mai mama mami man march may mayor mehr mein meine meinem meinen meiner
    meinung meister melbourne menschen merci mfg mich minister ministerin mir mit mitarbeiter mitarbeiterin
    mitarbeiterinnen mitglied mittwoch mobile monat monate monday montag month more most mother mp mps mum mummy
    mutter mutti my männer männern märz münchen nach nachbar nachbarin nachbarn nan nana natürlich nb nein netflix
    never new nice nicht nichts nie niemand no nobody noch none not nothing november now nrw nsw nur october of oh
    ohne ok oktober old oma omg omi on one only opa open or ort ostern our out paar papa para park patron patrons pc
    people perfect personal place please point polish politicians politik politiker politikerin por post postbote
    pour pps price präsident präsidentin ps public puff qld quiet rat rathaus ratte raum read reader readers reading
    really regards regierung rein reine rentner rentnerin rest rezeption right roman romane ruhe runde russen
    russian sachbuch saludos samstag saturday save say schade schicht school schule schweiz schwester schön schöne
    schüler schülerin schülerinnen scotland sein seit seite senator senior senioren september serien service shame
    she should sie since sincerely sir so sohn some somebody someone sommer sonnabend sonntag sorry spanish spannung
    spaß spiel spiele stadt stadtrat stadträte stadtteil staff stammgast stammkunde stammkundin stammkundschaft
    state still stories story storytime straße stream street stress student studentin students studium stunde
    stunden such summer sunday super swiss switzerland syrer tag tage tagen tal team teams technik thank thanks that
    the their them then there these they things this those thousand three thursday tip to tochter today todo todos
    toll tolle tolles tomorrow too top town treffpunkt trotz true tuesday turkish tv twitter two tür türen türke
    türken uk un una und une uns unser unsere unserer until up urlaub us usa usw vater vati very vg via vic viel
    viele vielen viertel village volunteer volunteers vor vorlesen wales warum was watch way we wednesday week weeks
    weihnachten weil weiter welcome well welt wen wenn wer weshalb what when where which while who why wie wieder
    wien wieso wifi willkommen winter wir with without wlan wo wobei woche wochen wohnung wonderful work world worth
    wow wozu wtf yes yet you your yours trotzdem danach da dann davor dazu daher deshalb dadurch damals dort früher
    inzwischen manchmal meistens
    mittlerweile nachher neulich oft plötzlich seitdem sonst später schließlich übrigens vielleicht vorher zuerst
    zuletzt zudem außerdem allerdings jedenfalls nachts abends morgens gestern forty signed came came pero handy mann
    dame damen kerl typ direktor direktorin azubi person leute bett wochenende katalog theke ausleihe information
    lesekreis sprachcafé lesecafé fotos bilder foto bild platz ecke raum frauen kunden gäste gast nutzer nutzerin
    personal hilfskraft aushilfe praktikant praktikantin studentin student autist autistin chaos digital
    youtube kleine kleiner kleinen kleines große großer großen ältester älteste jüngster jüngste mittlere
    mittlerer süße süßer nachwuchs prinz prinzessin studenten familien zeit zeitung zeitungen zu zuhause zum zur
    zusammen zutritt zürich
    österreich
    """.split()
)

LIBRARY_STEMS = ("librar", "biblio", "bücher", "buecher", "mediath", "medioth", "библиот", "leser", "lese-", "reader")

NOUN_ENDINGS = (
    "ung", "ungen", "heit", "heiten", "keit", "keiten", "schaft", "schaften", "tion", "tionen", "tät", "ismus", "nis",
    "nisse", "buch", "bücher", "arbeit", "zeit", "platz", "raum", "räume", "haus", "schule", "stunde", "spiele",
    "aufgaben", "geschichten", "hefte", "filme", "comics",
)  # fmt: skip

FAMOUS_NAMES = frozenset(
    """
    harry potter|hermione granger|ron weasley|agatha christie|jane austen|charles dickens|roald dahl|enid blyton|emily
    dickinson|virginia woolf|george orwell|mark twain|oscar wilde|stephen king|terry pratchett|neil gaiman|j. k.
    rowling|joanne rowling|julia donaldson|jacqueline wilson|david walliams|michael morpurgo|philip pullman|beatrix
    potter|lewis carroll|robert louis stevenson|william shakespeare|charlotte brontë|emily brontë|anne brontë|mary
    shelley|harper lee|ernest hemingway|john steinbeck|toni morrison|maya angelou|margaret atwood|alice munro|alice
    walker|isabel allende|gabriel garcía márquez|paulo coelho|dan brown|john grisham|lee child|ian rankin|val
    mcdermid|sherlock holmes|peter pan|peter rabbit|alice im wunderland|matilda wormwood|charlie brown|tom sawyer|anne
    frank|albert einstein|karl marx|martin luther|martin luther king|astrid lindgren|michael ende|erich kästner|otfried
    preußler|cornelia funke|thomas mann|heinrich mann|heinrich böll|günter grass|max frisch|friedrich dürrenmatt|franz
    kafka|hermann hesse|bertolt brecht|friedrich schiller|johann wolfgang von goethe|heinrich heine|theodor
    fontane|theodor storm|christa wolf|anna seghers|daniel kehlmann|juli zeh|sebastian fitzek|charlotte link|ingrid
    noll|donna leon|rosamunde pilcher|henning mankell|stieg larsson|karl may|wilhelm busch|hans christian
    andersen|jules verne|victor hugo|antoine de saint-exupéry|albert camus|simone de beauvoir|andrew carnegie|melvil
    dewey|greta thunberg|angela merkel|donald trump|joe biden|olaf scholz|boris johnson|elon musk|taylor swift|nelson
    mandela|jesus christus|max mustermann|greg heffley|oliver twist|jane eyre|anna karenina|emil und die detektive|pippi
    langstrumpf|michel aus lönneberga|pippi
    longstocking|elizabeth bennet|percy jackson|charlotte's web|margaret mahy|jack and jill|romeo and
    juliet|hansel and gretel|hänsel und gretel|max und moritz|anne of green gables|anne shirley|james bond|james joyce|
    james patterson|james baldwin|zora neale hurston|zadie smith|hilary mantel|ian mcewan|kate atkinson|kate
    morton|jojo moyes|jodi picoult|nora roberts|danielle steel|john le carré|john green|tim winton|helen garner|liane
    moriarty|jane harper|thomas keneally|mem fox|shaun tan|maurice gee|witi ihimaera|katherine mansfield|patricia
    grace|keri hulme|sally rooney|maeve binchy|marian keyes|seamus heaney|colm tóibín|w. b. yeats|samuel beckett|walt
    whitman|robert frost|mary oliver|judy blume|beverly cleary|eric carle|maurice sendak|dr. seuss|shel silverstein|rick
    riordan|suzanne collins|veronica roth|louisa may alcott|laura ingalls wilder|katniss everdeen|bilbo baggins|frodo
    baggins|winnie the pooh|christopher robin|willy wonka|mary poppins|nancy drew|miss marple|hercule poirot|tracy
    beaker|horrid henry|wimpy kid|captain underpants|fireman sam|bob der baumeister|benjamin blümchen|bibi
    blocksberg|conni|jim knopf|lukas der lokomotivführer|ronja räubertochter|karlsson vom dach|räuber hotzenplotz|emil
    tischbein|hanni und nanni|tom sawyer|huckleberry finn|robinson crusoe|moby dick|doctor who|inga
    lindström|nele neuhaus|joy fielding|jussi adler-olsen|jo nesbø|håkan nesser|camilla läckberg|andreas eschbach|frank
    schätzing|ken follett|noah gordon|rebecca gablé|mascha kaléko|rainer maria rilke|christian morgenstern|joachim
    ringelnatz|kurt tucholsky|stefan zweig|arthur schnitzler|thomas bernhard|elfriede jelinek|ingeborg
    bachmann|peter handke|christine nöstlinger|mira lobe|ursula poznanski|marc-uwe kling|walter moers|kerstin
    gier|paul maar|max kruse|james krüss|janosch|sven nordqvist|anna amalia|carl orff|ludwig van beethoven|wolfgang
    amadeus mozart|johann sebastian bach|sigmund freud|rosa luxemburg|sophie scholl|nelson mandela|rosa parks|martin
    luther king jr|barack obama|michelle obama|john f. kennedy|abraham lincoln|george washington|benjamin
    franklin|thomas jefferson|susan b. anthony|frederick douglass|harriet tubman|ulysses s. grant|queen
    elizabeth|king charles|prince william|jacinda ardern|anthony albanese|robert menzies|justin trudeau
    """.replace("\n    ", " ").strip().split("|")
)  # fmt: skip
"""Authors and characters whom people name because they read them; a mention of them is nobody's personal data."""


@lru_cache(maxsize=1 << 15)
def is_common_word(word: str) -> bool:
    """Whether a capitalised word is likelier a word than a name; German writes all its nouns that way."""
    lower = word.lower().rstrip(".")
    return (
        lower.replace("’", "'").partition("'")[0] in NOT_NAMES
        or lower.startswith(LIBRARY_STEMS)
        or any(stem in lower for stem in LIBRARY_STEMS[:6])
        or lower.endswith(NOUN_ENDINGS)
    )
