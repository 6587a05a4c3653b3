"""How often a member may call, what each call costs, and what is left."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api.limits import list_costs
from core.api.schema import problems
from core.api.throttles import list_budgets


class BudgetSerializer(serializers.Serializer[Any]):
    """A budget of the member's, shared by all keys and sessions."""

    budget = serializers.CharField()
    limit = serializers.IntegerField(help_text="So much may be spent within the window.")
    window_s = serializers.IntegerField()
    left = serializers.IntegerField()
    reset_s = serializers.IntegerField(help_text="By then all of it is there again.")


class CostSerializer(serializers.Serializer[Any]):
    """What one request takes of a budget."""

    method = serializers.CharField()
    path = serializers.CharField()
    budget = serializers.CharField()
    cost = serializers.IntegerField()
    when = serializers.CharField(allow_blank=True, help_text="Empty: always.")


class LimitsSerializer(serializers.Serializer[Any]):
    """Budgets, and what is taken of them."""

    budgets = BudgetSerializer(many=True)
    costs = CostSerializer(many=True)


class LimitsView(APIView):
    """The caller's limits."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="get_limits",
        tags=["account"],
        responses={200: LimitsSerializer} | problems(member=True),
    )
    def get(self, request: Request) -> Response:
        """Read your budgets, what each endpoint costs, and what is left."""
        assert request.user.pk is not None, "a permission lets nobody else in"
        limits = {"budgets": list_budgets(request.user.pk), "costs": list_costs()}
        return Response(LimitsSerializer(limits).data)
