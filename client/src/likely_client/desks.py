"""Where orders are handed in: over REST, or over the socket. Both answer the same.

An order is sent again until it is answered, always under its own client_order_id: the exchange
places it once, however often it is sent.
"""

import asyncio
from collections.abc import Sequence
from typing import Any, Final, Protocol

from likely_client._connection import Connection
from likely_client._followers import Frame
from likely_client._http import Http, convert, decode
from likely_client._retry import Backoff
from likely_client.errors import (
    ConnectionLostError,
    LikelyError,
    ProblemError,
    ThrottledError,
    UnansweredError,
    UnavailableError,
    problem_error,
    rejected,
)
from likely_client.models import Order
from likely_client.orders import BatchResult, new_client_order_id

ORDERS: Final = "/api/v1/orders/"
BATCH_MAX: Final = 500
_POLL_S: Final = 0.5
_DONE: Final = 200
_ACCEPTED: Final = 202
_FAILED: Final = 400
Wire = dict[str, Any]
Told = tuple[int, dict[str, Any]]  # status and body, as over REST


class Desk(Protocol):
    """A way to hand in orders."""

    async def send(self, wire: Wire) -> Told:
        """Hand in an order. Raises ProblemError, ConnectionLostError."""

    async def send_many(self, wires: Sequence[Wire]) -> list[Told]:
        """Hand in orders together; each is told by itself."""

    async def cancel(self, order_id: str) -> None:
        """Cancel what is open of an order."""

    async def replace(self, order_id: str, changes: Wire, name: str) -> Told:
        """Change an order; where another takes its place, that one has the client's name."""

    async def cancel_all(self, wanted: Wire) -> Told:
        """Cancel the open orders that fit."""


class RestDesk:
    """Hands in over REST."""

    def __init__(self, http: Http) -> None:
        self._http = http

    async def send(self, wire: Wire) -> Told:
        """Hand in an order."""
        answer = await self._http.ask("POST", ORDERS, body=wire)
        return answer.status, decode(answer.content, dict[str, Any])

    async def send_many(self, wires: Sequence[Wire]) -> list[Told]:
        """Hand in orders together."""
        answer = await self._http.ask("POST", f"{ORDERS}batch/", body={"orders": wires})
        results = decode(answer.content, dict[str, Any])["results"]
        return [(int(one["status"]), one["body"]) for one in results]

    async def cancel(self, order_id: str) -> None:
        """Cancel what is open of an order."""
        try:
            answer = await self._http.ask("DELETE", f"{ORDERS}{order_id}/")
        except ProblemError as error:
            # Where an answer was lost, the first try may have cancelled it.
            if not (error.maybe_done and error.code == "unknown_order"):
                raise
        else:
            if answer.status == _ACCEPTED:
                await _until_closed(self._http, order_id)

    async def replace(self, order_id: str, changes: Wire, name: str) -> Told:
        """Change an order."""
        path = f"{ORDERS}{order_id}/"
        answer = await self._http.ask("PATCH", path, body=changes, idempotency_key=name)
        return answer.status, decode(answer.content, dict[str, Any])

    async def cancel_all(self, wanted: Wire) -> Told:
        """Cancel the open orders that fit."""
        answer = await self._http.ask("POST", f"{ORDERS}cancel-all/", body=wanted)
        return answer.status, decode(answer.content, dict[str, Any])


