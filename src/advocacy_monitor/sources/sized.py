"""Answers of no more than a size, for client libraries over requests: a small packed answer may unpack to gigabytes."""

from __future__ import annotations

from typing import Any

import requests
from requests.adapters import HTTPAdapter

MOST_BYTES = 64 * 1024 * 1024
_CHUNK = 64 * 1024


class SizedAdapter(HTTPAdapter):
    """Reads an answer while it counts its unpacked bytes, and gives up one that has too many.

    It raises requests' ContentDecodingError then, which the libraries hand on as they do their other errors.
    """

    def send(self, request: requests.PreparedRequest, *args: Any, **given: Any) -> requests.Response:
        response = super().send(request, *args, **{**given, "stream": True})
        parts, size = [], 0
        try:
            for part in response.iter_content(_CHUNK):
                size += len(part)
                if size > MOST_BYTES:
                    raise requests.exceptions.ContentDecodingError("the answer is too large")
                parts.append(part)
        finally:
            response.close()
        response._content = b"".join(parts)
        return response
