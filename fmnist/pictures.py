"""Any drawing or photo -> a picture in the data set's own form.

Fashion-MNIST's pictures were photos on white that were cut out, shrunk to 28 pixels along the
longest edge, centred and negated (arXiv 1708.07747, section 2): a bright garment on black that
touches two opposite edges. A network that learned from them expects just that.
"""

import dataclasses

import cv2
import numpy as np
from PIL import Image

from .picture_files import PictureError
from .salience import salience
from .wearer import without_wearer

SIZE = 28
WORK = 256  # pixels along the longest edge while looking for the garment

FAINT = 24  # of 255: what differs less from the background is background
PLAIN = 0.75  # share of the picture's edge that is of one colour if the background is plain
GAPS = (8, 16, 24, 32, 44, 56)  # pixels at WORK size: how wide a gap of an outline may be
OUTLINE = 1.2  # a shape with this much more area than its strokes is an outline
WIRE = 2.5  # and with so much, if they are fine, of whatever tones they are
THICK = 20  # pixels at WORK size: strokes are thinner
FINE = 4  # pixels at WORK size: paler at their edges, all of a stroke is edge that is no wider
GAIN = 1.6  # how much more a wider gap must fill to be taken for one
ONE_TONE = 0.5  # share of an outline's pixels that have the brightness of its strokes,
LINE_TONE = 0.7  # or of strokes' that enclose nothing,
STROKE_TONES = 40  # of 255, or differ less than this from it
PAINTED = 0.8  # the same of a silhouette that was painted with a brush,
PAINT_TONES = 10  # which a photo never is as evenly
LINE = 0.8  # pixels of 28: how wide the strokes of an outline are drawn anew
FILL = 0.75  # brightness of the inside of an outline, a share of that of its strokes
FOUND = 0.5  # salience from which on a pixel belongs to the item
UNCLEAR = 0.3  # share of the item: with so many half salient pixels a cut is doubtful
ALL = 0.9  # share of the picture: an item that covers so much was not told from anything
LEAST = 0.002  # share of the picture that an item covers at least
SMALL_HOLE = 0.02  # share of the item: larger holes are real, like that below a bag's handle
SMALL_PART = 0.15  # share of the largest part: smaller ones are clutter
COARSE = 64  # pixels along the longest edge: smaller pictures show too little to find items in
DIM = 30  # of 255: no part of an item is darker than this, once negated


@dataclasses.dataclass(frozen=True)
class Prepared:
    """A picture as the network gets it, and how it came to be so."""

    pixels: np.ndarray  # (28, 28) uint8, 0 is background
    steps: tuple[tuple[str, np.ndarray], ...]  # name and (H, W) or (H, W, 3) uint8 of each step
    kind: str  # "drawing" or "photo"
    doubtful: bool = False  # the item could not be told from its background clearly


def prepare(image: Image.Image) -> Prepared:
    """Bring a picture to the data set's form: found, filled if it is an outline, cut, centred.

    Args:
        image: a drawing or photo of one item, in any mode.

    Raises:
        PictureError: nothing stands out from the background.
    """
    rgb = _on_background(image)
    border = np.concatenate([rgb[0], rgb[-1], rgb[:, 0], rgb[:, -1]]).astype(int)
    background = np.median(border, axis=0)
    ink = np.abs(rgb - background).max(axis=-1).astype(np.uint8)
    if ink.max() < FAINT:
        raise PictureError("The picture is blank: nothing stands out from its background.")
    plain = (np.abs(border - background).max(axis=-1) < FAINT).mean()
    otsu, _ = cv2.threshold(ink, 0, 255, cv2.THRESH_OTSU)
    mask = ink >= max(FAINT, otsu / 2)
    if plain < PLAIN:
        return _photo(image, rgb, mask, None)
    drawing = _drawing(rgb, ink, mask)
    if drawing is None and plain < 1:  # the gaps between boards or tiles are no part of the item
        broad = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5))) > 0
        mask = broad if broad.any() else mask
    return drawing or _photo(image, rgb, mask, background)


def _on_background(image: Image.Image) -> np.ndarray:
    """(H, W, 3) uint8 at WORK size; transparent becomes white, or black behind a light item."""
    image = image.convert("RGBA")
    scale = WORK / max(image.size)
    size = [max(1, round(edge * scale)) for edge in image.size]
    reduced = image.reduce(max(1, int(1 / (2 * scale))))  # fast, and nothing is lost
    pixels = np.asarray(reduced.resize(size, Image.Resampling.BILINEAR), np.float32)
    rgb, alpha = pixels[..., :3], pixels[..., 3:] / 255
    opaque = alpha[..., 0] > 0.5
    is_light = opaque.any() and not opaque.all() and rgb[opaque].mean() > 200
    return (rgb * alpha + (0 if is_light else 255) * (1 - alpha)).astype(np.uint8)


