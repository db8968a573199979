"""`demo`: the whole line on packaged sample statements, in a campaign folder of its own. Every output says so."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from advocacy_monitor.codebook import load_codebook
from advocacy_monitor.collect import Outcome
from advocacy_monitor.config import Loaded, load_config
from advocacy_monitor.enrich import Enrichment
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.evaluation.as_text import in_short
from advocacy_monitor.evaluation.campaign import measure
from advocacy_monitor.evaluation.cases import read_campaign
from advocacy_monitor.evaluation.kept import keep
from advocacy_monitor.evaluation.report import Report
from advocacy_monitor.hosting import open_store
from advocacy_monitor.line import codebook_name, enrich_all, import_file
from advocacy_monitor.models import Annotation, EvidencePack, Query, Status, StoredItem
from advocacy_monitor.moderate import decide
from advocacy_monitor.packing import Made, Order, export_for_each, export_pack
from advocacy_monitor.recipients import read_recipients
from advocacy_monitor.samples import SampleCode, sample_codes, sample_path
from advocacy_monitor.store import Store, now
from advocacy_monitor.terminal import Bar, progress, say, table, warn

_MARKER = ".advocacy-monitor-demo"
MODERATOR = "Sample Moderator"
CODER = "person:Sample Coder"
_COPIES = ("repost", "exact_copy", "near_copy")
FORMATS = ("pdf", "report", "docx", "slides", "cards", "html", "xlsx", "csv", "json", "bundle")
FOR_EACH = ("pdf", "letter")
_FILES = ("libraries.csv", "areas.csv", "recipients.csv", "brand.yaml", "logo.svg")

_CONFIG = """\
# The demo's campaign: sample data, invented for it.
campaign:
  name: Missed My Library (sample data)
  sponsor: Sample Library Association
  contact: advocacy@example.org
  ask: Keep every branch library open at least 30 hours a week.
  hashtags: [MissedMyLibrary, DankeBibliothek]
  languages: [en, de, fr, es, ar, ru, zh]
  libraries: libraries.csv
  areas: areas.csv
  recipients: recipients.csv
  brand: brand.yaml
  questions:
    - "In your own words: what does your library mean to you or what did you miss?"
  consent_texts:
    analyse: You may count my answer
    quote_unnamed: You may quote me without my name
    quote_named: You may quote me with my name
    send_to_representative: You may send my answer to my representative
  sample_data: true
form:
  address: https://form.example.org
desk:
  closed_questions: ["What matters most to you? (up to three)"]
"""


def _folder(folder: Path, *, fresh: bool) -> Loaded:
    """Makes the campaign folder; an earlier demo is deleted only when asked, anything else never."""
    if folder.exists() and any(folder.iterdir()):
        if not (folder / _MARKER).exists():
            raise ConfigError(f"{folder}: is not empty and no demo; choose another with --folder")
        if not fresh:
            raise ConfigError(f"{folder}: holds an earlier demo; add --fresh to delete it and start anew")
        shutil.rmtree(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"{folder}: cannot be made: {error.strerror}; choose another with --folder") from error
    (folder / _MARKER).write_text("sample data\n", encoding="utf-8")
    (folder / "config.yaml").write_text(_CONFIG, encoding="utf-8")
    for name in _FILES:
        shutil.copyfile(sample_path(name), folder / name)
    return load_config(folder / "config.yaml")


def coded_items(store: Store) -> list[tuple[StoredItem, SampleCode]]:
    """Each stored sample with the coder's code for it: posts by their id, survey answers by their row."""
    codes = {(code.file, code.ref): code for code in sample_codes()}
    found: list[tuple[StoredItem, SampleCode]] = []
    row = 0
    for batch in store.items.each():
        for item in batch:
            if item.kind == "submission":
                row += 1
                key = ("survey", str(row))
            else:
                key = ("posts", item.source_id)
            if key in codes:
                found.append((item, codes[key]))
    return found


def _moderate(store: Store, coded: Sequence[tuple[StoredItem, SampleCode]]) -> dict[Status, int]:
    """A sample moderator works through the queue as a person would; the last ten are left pending."""
    made = dict.fromkeys(Status, 0)
    risky = store.items.annotations(1, store.items.last_id(), labels=["risk"])
    for item, code in coded[:-10]:
        if not code.is_testimonial:
            status, reason = Status.REJECTED, f"no statement about a library: {code.kind or 'other'}"
        elif item.id in risky and code.kind is not None:
            values = ", ".join(sorted({risk.value for risk in risky[item.id]}))
            status, reason = Status.ESCALATED, f"touches on {values}: somebody should ask the author"
        elif item.id in risky:
            status, reason = Status.APPROVED, "read; harmless in this context"
        else:
            status, reason = Status.APPROVED, ""
        decide(store, [item.id], status, moderator=MODERATOR, reason=reason, clock=now)
        made[status] += 1
    made[Status.PENDING] = len(coded[-10:])
    return made


