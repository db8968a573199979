"""What the pages of flyers share: the batch of a request, the store with its scans, and readings in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from advocacy_monitor.desk.context import Asked, Refusal
from advocacy_monitor.hosting import basis, open_store
from advocacy_monitor.models import Use
from advocacy_monitor.questionnaire import OWN_WORDS, Questionnaire
from advocacy_monitor.store import Store
from advocacy_monitor.store.paper import LARGEST, Batch
from advocacy_monitor.transcribing import CONSENTS, EMAIL, ILLEGIBLE, NAME, PARENT, PARENT_QUOTE, Asking, parts
from advocacy_monitor.web.libraries import Libraries, read_libraries

_DIGITS = 6


@contextmanager
def opened(asked: Asked) -> Iterator[Store]:
    """A store with the contacts file, which the desk's readers are never given."""
    with open_store(asked.desk.loaded, clock=asked.desk.clock) as store:
        yield store


def batch_of(asked: Asked, store: Store) -> Batch:
    """The batch that the address names. Raises Refusal."""
    batch = store.paper.batch(asked.path["batch"])
    if batch is None:
        raise Refusal(404, asked.t.text("There is no such batch of flyers."))
    return batch


_LIBRARIES: dict[Path, tuple[int, Libraries]] = {}
"""By the campaign's list: when it was written, and what it holds."""


def asking(asked: Asked) -> Asking:
    """What answers are stored with. The campaign's list of libraries is read anew when it was changed."""
    loaded = asked.desk.loaded
    listed = loaded.config.campaign.libraries
    if listed is None:
        return Asking(basis=basis(loaded))
    path = loaded.folder / listed
    stamp = path.stat().st_mtime_ns if path.is_file() else 0
    known = _LIBRARIES.get(path)
    if known is None or known[0] != stamp:
        known = _LIBRARIES[path] = (stamp, read_libraries(loaded))
    return Asking(basis=basis(loaded), libraries=known[1])


def number_in(typed: object) -> int | None:
    """The number of a flyer; None for what is none."""
    text = str(typed).strip()
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else 0
    return number if 0 < number <= LARGEST else None


def consent_said(form: Questionnaire, code: str, language: str) -> str:
    """The words beside a box for consent."""
    if code == PARENT:
        return form.parent_said(language)
    return form.parent_quote_said(language) if code == PARENT_QUOTE else form.consent(Use(code), language)


def field_said(asked: Asked, form: Questionnaire, name: str) -> str:
    """A field's name for staff: the question with its number."""
    special = {
        CONSENTS: asked.t.text("{number}. Boxes for consent", number=len(form.questions) + 1),
        NAME: asked.t.text("Name"),
        EMAIL: asked.t.text("E-mail address"),
    }
    if name in special:
        return special[name]
    key = name.removesuffix(OWN_WORDS)
    for number, question in form.numbered():
        if name == question.key:
            return f"{number}. {question.said(asked.t.code)}"
        if key == question.key:
            return asked.t.text("{number}. In own words", number=number)
    return name


def value_said(asked: Asked, form: Questionnaire, name: str, value: str) -> list[str]:
    """A reading as staff read it: the wording of each ticked box, or the words; [] where nothing was read."""
    if value == ILLEGIBLE:  # ticks, or a name that cannot be read
        return [asked.t.text("Nobody can tell")]
    if name == CONSENTS:
        return [consent_said(form, code, asked.t.code) for code in parts(value)]
    question = form.question(name)
    if question is None or not question.options:
        return [value] if value else []
    options: Mapping[str, str] = {each.code: each.said(asked.t.code) for each in question.options}
    return [options.get(code, code) for code in parts(value)]
