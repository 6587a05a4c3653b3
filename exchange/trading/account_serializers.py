"""The JSON of what an account has traded and holds: fills and positions."""

from typing import Any

from rest_framework import serializers

from core.api.fields import IdField, MomentField, TicksField
from exchange.trading.fill_cursors import CURSOR_LENGTH_MAX, read_cursor
from exchange.trading.models import Side, TradeKind


class FillCursorField(serializers.CharField):
    """How far a client was told of its fills."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=CURSOR_LENGTH_MAX, **options)

    def to_internal_value(self, data: Any) -> Any:
        """Return the cursor, read. Raises Problem INVALID_CURSOR."""
        return read_cursor(super().to_internal_value(data))


class FillQuerySerializer(serializers.Serializer[Any]):
    """How a list of fills is narrowed."""

    order = IdField(required=False, help_text="Those of one of your orders.")
    since = FillCursorField(
        required=False,
        help_text="A `fills_cursor` of the live account: those that it was told later than that.",
    )
    until = FillCursorField(required=False, help_text="Another: those that it was told by then.")


class FillSerializer(serializers.Serializer[Any]):
    """A trade as one side of it sees it; needs the context's `account`."""

    id = IdField(help_text="The trade's.")
    order = IdField(allow_null=True)
    market = serializers.CharField()
    contract = IdField()
    contract_name = serializers.CharField()
    side = serializers.ChoiceField(choices=Side.choices)
    kind = serializers.ChoiceField(choices=TradeKind.choices)
    liquidity = serializers.ChoiceField(
        choices=("maker", "taker"), help_text="In a cross the buyer is the maker."
    )
    price = TicksField()
    quantity = serializers.IntegerField()
    market_seq = serializers.IntegerField()
    executed_at = MomentField()

    def to_representation(self, instance: Any) -> dict[str, Any]:
        # Who traded with itself is shown what it took.
        is_taker = instance.taker_account_id == self.context["account"].pk
        other_side = Side.SELL if instance.taker_side == Side.BUY else Side.BUY
        members = {
            "id": instance.pk,
            "order": instance.taker_order_id if is_taker else instance.maker_order_id,
            "market": instance.market.slug,
            "contract": instance.contract_id,
            "contract_name": instance.contract.name,
            "side": instance.taker_side if is_taker else str(other_side),
            "kind": instance.kind,
            "liquidity": "taker" if is_taker else "maker",
            "price": instance.price_ticks,
            "quantity": instance.quantity,
            "market_seq": instance.market_seq,
            "executed_at": instance.executed_at,
        }
        return dict(super().to_representation(members))


class PositionSerializer(serializers.Serializer[Any]):
    """What an account holds of a contract, and what it paid (minus) or got for it."""

    market = serializers.CharField(source="market.slug")
    market_title = serializers.CharField(source="market.title")
    contract = IdField(source="contract_id")
    contract_name = serializers.CharField(source="contract.name")
    quantity = serializers.IntegerField(help_text="Below 0: sold more than bought.")
    cash = TicksField(source="cash_ticks", help_text="Net cash from trades.")
    last_price = TicksField(source="contract.last_price_ticks", allow_null=True)
