"""The log: lines for people, or one JSON object a line. What is logged may repeat what strangers wrote.

Everything in the program logs by the standard library; structlog makes the lines of the daemon. Nothing is dropped from
a message, but control and direction characters are written out, so that no text can forge a line, hide a part of one or
steer a terminal. Libraries that write whole addresses of requests, in which keys may stand, are kept from it.
"""

from __future__ import annotations

import logging
import sys
import unicodedata
from contextlib import suppress
from typing import TYPE_CHECKING, Literal, TextIO

if TYPE_CHECKING:
    from structlog.typing import EventDict, Processor, WrappedLogger

_TELLING_TOO_MUCH = ("httpx", "httpcore", "urllib3", "requests", "oauthlib", "requests_oauthlib", "praw", "prawcore")
"""They log requests with their addresses, some with their headers."""
_LINE = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def harmless(text: str) -> str:
    """A text on one line, in which characters that are not seen are written out: '\\n', '\\x1b', '\\u202e'."""
    if text.isprintable():  # almost always
        return text
    return "".join(c if unicodedata.category(c)[0] not in "CZ" or c == " " else _written(c) for c in text)


def _written(character: str) -> str:
    return character.encode("unicode_escape").decode() if unicodedata.category(character) != "Zs" else character


def _lines(text: str) -> str:
    """A traceback: its lines stay lines, indented, so that none of them looks like one of the log's own."""
    return "\n".join(f"    {harmless(line)}" for line in text.splitlines())


class HarmlessFormatter(logging.Formatter):
    """The lines of verbs that a person calls."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, and below it a traceback where there is one."""
        record.message = record.getMessage()
        record.asctime = self.formatTime(record)
        line = harmless(self.formatMessage(record))
        # Not `exc_text`: that is what another formatter has made of it.
        return f"{line}\n{_lines(self.formatException(record.exc_info))}" if record.exc_info else line


def simple(level: int, *, stream: TextIO | None = None) -> None:
    """The log of a verb that a person calls: as `configure("human")`, without structlog, which takes time to load."""
    _replace(HarmlessFormatter(_LINE), level, stream)


def configure(kind: Literal["human", "json"], level: int = logging.INFO, *, stream: TextIO | None = None) -> None:
    """The log of the daemon, on standard error. Can be called again, after the configuration was read anew."""
    import structlog

    before: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        _without_formatted,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    ours: list[Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if kind == "json":
        ours += [structlog.processors.format_exc_info, _as_json, structlog.processors.JSONRenderer()]
    else:
        ours += [structlog.processors.format_exc_info, _line]
    structlog.configure(
        processors=[*before, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    _replace(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=before, processors=ours), level, stream)


class _Output(logging.StreamHandler[TextIO]):
    """Our one output: a stream that was given, or what standard error is at that moment."""

    def __init__(self, given: TextIO | None) -> None:
        self._given = given
        super().__init__(given)

    @property
    def stream(self) -> TextIO:  # as the standard library's own last resort does it
        return self._given or sys.stderr

    @stream.setter
    def stream(self, stream: TextIO) -> None:
        pass

    def handleError(self, record: logging.LogRecord) -> None:
        """One line for a message that cannot be made; the standard library would print all that it was made of."""
        with suppress(OSError, ValueError):  # nobody reads the log any more
            error = type(sys.exc_info()[1]).__name__
            self.stream.write(f"a message of {record.pathname}:{record.lineno} cannot be logged: {error}\n")


def _replace(formatter: logging.Formatter, level: int, stream: TextIO | None) -> None:
    """Puts our output into the place of the one before. A program that has set up logging of its own keeps that."""
    root = logging.getLogger()
    for name in _TELLING_TOO_MUCH:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    for old in [handler for handler in root.handlers if isinstance(handler, _Output)]:
        root.removeHandler(old)
    if root.handlers and stream is None:
        return
    made = _Output(stream)
    made.setFormatter(formatter)
    root.addHandler(made)
    root.setLevel(level)


def _without_formatted(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """What another formatter has left in a record is not what was given with the message."""
    return {key: value for key, value in event.items() if key not in ("message", "asctime")}


def _as_json(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Values that JSON knows; signs that are not seen it writes out by itself."""
    return {
        key: value if isinstance(value, (str, int, float, bool)) or value is None else str(value)
        for key, value in event.items()
    }


def _line(logger: WrappedLogger, method: str, event: EventDict) -> str:
    """One line for people, with what was given beside the message as key=value, and a traceback below it."""
    values = dict(event)
    head = f"{values.pop('timestamp')} {str(values.pop('level')).upper()} {values.pop('logger')}: {values.pop('event')}"
    trace = values.pop("exception", None)
    told = [head, *(f"{key}={value}" for key, value in values.items())]
    line = harmless(" ".join(told))
    return f"{line}\n{_lines(str(trace))}" if trace else line
