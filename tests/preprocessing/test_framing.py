"""An image is brought to the form of any data set: cut out, squeezed or cropped; grey or in colour."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from fmnist.data import library
from fmnist.data.dataset import SIDES, Form
from fmnist.preprocessing.examples import examples
from fmnist.preprocessing.framing import frame, frame_like

from ..images import are_alike, garment

RED, BLUE, GREEN = (220, 20, 20), (20, 40, 230), (10, 160, 30)
FORMS = [Form(side, colour) for side in SIDES for colour in (False, True)]
SKETCH, PHOTO = examples()["Bag, drawn"], examples()["Dress, photo"]


def halves(size: tuple[int, int]) -> Image.Image:
    """The left half red, the right half blue."""
    image = Image.new("RGB", size, RED)
    image.paste(BLUE, (size[0] // 2, 0, *size))
    return image


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_every_framing_gives_pixels_of_the_form_and_shows_its_steps(form):
    for image, framing in ((PHOTO, "squeezed"), (PHOTO, "cropped"), (SKETCH, "cut-out")):
        prepared = frame(image, form, framing)
        assert prepared.pixels.shape == form.shape
        assert prepared.pixels.dtype == np.uint8
        assert (prepared.steps[-1][1] == prepared.pixels).all()


@pytest.mark.parametrize(
    "image", [SKETCH, PHOTO, garment(ink=RED)], ids=["drawn", "photo", "painted"]
)
@pytest.mark.parametrize("colour", [False, True])
def test_a_cut_out_item_fills_a_larger_form_as_it_fills_a_smaller_one(image, colour):
    small, large = (frame(image, Form(side, colour), "cut-out").pixels for side in (28, 48))
    alike = np.asarray(Image.fromarray(large).resize((28, 28), Image.Resampling.BOX))
    assert are_alike(alike.astype(int), small.astype(int))
    item = large if large.ndim == 2 else large.max(axis=-1)
    assert max(np.ptp(np.flatnonzero(item.any(axis=axis))) for axis in (0, 1)) == 47


def test_an_item_keeps_its_colours_in_a_colour_form_and_stands_on_black():
    for ink, paper in ((RED, "white"), (BLUE, "white"), (GREEN, "black"), (GREEN, (120, 120, 125))):
        pixels = frame(garment(ink=ink, paper=paper), Form(32, True), "cut-out").pixels
        inside = pixels[pixels.max(axis=-1) > 100]
        assert np.abs(np.median(inside, axis=0) - ink).max() < 25
        assert pixels[2, -3].max() == 0  # beside the leg of the boot


def test_a_coloured_pen_draws_in_its_colour_and_a_black_one_in_white():
    for ink, expected in ((RED, (True, False, False)), ("black", (True, True, True))):
        paper = Image.new("RGB", (320, 320), "white")
        ImageDraw.Draw(paper).rectangle([60, 60, 260, 260], outline=ink, width=9)
        middle = frame(paper, Form(28, True), "cut-out").pixels[14, 14]
        assert tuple((middle > 100).tolist()) == expected


def test_a_squeezed_image_has_all_of_it_and_a_cropped_one_its_central_square():
    wide = halves((400, 100))
    squeezed = frame(wide, Form(32, True), "squeezed").pixels
    assert (squeezed[:, :16] == RED).all()
    assert (squeezed[:, 16:] == BLUE).all()
    wide.paste(GREEN, (0, 0, 120, 100))  # outside of the central square
    assert (frame(wide, Form(32, True), "cropped").pixels == squeezed).all()


def test_whole_images_keep_their_brightness_and_transparent_parts_become_white():
    for grey in (0, 90, 255):
        assert (frame(Image.new("L", (60, 50), grey), Form(28), "squeezed").pixels == grey).all()
    clear = Image.new("RGBA", (40, 40), (200, 0, 0, 0))
    assert (frame(clear, Form(28), "cropped").pixels == 255).all()


def test_a_pixel_is_the_mean_of_those_that_it_stands_for():
    pixels = np.random.default_rng(0).integers(0, 256, (84, 84), np.uint8)
    means = pixels.reshape(28, 3, 28, 3).mean(axis=(1, 3))
    found = frame(Image.fromarray(pixels), Form(28), "squeezed").pixels
    assert np.abs(found - means).max() <= 1


@pytest.mark.parametrize("form", [Form(48), Form(32, True)], ids=str)
def test_an_image_of_the_data_set_saved_and_enlarged_is_known_again(form):
    pixels = frame(garment(ink=RED), form, "cut-out").pixels
    saved = Image.fromarray(pixels).resize((320, 320), Image.Resampling.NEAREST)
    again = frame(saved, form, "cut-out")
    assert np.abs(again.pixels.astype(int) - pixels).mean() < 2
    assert f"{form.size}, unchanged" in dict(again.steps)


def crosses(ink: int, paper: int) -> tuple[np.ndarray, np.ndarray]:
    """Images of a cross, and labels: (20, 28, 28) and (20,) uint8."""
    images = np.full((20, 28, 28), paper, np.uint8)
    images[:, 12:16, 4:24] = images[:, 4:24, 12:16] = ink
    return images, np.arange(20, dtype=np.uint8) % 2


def test_a_drawing_in_black_on_white_is_negated_for_a_data_set_in_white_on_black(home):
    paper = Image.new("RGB", (280, 280), "white")
    pen = ImageDraw.Draw(paper)
    pen.rectangle([120, 40, 159, 239], "black")
    pen.rectangle([40, 120, 239, 159], "black")
    data = {
        "white on black": crosses(255, 0),
        "black on white": crosses(0, 255),
        "on grey": crosses(255, 120),
    }
    for name, images in data.items():
        splits = {"train": images, "test": images}
        made = library.add(name.replace(" ", "-"), ("x", "y"), Form(28), splits, framing="squeezed")
        prepared = frame_like(paper, made)
        assert ("Negative" in dict(prepared.steps)) == (name == "white on black")
        if name != "on grey":
            assert np.abs(prepared.pixels.astype(int) - images[0][0]).mean() < 2
        library.remove(made.name)
        assert frame_like(paper, made).pixels.shape == (28, 28)
