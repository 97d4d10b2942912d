"""Labels as people write them -> numbers: class names, "9.0", one-hot rows, counted from 1."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from fmnist.data.dataset import DataSet, DatasetError
from fmnist.data.fashion_mnist import DATASET
from fmnist.data.labels import CLASS_NAMES

MOST_DIFFERENT = 1000  # texts that are looked at one by one
NUMERIC = re.compile(r"\s*(b['\"])?[-+.\deE]+['\"]?\s*")
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


def number_of(text: str, names: Mapping[str, int] = NAMES) -> int | None:
    """The number of a label such as "9", "9.0", "b'9'", "Ankle boot", "ankle_boot", "9 - Ankle boot" or
    "class_9".

    A number above 9 is returned unchanged; None means neither a number nor a class.

    Args:
        text: the label.
        names: the number of each class by the letters of its name.
    """
    number = whole_number(text)
    return names.get(_letters(_bare(text))) if number is None else number


def is_fashion(dataset: DataSet) -> bool:
    """Whether it has the classes and the form of Fashion-MNIST, whose files are judged by their looks."""
    return dataset.is_like(DATASET)


def is_class(name: str, dataset: DataSet = DATASET) -> bool:
    """Whether a word or number names a class."""
    return _numbering(dataset)(name) is not None


def index_of(label: str, dataset: DataSet) -> int | None:
    """The index of the class that a word or number names; None if it names none."""
    number = _numbering(dataset)(label)
    return number if number is not None and 0 <= number < dataset.classes else None


def _bare(text: str) -> str:
    """The text without quotes, and without what Python adds to bytes: "b'9'"."""
    text = text.strip().strip("\"'")
    bytes_literal = re.fullmatch(r"b['\"](.*)", text)
    return bytes_literal[1] if bytes_literal else text


def whole_number(text: str) -> int | None:
    """The number of a label such as "9", "9.0", "b'9'" or "class_9"; None if it is no whole number."""
    text = _bare(text)
    if re.fullmatch(r"[+-]?\d{1,9}(\.0*)?(e[+-]?0\d?)?", text, re.IGNORECASE):
        value = float(text)
        return int(value) if value.is_integer() else None
    if prefixed := re.fullmatch(r"(?:class|label|category)[ _-]?(\d{1,9})", text, re.IGNORECASE):
        return int(prefixed[1])
    return None


def one_a_row(labels: Sequence[str] | np.ndarray) -> np.ndarray:
    """Labels (N,), of any form: also of (N, 1), or of one-hot rows, (N, classes)."""
    labels = np.asarray(labels)
    if labels.ndim < 2:
        return labels
    return labels[:, 0] if labels.shape[1] == 1 else labels.argmax(axis=1)


def class_names(labels: Sequence[str] | np.ndarray) -> list[str]:
    """The name of each image's class: a word as it stands, "9" for any whole number; "" where there is none."""
    labels = one_a_row(labels)
    different, inverse = np.unique(labels, return_inverse=True)
    names = []
    for text in different.tolist():
        number = whole_number(str(text)) if NUMERIC.fullmatch(str(text)) else None
        name = _bare(str(text)) if number is None else str(number)
        names.append(unicodedata.normalize("NFC", name).strip())
    return [names[index] for index in inverse.reshape(-1).tolist()]


def numbers(
    path: object,
    labels: Sequence[str] | np.ndarray,
    place: Callable[[int], str],
    dataset: DataSet = DATASET,
) -> np.ndarray:
    """Labels of any form as whole numbers.

    Args:
        path: the file, for messages.
        labels: (N,) texts or numbers, (N, 1), or (N, classes) one-hot.
        place: where the label of image i stands.
        dataset: whose classes they name or number.

    Returns:
        (N,) int64, from 0 to the number of classes; that itself occurs if they are counted from 1.

    Raises:
        DatasetError: a label is invalid; the message names the first.
    """
    labels = one_a_row(labels)
    different, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    number_of = _numbering(dataset)
    found = [number_of(str(text)) for text in different[:MOST_DIFFERENT].tolist()]
    highest = dataset.classes - (0 in found)
    wrong = [i for i, value in enumerate(found) if value is None or not 0 <= value <= highest]
    if wrong:
        index = int(first[wrong].min())
        raise refusal(path, place(index), str(labels[index]), dataset)
    return np.array(found, np.int64)[inverse]


def _numbering(dataset: DataSet) -> Callable[[str], int | None]:
    """How its labels are read: a name of a class first, though it may be a number itself."""
    if is_fashion(dataset):
        return number_of
    known = {name.casefold(): number for number, name in enumerate(dataset.class_names)}
    are_numbers = all(name.isdigit() for name in dataset.class_names)

    def numbering(text: str) -> int | None:
        number = whole_number(text)
        name = _bare(text).casefold() if number is None else str(number)
        return known.get(name, None if are_numbers else number)

    return numbering


def refusal(path: object, place: str, label: str, dataset: DataSet) -> DatasetError:
    """The error for an invalid label."""
    return DatasetError(
        f"{path}, {place} is {label[:30]!r}; expected a whole number from 0 to {dataset.classes - 1} or the "
        "name of a class."
    )
