"""Cursor pages: newest first."""

from rest_framework.pagination import CursorPagination


class NewestFirst(CursorPagination):
    """Pages of 50 by id, newest first."""

    ordering = "-id"
    page_size = 50
