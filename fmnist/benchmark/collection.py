"""The accuracy of a model on a folder of labelled drawings and photos.

Each image is predicted with several preparations: the simple ones of most demos, and the one of
`predict`, which the page and the command line use.
"""

import contextlib
import csv
import dataclasses
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageFilter

from fmnist.analysis.metrics import accuracy, calibration_error, confusion_matrix
from fmnist.data.dataset import DatasetError, Form
from fmnist.data.image_files import ImageFileError, open_image
from fmnist.inference.classifier import Classifier
from fmnist.inference.prediction import Prediction, predict, predict_pixels
from fmnist.preprocessing.framing import on_white

Preparation = Callable[[Image.Image, Form], np.ndarray]
COLUMNS = ("file", "label", "kind", "style")
NO_CLASS = -1  # the label of an image of no class; empty in the file
OURS = "ours"


@dataclasses.dataclass(frozen=True)
class Entry:
    """One image of the folder."""

    path: Path
    label: int  # or NO_CLASS
    group: tuple[str, str]  # kind and style


def read(folder: Path, classes: int) -> list[Entry]:
    """The images listed in a folder's labels.csv.

    Args:
        folder: of the images.
        classes: how many the labels may name, from 0.

    Raises:
        DatasetError: the file is missing, a row of it is invalid, or an image does not exist.
    """
    path = folder / "labels.csv"
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
    except OSError as error:
        raise DatasetError(f"{path} cannot be read: {error.strerror}.") from None
    except (UnicodeDecodeError, csv.Error):
        raise DatasetError(f"{path} is not a CSV file in UTF-8.") from None
    entries = [_entry(folder, number, row, classes) for number, row in enumerate(rows, start=2)]
    if not entries:
        raise DatasetError(f"{path} lists no images; expected the columns {', '.join(COLUMNS)}.")
    for number, entry in enumerate(entries, start=2):
        if not entry.path.is_file():
            raise DatasetError(f"{path}, line {number}: {entry.path} does not exist.")
    return entries


def _entry(folder: Path, line: int, row: dict[str, Any], classes: int) -> Entry:
    where = f"{folder / 'labels.csv'}, line {line}"
    if missing := [
        name for name in COLUMNS if row.get(name) is None or (name != "label" and not row[name])
    ]:
        raise DatasetError(
            f"{where}: {missing[0]} is missing; each row needs {', '.join(COLUMNS)}."
        )
    if row["label"] not in ("", *map(str, range(classes))):
        raise DatasetError(
            f"{where}: the label is {row['label']!r}; expected 0 to {classes - 1}, or none for something else."
        )
    return Entry(folder / row["file"], int(row["label"] or NO_CLASS), (row["kind"], row["style"]))


def measure(entries: list[Entry], classifier: Classifier) -> Iterator[dict[str, Any]]:
    """Evaluate each kind and style: accuracies (shares) by preparation, and details of our own.

    An image that cannot be read counts as wrong. For images of no class (NO_CLASS),
    only the confidence is evaluated.

    Yields:
        `kind`, `style`, `pictures`; `told` (share of predictions that are not unsure) and `sure`
        (share that are sure). With labels also `accuracy` (by preparation), `accuracy_told` and
        `accuracy_sure` (of those shares; None if empty), `calibration_error` and `confusion`
        (a row per true class) of the images that can be read.
    """
    for group in dict.fromkeys(entry.group for entry in entries):
        some = [entry for entry in entries if entry.group == group]
        labelled = [entry for entry in some if entry.label != NO_CLASS]
        found = [_predicted(entry, OURS, classifier) for entry in some]
        row = {
            "kind": group[0],
            "style": group[1],
            "pictures": len(some),
            "told": _share(each is not None and not each.unsure for each in found),
            "sure": _share(each is not None and each.sure for each in found),
        }
        if labelled:
            ours = [each for each, entry in zip(found, some, strict=True) if entry in labelled]
            row |= _of_labelled(labelled, ours, classifier)
        yield row


