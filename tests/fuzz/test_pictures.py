"""Damaged and hostile photos: a prediction, or a sentence."""

import io
import random
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from PIL import Image

from fmnist.data.image_files import ImageFileError
from fmnist.inference.classifier import Classifier
from fmnist.inference.prediction import predict

from .bounds import ends_well, tried
from .damage import HUGE, chances, damaged

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3_600)]

WAYS: tuple[dict[str, object], ...] = (
    {"format": "PNG"},
    {"format": "JPEG"},
    {"format": "JPEG", "progressive": True},
    {"format": "WEBP"},
    {"format": "WEBP", "lossless": True},
    {"format": "HEIF"},
    {"format": "AVIF"},
    {"format": "TIFF"},
    {"format": "TIFF", "compression": "tiff_lzw"},
    {"format": "TIFF", "compression": "tiff_adobe_deflate"},
    {"format": "BMP"},
    {"format": "GIF", "save_all": True, "append_images": [Image.new("RGB", (64, 64), "red")] * 3},
)
SIZES = ((1, 1), (8, 8), (60, 80), (1, 5_000), (700, 500))


def picture(chance: random.Random) -> bytes:
    """A whole image file of any kind."""
    way = chance.choice(WAYS)
    width, height = chance.choice(SIZES[1:3] if way["format"] in ("HEIF", "AVIF") else SIZES)
    pixels = np.random.default_rng(chance.randrange(100)).integers(
        0, 256, (height, width, 3), np.uint8
    )
    exif = Image.Exif()
    exif[0x112] = chance.choice((1, 3, 6, 8))  # the orientation
    file = io.BytesIO()
    Image.fromarray(pixels).save(
        file, **way, **({} if way["format"] in ("BMP", "GIF") else {"exif": exif})
    )
    return file.getvalue()


def promising_png(chance: random.Random) -> bytes:
    """A PNG file of a few bytes whose header promises any number of pixels, all black."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content))
            + kind
            + content
            + struct.pack(">I", zlib.crc32(kind + content))
        )

    size = chance.choice(
        ((50_000, 50_000), (7_000, 7_000), (2**31 - 1, 1), (1, 49_000_000), (0, 0))
    )
    header = struct.pack(
        ">2I5B", *size, chance.choice((1, 8, 16)), chance.choice((0, 2, 3, 6)), 0, 0, 0
    )
    text = chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(chance.choice((10, 70_000_000))), 1))
    rows = chunk(b"IDAT", zlib.compress(bytes(chance.choice((10, 50_000_000))), 1))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + text + rows + chunk(b"IEND", b"")


def promising_gif(chance: random.Random) -> bytes:
    width, height = (chance.choice(HUGE) & 0xFFFF for _ in range(2))
    image = b"GIF89a" + struct.pack("<2H3B", width, height, 0x80, 0, 0) + bytes(6)
    frame = b"," + struct.pack("<4HB", 0, 0, width, height, 0) + b"\x02\x02\x44\x01\x00"
    return image + frame * chance.choice((1, 1_000)) + b";"


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return Classifier.load("mlp-256")


@tried(0.3)
@given(chance=chances)
def test_a_damaged_photo(classifier, chance):
    kind = chance.choice((picture,) * 8 + (promising_png, promising_gif))
    content = kind(chance)
    if chance.random() < 0.9:
        content = damaged(content, chance)
    ends_well(lambda: predict(content, classifier).label, ImageFileError, content)
