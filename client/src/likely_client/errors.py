"""What can go wrong, one class for each kind of trouble.

Whatever the exchange refuses is a `ProblemError` with its `code`, which does not change, and a
`hint`. Whatever the exchange did not say is one of the others.
"""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any


class LikelyError(Exception):
    """Everything this package raises of its own.

    `maybe_done`: an answer was lost on the way, so what was asked for may have been done.
    """

    maybe_done = False


class ProblemError(LikelyError):
    """The exchange said no: its problem+json (RFC 9457)."""

    def __init__(
        self, body: Mapping[str, Any], *, status: int, retry_after_s: float | None = None
    ) -> None:
        self.status = status
        self.code = str(body.get("code", "unknown"))
        self.title = str(body.get("title", ""))
        self.detail = str(body.get("detail", "") or self.title or f"HTTP {status}")
        self.hint = str(body.get("hint", ""))
        self.errors: list[dict[str, str]] = list(body.get("errors") or [])
        self.retry_after_s = retry_after_s
        self.body = body
        super().__init__(self.detail)

    def __str__(self) -> str:
        text = f"{self.detail} [{self.code}]"
        return f"{text} {self.hint}" if self.hint else text

    @property
    def have(self) -> Decimal | None:
        """What there is, where that is too little."""
        return _decimal(self.body.get("have"))

    @property
    def need(self) -> Decimal | None:
        """What there would have to be."""
        return _decimal(self.body.get("need"))

    @property
    def order_id(self) -> str | None:
        """The order it is about."""
        order = self.body.get("order")
        return None if order is None else str(order)


class InvalidRequestError(ProblemError):
    """The request is not well-formed, or asks for what cannot be: see `errors`."""


class NotAuthenticatedError(ProblemError):
    """There is no key, or one that opens nothing (any more)."""


class ForbiddenError(ProblemError):
    """The key, or its member, may not do this."""


class NotFoundError(ProblemError):
    """There is no such thing, or it is somebody else's."""


class ConflictError(ProblemError):
    """It does not fit the state that things are in."""


class OrderRejectedError(ConflictError):
    """The book took the order and refused it; it exists, as rejected (`order_id`)."""


class InsufficientFundsError(OrderRejectedError):
    """There is less available (`have`) than the order would hold (`need`)."""


class MarketNotTradingError(OrderRejectedError):
    """The market is halted, closed, settled or voided."""


class ThrottledError(ProblemError):
    """Too many requests, for longer than the client was told to wait."""


class UnavailableError(ProblemError):
    """The exchange is busy or has failed, for longer than the client was told to wait."""


class ConnectionLostError(LikelyError):
    """Nobody answered, for longer than the client was told to wait."""


class UnansweredError(LikelyError):
    """What became of an order is not known.

    Place it again with the same `client_order_id` to hear: it is placed once.
    """

    def __init__(self, client_order_id: str, order_id: str | None, cause: str) -> None:
        super().__init__(f"order {client_order_id} was not answered: {cause}")
        self.client_order_id = client_order_id
        self.order_id = order_id


class UnknownOutcomeError(LikelyError):
    """The market has no such outcome; `known` are those it has."""

    def __init__(self, outcome: str, known: tuple[str, ...]) -> None:
        super().__init__(f"there is no outcome {outcome!r}, only {', '.join(known)}")
        self.known = known


class TooSlowError(LikelyError):
    """A live stream was read so slowly that its queue is full: open it again."""


class ProtocolError(LikelyError):
    """The answer is not what this client understands; it may not be a Likely site."""


_NOT_TRADING = frozenset(
    {"market_not_open", "market_halted", "market_closed", "market_settled", "market_voided"}
)
_BY_STATUS: Mapping[int, type[ProblemError]] = {
    401: NotAuthenticatedError,
    403: ForbiddenError,
    404: NotFoundError,
    409: ConflictError,
    412: ConflictError,
    429: ThrottledError,
}


def problem_error(
    body: Mapping[str, Any], *, status: int, retry_after_s: float | None = None
) -> ProblemError:
    """Return the error for a problem of the exchange."""
    return _kind(str(body.get("code", "")), status)(
        body, status=status, retry_after_s=retry_after_s
    )


def _kind(code: str, status: int) -> type[ProblemError]:
    if status == 409 and code == "insufficient_funds":  # noqa: PLR2004 -- HTTP
        return InsufficientFundsError
    if status == 409 and code in _NOT_TRADING:  # noqa: PLR2004 -- HTTP
        return MarketNotTradingError
    if status >= 500:  # noqa: PLR2004 -- HTTP
        return UnavailableError
    return _BY_STATUS.get(status, InvalidRequestError)


def rejected(problem: ProblemError) -> ProblemError:
    """Return the error of an order that was refused; by the book, where it names the order."""
    if type(problem) is ConflictError and problem.order_id is not None:
        return OrderRejectedError(problem.body, status=problem.status)
    return problem


def _decimal(value: object) -> Decimal | None:
    try:
        return None if value is None else Decimal(str(value))
    except InvalidOperation:
        return None
