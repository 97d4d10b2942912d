"""What was gathered -> a proposal: which images to keep, of which classes, and which of them test."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from fmnist.data.dataset import FEWEST_CLASSES, MOST_CLASSES, DatasetError, Framing
from fmnist.data.files.folders import Skipped

from .gathering import Gathering, Taken
from .proposal import HELD_OUT, Proposal, counted, held_out

FEWEST_IMAGES = 10  # of a class: eight to learn from and two to test with
SAME = 0.5  # share of the training images that are test images, too: then they are no two sets
COPY = "a copy of another image of its class"
TWO_CLASSES = "the same image is in two classes"
IN_BOTH = "a training image that is also a test image"


def decide(
    path: object,
    gathering: Gathering,
    framing: Framing,
    test: float | None,
    notes: Sequence[str],
    origin: str,
) -> Proposal:
    """What can be added of all that was read.

    Args:
        path: what was read, for messages.
        gathering: the images.
        framing: how these images were made.
        test: share to hold out; None keeps the files' own splits.
        notes: sentences that are known already.
        origin: where it comes from, a sentence.

    Raises:
        DatasetError: fewer than two classes have enough images, or there are too many.
    """
    said, skipped = list(notes), list(gathering.skipped)
    taken = _merged(gathering.taken, said)
    is_test = _given(taken, said) if test is None else None
    kept = _without_copies(taken, is_test, skipped)
    left = [each for each, keep in zip(taken, kept, strict=True) if keep]
    part = is_test[kept] if is_test is not None else None
    class_names = _classes(path, left, part, skipped, said)
    numbers = {name: number for number, name in enumerate(class_names)}
    kept &= np.array([each.name in numbers for each in taken], bool)
    labels = np.array([numbers[each.name] for each in left if each.name in numbers], np.uint8)
    by_share = HELD_OUT if test is None else test
    return Proposal(
        class_names=tuple(class_names),
        form=gathering.form,
        framing=framing,
        images=gathering.images if kept.all() else gathering.images[kept],
        labels=labels,
        is_test=held_out(labels, by_share) if is_test is None else is_test[kept],
        is_given=is_test is not None,
        left_out=counted(skipped),
        said=tuple(said),
        originals=tuple(each for each in gathering.originals if each.class_name in numbers),
        origin=origin,
    )


def _merged(taken: Sequence[Taken], said: list[str]) -> list[Taken]:
    """Names that differ in case or space alone as one, the most frequent; single letters stay as they are."""
    taken = [each._replace(name=" ".join(each.name.split())) for each in taken]
    spellings: dict[str, Counter[str]] = {}
    for name, count in Counter(each.name for each in taken).items():
        key = name.casefold() if len(name) > 1 else name
        spellings.setdefault(key, Counter())[name] += count
    chosen: dict[str, str] = {}
    for found in spellings.values():
        (usual, _), *others = found.most_common()
        chosen |= dict.fromkeys(found, usual)
        said += [
            f"{usual!r} and {other!r} were taken as one class, {usual!r}." for other, _ in others
        ]
    return [each._replace(name=chosen[each.name]) for each in taken]


def _given(taken: Sequence[Taken], said: list[str]) -> np.ndarray | None:
    """Which images test, (N,) bool, as their files are divided; None where they are not."""
    splits = Counter(each.split for each in taken)
    if not splits["train"] or len(splits) == 1:
        return None
    tests = "test" if splits["test"] else "validation"
    is_test = np.array([each.split == tests for each in taken])
    digests = {each.digest for each in taken if each.split == tests}
    both = sum(each.digest in digests for each in taken if each.split != tests)
    if both > SAME * (~is_test).sum():
        said.append(
            f"{both:,} of {(~is_test).sum():,} training images are also test images, so the files' own split "
            "was not kept."
        )
        return None
    if splits["validation"]:
        what = (
            "became the test images"
            if tests == "validation"
            else "were added to the training images"
        )
        said.append(f"The {splits['validation']:,} images for validation {what}.")
    return is_test


def _without_copies(
    taken: Sequence[Taken], is_test: np.ndarray | None, skipped: list[Skipped]
) -> np.ndarray:
    """Which images to keep, (N,) bool: each once, those that test first; none that is in two classes."""
    kept = np.ones(len(taken), bool)

    def leave(which: Sequence[int], reason: str) -> None:
        kept[list(which)] = False
        skipped.extend(Skipped(taken[index].place, reason) for index in which)

    groups: dict[bytes, list[int]] = {}
    for index, each in enumerate(taken):
        groups.setdefault(each.digest, []).append(index)
    for group in (group for group in groups.values() if len(group) > 1):
        if len({taken[index].name for index in group}) > 1:
            leave(group, TWO_CLASSES)
            continue
        tests = [index for index in group if is_test is not None and is_test[index]]
        trains = [index for index in group if index not in tests]
        leave(tests[1:], COPY)
        leave(trains if tests else trains[1:], IN_BOTH if tests else COPY)
    return kept


def _classes(
    path: object,
    left: Sequence[Taken],
    is_test: np.ndarray | None,
    skipped: Sequence[Skipped],
    said: list[str],
) -> list[str]:
    """The names of the classes that have enough images, in their order.

    Raises:
        DatasetError: these are too few or too many.
    """
    too_few = _small(left, is_test)
    said += [f"The class {name!r} was left out: it has {why}." for name, why in too_few.items()]
    names = sorted({each.name for each in left} - set(too_few), key=_order)
    _check_count(path, names, too_few, skipped)
    said += _renumbered(names)
    if is_test is not None:
        tested = {each.name for each, tests in zip(left, is_test, strict=True) if tests}
        said += [f"The class {name!r} has no test images." for name in names if name not in tested]
    return names


def _small(left: Sequence[Taken], is_test: np.ndarray | None) -> dict[str, str]:
    """What the classes have that have too few images, or none to learn from, by their names."""
    counts = Counter(each.name for each in left)
    learned = Counter(
        each.name for index, each in enumerate(left) if is_test is None or not is_test[index]
    )
    found = {}
    for name in sorted(counts, key=_order):
        if counts[name] < FEWEST_IMAGES:
            images = f"{counts[name]} image{'s' * (counts[name] != 1)}"
            found[name] = f"{images}; each class needs at least {FEWEST_IMAGES}"
        elif not learned[name]:
            found[name] = "test images alone"
    return found


def _order(name: str) -> tuple[int, int, str]:
    """Numbers by their value, before words by the alphabet."""
    is_number = re.fullmatch(r"\d{1,9}", name) is not None
    return (0, int(name), name) if is_number else (1, 0, name)


def _check_count(
    path: object,
    class_names: Sequence[str],
    too_few: Mapping[str, str],
    skipped: Sequence[Skipped],
) -> None:
    count = len(class_names)
    if FEWEST_CLASSES <= count <= MOST_CLASSES:
        return
    named = [f"{name[:40]!r} has {why.partition(';')[0]}" for name, why in too_few.items()][:5]
    named += [str(each).removesuffix(".") for each in counted(skipped)[:1]]
    why = f" ({'; '.join(named)})" if named and count < FEWEST_CLASSES else ""
    raise DatasetError(
        f"{path} has {count} class{'es' * (count != 1)} with {FEWEST_IMAGES} images or more{why}; expected "
        f"{FEWEST_CLASSES} to {MOST_CLASSES}."
    )


def _renumbered(class_names: Sequence[str]) -> list[str]:
    """What to say of classes that are numbers, but not 0, 1, 2, ..."""
    numbers = [int(name) for name in class_names if re.fullmatch(r"\d{1,9}", name)]
    if len(numbers) < len(class_names) or numbers == list(range(len(numbers))):
        return []
    missing = sorted(set(range(numbers[0], min(numbers[-1], numbers[0] + 1000))) - set(numbers))
    without = f" without {', '.join(map(str, missing[:5]))}" if missing else ""
    return [
        f"Labels go from {numbers[0]} to {numbers[-1]}{without}; classes keep these as names and are numbered "
        f"from 0 to {len(numbers) - 1}."
    ]
