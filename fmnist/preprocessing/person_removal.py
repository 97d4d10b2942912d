"""Who wears a garment is taken out of the photo: head, skin, and what is worn below a top.

Where the photo ends below the chin, as many shop photos do, the neck at its upper edge gives the person away.
"""

import functools
import threading

import cv2
import numpy as np
from PIL import Image

from .shapes import parts

DETECT = 512  # pixels along the longest edge while looking for a face
SMALLEST = (24, 24)  # pixels of a face then
NEIGHBOURS = 5  # how many windows must agree on a face
SKIN = 11  # how far from the face's colour (Cr, Cb) skin may be
TAN = 0.4  # share of skin colour in the chest's item from which on the item itself has that colour
TROUSERS = 18  # how different (Lab) the colours of a top and of what is worn below are
REDS, BLUES = (133, 173), (77, 127)  # Cr and Cb of skin: Chai and Ngan, IEEE CSVT 9(4), 1999
SHADE = 60  # of 255: darker, any colour may seem to be that of skin
NECK = 3  # pixels below the upper edge: where a neck is seen if the head is beyond it
MIDDLE = 0.25  # how far from the item's middle it is at most, a share of the item's width
WIDTH = (
    0.16,
    0.7,
)  # of the neck, a share of the item's; narrower is a strap, wider the item's own part
SOLID = 0.9  # share of the neck's width that is skin; two straps have a gap between them
BARE = (0.02, 0.4)  # share of the item that is skin then; of more, the item itself has that colour
LEFT = 0.15  # share of the item that is left at least without the person
_LOCK = threading.Lock()


def without_person(image: Image.Image, rgb: np.ndarray, item: np.ndarray) -> np.ndarray | None:
    """The item without the person who wears it.

    Args:
        image: the photo.
        rgb: (H, W, 3) uint8, the photo made smaller.
        item: (H, W) bool, the person and all that is worn.

    Returns:
        (H, W) bool, or None if no face is seen in the upper half of the item, and no neck above it, or
        hardly anything would be left.
    """
    face = _face(image, item)
    return _without_skin(rgb, item) if face is None else _below(face, rgb, item)


def _without_skin(rgb: np.ndarray, item: np.ndarray) -> np.ndarray | None:
    """The item without neck and arms of a person whose head is beyond the photo; None if there is none."""
    light, red, blue = np.moveaxis(cv2.cvtColor(rgb, cv2.COLOR_RGB2YCrCb), -1, 0)
    is_skin = (light > SHADE) & _within(red, REDS) & _within(blue, BLUES)
    skin = parts(_opened(is_skin & item, 5))
    neck, columns = (np.flatnonzero(part.any(axis=0)) for part in (skin[:NECK], item))
    if not len(neck) or not _within(skin.sum() / item.sum(), BARE):
        return None
    across, width = np.ptp(neck) + 1, np.ptp(columns) + 1
    if not WIDTH[0] < across / width < WIDTH[1] or len(neck) < SOLID * across:
        return None
    if abs(neck.mean() - columns.mean()) > MIDDLE * width:
        return None
    return _enough(_opened(item & ~skin, 3), item)


def _enough(worn: np.ndarray, item: np.ndarray) -> np.ndarray | None:
    return worn if worn.sum() > LEFT * item.sum() else None


def _within(values: np.ndarray, bounds: tuple[float, float]) -> np.ndarray:
    return (values >= bounds[0]) & (values <= bounds[1])


def _opened(mask: np.ndarray, width: int) -> np.ndarray:
    """Without what is narrower than so many pixels: (H, W) bool."""
    square = np.ones((width, width), np.uint8)
    return cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, square) > 0


def _below(face: tuple[int, int, int], rgb: np.ndarray, item: np.ndarray) -> np.ndarray | None:
    """The item without the person who has that face; None if hardly anything remains."""
    left, top, size = face
    chin = top + size
    rows, columns = np.arange(len(rgb))[:, None], np.arange(rgb.shape[1])
    near = (columns > left - size) & (columns < left + 2 * size)
    worn = item & ((rows > chin) | ~near & (rows > top))
    chest = worn & (rows > chin + 0.5 * size) & (rows < chin + 1.8 * size)
    skin = _skin(rgb, face)
    if (skin & chest).sum() < TAN * chest.sum():
        worn &= ~skin
    worn &= rows < _hem(rgb, worn, chin, size)
    return _enough(_opened(worn, 3), item)


def _face(image: Image.Image, item: np.ndarray) -> tuple[int, int, int] | None:
    """Left, top and size, in the item's pixels, of the face in the item's upper half."""
    large = image.convert("L")
    scale = DETECT / max(large.size)
    large = large.resize([max(1, round(edge * scale)) for edge in large.size])
    with _LOCK:  # a detector is not made for several threads
        faces = _detector().detectMultiScale(np.asarray(large), 1.1, NEIGHBOURS, minSize=SMALLEST)
    rows = np.flatnonzero(item.any(axis=1))
    for face in np.reshape(faces, (-1, 4)) * (max(item.shape) / DETECT):
        left, top, size, _ = (int(edge) for edge in face)
        if top + size / 2 < rows[0] + len(rows) / 2:
            return left, top, size
    return None


@functools.cache
def _detector() -> cv2.CascadeClassifier:
    return cv2.CascadeClassifier(f"{cv2.data.haarcascades}haarcascade_frontalface_alt2.xml")  # type: ignore[attr-defined]  # OpenCV's stubs lack `data`


def _skin(rgb: np.ndarray, face: tuple[int, int, int]) -> np.ndarray:
    """What has the colour of the middle of the face: (H, W) bool."""
    left, top, size = face
    colours = cv2.cvtColor(rgb, cv2.COLOR_RGB2YCrCb).astype(int)
    quarter = size // 4
    middle = colours[top + 2 * quarter : top + 3 * quarter, left + quarter : left + size - quarter]
    light, *tint = np.median(middle.reshape(-1, 3), axis=0)
    alike = np.hypot(colours[..., 1] - tint[0], colours[..., 2] - tint[1]) < SKIN
    return np.asarray(alike & (np.abs(colours[..., 0] - light) < 80))


def _hem(rgb: np.ndarray, worn: np.ndarray, chin: int, size: int) -> int:
    """The row where a top ends and something of another colour begins; the image's end if none."""
    height = len(rgb)
    last = np.flatnonzero(worn.any(axis=1))[-1] if worn.any() else 0
    if last < chin + 2.6 * size:
        return height
    colours = cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB).astype(float)

    upper, lower = (
        colours[int(first) : int(end)][worn[int(first) : int(end)]]
        for first, end in (
            (chin + 0.6 * size, chin + 2 * size),
            (last - 0.5 * size, last + 1),
        )
    )
    if not len(upper):
        return height
    chest, below = np.median(upper, axis=0), np.median(lower, axis=0)
    if np.linalg.norm(chest - below) <= TROUSERS:
        return height
    to_chest = np.linalg.norm(colours - chest, axis=-1)
    to_below = np.linalg.norm(colours - below, axis=-1)
    votes = np.where(worn, np.sign(to_below - to_chest), 0).sum(axis=1)  # positive: the top's
    first = int(chin + 2.2 * size)
    return first + int(np.argmax(np.cumsum(votes[first : last + 1])))
