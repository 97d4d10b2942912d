"""Lines that people draw within a garment's outline: its own edges, openings, seams and laces."""

import cv2
import numpy as np

from .elastic import CENTER, FAINT, OUTSIDE, SIZE, Pose, noise, sample
from .scenes import BOOT, COAT, SANDAL, SHIRT, SHOES, SNEAKER

CLOSED = (SNEAKER, BOOT)  # shoes with seams and laces
BARE = 0.2  # share of their drawings that are an outline and nothing else
FLAT = 100  # by Sobel: where no edge is stronger, faint ones are no lines either
BLURS = (0.7, 1, 1, 2)  # half pixels: some draw every edge, others the coarse ones
OPEN = (COAT, SHIRT)  # people draw how these open in front
LINED = (*OPEN, *SHOES)  # known by their inner lines


def inner_lines(
    images: np.ndarray,
    labels: np.ndarray,
    distance: np.ndarray,
    pose: Pose,
    half: np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:
    """Lines that people draw within an outline: (N, 28, 28), from 0 to 1.

    Some of the image's own edges, and what belongs to such a garment, whether the image shows it
    or not; closed shoes may have none.

    Args:
        images: (N, 28, 28) uint8.
        labels: (N,) uint8.
        distance: (N, 28, 28) float32, to the edge of each silhouette.
        pose: how they are bent.
        half: (N, 1, 1), of the lines' width, in new pixels.
        rng: where the randomness comes from.
    """
    n, lined = len(images), each(np.isin(labels, LINED))
    is_sandal = each(labels == SANDAL)  # nobody leaves out its straps
    faintest = rng.uniform(0.18, np.where(lined, 0.42, 0.77)) * np.where(is_sandal, 0.5, 1)
    blur = rng.choice(BLURS, n)
    edges = (
        sample(_distances_to_edges(images, distance, faintest, blur), pose, OUTSIDE) * pose.scale
    )
    gaps = np.where(is_sandal, -2, np.where(lined, -1.3, -0.7))  # a line is where noise is above
    lines: np.ndarray = stroke(edges, half) * (noise(n, 6, rng) > gaps)
    lines = np.maximum(lines, _openings(labels, pose, half, rng))
    lines = np.maximum(lines, _seams_and_laces(images, labels, pose, half, rng))
    lines[np.isin(labels, CLOSED) & (rng.random(n) < BARE)] = 0
    return lines


def _distances_to_edges(
    images: np.ndarray, distance: np.ndarray, faintest: np.ndarray, blur: np.ndarray
) -> np.ndarray:
    """How far each pixel is from an edge within its silhouette: (N, 28, 28) float32, in pixels.

    Args:
        images: (N, 28, 28) uint8.
        distance: (N, 28, 28) float32, to the silhouette's own edge, which does not count here.
        faintest: (N, 1, 1), the faintest edge that counts, as a share of the strongest.
        blur: (N,), standard deviation in half pixels.
    """
    result = np.full(images.shape, OUTSIDE, np.float32)
    for i, image in enumerate(images):
        large = cv2.GaussianBlur(cv2.resize(image, None, fx=2, fy=2), (0, 0), blur[i])
        right, down = cv2.spatialGradient(large)
        within = cv2.resize(distance[i], None, fx=2, fy=2) < -1
        strongest = max(FLAT, (np.hypot(right, down) * within).max())
        high = faintest[i, 0, 0] * strongest
        edges = (cv2.Canny(right, down, high / 2, high, L2gradient=True) > 0) & within
        if edges.any():
            away = cv2.distanceTransform((~edges).astype(np.uint8), cv2.DIST_L2, 3) / 2
            result[i] = cv2.resize(away, (SIZE, SIZE), interpolation=cv2.INTER_AREA)
    return result


def stroke(away: np.ndarray, half: np.ndarray) -> np.ndarray:
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
    line = stroke(aside * pose.scale - apart, half)
    buttons = np.sin(2 * np.pi * pose.y / rng.uniform(2.5, 5, (n, 1, 1))) > 0
    line *= buttons | (rng.random((n, 1, 1)) < each(np.where(labels == COAT, 0.95, 0.05)))
    neck = rng.uniform(3, 9, (n, 1, 1))  # row where the collar's sides meet
    lapel = np.abs(aside * rng.uniform(0.8, 2.5, (n, 1, 1)) - (neck - pose.y)) * pose.scale
    has_collar = rng.random((n, 1, 1)) < each(np.where(labels == SHIRT, 0.8, 0.5))
    collar = stroke(lapel, half) * (pose.y < neck) * has_collar
    line = np.where(has_collar & (pose.y < neck), collar, line)
    return np.asarray(line * each(np.isin(labels, OPEN)) * (rng.random((n, 1, 1)) < 0.95))


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
        result[i] = stroke(away * pose.scale[i], half[i])
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


def each(values: np.ndarray) -> np.ndarray:
    """(N,) as (N, 1, 1), to go with images."""
    return values[:, None, None]
