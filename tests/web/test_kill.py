"""`kill -9` of the form while people send: no confirmed answer is missing, and what is sent again counts once."""

from __future__ import annotations

import http.client
import random
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest

from advocacy_monitor.config import load_config
from advocacy_monitor.hosting import open_store
from advocacy_monitor.web.tickets import Tickets
from tests.web.serving import Person, campaign, fields, free_port, start, tickets

_PEOPLE = 8

Form = list[tuple[str, str]]


@dataclass
class _Sent:
    """What people sent, and what they were told."""

    tickets: Tickets
    confirmed: dict[str, str] = field(default_factory=dict)
    """Words by the code that was shown for them."""
    unsure: list[tuple[str, Form]] = field(default_factory=list)
    """Words that were sent, and no answer came."""
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    stop: threading.Event = field(default_factory=threading.Event)

    def people(self, port: int) -> None:
        """One of those who send, until the server is gone."""
        person = Person(port, next(self.numbers))
        try:
            while not self.stop.is_set():
                words = f"Answer {next(self.numbers)}: my library kept me going."
                if not self.send(person, words, fields(self.tickets.issue(), words)):
                    return
        finally:
            person.close()

    def send(self, person: Person, words: str, form: Form) -> bool:
        try:
            answered = person.post(form)
        except (OSError, http.client.HTTPException):
            self.unsure.append((words, form))
            return False
        assert answered.status == 200, answered.page[:2000]
        assert answered.code is not None
        assert self.confirmed.setdefault(answered.code, words) == words
        return True


def _killed_under_load(config: Path, sent: _Sent, moments: random.Random) -> None:
    """A server that is killed while people send, after it has confirmed some answers."""
    port = free_port()
    server = start(config, port)
    _sent_again(port, sent)
    sent.stop.clear()
    enough = len(sent.confirmed) + moments.randint(5, 60)
    with ThreadPoolExecutor(_PEOPLE) as people:
        senders = [people.submit(sent.people, port) for _ in range(_PEOPLE)]
        while len(sent.confirmed) < enough and not any(sender.done() for sender in senders):
            time.sleep(0.001)
        time.sleep(moments.uniform(0, 0.02))
        server.send_signal(signal.SIGKILL)
        assert server.wait(20) == -signal.SIGKILL
        sent.stop.set()
        for sender in senders:
            sender.result(60)


def _sent_again(port: int, sent: _Sent) -> None:
    """Whoever got no answer sends the same page once more."""
    unsure, sent.unsure = sent.unsure, []
    person = Person(port, next(sent.numbers))
    for words, form in unsure:
        assert sent.send(person, words, form)
    person.close()


def _loses_nothing(folder: Path, kills: int, seed: int) -> None:
    config = campaign(folder)
    sent, moments = _Sent(tickets(config)), random.Random(seed)
    interrupted = 0
    for _ in range(kills):
        _killed_under_load(config, sent, moments)
        interrupted += len(sent.unsure)
    port = free_port()
    server = start(config, port)
    _sent_again(port, sent)
    server.terminate()
    server.wait(30)
    assert interrupted >= kills  # each kill fell into answers that were on their way
    with open_store(load_config(config)) as store:
        assert store.check() == []
        stored = {item.id: item.text for batch in store.items.each() for item in batch}
        assert sorted(stored.values()) == sorted(sent.confirmed.values())
        for code, words in sent.confirmed.items():
            assert stored[store.submissions.of_code(code) or 0] == words
        runs = store.runs.recent(1000)
        assert {run.status for run in runs} <= {"done", "interrupted"}
        assert sum(run.tally.stored for run in runs) == len(stored)


def test_a_killed_form_has_everything_that_it_confirmed(tmp_path: Path) -> None:
    _loses_nothing(tmp_path, kills=3, seed=1)


@pytest.mark.long
def test_thirty_killed_forms(tmp_path: Path) -> None:
    _loses_nothing(tmp_path, kills=30, seed=2)
