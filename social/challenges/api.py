"""Challenges by the API: the caller's own, making one, and the answers to one."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from accounts.selectors import get_member
from core.api.fields import IdField, MomentField, QuantityField, TicksField, WordField
from core.api.representations.listing import Listing
from core.api.representations.views import ListView
from core.api.schema import problems
from core.api.serializers import StrictSerializer, read
from core.errors import Code, Problem
from exchange.ledger.api import HasTradingAccount, user_of
from exchange.markets.models import Contract
from exchange.trading.models import Side
from social.challenges.accepting import accept_challenge
from social.challenges.models import MESSAGE_CHARACTERS_MAX, Challenge, ChallengeStatus
from social.challenges.results import gain_of
from social.challenges.selectors import Box, get_challenge, list_challenges
from social.challenges.services import (
    Offer,
    decline_challenge,
    offer_challenge,
    withdraw_challenge,
)

_DEADLINE_AT_FIRST: Final = timedelta(days=1)
_OFFERING: Final = (
    Code.INVALID,
    Code.NOT_FOUND,
    Code.UNKNOWN_CONTRACT,
    Code.OWN_CHALLENGE,
    Code.INVALID_DEADLINE,
    Code.TOO_MANY_CHALLENGES,
    Code.INVALID_PRICE,
    Code.PRICE_OFF_TICK,
    Code.INVALID_QUANTITY,
    Code.MARKET_NOT_OPEN,
    Code.MARKET_HALTED,
    Code.MARKET_CLOSED,
    Code.MARKET_SETTLED,
    Code.MARKET_VOIDED,
)
_ANSWERING: Final = (
    Code.NOT_FOUND,
    Code.PERMISSION_DENIED,
    Code.CHALLENGE_NOT_OPEN,
    Code.CHALLENGE_EXPIRED,
)
_ACCEPTING: Final = (
    Code.OWN_CHALLENGE,
    Code.INSUFFICIENT_FUNDS,
    Code.ACCOUNT_SUSPENDED,
    Code.MARKET_HALTED,
    Code.MARKET_CLOSED,
    Code.MARKET_SETTLED,
    Code.MARKET_VOIDED,
    Code.UNAVAILABLE,
)


class OfferChallengeSerializer(StrictSerializer):
    """A challenge as its maker asks for it."""

    contract = IdField()
    side = WordField(choices=Side.choices, help_text="What you take; who accepts gets the other.")
    price = TicksField(help_text="Of one contract; buying No at 0.40 is selling Yes at 0.60.")
    quantity = QuantityField()
    opponent = serializers.CharField(
        required=False, max_length=40, help_text="A handle; without it, whoever has the link."
    )
    message = serializers.CharField(
        required=False, allow_blank=True, max_length=MESSAGE_CHARACTERS_MAX
    )
    deadline = serializers.DateTimeField(
        required=False, help_text="Within 30 days; by default in one day, or as the market closes."
    )


class ChallengeQuerySerializer(serializers.Serializer[Any]):
    """Which challenges are listed."""

    box = WordField(choices=[(box, box) for box in Box], default=Box.INCOMING.value)


class GainField(TicksField):
    """What a challenge brought the context's user."""

    def __init__(self, **options: Any) -> None:
        super().__init__(read_only=True, allow_null=True, **options)

    def to_representation(self, value: Challenge) -> str | None:  # type: ignore[override]
        gain_ticks = gain_of(value, self.context["user"].pk)
        return None if gain_ticks is None else super().to_representation(gain_ticks)


class ChallengeSerializer(serializers.Serializer[Any]):
    """A challenge; needs the context's `user`."""

    id = serializers.CharField(source="token", help_text="What its link ends in.")
    url = serializers.CharField(source="get_absolute_url")
    status = serializers.ChoiceField(choices=ChallengeStatus.choices, source="shown_status")
    challenger = serializers.CharField(source="challenger.handle")
    opponent = serializers.CharField(source="opponent.handle", allow_null=True, default=None)
    is_by_link = serializers.BooleanField()
    market = serializers.CharField(source="market.slug")
    contract = IdField(source="contract_id")
    contract_name = serializers.CharField(source="contract.name")
    side = serializers.ChoiceField(choices=Side.choices, help_text="The challenger's.")
    price = TicksField(source="price_ticks")
    quantity = serializers.IntegerField()
    message = serializers.CharField()
    deadline = MomentField(source="deadline_at")
    created_at = MomentField()
    decided_at = MomentField(allow_null=True)
    gain = GainField(source="*", help_text="What it brought you; null before a result.")


