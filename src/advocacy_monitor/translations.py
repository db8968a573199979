"""Quotes in other languages, written by a person of the association; shown as long as the words that they are of stand.

A translation is of the redacted words. When these change, because more was redacted or the post was edited, it is of
words that no longer stand there, and is not shown.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping

from advocacy_monitor.candidates import Candidate, candidate
from advocacy_monitor.errors import ModerationError
from advocacy_monitor.models import StoredItem, Translation
from advocacy_monitor.plugins import nearest
from advocacy_monitor.protocols import Enricher
from advocacy_monitor.store import Store
from advocacy_monitor.store.translations import WrittenTranslation
from advocacy_monitor.translate import LANGUAGES

_MARK = re.compile(r"\[[^\[\]\n]{1,60}\]")
"""'[name removed]' in any language: what stands in brackets stands for something that was taken out."""

_TURNED = "\u202d\u202e"
"""Overrides of direction: an address written backwards would be read as one, and not be found."""

_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u9fff]")
"""Scripts that put no spaces around a name."""

_LONGEST = 4
"""A translation is at most so many times as long as the words that it is of: Chinese grows most."""


def digest(text: str) -> str:
    """SHA-256 of a text in UTF-8."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def valid_translations(store: Store, items: Mapping[int, str]) -> dict[int, tuple[Translation, ...]]:
    """The translations that may be shown, in the order of their languages; `items` are redacted texts by item.

    The newest into each language counts, if it is of these very words and was not taken back.
    """
    of_now = {item_id: digest(text) for item_id, text in items.items()}
    written = store.translations.of(list(of_now))
    shown = {
        item_id: tuple(
            Translation(language=each.language, text=each.text)
            for each in found
            if each.text and each.of_sha256 == of_now[item_id]
        )
        for item_id, found in written.items()
    }
    return {item_id: found for item_id, found in shown.items() if found}


def translate_item(
    store: Store, item_id: int, language: str, text: str, *, translator: str, finder: Enricher | None = None
) -> WrittenTranslation:
    """Notes a person's translation of a statement's redacted words; an empty text takes the last one back.

    `finder` is the enricher that looks for personal data, the shipped one if none is given.
    Raises ModerationError that names the item and the rule.
    """
    text, translator = text.strip(), translator.strip()
    found = candidate(store, item_id)
    if found is None:
        raise ModerationError(f"item {item_id}: there is no such item")
    _check_request(found, language, translator)
    if text:
        _check_text(found, text)
        _check_personal_data(store, found, text, finder)
    elif not any(each.language == language and each.text for each in store.translations.of([item_id]).get(item_id, ())):
        raise ModerationError(f"item {item_id}: has no translation into {language!r}; write its text")
    return store.translations.add(item_id, language, text, digest(found.text), translator)


def _check_request(found: Candidate, language: str, translator: str) -> None:
    number = found.item.id
    if not translator:
        raise ModerationError("who translated? a translation needs the name of its translator")
    if language not in LANGUAGES:
        near = nearest(language, list(LANGUAGES))
        raise ModerationError(f"item {number}: {language!r} is no language of packs{near}: {', '.join(LANGUAGES)}")
    if not _MARK.sub("", found.text).strip():
        raise ModerationError(f"item {number}: has no words to translate")
    if language == found.language:
        raise ModerationError(f"item {number}: is in {language!r} already; a quote is not put into its own language")


def _check_text(found: Candidate, text: str) -> None:
    number = found.item.id
    if text == found.text:
        raise ModerationError(f"item {number}: the translation is the statement itself")
    if odd := next((c for c in text if c in _TURNED or _is_no_text(c)), None):
        raise ModerationError(f"item {number}: the translation holds a character that is no text (U+{ord(odd):04X})")
    most = _LONGEST * len(found.text) + 100
    if len(text) > most:
        raise ModerationError(
            f"item {number}: the translation has {len(text):,} characters, the statement {len(found.text):,}; "
            f"allowed are {most:,}"
        )


def _is_no_text(letter: str) -> bool:
    return letter not in "\t\n" and unicodedata.category(letter) in ("Cc", "Cs", "Cn", "Co")


def _check_personal_data(store: Store, found: Candidate, text: str, finder: Enricher | None) -> None:
    names = list(dict.fromkeys(f"{kind} ({words!r})" for kind, words in _personal_data(store, found, text, finder)))
    if names:
        raise ModerationError(
            f"item {found.item.id}: the translation holds personal data: {', '.join(names)}; "
            "write a mark such as [name removed] in its place"
        )


def _personal_data(store: Store, found: Candidate, text: str, finder: Enricher | None) -> Iterator[tuple[str, str]]:
    """Kind and words of what would lead to a person, but for what stands in the redacted words as well.

    Also within brackets: somebody may write '[Mrs Example]' where '[name removed]' was meant.
    """
    if finder is None:
        from advocacy_monitor.enrichers.personal_data import PersonalDataEnricher

        finder = PersonalDataEnricher()
    item = found.item
    written = StoredItem(
        id=item.id,
        kind=item.kind,
        source=item.source,
        source_id=item.source_id,
        text=text,
        created_at=item.created_at,
        collected_at=item.collected_at,
        author_handle=item.author_handle,
        author_name=item.author_name,
    )
    yield from _taken_out(found, text)
    stands = found.text.casefold()
    for fact in finder.enrich([written], store.reader()):
        for span in fact.spans if fact.label == "personal_data" else ():
            words = text[span.start : span.end]
            if words.casefold() not in stands:
                yield fact.value, words


def _taken_out(found: Candidate, text: str) -> Iterator[tuple[str, str]]:
    """What was blacked out of the statement and stands in its translation: nobody has to recognise it there."""
    whole, stands = _plain(text), _plain(found.text)
    for kind, span in found.personal:
        words = _plain(found.item.text[span.start : span.end])
        last = words.split()[-1:] if kind == "name" else []
        for each in (words, *last):
            if len(each) > 1 and _holds(whole, each) and not _holds(stands, each):
                yield kind, each
                break


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split())


def _holds(text: str, words: str) -> bool:
    """Whether words stand in a text as whole words. A single one as it is written: 'Will' is a name, 'will' is none."""
    flags = re.IGNORECASE if " " in words or not words.isalpha() else re.NOFLAG
    edges = ("", "") if _UNSPACED.search(words) else (r"(?<!\w)", r"(?!\w)")
    return re.search(edges[0] + re.escape(words) + edges[1], text, flags) is not None
