"""A power cut, from a record of what a program asked of the kernel.

`strace` writes down every write, sync, truncation, renaming and removal below a folder. Played back up to some moment,
it gives the disks that a cut at that moment may leave behind: what was synced is there; of what was not, any part may
be. Three of them are tried: nothing of it, all of it, or a part at random with some writes torn. (Memory that is mapped
is not seen: SQLite maps only its `-shm` file, which it makes anew.) A file's name lasts once the file or its folder was
synced; a renaming or removal lasts once the folder was synced, and may last before.
"""

from __future__ import annotations

import random
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

import pytest

_CALLS = (
    "openat,creat,write,writev,pwrite64,pwritev,lseek,fsync,fdatasync,ftruncate,truncate,rename,renameat,renameat2,"
    "unlink,unlinkat,rmdir,sendto,sendfile,copy_file_range"
)
_LINE = re.compile(r"^(\d+) +(\w+)\((.*)\) += (-?\d+)(?:<.*>)?(?: .*)?$")
_BEGUN = re.compile(r"^(\d+) +(\w+\(.*) <unfinished \.\.\.>$")
_RESUMED = re.compile(r"^(\d+) +<\.\.\. \w+ resumed>(.*)$")
_HELD = re.compile(r"^(\d+)<([^>]*)>")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_SECTOR = 512
How: TypeAlias = Literal["nothing", "all", "some"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A finished call: `begun` is where in the record it began, which for a sync is what counts."""

    name: Literal["create", "write", "seek", "truncate", "sync", "rename", "remove", "say"]
    path: str = ""
    data: bytes = b""
    offset: int = -1
    begun: int = 0
    to: str = ""


def traced(log: Path) -> Sequence[str]:
    """What stands before a command, so that `log` keeps what it asks for; skips where there is no strace."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not on this machine")
    tried = subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True, timeout=20, check=False)
    if tried.returncode != 0:
        pytest.skip("no program can be traced here")
    return [
        "strace",
        "-f",
        "--seccomp-bpf",
        "-qq",
        "-y",
        "-xx",
        "-s",
        "2000000",
        "-e",
        f"trace={_CALLS}",
        "-o",
        str(log),
    ]


def traced_process(tracer: int) -> int:
    """The process that a tracer runs: a signal to the tracer would not reach it."""
    return int(Path(f"/proc/{tracer}/task/{tracer}/children").read_text().split()[0])


def calls(log: Path, folder: Path) -> Iterator[Call]:
    """What was asked for below a folder, and what was said to people, in the order in which it was done."""
    begun: dict[str, tuple[int, str]] = {}
    with log.open(encoding="ascii") as lines:
        for number, line in enumerate(lines):
            start = number
            if found := _BEGUN.match(line):
                begun[found[1]] = number, f"{found[1]} {found[2]}"
                continue
            if (found := _RESUMED.match(line)) and found[1] in begun:
                start, first = begun.pop(found[1])
                line = first + found[2]
            if (found := _LINE.match(line)) and int(found[4]) >= 0:
                call = _call(found[2], found[3], int(found[4]), start)
                if call and (call.name == "say" or call.path == str(folder) or call.path.startswith(f"{folder}/")):
                    yield call


def _plain(hexed: str) -> bytes:
    return bytes.fromhex(hexed.replace("\\x", ""))


def _call(name: str, given: str, result: int, begun: int) -> Call | None:
    if found := _HELD.match(given):
        return _held(name, int(found[1]), _plain(found[2]).decode() if "\\x" in found[2] else "", given, result, begun)
    texts = [_plain(each) for each in _TEXT.findall(given)]
    if not texts:
        return None
    path = texts[-1 if name == "openat" else 0].decode(errors="replace")
    if name.startswith("rename"):
        return Call(name="rename", path=path, begun=begun, to=texts[1].decode())
    if name in ("unlink", "unlinkat", "rmdir"):
        return Call(name="remove", path=path, begun=begun)
    if name == "creat" or "O_CREAT" in given:
        return Call(name="create", path=path, offset=0 if "O_TRUNC" in given or name == "creat" else -1, begun=begun)
    return None


