"""An account and its ledger as its owner sees them."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import may_read_books
from accounts.export import export_response
from accounts.models import User
from core.api.fields import IdField, MomentField, TicksField
from core.api.representations.listing import Listing
from core.api.representations.views import ListView
from core.api.schema import MIN_ACCOUNT_SEQ, problems
from core.api.waiting import wait_for_seq
from core.errors import Code, Problem
from exchange.ledger.models import Account, Transfer, TransferKind
from exchange.ledger.selectors import get_trading_account, list_transfers


class HasTradingAccount(BasePermission):
    """Logged in, with a confirmed address: the account is then `account_of(request)`."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether the user has an account. Raises Problem for strangers and the unconfirmed."""
        if not request.user.is_authenticated:
            return False
        request.trading_account = get_trading_account(request.user)  # type: ignore[attr-defined]
        if request.trading_account is None:  # type: ignore[attr-defined]
            raise Problem(Code.EMAIL_NOT_CONFIRMED)
        return True


class ReadsOrHasTradingAccount(HasTradingAccount):
    """Everybody reads; who writes is logged in, with a confirmed address."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether the caller may do this; what the view does not offer is told to anybody."""
        is_offered = hasattr(view, str(request.method).lower())
        is_read = request.method in SAFE_METHODS
        return is_read or not is_offered or super().has_permission(request, view)


class MayReadBooks(BasePermission):
    """Who may see everybody's orders."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether the caller may do this."""
        return isinstance(request.user, User) and may_read_books(request.user)


def account_of(request: Request) -> Account:
    """Return the account of a request that HasTradingAccount has let in."""
    account: Account = request.trading_account  # type: ignore[attr-defined]
    return account


def user_of(request: Request) -> User:
    """Return the user of a request that HasTradingAccount has let in."""
    user = request.user
    assert isinstance(user, User), "a permission lets nobody else in"
    return user


def wait_for_account(request: Request) -> bool:
    """Wait until the caller's account has reached ?min_account_seq=; whether that is asked for."""
    seqs = Account.objects.filter(pk=account_of(request).pk).values_list("account_seq", flat=True)
    wait_for_seq(request, "min_account_seq", seqs.first)
    return "min_account_seq" in request.query_params


class AccountSerializer(serializers.Serializer[Any]):
    """What an account has; available = balance - exposure."""

    id = IdField(source="pk")
    balance = TicksField(source="balance_ticks")
    exposure = TicksField(
        source="exposure_ticks", help_text="What open orders and positions could still lose."
    )
    available = TicksField(source="available_ticks", help_text="What new orders may put at risk.")
    is_suspended = serializers.BooleanField(help_text="May cancel, may not place.")
    account_seq = serializers.IntegerField()


class SignedAmountField(TicksField):
    """A transfer's amount: plus what came into the context's account, minus what left it."""

    def to_representation(self, value: Transfer) -> str:  # type: ignore[override]
        is_debit = value.debit_id == self.context["account"].pk
        return super().to_representation(-value.amount_ticks if is_debit else value.amount_ticks)


class TransferSerializer(serializers.Serializer[Any]):
    """A movement of money, signed as the account sees it."""

    id = IdField(source="pk")
    kind = serializers.ChoiceField(choices=TransferKind.choices)
    amount = SignedAmountField(source="*")
    reference = serializers.CharField(help_text="What it belongs to: market:12, sign-up:7.")
    created_at = MomentField()


class AccountView(APIView):
    """The caller's account."""

    permission_classes = (HasTradingAccount,)

    @extend_schema(
        operation_id="get_account",
        tags=["account"],
        parameters=[MIN_ACCOUNT_SEQ],
        responses={200: AccountSerializer} | problems(Code.INVALID, member=True),
    )
    def get(self, request: Request) -> Response:
        """Read your balance, exposure and what is available."""
        account = account_of(request)
        if wait_for_account(request):
            account.refresh_from_db()
        return Response(AccountSerializer(account).data)


class ExportView(APIView):
    """All that the site keeps of the caller."""

    permission_classes = (HasTradingAccount,)
    throttle_costs: ClassVar = {"GET": 100}

    @extend_schema(
        operation_id="export_account",
        tags=["account"],
        parameters=[MIN_ACCOUNT_SEQ],
        responses={200: OpenApiTypes.OBJECT} | problems(Code.INVALID, member=True),
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        """Read all that is kept of you, profile, orders, fills and ledger, as one object."""
        wait_for_account(request)
        return export_response(user_of(request))


class TransfersView(ListView[Transfer]):
    """The caller's ledger."""

    listing = Listing(
        title="Your ledger",
        kind="transfer",
        entry_title="{kind}: {amount}",
        page="/portfolio/ledger/",
    )

    permission_classes = (HasTradingAccount,)
    serializer_class = TransferSerializer

    def get_queryset(self) -> QuerySet[Transfer]:
        return list_transfers(account_of(self.request))

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "account": account_of(self.request)}

    @extend_schema(
        operation_id="list_transfers",
        tags=["account"],
        parameters=[MIN_ACCOUNT_SEQ],
        responses={200: TransferSerializer(many=True)}
        | problems(Code.INVALID, Code.INVALID_CURSOR, member=True),
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List what moved your balance, newest first."""
        wait_for_account(request)
        return super().get(request, *args, **kwargs)
