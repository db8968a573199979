"""The form site as an OpenAPI document, and schemathesis run over it: a second fuzzer beside fuzzing.py, of other people.

    python -m tests.web.described [--seconds 1200]

The form is no interface for programs, so the document is made here from its list of pages and the names of its fields.
Tickets, codes and choices that are good stand in it: schemathesis sends such ones and others, and nothing but others
would get no further than the first question.
Needs the program `schemathesis` (an environment of its own will do). Ends with its exit code, or 1 where the form's
memory has grown, its log holds somebody's words, or its store is not in order.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from advocacy_monitor.config import load_config
from advocacy_monitor.hosting import open_store
from advocacy_monitor.models import Use
from advocacy_monitor.questionnaire import load_questionnaire
from advocacy_monitor.web.app import pages
from tests.web.fuzzing import FIELDS
from tests.web.serving import Person, campaign, fields, free_port, start, tickets
from tests.web.test_fuzz import LIBRARIES, MORE_MEMORY, memory

_TICKETS, _CODES, _VISITORS = 300, 30, 200


def document(good_tickets: Sequence[str], good_codes: Sequence[str]) -> dict[str, Any]:
    """The OpenAPI 3.1 document of every page: its query, or its form with `FIELDS`."""
    chosen: dict[str, Any] = {
        "ticket": {"enum": list(good_tickets)},
        "code": {"enum": list(good_codes)},
        "consent": {"enum": sorted(Use)},
        "q_words": {"type": "string", "minLength": 1},
    }
    texts = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "maxItems": 4}]}
    properties = dict.fromkeys(FIELDS, texts)
    for question in load_questionnaire("library").questions:
        if question.options:
            properties[f"q_{question.key}"] = {"enum": [option.code for option in question.options]}
    properties |= chosen
    same = {"name": "Sec-Fetch-Site", "in": "header", "required": True, "schema": {"const": "same-origin"}}
    visitor = {
        "name": "X-Forwarded-For",
        "in": "header",
        "required": True,
        "schema": {"type": "string", "enum": [f"10.1.{number >> 8}.{number & 255}" for number in range(_VISITORS)]},
    }
    paths: dict[str, dict[str, Any]] = {}
    for page in pages():
        described: dict[str, Any] = {"responses": {"default": {"description": "a page"}}, "parameters": [visitor, same]}
        if page.method == "POST":
            form = {"type": "object", "properties": properties, "required": [*chosen]}
            content = {"application/x-www-form-urlencoded": {"schema": form}}
            described["requestBody"] = {"required": True, "content": content}
        else:
            described["parameters"] = [
                visitor,
                same,
                *({"name": name, "in": "query", "schema": properties[name]} for name in properties),
            ]
        paths.setdefault(page.path, {})[page.method.lower()] = described
    return {"openapi": "3.1.0", "info": {"title": "The form", "version": "1"}, "paths": paths}


def main() -> int:
    """Starts a form in a folder that goes away, and schemathesis over it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=int, default=20 * 60)
    given = parser.parse_args()
    program = shutil.which("schemathesis")
    if program is None:
        parser.error("the program schemathesis is not there; `pip install schemathesis` in an environment of its own")
    with tempfile.TemporaryDirectory() as folder:
        return _run(Path(folder), program, given.seconds)


def _run(folder: Path, program: str, seconds: int) -> int:
    config = campaign(folder)
    (folder / "libraries.csv").write_text(LIBRARIES, encoding="utf-8")
    config.write_text(config.read_text(encoding="utf-8").replace("form:", "  libraries: libraries.csv\nform:"))
    made, port, log = tickets(config), free_port(), folder / "server.log"
    with log.open("wb") as said:
        server = start(config, port, log=said)
    try:
        people = [Person(port, number) for number in range(_CODES)]
        codes = [who.post(fields(made.issue(), f"Reader {n}")).code for n, who in enumerate(people)]
        shown = document([made.issue() for _ in range(_TICKETS)], [code for code in codes if code])
        (folder / "openapi.json").write_bytes(msgspec.json.encode(shown))
        before = memory(server.pid)
        told = subprocess.run(
            [
                *(program, "run", str(folder / "openapi.json"), "--url", f"http://127.0.0.1:{port}"),
                *("--checks", "not_a_server_error", "--phases", "examples,coverage,fuzzing", "--continue-on-failure"),
                *(
                    "--max-time",
                    str(seconds),
                    "--max-examples",
                    "100000",
                    "--no-color",
                    "--generation-database",
                    "none",
                ),
                *("--max-redirects", "0", "--seed", str(random.randrange(1 << 30)), "--warnings", "off"),
            ],
            check=False,
            cwd=folder,
        )
        added = memory(server.pid) - before
        alive = server.poll() is None
    finally:
        server.terminate()
        server.wait(30)
    with open_store(load_config(config)) as store:
        found, count = store.check(), store.items.count()
    quiet = "10.1." not in log.read_text(encoding="utf-8")
    print(f"statements {count}, {added / (1 << 20):.1f} MB more, store {found or 'in order'}, log {quiet=}, {alive=}")
    return told.returncode or int(not alive or bool(found) or added > MORE_MEMORY or not quiet)


if __name__ == "__main__":
    raise SystemExit(main())
