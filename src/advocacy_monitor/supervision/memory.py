"""Keeps a daemon of many threads small for years."""

from __future__ import annotations

import ctypes
import os
from contextlib import suppress

_ARENA_MAX = -8
"""M_ARENA_MAX of malloc.h of the GNU C library; mallopt(3)."""


def few_arenas(count: int = 2) -> bool:
    """Lets all threads take their memory from a few places. Call it before there are threads.

    The GNU C library makes up to eight a processor, and what one thread gives back there no other gets.
    `MALLOC_ARENA_MAX` in the environment goes before. Whether anything was set: other C libraries have no such thing.
    """
    if "MALLOC_ARENA_MAX" in os.environ:
        return False
    with suppress(OSError, AttributeError):
        return bool(ctypes.CDLL(None).mallopt(_ARENA_MAX, count))
    return False
