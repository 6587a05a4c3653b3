"""What people type to change an order of theirs, or to narrow a list of them."""

from typing import Any, Final

from django import forms
from django.db.models import QuerySet

from core.money import QUANTITY_MAX, format_ticks
from exchange.ledger.models import Account
from exchange.trading.models import Order, OrderStatus
from exchange.trading.selectors import list_orders
from exchange.web.formatting import format_price, other_side
from exchange.web.lines import OrderLine
from exchange.web.price_fields import PriceField

_WAITING: Final = "waiting"
# What a list of orders may be narrowed to, in the words of its links.
ORDER_STATUSES: Final = (
    ("", "All"),
    ("open", "Open"),
    (_WAITING, "Waiting"),
    (OrderStatus.FILLED.value, "Filled"),
    (OrderStatus.CANCELLED.value, "Cancelled"),
    (OrderStatus.EXPIRED.value, "Expired"),
    (OrderStatus.REJECTED.value, "Rejected"),
)


class EditForm(forms.Form):
    """Another price or quantity for an open order; the quantity counts what is filled."""

    price = PriceField(label="Price", error_messages={"required": "Enter a price."})
    quantity = forms.IntegerField(
        label="Quantity",
        min_value=1,
        max_value=QUANTITY_MAX,
        error_messages={"required": "Enter a quantity."},
    )

    def __init__(self, data: Any = None, *, line: OrderLine) -> None:
        order = line.order
        initial = {
            "price": format_price(line.price_ticks, order.market.price_step_ticks),
            "quantity": order.filled_quantity + order.open_quantity,
        }
        super().__init__(data, initial=initial, auto_id="edit-%s")
        self.line = line
        field = self.fields["price"]
        assert isinstance(field, PriceField)
        field.use_market(order.market)
        field.label = line.price_word
        self.fields["quantity"].widget.attrs["min"] = order.filled_quantity + 1

    def api_body(self) -> dict[str, object]:
        """Return the valid change as the API takes it: No is the other side of Yes."""
        ticks = self.cleaned_data["price"]
        ticks = max(other_side(ticks), 0) if self.line.flips else ticks
        return {"price": format_ticks(ticks), "quantity": self.cleaned_data["quantity"]}


def narrow_orders(account: Account, status: str) -> QuerySet[Order]:
    """Return an account's orders of a status in ORDER_STATUSES; all, for any other word."""
    if status == _WAITING:
        return list_orders(account, status="open").filter(is_waiting=True)
    known = {value for value, _ in ORDER_STATUSES}
    return list_orders(account, status=status if status in known else "")
