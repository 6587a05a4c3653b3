"""The JSON of orders and of their previews."""

from collections.abc import Mapping
from typing import Any, Final

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.fields import IdField, MomentField, QuantityField, TicksField, TokenField, WordField
from core.api.serializers import StrictSerializer
from core.errors import Code, Problem
from exchange.trading.models import Order, OrderStatus, Side
from exchange.trading.requests import PRICELESS
from exchange.trading.selectors import PendingOrder
from exchange.trading.term_fields import (
    TIMES_IN_FORCE,
    TYPES,
    AskedTermsSerializer,
    GroupField,
    ToldTermsSerializer,
    terms_of_order,
    terms_of_request,
)
from exchange.trading.times import to_datetime

OPEN: Final = "open"
_KEPT: Final = "Refused: a replacement has the terms of the order."
ORDERS_MAX: Final = 500


@extend_schema_field(
    {
        "type": "array",
        "items": {"$ref": "#/components/schemas/PlaceOrderRequest"},
        "minItems": 1,
        "maxItems": ORDERS_MAX,
    }
)
class OrdersField(serializers.ListField):
    """Orders not yet read, at least one."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_length=1, max_length=ORDERS_MAX, **options)

    def run_child_validation(self, data: Any) -> Any:
        """Take an item as it is: what is wrong with it is said in its own result."""
        return data


class PlaceOrderSerializer(AskedTermsSerializer):
    """An order as a client asks for it."""

    contract = IdField()
    side = WordField(choices=Side.choices)
    type = WordField(choices=TYPES, default="limit")
    price = TicksField(
        required=False,
        help_text="Of one contract; buying No at 0.40 is selling Yes at 0.60. A market order or a"
        " stop may do without, and then holds what it could cost at worst.",
    )
    quantity = QuantityField()
    time_in_force = WordField(choices=TIMES_IN_FORCE, default="GTC")
    client_order_id = TokenField(
        required=False, help_text="Your own id: the same again gets the same answer."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse an order without a price that needs one."""
        if "price" not in attrs and attrs["type"] not in PRICELESS:
            raise serializers.ValidationError({"price": "This field is required."}, code="required")
        return attrs


class BatchSerializer(StrictSerializer):
    """Several orders as a client asks for them. Each is read by itself, and refused by itself."""

    orders = OrdersField()


class ResultSerializer(serializers.Serializer[Any]):
    """What one order of several is answered with: as alone, an order or a problem."""

    status = serializers.IntegerField(help_text="201, 202, or a problem's.")
    body = serializers.DictField()


class BatchResultsSerializer(serializers.Serializer[Any]):
    """A result for each order, in their order."""

    results = ResultSerializer(many=True)


