"""REST with retries.

Every request that goes through here may be sent twice without harm: reads change nothing, orders
carry a client_order_id, changes say what shall be, not by how much.
"""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final, NamedTuple, TypeVar

import httpx
import msgspec

from likely_client._retry import Backoff
from likely_client.errors import (
    ConnectionLostError,
    LikelyError,
    ProblemError,
    ProtocolError,
    problem_error,
)

T = TypeVar("T")
Params = Mapping[str, Any]
_ASK_AGAIN: Final = frozenset({429, 500, 502, 503, 504})
_NOT_DONE: Final = frozenset({429, 503})  # the exchange itself says so
_PAGE: Final = 200


class Answer(NamedTuple):
    """An answer that is no problem; `attempts` says how often it was asked for."""

    status: int
    content: bytes
    attempts: int
    headers: httpx.Headers


class Http:
    """A site's REST API for one member, or for nobody."""

    def __init__(
        self, site: str, key: str | None, *, timeout_s: float, attempt_timeout_s: float = 10.0
    ) -> None:
        self.timeout_s = timeout_s
        self._backoff = Backoff()
        headers = {"Accept": "application/json", "User-Agent": "likely-client/1"}
        if key:
            headers["Authorization"] = f"Token {key}"
        self._client = httpx.AsyncClient(
            base_url=site,
            headers=headers,
            timeout=httpx.Timeout(attempt_timeout_s, pool=timeout_s),
            limits=httpx.Limits(max_connections=20, max_keepalive_connections=20),
        )

    async def close(self) -> None:
        """Give the connections back."""
        await self._client.aclose()

    async def ask(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        body: object = None,
        idempotency_key: str | None = None,
        timeout_s: float | None = None,
    ) -> Answer:
        """Ask until there is an answer, at most `timeout_s`.

        Raises ProblemError for a refusal, ConnectionLostError when nobody answers.
        """
        content = None if body is None else msgspec.json.encode(body)
        request = self._client.build_request(
            method, path, params=params, content=content, headers=_headers(body, idempotency_key)
        )
        loop = asyncio.get_running_loop()
        deadline = loop.time() + (self.timeout_s if timeout_s is None else timeout_s)
        attempt, maybe_done = 0, False
        while True:
            trouble, answer = await self._try(request, attempt)
            if answer is not None:
                return answer
            assert trouble is not None, "there is an answer or trouble"
            if not may_pass(trouble):
                trouble.maybe_done = maybe_done
                raise trouble
            maybe_done = trouble.maybe_done = maybe_done or _is_open_ended(trouble)
            retry_after_s = trouble.retry_after_s if isinstance(trouble, ProblemError) else None
            wait_s = self._backoff.wait_s(attempt, at_least_s=retry_after_s or 0.0)
            if loop.time() + wait_s > deadline:
                raise trouble
            await asyncio.sleep(wait_s)
            attempt += 1

    async def get(self, path: str, kind: type[T], /, **params: Any) -> T:
        """Read one thing."""
        return decode((await self.ask("GET", path, params=_given(params))).content, kind)

    async def pages(self, path: str, kind: type[T], limit: int | None, /, **params: Any) -> list[T]:
        """Read a list, newest first, `limit` rows of it or all."""
        found: list[T] = []
        asked = _given(params)
        while limit is None or len(found) < limit:
            size = _PAGE if limit is None else min(_PAGE, limit - len(found))
            answer = await self.ask("GET", path, params={**asked, "limit": size})
            page = decode(answer.content, dict[str, Any])
            found += convert(page["results"], list[kind])  # type: ignore[valid-type]  # at run time
            if not page.get("next"):
                break
            asked["cursor"] = page["next"]
        return found

    async def _try(
        self, request: httpx.Request, attempt: int
    ) -> tuple[LikelyError | None, Answer | None]:
        """Ask once; return the answer, or the trouble with it."""
        try:
            response = await self._client.send(request)
        except httpx.TransportError as error:
            cause = str(error) or type(error).__name__
            lost = ConnectionLostError(f"{self._client.base_url} does not answer: {cause}")
            lost.__cause__ = error
            return lost, None
        if response.is_success:
            return None, Answer(
                response.status_code, response.content, attempt + 1, response.headers
            )
        return _problem_of(response), None


def decode(content: bytes, kind: type[T]) -> T:
    """Return JSON as what it should be. Raises ProtocolError."""
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.DecodeError as error:
        raise ProtocolError(f"the answer cannot be read: {error}") from error


def convert(value: Any, kind: type[T]) -> T:
    """Return what was decoded from JSON as what it should be. Raises ProtocolError."""
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise ProtocolError(f"the answer cannot be read: {error}") from error


def _headers(body: object, idempotency_key: str | None) -> dict[str, str]:
    headers = {} if body is None else {"Content-Type": "application/json"}
    return headers if idempotency_key is None else {**headers, "Idempotency-Key": idempotency_key}


def may_pass(trouble: LikelyError) -> bool:
    """Whether the same may be answered when it is asked again."""
    return not isinstance(trouble, ProblemError) or trouble.status in _ASK_AGAIN


def _is_open_ended(trouble: LikelyError) -> bool:
    """Whether what was asked for may have been done although there is no answer."""
    return not (isinstance(trouble, ProblemError) and trouble.status in _NOT_DONE)


def _given(params: Params) -> dict[str, Any]:
    return {name: _text(value) for name, value in params.items() if value is not None}


def _text(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _problem_of(response: httpx.Response) -> ProblemError:
    try:
        body = response.json()
    except ValueError:
        body = {}
    if not isinstance(body, dict):
        body = {}
    return problem_error(
        body or {"detail": response.reason_phrase},
        status=response.status_code,
        retry_after_s=_retry_after_s(response.headers.get("Retry-After")),
    )


def _retry_after_s(text: str | None) -> float | None:
    """Return seconds from a Retry-After header, which may also be a date."""
    if not text:
        return None
    if text.isdecimal():
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return None