def _code(store: Store, coded: Sequence[tuple[StoredItem, SampleCode]]) -> int:
    """A sample coder codes every second statement, so that precision and recall can be shown; copies count once."""
    originals = [pair for pair in coded if pair[1].is_testimonial and pair[1].kind not in _COPIES]
    chosen = originals[::2]
    store.assertions.add(
        Annotation(item_id=item.id, label=label, value=value, by=CODER)
        for item, code in chosen
        for label, value in (("coded", "themes"), *(("theme", theme) for theme in code.themes))
    )
    store.assertions.add(
        Annotation(item_id=item.id, label="stance", value="complaint", by=CODER)
        for item, code in originals
        if code.sentiment == "negative"
    )
    return len(chosen)


def _measure(store: Store, loaded: Loaded) -> Report:
    """Measures the coding against the sample coder and keeps the report, which the packs cite."""
    codebook = load_codebook(codebook_name(loaded))
    cases = read_campaign(store, codebook)
    report = measure(codebook, cases, stage="lexicon", model=None, against=None, folder=loaded.folder)
    keep(loaded.folder, report, now=store.now())
    return report


def _summary(
    imports: Sequence[Outcome],
    enrichments: Sequence[Enrichment],
    decided: dict[Status, int],
    coded: int,
    report: Report,
    packs: Sequence[EvidencePack],
) -> None:
    rows: list[tuple[str, str]] = []
    for outcome in imports:
        t = outcome.tally
        words = f"{t.read} read = {t.stored} stored + {t.already} already there + {t.rejected} rejected"
        rows.append((f"import {outcome.name.removeprefix('import:')}", words))
    rows += [(f"enrich {e.name}", f"{e.items} items, {e.annotations} annotations") for e in enrichments]
    rows.append(("moderate", ", ".join(f"{number} {status}" for status, number in decided.items())))
    rows.append(("code", f"{coded} statements coded by hand"))
    rows.append(("evaluate", in_short(report)))
    rows += [
        (
            f"pack {p.number}",
            f"{p.title}: {p.statements} statements ({p.people} known people, {p.authors_unknown} of unknown "
            f"authors), {len(p.exhibits)} quotes",
        )
        for p in packs
    ]
    table(("stage", "what happened"), rows, title="The whole line, on sample data")


def run_demo(folder: Path, *, fresh: bool = False) -> bool:
    """Runs every stage and says what to try next. Returns whether everything worked."""
    started = time.monotonic()
    loaded = _folder(folder, fresh=fresh)
    say(f"Sample data: every statement was invented. The campaign is in {folder}/")
    with open_store(loaded) as store, progress("demo") as bar:
        imports = [
            import_file(store, loaded, sample_path(name), settings)
            for name, settings in (("posts.jsonl", {}), ("survey.csv", {"form": "Sample survey"}))
        ]
        enrichments = enrich_all(store, loaded, progress=bar)
        coded = coded_items(store)
        decided = _moderate(store, coded)
        by_hand = _code(store, coded)
        report = _measure(store, loaded)
        packs, files, failures = _packs(store, loaded, bar)
    _summary(imports, enrichments, decided, by_hand, report, packs)
    for path in files:
        say(f"wrote {path}")
    for failure in failures:
        warn(f"Error: {failure}")
    program = "advocacy-monitor" if shutil.which("advocacy-monitor") else sys.argv[0]
    command = f"{program} -c {folder / 'config.yaml'}"
    say(f"\nDone in {time.monotonic() - started:.0f} seconds. Three things to try next:")
    say(f"  {command} moderate list")
    say(f"  {command} pack --title 'Reading in Riverside' --area Riverside --format pdf")
    say(f"  {command} browse")
    return not failures and all(outcome.status == "done" for outcome in imports)


def _packs(store: Store, loaded: Loaded, bar: Bar) -> tuple[list[EvidencePack], list[Path], list[str]]:
    """One pack with every format, and one for each recipient. Nobody said these things: no platform can be asked."""
    bar("packs", 0)
    order = Order(formats=FORMATS, output=loaded.folder / "packs", unverified_too=True, look=False)
    made: list[Made | str] = [export_pack(store, loaded, Query(title="What our libraries mean to us"), order)]
    bar("packs", 1)
    recipients = read_recipients(loaded.folder / loaded.config.campaign.recipients)
    order = replace(order, formats=FOR_EACH, widen=True)
    for each in export_for_each(store, loaded, Query(title="Libraries: {area}"), recipients, order):
        made.append(each)
        bar("packs", len(made))
    packs = [each for each in made if isinstance(each, Made)]
    files = [path for each in packs for path in each.files]
    failures = [each for each in made if isinstance(each, str)]
    return [each.pack for each in packs], files, failures + [line for each in packs for line in each.failures]
