"""What a run's network makes of images: each a point, and like images near each other.

The points are the network's own embedding, what its last layer sees, turned and cut to its principal
components. They are worked out once a run, in the background, and kept.
"""

import contextlib
import os
import threading

import numpy as np

from . import datasets, derived
from .classifier import CHUNK, Classifier
from .runs import Run, RunError

WIDTH = 96  # numbers that are kept of a point, at most
SPARE = 16  # directions more than wanted, for exactness
TRAIN = 10_000  # training images that become points, the first ones; all would take minutes
FITTED = 1_000  # training images that the principal components are found on
NICENESS = 5  # so that whoever waits for an answer comes first


class Embedding:
    """The points of a run's images, as far as they are known.

    `test` is (10000, D) and `train` (10000, D) float16 with D up to 96; of them the first
    `known["test"]` and `known["train"]` points are there. Distances are in units in which two
    training images picked at random are about 1 apart.
    """

    def __init__(self, run: Run, count: int = TRAIN):
        """Nothing is computed yet.

        Args:
            run: whose network.
            count: how many training images.
        """
        self._run = run
        self._pictures = {
            "train": datasets.load("train")[0][:count],
            "test": datasets.load("test")[0],
        }
        self.points: dict[str, np.ndarray] = {}
        self.known = {"train": 0, "test": 0}
        self.problem: str | None = None  # why it ended early, in a sentence
        self._thread = threading.Thread(target=self._compute_in_words, daemon=True)

    @property
    def name(self) -> str:
        """What it is kept under."""
        return f"embedding-{len(self._pictures['train'])}"

    @property
    def complete(self) -> bool:
        return all(self.known[split] == len(self._pictures[split]) for split in self.known)

    @property
    def progress(self) -> float:
        """0 to 1."""
        return sum(self.known.values()) / sum(map(len, self._pictures.values()))

    def train(self) -> np.ndarray:
        """The points of the training images that are known: (n, D)."""
        return self.points["train"][: self.known["train"]] if self.points else np.zeros((0, 1))

    def test(self) -> np.ndarray | None:
        """The points of all test images, (10000, D); None until they are known."""
        ready = self.known["test"] == len(self._pictures["test"])
        return self.points["test"] if ready else None

    def start(self) -> None:
        """Take what is kept, or begin to work it out in the background."""
        if found := derived.read(derived.place(self._run, self.name)):
            self._take(found)
        else:
            self._thread.start()

    def wait(self) -> None:
        """Until nothing is computed any more."""
        if self._thread.is_alive():
            self._thread.join()

    def place_of(self, image: np.ndarray, classifier: Classifier) -> np.ndarray | None:
        """The point of any picture, (28, 28) uint8: (D,); None until the first points are known."""
        if "basis" not in self.points:
            return None
        return self._project(classifier.outputs(image[None])["embedding"])[0]

    def _take(self, arrays: derived.Arrays) -> None:
        self.points = arrays
        self.known = {split: len(arrays[split]) for split in self.known}

    def _compute_in_words(self) -> None:
        try:
            self._take(derived.kept(self._run, self.name, self._compute))
        except RunError as error:
            self.problem = str(error)
        except Exception as error:  # whoever waits for it is in another thread
            self.problem = (
                f"Which images are alike to {self._run.name} cannot be found out: {error}"
            )
            raise

    def _compute(self) -> derived.Arrays:
        """All points; what is known while it goes on can be read from other threads."""
        _step_back()
        classifier = Classifier(self._run.path, threads=1)
        pictures = self._pictures
        first = np.concatenate(list(_embed(classifier, pictures["train"][:FITTED])))
        points = principal_components(first)
        width = points["basis"].shape[1]
        points |= {split: np.zeros((len(pictures[split]), width), np.float16) for split in pictures}
        self.points = points
        self._add("train", self._project(first))
        del first
        for split in ("test", "train"):
            for embedding in _embed(classifier, pictures[split][self.known[split] :]):
                self._add(split, self._project(embedding))
        return points

    def _add(self, split: str, points: np.ndarray) -> None:
        start = self.known[split]
        self.points[split][start : start + len(points)] = points
        self.known[split] += len(points)  # last: who reads sees only what is there

    def _project(self, embedding: np.ndarray) -> np.ndarray:
        return (embedding - self.points["mean"]) @ self.points["basis"]


def principal_components(embedding: np.ndarray, width: int = WIDTH) -> derived.Arrays:
    """The directions in which an embedding varies most.

    Found by a randomised subspace iteration (Halko, Martinsson and Tropp, arXiv 0909.4061, section
    4.4): an exact decomposition takes a minute where an embedding is thousands of numbers wide.

    Args:
        embedding: (N, D) float32.
        width: how many directions, at most.

    Returns:
        `mean` (D,) and `basis` (D, width) float32: `(embedding - mean) @ basis` has the
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
    basis = directions[:width][kept].T / (spread or 1)
    return {"mean": mean, "basis": basis.astype(np.float32)}


def _embed(classifier: Classifier, images: np.ndarray):
    for start in range(0, len(images), CHUNK):
        yield classifier.outputs(images[start : start + CHUNK])["embedding"]


def _step_back() -> None:
    """Let this thread alone run behind others, where the system knows such a thing."""
    with contextlib.suppress(AttributeError, OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
