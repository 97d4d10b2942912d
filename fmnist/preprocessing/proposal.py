"""A data set as it would be added: what was read, what was left out and why, how it is divided."""

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from PIL import Image

from fmnist.data import library
from fmnist.data.dataset import SPLITS, Arrays, DataSet, DatasetError, Form, Framing, Split
from fmnist.data.files import limits
from fmnist.data.files.folders import Skipped

HELD_OUT = 0.2  # share of the images that tests, where nothing divides them
LONGEST = 60  # characters of a file's path in a sentence
LEAST_HELD_OUT, MOST_HELD_OUT = 0.05, 0.5


@dataclasses.dataclass(frozen=True)
class LeftOut:
    """Files that are not read for one reason."""

    reason: str
    count: int
    first: tuple[str, ...]  # the places of some, with slashes

    def __str__(self) -> str:
        names = ", ".join(self.first) + (", ..." if self.count > len(self.first) else "")
        reason = self.reason[:1].lower() + self.reason[1:].removesuffix(".")
        return f"{self.count:,} left out ({reason}): {names}."


def counted(skipped: Sequence[Skipped]) -> tuple[LeftOut, ...]:
    """What was left out, by reason, the most frequent first."""
    reasons = Counter(each.reason for each in skipped)
    return tuple(
        LeftOut(reason, count, tuple(_first(skipped, reason)))
        for reason, count in reasons.most_common()
    )


def _first(skipped: Sequence[Skipped], reason: str) -> list[str]:
    places = [each.place for each in skipped if each.reason == reason][: limits.NAMED]
    return [place if len(place) <= LONGEST else f"{place[:LONGEST]}…" for place in places]


@dataclasses.dataclass(frozen=True)
class Original:
    """An image as it was brought, to be shown in other framings."""

    place: str
    class_name: str
    image: Image.Image  # at most `preprocess.WORK` pixels along an edge


@dataclasses.dataclass(frozen=True)
class Proposal:
    """What would be added; nothing is written until `add`."""

    class_names: tuple[str, ...]  # by their labels
    form: Form
    framing: Framing
    images: np.ndarray  # (N, *form.shape) uint8
    labels: np.ndarray  # (N,) uint8
    is_test: np.ndarray  # (N,) bool
    is_given: bool  # whether the files say what tests; or else a share is held out at random
    left_out: tuple[LeftOut, ...]
    said: tuple[str, ...]  # sentences: what was assumed, changed or doubled
    originals: tuple[Original, ...]  # some of each class
    origin: str  # where it comes from, a sentence

    @property
    def counts(self) -> dict[str, dict[Split, int]]:
        """Images of each class in each split."""
        found = {
            split: np.bincount(self.labels[chosen], minlength=len(self.class_names)).tolist()
            for split, chosen in self._chosen().items()
        }
        return {
            name: {split: found[split][label] for split in SPLITS}
            for label, name in enumerate(self.class_names)
        }

    @property
    def sentences(self) -> tuple[str, ...]:
        """What was read and decided, for a reader."""
        training, test = (int(chosen.sum()) for chosen in self._chosen().values())
        how = "as the files are divided" if self.is_given else "held out at random in each class"
        return (
            f"{len(self.labels):,} images of {len(self.class_names)} classes, {self.form}, {self.framing}.",
            f"{training:,} to train and {test:,} to test, {how}.",
            *self.said,
            *map(str, self.left_out),
        )

    def samples(self, label: int, count: int = 8) -> np.ndarray:
        """The first images of a class, as they would be kept: (at most count, *form.shape) uint8."""
        return self.images[np.flatnonzero(self.labels == label)[:count]]

    def divided(self, share: float, seed: int = 0) -> "Proposal":
        """The same with another share of each class's images held out to test.

        Raises:
            DatasetError: the share is not possible.
        """
        return dataclasses.replace(self, is_test=held_out(self.labels, share, seed), is_given=False)

    def add(self, name: str) -> DataSet:
        """Keep it as an own data set, as a whole or not at all.

        Its images are in an order drawn at random, so that the first ones are a sample of all.

        Raises:
            DatasetError: as `library.add`.
        """
        splits: dict[Split, Arrays] = {}
        draw = np.random.default_rng(0)
        for split, chosen in self._chosen().items():
            order = draw.permutation(np.flatnonzero(chosen))  # files often come class by class
            splits[split] = self.images[order], self.labels[order]
        return library.add(
            name,
            self.class_names,
            self.form,
            splits,
            framing=self.framing,
            origin=self.origin,
            notes=self.as_json(),
        )

    def as_json(self) -> dict[str, Any]:
        """All but the images, for a JSON file."""
        return {
            "class_names": list(self.class_names),
            "form": dataclasses.asdict(self.form),
            "framing": self.framing,
            "counts": self.counts,
            "split_given": self.is_given,
            "left_out": [dataclasses.asdict(each) for each in self.left_out],
            "sentences": list(self.sentences),
            "origin": self.origin,
        }

    def _chosen(self) -> Mapping[Split, np.ndarray]:
        return {"train": ~self.is_test, "test": self.is_test}


def held_out(labels: np.ndarray, share: float, seed: int = 0) -> np.ndarray:
    """Which images test: that share of each class, at random; one at least, and never all.

    Args:
        labels: (N,) uint8.
        share: of each class.
        seed: of the draw.

    Raises:
        DatasetError: the share is not possible.
    """
    check_share(share)
    rng = np.random.default_rng(seed)
    chosen = np.zeros(len(labels), bool)
    for label in np.unique(labels):
        places = rng.permutation(np.flatnonzero(labels == label))
        chosen[places[: max(1, round(share * len(places)))]] = True
    return chosen


def check_share(share: float) -> None:
    """Raise DatasetError unless that share of each class can be held out."""
    if not LEAST_HELD_OUT <= share <= MOST_HELD_OUT:
        raise DatasetError(
            f"The share of images to test with is {share:g}; expected {LEAST_HELD_OUT:g} to "
            f"{MOST_HELD_OUT:g}."
        )
