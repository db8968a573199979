"""Invented statements for each theme of the shipped codebook: what must be found, and what its rules exclude."""

from __future__ import annotations

FOUND: dict[str, tuple[tuple[str, str], ...]] = {
    "loneliness_isolation": (
        ("en", "After the divorce I was terribly lonely and the Tuesday table got me out."),
        ("en", "Some weeks the woman at the desk is the only person I talk to."),
        ("de", "Seit dem Tod meiner Frau bin ich oft einsam, dort nicht."),
    ),
    "community_connection": (
        ("en", "I have made real friends at the returns trolley."),
        ("en", "It is the heart of our village."),
        ("de", "Hier treffe ich Nachbarn, die ich sonst nie sehen würde."),
    ),
    "safe_space": (
        ("en", "Nobody asks you to buy anything, you can simply be there."),
        ("en", "For me as a young trans man it was the one place that felt safe."),
        ("de", "Ein Ort, an dem man nichts kaufen muss und trotzdem willkommen ist."),
    ),
    "internet_access": (
        ("en", "No broadband at home, so I use the computers there for my bank."),
        ("en", "The printer has been out of order since Easter."),
        ("de", "Ohne das WLAN der Bücherei käme ich gar nicht ins Netz."),
    ),
    "digital_services": (
        ("en", "I get my audiobooks through the Libby app at two in the morning."),
        ("en", "The online catalogue signs me out twice a day."),
        ("de", "Die Onleihe hat mich durch die Nachtschichten gebracht."),
    ),
    "reading_collections": (
        ("en", "I always leave with more books than I can carry."),
        ("en", "Their crime shelves are the best in the county; I borrow four a week."),
        ("de", "Ich leihe jede Woche drei Krimis aus."),
    ),
    "children_family": (
        ("en", "Our twins run to storytime every Monday."),
        ("en", "When I was little, my grandmother took me there on the tram."),
        ("de", "Unsere Tochter hat dort ihren ersten Ausweis bekommen."),
    ),
    "study_work_space": (
        ("en", "I wrote my whole dissertation at the desk by the window."),
        ("en", "It is the only quiet place in town where I can concentrate."),
        ("de", "Zu Hause ist es zu laut, hier kann ich mich konzentrieren."),
    ),
    "learning_skills": (
        ("en", "The evening course there taught me to read a balance sheet."),
        ("en", "I learned Italian from their language tapes."),
        ("de", "Im Deutschkurs der Bibliothek habe ich die Sprache gelernt."),
    ),
    "jobs_enterprise": (
        ("en", "They went over my CV and I got the job at the depot."),
        ("en", "My small business began at that table."),
        ("de", "Meine Bewerbungen habe ich alle dort geschrieben und nun eine Stelle."),
    ),
    "cost_equity": (
        ("en", "We could never afford all these books."),
        ("en", "It is free, and that is the point: rich or poor, same card."),
        ("de", "Weil es nichts kostet, können wir uns das leisten."),
    ),
    "staff_help": (
        ("en", "The librarian found the book from half a title."),
        ("en", "The ladies at the counter are so patient with my dad."),
        ("de", "Die Mitarbeiterin hat mich freundlich beraten."),
    ),
    "wellbeing_health": (
        ("en", "An hour there calms me down after the night shift."),
        ("en", "It kept me sane during the chemo."),
        ("de", "Dort kann ich abschalten und komme zur Ruhe."),
    ),
    "accessibility_inclusion": (
        ("en", "Since I lost my sight the talking books come by post."),
        ("en", "The ramp means that my wheelchair and I get in by the front door."),
        ("de", "Mit dem Rollstuhl komme ich endlich überall hin."),
    ),
    "events_culture": (
        ("en", "The author talk on Friday was packed."),
        ("en", "I built my first lamp in their makerspace."),
        ("de", "Die Lesung am Freitag war ausverkauft."),
    ),
    "information_democracy": (
        ("en", "Banning books is what dictators do."),
        ("en", "I go through three newspapers there every morning."),
        ("de", "Ohne unabhängige Information gibt es keine Demokratie."),
    ),
    "closure_access": (
        ("en", "Please do not close our branch."),
        ("en", "Open until nine on Thursdays, bliss for shift workers."),
        ("de", "Wenn ihr die Zweigstelle schließt, ist hier gar nichts mehr."),
    ),
    "sustainability_sharing": (
        ("en", "The drill from the library of things serves the whole street."),
        ("en", "Sharing books instead of buying them saves a lot of trees."),
        ("de", "Leihen statt kaufen ist einfach nachhaltig."),
    ),
}
"""By theme: two English statements and a German one that carry it."""

