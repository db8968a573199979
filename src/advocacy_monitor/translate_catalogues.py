"""Finds the texts for readers in the code, brings the catalogues up to date, and says what they lack.

For translators and developers: `python -m advocacy_monitor.translate_catalogues` writes every `packs.po` and `form.po`
anew, and the `desk.po` of German and of every language that has one. Translations of texts that still stand in the code
are kept, new texts come in without one, and texts that are gone are dropped. A text is found where it stands, as a
literal, in `t.text(…)`, `t.counted(…)` or `t.forms(…)`: those in `desk/` and its templates are the desk's, those of the
form, of mails, of the kit and of results the form's, all others the packs'.
"""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from advocacy_monitor.translate import (
    CATALOGUE,
    CATALOGUES,
    DESK_CATALOGUE,
    FORM_CATALOGUE,
    LANGUAGES,
    interface_languages,
)

if TYPE_CHECKING:
    from babel.messages import Catalog
    from jinja2 import nodes

Id: TypeAlias = "str | tuple[str, str]"
CODE = Path(__file__).parent
LOOKED_UP = {"text": 1, "counted": 2, "forms": 2}
"""The methods of Texts that look a text up, with how many literals they take."""
_USES = re.compile(r"\b_?t\.(text|counted|forms)\(")
_WIDTH = 100
_ABOUT = {
    CATALOGUE: "Texts of evidence packs.",
    DESK_CATALOGUE: "Texts of the pages for staff.",
    FORM_CATALOGUE: "Texts of the form, of mails, flyers and the campaign kit.",
}
_DESK = CODE / "desk"
_PUBLIC = tuple(CODE / name for name in ("web", "kit", "mailing", "results", "rights"))
_HEADER = """\
# {about} `python -m advocacy_monitor.translate_catalogues` keeps this file in step with the code.
msgid ""
msgstr ""
"Language: {code}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural}\\n"

"""


@dataclass(frozen=True, slots=True)
class Message:
    """A text in English, or its forms for one and for many, with the files in which it stands."""

    id: Id
    files: tuple[str, ...]


def messages(name: str = CATALOGUE) -> list[Message]:
    """Every text of a catalogue in the code, in the order of the files and their lines."""
    found: dict[str, tuple[Id, list[str]]] = {}
    for path in files(name):
        file = path.relative_to(CODE).as_posix()
        for identity in _in_template(path) if path.suffix == ".html" else _in_file(path):
            # gettext knows a text by its first form: one that is also counted somewhere is one message.
            first = identity if isinstance(identity, str) else identity[0]
            known, where = found.setdefault(first, (identity, []))
            if isinstance(known, str) and not isinstance(identity, str):
                found[first] = (identity, where)
            if file not in where:
                where.append(file)
    return [Message(identity, tuple(where)) for identity, where in found.values()]


def files(name: str = CATALOGUE) -> list[Path]:
    """The files whose texts a catalogue holds."""
    if name == DESK_CATALOGUE:
        return _within(_DESK)
    if name == FORM_CATALOGUE:
        return [path for folder in _PUBLIC for path in _within(folder)]
    apart = (_DESK, *_PUBLIC)
    return [path for path in sorted(CODE.rglob("*.py")) if not any(path.is_relative_to(folder) for folder in apart)]


def _within(folder: Path) -> list[Path]:
    return [*sorted(folder.rglob("*.py")), *sorted((folder / "templates").rglob("*.html"))]


def _in_template(path: Path) -> Iterator[Id]:
    """The literals in calls such as `{{ t.text("…") }}`."""
    from jinja2 import nodes

    for call in template_calls(path):
        said = [each.value for each in call.args if isinstance(each, nodes.Const) and isinstance(each.value, str)]
        if len(said) == 2:
            yield said[0], said[1]
        elif said:
            yield said[0]


def template_calls(path: Path) -> Iterator[nodes.Call]:
    """Every call in a Jinja template that looks a text up, in the order of lines."""
    from jinja2 import Environment, nodes

    tree = Environment(autoescape=True).parse(path.read_text(encoding="utf-8"))
    for call in sorted(tree.find_all(nodes.Call), key=lambda each: each.lineno):
        looks_up = isinstance(call.node, nodes.Getattr) and call.node.attr in LOOKED_UP
        if looks_up and isinstance(call.node, nodes.Getattr):
            who = call.node.node
            if (who.name if isinstance(who, nodes.Name) else getattr(who, "attr", "")) == "t":
                yield call


