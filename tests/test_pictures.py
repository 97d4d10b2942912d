"""Any drawing, photo or upload becomes a picture in the data set's form, or one clear sentence."""

import contextlib
import io
import random
import struct
import zlib
from collections.abc import Callable

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from fmnist import datasets, recipes, runs
from fmnist.classifier import Classifier
from fmnist.examples import examples
from fmnist.picture_files import FORMATS, PictureError, open_picture
from fmnist.pictures import prepare
from fmnist.salience import salience
from fmnist.wearer import without_wearer

from .conftest import in_one_sentence

DARK, LIGHT = (20, 30, 90), (255, 255, 255)


def garment(size: int = 200, ink=DARK, paper=LIGHT) -> Image.Image:
    """Something like a boot: an L that no turn or mirror maps to itself."""
    image = Image.new("RGB", (size, size), paper)
    draw, unit = ImageDraw.Draw(image), size // 10
    draw.rectangle([2 * unit, unit, 4 * unit, 9 * unit], fill=ink)
    draw.rectangle([2 * unit, 7 * unit, 8 * unit, 9 * unit], fill=ink)
    return image


def file(image: Image.Image, form: str, **options) -> bytes:
    """The content of the file that the image makes."""
    content = io.BytesIO()
    image.save(content, form, **options)
    return content.getvalue()


def seen(content: bytes) -> np.ndarray:
    """What the network sees of a file: (28, 28) int."""
    pixels = prepare(open_picture(content)).pixels
    assert pixels.shape == (28, 28)
    assert pixels.dtype == np.uint8
    return pixels.astype(int)


def refusal(content: bytes) -> str:
    """What is said of a file that cannot be used."""
    with pytest.raises(PictureError) as error:
        prepare(open_picture(content))
    assert in_one_sentence(str(error.value))
    return str(error.value)


