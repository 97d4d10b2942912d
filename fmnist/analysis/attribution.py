"""Explains the prediction for one image: occlusion maps, counterfactual patches, nearest neighbours.

All methods are model-agnostic: they only predict variants of the image. `Predict` is a function
(N, *shape) uint8 -> (N, C) probabilities of C classes, such as `Classifier.probabilities`.
"""

import dataclasses
from collections.abc import Callable, Iterable

import numpy as np

Predict = Callable[[np.ndarray], np.ndarray]

PARTS = 14  # of an image's edge, which the sizes of patches are counted in:
PATCH = 3  # the occluding patch; it moves by half of its size
SIZES = (2, 3, 4, 6, 8, 10, 14)  # the counterfactual patches to try; they move by half, or by
STEP = 2  # at least
TRIED = 25  # most places to try for a patch of one size
KEPT = 4  # patches to shrink at a time


def occlusion(predict: Predict, image: np.ndarray) -> np.ndarray:
    """The occlusion map: how much the predicted class's probability drops if a place is covered.

    A patch in the image's mean grey, or mean colour, slides over the image (Zeiler and Fergus, arXiv 1311.2901,
    section 4.2); a pixel's value is the mean over the patches that cover it.

    Args:
        predict: the network.
        image: (side, side) or (side, side, 3) uint8.

    Returns:
        (side, side) float64, -1 to 1: above 0 at evidence for the predicted class, below 0 at evidence
        against it.
    """
    side = len(image)
    size, mean = PATCH * side // PARTS, np.rint(image.mean(axis=(0, 1))).astype(int).tolist()
    patches = [Patch(top, left, size, mean) for top, left in _places(side, size, size // 2)]
    probabilities = predict(np.stack([image, *(patch.on(image) for patch in patches)]))
    predicted = probabilities[0].argmax()
    total, count = np.zeros((side, side)), np.zeros((side, side))
    for patch, covered in zip(patches, probabilities[1:], strict=True):
        total[patch.area] += float(probabilities[0, predicted]) - float(covered[predicted])
        count[patch.area] += 1
    return total / count


@dataclasses.dataclass(frozen=True)
class Patch:
    """A square of one colour."""

    top: int
    left: int
    size: int  # pixels along an edge
    tone: int | list[int]  # 0 to 255: a grey, or red, green and blue

    @property
    def area(self) -> tuple[slice, slice]:
        """Its place in an image."""
        return slice(self.top, self.top + self.size), slice(self.left, self.left + self.size)

    def on(self, image: np.ndarray) -> np.ndarray:
        """A copy of the image with the patch on it."""
        covered = image.copy()
        covered[self.area] = self.tone
        return covered

    def smaller(self) -> list["Patch"]:
        """The four patches within it that are one pixel smaller."""
        return [
            dataclasses.replace(
                self, top=self.top + down, left=self.left + right, size=self.size - 1
            )
            for down in (0, 1)
            for right in (0, 1)
        ]


@dataclasses.dataclass(frozen=True)
class Flip:
    """A patch that changes the predicted class: a counterfactual."""

    patch: Patch
    predicted: int  # class index after the change
    probability: float  # of that class


def smallest_flip(predict: Predict, image: np.ndarray, drop: np.ndarray) -> Flip | None:
    """The smallest black or white patch found that changes the predicted class.

    Patches are tried where occlusion lowers the probability most, from small to large, until one
    changes the class; the best of those then shrink pixel by pixel while they still change it. The
    search is greedy: a smaller patch may exist elsewhere. (For 120 mistakes each of two models, trying
    every place and also grey patches took twice as many predictions and found none smaller, on average.)

    Args:
        predict: the network.
        image: (side, side) or (side, side, 3) uint8.
        drop: (side, side), its `occlusion`.

    Returns:
        None if none of the tried patches changes the class, not even one over the whole image.
    """
    before = int(predict(image[None])[0].argmax())
    side, found = len(image), list[Flip]()
    for size in (parts * side // PARTS for parts in SIZES):
        stride = max(STEP * side // PARTS, size // 2)
        places = [Patch(top, left, size, 0) for top, left in _places(side, size, stride)]
        places = sorted(places, key=lambda patch: -drop[patch.area].mean())[:TRIED]
        white = [dataclasses.replace(patch, tone=255) for patch in places]
        if found := _flips(predict, image, before, places + white):
            break
    best = found[0] if found else None
    while found and found[0].patch.size > 1:
        patches = {smaller: None for flip in found[:KEPT] for smaller in flip.patch.smaller()}
        if found := _flips(predict, image, before, patches):
            best = found[0]
    return best


def nearest(
    query: np.ndarray, points: np.ndarray, count: int, leave_out: int | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """The nearest neighbours of a point, by Euclidean distance.

    Args:
        query: (D,) floating.
        points: (N, D) floating.
        count: how many; fewer are returned if there are fewer points.
        leave_out: the index of a point to leave out, such as the query itself.

    Returns:
        Indices, (count,), nearest first; distances, (count,) float32.
    """
    apart = points.astype(np.float32) - query.astype(np.float32)
    squares = np.einsum("nd,nd->n", apart, apart)
    if leave_out is not None:
        squares[leave_out] = np.inf
    count = min(count, int(np.isfinite(squares).sum()))
    first = np.argpartition(squares, max(0, count - 1))[:count] if count else np.array([], int)
    first = first[np.argsort(squares[first], kind="stable")]
    return first, np.sqrt(squares[first])


def alike(points: np.ndarray) -> np.ndarray:
    """An order that puts similar points side by side: each next point is the nearest remaining one.

    Args:
        points: (N, D) floating; the first one comes first.

    Returns:
        (N,) indices. Takes quadratic time, half a second for 3,000 points.
    """
    left, points = np.arange(len(points)), points.astype(np.float32)
    order = np.empty(len(points), int)
    place = 0
    for step in range(len(order)):
        order[step], here = left[place], points[place].copy()
        points[place], left[place] = points[-1], left[-1]
        points, left = points[:-1], left[:-1]
        if len(left):
            place = int((np.einsum("nd,nd->n", points, points) - 2 * (points @ here)).argmin())
    return order


def _places(side: int, size: int, stride: int) -> list[tuple[int, int]]:
    """Top and left of patches that cover the whole image."""
    offsets = sorted({*range(0, side - size, stride), side - size})
    return [(top, left) for top in offsets for left in offsets]


def _flips(
    predict: Predict, image: np.ndarray, before: int, patches: Iterable[Patch]
) -> list[Flip]:
    """The patches that change the predicted class `before`, most probable new class first."""
    patches = [patch for patch in patches if (image[patch.area] != patch.tone).any()]
    if not patches:
        return []
    probabilities = predict(np.stack([patch.on(image) for patch in patches]))
    after = probabilities.argmax(axis=1)
    flips = [
        Flip(patches[index], int(after[index]), float(probabilities[index, after[index]]))
        for index in np.flatnonzero(after != before)
    ]
    return sorted(flips, key=lambda flip: -flip.probability)
