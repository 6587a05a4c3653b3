"""Pictures of members: what was uploaded is decoded, cut square and encoded anew.

Nothing of the upload is kept but its pixels: no name, no EXIF, no colour profile, no second frame,
nothing that hides behind the picture. The files have names that nobody can guess, and never change.
"""

import secrets
from io import BytesIO
from typing import IO, Final

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageOps

SIZES_PX: Final = (64, 256)
BYTES_MAX: Final = 900_000  # a request may have 1 MiB
_PIXELS_MAX: Final = 25_000_000
_FORMATS: Final = ("PNG", "JPEG", "WEBP", "GIF")
_FOLDER: Final = "avatars"
_QUALITY: Final = 85


class BadPictureError(ValueError):
    """What was uploaded cannot be an avatar; the message says why, to people."""


def encode_avatar(upload: IO[bytes]) -> dict[int, bytes]:
    """Return an upload as a square WebP of each size. Raises BadPictureError.

    What it is, is decided by decoding it; its size in pixels is known before they are decoded.
    """
    if len(upload.read(BYTES_MAX + 1)) > BYTES_MAX:
        raise BadPictureError(f"Use a picture of at most {BYTES_MAX // 1000} kB.")
    upload.seek(0)
    try:
        picture = _decode(upload)
    except BadPictureError:
        raise
    except Exception as error:
        # The decoders raise whatever they meet: OSError, SyntaxError, struct.error and others.
        raise BadPictureError("This is not a PNG, JPEG, WebP or GIF picture.") from error
    return {size: _encode(picture, size) for size in SIZES_PX}


def store_avatar(pictures: dict[int, bytes]) -> str:
    """Store an avatar's files and return their name."""
    name = secrets.token_hex(16)
    for size, content in pictures.items():
        default_storage.save(path_of(name, size), ContentFile(content))
    return name


def delete_avatar(name: str) -> None:
    """Delete an avatar's files. Call after the commit that forgot the name."""
    for size in SIZES_PX:
        default_storage.delete(path_of(name, size))


def path_of(name: str, size_px: int) -> str:
    """Return where the storage has an avatar."""
    return f"{_FOLDER}/{name}-{size_px}.webp"


def _decode(upload: IO[bytes]) -> Image.Image:
    with Image.open(upload, formats=_FORMATS) as picture:
        # A JPEG may be decoded smaller than it is: large photographs cost little.
        picture.draft("RGB", (2 * max(SIZES_PX), 2 * max(SIZES_PX)))
        width, height = picture.size
        if width * height > _PIXELS_MAX:
            raise BadPictureError("This picture has too many pixels. Make it smaller first.")
        upright = ImageOps.exif_transpose(picture)
        return upright.convert("RGBA" if upright.has_transparency_data else "RGB")


def _encode(picture: Image.Image, size_px: int) -> bytes:
    square = ImageOps.fit(picture, (size_px, size_px), Image.Resampling.LANCZOS)
    out = BytesIO()
    square.save(out, "WEBP", quality=_QUALITY, exif=b"", icc_profile=b"", xmp=b"")
    return out.getvalue()