def _in_file(path: Path) -> Iterator[Id]:
    """The literals in calls such as `t.text("…")`. Babel's own extractor takes a variable `counted` for a call."""
    source = path.read_text(encoding="utf-8")
    if not _USES.search(source):
        return
    for call in sorted(calls(ast.parse(source)), key=lambda each: (each.lineno, each.col_offset)):
        said = [each.value for each in call.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
        if len(said) == 2:
            yield said[0], said[1]
        elif said:
            yield said[0]


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    """Every call that looks a text up: of one of these methods, on something that is called `t` or `_t`."""
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in LOOKED_UP:
            who = call.func.value
            if (who.id if isinstance(who, ast.Name) else getattr(who, "attr", "")) in ("t", "_t"):
                yield call


def read(code: str, folder: Path = CATALOGUES, name: str = CATALOGUE) -> Catalog:
    """A language's catalogue; an empty one while there is no file. Raises PoFileError for a file that is none."""
    from babel.messages import Catalog
    from babel.messages.pofile import read_po

    path = folder / name.format(code=code)
    if not path.is_file():
        return Catalog(locale=code)
    with path.open("rb") as file:
        return read_po(file, locale=code, abort_invalid=True)


def write(
    code: str,
    folder: Path = CATALOGUES,
    given: Mapping[str, str | tuple[str, ...]] | None = None,
    *,
    name: str = CATALOGUE,
) -> None:
    """Write a language's catalogue with the texts of the code; `given` translations, by first form, come before old."""
    from babel.messages import Catalog
    from babel.messages.pofile import write_po

    old = read(code, folder, name)
    made = Catalog(locale=code)
    for message in messages(name):
        first = message.id if isinstance(message.id, str) else message.id[0]
        known = old.get(first)
        kept = (given or {}).get(first) or (known.string if known is not None and not known.fuzzy else "")
        plural = not isinstance(message.id, str)
        if isinstance(kept, str) == plural:  # it has become a counted text, or is none any more
            kept = ("",) * made.num_plurals if plural else ""
        made.add(message.id, kept, locations=[(file, 0) for file in message.files]).flags.clear()
    path = folder / name.format(code=code)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(_HEADER.format(about=_ABOUT[name], code=code, plural=made.plural_forms).encode())
        write_po(file, made, width=_WIDTH, omit_header=True, include_lineno=False)


def problems(code: str, folder: Path = CATALOGUES, name: str = CATALOGUE) -> list[str]:
    """What is wrong with a language's catalogue, one line each; none when every text of the code is translated well."""
    catalogue = read(code, folder, name)
    said, wanted = [], {}
    for message in messages(name):
        first = message.id if isinstance(message.id, str) else message.id[0]
        wanted[first] = message
        found = catalogue.get(first)
        if found is None:
            said.append(f"missing: {first!r} ({', '.join(message.files)})")
        elif found.fuzzy:
            said.append(f"fuzzy: {first!r}")
        elif wrong := _wrong(message.id, found.string, catalogue.num_plurals):
            said.append(f"{wrong}: {first!r}")
    gone = [found.id for found in catalogue if found.id]
    gone += [found.id for found in catalogue.obsolete.values()]
    firsts = (each if isinstance(each, str) else each[0] for each in gone)
    return said + [f"no longer in the code: {first!r}" for first in firsts if first not in wanted]


def _wrong(identity: Id, translated: Any, plurals: int) -> str:
    """What is wrong with one translation, or ''."""
    if isinstance(identity, str):
        if not isinstance(translated, str):
            return "plural forms of what is not counted"
        return _wrong_text(translated, [identity])
    if isinstance(translated, str) or len(translated) != plurals:
        return f"{plurals} plural forms are needed"
    return next((wrong for form in translated if (wrong := _wrong_text(form, identity))), "")


def _wrong_text(translated: str, english: Iterable[str]) -> str:
    """Whether it is there and fills in what English fills in; 'one more' need not say its number."""
    if not translated.strip():
        return "not translated"
    try:
        names = placeholders(translated)
    except ValueError:
        return "broken braces"
    return "" if any(names == placeholders(each) for each in english) else "other words in braces"


def placeholders(text: str) -> set[str]:
    """The names in braces. Raises ValueError for a brace without its fellow."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def main() -> None:
    """Write every catalogue anew."""
    for code in LANGUAGES:
        if code != "en":
            write(code)
            write(code, name=FORM_CATALOGUE)
    for code in {"de", *interface_languages()} - {"en"}:
        write(code, name=DESK_CATALOGUE)


if __name__ == "__main__":
    main()
