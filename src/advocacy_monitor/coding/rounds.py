"""Rounds of coding: drawing one, one coder's way through it, and who has done how much.

A coder sees the text and its language and nothing else: no code of the software, no code of another coder, no name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from advocacy_monitor.candidates import candidate
from advocacy_monitor.codebook import Codebook
from advocacy_monitor.coding.sampling import Scoring, sample
from advocacy_monitor.errors import ConfigError, ModerationError
from advocacy_monitor.exporters.cells import starts_a_formula
from advocacy_monitor.redact import mark
from advocacy_monitor.store import Store
from advocacy_monitor.store.coding import Coding, Drawn, Round

ANSWERS = ("themes", "none", "too_short")
TOGETHER = " + "
"""Stands between the names of coders who agreed, so no name may hold a plus sign."""
_LONGEST_NAME = 60
LONGEST_NOTE = 500
_HANDLE = re.compile(r"(?<![\w@/.])@\w[\w.-]*(?:@[\w.-]+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A statement as a coder sees it: `number` of the round, its words without names and addresses, its language."""

    item_id: int
    number: int
    text: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a round has come. `open` counts the statements that a coder has not answered, by coder.

    `differing` are disagreements that nobody has settled yet, `removed` statements whose words are gone.
    """

    round: Round
    statements: int
    by_chance: int
    removed: int
    done: dict[str, int]
    open: dict[str, int]
    once: int
    twice: int
    differing: int
    settled: int


def draw_round(
    store: Store,
    codebook: Codebook,
    name: str,
    *,
    size: int = 100,
    chance: float = 0.25,
    seed: int = 1,
    themes: Sequence[str] = (),
    languages: Sequence[str] = (),
    again: bool = False,
    made_by: str,
    scoring: Scoring | None = None,
) -> tuple[Round, list[Drawn]]:
    """Draws a round and stores it. Raises ConfigError for a wrong setting, ModerationError when it cannot be made."""
    chosen = " ".join(name.split())
    if chosen == "all" or not _is_name(chosen):
        raise ConfigError(f"a round cannot be called {name!r}; choose a short name such as 'autumn-1', but not 'all'")
    for theme in themes:
        codebook.theme(theme)
    maker = coder_called(store, made_by)
    drawn = sample(
        store,
        size=size,
        chance=chance,
        seed=seed,
        themes=themes,
        languages=languages,
        again=again,
        scoring=scoring,
    )
    made = store.rounds.make(
        chosen,
        drawn,
        codebook=(codebook.name, codebook.version, codebook.rules_digest),
        seed=seed,
        made_by=maker,
    )
    return made, drawn


def _is_name(text: str) -> bool:
    """Whether a text is fit to be a name at a terminal and in the cells of a sheet."""
    return 0 < len(text) <= _LONGEST_NAME and text.isprintable() and not starts_a_formula(text)


def round_called(store: Store, name: str) -> Round:
    """A round by its name. Raises ConfigError that names those there are."""
    rounds = store.rounds.all()
    for each in rounds:
        if each.name == " ".join(name.split()):
            return each
    known = ", ".join(each.name for each in rounds) or "none; draw one with: advocacy-monitor code sample NAME"
    raise ConfigError(f"there is no round {name!r}; there are: {known}")


def require_open(round_: Round) -> None:
    """Raises ModerationError when a round takes no more answers."""
    if round_.closed_at:
        raise ModerationError(f"the round {round_.name!r} was closed on {round_.closed_at:%Y-%m-%d}; draw a new one")


def changed_since(codebook: Codebook, round_: Round) -> str | None:
    """What to tell coders when the rules are no longer those of the round; new indicators of the machine are none."""
    if codebook.rules_digest == round_.codebook_digest:
        return None
    then, now = f"{round_.codebook}, version {round_.codebook_version}", f"{codebook.name}, version {codebook.version}"
    return (
        f"the rules of the codebook were changed since the round {round_.name!r} was drawn (then {then}, now {now}): "
        "answers by two sets of rules cannot be compared; settle and close this round, and draw a new one"
    )


def require_same_rules(codebook: Codebook, round_: Round) -> None:
    """Refuses blind answers by other rules than those of the round. Raises ModerationError."""
    if changed := changed_since(codebook, round_):
        raise ModerationError(changed)


def coder_called(store: Store, name: str) -> str:
    """A coder's name as it is stored: 'anna ' is the Anna who coded before, so that nobody agrees with herself.

    Raises ConfigError for a name that cannot be one.
    """
    plain = " ".join(unicodedata.normalize("NFC", name).split())
    if "+" in plain or not _is_name(plain):
        raise ConfigError(f"--coder {name!r}: is no name; give one of up to {_LONGEST_NAME} characters, without '+'")
    same = (known for known in store.rounds.coders() if known.casefold() == plain.casefold())
    return next(same, plain)


def shown(store: Store, drawn: Iterable[Drawn]) -> list[Shown]:
    """Statements as coders see them, without those whose words were removed; personal data is blanked out."""
    made = []
    for each in drawn:
        found = candidate(store, each.item_id)
        if found is not None and found.item.text.strip():
            text = _HANDLE.sub(mark("handle", found.language), found.text)
            made.append(Shown(item_id=each.item_id, number=each.position, text=text, language=found.language))
    return made


def open_for(store: Store, round_: Round, coder: str) -> list[Drawn]:
    """The statements that a coder has not answered yet, in their order; those that were settled are past."""
    done = {each.item_id for each in store.rounds.codings(round_.id) if each.coder == coder or each.is_final}
    gone = store.rounds.removed(round_.id)
    return [each for each in store.rounds.drawn(round_.id) if each.item_id not in done and each.item_id not in gone]


def answered_by(store: Store, round_: Round, coder: str) -> dict[int, Coding]:
    """What a coder answered, by item."""
    codings = store.rounds.codings(round_.id)
    return {each.item_id: each for each in codings if each.coder == coder and not each.is_final}


def coding(
    codebook: Codebook, item_id: int, coder: str, answer: str, *, themes: Sequence[str] = (), note: str = ""
) -> Coding:
    """One checked answer, its themes in the order of the codebook. Raises ConfigError."""
    if answer not in ANSWERS:
        raise ConfigError(f"answer {answer!r}: is not one of {', '.join(ANSWERS)}")
    for theme in themes:
        codebook.theme(theme)
    if (answer == "themes") != bool(themes):
        raise ConfigError("an answer has themes, or it is 'none' or 'too_short'")
    if len(note) > LONGEST_NOTE:
        raise ConfigError(f"the note has {len(note)} characters; at most {LONGEST_NOTE} are kept")
    ordered = tuple(code for code in codebook.codes if code in themes)
    words = " ".join(note.encode("utf-8", "replace").decode().split())  # a terminal may send bytes that are no UTF-8
    return Coding(item_id=item_id, coder=coder, answer=answer, themes=ordered, note=words)


def record(store: Store, round_: Round, codings: Sequence[Coding]) -> int:
    """Stores blind answers, all or none; those that change nothing are not stored again. Returns how many were.

    An answer is refused once its statement was settled, because then the other answers have been seen. Raises
    ModerationError.
    """

    def check() -> None:
        final = {each.item_id for each in store.rounds.codings(round_.id) if each.is_final}
        for each in codings:
            if each.item_id in final:
                raise ModerationError(
                    f"{each.coder}: the answers to item {each.item_id} were compared and settled, so no blind one "
                    "can come after them"
                )

    before = {(each.item_id, each.coder): each for each in store.rounds.codings(round_.id) if not each.is_final}
    new = [each for each in codings if each != before.get((each.item_id, each.coder))]
    return store.rounds.add(round_.id, new, check=check) if new else 0


def progress_of(store: Store, round_: Round) -> Progress:
    """How far a round has come."""
    drawn, removed = store.rounds.drawn(round_.id), store.rounds.removed(round_.id)
    codings = store.rounds.codings(round_.id)
    answers: dict[int, list[Coding]] = {}
    done: dict[str, int] = {}
    for each in codings:
        if not each.is_final and each.item_id not in removed:
            answers.setdefault(each.item_id, []).append(each)
            done[each.coder] = done.get(each.coder, 0) + 1
    final = {each.item_id for each in codings if each.is_final}
    differing = {item_id for item_id, given in answers.items() if differ(given)}
    return Progress(
        round=round_,
        statements=len(drawn),
        by_chance=sum(each.drawn == "random" for each in drawn),
        removed=len(removed),
        done=dict(sorted(done.items())),
        open={coder: len(open_for(store, round_, coder)) for coder in sorted(done)},
        once=sum(len(given) == 1 for given in answers.values()),
        twice=sum(len(given) > 1 for given in answers.values()),
        differing=len(differing - final),
        settled=len(differing & final),
    )


def differ(codings: Sequence[Coding]) -> bool:
    """Whether answers to one statement are not all the same; notes do not count."""
    return len({(each.answer, frozenset(each.themes)) for each in codings}) > 1