class SocketDesk:
    """Hands in over the live feed's socket: no connection to set up, no headers."""

    def __init__(self, connection: Connection, http: Http) -> None:
        self._connection = connection
        self._http = http
        self._backoff = Backoff()

    async def send(self, wire: Wire) -> Told:
        """Hand in an order."""
        frame = await self._ask("order.place", wire)
        return int(frame["status"]), dict(frame["order"])

    async def send_many(self, wires: Sequence[Wire]) -> list[Told]:
        """Hand in orders together."""
        frame = await self._ask("order.batch", {"orders": list(wires)})
        return [(int(one["status"]), one["body"]) for one in frame["results"]]

    async def cancel(self, order_id: str) -> None:
        """Cancel what is open of an order."""
        try:
            frame = await self._ask("order.cancel", {"order": order_id})
        except ProblemError as error:
            if not (error.maybe_done and error.code == "unknown_order"):
                raise
        else:
            if frame["status"] == _ACCEPTED:
                await _until_closed(self._http, order_id)

    async def replace(self, order_id: str, changes: Wire, name: str) -> Told:
        """Change an order."""
        asked = {"order": order_id, "new_client_order_id": name, **changes}
        frame = await self._ask("order.replace", asked)
        return int(frame["status"]), dict(frame["order"])

    async def cancel_all(self, wanted: Wire) -> Told:
        """Cancel the open orders that fit; those that this socket sent before are included."""
        frame = await self._ask("order.cancel_all", wanted)
        return int(frame.get("status", _DONE)), dict(frame)

    async def _ask(self, op: str, members: Wire) -> Frame:
        """Ask until there is an answer, over as many connections as that takes."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._connection.timeout_s
        attempt, maybe_done = 0, False
        while True:
            try:
                timeout_s = max(0.1, deadline - loop.time())
                return await self._connection.request(op, members, timeout_s=timeout_s)
            except LikelyError as error:
                may_pass = isinstance(
                    error, ConnectionLostError | ThrottledError | UnavailableError
                )
                maybe_done = maybe_done or isinstance(error, ConnectionLostError)
                error.maybe_done = maybe_done
                retry_after_s = error.retry_after_s if isinstance(error, ProblemError) else None
                wait_s = self._backoff.wait_s(attempt, at_least_s=retry_after_s or 0.0)
                if not may_pass or loop.time() + wait_s > deadline:
                    raise
            await asyncio.sleep(wait_s)
            attempt += 1


class Placing:
    """Places orders at a desk, and does not come back before there is a final answer."""

    def __init__(self, desk: Desk, http: Http) -> None:
        self.desk = desk
        self._http = http

    async def place(self, wire: Wire) -> Order:
        """Return the order as the book has taken it.

        Raises ProblemError for a refusal, UnansweredError where nobody said what became of it.
        """
        try:
            status, body = await self.desk.send(wire)
        except LikelyError as error:
            raise _refusal(error, wire) from error
        return await self._final(wire, status, body)

    async def place_many(self, wires: Sequence[Wire]) -> list[BatchResult]:
        """Return what became of each order; none of them waits for another's refusal.

        Where it is not known, an UnansweredError stands for the order. Raises what nothing of the
        first request came of.
        """
        results: list[BatchResult] = []
        for start in range(0, len(wires), BATCH_MAX):
            chunk = wires[start : start + BATCH_MAX]
            try:
                told = await self.desk.send_many(chunk)
            except LikelyError as error:
                refusals = [_refusal(error, wire) for wire in chunk]
                if not results and not isinstance(refusals[0], UnansweredError):
                    raise
                results += [BatchResult(error=refusal) for refusal in refusals]
                continue
            results += [
                await self._result(wire, status, body)
                for wire, (status, body) in zip(chunk, told, strict=True)
            ]
        return results

    async def replace(self, order_id: str, changes: Wire) -> Order:
        """Return an order as it is once changed, or what has taken its place."""
        # The name has the exchange make one replacement, however often it is asked.
        name = new_client_order_id()
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._http.timeout_s
        while True:
            status, body = await self.desk.replace(order_id, changes, name)
            if status != _ACCEPTED:
                return convert(body, Order)
            if loop.time() > deadline:
                raise UnansweredError(name, order_id, "the book has not judged the change in time")
            await asyncio.sleep(_POLL_S)

    async def cancel_many(self, order_ids: Sequence[str]) -> list[BatchResult]:
        """Return what became of the cancel of each order."""
        results: list[BatchResult] = []
        for start in range(0, len(order_ids), BATCH_MAX):
            named = [{"id": order_id} for order_id in order_ids[start : start + BATCH_MAX]]
            answer = await self._http.ask("POST", f"{ORDERS}batch/cancel/", body={"orders": named})
            told = decode(answer.content, dict[str, Any])["results"]
            results += [await self._cancelled(one, answer.attempts) for one in told]
        return results

    async def cancel_all(self, wanted: Wire) -> int:
        """Cancel all orders that fit, asking until every book has answered; return how many."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._http.timeout_s
        cancelled: set[str] = set()
        while True:
            status, told = await self.desk.cancel_all(wanted)
            cancelled |= {str(order["id"]) for order in told["cancelled"]}
            if status != _ACCEPTED:
                return len(cancelled)
            if loop.time() > deadline:
                raise ConnectionLostError("some books have not answered the cancel of all orders")
            await asyncio.sleep(_POLL_S)

    async def _cancelled(self, told: dict[str, Any], attempts: int) -> BatchResult:
        body, status = told["body"], int(told["status"])
        if status < _FAILED:
            if status == _ACCEPTED:
                await _until_closed(self._http, str(body["id"]))
                body = await self._http.get(f"{ORDERS}{body['id']}/", dict[str, Any])
            return BatchResult(order=convert(body, Order))
        error = problem_error(body, status=status)
        if attempts > 1 and error.code == "unknown_order" and error.order_id is not None:
            # An answer was lost: the first try may have cancelled it.
            return BatchResult(order=await self._http.get(f"{ORDERS}{error.order_id}/", Order))
        return BatchResult(error=error)

    async def _result(self, wire: Wire, status: int, body: dict[str, Any]) -> BatchResult:
        try:
            if status < _FAILED:
                return BatchResult(order=await self._final(wire, status, body))
            error = problem_error(body, status=status)
            if not isinstance(error, ThrottledError | UnavailableError):
                return BatchResult(error=rejected(error))
            # It was not received: alone it is sent until it is.
            return BatchResult(order=await self.place(wire))
        except LikelyError as refusal:
            return BatchResult(error=_refusal(refusal, wire))

    async def _final(self, wire: Wire, status: int, body: dict[str, Any]) -> Order:
        if status != _ACCEPTED:
            return convert(body, Order)
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._http.timeout_s
        while loop.time() < deadline:
            await asyncio.sleep(_POLL_S)
            order = await self._http.get(f"{ORDERS}{body['id']}/", Order)
            if order.status == "rejected":  # the same again is answered with the reason
                return await self.place(wire)
            if order.status != "pending_new":
                return order
        cause = "the book has not judged it in time"
        raise UnansweredError(wire["client_order_id"], str(body["id"]), cause)


def _refusal(error: LikelyError, wire: Wire) -> LikelyError:
    if isinstance(error, UnansweredError):
        return error
    is_unknown = error.maybe_done and isinstance(error, ConnectionLostError | UnavailableError)
    if is_unknown or isinstance(error, ConnectionLostError):
        return UnansweredError(wire["client_order_id"], None, str(error))
    return rejected(error) if isinstance(error, ProblemError) else error


async def _until_closed(http: Http, order_id: str) -> None:
    """Wait until a cancel that was received is carried out. Raises ConnectionLostError."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + http.timeout_s
    while (await http.get(f"{ORDERS}{order_id}/", Order)).is_open:
        if loop.time() > deadline:
            raise ConnectionLostError(f"the cancel of order {order_id} was not answered")
        await asyncio.sleep(_POLL_S)
