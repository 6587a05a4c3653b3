"""Avatars, served by the storage's own bytes and our headers."""

from typing import Final

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.urls import register_converter
from django.views.decorators.http import require_safe

from accounts.avatars import SIZES_PX, path_of


class AvatarNameConverter:
    """The random name of an avatar's files."""

    regex = "[0-9a-f]{32}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(AvatarNameConverter, "avatar")
_HEADERS: Final = {
    # A name is never used for other bytes.
    "Cache-Control": "public, max-age=31536000, immutable",
    "Content-Disposition": "inline",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}


@require_safe
def serve_avatar(_: HttpRequest, name: str, size: int) -> FileResponse:
    """Send one size of an avatar."""
    if size not in SIZES_PX:
        raise Http404
    try:
        content = default_storage.open(path_of(name, size))
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(content, content_type="image/webp", headers=_HEADERS)
