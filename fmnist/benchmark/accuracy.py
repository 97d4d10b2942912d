"""How many predictions for labelled drawings and photos are right, withheld and sure, with intervals."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypedDict

import numpy as np

from fmnist.analysis.metrics import calibration_error, confusion_matrix, share_interval

from .collection import Answer
from .preparations import PREPARATIONS

ENOUGH = 100  # images: an interval of fewer is too wide to choose a model by


class Figure(TypedDict):
    """A share of some images, with its 95 % interval (`metrics.share_interval`)."""

    share: float
    low: float
    high: float
    of: int  # images


def rows(answers: Sequence[Answer], classes: int) -> Iterator[dict[str, Any]]:
    """The figures of each kind and style, and of all of them, per folder and of all folders together.

    An image that cannot be read counts as unsure, and as wrong.

    Yields:
        `folder`, `kind` and `style` (None: all of them), `images`, `enough` (whether there are
        ENOUGH of them), and as far as there are images for it:

        - of the images of a class, the `Figure`s `accuracy`, `withheld` (right answers that are
          "I can't tell"), `sure` ("I am sure"), `sure_right` (of those that are sure); `simply` (a
          `Figure` for each of PREPARATIONS); `calibration_error`; `confusion`, a row per true class;
        - of the images of no class, the `Figure`s `refused` ("I can't tell") and `wrongly_sure`.
    """
    for group in [*dict.fromkeys(answer.entry.group for answer in answers), (None, None)]:
        some = [each for each in answers if group in (each.entry.group, (None, None))]
        folders = list(dict.fromkeys(answer.entry.folder for answer in some))
        for folder in folders if len(folders) == 1 else [*folders, None]:
            here = [answer for answer in some if folder in (answer.entry.folder, None)]
            yield {"folder": folder, "kind": group[0], "style": group[1]} | _of(here, classes)


def _of(answers: Sequence[Answer], classes: int) -> dict[str, Any]:
    labelled = [answer for answer in answers if answer.labelled]
    row: dict[str, Any] = {"images": len(answers), "enough": len(answers) >= ENOUGH}
    if labelled:
        row |= {
            "accuracy": figure(each.right for each in labelled),
            "simply": _simply(labelled),
        }
        row |= _by_class(labelled, classes)
    row |= doubt(answers)
    return {name: value for name, value in row.items() if value is not None}


def doubt(answers: Sequence[Answer]) -> dict[str, Figure]:
    """The `Figure`s of `rows` on "I can't tell" and "I am sure", as far as there are images for them."""
    labelled = [answer for answer in answers if answer.labelled]
    nothing = [answer for answer in answers if not answer.labelled]
    found = {
        "withheld": figure(each.unsure for each in labelled if each.right),
        "sure": figure(each.sure for each in labelled),
        "sure_right": figure(each.right for each in labelled if each.sure),
        "refused": figure(each.unsure for each in nothing),
        "wrongly_sure": figure(each.sure for each in nothing),
    }
    return {name: value for name, value in found.items() if value}


def _simply(labelled: Sequence[Answer]) -> dict[str, Figure | None] | None:
    if not any(answer.simply for answer in labelled):
        return None
    return {
        name: figure(answer.simply.get(name) == answer.entry.label for answer in labelled)
        for name in PREPARATIONS
    }


def _by_class(labelled: Sequence[Answer], classes: int) -> dict[str, Any]:
    """The calibration error and the confusion matrix of the images that can be read."""
    read = [answer for answer in labelled if answer.probabilities is not None]
    if not read:
        return {}
    probabilities = np.array([answer.probabilities for answer in read])
    true = np.array([answer.entry.label for answer in read])
    return {
        "calibration_error": calibration_error(probabilities, true),
        "confusion": confusion_matrix(true, probabilities.argmax(axis=1), classes).tolist(),
    }


def figure(held: Iterable[bool]) -> Figure | None:
    """The share of those that hold; None of none."""
    values = np.array(list(held), bool)
    if not len(values):
        return None
    low, high = share_interval(values)
    return {"share": float(values.mean()), "low": low, "high": high, "of": len(values)}
