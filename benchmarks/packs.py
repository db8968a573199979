"""How fast evidence packs are made, as a ratio of what the bare engine needs for the same pages in the same run.

briefs    300 recipients, each with an area of its own: `pack --for-each recipient --format pdf` from the database,
          which reads the statements, counts, chooses and redacts quotes, draws the charts, sets the page, and reads
          each quote again before its file gets its name.
          baseline: Typst alone sets the same 300 pages out of the finished views, one after the other.
report    one report over all statements (1,000,000 by default), from the database to the file.
          baseline: Typst alone sets the same pages. `reading` is the time in which every statement is read once, which
          three hundred packs share; `report` is everything after that.
memory    peak of the process for 75, 150 and 300 recipients.

Run: python benchmarks/packs.py [--statements 1000000] [--recipients 300] [--quick]. Every figure ends with a line
`ratio NAME VALUE`.
"""

from __future__ import annotations

import argparse
import json
import pickle
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from advocacy_monitor import plugins
from advocacy_monitor.config import Loaded, load_config
from advocacy_monitor.exporters import typeset
from advocacy_monitor.hosting import open_store
from advocacy_monitor.left_out import Looked
from advocacy_monitor.line import check_versions, theme_titles
from advocacy_monitor.models import Annotation, Decision, Page, Query, Recipient, Status, Submission, Use
from advocacy_monitor.pack import compile_from, groundwork
from advocacy_monitor.packing import Order, export_for_each
from advocacy_monitor.store import Store

_CONFIG = """\
campaign:
  name: Benchmark
  sponsor: Benchmark Library Association
  contact: info@example.org
  ask: Keep every branch library open at least 30 hours a week.
  sample_data: true
"""
_OPENINGS = (
    *("After my mother died", "When the winter came", "Since I lost my job", "As a student", "With three children"),
    *("In the first year here", "After the operation", "While I looked for work", "When I moved to this town"),
)
_MIDDLES = (
    *("I spent every Thursday in the library", "the reading circle kept me going", "I learned German at the tables"),
    *("the staff showed me how to fill in the form", "my daughter found a quiet place for her homework"),
    *("I printed forty applications there", "somebody asked me how I was", "we borrowed thirty books a month"),
)
_ENDS = (
    *("and that is why I still go.", "and nobody ever sent me away.", "and I would miss it more than the cinema."),
    *("but it shuts at five, which helps nobody who works.", "and now I help others with it.", "and it was warm."),
)
_THEMES = ("staff_help", "loneliness_isolation", "study_work_space", "children_family", "learning_literacy")
_START = datetime(2026, 3, 1, 9, tzinfo=UTC)


def area_of(number: int, areas: int) -> str:
    """Every statement has an area; all areas have about as many."""
    return f"Area {number % areas + 1:03d}"


def fill(store: Store, loaded: Loaded, count: int, areas: int) -> None:
    """Stores, checks, codes and approves invented statements, the same on every machine."""
    made = random.Random(11)
    run = store.runs.start("benchmark", "import")
    for start in range(0, count, 10_000):
        numbers = range(start, min(start + 10_000, count))
        store.add_page(run, Page(items=tuple(_statement(made, n, areas) for n in numbers)), collector="benchmark")
        store.assertions.add(fact for number in numbers for fact in _facts(made, number + 1))
        store.assertions.decide(
            Decision(
                item_id=number + 1, status=Status.APPROVED, moderator="Benchmark", reason="", decided_at=store.now()
            )
            for number in numbers
        )
    store.runs.finish(run, "done", "")
    for name, by in check_versions(loaded).items():
        store.assertions.begin(name, by)
        store.assertions.add_batch(by, [], after=0, last_item_id=count)


def _statement(made: random.Random, number: int, areas: int) -> Submission:
    words = f"{made.choice(_OPENINGS)} {made.choice(_MIDDLES)} {made.choice(_ENDS)} It is number {number} for me."
    return Submission(
        source="survey:Benchmark",
        source_id=str(number),
        text=words,
        created_at=_START + timedelta(minutes=number % 300_000),
        raw=words.encode(),
        consents=frozenset({Use.ANALYSE, Use.QUOTE_UNNAMED, Use.SEND_TO_REPRESENTATIVE}),
        library=f"Library {number % (areas * 2) + 1}",
        area=area_of(number, areas),
    )


def _facts(made: random.Random, item_id: int) -> Iterator[Annotation]:
    yield Annotation(item_id=item_id, label="language", value="en", by="language@0")
    yield Annotation(item_id=item_id, label="richness", value=str(made.randint(0, 3)), by="richness@0")
    for theme in made.sample(_THEMES, made.randint(0, 2)):
        yield Annotation(item_id=item_id, label="theme", value=theme, by="themes@0", score=0.8)


