"""Who wears a garment is taken out of the photo: head, skin, and what is worn below a top."""

import functools
import threading

import cv2
import numpy as np
from PIL import Image

DETECT = 512  # pixels along the longest edge while looking for a face
SMALLEST = (24, 24)  # pixels of a face then
NEIGHBOURS = 5  # how many windows must agree on a face
SKIN = 11  # how far from the face's colour (Cr, Cb) skin may be
TAN = 0.4  # share of skin colour in the chest's item from which on the item itself has that colour
TROUSERS = 18  # how different (Lab) the colours of a top and of what is worn below are
_LOCK = threading.Lock()


def without_person(image: Image.Image, rgb: np.ndarray, item: np.ndarray) -> np.ndarray | None:
    """The item without the person who wears it.

    Args:
        image: the photo.
        rgb: (H, W, 3) uint8, the photo made smaller.
        item: (H, W) bool, the person and all that is worn.

    Returns:
        (H, W) bool, or None if no face is seen in the upper half of the item.
    """
    face = _face(image, item)
    if face is None:
        return None
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
    worn = cv2.morphologyEx(worn.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)) > 0
    return worn if worn.sum() > 0.15 * item.sum() else None


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
