"""Thanks: what came of it, written by staff, to people who ticked that they may be written to and confirmed it.

Each text goes to each address once. Every mail says why it came and how to end them, with the header that lets mail
programs show a button for it (RFC 8058).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from advocacy_monitor.config import Loaded
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.mailing.message import domain, is_address, one_line, public_address
from advocacy_monitor.mailing.opt_in import body
from advocacy_monitor.store import Store
from advocacy_monitor.store.mails import Reachable
from advocacy_monitor.store.outbox import Mail
from advocacy_monitor.translate import LANGUAGES, form_texts

_LARGEST = 20_000
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
PLACEHOLDERS = ("campaign", "sponsor", "form")


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One thanks: its first line is the subject, the rest the mail. `digest` tells it from others."""

    subject: str
    paragraphs: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """What was, or would be, queued: mails by language, and those who had this text before."""

    by_language: Mapping[str, int]
    before: int
    no_text: int


def read_texts(path: Path) -> dict[str, Text]:
    """The texts by language: a file `thanks.de.txt` for German, `thanks.txt` for all others. Raises ConfigError.

    `path` is one file, or a folder with several.
    """
    files = sorted(path.glob("thanks*.txt")) if path.is_dir() else [path]
    found: dict[str, Text] = {}
    for file in files:
        language = file.stem.partition(".")[2] or "*"
        if language not in (*LANGUAGES, "*"):
            raise ConfigError(f"{file}: {language!r} is none of the languages {', '.join(LANGUAGES)}")
        found[language] = _read(file)
    if not found:
        raise ConfigError(f"{path}: has no file thanks.txt, nor one such as thanks.de.txt")
    return found


def _read(path: Path) -> Text:
    try:
        content = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        cause = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ConfigError(f"{path}: cannot be read: {cause}") from error
    subject, _, rest = content.partition("\n")
    if not subject.strip() or not rest.strip():
        raise ConfigError(f"{path}: needs the subject in its first line and the text below")
    if len(content) > _LARGEST:
        raise ConfigError(f"{path}: has {len(content)} characters; {_LARGEST} are allowed")
    for number, line in enumerate(content.splitlines(), start=1):
        for name in _PLACEHOLDER.findall(line):
            if name not in PLACEHOLDERS:
                allowed = ", ".join(f"{{{each}}}" for each in PLACEHOLDERS)
                raise ConfigError(f"{path}, line {number}: {{{name}}} is no placeholder; there are {allowed}")
    digest = hashlib.sha256(content.encode()).hexdigest()
    return Text(subject=one_line(subject), paragraphs=rest.strip(), digest=digest)


def thanks(store: Store, loaded: Loaded, texts: Mapping[str, Text]) -> Iterator[tuple[Mail, Text]]:
    """The mail to each person who may get one and had none with this text, one for each address."""
    for each, text in _to_thank(store, texts):
        if text is not None and not store.mails.was_thanked(each.email, text.digest):
            yield _mail(each, text, store, loaded), text


def _to_thank(store: Store, texts: Mapping[str, Text]) -> Iterator[tuple[Reachable, Text | None]]:
    seen = set()
    for each in store.mails.reachable():
        if each.email.casefold() not in seen and is_address(each.email):
            seen.add(each.email.casefold())
            yield each, texts.get(each.language) or texts.get("*")


def queue_thanks(store: Store, loaded: Loaded, texts: Mapping[str, Text], *, dry_run: bool = False) -> Queued:
    """Queues the thanks, or says what would be queued. Raises ConfigError."""
    mail_domain, by_language = domain(loaded), dict[str, int]()
    everybody = list(_to_thank(store, texts))
    for mail, text in list(thanks(store, loaded, texts)):
        by_language[mail.language] = by_language.get(mail.language, 0) + 1
        if not dry_run:
            store.mails.queue_thanks(mail, digest=text.digest, domain=mail_domain)
    no_text = sum(text is None for _, text in everybody)
    return Queued(by_language=by_language, before=len(everybody) - no_text - sum(by_language.values()), no_text=no_text)


def _mail(to: Reachable, text: Text, store: Store, loaded: Loaded) -> Mail:
    t, campaign = form_texts(to.language), loaded.config.campaign
    address = public_address(loaded)
    stop = f"{address}/stop-mail?lang={to.language}&token={store.mails.stop_token(to.email)}"
    values = {"campaign": campaign.name, "sponsor": campaign.sponsor, "form": f"{address}/?lang={to.language}"}

    def filled(words: str) -> str:
        return _PLACEHOLDER.sub(lambda found: values[found[1]], words)

    paragraphs = [
        filled(text.paragraphs),
        t.text(
            "You get this mail because you answered our form, ticked that we may write to you and confirmed this "
            "address."
        ),
        t.text("If you want no more mails, open this page:"),
        stop,
    ]
    return Mail(
        kind="thanks",
        recipient=to.email,
        language=to.language,
        subject=filled(text.subject),
        body=body(paragraphs, loaded, t),
        source=to.source,
        source_id=to.source_id,
        headers={"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
    )