def _held(name: str, fd: int, path: str, given: str, result: int, begun: int) -> Call | None:
    """A call on something that is open."""
    data = b"".join(_plain(each) for each in _TEXT.findall(given.partition(">")[2]))[:result]
    if name == "sendto" or (name in ("write", "writev") and (fd == 1 or path.startswith("socket:"))):
        return Call(name="say", data=data, begun=begun)
    if name in ("write", "writev"):
        return Call(name="write", path=path, data=data, begun=begun)
    last = given.rpartition(", ")[2]
    if name in ("pwrite64", "pwritev"):
        return Call(name="write", path=path, data=data, offset=int(last), begun=begun)
    if name == "ftruncate":
        return Call(name="truncate", path=path, offset=int(last), begun=begun)
    if name == "lseek":
        return Call(name="seek", path=path, offset=result, begun=begun)
    if name in ("fsync", "fdatasync"):
        return Call(name="sync", path=path, begun=begun)
    if name in ("sendfile", "copy_file_range"):
        raise AssertionError(f"{name} of {path}: its bytes are not in the record")
    return None


@dataclass(slots=True)
class _File:
    """What is safe of a file, which changes wait, and where its writer stands."""

    safe: bytearray = field(default_factory=bytearray)
    waiting: list[Call] = field(default_factory=list)
    length: int = 0
    position: int = 0


def _apply(content: bytearray, call: Call, most: int | None = None) -> None:
    if len(content) < call.offset:
        content.extend(bytes(call.offset - len(content)))
    if call.name == "truncate":
        del content[call.offset :]
    else:
        data = call.data[:most]
        content[call.offset : call.offset + len(data)] = data


class Disk:
    """The files below a folder as calls change them: by the names that the program sees, and by those that last."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: dict[str, _File] = {}
        self._lasting: dict[str, _File] = {}

    def take(self, call: Call) -> None:
        """Does one call."""
        if call.name == "create":
            file = self._seen.setdefault(call.path, _File())
            file.position = 0
            if call.offset == 0 and file.length:
                self._change(file, Call(name="truncate", path=call.path, offset=0, begun=call.begun))
        elif call.name == "rename":
            for path in [each for each in self._seen if each == call.path or each.startswith(f"{call.path}/")]:
                self._seen[call.to + path[len(call.path) :]] = self._seen.pop(path)
        elif call.name == "remove":
            self._seen.pop(call.path, None)
        elif call.name == "sync" and call.path not in self._seen:
            self._sync_folder(call.path)
        elif file_ := self._seen.get(call.path):
            self._change(file_, call)

    def _sync_folder(self, path: str) -> None:
        for names in (self._lasting, self._seen):
            here = {each: file for each, file in names.items() if str(Path(each).parent) == path}
            for each in here:
                self._lasting.pop(each, None) if names is self._lasting else self._lasting.update({each: here[each]})

    def _change(self, file: _File, call: Call) -> None:
        if call.name == "seek":
            file.position = call.offset
        elif call.name == "sync":
            for change in file.waiting:
                if change.begun < call.begun:
                    _apply(file.safe, change)
            file.waiting = [change for change in file.waiting if change.begun >= call.begun]
            self._lasting[call.path] = file
        elif call.name == "truncate":
            file.waiting.append(call)
            file.length = call.offset
        else:
            at = file.position if call.offset < 0 else call.offset
            file.waiting.append(Call(name="write", path=call.path, data=call.data, offset=at, begun=call.begun))
            file.length = max(file.length, at + len(call.data))
            file.position = at + len(call.data) if call.offset < 0 else file.position

    def cut(self, to: Path, how: How, rng: random.Random) -> None:
        """Writes to another folder what a cut at this moment may leave."""
        shutil.rmtree(to, ignore_errors=True)
        to.mkdir(parents=True)
        late = how == "all" or (how == "some" and rng.random() < 0.5)
        for path, file in (self._seen if late else self._lasting).items():
            if not path.endswith("-shm"):
                target = to / Path(path).relative_to(self._folder)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(_left(file, how, rng))


def _left(file: _File, how: How, rng: random.Random) -> bytes:
    content = bytearray(file.safe)
    for change in file.waiting if how != "nothing" else ():
        if how == "all":
            _apply(content, change)
        elif rng.random() < 0.6:
            torn = rng.randrange(0, len(change.data), _SECTOR) if change.data and rng.random() < 0.1 else None
            _apply(content, change, torn)
    return bytes(content)
