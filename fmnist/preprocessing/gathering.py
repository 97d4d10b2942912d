"""Images with the names of their classes, one by one -> a proposal: classes, copies, splits."""

import re
from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image

from fmnist.data.dataset import FEWEST_CLASSES, MOST_CLASSES, DatasetError, Form, Framing
from fmnist.data.files.folders import Skipped

from .proposal import HELD_OUT, Original, Proposal, counted, held_out

FEWEST_IMAGES = 10  # of a class: eight to learn from and two to test with
EVERY = 20  # images between two reports of progress
SHOWN, MOST_SHOWN = 2, 24  # originals of each class, and of all
COPY = "a copy of another image of its class"
TWO_CLASSES = "the same image is in two classes"
IN_BOTH = "a training image that is also a test image"


class Gathering:
    """What was read so far."""

    def __init__(self, form: Form, count: int, progress: Callable[[int, int], None]):
        """Make room for so many images at most; `progress` is called with each EVERY of them."""
        self._count, self._progress = count, progress
        self._form = form
        self._images = np.empty((count, *form.shape), np.uint8)  # memory is taken as it is filled
        self._names: list[str] = []
        self._splits: list[str] = []
        self._places: list[str] = []
        self._digests: list[bytes] = []
        self._shown: Counter[str] = Counter()
        self._originals: list[Original] = []
        self._unusable = 0
        self.skipped: list[Skipped] = []

    def take(self, place: str, name: str, split: str, pixels: np.ndarray, digest: bytes) -> None:
        """Add an image.

        Args:
            place: where it is from, for messages.
            name: of its class.
            split: "train", "test", "validation" or "".
            pixels: (*form.shape) uint8.
            digest: equal for copies of one image.
        """
        self._images[len(self._names)] = pixels
        self._names.append(name)
        self._splits.append(split)
        self._places.append(place)
        self._digests.append(digest)
        self._report()

    def leave_out(self, place: str, reason: str) -> None:
        """Say that an image is not taken, and why."""
        self._unusable += 1
        self.skipped.append(Skipped(place, reason))
        self._report()

    def _report(self) -> None:
        done = len(self._names) + self._unusable
        if done % EVERY == 0 or done == self._count:
            self._progress(done, self._count)

    def wants_to_show(self, name: str) -> bool:
        """Whether there are not enough originals of a class yet."""
        return self._shown[name] < SHOWN and len(self._originals) < MOST_SHOWN

    def show(self, place: str, name: str, image: Image.Image) -> None:
        """Keep an original, at most `preprocess.WORK` pixels along an edge."""
        self._shown[name] += 1
        self._originals.append(Original(place, name, image))

    def proposal(
        self, path: object, framing: Framing, test: float | None, said: Sequence[str], origin: str
    ) -> Proposal:
        """What can be added of all this.

        Args:
            path: what was read, for messages.
            framing: how these images were made.
            test: share to hold out; None keeps the files' own splits.
            said: sentences that are known already.
            origin: where it comes from, a sentence.

        Raises:
            DatasetError: fewer than two classes have enough images, or there are too many.
        """
        said = list(said)
        names = _merged(self._names, said)
        splits = np.array(self._splits)
        is_given = test is None and bool((splits == "train").any()) and len(set(self._splits)) > 1
        is_test = _tests(splits, said) if is_given else np.zeros(len(splits), bool)
        kept = self._without_copies(names, is_test)
        kept &= self._of_large_classes(path, names, kept, is_test, is_given, said)
        class_names = sorted(
            {name for name, keep in zip(names, kept, strict=True) if keep}, key=_order
        )
        _check_count(path, class_names, said)
        numbers = {name: number for number, name in enumerate(class_names)}
        labels = np.array([numbers[n] for n, k in zip(names, kept, strict=True) if k], np.uint8)
        said += _renumbered(class_names)
        images = self._images[: len(kept)]
        return Proposal(
            class_names=tuple(class_names),
            form=self._form,
            framing=framing,
            images=images if kept.all() else images[kept],
            labels=labels,
            is_test=is_test[kept]
            if is_given
            else held_out(labels, HELD_OUT if test is None else test),
            is_given=is_given,
            left_out=counted(self.skipped),
            said=tuple(said),
            originals=tuple(self._originals),
            origin=origin,
        )

    def _without_copies(self, names: Sequence[str], is_test: np.ndarray) -> np.ndarray:
        """Which images to keep, (N,) bool: each once, those that test first; none that is in two classes."""
        groups: dict[bytes, list[int]] = {}
        for index, digest in enumerate(self._digests):
            groups.setdefault(digest, []).append(index)
        kept = np.ones(len(names), bool)
        for group in groups.values():
            if len(group) == 1:
                continue
            group.sort(key=lambda index: not is_test[index])
            if len({names[index] for index in group}) > 1:
                self._leave(kept, group, TWO_CLASSES)
                continue
            others = group[1:]
            both = [index for index in others if is_test[group[0]] and not is_test[index]]
            self._leave(kept, both, IN_BOTH)
            self._leave(kept, [index for index in others if index not in both], COPY)
        return kept

    def _leave(self, kept: np.ndarray, which: Sequence[int], reason: str) -> None:
        kept[list(which)] = False
        self.skipped += [Skipped(self._places[index], reason) for index in which]

    def _of_large_classes(
        self,
        path: object,
        names: Sequence[str],
        kept: np.ndarray,
        is_test: np.ndarray,
        is_given: bool,
        said: list[str],
    ) -> np.ndarray:
        """Which images are of classes with enough of them, (N,) bool."""
        counts = Counter(name for name, keep in zip(names, kept, strict=True) if keep)
        learned = {
            name
            for name, keep, tests in zip(names, kept, is_test, strict=True)
            if keep and not tests
        }
        small = {name for name in names if counts[name] < FEWEST_IMAGES}
        for name in sorted(small, key=_order):
            count = counts[name]
            said.append(
                f"The class {name!r} was left out: it has {count} image{'s' * (count != 1)}; each class "
                f"needs at least {FEWEST_IMAGES}."
            )
        if is_given:
            for name in sorted(set(names) - small - learned, key=_order):
                said.append(f"The class {name!r} was left out: it has test images alone.")
                small.add(name)
        return np.array([name not in small for name in names], bool)


