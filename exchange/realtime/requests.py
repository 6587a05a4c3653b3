"""What a client may ask, decoded strictly: no NaN, no huge numbers, no unknown fields."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, ClassVar, Final, cast

import msgspec
from msgspec import Meta

from core.api.parsers import load_object
from core.errors import Code, Problem
from exchange.realtime.limits import CONFLATE_MS_MAX, DEAD_MAN_MS_MAX, MESSAGE_BYTES_MAX

RequestId = Annotated[str, Meta(max_length=64)] | int | None
_Slug = Annotated[str, Meta(max_length=160)]
_Seq = Annotated[int, Meta(ge=0)]
_Token = Annotated[str, Meta(pattern=r"^[\x21-\x7e]{1,64}\Z")]
_DeadManMs = Annotated[int, Meta(ge=0, le=DEAD_MAN_MS_MAX)]


class Subscribe(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Begin to push a channel; `since` asks for what came after that seq."""

    op: str
    channel: str
    market: _Slug | None = None
    member: _Slug | None = None
    event: _Slug | None = None
    name: _Slug | None = None
    since: _Seq | None = None
    id: RequestId = None


class Unsubscribe(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Stop pushing a channel."""

    op: str
    channel: str
    market: _Slug | None = None
    member: _Slug | None = None
    event: _Slug | None = None
    name: _Slug | None = None
    id: RequestId = None


class Snapshot(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Push a channel's whole state again."""

    op: str
    channel: str
    market: _Slug | None = None
    member: _Slug | None = None
    event: _Slug | None = None
    name: _Slug | None = None
    id: RequestId = None


class Ping(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Ask whether anybody is there."""

    op: str
    id: RequestId = None


class Authenticate(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Say by an API key who asks, on a socket that was opened without one."""

    op: str
    key: Annotated[str, Meta(max_length=100)]
    id: RequestId = None

    def __repr__(self) -> str:
        return "Authenticate(key=...)"


class SetSession(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Choose how this socket is served and what becomes of its orders; null changes nothing.

    `take_over` names an earlier session whose orders end with this one from now on.
    """

    scopes: ClassVar[tuple[str, ...]] = ("trade",)
    op: str
    cancel_on_disconnect: bool | None = None
    dead_man_ms: _DeadManMs | None = None
    conflate_ms: Annotated[int, Meta(ge=0, le=CONFLATE_MS_MAX)] | None = None
    take_over: Annotated[str, Meta(max_length=20)] | None = None
    id: RequestId = None

    @property
    def is_about_orders(self) -> bool:
        """Whether it says anything of what becomes of orders."""
        return (self.cancel_on_disconnect, self.dead_man_ms, self.take_over) != (None, None, None)


class PlaceOrder(msgspec.Struct, frozen=True, kw_only=True):
    """Place an order: its members stand beside op and id, and are read as the API reads them."""

    budget: ClassVar[str] = "orders"
    scopes: ClassVar[tuple[str, ...]] = ("trade",)
    op: str
    id: RequestId = None


class PlaceOrders(msgspec.Struct, frozen=True, kw_only=True):
    """Place several orders, as the API's batch does."""

    budget: ClassVar[str] = "batches"
    scopes: ClassVar[tuple[str, ...]] = ("trade",)
    op: str
    id: RequestId = None


class CancelOrder(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Cancel what is open of an order, named by its id or by the client's own."""

    budget: ClassVar[str] = "cancels"
    scopes: ClassVar[tuple[str, ...]] = ("cancel", "trade")
    op: str
    order: Annotated[str, Meta(max_length=40)] | None = None
    client_order_id: Annotated[str, Meta(max_length=64)] | None = None
    id: RequestId = None


class ReplaceOrder(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Reduce an order, or put another in its place; what it asks is read as the API reads it.

    Another order in its place is counted with the orders as well.
    """

    budget: ClassVar[str] = "cancels"
    scopes: ClassVar[tuple[str, ...]] = ("trade",)
    op: str
    order: Annotated[str, Meta(max_length=40)] | None = None
    client_order_id: Annotated[str, Meta(max_length=64)] | None = None
    price: Any = None
    quantity: Any = None
    reduce_by: Any = None
    new_client_order_id: _Token | None = None
    id: RequestId = None


class CancelAll(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Cancel all that fits what is named; what it names is read as the API reads it."""

    budget: ClassVar[str] = "cancels"
    scopes: ClassVar[tuple[str, ...]] = ("cancel", "trade")
    op: str
    market: Any = None
    contract: Any = None
    side: Any = None
    group: Any = None
    id: RequestId = None


Request = (
    Subscribe
    | Unsubscribe
    | Snapshot
    | Ping
    | Authenticate
    | SetSession
    | PlaceOrder
    | PlaceOrders
    | CancelOrder
    | ReplaceOrder
    | CancelAll
)
_REQUESTS: Final[dict[str, type[Request]]] = {
    "subscribe": Subscribe,
    "unsubscribe": Unsubscribe,
    "snapshot": Snapshot,
    "ping": Ping,
    "auth": Authenticate,
    "session.set": SetSession,
    "order.place": PlaceOrder,
    "order.batch": PlaceOrders,
    "order.cancel": CancelOrder,
    "order.replace": ReplaceOrder,
    "order.cancel_all": CancelAll,
}


class _Envelope(msgspec.Struct):
    op: str
    id: RequestId = None


class _IdOnly(msgspec.Struct):
    id: RequestId = None


class BadRequestError(Exception):
    """A message that cannot be served: what to answer, and to which id."""

    def __init__(self, problem: Problem, request_id: str | int | None) -> None:
        super().__init__(problem.detail)
        self.problem = problem
        self.request_id = request_id


@dataclass(frozen=True, slots=True)
class Received:
    """A request, and how to read what it says besides its op and id, as JSON has it.

    Raises Problem MALFORMED where that cannot be read strictly.
    """

    request: Request
    members: Callable[[], Mapping[str, Any]]


def parse(text: str | None) -> Received:
    """Return the request in a text frame (None: it was binary). Raises BadRequestError."""
    if text is None:
        raise BadRequestError(Problem(Code.MALFORMED, "Send text frames with JSON."), None)
    check_size(text)
    envelope = _decode(text, _Envelope, None)
    request = cast(Request, _decode(text, _kind(envelope.op, envelope.id), envelope.id))
    return Received(request, partial(_members, text))


def parse_members(members: Mapping[str, Any]) -> Received:
    """Return a request that came otherwise than as JSON, said as it. Raises BadRequestError."""
    request_id = members.get("id")
    kind = _kind(members["op"], request_id)
    try:
        request = msgspec.convert(members, kind)
    except msgspec.ValidationError as error:
        raise BadRequestError(_problem_of(error), request_id) from error
    return Received(request, partial(_without_envelope, members))


def check_size(message: str | bytes) -> None:
    """Raise BadRequestError for a message that is too long."""
    if len(message) > MESSAGE_BYTES_MAX:
        detail = f"A message may have {MESSAGE_BYTES_MAX} bytes."
        raise BadRequestError(Problem(Code.BODY_TOO_LARGE, detail, limit=MESSAGE_BYTES_MAX), None)


def _kind(op: str, request_id: RequestId) -> type[Request]:
    kind = _REQUESTS.get(op)
    if kind is None:
        raise BadRequestError(_unknown_op(op), request_id)
    return kind


def _members(text: str) -> Mapping[str, Any]:
    try:
        members = load_object(text)
    except (ValueError, RecursionError) as error:
        raise Problem(Code.MALFORMED, f"Not JSON: {error}") from error
    return _without_envelope(members)


def _without_envelope(members: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in members.items() if name not in {"op", "id"}}


def _unknown_op(op: str) -> Problem:
    return Problem(Code.UNKNOWN_OP, f"There is no op {op[:40]!r}.", known=sorted(_REQUESTS))


def _decode(text: str, kind: type[msgspec.Struct], request_id: str | int | None) -> "_Envelope":
    try:
        return cast(_Envelope, msgspec.json.decode(text, type=kind))
    except msgspec.ValidationError as error:
        raise BadRequestError(_problem_of(error), request_id or _find_id(text)) from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise BadRequestError(Problem(Code.MALFORMED, f"Not JSON: {error}"), None) from error


def _problem_of(error: msgspec.ValidationError) -> Problem:
    is_extra = "unknown field" in str(error)
    return Problem(Code.UNKNOWN_FIELD if is_extra else Code.INVALID, str(error))


def _find_id(text: str) -> str | int | None:
    try:
        return msgspec.json.decode(text, type=_IdOnly).id
    except (msgspec.DecodeError, RecursionError):
        return None
