"""Problems told to people: a closed list of codes, each with its status and its words."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Code(StrEnum):
    """Every code that a problem+json answer can carry."""

    MALFORMED = "malformed"
    INVALID = "invalid"
    UNKNOWN_FIELD = "unknown_field"
    NOT_AUTHENTICATED = "not_authenticated"
    PERMISSION_DENIED = "permission_denied"
    CSRF_FAILED = "csrf_failed"
    EMAIL_NOT_CONFIRMED = "email_not_confirmed"
    HIDDEN_BY_MEMBER = "hidden_by_member"
    KEY_SCOPE_MISSING = "key_scope_missing"
    KEY_ADDRESS_NOT_ALLOWED = "key_address_not_allowed"
    AUTHORIZATION_PENDING = "authorization_pending"
    SLOW_DOWN = "slow_down"
    ACCESS_DENIED = "access_denied"
    EXPIRED_TOKEN = "expired_token"  # noqa: S105 -- the word of RFC 8628
    REAUTHENTICATION_REQUIRED = "reauthentication_required"
    TOO_MANY_KEYS = "too_many_keys"
    NOT_FOUND = "not_found"
    UNKNOWN_CONTRACT = "unknown_contract"
    UNKNOWN_MARKET = "unknown_market"
    UNKNOWN_ORDER = "unknown_order"
    NOT_OWNER = "not_owner"
    CANNOT_FOLLOW_YOURSELF = "cannot_follow_yourself"
    UNKNOWN_COMMENT = "unknown_comment"
    COMMENT_NOT_YOURS = "comment_not_yours"
    COMMENT_GONE = "comment_gone"
    TOO_MANY_COMMENTS = "too_many_comments"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    NOT_ACCEPTABLE = "not_acceptable"
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type"
    BODY_TOO_LARGE = "body_too_large"
    INVALID_PRICE = "invalid_price"
    PRICE_OFF_TICK = "price_off_tick"
    INVALID_QUANTITY = "invalid_quantity"
    INVALID_CURSOR = "invalid_cursor"
    AMENDMENT_NOT_SUPPORTED = "amendment_not_supported"
    PRECONDITION_FAILED = "precondition_failed"
    ORDER_CHANGED = "order_changed"
    CLIENT_ORDER_ID_REUSED = "client_order_id_reused"
    DUPLICATE_ORDER = "duplicate_order"
    MARKET_NOT_OPEN = "market_not_open"
    MARKET_OPEN = "market_open"
    MARKET_EXISTS = "market_exists"
    MARKET_HALTED = "market_halted"
    MARKET_CLOSED = "market_closed"
    MARKET_SETTLED = "market_settled"
    MARKET_VOIDED = "market_voided"
    INVALID_WINNER = "invalid_winner"
    TOO_LATE = "too_late"
    MARKET_IN_AUCTION = "market_in_auction"
    INVALID_TERMS = "invalid_terms"
    INVALID_STOP_PRICE = "invalid_stop_price"
    INVALID_MIN_QUANTITY = "invalid_min_quantity"
    INVALID_MAX_COST = "invalid_max_cost"
    INVALID_EXPIRY = "invalid_expiry"
    GROUP_TRIPPED = "group_tripped"
    TOO_MANY_ORDERS = "too_many_orders"
    PRICE_OUTSIDE_COLLAR = "price_outside_collar"
    REDUCE_ONLY = "reduce_only"
    POST_ONLY = "post_only"
    MAX_COST = "max_cost"
    EXPOSURE_LIMIT = "exposure_limit"
    LOSS_LIMIT = "loss_limit"
    INVALID_AUCTION = "invalid_auction"
    UNKNOWN_TRADE = "unknown_trade"
    SELF_TRADE = "self_trade"
    OWN_CHALLENGE = "own_challenge"
    CHALLENGE_NOT_OPEN = "challenge_not_open"
    CHALLENGE_EXPIRED = "challenge_expired"
    INVALID_DEADLINE = "invalid_deadline"
    TOO_MANY_CHALLENGES = "too_many_challenges"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    ACCOUNT_SUSPENDED = "account_suspended"
    THROTTLED = "throttled"
    UNKNOWN_OP = "unknown_op"
    UNKNOWN_CHANNEL = "unknown_channel"
    NOT_SUBSCRIBED = "not_subscribed"
    TOO_MANY_SUBSCRIPTIONS = "too_many_subscriptions"
    SESSION_ENDED = "session_ended"
    UNAVAILABLE = "unavailable"
    INTERNAL_ERROR = "internal_error"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code stands for: its HTTP status, a short title, what to do about it."""

    status: int
    title: str
    hint: str


