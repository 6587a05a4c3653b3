"""Comments: parse, call one service or selector, translate the answer."""

from typing import Any, ClassVar, Final

from django.db.models import QuerySet
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api.fields import IdField, MomentField, WordField, read_id
from core.api.pagination import NewestFirst
from core.api.representations.listing import Listing
from core.api.representations.views import ListView
from core.api.schema import MIN_SEQ, problems
from core.api.serializers import StrictSerializer, read
from core.errors import Code, Problem
from exchange.ledger.api import HasTradingAccount, ReadsOrHasTradingAccount, user_of
from exchange.markets.api import find_market, wait_for_market
from exchange.trading.member_serializers import MemberNameSerializer
from social.comments.models import Comment, ReportReason
from social.comments.rendering import html_of, state_of
from social.comments.reporting import report_comment
from social.comments.selectors import (
    REPLIES_SHOWN,
    CommentOrder,
    get_comment,
    list_threads,
    order_threads,
    replies_of,
)
from social.comments.services import BODY_MAX, delete_comment, edit_comment, post_comment

_WRITING: Final = (Code.COMMENT_GONE, Code.TOO_MANY_COMMENTS)


class ReplySerializer(serializers.Serializer[Any]):
    """A comment without its replies; what was deleted or hidden says nothing."""

    id = IdField(source="pk")
    parent = IdField(  # type: ignore[assignment]  # a field by that name
        source="parent_id", allow_null=True, help_text="The thread it belongs to."
    )
    author = serializers.SerializerMethodField()
    body = serializers.SerializerMethodField(help_text="Markdown.")
    html = serializers.SerializerMethodField(help_text="The same as safe HTML.")
    state = serializers.SerializerMethodField()
    created_at = MomentField()
    edited_at = MomentField(allow_null=True)

    @staticmethod
    def get_author(comment: Comment) -> dict[str, Any] | None:
        """Return who wrote it; nobody where it is gone or the account is closed."""
        if not comment.is_shown or not comment.author.is_active:
            return None
        return dict(MemberNameSerializer(comment.author).data)

    @staticmethod
    def get_body(comment: Comment) -> str:
        """Return what it says."""
        return comment.body if comment.is_shown else ""

    @staticmethod
    def get_html(comment: Comment) -> str:
        """Return what it says as HTML."""
        return html_of(comment)

    @staticmethod
    def get_state(comment: Comment) -> str:
        """Return "shown", "deleted" or "hidden"."""
        return state_of(comment)


class CommentSerializer(ReplySerializer):
    """A thread: its first comment, and the first replies to it."""

    market = serializers.CharField(source="market.slug")
    replies = serializers.SerializerMethodField()
    has_more_replies = serializers.SerializerMethodField()

    @staticmethod
    def get_replies(comment: Comment) -> list[dict[str, Any]]:
        """Return the first replies, oldest first."""
        return list(ReplySerializer(replies_of(comment)[:REPLIES_SHOWN], many=True).data)

    @staticmethod
    def get_has_more_replies(comment: Comment) -> bool:
        """Return whether there are more than are shown here."""
        return len(replies_of(comment)) > REPLIES_SHOWN


class BodySerializer(StrictSerializer):
    """What a comment is to say."""

    body = serializers.CharField(max_length=BODY_MAX, help_text="Markdown, without HTML.")


class NewCommentSerializer(BodySerializer):
    """A comment, or a reply."""

    parent = IdField(  # type: ignore[assignment]  # a field by that name
        required=False, allow_null=True, help_text="The comment it replies to."
    )


class NewReportSerializer(StrictSerializer):
    """Why a comment breaks the rules."""

    reason = WordField(choices=ReportReason.choices)
    text = serializers.CharField(required=False, allow_blank=True, max_length=500)


class OrderSerializer(serializers.Serializer[Any]):
    """How a list of threads is ordered."""

    order = WordField(
        choices=CommentOrder.choices,
        required=False,
        default=CommentOrder.NEWEST,
        help_text="newest, or best: those that most other members answered; of equals the newest.",
    )


class InOrder(NewestFirst):
    """Pages of threads, newest or best first."""

    def get_ordering(
        self, request: Request, queryset: QuerySet[Comment], view: APIView
    ) -> tuple[str, ...]:
        """Return what the list was ordered by."""
        return tuple(str(name) for name in queryset.query.order_by)


def find_comment(text: str) -> Comment:
    """Return the comment of an id, gone or not. Raises Problem UNKNOWN_COMMENT."""
    comment = get_comment(read_id(text))
    if comment is None:
        raise Problem(Code.UNKNOWN_COMMENT)
    return comment


