"""Requests for JSON: who asks, how often, what is tried again, and what is refused."""

from __future__ import annotations

import base64
import email.utils
import json
import os
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urljoin, urlsplit

from synthkit.errors import SynthkitError, UsageError
from synthkit.randomness import Streams
from synthkit.sources.rest.spec import Api

if TYPE_CHECKING:
    import httpx
    import tenacity

__all__ = ["Answer", "Client", "NotThereError", "OutOfTimeError"]

_AGAIN = frozenset((408, 425, 429, 500, 502, 503, 504))
_REDIRECTS = 5
_LATER = "Run the same command later: it goes on from here."
_TEXT = ("json", "text/plain", "application/octet-stream")


class OutOfTimeError(Exception):
    """The time of this pull is used up."""


class NotThereError(SynthkitError):
    """The server has nothing at a path (404)."""


class _AgainError(Exception):
    """A request may do better later; ``wait`` is what the server asked for, in seconds."""

    def __init__(self, why: str, wait: float | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.wait = wait


@dataclass(frozen=True)
class Answer:
    """The JSON of an answer, and the address of the next page by its Link header, if any."""

    body: Any
    link: str | None


class Client:
    """Asks one API. Secrets come from the environment and are in no message and no file."""

    def __init__(self, api: Api, *, seed: int = 0, deadline: float | None = None) -> None:
        """Prepare; ``deadline`` is a time of `time.monotonic`. No socket is opened yet.

        Raises `UsageError` if an environment variable with a secret is not set.
        """
        import httpx

        self._api, self._deadline = api, deadline
        self._jitter = Streams(seed).at("pull", "jitter")
        self._last = 0.0
        self._reached = False
        headers, self._query = _credentials(api)
        given = {"Accept": "application/json", "User-Agent": "synthkit", **api.headers, **headers}
        self._http = httpx.Client(headers=given, timeout=api.limits.timeout, follow_redirects=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: object, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def get(self, endpoint: str, url: str, params: Mapping[str, str]) -> Answer:
        """Ask for a page, again where that may help.

        Raises:
            SynthkitError: The server refuses, or fails more often than ``limits.retries``.
            NotThereError: It answers 404.
            OutOfTimeError: The deadline has passed, or would while waiting.
        """
        import tenacity

        limits = self._api.limits
        attempts = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(_AgainError),
            stop=tenacity.stop_after_attempt(limits.retries + 1),
            wait=self._wait,
            sleep=self._pause,
            reraise=True,
        )
        try:
            return attempts(self._in_turn, endpoint, url, params)
        except _AgainError as error:
            counted = f"{limits.retries + 1} attempts failed, the last one"
            raise SynthkitError(
                f"{endpoint}: {counted if limits.retries else 'the request failed'} "
                f"because {error.why}.",
                hint=_LATER,
            ) from None

    def _in_turn(self, endpoint: str, url: str, params: Mapping[str, str]) -> Answer:
        """Ask once, no sooner after the last request than the rate allows."""
        self._pause(max(0.0, self._last + self._gap - time.monotonic()))
        self._last = time.monotonic()
        try:
            return self._once(endpoint, url, params)
        except _AgainError as error:
            longest = self._api.limits.longest_wait
            if error.wait is not None and error.wait > longest:
                raise SynthkitError(
                    f"{endpoint}: the server asks to wait {error.wait:,.0f} s ({error.why}).",
                    hint=f"{_LATER} limits.longest_wait sets how long is waited.",
                ) from None
            raise

    def _wait(self, state: tenacity.RetryCallState) -> float:
        """Return the seconds before the next attempt: what Retry-After asks for, or backoff."""
        failed = None if state.outcome is None else state.outcome.exception()
        if isinstance(failed, _AgainError) and failed.wait is not None:
            return failed.wait
        limits = self._api.limits
        grown = limits.backoff * 2 ** (state.attempt_number - 1) * (0.5 + self._jitter.random())
        return float(min(grown, limits.longest_wait))

    @property
    def _gap(self) -> float:
        rate = self._api.limits.requests_per_second
        return 0.0 if rate is None else 1 / rate

    def _pause(self, seconds: float) -> None:
        if self._deadline is not None and time.monotonic() + seconds >= self._deadline:
            raise OutOfTimeError
        if seconds > 0:
            time.sleep(seconds)

    def _once(self, endpoint: str, url: str, params: Mapping[str, str]) -> Answer:
        import httpx

        asked: dict[str, str] | None = {**params, **self._query}
        for _ in range(_REDIRECTS + 1):
            self.check(endpoint, url)
            if asked:  # httpx replaces the query of an address by params, so they are joined
                url = str(httpx.URL(url).copy_merge_params(asked))
            try:
                with self._http.stream("GET", url) as response:
                    self._reached = True
                    where = response.headers.get("location")
                    if response.is_redirect and where:
                        url, asked = urljoin(url, where), self._query
                        continue
                    self._judge(endpoint, response)
                    return self._answer(endpoint, response)
            except httpx.TimeoutException:
                raise _AgainError("the server did not answer in time") from None
            except httpx.ConnectError as error:
                raise self._unreached(error) from None
            except (httpx.TransportError, httpx.DecodingError) as error:
                raise _AgainError(f"the connection failed ({type(error).__name__})") from None
        raise SynthkitError(f"{endpoint}: the server redirects in a circle.")

    def _unreached(self, error: httpx.ConnectError) -> Exception:
        """Return what a connection that was not made means: again only where one was before."""
        causes = _causes(error)
        base = urlsplit(self._api.base_url)
        server = f"{base.hostname}:{_port(base)}"
        if any(isinstance(each, ssl.SSLCertVerificationError) for each in causes):
            return SynthkitError(
                f"{server} shows a certificate that is not trusted.",
                hint="Check base_url; where the certificate is your own, name it in the "
                "environment variable SSL_CERT_FILE.",
            )
        if any(isinstance(each, socket.gaierror) for each in causes):
            why = "no server of this name is known"
        elif any(isinstance(each, ConnectionRefusedError) for each in causes):
            why = "nothing listens there"
        else:
            why = "no connection can be made"
        if self._reached:
            return _AgainError(f"{server} is gone: {why}")
        return SynthkitError(
            f"{server} cannot be reached: {why}.",
            hint="Check base_url in api.yaml, and that the server runs and this machine may "
            "connect to it.",
        )

    def check(self, endpoint: str, url: str) -> None:
        """Raise `SynthkitError` for an address on another server than ``base_url``'s."""
        base, there = urlsplit(self._api.base_url), urlsplit(url)
        upgraded = base.scheme == "http" and there.scheme == "https" and base.port is None
        same = there.scheme == base.scheme and _port(there) == _port(base)
        if there.hostname != base.hostname or not (same or (upgraded and there.port is None)):
            raise SynthkitError(
                f"{endpoint}: the server sends on to another one "
                f"({there.scheme}://{there.hostname}), which was not asked.",
                hint="If you trust it, make it the base_url.",
            )

    def public(self, url: str) -> str:
        """Return an address without the secret that a server may have repeated in it."""
        import httpx

        found = httpx.URL(url)
        for name in self._query:
            found = found.copy_remove_param(name)
        return str(found)

    def _judge(self, endpoint: str, response: httpx.Response) -> None:
        status = response.status_code
        if status in _AGAIN:
            raise _AgainError(f"it answers {status}", _wait(response.headers.get("retry-after")))
        if 200 <= status < 300:
            return
        kinds: dict[int, type[SynthkitError]] = {
            401: UsageError,
            403: UsageError,
            404: NotThereError,
        }
        raise kinds.get(status, SynthkitError)(
            f"{endpoint}: the server answers {status} for {response.url.path}.",
            hint=self._advice(status),
        )

    def _advice(self, status: int) -> str:
        auth = self._api.auth
        if status in (401, 403):
            if auth is None:
                return "Say in api.yaml how to log in: auth: {type: bearer, env: API_TOKEN}."
            return f"Check what is in {' and '.join(auth.env)}, and what it may read."
        if status == 404:
            return "Check base_url and the endpoint's path in api.yaml."
        return "Check the endpoint's path and params in api.yaml."

    def _answer(self, endpoint: str, response: httpx.Response) -> Answer:
        kind = response.headers.get("content-type", "json").lower()
        if not any(each in kind for each in _TEXT):
            raise _AgainError(f"it sends {kind.partition(';')[0]} and not JSON")
        most = self._api.limits.max_response_mb * 1e6
        until = time.monotonic() + self._api.limits.timeout
        held = bytearray()
        for piece in response.iter_bytes():
            held += piece
            if len(held) > most:
                raise SynthkitError(
                    f"{endpoint}: an answer is larger than {most / 1e6:g} MB.",
                    hint="Ask for smaller pages (pagination.size), or raise "
                    "limits.max_response_mb.",
                )
            if time.monotonic() > until:
                raise _AgainError("the server did not answer in time")
        try:
            body = json.loads(bytes(held), parse_constant=_refuse)
        except (ValueError, RecursionError):
            raise _AgainError("it sends broken JSON") from None
        return Answer(body, response.links.get("next", {}).get("url"))


def _port(parts: Any) -> int:
    return int(parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0))