def are_alike(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two pictures show the same at the same place, if perhaps a little brighter."""
    return np.corrcoef(one.ravel(), other.ravel())[0, 1] > 0.94


BOOT = seen(file(garment(), "PNG"))


def test_the_boot_of_these_tests_looks_like_itself_only():
    turned = [np.rot90(BOOT, times) for times in (1, 2, 3)]
    assert not any(are_alike(BOOT, other) for other in (*turned, BOOT[:, ::-1], BOOT[::-1]))


# Good pictures.


@pytest.mark.parametrize("form", FORMATS)
def test_every_kind_of_file_that_is_promised_can_be_read(form):
    assert are_alike(seen(file(garment(), form)), BOOT)


def test_a_file_on_disk_is_read_as_its_content_is(tmp_path):
    path = tmp_path / "boot.png"
    path.write_bytes(file(garment(), "PNG"))
    assert (prepare(open_picture(path)).pixels == BOOT).all()


def test_the_garment_is_bright_on_black_touches_two_opposite_edges_and_is_centred():
    rows, columns = np.flatnonzero(BOOT.any(axis=1)), np.flatnonzero(BOOT.any(axis=0))
    assert BOOT.max() > 200
    assert (rows[0], rows[-1]) == (0, 27)
    assert abs(columns[0] - (27 - columns[-1])) <= 1
    assert BOOT[:, [0, 27]].max() == 0


def test_dark_on_light_is_seen_as_light_on_dark():
    assert are_alike(seen(file(garment(ink=LIGHT, paper=DARK), "PNG")), BOOT)


def test_where_the_garment_lies_and_how_large_it_is_makes_no_difference():
    paper = Image.new("RGB", (900, 700), LIGHT)
    paper.paste(garment(300), (550, 380))
    assert are_alike(seen(file(paper, "PNG")), BOOT)


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
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_photo_from_a_phone_held_sideways_is_turned_upright(form, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    lying = garment().transpose(TURNS[orientation])
    assert not are_alike(seen(file(lying, form)), BOOT)
    assert are_alike(seen(file(lying, form, exif=exif)), BOOT)


def test_a_png_with_a_damaged_pixel_is_refused():
    sound = file(garment(), "PNG")
    data = bytearray(sound)
    data[sound.index(b"IDAT") + 60] ^= 0xFF
    with pytest.raises(PictureError, match="damaged"):
        open_picture(bytes(data))


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
        with contextlib.suppress(PictureError):  # where the file itself is damaged, too
            seen_as.append(open_picture(bytes(data)).size)
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


def test_the_smallest_picture_that_can_be_read_has_8_by_8_pixels():
    image = Image.new("L", (8, 8))
    image.putpixel((4, 4), 255)
    assert seen(file(image, "PNG")).max() > 0


@pytest.mark.parametrize("size", [(20_000, 8), (8, 20_000)])
def test_a_very_long_picture_gets_an_answer(size):
    image = Image.new("L", size, 255)
    ImageDraw.Draw(image).rectangle([2, 2, size[0] // 2, size[1] // 2], fill=0)
    assert seen(file(image, "PNG")).max() > 0


def test_an_outline_is_filled_as_if_its_inside_were_cloth():
    paper = Image.new("RGB", (320, 320), LIGHT)
    ImageDraw.Draw(paper).rectangle([60, 60, 260, 260], outline=(0, 0, 0), width=9)
    prepared = prepare(paper)
    assert "Outline filled" in dict(prepared.steps)
    assert prepared.pixels[14, 14] > 100


def test_an_outline_with_a_gap_is_closed_and_filled():
    paper = Image.new("RGB", (320, 320), LIGHT)
    pen = ImageDraw.Draw(paper)
    pen.line([(140, 60), (60, 60), (60, 260), (260, 260), (260, 60), (180, 60)], "black", 9)
    prepared = prepare(paper)
    assert prepared.kind == "drawing"
    assert prepared.pixels[14, 14] > 100


def drawn(width: int, scale: float = 1) -> np.ndarray:
    """What the network sees of a triangle in a triangle: (28, 28) int."""
    paper = Image.new("RGB", (320, 320), LIGHT)
    pen = ImageDraw.Draw(paper)
    for corners in ([(60, 245), (150, 60), (260, 245)], [(120, 220), (150, 160), (190, 220)]):
        a, b, c = ((scale * x, scale * y) for x, y in corners)
        pen.line([a, b, c, a, b], (0, 0, 0), width, joint="curve")
    prepared = prepare(paper)
    assert prepared.kind == "drawing"
    return prepared.pixels.astype(int)


@pytest.mark.parametrize(("width", "scale"), [(1, 1), (2, 1), (3, 1), (15, 1), (5, 0.6), (5, 0.8)])
def test_a_fine_pen_and_a_broad_one_draw_the_same_large_and_small(width, scale):
    assert np.abs(drawn(width, scale) - drawn(9)).mean() < 6


def test_an_outline_along_the_edge_of_the_picture_is_drawn_anew_like_any_other():
    whole, cut = Image.new("RGB", (320, 320), LIGHT), Image.new("RGB", (220, 320), LIGHT)
    ImageDraw.Draw(whole).rectangle([50, 60, 260, 260], outline=(0, 0, 0), width=15)
    ImageDraw.Draw(cut).rectangle([0, 60, 210, 260], outline=(0, 0, 0), width=15)
    assert np.abs(prepare(whole).pixels.astype(int) - prepare(cut).pixels).mean() < 6


@pytest.mark.parametrize("edge", [1, 2, 3, 6])
def test_a_dot_is_a_drawing_too(edge):
    paper = Image.new("RGB", (256, 256), LIGHT)
    ImageDraw.Draw(paper).rectangle([100, 100, 99 + edge, 99 + edge], fill="black")
    prepared = prepare(paper)
    assert prepared.kind == "drawing"
    assert prepared.pixels.max() > 200


def test_a_white_garment_on_white_is_a_photo_though_only_its_shaded_edge_stands_out():
    inside = np.asarray(garment(400).convert("L")) < 255
    depth = cv2.distanceTransform(inside.astype(np.uint8), cv2.DIST_L2, 5)
    shade = inside * 250 * np.exp(-depth / 10) * np.linspace(0.25, 1, 400)
    grey = Image.fromarray((255 - shade).astype(np.uint8))
    assert prepare(grey).kind == "photo"


def test_a_single_stroke_is_a_drawing_already():
    paper = Image.new("RGB", (320, 320), LIGHT)
    ImageDraw.Draw(paper).line([(150, 130), (170, 210)], "black", 9)
    assert prepare(paper).kind == "drawing"


def test_inner_lines_of_a_drawing_stay_brighter_than_its_cloth():
    paper = Image.new("RGB", (320, 320), LIGHT)
    pen = ImageDraw.Draw(paper)
    pen.rectangle([60, 60, 260, 260], outline=(0, 0, 0), width=9)
    pen.line([(160, 60), (160, 260)], "black", 9)
    pixels = prepare(paper).pixels.astype(int)
    assert pixels[14, 12:16].max() > pixels[14, 6:9].max() + 20


def test_what_was_painted_with_a_brush_is_a_drawing_too():
    prepared = prepare(garment(ink=(0, 0, 0)))
    assert prepared.kind == "drawing"
    assert are_alike(prepared.pixels.astype(int), BOOT)


def test_a_garment_on_a_floor_of_boards_is_cut_out():
    prepared = prepare(examples()["Sneaker, photo"])
    assert prepared.kind == "photo"
    assert not prepared.doubtful
    assert prepared.pixels[:6].max() == 0  # a shoe is low: no floor above it
    assert prepared.pixels[-6:].max() == 0
    assert prepared.pixels[14].max() > 150


def test_a_thin_thing_on_paper_that_is_not_wholly_plain_is_no_trouble():
    paper = Image.new("RGB", (320, 320), LIGHT)
    pen = ImageDraw.Draw(paper)
    for at in range(20, 300, 40):  # lines of other greys, of which one runs over the edge
        pen.line([(at, 0 if at == 20 else 60), (at, 260)], (at // 2,) * 3, 2)
    assert prepare(paper).pixels.any()


def test_a_wearer_is_looked_for_in_photos_and_none_is_found_where_nobody_is():
    rgb = np.asarray(examples()["Pullover, photo"])
    everything = np.ones(rgb.shape[:2], bool)
    assert without_wearer(examples()["Pullover, photo"], rgb, everything) is None


@pytest.mark.parametrize("name", ["Pullover, photo", "Sneaker, photo"])
def test_salience_tells_the_item_from_the_floor(name):
    found = salience(np.asarray(examples()[name]))
    assert found.shape == (320, 320)
    assert found[150:170, 150:170].mean() > 0.8
    assert found[:20].mean() < 0.1


def test_the_hole_of_a_sleeve_stays_open_where_the_shape_is_no_outline():
    prepared = prepare(garment())
    assert "Outline filled" not in dict(prepared.steps)
    assert prepared.pixels[:15, -5:].max() == 0


def test_every_step_to_the_networks_picture_can_be_shown():
    prepared = prepare(garment())
    names = [name for name, _ in prepared.steps]
    assert len(names) == len(set(names)) >= 3
    assert all(step.dtype == np.uint8 for _, step in prepared.steps)
    assert all(step.ndim == 2 or step.shape[2] == 3 for _, step in prepared.steps)
    assert (prepared.steps[-1][1] == prepared.pixels).all()


def test_a_test_image_saved_as_a_picture_gets_the_same_answer_as_before():
    images = datasets.load("test")[0][:40]
    again = np.stack([prepare(Image.fromarray(image)).pixels for image in images])
    classifier = Classifier(runs.SHIPPED / recipes.DEFAULT)
    before, after = (classifier.probabilities(x).argmax(axis=1) for x in (images, again))
    assert (before == after).mean() > 0.8


# Bad pictures.


def test_a_text_file_named_png_is_refused_in_one_sentence():
    sentence = refusal(b"This is a shopping list, not a picture.\n" * 20)
    assert "no picture" in sentence
    assert "PNG, JPEG, WebP, BMP and GIF" in sentence


def test_a_kind_of_picture_that_is_not_promised_is_refused_in_one_sentence():
    assert "no picture of a known kind" in refusal(file(garment(), "TIFF"))


def test_an_empty_file_is_refused_in_one_sentence():
    assert "empty" in refusal(b"")


def test_a_file_that_is_not_there_is_refused_in_one_sentence(tmp_path):
    for path in (tmp_path / "nowhere.png", tmp_path):
        with pytest.raises(PictureError, match=r"cannot be read: .*\.$"):
            open_picture(path)


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
    assert "too large" in sentence or f"{edge:,} x {edge:,} pixels" in sentence
    assert "at most 50 million pixels" in sentence


@pytest.mark.parametrize("colour", ["white", "black", "#808080"])
def test_a_blank_picture_is_refused_in_one_sentence(colour):
    assert "blank" in refusal(file(Image.new("RGB", (320, 320), colour), "PNG"))


def test_a_wholly_transparent_picture_is_blank():
    assert "blank" in refusal(file(Image.new("RGBA", (64, 64), (200, 10, 10, 0)), "PNG"))


def test_the_noise_of_a_camera_on_a_white_wall_is_blank():
    noise = np.random.default_rng(0).normal(240, 3, (300, 300)).clip(0, 255).astype(np.uint8)
    assert "blank" in refusal(file(Image.fromarray(noise), "PNG"))


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
            image = open_picture(damage(whole, rng))
            if attempt % 12 == 0:  # finding the garment takes long, and knows nothing of files
                prepare(image)
        except PictureError as error:
            sentences.append(str(error))
    assert all(map(in_one_sentence, sentences))
    assert len(sentences) > 9 or form == "BMP"  # a BMP has no check of its pixels