def _drawing(rgb: np.ndarray, ink: np.ndarray, mask: np.ndarray) -> Prepared | None:
    """An outline, filled, or a painted silhouette; None if it is neither, but a photo.

    Args:
        rgb: (H, W, 3) uint8, the picture at WORK size.
        ink: (H, W) uint8, how much it differs from its background.
        mask: (H, W) bool, where that is enough to count.
    """
    made = _outline(ink, mask) or _painted(ink, mask)
    if not made:
        return None
    made = [(name, image.astype(np.uint8)) for name, image in made]
    _, value = made[-1]
    pixels = _framed(value, value > 0)
    begin, end = (("Your picture", rgb), ("Strokes", ink)), ("28 x 28, centred", pixels)
    return Prepared(pixels, (*begin, *made, end), "drawing")


def _outline(ink: np.ndarray, mask: np.ndarray) -> list[tuple[str, np.ndarray]]:
    """The steps from thin strokes of one tone to a filled shape; none if it is no such drawing."""
    depth = _depth_within(mask)
    if 2 * np.percentile(depth[mask], 90) >= THICK:
        return []
    skeleton = _skeleton(mask)
    width = 2 * np.median(depth[skeleton])
    inks = cv2.dilate(ink, np.ones((3, 3)))[skeleton] if width <= FINE else ink[mask]
    one_tone, filled = _alike(inks, STROKE_TONES), _filled_outline(mask)
    enclosed = filled.sum() / mask.sum()
    if (enclosed > OUTLINE and one_tone > ONE_TONE) or (enclosed > WIRE and width <= FINE):
        lines, shape = _evenly_drawn(skeleton, width, filled)
        value = 255 * (lines + (1 - lines) * shape * FILL)
        return [("Fine lines", 255 * lines), ("Outline filled", value)]
    if one_tone > LINE_TONE:
        return [("Outline filled", np.where(mask, 255, filled * 255 * FILL))]
    return []


def _painted(ink: np.ndarray, mask: np.ndarray) -> list[tuple[str, np.ndarray]]:
    """The step from an evenly painted silhouette to itself on black; none if it is not even."""
    if _alike(ink[mask], PAINT_TONES) <= PAINTED:
        return []
    value = mask * (ink * (255 / np.percentile(ink[mask], 90))).clip(0, 255)
    return [("Background removed", value)]


def _photo(
    image: Image.Image, rgb: np.ndarray, mask: np.ndarray, background: np.ndarray | None
) -> Prepared:
    """An item cut out by what stands out, and on a plain background by what differs from it.

    Args:
        image: the photo.
        rgb: (H, W, 3) uint8, the photo at WORK size.
        mask: (H, W) bool, what differs from the colour of the edges.
        background: that colour if it is plain.
    """
    is_plain = background is not None
    found = mask.astype(np.float32) if is_plain and max(image.size) < COARSE else salience(rgb)
    item = found > FOUND
    if is_plain:
        item |= _without_small_holes(mask)
    is_found = LEAST < item.mean() < ALL
    item = _parts(item if item.mean() > LEAST else mask)
    unworn = without_wearer(image, rgb, item)
    if unworn is not None:
        item = _parts(unworn)
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.float32)
    is_dark = is_plain and background.mean() < 64
    light = grey if is_dark else 255 - grey
    stretched = light * (255 / max(60, np.percentile(light[item], 98)))
    value = np.where(item, stretched.clip(DIM, 255), 0).astype(np.uint8)
    pixels = _framed(value, item)
    cut = np.where(item[..., None], rgb, np.uint8(0 if is_dark else 255))
    steps = [
        ("Your photo", rgb),
        ("What stands out", (255 * found.clip(0, 1)).astype(np.uint8)),
        ("Cut out", cut),
        ("Grey" if is_dark else "Grey, negated", value),
        ("28 x 28, centred", pixels),
    ]
    unclear = ((found > 0.2) & (found < 0.8)).sum() > UNCLEAR * item.sum()
    return Prepared(pixels, tuple(steps), "photo", doubtful=bool(unclear or not is_found))