def _causes(error: BaseException) -> list[BaseException]:
    """Return an error and what it came from: httpx tells by these alone what went wrong."""
    found: list[BaseException] = []
    following: BaseException | None = error
    while following is not None:
        found.append(following)
        following = following.__cause__ or following.__context__
    return found


def _refuse(_: str) -> None:
    raise ValueError


def _wait(header: str | None) -> float | None:
    """Return the seconds that Retry-After asks for: a number, or a date of HTTP."""
    if header is None:
        return None
    if header.strip().isdigit():
        return float(header)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(header).timestamp() - time.time())
    except ValueError:
        return None


def _credentials(api: Api) -> tuple[dict[str, str], dict[str, str]]:
    """Return headers and parts of the query that say who asks."""
    auth = api.auth
    if auth is None:
        return {}, {}
    found = [os.environ.get(name, "") for name in auth.env]
    for name, secret in zip(auth.env, found, strict=True):
        if not secret:
            raise UsageError(
                f"The environment variable {name} is not set.",
                hint=f"api.yaml says that the API needs it ({auth.type}): export {name}=...",
            )
        if not secret.isascii() or not secret.isprintable():
            raise UsageError(f"What is in {name} has characters that no header can hold.")
    if auth.type == "bearer":
        return {"Authorization": f"Bearer {found[0]}"}, {}
    if auth.type == "basic":
        joined = base64.b64encode(":".join(found).encode()).decode()
        return {"Authorization": f"Basic {joined}"}, {}
    return ({auth.name: found[0]}, {}) if auth.type == "header" else ({}, {auth.name: found[0]})
