"""The embedding of images by a run's network: points, with similar images near each other.

The embedding is the input of the network's last layer, reduced to its principal components. It is
computed once per run, in the background, and cached.
"""

import dataclasses

import numpy as np

from fmnist.analysis import attribution
from fmnist.data.dataset import Split
from fmnist.runs import cache
from fmnist.runs.run import Run

from .background import SAMPLE, Background
from .classifier import Classifier

WIDTH = 96  # largest dimension of a point
SPARE = 16  # additional directions of the randomised method, for accuracy
TRAIN = 10_000  # the first training images, at most; the points of more would take minutes
FITTED = 1_000  # training images to compute the principal components from

# The arrays in a run's directory are rounded. For `ensemble` (9,408 numbers per image), the twelve
# nearest training images found with them are on average 8 % further away than the true ones, and 3 %
# with 96 unrounded dimensions; the share of them with the correct class is the same (88 %).
PACKED_WIDTH = 32
PACKED_STEP = 0.05  # of a point
PACKED_BASIS_STEP = 0.5  # of the basis, in standard deviations of a direction's numbers


@dataclasses.dataclass(frozen=True)
class Points:
    """Images as points. The distance of two random training images is about 1."""

    basis: np.ndarray  # (E, D) float32: `embedding @ basis - offset` is an image's point
    offset: np.ndarray  # (D,) float32
    train: np.ndarray  # (n, D) float16, the first training images
    test: np.ndarray  # (m, D) float16, the first test images

    def place_of(self, image: np.ndarray, classifier: Classifier) -> np.ndarray:
        """The point of any image, (*shape) uint8: (D,) float32."""
        return np.asarray(self.project(classifier.outputs(image[None])["embedding"])[0])

    def nearest(
        self, image: np.ndarray, classifier: Classifier, count: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """The training images most similar to any image.

        For an out-of-distribution image, the distances are large compared with those of test images.

        Args:
            image: (*shape) uint8.
            classifier: the run's network.
            count: how many; fewer are returned if fewer are computed.

        Returns:
            Indices into the training images, (count,), nearest first; distances, (count,) float32.
        """
        return attribution.nearest(self.place_of(image, classifier), self.train, count)

    def project(self, embedding: np.ndarray) -> np.ndarray:
        """The points, (N, D), of an embedding by the network, (N, E)."""
        return np.asarray(embedding @ self.basis - self.offset)


class Embedding(Background):
    """The points of a run's images, as far as they are computed: test images, and the first training images.

    `points` is None until the first ones are computed, and replaced as a whole when there are more.
    """

    about = "The embedding"

    def __init__(self, run: Run, count: int = TRAIN):
        """Prepare, without computing anything yet.

        Args:
            run: whose network to use.
            count: how many training images, at most.
        """
        super().__init__(run)
        counts = run.dataset.counts
        self._counts: dict[Split, int] = counts | {"train": min(count, counts["train"])}
        self.name = f"embedding-{self._counts['train']}"
        self.points: Points | None = None

    @property
    def complete(self) -> bool:
        return self.progress == 1

    @property
    def progress(self) -> float:
        """0 to 1."""
        known = len(self.points.train) + len(self.points.test) if self.points else 0
        return known / sum(self._counts.values())

    def _images(self, split: Split) -> np.ndarray:
        images, _ = self.run.dataset.load(split)
        return images[: self._counts[split]]

    def arrays(self) -> cache.Arrays:
        """The rounded points for the run's directory, about 300 KB compressed."""
        assert self.points is not None, "not computed yet"
        return pack(self.points)

    def _take(self, arrays: cache.Arrays) -> None:
        points = unpack(arrays) if "scale" in arrays else Points(**arrays)
        width = len(points.offset)
        for split, count in self._counts.items():
            if getattr(points, split).shape != (count, width):
                raise ValueError("not the points of these images")
        self.points = points

    def compute(self) -> cache.Arrays:
        """All points; the first sample has its own principal components, computed without the rest."""
        classifier, train = self._loaded(), self._images("train")
        first = self._embed(classifier, train[:SAMPLE])
        self.points = _first_points(np.concatenate(first))
        self._sampled.set()
        rest = self._embed(classifier, train[SAMPLE:FITTED])
        self.points = _first_points(np.concatenate([*first, *rest]))
        points = self._added("test", self._images("test"), classifier, self.points)
        points = self._added("train", train, classifier, points)
        return dataclasses.asdict(points)

    def _embed(self, classifier: Classifier, images: np.ndarray) -> list[np.ndarray]:
        return [classifier.outputs(chunk)["embedding"] for chunk in self._chunks(images)]

    def _added(
        self, split: str, images: np.ndarray, classifier: Classifier, known: Points
    ) -> Points:
        """Add the points of all these images, shown in parts as they are computed."""
        first: np.ndarray = getattr(known, split)
        points = np.empty((len(images), first.shape[1]), np.float16)
        points[: (start := len(first))] = first
        for chunk in self._chunks(images[start:]):
            end = start + len(chunk)
            points[start:end] = known.project(classifier.outputs(chunk)["embedding"])
            self.points = known = dataclasses.replace(known, **{split: points[:end]})
            start = end
        return known


def _first_points(embedding: np.ndarray) -> Points:
    """The principal components of the first training images' embedding, (N, E), and their points."""
    basis, offset = principal_components(embedding)
    points = Points(basis, offset, *[np.empty((0, len(offset)), np.float16)] * 2)
    return dataclasses.replace(points, train=points.project(embedding).astype(np.float16))


def principal_components(
    embedding: np.ndarray, width: int = WIDTH
) -> tuple[np.ndarray, np.ndarray]:
    """The principal components of an embedding.

    Computed by randomised subspace iteration (Halko, Martinsson and Tropp, arXiv 0909.4061, section
    4.4): an exact decomposition takes a minute if the embedding has thousands of dimensions.

    Args:
        embedding: (N, D) float32.
        width: how many directions, at most.

    Returns:
        A basis, (D, width), and an offset, (width,), float32: `embedding @ basis - offset` has the
        principal components, in units in which two of the N are 1 apart in the quadratic mean.
    """
    mean = embedding.mean(axis=0)
    centred = embedding - mean
    rng = np.random.default_rng(0)
    sketch = rng.standard_normal((centred.shape[1], width + SPARE), np.float32)
    found, _ = np.linalg.qr(centred @ sketch)
    found, _ = np.linalg.qr(centred @ (centred.T @ found))
    _, sizes, directions = np.linalg.svd(found.T @ centred, full_matrices=False)
    kept = sizes[:width] > 1e-4 * sizes[0]
    spread = np.sqrt(2 * np.square(centred).sum() / len(centred))
    basis = (directions[:width][kept].T / (spread or 1)).astype(np.float32)
    return basis, mean @ basis


def pack(points: Points) -> cache.Arrays:
    """Points rounded to eight bits, (D', N) int8 with D' up to 32, and their projection.

    Each row is a dimension, because such rows compress best.
    """
    basis = points.basis[:, :PACKED_WIDTH]
    scale = PACKED_BASIS_STEP * basis.std(axis=0)
    packed = {"basis": _rounded(basis / np.where(scale, scale, 1)), "scale": scale}
    packed["offset"] = points.offset[:PACKED_WIDTH]
    for split in ("train", "test"):
        packed[split] = _rounded(getattr(points, split)[:, :PACKED_WIDTH].T / PACKED_STEP)
    return packed


def unpack(packed: cache.Arrays) -> Points:
    """The points that were packed, up to rounding."""
    train, test = (
        np.ascontiguousarray(packed[split].T * np.float16(PACKED_STEP))
        for split in ("train", "test")
    )
    return Points(packed["basis"] * packed["scale"], packed["offset"], train, test)


def _rounded(numbers: np.ndarray) -> np.ndarray:
    return np.asarray(np.clip(np.rint(numbers), -127, 127), np.int8)
