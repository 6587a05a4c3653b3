"""Pictures of members: what comes in is never what is kept."""

import struct
import zlib
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from accounts.avatars import BYTES_MAX, SIZES_PX, BadPictureError, encode_avatar

ORIENTATION, DESCRIPTION = 0x0112, 0x010E


def picture(kind="PNG", size=(300, 200), mode="RGB", colour="red", **options):
    out = BytesIO()
    Image.new(mode, size, colour).save(out, kind, **options)
    out.seek(0)
    return out


def opened(content):
    return Image.open(BytesIO(content))


def png_that_claims(width, height):
    """A PNG of few bytes whose header promises that many pixels."""

    def chunk(name, body):
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 100_000)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    return BytesIO(b"\x89PNG\r\n\x1a\n" + body)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_picture_becomes_square_webp_of_every_size(kind):
    made = encode_avatar(picture(kind))
    assert list(made) == list(SIZES_PX)
    for size, content in made.items():
        again = opened(content)
        assert (again.format, again.size, getattr(again, "n_frames", 1)) == (
            "WEBP",
            (size, size),
            1,
        )


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_mode_of_a_png_is_read(mode):
    made = encode_avatar(picture(mode=mode, colour=0 if mode not in {"LA", "RGBA"} else None))
    assert opened(made[64]).size == (64, 64)


def test_transparency_stays():
    made = encode_avatar(picture(mode="RGBA", colour=(0, 0, 0, 0)))
    assert opened(made[64]).getpixel((1, 1))[3] == 0


def test_cmyk_photographs_are_read():
    assert (
        opened(encode_avatar(picture("JPEG", mode="CMYK", colour=(0, 0, 0, 0)))[64]).mode == "RGB"
    )


def test_exif_is_gone_and_its_orientation_is_kept():
    exif = Image.Exif()
    exif[ORIENTATION], exif[DESCRIPTION] = 6, "where I live"
    out = BytesIO()
    image = Image.new("RGB", (256, 256), "red")
    image.paste("blue", (0, 0, 256, 128))  # blue on top; turned: on the right
    image.save(out, "JPEG", exif=exif, comment=b"secret words", quality=95)
    content = encode_avatar(BytesIO(out.getvalue()))[256]
    made = opened(content)
    assert not made.getexif()
    assert b"where I live" not in content
    assert b"secret words" not in content
    left, right = made.getpixel((20, 128)), made.getpixel((236, 128))
    assert (left[0] > 200, left[2] > 60) == (True, False)
    assert (right[2] > 200, right[0] > 60) == (True, False)


def test_only_the_first_frame_of_an_animation_is_kept():
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "blue")]
    out = BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=100)
    made = opened(encode_avatar(BytesIO(out.getvalue()))[64])
    assert getattr(made, "n_frames", 1) == 1
    assert made.convert("RGB").getpixel((5, 5))[0] > 200


def test_what_hides_behind_a_picture_is_gone():
    out = picture()
    out.seek(0, 2)
    out.write(b"<script>alert(1)</script>")
    out.seek(0)
    assert all(b"<script>" not in content for content in encode_avatar(out).values())


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a picture",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"GIF89a" + b"\0" * 20,
        b"\x89PNG\r\n\x1a\n",
        b"RIFF\0\0\0\0WEBPVP8 ",
        picture("BMP").getvalue(),
        picture("TIFF").getvalue(),
        picture("PNG").getvalue()[:60],
        picture("JPEG").getvalue()[:200],
    ],
)
def test_what_is_no_picture_of_ours_is_refused(content):
    with pytest.raises(BadPictureError, match="not a PNG, JPEG, WebP or GIF"):
        encode_avatar(BytesIO(content))


@pytest.mark.parametrize(("width", "height"), [(5_001, 5_000), (30_000, 30_000), (65_000, 65_000)])
def test_decompression_bombs_are_refused_before_they_are_decoded(width, height):
    with pytest.raises(BadPictureError):
        encode_avatar(png_that_claims(width, height))


def test_large_photographs_are_decoded_small():
    photograph = picture("JPEG", size=(9_000, 6_000), colour="green")
    assert len(photograph.getvalue()) < BYTES_MAX
    assert opened(encode_avatar(photograph)[256]).size == (256, 256)


def test_more_bytes_than_allowed_are_refused():
    with pytest.raises(BadPictureError, match="at most 900 kB"):
        encode_avatar(BytesIO(picture().getvalue() + b"\0" * BYTES_MAX))


def test_one_pixel_is_enough():
    assert opened(encode_avatar(picture(size=(1, 1)))[256]).size == (256, 256)


@pytest.mark.parametrize(
    "path",
    [
        "/media/avatars/" + "a" * 32 + "-64.webp",
        "/media/avatars/" + "a" * 32 + "-65.webp",
        "/media/avatars/..%2f..%2fdb-64.webp",
        "/media/avatars/x-64.webp",
    ],
)
def test_avatar_that_is_not_there_is_404(client, db, path):
    assert client.get(path).status_code == 404
    assert not default_storage.exists("avatars/x")
