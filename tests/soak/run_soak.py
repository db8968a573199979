"""A soak: platforms that fail at random, the form under load, kills at random moments; then the books must balance.

Two ways. `killed` is the daemon as it is (`run --now`), killed with `kill -9` and begun again about once a minute, while
other commands run beside it and are killed as well. `steady` is one daemon that is never killed, whose hours last some
seconds (often.py): there memory is watched over hundreds of collections.

Run: python -m tests.soak.run_soak [--minutes 45] [--steady] [--seed 1] [--folder FOLDER]. It prints how it goes, and
ends with code 1 where something is wrong. Everything but the scheduling of threads follows from the seed.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import yaml

from tests.soak.books import Sample, memory_of, problems
from tests.soak.flaky import SECRETS_OF_ALL, Flaky, Weather, all_platforms, collectors
from tests.soak.people import Crowd
from tests.web.serving import free_port, tickets

_ROOT = Path(__file__).parents[2]
_BESIDE = (("verify",), ("enrich",), ("status",), ("verify",), ("backup",))
_MAY_FAIL = ("verify", "status", "enrich")
"""What says by its code that a platform could not be asked, something needs a person, or the daemon just does that."""
_EVERY = 0.001
"""Hours after which a post is to be looked up again."""
_FLAT = 1.25
"""The last third of a soak may hold so many times the memory of the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How long, how hard. `posts` is how many arrive in a second, `rest` how many seconds each of `people` waits.

    `short_life` and `long_life` are how many seconds a daemon lives at least and at most, `beside` how many pass between
    two other commands, `hours` how many seconds an hour of a steady daemon has. No enrichers are the usual ones,
    `without` are platforms that are left out.
    `kills`, where given, ends the soak in place of `seconds`, and `asked`, how many requests the platforms got, a life in
    place of its length: a busy machine needs longer for as much. `last` are the last commands, all of which must do well.
    """

    seconds: float
    seed: int = 1
    steady: bool = False
    posts: float = 2.0
    people: int = 4
    rest: float = 1.5
    short_life: tuple[float, float] = (2.0, 15.0)
    long_life: tuple[float, float] = (20.0, 90.0)
    beside: float = 25.0
    hours: float = 12.0
    enrichers: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    kills: int | None = None
    asked: tuple[int, int] | None = None
    last: tuple[str, ...] = ("backup", "doctor")


@dataclass(kw_only=True)
class Report:
    """What a soak found. `problems` is empty when all is well."""

    problems: list[str] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    lives: int = 0
    met: Counter[str] = field(default_factory=Counter)
    beside: Counter[str] = field(default_factory=Counter)
    sent: int = 0

    @property
    def growth(self) -> float:
        """Memory at a like age in the last third of the time, as a multiple of that in the first."""
        grown = [each for each in self.samples if each.age > 10]
        if len(grown) < 30:
            return 1.0
        third = len(grown) // 3
        begin, end = (median(each.megabytes for each in part) for part in (grown[:third], grown[-third:]))
        return end / begin


class Soak:
    """One campaign, its platforms, its people and its daemon."""

    def __init__(self, folder: Path, plan: Plan, flaky: Mapping[str, Flaky], weather: Weather) -> None:
        self.folder, self.plan, self.flaky, self.weather = folder, plan, flaky, weather
        self.chance = random.Random(f"{plan.seed} kills")
        self.report = Report()
        self.logs = folder.with_name(f"{folder.name}-logs")
        self.logs.mkdir(exist_ok=True)
        self.config = folder / "config.yaml"
        self.port = free_port()
        self._begin = time.monotonic()
        self._over = threading.Event()
        self._daemon: subprocess.Popen[bytes] | None = None
        self._write_config()
        self.crowd = Crowd(self.port, tickets(self.config), plan.seed, people=plan.people, rest=plan.rest)

    def _write_config(self) -> None:
        campaign = {"name": "Soak", "sponsor": "Test Library Association", "contact": "info@example.org"}
        made: dict[str, Any] = {
            "campaign": campaign,
            "timezone": "Europe/Berlin",
            "collectors": collectors(self.flaky, self.folder / "spool"),
            "form": {"port": self.port, "proxies": ["127.0.0.1"]},
            "verification": {"hours": "*", "every_hours": _EVERY},
        }
        if self.plan.enrichers:
            made["enrichers"] = {name: {} for name in self.plan.enrichers}
        self.config.write_text(yaml.safe_dump(made, sort_keys=False), encoding="utf-8")

    def run(self) -> Report:
        """The whole of it."""
        try:
            self._use_it()
        except AssertionError as error:
            self.report.problems.append(str(error))
        finally:
            self._come_to_rest()
        self.report.problems += problems(self.config, self.flaky, self.crowd)
        self._read_logs()
        self.report.met = self.weather.met + self.crowd.met
        self.report.sent = sum(each.sent for each in self.flaky.values()) + len(self.crowd.confirmed)
        if (growth := self.report.growth) > _FLAT:
            self.report.problems.append(f"memory grew to {growth:.2f} times of what it was")
        return self.report

    def _use_it(self) -> None:
        with self._arriving(), self._watching(), self._working_beside(), self.crowd.sending():
            if self.plan.steady:
                self._start("steady")
                self._live(self._left)
            else:
                while self._left > 0 and self.report.lives != self.plan.kills:
                    self._one_life()
                self._start("run --now")  # who has no answer yet gets one
                self._live(60, until=self._answers)

    @property
    def _left(self) -> float:
        return (1e9 if self.plan.kills else self.plan.seconds) - (time.monotonic() - self._begin)

    # The daemon

    def _start(self, how: str) -> subprocess.Popen[bytes]:
        module = ["tests.soak.often", str(self.plan.hours)] if how == "steady" else ["advocacy_monitor"]
        verb = ["run", "--now"]
        self.report.lives += 1
        self._daemon = self._process([*module, "-c", str(self.config), *verb], f"daemon-{self.report.lives:04}")
        return self._daemon

    def _process(self, arguments: Sequence[str], name: str) -> subprocess.Popen[bytes]:
        with (self.logs / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", *arguments],
                stdout=log,
                stderr=log,
                cwd=_ROOT,
                env={**os.environ, **SECRETS_OF_ALL},
                start_new_session=True,
            )

    def _one_life(self) -> None:
        lasts = self.chance.uniform(*(self.plan.short_life if self.chance.random() < 0.5 else self.plan.long_life))
        daemon = self._start("run --now")
        if self.plan.asked is not None:
            enough = self.weather.met.total() + self.chance.randint(*self.plan.asked)
            self._live(60, until=lambda: self.weather.met.total() >= enough)
            time.sleep(self.chance.uniform(0, 0.2))
        else:
            if self.chance.random() < 0.8:  # the others are killed while they begin
                self._live(60, until=self._answers)
            self._live(min(lasts, max(self._left, 0)))
        os.killpg(daemon.pid, signal.SIGKILL)
        daemon.wait(30)

    def _answers(self) -> bool:
        with closing(socket.socket()) as tried:
            return tried.connect_ex(("127.0.0.1", self.port)) == 0

    def _live(self, seconds: float, *, until: Callable[[], bool] = lambda: False) -> None:
        """Waits, and has the configuration read anew now and then. What ends by itself is a problem."""
        daemon, end = self._daemon, time.monotonic() + seconds
        assert daemon is not None
        again = time.monotonic() + 20
        while time.monotonic() < end and not until():
            if daemon.poll() is not None:
                self.report.problems.append(f"daemon {self.report.lives} ended by itself with {daemon.returncode}")
                return
            if time.monotonic() > again:
                again += self.chance.uniform(10, 60)
                daemon.send_signal(signal.SIGHUP)
            time.sleep(0.05)

    # What happens meanwhile

    @contextmanager
    def _beside(self, work: Callable[[], None]) -> Iterator[None]:
        """Does it in a thread of its own; what it raises is a problem."""
        failed: list[BaseException] = []

        def safely() -> None:
            try:
                work()
            except BaseException as error:
                failed.append(error)
                raise

        thread = threading.Thread(target=safely)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join()
        if failed:
            raise failed[0]

    def _arriving(self) -> Any:
        def arrive() -> None:
            chance = random.Random(f"{self.plan.seed} posts")
            while not self._over.wait(chance.expovariate(self.plan.posts)):
                chance.choice(list(self.flaky.values())).happen(chance)

        return self._beside(arrive)

    def _watching(self) -> Any:
        def watch() -> None:
            known: tuple[int, float] = (0, 0.0)
            while not self._over.wait(1):
                daemon, now = self._daemon, time.monotonic()
                if daemon is None:
                    continue
                if known[0] != self.report.lives:
                    known = (self.report.lives, now)
                held = memory_of(daemon.pid)
                if held:
                    at = now - self._begin
                    self.report.samples.append(Sample(at=at, life=known[0], age=now - known[1], megabytes=held))

        return self._beside(watch)

    def _working_beside(self) -> Any:
        """What staff do on the same campaign meanwhile; a third of it is killed as well."""

        def work() -> None:
            chance = random.Random(f"{self.plan.seed} staff")
            while not self._over.wait(chance.expovariate(1 / self.plan.beside)):
                self._verb(chance.choice(_BESIDE), kill_after=chance.uniform(0, 8) if chance.random() < 0.33 else None)

        return self._beside(work)

    def _verb(self, verb: Sequence[str], *, kill_after: float | None = None, seconds: float = 300) -> int:
        process = self._process(["advocacy_monitor", "-c", str(self.config), *verb], f"beside-{verb[0]}")
        try:
            code = process.wait(seconds if kill_after is None else kill_after)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            code = process.wait(30)
            if kill_after is None:
                self.report.problems.append(f"{verb[0]} did not end in {seconds:.0f} s")
        self.report.beside[f"{verb[0]}: {code}"] += 1
        if code not in (0, -signal.SIGKILL, int(verb[0] in _MAY_FAIL)):
            self.report.problems.append(f"{verb[0]} ended with {code}, see its log")
        return code

    # The end

    def _come_to_rest(self) -> None:
        """Nothing fails any more: what is waiting is fetched, looked up and enriched, then the daemon is asked to end."""
        self.weather.calm = True
        daemon = self._daemon
        if daemon is not None and daemon.poll() is None:
            daemon.terminate()
            if (code := daemon.wait(90)) != 0:
                self.report.problems.append(f"SIGTERM ended the daemon with {code}")
        time.sleep(3600 * _EVERY)  # every post is due to be looked up again
        for verb in ("collect", "verify", "enrich", *self.plan.last):
            if self._verb((verb,)) == 1 and verb in _MAY_FAIL:
                self.report.problems.append(f"{verb} fails also when nothing else does")

    def _read_logs(self) -> None:
        for log in sorted(self.logs.glob("*.log")):
            words = log.read_text(encoding="utf-8", errors="replace")
            if "Traceback" in words:
                self.report.problems.append(f"a trace in {log.name}: …{words[words.index('Traceback') :][:1500]}")


def soak(folder: Path, plan: Plan) -> Report:
    """Runs one. The campaign and its logs stay in the folder."""
    campaign = folder / "campaign"
    campaign.mkdir(parents=True, exist_ok=True)
    weather = Weather(random.Random(f"{plan.seed} weather"))
    with all_platforms(weather, campaign / "spool") as flaky:
        used = {name: each for name, each in flaky.items() if name not in plan.without}
        return Soak(campaign, plan, used, weather).run()


def told(report: Report) -> str:
    """A report in words."""
    lines = [
        f"{report.lives} lives; {report.sent} records and answers sent; verbs beside: {dict(sorted(report.beside.items()))}",
        f"what requests met: {dict(report.met.most_common())}",
    ]
    minutes: dict[int, list[Sample]] = {}
    for each in report.samples:
        minutes.setdefault(int(each.at // 60), []).append(each)
    lines += [
        f"minute {minute:3}: {max(each.megabytes for each in found):6.0f} MB at most, {len({s.life for s in found})} lives"
        for minute, found in minutes.items()
    ]
    lines.append(f"memory at the end is {report.growth:.2f} times that of the begin")
    return "\n".join([*lines, *(f"WRONG: {each}" for each in report.problems or ["nothing"])])


def main() -> None:
    """From the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=45)
    parser.add_argument("--steady", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    folder = given.folder or Path(tempfile.mkdtemp(prefix="soak-"))
    print(f"in {folder}", flush=True)
    report = soak(folder, Plan(seconds=given.minutes * 60, seed=given.seed, steady=given.steady))
    print(told(report), flush=True)
    sys.exit(1 if report.problems else 0)


if __name__ == "__main__":
    main()
