"""What people draw and photograph, made from the data set's own pictures.

A network that has seen shop photos alone knows nothing of outlines, of sleeves spread on a floor,
of shoes in pairs, of a cut that is not clean. `imitate` turns a share of the training pictures into
such, each another way each time. They are rendered from the distances to the silhouette and to the
edges within, so that strokes and edges stay smooth at 28 x 28 pixels however they are bent.
"""

import cv2
import numpy as np

from .elastic import CENTER, FAINT, OUTSIDE, SIZE, Pose, distances, noise, random_pose, sample
from .scenes import (
    BOOT,
    SANDAL,
    SHOES,
    SNEAKER,
    TOPS,
    TROUSERS,
    TSHIRT,
    ankle_raised,
    arranged,
    at_an_angle,
    from_above,
    legs_spread,
    pair,
    sleeves_spread,
    taller,
)

DRAWINGS, PHOTOS = 0.3, 0.3  # shares of the pictures; the others stay as they are, but for
SCRIBBLES = 0.03  # which show nothing: whatever their labels, the network learns to be unsure
COAT, SHIRT = 4, 6
STROKE = (0.7, 1.3)  # pixels wide, about as `pictures` draws the lines of a drawing anew
CLOSED = (SNEAKER, BOOT)  # shoes with seams and laces
BARE = 0.2  # share of their drawings that are an outline and nothing else
FLAT = 100  # by Sobel: where no edge is stronger, faint ones are no lines either
OPEN = (COAT, SHIRT)  # whoever draws one draws how it opens in front
LINED = (*OPEN, *SHOES)  # known by their inner lines


