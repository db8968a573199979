"""Agreement is measured once for the same answers: a page that is looked at again does not wait for it."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

from advocacy_monitor.coding.agreement import agreement_of
from advocacy_monitor.coding.report import AgreementReport
from advocacy_monitor.store import Store
from advocacy_monitor.store.coding import Round

_MOST = 64


class Reports:
    """The newest reports, by the answers that they describe."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, AgreementReport | None] = OrderedDict()
        self._lock = Lock()

    def of(self, store: Store, round_: Round, *, themes: Sequence[str], draws: int) -> AgreementReport | None:
        """The report of one round; None when nothing was coded twice."""
        answers = (str(store.path), round_, store.rounds.codings(round_.id), tuple(themes), draws)
        key = hashlib.sha256(repr(answers).encode("utf-8", "surrogatepass")).hexdigest()
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        report = agreement_of(store, rounds=[round_.name], themes=themes, draws=draws)
        with self._lock:
            self._kept[key] = report
            while len(self._kept) > _MOST:
                self._kept.popitem(last=False)
        return report


reports = Reports()