def _merged(names: Sequence[str], said: list[str]) -> list[str]:
    """Names that differ in case alone as one, the most frequent of them; single letters stay as they are."""
    spellings: dict[str, Counter[str]] = {}
    for name, count in Counter(names).items():
        key = name.casefold() if len(name) > 1 else name
        spellings.setdefault(key, Counter())[name] += count
    chosen: dict[str, str] = {}
    for found in spellings.values():
        (usual, _), *others = found.most_common()
        chosen |= dict.fromkeys(found, usual)
        said += [
            f"{usual!r} and {other!r} were taken as one class, {usual!r}." for other, _ in others
        ]
    return [chosen[name] for name in names]


def _tests(splits: np.ndarray, said: list[str]) -> np.ndarray:
    """Which images test, (N,) bool, as their files are divided."""
    if not (splits == "validation").any():
        return np.asarray(splits == "test")
    count = (splits == "validation").sum()
    if (splits == "test").any():
        said.append(f"The {count:,} images to validate with were added to the training images.")
        return np.asarray(splits == "test")
    said.append(f"The {count:,} images to validate with became the test images.")
    return np.asarray(splits == "validation")


def _order(name: str) -> tuple[int, int, str]:
    """Numbers by their value, before words by the alphabet."""
    is_number = re.fullmatch(r"\d{1,9}", name) is not None
    return (0, int(name), name) if is_number else (1, 0, name)


def _check_count(path: object, class_names: Sequence[str], said: Sequence[str]) -> None:
    if not FEWEST_CLASSES <= len(class_names) <= MOST_CLASSES:
        why = f" {said[-1]}" if said and len(class_names) < FEWEST_CLASSES else ""
        raise DatasetError(
            f"{path} has {len(class_names)} classes with {FEWEST_IMAGES} images or more; expected "
            f"{FEWEST_CLASSES} to {MOST_CLASSES}.{why}"
        )


def _renumbered(class_names: Sequence[str]) -> list[str]:
    """What to say of classes that are numbers, but not 0, 1, 2, ..."""
    numbers = [name for name in class_names if re.fullmatch(r"\d{1,9}", name)]
    if len(numbers) < len(class_names) or [int(name) for name in numbers] == list(
        range(len(numbers))
    ):
        return []
    return [
        f"Labels go from {numbers[0]} to {numbers[-1]}; they keep these names and are numbered from 0 to "
        f"{len(numbers) - 1}."
    ]