BETA: tuple[tuple[str, str, str], ...] = (
    ("fr", "reading_collections", "J'emprunte des livres chaque semaine."),
    ("fr", "closure_access", "Ne fermez pas notre bibliothèque !"),
    ("es", "children_family", "Mis hijos van a la hora del cuento."),
    ("es", "loneliness_isolation", "Vivo sola y me siento muy sola."),
    ("ar", "reading_collections", "أستعير الكتب كل أسبوع."),
    ("ar", "children_family", "أطفالي يحبون المكتبة كثيرا."),
    ("ru", "staff_help", "Библиотекарь всегда помогает мне."),
    ("ru", "events_culture", "Хожу на все выставки и концерты."),
    ("zh", "children_family", "我的孩子最喜欢听故事。"),
    ("zh", "internet_access", "我家没有网络，只能用这里的电脑。"),
)

EXCLUDED: tuple[tuple[str, str, str], ...] = (
    ("loneliness_isolation", "en", "I missed seeing people while it was shut."),
    ("loneliness_isolation", "en", "The e-books were a lifeline last winter."),
    ("loneliness_isolation", "en", "The cost alone is a scandal."),
    ("loneliness_isolation", "de", "Schon Fünfjährige können allein dorthin laufen."),
    ("community_connection", "en", "Comfortable chairs and a warm room."),
    ("community_connection", "en", "The company that runs the printers charges too much."),
    ("safe_space", "en", "I need a quiet room for my thesis."),
    ("safe_space", "en", "Welcome back, dear old building!"),
    ("internet_access", "en", "I borrow e-books on the train."),
    ("internet_access", "en", "Large print is all that I can read."),
    ("internet_access", "en", "The 3D printer made me a new knob."),
    ("digital_services", "en", "The public computers are slow."),
    ("digital_services", "en", "I want paper and not an e-book."),
    ("reading_collections", "en", "The book group meets on Mondays."),
    ("reading_collections", "en", "I had to book a room two weeks ahead."),
    ("children_family", "en", "The family history evening was splendid."),
    ("children_family", "en", "Teenagers yelling all over the place, nobody does anything."),
    ("study_work_space", "en", "The peace there does me good."),
    ("study_work_space", "en", "The people who work there are angels."),
    ("learning_skills", "en", "I need a desk for my exam weeks."),
    ("learning_skills", "en", "Of course I love it."),
    ("jobs_enterprise", "en", "The staff do a great job."),
    ("jobs_enterprise", "en", "Services will resume on Monday."),
    ("cost_equity", "en", "In my free time I sit there."),
    ("cost_equity", "en", "The council wants to save money and closes it."),
    ("staff_help", "en", "All kinds of people sit there."),
    ("staff_help", "en", "The library helped me through school."),
    ("wellbeing_health", "en", "Soft armchairs and good light."),
    ("wellbeing_health", "en", "Peace and quiet for my revision."),
    ("accessibility_inclusion", "en", "I have no car and the bus takes an hour."),
    ("accessibility_inclusion", "en", "I am 70 and love crime novels."),
    ("events_culture", "en", "Storytime is the best hour of our week."),
    ("information_democracy", "en", "The children flick through magazines."),
    ("information_democracy", "en", "Good news, the toilets work again."),
    ("closure_access", "en", "My closest friend works next door."),
    ("closure_access", "en", "I spend hours reading there."),
    ("closure_access", "en", "Sorry that I missed the bus."),
    ("sustainability_sharing", "en", "Borrowing saves me a fortune."),
    ("sustainability_sharing", "en", "A pleasant environment for learning."),
)
"""Theme, language, and a statement that must not carry it: the theme's exclude rules, one by one."""
