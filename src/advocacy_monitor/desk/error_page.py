"""What a reader sees when a page fails, and what the log says of it.

Datasette's own handler prints every local variable to the terminal: with them go people's words and what staff have
searched for. Here the log gets the kind of error and the lines of code, never a value.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Awaitable, Callable
from typing import Any

from datasette import Response
from datasette.utils.asgi import Base400
from datasette.views.base import DatasetteError
from markupsafe import Markup

log = logging.getLogger(__name__)

_UNEXPECTED = "Something went wrong on this page. The terminal in which the desk runs says where; nothing was changed."


def explain(datasette: Any, request: Any, exception: Exception) -> Callable[[], Awaitable[Any]]:
    """Makes the answer to a request that failed, as a page or, for .json and .csv, as data."""

    async def answer() -> Any:
        title, message, status = _words(exception)
        if status >= 500:
            lines = "".join(traceback.format_tb(exception.__traceback__))
            log.error("a page of the desk failed: %s\n%s", type(exception).__name__, lines)
        if request.path.endswith((".json", ".csv")):
            return Response.json({"ok": False, "error": str(message), "status": status}, status=status)
        words = {"title": title, "error": message, "status": status}
        page = await datasette.render_template("error.html", words, request=request)
        return Response.html(page, status=status)

    return answer


def _words(exception: Exception) -> tuple[str | None, str, int]:
    """Title, message and HTTP status. Only what Datasette itself wrote as markup (and escaped) goes unescaped."""
    if isinstance(exception, Base400):
        return None, str(exception.args[0] if exception.args else "There is no such page."), exception.status
    if isinstance(exception, DatasetteError):
        message = Markup(exception.message) if exception.message_is_html else str(exception.message)  # noqa: S704  # nosec B704
        return exception.title, message, exception.status
    return None, _UNEXPECTED, 500