class CommentsView(ListView[Comment]):
    """A market's comments."""

    permission_classes: tuple[type[BasePermission], ...] = (ReadsOrHasTradingAccount,)
    serializer_class = CommentSerializer
    listing = Listing(
        title="Comments on {slug}",
        kind="comment",
        entry_title=lambda row: f"{(row['author'] or {}).get('handle', 'Somebody')} commented",
        updated=("edited_at", "created_at"),
        published=("created_at",),
        link=lambda row: reverse("web:comment", args=[row["id"]]),
        author=lambda row: str((row["author"] or {}).get("handle", "")),
        page="/markets/{slug}/",
        columns=("author", "body", "state", "replies"),
    )

    pagination_class = InOrder

    def get_queryset(self) -> QuerySet[Comment]:
        wanted = read(OrderSerializer, self.request.query_params)
        threads = list_threads(find_market(self.kwargs["slug"]))
        return order_threads(threads, wanted["order"])

    @extend_schema(
        operation_id="list_comments",
        tags=["social"],
        auth=[],
        parameters=[MIN_SEQ, OrderSerializer],
        responses={200: CommentSerializer(many=True)}
        | problems(Code.INVALID, Code.INVALID_CURSOR, Code.UNKNOWN_MARKET),
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List a market's threads, newest or best first, with their first replies."""
        wait_for_market(request, self.kwargs["slug"])
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="post_comment",
        tags=["social"],
        request=NewCommentSerializer,
        responses={201: CommentSerializer}
        | problems(Code.UNKNOWN_MARKET, Code.UNKNOWN_COMMENT, *_WRITING, body=True, member=True),
    )
    def post(self, request: Request, slug: str) -> Response:
        """Write a comment, or a reply to one of the same market."""
        market, wanted = find_market(slug), read(NewCommentSerializer, request.data)
        parent = None
        if wanted.get("parent") is not None:
            parent = get_comment(wanted["parent"])
            if parent is None or parent.market_id != market.pk:
                raise Problem(Code.UNKNOWN_COMMENT, "This market has no such comment.")
        comment = post_comment(
            author=user_of(request), market=market, body=wanted["body"], parent=parent
        )
        location = reverse("api:comment", args=[comment.pk])
        return Response(CommentSerializer(comment).data, status=201, headers={"Location": location})


class CommentView(APIView):
    """One comment. To edit one is to write: it is counted as a new one is."""

    permission_classes = (ReadsOrHasTradingAccount,)
    throttle_scopes: ClassVar = {"PATCH": "orders"}

    @extend_schema(
        operation_id="get_comment",
        tags=["social"],
        auth=[],
        responses={200: CommentSerializer} | problems(Code.UNKNOWN_COMMENT),
    )
    def get(self, request: Request, comment_id: str) -> Response:
        """Read a comment with the first replies to it."""
        return Response(CommentSerializer(find_comment(comment_id)).data)

    @extend_schema(
        operation_id="edit_comment",
        tags=["social"],
        request=BodySerializer,
        responses={200: CommentSerializer}
        | problems(Code.UNKNOWN_COMMENT, Code.COMMENT_NOT_YOURS, *_WRITING, body=True, member=True),
    )
    def patch(self, request: Request, comment_id: str) -> Response:
        """Change what your comment says; it is marked as edited."""
        comment, wanted = find_comment(comment_id), read(BodySerializer, request.data)
        edited = edit_comment(editor=user_of(request), comment=comment, body=wanted["body"])
        return Response(CommentSerializer(edited).data)

    @extend_schema(
        operation_id="delete_comment",
        tags=["social"],
        responses={204: None}
        | problems(
            Code.UNKNOWN_COMMENT,
            Code.COMMENT_NOT_YOURS,
            Code.COMMENT_GONE,
            Code.CSRF_FAILED,
            member=True,
        ),
    )
    def delete(self, request: Request, comment_id: str) -> Response:
        """Delete your comment; replies to it stay."""
        delete_comment(author=user_of(request), comment=find_comment(comment_id))
        return Response(status=204)


class ReportView(APIView):
    """Reports of one comment."""

    permission_classes = (HasTradingAccount,)

    @extend_schema(
        operation_id="report_comment",
        tags=["social"],
        request=NewReportSerializer,
        responses={204: None}
        | problems(Code.UNKNOWN_COMMENT, Code.COMMENT_GONE, body=True, member=True),
    )
    def post(self, request: Request, comment_id: str) -> Response:
        """Tell the moderators that a comment breaks the rules; once is enough."""
        comment, wanted = find_comment(comment_id), read(NewReportSerializer, request.data)
        report_comment(reporter=user_of(request), comment=comment, **wanted)
        return Response(status=204)