class ChallengesView(ListView[Challenge]):
    """The caller's challenges."""

    listing = Listing(
        title="Your challenges",
        kind="challenge",
        entry_title="{challenger}: {side} {quantity} {contract_name} at {price}: {status}",
        updated=("decided_at", "created_at"),
        published=("created_at",),
        link="{url}",
        author="{challenger}",
        page="/challenges/",
    )
    permission_classes = (HasTradingAccount,)
    serializer_class = ChallengeSerializer

    def get_queryset(self) -> QuerySet[Challenge]:
        box = read(ChallengeQuerySerializer, self.request.query_params)["box"]
        return list_challenges(user_of(self.request), Box(box))

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "user": self.request.user}

    @extend_schema(
        operation_id="list_challenges",
        tags=["challenges"],
        parameters=[ChallengeQuerySerializer],
        responses={200: ChallengeSerializer(many=True)}
        | problems(Code.INVALID, Code.INVALID_CURSOR, member=True),
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List your challenges, newest first: incoming, outgoing, or decided."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="offer_challenge",
        tags=["challenges"],
        request=OfferChallengeSerializer,
        responses={201: ChallengeSerializer} | problems(*_OFFERING, member=True),
    )
    def post(self, request: Request) -> Response:
        """Offer a side of a contract to a member, or to whoever has the link. Nothing is held."""
        offer = _offer(read(OfferChallengeSerializer, request.data))
        made = offer_challenge(challenger=user_of(request), offer=offer)
        return Response(_shown(request, made.token), status=201)


class ChallengeView(APIView):
    """One challenge."""

    @extend_schema(
        operation_id="get_challenge",
        tags=["challenges"],
        responses={200: ChallengeSerializer} | problems(Code.NOT_FOUND),
    )
    def get(self, request: Request, challenge_id: str) -> Response:
        """Read a challenge of yours, or one by its link that nobody has accepted."""
        return Response(_shown(request, challenge_id))


class AcceptChallengeView(APIView):
    """Accepting one."""

    permission_classes = (HasTradingAccount,)

    @extend_schema(
        operation_id="accept_challenge",
        tags=["challenges"],
        request=None,
        responses={200: ChallengeSerializer, 202: ChallengeSerializer}
        | problems(*_ANSWERING, *_ACCEPTING, member=True),
    )
    def post(self, request: Request, challenge_id: str) -> Response:
        """Accept a challenge. 200: both sides are matched. 202: the book has not answered yet."""
        challenge = accept_challenge(challenge=_find(request, challenge_id), user=user_of(request))
        is_done = challenge.status == ChallengeStatus.ACCEPTED
        return Response(_shown(request, challenge_id), status=200 if is_done else 202)


class DeclineChallengeView(APIView):
    """Declining one."""

    permission_classes = (HasTradingAccount,)

    @extend_schema(
        operation_id="decline_challenge",
        tags=["challenges"],
        request=None,
        responses={200: ChallengeSerializer} | problems(*_ANSWERING, member=True),
    )
    def post(self, request: Request, challenge_id: str) -> Response:
        """Decline a challenge that was offered to you by name."""
        return _end(request, challenge_id, decline_challenge)


class WithdrawChallengeView(APIView):
    """Withdrawing one."""

    permission_classes = (HasTradingAccount,)

    @extend_schema(
        operation_id="withdraw_challenge",
        tags=["challenges"],
        request=None,
        responses={200: ChallengeSerializer} | problems(*_ANSWERING, member=True),
    )
    def post(self, request: Request, challenge_id: str) -> Response:
        """Withdraw a challenge of yours."""
        return _end(request, challenge_id, withdraw_challenge)


def _end(request: Request, token: str, end: Callable[..., None]) -> Response:
    end(challenge=_find(request, token), user=user_of(request))
    return Response(_shown(request, token))


def _find(request: Request, token: str) -> Challenge:
    viewer = request.user if isinstance(request.user, User) else None
    challenge = get_challenge(token, viewer=viewer)
    if challenge is None:
        raise Problem(Code.NOT_FOUND, "There is no such challenge that you may see.")
    return challenge


def _shown(request: Request, token: str) -> dict[str, Any]:
    context = {"user": request.user}
    return dict(ChallengeSerializer(_find(request, token), context=context).data)


def _offer(asked: dict[str, Any]) -> Offer:
    contract = Contract.objects.select_related("market").filter(pk=asked["contract"]).first()
    if contract is None:
        raise Problem(Code.UNKNOWN_CONTRACT)
    opponent = None
    if "opponent" in asked:
        opponent = get_member(asked["opponent"])
        if opponent is None:
            raise Problem(Code.NOT_FOUND, "There is no member of this handle.")
    return Offer(
        contract=contract,
        side=asked["side"],
        price_ticks=asked["price"],
        quantity=asked["quantity"],
        opponent=opponent,
        message=asked.get("message", ""),
        deadline_at=asked.get("deadline") or _usual_deadline(contract),
    )


def _usual_deadline(contract: Contract) -> datetime:
    tomorrow = now() + _DEADLINE_AT_FIRST
    closes_at = contract.market.closes_at
    return tomorrow if closes_at is None else min(tomorrow, closes_at)
