"""The words in which people are asked whether their post may be quoted (R3), in seven languages.

Plain words, short enough for a reply; the sentences are ours and say who asks, for what, and that a no is fine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from advocacy_monitor.models import Use


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One language. `ask` has {greeting}, {sponsor}, {uses}; `page` has {link} and {code}; `uses` what is asked for."""

    greeting: str
    nobody: str
    ask: str
    page: str
    by_reply: str
    uses: Mapping[Use, str]
    joined: str


WORDS: Mapping[str, Words] = {
    "en": Words(
        greeting="Hello {name},",
        nobody="Hello,",
        ask="we are {sponsor} and were moved by what you wrote about your library. May we {uses}? "
        "It is your choice, and a no is fine.",
        page="You can decide here: {link} (your code: {code})",
        by_reply="Please answer with yes or no.",
        uses={
            Use.QUOTE_UNNAMED: "quote it without your name",
            Use.QUOTE_NAMED: "quote it with your name",
            Use.SEND_TO_REPRESENTATIVE: "show it to decision makers",
        },
        joined=" and ",
    ),
    "de": Words(
        greeting="Guten Tag {name},",
        nobody="Guten Tag,",
        ask="wir sind {sponsor} und haben gern gelesen, was Sie über Ihre Bibliothek schreiben. Dürfen wir Ihren "
        "Beitrag {uses}? Sie entscheiden, und ein Nein ist in Ordnung.",
        page="Hier können Sie entscheiden: {link} (Ihr Code: {code})",
        by_reply="Bitte antworten Sie mit Ja oder Nein.",
        uses={
            Use.QUOTE_UNNAMED: "ohne Ihren Namen zitieren",
            Use.QUOTE_NAMED: "mit Ihrem Namen zitieren",
            Use.SEND_TO_REPRESENTATIVE: "Menschen in der Politik zeigen",
        },
        joined=" und ",
    ),
    "fr": Words(
        greeting="Bonjour {name},",
        nobody="Bonjour,",
        ask="nous sommes {sponsor} et votre message sur votre bibliothèque nous a touchés. Pouvons-nous {uses} ? "
        "C'est vous qui décidez, et un non nous va aussi.",
        page="Vous pouvez décider ici : {link} (votre code : {code})",
        by_reply="Merci de répondre par oui ou par non.",
        uses={
            Use.QUOTE_UNNAMED: "le citer sans votre nom",
            Use.QUOTE_NAMED: "le citer avec votre nom",
            Use.SEND_TO_REPRESENTATIVE: "le montrer à des élus",
        },
        joined=" et ",
    ),
    "es": Words(
        greeting="Hola {name},",
        nobody="Hola,",
        ask="somos {sponsor} y nos ha emocionado lo que cuenta de su biblioteca. ¿Podemos {uses}? "
        "Usted decide, y un no también está bien.",
        page="Puede decidir aquí: {link} (su código: {code})",
        by_reply="Por favor, responda sí o no.",
        uses={
            Use.QUOTE_UNNAMED: "citarlo sin su nombre",
            Use.QUOTE_NAMED: "citarlo con su nombre",
            Use.SEND_TO_REPRESENTATIVE: "mostrarlo a representantes políticos",
        },
        joined=" y ",
    ),
    "ru": Words(
        greeting="Здравствуйте, {name}!",
        nobody="Здравствуйте!",
        ask="Мы — {sponsor}. Нас тронуло то, что вы написали о своей библиотеке. Можно нам {uses}? "
        "Решать вам, и отказ — это нормально.",
        page="Решить можно здесь: {link} (ваш код: {code})",
        by_reply="Пожалуйста, ответьте «да» или «нет».",
        uses={
            Use.QUOTE_UNNAMED: "процитировать это без вашего имени",
            Use.QUOTE_NAMED: "процитировать это с вашим именем",
            Use.SEND_TO_REPRESENTATIVE: "показать это тем, кто принимает решения",
        },
        joined=" и ",
    ),
    "zh": Words(
        greeting="{name}，您好！",
        nobody="您好！",
        ask="我们是{sponsor}，您写的关于图书馆的话让我们很感动。我们可以{uses}吗？由您决定，不同意也没关系。",
        page="您可以在这里决定：{link}（您的代码：{code}）",
        by_reply="请回复“同意”或“不同意”。",
        uses={
            Use.QUOTE_UNNAMED: "不署名引用",
            Use.QUOTE_NAMED: "署您的名字引用",
            Use.SEND_TO_REPRESENTATIVE: "把它给决策者看",
        },
        joined="，并",
    ),
    "ar": Words(
        greeting="مرحبًا {name}،",
        nobody="مرحبًا،",
        ask="نحن {sponsor}، وقد أثّر فينا ما كتبته عن مكتبتك. هل تسمح لنا {uses}؟ القرار لك، ولا بأس بالرفض.",
        page="يمكنك أن تقرر هنا: {link} (الرمز: {code})",
        by_reply="نرجو الرد بنعم أو لا.",
        uses={
            Use.QUOTE_UNNAMED: "باقتباسه دون ذكر اسمك",
            Use.QUOTE_NAMED: "باقتباسه مع ذكر اسمك",
            Use.SEND_TO_REPRESENTATIVE: "بعرضه على صانعي القرار",
        },
        joined=" و",
    ),
}
