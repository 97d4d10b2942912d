"""Labels as people write them -> numbers: class names, "9.0", one-hot rows, counted from 1."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from fmnist.data.dataset import DatasetError
from fmnist.data.labels import CLASS_NAMES

MOST_DIFFERENT = 1000  # texts that are looked at one by one
OTHER_NAMES = {
    "tshirt": 0,
    "top": 0,
    "trousers": 1,
    "sandals": 5,
    "sneakers": 7,
    "bags": 8,
    "ankleboots": 9,
    "boot": 9,
    "boots": 9,
}


def _letters(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.lower())


NAMES = {_letters(name): index for index, name in enumerate(CLASS_NAMES)} | OTHER_NAMES


def number_of(text: str) -> int | None:
    """The number of a label such as "9", "9.0", "b'9'", "Ankle boot", "ankle_boot", "9 - Ankle boot" or
    "class_9".

    A number above 9 is returned unchanged; None means neither a number nor a class.
    """
    text = text.strip().strip("\"'")
    if bytes_literal := re.fullmatch(r"b['\"](.*)", text):
        text = bytes_literal[1]
    if re.fullmatch(r"[+-]?\d{1,9}(\.0*)?(e[+-]?0\d?)?", text, re.IGNORECASE):
        value = float(text)
        return int(value) if value.is_integer() else None
    if prefixed := re.fullmatch(r"(?:class|label|category)[ _-]?(\d{1,9})", text, re.IGNORECASE):
        return int(prefixed[1])
    return NAMES.get(_letters(text))


def numbers(
    path: Path, labels: Sequence[str] | np.ndarray, place: Callable[[int], str]
) -> np.ndarray:
    """Labels of any form as whole numbers.

    Args:
        path: the file, for messages.
        labels: (N,) texts or numbers, (N, 1), or (N, 10) one-hot.
        place: where the label of image i stands.

    Returns:
        (N,) int64, 0 to 10: 10 occurs if they are counted from 1.

    Raises:
        DatasetError: a label is invalid; the message names the first.
    """
    labels = np.asarray(labels)
    if labels.ndim == 2:
        labels = labels.argmax(axis=1) if labels.shape[1] == 10 else labels[:, 0]
    different, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    found = [number_of(str(text)) for text in different[:MOST_DIFFERENT].tolist()]
    highest = 9 if 0 in found else 10
    wrong = [i for i, value in enumerate(found) if value is None or not 0 <= value <= highest]
    if wrong:
        index = int(first[wrong].min())
        raise refusal(path, place(index), str(labels[index]))
    return np.array(found, np.int64)[inverse]


def refusal(path: Path, place: str, label: str) -> DatasetError:
    """The error for an invalid label."""
    return DatasetError(
        f"{path}, {place} is {label[:30]!r}; expected a whole number from 0 to 9 or the name of a "
        "class."
    )
