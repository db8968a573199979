"""Senders for the form's benchmark: many connections, each sends its next answer when the last one was confirmed."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_PATIENCE = 60


@dataclass(slots=True)
class Load:
    """What came of it: milliseconds of each confirmed answer, statuses, and how long the whole took, in seconds.

    `work` is for how many seconds the server used a processor, which says more than the others on a busy machine.
    """

    milliseconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    seconds: float = 0.0
    work: float = 0.0

    @property
    def rate(self) -> float:
        """Confirmed answers in a second."""
        return len(self.milliseconds) / self.seconds

    def quantile(self, share: float) -> float:
        """The time within which this share of the answers was confirmed, in milliseconds."""
        ordered = sorted(self.milliseconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


async def _answer(reader: asyncio.StreamReader) -> int:
    """Reads one answer to its end. Returns its status."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = head.partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0]
    await reader.readexactly(int(length))
    return int(head.split(b" ", 2)[1])


async def _sender(port: int, requests: Iterator[bytes], load: Load) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for request in requests:
            begun = time.perf_counter()
            writer.write(request)
            status = await asyncio.wait_for(_answer(reader), _PATIENCE)
            load.statuses[status] += 1
            if status < 400:
                load.milliseconds.append(1000 * (time.perf_counter() - begun))
    finally:
        writer.close()


async def _all(port: int, requests: Sequence[bytes], connections: int) -> Load:
    load, shared = Load(), iter(requests)
    begun = time.perf_counter()
    await asyncio.gather(*(_sender(port, shared, load) for _ in range(connections)))
    load.seconds = time.perf_counter() - begun
    return load


def main() -> None:
    """Sends the requests of a file, one JSON string a line, and prints what came of it as JSON."""
    port, path, connections = int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    with path.open(encoding="utf-8") as lines:
        requests = [json.loads(line).encode() for line in lines]
    done = asyncio.run(_all(port, requests, connections))
    print(json.dumps([done.milliseconds, done.statuses, done.seconds]))


if __name__ == "__main__":
    main()
