"""A run's predictions for corrupted test images: a first sample at once, then all of them."""

import numpy as np

from fmnist.analysis.corruptions import CORRUPTIONS, IMAGES, corrupt
from fmnist.runs import cache
from fmnist.runs.run import Run

from .background import SAMPLE, Background


class Robustness(Background):
    """The predicted classes under one kind of corruption, as far as they are computed.

    `predicted` has, for each strength, the classes of the first n images, (n,) uint8, n up to
    `count`; for 0, the unchanged images, all of them from the start.
    """

    about = "The robustness"

    def __init__(self, run: Run, kind: str, first: float | None = None):
        """Prepare, without computing anything yet.

        Args:
            run: whose network to use.
            kind: a key of `CORRUPTIONS`.
            first: the strength to compute first.

        Raises:
            RunError: the run's predictions for the test images are damaged.
        """
        super().__init__(run)
        self.kind, self.name = kind, f"robustness-{kind}"
        strengths = [strength for strength in CORRUPTIONS[kind].strengths if strength]
        self._order = sorted(strengths, key=lambda strength: strength != first)
        none = np.empty(0, np.uint8)
        self.predicted = dict.fromkeys(CORRUPTIONS[kind].strengths, none)
        self.predicted[0] = run.predictions()[1][:IMAGES]
        self.count = len(self.predicted[0])  # images that are corrupted
        self._classes = run.dataset.classes

    @property
    def complete(self) -> bool:
        return all(len(classes) == self.count for classes in self.predicted.values())

    @property
    def progress(self) -> float:
        """0 to 1."""
        known = sum(map(len, self.predicted.values())) - self.count
        return known / (self.count * len(self._order))

    def arrays(self) -> cache.Arrays:
        """The classes by strength, without those of the unchanged images."""
        return {str(float(strength)): self.predicted[strength] for strength in self._order}

    def _take(self, arrays: cache.Arrays) -> None:
        found = {strength: arrays[str(float(strength))] for strength in self._order}
        for classes in found.values():
            if classes.shape != (self.count,) or classes.max(initial=0) >= self._classes:
                raise ValueError("not predicted classes")
        self.predicted |= found

    def compute(self) -> cache.Arrays:
        classifier = self._loaded()
        images, _ = self.run.dataset.load("test")
        for part in (slice(0, SAMPLE), slice(SAMPLE, None)):
            for strength in self._order:
                corrupted = corrupt(images[: self.count], self.kind, strength)
                for chunk in self._chunks(corrupted[part]):
                    classes = classifier.probabilities(chunk).argmax(axis=1).astype(np.uint8)
                    before = self.predicted[strength]
                    self.predicted[strength] = np.concatenate([before, classes])
                self._sampled.set()
        return self.arrays()
