"""A member's keys over the API. A key cannot make or see keys: that takes the member's session."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.keys.authentication import KeyAuthentication
from accounts.keys.models import ApiKey, Scope
from accounts.keys.services import (
    NETWORKS_MAX,
    create_key,
    list_keys,
    read_network,
    revoke_key,
)
from accounts.models import User
from accounts.recent import has_proved_it
from core.api.authentication import SessionAuthentication
from core.api.fields import IdField, MomentField, TextField, read_id
from core.api.representations.listing import Listing
from core.api.representations.views import ListView
from core.api.schema import problems
from core.api.serializers import StrictSerializer, read
from core.errors import Code, Problem


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # untyped
    """Describes the header of a key."""

    target_class = KeyAuthentication
    name = "key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """Return the header's description."""
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Token <key>`, with a key of the site's settings.",
        }


class KeySerializer(serializers.Serializer[Any]):
    """A key, without its secret."""

    id = IdField(source="pk")
    name = serializers.CharField()
    prefix = serializers.CharField(help_text="How the key begins.")
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=Scope.choices))
    addresses = serializers.ListField(
        child=serializers.CharField(), source="networks", help_text="Empty: from anywhere."
    )
    created_at = MomentField()
    expires_at = MomentField(allow_null=True)
    last_used_at = MomentField(allow_null=True, help_text="To the minute.")
    is_live = serializers.BooleanField(help_text="False once it has expired.")


class NewKeySerializer(KeySerializer):
    """A key that was just made, with its secret: there is no second copy."""

    key = serializers.CharField()


class KeyRequestSerializer(StrictSerializer):
    """What a key is to be."""

    name = TextField(max_length=60)
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=Scope.choices), min_length=1, max_length=len(Scope)
    )
    expires_at = MomentField(required=False, allow_null=True)
    addresses = serializers.ListField(
        child=serializers.CharField(max_length=50),
        required=False,
        max_length=NETWORKS_MAX,
        help_text="Addresses or networks (CIDR) from which it opens something; none: anywhere.",
    )

    def validate_addresses(self, value: list[str]) -> list[str]:
        """Return the networks in their usual form."""
        try:
            return [read_network(text) for text in value]
        except ValueError as error:
            raise serializers.ValidationError(str(error)) from error

    def validate_expires_at(self, value: datetime | None) -> datetime | None:
        """Refuse a moment that has passed."""
        if value is not None and value <= timezone.now():
            raise serializers.ValidationError("Give a time in the future, or none.")
        return value


class _OwnKeys(APIView):
    """By the member's own session only."""

    authentication_classes = (SessionAuthentication,)
    permission_classes = (IsAuthenticated,)


class KeysView(_OwnKeys, ListView[ApiKey]):
    """The caller's keys."""

    listing = Listing(
        title="Your API keys",
        kind="key",
        entry_title="{name}",
        page="/accounts/settings/keys/",
        # "key" is there once, in the answer that made it.
        columns=(
            "key",
            "prefix",
            "scopes",
            "addresses",
            "created_at",
            "expires_at",
            "last_used_at",
        ),
    )

    serializer_class = KeySerializer

    def get_queryset(self) -> QuerySet[ApiKey]:
        return list_keys(_user(self.request))

    @extend_schema(
        operation_id="list_keys",
        tags=["account"],
        responses={200: KeySerializer(many=True)}
        | problems(Code.INVALID, Code.INVALID_CURSOR, Code.NOT_AUTHENTICATED),
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List your keys that are not revoked, newest first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="create_key",
        tags=["account"],
        request=KeyRequestSerializer,
        responses={201: NewKeySerializer}
        | problems(
            Code.TOO_MANY_KEYS,
            Code.REAUTHENTICATION_REQUIRED,
            Code.NOT_AUTHENTICATED,
            Code.CSRF_FAILED,
            body=True,
        ),
    )
    def post(self, request: Request) -> Response:
        """Make a key. Its secret is in this answer and nowhere else."""
        wanted = read(KeyRequestSerializer, request.data)
        if not has_proved_it(request._request):  # noqa: SLF001 -- DRF's own way to Django's request
            raise Problem(Code.REAUTHENTICATION_REQUIRED)
        made = create_key(user=_user(request), **wanted)
        body = {**KeySerializer(made.key).data, "key": made.secret}
        headers = {"Location": reverse("api:key", args=[made.key.pk]), "Cache-Control": "no-store"}
        return Response(body, status=201, headers=headers)


class KeyView(_OwnKeys):
    """One of the caller's keys."""

    @extend_schema(
        operation_id="get_key",
        tags=["account"],
        responses={200: KeySerializer} | problems(Code.NOT_FOUND, Code.NOT_AUTHENTICATED),
    )
    def get(self, request: Request, key_id: str) -> Response:
        """Read one of your keys, without its secret."""
        key = list_keys(_user(request)).filter(pk=read_id(key_id)).first()
        if key is None:
            raise Problem(Code.NOT_FOUND, "You have no such key.")
        return Response(KeySerializer(key).data)

    @extend_schema(
        operation_id="revoke_key",
        tags=["account"],
        responses={204: None} | problems(Code.NOT_FOUND, Code.NOT_AUTHENTICATED, Code.CSRF_FAILED),
    )
    def delete(self, request: Request, key_id: str) -> Response:
        """Revoke a key: it opens nothing from now on, and its sockets are closed."""
        if not revoke_key(user=_user(request), key_id=read_id(key_id)):
            raise Problem(Code.NOT_FOUND, "You have no such key.")
        return Response(status=204)


def _user(request: Request) -> User:
    assert isinstance(request.user, User), "a permission lets nobody else in"
    return request.user
