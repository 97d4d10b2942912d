"""Drawings stroke by stroke, as the canvas sends them; no two persons draw the same."""

import base64
import io
import random
from collections.abc import Iterator

from PIL import Image, ImageDraw

from .browsing import BOOT, T_SHIRT

EDGE = 320  # pixels, as in sketch.js
WIDTH = 7  # of a line
FINE = 2  # drawn larger and reduced, so that edges are smooth as on a canvas
STROKES = 4  # of a drawing, before the next one begins
DRESS = [(130, 40), (140, 120), (90, 280), (230, 280), (180, 120), (190, 40), (130, 40)]
BAG = [(60, 130), (60, 270), (260, 270), (260, 130), (60, 130), (110, 60), (210, 60), (260, 130)]
OUTLINES = (T_SHIRT, BOOT, DRESS, BAG)

Stroke = list[tuple[float, float]]


def drawings(chance: random.Random) -> Iterator[tuple[str, str]]:
    """Without end: the canvas after each stroke as a PNG in base64, and a text as long as that of its link."""
    while True:
        strokes = [_outline(chance)]
        while len(strokes) <= STROKES:
            points = sum(map(len, strokes))
            link = "".join(chance.choices("abcdefghijklmnopqrstuvwxyz0123456789-_", k=4 * points))
            yield _png(strokes), link
            strokes.append(_line(chance))


def _outline(chance: random.Random) -> Stroke:
    """A garment of some size and place, drawn by an unsteady hand."""
    width, height = chance.uniform(0.7, 1), chance.uniform(0.7, 1)
    left, top = chance.uniform(0, 300 * (1 - width)), chance.uniform(0, 300 * (1 - height))
    return [
        (left + width * x + chance.gauss(0, 3), top + height * y + chance.gauss(0, 3))
        for x, y in chance.choice(OUTLINES)
    ]


def _line(chance: random.Random) -> Stroke:
    return [(chance.uniform(90, 230), chance.uniform(90, 230)) for _ in "abc"]


def _png(strokes: list[Stroke]) -> str:
    image = Image.new("RGB", (FINE * EDGE, FINE * EDGE), "white")
    draw = ImageDraw.Draw(image)
    for stroke in strokes:
        points = [(FINE * x, FINE * y) for x, y in stroke]
        draw.line(points, "black", FINE * WIDTH, joint="curve")
    file = io.BytesIO()
    image.reduce(FINE).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()
