"""X, asked through tweepy: answers as bytes, errors in the words of this package.

tweepy signs the requests and raises its errors; this module keeps what it would lose or give away. Its address of X is
fixed in its code, it sets no timeout, its `wait_on_rate_limit` never ends when X gives no reset time, it knows
only the older spelling of the parameters, and it writes tokens and answers into its debug log. So requests go
through its `Client.request` with parameters as X is to get them, over a session that sends them where
`base_url` says, and its messages are never passed on.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import msgspec
import requests
import tweepy
from requests import exceptions as http

from advocacy_monitor import __version__
from advocacy_monitor.errors import FatalSourceError, SourceError
from advocacy_monitor.sources import over_requests
from advocacy_monitor.sources.refusals import refused

_TWEEPYS_ADDRESS = "https://api.twitter.com"
_NAME_OF_PARAMETER = re.compile(r"[a-z_.]{1,40}\Z")
_CONSOLE = "https://console.x.com"
logging.getLogger("tweepy.client").setLevel(logging.INFO)  # below, it writes the token and whole answers

PASSING: dict[type[Exception], bool] = {
    tweepy.errors.TweepyException: False,
    tweepy.errors.HTTPException: False,
    tweepy.errors.BadRequest: False,
    tweepy.errors.Unauthorized: False,
    tweepy.errors.Forbidden: False,
    tweepy.errors.NotFound: False,
    tweepy.errors.TooManyRequests: True,
    tweepy.errors.TwitterServerError: True,
    **over_requests.PASSING,
}
"""Every error of tweepy and requests: whether it may pass by itself. An answer's status code has the last word."""

_WORDS: tuple[tuple[type[Exception], str], ...] = (
    (http.TooManyRedirects, "redirects elsewhere, which is not followed; is base_url right?"),
    (http.InvalidSchema, "redirects elsewhere, which is not followed; is base_url right?"),
    (http.InvalidHeader, "the bearer_token holds characters that cannot be sent"),
    (http.InvalidURL, "its address cannot be used; is base_url right?"),
    (http.ConnectionError, "cannot be reached: is the network up?"),
)
_FROM_ODD_ANSWERS = (ValueError, TypeError, AttributeError, RecursionError)
"""What tweepy raises by mistake over the body or the reset time of a refusal that is not as it expects."""

_REMEDIES = {
    401: f"does not accept the bearer_token; make a new one at {_CONSOLE}",
    402: f"asks for payment: the account's credits are used up; buy some at {_CONSOLE}, nothing is read before that",
    403: "refuses access: does the app at console.x.com belong to a project whose plan covers this search?",
    404: "knows no such address; is base_url right?",
}


class TooFarBackError(FatalSourceError):
    """X refuses `since_id` or `start_time`, because recent search reaches back seven days."""


class _Invalid(msgspec.Struct):
    parameters: dict[str, Any] | None = None


class _Problem(msgspec.Struct):
    title: str | None = None
    type: str | None = None
    errors: list[_Invalid] | None = None


class _Elsewhere(over_requests.SizedAdapter):
    """Sends what is meant for tweepy's address to another one, and waits so many seconds for answers."""

    def __init__(self, base_url: str, timeout: float) -> None:
        super().__init__()
        self._base_url = base_url
        self._seconds = timeout

    def send(self, request: requests.PreparedRequest, *args: Any, **given: Any) -> requests.Response:
        assert request.url is not None
        request.url = self._base_url + request.url.removeprefix(_TWEEPYS_ADDRESS)
        return super().send(request, *args, **{**given, "timeout": self._seconds})


class Api:
    """X's API with one token. Close it after use."""

    def __init__(self, base_url: str, *, token: str, timeout: float, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._answers: list[requests.Response] = []
        self._client = tweepy.Client(bearer_token=token, wait_on_rate_limit=False)
        self._client.user_agent = f"advocacy-monitor/{__version__} {self._client.user_agent}"
        self._session = self._client.session
        self._session.max_redirects = 0
        self._session.adapters.clear()
        self._session.mount(_TWEEPYS_ADDRESS + "/", _Elsewhere(base_url, timeout))
        self._session.hooks["response"].append(self._keep)

    def close(self) -> None:
        """Closes the connections."""
        self._session.close()

    def get(self, path: str, params: Mapping[str, Any]) -> bytes:
        """The body of the answer to a GET, as received. Raises RetryableSourceError or FatalSourceError.

        UsageCapExceeded (429) and CreditsDepleted (402) are fatal: waiting does not refill an account.
        """
        return self._ask("GET", path, params=dict(params))

    def post(self, path: str, json: Mapping[str, Any]) -> bytes:
        """The body of the answer to a POST of JSON. Raises as `get` does."""
        return self._ask("POST", path, json=dict(json))

    def _ask(self, method: str, path: str, **given: Any) -> bytes:
        self._answers.clear()
        try:
            answer: requests.Response = self._client.request(method, path, **given)
        except (tweepy.TweepyException, http.RequestException) as error:
            raise self._translated(error) from None  # its message may hold the whole answer
        except _FROM_ODD_ANSWERS as error:
            if not self._answers or self._answers[-1].ok:
                raise
            raise self._translated(error) from None
        return answer.content

    def _keep(self, response: requests.Response, *_args: Any, **_kwargs: Any) -> None:
        self._answers.append(response)

    def _translated(self, error: Exception) -> SourceError:
        if self._answers and not self._answers[-1].ok and not isinstance(error, http.RequestException):
            answer = self._answers[-1]
            return _explained(answer.status_code, _problem(answer.content)) or refused(
                answer.status_code, answer.headers, now=self._clock(), remedies=_REMEDIES
            )
        return over_requests.translated(error, words=_WORDS, passing=PASSING)


def _problem(body: bytes) -> _Problem:
    try:
        return msgspec.json.decode(body, type=_Problem)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _Problem()


def _explained(status: int, problem: _Problem) -> SourceError | None:
    """A refusal that X's `type` tells more about than its status."""
    kind = (problem.type or "").rpartition("/")[2]
    if kind == "usage-capped" or problem.title == "UsageCapExceeded":
        return FatalSourceError(
            f"the account has read as many posts as its plan allows in a month (UsageCapExceeded, {status}); nothing "
            f"is read until the next billing cycle, or a higher cap at {_CONSOLE}"
        )
    if kind == "credits" or problem.title == "CreditsDepleted":
        return FatalSourceError(
            f"the account's credits or its spending limit are used up ({status}); buy credits or raise the limit at "
            f"{_CONSOLE}; nothing is read before that"
        )
    if status != 400:
        return None
    names = sorted({name for wrong in problem.errors or () for name in wrong.parameters or ()})
    refused_ones = ", ".join(name for name in names if _NAME_OF_PARAMETER.match(name))
    about = f": it refuses {refused_ones}" if refused_ones else ""
    said = f"did not understand the request (400){about}"
    if {"since_id", "start_time"} & set(names):
        return TooFarBackError(f"{said}; is this machine's clock right?")
    return FatalSourceError(f"{said}; is the query one that X's search takes, and `spelling` right?")
