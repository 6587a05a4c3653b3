"""Snapshots of books, for staff: they hold everybody's orders."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api.fields import IdField
from core.api.pagination import NewestFirst
from core.api.representations.listing import Listing
from core.api.representations.views import ListView
from core.api.schema import problems
from core.errors import Code
from exchange.ledger.api import MayReadBooks
from exchange.trading.snapshots.models import BookSnapshot
from exchange.trading.snapshots.store import read_bytes

_STAFF_ONLY = (Code.NOT_AUTHENTICATED, Code.PERMISSION_DENIED)


class BookSnapshotSerializer(serializers.ModelSerializer[BookSnapshot]):
    """A snapshot of the books of a shard."""

    shard = IdField()

    class Meta:
        model = BookSnapshot
        fields = ("shard", "journal_number", "digest", "sha256", "size_bytes", "created_at")


class BookSnapshotsView(ListView[BookSnapshot]):
    """The snapshots that are kept of a shard."""

    listing = Listing(
        title="Snapshots of shard {shard}",
        kind="book-snapshot",
        entry_title="After batch {journal_number}",
        key="shard/journal_number",
        link=lambda row: reverse("api:snapshot", args=[row["shard"], row["sha256"]]),
        columns=("journal_number", "digest", "sha256", "size_bytes", "created_at"),
    )

    permission_classes = (MayReadBooks,)
    serializer_class = BookSnapshotSerializer
    pagination_class = NewestFirst

    def get_queryset(self) -> QuerySet[BookSnapshot]:
        return BookSnapshot.objects.filter(shard=self.kwargs["shard"]).defer("compressed")

    @extend_schema(
        operation_id="list_book_snapshots",
        tags=["operations"],
        responses={200: BookSnapshotSerializer(many=True)}
        | problems(Code.NOT_FOUND, Code.INVALID, Code.INVALID_CURSOR, *_STAFF_ONLY),
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List the snapshots of a shard's books, newest first. For staff."""
        return super().get(request, *args, **kwargs)


class BookSnapshotView(APIView):
    """The content of one snapshot, found by its hash."""

    permission_classes = (MayReadBooks,)

    @extend_schema(
        operation_id="get_book_snapshot",
        tags=["operations"],
        responses={(200, "application/x-ndjson"): OpenApiTypes.BINARY}
        | problems(Code.NOT_FOUND, *_STAFF_ONLY),
    )
    def get(self, request: Request, shard: int, sha256: str) -> HttpResponse:
        """Return the bytes whose SHA-256 is the address: the engine, one JSON array a line.

        They are hashed before they are sent. For staff: they hold everybody's open orders.
        """
        snapshot = BookSnapshot.objects.filter(shard=shard, sha256=sha256).first()
        if snapshot is None:
            raise Http404
        response = HttpResponse(read_bytes(snapshot), content_type="application/x-ndjson")
        response["ETag"] = f'"{sha256}"'
        return response