def _filled_outline(mask: np.ndarray) -> np.ndarray:
    """The shape without its holes; a wider gap is closed where that fills much more."""
    edge = GAPS[-1] // 2 + 2
    shape = np.pad(mask, edge)
    away = _depth(~shape)
    filled = shape
    for gap in GAPS:
        wider = _filled(away, gap) | shape
        if gap == GAPS[0] or wider.sum() > GAIN * filled.sum():
            filled = wider
    return filled[edge:-edge, edge:-edge]


def _alike(inks: np.ndarray, tones: int) -> float:
    """Share of the inks, (N,) uint8, within so many tones of the strong ones (the 90th percentile)."""
    return float((np.abs(inks - np.percentile(inks, 90)) < tones).mean())


def _skeleton(strokes: np.ndarray) -> np.ndarray:
    """The middle of strokes, (H, W) bool: lines a pixel wide."""
    padded = np.pad(255 * strokes.astype(np.uint8), 1)  # what is at the edge would stay thick
    thinning = cv2.ximgproc.THINNING_GUOHALL  # of a dot, the default one leaves nothing
    return cv2.ximgproc.thinning(padded, thinningType=thinning)[1:-1, 1:-1] > 0


def _evenly_drawn(
    skeleton: np.ndarray, width: float, filled: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """An outline as if drawn with a pen whose lines are `LINE` wide in the data set's form.

    So the network sees the same whatever pen was used, and lines close together stay apart.

    Args:
        skeleton: (H, W) bool, the middle of its strokes.
        width: of the strokes, in pixels.
        filled: (H, W) bool, the strokes and what they enclose.

    Returns:
        (H, W) float, the new lines from 0 to 1; (H, W) bool, the shape, whose edge has moved in (or
        out) with that of the lines.
    """
    rows, columns = (np.flatnonzero(filled.any(axis=axis)) for axis in (1, 0))
    half = LINE / 2 * max(np.ptp(rows) + 1, np.ptp(columns) + 1) / SIZE
    lines = np.clip(half + 0.5 - _depth(~skeleton), 0, min(1, 2 * half))
    return lines, _depth_within(filled) > max(0, width / 2 - half)


def _filled(away: np.ndarray, gap: int) -> np.ndarray:
    """What lies inside of a shape once gaps up to `gap` pixels are closed: (H, W) bool.

    Args:
        away: (H, W) float32, how far each pixel is from the shape, 0 on it.
        gap: in pixels.
    """
    reached = (away <= gap / 2).astype(np.uint8)
    cv2.floodFill(reached, None, (0, 0), 2)  # from the corner: the outside
    return _depth(reached != 2) > gap / 2


def _depth(mask: np.ndarray) -> np.ndarray:
    """How many pixels each pixel is inside of the mask, 0 outside: (H, W) float32."""
    return cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 3)


def _depth_within(mask: np.ndarray) -> np.ndarray:
    """The same, where all beyond the picture's edge is outside."""
    return _depth(np.pad(mask, 1))[1:-1, 1:-1]


def _without_small_holes(mask: np.ndarray) -> np.ndarray:
    count, places, figures, _ = cv2.connectedComponentsWithStats(1 - mask.astype(np.uint8))
    areas = figures[:, cv2.CC_STAT_AREA]
    small = [place for place in range(1, count) if areas[place] < SMALL_HOLE * mask.sum()]
    return mask | np.isin(places, small)


def _parts(mask: np.ndarray) -> np.ndarray:
    """The largest connected part, and those that are not much smaller: the other shoe."""
    count, places, figures, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    if count <= 2:
        return mask
    areas = figures[1:, cv2.CC_STAT_AREA]
    return np.isin(places, 1 + np.flatnonzero(areas >= SMALL_PART * areas.max()))


def _framed(value: np.ndarray, item: np.ndarray) -> np.ndarray:
    """Cut to the item, longest edge 28, centred on black: (28, 28) uint8."""
    rows, columns = np.flatnonzero(item.any(axis=1)), np.flatnonzero(item.any(axis=0))
    cut = value[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = SIZE / max(cut.shape)
    height, width = (max(1, round(edge * scale)) for edge in cut.shape)
    small = cv2.resize(cut, (width, height), interpolation=cv2.INTER_AREA)
    framed = np.zeros((SIZE, SIZE), np.uint8)
    top, left = (SIZE - height) // 2, (SIZE - width) // 2
    framed[top : top + height, left : left + width] = small
    return framed