def imitate(images: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Make a share of the pictures look drawn, and another photographed by a person.

    Args:
        images: (N, 28, 28) uint8, 0 as background.
        labels: (N,) uint8; a shoe comes in pairs, trousers do not.
        rng: where the randomness comes from.

    Returns:
        (N, 28, 28) uint8; the input is not changed.
    """
    kind = rng.random(len(images))
    drawn = kind < DRAWINGS
    shot = ~drawn & (kind < DRAWINGS + PHOTOS)
    result = images.copy()
    result[drawn] = draw(images[drawn], labels[drawn], rng)
    scenes = arranged(images[shot], labels[shot], images, rng)
    result[shot] = photograph(scenes, labels[shot], rng)
    nothing = kind > 1 - SCRIBBLES
    result[nothing] = scribble(int(np.count_nonzero(nothing)), rng)
    return result


def draw(images: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Outlines and fillings, bent and wobbling, with some of the inner lines.

    Args and result are those of `imitate`.
    """
    n = len(images)
    images = images.copy()
    for i, label in enumerate(labels):
        images[i] = _as_drawn(images[i], label, rng)
    distance = distances(images)
    bend = rng.uniform(0.1, 0.6, (n, 1, 1))  # some draw with a steady hand
    pose = random_pose(distance < 0, _turns(labels, 0.12, rng), bend, rng)
    half = rng.uniform(*STROKE, (n, 1, 1)) / 2
    lines = _inner_lines(images, labels, distance, pose, half, rng)
    distance = sample(distance, pose, OUTSIDE) * pose.scale
    distance += bend * rng.uniform(0, 0.8, (n, 1, 1)) * noise(n, 7, rng)
    inside = np.clip(0.5 - distance, 0, 1)
    stroke = _line(distance + half, half)
    lined = _each(np.isin(labels, LINED))
    is_painted = rng.random((n, 1, 1)) < np.where(lined, 0.03, 0.15)
    is_open = rng.random((n, 1, 1)) < 0.15  # the outline was not closed, so nothing is filled
    stroke *= np.where(is_open, noise(n, 6, rng) > -1.2, 1)
    fill = np.where(is_open, 0, rng.uniform(0.65, 0.85, (n, 1, 1))) * inside
    paint = rng.uniform(0.6, 1, (n, 1, 1)) * inside
    outlined = fill + (1 - fill) * np.maximum(stroke, lines * inside)
    value = np.where(is_painted, paint, outlined)
    return np.asarray(255 * value).astype(np.uint8)


def photograph(images: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Another light, polarity, texture and pose, with the flaws of an item's cutting out.

    Args and result are those of `imitate`.
    """
    n = len(images)

    def some(share: float, low: float = 1, high: float = 1) -> np.ndarray:
        """A random amount for a share of the pictures, 0 for the others."""
        return (rng.random((n, 1, 1)) < share) * rng.uniform(low, high, (n, 1, 1))

    distance = distances(images)
    pose = random_pose(distance < 0, _turns(labels, 0.25, rng), 0.35, rng)
    distance = sample(distance, pose, OUTSIDE) * pose.scale
    grey = sample(images.astype(np.float32), pose, 0)
    inside = np.clip(0.5 - distance + some(0.5, 0.4, 0.4) * noise(n, 7, rng), 0, 1)
    mean = (grey * inside).sum(axis=(1, 2), keepdims=True)
    mean /= inside.sum(axis=(1, 2), keepdims=True) + 1e-3
    contrast = rng.uniform(0.3, 1.3, (n, 1, 1)) * (1 - 2 * some(0.3))
    value = rng.uniform(60, 230, (n, 1, 1)) + contrast * (grey - mean)
    value += noise(n, 3, rng) * some(1, 0, 30) + _stripes(n, rng) * some(0.15, 15, 60)
    value += rng.standard_normal(value.shape, np.float32) * some(1, 0, 12)
    value = np.clip(value, 12, 255) * inside
    value[(noise(n, 3, rng) > 1.4) & (some(0.2) > 0)] = 0  # cut away by mistake
    left = np.clip(noise(n, 4, rng) - 0.8, 0, 1) * some(0.12, 200, 200)  # left there by mistake
    return np.asarray(np.clip(value + left * (1 - inside), 0, 255), np.uint8)


def scribble(n: int, rng: np.random.Generator) -> np.ndarray:
    """Curls and blots that are no garment: (N, 28, 28) uint8."""
    field = np.stack(
        [noise(1, int(rng.integers(2, 8)), rng)[0] for _ in range(n)] or [np.empty((0, 0))]
    )
    field = field.reshape(n, SIZE, SIZE)
    steep = np.maximum(np.abs(np.gradient(field, axis=(1, 2))).sum(axis=0), 0.05)
    curls = np.clip(rng.uniform(0.5, 1.2, (n, 1, 1)) + 0.5 - np.abs(field) / steep, 0, 1)
    blots = np.clip((field - rng.uniform(0, 1, (n, 1, 1))) / steep, 0, 1)
    grain = np.clip(rng.normal(0.5, 0.3, field.shape), 0, 1)
    values = np.stack([curls, np.maximum(curls, 0.75 * (field > 0)), blots, grain])
    which = rng.choice(4, n, p=[0.35, 0.2, 0.35, 0.1])
    return (255 * values[which, np.arange(n)]).astype(np.uint8)


def _as_drawn(image: np.ndarray, label: int, rng: np.random.Generator) -> np.ndarray:
    """Arranged as people like to draw it."""
    chance = rng.random()
    if label in TOPS and chance < 0.5:
        return sleeves_spread(image, label == TSHIRT, rng)
    if label == TROUSERS and chance < 0.6:
        return legs_spread(image, rng)
    if label in SHOES and chance < (0.4 if label == SANDAL else 0.08):
        return (from_above if rng.random() < 0.6 else pair)(image, label, rng)
    if label == SNEAKER and chance < 0.5:
        return ankle_raised(image, rng)
    if label in SHOES and chance > 0.5:
        image = taller(image, rng)
        return at_an_angle(image, label, rng) if chance > 0.7 else image
    return image


def _turns(labels: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    """Degrees, (N,): a share of the shoes lies any way; all else is upright, about."""
    is_shoe, n = np.isin(labels, SHOES), len(labels)
    upright = rng.normal(0, np.where(is_shoe, 18, 7))
    return np.where(is_shoe & (rng.random(n) < share), rng.uniform(-90, 90, n), upright)


def _inner_lines(
    images: np.ndarray,
    labels: np.ndarray,
    distance: np.ndarray,
    pose: Pose,
    half: np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:
    """Lines that people draw within an outline: (N, 28, 28), from 0 to 1.

    Some of the picture's own edges, and what belongs to such a garment, whether the picture shows it
    or not; closed shoes may have none.

    Args:
        images: (N, 28, 28) uint8.
        labels: (N,) uint8.
        distance: (N, 28, 28) float32, to the edge of each silhouette.
        pose: how they are bent.
        half: (N, 1, 1), of the lines' width, in new pixels.
        rng: where the randomness comes from.
    """
    n, lined = len(images), _each(np.isin(labels, LINED))
    is_sandal = _each(labels == SANDAL)  # nobody leaves out its straps
    faintest = rng.uniform(0.18, np.where(lined, 0.42, 0.77)) * np.where(is_sandal, 0.5, 1)
    edges = sample(_distances_to_edges(images, distance, faintest), pose, OUTSIDE) * pose.scale
    gaps = np.where(is_sandal, -2, np.where(lined, -1.3, -0.7))  # a line is where noise is above
    lines: np.ndarray = _line(edges, half) * (noise(n, 6, rng) > gaps)
    lines = np.maximum(lines, _openings(labels, pose, half, rng))
    lines = np.maximum(lines, _seams_and_laces(images, labels, pose, half, rng))
    lines[np.isin(labels, CLOSED) & (rng.random(n) < BARE)] = 0
    return lines


def _distances_to_edges(
    images: np.ndarray, distance: np.ndarray, faintest: np.ndarray
) -> np.ndarray:
    """How far each pixel is from an edge within its silhouette: (N, 28, 28) float32, in pixels.

    Args:
        images: (N, 28, 28) uint8.
        distance: (N, 28, 28) float32, to the silhouette's own edge, which does not count here.
        faintest: (N, 1, 1), the faintest edge that counts, as a share of the strongest.
    """
    result = np.full(images.shape, OUTSIDE, np.float32)
    for i, image in enumerate(images):
        large = cv2.GaussianBlur(cv2.resize(image, None, fx=2, fy=2), (0, 0), 1)
        right, down = cv2.spatialGradient(large)
        within = cv2.resize(distance[i], None, fx=2, fy=2) < -1
        strongest = max(FLAT, (np.hypot(right, down) * within).max())
        high = faintest[i, 0, 0] * strongest
        edges = (cv2.Canny(right, down, high / 2, high, L2gradient=True) > 0) & within
        if edges.any():
            away = cv2.distanceTransform((~edges).astype(np.uint8), cv2.DIST_L2, 3) / 2
            result[i] = cv2.resize(away, (SIZE, SIZE), interpolation=cv2.INTER_AREA)
    return result


def _line(away: np.ndarray, half: np.ndarray) -> np.ndarray:
    """A line of that half width, by the distance from its middle, both in pixels: from 0 to 1."""
    return np.asarray(np.clip(half + 0.5 - np.abs(away), 0, np.minimum(1, 2 * half)))


def _openings(
    labels: np.ndarray, pose: Pose, half: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """The front of coats (mostly a line) and shirts (mostly buttons), and collars: (N, 28, 28)."""
    n = len(labels)
    lean = rng.normal(0, 0.05, (n, 1, 1)) * (pose.y - CENTER)
    aside = np.abs(pose.x - CENTER - rng.normal(0, 0.8, (n, 1, 1)) - lean)
    apart = rng.choice([0, 0, 0, 1.5], (n, 1, 1))  # pixels to each side if it stands open
    line = _line(aside * pose.scale - apart, half)
    buttons = np.sin(2 * np.pi * pose.y / rng.uniform(2.5, 5, (n, 1, 1))) > 0
    line *= buttons | (rng.random((n, 1, 1)) < _each(np.where(labels == COAT, 0.95, 0.05)))
    neck = rng.uniform(3, 9, (n, 1, 1))  # row where the collar's sides meet
    lapel = np.abs(aside * rng.uniform(0.8, 2.5, (n, 1, 1)) - (neck - pose.y)) * pose.scale
    has_collar = rng.random((n, 1, 1)) < _each(np.where(labels == SHIRT, 0.8, 0.5))
    collar = _line(lapel, half) * (pose.y < neck) * has_collar
    line = np.where(has_collar & (pose.y < neck), collar, line)
    return np.asarray(line * _each(np.isin(labels, OPEN)) * (rng.random((n, 1, 1)) < 0.95))


def _seams_and_laces(
    images: np.ndarray,
    labels: np.ndarray,
    pose: Pose,
    half: np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:
    """Lines that people draw on closed shoes seen from the side: (N, 28, 28)."""
    result = np.zeros(images.shape, np.float32)
    for i in np.flatnonzero(np.isin(labels, CLOSED)):
        silhouette = images[i] > FAINT
        columns = np.flatnonzero(silhouette.any(axis=0))
        if len(columns) < 0.75 * SIZE:  # from above
            continue
        x, y = pose.x[i], pose.y[i]
        top, bottom = np.argmax(silhouette, axis=0), SIZE - 1 - np.argmax(silhouette[::-1], axis=0)
        at = np.clip(np.rint(x), columns[0], columns[-1]).astype(int)
        away = _away_from_lines(x, y, y - top[at], bottom[at] - y, rng)
        result[i] = _line(away * pose.scale[i], half[i])
    return result


def _away_from_lines(
    x: np.ndarray, y: np.ndarray, below: np.ndarray, above: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """How far each pixel is from a shoe's lines, its toe on the left: (28, 28), in pixels.

    Args:
        x, y: (28, 28), the pixels' places.
        below: (28, 28), how far they are below the shoe's top edge.
        above: (28, 28), how far above its lower edge.
        rng: where the randomness comes from.
    """
    lines = [np.full(x.shape, float(SIZE))]
    if rng.random() < 0.75:  # the sole's
        lines.append(np.abs(above - rng.uniform(2, 4.5)))
    if rng.random() < 0.4:  # the collar's
        lines.append(np.where(x > rng.uniform(11, 18), np.abs(below - rng.uniform(2, 5)), SIZE))
    if rng.random() < 0.6:  # the opening's, seen from a little above
        wide, high = rng.uniform(3.5, 6.5), rng.uniform(1.2, 3)
        right, down = x - rng.uniform(17, 23), below - rng.uniform(0.5, 3)
        lines.append(np.abs(np.hypot(right / wide, down / high) - 1) * high)
    for _ in range(rng.integers(0, 6)):  # seams
        start, slope = rng.uniform(5, 24), rng.normal(0, 0.8)
        down = y - rng.uniform(8, 20)
        lines.append(np.abs(x - start - slope * down - rng.normal(0, 0.03) * down**2))
    if rng.random() < 0.5:
        length, slope = rng.uniform(2, 6), rng.uniform(-0.5, 1.2)
        first, apart = rng.uniform(9, 14), rng.uniform(2, 3.5)
        is_there = (below > 0) & (below < length)
        for lace in first + apart * np.arange(rng.integers(2, 6)):
            lines.append(np.where(is_there, np.abs(x - lace - slope * below), SIZE))
    if rng.random() < 0.3:  # what it is adorned with
        field = noise(1, 5, rng)[0]
        steep = np.maximum(np.abs(np.gradient(field)).sum(axis=0), 0.05)
        is_there = np.hypot(x - rng.uniform(6, 22), y - rng.uniform(10, 20)) < rng.uniform(4, 9)
        lines.append(np.where(is_there, np.abs(field) / steep, SIZE))
    return np.asarray(np.min(lines, axis=0))


def _stripes(n: int, rng: np.random.Generator) -> np.ndarray:
    """Waves, most of them upright or level: (N, 28, 28) float32, -1 to 1."""
    angle = rng.choice([0, np.pi / 2, rng.uniform(0, np.pi)], (n, 1, 1))
    length, start = rng.uniform(3, 9, (n, 1, 1)), rng.uniform(0, 2 * np.pi, (n, 1, 1))
    at = np.arange(SIZE)
    along = np.cos(angle) * at + np.sin(angle) * at[:, None]
    return np.asarray(np.sin(2 * np.pi * along / length + start), np.float32)


def _each(values: np.ndarray) -> np.ndarray:
    """(N,) as (N, 1, 1), to go with pictures."""
    return values[:, None, None]
