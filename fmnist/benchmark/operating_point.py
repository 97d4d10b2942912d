"""Chooses how much evidence a model needs, on labelled drawings and photos; `inference.doubt` uses it.

Two numbers are chosen, so that each folder of images by itself agrees. Below `least` the prediction is
"I can't tell": it is as high as it can be while at most WITHHELD of the right answers are. From `sure`
on it is "I am sure": it is as low as it can be while those are ENOUGH and at least RIGHT of them are
right, where an image of no class counts as wrong. What is measured on the images that it was chosen on
is a development figure.
"""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from fmnist.analysis.metrics import bootstrap_interval, evidence
from fmnist.data.dataset import DatasetError
from fmnist.inference.doubt import SURE, have_enough, reason
from fmnist.runs.fields import OperatingPoint

from .accuracy import ENOUGH, Figure, doubt, figure
from .collection import Answer

WITHHELD = 0.05  # share of the right answers that may be "I can't tell"
RIGHT = 0.95  # share of those that are "I am sure"
NEVER = 100.0  # the evidence to be sure at where there is none to choose: no prediction has so much


def choose(answers: Sequence[Answer]) -> OperatingPoint:
    """The operating point for a model with these answers.

    Raises:
        DatasetError: a folder has too few right answers.
    """
    sample = _Sample(answers)
    for folder, right in zip(sample.folders, sample.right_of_each, strict=True):
        if right < ENOUGH:
            raise DatasetError(
                f"{folder}: {right} images are classified correctly; choosing needs at least {ENOUGH} such "
                "images in each folder. Add images or leave the folder out."
            )
    least = sample.least()
    return {"least": least, "sure": sample.sure(least)}


def judged(answers: Sequence[Answer], point: OperatingPoint) -> list[Answer]:
    """The answers as they are with an operating point."""
    found = []
    for answer in answers:
        if answer.probabilities is not None:
            unsure = bool(reason(answer.probabilities, answer.separated, point))
            sure = not unsure and bool(have_enough(answer.probabilities, point))
            answer = dataclasses.replace(answer, unsure=unsure, sure=sure)
        found.append(answer)
    return found


def report(answers: Sequence[Answer], point: OperatingPoint) -> dict[str, Any]:
    """What the chosen operating point does, and how far that depends on the images.

    Returns:
        `operating_point`; `refused`, of the images of no class, with the interval of the whole choice
        (a bootstrap over all images, each resample with its own `least`); `elsewhere`, for each folder
        what a choice on the other folders does in it (`accuracy.doubt`).
    """
    sample = _Sample(answers)
    found: dict[str, Any] = {"operating_point": point}
    refused = figure(each.unsure for each in judged(answers, point) if not each.labelled)
    if refused:
        low, high = bootstrap_interval(sample.refused, len(answers))
        found["refused"] = refused | {"low": low, "high": high}
    if len(sample.folders) > 1:
        found["elsewhere"] = {folder: _elsewhere(answers, folder) for folder in sample.folders}
    return found


def _elsewhere(answers: Sequence[Answer], folder: str) -> dict[str, Figure]:
    point = choose([answer for answer in answers if answer.entry.folder != folder])
    return doubt(judged([answer for answer in answers if answer.entry.folder == folder], point))


class _Sample:
    """Answers as arrays, each (N,)."""

    def __init__(self, answers: Sequence[Answer]):
        self.folders = list(dict.fromkeys(answer.entry.folder for answer in answers))
        self.folder = np.array([self.folders.index(answer.entry.folder) for answer in answers])
        self.right = np.array([answer.right for answer in answers])
        self.nothing = np.array([not answer.labelled for answer in answers])
        told = [answer.probabilities if answer.separated else None for answer in answers]
        self.evidence = np.array([-np.inf if each is None else evidence(each) for each in told])
        self.confident = np.array([each is not None and each.max() >= SURE for each in told])

    @property
    def right_of_each(self) -> list[int]:
        """The number of right answers in each folder."""
        return [int(self.right[self.folder == each].sum()) for each in range(len(self.folders))]

    def least(self, some: np.ndarray | slice = slice(None)) -> float:
        """The evidence below which each folder has at most WITHHELD of its right answers among some images."""
        folder, right, found = self.folder[some], self.right[some], self.evidence[some]
        highest = []
        for each in np.unique(folder[right]):
            ordered = np.sort(found[right & (folder == each)])
            highest.append(ordered[int(WITHHELD * len(ordered))])
        return max(0.0, float(np.floor(100 * min(highest)) / 100)) if highest else 0.0

    def sure(self, least: float) -> float:
        """The lowest evidence with which at least RIGHT of each folder's confident answers are right.

        NEVER where a folder does not have ENOUGH such answers.
        """
        for lowest in np.unique(np.ceil(100 * self.evidence[self.confident]) / 100):
            held = self.confident & (self.evidence >= max(lowest, least))
            parts = [self.right[held & (self.folder == each)] for each in range(len(self.folders))]
            if all(len(part) >= ENOUGH and part.mean() >= RIGHT for part in parts):
                return float(max(lowest, least))
        return NEVER

    def refused(self, some: np.ndarray) -> float:
        """The share of the images of no class among some images that `least` of these refuses."""
        nothing = self.evidence[some][self.nothing[some]]
        return float((nothing < self.least(some)).mean()) if len(nothing) else 0.0