MEANINGS: Mapping[Code, Meaning] = {
    Code.MALFORMED: Meaning(400, "The request is malformed", "Send what the documentation shows."),
    Code.INVALID: Meaning(400, "A field is not valid", "See errors[] for each field."),
    Code.UNKNOWN_FIELD: Meaning(400, "A field is not known", "Leave it out."),
    Code.NOT_AUTHENTICATED: Meaning(
        401, "Log in first", "Send an API key as Authorization: Token <key>, or a session's cookie."
    ),
    Code.PERMISSION_DENIED: Meaning(403, "You may not do this", "Ask the owner or an admin."),
    Code.CSRF_FAILED: Meaning(
        403,
        "The CSRF token is missing or wrong",
        "Send the csrftoken cookie's value as the X-CSRFToken header, from this site.",
    ),
    Code.EMAIL_NOT_CONFIRMED: Meaning(
        403, "Confirm your e-mail address first", "Open the link in the mail we sent you."
    ),
    Code.HIDDEN_BY_MEMBER: Meaning(
        403, "The member does not show you this", "See `hidden` of the member for what is kept."
    ),
    Code.KEY_SCOPE_MISSING: Meaning(
        403, "The API key may not do this", "Make a key with one of the scopes in `need`."
    ),
    Code.KEY_ADDRESS_NOT_ALLOWED: Meaning(
        403,
        "The API key opens nothing from this address",
        "Call from an address that the key is bound to, or make a key for this one.",
    ),
    Code.AUTHORIZATION_PENDING: Meaning(
        400, "No member has decided yet", "Poll again after `interval` seconds."
    ),
    Code.SLOW_DOWN: Meaning(
        400, "You poll too often", "Wait for `interval` seconds, which have grown, between polls."
    ),
    Code.ACCESS_DENIED: Meaning(
        400, "A member did not let the program in", "Ask for a new code if this was a mistake."
    ),
    Code.EXPIRED_TOKEN: Meaning(
        400, "The device code has expired or was used", "Ask for a new code."
    ),
    Code.REAUTHENTICATION_REQUIRED: Meaning(
        403, "Log in again first", "Enter your password at /accounts/reauthenticate/."
    ),
    Code.TOO_MANY_KEYS: Meaning(409, "You have too many API keys", "Revoke one first."),
    Code.NOT_FOUND: Meaning(404, "There is nothing here", "Check the address."),
    Code.UNKNOWN_CONTRACT: Meaning(
        404, "There is no such contract", "List the market's contracts."
    ),
    Code.UNKNOWN_MARKET: Meaning(404, "There is no such market", "List the markets."),
    Code.UNKNOWN_ORDER: Meaning(
        409, "The order is not open", "It may be filled or cancelled already: read it again."
    ),
    Code.NOT_OWNER: Meaning(404, "There is no such order", "List your own orders."),
    Code.CANNOT_FOLLOW_YOURSELF: Meaning(
        409, "You cannot follow yourself", "Your own activity is in your feed anyway."
    ),
    Code.UNKNOWN_COMMENT: Meaning(404, "There is no such comment", "List the market's comments."),
    Code.COMMENT_NOT_YOURS: Meaning(
        403, "This is somebody else's comment", "Report it if it breaks the rules."
    ),
    Code.COMMENT_GONE: Meaning(
        409, "This comment was deleted or hidden", "Reply to another, or start anew."
    ),
    Code.TOO_MANY_COMMENTS: Meaning(
        429, "You write too much at once", "Wait for Retry-After seconds."
    ),
    Code.METHOD_NOT_ALLOWED: Meaning(
        405, "This method is not allowed here", "See the Allow header."
    ),
    Code.NOT_ACCEPTABLE: Meaning(406, "This representation is not offered", "Accept JSON."),
    Code.UNSUPPORTED_MEDIA_TYPE: Meaning(415, "This media type is not read here", "Send JSON."),
    Code.BODY_TOO_LARGE: Meaning(413, "The request is too large", "Send less at a time."),
    Code.INVALID_PRICE: Meaning(
        422, "The price is out of range", "Prices lie above 0 and below 1."
    ),
    Code.PRICE_OFF_TICK: Meaning(
        422, "The price is off the market's tick", "Take one of the two nearest prices."
    ),
    Code.INVALID_QUANTITY: Meaning(
        422, "The quantity is out of range", "Quantities are whole numbers from 1 up."
    ),
    Code.INVALID_CURSOR: Meaning(400, "The cursor is not valid", "Start from the first page."),
    Code.AMENDMENT_NOT_SUPPORTED: Meaning(
        422, "This term of an order cannot be changed", "Cancel it and place a new order."
    ),
    Code.PRECONDITION_FAILED: Meaning(
        412, "It has changed since you read it", "Read it again and decide anew."
    ),
    Code.ORDER_CHANGED: Meaning(
        409, "The order changed meanwhile", "Read it again, then say what it should be."
    ),
    Code.CLIENT_ORDER_ID_REUSED: Meaning(
        422, "This client_order_id was used for another order", "Use a new client_order_id."
    ),
    Code.DUPLICATE_ORDER: Meaning(409, "An order with this id exists", "Use a new order."),
    Code.MARKET_NOT_OPEN: Meaning(409, "The market is not open yet", "Wait until it opens."),
    Code.MARKET_OPEN: Meaning(409, "The market is open", "Halt it or leave it as it is."),
    Code.MARKET_EXISTS: Meaning(409, "The market was opened before", "Nothing to do."),
    Code.MARKET_HALTED: Meaning(
        409, "The market is halted", "Cancels are still taken; wait until it resumes."
    ),
    Code.MARKET_CLOSED: Meaning(409, "The market is closed", "It waits to be settled."),
    Code.MARKET_SETTLED: Meaning(409, "The market is settled", "See its result."),
    Code.MARKET_VOIDED: Meaning(409, "The market was voided", "Every trade in it was undone."),
    Code.INVALID_WINNER: Meaning(
        409, "This outcome cannot win here", "Choose one of the market's outcomes."
    ),
    Code.TOO_LATE: Meaning(
        409,
        "The request came too late",
        "Send it again with a later valid_until, if it is still wanted.",
    ),
    Code.MARKET_IN_AUCTION: Meaning(
        409, "The market is in an auction", "Only limit orders that may rest are collected now."
    ),
    Code.INVALID_TERMS: Meaning(
        422, "These terms exclude each other", "See the documentation of orders."
    ),
    Code.INVALID_STOP_PRICE: Meaning(
        422, "The stop price is not one of the market's prices", "Take a price on its tick."
    ),
    Code.INVALID_MIN_QUANTITY: Meaning(
        422, "The minimum quantity is out of range", "From 1 to the order's quantity."
    ),
    Code.INVALID_MAX_COST: Meaning(
        422, "The maximum cost is out of range", "Give an amount above 0."
    ),
    Code.INVALID_EXPIRY: Meaning(422, "The expiry is not in the future", "Give a later time."),
    Code.GROUP_TRIPPED: Meaning(
        409, "The order group was filled too fast", "Arm the group again first."
    ),
    Code.TOO_MANY_ORDERS: Meaning(
        409, "The account has too many open orders", "Cancel some first."
    ),
    Code.PRICE_OUTSIDE_COLLAR: Meaning(
        409, "The price is too far beyond the last one", "Come nearer to the last price."
    ),
    Code.REDUCE_ONLY: Meaning(
        409, "There is no position to reduce", "Place it without reduce_only."
    ),
    Code.POST_ONLY: Meaning(
        409, "The order would match at once", "Come off the other side's best price."
    ),
    Code.MAX_COST: Meaning(
        409, "The order could cost more than it may", "Ask for less, or allow more."
    ),
    Code.EXPOSURE_LIMIT: Meaning(
        409, "The account's exposure limit is reached", "Close positions or cancel orders."
    ),
    Code.LOSS_LIMIT: Meaning(
        409, "The account's loss limit is reached", "Close positions or cancel orders."
    ),
    Code.INVALID_AUCTION: Meaning(
        409, "The auction's end is not valid", "Give an end in the future."
    ),
    Code.UNKNOWN_TRADE: Meaning(
        404, "There is no such trade that could be voided", "See the market's trades."
    ),
    Code.SELF_TRADE: Meaning(409, "An account cannot trade with itself", "Name two accounts."),
    Code.OWN_CHALLENGE: Meaning(
        409, "You cannot challenge yourself", "Send the link to somebody else."
    ),
    Code.CHALLENGE_NOT_OPEN: Meaning(
        409, "The challenge is not open any more", "Read it again for what became of it."
    ),
    Code.CHALLENGE_EXPIRED: Meaning(
        409, "The challenge's deadline has passed", "Offer a new one back."
    ),
    Code.INVALID_DEADLINE: Meaning(
        422, "The deadline is not valid", "Give a time within the next 30 days."
    ),
    Code.TOO_MANY_CHALLENGES: Meaning(
        409,
        "You have made too many challenges",
        "Withdraw an open one or wait for an answer; of too many in a day, wait for Retry-After.",
    ),
    Code.INSUFFICIENT_FUNDS: Meaning(
        409, "Not enough available", "Buy less, or cancel open orders to free money."
    ),
    Code.ACCOUNT_SUSPENDED: Meaning(409, "The account is suspended", "Write to the operators."),
    Code.THROTTLED: Meaning(429, "Too many requests", "Wait for Retry-After seconds."),
    Code.UNKNOWN_OP: Meaning(400, "There is no such op", "See the live feed's documentation."),
    Code.UNKNOWN_CHANNEL: Meaning(
        404, "There is no such channel", "Subscribe to one of the known channels."
    ),
    Code.NOT_SUBSCRIBED: Meaning(409, "There is no such subscription", "Subscribe first."),
    Code.TOO_MANY_SUBSCRIPTIONS: Meaning(
        409, "This socket has enough subscriptions", "Unsubscribe, or open another socket."
    ),
    Code.SESSION_ENDED: Meaning(
        409, "The session is over", "Its orders were cancelled: read them, and open another socket."
    ),
    Code.UNAVAILABLE: Meaning(
        503, "The exchange is busy", "Nothing was lost. Try again in a moment."
    ),
    Code.INTERNAL_ERROR: Meaning(
        500, "Something went wrong on our side", "Nothing was half-done. Try again."
    ),
}


