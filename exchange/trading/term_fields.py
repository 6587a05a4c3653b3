"""The JSON of an order's rarer terms, asked for and told (docs/engine.md says what they mean)."""

from collections.abc import Mapping
from typing import Any, Final

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.fields import FlagField, IdField, MomentField, QuantityField, TicksField, WordField
from core.api.serializers import StrictSerializer
from core.money import format_ticks
from exchange.trading.models import Order
from exchange.trading.requests import OrderRequest
from exchange.trading.terms import rare_terms
from exchange.trading.times import to_datetime, to_ms

TYPES: Final = ("limit", "market", "stop", "stop_limit")
TIMES_IN_FORCE: Final = ("GTC", "IOC", "FOK", "GTD")
# The engine's `allow` is for operators' loads: a member does not trade with itself.
SELF_TRADE_RULES: Final = ("cancel_newest", "cancel_oldest", "cancel_both", "decrement")
_ON_HALT: Final = ("keep", "cancel")


@extend_schema_field(
    {"type": "string", "pattern": "^[0-9]{1,18}$", "description": "A number of yours."}
)
class GroupField(IdField):
    """An order group: a number of the client's choice, as a string."""

    default_error_messages = {"group": "A whole number from 0 up, as a string."}

    def to_internal_value(self, data: Any) -> int:
        number = super().to_internal_value(data)
        if number < 0:
            self.fail("group")
        return number


class AskedTermsSerializer(StrictSerializer):
    """The terms that few orders name."""

    stop_price = TicksField(
        required=False, help_text="stop, stop_limit: wait until the last price is there or beyond."
    )
    post_only = FlagField(required=False, help_text="Refused where it would match at once.")
    reduce_only = FlagField(
        required=False, help_text="Trade no more than brings the position to 0; never rests."
    )
    min_quantity = QuantityField(required=False, help_text="Match so much at once, or nothing.")
    max_cost = TicksField(required=False, help_text="What it may cost in all. Not for stops.")
    expires_at = MomentField(required=False, help_text="GTD: when what is open expires.")
    on_halt = WordField(
        choices=_ON_HALT, required=False, help_text="Whether it stays when the market halts."
    )
    stp = WordField(
        choices=SELF_TRADE_RULES,
        required=False,
        help_text="What happens where it would trade with an order of your own.",
    )
    group = GroupField(required=False, help_text="Your own number of a group, to cancel it by.")
    valid_until = MomentField(
        required=False, help_text="Refused as too_late where it is judged after this."
    )


def asked_terms(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the terms of a validated body as fields of OrderRequest."""
    found = {field: body[name] for name, field in _FIELDS.items() if name in body}
    for name, field in _MOMENTS.items():
        if name in body:
            found[field] = max(0, to_ms(body[name]))
    return found


_FIELDS: Final = {
    "stop_price": "stop_ticks",
    "post_only": "post_only",
    "reduce_only": "reduce_only",
    "min_quantity": "min_quantity",
    "max_cost": "max_cost_ticks",
    "on_halt": "on_halt",
    "stp": "stp",
    "group": "group",
}
_MOMENTS: Final = {"expires_at": "expires_at_ms", "valid_until": "valid_until_ms"}


class ToldTermsSerializer(serializers.Serializer[Any]):
    """An order's terms, null or false where it has none."""

    stop_price = TicksField(allow_null=True)
    is_waiting = serializers.BooleanField(help_text="A stop that was not triggered: in no book.")
    post_only = serializers.BooleanField()
    reduce_only = serializers.BooleanField()
    min_quantity = serializers.IntegerField(allow_null=True)
    max_cost = TicksField(allow_null=True)
    expires_at = MomentField(allow_null=True)
    on_halt = serializers.ChoiceField(choices=_ON_HALT)
    stp = serializers.ChoiceField(choices=(*SELF_TRADE_RULES, "allow"))
    group = IdField(allow_null=True)
    replaces = IdField(allow_null=True, help_text="The order in whose place this one was put.")


def terms_of_order(order: Order) -> dict[str, Any]:
    """Return what ToldTermsSerializer shows of a judged order."""
    rare = rare_terms(order.terms)
    return _told(rare, order.stp, order.order_group) | {
        "is_waiting": order.is_waiting and order.open_quantity > 0,
        "replaces": order.replaces_id,
    }


def terms_of_request(order: OrderRequest) -> dict[str, Any]:
    """Return the same of an order that is not judged yet."""
    rare = {
        "stop_ticks": order.stop_ticks,
        "post_only": order.post_only,
        "reduce_only": order.reduce_only,
        "min_quantity": order.min_quantity,
        "max_cost_ticks": order.max_cost_ticks,
        "expires_at": order.expires_at_ms,
        "on_halt": order.on_halt,
    }
    return _told(rare, order.stp, order.group) | {"is_waiting": False, "replaces": None}


def _told(rare: Mapping[str, Any], stp: str, group: int | None) -> dict[str, Any]:
    expires_at_ms = rare.get("expires_at")
    return {
        "stop_price": rare.get("stop_ticks"),
        "post_only": rare.get("post_only", False),
        "reduce_only": rare.get("reduce_only", False),
        "min_quantity": rare.get("min_quantity"),
        "max_cost": rare.get("max_cost_ticks"),
        "expires_at": None if expires_at_ms is None else to_datetime(expires_at_ms),
        "on_halt": rare.get("on_halt", "keep"),
        "stp": stp,
        "group": group,
    }


_USUAL: Final = {**_told({}, "cancel_newest", None), "is_waiting": False, "replaces": None}


def json_terms(order: OrderRequest, *, is_waiting: bool) -> Mapping[str, Any]:
    """Return the terms of an order that was just taken as JSON, quickly where they are usual."""
    if not order.is_rare:
        return _USUAL if order.stp == "cancel_newest" else {**_USUAL, "stp": order.stp}
    told = terms_of_request(order)
    for name in ("stop_price", "max_cost"):
        told[name] = None if told[name] is None else format_ticks(told[name])
    if order.group is not None:
        told["group"] = str(order.group)
    if told["expires_at"] is not None:
        told["expires_at"] = told["expires_at"].isoformat().replace("+00:00", "Z")
    return told | {"is_waiting": is_waiting}
