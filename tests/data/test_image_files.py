"""Any image file is read upright within bounds of memory; any other is named for what it is."""

import contextlib
import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from fmnist.data.image_files import EXTENSIONS, FORMATS, KEPT, ImageFileError, open_image

from ..conftest import in_one_sentence, python, tells
from ..images import BOOT, LIGHT, are_alike, file, garment, prepare, refusal, seen


@pytest.mark.parametrize("form", [*FORMATS, "MPO"])
def test_every_kind_of_file_that_is_promised_can_be_read(form):
    assert are_alike(seen(file(garment(), form)), BOOT)


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_every_extension_that_is_offered_is_one_of_a_format_that_can_be_read(extension):
    forms = {"MPO": "JPEG"}
    form = Image.registered_extensions()[f".{extension}"]
    assert forms.get(form, form) in FORMATS


def test_a_file_on_disk_is_read_as_its_content_is(tmp_path):
    path = tmp_path / "boot.png"
    path.write_bytes(file(garment(), "PNG"))
    assert (prepare(open_image(path)).pixels == BOOT).all()


@pytest.mark.parametrize("form", ["PNG", "WEBP", "GIF"])
def test_what_is_transparent_is_background(form):
    image = garment().convert("RGBA")
    image.putalpha(Image.fromarray(np.uint8(np.asarray(garment().convert("L")) < 128) * 255))
    assert are_alike(seen(file(image, form)), BOOT)


def test_a_light_garment_on_nothing_is_seen_too():
    shape = Image.fromarray(np.uint8(np.asarray(garment().convert("L")) < 128) * 255)
    image = Image.new("RGBA", shape.size, (*LIGHT, 255))
    image.putalpha(shape)
    assert are_alike(seen(file(image, "PNG")), BOOT)


TURNS = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}


@pytest.mark.parametrize("orientation", TURNS)
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "AVIF", "HEIF", "TIFF"])
def test_a_photo_from_a_phone_held_sideways_is_turned_upright(form, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    lying = garment().transpose(TURNS[orientation])
    assert not are_alike(seen(file(lying, form)), BOOT)
    assert are_alike(seen(file(lying, form, exif=exif.tobytes())), BOOT)


def test_a_png_with_a_damaged_pixel_is_refused():
    sound = file(garment(), "PNG")
    data = bytearray(sound)
    data[sound.index(b"IDAT") + 60] ^= 0xFF
    with pytest.raises(ImageFileError, match="damaged"):
        open_image(bytes(data))


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow's, of what it skips
@pytest.mark.parametrize("form", ["JPEG", "WEBP"])
def test_a_photo_with_damaged_metadata_is_read_all_the_same(form):
    lying, noise = garment().transpose(TURNS[6]), np.random.default_rng(0)
    exif = Image.Exif()
    exif[0x0112], exif[0x0110], exif[0x8769] = 6, "A camera", {0x9003: "2020:01:01 00:00:00"}
    seen_as = []
    for _ in range(300):
        data = bytearray(file(lying, form, exif=exif))
        start = data.index(b"II*\0") if b"II*\0" in data else data.index(b"MM\0*")
        for place in noise.integers(start, start + 90, 4):
            data[place] = noise.integers(256)
        with contextlib.suppress(ImageFileError):  # where the file itself is damaged, too
            seen_as.append(open_image(bytes(data)).size)
    assert len(seen_as) > 150


def test_of_an_animation_the_first_frame_counts():
    frames = [garment(ink=(0, 0, 0)).rotate(90 * turns, fillcolor=LIGHT) for turns in range(3)]
    animation = file(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=100)
    assert Image.open(io.BytesIO(animation)).n_frames == 3
    assert are_alike(seen(animation), BOOT)


def test_a_grey_picture_of_16_bits_is_read_with_all_its_greys():
    greys = np.asarray(garment().convert("L")).astype(np.uint16) * 257
    content = file(Image.fromarray(greys), "PNG")
    assert Image.open(io.BytesIO(content)).mode == "I;16"
    assert are_alike(seen(content), BOOT)


def test_a_dim_picture_of_16_bits_is_not_clipped_to_white():
    greys = np.asarray(garment().convert("L")).astype(np.uint16) * 100 + 5_000
    assert are_alike(seen(file(Image.fromarray(greys), "PNG")), BOOT)


def test_a_cmyk_jpeg_is_read():
    content = file(garment().convert("CMYK"), "JPEG")
    assert Image.open(io.BytesIO(content)).mode == "CMYK"
    assert are_alike(seen(content), BOOT)


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "1"])
def test_a_png_of_any_colour_mode_is_read(mode):
    assert are_alike(seen(file(garment().convert(mode), "PNG")), BOOT)


def test_a_photo_of_48_megapixels_is_read():
    content = file(garment().resize((8_000, 6_000)).convert("L"), "JPEG", quality=50)
    pixels = seen(content)
    assert pixels.max() > 200
    assert np.flatnonzero(pixels.any(axis=0))[[0, -1]].tolist() == [0, 27]  # wider than high now


# Files that cannot be read.


