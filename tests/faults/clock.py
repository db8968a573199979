"""Another time of day for a process: its clock is this machine's and so many seconds more, which a test may change.

The product's own clock is the machine's, so the machine's is what must step. A library of a few lines stands before
libc's functions for the time of day; the clock that measures how long something takes stays as it is.
"""

from __future__ import annotations

import shutil
import struct
import subprocess
import time
from datetime import datetime
from pathlib import Path

import pytest

_LIBRARY = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
static volatile long long *shift;
static int (*real)(clockid_t, struct timespec *);
__attribute__((constructor)) static void begin(void) {
    if (shift) return;
    real = dlsym(RTLD_NEXT, "clock_gettime");
    int file = open(getenv("SHIFTED_CLOCK"), O_RDONLY);
    shift = mmap(0, sizeof *shift, PROT_READ, MAP_SHARED, file, 0);
}
int clock_gettime(clockid_t which, struct timespec *now) {
    if (!shift) begin();  // another library's constructor may ask before ours was called
    int failed = real(which, now);
    if (!failed && (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE)) now->tv_sec += *shift;
    return failed;
}
time_t time(time_t *result) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (result) *result = now.tv_sec;
    return now.tv_sec;
}
int gettimeofday(struct timeval *result, void *zone) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    result->tv_sec = now.tv_sec;
    result->tv_usec = now.tv_nsec / 1000;
    return 0;
}
"""


class Clock:
    """A clock that can be set; skips where there is no C compiler."""

    def __init__(self, folder: Path) -> None:
        compiler = shutil.which("cc") or shutil.which("gcc")
        if compiler is None:
            pytest.skip("there is no C compiler on this machine")
        folder.mkdir(parents=True, exist_ok=True)
        source, self._library, self._shift = folder / "clock.c", folder / "clock.so", folder / "shift"
        source.write_text(_LIBRARY, encoding="ascii")
        subprocess.run([compiler, "-shared", "-fPIC", "-o", self._library, source, "-ldl"], check=True)
        self._shift.write_bytes(struct.pack("q", 0))

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to go by this clock."""
        return {"LD_PRELOAD": str(self._library), "SHIFTED_CLOCK": str(self._shift)}

    def set(self, moment: datetime) -> None:
        """From now on it is this moment, to the second, for those who go by this clock."""
        with self._shift.open("r+b") as file:
            file.write(struct.pack("q", round(moment.timestamp() - time.time())))

    def now(self) -> float:
        """Seconds since 1970 by this clock."""
        return time.time() + int(struct.unpack("q", self._shift.read_bytes())[0])
