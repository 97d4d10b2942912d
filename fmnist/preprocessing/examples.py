"""Example images to try: outlines like those that people draw, and photos of a kind.

The photos are enlarged test images, dyed and laid on a floor; no camera was there. All are made
here, so that nothing but the project's own images is shown.
"""

import functools

import cv2
import numpy as np
from PIL import Image, ImageDraw

from fmnist.data import fashion_mnist

EDGE = 320  # pixels
PEN = 9  # pixels
SHADOW = 0.55  # brightness of the floor in an item's shadow

# Outlines as strokes of points.
DRAWINGS = {
    "T-shirt": [
        [
            (110, 50),
            (60, 80),
            (38, 140),
            (80, 152),
            (96, 122),
            (95, 272),
            (226, 270),
            (225, 120),
            (240, 150),
            (282, 138),
            (260, 80),
            (210, 50),
            (188, 68),
            (132, 70),
            (110, 50),
        ],
    ],
    "Trousers": [
        [
            (105, 40),
            (215, 42),
            (240, 285),
            (188, 288),
            (160, 120),
            (130, 288),
            (78, 284),
            (105, 40),
        ],
        [(105, 66), (216, 66)],
    ],
    "Boot": [
        [
            (110, 40),
            (112, 160),
            (50, 212),
            (40, 262),
            (226, 266),
            (228, 200),
            (222, 130),
            (220, 42),
            (110, 40),
        ],
        [(42, 240), (226, 244)],
        [(112, 110), (140, 104)],
        [(112, 140), (140, 134)],
    ],
    "Bag": [
        [(60, 130), (262, 132), (282, 272), (40, 270), (60, 130)],
        [(112, 130), (120, 70), (160, 48), (202, 70), (210, 131)],
        [(112, 160), (210, 161)],
    ],
}
# Test image, colour of the cloth, colour of the floor, degrees that it lies turned.
PHOTOS = {
    "Pullover": (1, (30, 60, 110), (196, 160, 112), 4),
    "Dress": (13, (150, 30, 60), (205, 205, 200), -6),
    "Sneaker": (9, (40, 90, 60), (150, 120, 95), 7),
    "Ankle boot": (0, (90, 55, 35), (120, 130, 145), -4),
}


@functools.cache
def examples() -> dict[str, Image.Image]:
    """Each example by its name: RGB, 320 x 320."""
    drawings = {f"{name}, drawn": _drawing(strokes) for name, strokes in DRAWINGS.items()}
    photos = {f"{name}, photo": _photo(*recipe) for name, recipe in PHOTOS.items()}
    return drawings | photos


@functools.cache
def thumbnails() -> np.ndarray:
    """The examples in the same order, small: (N, 128, 128, 3) uint8."""
    return np.stack([np.asarray(image.resize((128, 128))) for image in examples().values()])


def _drawing(strokes: list[list[tuple[int, int]]]) -> Image.Image:
    image = Image.new("RGB", (EDGE, EDGE), "white")
    pen = ImageDraw.Draw(image)
    for points in strokes:
        pen.line(points, fill="black", width=PEN, joint="curve")
        for x, y in points:  # round joints and ends, as a pen leaves them
            pen.circle((x, y), PEN / 2, fill="black")
    return image


def _photo(
    index: int, cloth: tuple[int, int, int], floor: tuple[int, int, int], degrees: float
) -> Image.Image:
    rng = np.random.default_rng(index)
    turn = cv2.getRotationMatrix2D((13.5, 13.5), degrees, 8.0)
    turn[:, 2] = turn[:, 2] + EDGE / 2 - 13.5
    pixels = fashion_mnist.load("test")[0][index]
    grey = cv2.warpAffine(pixels, turn, (EDGE, EDGE), flags=cv2.INTER_CUBIC).astype(np.float32)
    item = cv2.GaussianBlur((grey > 20).astype(np.float32), (0, 0), 1.5)[..., None]
    # Negated in the data set: a bright pixel was dark cloth.
    folds = np.clip(1.5 - grey[..., None] / 255, 0.35, 1.5)
    item_colours = np.clip(np.array(cloth) * folds, 0, 255)
    shade = np.roll(cv2.GaussianBlur(item[..., 0], (0, 0), 7), (7, 7), (0, 1))[..., None]
    ground = _boards(floor, rng) * (1 - (1 - SHADOW) * shade)
    mixed = item * item_colours + (1 - item) * ground + rng.normal(0, 3, (EDGE, EDGE, 1))
    return Image.fromarray(mixed.clip(0, 255).astype(np.uint8))


def _boards(colour: tuple[int, int, int], rng: np.random.Generator) -> np.ndarray:
    """A floor of boards with a grain: (320, 320, 3) float."""
    grain = cv2.GaussianBlur(rng.normal(0, 60, (EDGE, EDGE)), (0, 0), sigmaX=1.2, sigmaY=25)
    board = np.arange(EDGE) // 64
    tone = rng.normal(0, 6, board.max() + 1)[board]
    gaps = np.where(np.arange(EDGE) % 64 < 2, -40, 0)
    light = np.linspace(12, -12, EDGE)[:, None]
    return np.asarray(np.array(colour) + (grain + tone + gaps + light)[..., None])