class Recorded:
    """Notes what is given to the engine, so that the engine alone can be given the same again."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, str], dict[str, Any]]] = []
        self._through = typeset._compiled

    def __enter__(self) -> Recorded:
        def noting(template: str, inputs: dict[str, str], *, path: Path, **how: Any) -> list[bytes]:
            self.calls.append((template, inputs, how))
            return self._through(template, inputs, path=path, **how)

        typeset._compiled = noting
        return self

    def __exit__(self, *error: object) -> None:
        typeset._compiled = self._through

    def again(self, folder: Path) -> float:
        """Seconds that the bare engine needs for the same pages, in a process of its own that has set none of them.

        (Typst remembers what it has set: the same page a second time takes half as long.) Templates and fonts are
        loaded before, as they are on our side.
        """
        given = folder / "calls.pickle"
        given.write_bytes(pickle.dumps(self.calls))
        command = [sys.executable, __file__, "--bare", str(given)]
        return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def bare(calls: list[tuple[str, dict[str, str], dict[str, Any]]]) -> float:
    """Seconds for the pages alone; the first of each template is set once before, with another title."""
    for template in {template for template, _, _ in calls}:
        _, inputs, how = next(call for call in calls if call[0] == template)
        view = json.loads(inputs["view"])
        typeset._compiler(template)[0].compile(sys_inputs=inputs | {"view": json.dumps(view | {"warm": True})}, **how)
    started = time.perf_counter()
    for template, inputs, how in calls:
        typeset._compiler(template)[0].compile(sys_inputs=inputs, **how)
    return time.perf_counter() - started


def recipients(count: int) -> list[Recipient]:
    """As many members as areas, each with their own."""
    return [
        Recipient(key=f"member-{number}", name=f"Member {number}", office="Member", area=area_of(number, count))
        for number in range(count)
    ]


def make_briefs(loaded: Loaded, count: int, output: Path) -> float:
    """Seconds for one brief a recipient, from the database to the files."""
    order = Order(formats=("pdf",), output=output, unverified_too=True, look=False, widen=True)
    started = time.perf_counter()
    with open_store(loaded) as store:
        query = Query(title="What {area} says about its libraries")
        made = list(export_for_each(store, loaded, query, recipients(count), order))
    seconds = time.perf_counter() - started
    failed = [each if isinstance(each, str) else each.failures for each in made]
    assert not any(failed), failed
    assert len(made) == count
    return seconds


def briefs(loaded: Loaded, count: int, folder: Path) -> None:
    """Prints how many briefs a minute, and the ratio to the bare engine."""
    make_briefs(loaded, 5, folder / "warm")  # templates, fonts and modules are loaded once
    with Recorded() as recorded:
        seconds = make_briefs(loaded, count, folder / "briefs")
    alone = recorded.again(folder)
    print(f"briefs: {count} in {seconds:.1f} s, {60 * count / seconds:.0f} a minute; the bare engine {alone:.1f} s")
    print(f"ratio briefs {alone / seconds:.2f}")


def one_report(loaded: Loaded, statements: int, folder: Path) -> None:
    """Prints what one report over all statements takes, reading and the rest apart."""
    exporter: Any = plugins.build(plugins.EXPORTERS, "report", {}, where="benchmark")
    query = Query(title="What our libraries mean to us")
    with open_store(loaded) as store, store.snapshot():
        started = time.perf_counter()
        ground = groundwork(
            store, versions=check_versions(loaded), looked=Looked(at=store.now(), unverified_too=True), quality=None
        )
        read = time.perf_counter()
        pack = compile_from(store, ground, query, loaded.config, theme_titles(loaded))
        compiled = time.perf_counter()
        few = replace(query, title="Warm", areas=(area_of(0, 300),))
        exporter.export(compile_from(store, ground, few, loaded.config, theme_titles(loaded)), folder / "warm.pdf")
        with Recorded() as recorded:
            again = time.perf_counter()
            exporter.export(pack, folder / "report.pdf")
            exported = time.perf_counter() - again
    assert pack.statements == statements
    alone = recorded.again(folder)
    reading, rest = read - started, compiled - read + exported
    print(f"report over {statements:,} statements: reading {reading:.1f} s ({statements / reading:,.0f}/s), ", end="")
    print(f"compiling {compiled - read:.2f} s, pages {exported:.2f} s; the bare engine {alone:.2f} s; peak {peak()} MB")
    print(f"ratio report {alone / rest:.2f}")
    print(f"ratio report_with_reading {alone / (rest + reading):.3f}")


def peak() -> int:
    """Peak memory of this process in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def memory(config: Path, folder: Path, counts: tuple[int, ...]) -> None:
    """Prints the peak of a process of its own for each number of recipients."""
    peaks = []
    for count in counts:
        command = [sys.executable, __file__, "--only-briefs", str(count), "--config", str(config)]
        command += ["--output", str(folder / f"memory-{count}")]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        peaks.append(int(done.stdout.split()[-1]))
        print(f"memory: {count} recipients, peak {peaks[-1]} MB")
    print(f"ratio memory_{counts[-1]}_to_{counts[0]} {peaks[-1] / peaks[0]:.2f}")


def campaign(folder: Path, statements: int, areas: int) -> Loaded:
    """A campaign folder with a filled database."""
    folder.mkdir()
    (folder / "config.yaml").write_text(_CONFIG, encoding="utf-8")
    loaded = load_config(folder / "config.yaml")
    started = time.perf_counter()
    with open_store(loaded) as store:
        fill(store, loaded, statements, areas)
    print(f"filled {statements:,} statements in {time.perf_counter() - started:.0f} s")
    return loaded


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--statements", type=int, default=1_000_000, help="for the one report")
    parser.add_argument("--recipients", type=int, default=300)
    parser.add_argument("--quick", action="store_true", help="20,000 statements, 40 recipients")
    parser.add_argument("--only-briefs", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--bare", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--config", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--output", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.bare:
        print(bare(pickle.loads(given.bare.read_bytes())))  # written by this program a moment ago
        return
    if given.only_briefs:
        make_briefs(load_config(given.config), given.only_briefs, given.output)
        print(peak())
        return
    count, statements = (40, 20_000) if given.quick else (given.recipients, given.statements)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        loaded = campaign(folder / "many", 100 * count, count)
        briefs(loaded, count, folder)
        memory(loaded.path, folder, (count // 4, count // 2, count))
        one_report(campaign(folder / "large", statements, 300), statements, folder)


if __name__ == "__main__":
    main()
