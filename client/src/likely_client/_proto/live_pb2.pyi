from google.protobuf import struct_pb2 as _struct_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Channel(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CHANNEL_UNSPECIFIED: _ClassVar[Channel]
    CHANNEL_BOOK: _ClassVar[Channel]
    CHANNEL_TRADES: _ClassVar[Channel]
    CHANNEL_MARKET: _ClassVar[Channel]
    CHANNEL_ACCOUNT: _ClassVar[Channel]
    CHANNEL_NOTIFICATIONS: _ClassVar[Channel]
    CHANNEL_FEED: _ClassVar[Channel]
    CHANNEL_CANDLES: _ClassVar[Channel]
    CHANNEL_EVENT: _ClassVar[Channel]
    CHANNEL_LEADERBOARD: _ClassVar[Channel]

class FrameType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    FRAME_TYPE_UNSPECIFIED: _ClassVar[FrameType]
    FRAME_TYPE_SNAPSHOT: _ClassVar[FrameType]
    FRAME_TYPE_DELTA: _ClassVar[FrameType]
    FRAME_TYPE_RESET: _ClassVar[FrameType]
    FRAME_TYPE_UPDATE: _ClassVar[FrameType]
    FRAME_TYPE_CANDLES: _ClassVar[FrameType]
    FRAME_TYPE_EDITED: _ClassVar[FrameType]
    FRAME_TYPE_STATUS: _ClassVar[FrameType]
    FRAME_TYPE_CHANGED: _ClassVar[FrameType]

class Side(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SIDE_UNSPECIFIED: _ClassVar[Side]
    SIDE_BUY: _ClassVar[Side]
    SIDE_SELL: _ClassVar[Side]

class OrderType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ORDER_TYPE_UNSPECIFIED: _ClassVar[OrderType]
    ORDER_TYPE_LIMIT: _ClassVar[OrderType]
    ORDER_TYPE_MARKET: _ClassVar[OrderType]
    ORDER_TYPE_STOP: _ClassVar[OrderType]
    ORDER_TYPE_STOP_LIMIT: _ClassVar[OrderType]

class TimeInForce(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TIME_IN_FORCE_UNSPECIFIED: _ClassVar[TimeInForce]
    TIME_IN_FORCE_GTC: _ClassVar[TimeInForce]
    TIME_IN_FORCE_IOC: _ClassVar[TimeInForce]
    TIME_IN_FORCE_FOK: _ClassVar[TimeInForce]
    TIME_IN_FORCE_GTD: _ClassVar[TimeInForce]

class OnHalt(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ON_HALT_UNSPECIFIED: _ClassVar[OnHalt]
    ON_HALT_KEEP: _ClassVar[OnHalt]
    ON_HALT_CANCEL: _ClassVar[OnHalt]

class SelfTradeRule(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SELF_TRADE_RULE_UNSPECIFIED: _ClassVar[SelfTradeRule]
    SELF_TRADE_RULE_CANCEL_NEWEST: _ClassVar[SelfTradeRule]
    SELF_TRADE_RULE_CANCEL_OLDEST: _ClassVar[SelfTradeRule]
    SELF_TRADE_RULE_CANCEL_BOTH: _ClassVar[SelfTradeRule]
    SELF_TRADE_RULE_DECREMENT: _ClassVar[SelfTradeRule]
    SELF_TRADE_RULE_ALLOW: _ClassVar[SelfTradeRule]

class OrderStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ORDER_STATUS_UNSPECIFIED: _ClassVar[OrderStatus]
    ORDER_STATUS_PENDING_NEW: _ClassVar[OrderStatus]
    ORDER_STATUS_NEW: _ClassVar[OrderStatus]
    ORDER_STATUS_PARTIALLY_FILLED: _ClassVar[OrderStatus]
    ORDER_STATUS_FILLED: _ClassVar[OrderStatus]
    ORDER_STATUS_CANCELLED: _ClassVar[OrderStatus]
    ORDER_STATUS_EXPIRED: _ClassVar[OrderStatus]
    ORDER_STATUS_REJECTED: _ClassVar[OrderStatus]
    ORDER_STATUS_PENDING_CANCEL: _ClassVar[OrderStatus]
    ORDER_STATUS_PENDING_REPLACE: _ClassVar[OrderStatus]

class TradeKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TRADE_KIND_UNSPECIFIED: _ClassVar[TradeKind]
    TRADE_KIND_BOOK: _ClassVar[TradeKind]
    TRADE_KIND_AUCTION: _ClassVar[TradeKind]
    TRADE_KIND_CROSS: _ClassVar[TradeKind]

class Liquidity(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    LIQUIDITY_UNSPECIFIED: _ClassVar[Liquidity]
    LIQUIDITY_MAKER: _ClassVar[Liquidity]
    LIQUIDITY_TAKER: _ClassVar[Liquidity]

class MarketStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    MARKET_STATUS_UNSPECIFIED: _ClassVar[MarketStatus]
    MARKET_STATUS_DRAFT: _ClassVar[MarketStatus]
    MARKET_STATUS_OPEN: _ClassVar[MarketStatus]
    MARKET_STATUS_HALTED: _ClassVar[MarketStatus]
    MARKET_STATUS_CLOSED: _ClassVar[MarketStatus]
    MARKET_STATUS_SETTLED: _ClassVar[MarketStatus]
    MARKET_STATUS_VOIDED: _ClassVar[MarketStatus]
CHANNEL_UNSPECIFIED: Channel
CHANNEL_BOOK: Channel
CHANNEL_TRADES: Channel
CHANNEL_MARKET: Channel
CHANNEL_ACCOUNT: Channel
CHANNEL_NOTIFICATIONS: Channel
CHANNEL_FEED: Channel
CHANNEL_CANDLES: Channel
CHANNEL_EVENT: Channel
CHANNEL_LEADERBOARD: Channel
FRAME_TYPE_UNSPECIFIED: FrameType
FRAME_TYPE_SNAPSHOT: FrameType
FRAME_TYPE_DELTA: FrameType
FRAME_TYPE_RESET: FrameType
FRAME_TYPE_UPDATE: FrameType
FRAME_TYPE_CANDLES: FrameType
FRAME_TYPE_EDITED: FrameType
FRAME_TYPE_STATUS: FrameType
FRAME_TYPE_CHANGED: FrameType
SIDE_UNSPECIFIED: Side
SIDE_BUY: Side
SIDE_SELL: Side
ORDER_TYPE_UNSPECIFIED: OrderType
ORDER_TYPE_LIMIT: OrderType
ORDER_TYPE_MARKET: OrderType
ORDER_TYPE_STOP: OrderType
ORDER_TYPE_STOP_LIMIT: OrderType
TIME_IN_FORCE_UNSPECIFIED: TimeInForce
TIME_IN_FORCE_GTC: TimeInForce
TIME_IN_FORCE_IOC: TimeInForce
TIME_IN_FORCE_FOK: TimeInForce
TIME_IN_FORCE_GTD: TimeInForce
ON_HALT_UNSPECIFIED: OnHalt
ON_HALT_KEEP: OnHalt
ON_HALT_CANCEL: OnHalt
SELF_TRADE_RULE_UNSPECIFIED: SelfTradeRule
SELF_TRADE_RULE_CANCEL_NEWEST: SelfTradeRule
SELF_TRADE_RULE_CANCEL_OLDEST: SelfTradeRule
SELF_TRADE_RULE_CANCEL_BOTH: SelfTradeRule
SELF_TRADE_RULE_DECREMENT: SelfTradeRule
SELF_TRADE_RULE_ALLOW: SelfTradeRule
ORDER_STATUS_UNSPECIFIED: OrderStatus
ORDER_STATUS_PENDING_NEW: OrderStatus
ORDER_STATUS_NEW: OrderStatus
ORDER_STATUS_PARTIALLY_FILLED: OrderStatus
ORDER_STATUS_FILLED: OrderStatus
ORDER_STATUS_CANCELLED: OrderStatus
ORDER_STATUS_EXPIRED: OrderStatus
ORDER_STATUS_REJECTED: OrderStatus
ORDER_STATUS_PENDING_CANCEL: OrderStatus
ORDER_STATUS_PENDING_REPLACE: OrderStatus
TRADE_KIND_UNSPECIFIED: TradeKind
TRADE_KIND_BOOK: TradeKind
TRADE_KIND_AUCTION: TradeKind
TRADE_KIND_CROSS: TradeKind
LIQUIDITY_UNSPECIFIED: Liquidity
LIQUIDITY_MAKER: Liquidity
LIQUIDITY_TAKER: Liquidity
MARKET_STATUS_UNSPECIFIED: MarketStatus
MARKET_STATUS_DRAFT: MarketStatus
MARKET_STATUS_OPEN: MarketStatus
MARKET_STATUS_HALTED: MarketStatus
MARKET_STATUS_CLOSED: MarketStatus
MARKET_STATUS_SETTLED: MarketStatus
MARKET_STATUS_VOIDED: MarketStatus

class ClientMessage(_message.Message):
    __slots__ = ("id", "subscribe", "unsubscribe", "snapshot", "ping", "auth", "order_place", "order_batch", "order_cancel", "session_set", "order_replace", "order_cancel_all")
    ID_FIELD_NUMBER: _ClassVar[int]
    SUBSCRIBE_FIELD_NUMBER: _ClassVar[int]
    UNSUBSCRIBE_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_FIELD_NUMBER: _ClassVar[int]
    PING_FIELD_NUMBER: _ClassVar[int]
    AUTH_FIELD_NUMBER: _ClassVar[int]
    ORDER_PLACE_FIELD_NUMBER: _ClassVar[int]
    ORDER_BATCH_FIELD_NUMBER: _ClassVar[int]
    ORDER_CANCEL_FIELD_NUMBER: _ClassVar[int]
    SESSION_SET_FIELD_NUMBER: _ClassVar[int]
    ORDER_REPLACE_FIELD_NUMBER: _ClassVar[int]
    ORDER_CANCEL_ALL_FIELD_NUMBER: _ClassVar[int]
    id: str
    subscribe: Subscribe
    unsubscribe: Unsubscribe
    snapshot: Snapshot
    ping: Ping
    auth: Auth
    order_place: PlaceOrder
    order_batch: PlaceOrders
    order_cancel: CancelOrder
    session_set: SetSession
    order_replace: ReplaceOrder
    order_cancel_all: CancelAll
    def __init__(self, id: _Optional[str] = ..., subscribe: _Optional[_Union[Subscribe, _Mapping]] = ..., unsubscribe: _Optional[_Union[Unsubscribe, _Mapping]] = ..., snapshot: _Optional[_Union[Snapshot, _Mapping]] = ..., ping: _Optional[_Union[Ping, _Mapping]] = ..., auth: _Optional[_Union[Auth, _Mapping]] = ..., order_place: _Optional[_Union[PlaceOrder, _Mapping]] = ..., order_batch: _Optional[_Union[PlaceOrders, _Mapping]] = ..., order_cancel: _Optional[_Union[CancelOrder, _Mapping]] = ..., session_set: _Optional[_Union[SetSession, _Mapping]] = ..., order_replace: _Optional[_Union[ReplaceOrder, _Mapping]] = ..., order_cancel_all: _Optional[_Union[CancelAll, _Mapping]] = ...) -> None: ...

class Subscribe(_message.Message):
    __slots__ = ("channel", "market", "member", "event", "name", "since")
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    MARKET_FIELD_NUMBER: _ClassVar[int]
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    EVENT_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    SINCE_FIELD_NUMBER: _ClassVar[int]
    channel: Channel
    market: str
    member: str
    event: str
    name: str
    since: int
    def __init__(self, channel: _Optional[_Union[Channel, str]] = ..., market: _Optional[str] = ..., member: _Optional[str] = ..., event: _Optional[str] = ..., name: _Optional[str] = ..., since: _Optional[int] = ...) -> None: ...

class Unsubscribe(_message.Message):
    __slots__ = ("channel", "market", "member", "event", "name")
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    MARKET_FIELD_NUMBER: _ClassVar[int]
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    EVENT_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    channel: Channel
    market: str
    member: str
    event: str
    name: str
    def __init__(self, channel: _Optional[_Union[Channel, str]] = ..., market: _Optional[str] = ..., member: _Optional[str] = ..., event: _Optional[str] = ..., name: _Optional[str] = ...) -> None: ...

class Snapshot(_message.Message):
    __slots__ = ("channel", "market", "member", "event", "name")
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    MARKET_FIELD_NUMBER: _ClassVar[int]
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    EVENT_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    channel: Channel
    market: str
    member: str
    event: str
    name: str
    def __init__(self, channel: _Optional[_Union[Channel, str]] = ..., market: _Optional[str] = ..., member: _Optional[str] = ..., event: _Optional[str] = ..., name: _Optional[str] = ...) -> None: ...

class Ping(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class Auth(_message.Message):
    __slots__ = ("key",)
    KEY_FIELD_NUMBER: _ClassVar[int]
    key: str
    def __init__(self, key: _Optional[str] = ...) -> None: ...

class PlaceOrder(_message.Message):
    __slots__ = ("contract_id", "side", "type", "price_ticks", "quantity", "time_in_force", "client_order_id", "cancel_on_disconnect", "stop_price_ticks", "post_only", "reduce_only", "min_quantity", "max_cost_ticks", "expires_at_us", "on_halt", "stp", "group_id", "valid_until_us")
    CONTRACT_ID_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    PRICE_TICKS_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    TIME_IN_FORCE_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    CANCEL_ON_DISCONNECT_FIELD_NUMBER: _ClassVar[int]
    STOP_PRICE_TICKS_FIELD_NUMBER: _ClassVar[int]
    POST_ONLY_FIELD_NUMBER: _ClassVar[int]
    REDUCE_ONLY_FIELD_NUMBER: _ClassVar[int]
    MIN_QUANTITY_FIELD_NUMBER: _ClassVar[int]
    MAX_COST_TICKS_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_US_FIELD_NUMBER: _ClassVar[int]
    ON_HALT_FIELD_NUMBER: _ClassVar[int]
    STP_FIELD_NUMBER: _ClassVar[int]
    GROUP_ID_FIELD_NUMBER: _ClassVar[int]
    VALID_UNTIL_US_FIELD_NUMBER: _ClassVar[int]
    contract_id: int
    side: Side
    type: OrderType
    price_ticks: int
    quantity: int
    time_in_force: TimeInForce
    client_order_id: str
    cancel_on_disconnect: bool
    stop_price_ticks: int
    post_only: bool
    reduce_only: bool
    min_quantity: int
    max_cost_ticks: int
    expires_at_us: int
    on_halt: OnHalt
    stp: SelfTradeRule
    group_id: int
    valid_until_us: int
    def __init__(self, contract_id: _Optional[int] = ..., side: _Optional[_Union[Side, str]] = ..., type: _Optional[_Union[OrderType, str]] = ..., price_ticks: _Optional[int] = ..., quantity: _Optional[int] = ..., time_in_force: _Optional[_Union[TimeInForce, str]] = ..., client_order_id: _Optional[str] = ..., cancel_on_disconnect: _Optional[bool] = ..., stop_price_ticks: _Optional[int] = ..., post_only: _Optional[bool] = ..., reduce_only: _Optional[bool] = ..., min_quantity: _Optional[int] = ..., max_cost_ticks: _Optional[int] = ..., expires_at_us: _Optional[int] = ..., on_halt: _Optional[_Union[OnHalt, str]] = ..., stp: _Optional[_Union[SelfTradeRule, str]] = ..., group_id: _Optional[int] = ..., valid_until_us: _Optional[int] = ...) -> None: ...

class PlaceOrders(_message.Message):
    __slots__ = ("orders",)
    ORDERS_FIELD_NUMBER: _ClassVar[int]
    orders: _containers.RepeatedCompositeFieldContainer[PlaceOrder]
    def __init__(self, orders: _Optional[_Iterable[_Union[PlaceOrder, _Mapping]]] = ...) -> None: ...

class CancelOrder(_message.Message):
    __slots__ = ("order_id", "client_order_id")
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    order_id: int
    client_order_id: str
    def __init__(self, order_id: _Optional[int] = ..., client_order_id: _Optional[str] = ...) -> None: ...

class ReplaceOrder(_message.Message):
    __slots__ = ("order_id", "client_order_id", "price_ticks", "quantity", "reduce_by", "new_client_order_id")
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    PRICE_TICKS_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    REDUCE_BY_FIELD_NUMBER: _ClassVar[int]
    NEW_CLIENT_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    order_id: int
    client_order_id: str
    price_ticks: int
    quantity: int
    reduce_by: int
    new_client_order_id: str
    def __init__(self, order_id: _Optional[int] = ..., client_order_id: _Optional[str] = ..., price_ticks: _Optional[int] = ..., quantity: _Optional[int] = ..., reduce_by: _Optional[int] = ..., new_client_order_id: _Optional[str] = ...) -> None: ...

class CancelAll(_message.Message):
    __slots__ = ("market", "contract_id", "side", "group_id")
    MARKET_FIELD_NUMBER: _ClassVar[int]
    CONTRACT_ID_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    GROUP_ID_FIELD_NUMBER: _ClassVar[int]
    market: str
    contract_id: int
    side: Side
    group_id: int
    def __init__(self, market: _Optional[str] = ..., contract_id: _Optional[int] = ..., side: _Optional[_Union[Side, str]] = ..., group_id: _Optional[int] = ...) -> None: ...

class SetSession(_message.Message):
    __slots__ = ("cancel_on_disconnect", "dead_man_ms", "conflate_ms", "take_over_id")
    CANCEL_ON_DISCONNECT_FIELD_NUMBER: _ClassVar[int]
    DEAD_MAN_MS_FIELD_NUMBER: _ClassVar[int]
    CONFLATE_MS_FIELD_NUMBER: _ClassVar[int]
    TAKE_OVER_ID_FIELD_NUMBER: _ClassVar[int]
    cancel_on_disconnect: bool
    dead_man_ms: int
    conflate_ms: int
    take_over_id: int
    def __init__(self, cancel_on_disconnect: _Optional[bool] = ..., dead_man_ms: _Optional[int] = ..., conflate_ms: _Optional[int] = ..., take_over_id: _Optional[int] = ...) -> None: ...

class ServerMessage(_message.Message):
    __slots__ = ("reply", "heartbeat", "book", "trades", "market", "account", "notifications", "feed", "candles", "event", "leaderboard", "dead_man", "lag")
    REPLY_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_FIELD_NUMBER: _ClassVar[int]
    BOOK_FIELD_NUMBER: _ClassVar[int]
    TRADES_FIELD_NUMBER: _ClassVar[int]
    MARKET_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    NOTIFICATIONS_FIELD_NUMBER: _ClassVar[int]
    FEED_FIELD_NUMBER: _ClassVar[int]
    CANDLES_FIELD_NUMBER: _ClassVar[int]
    EVENT_FIELD_NUMBER: _ClassVar[int]
    LEADERBOARD_FIELD_NUMBER: _ClassVar[int]
    DEAD_MAN_FIELD_NUMBER: _ClassVar[int]
    LAG_FIELD_NUMBER: _ClassVar[int]
    reply: Reply
    heartbeat: Heartbeat
    book: Book
    trades: Trades
    market: Market
    account: Account
    notifications: Notifications
    feed: Feed
    candles: Candles
    event: Event
    leaderboard: Leaderboard
    dead_man: DeadMan
    lag: LagReport
    def __init__(self, reply: _Optional[_Union[Reply, _Mapping]] = ..., heartbeat: _Optional[_Union[Heartbeat, _Mapping]] = ..., book: _Optional[_Union[Book, _Mapping]] = ..., trades: _Optional[_Union[Trades, _Mapping]] = ..., market: _Optional[_Union[Market, _Mapping]] = ..., account: _Optional[_Union[Account, _Mapping]] = ..., notifications: _Optional[_Union[Notifications, _Mapping]] = ..., feed: _Optional[_Union[Feed, _Mapping]] = ..., candles: _Optional[_Union[Candles, _Mapping]] = ..., event: _Optional[_Union[Event, _Mapping]] = ..., leaderboard: _Optional[_Union[Leaderboard, _Mapping]] = ..., dead_man: _Optional[_Union[DeadMan, _Mapping]] = ..., lag: _Optional[_Union[LagReport, _Mapping]] = ...) -> None: ...

class Reply(_message.Message):
    __slots__ = ("id", "ok", "error", "status", "order", "results", "session", "cancelled", "market_seq", "account_seq")
    ID_FIELD_NUMBER: _ClassVar[int]
    OK_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    ORDER_FIELD_NUMBER: _ClassVar[int]
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    SESSION_FIELD_NUMBER: _ClassVar[int]
    CANCELLED_FIELD_NUMBER: _ClassVar[int]
    MARKET_SEQ_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_SEQ_FIELD_NUMBER: _ClassVar[int]
    id: str
    ok: bool
    error: Problem
    status: int
    order: Order
    results: _containers.RepeatedCompositeFieldContainer[Result]
    session: Session
    cancelled: _containers.RepeatedCompositeFieldContainer[Order]
    market_seq: int
    account_seq: int
    def __init__(self, id: _Optional[str] = ..., ok: _Optional[bool] = ..., error: _Optional[_Union[Problem, _Mapping]] = ..., status: _Optional[int] = ..., order: _Optional[_Union[Order, _Mapping]] = ..., results: _Optional[_Iterable[_Union[Result, _Mapping]]] = ..., session: _Optional[_Union[Session, _Mapping]] = ..., cancelled: _Optional[_Iterable[_Union[Order, _Mapping]]] = ..., market_seq: _Optional[int] = ..., account_seq: _Optional[int] = ...) -> None: ...

class Session(_message.Message):
    __slots__ = ("id", "cancel_on_disconnect", "dead_man_ms", "conflate_ms", "taken_over")
    ID_FIELD_NUMBER: _ClassVar[int]
    CANCEL_ON_DISCONNECT_FIELD_NUMBER: _ClassVar[int]
    DEAD_MAN_MS_FIELD_NUMBER: _ClassVar[int]
    CONFLATE_MS_FIELD_NUMBER: _ClassVar[int]
    TAKEN_OVER_FIELD_NUMBER: _ClassVar[int]
    id: int
    cancel_on_disconnect: bool
    dead_man_ms: int
    conflate_ms: int
    taken_over: int
    def __init__(self, id: _Optional[int] = ..., cancel_on_disconnect: _Optional[bool] = ..., dead_man_ms: _Optional[int] = ..., conflate_ms: _Optional[int] = ..., taken_over: _Optional[int] = ...) -> None: ...

class Result(_message.Message):
    __slots__ = ("status", "order", "problem")
    STATUS_FIELD_NUMBER: _ClassVar[int]
    ORDER_FIELD_NUMBER: _ClassVar[int]
    PROBLEM_FIELD_NUMBER: _ClassVar[int]
    status: int
    order: Order
    problem: Problem
    def __init__(self, status: _Optional[int] = ..., order: _Optional[_Union[Order, _Mapping]] = ..., problem: _Optional[_Union[Problem, _Mapping]] = ...) -> None: ...

class Problem(_message.Message):
    __slots__ = ("type", "title", "status", "detail", "code", "hint", "errors", "retry_after_s", "more")
    TYPE_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    HINT_FIELD_NUMBER: _ClassVar[int]
    ERRORS_FIELD_NUMBER: _ClassVar[int]
    RETRY_AFTER_S_FIELD_NUMBER: _ClassVar[int]
    MORE_FIELD_NUMBER: _ClassVar[int]
    type: str
    title: str
    status: int
    detail: str
    code: str
    hint: str
    errors: _containers.RepeatedCompositeFieldContainer[FieldError]
    retry_after_s: int
    more: _struct_pb2.Struct
    def __init__(self, type: _Optional[str] = ..., title: _Optional[str] = ..., status: _Optional[int] = ..., detail: _Optional[str] = ..., code: _Optional[str] = ..., hint: _Optional[str] = ..., errors: _Optional[_Iterable[_Union[FieldError, _Mapping]]] = ..., retry_after_s: _Optional[int] = ..., more: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ...) -> None: ...

class FieldError(_message.Message):
    __slots__ = ("field", "code", "detail")
    FIELD_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    field: str
    code: str
    detail: str
    def __init__(self, field: _Optional[str] = ..., code: _Optional[str] = ..., detail: _Optional[str] = ...) -> None: ...

class Heartbeat(_message.Message):
    __slots__ = ("time_us", "seqs", "account_seq", "lagging", "client_lag_ms", "server_lag_ms")
    class SeqsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    TIME_US_FIELD_NUMBER: _ClassVar[int]
    SEQS_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_SEQ_FIELD_NUMBER: _ClassVar[int]
    LAGGING_FIELD_NUMBER: _ClassVar[int]
    CLIENT_LAG_MS_FIELD_NUMBER: _ClassVar[int]
    SERVER_LAG_MS_FIELD_NUMBER: _ClassVar[int]
    time_us: int
    seqs: _containers.ScalarMap[str, int]
    account_seq: int
    lagging: bool
    client_lag_ms: int
    server_lag_ms: int
    def __init__(self, time_us: _Optional[int] = ..., seqs: _Optional[_Mapping[str, int]] = ..., account_seq: _Optional[int] = ..., lagging: _Optional[bool] = ..., client_lag_ms: _Optional[int] = ..., server_lag_ms: _Optional[int] = ...) -> None: ...

class LagReport(_message.Message):
    __slots__ = ("time_us", "lagging", "client_lag_ms", "server_lag_ms")
    TIME_US_FIELD_NUMBER: _ClassVar[int]
    LAGGING_FIELD_NUMBER: _ClassVar[int]
    CLIENT_LAG_MS_FIELD_NUMBER: _ClassVar[int]
    SERVER_LAG_MS_FIELD_NUMBER: _ClassVar[int]
    time_us: int
    lagging: bool
    client_lag_ms: int
    server_lag_ms: int
    def __init__(self, time_us: _Optional[int] = ..., lagging: _Optional[bool] = ..., client_lag_ms: _Optional[int] = ..., server_lag_ms: _Optional[int] = ...) -> None: ...

class DeadMan(_message.Message):
    __slots__ = ("time_us", "session_id", "dead_man_ms", "orders")
    TIME_US_FIELD_NUMBER: _ClassVar[int]
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    DEAD_MAN_MS_FIELD_NUMBER: _ClassVar[int]
    ORDERS_FIELD_NUMBER: _ClassVar[int]
    time_us: int
    session_id: int
    dead_man_ms: int
    orders: int
    def __init__(self, time_us: _Optional[int] = ..., session_id: _Optional[int] = ..., dead_man_ms: _Optional[int] = ..., orders: _Optional[int] = ...) -> None: ...

class Book(_message.Message):
    __slots__ = ("market", "type", "epoch", "prev_seq", "seq", "contracts")
    MARKET_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    PREV_SEQ_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    CONTRACTS_FIELD_NUMBER: _ClassVar[int]
    market: str
    type: FrameType
    epoch: int
    prev_seq: int
    seq: int
    contracts: _containers.RepeatedCompositeFieldContainer[ContractBook]
    def __init__(self, market: _Optional[str] = ..., type: _Optional[_Union[FrameType, str]] = ..., epoch: _Optional[int] = ..., prev_seq: _Optional[int] = ..., seq: _Optional[int] = ..., contracts: _Optional[_Iterable[_Union[ContractBook, _Mapping]]] = ...) -> None: ...

class ContractBook(_message.Message):
    __slots__ = ("contract_id", "bids", "asks", "checksum")
    CONTRACT_ID_FIELD_NUMBER: _ClassVar[int]
    BIDS_FIELD_NUMBER: _ClassVar[int]
    ASKS_FIELD_NUMBER: _ClassVar[int]
    CHECKSUM_FIELD_NUMBER: _ClassVar[int]
    contract_id: int
    bids: Levels
    asks: Levels
    checksum: int
    def __init__(self, contract_id: _Optional[int] = ..., bids: _Optional[_Union[Levels, _Mapping]] = ..., asks: _Optional[_Union[Levels, _Mapping]] = ..., checksum: _Optional[int] = ...) -> None: ...

class Levels(_message.Message):
    __slots__ = ("price_ticks", "quantities")
    PRICE_TICKS_FIELD_NUMBER: _ClassVar[int]
    QUANTITIES_FIELD_NUMBER: _ClassVar[int]
    price_ticks: _containers.RepeatedScalarFieldContainer[int]
    quantities: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, price_ticks: _Optional[_Iterable[int]] = ..., quantities: _Optional[_Iterable[int]] = ...) -> None: ...

class Trades(_message.Message):
    __slots__ = ("market", "type", "epoch", "prev_seq", "seq", "trades")
    MARKET_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    PREV_SEQ_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    TRADES_FIELD_NUMBER: _ClassVar[int]
    market: str
    type: FrameType
    epoch: int
    prev_seq: int
    seq: int
    trades: _containers.RepeatedCompositeFieldContainer[Trade]
    def __init__(self, market: _Optional[str] = ..., type: _Optional[_Union[FrameType, str]] = ..., epoch: _Optional[int] = ..., prev_seq: _Optional[int] = ..., seq: _Optional[int] = ..., trades: _Optional[_Iterable[_Union[Trade, _Mapping]]] = ...) -> None: ...

class Trade(_message.Message):
    __slots__ = ("id", "kind", "contract_id", "price_ticks", "quantity", "side", "time_us", "seq")
    ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    CONTRACT_ID_FIELD_NUMBER: _ClassVar[int]
    PRICE_TICKS_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    TIME_US_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    id: int
    kind: TradeKind
    contract_id: int
    price_ticks: int
    quantity: int
    side: Side
    time_us: int
    seq: int
    def __init__(self, id: _Optional[int] = ..., kind: _Optional[_Union[TradeKind, str]] = ..., contract_id: _Optional[int] = ..., price_ticks: _Optional[int] = ..., quantity: _Optional[int] = ..., side: _Optional[_Union[Side, str]] = ..., time_us: _Optional[int] = ..., seq: _Optional[int] = ...) -> None: ...

class Market(_message.Message):
    __slots__ = ("market", "type", "epoch", "prev_seq", "seq", "status")
    MARKET_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    PREV_SEQ_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    market: str
    type: FrameType
    epoch: int
    prev_seq: int
    seq: int
    status: MarketStatus
    def __init__(self, market: _Optional[str] = ..., type: _Optional[_Union[FrameType, str]] = ..., epoch: _Optional[int] = ..., prev_seq: _Optional[int] = ..., seq: _Optional[int] = ..., status: _Optional[_Union[MarketStatus, str]] = ...) -> None: ...

class Account(_message.Message):
    __slots__ = ("type", "prev_account_seq", "account_seq", "balance", "orders", "orders_complete", "fills", "positions", "fills_cursor")
    TYPE_FIELD_NUMBER: _ClassVar[int]
    PREV_ACCOUNT_SEQ_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_SEQ_FIELD_NUMBER: _ClassVar[int]
    BALANCE_FIELD_NUMBER: _ClassVar[int]
    ORDERS_FIELD_NUMBER: _ClassVar[int]
    ORDERS_COMPLETE_FIELD_NUMBER: _ClassVar[int]
    FILLS_FIELD_NUMBER: _ClassVar[int]
    POSITIONS_FIELD_NUMBER: _ClassVar[int]
    FILLS_CURSOR_FIELD_NUMBER: _ClassVar[int]
    type: FrameType
    prev_account_seq: int
    account_seq: int
    balance: Balance
    orders: _containers.RepeatedCompositeFieldContainer[Order]
    orders_complete: bool
    fills: _containers.RepeatedCompositeFieldContainer[Fill]
    positions: _containers.RepeatedCompositeFieldContainer[Position]
    fills_cursor: str
    def __init__(self, type: _Optional[_Union[FrameType, str]] = ..., prev_account_seq: _Optional[int] = ..., account_seq: _Optional[int] = ..., balance: _Optional[_Union[Balance, _Mapping]] = ..., orders: _Optional[_Iterable[_Union[Order, _Mapping]]] = ..., orders_complete: _Optional[bool] = ..., fills: _Optional[_Iterable[_Union[Fill, _Mapping]]] = ..., positions: _Optional[_Iterable[_Union[Position, _Mapping]]] = ..., fills_cursor: _Optional[str] = ...) -> None: ...

class Balance(_message.Message):
    __slots__ = ("balance_ticks", "exposure_ticks", "available_ticks")
    BALANCE_TICKS_FIELD_NUMBER: _ClassVar[int]
    EXPOSURE_TICKS_FIELD_NUMBER: _ClassVar[int]
    AVAILABLE_TICKS_FIELD_NUMBER: _ClassVar[int]
    balance_ticks: int
    exposure_ticks: int
    available_ticks: int
    def __init__(self, balance_ticks: _Optional[int] = ..., exposure_ticks: _Optional[int] = ..., available_ticks: _Optional[int] = ...) -> None: ...

class Order(_message.Message):
    __slots__ = ("id", "status", "market", "contract_id", "contract_name", "side", "type", "price_ticks", "quantity", "filled_quantity", "open_quantity", "cancelled_quantity", "expired_quantity", "voided_quantity", "average_price_ticks", "time_in_force", "client_order_id", "reason", "received_at_us", "journaled_at_us", "updated_at_us", "market_seq", "account_seq", "stop_price_ticks", "is_waiting", "post_only", "reduce_only", "min_quantity", "max_cost_ticks", "expires_at_us", "on_halt", "stp", "group_id", "replaces_id")
    ID_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    MARKET_FIELD_NUMBER: _ClassVar[int]
    CONTRACT_ID_FIELD_NUMBER: _ClassVar[int]
    CONTRACT_NAME_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    PRICE_TICKS_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    FILLED_QUANTITY_FIELD_NUMBER: _ClassVar[int]
    OPEN_QUANTITY_FIELD_NUMBER: _ClassVar[int]
    CANCELLED_QUANTITY_FIELD_NUMBER: _ClassVar[int]
    EXPIRED_QUANTITY_FIELD_NUMBER: _ClassVar[int]
    VOIDED_QUANTITY_FIELD_NUMBER: _ClassVar[int]
    AVERAGE_PRICE_TICKS_FIELD_NUMBER: _ClassVar[int]
    TIME_IN_FORCE_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    RECEIVED_AT_US_FIELD_NUMBER: _ClassVar[int]
    JOURNALED_AT_US_FIELD_NUMBER: _ClassVar[int]
    UPDATED_AT_US_FIELD_NUMBER: _ClassVar[int]
    MARKET_SEQ_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_SEQ_FIELD_NUMBER: _ClassVar[int]
    STOP_PRICE_TICKS_FIELD_NUMBER: _ClassVar[int]
    IS_WAITING_FIELD_NUMBER: _ClassVar[int]
    POST_ONLY_FIELD_NUMBER: _ClassVar[int]
    REDUCE_ONLY_FIELD_NUMBER: _ClassVar[int]
    MIN_QUANTITY_FIELD_NUMBER: _ClassVar[int]
    MAX_COST_TICKS_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_US_FIELD_NUMBER: _ClassVar[int]
    ON_HALT_FIELD_NUMBER: _ClassVar[int]
    STP_FIELD_NUMBER: _ClassVar[int]
    GROUP_ID_FIELD_NUMBER: _ClassVar[int]
    REPLACES_ID_FIELD_NUMBER: _ClassVar[int]
    id: int
    status: OrderStatus
    market: str
    contract_id: int
    contract_name: str
    side: Side
    type: OrderType
    price_ticks: int
    quantity: int
    filled_quantity: int
    open_quantity: int
    cancelled_quantity: int
    expired_quantity: int
    voided_quantity: int
    average_price_ticks: int
    time_in_force: TimeInForce
    client_order_id: str
    reason: str
    received_at_us: int
    journaled_at_us: int
    updated_at_us: int
    market_seq: int
    account_seq: int
    stop_price_ticks: int
    is_waiting: bool
    post_only: bool
    reduce_only: bool
    min_quantity: int
    max_cost_ticks: int
    expires_at_us: int
    on_halt: OnHalt
    stp: SelfTradeRule
    group_id: int
    replaces_id: int
    def __init__(self, id: _Optional[int] = ..., status: _Optional[_Union[OrderStatus, str]] = ..., market: _Optional[str] = ..., contract_id: _Optional[int] = ..., contract_name: _Optional[str] = ..., side: _Optional[_Union[Side, str]] = ..., type: _Optional[_Union[OrderType, str]] = ..., price_ticks: _Optional[int] = ..., quantity: _Optional[int] = ..., filled_quantity: _Optional[int] = ..., open_quantity: _Optional[int] = ..., cancelled_quantity: _Optional[int] = ..., expired_quantity: _Optional[int] = ..., voided_quantity: _Optional[int] = ..., average_price_ticks: _Optional[int] = ..., time_in_force: _Optional[_Union[TimeInForce, str]] = ..., client_order_id: _Optional[str] = ..., reason: _Optional[str] = ..., received_at_us: _Optional[int] = ..., journaled_at_us: _Optional[int] = ..., updated_at_us: _Optional[int] = ..., market_seq: _Optional[int] = ..., account_seq: _Optional[int] = ..., stop_price_ticks: _Optional[int] = ..., is_waiting: _Optional[bool] = ..., post_only: _Optional[bool] = ..., reduce_only: _Optional[bool] = ..., min_quantity: _Optional[int] = ..., max_cost_ticks: _Optional[int] = ..., expires_at_us: _Optional[int] = ..., on_halt: _Optional[_Union[OnHalt, str]] = ..., stp: _Optional[_Union[SelfTradeRule, str]] = ..., group_id: _Optional[int] = ..., replaces_id: _Optional[int] = ...) -> None: ...

class Fill(_message.Message):
    __slots__ = ("id", "order_id", "market", "contract_id", "contract_name", "side", "kind", "liquidity", "price_ticks", "quantity", "market_seq", "executed_at_us")
    ID_FIELD_NUMBER: _ClassVar[int]
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    MARKET_FIELD_NUMBER: _ClassVar[int]
    CONTRACT_ID_FIELD_NUMBER: _ClassVar[int]
    CONTRACT_NAME_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    LIQUIDITY_FIELD_NUMBER: _ClassVar[int]
    PRICE_TICKS_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    MARKET_SEQ_FIELD_NUMBER: _ClassVar[int]
    EXECUTED_AT_US_FIELD_NUMBER: _ClassVar[int]
    id: int
    order_id: int
    market: str
    contract_id: int
    contract_name: str
    side: Side
    kind: TradeKind
    liquidity: Liquidity
    price_ticks: int
    quantity: int
    market_seq: int
    executed_at_us: int
    def __init__(self, id: _Optional[int] = ..., order_id: _Optional[int] = ..., market: _Optional[str] = ..., contract_id: _Optional[int] = ..., contract_name: _Optional[str] = ..., side: _Optional[_Union[Side, str]] = ..., kind: _Optional[_Union[TradeKind, str]] = ..., liquidity: _Optional[_Union[Liquidity, str]] = ..., price_ticks: _Optional[int] = ..., quantity: _Optional[int] = ..., market_seq: _Optional[int] = ..., executed_at_us: _Optional[int] = ...) -> None: ...

class Position(_message.Message):
    __slots__ = ("market", "market_title", "contract_id", "contract_name", "quantity", "cash_ticks", "last_price_ticks")
    MARKET_FIELD_NUMBER: _ClassVar[int]
    MARKET_TITLE_FIELD_NUMBER: _ClassVar[int]
    CONTRACT_ID_FIELD_NUMBER: _ClassVar[int]
    CONTRACT_NAME_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    CASH_TICKS_FIELD_NUMBER: _ClassVar[int]
    LAST_PRICE_TICKS_FIELD_NUMBER: _ClassVar[int]
    market: str
    market_title: str
    contract_id: int
    contract_name: str
    quantity: int
    cash_ticks: int
    last_price_ticks: int
    def __init__(self, market: _Optional[str] = ..., market_title: _Optional[str] = ..., contract_id: _Optional[int] = ..., contract_name: _Optional[str] = ..., quantity: _Optional[int] = ..., cash_ticks: _Optional[int] = ..., last_price_ticks: _Optional[int] = ...) -> None: ...

class Notifications(_message.Message):
    __slots__ = ("type", "prev_seq", "seq")
    TYPE_FIELD_NUMBER: _ClassVar[int]
    PREV_SEQ_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    type: FrameType
    prev_seq: int
    seq: int
    def __init__(self, type: _Optional[_Union[FrameType, str]] = ..., prev_seq: _Optional[int] = ..., seq: _Optional[int] = ...) -> None: ...

class Feed(_message.Message):
    __slots__ = ("type", "prev_seq", "seq", "member", "market", "id", "comment_id", "member_ids", "market_ids")
    TYPE_FIELD_NUMBER: _ClassVar[int]
    PREV_SEQ_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    MARKET_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    COMMENT_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBER_IDS_FIELD_NUMBER: _ClassVar[int]
    MARKET_IDS_FIELD_NUMBER: _ClassVar[int]
    type: FrameType
    prev_seq: int
    seq: int
    member: str
    market: str
    id: int
    comment_id: int
    member_ids: _containers.RepeatedScalarFieldContainer[int]
    market_ids: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, type: _Optional[_Union[FrameType, str]] = ..., prev_seq: _Optional[int] = ..., seq: _Optional[int] = ..., member: _Optional[str] = ..., market: _Optional[str] = ..., id: _Optional[int] = ..., comment_id: _Optional[int] = ..., member_ids: _Optional[_Iterable[int]] = ..., market_ids: _Optional[_Iterable[int]] = ...) -> None: ...

class Candles(_message.Message):
    __slots__ = ("market", "type", "prev_seq", "seq", "candles")
    MARKET_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    PREV_SEQ_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    CANDLES_FIELD_NUMBER: _ClassVar[int]
    market: str
    type: FrameType
    prev_seq: int
    seq: int
    candles: _containers.RepeatedCompositeFieldContainer[Candle]
    def __init__(self, market: _Optional[str] = ..., type: _Optional[_Union[FrameType, str]] = ..., prev_seq: _Optional[int] = ..., seq: _Optional[int] = ..., candles: _Optional[_Iterable[_Union[Candle, _Mapping]]] = ...) -> None: ...

class Candle(_message.Message):
    __slots__ = ("contract_id", "interval", "start_us", "open_ticks", "high_ticks", "low_ticks", "close_ticks", "mean_ticks", "vwap_ticks", "price_sum_ticks", "notional_ticks", "volume", "trades")
    CONTRACT_ID_FIELD_NUMBER: _ClassVar[int]
    INTERVAL_FIELD_NUMBER: _ClassVar[int]
    START_US_FIELD_NUMBER: _ClassVar[int]
    OPEN_TICKS_FIELD_NUMBER: _ClassVar[int]
    HIGH_TICKS_FIELD_NUMBER: _ClassVar[int]
    LOW_TICKS_FIELD_NUMBER: _ClassVar[int]
    CLOSE_TICKS_FIELD_NUMBER: _ClassVar[int]
    MEAN_TICKS_FIELD_NUMBER: _ClassVar[int]
    VWAP_TICKS_FIELD_NUMBER: _ClassVar[int]
    PRICE_SUM_TICKS_FIELD_NUMBER: _ClassVar[int]
    NOTIONAL_TICKS_FIELD_NUMBER: _ClassVar[int]
    VOLUME_FIELD_NUMBER: _ClassVar[int]
    TRADES_FIELD_NUMBER: _ClassVar[int]
    contract_id: int
    interval: str
    start_us: int
    open_ticks: int
    high_ticks: int
    low_ticks: int
    close_ticks: int
    mean_ticks: int
    vwap_ticks: int
    price_sum_ticks: int
    notional_ticks: int
    volume: int
    trades: int
    def __init__(self, contract_id: _Optional[int] = ..., interval: _Optional[str] = ..., start_us: _Optional[int] = ..., open_ticks: _Optional[int] = ..., high_ticks: _Optional[int] = ..., low_ticks: _Optional[int] = ..., close_ticks: _Optional[int] = ..., mean_ticks: _Optional[int] = ..., vwap_ticks: _Optional[int] = ..., price_sum_ticks: _Optional[int] = ..., notional_ticks: _Optional[int] = ..., volume: _Optional[int] = ..., trades: _Optional[int] = ...) -> None: ...

class Event(_message.Message):
    __slots__ = ("event", "type", "prev_seq", "seq", "market", "status")
    EVENT_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    PREV_SEQ_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    MARKET_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    event: str
    type: FrameType
    prev_seq: int
    seq: int
    market: str
    status: MarketStatus
    def __init__(self, event: _Optional[str] = ..., type: _Optional[_Union[FrameType, str]] = ..., prev_seq: _Optional[int] = ..., seq: _Optional[int] = ..., market: _Optional[str] = ..., status: _Optional[_Union[MarketStatus, str]] = ...) -> None: ...

class Leaderboard(_message.Message):
    __slots__ = ("name", "type", "prev_seq", "seq")
    NAME_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    PREV_SEQ_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    name: str
    type: FrameType
    prev_seq: int
    seq: int
    def __init__(self, name: _Optional[str] = ..., type: _Optional[_Union[FrameType, str]] = ..., prev_seq: _Optional[int] = ..., seq: _Optional[int] = ...) -> None: ...