def _of_labelled(
    entries: list[Entry], ours: list[Prediction | None], classifier: Classifier
) -> dict[str, Any]:
    """The fields that `measure` adds for labelled images."""
    labels = np.array([entry.label for entry in entries])
    accuracies = {}
    for name in PREPARATIONS:
        found = [_predicted(entry, name, classifier) for entry in entries]
        accuracies[name] = _share(_right(found, labels))
    accuracies[OURS] = _share(_right(ours, labels))
    read = [(each, label) for each, label in zip(ours, labels, strict=True) if each]
    classes = classifier.dataset.classes
    probabilities = np.array([each.probabilities for each, _ in read]).reshape(-1, classes)
    true, predicted = np.array([label for _, label in read], int), probabilities.argmax(axis=1)
    confident, sure = (
        np.array([not each.unsure for each, _ in read], bool),
        np.array([each.sure for each, _ in read], bool),
    )
    return {
        "accuracy": accuracies,
        "accuracy_told": accuracy(predicted[confident], true[confident])
        if confident.any()
        else None,
        "accuracy_sure": accuracy(predicted[sure], true[sure]) if sure.any() else None,
        "calibration_error": calibration_error(probabilities, true) if read else None,
        "confusion": confusion_matrix(true, predicted, classes).tolist(),
    }


def _predicted(entry: Entry, name: str, classifier: Classifier) -> Prediction | None:
    """The prediction for an image with a preparation; None if the image cannot be read."""
    with contextlib.suppress(ImageFileError):
        if name == OURS:
            return predict(entry.path, classifier)
        pixels = PREPARATIONS[name](open_image(entry.path), classifier.dataset.form)
        return predict_pixels(pixels, classifier)
    return None


def _right(found: list[Prediction | None], labels: np.ndarray) -> Iterator[bool]:
    for each, label in zip(found, labels, strict=True):
        yield each is not None and each.index == label


def _share(held: Iterable[bool]) -> float:
    return float(np.mean(list(held)))


def resized(image: Image.Image, form: Form) -> np.ndarray:
    """Squeeze to (*form.shape) uint8, like many demos."""
    return np.asarray(_coloured(on_white(image), form).resize((form.side, form.side)))


def inverted(image: Image.Image, form: Form) -> np.ndarray:
    """`resized`, inverted."""
    return 255 - resized(image, form)


def seven_steps(image: Image.Image, form: Form) -> np.ndarray:
    """The steps of the data set's paper (arXiv 1708.07747, section 2), taken literally.

    Trim edges within 5 % of the corner's colour, subsample the longest edge to that of the form,
    sharpen (a Gaussian of 1.0), extend to a square, invert, convert to grey.
    """
    rgb, side = on_white(image), form.side
    pixels = np.asarray(rgb, float)
    differs = np.linalg.norm(pixels - pixels[0, 0], axis=-1) > 0.05 * 255 * np.sqrt(3)
    rows, columns = np.flatnonzero(differs.any(axis=1)), np.flatnonzero(differs.any(axis=0))
    if len(rows):
        rgb = rgb.crop((columns[0], rows[0], columns[-1] + 1, rows[-1] + 1))
    scale = side / max(rgb.size)
    small = rgb.resize([max(1, round(edge * scale)) for edge in rgb.size], Image.Resampling.NEAREST)
    small = small.filter(ImageFilter.UnsharpMask(radius=1.0, percent=100, threshold=0))
    extended = Image.new("RGB", (side, side), "white")
    extended.paste(small, ((side - small.width) // 2, (side - small.height) // 2))
    return 255 - np.asarray(_coloured(extended, form))


def _coloured(image: Image.Image, form: Form) -> Image.Image:
    """Grey, unless the form has colours."""
    return image.convert("RGB" if form.colour else "L")


PREPARATIONS: dict[str, Preparation] = {
    "resized": resized,
    "resized and inverted": inverted,
    "the paper's seven steps": seven_steps,
}


def in_words(row: dict[str, Any], class_names: Sequence[str]) -> str:
    """A row of `measure` for the terminal."""
    lines = [f"{row['kind']}, {row['style']}: {row['pictures']} images"]
    lines += [
        f"  {name + ':':26}{share:6.1%} correct" for name, share in row.get("accuracy", {}).items()
    ]
    for word, key in (("predicts a class for", "told"), ("is sure of", "sure")):
        right = row.get(f"accuracy_{key}")
        lines.append(
            f"  ours {word} {row[key]:.0%}"
            + ("" if right is None else f", {right:.1%} of them correct")
        )
    if row.get("calibration_error") is not None:
        lines.append(
            f"  mean confidence differs from accuracy by {row['calibration_error']:.1%}, on average"
        )
    if "confusion" in row:
        lines.append(
            "  confusion matrix: true classes (rows), predicted classes (columns, in the same order):"
        )
    for name, counts in zip(class_names, row.get("confusion", []), strict=False):
        lines.append(f"  {name:12}" + "".join(f"{count or '.':>5}" for count in counts))
    return "\n".join(lines) + "\n"
