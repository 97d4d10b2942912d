"""Bending images smoothly: silhouettes as distances, random poses, smooth noise. NumPy and OpenCV."""

import dataclasses

import cv2
import numpy as np

SIZE = 28
CENTER = (SIZE - 1) / 2
FAINT = 16  # of 255: what is darker is background
MARGIN = 4  # pixels around an enlarged image, so that its outside is in one piece
OUTSIDE = 9.0  # pixels: the distance beyond an image's edge


@dataclasses.dataclass(frozen=True)
class Pose:
    """Where each pixel of the new images comes from."""

    x: np.ndarray  # (N, 28, 28) float32, columns of the old images
    y: np.ndarray  # (N, 28, 28) float32, rows
    scale: np.ndarray  # (N, 1, 1) float32, new pixels an old one


def distances(images: np.ndarray) -> np.ndarray:
    """Distance of each pixel to the edge of its image's silhouette, negative inside.

    Args:
        images: (N, 28, 28) uint8, 0 as background.

    Returns:
        (N, 28, 28) float32, in pixels; holes count as inside.
    """
    result = np.empty(images.shape, np.float32)
    for i, image in enumerate(images):
        large = cv2.resize(image, (2 * SIZE, 2 * SIZE), interpolation=cv2.INTER_LINEAR)
        reached = np.pad((large > FAINT).astype(np.uint8), MARGIN)
        cv2.floodFill(reached, None, (0, 0), 2)
        inside = (reached != 2).astype(np.uint8)
        depth, away = (cv2.distanceTransform(m, cv2.DIST_L2, 3) for m in (inside, 1 - inside))
        both = (away - depth)[MARGIN:-MARGIN, MARGIN:-MARGIN].clip(-SIZE, SIZE) / 2  # far: nothing
        result[i] = both.reshape(SIZE, 2, SIZE, 2).mean(axis=(1, 3))
    return result


def random_pose(
    inside: np.ndarray,
    degrees: np.ndarray,
    bend: float | np.ndarray,
    rng: np.random.Generator,
    sizes: tuple[float, float] = (0.86, 1.02),
) -> Pose:
    """Turn, stretch, shear and bend images; their longest edge fills the image, nearly.

    Args:
        inside: (N, 28, 28) bool, the silhouettes.
        degrees: (N,) float, how far each is turned; what is turned far may be stretched far.
        bend: pixels that each place is moved by, about; one for all, or (N, 1, 1).
        rng: where the randomness comes from.
        sizes: the shortest and the longest that the longest edge becomes, of the new image's side.
    """
    n = len(inside)
    matrix = _random_matrices(degrees, rng)  # old -> new
    grid = np.arange(SIZE, dtype=np.float32) - CENTER
    x, y = np.broadcast_to(grid, (1, SIZE, SIZE)), np.broadcast_to(grid[:, None], (1, SIZE, SIZE))
    a, b, c, d = (matrix[:, row, column, None, None] for row in (0, 1) for column in (0, 1))
    middles, lengths = [], []
    for edge in (a * x + b * y, c * x + d * y):
        low = np.where(inside, edge, np.inf).min(axis=(1, 2), keepdims=True, initial=SIZE)
        high = np.where(inside, edge, -np.inf).max(axis=(1, 2), keepdims=True, initial=-SIZE)
        middles.append((low + high) / 2)
        lengths.append(high - low + 1)
    scale = SIZE / np.clip(np.maximum(*lengths), SIZE / 2.5, SIZE / 0.3)
    scale *= rng.uniform(*sizes, (n, 1, 1))
    keystone = 1 + rng.normal(0, 0.1, (n, 1, 1)) * y / CENTER
    new_x = (x - rng.normal(0, 0.7, (n, 1, 1))) / scale * keystone + middles[0]
    new_y = (y - rng.normal(0, 0.7, (n, 1, 1))) / scale + middles[1]
    area = a * d - b * c
    old_x = (d * new_x - b * new_y) / area + bend * noise(n, 4, rng) + CENTER
    old_y = (a * new_y - c * new_x) / area + bend * noise(n, 4, rng) + CENTER
    scale = scale * np.sqrt(np.abs(area))
    return Pose(*(values.astype(np.float32) for values in (old_x, old_y, scale)))


def _random_matrices(degrees: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Rotation, shear and a stretch to the sides: (N, 2, 2) float32."""
    n, angle = len(degrees), np.deg2rad(degrees)
    stretch = np.exp(rng.normal(0, np.where(np.abs(degrees) > 40, 0.35, 0.18)))
    shear = rng.normal(0, 0.1, n)
    cos, sin = np.cos(angle), np.sin(angle)
    rows = [stretch * (cos - shear * sin), stretch * (shear * cos - sin), sin, cos]
    return np.stack(rows, axis=1).reshape(n, 2, 2).astype(np.float32)


def sample(values: np.ndarray, pose: Pose, outside: float) -> np.ndarray:
    """The new images, by bilinear interpolation.

    Args:
        values: (N, 28, 28) float32, the old images.
        pose: where each pixel comes from.
        outside: the value beyond the edges.

    Returns:
        (N, 28, 28) float32.
    """
    edge = SIZE + 2
    flat = np.pad(values, ((0, 0), (1, 1), (1, 1)), constant_values=outside).ravel()
    x, y = (np.clip(axis + 1, 0, edge - 1.01) for axis in (pose.x, pose.y))
    left, top = x.astype(np.int32), y.astype(np.int32)
    right_share, lower_share = x - left, y - top
    picture = np.arange(len(values), dtype=np.int32)[:, None, None]
    at = (picture * edge + top) * edge + left
    upper = flat[at] * (1 - right_share) + flat[at + 1] * right_share
    lower = flat[at + edge] * (1 - right_share) + flat[at + edge + 1] * right_share
    return np.asarray(upper * (1 - lower_share) + lower * lower_share)


def noise(n: int, cells: int, rng: np.random.Generator) -> np.ndarray:
    """Smooth normal noise with a bump a cell: (N, 28, 28) float32, standard deviation about 1."""
    at = np.linspace(0, cells, SIZE)
    weights = np.maximum(0, 1 - np.abs(at[:, None] - np.arange(cells + 1))).astype(np.float32)
    coarse = rng.standard_normal((n, cells + 1, cells + 1), dtype=np.float32)
    return np.asarray(1.4 * (weights @ coarse @ weights.T))


def framed(canvas: np.ndarray) -> np.ndarray:
    """Cut to what is there, longest edge 28, centred: (28, 28) uint8, from (H, W) uint8."""
    result = np.zeros((SIZE, SIZE), np.uint8)
    points = cv2.findNonZero((canvas > FAINT).astype(np.uint8))
    if points is None:
        return result
    left, top, width, height = cv2.boundingRect(points)
    scale = SIZE / max(width, height)
    size = [max(1, round(edge * scale)) for edge in (width, height)]
    cut = canvas[top : top + height, left : left + width]
    small = cv2.resize(cut, size, interpolation=cv2.INTER_AREA)
    top, left = (SIZE - size[1]) // 2, (SIZE - size[0]) // 2
    result[top : top + size[1], left : left + size[0]] = small
    return result
