"""A folder of labelled drawings and photos: what share of them a model gets right, and how.

The same pictures are put through four preparations, from what most demos do to ours.
"""

import contextlib
import csv
import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageFilter

from ..classifier import Classifier
from ..datasets import DatasetError
from ..evaluation import TELLING, accuracy, calibration_error, confusion_matrix
from ..labels import CLASS_NAMES
from ..picture_files import PictureError, open_picture
from ..pictures import Prepared, prepare
from ..shapes import SIZE

Preparation = Callable[[Image.Image], Prepared]
COLUMNS = ("file", "label", "kind", "style")


@dataclasses.dataclass(frozen=True)
class Entry:
    """One picture of the folder."""

    path: Path
    label: int
    group: tuple[str, str]  # kind and style


def read(folder: Path) -> list[Entry]:
    """The pictures that labels.csv of a folder names.

    Raises:
        DatasetError: there is no such file, a row of it cannot be used, or its picture is not there.
    """
    path = folder / "labels.csv"
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
    except OSError as error:
        raise DatasetError(f"{path} cannot be read: {error.strerror}.") from None
    except (UnicodeDecodeError, csv.Error):
        raise DatasetError(f"{path} is no CSV file in UTF-8.") from None
    entries = [_entry(folder, number, row) for number, row in enumerate(rows, start=2)]
    if not entries:
        raise DatasetError(f"{path} names no pictures; it needs the columns {', '.join(COLUMNS)}.")
    for number, entry in enumerate(entries, start=2):
        if not entry.path.is_file():
            raise DatasetError(f"{path}, line {number}: {entry.path} is not there.")
    return entries


def _entry(folder: Path, line: int, row: dict[str, Any]) -> Entry:
    where = f"{folder / 'labels.csv'}, line {line}"
    if missing := [name for name in COLUMNS if not row.get(name)]:
        raise DatasetError(
            f"{where}: there is no {missing[0]}; each row needs {', '.join(COLUMNS)}."
        )
    if row["label"] not in map(str, range(10)):
        raise DatasetError(f"{where}: the label must be 0 to 9, not {row['label']!r}.")
    return Entry(folder / row["file"], int(row["label"]), (row["kind"], row["style"]))


def measure(entries: list[Entry], classifier: Classifier) -> Iterator[dict[str, Any]]:
    """One row a kind and style: accuracies (shares) by preparation, and more of our own.

    A picture that cannot be read counts as wrong.

    Yields:
        `kind`, `style`, `pictures`, `accuracy` (by preparation), `told` (share of the pictures of
        which it does not say that it cannot tell), `accuracy_told` (of those; None if there are
        none), `calibration_error` and `confusion` (10 x 10, a row a true class) of those that can be read.
    """
    for group in dict.fromkeys(entry.group for entry in entries):
        some = [entry for entry in entries if entry.group == group]
        labels = np.array([entry.label for entry in some])
        accuracies = {}
        for name, preparation in PREPARATIONS.items():
            probabilities, doubtful = _answers(some, preparation, classifier)
            predicted = probabilities.argmax(axis=1)
            readable = probabilities.any(axis=1)
            accuracies[name] = float(((predicted == labels) & readable).mean())
        told = ~doubtful & (probabilities.max(axis=1) >= TELLING)
        yield {
            "kind": group[0],
            "style": group[1],
            "pictures": len(some),
            "accuracy": accuracies,
            "told": float(told.mean()),
            "accuracy_told": accuracy(predicted[told], labels[told]) if told.any() else None,
            "calibration_error": calibration_error(probabilities[readable], labels[readable])
            if readable.any()
            else None,
            "confusion": confusion_matrix(labels[readable], predicted[readable]).tolist(),
        }


def _answers(
    entries: list[Entry], preparation: Preparation, classifier: Classifier
) -> tuple[np.ndarray, np.ndarray]:
    """(N, 10) probabilities, zeros for a picture that cannot be used; (N,) bool, which are doubtful."""
    rows, doubtful = np.zeros((len(entries), 10), np.float32), np.ones(len(entries), bool)
    for i, entry in enumerate(entries):
        with contextlib.suppress(PictureError):
            prepared = preparation(open_picture(entry.path))
            rows[i] = classifier.probabilities(prepared.pixels[None])[0]
            doubtful[i] = prepared.doubtful
    return rows, doubtful


def resized(image: Image.Image) -> Prepared:
    """Grey, squeezed to 28 x 28: what many demos do."""
    return _plainly(np.asarray(_on_white(image).convert("L").resize((SIZE, SIZE))))


def inverted(image: Image.Image) -> Prepared:
    """The same, negated."""
    return _plainly(255 - resized(image).pixels)


def seven_steps(image: Image.Image) -> Prepared:
    """The steps of the data set's paper, literally (arXiv 1708.07747, section 2).

    Trim edges within 5 % of the corner's colour, shrink the longest edge to 28 by taking pixels,
    sharpen (a Gaussian of 1.0), extend to 28 x 28, negate, grey.
    """
    rgb = _on_white(image)
    pixels = np.asarray(rgb, float)
    differs = np.linalg.norm(pixels - pixels[0, 0], axis=-1) > 0.05 * 255 * np.sqrt(3)
    rows, columns = np.flatnonzero(differs.any(axis=1)), np.flatnonzero(differs.any(axis=0))
    if len(rows):
        rgb = rgb.crop((columns[0], rows[0], columns[-1] + 1, rows[-1] + 1))
    scale = SIZE / max(rgb.size)
    small = rgb.resize([max(1, round(edge * scale)) for edge in rgb.size], Image.Resampling.NEAREST)
    small = small.filter(ImageFilter.UnsharpMask(radius=1.0, percent=100, threshold=0))
    extended = Image.new("RGB", (SIZE, SIZE), "white")
    extended.paste(small, ((SIZE - small.width) // 2, (SIZE - small.height) // 2))
    return _plainly(255 - np.asarray(extended.convert("L")))


def _plainly(pixels: np.ndarray) -> Prepared:
    return Prepared(pixels, (), "photo")


def _on_white(image: Image.Image) -> Image.Image:
    image = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")


# Ours is the last: what `measure` tells beside accuracies is about it.
PREPARATIONS: dict[str, Preparation] = {
    "resized": resized,
    "resized and inverted": inverted,
    "the paper's seven steps": seven_steps,
    "ours": prepare,
}


def in_words(row: dict) -> str:
    """A row of `measure` for the terminal."""
    lines = [f"{row['kind']}, {row['style']}: {row['pictures']} pictures"]
    lines += [f"  {name + ':':26}{share:6.1%} right" for name, share in row["accuracy"].items()]
    right = "" if row["accuracy_told"] is None else f", {row['accuracy_told']:.1%} of them right"
    lines.append(f"  ours can tell {row['told']:.0%}{right}")
    if row["calibration_error"] is not None:
        lines.append(f"  confidence is off by {row['calibration_error']:.1%}, on average")
    lines.append("  true class (rows) taken for (columns, in the same order):")
    for name, counts in zip(CLASS_NAMES, row["confusion"], strict=True):
        lines.append(f"  {name:12}" + "".join(f"{count or '.':>5}" for count in counts))
    return "\n".join(lines) + "\n"