class Problem(Exception):  # noqa: N818 -- RFC 9457's word
    """A refusal with a code: services raise it, the API and pages say it in their own form.

    `data` holds extension members of the problem (have, need, tick, order...), JSON values;
    `errors` one entry per bad field: {"field", "code", "detail"}. `status` overrides the code's
    own HTTP status: what the book rejects is a 409, although the door would say 404 or 422.
    """

    def __init__(
        self,
        code: Code,
        detail: str = "",
        *,
        errors: tuple[Mapping[str, str], ...] = (),
        retry_after_s: int | None = None,
        status: int | None = None,
        **data: object,
    ) -> None:
        super().__init__(detail or MEANINGS[code].title)
        self.code = code
        self.detail = detail or MEANINGS[code].title
        self.errors = errors
        self.retry_after_s = retry_after_s
        self.status = status or MEANINGS[code].status
        self.data = data

    @property
    def meaning(self) -> Meaning:
        """The code's status, title and hint."""
        return MEANINGS[self.code]

    def as_json(self) -> dict[str, object]:
        """Return the problem+json members (RFC 9457) but `instance`, which is the request's."""
        body: dict[str, object] = {
            "type": f"/api/docs/problems/#{self.code}",
            "title": self.meaning.title,
            "status": self.status,
            "detail": self.detail,
            "code": str(self.code),
            "hint": self.meaning.hint,
            **self.data,
        }
        if self.errors:
            body["errors"] = [dict(error) for error in self.errors]
        return body

    def as_body(self, instance: str) -> dict[str, object]:
        """Return the whole problem+json body of an answer; `instance` is the request's path."""
        return {"errors": [], **self.as_json(), "instance": instance}