class AmendOrderSerializer(StrictSerializer):
    """How an order is changed: made smaller by some, or given another quantity or price."""

    quantity = QuantityField(required=False, help_text="What is filled and open then, in all.")
    reduce_by = QuantityField(required=False, help_text="What is taken off the open quantity.")
    price = TicksField(required=False, help_text="Another order takes its place, at this price.")
    stop_price = TicksField(required=False, help_text=_KEPT)
    expires_at = MomentField(required=False, help_text=_KEPT)
    time_in_force = WordField(choices=TIMES_IN_FORCE, required=False, help_text=_KEPT)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse what says nothing or two things, and terms that a replacement keeps."""
        kept = sorted(attrs.keys() - {"quantity", "reduce_by", "price"})
        if kept:
            raise Problem(
                Code.AMENDMENT_NOT_SUPPORTED, f"{', '.join(kept)}: an order keeps these terms."
            )
        if not attrs or ("reduce_by" in attrs and len(attrs) > 1):
            raise serializers.ValidationError("Send quantity, price or both; or reduce_by alone.")
        return attrs


class OrderQuerySerializer(serializers.Serializer[Any]):
    """How a list of orders is narrowed."""

    status = WordField(
        choices=[OPEN, *(word for word in OrderStatus.values if word != OrderStatus.PENDING_NEW)],
        required=False,
        allow_blank=True,
        help_text="`open`: new or partially filled.",
    )
    market = serializers.CharField(required=False, allow_blank=True, max_length=160)
    group = GroupField(required=False, help_text="Those of one order group.")
    client_order_id = TokenField(required=False, help_text="The one that you gave this id.")


class OrderSerializer(ToldTermsSerializer):
    """An order. quantity = filled + open + cancelled + expired + voided, always."""

    id = IdField()
    status = serializers.ChoiceField(choices=OrderStatus.choices)
    market = serializers.CharField()
    contract = IdField()
    contract_name = serializers.CharField()
    side = serializers.ChoiceField(choices=Side.choices)
    type = serializers.ChoiceField(choices=TYPES)
    price = TicksField()
    quantity = serializers.IntegerField()
    filled_quantity = serializers.IntegerField()
    open_quantity = serializers.IntegerField()
    cancelled_quantity = serializers.IntegerField()
    expired_quantity = serializers.IntegerField()
    voided_quantity = serializers.IntegerField()
    average_price = TicksField(allow_null=True, help_text="Of what is filled; half-even.")
    time_in_force = serializers.ChoiceField(choices=TIMES_IN_FORCE)
    client_order_id = serializers.CharField(allow_null=True)
    reason = serializers.CharField(allow_null=True, help_text="Why rejected or cancelled.")
    received_at = MomentField()
    journaled_at = MomentField(allow_null=True)
    updated_at = MomentField(allow_null=True)
    market_seq = serializers.IntegerField(allow_null=True)
    account_seq = serializers.IntegerField(allow_null=True)

    def to_representation(self, instance: Order | PendingOrder) -> dict[str, Any]:
        members = _pending(instance) if isinstance(instance, PendingOrder) else _judged(instance)
        return dict(super().to_representation(members))


class PendingSerializer(serializers.Serializer[Any]):
    """The book has not answered yet: read the order again at Location."""

    id = IdField()
    status = serializers.ChoiceField(choices=("pending_new", "pending_cancel", "pending_replace"))


class QueuePositionSerializer(serializers.Serializer[Any]):
    """What would be matched before an open order."""

    id = IdField()
    open_quantity = serializers.IntegerField()
    ahead_quantity = serializers.IntegerField(help_text="At better prices, and before it at its.")
    ahead_orders = serializers.IntegerField()
    ahead_at_price_quantity = serializers.IntegerField(help_text="Before it at its own price.")
    market_seq = serializers.IntegerField()


class PreviewSerializer(serializers.Serializer[Any]):
    """What an order would do by the book as it is."""

    cost = TicksField(source="cost_ticks", help_text="What it would hold of the available money.")
    available = TicksField(source="available_ticks")
    affordable = serializers.BooleanField()
    worst_outcome_before = serializers.CharField()
    worst_before = TicksField(source="worst_before_ticks", help_text="Below 0: a loss.")
    worst_outcome_after = serializers.CharField()
    worst_after = TicksField(source="worst_after_ticks")
    payout = TicksField(source="payout_ticks", help_text="If the side bought wins.")
    profit = TicksField(source="profit_ticks", help_text="Payout less price, at the limit price.")
    fee = TicksField(source="fee_ticks")
    queue_ahead = serializers.IntegerField(help_text="Resting at the price or better.")
    fills_now_quantity = serializers.IntegerField()
    rests_quantity = serializers.IntegerField(help_text="Open then: in the book, or waiting.")
    average_fill_price = TicksField(
        source="average_fill_price_ticks", allow_null=True, help_text="Of what fills now."
    )
    expected_cost = TicksField(
        source="expected_cost_ticks",
        help_text="What it would hold at the prices it fills at now; below 0: what it frees.",
    )
    closes_quantity = serializers.IntegerField(help_text="Closes an opposite position, first.")
    closing_proceeds = TicksField(
        source="closing_proceeds_ticks", help_text="What closing would bring back."
    )
    opens_quantity = serializers.IntegerField(help_text="The quantity less what it closes.")
    opening_payout = TicksField(
        source="opening_payout_ticks", help_text="Of what it opens, if the side bought wins."
    )
    opening_profit = TicksField(
        source="opening_profit_ticks", help_text="That payout less what is expected to be paid."
    )
    crosses_own_order = serializers.BooleanField()
    explanation = serializers.CharField()


def average_price_ticks(notional_ticks: int, quantity: int) -> int | None:
    """Return notional / quantity, half-even where it does not divide; None for nothing."""
    if not quantity:
        return None
    whole, rest = divmod(notional_ticks, quantity)
    is_up = 2 * rest > quantity or (2 * rest == quantity and whole % 2 == 1)
    return whole + is_up


def _judged(order: Order) -> Mapping[str, Any]:
    return {
        "id": order.pk,
        "status": order.status,
        "market": order.market.slug,
        "contract": order.contract_id,
        "contract_name": order.contract.name,
        "side": order.side,
        "type": order.kind,
        "price": order.price_ticks,
        "quantity": order.quantity,
        "filled_quantity": order.filled_quantity,
        "open_quantity": order.open_quantity,
        "cancelled_quantity": order.cancelled_quantity,
        "expired_quantity": order.expired_quantity,
        "voided_quantity": order.voided_quantity,
        "average_price": average_price_ticks(order.notional_ticks, order.filled_quantity),
        "time_in_force": order.time_in_force,
        "client_order_id": order.client_order_id or None,
        "reason": order.reason or None,
        "received_at": order.received_at,
        "journaled_at": order.journaled_at,
        "updated_at": order.updated_at,
        "market_seq": order.market_seq,
        "account_seq": order.account_seq,
        **terms_of_order(order),
    }


def _pending(order: PendingOrder) -> Mapping[str, Any]:
    request = order.request
    return {
        "id": order.id,
        "status": OrderStatus.PENDING_NEW,
        "market": request.contract.market.slug,
        "contract": request.contract.pk,
        "contract_name": request.contract.name,
        "side": request.side,
        "type": request.kind,
        "price": request.price_ticks,
        "quantity": request.quantity,
        "filled_quantity": 0,
        "open_quantity": request.quantity,
        "cancelled_quantity": 0,
        "expired_quantity": 0,
        "voided_quantity": 0,
        "average_price": None,
        "time_in_force": request.time_in_force,
        "client_order_id": request.client_order_id or None,
        "reason": None,
        "received_at": to_datetime(order.received_at_ms),
        "journaled_at": None,
        "updated_at": None,
        "market_seq": None,
        "account_seq": None,
        **terms_of_request(request),
    }