def zipped(name: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(name, "{}")
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"This is a shopping list, not an image.\n" * 20, "a text"),
        (b"", "empty"),
        (b"<?xml version='1.0'?>\n<svg xmlns='http://www.w3.org/2000/svg'/>", "an SVG drawing"),
        (b"%PDF-1.7 ...", "a PDF document"),
        (b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41", "a video"),
        (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", "a video"),
        (b"8BPS\0\1", "a Photoshop file"),
        (b"\0\0\0\x18ftypcrx \0\0\0\1crx isom", "a camera's raw file"),
        (b"II*\0\x10\0\0\0CR\2\0", "a camera's raw file"),
        (file(garment(), "TIFF", tiffinfo={50706: b"\1\4\0\0"}), "a camera's raw file"),
        (file(garment(), "TIFF", tiffinfo={254: 1}), "a camera's raw file"),
        (b"<!DOCTYPE html><html>404", "a web page"),
        (zipped("config.json"), "a .keras file"),
        (zipped("photos/a.png"), "a zip archive"),
        (file(garment(), "ICO"), "an image of another format"),
        (b"\xd3\x01 and more of the sort", "of an unknown kind"),
    ],
)
def test_a_file_that_is_not_an_image_is_named_for_what_it_is(content, named):
    sentence = refusal(content)
    assert f" {named}" in sentence
    kinds = ("PNG", "JPEG", "WebP", "HEIC", "AVIF", "TIFF", "BMP", "GIF")
    assert tells(sentence, *kinds)


@pytest.mark.parametrize("brand", [b"heic", b"avif"])
def test_a_phones_photo_of_which_only_the_beginning_came_through_is_damaged(brand):
    assert "damaged or cut short" in refusal(b"\0\0\0\x24ftyp" + brand + bytes(4000))


def test_a_file_that_is_not_there_is_refused_in_one_sentence(tmp_path):
    for path, said in ((tmp_path / "nowhere.png", r"cannot be read: .*\.$"), (tmp_path, "folder")):
        with pytest.raises(ImageFileError, match=said):
            open_image(path)


def test_a_very_large_file_is_refused_unread(tmp_path):
    with open(tmp_path / "long.png", "wb") as content:
        content.truncate(2_000_000_000)
    with pytest.raises(ImageFileError, match="2,000 MB; expected at most 100 MB"):
        open_image(tmp_path / "long.png")


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_picture_that_was_cut_short_is_refused_in_one_sentence(form, share):
    photo = Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8))
    whole = file(photo, form)
    assert "damaged or cut short" in refusal(whole[: int(share * len(whole))])


def test_a_picture_of_one_pixel_is_refused_in_one_sentence():
    assert "1 x 1 pixels" in refusal(file(Image.new("RGB", (1, 1)), "PNG"))


def png_header(width: int, height: int) -> bytes:
    """A small PNG that says it is as large as that."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    data = chunk(b"IDAT", zlib.compress(bytes(100_000)))
    return b"\x89PNG\r\n\x1a\n" + header + data + chunk(b"IEND", b"")


@pytest.mark.parametrize("edge", [7_100, 9_000, 12_000, 30_000])
def test_a_picture_too_large_for_the_memory_is_refused_unread_in_one_sentence(edge):
    content = png_header(edge, edge)
    assert len(content) < 1_000
    sentence = refusal(content)
    assert tells(sentence, f"{edge:,} x {edge:,} pixels", "50 million")


PEAK = """
import resource, sys
from pathlib import Path
from fmnist.data.image_files import open_image
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
image = open_image(Path({path!r}))
print(max(image.size), (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1000)
"""


@pytest.mark.parametrize(
    ("form", "pixels"),
    [("PNG", np.zeros((7_071, 7_071), np.uint16)), ("WEBP", np.zeros((4_999, 4_999, 4), np.uint8))],
    ids=["PNG", "WEBP"],
)
def test_a_small_file_of_a_huge_image_takes_bounded_memory_and_leaves_a_small_image(
    form, pixels, tmp_path
):
    path = tmp_path / "huge"
    Image.fromarray(pixels).save(path, form)
    edge, megabytes = map(int, python(PEAK.format(path=str(path))).split())
    assert edge == KEPT
    assert megabytes < 500


def cut(content: bytes, rng: random.Random) -> bytes:
    return content[: rng.randrange(len(content))]


def scribble(content: bytes, rng: random.Random) -> bytes:
    scribbled = bytearray(content)
    for _ in range(rng.randint(1, 6)):
        scribbled[rng.randrange(len(content))] = rng.randrange(256)
    return bytes(scribbled)


def scribble_on_header(content: bytes, rng: random.Random) -> bytes:
    return scribble(content[:120], rng) + content[120:]


@pytest.mark.parametrize("damage", [cut, scribble, scribble_on_header])
@pytest.mark.parametrize("form", FORMATS)
def test_whatever_is_wrong_with_a_file_there_is_a_picture_or_a_sentence(
    form: str, damage: Callable[[bytes, random.Random], bytes]
):
    whole, rng, sentences = file(garment(40), form), random.Random(0), []
    for attempt in range(60):
        try:
            image = open_image(damage(whole, rng))
            if attempt % 12 == 0:  # finding the garment takes long, and knows nothing of files
                prepare(image)
        except ImageFileError as error:
            sentences.append(str(error))
    assert all(map(in_one_sentence, sentences))
    assert len(sentences) > 9 or form in ("BMP", "TIFF")  # they have no check of their pixels
