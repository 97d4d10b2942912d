"""Images with the names of their classes, as they are read one by one."""

from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from PIL import Image

from fmnist.data.dataset import Form
from fmnist.data.files.folders import Skipped

from .proposal import Original

EVERY = 20  # images between two reports of progress
SHOWN, MOST_SHOWN = 2, 24  # originals of each class, and of all


class Taken(NamedTuple):
    """Of an image that was read, all but its pixels."""

    place: str  # where it is from, for messages
    name: str  # of its class
    split: str  # "train", "test", "validation" or ""
    digest: bytes  # equal for copies of one image


class Gathering:
    """What was read so far."""

    def __init__(self, form: Form, count: int, progress: Callable[[int, int], None]):
        """Make room for so many images at most; `progress` is called with each EVERY of them."""
        self.form = form
        self._room = np.empty((count, *form.shape), np.uint8)  # memory is taken as it is filled
        self._progress = progress
        self._shown: Counter[str] = Counter()
        self._unusable = 0
        self.taken: list[Taken] = []
        self.skipped: list[Skipped] = []
        self.originals: list[Original] = []

    @property
    def images(self) -> np.ndarray:
        """What was taken, in its order: (N, *form.shape) uint8."""
        return self._room[: len(self.taken)]

    def take(self, taken: Taken, pixels: np.ndarray) -> None:
        """Add an image, (*form.shape) uint8."""
        self._room[len(self.taken)] = pixels
        self.taken.append(taken)
        self._report()

    def leave_out(self, place: str, reason: str) -> None:
        """Say that an image is not taken, and why."""
        self._unusable += 1
        self.skipped.append(Skipped(place, reason))
        self._report()

    def wants_to_show(self, name: str) -> bool:
        """Whether there are not enough originals of a class yet."""
        return self._shown[name] < SHOWN and len(self.originals) < MOST_SHOWN

    def show(self, place: str, name: str, image: Image.Image) -> None:
        """Keep an original, at most `preprocess.WORK` pixels along an edge."""
        self._shown[name] += 1
        self.originals.append(Original(place, name, image))

    def _report(self) -> None:
        done, of = len(self.taken) + self._unusable, len(self._room)
        if done % EVERY == 0 or done == of:
            self._progress(done, of)
