"""Files that root makes in somebody's campaign become that one's, as SQLite does it with its own logs.

An administrator who types a command without `sudo -u` would leave files that the daemon, which is no root, cannot open:
a lock that keeps it from starting, a journal in which it cannot note an erasure.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path


def like(owned: Path, *made: Path) -> None:
    """Gives what root has just made to the owner of `owned`; whoever else made it cannot give it away.

    A link is never followed, and a file with a second name is left alone: somebody may have put it there.
    """
    if os.geteuid() != 0:
        return
    with suppress(OSError):
        owner = owned.stat()
        for path in made:
            known = path.lstat()
            if known.st_uid == 0 != owner.st_uid and (stat.S_ISDIR(known.st_mode) or known.st_nlink == 1):
                os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)
