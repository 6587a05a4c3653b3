"""A member's notifications, and how they want to be told, over REST."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from core.api.fields import FlagField, IdField, MomentField, WordField
from core.api.representations.listing import Listing
from core.api.representations.views import ListView
from core.api.schema import problems
from core.api.serializers import StrictSerializer, read
from core.errors import Code
from notifications.kinds import Concern, MailChoice, Wish
from notifications.models import Notification
from notifications.selectors import (
    UNREAD_MAX,
    count_unread,
    get_wishes,
    get_words,
    is_mailed,
    list_notifications,
)
from notifications.services import mark_read, save_wishes

_READ_MAX = 200


def _user_of(request: Request) -> User:
    assert isinstance(request.user, User), "a permission lets nobody else in"
    return request.user


class NotificationSerializer(serializers.Serializer[Any]):
    """One thing that the member was told."""

    id = IdField(source="pk")
    kind = serializers.CharField(help_text="What happened: filled, settled, mentioned...")
    title = serializers.CharField(help_text="It in one line, without a full stop.")
    about = serializers.CharField(help_text="What it is about: a market's title, or empty.")
    detail = serializers.CharField(help_text="One line more, or empty.")
    url = serializers.CharField(help_text="The path of the page that shows it.")
    actor = serializers.CharField(allow_null=True, help_text="The handle of who did it.")
    created_at = MomentField()
    read_at = MomentField(allow_null=True)

    def to_representation(self, instance: Notification) -> dict[str, Any]:
        """Return the row with its words."""
        words = get_words(instance)
        return {
            "id": str(instance.pk),
            "kind": instance.kind,
            "title": words.title,
            "about": words.about,
            "detail": words.detail,
            "url": instance.url,
            "actor": instance.actor.handle if instance.actor else None,
            "created_at": self.fields["created_at"].to_representation(instance.created_at),
            "read_at": instance.read_at
            and self.fields["read_at"].to_representation(instance.read_at),
        }


class NotificationQuerySerializer(serializers.Serializer[Any]):
    """How a list of notifications is narrowed."""

    unread = WordField(
        choices=("true", "false"), default="false", help_text="true: only those that are unread."
    )


class ReadSerializer(StrictSerializer):
    """Which notifications to mark as read; all of them without ids."""

    ids = serializers.ListField(
        child=IdField(), required=False, allow_empty=False, max_length=_READ_MAX
    )


class UnreadSerializer(serializers.Serializer[Any]):
    """How many notifications are unread."""

    unread = serializers.IntegerField(help_text=f"At most {UNREAD_MAX}: then it may be more.")


class WishSerializer(StrictSerializer):
    """How a member is told of one concern."""

    concern = serializers.ChoiceField(choices=Concern.choices)
    title = serializers.CharField(read_only=True)
    bell = FlagField()
    mail = serializers.ChoiceField(choices=MailChoice.choices)


class SettingsSerializer(StrictSerializer):
    """How a member is told of everything; what a PATCH leaves out stays."""

    is_mailed = FlagField(required=False, help_text="False: no mail at all.")
    concerns = WishSerializer(many=True, required=False)


class NotificationsView(ListView[Notification]):
    """The caller's notifications."""

    permission_classes = (IsAuthenticated,)
    serializer_class = NotificationSerializer
    listing = Listing(
        title="Your notifications",
        kind="notification",
        entry_title="{title}",
        link="{url}",
        page="/notifications/",
        columns=("title", "about", "detail", "created_at", "read_at"),
    )

    def get_queryset(self) -> QuerySet[Notification]:
        wanted = read(NotificationQuerySerializer, self.request.query_params)
        return list_notifications(_user_of(self.request), unread=wanted["unread"] == "true")

    @extend_schema(
        operation_id="list_notifications",
        tags=["notifications"],
        parameters=[NotificationQuerySerializer],
        responses={200: NotificationSerializer(many=True)}
        | problems(Code.INVALID, Code.INVALID_CURSOR, Code.NOT_AUTHENTICATED),
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List what you were told, newest first."""
        return super().get(request, *args, **kwargs)


class UnreadView(APIView):
    """The figure beside the bell."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="count_unread_notifications",
        tags=["notifications"],
        responses={200: UnreadSerializer} | problems(Code.NOT_AUTHENTICATED),
    )
    def get(self, request: Request) -> Response:
        """Read how many of your notifications are unread."""
        return Response({"unread": count_unread(_user_of(request))})


class ReadView(APIView):
    """Marking as read."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="read_notifications",
        tags=["notifications"],
        request=ReadSerializer,
        responses={200: UnreadSerializer}
        | problems(Code.NOT_AUTHENTICATED, Code.CSRF_FAILED, body=True),
    )
    def post(self, request: Request) -> Response:
        """Mark some or all of your notifications as read; answers what is still unread."""
        user = _user_of(request)
        mark_read(user=user, ids=read(ReadSerializer, request.data).get("ids"))
        return Response({"unread": count_unread(user)})


class SettingsView(APIView):
    """The matrix of concern and channel."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="get_notification_settings",
        tags=["notifications"],
        responses={200: SettingsSerializer} | problems(Code.NOT_AUTHENTICATED),
    )
    def get(self, request: Request) -> Response:
        """Read how you are told of what."""
        return Response(_settings_of(_user_of(request)))

    @extend_schema(
        operation_id="change_notification_settings",
        tags=["notifications"],
        request=SettingsSerializer,
        responses={200: SettingsSerializer}
        | problems(Code.NOT_AUTHENTICATED, Code.CSRF_FAILED, body=True),
    )
    def patch(self, request: Request) -> Response:
        """Change how you are told; what is left out stays as it is."""
        user, asked = _user_of(request), read(SettingsSerializer, request.data)
        wishes = {
            Concern(one["concern"]): Wish(bell=one["bell"], mail=MailChoice(one["mail"]))
            for one in asked.get("concerns", ())
        }
        save_wishes(user=user, wishes=wishes, is_mailed=asked.get("is_mailed"))
        return Response(_settings_of(user))


def _settings_of(user: User) -> dict[str, Any]:
    concerns = [
        {"concern": concern, "title": concern.label, "bell": wish.bell, "mail": wish.mail}
        for concern, wish in get_wishes(user).items()
    ]
    return {"is_mailed": is_mailed(user), "concerns": concerns}
