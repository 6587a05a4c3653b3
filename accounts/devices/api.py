"""Log in by a code (RFC 8628): a program asks for one, shows it, and polls until it has a key."""

from typing import Any, Final

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import FormParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.devices.services import INTERVAL_S, LIFETIME_S, begin_grant, take_key
from accounts.keys.models import Scope
from core.api.fields import TextField
from core.api.parsers import StrictJSONParser
from core.api.schema import problems
from core.api.serializers import StrictSerializer, read
from core.errors import Code

GRANT_TYPE: Final = "urn:ietf:params:oauth:grant-type:device_code"
_NO_STORE: Final = {"Cache-Control": "no-store"}


class DeviceCodeRequestSerializer(StrictSerializer):
    """Which program asks, and what for."""

    client_id = TextField(max_length=60, help_text="What people call the program.")
    scope = TextField(
        max_length=40, default="read", help_text="Of read, trade and cancel, parted by spaces."
    )

    def validate_scope(self, value: str) -> list[str]:
        """Return the scopes; refuse words that are none."""
        words = value.split()
        if not words or not set(words) <= set(Scope.values):
            raise serializers.ValidationError("Of read, trade and cancel, parted by spaces.")
        return words


class DeviceCodeSerializer(serializers.Serializer[Any]):
    """What to show, and what to poll with."""

    device_code = serializers.CharField(help_text="Kept by the program.")
    user_code = serializers.CharField(help_text="Shown to the member.")
    verification_uri = serializers.URLField()
    verification_uri_complete = serializers.URLField()
    expires_in = serializers.IntegerField(help_text="Seconds.")
    interval = serializers.IntegerField(help_text="Seconds to wait between two polls.")


class DeviceTokenRequestSerializer(StrictSerializer):
    """A poll."""

    grant_type = serializers.ChoiceField(choices=(GRANT_TYPE,))
    device_code = TextField(max_length=100)
    client_id = TextField(max_length=60, required=False)


class DeviceTokenSerializer(serializers.Serializer[Any]):
    """A key: there is no second copy."""

    access_token = serializers.CharField(help_text="Send it as Authorization: Token <key>.")
    token_type = serializers.CharField()
    scope = serializers.CharField()


class _Open(APIView):
    """Asked by programs that nobody knows yet."""

    authentication_classes = ()
    permission_classes = ()
    parser_classes = (StrictJSONParser, FormParser)


class DeviceCodeView(_Open):
    """Codes for programs that want to be let in."""

    @extend_schema(
        operation_id="begin_device_login",
        tags=["access"],
        auth=[],
        request=DeviceCodeRequestSerializer,
        responses={200: DeviceCodeSerializer} | problems(body=True),
    )
    def post(self, request: Request) -> Response:
        """Begin to log in: show the code and the address, then poll the token endpoint."""
        wanted = read(DeviceCodeRequestSerializer, request.data)
        begun = begin_grant(client_name=wanted["client_id"], scopes=wanted["scope"])
        address = request.build_absolute_uri(reverse("device"))
        code = begun.grant.shown_code
        answer = {
            "device_code": begun.device_code,
            "user_code": code,
            "verification_uri": address,
            "verification_uri_complete": f"{address}?user_code={code}",
            "expires_in": LIFETIME_S,
            "interval": INTERVAL_S,
        }
        return Response(answer, headers=_NO_STORE)


class DeviceTokenView(_Open):
    """Keys for programs that were let in."""

    @extend_schema(
        operation_id="poll_device_login",
        tags=["access"],
        auth=[],
        request=DeviceTokenRequestSerializer,
        responses={200: DeviceTokenSerializer}
        | problems(
            Code.AUTHORIZATION_PENDING,
            Code.SLOW_DOWN,
            Code.ACCESS_DENIED,
            Code.EXPIRED_TOKEN,
            Code.TOO_MANY_KEYS,
            body=True,
        ),
    )
    def post(self, request: Request) -> Response:
        """Poll for the key. `authorization_pending`: ask again after `interval` seconds."""
        wanted = read(DeviceTokenRequestSerializer, request.data)
        made = take_key(device_code=wanted["device_code"])
        answer = {
            "access_token": made.secret,
            "token_type": "Token",
            "scope": " ".join(scope.value for scope in made.key.scopes),
        }
        return Response(answer, headers=_NO_STORE)
