"""An image of the data set that was plotted, framed, enlarged or dyed is taken as it is."""

import io

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from fmnist.data import fashion_mnist
from fmnist.data.image_files import open_image
from fmnist.preprocessing.examples import examples

from ..images import prepare

IMAGES = fashion_mnist.load("test")[0][[0, 1, 3, 11, 13, 18]]  # with ones that fill their square


def enlarged(pixels: np.ndarray, edge: int = 280, smooth: bool = False) -> Image.Image:
    way = Image.Resampling.BICUBIC if smooth else Image.Resampling.NEAREST
    return Image.fromarray(pixels).resize((edge, edge), way)


def in_frame(image: Image.Image, colour: str = "white", axes: bool = False) -> Image.Image:
    """As a plot stands in its figure: with axes, ticks and a title, or without."""
    figure = Image.new("RGB", (400, 360), colour)
    figure.paste(image, (60, 40))
    if axes:
        draw = ImageDraw.Draw(figure)
        draw.rectangle([59, 39, 60 + image.width, 40 + image.height], outline="black")
        for at in range(60, 340, 50):
            draw.line([at, 40 + image.height, at, 46 + image.height], "black")
            draw.line([54, at, 60, at], "black")
        draw.text((150, 15), "Ankle boot", "black")
    return figure


def viridis(pixels: np.ndarray) -> np.ndarray:
    return cv2.applyColorMap(pixels, cv2.COLORMAP_VIRIDIS)[..., ::-1]


PLOTS = {
    "28 x 28": lambda pixels: Image.fromarray(pixels),
    "28 x 28, negated": lambda pixels: Image.fromarray(255 - pixels),
    "enlarged": enlarged,
    "smoothly": lambda pixels: enlarged(pixels, smooth=True),
    "white frame": lambda pixels: in_frame(enlarged(pixels)),
    "grey frame": lambda pixels: in_frame(enlarged(pixels), "#808080"),
    "axes and title": lambda pixels: in_frame(enlarged(pixels), axes=True),
    "false colours": lambda pixels: in_frame(enlarged(viridis(pixels))),
    "black on white, axes": lambda pixels: in_frame(enlarged(255 - pixels), axes=True),
}


@pytest.mark.parametrize("name", PLOTS)
def test_an_image_of_the_data_set_is_known_again_in_any_plot(name):
    for pixels in IMAGES:
        prepared = prepare(PLOTS[name](pixels))
        apart = np.abs(prepared.pixels.astype(int) - pixels).mean()
        assert apart < (12 if name == "smoothly" else 4)


def test_so_it_is_in_a_jpeg_file():
    for pixels in IMAGES:
        content = io.BytesIO()
        in_frame(enlarged(pixels)).save(content, "JPEG", quality=75)
        again = prepare(open_image(content.getvalue())).pixels
        assert np.abs(again.astype(int) - pixels).mean() < 4


def test_a_photo_in_a_plain_frame_is_seen_without_it():
    photo = examples()["Sneaker, photo"]
    framed, alone = prepare(in_frame(photo.resize((280, 280)))), prepare(photo)
    assert "Frame removed" in dict(framed.steps)
    assert np.corrcoef(framed.pixels.ravel(), alone.pixels.ravel())[0, 1] > 0.9


@pytest.mark.parametrize("name", examples())
def test_no_drawing_and_no_photo_is_taken_for_a_plot(name):
    image = examples()[name]
    width, height = image.size
    for part in (image, image.crop((width // 8, 0, width, height)), image.resize((60, 60))):
        steps = dict(prepare(part).steps)
        assert not steps.keys() & {"28 x 28, unchanged", "Frame removed"}


def test_a_square_that_was_drawn_or_painted_is_no_frame():
    for fill in (None, "black"):
        paper = Image.new("RGB", (320, 320), "white")
        ImageDraw.Draw(paper).rectangle([60, 60, 260, 260], fill, "black", width=9)
        assert prepare(paper).kind == "drawing"


def test_where_two_bars_cross_is_no_frame():
    noise = np.random.default_rng(0).integers(0, 120, (320, 320, 3), np.uint8)
    boot = np.full((320, 320, 3), 255, np.uint8)
    for part in ((slice(40, 280), slice(60, 130)), (slice(220, 280), slice(60, 260))):
        boot[part] = noise[part]
    assert "Frame removed" not in dict(prepare(Image.fromarray(boot)).steps)
