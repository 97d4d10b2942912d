"""Why a network says what it says of one image: where it looks, and what changes its mind.

Everything here asks the network again and again with parts of the image covered, and needs to
know nothing of its inside. `Ask` is a function (N, 28, 28) uint8 -> (N, 10) probabilities, as
`Classifier.probabilities` is.
"""

import dataclasses
from collections.abc import Callable, Iterable

import numpy as np

Ask = Callable[[np.ndarray], np.ndarray]

SIDE = 28  # pixels along an edge of an image
PATCH = 6  # pixels along an edge of what is covered
STRIDE = 3  # pixels from one covered place to the next
SIZES = (4, 6, 8, 12, 16, 20, 28)  # of patches that are tried, in pixels along an edge
TRIED = 25  # places for a patch of one size, at most
KEPT = 4  # patches that are made smaller at a time


def occlusion(ask: Ask, image: np.ndarray) -> np.ndarray:
    """Where the network looked: how much probability the answer loses where the image is covered.

    A patch in the image's mean grey goes over the image (Zeiler and Fergus, arXiv 1311.2901,
    section 4.2); a pixel has the mean over the patches that cover it.

    Args:
        ask: the network.
        image: (28, 28) uint8.

    Returns:
        (28, 28) float64, -1 to 1: above 0 where the answer needs what is there, below 0 where
        that speaks against it.
    """
    patches = [Patch(top, left, PATCH, round(image.mean())) for top, left in _places(PATCH, STRIDE)]
    probabilities = ask(np.stack([image, *(patch.on(image) for patch in patches)]))
    answer = probabilities[0].argmax()
    total, count = np.zeros((SIDE, SIDE)), np.zeros((SIDE, SIDE))
    for patch, covered in zip(patches, probabilities[1:], strict=True):
        total[patch.area] += float(probabilities[0, answer]) - float(covered[answer])
        count[patch.area] += 1
    return total / count


@dataclasses.dataclass(frozen=True)
class Patch:
    """A square of one grey."""

    top: int
    left: int
    size: int  # pixels along an edge
    grey: int  # 0 to 255

    @property
    def area(self) -> tuple[slice, slice]:
        """Its place in an image."""
        return slice(self.top, self.top + self.size), slice(self.left, self.left + self.size)

    def on(self, image: np.ndarray) -> np.ndarray:
        """A copy of the image with the patch on it."""
        covered = image.copy()
        covered[self.area] = self.grey
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
    """A patch that makes the network say something else."""

    patch: Patch
    answer: int  # class index of what it says then
    probability: float  # of that answer


def smallest_flip(ask: Ask, image: np.ndarray, drop: np.ndarray) -> Flip | None:
    """The smallest black or white patch found that changes the answer.

    Patches go over the places where covering the image costs the answer most, from small to large,
    until one changes it; the best of those shrink a pixel at a time for as long as they do. So a
    smaller one may exist at a place that the search left out. (On 120 mistakes each of two models,
    trying every place and grey patches too cost twice as many questions and found none smaller, on
    average.)

    Args:
        ask: the network.
        image: (28, 28) uint8.
        drop: (28, 28), what `occlusion` says of it.

    Returns:
        None where none of the patches that were tried does it, not even one over the whole image.
    """
    answer = int(ask(image[None])[0].argmax())
    found: list[Flip] = []
    for size in SIZES:
        places = [Patch(top, left, size, 0) for top, left in _places(size, max(4, size // 2))]
        places = sorted(places, key=lambda patch: -drop[patch.area].mean())[:TRIED]
        white = [dataclasses.replace(patch, grey=255) for patch in places]
        if found := _flips(ask, image, answer, places + white):
            break
    best = found[0] if found else None
    while found and found[0].patch.size > 1:
        patches = {smaller: None for flip in found[:KEPT] for smaller in flip.patch.smaller()}
        if found := _flips(ask, image, answer, patches):
            best = found[0]
    return best


def nearest(
    query: np.ndarray, points: np.ndarray, count: int, leave_out: int | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """The points nearest to one, by Euclidean distance.

    Args:
        query: (D,) floating.
        points: (N, D) floating.
        count: how many; fewer come back where there are fewer.
        leave_out: the index of a point not to be given: the query itself, say.

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
    """An order in which like stands beside like: each next point is the nearest that is left.

    Args:
        points: (N, D) floating; the first is the one to begin with.

    Returns:
        (N,) indices; takes N steps over all that are left, half a second for 3,000.
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


def _places(size: int, stride: int) -> list[tuple[int, int]]:
    """Top and left of patches all over the image, its last rows and columns included."""
    offsets = sorted({*range(0, SIDE - size, stride), SIDE - size})
    return [(top, left) for top in offsets for left in offsets]


def _flips(ask: Ask, image: np.ndarray, answer: int, patches: Iterable[Patch]) -> list[Flip]:
    """Those of the patches that change the answer, the most convincing first."""
    patches = [patch for patch in patches if (image[patch.area] != patch.grey).any()]
    if not patches:
        return []
    probabilities = ask(np.stack([patch.on(image) for patch in patches]))
    said = probabilities.argmax(axis=1)
    flips = [
        Flip(patches[index], int(said[index]), float(probabilities[index, said[index]]))
        for index in np.flatnonzero(said != answer)
    ]
    return sorted(flips, key=lambda flip: -flip.probability)
