"""People who use the form while it is killed again and again, and what they were told: the books of the form.

Whoever gets no answer sends the same page again, as a browser does that is asked to. Some send twice, some send what
must be refused, some take back what they said.
"""

from __future__ import annotations

import http.client
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count

from advocacy_monitor.web.tickets import FIELD, Tickets
from tests.web.serving import Answered, Person, fields

_HOLDER = re.compile(r'name="holder" value="([^"]+)"')
_BUSY = frozenset({429, 503})
_TRIES = 400
_PAUSE = 0.5


class WrongAnswerError(AssertionError):
    """The form said something that it must not say."""


@dataclass
class Crowd:
    """So many people at once, who each rest for some seconds between two answers.

    `confirmed` holds words by the code that was shown for them, `refused` words that the form would not take.
    """

    port: int
    tickets: Tickets
    seed: int
    people: int = 4
    rest: float = 1.5
    confirmed: dict[str, str] = field(default_factory=dict)
    withdrawn: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    met: Counter[str] = field(default_factory=Counter)
    stop: threading.Event = field(default_factory=threading.Event)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @contextmanager
    def sending(self) -> Iterator[None]:
        """They send while this lasts; afterwards each has got an answer to what was last sent. Raises what failed."""
        with ThreadPoolExecutor(self.people) as pool:
            busy: list[Future[None]] = [pool.submit(self._one, each) for each in range(self.people)]
            try:
                yield
            finally:
                self.stop.set()
            for each in busy:
                each.result(300)

    def _one(self, who: int) -> None:
        chance = random.Random(f"{self.seed} {who}")
        own: list[str] = []
        while not self.stop.wait(chance.expovariate(1 / self.rest)):
            what = chance.random()
            if what < 0.06:
                self._send_what_is_wrong()
            elif what < 0.14 and own:
                self._take_back(own.pop(chance.randrange(len(own))))
            else:
                own.append(self._send(twice=what > 0.92))

    def _send(self, *, twice: bool) -> str:
        """One answer, sent until it is confirmed. Returns its code."""
        words = f"Answer {next(self._numbers)}: my library kept me going, {time.monotonic_ns()}."
        form = fields(self.tickets.issue(), words, ("q_library", "Lindenrode"), ("q_age", "25-64"))
        codes = set()
        for _ in range(1 + twice):
            answered = self._until_answered(form, "/")
            if answered.status != 200 or answered.code is None:
                raise WrongAnswerError(f"an answer got {answered.status}: {answered.page[:1500]}")
            codes.add(answered.code)
        if len(codes) != 1:
            raise WrongAnswerError(f"one page, sent twice, got {len(codes)} codes")
        code = codes.pop()
        if self.confirmed.setdefault(code, words) != words:
            raise WrongAnswerError("two people were given one code")
        return code

    def _send_what_is_wrong(self) -> None:
        """An answer without the tick that allows to keep it."""
        words = f"Refused {next(self._numbers)}: {time.monotonic_ns()}"
        self.refused.add(words)
        form = [pair for pair in fields(self.tickets.issue(), words) if pair[0] != "consent"]
        answered = self._until_answered(form, "/")
        if answered.status < 400 or answered.code is not None:
            raise WrongAnswerError(f"an answer without consent got {answered.status}")

    def _take_back(self, code: str) -> None:
        """With the code, as the pages ask it to be done; a kill in between is answered by doing it again."""
        for _ in range(_TRIES):
            opened = self._until_answered([(FIELD, self.tickets.issue()), ("code", code)], "/statement")
            if opened.status == 404:  # it was taken back, and the answer to that was lost
                break
            if opened.status != 200 or self.confirmed[code] not in opened.page:
                raise WrongAnswerError(f"a code opened {opened.status}: {opened.page[:1500]}")
            found = _HOLDER.search(opened.page)
            assert found is not None, opened.page
            done = self._until_answered([(FIELD, self.tickets.issue()), ("holder", found[1])], "/statement/withdrawn")
            if done.status in (200, 410):
                break
            raise WrongAnswerError(f"taking back got {done.status}: {done.page[:1500]}")
        self.withdrawn.add(code)

    def _until_answered(self, form: list[tuple[str, str]], path: str) -> Answered:
        """Sends it until somebody is there who answers, and has time."""
        for _ in range(_TRIES):
            person = Person(self.port, next(self._numbers))
            try:
                answered = person.post(form, path)
            except (OSError, http.client.HTTPException):
                self.met["no answer"] += 1
            else:
                self.met[str(answered.status)] += 1
                if answered.status not in _BUSY:
                    return answered
            finally:
                person.close()
            time.sleep(_PAUSE)
        raise WrongAnswerError(f"{path} was not answered in {_TRIES} tries")
