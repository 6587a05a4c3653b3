"""What a client may ask, decoded strictly: no NaN, no huge numbers, no unknown fields."""

from typing import Annotated, ClassVar, Final, cast

import msgspec
from msgspec import Meta

from core.errors import Code, Problem
from exchange.realtime.limits import MESSAGE_BYTES_MAX

RequestId = Annotated[str, Meta(max_length=64)] | int | None
_Slug = Annotated[str, Meta(max_length=160)]
_Seq = Annotated[int, Meta(ge=0)]

# Known words, answered as not supported rather than unknown.
LATER_OPS: Final = frozenset({"order.replace", "order.cancel_all", "session.set"})


class Subscribe(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Begin to push a channel; `since` asks for what came after that seq."""

    op: str
    channel: str
    market: _Slug | None = None
    since: _Seq | None = None
    id: RequestId = None


class Unsubscribe(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Stop pushing a channel."""

    op: str
    channel: str
    market: _Slug | None = None
    id: RequestId = None


class Snapshot(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Push a channel's whole state again."""

    op: str
    channel: str
    market: _Slug | None = None
    id: RequestId = None


class Ping(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Ask whether anybody is there."""

    op: str
    id: RequestId = None


class PlaceOrder(msgspec.Struct, frozen=True, kw_only=True):
    """Place an order: its members stand beside op and id, and are read as the API reads them."""

    budget: ClassVar[str] = "orders"
    op: str
    id: RequestId = None


class PlaceOrders(msgspec.Struct, frozen=True, kw_only=True):
    """Place several orders, as the API's batch does."""

    budget: ClassVar[str] = "batches"
    op: str
    id: RequestId = None


class CancelOrder(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Cancel what is open of an order, named by its id or by the client's own."""

    budget: ClassVar[str] = "cancels"
    op: str
    order: Annotated[str, Meta(max_length=40)] | None = None
    client_order_id: Annotated[str, Meta(max_length=64)] | None = None
    id: RequestId = None


Request = Subscribe | Unsubscribe | Snapshot | Ping | PlaceOrder | PlaceOrders | CancelOrder
_REQUESTS: Final[dict[str, type[Request]]] = {
    "subscribe": Subscribe,
    "unsubscribe": Unsubscribe,
    "snapshot": Snapshot,
    "ping": Ping,
    "order.place": PlaceOrder,
    "order.batch": PlaceOrders,
    "order.cancel": CancelOrder,
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


def parse(text: str | None) -> Request:
    """Return the request in a text frame (None: it was binary). Raises BadRequestError."""
    if text is None:
        raise BadRequestError(Problem(Code.MALFORMED, "Send text frames with JSON."), None)
    if len(text) > MESSAGE_BYTES_MAX:
        detail = f"A message may have {MESSAGE_BYTES_MAX} bytes."
        raise BadRequestError(Problem(Code.BODY_TOO_LARGE, detail, limit=MESSAGE_BYTES_MAX), None)
    envelope = _decode(text, _Envelope, None)
    kind = _REQUESTS.get(envelope.op)
    if kind is None:
        raise BadRequestError(_unknown_op(envelope.op), envelope.id)
    return cast(Request, _decode(text, kind, envelope.id))


def _unknown_op(op: str) -> Problem:
    if op in LATER_OPS:
        return Problem(Code.NOT_SUPPORTED, f"{op} is not offered here yet: use the REST API.")
    return Problem(Code.UNKNOWN_OP, f"There is no op {op[:40]!r}.", known=sorted(_REQUESTS))


def _decode(text: str, kind: type[msgspec.Struct], request_id: str | int | None) -> "_Envelope":
    try:
        return cast(_Envelope, msgspec.json.decode(text, type=kind))
    except msgspec.ValidationError as error:
        is_extra = "unknown field" in str(error)
        problem = Problem(Code.UNKNOWN_FIELD if is_extra else Code.INVALID, str(error))
        raise BadRequestError(problem, request_id or _find_id(text)) from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise BadRequestError(Problem(Code.MALFORMED, f"Not JSON: {error}"), None) from error


def _find_id(text: str) -> str | int | None:
    try:
        return msgspec.json.decode(text, type=_IdOnly).id
    except (msgspec.DecodeError, RecursionError):
        return None
